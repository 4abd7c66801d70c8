//! The centre: the selected bank as the console will show it.

use egui::{Color32, Rect, RichText, Sense, Ui, Vec2, WidgetInfo, accesskit::Role};
use packer_services::formats::TileSize;
use packer_services::preview::{BankPreview, GlyphPreview, SampleState, SoundPreview, TileState, tile_at, tile_rect};

use super::Action;
use crate::commands::Command;
use crate::state::{Shown, State};
use crate::theme::{STEP, Tokens};
use crate::widgets::sheet::{self, Seen, SheetTexture, Touched};
use crate::widgets::{mark, whole};

/// The side of a palette's swatch, in points.
const SWATCH: f32 = 22.0;
/// The height of the strip below the sheet, so that nothing jumps.
const STRIP: f32 = 76.0;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, texture: &mut SheetTexture, actions: &mut Vec<Action>) {
    match &state.preview {
        Shown::Nothing => invite(ui, state),
        Shown::Loading => {}
        Shown::Failed(findings) => failed(ui, findings),
        Shown::Ready(preview) => match &preview.bank {
            BankPreview::Glyph(glyph) => glyph_bank(ui, state, glyph, texture, actions),
            BankPreview::Sound(sound) => sound_bank(ui, sound),
            BankPreview::Scene { size_bytes, .. } => {
                drop(ui.weak(format!("A SCENE of {size_bytes} bytes, which cannot be shown yet.")))
            }
        },
    }
}

fn invite(ui: &mut Ui, state: &State) {
    if state.listing().is_some() {
        ui.centered_and_justified(|ui| ui.weak("Select an asset on the left."));
    }
}

fn failed(ui: &mut Ui, findings: &[packer_services::diagnostics::Finding]) {
    ui.add_space(4.0 * STEP);
    if findings.is_empty() {
        ui.weak("It is not registered, so nothing of it is packed. Register it with prometeu-packer register.");
    }
    for finding in findings {
        ui.horizontal_wrapped(|ui| {
            mark(ui, finding.severity);
            ui.label(&finding.message);
        });
        ui.weak(&finding.help);
    }
}

fn glyph_bank(ui: &mut Ui, state: &State, glyph: &GlyphPreview, texture: &mut SheetTexture, actions: &mut Vec<Action>) {
    bar(ui, state, texture, actions);
    let height = (ui.available_height() - STRIP).max(64.0);
    let room = Vec2::new(ui.available_width(), height);
    let (seen, touched) = ui
        .allocate_ui(room, |ui| {
            ui.set_min_size(room);
            sheet::show(ui, glyph, &state.view, texture)
        })
        .inner;
    match touched {
        Some(Touched::Tile(tile)) => actions.push(Action::Tile(Some(tile))),
        Some(Touched::Look { zoom, pan }) => actions.push(Action::Look { zoom, pan }),
        None => {}
    }
    strip(ui, state, glyph, seen, actions);
}

/// What the sheet can be asked for.
fn bar(ui: &mut Ui, state: &State, texture: &SheetTexture, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        for (command, text, on) in
            [(Command::ToggleGrid, "Grid", state.view.grid), (Command::ToggleIds, "Ids", state.view.ids)]
        {
            if ui.selectable_label(on, text).clicked() {
                actions.push(Action::Do(command));
            }
        }
        ui.separator();
        let zoom = state.view.zoom.unwrap_or(texture.fitting_zoom());
        for (command, text) in [
            (Command::ZoomOut, "-".to_owned()),
            (Command::ZoomIn, "+".to_owned()),
            (Command::ZoomFit, "Fit".to_owned()),
        ] {
            let response = ui.button(text);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, command.listed().name));
            if response.clicked() {
                actions.push(Action::Do(command));
            }
        }
        ui.label(format!("{zoom}x"));
    });
}

/// The palette, and what is under the pointer or selected.
fn strip(ui: &mut Ui, state: &State, glyph: &GlyphPreview, seen: Seen, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    ui.add_space(STEP);
    ui.horizontal(|ui| {
        let name = match state.view.palette {
            Some(palette) => {
                let name = glyph.palettes.get(palette as usize).and_then(|palette| palette.name.clone());
                format!("Palette {palette} {}", name.unwrap_or_default())
            }
            None => "Each tile in its own palette".to_owned(),
        };
        for (command, text) in [(Command::PreviousPalette, "<"), (Command::NextPalette, ">")] {
            let response = ui.small_button(text);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, command.listed().name));
            if response.clicked() {
                actions.push(Action::Do(command));
            }
        }
        ui.label(RichText::new(name.trim()).strong());
        ui.label(RichText::new(format!("of {}", glyph.palettes.len())).color(tokens.weak));
        ui.separator();
        ui.label(RichText::new(under(state, glyph, seen)).monospace().small());
    });
    swatches(ui, state, glyph);
}

