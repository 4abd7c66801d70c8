//! The asset list: thumbnails, filters, and changes since the last pack.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::declaration::Family;
use packer_services::preview::Thumbnail;
use support::{TestProject, large_projects};
use workbench::state::{AssetFilter, Packing, State};

use crate::project_edits;
use crate::window::Window;
use crate::worker_control::WorkerControl;

fn thumbnail(window: &Window, root: &str) -> Option<Arc<Thumbnail>> {
    window.state().thumbnails.get(root)?.image.clone()
}

/// The names of the listed assets, without their status.
fn listed(window: &Window) -> Vec<String> {
    let names = window.items_of("asset");
    names.iter().map(|item| item.split(',').next().unwrap().to_owned()).collect()
}

#[test]
fn only_visible_rows_get_thumbnails() {
    let control = WorkerControl::default();
    control.hold("listing the assets");
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.resize(egui::vec2(1280.0, 610.0));
    control.release("listing the assets");
    window.wait_until("there are thumbnails", |state| state.thumbnails.contains_key("characters/hero"));
    window.wait_until_idle();
    assert!(thumbnail(&window, "characters/hero").is_some());
    assert!(!window.state().thumbnails.contains_key("world/terrain"), "{:?}", window.state().thumbnails.keys());
    window.press(Modifiers::NONE, Key::End);
    window.wait_until("the thumbnails arrive", |state| state.thumbnails.contains_key("world/terrain"));
}

#[test]
fn thumbnails_follow_file_changes() {
    let mut window = Window::open_demo("lantern");
    window.wait_until("there are thumbnails", |state| state.thumbnails.contains_key("world/terrain"));
    window.wait_until_idle();
    let (lamps, hero) =
        (thumbnail(&window, "characters/lamps").unwrap(), thumbnail(&window, "characters/hero").unwrap());
    let path = window.file(project_edits::LAMPKIN);
    let mut image = image::open(&path).unwrap().into_rgba8();
    let color = *image.pixels().find(|pixel| pixel.0[3] == 0xFF).unwrap();
    image.pixels_mut().for_each(|pixel| *pixel = color);
    image.save(&path).unwrap();
    window.wait_until("there is a new thumbnail", |state| {
        let thumb = &state.thumbnails["characters/lamps"];
        !thumb.is_stale && thumb.image.as_ref().is_some_and(|image| **image != *lamps)
    });
    window.wait_until_idle();
    assert_eq!(*thumbnail(&window, "characters/hero").unwrap(), *hero);
    assert!(window.state().thumbnails.values().all(|thumb| !thumb.is_stale), "none is stale");
}

#[test]
fn filters_combine_type_status_problems_and_text() {
    let mut window = Window::open_edited_demo("lantern", |root| project_edits::paint_odd_pixel(root, 5, 6));
    window.click_role(Role::Button, "Sounds");
    assert_eq!(listed(&window), ["effects", "ambience"]);
    window.click_role(Role::Button, "Tiles");
    assert!(listed(&window).contains(&"terrain".to_owned()) && !listed(&window).contains(&"effects".to_owned()));
    window.click_role(Role::Button, "All 8");
    window.click_role(Role::Button, "To fix 1");
    assert_eq!(listed(&window), ["lamps"]);
    window.click_role(Role::Button, "To fix 1");
    for (status, name) in [("Left out", "title"), ("Not added", "sketch")] {
        window.click_role(Role::ComboBox, "Asset status");
        window.click_role(Role::Button, status);
        assert_eq!(listed(&window), [name], "{}", window.outline());
        assert_eq!(window.value_of("Asset status"), status);
    }
    window.type_into("Search assets", "nothing like that");
    assert!(listed(&window).is_empty());
    window.click("Show all");
    assert_eq!(window.state().filter, AssetFilter::default());
    assert_eq!(listed(&window).len(), 8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"), "filters keep the selection");
}

#[test]
fn assets_changed_since_the_pack_are_marked() {
    let mut window = Window::open_edited_demo("lantern", project_edits::remove_drafts);
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    let changed =
        |window: &Window| window.list_items().into_iter().filter(|item| item.contains("changed since")).count();
    assert_eq!(changed(&window), 0, "{:?}", window.list_items());
    let path = window.file(project_edits::LAMPKIN);
    let mut image = image::open(&path).unwrap().into_rgba8();
    let color = *image.pixels().find(|pixel| pixel.0[3] == 0xFF).unwrap();
    image.put_pixel(0, 0, color);
    image.save(&path).unwrap();
    let is_changed = |state: &workbench::state::State| state.assets().iter().any(workbench::state::is_changed);
    window.wait_until("the change is noticed", is_changed);
    window.wait_until_idle();
    assert!(window.list_items().contains(&"lamps, ready, changed since last pack".to_owned()));
    window.click_role(Role::ComboBox, "Asset status");
    window.click_role(Role::Button, "Changed since last pack");
    assert_eq!(listed(&window), ["lamps"]);
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| !is_changed(state));
    window.wait_until_idle();
    assert!(
        window.shows("1 changed:") && window.names_of(Role::Link).contains(&"lamps".to_owned()),
        "{}",
        window.outline()
    );
    assert!(window.shows("No assets match."));
}

