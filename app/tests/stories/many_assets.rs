//! A project of ten thousand assets.

use egui::{Key, Modifiers};
use support::large_projects;
use workbench::state::PreviewState;

use crate::window::Window;

const COUNT: u32 = 10_000;
/// The most rows that are visible at once in a window of 800 points.
const VISIBLE: usize = 100;

/// The row of an asset: its name and status.
fn row(n: u32, status: &str) -> String {
    format!("{}, {status}", large_projects::asset_name(n))
}

#[test]
fn ten_thousand_assets_are_browsed() {
    let project = large_projects::create(COUNT);
    let mut window = Window::open_project(project.root());

    assert_eq!(window.state().assets().len(), COUNT as usize);
    assert!(window.shows(&row(0, "ready")));
    assert!(window.list_items().len() < VISIBLE, "only visible rows are drawn: {}", window.list_items().len());
    let broken = window.state().assets().iter().filter(|asset| asset.errors > 0).count();
    assert_eq!(broken, large_projects::broken_count(COUNT) as usize);
    assert!(window.shows(&format!("Problems ({broken})")));

    for (key, n) in [(Key::ArrowDown, 1), (Key::ArrowUp, 0)] {
        window.press(Modifiers::NONE, key);
        assert_eq!(window.state().selected_root, Some(large_projects::asset_root(n)));
        assert!(matches!(window.state().preview, PreviewState::Ready(_)));
    }

    window.scroll(&row(0, "ready"), 1e7);
    let last = COUNT - 1;
    assert!(window.list_items().contains(&row(last, "broken, 1 error")), "{:?}", window.list_items());
    assert!(!window.shows(&row(0, "ready")) && window.list_items().len() < VISIBLE);
    window.click(&row(last, "broken, 1 error"));
    assert_eq!(window.state().selected_root, Some(large_projects::asset_root(last)));

    window.type_into("Search assets", "THING_07654");
    let found: Vec<String> = window.list_items().into_iter().filter(|item| item.starts_with("thing_")).collect();
    assert_eq!(found, [row(7654, "ready")]);
    window.click(&row(7654, "ready"));
    assert_eq!(window.state().selected_root, Some(large_projects::asset_root(7654)));
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
}