fn swatches(ui: &mut Ui, state: &State, glyph: &GlyphPreview) {
    let tokens = Tokens::of(ui);
    let palette = of_tile(state, glyph, None) as usize;
    let Some(shown) = glyph.palettes.get(palette) else { return };
    let used = glyph.palette_use(palette);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        for (at, colour) in shown.colours.iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(Vec2::splat(SWATCH), Sense::hover());
            let [r, g, b] = colour.stored.to_rgb().0;
            if at == 0 {
                let half = rect.size() / 2.0;
                for n in 0..4 {
                    let offset = Vec2::new((n % 2) as f32 * half.x, (n / 2) as f32 * half.y);
                    let shade = tokens.checker[(n % 2 + n / 2) % 2];
                    ui.painter().rect_filled(Rect::from_min_size(rect.min + offset, half), 0, shade);
                }
            } else {
                ui.painter().rect_filled(rect, 3, Color32::from_rgb(r, g, b));
            }
            ui.painter().rect_stroke(rect, 3, egui::Stroke::new(1.0, tokens.line), egui::StrokeKind::Inside);
            let pixels = used.colours.get(at).map_or(0, |colour| colour.pixels);
            let authored = colour.authored.map(|rgb| rgb.to_string()).unwrap_or_default();
            let text = match at {
                0 => format!("Colour 0, the colour key {authored}: drawn transparent"),
                _ => format!("Colour {at} {authored}, shown as {}: {pixels} pixels", colour.stored.to_rgb()),
            };
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
            response.on_hover_text(text);
        }
    });
}

/// The palette that a tile, or else the selected one, is shown in.
fn of_tile(state: &State, glyph: &GlyphPreview, tile: Option<u32>) -> u32 {
    let tile = tile.or(state.view.tile).and_then(|id| glyph.tiles.get(id as usize));
    state.view.palette.or_else(|| tile.and_then(|tile| tile.palette)).unwrap_or(0)
}

/// The tile and pixel under the pointer, else the selected tile, in words.
fn under(state: &State, glyph: &GlyphPreview, seen: Seen) -> String {
    let size = glyph.metadata.tile_size;
    match (seen.pixel, state.view.tile) {
        (Some((x, y)), _) => {
            let Some(id) = tile_at(size, x, y) else { return String::new() };
            let index = glyph.payload.index(x, y);
            let stored = glyph.payload.palette(of_tile(state, glyph, Some(id)))[usize::from(index)];
            let colour =
                if index == 0 { "transparent".to_owned() } else { format!("{} 0x{:04x}", stored.to_rgb(), stored.0) };
            format!(
                "{}, pixel ({}, {}): index {index}, {colour}",
                tile_words(glyph, id, size),
                x % size.pixels(),
                y % size.pixels()
            )
        }
        (None, Some(id)) => tile_words(glyph, id, size),
        (None, None) => "Point at a pixel, or select a tile".to_owned(),
    }
}

fn tile_words(glyph: &GlyphPreview, id: u32, size: TileSize) -> String {
    let Some(rect) = tile_rect(size, id) else { return String::new() };
    let (column, row) = (rect.x / size.pixels(), rect.y / size.pixels());
    let tile = glyph.tiles.get(id as usize);
    let source =
        tile.and_then(|tile| tile.source.as_ref()).map(|source| format!(", {}", source.file)).unwrap_or_default();
    let what = match tile.map(|tile| &tile.state) {
        Some(TileState::Unused) | None => ", unused",
        Some(TileState::Hole { .. }) => ", could not be made",
        _ => "",
    };
    format!("tile {id} (column {column}, row {row}){source}{what}")
}

fn sound_bank(ui: &mut Ui, sound: &SoundPreview) {
    let tokens = Tokens::of(ui);
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (index, sample) in sound.samples.iter().enumerate() {
            ui.add_space(2.0 * STEP);
            let file = sample.file.as_ref().map(ToString::to_string).unwrap_or_default();
            ui.label(RichText::new(format!("{index}  {file}")).strong());
            match &sample.state {
                SampleState::Playable(playable) => waveform(ui, playable, &tokens),
                SampleState::OverLimit(metadata) => {
                    drop(ui.weak(format!("{} frames: too long to be shown with the others", metadata.frames)));
                }
                SampleState::Hole { .. } => drop(ui.label(RichText::new("could not be made").color(tokens.error))),
            }
        }
    });
}

fn waveform(ui: &mut Ui, playable: &packer_services::preview::Playable, tokens: &Tokens) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 72.0), Sense::hover());
    ui.painter().rect_filled(rect, 3, tokens.sunken);
    let columns = whole(rect.width()).max(1) as usize;
    let wave = playable.pcm.waveform(0..playable.pcm.frames(), columns);
    let y = |value: i16| rect.center().y - f32::from(value) / 32_768.0 * rect.height() / 2.0;
    for (n, column) in wave.columns.iter().enumerate() {
        let x = rect.min.x + n as f32;
        ui.painter().vline(x, y(column.high)..=y(column.low), egui::Stroke::new(1.0, tokens.accent));
    }
    ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, tokens.line));
    let text = format!(
        "{} frames, {:.2} s at {} Hz",
        playable.pcm.frames(),
        playable.seconds(),
        playable.metadata.sample_rate_hz
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Waveform, {text}")));
    ui.label(RichText::new(text).small().color(tokens.weak));
}
