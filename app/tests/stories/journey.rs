//! From the start page to the pack, with the keyboard alone: nothing here points, and nothing asks a screen reader to act.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use sha2::{Digest, Sha256};
use workbench::state::{BottomTab, Lens, Packing, Panel, Shown};

use crate::slips;
use support::copy_folder as copy;

use crate::window::{Window, demo};

const NONE: Modifiers = Modifiers::NONE;

/// Presses Tab until this has the keyboard.
fn tab_to(window: &mut Window, role: Role, name: &str) {
    for _ in 0..60 {
        if window.focused().is_some_and(|(of, is)| of == role && is == name) {
            return;
        }
        window.press(NONE, Key::Tab);
    }
    assert_eq!(window.focused(), Some((role, name.to_owned())), "Tab comes to it");
}

/// Opens a copy of the demo with an odd pixel, by its path.
fn opened() -> Window {
    let mut window = Window::empty();
    copy(&demo("lantern").join("assets"), &window.file("assets"));
    slips::odd_pixel(window.root(), 5, 6);
    tab_to(&mut window, Role::TextInput, "Path of a project or pack");
    window.type_text(&window.root().display().to_string());
    window.press(NONE, Key::Enter);
    window.until("it is listed", |state| state.contents().is_some());
    window.settle();
    window
}

#[test]
fn from_the_start_page_to_the_pack_by_keys_alone() {
    let mut window = opened();
    assert_eq!(window.state().settings.recent, [window.root()]);

    window.press(NONE, Key::F8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    let view = &window.state().view;
    let pixel = view.pixel.map(|pixel| (pixel.x, pixel.y));
    assert_eq!((view.tile, pixel), (Some(0), Some((5, 6))));
    let sheet = window.names_of(Role::Canvas).join("; ");
    assert!(sheet.contains("selected: tile 0") && sheet.contains("#12fe34 is in none of the 2 palettes"), "{sheet}");
    assert!(sheet.ends_with("pixel (5, 6)"), "{sheet}");
    assert!(window.list_items().iter().any(|item| item.starts_with("error color-stray: characters/lamps: #12fe34")));

    window.press(Modifiers::COMMAND, Key::Num2);
    assert_eq!(window.state().lens(), Lens::Source);
    assert!(window.shows("(5, 6) #12fe34 becomes tile 0, which could not be made"), "{}", window.outline());

    std::fs::copy(demo("lantern").join(slips::LAMPKIN), window.file(slips::LAMPKIN)).unwrap();
    window.until("it recovers", |state| state.problems.iter().all(|finding| !finding.is_error()));
    window.settle();
    assert!(matches!(window.state().preview, Shown::Ready(_)));
    assert_eq!(window.state().lens(), Lens::Source, "who compares goes on comparing");
    assert!(window.list_items().iter().any(|item| item == "lamps, ready"));

    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    let pack = std::fs::read(window.file("build/assets.pa")).unwrap();
    let hash: String = Sha256::digest(pack).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(window.shows(&hash) && window.shows("Packed 6 assets"), "{}", window.outline());

    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("CI");
    window.press(NONE, Key::Enter);
    let command = format!("prometeu-packer pack {}", window.root().display());
    assert_eq!(window.copied().as_deref(), Some(command.as_str()));
    assert_eq!(window.state().palette, None);
}

#[test]
fn f6_goes_through_all_panels_and_back_and_says_where_it_is() {
    let mut window = opened();
    window.press(NONE, Key::F8);
    let mut there = Vec::new();
    for _ in 0..4 {
        window.press(NONE, Key::F6);
        there.push((window.state().panel, window.focused().map(|(role, _)| role)));
    }
    let expected = [
        (Panel::Stage, Some(Role::Canvas)),
        (Panel::Details, Some(Role::Group)),
        (Panel::Bottom, Some(Role::ListItem)),
        (Panel::Navigator, Some(Role::ListItem)),
    ];
    assert_eq!(there, expected);
    assert_eq!(window.focused().unwrap().1, "lamps, broken, 1 error", "the selected row is meant");
    let mut back = Vec::new();
    for _ in 0..4 {
        window.press(Modifiers::SHIFT, Key::F6);
        back.push(window.state().panel);
    }
    assert_eq!(back, [Panel::Bottom, Panel::Details, Panel::Stage, Panel::Navigator]);
}

#[test]
fn arrows_and_enter_walk_in_the_panel_that_has_the_keyboard() {
    let mut window = opened();
    let selected = |window: &Window| window.state().selected_root.clone().unwrap();
    assert_eq!(selected(&window), "characters/hero");
    window.press(NONE, Key::ArrowDown);
    assert_eq!(selected(&window), "characters/lamps");
    window.press(NONE, Key::End);
    assert_eq!(selected(&window), "drafts/sketch");
    window.press(NONE, Key::ArrowDown);
    assert_eq!(selected(&window), "drafts/sketch", "the end stays");
    window.press(NONE, Key::Home);
    assert_eq!(selected(&window), "characters/hero");
    window.press(NONE, Key::PageDown);
    assert_eq!(selected(&window), "drafts/sketch");
    window.press(NONE, Key::PageUp);

    window.press(NONE, Key::Enter);
    assert_eq!((window.state().panel, selected(&window).as_str()), (Panel::Stage, "characters/hero"));
    assert_eq!(window.focused().unwrap().0, Role::Canvas);
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown] {
        window.press(NONE, key);
    }
    assert_eq!(window.state().view.tile, Some(9), "the first step shows where one is; tiles are 8 in a row");
    assert_eq!(selected(&window), "characters/hero", "arrows on the stage leave the list alone");
    assert!(window.focused().unwrap().1.contains("selected: tile 9"));

    window.press(NONE, Key::F6);
    window.press(NONE, Key::F6);
    assert_eq!(window.state().panel, Panel::Bottom);
    window.press(NONE, Key::ArrowDown);
    assert_eq!(window.state().problem, Some(0));
    window.press(NONE, Key::ArrowDown);
    assert_eq!((window.state().problem, selected(&window).as_str()), (Some(1), "drafts/title"));
    assert!(window.focused().unwrap().1.starts_with("note colors-undeclared"));
    window.press(NONE, Key::ArrowUp);
    window.press(NONE, Key::Enter);
    assert_eq!((window.state().panel, selected(&window).as_str()), (Panel::Stage, "characters/lamps"));
    assert_eq!(window.focused().unwrap().0, Role::Canvas);
}

