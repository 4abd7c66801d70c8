//! The parts of the window. A panel draws the state and pushes actions; it never waits and changes nothing itself.

pub mod asked;
pub mod bottom;
pub mod command_palette;
pub mod details;
pub mod editors;
pub mod history;
pub mod leaving;
pub mod navigator;
pub mod new_asset;
pub mod notice;
mod palette_sheets;
pub mod renaming;
pub mod start;
pub mod status;
mod tiling_fields;
pub mod toolbar;
pub mod view;

use std::path::PathBuf;

use egui::{CentralPanel, EventFilter, Frame, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role};
use packer_services::declaration::LoopChoice;
use packer_services::diagnostics::CauseId;
use packer_services::ops::AssetEdit;

use crate::commands::Command;
use crate::state::{
    AskedEdit, AssetFilter, BankDraft, BottomTab, CommandPalette, CutDraft, NewAssetForm, OverviewOrder, PaletteExport,
    PaletteSheet, Panel, ProblemFilter, Renaming, State, View,
};
use crate::theme::{STEP, Tokens};
use crate::widgets::{SheetKeys, Textures, accessibility, take_sheet_keys};

/// What the user did in a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Runs a command.
    Run(Command),
    /// Opens a project or a pack, or goes to files of the open project.
    Open(Vec<PathBuf>),
    /// Does with files and folders what the window is ready for: opens them, creates an asset from them, or adds them
    /// to what is being edited.
    TakePaths(Vec<PathBuf>),
    /// Removes a path from the recent ones.
    ForgetPath(PathBuf),
    /// Hides the notice.
    DismissNotice,
    /// Selects an asset by its root.
    SelectAsset(String),
    /// Selects the asset so many rows further on.
    StepAsset(isize),
    /// Creates thumbnails of these assets, by root: their rows became visible.
    CreateThumbnails(Vec<String>),
    /// Selects a problem by its index in the list.
    SelectProblem(usize),
    /// Selects the problem with this cause.
    ShowCause(CauseId),
    /// Lists other assets.
    Filter(AssetFilter),
    /// Lists other problems.
    FilterProblems(ProblemFilter),
    /// Copies a text.
    Copy(String),
    /// Shows another tab of the bottom panel.
    BottomTab(BottomTab),
    /// Sends arrow keys to this panel from now on.
    ActivatePanel(Panel),
    /// Gives the keyboard to this panel.
    FocusPanel(Panel),
    /// Shows or hides this panel.
    ShowPanel(Panel, bool),
    /// An arrow key in this panel: so many places to the right, so many down.
    Arrow(Panel, i32, i32),
    /// Shows the selected asset in another way.
    View(Box<View>),
    /// Shows the sheet at this zoom; `None` fits it.
    Zoom(Option<f32>),
    /// Orders the assets of the overview.
    OrderOverview(OverviewOrder),
    /// Gives the asset with this root this slot when the game starts, or none. Another asset that has the slot gets the
    /// one that this asset had.
    SetSlot(String, Option<u32>),
    /// Lets a sample of the selected asset loop here.
    SetLoop(u32, LoopChoice),
    /// Plays a sample from a frame on.
    PlayFrom(u32, u64),
    /// Plays the shown source file; stops it if it is playing.
    PlaySource,
    /// Changes the command palette; `None` closes it.
    CommandPalette(Option<CommandPalette>),
    /// Creates a project in this folder, and opens it.
    CreateProject(PathBuf),
    /// Restores the removed asset with this id.
    RestoreAsset(u32),
    /// Asks whether the removed asset with this id is deleted for good.
    AskToPurge(u32),
    /// Deletes the removed asset with this id for good.
    PurgeAsset(u32),
    /// Changes what is entered about the new asset.
    EditNewAsset(Box<NewAssetForm>),
    /// Creates the new asset.
    CreateNewAsset,
    /// Closes the sheet in which something is entered; nothing is done. If something is entered, the user is asked.
    CloseSheet,
    /// Does what the user was asked about, and forgets what is not applied.
    Leave,
    /// Does not do it, and keeps what is not applied.
    Stay,
    /// Changes what is entered as name and folder of an asset.
    Rename(Renaming),
    /// Gives the asset the entered name and folder.
    ApplyRenaming,
    /// Opens files with this ending in this program from now on; an empty path means the system's.
    SetEditor(&'static str, PathBuf),
    /// Closes the sheet in which programs are chosen.
    CloseEditors,
    /// Edits the selected asset.
    Edit(Box<AssetEdit>),
    /// Changes how the selected bank is about to be arranged; `None` reverts it.
    ArrangeBank(Option<BankDraft>),
    /// Changes how the images of the selected bank are about to be cut; `None` reverts it.
    CutImages(Option<CutDraft>),
    /// Cuts the images of the selected bank as it is shown.
    ApplyCut,
    /// Changes what is entered about palettes from a file.
    EditPaletteSheet(Box<PaletteSheet>),
    /// Takes the palettes.
    ImportPalettes,
    /// Takes palettes of the selected bank from this file; an empty path is entered by the user.
    OpenPaletteSheet(String, Option<u32>),
    /// Changes what is entered about a palette that is written to a file.
    EditPaletteExport(Box<PaletteExport>),
    /// Writes the palette.
    ExportPalette,
    /// Lets the user choose a palette file in a dialog of the system.
    ChoosePaletteFile,
    /// Shows what this change would do. It is described in the imperative.
    Ask(String, Box<AskedEdit>),
    /// Makes the shown change.
    ApplyAsked,
    /// Closes the sheet of the change; nothing is changed.
    CloseAsked,
    /// Changes the path in the field of the start page.
    TypePath(String),
}

