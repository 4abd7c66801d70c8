//! The window by keyboard alone: these tests use no pointer and no accessibility action.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use sha2::{Digest, Sha256};
use workbench::state::{BottomTab, Packing, Panel, PreviewState, ViewKind};

use crate::project_edits;
use support::{binary, copy_folder as copy};
use workbench::panels::command_palette::matching_commands;
use workbench::window_words::in_window_words;

use crate::window::{Window, demo};

const NONE: Modifiers = Modifiers::NONE;

/// Presses Tab until this widget is focused.
fn tab_to(window: &mut Window, role: Role, name: &str) {
    for _ in 0..60 {
        if window.focused().is_some_and(|focused| focused == (role, name.to_owned())) {
            return;
        }
        window.press(NONE, Key::Tab);
    }
    assert_eq!(window.focused(), Some((role, name.to_owned())), "Tab reaches it");
}

/// Types the path of a copy of the demo with an odd pixel.
fn open_by_path() -> Window {
    let mut window = Window::start_page();
    copy(&demo("lantern").join("assets"), &window.file("assets"));
    project_edits::paint_odd_pixel(window.root(), 5, 6);
    tab_to(&mut window, Role::TextInput, "Path of a project or pack");
    window.type_text(&window.root().display().to_string());
    window.press(NONE, Key::Enter);
    window.wait_until("it is listed", |state| state.contents().is_some());
    window.wait_until_idle();
    window
}

#[test]
fn a_project_is_packed_by_keyboard_alone() {
    let mut window = open_by_path();
    assert_eq!(window.state().settings.recent, [window.root()]);

    window.press(NONE, Key::F8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    let view = &window.state().view;
    let pixel = view.pixel.map(|pixel| (pixel.x, pixel.y));
    assert_eq!((view.tile, pixel), (Some(0), Some((5, 6))));
    let sheet = window.names_of(Role::Canvas).join("; ");
    assert!(sheet.contains("selected: tile 0") && sheet.contains("#12fe34 is in none of the 2 palettes"), "{sheet}");
    assert!(sheet.ends_with("pixel (5, 6)"), "{sheet}");
    assert!(window.list_items().iter().any(|item| item.starts_with("error color-stray: characters/lamps: `#12fe34`")));

    window.press(Modifiers::COMMAND, Key::Num2);
    assert_eq!(window.state().view_kind(), ViewKind::Compare);
    assert!(window.shows("(5, 6) #12fe34 is in tile 0, which cannot be converted"), "{}", window.outline());

    std::fs::copy(demo("lantern").join(project_edits::LAMPKIN), window.file(project_edits::LAMPKIN)).unwrap();
    window.wait_until("the errors are gone", |state| state.problems.iter().all(|finding| !finding.is_error()));
    window.wait_until_idle();
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
    assert_eq!(window.state().view_kind(), ViewKind::Compare, "the view is kept");
    assert!(window.list_items().iter().any(|item| item == "lamps, ready"));

    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    let pack = std::fs::read(window.file("build/assets.pa")).unwrap();
    let hash: String = Sha256::digest(pack).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(window.shows(&hash) && window.shows("Packed 6 assets"), "{}", window.outline());

    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("CI");
    window.press(NONE, Key::Enter);
    assert_eq!(window.copied().as_deref(), Some("prometeu-packer pack ."));
    assert_eq!(window.state().command_palette, None);
}

#[test]
fn f6_visits_all_panels() {
    let mut window = open_by_path();
    window.press(NONE, Key::F8);
    let mut visited = Vec::new();
    for _ in 0..4 {
        window.press(NONE, Key::F6);
        visited.push((window.state().panel, window.focused().map(|(role, _)| role)));
    }
    let expected = [
        (Panel::View, Some(Role::Canvas)),
        (Panel::Details, Some(Role::Group)),
        (Panel::Bottom, Some(Role::ListItem)),
        (Panel::Navigator, Some(Role::ListItem)),
    ];
    assert_eq!(visited, expected);
    assert_eq!(window.focused().unwrap().1, "lamps, broken, 1 error", "the selected row is read");
    let mut back = Vec::new();
    for _ in 0..4 {
        window.press(Modifiers::SHIFT, Key::F6);
        back.push(window.state().panel);
    }
    assert_eq!(back, [Panel::Bottom, Panel::Details, Panel::View, Panel::Navigator]);
}

#[test]
fn arrows_and_enter_stay_in_their_panel() {
    let mut window = open_by_path();
    let selected = |window: &Window| window.state().selected_root.clone().unwrap();
    assert_eq!(selected(&window), "characters/hero");
    window.press(NONE, Key::ArrowDown);
    assert_eq!(selected(&window), "characters/lamps");
    window.press(NONE, Key::End);
    assert_eq!(selected(&window), "drafts/sketch");
    window.press(NONE, Key::ArrowDown);
    assert_eq!(selected(&window), "drafts/sketch", "the last row stays selected");
    window.press(NONE, Key::Home);
    assert_eq!(selected(&window), "characters/hero");
    window.press(NONE, Key::PageDown);
    assert_eq!(selected(&window), "drafts/sketch");
    window.press(NONE, Key::PageUp);

    window.press(NONE, Key::Enter);
    assert_eq!((window.state().panel, selected(&window).as_str()), (Panel::View, "characters/hero"));
    assert_eq!(window.focused().unwrap().0, Role::Canvas);
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown] {
        window.press(NONE, key);
    }
    assert_eq!(window.state().view.tile, Some(9), "the first step selects tile 0; a row has 8 tiles");
    assert_eq!(selected(&window), "characters/hero", "arrows in the view do not move in the list");
    assert!(window.focused().unwrap().1.contains("selected: tile 9"));

    window.press(NONE, Key::F6);
    window.press(NONE, Key::F6);
    assert_eq!(window.state().panel, Panel::Bottom);
    window.press(NONE, Key::ArrowDown);
    assert_eq!(window.state().selected_problem, Some(0));
    window.press(NONE, Key::ArrowDown);
    assert_eq!((window.state().selected_problem, selected(&window).as_str()), (Some(1), "drafts/title"));
    assert!(window.focused().unwrap().1.starts_with("note colors-undeclared"));
    window.press(NONE, Key::ArrowUp);
    window.press(NONE, Key::Enter);
    assert_eq!((window.state().panel, selected(&window).as_str()), (Panel::View, "characters/lamps"));
    assert_eq!(window.focused().unwrap().0, Role::Canvas);
}

