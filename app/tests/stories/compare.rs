//! The Compare view: the source beside the result.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, images, palette, sample, sound};
use workbench::state::{PreviewState, Sides, ViewKind};
use workbench::widgets::Canvas;

use crate::project_edits;
use crate::window::{Window, demo};

/// The center of a pixel in the source or in the result.
fn pixel(window: &Window, half: &str, size: [u32; 2], x: u32, y: u32) -> Pos2 {
    let room = window.place_of_role(Role::Canvas, half);
    Canvas::new(room, 1.0, size, size, window.state().settings.fit, window.state().view.source_zoom_pan)
        .square(x, y, 1)
        .center()
}

fn open_compare_view() -> Window {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num2);
    assert_eq!(window.state().view_kind(), ViewKind::Compare);
    window
}

/// An opaque pixel of the image, from column `from` on: the image's size, the place and the color.
fn opaque_pixel(from: u32) -> ([u32; 2], u32, u32, String) {
    let image = image::open(demo("lantern").join(project_edits::LAMPKIN)).unwrap().into_rgba8();
    let (x, y, color) = image.enumerate_pixels().find(|(x, _, color)| *x >= from && color.0[3] == 0xFF).unwrap();
    let [r, g, b, _] = color.0;
    ([image.width(), image.height()], x, y, format!("#{r:02x}{g:02x}{b:02x}"))
}

#[test]
fn both_halves_describe_the_pixel() {
    let mut window = open_compare_view();
    let (size, x, y, color) = opaque_pixel(0);
    for half in ["Source of lampkin.png", "Result of lampkin.png"] {
        window.point_at(pixel(&window, half, size, x, y));
        let expected = format!("({x}, {y}) {color} becomes tile {}, index ", x / 16);
        let labels = window.texts();
        let found =
            labels.iter().find(|text| text.starts_with(&expected)).unwrap_or_else(|| panic!("{expected}: {labels:?}"));
        assert!(found.ends_with(&format!(": {color} in palette 0")), "{found}");
        window.remove_pointer();
        assert!(window.shows("Point at a pixel to compare it"));
    }
}

#[test]
fn a_click_selects_the_pixels_tile() {
    let mut window = open_compare_view();
    let (size, x, y, _) = opaque_pixel(2 * 16);
    window.click_at(pixel(&window, "Result of lampkin.png", size, x, y));
    assert_eq!(window.state().view.tile, Some(x / 16));
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.shows(&format!("selected: tile {}", x / 16)), "{}", window.outline());
}

#[test]
fn chips_choose_the_file() {
    let mut window = open_compare_view();
    assert_eq!(window.state().source_file().as_deref(), Some("lampkin.png"));
    window.click_role(Role::Button, "moth.png");
    assert_eq!(window.state().source_file().as_deref(), Some("moth.png"));
    assert!(window.shows("Source of moth.png") && !window.shows("Source of lampkin.png"));
}

#[test]
fn the_selected_tile_chooses_the_file() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::NONE, Key::F6);
    for _ in 0..10 {
        window.press(Modifiers::NONE, Key::ArrowRight);
    }
    assert_eq!(window.state().view.tile, Some(9));
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.shows("Source of moth.png"), "{}", window.outline());
}

#[test]
fn a_repainted_source_is_read_again() {
    let mut window = open_compare_view();
    let (size, x, y, _) = opaque_pixel(0);
    window.point_at(pixel(&window, "Source of lampkin.png", size, x, y));
    project_edits::paint_odd_pixel(window.root(), x, y);
    window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    assert!(
        window.shows(&format!("({x}, {y}) #12fe34 is in tile {}, which cannot be converted", x / 16)),
        "{}",
        window.outline()
    );
    assert!(matches!(window.state().preview, PreviewState::Ready(_)), "the other tiles are shown");
}