/// What every panel is given: the state to draw, and a place for actions.
pub struct Draw<'a> {
    /// What is drawn.
    pub state: &'a State,
    /// A copy of the state's view. The view panel changes it; if it differs in the end, that is an action.
    pub view: View,
    /// Textures, kept from frame to frame.
    pub textures: &'a mut Textures,
    /// What the user did.
    pub actions: Vec<Action>,
}

impl<'a> Draw<'a> {
    /// Nothing is drawn yet.
    pub fn new(state: &'a State, textures: &'a mut Textures) -> Self {
        Self { state, view: state.view.clone(), textures, actions: Vec::new() }
    }

    /// Adds an action.
    pub fn push(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Takes the keys that end a sheet; none while the user is asked something above it.
    pub fn take_sheet_keys(&self, ui: &Ui) -> SheetKeys {
        if self.state.leaving.is_some() { SheetKeys::default() } else { take_sheet_keys(ui) }
    }

    /// Adds the action that runs a command.
    pub fn run(&mut self, command: Command) {
        self.push(Action::Run(command));
    }
}

/// Draws the whole window.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    if draw.state.is_starting {
        CentralPanel::default().show(ui, |ui| accessibility::mark_busy(ui, ui.unique_id()));
    } else if draw.state.opened.is_none() {
        notice::show(ui, draw);
        CentralPanel::default().show(ui, |ui| {
            accessibility::name_group(ui, Role::Main, "Start");
            start::show(ui, draw);
        });
    } else {
        egui::Panel::top("toolbar").show(ui, |ui| {
            accessibility::name_group(ui, Role::Toolbar, "Project");
            toolbar::show(ui, draw);
        });
        notice::show(ui, draw);
        // The places are taken from the edges inward; what is in them is drawn, and visited by Tab, from left to right.
        let frame = Frame::side_top_panel(ui.style());
        let status = egui::Panel::bottom("status").frame(frame).show(ui, |ui| {
            ui.set_min_size(egui::vec2(ui.available_width(), ui.spacing().interact_size.y));
            content_of(ui)
        });
        // At most these shares of the window, so that the view always has room.
        let window = ui.ctx().content_rect().size();
        let lower = (window.y - 400.0).max(window.y * 0.3);
        let bottom = egui::Panel::bottom("bottom").default_size(184.0).min_size(72.0).max_size(lower);
        let bottom = side_panel(ui, bottom, Panel::Bottom, draw);
        let left = egui::Panel::left("navigator").default_size(264.0).min_size(140.0).max_size(window.x * 0.3);
        let left = side_panel(ui, left, Panel::Navigator, draw);
        let right = egui::Panel::right("details").default_size(300.0).min_size(140.0).max_size(window.x * 0.3);
        let right = side_panel(ui, right, Panel::Details, draw);
        // The art reaches the edges of the panel.
        let frame = Frame::central_panel(ui.style()).inner_margin(0.0);
        let view = CentralPanel::default().frame(frame).show(ui, content_of);
        show_side_panel(left, Panel::Navigator, "Assets", draw, navigator::show);
        let mut ui_of_view = view.inner;
        accessibility::name_group(&ui_of_view, Role::Main, "Preview");
        activate_if_pressed(&ui_of_view, Panel::View, ui_of_view.max_rect(), draw);
        view::show(&mut ui_of_view, draw);
        show_side_panel(right, Panel::Details, "Details", draw, details::show);
        show_side_panel(bottom, Panel::Bottom, "Problems and results", draw, bottom::show);
        let mut ui_of_status = status.inner;
        accessibility::name_group(&ui_of_status, Role::Status, "Status");
        status::show(&mut ui_of_status, draw);
    }
    new_asset::show(ui, draw);
    renaming::show(ui, draw);
    palette_sheets::show(ui, draw);
    editors::show(ui, draw);
    asked::show(ui, draw);
    command_palette::show(ui, draw);
    leaving::show(ui, draw);
    if ui.input(|input| !input.raw.hovered_files.is_empty()) {
        draw_drop_hint(ui, draw);
    }
}

