//! An image looked at pixel by pixel: at a whole-number zoom, on whole screen pixels, moved by dragging, zoomed by the wheel
//! where the pointer is. It knows no bank: only sizes and places.

use egui::{Event, MouseWheelUnit, Pos2, Rect, Response, Ui, Vec2, pos2, vec2};

use super::whole;

/// The zooms that there are: screen pixels to a pixel of the image.
pub const ZOOMS: [u32; 12] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32];
/// This many points of a touchpad are a step of the wheel.
const STEP_POINTS: f32 = 40.0;

/// How an image is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// One of [`ZOOMS`]; `None` fits what is drawn.
    pub zoom: Option<u32>,
    /// Where its corner is, in points from where it would be by itself.
    pub pan: Vec2,
}

/// An image on a stage.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Where there is room, in points.
    pub stage: Rect,
    /// Where the image lies, in points; it may reach past the stage.
    pub image: Rect,
    /// Screen pixels to a pixel of the image.
    pub zoom: u32,
    /// Points to a screen pixel.
    pub point: f32,
    size: [u32; 2],
}

impl Canvas {
    /// Puts an image of `size` pixels on `stage`. Without a zoom it is so large that its first `drawn` columns and rows are seen.
    pub fn new(stage: Rect, point: f32, size: [u32; 2], drawn: [u32; 2], look: Look) -> Self {
        let zoom = look.zoom.unwrap_or_else(|| fitting(stage.size() / point, drawn));
        let extent = vec2(size[0] as f32, size[1] as f32) * zoom as f32 * point;
        let corner = stage.min + rest(stage.size(), extent) + look.pan;
        let image = Rect::from_min_size(snapped(corner, point), extent);
        Self { stage, image, zoom, point, size }
    }

    /// Points to a pixel of the image.
    pub fn scale(&self) -> f32 {
        self.zoom as f32 * self.point
    }

    /// Where a part of the image lies: `side` pixels from the pixel (`x`, `y`) on.
    pub fn square(&self, x: u32, y: u32, side: u32) -> Rect {
        let min = self.image.min + vec2(x as f32, y as f32) * self.scale();
        Rect::from_min_size(min, Vec2::splat(side as f32 * self.scale()))
    }

    /// The pixel of the image at a position on the screen.
    pub fn pixel_at(&self, at: Pos2) -> Option<(u32, u32)> {
        let at = (at - self.image.min) / self.scale();
        let inside = at.x >= 0.0 && at.y >= 0.0 && at.x < self.size[0] as f32 && at.y < self.size[1] as f32;
        inside.then(|| (whole(at.x), whole(at.y)))
    }

    /// The look that shows it at `zoom`, with what is at `about` on the screen still there.
    pub fn zoomed(&self, zoom: u32, about: Pos2) -> Look {
        let factor = zoom as f32 / self.zoom as f32;
        let corner = about + (self.image.min - about) * factor;
        let extent = self.image.size() * factor;
        Look { zoom: Some(zoom), pan: corner - self.stage.min - rest(self.stage.size(), extent) }
    }

    /// The look that brings a part of the image into sight: `None` if it is, else with it in the middle of the stage.
    pub fn revealed(&self, part: Rect) -> Option<Look> {
        let is_seen = self.stage.expand(self.point).contains_rect(part);
        // One that is larger than the stage cannot be seen whole.
        let is_large = part.width() > self.stage.width() || part.height() > self.stage.height();
        if is_seen || (is_large && self.stage.intersects(part)) {
            return None;
        }
        let corner = self.image.min + (self.stage.center() - part.center());
        let pan = corner - self.stage.min - rest(self.stage.size(), self.image.size());
        Some(Look { zoom: Some(self.zoom), pan })
    }

    /// The next zoom up (`step` 1) or down (-1), around the middle of the stage.
    pub fn stepped(&self, step: i32) -> Look {
        self.zoomed(next_zoom(self.zoom, step), self.stage.center())
    }

    /// What a person did to the look: the wheel or two fingers zoom at the pointer, dragging moves.
    pub fn touched(&self, ui: &Ui, response: &Response) -> Option<Look> {
        if response.dragged() {
            let corner = self.image.min + response.drag_delta();
            let pan = corner - self.stage.min - rest(self.stage.size(), self.image.size());
            return Some(Look { zoom: Some(self.zoom), pan });
        }
        let about = response.hover_pos()?;
        let steps = wheel_steps(ui, response);
        let zoom = (0..steps.abs()).fold(self.zoom, |zoom, _| next_zoom(zoom, steps.signum()));
        (zoom != self.zoom).then(|| self.zoomed(zoom, about))
    }
}

