//! Ten thousand assets.

use egui::{Key, Modifiers};
use support::large_projects;
use workbench::state::Shown;

use crate::window::Window;

const COUNT: u32 = 10_000;
/// At most so many rows of lists are in sight at once, in a window of 800 points.
const IN_SIGHT: usize = 100;

/// The one that is drawn of an asset: its name and its state.
fn row(n: u32, state: &str) -> String {
    format!("{}, {state}", large_projects::asset_name(n))
}

#[test]
fn ten_thousand_assets_are_listed_found_scrolled_and_walked() {
    let project = large_projects::create(COUNT);
    let mut window = Window::at(project.root());

    assert_eq!(window.state().assets().len(), COUNT as usize);
    assert!(window.shows(&row(0, "ready")));
    assert!(window.list_items().len() < IN_SIGHT, "only what is in sight is drawn: {}", window.list_items().len());
    let broken = window.state().assets().iter().filter(|asset| asset.errors > 0).count();
    assert_eq!(broken, large_projects::broken_count(COUNT) as usize);
    assert!(window.shows(&format!("Problems ({broken})")));

    for (key, n) in [(Key::ArrowDown, 1), (Key::ArrowUp, 0)] {
        window.press(Modifiers::NONE, key);
        assert_eq!(window.state().selected_root, Some(large_projects::asset_root(n)));
        assert!(matches!(window.state().preview, Shown::Ready(_)));
    }

    window.scroll(&row(0, "ready"), 1e7);
    let last = COUNT - 1;
    assert!(window.list_items().contains(&row(last, "broken, 1 error")), "{:?}", window.list_items());
    assert!(!window.shows(&row(0, "ready")) && window.list_items().len() < IN_SIGHT);
    window.click(&row(last, "broken, 1 error"));
    assert_eq!(window.state().selected_root, Some(large_projects::asset_root(last)));

    window.type_into("Search assets", "THING_07654");
    let found: Vec<String> = window.list_items().into_iter().filter(|item| item.starts_with("thing_")).collect();
    assert_eq!(found, [row(7654, "ready")]);
    window.click(&row(7654, "ready"));
    assert_eq!(window.state().selected_root, Some(large_projects::asset_root(7654)));
    assert!(matches!(window.state().preview, Shown::Ready(_)));
}
