//! Keys to actions: the shortcuts of [`commands`](crate::commands), and arrows and Enter for the panel that has the keyboard.

use egui::{Context, Id, Key, Modifiers};

use crate::commands::{ALL, Entry};
use crate::panels::{Action, navigator};
use crate::state::{BottomTab, Panel, State};

/// Rows that Page Up and Page Down go.
const PAGE: isize = 10;

/// Who gets keys that are no shortcut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// A panel: arrows walk in it.
    Panel(Panel),
    /// The search field: it types, and arrows up and down walk in the list below it.
    Search,
    /// Another field or button.
    Widget,
}

fn holder(state: &State, focused: Option<Id>) -> Holder {
    match focused {
        None => Holder::Panel(state.panel),
        Some(id) if id == navigator::search_id() => Holder::Search,
        Some(id) => Panel::ALL.into_iter().find(|panel| panel.id() == id).map_or(Holder::Widget, Holder::Panel),
    }
}

/// Pushes what is asked for by keys since the last frame.
pub fn read(state: &State, context: &Context, actions: &mut Vec<Action>) {
    // The palette has the keyboard for itself.
    if state.palette.is_some() {
        return;
    }
    let holder = holder(state, context.memory(|memory| memory.focused()));
    shortcuts(holder, context, actions);
    let pressed = |key: Key| context.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key).cast_signed());
    if holder == Holder::Widget || state.opened.is_none() {
        return;
    }
    let rows = pressed(Key::ArrowDown) - pressed(Key::ArrowUp);
    let in_list = matches!(holder, Holder::Search | Holder::Panel(Panel::Navigator));
    if in_list {
        let pages = pressed(Key::PageDown) - pressed(Key::PageUp);
        let step = rows + PAGE * pages;
        if step != 0 {
            actions.push(Action::StepAsset(step));
        }
        if pressed(Key::Enter) > 0 {
            actions.push(Action::Focus(Panel::Stage));
        }
    }
    match holder {
        Holder::Panel(Panel::Navigator) => {
            let ends = pressed(Key::End) - pressed(Key::Home);
            if ends != 0 {
                actions.push(Action::StepAsset(ends.saturating_mul(isize::MAX)));
            }
        }
        Holder::Panel(panel @ (Panel::Stage | Panel::Bottom)) => {
            let columns = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
            let is_there = panel == Panel::Stage || state.bottom_tab == BottomTab::Problems;
            if (columns, rows) != (0, 0) && is_there {
                let small = |step: isize| i32::try_from(step).unwrap_or(0);
                actions.push(Action::Arrow(panel, small(columns), small(rows)));
            }
            if panel == Panel::Bottom && state.bottom_tab == BottomTab::Problems && pressed(Key::Enter) > 0 {
                if let Some(at) = state.problem {
                    actions.push(Action::SelectProblem(at));
                }
                actions.push(Action::Focus(Panel::Stage));
            }
        }
        _ => {}
    }
}

fn shortcuts(holder: Holder, context: &Context, actions: &mut Vec<Action>) {
    let all = || ALL.iter().flat_map(|entry| entry.shortcuts.iter().map(move |shortcut| (entry, shortcut)));
    // A key without Shift also answers to one with it, so those with Shift are asked first.
    let with_shift = all().filter(|(_, shortcut)| shortcut.modifiers.shift);
    for (Entry { command, .. }, shortcut) in with_shift.chain(all().filter(|(_, shortcut)| !shortcut.modifiers.shift)) {
        // The space bar types in a field, and presses a button.
        if shortcut.logical_key == Key::Space && !matches!(holder, Holder::Panel(_)) {
            continue;
        }
        if context.input_mut(|input| input.consume_shortcut(shortcut)) {
            actions.push(Action::Do(*command));
        }
    }
}
