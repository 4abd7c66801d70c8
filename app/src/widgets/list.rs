//! A list of which only the rows in sight are drawn. A newly selected row is scrolled into sight, and the rows in sight
//! stay there when others come or go above them.

use egui::{Id, Rect, ScrollArea, Ui, UiBuilder, accesskit::Role, pos2, vec2};

use super::accessibility;

/// A list.
#[derive(Clone, Copy)]
pub struct List<'a> {
    /// Its name, unique among lists in the same `Ui`.
    pub name: &'a str,
    /// Its name for screen readers.
    pub spoken_name: &'a str,
    /// The top of each row in points, and finally the end of the last.
    pub tops: &'a [f32],
    /// The number of the selected row.
    pub selected: Option<usize>,
    /// What the selected row shows. While this is the same, the list does not scroll, even if the row moves.
    pub selected_item: Option<Id>,
    /// Which rows are listed. If the user lists others, these are shown from the selected row or the first on.
    pub filter: Id,
    /// What each row shows.
    pub item_at: &'a dyn Fn(usize) -> Id,
}

/// What a list showed in the last frame.
#[derive(Clone, Copy)]
struct Shown {
    selected: Option<Id>,
    filter: Id,
    /// The first row in sight, what it shows, and how much of it is out of sight, in points. `None` at the start of the
    /// list, where new rows come into sight.
    first: Option<(usize, Id, f32)>,
}

/// Draws a list that fills the rest of `ui`, whose rows are identified by their numbers. `draw_row` is given a `Ui` in
/// a row's place, and the row's number.
pub fn numbered_list(
    ui: &mut Ui,
    name: &str,
    tops: &[f32],
    selected: Option<usize>,
    draw_row: impl FnMut(&mut Ui, usize),
) {
    let spoken_name = format!("{name}, {}", tops.len().saturating_sub(1));
    let item_at = |n| Id::unique(("row", n));
    let selected_item = selected.map(item_at);
    let filter = Id::unique("all");
    let list = List { name, spoken_name: &spoken_name, tops, selected, selected_item, filter, item_at: &item_at };
    show_list(ui, &list, draw_row);
}

/// The same, for rows that can move.
pub fn show_list(ui: &mut Ui, list: &List<'_>, mut draw_row: impl FnMut(&mut Ui, usize)) {
    let List { name, spoken_name, tops, selected, selected_item, filter, item_at } = *list;
    let id = ui.scope_id().with(name);
    let item = selected_item.filter(|_| selected.is_some());
    let count = tops.len().saturating_sub(1);
    let last: Option<Shown> = ui.data(|data| data.get_temp(id));
    let is_other = last.is_some_and(|last| last.filter != filter);
    let is_selected_now = is_other || last.is_none_or(|last| last.selected != item);
    let moved = last.and_then(|last| last.first).filter(|(n, item, _)| *n >= count || item_at(*n) != *item);
    let moved_to = moved.and_then(|(_, item, hidden)| Some(tops[(0..count).find(|n| item_at(*n) == item)?] + hidden));
    let offset = if is_other { Some(0.0) } else { moved_to };
    let area = ScrollArea::vertical().id_salt(name).auto_shrink(false);
    let area = offset.map_or(area.clone(), |offset| area.vertical_scroll_offset(offset));
    area.show_viewport(ui, |ui, visible| {
        accessibility::name_group(ui, Role::List, spoken_name);
        ui.set_height(tops.last().copied().unwrap_or(0.0));
        let origin = ui.max_rect().min;
        let width = ui.available_width();
        let row_rect = |n: usize| Rect::from_min_size(origin + vec2(0.0, tops[n]), vec2(width, tops[n + 1] - tops[n]));
        let first = tops.partition_point(|top| *top <= visible.min.y).saturating_sub(1);
        for n in (first..count).take_while(|n| tops[*n] < visible.max.y) {
            let row = UiBuilder::new().id_salt((name, n)).max_rect(row_rect(n));
            ui.scope_builder(row, |ui| draw_row(ui, n));
        }
        let top = visible.min.y;
        let shown_first = (top > 0.0 && first < count).then(|| (first, item_at(first), top - tops[first]));
        ui.data_mut(|data| data.insert_temp(id, Shown { selected: item, filter, first: shown_first }));
        if let Some(n) = selected.filter(|n| *n < count && is_selected_now) {
            // The row above comes into sight too: it can be the folder of the selected asset.
            let mut rect = row_rect(n);
            rect.min = pos2(rect.min.x, (rect.min.y - rect.height()).max(origin.y));
            ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
        }
    });
}

/// The tops of rows that all have the same height.
pub fn row_tops(count: usize, height: f32) -> Vec<f32> {
    (0..=count).map(|n| n as f32 * height).collect()
}
