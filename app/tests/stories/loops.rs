//! Where a sample loops: set on its waveform, in numbers, and taken back.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use packer_services::preview::SampleState;
use workbench::state::State;

use crate::window::Window;

/// The loop of a sample as it is packed.
fn loop_of(state: &State, sample: usize) -> Option<(u64, u64)> {
    let SampleState::Playable(playable) = &state.sound_bank()?.samples.get(sample)?.state else { return None };
    playable.metadata.looping.map(|looping| (looping.start, looping.end))
}

/// The length of the first sample.
fn frames_of(state: &State) -> Option<u64> {
    match &state.sound_bank()?.samples.first()?.state {
        SampleState::Playable(playable) => Some(playable.metadata.frames),
        _ => None,
    }
}

#[test]
fn loop_ends_are_dragged_and_undone() {
    let mut window = Window::open_demo("lantern");
    window.click("ambience, ready");
    window.wait_until_idle();
    let before = std::fs::read(window.file("assets/sound/ambience/asset.json")).unwrap();
    let (start, end) = loop_of(window.state(), 0).expect("the demo loops");
    let frames = frames_of(window.state()).unwrap();
    let waveform = window.place_of_role(Role::Image, "Waveform, sample 0");
    let at = |frame: u64| {
        let share = frame as f32 / frames as f32;
        Pos2::new((waveform.min.x + share * waveform.width()).min(waveform.max.x - 1.0), waveform.center().y)
    };
    window.drag(at(end), at(end / 2));
    window.wait_until("the end moved", |state| loop_of(state, 0).is_some_and(|(_, moved)| moved < end));
    window.wait_until_idle();
    let (same, moved) = loop_of(window.state(), 0).unwrap();
    assert_eq!(same, start);
    assert!(moved.abs_diff(end / 2) <= frames / 100, "{moved} is where the pointer was, {}", end / 2);
    assert_eq!(window.state().view.loop_draft, None);
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is undone", |state| loop_of(state, 0) == Some((start, end)));
    window.wait_until_idle();
    assert_eq!(std::fs::read(window.file("assets/sound/ambience/asset.json")).unwrap(), before);
}

#[test]
fn loop_is_added_typed_and_removed() {
    let mut window = Window::open_demo("lantern");
    window.click("effects, ready");
    window.wait_until_idle();
    assert_eq!(loop_of(window.state(), 0), None);
    let frames = frames_of(window.state()).unwrap();
    window.click("Add loop to sample 0");
    window.wait_until("it loops", |state| loop_of(state, 0) == Some((0, frames)));
    window.wait_until_idle();
    window.click("Loop start of sample 0");
    window.press(Modifiers::COMMAND, Key::A);
    window.type_text("100");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it starts later", |state| loop_of(state, 0) == Some((100, frames)));
    window.wait_until_idle();
    assert!(window.shows("Loop point of sample 0"), "{}", window.outline());
    window.click("Remove loop of sample 0");
    window.wait_until("it does not loop", |state| loop_of(state, 0).is_none());
}
