//! The animations of a bank: added, changed, played and removed.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::declaration::{AnimationFrames, DeclaredFrames, FrameTimes};
use packer_services::formats::TileSize;
use packer_services::preview::PreviewAnimation;
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, binary, glyph, palette};
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

/// A bank of a sprite with two tags.
fn sprite_project() -> TestProject {
    let mut project = TestProject::new();
    let sprite = Sprite::new([8, 8], 8)
        .with_palette(&[KEY.0, RED.0, GREEN.0])
        .with(0, sprites::layer("body").chunk())
        .with(0, sprites::tags(&[("idle", 0, 0, 0, 0), ("walk", 0, 1, 0, 0)]))
        .with(0, sprites::cel(0, [0, 0], [8, 8], &[1; 64]))
        .with(1, sprites::cel(0, [0, 0], [8, 8], &[2; 64]));
    project.write("assets/hero/hero.aseprite", sprite.bytes());
    let declaration = glyph(
        project.next_id(),
        "hero",
        TileSize::Eight,
        vec![palette(&[KEY, RED, GREEN])],
        vec![artifact("hero.aseprite", 0)],
    );
    project.add_asset("hero", true, &declaration);
    project
}

#[test]
fn all_tags_are_followed_and_undone() {
    const ANCHOR: &str = "assets/hero/asset.json";
    let (project, by_binary) = (sprite_project(), sprite_project());
    let before = project.read_text(ANCHOR);
    let mut window = Window::open_project(project.root());
    window.press(Modifiers::COMMAND, Key::Num8);
    window.click("Animations of all tags");
    let names = |state: &State| {
        let animations = state.glyph_bank().map(|bank| bank.animations.as_slice()).unwrap_or_default();
        animations.iter().map(|one| one.declared.name.clone()).collect::<Vec<_>>()
    };
    window.wait_until("both are followed", |state| names(state) == ["idle", "walk"]);
    window.wait_until_idle();
    let root = by_binary.root().as_os_str();
    let arguments = ["animation".as_ref(), root, "hero".as_ref(), "--all-tags".as_ref()];
    assert_eq!(binary::run(arguments).code, 0);
    assert_eq!(project.read_text(ANCHOR), by_binary.read_text(ANCHOR));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("none is left", |state| names(state).is_empty());
    window.wait_until_idle();
    assert_eq!(project.read_text(ANCHOR), before);
}