/// Covers the window with what can be dropped, while files are held over it.
fn draw_drop_hint(ui: &Ui, draw: &Draw<'_>) {
    let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
    let tokens = Tokens::of(ui);
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0, tokens.surface.gamma_multiply(0.85));
    painter.rect_stroke(rect.shrink(3.0 * STEP), 4, Stroke::new(2.0, tokens.accent), StrokeKind::Inside);
    let font = egui::TextStyle::Heading.resolve(ui.style());
    let text = match draw.state.project() {
        Some(_) => "Drop images, sounds or a folder of them to create an asset, or a file of this project to go to it",
        None => "Drop a project folder or a .pa file to open it",
    };
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, text, font, tokens.text);
}

/// The room of a panel, for what is drawn in it later.
fn content_of(ui: &mut Ui) -> Ui {
    let room = ui.max_rect();
    ui.new_child(UiBuilder::new().max_rect(room))
}

/// Takes the place of a panel that can be hidden. Dragging its edge to the window's hides it; dragging it back shows it
/// again. Returns the room for its content, if it is shown.
fn side_panel(ui: &mut Ui, area: egui::Panel, panel: Panel, draw: &mut Draw<'_>) -> Option<Ui> {
    let was_shown = draw.state.settings.shows(panel);
    let mut is_shown = was_shown;
    let mut content = None;
    area.resizable(true).show_collapsible(ui, &mut is_shown, |ui| {
        // The content does not change the size that the user gave the panel.
        ui.set_min_size(ui.available_size());
        content = Some(content_of(ui));
    });
    if is_shown != was_shown {
        draw.push(Action::ShowPanel(panel, is_shown));
    }
    content
}

/// Draws the content of a panel that can have the keyboard as a whole.
fn show_side_panel(
    content: Option<Ui>,
    panel: Panel,
    name: &str,
    draw: &mut Draw<'_>,
    show: impl FnOnce(&mut Ui, &mut Draw<'_>),
) {
    let Some(mut ui) = content else { return };
    let rect = ui.max_rect();
    add_focus_target(&mut ui, panel, name, rect);
    ui.scope_builder(UiBuilder::new().accessibility_parent(panel.id()), |ui| show(ui, draw));
    // Within the margin of the panel, beside the text.
    draw_focus_ring(&ui, panel, rect.expand2(egui::vec2(1.5 * STEP, STEP / 2.0)));
    activate_if_pressed(&ui, panel, rect, draw);
}

/// Adds what has the keyboard when F6 reaches a panel: a screen reader calls it `name`.
pub fn add_focus_target(ui: &mut Ui, panel: Panel, name: &str, rect: egui::Rect) {
    let response = ui.interact(rect, panel.id(), Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, name));
    if response.has_focus() {
        let takes_arrows = panel != Panel::Details;
        let arrows =
            EventFilter { horizontal_arrows: takes_arrows, vertical_arrows: takes_arrows, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(panel.id(), arrows));
    }
}

/// Frames a panel that has the keyboard. Call it after the content was drawn, which would cover the frame.
pub fn draw_focus_ring(ui: &Ui, panel: Panel, rect: egui::Rect) {
    if ui.memory(|memory| memory.has_focus(panel.id())) {
        let line = Stroke::new(2.0, Tokens::of(ui).accent);
        ui.painter().rect_stroke(rect, 2, line, StrokeKind::Inside);
    }
}

/// After a press in a panel, the next arrow key goes to it.
fn activate_if_pressed(ui: &Ui, panel: Panel, rect: egui::Rect, draw: &mut Draw<'_>) {
    // A press on a sheet is not one on what is below it.
    if draw.state.has_sheet() {
        return;
    }
    let is_pressed = |input: &egui::InputState| {
        input.pointer.any_pressed() && input.pointer.interact_pos().is_some_and(|position| rect.contains(position))
    };
    if ui.input(is_pressed) {
        draw.push(Action::ActivatePanel(panel));
    }
}
