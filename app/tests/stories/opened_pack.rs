//! An opened pack: its assets are shown and its damage is reported.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{OpenedKind, Packing, PreviewState};

use crate::project_edits;
use support::copy_folder as copy;

use crate::window::{Window, demo};

/// Packs a copy of the demo.
fn pack_demo(root: &Path) -> PathBuf {
    copy(&demo("lantern").join("assets"), &root.join("assets"));
    project_edits::pack_project(root)
}

/// Opens a pack whose bytes are changed first.
fn open_changed(change: impl FnOnce(&mut Vec<u8>)) -> Window {
    Window::open_created(|root| {
        let path = pack_demo(root);
        let mut bytes = std::fs::read(&path).unwrap();
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        path
    })
}

#[test]
fn an_opened_pack_shows_its_assets() {
    let mut window = Window::open_created(pack_demo);
    assert_eq!(window.state().opened.as_ref().map(|opened| opened.kind), Some(OpenedKind::Pack));
    assert_eq!(window.list_items().len(), 6, "{:?}", window.list_items());
    assert!(window.shows("Tile bank slots 4 / 16"));
    assert!(window.shows("No problems. This pack is intact."));
    window.click("hero, ready");
    assert!(matches!(window.state().preview, PreviewState::Ready(_)) && window.shows("Sheet, "));
    window.press(Modifiers::COMMAND, Key::Num5);
    assert!(window.shows(r#"3   "asset_name": "hero","#), "{}", window.outline());
    window.click("effects, ready");
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.shows("Waveform, sample 1"));
    assert!(!window.names_of(Role::Tab).iter().any(|tab| tab == "Compare"), "a pack has no sources");
}

#[test]
fn an_opened_pack_can_only_be_checked() {
    let mut window = Window::open_created(pack_demo);
    window.press(Modifiers::COMMAND, Key::P);
    assert!(matches!(window.state().pack, Packing::Never));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("pack");
    assert!(window.list_items().iter().any(|item| item == "Pack: A pack is open, not a project."));
    window.press(Modifiers::NONE, Key::Escape);
    let before = window.state().activity.len();
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::V);
    window.wait_until("it is checked again", |state| state.activity.len() > before);
    assert!(window.state().activity.last().unwrap().text.ends_with("is intact"));
    assert!(matches!(window.state().verification, Some(Ok(_))));
    assert!(window.shows("is intact"), "the answer is in sight: {}", window.outline());
    window.click("Dismiss");
    assert_eq!(window.state().notice, None);
}

#[test]
fn a_flipped_payload_byte_is_reported() {
    let mut window = open_changed(|bytes| *bytes.last_mut().unwrap() ^= 1);
    assert!(window.state().problems.iter().any(|finding| finding.is_error()), "{}", window.outline());
    assert!(window.shows("error "));
    assert_eq!(window.names_of(Role::Tab).iter().filter(|tab| *tab == "Problems (0)").count(), 0);
    window.click("ambience, ready");
    assert!(matches!(window.state().preview, PreviewState::Ready(_)) && window.shows("Waveform, sample 0"));
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().selected_problem, Some(0));
}

#[test]
fn damaged_packs_are_refused_with_a_reason() {
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(20);
    let payload = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 60_000);
    let magic = |bytes: &mut Vec<u8>| bytes[0] ^= 1;
    let header = |bytes: &mut Vec<u8>| {
        let at = bytes.iter().position(|byte| *byte == b'{').unwrap();
        bytes[at] = b'[';
    };
    let other = |bytes: &mut Vec<u8>| *bytes = b"plain text".to_vec();
    let nothing = |bytes: &mut Vec<u8>| bytes.clear();
    for window in [cut, payload, magic, header, other, nothing].map(open_changed) {
        let refused = window.state().refused.as_ref().expect("it is refused");
        let first = refused.findings.first().expect("there is a reason");
        assert!(window.shows("assets.pa could not be opened"));
        assert!(window.shows(&first.message) && window.shows(&first.help), "{}", window.outline());
        assert!(window.state().settings.recent.is_empty());
    }
}

#[test]
fn an_opened_pack_claims_no_palettes() {
    let mut window = Window::open_created(pack_demo);
    window.click("terrain, ready");
    assert_eq!(window.value_of("Palette"), "Palette 0", "nothing says which palette a tile has");
    assert!(window.shows("A pack does not record which palette draws a tile"));
    assert!(!window.shows("look alike") && !window.shows("colors used"), "{}", window.outline());
    let count = window.state().glyph_bank().unwrap().palettes.len();
    for expected in (1..count).map(|n| u32::try_from(n).unwrap()).chain([0, 1]) {
        window.press(Modifiers::COMMAND, Key::CloseBracket);
        assert_eq!(window.state().view.palette, Some(expected));
    }
    window.press(Modifiers::COMMAND, Key::Num4);
    assert!(window.shows("which tiles use it is not recorded") && !window.shows("Declared twice"));
    assert!(!window.shows("Same color on the console"));
}
