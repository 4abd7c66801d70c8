//! What a screen reader is told besides, or instead of, what is seen.

use egui::accesskit::{Live, Role};
use egui::{Id, Response, Ui};

/// Gives all that stands in `ui` a role and a name as a whole.
pub fn group(ui: &Ui, role: Role, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
    });
}

/// Leaves out all that stands in `ui`: what it is part of says it already.
pub fn hide(ui: &Ui) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_hidden());
}

/// Leaves out a thing: what it stands beside says it already.
pub fn hidden(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_hidden());
}

/// Says why a thing cannot be used.
pub fn because(response: &Response, why: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(why));
}

/// Says that a thing is one of a menu, what it does, and the keys for it.
pub fn menu_item(response: &Response, name: &str, keys: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::MenuItem);
        node.set_label(name);
    });
    keyed(response, keys);
}

/// Says the keys for a thing.
pub fn keyed(response: &Response, keys: &str) {
    if !keys.is_empty() {
        response.ctx.accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(keys));
    }
}

/// Says that what belongs into a thing is still being made.
pub fn busy(ui: &Ui, id: Id) {
    ui.ctx().accesskit_node_builder(id, |node| node.set_busy());
}

/// Says `name` for a thing that shows less.
pub fn called(response: &Response, name: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        if node.role() == Role::Label { node.set_value(name) } else { node.set_label(name) }
    });
}

/// Says a title as one, so that it can be jumped to.
pub fn titled(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        if let Some(name) = node.value().map(str::to_owned) {
            node.clear_value();
            node.set_label(name);
        }
        node.set_role(Role::Heading);
    });
}

/// Says a thing whenever it becomes another one, wherever the keyboard is.
pub fn aloud(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
}

/// While `holder` has the keyboard, this is what is meant by it: the selected row of its list.
pub fn meant_by(holder: Id, response: &Response) {
    let id = response.id.accesskit_id();
    response.ctx.accesskit_node_builder(holder, |node| node.set_active_descendant(id));
}

/// Shows `whole` on hover, and says it, for a thing that shows a part of it.
pub fn whole_on_hover(response: Response, shown: &str, whole: &str) -> Response {
    if shown == whole {
        return response;
    }
    called(&response, whole);
    response.on_hover_ui(|ui| drop(ui.label(whole)))
}