#[test]
fn search_finds_files_types_and_colors() {
    let mut window = Window::open_demo("lantern");
    for (text, expected) in [
        ("WISP.png", vec!["lamps"]),
        ("jump.wav", vec!["effects"]),
        ("sound bank", vec!["effects", "ambience"]),
        ("characters #e77563", vec!["lamps"]),
    ] {
        window.type_into("Search assets", text);
        assert_eq!(listed(&window), expected, "{text}: {}", window.outline());
        window.press(Modifiers::NONE, Key::Escape);
        assert_eq!(window.state().filter, AssetFilter::default(), "Escape clears it");
    }
    window.type_into("Search assets", "lamps");
    window.click("Clear the search");
    assert_eq!(window.state().filter, AssetFilter::default());
}

#[test]
fn all_clears_every_filter() {
    let mut window = Window::open_edited_demo("lantern", |root| project_edits::paint_odd_pixel(root, 5, 6));
    window.click_role(Role::Button, "To fix 1");
    window.click_role(Role::ComboBox, "Asset status");
    window.click_role(Role::Button, "In the build");
    assert_eq!(listed(&window), ["lamps"]);
    window.click_role(Role::Button, "All 8");
    assert_eq!(window.state().filter, AssetFilter::default());
    window.click_role(Role::ComboBox, "Asset status");
    window.click_role(Role::Button, "Changed since last pack");
    assert!(window.shows("No pack is known, so there is nothing to compare with."), "{}", window.outline());
}

#[test]
fn unused_images_are_noted() {
    let mut window = Window::open_demo("lantern");
    let lamps = window.file("assets/characters/lamps");
    let notes = |state: &State| -> Vec<String> {
        let unused = state.problems.iter().filter(|finding| finding.code.as_str() == "unused-file");
        unused.filter_map(|finding| finding.file.clone()).collect()
    };
    assert!(notes(window.state()).is_empty());
    std::fs::write(lamps.join("notes.txt"), "warmer light").unwrap();
    std::fs::copy(lamps.join("wisp.png"), lamps.join("wisp_2.png")).unwrap();
    window.wait_until("it is noted", |state| !notes(state).is_empty());
    window.wait_until_idle();
    assert_eq!(notes(window.state()), ["assets/characters/lamps/wisp_2.png"], "a text is not art");
    std::fs::remove_file(lamps.join("wisp_2.png")).unwrap();
    window.wait_until("the note is gone", |state| notes(state).is_empty());
}

#[test]
fn unregistered_assets_are_shown() {
    let mut window = Window::open_demo("lantern");
    let sketch = window.state().assets().iter().find(|asset| asset.root == "drafts/sketch").unwrap();
    assert_eq!((sketch.asset_id, sketch.family), (None, Some(Family::GlyphBank)));
    window.click("sketch, not added");
    assert!(window.state().glyph_bank().is_some(), "{}", window.outline());
    window.wait_until("it has a thumbnail", |state| {
        state.thumbnails.get("drafts/sketch").is_some_and(|thumbnail| thumbnail.image.is_some())
    });
    assert!(window.shows("Register it with “Add to the project”."), "{}", window.outline());
}

