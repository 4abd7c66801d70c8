//! The right side: facts about the selected asset, its problems and its files.

use egui::{Grid, Label, RichText, ScrollArea, Ui, Vec2, accesskit::Role};
use packer_services::diagnostics::{CauseId, Finding, Severity, format_bytes, plural};
use packer_services::formats::SLOTS;
use packer_services::ops::{AssetState, ListedAsset};
use packer_services::preview::{
    BankPreview, DeclaredImage, Flip, PreviewSample, SampleState, TileRepeat, TileRepeats, TileState,
};

use super::{Action, Draw};
use crate::commands::Command;
use crate::state::{AskedEdit, PreviewState, State, View, ViewKind, family_name, is_changed};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{
    ChoiceList, accessibility, code_text, draw_thumbnail, finding_help, floor_to_u32, severity_icon, short_place,
    short_size, shorten_middle,
};

/// The height of a line, in points.
const LINE: f32 = 20.0;
/// The width that the values leave to the longest label, in points.
const LABEL: f32 = 84.0;
/// The width of a character of a value, in points.
const CHARACTER: f32 = 7.8;
/// The width of a character of the heading, in points.
const HEADING: f32 = 11.0;
/// The largest width of a choice, and the room for its arrow and margins, in points.
const CHOICE: f32 = 96.0;
const ARROW: f32 = 24.0;
/// The side of the thumbnail, in points.
const THUMBNAIL: f32 = 64.0;
/// How many files are listed. A bank can have hundreds; the Compare view lists all of them.
const FILES: usize = 24;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let Some(asset) = draw.state.selected_asset() else {
        ui.add_space(2.0 * STEP);
        if !draw.state.assets().is_empty() {
            ui.weak("Select an asset to see it here.");
        }
        return;
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space(2.0 * STEP);
        show_summary(ui, draw, asset);
        show_facts(ui, draw, asset);
        show_tile(ui, draw.state);
        show_problems(ui, draw);
        if !draw.state.is_pack() {
            show_section(ui, "Actions");
            ui.horizontal_wrapped(|ui| {
                for command in [Command::OpenSource, Command::RevealFolder] {
                    if ui.button(command.entry().name).clicked() {
                        draw.run(command);
                    }
                }
                let edits = [
                    (Command::ToggleIncluded, asset.state == AssetState::Excluded, "Put into the build"),
                    (Command::ToggleIncluded, asset.state != AssetState::Excluded, "Leave out of the build"),
                    (Command::Register, true, Command::Register.entry().name),
                    (Command::Rename, true, Command::Rename.entry().name),
                    (Command::UpdateOriginals, true, Command::UpdateOriginals.entry().name),
                    (Command::Remove, true, Command::Remove.entry().name),
                ];
                for (command, is_shown, name) in edits {
                    if is_shown && command.available(draw.state).is_ok() && ui.button(name).clicked() {
                        draw.run(command);
                    }
                }
            });
        }
        show_files(ui, draw);
        ui.add_space(2.0 * STEP);
    });
}

fn show_summary(ui: &mut Ui, draw: &mut Draw<'_>, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(THUMBNAIL), egui::Sense::hover());
        draw_thumbnail(ui, draw.state, &asset.root, rect, draw.textures);
        ui.vertical(|ui| {
            let name = asset.name.as_deref().unwrap_or(&asset.root);
            let most = floor_to_u32(ui.available_width() / HEADING) as usize;
            let short = shorten_middle(name, most.min(18));
            accessibility::mark_heading(&accessibility::full_text_on_hover(ui.heading(&short), &short, name));
            let status = match asset.state {
                _ if draw.state.is_pack() => "in this pack",
                AssetState::Ready | AssetState::Broken => "in the build",
                AssetState::Excluded => "left out",
                AssetState::Unregistered => "not added",
            };
            ui.label(RichText::new(format!("{} · {status}", family_name(asset.family))).color(tokens.weak));
            ui.horizontal(|ui| show_status(ui, asset));
        });
    });
}

/// Errors, warnings and changes, as shapes and words.
fn show_status(ui: &mut Ui, asset: &ListedAsset) {
    let tokens = Tokens::of(ui);
    if asset.errors > 0 {
        severity_icon(ui, Severity::Error);
        ui.label(RichText::new(plural(asset.errors as u64, "error")).color(tokens.error));
    }
    if asset.warnings > 0 {
        severity_icon(ui, Severity::Warning);
        ui.label(RichText::new(plural(asset.warnings as u64, "warning")).color(tokens.warning));
    }
    if is_changed(asset) {
        ui.label(RichText::new("changed since last pack").small().color(tokens.weak));
    }
}