#[test]
fn tab_reaches_the_details() {
    let mut window = open_by_path();
    window.press(NONE, Key::F8);
    window.press(NONE, Key::F6);
    window.press(NONE, Key::F6);
    assert_eq!(window.focused(), Some((Role::Group, "Details".to_owned())));
    window.press(NONE, Key::Tab);
    assert_eq!(window.focused(), Some((Role::ComboBox, "Preload".to_owned())), "{}", window.outline());
    tab_to(&mut window, Role::Button, "Show");
    window.press(NONE, Key::Space);
    assert_eq!(window.state().selected_problem, Some(0));
    tab_to(&mut window, Role::Link, "lampkin.png");
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().view_kind(), ViewKind::Compare);
}

#[test]
fn escape_returns_the_keyboard() {
    let mut window = open_by_path();
    window.press(NONE, Key::F6);
    window.press(NONE, Key::ArrowRight);
    assert_eq!(window.state().view.tile, Some(0));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("grid");
    window.press(NONE, Key::Escape);
    assert_eq!(window.state().command_palette, None);
    assert_eq!(window.focused().map(|(role, _)| role), Some(Role::Canvas), "the view is focused again");
    window.press(NONE, Key::ArrowRight);
    assert_eq!(window.state().view.tile, Some(1), "arrows go to the view again");

    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("search");
    window.press(NONE, Key::Enter);
    assert_eq!(window.focused().map(|(role, _)| role), Some(Role::SearchInput), "the chosen command focuses the field");
    window.type_text("terr");
    window.press(NONE, Key::ArrowDown);
    assert_eq!(window.state().selected_root.as_deref(), Some("world/terrain"), "arrows move in the results");
    window.press(NONE, Key::Escape);
    assert_ne!(window.focused().map(|(role, _)| role), Some(Role::SearchInput));
    window.press(Modifiers::COMMAND, Key::F);
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().panel, Panel::View, "Enter goes to the view");
}

#[test]
fn tab_reaches_every_bottom_tab() {
    let mut window = open_by_path();
    for _ in 0..3 {
        window.press(NONE, Key::F6);
    }
    tab_to(&mut window, Role::Tab, "Activity");
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().bottom_tab, BottomTab::Activity);
}

