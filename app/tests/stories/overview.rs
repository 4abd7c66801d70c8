//! The overview: slots and cards of all assets, and an asset's name, folder and slot.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::declaration::Family;
use packer_services::ops::ListedAsset;
use workbench::state::{OverviewOrder, State, ViewKind, change_name};

use crate::golden::assert_golden_text;
use crate::window::Window;

fn asset<'s>(state: &'s State, root: &str) -> &'s ListedAsset {
    state.contents().unwrap().asset(root).unwrap_or_else(|| panic!("no asset {root}"))
}

fn overview(name: &str) -> Window {
    let mut window = Window::open_demo(name);
    window.press(Modifiers::COMMAND, Key::Num6);
    window.wait_until_idle();
    assert_eq!(window.state().view_kind(), ViewKind::Overview);
    window
}

#[test]
fn cards_and_slots_are_read_aloud() {
    let window = overview("lantern");
    assert_golden_text("overview", &window.outline_of(Role::Main, "Preview"));
}

#[test]
fn asset_is_dragged_to_another_slot() {
    let mut window = overview("lantern");
    let (from, to) = ("Tile bank slot 0: terrain", "Tile bank slot 9: free");
    let [from, free] = [from, to].map(|name| window.place_of_role(Role::Button, name).center());
    window.drag(from, free);
    window.wait_until("it is in the slot", |state| asset(state, "world/terrain").slot == Some(9));
    window.wait_until_idle();
    assert_eq!(window.state().change_to_undo().map(change_name).as_deref(), Some("slot terrain"));
    // Two assets exchange their slots.
    let other = window
        .state()
        .assets()
        .iter()
        .find(|other| other.slot == Some(1) && other.family == Some(Family::GlyphBank))
        .map(|other| other.root.clone());
    let other = other.unwrap();
    let name = window.state().contents().unwrap().asset(&other).unwrap().name.clone().unwrap();
    let one = window.place_of_role(Role::Button, &format!("Tile bank slot 1: {name}")).center();
    let nine = window.place_of_role(Role::Button, "Tile bank slot 9: terrain").center();
    window.drag(nine, one);
    window.wait_until("they have exchanged", |state| asset(state, "world/terrain").slot == Some(1));
    window.wait_until_idle();
    assert_eq!(asset(window.state(), &other).slot, Some(9));
    window.press_in_one_frame(Modifiers::COMMAND, Key::Z, 2);
    window.wait_until("both are undone", |state| asset(state, "world/terrain").slot == Some(0));
}

#[test]
fn cards_are_ordered_and_followed_by_arrows() {
    let mut window = overview("lantern");
    window.click_role(Role::ComboBox, "Order of the assets");
    window.click("Fullest first");
    window.wait_until_idle();
    assert_eq!(window.state().settings.overview_order, OverviewOrder::Fill);
    let share = |asset: &ListedAsset| {
        let fill = asset.fill.filter(|fill| fill.most_ids.is_some());
        fill.map(|fill| f64::from(fill.ids) / f64::from(fill.most_ids.unwrap()))
    };
    let ordered: Vec<_> = window.state().overview_assets().into_iter().cloned().collect();
    assert!(ordered.windows(2).all(|pair| share(&pair[0]) >= share(&pair[1])), "{ordered:?}");
    window.press(Modifiers::NONE, Key::F6);
    while window.state().panel != workbench::state::Panel::View {
        window.press(Modifiers::NONE, Key::F6);
    }
    window.press_in_one_frame(Modifiers::NONE, Key::ArrowLeft, 50);
    assert_eq!(window.state().selected_root.as_ref(), Some(&ordered[0].root));
    window.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(window.state().selected_root.as_ref(), Some(&ordered[1].root));
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().view_kind(), ViewKind::Console);
}

#[test]
fn slot_is_chosen_without_a_mouse() {
    let mut window = Window::open_demo("lantern");
    window.click_role(Role::ComboBox, "Preload");
    window.click("slot 12");
    window.wait_until("it has the slot", |state| asset(state, "characters/hero").slot == Some(12));
    window.wait_until_idle();
    window.click_role(Role::ComboBox, "Preload");
    window.click("no");
    window.wait_until("it has none", |state| asset(state, "characters/hero").slot.is_none());
}

#[test]
fn asset_is_renamed_and_moved() {
    let mut window = Window::open_demo("lantern");
    let before = asset(window.state(), "characters/hero").asset_id;
    window.press(Modifiers::NONE, Key::F2);
    for (field, text) in [("Name", "heroine"), ("Folder in assets/", "people/heroine")] {
        window.type_into(field, "");
        window.press(Modifiers::COMMAND, Key::A);
        window.type_text(text);
    }
    window.click("Apply");
    window.wait_until("it is moved", |state| {
        let moved = state.contents().and_then(|all| all.asset("people/heroine"));
        moved.is_some_and(|asset| asset.name.as_deref() == Some("heroine"))
    });
    window.wait_until_idle();
    assert_eq!(window.state().selected_root.as_deref(), Some("people/heroine"));
    assert_eq!(asset(window.state(), "people/heroine").asset_id, before);
    window.press_in_one_frame(Modifiers::COMMAND, Key::Z, 2);
    window.wait_until("it is back", |state| state.contents().is_some_and(|all| all.asset("characters/hero").is_some()));
    window.press(Modifiers::NONE, Key::F2);
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.state().renaming, None);
}