#[test]
fn budgets_are_shown_despite_errors() {
    let mut window = Window::open_edited_demo("lantern", project_edits::remove_drafts);
    let slots = |window: &Window| -> Vec<(u64, usize)> {
        let budgets = window.state().contents().unwrap().budgets.as_ref().unwrap();
        budgets.banks.iter().map(|bank| (bank.bytes, bank.slots_used)).collect()
    };
    let before = slots(&window);
    assert!(!window.state().contents().unwrap().are_budgets_partial);
    project_edits::paint_odd_pixel(window.root(), 5, 6);
    window.wait_until("there is an error", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    assert!(window.state().contents().unwrap().are_budgets_partial);
    assert_eq!(slots(&window), before, "the error changes neither the slots nor the size of a bank");
    assert!(window.shows("Tile bank slots"), "{}", window.outline());
}

/// A window on a project of many assets, scrolled to the middle of the list.
fn open_long_list() -> (TestProject, Window) {
    let project = large_projects::create(400);
    let mut window = Window::open_project(project.root());
    window.scroll(&format!("{}, ready", large_projects::asset_name(0)), 6000.0);
    assert!(!listed(&window).contains(&large_projects::asset_name(0)));
    (project, window)
}

#[test]
fn a_save_does_not_scroll_the_list() {
    let (project, mut window) = open_long_list();
    let before = window.list_items();
    // The selected asset and one in sight, which is now broken.
    let visible = listed(&window)[3].clone();
    let broken = window.state().assets().iter().find(|asset| asset.name.as_ref() == Some(&visible)).unwrap();
    let root = broken.root.clone();
    for path in [format!("{root}/asset.json"), format!("{}/asset.json", large_projects::asset_root(0))] {
        let path = format!("assets/{path}");
        project.write(&path, project.read_text(&path).replace("\"index\": 0", "\"index\": 1"));
    }
    let is_broken = |state: &State| state.assets().iter().any(|asset| asset.root == root && asset.errors > 0);
    window.wait_until("it is broken", is_broken);
    window.wait_until_idle();
    let names = |items: &[String]| -> Vec<String> {
        items.iter().filter_map(|item| Some(item.split_once(',')?.0.to_owned())).collect()
    };
    let after = window.list_items();
    let shown =
        |items: &[String]| names(items).into_iter().filter(|name| name.starts_with("thing_")).collect::<Vec<_>>();
    assert_eq!(shown(&after), shown(&before));
}

#[test]
fn a_new_asset_keeps_rows_in_sight() {
    let (mut project, mut window) = open_long_list();
    let before = listed(&window);
    let count = window.state().assets().len();
    project.add_glyph("area_000/added");
    window.wait_until("it is listed", |state| state.assets().len() == count + 1);
    window.wait_until_idle();
    assert_eq!(listed(&window), before, "the new row is above");
    std::fs::remove_dir_all(project.at("assets/area_000/added")).unwrap();
    std::fs::write(project.at("assets/.prometeu/index.json"), "{").unwrap();
    window.wait_until("the registry is broken", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    assert_eq!(listed(&window), before, "the last list is kept");
}

#[test]
fn another_filter_shows_its_first_rows() {
    let (_project, mut window) = open_long_list();
    window.scroll(&window.list_items()[0].clone(), 1e6);
    window.click_role(Role::Button, "Sounds");
    let first = large_projects::asset_name(3);
    assert_eq!(listed(&window).first(), Some(&first), "{}", window.outline());
    window.scroll(&window.list_items()[0].clone(), 1e6);
    window.type_into("Search assets", "thing_0003");
    assert_eq!(listed(&window), ["thing_00031", "thing_00035", "thing_00039"]);
    // Without a filter, the selected row is in sight.
    window.click("thing_00035, ready");
    window.click_role(Role::Button, "All 400");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(listed(&window).contains(&"thing_00035".to_owned()));
}