#[test]
fn all_commands_find_assets() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("terrain");
    assert_eq!(window.items_of("commands"), ["Asset: world/terrain"]);
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().selected_root.as_deref(), Some("world/terrain"));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("no such thing");
    assert!(window.shows("No command or asset matches."));
}

#[test]
fn every_verb_finds_a_command() {
    // These are for programs, and only the binary has them.
    let others = ["constants", "extract"];
    let help = binary::run(["--help"]).stdout;
    let lines = help.lines().skip_while(|line| *line != "Verbs:").skip(1).take_while(|line| !line.is_empty());
    let verbs = lines.filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help");
    let verbs: Vec<&str> = verbs.collect();
    assert!(verbs.len() > 30, "{help}");
    let window = Window::open_demo("lantern");
    for verb in verbs {
        let found = !matching_commands(verb, window.state()).is_empty();
        assert_eq!(found, !others.contains(&verb), "{verb}");
    }
}

#[test]
fn options_of_create_have_words() {
    // The window chooses these by itself, lets the user choose them once the asset is created, or has other words for
    // them at each place.
    let others =
        ["type", "name", "loop", "tag", "layer", "slice", "frames", "exclude", "force", "dry-run", "format", "quiet"];
    let help = binary::run(["help", "create"]).stdout;
    let options = help.lines().filter_map(|line| line.trim_start().strip_prefix("--")?.split([' ', '[']).next());
    let options: Vec<&str> = options.collect();
    assert!(options.len() > 20, "{help}");
    for option in options {
        let text = format!("Pass `--{option} VALUE`.");
        assert_eq!(in_window_words(&text) != text, !others.contains(&option), "{option}");
    }
}

#[test]
fn other_words_find_commands() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("history");
    assert_eq!(window.items_of("commands"), ["Show history"]);
    window.press(NONE, Key::Enter);
    assert_eq!((window.state().bottom_tab, window.state().panel), (BottomTab::History, Panel::Bottom));
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("margin");
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().view_kind(), ViewKind::Cut);
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("slots");
    window.press(NONE, Key::Enter);
    assert_eq!(window.state().view_kind(), ViewKind::Overview);
}

#[test]
fn lost_keyboard_returns_to_its_panel() {
    let mut window = open_by_path();
    tab_to(&mut window, Role::ComboBox, "Preload");
    assert_eq!(window.state().panel, Panel::Details, "the panel follows the keyboard");
    window.press(NONE, Key::F6);
    assert_eq!(window.state().panel, Panel::Bottom, "it goes on from there");
    tab_to(&mut window, Role::SearchInput, "Search assets");
    window.press(NONE, Key::Escape);
    assert_eq!(window.state().panel, Panel::Navigator);
    assert_eq!(window.focused().map(|(role, _)| role), Some(Role::ListItem), "{}", window.outline());
}

#[test]
fn vanished_buttons_return_the_keyboard() {
    let mut window = open_by_path();
    window.press(Modifiers::COMMAND, Key::T);
    tab_to(&mut window, Role::CheckBox, "Only a part of the image");
    window.press(NONE, Key::Space);
    tab_to(&mut window, Role::Button, "Revert");
    window.press(NONE, Key::Space);
    assert!(!window.shows("Width of the part"), "{}", window.outline());
    assert_eq!(window.focused().map(|(_, name)| name).as_deref(), Some("Cut"), "{}", window.outline());
}

#[test]
fn enter_presses_the_focused_button() {
    let mut window = open_by_path();
    window.press(NONE, Key::F2);
    tab_to(&mut window, Role::Button, "Cancel");
    window.press(NONE, Key::Enter);
    assert!(window.state().renaming.is_none());
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.wait_until_checked();
    tab_to(&mut window, Role::Button, "Cancel");
    window.press(NONE, Key::Enter);
    assert!(window.state().asked.is_none());
    assert!(window.state().change_to_undo().is_none(), "nothing was applied");
}

#[test]
fn tab_visits_panels_in_their_order() {
    let mut window = open_by_path();
    window.press(NONE, Key::F8);
    let mut visited = Vec::new();
    tab_to(&mut window, Role::SearchInput, "Search assets");
    for _ in 0..80 {
        window.press(NONE, Key::Tab);
        let panel = window.state().panel;
        if visited.last() != Some(&panel) {
            visited.push(panel);
        }
        if window.focused().is_some_and(|(_, name)| name == "Menu") {
            break;
        }
    }
    assert_eq!(visited, [Panel::Navigator, Panel::View, Panel::Details, Panel::Bottom]);
}