/// The nearest position on whole screen pixels, of which each is `point` points: there each pixel of an image is as large as the
/// next.
pub fn snapped(at: Pos2, point: f32) -> Pos2 {
    let snap = |v: f32| (v / point).round() * point;
    pos2(snap(at.x), snap(at.y))
}

/// The free room before an image: it stands in the middle if it fits, else at the edge.
fn rest(stage: Vec2, extent: Vec2) -> Vec2 {
    ((stage - extent) / 2.0).max(Vec2::ZERO)
}

/// The largest zoom at which `drawn` pixels fit into a room of so many screen pixels.
fn fitting(room: Vec2, drawn: [u32; 2]) -> u32 {
    let fits = |zoom: &&u32| (drawn[0] * **zoom) as f32 <= room.x && (drawn[1] * **zoom) as f32 <= room.y;
    ZOOMS.iter().rev().find(fits).copied().unwrap_or(1)
}

/// The next of [`ZOOMS`] above or below `zoom`; the last one stays.
pub fn next_zoom(zoom: u32, step: i32) -> u32 {
    let next = if step > 0 {
        ZOOMS.iter().find(|other| **other > zoom)
    } else {
        ZOOMS.iter().rev().find(|other| **other < zoom)
    };
    next.copied().unwrap_or(zoom)
}

/// Notches of the wheel since the last frame, up positive. A touchpad sends points; they add up to notches.
fn wheel_steps(ui: &Ui, response: &Response) -> i32 {
    let id = response.id.with("wheel");
    let mut rest: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
    let mut steps = 0;
    ui.input(|input| {
        for event in &input.events {
            match event {
                Event::MouseWheel { unit: MouseWheelUnit::Point, delta, .. } => rest += delta.y / STEP_POINTS,
                Event::MouseWheel { delta, .. } => steps += i32::from(delta.y > 0.0) - i32::from(delta.y < 0.0),
                _ => {}
            }
        }
    });
    while rest.abs() >= 1.0 {
        steps += if rest > 0.0 { 1 } else { -1 };
        rest -= rest.signum();
    }
    ui.data_mut(|data| data.insert_temp(id, rest));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas(look: Look) -> Canvas {
        let stage = Rect::from_min_size(pos2(10.0, 20.0), vec2(700.0, 500.0));
        Canvas::new(stage, 1.0, [256, 256], [256, 64], look)
    }

    #[test]
    fn what_is_drawn_fits_and_the_rest_may_reach_past_the_stage() {
        let fitted = canvas(Look::default());
        assert_eq!(fitted.zoom, 2, "256 columns fit twice into 700 points; 64 rows would fit 7 times into 500");
        assert_eq!(fitted.image.min, pos2(104.0, 20.0), "in the middle where there is room, else at the edge");
        let small = Canvas::new(fitted.stage, 1.0, [2000, 10], [2000, 10], Look::default());
        assert_eq!(small.zoom, 1, "never less than one screen pixel to a pixel");
    }

    #[test]
    fn the_pixel_under_the_pointer_stays_there_while_zooming() {
        let mut now = canvas(Look { zoom: Some(1), pan: Vec2::ZERO });
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
    fn a_tile_out_of_sight_comes_into_the_middle_and_one_in_sight_stays() {
        let near = canvas(Look { zoom: Some(16), pan: Vec2::ZERO });
        assert_eq!(near.revealed(near.square(0, 0, 16)), None);
        let far = near.square(240, 240, 16);
        assert!(!near.stage.intersects(far));
        let there = canvas(near.revealed(far).unwrap());
        assert_eq!(there.square(240, 240, 16).center(), there.stage.center());
        assert_eq!(there.revealed(there.square(240, 240, 16)), None);
    }

    #[test]
    fn off_the_image_there_is_no_pixel() {
        let canvas = canvas(Look { zoom: Some(1), pan: Vec2::ZERO });
        assert_eq!(canvas.pixel_at(canvas.image.min - vec2(0.5, 0.0)), None);
        assert_eq!(canvas.pixel_at(canvas.image.max + vec2(0.5, 0.5)), None);
        assert_eq!(canvas.pixel_at(canvas.image.min + vec2(0.5, 0.5)), Some((0, 0)));
    }

    #[test]
    fn corners_lie_on_whole_screen_pixels_at_every_scale() {
        for point in [1.0, 0.5, 1.0 / 1.5, 0.8] {
            let stage = Rect::from_min_size(pos2(3.3, 7.7), vec2(333.3, 222.2));
            let canvas = Canvas::new(stage, point, [256, 256], [256, 256], Look { zoom: Some(3), pan: vec2(0.4, 0.1) });
            let screen = canvas.image.min / point;
            assert!((screen.x - screen.x.round()).abs() < 0.01 && (screen.y - screen.y.round()).abs() < 0.01);
        }
    }
}
