//! The list of problems.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::diagnostics::Severity;
use workbench::state::{PreviewState, ViewKind};

use crate::project_edits;
use crate::window::Window;

/// The severities of the listed problems.
fn listed(window: &Window) -> Vec<Severity> {
    window.state().problem_rows.iter().map(|at| window.state().problems[*at].severity).collect()
}

#[test]
fn a_pixel_problem_leads_to_its_pixel() {
    let mut window = Window::open_demo("snuffed");
    let is_near = |at: &usize| window.state().problems[*at].code.as_str() == "color-near-miss";
    let row = window.state().problem_rows.iter().position(is_near).unwrap();
    for _ in 0..=row {
        window.press(Modifiers::NONE, Key::F8);
    }
    assert_eq!(window.state().selected_root.as_deref(), Some("tiles/color-near-miss"));
    assert!(window.state().view.tile.is_some() && window.state().view.pixel.is_some());
    assert!(matches!(window.state().preview, PreviewState::Ready(_)), "a broken bank shows what can be shown");
    assert!(window.shows("selected"));
    window.press(Modifiers::SHIFT, Key::F8);
    assert_eq!(window.state().selected_problem_row(), Some(row - 1));
}

#[test]
fn a_fixed_note_disappears() {
    let mut window = Window::open_demo("lantern");
    assert!(window.shows("Problems (2)"), "two notes");
    std::fs::remove_dir_all(window.root().join("assets/drafts/sketch")).unwrap();
    window.wait_until("the note is gone", |state| state.problems.len() == 1);
}

#[test]
fn errors_come_before_notes() {
    // The drafts before the broken asset have notes.
    let mut window = Window::open_edited_demo("lantern", |root| {
        project_edits::truncate_file(&root.join("assets/world/terrain/asset.json"));
    });
    assert!(listed(&window).is_sorted() && listed(&window).contains(&Severity::Note), "{:?}", listed(&window));
    assert!(window.list_items().iter().any(|item| item.starts_with("error json-syntax")), "{}", window.outline());
    window.press(Modifiers::NONE, Key::F8);
    let selected = window.state().selected_problem.unwrap();
    assert!(window.state().problems[selected].is_error(), "F8 goes to the error first");
}

#[test]
fn problems_are_filtered_by_severity() {
    let mut window = Window::open_edited_demo("lantern", |root| project_edits::paint_odd_pixel(root, 5, 6));
    window.click_role(Role::Button, "2 notes");
    assert_eq!(listed(&window), [Severity::Note; 2]);
    // Going to an error that is not listed lists everything.
    let error = window.state().problems.iter().position(|finding| finding.is_error()).unwrap();
    window.click("lamps, broken, 1 error");
    window.click("Show");
    assert_eq!(window.state().selected_problem, Some(error));
    assert_eq!(listed(&window).len(), 3);
    window.click_role(Role::Button, "Selected asset");
    assert_eq!(listed(&window), [Severity::Error]);
    window.click("hero, ready");
    assert!(window.shows("None of the problems is like that."), "{}", window.outline());
}

#[test]
fn many_presses_in_a_frame_count() {
    let mut window = Window::open_demo("snuffed");
    window.press_in_one_frame(Modifiers::NONE, Key::F8, 7);
    assert_eq!(window.state().selected_problem_row(), Some(6));
    window.press_in_one_frame(Modifiers::SHIFT, Key::F8, 3);
    assert_eq!(window.state().selected_problem_row(), Some(3));
}

#[test]
fn the_selected_problem_is_in_sight() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        // One problem per image, each long enough that they do not fit together.
        for (n, file) in (0u8..).zip(["lampkin.png", "wisp.png", "moth.png", "snuffer.png"]) {
            let path = root.join("assets/characters/lamps").join(file);
            let mut image = image::open(&path).unwrap().into_rgba8();
            image.put_pixel(5, 6, image::Rgba([0x12, 0xFE, 0x34 + 8 * n, 0xFF]));
            image.save(&path).unwrap();
        }
    });
    window.resize(egui::vec2(1280.0, 640.0));
    for file in ["lampkin.png", "moth.png", "snuffer.png", "wisp.png"] {
        window.press(Modifiers::NONE, Key::F8);
        let panel = window.place_of_role(Role::Group, "Details");
        let card = window.place_of_role(Role::Group, &format!("error color-stray: {file}"));
        assert!(panel.expand(1.0).contains_rect(card), "{file}: {card:?} is not in {panel:?}");
    }
}

#[test]
fn wrong_pixels_are_shown_and_visited() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        for (x, y) in [(1, 1), (2, 1), (20, 3), (50, 12)] {
            project_edits::paint_odd_pixel(root, x, y);
        }
    });
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().view_kind(), ViewKind::Console);
    let glyph = window.state().glyph_bank().unwrap();
    let cause = window.state().selected_cause().unwrap();
    let wrong: Vec<(u32, u32, u32)> = glyph
        .failed
        .iter()
        .flat_map(|tile| tile.wrong.iter().filter(|(_, of)| *of == cause).map(|(at, _)| (tile.id, at.x, at.y)))
        .collect();
    assert_eq!(wrong, [(0, 1, 1), (0, 2, 1), (1, 4, 3), (3, 2, 12)], "all pixels, wherever they are");
    let odd = 4 * (16 + 2);
    assert_eq!(glyph.failed_tile(0).unwrap().rgba[odd..odd + 4], project_edits::ODD, "as its author drew it");
    let mut visited = vec![window.state().view.tile];
    for _ in 0..3 {
        window.press(Modifiers::NONE, Key::F7);
        visited.push(window.state().view.tile);
    }
    assert_eq!(visited, [0, 1, 3, 0].map(Some));
    window.press(Modifiers::SHIFT, Key::F7);
    assert_eq!(window.state().view.image_pixel, Some(packer_services::diagnostics::Pixel { x: 50, y: 12 }));
    assert!(window.shows("tile 3 of 3"), "{}", window.outline());
    assert!(window.state().thumbnails["characters/lamps"].image.is_some());
}

#[test]
fn a_fixed_problem_leaves_no_mark() {
    let mut window = Window::open_edited_demo("lantern", |root| project_edits::paint_odd_pixel(root, 5, 6));
    window.press(Modifiers::NONE, Key::F8);
    assert!(window.state().view.pixel.is_some() && window.state().view.image_pixel.is_some());
    std::fs::copy(crate::window::demo("lantern").join(project_edits::LAMPKIN), window.file(project_edits::LAMPKIN))
        .unwrap();
    window.wait_until("the error is gone", |state| state.problems.iter().all(|finding| !finding.is_error()));
    window.wait_until_idle();
    let view = &window.state().view;
    assert_eq!((view.pixel, view.image_pixel, window.state().selected_problem), (None, None, None));
}

#[test]
fn a_broken_file_stays_in_its_bank() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        project_edits::truncate_file(&root.join("assets/characters/lamps/wisp.png"));
        std::fs::remove_file(root.join("assets/characters/lamps/moth.png")).unwrap();
    });
    window.click("lamps, broken, 2 errors");
    let files = ["lampkin.png", "wisp.png", "moth.png", "snuffer.png"];
    assert_eq!(window.state().source_files(), files, "in the order of their ids");
    assert_eq!(files.map(|file| window.state().is_broken_file(file)), [false, true, true, false]);
    window.resize(egui::vec2(1280.0, 1400.0));
    window.click_role(Role::Link, "wisp.png");
    assert_eq!(window.state().source_file().as_deref(), Some("wisp.png"));
    assert!(window.shows("the PNG ends early"), "{}", window.outline());
}
