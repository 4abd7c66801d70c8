//! An image on whole screen pixels, which the user moves by dragging and zooms with the wheel at the pointer. It is
//! enlarged by whole numbers only, and reduced by powers of two. The canvas knows only sizes and places, and nothing
//! about banks.

use egui::{Event, MouseWheelUnit, Painter, Pos2, Rangef, Rect, Response, Ui, Vec2, pos2, vec2};
use serde::{Deserialize, Serialize};

use super::floor_to_u32;
use crate::theme::Tokens;

/// The possible zooms, in screen pixels per pixel of the image. At the smallest, an image of 4096 pixels is 256 screen
/// pixels wide.
pub const ZOOM_LEVELS: [f32; 16] =
    [0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 24.0, 32.0];
/// The zoom from which on single pixels can be seen.
const CLEAR: f32 = 2.0;
/// How many points of a touchpad gesture count as one notch of the wheel: about a finger's width.
const STEP_POINTS: f32 = 40.0;
/// The width of the bars that show which part of an image is visible, in points.
pub const SCROLL_BAR: f32 = 4.0;

/// What of an image is visible if no zoom is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fit {
    /// All that is drawn, or if that makes pixels too small to see, less of its height.
    #[default]
    Auto,
    /// All that is drawn.
    All,
    /// The whole width of what is drawn; the user moves the image to see the rest.
    Width,
}

/// The zoom and position of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ZoomPan {
    /// One of [`ZOOM_LEVELS`]; `None` fits what is drawn.
    pub zoom: Option<f32>,
    /// The offset from the default position, in points.
    pub pan: Vec2,
}

/// Where an image is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// The room for the image, in points.
    pub room: Rect,
    /// The place of the image, in points; it can reach past the room.
    pub image: Rect,
    /// Screen pixels per pixel of the image.
    pub zoom: f32,
    /// Points per screen pixel.
    pub point: f32,
    /// The place of the selected part, if there is one, in points.
    pub selected: Option<Rect>,
    size: [u32; 2],
    drawn: [u32; 2],
}

impl Canvas {
    /// Places an image of `size` pixels in `room`. Without a zoom, the largest one is used at which its first `drawn`
    /// columns, and with [`Fit::All`] also rows, are visible.
    pub fn new(room: Rect, point: f32, size: [u32; 2], drawn: [u32; 2], fit: Fit, zoom_pan: ZoomPan) -> Self {
        let zoom = zoom_pan.zoom.unwrap_or_else(|| fitting_zoom(room.size() / point, drawn, fit));
        let extent = vec2(size[0] as f32, size[1] as f32) * zoom * point;
        let corner = room.min + centering(room.size(), extent) + zoom_pan.pan;
        let image = Rect::from_min_size(snap_to_pixels(corner, point), extent);
        Self { room, image, zoom, point, selected: None, size, drawn }
    }

    /// Points per pixel of the image.
    pub fn scale(&self) -> f32 {
        self.zoom * self.point
    }

    /// The place of a part of the image: `side` × `side` pixels from the pixel (`x`, `y`) on.
    pub fn square(&self, x: u32, y: u32, side: u32) -> Rect {
        let min = self.image.min + vec2(x as f32, y as f32) * self.scale();
        Rect::from_min_size(min, Vec2::splat(side as f32 * self.scale()))
    }

    /// The pixel of the image at a position on the screen.
    pub fn pixel_at(&self, position: Pos2) -> Option<(u32, u32)> {
        let offset = (position - self.image.min) / self.scale();
        let is_inside =
            offset.x >= 0.0 && offset.y >= 0.0 && offset.x < self.size[0] as f32 && offset.y < self.size[1] as f32;
        is_inside.then(|| (floor_to_u32(offset.x), floor_to_u32(offset.y)))
    }

    /// Zoomed to `zoom`, with the pixel at `fixed` still there.
    pub fn zoomed(&self, zoom: f32, fixed: Pos2) -> ZoomPan {
        let factor = zoom / self.zoom;
        let corner = fixed + (self.image.min - fixed) * factor;
        let extent = self.image.size() * factor;
        ZoomPan { zoom: Some(zoom), pan: corner - self.room.min - centering(self.room.size(), extent) }
    }

