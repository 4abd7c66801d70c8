//! The start page, without a project: recent projects, a typed path, the dialog, and why a project could not be opened.

use egui::{Align, Button, Layout, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2};

use super::{Action, Draw};
use crate::NAME;
use crate::commands::Command;
use crate::external::typed_path;
use crate::theme::{ROW, STEP, Tokens};
use crate::widgets::{accessibility, explain_disabled, finding_list, focus_when_new, primary_button, shorten_middle};

/// The width of the page, in points.
const WIDTH: f32 = 560.0;

/// The side of the program's icon, in points: four times its pixels.
const ICON: f32 = 64.0;

/// The id of the field for a path, so that it can get the keyboard.
pub fn path_id() -> egui::Id {
    egui::Id::unique("path to open")
}

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    let room = ui.available_rect_before_wrap();
    let left = ((room.width() - WIDTH) / 2.0).max(0.0);
    let top = (room.height() / 6.0).floor();
    let column = egui::Rect::from_min_size(
        room.min + vec2(left.floor(), top),
        vec2(WIDTH.min(room.width()), room.height() - top),
    );
    ui.scope_builder(egui::UiBuilder::new().max_rect(column).layout(Layout::top_down(Align::Min)), |ui| {
        egui::ScrollArea::vertical().show(ui, |ui| show_column(ui, draw));
    });
}

fn show_column(ui: &mut Ui, draw: &mut Draw<'_>) {
    let state = draw.state;
    let tokens = Tokens::of(ui);
    let icon = egui::Image::from_bytes("bytes://workbench/icon.png", crate::ICON);
    let icon = icon.texture_options(egui::TextureOptions::NEAREST).alt_text("A lantern");
    ui.add(icon.fit_to_exact_size(egui::Vec2::splat(ICON)));
    ui.add_space(2.0 * STEP);
    accessibility::mark_heading(&ui.heading(NAME));
    ui.label(RichText::new("See your art and sound as the console will show them, and pack them.").color(tokens.weak));
    ui.add_space(5.0 * STEP);
    ui.horizontal(|ui| {
        if primary_button(ui, Command::Open.entry().name, "", true).clicked() {
            draw.run(Command::Open);
        }
        for command in [Command::NewProject, Command::OpenPack, Command::OpenDemo] {
            let available = command.available(state);
            let response = ui.add_enabled(available.is_ok(), Button::new(command.entry().name));
            if explain_disabled(response, available).clicked() {
                draw.run(command);
            }
        }
    });
    ui.add_space(2.0 * STEP);
    show_path_field(ui, draw);
    ui.label(
        RichText::new(
            "A project is the folder that contains assets/. Drop one here, or a .pa file, or name a folder for a new one.",
        )
        .small()
        .color(tokens.weak),
    );
    if let Some(refused) = &state.refused {
        ui.add_space(5.0 * STEP);
        let path = refused.path.display().to_string();
        let sentence = |path: &str| match refused.can_become_project {
            true => format!("{path} is not a project yet"),
            false => format!("{path} could not be opened"),
        };
        let short = sentence(&shorten_middle(&path, 60));
        let response = ui.label(RichText::new(&short).strong());
        accessibility::announce_changes(&accessibility::full_text_on_hover(response, &short, &sentence(&path)));
        if refused.can_become_project {
            ui.add_space(STEP);
            let button = primary_button(ui, "Create a project in this folder", "", true);
            // Enter goes on.
            focus_when_new(&button, &refused.path);
            if button.clicked() {
                draw.push(Action::CreateProject(refused.path.clone()));
            }
            ui.label(RichText::new("Files that are already there are kept.").small().color(tokens.weak));
        } else {
            finding_list(ui, &refused.findings, None);
        }
    }
    ui.add_space(6.0 * STEP);
    accessibility::mark_heading(&ui.label(RichText::new("Recent").small().strong()));
    if state.settings.recent.is_empty() {
        ui.label(RichText::new("Projects and packs that you open are listed here.").color(tokens.weak));
    }
    for path in &state.settings.recent {
        let full = path.display().to_string();
        let name = path.file_name().map_or_else(|| full.clone(), |name| name.to_string_lossy().into_owned());
        ui.horizontal(|ui| {
            ui.set_height(ROW);
            if ui.link(name).clicked() {
                draw.push(Action::Open(vec![path.clone()]));
            }
            let short = shorten_middle(&full, 64);
            let response = ui.label(RichText::new(&short).small().monospace().color(tokens.weak));
            accessibility::full_text_on_hover(response, &short, &full);
            let button = ui.small_button("×").on_hover_text("Remove from this list; its files are kept");
            accessibility::set_name(&button, &format!("Remove {full} from this list"));
            if button.clicked() {
                draw.push(Action::ForgetPath(path.clone()));
            }
        });
    }
}

fn show_path_field(ui: &mut Ui, draw: &mut Draw<'_>) {
    ui.horizontal(|ui| {
        let mut text = draw.state.typed_path.clone();
        let field =
            TextEdit::singleline(&mut text).hint_text("or type its path and press Enter").desired_width(WIDTH - 80.0);
        let response = ui.add(field.id(path_id()));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Path of a project or pack"));
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if response.changed() {
            draw.push(Action::TypePath(text.clone()));
        }
        if is_entered {
            // If the path is wrong, the user corrects it.
            response.request_focus();
        }
        let is_clicked = ui.add_enabled(!text.trim().is_empty(), Button::new("Open")).clicked();
        if (is_entered || is_clicked) && !text.trim().is_empty() {
            draw.push(Action::Open(vec![typed_path(&text, std::env::home_dir().as_deref())]));
        }
    });
}
