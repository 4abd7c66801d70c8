//! The button of the primary action.

use egui::{Button, Response, RichText, Stroke, StrokeKind, Ui, vec2};

use crate::theme::{STEP, Tokens};

/// A button in the accent color, with its keys if it has some. One that has the keyboard is framed outside, where the
/// frame is visible.
pub fn primary_button(ui: &mut Ui, text: &str, keys: &str, is_enabled: bool) -> Response {
    let tokens = Tokens::of(ui);
    let mut button = Button::new(RichText::new(text).strong().color(tokens.on_accent)).fill(tokens.accent);
    if !keys.is_empty() {
        button = button.shortcut_text(RichText::new(keys).small().color(tokens.on_accent));
    }
    let response = ui.add_enabled(is_enabled, button);
    if response.has_focus() {
        let frame = response.rect.expand2(vec2(1.0, 1.0));
        ui.painter().rect_stroke(frame, STEP / 2.0, Stroke::new(2.0, tokens.text), StrokeKind::Outside);
    }
    response
}