#[test]
fn many_files_are_a_list() {
    let mut project = TestProject::new();
    let files: Vec<String> = (0..48).map(|n| format!("a tile with a long name {n}.png")).collect();
    for file in &files {
        project.write(&format!("assets/many/{file}"), images::checker(8, 8, RED, GREEN));
    }
    let artifacts = (0u32..).zip(&files).map(|(n, file)| artifact(file, n)).collect();
    let palettes = vec![palette(&[KEY, RED, GREEN])];
    let declaration = glyph(project.next_id(), "many", TileSize::Eight, palettes, artifacts);
    project.add_asset("many", true, &declaration);
    let mut window = Window::open_project(project.root());
    assert!(window.shows("0") && !window.shows("0–0"), "a single id is not a range");
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.shows("1 of 48"), "{}", window.outline());
    assert_eq!(window.value_of("File"), files[0]);
    window.click("Next file");
    window.click("Next file");
    assert_eq!((window.value_of("File"), window.shows("3 of 48")), (files[2].clone(), true));
    window.click("Previous file");
    assert_eq!(window.state().source_file().as_ref(), Some(&files[1]));
    assert!(window.shows(&format!("Source of {}", files[1])));
}

#[test]
fn a_wrong_loop_shows_its_sound() {
    let mut project = TestProject::new();
    let values: Vec<i16> = (0..4000).map(|n| (n % 60) * 300).collect();
    project.write("assets/hum/hum.wav", Wav::mono16(8000, &values).loops(&[(0, 100, 9000, 0, 0)]).bytes());
    let declaration = sound(project.next_id(), "hum", 8000, vec![sample("hum.wav", 0)]);
    project.add_asset("hum", true, &declaration);
    let mut window = Window::open_project(project.root());
    assert!(
        window.state().problems.iter().any(|finding| finding.code.as_str().contains("loop")),
        "{}",
        window.outline()
    );
    window.press(Modifiers::COMMAND, Key::Num1);
    window.wait_until("its file is read", |state| state.source.as_ref().is_some_and(|source| source.content.is_some()));
    window.wait_until_idle();
    assert!(window.shows("Waveform of hum.wav"), "{}", window.outline());
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(window.shows("loops 100–9001") && window.shows("Play source"), "{}", window.outline());
}

/// A bank of one sheet of `columns` × 2 cells of 8 pixels; the cells past the first three are blank.
fn write_sheet(project: &TestProject, columns: u32) {
    let sheet = images::Png::rgba(columns * 8, 16, |x, y| {
        let cell = y / 8 * columns + x / 8;
        if cell < 3 || (x / 8, y / 8) == (1, 1) { [RED.0[0], RED.0[1], RED.0[2], 255] } else { [0; 4] }
    });
    project.write("assets/walk/walk.png", sheet.bytes());
}

/// The tile preview of a project that has this sheet with four columns as its only asset.
fn open_walk_in_tile_preview() -> (TestProject, Window) {
    let mut project = TestProject::new();
    write_sheet(&project, 4);
    let artifacts = vec![artifact("walk.png", 0)];
    let declaration = glyph(project.next_id(), "walk", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts);
    project.add_asset("walk", true, &declaration);
    let mut window = Window::open_project(project.root());
    window.press(Modifiers::COMMAND, Key::Num3);
    (project, window)
}

#[test]
fn a_selection_follows_its_cell() {
    let (project, mut window) = open_walk_in_tile_preview();
    window.type_into("Tile", "5");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().view.tile, Some(5));
    // Another column moves all ids of the second row.
    write_sheet(&project, 6);
    window.wait_until("its tile has another id", |state| state.view.tile == Some(7));
    assert!(window.shows("Tile 7, repeated three by three"));
}

#[test]
fn an_animation_has_no_blank_end() {
    let (_project, window) = open_walk_in_tile_preview();
    assert!(window.shows("of 6 frames"), "the last two cells are blank: {}", window.outline());
}

