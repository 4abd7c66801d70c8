//! Why a widget is disabled.

use egui::Response;

use super::accessibility;

/// If a command is not available, explains why on hover and to screen readers.
pub fn explain_disabled(response: Response, available: Result<(), &'static str>) -> Response {
    let Err(why) = available else { return response };
    accessibility::set_description(&response, why);
    response.on_disabled_hover_text(why)
}
