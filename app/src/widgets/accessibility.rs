//! What a screen reader reads in addition to, or instead of, what is drawn.

use egui::accesskit::{Live, Rect as Bounds, Role, Toggled};
use egui::{Id, Rect, Response, Ui};

/// Gives the content of `ui` as a whole a role, a name and its place.
pub fn name_group(ui: &Ui, role: Role, name: &str) {
    let egui::Rect { min, max } = ui.max_rect();
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
        node.set_bounds(Bounds { x0: min.x.into(), y0: min.y.into(), x1: max.x.into(), y1: max.y.into() });
    });
}

/// Says where a named group was drawn.
pub fn set_place(ui: &Ui, group: Id, rect: Rect) {
    let [x0, y0, x1, y1] = [rect.min.x, rect.min.y, rect.max.x, rect.max.y].map(f64::from);
    ui.ctx().accesskit_node_builder(group, |node| node.set_bounds(egui::accesskit::Rect { x0, y0, x1, y1 }));
}

/// Hides the content of `ui`: the name of what contains it has the same information.
pub fn hide_content(ui: &Ui) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_hidden());
}

/// Hides a widget: the name of a neighbor has the same information.
pub fn hide(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_hidden());
}

/// Describes a widget in addition to its name.
pub fn set_description(response: &Response, description: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(description));
}

/// Makes a widget an item of a menu, with its shortcut, and whether it is checked if it can be.
pub fn mark_menu_item(response: &Response, name: &str, keys: &str, checked: Option<bool>) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(if checked.is_some() { Role::MenuItemCheckBox } else { Role::MenuItem });
        node.set_label(name);
        match checked {
            Some(checked) => node.set_toggled(if checked { Toggled::True } else { Toggled::False }),
            None => node.clear_toggled(),
        }
    });
    set_shortcut(response, keys);
}

/// Gives a widget a shortcut, unless `keys` is empty.
pub fn set_shortcut(response: &Response, keys: &str) {
    if !keys.is_empty() {
        response.ctx.accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(keys));
    }
}

/// Marks a widget whose content is loading.
pub fn mark_busy(ui: &Ui, id: Id) {
    ui.ctx().accesskit_node_builder(id, |node| node.set_busy());
}

/// Gives a widget a name that says more than its text.
pub fn set_name(response: &Response, name: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        if node.role() == Role::Label { node.set_value(name) } else { node.set_label(name) }
    });
}

/// Makes a label a heading that the user can jump to.
pub fn mark_heading(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        if let Some(name) = node.value().map(str::to_owned) {
            node.clear_value();
            node.set_label(name);
        }
        node.set_role(Role::Heading);
    });
}

/// Announces every change of a widget, wherever the keyboard is.
pub fn announce_changes(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
}

/// While `holder` has the keyboard, this row is read in its place: the selected row of its list.
pub fn set_active_row(holder: Id, row: &Response) {
    let id = row.id.accesskit_id();
    row.ctx.accesskit_node_builder(holder, |node| node.set_active_descendant(id));
}

/// If a widget shows a shortened text, gives it the full text as its name, and shows that on hover.
pub fn full_text_on_hover(response: Response, short: &str, full: &str) -> Response {
    if short == full {
        return response;
    }
    set_name(&response, full);
    response.on_hover_ui(|ui| drop(ui.label(full)))
}
