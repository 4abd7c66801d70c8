//! Keys that end a sheet, or apply what is entered in a view.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

/// Does what a sheet is for, wherever the keyboard is in it.
pub const CONFIRM: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);

/// Whether the keys were pressed that do what a view is for. They are taken.
pub fn take_confirm(ui: &Ui) -> bool {
    ui.input_mut(|input| input.consume_shortcut(&CONFIRM))
}

/// Which keys were pressed that end a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SheetKeys {
    /// Enter while no widget of the sheet has the keyboard, or Ctrl+Enter: the sheet does what it is for.
    pub confirms: bool,
    /// Escape: the sheet is closed.
    pub closes: bool,
}

/// Takes the keys that end a sheet. Call it before its widgets are drawn. An open list takes them first. A button that
/// has the keyboard takes Enter, and in a field Enter ends what is entered.
pub fn take_sheet_keys(ui: &Ui) -> SheetKeys {
    if egui::Popup::is_any_open(ui.ctx()) {
        return SheetKeys::default();
    }
    let is_free = ui.memory(|memory| memory.focused().is_none());
    ui.input_mut(|input| SheetKeys {
        confirms: input.consume_shortcut(&CONFIRM) || is_free && input.consume_key(Modifiers::NONE, Key::Enter),
        closes: input.consume_key(Modifiers::NONE, Key::Escape),
    })
}
