//! An image at a whole-number zoom, on whole screen pixels, which the user moves by dragging and zooms with the wheel
//! at the pointer. It knows only sizes and places, and nothing about banks.

use egui::{Event, MouseWheelUnit, Pos2, Rect, Response, Ui, Vec2, pos2, vec2};

use super::floor_to_u32;

/// The possible zooms, in screen pixels per pixel of the image.
pub const ZOOM_LEVELS: [u32; 12] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32];
/// How many points of a touchpad gesture count as one notch of the wheel: about a finger's width.
const STEP_POINTS: f32 = 40.0;

/// The zoom and position of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ZoomPan {
    /// One of [`ZOOM_LEVELS`]; `None` fits what is drawn.
    pub zoom: Option<u32>,
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
    pub zoom: u32,
    /// Points per screen pixel.
    pub point: f32,
    size: [u32; 2],
}

impl Canvas {
    /// Places an image of `size` pixels in `room`. Without a zoom, the largest one is used at which its first `drawn`
    /// columns and rows are visible.
    pub fn new(room: Rect, point: f32, size: [u32; 2], drawn: [u32; 2], zoom_pan: ZoomPan) -> Self {
        let zoom = zoom_pan.zoom.unwrap_or_else(|| fitting_zoom(room.size() / point, drawn));
        let extent = vec2(size[0] as f32, size[1] as f32) * zoom as f32 * point;
        let corner = room.min + centering(room.size(), extent) + zoom_pan.pan;
        let image = Rect::from_min_size(snap_to_pixels(corner, point), extent);
        Self { room, image, zoom, point, size }
    }