    /// Moved so that a part of the image is in the middle of the room, each way that it is not visible; `None` if it is
    /// visible already. Of a part that is larger than the room, some is enough.
    pub fn revealed(&self, part: Rect) -> Option<ZoomPan> {
        let visible = self.room.expand(self.point);
        let needs_move = |room: Rangef, visible: Rangef, part: Rangef| match part.span() <= room.span() {
            true => !(visible.contains(part.min) && visible.contains(part.max)),
            false => room.intersection(part).span() <= 0.0,
        };
        let delta = self.room.center() - part.center();
        let x = needs_move(self.room.x_range(), visible.x_range(), part.x_range());
        let y = needs_move(self.room.y_range(), visible.y_range(), part.y_range());
        let delta = vec2(if x { delta.x } else { 0.0 }, if y { delta.y } else { 0.0 });
        (x || y).then(|| self.moved_by(delta))
    }

    /// The next zoom up (`step` 1) or down (-1), around the selected part, else around what is drawn. A part that is
    /// out of sight does not count if the other is in sight. What it is around is in sight afterwards.
    pub fn stepped(&self, step: i32) -> ZoomPan {
        let drawn =
            Rect::from_min_size(self.image.min, vec2(self.drawn[0] as f32, self.drawn[1] as f32) * self.scale());
        let parts = || self.selected.into_iter().chain([drawn]);
        let part = parts().find(|part| part.intersects(self.room)).or_else(|| parts().next()).unwrap_or(drawn);
        let visible = part.intersect(self.room);
        let fixed = if visible.is_positive() { visible.center() } else { part.center() };
        let zoom = next_zoom(self.zoom, step);
        let factor = zoom / self.zoom;
        let zoom_pan = self.zoomed(zoom, fixed);
        let next = Self::new(self.room, self.point, self.size, self.drawn, Fit::All, zoom_pan);
        let part = Rect::from_min_size(next.image.min + (part.min - self.image.min) * factor, part.size() * factor);
        next.revealed(part).unwrap_or(zoom_pan)
    }

    /// What the user did: the wheel or two fingers zoom at the pointer, dragging moves.
    pub fn zoom_pan_input(&self, ui: &Ui, response: &Response) -> Option<ZoomPan> {
        if response.dragged() {
            return Some(self.moved_by(response.drag_delta()));
        }
        let pointer = response.hover_pos()?;
        let steps = wheel_steps(ui, response);
        let zoom = (0..steps.abs()).fold(self.zoom, |zoom, _| next_zoom(zoom, steps.signum()));
        (zoom != self.zoom).then(|| self.zoomed(zoom, pointer))
    }

    fn moved_by(&self, delta: Vec2) -> ZoomPan {
        let corner = self.image.min + delta;
        let pan = corner - self.room.min - centering(self.room.size(), self.image.size());
        ZoomPan { zoom: Some(self.zoom), pan }
    }
}

/// The nearest position on whole screen pixels, each `point` points wide. There, all pixels of an image have the same
/// size.
pub fn snap_to_pixels(position: Pos2, point: f32) -> Pos2 {
    let snap = |v: f32| (v / point).round() * point;
    pos2(snap(position.x), snap(position.y))
}

/// The offset that centers an image in a room; 0 where the image is larger.
fn centering(room: Vec2, extent: Vec2) -> Vec2 {
    ((room - extent) / 2.0).max(Vec2::ZERO)
}

/// The largest zoom at which `drawn` pixels fit into a room of so many screen pixels; the smallest if none fits.
fn fitting_zoom(room: Vec2, drawn: [u32; 2], fit: Fit) -> f32 {
    if fit == Fit::Auto {
        let [all, width] = [Fit::All, Fit::Width].map(|fit| fitting_zoom(room, drawn, fit));
        return all.max(width.min(CLEAR));
    }
    let fits =
        |zoom: &&f32| drawn[0] as f32 * **zoom <= room.x && (fit == Fit::Width || drawn[1] as f32 * **zoom <= room.y);
    ZOOM_LEVELS.iter().rev().find(fits).copied().unwrap_or(ZOOM_LEVELS[0])
}

/// The next of [`ZOOM_LEVELS`] above or below `zoom`; `zoom` if there is none.
pub fn next_zoom(zoom: f32, step: i32) -> f32 {
    let next = if step > 0 {
        ZOOM_LEVELS.iter().find(|other| **other > zoom)
    } else {
        ZOOM_LEVELS.iter().rev().find(|other| **other < zoom)
    };
    next.copied().unwrap_or(zoom)
}

