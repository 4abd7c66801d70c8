//! The top edge: the menu, the project, its budgets, and the primary actions.

use egui::{Align, Button, Layout, RichText, Ui, accesskit::Role};
use packer_services::diagnostics::plural;

use super::{Action, Draw};
use crate::commands::{ALL, Command, Menu};
use crate::state::bank_name;
use crate::theme::{SMALL, STEP, Tokens, frame_focused_entries};
use crate::widgets::{
    accessibility, explain_disabled, floor_to_u32, primary_button, short_size, shorten_middle, usage_meter,
};

/// The most characters of the project's path.
const PATH: usize = 40;
/// The fewest characters of a path that say something.
const SHORTEST: usize = 8;
/// The least width of a menu, in points.
const MENU: f32 = 280.0;
/// The width of a character of the path, in points.
const CHARACTER: f32 = 7.2;
/// The width of a character of the name, in points.
const NAME_CHARACTER: f32 = 8.5;
/// From this width on, in points, there is room for all buttons.
const WIDE: f32 = 820.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    ui.add_space(STEP);
    let is_wide = ui.available_width() >= WIDE;
    ui.horizontal(|ui| {
        show_menu(ui, draw);
        // The right part is drawn last, so that a screen reader reads it last. Its width is that of the previous frame.
        let id = ui.scope_id().with("right part");
        let right: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
        show_path(ui, draw, ui.available_width() - right - 4.0 * STEP);
        let drawn = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(STEP);
            if draw.state.project().is_some() {
                pack_button(ui, draw);
            }
            // In a small window they are only in the menu.
            if is_wide {
                let main = if draw.state.is_pack() { Command::Verify } else { Command::NewAsset };
                command_button(ui, draw, main, main.entry().name);
                command_button(ui, draw, Command::Open, "Open…");
            }
            ui.add_space(2.0 * STEP);
            show_budgets(ui, draw);
            ui.min_rect().width()
        });
        if (drawn.inner - right).abs() >= 1.0 {
            ui.data_mut(|data| data.insert_temp(id, drawn.inner));
            ui.ctx().request_repaint();
        }
    });
    ui.add_space(STEP);
}

/// The name and the path of what is open, in at most `width` points.
fn show_path(ui: &mut Ui, draw: &Draw<'_>, width: f32) {
    let Some(opened) = &draw.state.opened else { return };
    let path = opened.path.display().to_string();
    let name = opened.path.file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned());
    ui.scope(|ui| {
        ui.set_max_width(width.max(0.0));
        let fits = |characters: f32, width: f32| PATH.min(floor_to_u32(width.max(0.0) / characters) as usize);
        let short = shorten_middle(&name, fits(NAME_CHARACTER, width));
        accessibility::full_text_on_hover(ui.label(RichText::new(&short).strong()), &short, &name);
        let most = fits(CHARACTER, width - ui.min_rect().width() - 2.0 * STEP);
        if most < SHORTEST {
            return;
        }
        let short = shorten_middle(&path, most);
        let text = RichText::new(&short).monospace().size(SMALL).color(Tokens::of(ui).weak);
        accessibility::full_text_on_hover(ui.label(text), &short, &path);
    });
}

/// All commands, by menu.
fn show_menu(ui: &mut Ui, draw: &mut Draw<'_>) {
    ui.menu_button("Menu", |ui| {
        accessibility::name_group(ui, Role::Menu, "Menu");
        frame_focused_entries(ui);
        for (menu, name) in Menu::ALL {
            let response = ui.menu_button(name, |ui| {
                accessibility::name_group(ui, Role::Menu, name);
                frame_focused_entries(ui);
                // Room between the longest name and its shortcut.
                ui.set_min_width(MENU);
                for entry in ALL.iter().filter(|entry| entry.menu == menu) {
                    if entry.command.begins_group() {
                        ui.separator();
                    }
                    let available = entry.command.available(draw.state);
                    let checked = entry.command.is_checked(draw.state);
                    let keys = entry.keys(ui.ctx());
                    let name = entry.command.menu_name(draw.state);
                    let button = Button::selectable(checked == Some(true), &name).shortcut_text(&keys);
                    let response = ui.add_enabled(available.is_ok(), button);
                    accessibility::mark_menu_item(&response, &name, &keys, checked);
                    if explain_disabled(response, available).clicked() {
                        draw.run(entry.command);
                        ui.close();
                    }
                    if entry.command == Command::OpenDemo {
                        show_recent(ui, draw);
                    }
                }
            });
            accessibility::mark_menu_item(&response.response, name, "", None);
        }
    });
}

/// The recent projects and packs.
fn show_recent(ui: &mut Ui, draw: &mut Draw<'_>) {
    let recent = &draw.state.settings.recent;
    let response = ui.add_enabled_ui(!recent.is_empty(), |ui| {
        ui.menu_button("Recent", |ui| {
            accessibility::name_group(ui, Role::Menu, "Recent");
            frame_focused_entries(ui);
            for path in recent {
                let full = path.display().to_string();
                let response = ui.button(shorten_middle(&full, PATH));
                accessibility::mark_menu_item(&response, &full, "", None);
                if response.clicked() {
                    draw.actions.push(Action::Open(vec![path.clone()]));
                    ui.close();
                }
            }
        })
    });
    accessibility::mark_menu_item(&response.inner.response, "Recent", "", None);
}

fn command_button(ui: &mut Ui, draw: &mut Draw<'_>, command: Command, text: &str) {
    let available = command.available(draw.state);
    let response = ui.add_enabled(available.is_ok(), Button::new(text));
    let response = match available {
        Ok(()) => response.on_hover_text(command.entry().name_and_keys(ui.ctx())),
        Err(_) => explain_disabled(response, available),
    };
    if response.clicked() {
        draw.run(command);
    }
}

/// The primary action. It also works if the project cannot be packed: then it lists why.
fn pack_button(ui: &mut Ui, draw: &mut Draw<'_>) {
    let (command, text) =
        if draw.state.pack.is_running() { (Command::CancelPack, "Cancel") } else { (Command::Pack, "Pack") };
    let keys = command.entry().keys(ui.ctx());
    let response = primary_button(ui, text, &keys, command.available(draw.state).is_ok());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, text));
    accessibility::set_shortcut(&response, &keys);
    if response.clicked() {
        draw.run(command);
    }
}

fn show_budgets(ui: &mut Ui, draw: &Draw<'_>) {
    let Some(contents) = draw.state.contents() else { return };
    let Some(budgets) = &contents.budgets else { return };
    let note = match contents.are_budgets_partial {
        true => "\nThe project has errors, so this is what is known.",
        false => "",
    };
    let share = |used: usize, most: u32| used as f32 / most.max(1) as f32;
    usage_meter(ui, "Size", &short_size(budgets.payload_bytes), None, 0.0)
        .on_hover_text(format!("All banks of the build: {}.{note}", plural(budgets.payload_bytes, "byte")));
    for bank in budgets.banks.iter().rev() {
        let name = format!("{} slots", bank_name(bank.bank_type));
        let most = bank.slots.to_string();
        let meter =
            usage_meter(ui, &name, &bank.slots_used.to_string(), Some(&most), share(bank.slots_used, bank.slots));
        meter.on_hover_text(format!(
            "{} of {most} slots are filled by assets with preload; {} in {}.{note}",
            bank.slots_used,
            short_size(bank.bytes),
            plural(bank.assets as u64, "bank"),
        ));
    }
}
