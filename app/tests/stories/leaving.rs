//! Nothing that is entered is lost unasked.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use support::images::checker;
use support::{GREEN, RED};
use workbench::state::ViewKind;

use crate::window::{Window, demo};

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;

fn focused(window: &Window) -> String {
    window.focused().map(|(_, name)| name).unwrap_or_default()
}

/// A window in which a new asset is entered, and the folder of its image.
fn with_new_asset() -> (Window, tempfile::TempDir) {
    let art = tempfile::tempdir().unwrap();
    for name in ["hero.png", "other.png"] {
        std::fs::write(art.path().join(name), checker(8, 8, RED, GREEN)).unwrap();
    }
    let mut window = Window::open_demo("lantern");
    window.drop_files(&[&art.path().join("hero.png")]);
    (window, art)
}

#[test]
fn escape_asks_before_entries_are_lost() {
    let (mut window, art) = with_new_asset();
    window.press(NONE, Key::Escape);
    assert!(window.state().new_asset.is_none(), "nothing was entered");
    window.drop_files(&[&art.path().join("hero.png")]);
    window.click("Tile size 16");
    window.press(NONE, Key::Escape);
    assert!(window.shows("What you entered would be lost: the new asset hero."), "{}", window.outline());
    assert_eq!(focused(&window), "Keep editing");
    window.press(NONE, Key::Enter);
    assert!(window.state().leaving.is_none() && window.state().new_asset.is_some());
    window.press(NONE, Key::Escape);
    window.press(NONE, Key::Escape);
    assert!(window.state().leaving.is_none() && window.state().new_asset.is_some(), "Escape keeps it, too");
    window.press(NONE, Key::Escape);
    window.press(NONE, Key::Tab);
    assert_eq!(focused(&window), "Close the sheet without it");
    window.press(NONE, Key::Enter);
    assert!(window.state().leaving.is_none() && window.state().new_asset.is_none());
}

#[test]
fn other_files_do_not_replace_entries() {
    let (mut window, art) = with_new_asset();
    window.click("Tile size 16");
    window.drop_files(&[&art.path().join("other.png")]);
    let root = |window: &Window| window.state().new_asset.as_ref().map(|sheet| sheet.form.root.clone());
    assert_eq!((root(&window).as_deref(), focused(&window).as_str()), (Some("hero"), "Keep editing"));
    window.click("Use the other files without it");
    assert_eq!(root(&window).as_deref(), Some("other"));
    window.drop_files(&[&art.path().join("hero.png")]);
    assert_eq!(root(&window).as_deref(), Some("hero"), "nothing was entered");
}

#[test]
fn refused_name_is_kept() {
    let mut window = Window::open_demo("lantern");
    window.press(NONE, Key::F2);
    window.press(CTRL, Key::A);
    window.type_text("font");
    window.press(NONE, Key::Enter);
    window.wait_until("it is refused", |state| {
        state.renaming.as_ref().is_some_and(|renaming| !renaming.findings.is_empty() && !renaming.is_applying)
    });
    assert!(window.shows("name"), "{}", window.outline());
    window.press(NONE, Key::Escape);
    assert!(window.shows("the name and folder of characters/hero"), "{}", window.outline());
    window.press(NONE, Key::Enter);
    window.press(CTRL, Key::A);
    window.type_text("player");
    window.press(NONE, Key::Enter);
    window.wait_until("it is renamed", |state| state.renaming.is_none());
    window.wait_until_shown("player, ready");
}

#[test]
fn each_bank_keeps_its_draft() {
    let mut window = Window::open_demo("lantern");
    for row in ["hero, ready", "terrain, ready"] {
        window.click(row);
        window.press(CTRL, Key::T);
        window.click_role(Role::CheckBox, "Leave out empty cells");
    }
    window.click("hero, ready");
    assert_eq!(window.state().view_kind(), ViewKind::Cut);
    let shown = window.state().shown_cut().unwrap();
    assert!(shown.images[0].cut.skip_blank, "it is kept while another bank is edited");
    assert_eq!(window.state().unapplied(), ["the cut of `characters/hero`", "the cut of `world/terrain`"]);
}

#[test]
fn closing_asks_before_drafts_are_lost() {
    let mut window = Window::open_demo("lantern");
    assert!(window.closes(), "nothing is entered");
    let mut window = Window::open_demo("lantern");
    window.press(CTRL, Key::T);
    window.click_role(Role::CheckBox, "Leave out empty cells");
    assert!(!window.closes());
    window.wait_until_shown("What you entered would be lost: the cut of characters/hero.");
    window.click("Keep editing");
    let other = demo("snuffed");
    window.drop_files(&[&other]);
    assert_eq!(focused(&window), "Keep editing");
    window.press(NONE, Key::Escape);
    window.press(CTRL, Key::W);
    assert_eq!(focused(&window), "Keep editing");
    window.press(NONE, Key::Escape);
    assert!(window.state().cut_drafts.len() == 1 && window.state().opened.is_some());
    window.press(CTRL, Key::Q);
    window.click("Close the window without it");
    assert!(window.closes());
}