/// What the game will find in the pack.
fn show_facts(ui: &mut Ui, draw: &mut Draw<'_>, asset: &ListedAsset) {
    let state = draw.state;
    let tokens = Tokens::of(ui);
    show_section(ui, "In the game");
    let most = value_characters(ui);
    Grid::new("facts").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        let line = |ui: &mut Ui, name: &str, value: &str, full: &str| {
            ui.label(RichText::new(name).color(tokens.weak));
            let short = shorten_middle(value, most);
            let response = ui.label(RichText::new(&short).monospace());
            accessibility::full_text_on_hover(response, &short, full);
            ui.end_row();
        };
        let mut fact = |name: &str, value: &str| line(ui, name, value, value);
        fact("Format", asset.family.map_or("unknown", |family| family.format()));
        fact("Number", &asset.asset_id.map_or_else(|| "none yet".into(), |id| id.to_string()));
        if state.is_pack() || asset.asset_id.is_none() {
            fact("Preload", &slot_name(asset.slot));
        } else {
            ui.label(RichText::new("Preload").color(tokens.weak));
            show_slot_choice(ui, draw, asset, most as f32 * CHARACTER);
            ui.end_row();
        }
        let mut fact = |name: &str, value: &str| line(ui, name, value, value);
        match state.bank() {
            Some(BankPreview::Glyph(glyph)) => {
                let size = glyph.metadata.tile_size;
                let count = |is: fn(&TileState) -> bool| glyph.tiles.iter().filter(|tile| is(&tile.state)).count();
                let used = match state.is_pack() {
                    // A pack does not distinguish a blank tile from one that is not declared.
                    true => format!("{} drawn", count(|state| matches!(state, TileState::Drawn))),
                    false => count(|state| !matches!(state, TileState::Unused)).to_string(),
                };
                fact("Tiles", &format!("{used} of {}", size.capacity()));
                if let Some(TileRepeats { blank, repeats }) = state.tile_repeats() {
                    match (repeats.len(), blank.len()) {
                        (0, 0) => {}
                        (repeated, 0) => fact("Repeated", &plural(repeated as u64, "tile")),
                        (0, blank) => fact("Blank", &plural(blank as u64, "tile")),
                        (repeated, blank) => fact("Repeated", &format!("{repeated}, and {blank} blank")),
                    }
                }
                fact("Tile size", &format!("{0} × {0}", size.pixels()));
                fact("Palettes", &format!("{} of {}", glyph.palettes.len(), packer_services::formats::MAX_PALETTES));
            }
            Some(BankPreview::Sound(sound)) => {
                fact("Samples", &sound.samples.len().to_string());
                fact("Rate", &format!("{} Hz", sound.sample_rate_hz));
            }
            _ => {}
        }
        match asset.size_bytes {
            Some(bytes) => line(ui, "Size", &short_size(bytes), &format_bytes(bytes)),
            None => line(ui, "Size", "none yet", "cannot be packed yet"),
        }
        if !state.is_pack() {
            let folder = format!("assets/{}", asset.root);
            line(ui, "Folder", &folder, &folder);
        }
    });
}

fn slot_name(slot: Option<u32>) -> String {
    slot.map_or_else(|| "no".into(), |slot| format!("slot {slot}"))
}

/// Chooses the slot, in so many points. Slots of other assets are listed with their names, but cannot be chosen.
fn show_slot_choice(ui: &mut Ui, draw: &mut Draw<'_>, asset: &ListedAsset, room: f32) {
    let chosen = slot_name(asset.slot);
    let list = ChoiceList::new("Preload", &chosen).width((room - ARROW).clamp(2.0 * STEP, CHOICE));
    list.shown(RichText::new(&chosen).monospace()).show(ui, |choices| {
        for slot in std::iter::once(None).chain((0..SLOTS).map(Some)) {
            let is_holder = |other: &&ListedAsset| {
                slot.is_some() && other.slot == slot && other.family == asset.family && other.root != asset.root
            };
            let holder = draw.state.assets().iter().find(is_holder);
            let name = holder.map_or_else(
                || slot_name(slot),
                |other| format!("{}: {}", slot_name(slot), other.name.as_deref().unwrap_or(&other.root)),
            );
            let choice = choices.add_button(asset.slot == slot, holder.is_none(), name);
            if choice.clicked() && asset.slot != slot {
                draw.push(Action::SetSlot(asset.root.clone(), slot));
            }
        }
    });
}

