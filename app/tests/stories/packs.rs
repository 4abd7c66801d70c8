//! An opened pack: what is in it is shown, and what is wrong with it is told.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{Kind, Packing, Shown};

use crate::slips;
use support::copy_folder as copy;

use crate::window::{Window, demo};

/// Packs a copy of the demo.
fn packed(root: &Path) -> PathBuf {
    copy(&demo("lantern").join("assets"), &root.join("assets"));
    slips::pack(root)
}

/// Changes the bytes of the pack before it is opened.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Window {
    Window::opening(|root| {
        let path = packed(root);
        let mut bytes = std::fs::read(&path).unwrap();
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        path
    })
}

#[test]
fn an_opened_pack_lists_and_shows_what_is_in_it() {
    let mut window = Window::opening(packed);
    assert_eq!(window.state().opened.as_ref().map(|opened| opened.kind), Some(Kind::Pack));
    assert_eq!(window.list_items().len(), 6, "{:?}", window.list_items());
    assert!(window.shows("GLYPH slots 4 / 16"));
    assert!(window.shows("All is well: every payload is what the header says."));
    window.click("hero, ready");
    assert!(matches!(window.state().preview, Shown::Ready(_)) && window.shows("Sheet, "));
    window.press(Modifiers::COMMAND, Key::Num5);
    assert!(window.shows(r#"3   "asset_name": "hero","#), "{}", window.outline());
    window.click("effects, ready");
    assert!(window.shows("Waveform, sample 1"));
    assert!(!window.names_of(Role::Tab).iter().any(|tab| tab.starts_with("Source")), "a pack has no sources");
}

#[test]
fn a_pack_cannot_be_packed_and_says_why_but_can_be_verified() {
    let mut window = Window::opening(packed);
    window.press(Modifiers::COMMAND, Key::P);
    assert!(matches!(window.state().pack, Packing::Never));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("pack");
    assert!(window.list_items().iter().any(|item| item == "Pack: A pack is open, not a project."));
    window.press(Modifiers::NONE, Key::Escape);
    let told = window.state().activity.len();
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::V);
    window.until("it is verified again", |state| state.activity.len() > told);
    assert!(window.state().activity.last().unwrap().ends_with("is valid"));
    assert!(matches!(window.state().verification, Some(Ok(_))));
}

#[test]
fn a_flipped_payload_byte_is_told_while_the_rest_is_shown() {
    let mut window = changed(|bytes| *bytes.last_mut().unwrap() ^= 1);
    assert!(window.state().problems.iter().any(|finding| finding.is_error()), "{}", window.outline());
    assert!(window.shows("error "));
    assert_eq!(window.names_of(Role::Tab).iter().filter(|tab| *tab == "Problems (0)").count(), 0);
    window.click("ambience, ready");
    assert!(matches!(window.state().preview, Shown::Ready(_)) && window.shows("Waveform, sample 0"));
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().problem, Some(0));
}

#[test]
fn a_pack_that_is_cut_or_none_at_all_is_refused_with_the_reason() {
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(20);
    let payload = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 60_000);
    let magic = |bytes: &mut Vec<u8>| bytes[0] ^= 1;
    let header = |bytes: &mut Vec<u8>| {
        let at = bytes.iter().position(|byte| *byte == b'{').unwrap();
        bytes[at] = b'[';
    };
    let other = |bytes: &mut Vec<u8>| *bytes = b"a letter to my mother".to_vec();
    let nothing = |bytes: &mut Vec<u8>| bytes.clear();
    for window in [changed(cut), changed(payload), changed(magic), changed(header), changed(other), changed(nothing)] {
        let refused = window.state().refused.as_ref().expect("it is refused");
        let first = refused.findings.first().expect("it says why");
        assert!(window.shows("assets.pa could not be opened"));
        assert!(window.shows(&first.message) && window.shows(&first.help), "{}", window.outline());
        assert!(window.state().settings.recent.is_empty());
    }
}