    /// Points per pixel of the image.
    pub fn scale(&self) -> f32 {
        self.zoom as f32 * self.point
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
    pub fn zoomed(&self, zoom: u32, fixed: Pos2) -> ZoomPan {
        let factor = zoom as f32 / self.zoom as f32;
        let corner = fixed + (self.image.min - fixed) * factor;
        let extent = self.image.size() * factor;
        ZoomPan { zoom: Some(zoom), pan: corner - self.room.min - centering(self.room.size(), extent) }
    }

    /// Moved so that a part of the image is in the middle of the room; `None` if the part is visible already.
    pub fn revealed(&self, part: Rect) -> Option<ZoomPan> {
        let is_visible = self.room.expand(self.point).contains_rect(part);
        // A part that is larger than the room can never be visible as a whole.
        let is_large = part.width() > self.room.width() || part.height() > self.room.height();
        if is_visible || (is_large && self.room.intersects(part)) {
            return None;
        }
        Some(self.moved_by(self.room.center() - part.center()))
    }

    /// The next zoom up (`step` 1) or down (-1), around the middle of the room.
    pub fn stepped(&self, step: i32) -> ZoomPan {
        self.zoomed(next_zoom(self.zoom, step), self.room.center())
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

/// The largest zoom at which `drawn` pixels fit into a room of so many screen pixels; 1 if none fits.
fn fitting_zoom(room: Vec2, drawn: [u32; 2]) -> u32 {
    let fits = |zoom: &&u32| (drawn[0] * **zoom) as f32 <= room.x && (drawn[1] * **zoom) as f32 <= room.y;
    ZOOM_LEVELS.iter().rev().find(fits).copied().unwrap_or(1)
}

/// The next of [`ZOOM_LEVELS`] above or below `zoom`; `zoom` if there is none.
pub fn next_zoom(zoom: u32, step: i32) -> u32 {
    let next = if step > 0 {
        ZOOM_LEVELS.iter().find(|other| **other > zoom)
    } else {
        ZOOM_LEVELS.iter().rev().find(|other| **other < zoom)
    };
    next.copied().unwrap_or(zoom)
}

/// Notches of the wheel since the last frame, positive for up. A touchpad sends points, which add up to notches.
fn wheel_steps(ui: &Ui, response: &Response) -> i32 {
    let id = response.id.with("wheel");
    let mut partial: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
    let mut steps = 0;
    ui.input(|input| {
        for event in &input.events {
            match event {
                Event::MouseWheel { unit: MouseWheelUnit::Point, delta, .. } => partial += delta.y / STEP_POINTS,
                Event::MouseWheel { delta, .. } => steps += i32::from(delta.y > 0.0) - i32::from(delta.y < 0.0),
                _ => {}
            }
        }
    });
    while partial.abs() >= 1.0 {
        steps += if partial > 0.0 { 1 } else { -1 };
        partial -= partial.signum();
    }
    ui.data_mut(|data| data.insert_temp(id, partial));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas(zoom_pan: ZoomPan) -> Canvas {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(700.0, 500.0));
        Canvas::new(room, 1.0, [256, 256], [256, 64], zoom_pan)
    }

    #[test]
    fn the_drawn_part_fits_the_room() {
        let fitted = canvas(ZoomPan::default());
        assert_eq!(fitted.zoom, 2, "256 columns fit twice into 700 points; 64 rows would fit 7 times into 500");
        assert_eq!(fitted.image.min, pos2(104.0, 20.0), "centered where there is room, else at the edge");
        let small = Canvas::new(fitted.room, 1.0, [2000, 10], [2000, 10], ZoomPan::default());
        assert_eq!(small.zoom, 1, "never less than one screen pixel per pixel");
    }

    #[test]
    fn zooming_keeps_the_pixel_under_the_pointer() {
        let mut now = canvas(ZoomPan { zoom: Some(1), pan: Vec2::ZERO });
        let pointer = now.square(100, 40, 1).center();
        for _ in 0..20 {
            now = canvas(now.zoomed(next_zoom(now.zoom, 1), pointer));
            assert_eq!(now.pixel_at(pointer), Some((100, 40)), "at {}x", now.zoom);
        }
        assert_eq!(now.zoom, 32);
        for _ in 0..20 {
            now = canvas(now.zoomed(next_zoom(now.zoom, -1), pointer));
            assert_eq!(now.pixel_at(pointer), Some((100, 40)), "at {}x", now.zoom);
        }
        assert_eq!(now.zoom, 1);
    }

    #[test]
    fn only_a_hidden_tile_is_centered() {
        let near = canvas(ZoomPan { zoom: Some(16), pan: Vec2::ZERO });
        assert_eq!(near.revealed(near.square(0, 0, 16)), None);
        let far = near.square(240, 240, 16);
        assert!(!near.room.intersects(far));
        let there = canvas(near.revealed(far).unwrap());
        assert_eq!(there.square(240, 240, 16).center(), there.room.center());
        assert_eq!(there.revealed(there.square(240, 240, 16)), None);
    }

    #[test]
    fn no_pixel_is_found_outside_the_image() {
        let canvas = canvas(ZoomPan { zoom: Some(1), pan: Vec2::ZERO });
        assert_eq!(canvas.pixel_at(canvas.image.min - vec2(0.5, 0.0)), None);
        assert_eq!(canvas.pixel_at(canvas.image.max + vec2(0.5, 0.5)), None);
        assert_eq!(canvas.pixel_at(canvas.image.min + vec2(0.5, 0.5)), Some((0, 0)));
    }

    #[test]
    fn corners_are_on_whole_screen_pixels() {
        for point in [1.0, 0.5, 1.0 / 1.5, 0.8] {
            let room = Rect::from_min_size(pos2(3.3, 7.7), vec2(333.3, 222.2));
            let canvas =
                Canvas::new(room, point, [256, 256], [256, 256], ZoomPan { zoom: Some(3), pan: vec2(0.4, 0.1) });
            let screen = canvas.image.min / point;
            assert!((screen.x - screen.x.round()).abs() < 0.01 && (screen.y - screen.y.round()).abs() < 0.01);
        }
    }
}
