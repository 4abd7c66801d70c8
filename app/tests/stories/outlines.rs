//! What the window is to somebody who hears it: every panel in every state, as text. Each was read aloud before it was kept.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use workbench::state::{Packing, Settings, Shown};

use crate::fate::Fate;
use crate::golden::judge;
use crate::slips;
use support::copy_folder as copy;

use crate::window::{Window, demo};

fn start(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Main, "Start"));
}

fn toolbar(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Toolbar, "Project"));
}

fn navigator(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Group, "Assets"));
}

fn stage(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Main, "Preview"));
}

fn details(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Group, "Details"));
}

fn lower(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Group, "Problems and results"));
}

fn status(window: &Window, name: &str) {
    judge(name, &window.outline_of(Role::Status, "Status"));
}

#[test]
fn the_start_page_reads_well() {
    start(&Window::empty(), "start");
    let recent = |root: &std::path::Path| Settings { recent: vec![root.to_owned()], ..Settings::default() };
    start(&Window::remembering(recent), "start_recent");
    let mut window = Window::empty();
    let nowhere = window.file("nowhere").display().to_string();
    window.type_into("Path of a project or pack", &nowhere);
    window.press(Modifiers::NONE, Key::Enter);
    window.until("it was refused", |state| state.refused.is_some());
    window.settle();
    start(&window, "start_refused");
}

#[test]
fn the_list_of_assets_reads_well() {
    let mut window = Window::on("lantern");
    navigator(&window, "navigator");
    toolbar(&window, "toolbar");
    window.click("Sound");
    navigator(&window, "navigator_filtered");
    window.type_into("Search assets", "terrain");
    navigator(&window, "navigator_no_match");
}

#[test]
fn the_list_reads_well_before_there_is_one() {
    let fate = Fate::default();
    fate.hold("looking at the project");
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.until("the files are looked at", |_| fate.begun("looking at the project") > 0);
    navigator(&window, "navigator_loading");
    stage(&window, "stage_loading");
    lower(&window, "lower_loading");
    fate.let_go("looking at the project");
    window.until("there is a list", |state| state.contents().is_some());
}

#[test]
fn an_empty_project_reads_well() {
    let window = Window::prepared("lantern", slips::no_assets);
    navigator(&window, "navigator_empty");
    stage(&window, "stage_empty");
    details(&window, "details_empty");
    lower(&window, "lower_well");
}

#[test]
fn a_glyph_bank_reads_well_through_every_lens() {
    let mut window = Window::on("lantern");
    window.click("lamps, ready");
    stage(&window, "stage_console");
    details(&window, "details_glyph");
    for (key, name) in [(Key::Num2, "source"), (Key::Num3, "tile"), (Key::Num4, "palettes"), (Key::Num5, "declaration")]
    {
        window.press(Modifiers::COMMAND, key);
        stage(&window, &format!("stage_{name}"));
    }
}

#[test]
fn a_sound_bank_reads_well() {
    let mut window = Window::on("lantern");
    window.click("ambience, ready");
    stage(&window, "stage_sounds");
    details(&window, "details_sound");
    window.press(Modifiers::COMMAND, Key::Num2);
    stage(&window, "stage_sound_source");
}

#[test]
fn what_is_broken_reads_well() {
    let mut window = Window::prepared("lantern", |root| {
        slips::odd_pixel(root, 5, 6);
        slips::halve(&root.join("assets/characters/hero/asset.json"));
    });
    navigator(&window, "navigator_broken");
    lower(&window, "lower_problems");
    window.click("characters/hero, broken, 1 error");
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(matches!(window.state().preview, Shown::Failed(_)));
    stage(&window, "stage_failed");
    window.click("lamps, broken, 1 error");
    window.press(Modifiers::NONE, Key::F8);
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    stage(&window, "stage_broken");
    details(&window, "details_broken");
    window.press(Modifiers::COMMAND, Key::Num2);
    stage(&window, "stage_broken_source");
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is blocked", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    lower(&window, "pack_blocked");
    toolbar(&window, "toolbar_broken");
}

#[test]
fn what_is_not_registered_reads_well() {
    let mut window = Window::on("lantern");
    window.click("drafts/sketch, not registered");
    stage(&window, "stage_unregistered");
    details(&window, "details_unregistered");
}

#[test]
fn a_pack_reads_well_from_its_start_to_its_end() {
    let fate = Fate::default();
    fate.hold("packing");
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.until("the assets are listed", |state| state.contents().is_some());
    window.settle();
    window.click("Pack result");
    lower(&window, "pack_never");
    status(&window, "status");
    window.press_only(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |_| fate.begun("packing") > 0);
    lower(&window, "pack_running");
    toolbar(&window, "toolbar_packing");
    fate.let_go("packing");
    window.until("it is done", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    lower(&window, "pack_done");
    status(&window, "status_packed");
    window.click("Activity");
    lower(&window, "lower_activity");
}

#[test]
fn an_opened_pack_reads_well() {
    let mut window = Window::opening(|root| {
        copy(&demo("lantern").join("assets"), &root.join("assets"));
        slips::pack(root)
    });
    toolbar(&window, "toolbar_of_a_pack");
    navigator(&window, "navigator_of_a_pack");
    details(&window, "details_of_a_pack");
    lower(&window, "lower_of_a_pack");
    status(&window, "status_of_a_pack");
    window.press(Modifiers::COMMAND, Key::Num5);
    stage(&window, "stage_table_entry");
}

#[test]
fn a_vanished_project_reads_well() {
    let mut window = Window::on("lantern");
    std::fs::rename(window.root(), window.root().with_extension("away")).unwrap();
    window.until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    window.settle();
    status(&window, "status_gone");
}

#[test]
fn the_commands_read_well() {
    let mut window = Window::on("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("palette");
    judge("commands", &window.outline_of(Role::Dialog, "All commands"));
    window.press(Modifiers::NONE, Key::Escape);
    window.click("Menu");
    judge("menu", &window.outline_of(Role::Menu, "Menu"));
    window.click_role(Role::MenuItem, "Project");
    judge("menu_project", &window.outline_of(Role::Menu, "Project"));
}
