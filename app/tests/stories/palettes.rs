//! Editing the palettes of a bank: what changes is shown first, and can be taken back.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::formats::{Rgb, TileSize};
use support::images::Png;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};
use workbench::state::{State, ViewKind};

use crate::window::Window;

/// A bank whose image has a palette of its own, so that its colors can change; and a second palette.
fn project() -> TestProject {
    let mut project = TestProject::new();
    project.write(
        "assets/tiles/a.png",
        Png::indexed(16, 16, &[KEY, RED, GREEN], |x, _| if x < 8 { 1 } else { 2 }).bytes(),
    );
    let palettes = vec![palette(&[KEY, RED, GREEN]), palette(&[KEY, GREEN, RED])];
    let artifacts = vec![artifact("a.png", 0)];
    let declaration = glyph(project.next_id(), "tiles", TileSize::Sixteen, palettes, artifacts);
    project.add_asset("tiles", true, &declaration);
    project
}

/// Opens the view of palettes.
pub fn open(project: &TestProject) -> Window {
    let mut window = Window::open_project(project.root());
    window.press(Modifiers::COMMAND, Key::Num4);
    window.wait_until_idle();
    assert_eq!(window.state().view_kind(), ViewKind::Palettes);
    window
}

/// The declared colors of a palette.
pub fn colors(state: &State, palette: usize) -> Vec<Rgb> {
    let glyph = state.glyph_bank();
    let palette = glyph.and_then(|glyph| glyph.palettes.get(palette));
    palette.map(|palette| palette.colors.iter().filter_map(|color| color.authored).collect()).unwrap_or_default()
}

/// Clicks a color of palette 0.
fn click_color(window: &mut Window, color: u32) {
    let start = format!("Palette 0, Color {color},");
    let swatch = window.names_of(Role::Button).into_iter().find(|name| name.starts_with(&start)).unwrap();
    window.click(&swatch);
}

fn replace_text(window: &mut Window, field: &str, text: &str) {
    window.type_into(field, "");
    window.press(Modifiers::COMMAND, Key::A);
    window.type_text(text);
}

#[test]
fn color_is_added_and_undone() {
    let project = project();
    let mut window = open(&project);
    click_color(&mut window, 1);
    assert!(window.shows("Color 1"), "{}", window.outline());
    window.click("Add color");
    replace_text(&mut window, "Color", "#123456");
    assert!(window.shows("shown as #103452 (565 0x11aa)"), "{}", window.outline());
    window.click("Set…");
    window.wait_until_checked();
    window.press(Modifiers::NONE, Key::Enter);
    let new = Rgb([0x12, 0x34, 0x56]);
    window.wait_until("it is declared", |state| colors(state, 0) == [KEY, RED, GREEN, new]);
    window.wait_until_idle();
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is undone", |state| colors(state, 0) == [KEY, RED, GREEN]);
}

#[test]
fn tiles_that_change_palettes_are_shown() {
    let project = project();
    let mut window = open(&project);
    click_color(&mut window, 1);
    replace_text(&mut window, "Color", "blue");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.state().asked.is_none(), "blue is not written like a color");
    // The image draws red with it; the other palette has red too.
    replace_text(&mut window, "Color", "#0000ff");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until_checked();
    assert!(window.shows("tile 0: palette 0 becomes 1"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(colors(window.state(), 0), [KEY, RED, GREEN], "nothing is changed");
    window.click("Remove palette 0");
    window.wait_until_checked();
    window.click("Cancel");
    assert_eq!(colors(window.state(), 0), [KEY, RED, GREEN], "nothing is changed");
}

#[test]
fn palettes_are_copied_named_and_moved() {
    let project = project();
    let mut window = open(&project);
    click_color(&mut window, 2);
    window.click("Duplicate");
    window.wait_until("there is a copy", |state| colors(state, 2) == [KEY, RED, GREEN]);
    window.wait_until_idle();
    replace_text(&mut window, "Name of the palette", "dusk");
    window.press(Modifiers::NONE, Key::Enter);
    let name = |state: &State| state.glyph_bank().and_then(|glyph| glyph.palettes[0].name.clone());
    window.wait_until("it has a name", |state| name(state).as_deref() == Some("dusk"));
    window.wait_until_idle();
    window.click("Add palette");
    window.wait_until("there is another", |state| colors(state, 3) == [KEY]);
}
