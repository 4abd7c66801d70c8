//! The list: thumbnails, filters, and what changed since the last pack.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::preview::Thumbnail;
use workbench::state::{Filter, Packing};

use crate::fate::Fate;
use crate::slips;
use crate::window::Window;

fn thumbnail(window: &Window, root: &str) -> Option<Arc<Thumbnail>> {
    window.state().thumbnails.get(root)?.image.clone()
}

/// The names of the listed assets, without what is said of them.
fn listed(window: &Window) -> Vec<String> {
    let names = window.items_of("asset");
    names.iter().map(|item| item.split(',').next().unwrap().to_owned()).collect()
}

#[test]
fn rows_in_sight_get_thumbnails_and_others_when_they_come() {
    let fate = Fate::default();
    fate.hold("looking at the project");
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.resize(egui::vec2(1280.0, 610.0));
    fate.let_go("looking at the project");
    window.until("there are images", |state| state.thumbnails.contains_key("characters/hero"));
    window.settle();
    assert!(thumbnail(&window, "characters/hero").is_some());
    assert!(!window.state().thumbnails.contains_key("world/terrain"), "{:?}", window.state().thumbnails.keys());
    window.press(Modifiers::NONE, Key::End);
    window.until("they come", |state| state.thumbnails.contains_key("world/terrain"));
}

#[test]
fn thumbnails_are_made_anew_after_a_file_changed() {
    let mut window = Window::on("lantern");
    window.until("there are images", |state| state.thumbnails.contains_key("world/terrain"));
    window.settle();
    let (lamps, hero) =
        (thumbnail(&window, "characters/lamps").unwrap(), thumbnail(&window, "characters/hero").unwrap());
    let path = window.file(slips::LAMPKIN);
    let mut image = image::open(&path).unwrap().into_rgba8();
    let color = *image.pixels().find(|pixel| pixel.0[3] == 0xFF).unwrap();
    image.pixels_mut().for_each(|pixel| *pixel = color);
    image.save(&path).unwrap();
    window.until("it is made anew", |state| {
        let thumb = &state.thumbnails["characters/lamps"];
        !thumb.is_stale && thumb.image.as_ref().is_some_and(|image| **image != *lamps)
    });
    window.settle();
    assert_eq!(*thumbnail(&window, "characters/hero").unwrap(), *hero);
    assert!(window.state().thumbnails.values().all(|thumb| !thumb.is_stale), "all are of now");
}

#[test]
fn assets_are_filtered_by_kind_state_problems_and_text() {
    let mut window = Window::prepared("lantern", |root| slips::odd_pixel(root, 5, 6));
    window.click_role(Role::Button, "Sound");
    assert_eq!(listed(&window), ["effects", "ambience"]);
    window.click_role(Role::Button, "Glyph");
    assert!(listed(&window).contains(&"terrain".to_owned()) && !listed(&window).contains(&"effects".to_owned()));
    window.click_role(Role::Button, "All 8");
    window.click_role(Role::Button, "Problems 1");
    assert_eq!(listed(&window), ["lamps"]);
    window.click_role(Role::Button, "Problems 1");
    for (state, names) in [("excluded", "title"), ("not registered", "drafts/sketch")] {
        window.click_role(Role::ComboBox, "State");
        window.click_role(Role::Button, state);
        assert_eq!(listed(&window), [names], "{}", window.outline());
        assert_eq!(window.value_of("State"), state);
    }
    window.type_into("Search assets", "nothing of that kind");
    assert!(listed(&window).is_empty());
    window.click("Show all");
    assert_eq!(window.state().filter, Filter::default());
    assert_eq!(listed(&window).len(), 8);
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"), "filters select nothing");
}

#[test]
fn what_changed_since_the_last_pack_is_marked_and_found() {
    let mut window = Window::prepared("lantern", slips::no_drafts);
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    let changed =
        |window: &Window| window.list_items().into_iter().filter(|item| item.contains("changed since")).count();
    assert_eq!(changed(&window), 0, "{:?}", window.list_items());
    let path = window.file(slips::LAMPKIN);
    let mut image = image::open(&path).unwrap().into_rgba8();
    let color = *image.pixels().find(|pixel| pixel.0[3] == 0xFF).unwrap();
    image.put_pixel(0, 0, color);
    image.save(&path).unwrap();
    let is_changed = |state: &workbench::state::State| state.assets().iter().any(workbench::state::is_changed);
    window.until("it is seen", is_changed);
    window.settle();
    assert!(window.list_items().contains(&"lamps, ready, changed since the last pack".to_owned()));
    window.click_role(Role::ComboBox, "State");
    window.click_role(Role::Button, "changed since the last pack");
    assert_eq!(listed(&window), ["lamps"]);
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| !is_changed(state));
    window.settle();
    assert!(window.shows("1 changed: lamps"), "{}", window.outline());
    assert!(window.shows("No asset matches."));
}
