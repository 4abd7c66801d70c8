//! Where things lie: nothing reaches out of its panel, panels can be hidden, and the window fits the screen.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Shape, ViewportCommand, vec2};
use workbench::state::{BottomTab, Packing, Panel, Settings, ViewKind};

use crate::project_edits;
use crate::window::Window;

/// Sizes of windows, in screen pixels, from the smallest that is allowed.
const SIZES: [[f32; 2]; 4] = [[900.0, 560.0], [1280.0, 800.0], [1440.0, 900.0], [1920.0, 1080.0]];
/// A distance that is not visible, in points.
const TOLERANCE: f32 = 1.5;

/// Everything that reaches out of its part of the window, and what lies over something else in the toolbar and the
/// status bar.
fn misplaced(window: &Window) -> Vec<String> {
    let mut found = Vec::new();
    for part in window.places() {
        let room = part.place.expand(TOLERANCE);
        for widget in &part.widgets {
            let place = widget.place;
            let is_scrolled = part.is_scrolled && widget.role != Role::Tab;
            let is_inside = room.x_range().contains(place.min.x)
                && room.x_range().contains(place.max.x)
                && (is_scrolled || room.y_range().contains(place.min.y) && room.y_range().contains(place.max.y));
            if !is_inside {
                found.push(format!(
                    "{:?} {:?} at {place:?} of {} {:?}",
                    widget.role, widget.name, part.name, part.place
                ));
            }
        }
        if matches!(part.name, "Project" | "Status") {
            for (n, one) in part.widgets.iter().enumerate() {
                let mut others = part.widgets[n + 1..].iter();
                // A label can lie in its button.
                let overlaps = |other: &&crate::window::WidgetPlace| {
                    let common = one.place.intersect(other.place).shrink(TOLERANCE / 2.0);
                    common.is_positive()
                        && !one.place.contains_rect(other.place)
                        && !other.place.contains_rect(one.place)
                };
                if let Some(other) = others.find(overlaps) {
                    found.push(format!("{:?} lies over {:?} of {}", one.name, other.name, part.name));
                }
            }
        }
    }
    found
}

fn check(window: &mut Window, scale: f32, what: &str) {
    for [width, height] in SIZES {
        window.resize(vec2(width, height) / scale);
        window.wait_until_idle();
        let found = misplaced(window);
        assert!(found.is_empty(), "{what} at {width} × {height}, text {scale}:\n{}", found.join("\n"));
    }
}

fn check_demo(name: &str, assets: &[&str]) {
    for scale in [1.0, 1.5] {
        let mut window = Window::open_demo_with(name, Settings { scale, ..Settings::default() });
        for asset in assets {
            window.click(asset);
            for kind in window.state().available_views() {
                let key = match kind {
                    ViewKind::Console => Key::Num1,
                    ViewKind::Compare => Key::Num2,
                    ViewKind::Tile => Key::Num3,
                    ViewKind::Palettes => Key::Num4,
                    ViewKind::AssetJson => Key::Num5,
                    ViewKind::Overview => Key::Num6,
                    ViewKind::Files => Key::Num7,
                    ViewKind::Animations => Key::Num8,
                    ViewKind::Cut => Key::T,
                };
                window.press(Modifiers::COMMAND, key);
                check(&mut window, scale, &format!("{asset} in {kind:?}"));
                window.resize(vec2(1280.0, 880.0));
            }
            window.press(Modifiers::COMMAND, Key::Num1);
        }
    }
}

#[test]
fn nothing_lies_outside_its_panel() {
    check_demo("lantern", &["lamps, ready", "terrain, ready", "effects, ready", "sketch, not added"]);
}

#[test]
fn problems_lie_inside_their_panels() {
    for scale in [1.0, 1.5] {
        let settings = Settings { scale, ..Settings::default() };
        let mut window = Window::open_demo_with("snuffed", settings);
        for _ in 0..12 {
            window.press(Modifiers::NONE, Key::F8);
            let what = format!("{:?}", window.state().selected_problem);
            check(&mut window, scale, &what);
        }
    }
}

#[test]
fn the_command_palette_fits_the_window() {
    for scale in [1.0, 1.5] {
        let mut window = Window::open_demo_with("snuffed", Settings { scale, ..Settings::default() });
        window.press(Modifiers::COMMAND, Key::K);
        for [width, height] in SIZES {
            let size = vec2(width, height) / scale;
            window.resize(size);
            window.wait_until_idle();
            let room = egui::Rect::from_min_size(egui::Pos2::ZERO, size).shrink(8.0);
            let dialog = window.place_of_role(Role::Dialog, "All commands");
            assert!(room.contains_rect(dialog), "{dialog:?} in {room:?}");
        }
    }
}

