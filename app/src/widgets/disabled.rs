//! Why a widget is disabled.

use egui::{Response, Ui, WidgetInfo, accesskit::Role};

use super::{accessibility, primary_button};

/// If a command is not available, explains why on hover and to screen readers.
pub fn explain_disabled(response: Response, available: Result<(), &'static str>) -> Response {
    let Err(why) = available else { return response };
    accessibility::set_description(&response, why);
    response.on_disabled_hover_text(why)
}

/// The button that does what a sheet is for. If that is not available, it explains why. Returns whether it was clicked.
pub fn confirm_button(ui: &mut Ui, text: &str, available: Result<(), &'static str>) -> bool {
    confirm_button_with_keys(ui, text, "", available)
}

/// The same, with its keys.
pub fn confirm_button_with_keys(ui: &mut Ui, text: &str, keys: &str, available: Result<(), &'static str>) -> bool {
    let response = primary_button(ui, text, keys, available.is_ok());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, available.is_ok(), text));
    if !keys.is_empty() {
        accessibility::set_shortcut(&response, keys);
    }
    explain_disabled(response, available).clicked()
}
