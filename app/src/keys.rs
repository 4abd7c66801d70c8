//! Turns keys into actions: shortcuts of commands, and arrows and Enter for the panel that has the keyboard.

use egui::{Context, Id, Key, Modifiers};

use crate::commands::{ALL, Command, Entry};
use crate::panels::{Action, navigator};
use crate::state::{AssetFilter, BottomTab, Panel, State, ViewKind};

/// How many rows Page Up and Page Down move: about as many as are visible.
const PAGE: isize = 10;

/// What gets keys that are not shortcuts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// A panel: arrows move its selection.
    Panel(Panel),
    /// The search field: it takes text, and the up and down arrows move in the list below.
    Search,
    /// Another widget.
    Widget,
}

fn focus_of(state: &State, focused: Option<Id>) -> Focus {
    match focused {
        None => Focus::Panel(state.panel),
        Some(id) if id == navigator::search_id() => Focus::Search,
        Some(id) => Panel::ALL.into_iter().find(|panel| panel.id() == id).map_or(Focus::Widget, Focus::Panel),
    }
}

/// Pushes the actions of the keys that were pressed since the last frame.
pub fn push_actions(state: &State, context: &Context, actions: &mut Vec<Action>) {
    // The command palette and what is asked in sheets take all keys themselves.
    if state.has_sheet() {
        return;
    }
    let focus = focus_of(state, context.memory(|memory| memory.focused()));
    push_shortcuts(focus, context, actions);
    let pressed = |key: Key| context.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key).cast_signed());
    if focus != Focus::Search && state.notice.is_some() && pressed(Key::Escape) > 0 {
        actions.push(Action::DismissNotice);
    }
    if focus == Focus::Widget || state.opened.is_none() {
        return;
    }
    // egui takes the keyboard from a field when Escape is pressed.
    if !state.filter.text.is_empty() && pressed(Key::Escape) > 0 {
        actions.push(Action::Filter(AssetFilter { text: String::new(), ..state.filter.clone() }));
    }
    // Keys without Alt would match these, too.
    if focus == Focus::Panel(Panel::View) && state.view_kind() == ViewKind::Files {
        push_arrangement(state, context, actions);
    }
    let rows = pressed(Key::ArrowDown) - pressed(Key::ArrowUp);
    let in_list = matches!(focus, Focus::Search | Focus::Panel(Panel::Navigator));
    if in_list {
        let pages = pressed(Key::PageDown) - pressed(Key::PageUp);
        let step = rows + PAGE * pages;
        if step != 0 {
            actions.push(Action::StepAsset(step));
        }
        if pressed(Key::Enter) > 0 {
            actions.push(Action::FocusPanel(Panel::View));
        }
    }
    match focus {
        Focus::Panel(Panel::Navigator) => {
            let ends = pressed(Key::End) - pressed(Key::Home);
            if ends != 0 {
                actions.push(Action::StepAsset(ends.saturating_mul(isize::MAX)));
            }
        }
        Focus::Panel(panel @ (Panel::View | Panel::Bottom)) => {
            let columns = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
            let has_selection = panel == Panel::View || state.bottom_tab == BottomTab::Problems;
            if (columns, rows) != (0, 0) && has_selection {
                let to_i32 = |step: isize| i32::try_from(step).unwrap_or(0);
                actions.push(Action::Arrow(panel, to_i32(columns), to_i32(rows)));
            }
            let in_overview = panel == Panel::View && state.view_kind() == ViewKind::Overview;
            if in_overview && pressed(Key::Enter) > 0 {
                actions.push(Action::Run(Command::View(ViewKind::Console)));
            }
            if panel == Panel::Bottom && state.bottom_tab == BottomTab::Problems && pressed(Key::Enter) > 0 {
                if let Some(index) = state.selected_problem {
                    actions.push(Action::SelectProblem(index));
                }
                actions.push(Action::FocusPanel(Panel::View));
            }
        }
        _ => {}
    }
}

/// The keys that move the selected file of a bank, or leave it out.
fn push_arrangement(state: &State, context: &Context, actions: &mut Vec<Action>) {
    let pressed = |modifiers, key| context.input_mut(|input| input.count_and_consume_key(modifiers, key).cast_signed());
    let moves = pressed(Modifiers::ALT, Key::ArrowDown) - pressed(Modifiers::ALT, Key::ArrowUp);
    let removes = pressed(Modifiers::NONE, Key::Delete) > 0;
    if (moves, removes) == (0, false) {
        return;
    }
    if let Some(mut draft) = state.shown_draft() {
        draft.move_selected(moves);
        if removes {
            draft.remove_selected();
        }
        actions.push(Action::ArrangeBank(Some(draft)));
    }
}

fn push_shortcuts(focus: Focus, context: &Context, actions: &mut Vec<Action>) {
    let all = || ALL.iter().flat_map(|entry| entry.shortcuts.iter().map(move |shortcut| (entry, shortcut)));
    // egui lets a shortcut without Shift match a key press with Shift, so those with Shift go first.
    let with_shift = all().filter(|(_, shortcut)| shortcut.modifiers.shift);
    for (Entry { command, .. }, shortcut) in with_shift.chain(all().filter(|(_, shortcut)| !shortcut.modifiers.shift)) {
        // In a field the space bar types, and on a button it clicks.
        if shortcut.logical_key == Key::Space && !matches!(focus, Focus::Panel(_)) {
            continue;
        }
        // When frames take long, several presses arrive in one of them.
        let count =
            |input: &mut egui::InputState| input.count_and_consume_key(shortcut.modifiers, shortcut.logical_key);
        actions.extend(std::iter::repeat_n(Action::Run(*command), context.input_mut(count)));
    }
}