#[test]
fn small_windows_keep_tabs_and_filters() {
    let mut window = Window::open_demo_with("snuffed", Settings { scale: 1.5, ..Settings::default() });
    window.resize(vec2(900.0, 560.0) / 1.5);
    window.press(Modifiers::NONE, Key::F8);
    window.press(Modifiers::COMMAND, Key::J);
    let bottom = window.places().into_iter().find(|part| part.name == "Problems and results").unwrap();
    let tops = |names: &[&str]| {
        let named = bottom.widgets.iter().filter(|widget| names.iter().any(|name| widget.name.starts_with(name)));
        named.map(|widget| widget.place.center().y.round()).collect::<Vec<f32>>()
    };
    let errors = format!("{} errors", window.state().problems.iter().filter(|finding| finding.is_error()).count());
    let tops = tops(&["Problems (", "Activity", "Pack result", &errors, "Selected asset"]);
    assert!(tops.len() >= 5 && tops.iter().all(|top| *top == tops[0]), "in one row: {tops:?}");
    window.click(&errors);
    assert!(window.state().problem_filter.severity.is_some());
}

#[test]
fn buttons_of_a_panel_are_equally_high() {
    let mut window = Window::open_demo("snuffed");
    window.press(Modifiers::NONE, Key::F8);
    let details = window.places().into_iter().find(|part| part.name == "Details").unwrap();
    let buttons = details.widgets.iter().filter(|widget| widget.role == Role::Button);
    let heights: Vec<(String, f32)> = buttons.map(|widget| (widget.name.clone(), widget.place.height())).collect();
    assert!(heights.iter().any(|(name, _)| name == "Show") && heights.len() >= 3, "{heights:?}");
    let mut texts = details.widgets.iter().filter(|widget| widget.name == "Actions");
    let text = texts.next().unwrap().place.height();
    for (name, height) in &heights {
        assert_eq!(*height, heights[0].1, "{name} in {heights:?}");
        assert!(*height >= text + 6.0, "the border of {name} touches its text: {height} around {text}");
    }
}

#[test]
fn panels_keep_their_sizes() {
    let mut window = Window::open_demo("snuffed");
    for [width, height] in SIZES {
        window.resize(vec2(width, height));
        window.wait_until_idle();
        let places = |window: &Window| window.places().iter().map(|part| (part.name, part.place)).collect::<Vec<_>>();
        let before = places(&window);
        // What is drawn in a frame must not make a panel larger in the next one.
        for _ in 0..12 {
            window.press(Modifiers::NONE, Key::F8);
            window.remove_pointer();
        }
        assert_eq!(places(&window), before, "{width} × {height}");
    }
}

#[test]
fn keys_hide_and_show_panels() {
    let mut window = Window::open_demo("lantern");
    let names = |window: &Window| window.places().iter().map(|part| part.name).collect::<Vec<_>>();
    let all = names(&window);
    for (key, panel, name) in [
        (Key::B, Panel::Navigator, "Assets"),
        (Key::D, Panel::Details, "Details"),
        (Key::J, Panel::Bottom, "Problems and results"),
    ] {
        window.press(Modifiers::COMMAND, key);
        assert!(!window.state().settings.shows(panel) && !names(&window).contains(&name), "{name}");
    }
    // F6 leaves out what is hidden.
    window.press(Modifiers::NONE, Key::F6);
    window.press(Modifiers::NONE, Key::F6);
    assert_eq!(window.state().panel, Panel::View);
    // Whoever searches sees the list.
    window.press(Modifiers::COMMAND, Key::F);
    assert!(window.state().settings.shows(Panel::Navigator));
    for key in [Key::D, Key::J] {
        window.press(Modifiers::COMMAND, key);
    }
    assert_eq!(names(&window), all);
    let kept = serde_json::to_string(&window.state().settings).unwrap();
    assert_eq!(&serde_json::from_str::<Settings>(&kept).unwrap(), &window.state().settings);
}

