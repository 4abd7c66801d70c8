//! A button that shows what is chosen, and below it the list of all choices.

use egui::{Button, ComboBox, Response, Ui, WidgetInfo, WidgetText, accesskit::Role};

use crate::theme::frame_focused_entries;

/// The largest height of a list, in points.
const HEIGHT: f32 = 420.0;

/// A list from which one thing is chosen.
#[must_use]
pub struct ChoiceList<'a> {
    name: &'a str,
    chosen: &'a str,
    shown: WidgetText,
    width: Option<f32>,
}

/// The choices while the list is open.
pub struct Choices<'u> {
    ui: &'u mut Ui,
    is_made: bool,
}

impl<'a> ChoiceList<'a> {
    /// A list that a screen reader calls `name`, with what is chosen now. The name is unique among the lists beside it.
    pub fn new(name: &'a str, chosen: &'a str) -> Self {
        Self { name, chosen, shown: chosen.into(), width: None }
    }

    /// Shows what is chosen like this, such as shortened.
    pub fn shown(self, shown: impl Into<WidgetText>) -> Self {
        Self { shown: shown.into(), ..self }
    }

    /// The width of the button, in points.
    pub fn width(self, width: f32) -> Self {
        Self { width: Some(width), ..self }
    }

    /// Draws the button, and the choices while the list is open. A choice closes the list, and the button gets the
    /// keyboard back. Returns the button.
    pub fn show(self, ui: &mut Ui, add: impl FnOnce(&mut Choices<'_>)) -> Response {
        let list = ComboBox::from_id_salt(self.name).selected_text(self.shown).height(HEIGHT);
        let list = if let Some(width) = self.width { list.width(width) } else { list };
        let shown = list.show_ui(ui, |ui| {
            // A press on a sheet raises the sheet, even above a list that is opened in the same frame.
            ui.ctx().move_to_top(ui.layer_id());
            frame_focused_entries(ui);
            let mut choices = Choices { ui, is_made: false };
            add(&mut choices);
            if choices.is_made {
                choices.ui.close();
            }
            choices.is_made
        });
        if shown.inner == Some(true) {
            shown.response.request_focus();
        }
        shown.response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ComboBox, true, self.name);
            info.current_text_value = Some(self.chosen.to_owned());
            info
        });
        shown.response
    }
}

impl Choices<'_> {
    /// Adds a choice; returns whether it was made.
    pub fn add(&mut self, is_chosen: bool, text: impl Into<WidgetText>) -> bool {
        self.add_button(is_chosen, true, text).clicked()
    }

    /// The same; one that is not enabled cannot be made.
    pub fn add_button(&mut self, is_chosen: bool, is_enabled: bool, text: impl Into<WidgetText>) -> Response {
        let response = self.ui.add_enabled(is_enabled, Button::selectable(is_chosen, text.into()));
        self.is_made |= response.clicked();
        response
    }

    /// Adds a choice with something beside it; returns whether it was made.
    pub fn add_beside(&mut self, is_chosen: bool, text: &str, beside: impl FnOnce(&mut Ui)) -> bool {
        let response = self.ui.horizontal(|ui| {
            let response = ui.selectable_label(is_chosen, text);
            beside(ui);
            response
        });
        self.is_made |= response.inner.clicked();
        response.inner.clicked()
    }

    /// Adds the choices of a value, with their names.
    pub fn add_values<T: PartialEq + Copy, N: Into<WidgetText>>(
        &mut self,
        chosen: &mut T,
        values: impl IntoIterator<Item = T>,
        name: impl Fn(T) -> N,
    ) {
        for value in values {
            if self.add(*chosen == value, name(value)) {
                *chosen = value;
            }
        }
    }
}