/// The selected tile: its id, the palette it is drawn with, and its file.
fn show_tile(ui: &mut Ui, state: &State) {
    let (Some(glyph), Some(id)) = (state.glyph_bank(), state.view.tile) else { return };
    let Some(tile) = glyph.tiles.get(id as usize) else { return };
    show_section(ui, "Selected tile");
    let most = value_characters(ui);
    Grid::new("tile").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        let mut line = |name: &str, value: &str| {
            ui.label(RichText::new(name).color(Tokens::of(ui).weak));
            let short = shorten_middle(value, most);
            accessibility::full_text_on_hover(ui.label(RichText::new(&short).monospace()), &short, value);
            ui.end_row();
        };
        line("Tile", &id.to_string());
        let palette = match (tile.palette, glyph.has_known_palettes()) {
            (Some(palette), _) => {
                let name = glyph.palettes.get(palette as usize).and_then(|palette| palette.name.as_deref());
                format!("{palette} {}", name.unwrap_or_default()).trim().to_owned()
            }
            (None, true) => "none".to_owned(),
            (None, false) => "not recorded".to_owned(),
        };
        line("Palette", &palette);
        if let Some(TileRepeat { of, flip, .. }) = state.repeat_of(id) {
            let how = match flip {
                Flip::None => "",
                Flip::X => ", flip X",
                Flip::Y => ", flip Y",
                Flip::Both => ", flip X and Y",
            };
            line("Repeats", &format!("tile {of}{how}"));
        }
        if let Some(source) = &tile.source {
            line("File", source.file.as_str());
        }
    });
}

/// A file of the asset.
struct FileLine {
    /// The ids that it got in the bank.
    ids: String,
    file: String,
    /// Its first tile.
    tile: Option<u32>,
    /// Whether it cannot be converted, or not all of it.
    is_broken: bool,
}

/// The files of the asset, in the order of their ids. Files that cannot be converted are among them.
fn file_lines(state: &State) -> Vec<FileLine> {
    match state.bank() {
        Some(BankPreview::Glyph(glyph)) => {
            let line = |image: &DeclaredImage| {
                let used = glyph.artifacts.iter().find(|used| used.index == image.index && used.file == image.file);
                let ids = match used.map(|used| used.count) {
                    Some(0 | 1) | None => image.index.to_string(),
                    Some(count) => format!("{}–{}", image.index, image.index + count - 1),
                };
                FileLine { ids, file: image.file.to_string(), tile: Some(image.index), is_broken: !image.is_whole }
            };
            glyph.declared.iter().map(line).collect()
        }
        Some(BankPreview::Sound(sound)) if !state.is_pack() => {
            let line = |sample: &PreviewSample| FileLine {
                ids: sample.index.to_string(),
                file: sample.file.as_ref().map(ToString::to_string).unwrap_or_default(),
                tile: None,
                is_broken: matches!(sample.state, SampleState::Hole { .. }),
            };
            sound.samples.iter().map(line).collect()
        }
        _ => Vec::new(),
    }
}

/// Each file of the asset, and the ids that it got in the bank.
fn show_files(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let tokens = Tokens::of(ui);
    let lines = file_lines(state);
    if lines.is_empty() {
        return;
    }
    show_section(ui, "Files");
    let most = value_characters(ui);
    Grid::new("files").num_columns(2).min_row_height(LINE).spacing([4.0 * STEP, 0.0]).show(ui, |ui| {
        for FileLine { ids, file, tile, is_broken } in lines.iter().take(FILES) {
            let color = if *is_broken { tokens.error } else { tokens.weak };
            ui.label(RichText::new(ids).monospace().size(SMALL).color(color));
            let short = shorten_middle(file, most);
            let text = RichText::new(&short).monospace().size(SMALL);
            let link = ui.link(if *is_broken { text.color(tokens.error) } else { text });
            if *is_broken {
                accessibility::set_description(&link, "cannot be converted");
            }
            if accessibility::full_text_on_hover(link, &short, file).clicked() {
                let view = View {
                    kind: ViewKind::Compare,
                    file: Some(file.clone()),
                    tile: *tile,
                    pixel: None,
                    ..state.view.clone()
                };
                draw.push(Action::View(Box::new(view)));
            }
            ui.end_row();
        }
    });
    if lines.len() > FILES {
        ui.weak(format!("and {} more", lines.len() - FILES));
    }
}

fn show_problems(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let mut problems = state.selected_asset_problems().peekable();
    if problems.peek().is_none() {
        if let PreviewState::Failed(findings) = &state.preview {
            for finding in findings {
                show_card(ui, draw, None, finding);
            }
        }
        return;
    }
    show_section(ui, "Problems");
    for (index, finding) in problems {
        show_card(ui, draw, Some(index), finding);
    }
}