#[test]
fn small_windows_give_the_view_room() {
    let mut window = Window::open_edited_demo("lantern", |root| project_edits::paint_odd_pixel(root, 5, 6));
    let names = |window: &Window| window.places().iter().map(|part| part.name).collect::<Vec<_>>();
    let all = names(&window);
    let small = vec2(900.0, 560.0) / 1.5;
    window.resize(small);
    window.wait_until_idle();
    assert!(!names(&window).contains(&"Details") && !names(&window).contains(&"Problems and results"));
    let view = window.places().into_iter().find(|part| part.name == "Preview").unwrap().place;
    assert!(view.height() > small.y / 2.0 && view.width() > small.x / 2.0, "{view:?}");
    // Whoever goes to a problem sees what it is.
    window.press(Modifiers::NONE, Key::F8);
    window.wait_until_idle();
    assert!(window.state().settings.shows(Panel::Details) && !window.state().settings.shows(Panel::Bottom));
    window.press(Modifiers::COMMAND, Key::J);
    assert!(names(&window).contains(&"Problems and results"), "a key shows it");
    window.press(Modifiers::COMMAND, Key::D);
    // What the user hid stays hidden; the rest is back when there is room.
    window.resize(vec2(1280.0, 880.0));
    window.wait_until_idle();
    assert!(!window.state().settings.shows(Panel::Details) && window.state().settings.shows(Panel::Bottom));
    window.press(Modifiers::COMMAND, Key::D);
    assert_eq!(names(&window), all);
}

#[test]
fn results_are_never_hidden() {
    let mut window = Window::open_edited_demo("lantern", |root| project_edits::paint_odd_pixel(root, 5, 6));
    window.press(Modifiers::COMMAND, Key::J);
    assert!(window.shows("1 error"), "the status bar counts what is hidden");
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is blocked", |state| matches!(state.pack, Packing::Done { .. }));
    assert_eq!(window.state().bottom_tab, BottomTab::PackResult);
    assert!(window.state().settings.shows(Panel::Bottom));
}

#[test]
fn a_window_fits_a_small_screen() {
    let maximizes = |commands: &[ViewportCommand]| commands.contains(&ViewportCommand::Maximized(true));
    let mut window = Window::start_page();
    window.resize(vec2(1280.0, 800.0));
    assert!(maximizes(&window.move_to_screen(vec2(1280.0, 800.0))), "its title and a task bar need room");
    assert!(!maximizes(&window.move_to_screen(vec2(1280.0, 800.0))), "only once: the user can change it");
    let mut window = Window::start_page();
    window.resize(vec2(1280.0, 800.0));
    assert!(!maximizes(&window.move_to_screen(vec2(1920.0, 1080.0))));
}

#[test]
fn the_focus_ring_covers_no_text() {
    let mut window = Window::open_demo("lantern");
    for (presses, name) in [(2, "Details"), (1, "Problems and results")] {
        for _ in 0..presses {
            window.press(Modifiers::NONE, Key::F6);
        }
        let part = window.places().into_iter().find(|part| part.name == name).unwrap();
        let is_ring = |shape: &Shape| match shape {
            Shape::Rect(rect) => rect.stroke.width == 2.0 && rect.rect.expand(1.0).contains_rect(part.place),
            _ => false,
        };
        let ring = window.shapes().iter().rfind(|clipped| is_ring(&clipped.shape)).expect(name);
        let Shape::Rect(rect) = &ring.shape else { unreachable!() };
        assert!(ring.clip_rect.expand(0.5).contains_rect(rect.rect), "{name}: it is not cut");
        let text = part.widgets.iter().filter(|widget| widget.role == Role::Label);
        let left = text.map(|widget| widget.place.left()).fold(f32::INFINITY, f32::min);
        assert!(rect.rect.left() + 4.0 <= left, "{name}: {} is at {left}", rect.rect.left());
    }
}

#[test]
fn the_focus_ring_is_above_the_content() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::Num2);
    window.press(Modifiers::NONE, Key::F6);
    let view = window.places().into_iter().find(|part| part.name == "Preview").unwrap().place;
    let is_ring = |shape: &Shape| {
        matches!(shape, Shape::Rect(rect) if rect.stroke.width == 2.0 && (rect.rect.max.y - view.max.y).abs() < 4.0
            && (rect.rect.width() - view.width()).abs() < 4.0)
    };
    let shapes = window.shapes();
    let ring = shapes.iter().rposition(|clipped| is_ring(&clipped.shape)).expect("there is a ring");
    let Shape::Rect(rect) = &shapes[ring].shape else { unreachable!() };
    assert!(shapes[ring].clip_rect.expand(0.5).contains_rect(rect.rect), "it is not cut");
    let covers =
        |shape: &Shape, at| matches!(shape, Shape::Rect(other) if other.fill.a() > 0 && other.rect.contains(at));
    for edge in [rect.rect.left_center(), rect.rect.right_center(), rect.rect.center_bottom()] {
        assert!(!shapes[ring + 1..].iter().any(|clipped| covers(&clipped.shape, edge)), "{edge:?} is covered");
    }
}