#[test]
fn what_stands_in_the_details_is_reached_by_tab() {
    let mut window = opened();
    window.press(NONE, Key::F8);
    window.press(NONE, Key::F6);
    window.press(NONE, Key::F6);
    assert_eq!(window.focused(), Some((Role::Group, "Details".to_owned())));
    window.press(NONE, Key::Tab);
    assert_eq!(window.focused(), Some((Role::Button, "Show the place".to_owned())), "{}", window.outline());
    window.press(NONE, Key::Space);
    assert_eq!(window.state().problem, Some(0));
    tab_to(&mut window, Role::Link, "lampkin.png");
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().lens(), Lens::Source);
}

#[test]
fn escape_leaves_what_is_open_and_gives_the_keyboard_back() {
    let mut window = opened();
    window.press(NONE, Key::F6);
    window.press(NONE, Key::ArrowRight);
    assert_eq!(window.state().view.tile, Some(0));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("grid");
    window.press(NONE, Key::Escape);
    assert_eq!(window.state().palette, None);
    assert_eq!(window.focused().map(|(role, _)| role), Some(Role::Canvas), "and a reader is told so");
    window.press(NONE, Key::ArrowRight);
    assert_eq!(window.state().view.tile, Some(1), "arrows go where they went before");

    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("search");
    window.press(NONE, Key::Enter);
    assert_eq!(window.focused().map(|(role, _)| role), Some(Role::SearchInput), "what was chosen there gets it");
    window.type_text("terr");
    window.press(NONE, Key::ArrowDown);
    assert_eq!(window.state().selected_root.as_deref(), Some("world/terrain"), "arrows walk in what was found");
    window.press(NONE, Key::Escape);
    assert_ne!(window.focused().map(|(role, _)| role), Some(Role::SearchInput));
    window.press(Modifiers::COMMAND, Key::F);
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().panel, Panel::Stage, "Enter opens what was found");
}

#[test]
fn every_tab_of_the_lower_panel_is_reached_by_tab() {
    let mut window = opened();
    for _ in 0..3 {
        window.press(NONE, Key::F6);
    }
    tab_to(&mut window, Role::Tab, "Activity");
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().bottom_tab, BottomTab::Activity);
}
