//! A list of which only the rows in sight are drawn. When another row is selected, it comes into sight.

use egui::{Id, Rect, ScrollArea, Ui, UiBuilder, accesskit::Role, pos2, vec2};

use super::heard;

/// A list.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Tells it from others in the same place.
    pub name: &'a str,
    /// What it is called, for who hears it.
    pub spoken: &'a str,
    /// The top of each row in points, and then the end of the last.
    pub tops: &'a [f32],
    /// The number of the selected row.
    pub selected: Option<usize>,
    /// What the selected row is of. As long as this is the same, the list stays in its place, wherever the row goes.
    pub what: Option<Id>,
}

/// Draws a list below which nothing else stands, of rows that are told apart by their numbers. `draw` is given a row's number,
/// with a `ui` of its place.
pub fn rows(ui: &mut Ui, name: &str, tops: &[f32], selected: Option<usize>, draw: impl FnMut(&mut Ui, usize)) {
    let spoken = format!("{name}, {}", tops.len().saturating_sub(1));
    let what = selected.map(|at| Id::unique(("row", at)));
    list(ui, &List { name, spoken: &spoken, tops, selected, what }, draw);
}

/// The same, of any rows.
pub fn list(ui: &mut Ui, list: &List<'_>, mut draw: impl FnMut(&mut Ui, usize)) {
    let List { name, spoken, tops, selected, what } = *list;
    let id = ui.scope_id().with(name);
    let what = what.filter(|_| selected.is_some());
    let before: Option<Option<Id>> = ui.data(|data| data.get_temp(id));
    ui.data_mut(|data| data.insert_temp(id, what));
    let count = tops.len().saturating_sub(1);
    ScrollArea::vertical().id_salt(name).auto_shrink(false).show_viewport(ui, |ui, seen| {
        heard::group(ui, Role::List, spoken);
        ui.set_height(tops.last().copied().unwrap_or(0.0));
        let origin = ui.max_rect().min;
        let width = ui.available_width();
        let place = |n: usize| Rect::from_min_size(origin + vec2(0.0, tops[n]), vec2(width, tops[n + 1] - tops[n]));
        let first = tops.partition_point(|top| *top <= seen.min.y).saturating_sub(1);
        for n in (first..count).take_while(|n| tops[*n] < seen.max.y) {
            let rect = place(n);
            let row = UiBuilder::new().id_salt((name, n)).max_rect(rect);
            ui.scope_builder(row, |ui| draw(ui, n));
        }
        if let Some(at) = selected.filter(|at| *at < count && before != Some(what)) {
            // With what stands above it, so that a folder's name is seen with its first asset.
            let mut rect = place(at);
            rect.min = pos2(rect.min.x, (rect.min.y - rect.height()).max(origin.y));
            ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
        }
    });
}

/// The tops of rows that are all as high.
pub fn even(count: usize, height: f32) -> Vec<f32> {
    (0..=count).map(|n| n as f32 * height).collect()
}
