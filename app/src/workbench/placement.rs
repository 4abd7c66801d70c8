//! Where the window is on the screens: a window whose screen is gone must not stay where nobody sees it.

use egui::{Rect, pos2, vec2};

/// How much of the window must be on a screen, in pixels in each direction: enough to grab its title.
const GRIP: f32 = 64.0;

/// Moves the window to the primary screen if it was left on a screen that is not connected any more. On Wayland, and
/// where the system places windows itself, nothing is known of its place, and nothing is to be done.
pub(super) fn move_onto_a_screen(frame: &eframe::Frame) {
    let Some(window) = frame.winit_window() else { return };
    let Ok(position) = window.outer_position() else { return };
    let size = window.outer_size();
    let place = rect([position.x, position.y], [size.width, size.height]);
    let screens: Vec<_> = window.available_monitors().collect();
    let screen_rects: Vec<Rect> = screens
        .iter()
        .map(|screen| {
            let (position, size) = (screen.position(), screen.size());
            rect([position.x, position.y], [size.width, size.height])
        })
        .collect();
    if !is_reachable(place, &screen_rects)
        && let Some(screen) = window.primary_monitor().or_else(|| screens.into_iter().next())
    {
        window.set_outer_position(screen.position());
    }
}

fn rect([x, y]: [i32; 2], [width, height]: [u32; 2]) -> Rect {
    Rect::from_min_size(pos2(x as f32, y as f32), vec2(width as f32, height as f32))
}

/// Whether enough of a window is on one of the screens. Without any screen, nothing can be better.
fn is_reachable(window: Rect, screens: &[Rect]) -> bool {
    let is_on = |screen: &Rect| {
        let visible = window.intersect(*screen);
        visible.width() >= GRIP && visible.height() >= GRIP
    };
    screens.is_empty() || screens.iter().any(is_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_needs_a_screen() {
        let [left, right] = [rect([-1920, 0], [1920, 1080]), rect([0, 0], [1280, 800])];
        let window = |x, y| rect([x, y], [1280, 800]);
        assert!(is_reachable(window(-1900, 20), &[left, right]), "screens can be left of the first");
        assert!(!is_reachable(window(-1900, 20), &[right]), "that screen is gone");
        assert!(!is_reachable(window(5000, 5000), &[left, right]));
        assert!(!is_reachable(window(1270, 10), &[right]), "a strip cannot be grabbed");
        assert!(is_reachable(window(1200, 700), &[right]) && is_reachable(window(0, 0), &[]));
    }
}
