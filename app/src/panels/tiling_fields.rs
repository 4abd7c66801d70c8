//! The fields that say how images become tiles: of a new bank, and of one that is there.

use egui::{Checkbox, DragValue, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};
use packer_services::declaration::Cut;
use packer_services::formats::TileSize;

use crate::state::{KeyChoice, KeyForm};
use crate::theme::{STEP, Tokens};
use crate::widgets::{ChoiceList, accessibility};

/// The largest number of pixels that a declaration can have: no image is larger.
pub const MOST_PIXELS: u32 = 16_384;
/// The width of a color, in points.
const COLOR: f32 = 72.0;

/// A name, and a widget below it.
pub fn named_row(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui, &str)) {
    accessibility::hide(&ui.label(RichText::new(name).small().color(Tokens::of(ui).weak)));
    add(ui, name);
    ui.add_space(STEP);
}

/// The size of all tiles.
pub fn show_tile_size(ui: &mut Ui, tile_size: &mut TileSize) {
    named_row(ui, "Tile size", |ui, name| {
        ui.horizontal(|ui| {
            for size in TileSize::ALL {
                let pixels = size.pixels();
                let response = ui.selectable_value(tile_size, size, format!("{pixels} × {pixels}"));
                let is_chosen = *tile_size == size;
                response.widget_info(|| {
                    WidgetInfo::selected(Role::RadioButton, true, is_chosen, format!("{name} {pixels}"))
                });
            }
        });
    });
}

/// Which color is transparent.
pub fn show_color_key(ui: &mut Ui, key: &mut KeyForm) {
    named_row(ui, "Transparent color", |ui, name| {
        ui.horizontal(|ui| {
            let text = |choice: KeyChoice| match choice {
                KeyChoice::None => "as in the image",
                KeyChoice::Index0 => "palette index 0",
                KeyChoice::Color => "this color",
            };
            ChoiceList::new(name, text(key.choice)).show(ui, |choices| {
                let all = [KeyChoice::None, KeyChoice::Index0, KeyChoice::Color];
                choices.add_values(&mut key.choice, all, text);
            });
            if key.choice == KeyChoice::Color {
                let response = ui.add(TextEdit::singleline(&mut key.color).desired_width(COLOR));
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Color key"));
            }
        });
    });
}

/// Where the cells of an image, or of a part of it, lie.
pub fn show_cells(ui: &mut Ui, cut: &mut Cut) {
    named_row(ui, "Pixels around and between tiles", |ui, _| {
        ui.horizontal(|ui| {
            for (value, name) in [(&mut cut.margin, "Margin"), (&mut cut.spacing, "Spacing")] {
                let response = ui.add(DragValue::new(value).range(0..=MOST_PIXELS).speed(0.1).suffix(" px"));
                accessibility::set_name(&response, name);
                ui.label(RichText::new(name.to_lowercase()).color(Tokens::of(ui).weak));
            }
        });
    });
    ui.add(Checkbox::new(&mut cut.skip_blank, "Leave out empty cells"));
}
