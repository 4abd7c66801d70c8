//! What a screen reader gets from every panel in every state, as text.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{Packing, PreviewState, Settings};

use crate::golden::assert_golden_text;
use crate::project_edits;
use crate::worker_control::WorkerControl;
use support::copy_folder as copy;

use crate::window::{Window, demo};

fn start(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Main, "Start"));
}

fn toolbar(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Toolbar, "Project"));
}

fn navigator(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Group, "Assets"));
}

fn view(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Main, "Preview"));
}

fn details(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Group, "Details"));
}

fn bottom(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Group, "Problems and results"));
}

fn status(window: &Window, name: &str) {
    assert_golden_text(name, &window.outline_of(Role::Status, "Status"));
}

#[test]
fn start_page_outline() {
    start(&Window::start_page(), "start");
    let recent = |root: &std::path::Path| Settings { recent: vec![root.to_owned()], ..Settings::default() };
    start(&Window::start_page_with(recent), "start_recent");
    let mut window = Window::start_page();
    let nowhere = window.file("nowhere").display().to_string();
    window.type_into("Path of a project or pack", &nowhere);
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is refused", |state| state.refused.is_some());
    window.wait_until_idle();
    start(&window, "start_refused");
}

#[test]
fn asset_list_outline() {
    let mut window = Window::open_demo("lantern");
    navigator(&window, "navigator");
    toolbar(&window, "toolbar");
    window.click("Sounds");
    navigator(&window, "navigator_filtered");
    window.type_into("Search assets", "terrain");
    navigator(&window, "navigator_no_match");
}

#[test]
fn loading_list_outline() {
    let control = WorkerControl::default();
    control.hold("listing the assets");
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the listing has started", |_| control.started("listing the assets") > 0);
    navigator(&window, "navigator_loading");
    view(&window, "view_loading");
    bottom(&window, "bottom_loading");
    control.release("listing the assets");
    window.wait_until("there is a list", |state| state.contents().is_some());
}

#[test]
fn empty_project_outline() {
    let window = Window::open_edited_demo("lantern", project_edits::remove_assets);
    navigator(&window, "navigator_empty");
    view(&window, "view_empty");
    details(&window, "details_empty");
    bottom(&window, "bottom_no_problems");
}

#[test]
fn tile_bank_outline_in_every_view() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    view(&window, "view_console");
    details(&window, "details_glyph");
    for (key, name) in [
        (Key::Num2, "compare"),
        (Key::Num3, "tile"),
        (Key::Num4, "palettes"),
        (Key::Num5, "asset_json"),
        (Key::T, "cut"),
    ] {
        window.press(Modifiers::COMMAND, key);
        view(&window, &format!("view_{name}"));
    }
}

#[test]
fn sound_bank_outline() {
    let mut window = Window::open_demo("lantern");
    window.click("ambience, ready");
    view(&window, "view_sounds");
    details(&window, "details_sound");
    window.press(Modifiers::COMMAND, Key::Num2);
    view(&window, "view_sound_compare");
}

#[test]
fn broken_project_outline() {
    let mut window = Window::open_edited_demo("lantern", |root| {
        project_edits::paint_odd_pixel(root, 5, 6);
        project_edits::truncate_file(&root.join("assets/characters/hero/asset.json"));
    });
    navigator(&window, "navigator_broken");
    bottom(&window, "bottom_problems");
    window.click("characters/hero, broken, 1 error");
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(matches!(window.state().preview, PreviewState::Failed(_)));
    view(&window, "view_failed");
    window.click("lamps, broken, 1 error");
    window.press(Modifiers::NONE, Key::F8);
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    view(&window, "view_broken");
    details(&window, "details_broken");
    window.press(Modifiers::COMMAND, Key::Num2);
    view(&window, "view_broken_compare");
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is blocked", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    bottom(&window, "pack_blocked");
    toolbar(&window, "toolbar_broken");
}

#[test]
fn unregistered_asset_outline() {
    let mut window = Window::open_demo("lantern");
    window.click("sketch, not added");
    view(&window, "view_unregistered");
    details(&window, "details_unregistered");
}

#[test]
fn pack_outline_from_start_to_end() {
    let control = WorkerControl::default();
    control.hold("packing");
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    window.click("Pack result");
    bottom(&window, "pack_never");
    status(&window, "status");
    window.press_only(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |_| control.started("packing") > 0);
    bottom(&window, "pack_running");
    toolbar(&window, "toolbar_packing");
    control.release("packing");
    window.wait_until("it is done", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    bottom(&window, "pack_done");
    status(&window, "status_packed");
    window.click("Activity");
    bottom(&window, "bottom_activity");
}

#[test]
fn opened_pack_outline() {
    let mut window = Window::open_created(|root| {
        copy(&demo("lantern").join("assets"), &root.join("assets"));
        project_edits::pack_project(root)
    });
    toolbar(&window, "toolbar_of_a_pack");
    navigator(&window, "navigator_of_a_pack");
    details(&window, "details_of_a_pack");
    bottom(&window, "bottom_of_a_pack");
    status(&window, "status_of_a_pack");
    window.press(Modifiers::COMMAND, Key::Num5);
    view(&window, "view_pack_entry");
}

#[test]
fn vanished_project_outline() {
    let mut window = Window::open_demo("lantern");
    std::fs::rename(window.root(), window.root().with_extension("away")).unwrap();
    window.wait_until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    window.wait_until_idle();
    status(&window, "status_gone");
}

#[test]
fn commands_outline() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("palette");
    assert_golden_text("commands", &window.outline_of(Role::Dialog, "All commands"));
    window.press(Modifiers::NONE, Key::Escape);
    window.click("Menu");
    assert_golden_text("menu", &window.outline_of(Role::Menu, "Menu"));
    window.click_role(Role::MenuItem, "Project");
    assert_golden_text("menu_project", &window.outline_of(Role::Menu, "Project"));
}
