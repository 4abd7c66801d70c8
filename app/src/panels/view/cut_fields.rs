//! What is entered about the cut of a bank's images.

use egui::{Checkbox, DragValue, RichText, Ui, WidgetInfo, accesskit::Role};
use packer_services::declaration::{Cut, Region};
use packer_services::ops::SpriteNames;
use packer_services::preview::{CellGrid, SourcePreview};

use super::super::{Draw, tiling_fields};
use crate::state::{CutDraft, CutImage};
use crate::theme::STEP;
use crate::widgets::{ChoiceList, accessibility, explain_disabled, shorten_middle};

/// How many characters of a file's name are shown.
const FILE: usize = 28;

/// Draws the fields of the image at this place.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, edited: &mut CutDraft, at: usize) {
    tiling_fields::show_tile_size(ui, &mut edited.tile_size);
    show_choice(ui, draw, edited, at);
    let tile_size = edited.tile_size;
    let count = edited.images.len();
    if let Some(image) = edited.images.get_mut(at) {
        if let Some(names) = draw.state.sprite_names(image) {
            show_part(ui, names, image);
        }
        tiling_fields::show_color_key(ui, &mut image.key);
        tiling_fields::show_cells(ui, &mut image.cut);
        show_region(ui, image, frame_size(draw), |size, cut| CellGrid::of(size, cut, tile_size));
    }
    if count > 1 {
        ui.add_space(STEP);
        let button = ui.button("Same for all images");
        let help = "Gives all images this transparent color, margin, spacing and choice of cells";
        accessibility::set_description(&button, help);
        if button.on_hover_text(help).clicked() {
            edited.cut_all_like(at);
        }
    }
}

/// Which image the fields below are about.
fn show_choice(ui: &mut Ui, draw: &mut Draw<'_>, edited: &CutDraft, at: usize) {
    let name = |image: &CutImage| {
        let is_twin = edited.images.iter().filter(|other| other.file == image.file).count() > 1;
        if is_twin { format!("{} from id {}", image.file, image.index) } else { image.file.to_string() }
    };
    let shown = edited.images.get(at).map(name).unwrap_or_default();
    tiling_fields::named_row(ui, "Image", |ui, label| {
        let text = |name: &str| RichText::new(shorten_middle(name, FILE)).monospace().small();
        let list = ChoiceList::new(label, &shown).width(ui.available_width());
        list.shown(text(&shown)).show(ui, |choices| {
            for (n, image) in edited.images.iter().enumerate() {
                let name = name(image);
                let entry = choices.add_button(n == at, true, text(&name));
                if accessibility::full_text_on_hover(entry, &shorten_middle(&name, FILE), &name).clicked() {
                    draw.view.cut_image = Some(n);
                }
            }
        });
    });
}

/// Which frames, layers and rectangle of a sprite are used.
fn show_part(ui: &mut Ui, names: &SpriteNames, image: &mut CutImage) {
    let had_slice = image.part.slice.is_some();
    for (name, all, names, chosen) in [
        ("Tag", "all frames", &names.tags, &mut image.part.tag),
        ("Layer", "all that are visible", &names.layers, &mut image.part.layer),
        ("Slice", "the whole frame", &names.slices, &mut image.part.slice),
    ] {
        if names.is_empty() && chosen.is_none() {
            continue;
        }
        tiling_fields::named_row(ui, name, |ui, label| {
            let text = chosen.clone().unwrap_or_else(|| all.to_owned());
            let list = ChoiceList::new(label, &text).width(ui.available_width());
            list.shown(shorten_middle(&text, FILE)).show(ui, |choices| {
                for choice in std::iter::once(None).chain(names.iter().map(Some)) {
                    if choices.add(chosen.as_ref() == choice, choice.map_or(all, String::as_str)) {
                        *chosen = choice.cloned();
                    }
                }
            });
        });
    }
    if image.part.slice.is_some() && !had_slice {
        // A slice is a part already.
        image.cut.region = None;
    }
}

/// The width and height of the shown image, or of each of its frames.
fn frame_size(draw: &Draw<'_>) -> Option<[u32; 2]> {
    let content = draw.state.source.as_ref()?.content.as_ref()?.as_deref().ok()?;
    match content {
        SourcePreview::Image { pixels, frames, .. } => Some([pixels.width(), pixels.height() / (*frames).max(1)]),
        _ => None,
    }
}

/// Which part of the image is used.
fn show_region(ui: &mut Ui, image: &mut CutImage, size: Option<[u32; 2]>, cells: impl Fn([u32; 2], &Cut) -> CellGrid) {
    let mut has_region = image.cut.region.is_some();
    let size = size.unwrap_or([tiling_fields::MOST_PIXELS; 2]);
    let available = if image.part.slice.is_none() { Ok(()) } else { Err("The slice is a part already.") };
    let checkbox = ui.add_enabled(available.is_ok(), Checkbox::new(&mut has_region, "Only a part of the image"));
    if explain_disabled(checkbox, available).changed() {
        image.cut.region = has_region.then(|| whole_cells(size, &image.cut, &cells(size, &image.cut)));
    }
    let grid = cells(size, &image.cut);
    let is_partial = !grid.is_whole() && grid.columns() > 0 && grid.rows() > 0;
    if is_partial && ui.button("Use only the whole cells").clicked() {
        image.cut.region = Some(whole_cells(size, &image.cut, &grid));
    }
    let Some(region) = &mut image.cut.region else { return };
    for fields in [
        [(&mut region.x, 0, "X", "Left edge of the part"), (&mut region.y, 0, "Y", "Upper edge of the part")],
        [(&mut region.w, 1, "W", "Width of the part"), (&mut region.h, 1, "H", "Height of the part")],
    ] {
        ui.horizontal(|ui| {
            for (value, least, letter, name) in fields {
                accessibility::hide(&ui.label(RichText::new(letter).small()));
                let field = ui.add(DragValue::new(value).range(least..=tiling_fields::MOST_PIXELS).suffix(" px"));
                field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
                field.on_hover_text(name);
            }
        });
    }
    ui.weak(RichText::new("or hold Shift and drag over the image").small());
}

/// The part that whole cells fill, from the top left of the used part on; all of the image if there is none.
fn whole_cells([width, height]: [u32; 2], cut: &Cut, cells: &CellGrid) -> Region {
    let all = Region { x: 0, y: 0, w: width.max(1), h: height.max(1) };
    let (Some(column), Some(row)) = (cells.columns().checked_sub(1), cells.rows().checked_sub(1)) else { return all };
    let (last, Region { x, y, .. }) = (cells.corner(column, row), cut.region.unwrap_or(all));
    let length = |last: u32, first: u32| last + cells.side() + cut.margin - first;
    Region { x, y, w: length(last.x, x), h: length(last.y, y) }
}
