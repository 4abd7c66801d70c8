//! The animations of a bank: added, changed, played and removed.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::declaration::{AnimationFrames, DeclaredFrames, FrameTimes};
use packer_services::preview::PreviewAnimation;
use workbench::state::{State, ViewKind};

use crate::window::Window;

const ANCHOR: &str = "assets/characters/lamps/asset.json";

fn animation(state: &State) -> Option<&PreviewAnimation> {
    state.glyph_bank()?.animations.first()
}

/// The frames that it declares.
fn declared(state: &State) -> Option<&DeclaredFrames> {
    match &animation(state)?.declared.frames {
        AnimationFrames::Declared(frames) => Some(frames),
        AnimationFrames::Tag(_) => None,
    }
}

/// The lamps of the demo in the view of animations, with an animation of `lampkin.png`.
fn with_animation() -> Window {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.wait_until_idle();
    window.press(Modifiers::COMMAND, Key::Num8);
    assert_eq!(window.state().view_kind(), ViewKind::Animations, "{}", window.outline());
    window.click("Add animation");
    window.wait_until("it is added", |state| animation(state).is_some());
    window.wait_until_idle();
    window
}

#[test]
fn animation_is_added_edited_and_undone() {
    let mut window = Window::open_demo("lantern");
    let before = std::fs::read(window.file(ANCHOR)).unwrap();
    drop(window);
    window = with_animation();
    window.enter("Name of the animation", "flicker");
    window.wait_until("it has the name", |state| animation(state).is_some_and(|one| one.declared.name == "flicker"));
    window.wait_until_idle();
    window.enter("Last frame", "2");
    window.wait_until("it is shorter", |state| declared(state).is_some_and(|one| one.to == Some(2)));
    window.wait_until_idle();
    window.enter("Time of each frame in milliseconds", "80, 80, 200");
    let times = FrameTimes::Each(vec![80, 80, 200]);
    window.wait_until("it has times", |state| declared(state).is_some_and(|one| one.frame_ms == times));
    window.wait_until_idle();
    window.click("Ping-pong");
    window.wait_until("it returns", |state| {
        animation(state).and_then(|one| one.frames.as_ref()).is_some_and(|one| one.shown_frames().count() == 4)
    });
    window.wait_until_idle();
    assert!(window.texts().iter().any(|text| text == "3 frames, 440 ms"), "{}", window.outline());
    window.click("Remove animation flicker");
    window.wait_until("it is removed", |state| animation(state).is_none());
    window.wait_until_idle();
    assert_eq!(std::fs::read(window.file(ANCHOR)).unwrap(), before);
    for _ in 0..6 {
        window.press(Modifiers::COMMAND, Key::Z);
        window.wait_until_idle();
    }
    assert_eq!(std::fs::read(window.file(ANCHOR)).unwrap(), before);
}

#[test]
fn wrong_animation_is_refused_and_reported() {
    let mut window = with_animation();
    let before = std::fs::read(window.file(ANCHOR)).unwrap();
    window.enter("Time of each frame in milliseconds", "80,80");
    window.wait_until("it is refused", |state| state.notice.is_some());
    window.wait_until_idle();
    assert_eq!(std::fs::read(window.file(ANCHOR)).unwrap(), before);
    assert_eq!(window.value_of("Time of each frame in milliseconds"), "100");
}

#[test]
fn animation_plays_and_pauses() {
    let mut window = with_animation();
    assert!(window.stays_idle(), "it is not redrawn before it plays");
    let shown = |window: &Window| {
        let names = window.names_of(Role::Image);
        names.into_iter().find(|name| name.contains(" of ")).expect("a frame is shown")
    };
    assert_eq!(shown(&window), "Frame 1 of 4");
    window.click("Play");
    let mut frames = std::collections::BTreeSet::new();
    for _ in 0..400 {
        window.press(Modifiers::NONE, Key::F20);
        frames.insert(shown(&window));
    }
    assert_eq!(frames.len(), 4, "{frames:?}");
    assert!(window.repaint_delay().is_some());
    window.click("Pause");
    assert!(window.stays_idle(), "it is not redrawn while it is paused");
}