/// A zoom in words: `4×`, or `1/4×` if the image is reduced.
pub fn zoom_name(zoom: f32) -> String {
    if zoom < 1.0 { format!("1/{}×", 1.0 / zoom) } else { format!("{zoom}×") }
}

/// Draws at the edges of the room which part of the image is visible; nothing if all of it is.
pub fn draw_scroll_bars(painter: &Painter, canvas: &Canvas, tokens: Tokens) {
    let Canvas { room, image, .. } = *canvas;
    let part = |from: f32, to: f32, start: f32, length: f32| {
        [(from - start) / length, (to - start) / length].map(|share| share.clamp(0.0, 1.0))
    };
    let bar = |rect: Rect| {
        painter.rect_filled(rect, SCROLL_BAR / 2.0, tokens.surface);
        painter.rect_filled(rect.shrink(0.5), SCROLL_BAR / 2.0, tokens.weak);
    };
    if image.width() > room.width() + canvas.point {
        let [from, to] =
            part(room.min.x, room.max.x, image.min.x, image.width()).map(|s| room.min.x + s * room.width());
        bar(Rect::from_min_max(pos2(from, room.max.y - SCROLL_BAR), pos2(to.max(from + SCROLL_BAR), room.max.y)));
    }
    if image.height() > room.height() + canvas.point {
        let [from, to] =
            part(room.min.y, room.max.y, image.min.y, image.height()).map(|s| room.min.y + s * room.height());
        bar(Rect::from_min_max(pos2(room.max.x - SCROLL_BAR, from), pos2(room.max.x, to.max(from + SCROLL_BAR))));
    }
}

