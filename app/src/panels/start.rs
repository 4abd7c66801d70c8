//! What is shown without a project: recent ones, a typed path, the dialog, and why one could not be opened.

use std::path::PathBuf;

use egui::{Align, Button, Layout, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2};

use super::{Action, toolbar::refusing};
use crate::NAME;
use crate::commands::Command;
use crate::state::State;
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{heard, told, without_middle};

/// The width of all that stands here, in points.
const WIDTH: f32 = 560.0;

/// The side of the program's image, in points: four times its pixels.
const IMAGE: f32 = 64.0;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let room = ui.available_rect_before_wrap();
    let left = ((room.width() - WIDTH) / 2.0).max(0.0);
    let top = (room.height() / 6.0).floor();
    let column = egui::Rect::from_min_size(
        room.min + vec2(left.floor(), top),
        vec2(WIDTH.min(room.width()), room.height() - top),
    );
    ui.scope_builder(egui::UiBuilder::new().max_rect(column).layout(Layout::top_down(Align::Min)), |ui| {
        egui::ScrollArea::vertical().show(ui, |ui| column_of(ui, state, actions));
    });
}

fn column_of(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui);
    let image = egui::Image::from_bytes("bytes://workbench/icon.png", crate::ICON);
    let image = image.texture_options(egui::TextureOptions::NEAREST).alt_text("A lantern");
    ui.add(image.fit_to_exact_size(egui::Vec2::splat(IMAGE)));
    ui.add_space(2.0 * STEP);
    heard::titled(&ui.heading(NAME));
    ui.label(RichText::new("See your art and sound as the console will show them, and pack them.").color(tokens.weak));
    ui.add_space(5.0 * STEP);
    ui.horizontal(|ui| {
        let primary = Button::new(RichText::new("Open project…").color(tokens.on_accent)).fill(tokens.accent);
        if ui.add(primary).clicked() {
            actions.push(Action::Do(Command::Open));
        }
        for command in [Command::OpenPack, Command::OpenDemo] {
            let available = command.available(state);
            let response = ui.add_enabled(available.is_ok(), Button::new(command.entry().name));
            if refusing(response, available).clicked() {
                actions.push(Action::Do(command));
            }
        }
    });
    ui.add_space(2.0 * STEP);
    typed(ui, state, actions);
    ui.label(
        RichText::new("A project is the folder that holds assets/. You can also drop it here, or a .pa file.")
            .small()
            .color(tokens.weak),
    );
    if let Some(refused) = &state.refused {
        ui.add_space(5.0 * STEP);
        let path = refused.path.display().to_string();
        let words = |path: &str| format!("{path} could not be opened");
        let shown = words(&without_middle(&path, 60));
        let response = ui.label(RichText::new(&shown).strong());
        heard::aloud(&heard::whole_on_hover(response, &shown, &words(&path)));
        told(ui, &refused.findings);
    }
    ui.add_space(6.0 * STEP);
    heard::titled(&ui.label(RichText::new("Recent").small().strong()));
    if state.settings.recent.is_empty() {
        ui.label(RichText::new("What you open is remembered here.").color(tokens.weak));
    }
    for path in &state.settings.recent {
        let whole = path.display().to_string();
        let name = path.file_name().map_or_else(|| whole.clone(), |name| name.to_string_lossy().into_owned());
        ui.horizontal(|ui| {
            ui.set_height(ROW);
            if ui.link(name).clicked() {
                actions.push(Action::Open(path.clone()));
            }
            let shown = without_middle(&whole, 64);
            let response = ui.label(RichText::new(&shown).small().monospace().color(tokens.weak));
            heard::whole_on_hover(response, &shown, &whole);
        });
    }
}

fn typed(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let mut text = state.typed_path.clone();
        let field =
            TextEdit::singleline(&mut text).hint_text("or type its path, and press Enter").desired_width(WIDTH - 80.0);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Path of a project or pack"));
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if response.changed() {
            actions.push(Action::TypedPath(text.clone()));
        }
        let clicked = ui.add_enabled(!text.trim().is_empty(), Button::new("Open")).clicked();
        if (entered || clicked) && !text.trim().is_empty() {
            actions.push(Action::Open(PathBuf::from(text.trim())));
        }
    });
}
