//! The parts of the window. Each draws a read-only view and pushes what a person asks for; none waits, and none changes
//! anything by itself.

pub mod bottom;
pub mod details;
pub mod navigator;
pub mod palette;
pub mod stage;
pub mod start;
pub mod status;
pub mod toolbar;

use std::path::PathBuf;

use egui::{CentralPanel, EventFilter, Frame, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role};

use crate::commands::Command;
use crate::state::{BottomTab, Filter, Panel, State, View};
use crate::theme::{STEP, Tokens};
use crate::widgets::{Textures, heard};

/// What a person asked for in a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A command of the list.
    Do(Command),
    /// Opens a project or a pack.
    Open(PathBuf),
    /// Selects an asset by its root.
    Select(String),
    /// Selects the asset so many rows further on.
    StepAsset(isize),
    /// Makes thumbnails of these assets, by root: they came into sight.
    Thumbnails(Vec<String>),
    /// Selects a problem by its place in the list.
    SelectProblem(usize),
    /// Lists other assets.
    Filter(Filter),
    /// Shows another lower panel.
    BottomTab(BottomTab),
    /// Arrows go to this panel from now on.
    Panel(Panel),
    /// Puts the keyboard into this panel.
    Focus(Panel),
    /// Arrow keys went to this panel: so many to the right, so many down.
    Arrow(Panel, i32, i32),
    /// Looks at the selected asset in another way.
    View(Box<View>),
    /// Shows the sheet at this zoom; `None` fits it.
    Zoom(Option<u32>),
    /// Plays a sample from a frame on.
    PlayFrom(u32, u64),
    /// The command palette's text and selected row; `None` closes it.
    Palette(Option<(String, usize)>),
    /// The path that is being typed on the start page.
    TypedPath(String),
}

/// Draws the whole window.
pub fn show(ui: &mut Ui, state: &State, textures: &mut Textures, actions: &mut Vec<Action>) {
    if state.opened.is_none() {
        CentralPanel::default().show(ui, |ui| {
            heard::group(ui, Role::Main, "Start");
            start::show(ui, state, actions);
        });
    } else {
        egui::Panel::top("toolbar").show(ui, |ui| {
            heard::group(ui, Role::Toolbar, "Project");
            toolbar::show(ui, state, actions);
        });
        egui::Panel::bottom("status").show(ui, |ui| {
            heard::group(ui, Role::Status, "Status");
            status::show(ui, state);
        });
        egui::Panel::bottom("lower").resizable(true).default_size(184.0).min_size(96.0).show(ui, |ui| {
            within(ui, Panel::Bottom, "Problems and results", actions, |ui, actions| bottom::show(ui, state, actions));
        });
        egui::Panel::left("navigator").resizable(true).default_size(264.0).min_size(200.0).show(ui, |ui| {
            within(ui, Panel::Navigator, "Assets", actions, |ui, actions| {
                navigator::show(ui, state, textures, actions);
            });
        });
        egui::Panel::right("details").resizable(true).default_size(300.0).min_size(220.0).show(ui, |ui| {
            within(ui, Panel::Details, "Details", actions, |ui, actions| details::show(ui, state, textures, actions));
        });
        // The art reaches the edges of its stage.
        let frame = Frame::central_panel(ui.style()).inner_margin(0.0);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            heard::group(ui, Role::Main, "Preview");
            pressed(ui, Panel::Stage, ui.max_rect(), actions);
            stage::show(ui, state, textures, actions);
        });
    }
    palette::show(ui, state, actions);
    if ui.input(|input| !input.raw.hovered_files.is_empty()) {
        drop_hint(ui);
    }
}

/// What becomes of files that are held over the window.
fn drop_hint(ui: &Ui) {
    let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
    let tokens = Tokens::of(ui);
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0, tokens.surface.gamma_multiply(0.85));
    painter.rect_stroke(rect.shrink(3.0 * STEP), 4, Stroke::new(2.0, tokens.accent), StrokeKind::Inside);
    let font = egui::TextStyle::Heading.resolve(ui.style());
    let text = "Drop a project's folder or a .pa file to open it";
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, text, font, tokens.text);
}

/// Draws a panel that can have the keyboard as a whole.
fn within(
    ui: &mut Ui,
    panel: Panel,
    name: &str,
    actions: &mut Vec<Action>,
    draw: impl FnOnce(&mut Ui, &mut Vec<Action>),
) {
    let rect = ui.max_rect();
    // A panel is as large as it was made, whatever is in it.
    ui.set_min_size(ui.available_size());
    anchor(ui, panel, name, rect);
    ui.scope_builder(UiBuilder::new().accessibility_parent(panel.id()), |ui| draw(ui, actions));
    pressed(ui, panel, rect, actions);
}

/// What has the keyboard when F6 comes to a panel: it is spoken of by `name`, and framed.
pub fn anchor(ui: &mut Ui, panel: Panel, name: &str, rect: egui::Rect) {
    let response = ui.interact(rect, panel.id(), Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, name));
    if response.has_focus() {
        let walks = panel != Panel::Details;
        let arrows = EventFilter { horizontal_arrows: walks, vertical_arrows: walks, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(panel.id(), arrows));
        let line = Stroke::new(1.0, Tokens::of(ui).accent);
        ui.painter().rect_stroke(rect.expand(STEP / 2.0), 2, line, StrokeKind::Inside);
    }
}

/// Who presses in a panel means it with the next arrow key.
fn pressed(ui: &Ui, panel: Panel, rect: egui::Rect, actions: &mut Vec<Action>) {
    let is_here = |input: &egui::InputState| {
        input.pointer.any_pressed() && input.pointer.interact_pos().is_some_and(|at| rect.contains(at))
    };
    if ui.input(is_here) {
        actions.push(Action::Panel(panel));
    }
}
