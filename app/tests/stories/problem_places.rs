//! Selecting a problem goes to its place, for every kind of place.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{Panel, ViewKind};

use crate::project_edits;
use crate::window::Window;

#[test]
fn a_declaration_problem_leads_to_its_line() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        project_edits::replace_text(
            &root.join("assets/characters/hero/asset.json"),
            r#""tile_size": 32"#,
            r#""tile_size": 33"#,
        );
    });
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"));
    assert_eq!(window.state().view_kind(), ViewKind::AssetJson);
    let text = std::fs::read_to_string(window.file("assets/characters/hero/asset.json")).unwrap();
    let line = 1 + text.lines().position(|line| line.contains("tile_size")).unwrap();
    assert_eq!(window.state().view.line, Some(u32::try_from(line).unwrap()));
    let marked = format!("{line} {}", text.lines().nth(line - 1).unwrap());
    assert!(window.texts().contains(&marked), "{marked}: {}", window.outline());
    // F6 moves the focus from the problem's row to the marked line.
    window.press(Modifiers::NONE, Key::F6);
    assert_eq!(window.state().panel, Panel::View);
    assert_eq!(window.focused(), Some((Role::Label, marked)), "{}", window.outline());
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(window.state().view.line, Some(u32::try_from(line).unwrap() + 1), "arrows move the marked line");
}

#[test]
fn a_line_far_below_is_scrolled_to() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        let path = root.join("assets/characters/hero/asset.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen('{', &format!("{{{}", "\n".repeat(300)), 1).replace("32", "33")).unwrap();
    });
    window.press(Modifiers::NONE, Key::F8);
    let line = window.state().view.line.unwrap();
    assert!(line > 300);
    assert!(window.texts().iter().any(|text| text.starts_with(&format!("{line} "))), "{}", window.outline());
}

#[test]
fn a_color_problem_leads_to_its_palette() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        let path = root.join("assets/characters/lamps/asset.json");
        project_edits::replace_text(&path, r##""#e77563""##, r##""#e77563", "#191122""##);
    });
    let problems = &window.state().problems;
    assert_eq!(problems[0].code.as_str(), "colors-merge", "{problems:?}");
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!((window.state().view_kind(), window.state().view.color), (ViewKind::Palettes, Some((0, 12))));
    assert!(window.shows("Same color on the console: 1 #181021 and 12 #191122"), "{}", window.outline());
    assert!(window.shows("Color 12, declared #191122"));
}
