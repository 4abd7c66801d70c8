//! A list of which only the rows in sight are drawn. A newly selected row is scrolled into sight.

use egui::{Id, Rect, ScrollArea, Ui, UiBuilder, accesskit::Role, pos2, vec2};

use super::accessibility;

/// A list.
#[derive(Clone, Copy, Debug)]
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
    let selected_item = selected.map(|n| Id::unique(("row", n)));
    show_list(ui, &List { name, spoken_name: &spoken_name, tops, selected, selected_item }, draw_row);
}

/// The same, for rows that can move.
pub fn show_list(ui: &mut Ui, list: &List<'_>, mut draw_row: impl FnMut(&mut Ui, usize)) {
    let List { name, spoken_name, tops, selected, selected_item } = *list;
    let id = ui.scope_id().with(name);
    let item = selected_item.filter(|_| selected.is_some());
    let previous: Option<Option<Id>> = ui.data(|data| data.get_temp(id));
    ui.data_mut(|data| data.insert_temp(id, item));
    let count = tops.len().saturating_sub(1);
    ScrollArea::vertical().id_salt(name).auto_shrink(false).show_viewport(ui, |ui, visible| {
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
        if let Some(n) = selected.filter(|n| *n < count && previous != Some(item)) {
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
