//! Widgets that take the keyboard when they appear.

use std::hash::Hash;

use egui::{Id, Response};

/// Gives a widget the keyboard in the first frame in which it is drawn for this `occasion`.
pub fn focus_when_new(response: &Response, occasion: impl Hash + std::fmt::Debug) {
    let memory = response.id.with("shown");
    let pass = response.ctx.cumulative_pass_nr();
    let now = (Id::unique(occasion), pass);
    let last: Option<(Id, u64)> = response.ctx.data(|data| data.get_temp(memory));
    if last.is_none_or(|(occasion, shown)| occasion != now.0 || shown + 1 < pass) {
        response.request_focus();
    }
    response.ctx.data_mut(|data| data.insert_temp(memory, now));
}