#[test]
fn large_images_are_drawn_in_parts() {
    const SIZE: [u32; 2] = [2304, 512];
    /// The textures of a window of this size, without those of the fonts. A texture of the whole image has 4.7 MB, and
    /// there are two.
    const MOST: usize = 5 << 20;
    let mut project = TestProject::new();
    let sheet = images::Png::indexed(SIZE[0], SIZE[1], &[KEY, RED, GREEN], |x, y| 1 + u8::from((x ^ y) % 2 == 1));
    project.write("assets/big/big.png", sheet.bytes());
    let tile = GlyphArtifact {
        cut: Cut { region: Some(Region { x: 2296, y: 504, w: 8, h: 8 }), ..Cut::default() },
        ..artifact("big.png", 0)
    };
    let declaration = glyph(project.next_id(), "big", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], vec![tile]);
    project.add_asset("big", true, &declaration);
    let mut window = Window::open_project(project.root());
    let fonts = window.texture_bytes();
    window.press(Modifiers::COMMAND, Key::Num2);
    window.wait_until("it is read", |state| state.source.as_ref().is_some_and(|source| source.content.is_some()));
    window.wait_until_idle();
    let check = |window: &Window| {
        let bytes = window.texture_bytes().saturating_sub(fonts);
        assert!(bytes <= MOST, "{bytes} bytes at {:?}", window.state().view.source_zoom_pan);
    };
    check(&window);
    // Far from the start, every pixel is exact, in both halves.
    window.point_at(pixel(&window, "Source of big.png", SIZE, 2303, 511));
    for _ in 0..3 {
        window.wheel(4);
        check(&window);
    }
    assert!(window.state().view.source_zoom_pan.zoom.unwrap() >= 8.0);
    for (x, y) in [(2303, 511), (2302, 511), (2298, 507)] {
        let color = if (x ^ y) % 2 == 1 { GREEN } else { RED };
        window.point_at(pixel(&window, "Source of big.png", SIZE, x, y));
        assert!(window.shows(&format!("({x}, {y}) {color} becomes tile 0, index ")), "{}", window.outline());
    }
    let from = window.place_of_role(Role::Canvas, "Source of big.png").center();
    for _ in 0..2 {
        window.drag(from, from + egui::vec2(150.0, 90.0));
        check(&window);
    }
}

#[test]
fn sides_flip_in_the_same_place() {
    let mut window = open_compare_view();
    let canvases = |window: &Window| window.names_of(Role::Canvas);
    assert_eq!(canvases(&window).len(), 2);
    window.press(Modifiers::NONE, Key::F4);
    assert_eq!(window.state().view.sides, Sides::Source);
    let place = window.place_of_role(Role::Canvas, "Source of lampkin.png");
    window.press(Modifiers::NONE, Key::F4);
    assert_eq!(canvases(&window), ["Result of lampkin.png, as the console shows it"]);
    assert_eq!(window.place_of_role(Role::Canvas, "Result of lampkin.png"), place);
    // It stays when another asset is selected.
    window.click("font, ready");
    assert_eq!(window.state().view.sides, Sides::Result);
    window.click("Both");
    assert_eq!(canvases(&window).len(), 2);
}

#[test]
#[ignore = "needs a Vulkan driver, which .ci/run installs"]
fn difference_shows_dropped_and_changed_pixels() {
    // One tile is cut out, and white is transparent.
    let mut project = TestProject::new();
    let white = Rgb([0xFF; 3]);
    let bytes = images::Png::rgb(16, 8, |x, _| if x % 8 < 4 { RED } else { white }).bytes();
    project.write("assets/a/tile.png", bytes);
    let cut = Cut { region: Some(Region { x: 0, y: 0, w: 8, h: 8 }), ..Cut::default() };
    let artifact = GlyphArtifact { cut, color_key: Some(ColorKey::Color(white)), ..artifact("tile.png", 0) };
    let declaration = glyph(project.next_id(), "a", TileSize::Eight, vec![palette(&[KEY, RED])], vec![artifact]);
    project.add_asset("a", true, &declaration);
    let mut window = Window::open_project(project.root());
    window.press(Modifiers::COMMAND, Key::Num2);
    window.press(Modifiers::SHIFT, Key::F4);
    assert_eq!(window.state().view.sides, Sides::Difference);
    window.wait_until_idle();
    let [same, changed, dropped] =
        [1, 5, 9].map(|x| window.color_at(pixel(&window, "Difference of tile.png", [16, 8], x, 2)));
    assert!(same[0] == same[1] && same[1] == same[2], "gray: {same:?}");
    assert!(changed[0] > changed[2] + 40 && changed[0] > changed[1] + 40, "red: {changed:?}");
    assert!(dropped[0] > dropped[2] + 40 && dropped[1] > dropped[2] + 20, "yellow: {dropped:?}");
    window.press(Modifiers::SHIFT, Key::F4);
    assert_eq!(window.state().view.sides, Sides::Both);
}