/// Notches of the wheel since the last frame, positive for up. A touchpad sends points, and a smooth wheel parts of a
/// notch; both add up to notches.
fn wheel_steps(ui: &Ui, response: &Response) -> i32 {
    let id = response.id.with("wheel");
    // A frame can be drawn in several passes, all with the same events.
    let frame = ui.ctx().cumulative_frame_nr();
    let (last, mut partial): (u64, f32) = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if last == frame {
        return 0;
    }
    ui.input(|input| {
        for event in &input.events {
            if let Event::MouseWheel { unit, delta, .. } = event {
                partial += if *unit == MouseWheelUnit::Point { delta.y / STEP_POINTS } else { delta.y };
            }
        }
    });
    let mut steps = 0;
    while partial.abs() >= 1.0 {
        steps += if partial > 0.0 { 1 } else { -1 };
        partial -= partial.signum();
    }
    ui.data_mut(|data| data.insert_temp(id, (frame, partial)));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas(zoom_pan: ZoomPan) -> Canvas {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(700.0, 500.0));
        Canvas::new(room, 1.0, [256, 256], [256, 64], Fit::All, zoom_pan)
    }

    #[test]
    fn the_drawn_part_fits_the_room() {
        let fitted = canvas(ZoomPan::default());
        assert_eq!(fitted.zoom, 2.0, "256 columns fit twice into 700 points; 64 rows would fit 7 times into 500");
        assert_eq!(fitted.image.min, pos2(104.0, 20.0), "centered where there is room, else at the edge");
        let large = |size| Canvas::new(fitted.room, 1.0, size, size, Fit::All, ZoomPan::default());
        assert_eq!(large([2000, 10]).zoom, 0.25, "a large image is reduced until all of it is visible");
        assert_eq!((large([4096, 4096]).zoom, large([4096, 4096]).image.width()), (0.0625, 256.0));
    }

    #[test]
    fn a_full_sheet_is_shown_clearly() {
        // The room of the view at 1280 × 800.
        let room = Rect::from_min_size(pos2(0.0, 0.0), vec2(714.0, 424.0));
        let zoom = |fit| Canvas::new(room, 1.0, [256, 256], [256, 256], fit, ZoomPan::default()).zoom;
        assert_eq!((zoom(Fit::All), zoom(Fit::Width), zoom(Fit::Auto)), (1.0, 2.0, 2.0));
        let high = Rect::from_min_size(room.min, vec2(2000.0, 800.0));
        let zoom = |fit| Canvas::new(high, 1.0, [256, 256], [256, 256], fit, ZoomPan::default()).zoom;
        assert_eq!((zoom(Fit::All), zoom(Fit::Width), zoom(Fit::Auto)), (3.0, 6.0, 3.0), "all of it is clear");
    }

    #[test]
    fn zooming_keeps_the_pixel_under_the_pointer() {
        let mut now = canvas(ZoomPan { zoom: Some(1.0), pan: Vec2::ZERO });
        let pointer = now.square(100, 40, 1).center();
        for _ in 0..20 {
            now = canvas(now.zoomed(next_zoom(now.zoom, 1), pointer));
            assert_eq!(now.pixel_at(pointer), Some((100, 40)), "at {}x", now.zoom);
        }
        assert_eq!(now.zoom, 32.0);
        for _ in 0..11 {
            now = canvas(now.zoomed(next_zoom(now.zoom, -1), pointer));
        }
        assert_eq!((now.zoom, now.pixel_at(pointer)), (1.0, Some((100, 40))));
        for _ in 0..9 {
            now = canvas(now.zoomed(next_zoom(now.zoom, -1), pointer));
        }
        assert_eq!(now.zoom, ZOOM_LEVELS[0]);
    }

    #[test]
    fn steps_keep_the_art_in_sight() {
        let mut now = canvas(ZoomPan::default());
        for _ in 0..12 {
            now = canvas(now.stepped(1));
            let drawn = Rect::from_min_max(now.square(0, 0, 1).min, now.square(255, 63, 1).max);
            let middle = now.pixel_at(now.room.center());
            assert!(drawn.intersect(now.room).height() >= 64.0, "at {}x only {middle:?} is visible", now.zoom);
        }
        // A selected tile at the edge stays in sight as a whole.
        let tile = |canvas: &Canvas| canvas.square(240, 48, 16);
        let mut now = canvas(ZoomPan::default());
        for _ in 0..12 {
            let selected = Canvas { selected: Some(tile(&now)), ..now };
            now = canvas(selected.stepped(1));
            let tile = tile(&now);
            assert!(
                now.room.expand(1.0).contains_rect(tile)
                    || tile.contains_rect(now.room.shrink(1.0))
                    || tile.height() > now.room.height(),
                "{tile:?} at {}x",
                now.zoom
            );
            assert!(now.room.intersects(tile), "at {}x", now.zoom);
        }
        assert_eq!(now.zoom, 32.0);
    }

    #[test]
    fn only_a_hidden_tile_is_centered() {
        let near = canvas(ZoomPan { zoom: Some(16.0), pan: Vec2::ZERO });
        assert_eq!(near.revealed(near.square(0, 0, 16)), None);
        let far = near.square(240, 240, 16);
        assert!(!near.room.intersects(far));
        let there = canvas(near.revealed(far).unwrap());
        assert_eq!(there.square(240, 240, 16).center(), there.room.center());
        assert_eq!(there.revealed(there.square(240, 240, 16)), None);
    }

    #[test]
    fn no_pixel_is_found_outside_the_image() {
        let canvas = canvas(ZoomPan { zoom: Some(1.0), pan: Vec2::ZERO });
        assert_eq!(canvas.pixel_at(canvas.image.min - vec2(0.5, 0.0)), None);
        assert_eq!(canvas.pixel_at(canvas.image.max + vec2(0.5, 0.5)), None);
        assert_eq!(canvas.pixel_at(canvas.image.min + vec2(0.5, 0.5)), Some((0, 0)));
    }

    #[test]
    fn zooms_are_named_by_their_factor() {
        assert_eq!([0.0625, 0.5, 1.0, 12.0].map(zoom_name), ["1/16×", "1/2×", "1×", "12×"]);
    }

    #[test]
    fn corners_are_on_whole_screen_pixels() {
        for point in [1.0, 0.5, 1.0 / 1.5, 0.8] {
            let room = Rect::from_min_size(pos2(3.3, 7.7), vec2(333.3, 222.2));
            let zoom_pan = ZoomPan { zoom: Some(3.0), pan: vec2(0.4, 0.1) };
            let canvas = Canvas::new(room, point, [256, 256], [256, 256], Fit::All, zoom_pan);
            let screen = canvas.image.min / point;
            assert!((screen.x - screen.x.round()).abs() < 0.01 && (screen.y - screen.y.round()).abs() < 0.01);
        }
    }
}
