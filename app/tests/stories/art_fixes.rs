//! Art that does not fit the console, fixed with buttons: soft edges of many files as one change, and colors that are
//! too many, shown side by side before they change.

use egui::{Key, Modifiers};
use packer_services::diagnostics::Severity;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::AssetState;
use support::images::Png;
use support::{KEY, RED, TestProject, artifact, glyph, palette};

use crate::window::Window;

/// A bank of two images with soft edges.
fn soft_project() -> TestProject {
    let mut project = TestProject::new();
    let artifacts = (0u32..2).map(|n| {
        let alpha = |x: u32| if x == 0 { 200 } else { 255 };
        project.write(&format!("assets/hero/{n}.png"), Png::rgba(8, 8, |x, _| [255, 0, 0, alpha(x)]).bytes());
        artifact(&format!("{n}.png"), n)
    });
    let artifacts = artifacts.collect();
    let declaration = glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED])], artifacts);
    project.add_asset("hero", true, &declaration);
    project
}

/// A bank of one image with 16 grays in a tile, of which two are similar.
fn rich_project() -> TestProject {
    let mut project = TestProject::new();
    let level = |n: u32| Rgb([u8::try_from(if n == 15 { 14 * 16 + 8 } else { n * 16 }).unwrap(); 3]);
    let image = Png::rgb(8, 8, |x, y| level((x + 8 * y) % 16));
    project.write("assets/hero/0.png", image.bytes());
    let artifacts = vec![artifact("0.png", 0)];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED])], artifacts));
    project
}

fn wait_until_ready(window: &mut Window) {
    window.wait_until("it is fixed", |state| {
        state.contents().and_then(|contents| contents.asset("hero")).map(|asset| asset.state) == Some(AssetState::Ready)
    });
    window.wait_until_idle();
}

#[test]
fn soft_edges_are_one_change() {
    let project = soft_project();
    let before = project.read("assets/hero/1.png");
    let mut window = Window::open_project(project.root());
    window.click("hero, broken, 2 errors");
    window.click("Make 8 pixels of 0.png with alpha 128 or more opaque, and erase 0 with less");
    window.wait_until_checked();
    assert!(window.shows("assets/hero/0.png") && !window.shows("assets/hero/1.png"), "{}", window.outline());
    window.click("Do the same about 1 other problem of this kind");
    window.wait_until_checked();
    assert!(window.shows("assets/hero/1.png"), "{}", window.outline());
    let of_other = "hero: Make 8 pixels of 1.png with alpha 128 or more opaque, and erase 0 with less";
    assert!(window.shows(of_other), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    wait_until_ready(&mut window);
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("both are soft again", |state| state.problem_count(Severity::Error) == 2);
    window.wait_until_idle();
    assert_eq!(project.read("assets/hero/1.png"), before);
    assert!(window.state().change_to_undo().is_none(), "it was one change");
}

#[test]
fn merged_colors_are_shown_side_by_side() {
    let project = rich_project();
    let mut window = Window::open_project(project.root());
    window.click("hero, broken, 1 error");
    window.click("Merge similar colors where tiles have too many, and declare the missing ones");
    window.wait_until_checked();
    assert!(window.shows("4 pixels get other colors"), "{}", window.outline());
    assert!(window.shows("#e8e8e8 becomes #e0e0e0"), "{}", window.outline());
    assert!(window.shows("4 pixels of 0.png"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    wait_until_ready(&mut window);
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is broken again", |state| state.problem_count(Severity::Error) > 0);
}

#[test]
fn tiles_get_declared_colors_instead() {
    let project = rich_project();
    let mut window = Window::open_project(project.root());
    window.click("hero, broken, 1 error");
    window.click("Give the wrong tiles of 0.png the nearest colors of a declared palette");
    window.wait_until_checked();
    assert!(window.shows("64 pixels get other colors"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    wait_until_ready(&mut window);
}