/// How many characters of a value fit beside its label.
fn value_characters(ui: &Ui) -> usize {
    floor_to_u32((ui.available_width() - LABEL) / CHARACTER) as usize
}

fn show_section(ui: &mut Ui, title: &str) {
    ui.add_space(3.0 * STEP);
    accessibility::mark_heading(&ui.label(RichText::new(title).small().strong()));
}

/// One finding, complete. A finding of the list of problems, with its `index` there, has a button that goes to its
/// place. When it becomes the selected one, it is scrolled into sight.
fn show_card(ui: &mut Ui, draw: &mut Draw<'_>, index: Option<usize>, finding: &Finding) {
    let tokens = Tokens::of(ui);
    let is_selected = index.is_some() && draw.state.selected_problem == index;
    let (line, fill) = if is_selected { (tokens.accent, tokens.selected) } else { (tokens.line, tokens.raised) };
    let width = if is_selected { 2.0 } else { 1.0 };
    let frame = egui::Frame::group(ui.style()).fill(fill).inner_margin(2.0 * STEP).stroke((width, line));
    let drawn = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let place = short_place(finding);
        let name = format!("{} {}: {place}", finding.severity.as_str(), finding.code);
        accessibility::name_group(ui, Role::Group, name.trim_end_matches(": "));
        ui.horizontal_wrapped(|ui| {
            accessibility::hide(&severity_icon(ui, finding.severity));
            ui.label(RichText::new(finding.severity.as_str()).strong());
            ui.label(RichText::new(finding.code.as_str()).small().color(tokens.weak));
        });
        if !place.is_empty() {
            let text = RichText::new(&place).monospace().size(SMALL).color(tokens.weak);
            ui.add(Label::new(text).wrap());
        }
        ui.add(Label::new(code_text(ui, &finding.message, tokens.text)).wrap());
        finding_help(ui, finding, draw.state.project_path());
        if let Some(index) = index {
            ui.horizontal_wrapped(|ui| {
                let fixes = draw.state.contents().and_then(|contents| contents.fixes.get(&finding.cause_id()));
                for fix in fixes.into_iter().flatten() {
                    let hint = "Shows first what it changes";
                    let button = ui.add(egui::Button::new(&fix.title).wrap());
                    if button.on_hover_ui(|ui| drop(ui.label(hint))).clicked() {
                        let edit = AskedEdit::Fix(vec![fix.clone()]);
                        draw.push(Action::Ask(fix.title.clone(), Box::new(edit)));
                    }
                }
                if ui.button("Show").clicked() {
                    draw.push(Action::SelectProblem(index));
                }
                if is_selected {
                    show_tile_steps(ui, draw);
                }
            });
        }
        ui.unique_id()
    });
    accessibility::set_place(ui, drawn.inner, drawn.response.rect);
    if is_selected {
        // What is above it becomes taller when the preview is ready. It is scrolled to when its place has settled,
        // because requests of two frames in a row would add up.
        let offset = drawn.response.rect.top() - ui.min_rect().top();
        let now = (finding.cause_id(), offset.round());
        let id = ui.scope_id().with("scrolled to");
        let last: Option<((CauseId, f32), bool)> = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        match last {
            Some((place, true)) if place == now => {}
            Some((place, false)) if place == now => {
                ui.data_mut(|data| data.insert_temp(id, Some((now, true))));
                ui.scroll_to_rect_animation(drawn.response.rect, None, egui::style::ScrollAnimation::none());
            }
            _ => {
                ui.data_mut(|data| data.insert_temp(id, Some((now, false))));
                ui.request_repaint();
            }
        }
    }
}

/// Which of its tiles the selected problem is shown at, and buttons to the others.
fn show_tile_steps(ui: &mut Ui, draw: &mut Draw<'_>) {
    let tiles = draw.state.problem_tiles();
    if tiles.len() < 2 {
        return;
    }
    for (command, text) in [(Command::PreviousProblemTile, "<"), (Command::NextProblemTile, ">")] {
        let button = ui.button(text).on_hover_text(command.entry().name_and_keys(ui.ctx()));
        accessibility::set_name(&button, command.entry().name);
        if button.clicked() {
            draw.run(command);
        }
    }
    let at = tiles.iter().position(|(tile, _)| Some(*tile) == draw.state.view.tile);
    let text = match at {
        Some(at) => format!("tile {} of {}", at + 1, tiles.len()),
        None => format!("{} tiles", tiles.len()),
    };
    ui.label(RichText::new(text).small().color(Tokens::of(ui).weak));
}
