//! Textures, pixel by pixel, as the graphics card draws them: a sheet at some zooms, the ground behind it, a waveform. Nothing else of
//! the window is looked at as pixels.
//!
//! What can be told is told: each pixel of the screen that belongs to the sheet has the very color of the payload. The goldens in
//! `tests/images` are for the rest, such as grid lines and waves. They are what mesa's software driver draws (Debian:
//! `mesa-vulkan-drivers`), which is taken even where there is a graphics card. These tests are ignored by `cargo test`, because other
//! machines have no such driver; `.ci/run` installs it. By hand:
//!
//! ```text
//! cargo test -p prometeu-workbench --test stories images -- --ignored
//! ```
//!
//! One that differs leaves `NAME.new.png` and `NAME.diff.png` beside its golden. Look at both; `UPDATE_SNAPSHOTS=1` before the command
//! accepts the new ones.

use egui::{Color32, Rect, Theme, Ui, UiBuilder, pos2, vec2};
use egui_kittest::{Harness, SnapshotOptions, try_image_snapshot_options};
use image::RgbaImage;
use packer_services::Context;
use packer_services::formats::{Rgb, SHEET_PIXELS, TileSize};
use packer_services::ops::{Operation, PreviewBank};
use packer_services::preview::{BankPreview, GlyphPreview, Pcm16};
use support::images::Png;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};
use workbench::state::{Settings, View};
use workbench::theme::{self, Tokens};
use workbench::widgets::{Marks, Textures, sheet, wave};

/// Pixels of the screen, in each test.
const SCREEN: [u16; 2] = [192, 160];
/// Pixels on a side of a field of the ground.
const FIELD: u32 = 8;

/// A bank of two tiles: a checker of single pixels in two colors, and a ring around a hole.
fn bank() -> GlyphPreview {
    let mut project = TestProject::new();
    let blue = Rgb([0x10, 0x20, 0xF8]);
    let image = Png::rgba(32, 16, |x, y| {
        let Rgb([r, g, b]) = if (x + y) % 2 == 0 { RED } else { GREEN };
        let ring = x >= 16 && (4..12).contains(&(x - 16)) && (4..12).contains(&y);
        match (x >= 16, ring) {
            (false, _) => [r, g, b, 255],
            (true, true) => [0; 4],
            (true, false) => [0x10, 0x20, 0xF8, 255],
        }
    });
    project.write("assets/ring/tiles.png", image.bytes());
    let palettes = vec![palette(&[KEY, RED, GREEN, blue])];
    let declaration = glyph(project.next_id(), "ring", TileSize::Sixteen, palettes, vec![artifact("tiles.png", 0)]);
    project.add_asset("ring", true, &declaration);
    let request = PreviewBank::new(project.root(), "root:ring");
    match request.run(&Context::new()).unwrap().into_data().preview.unwrap().bank {
        BankPreview::Glyph(glyph) => glyph,
        other => panic!("{other:?}"),
    }
}

/// What is drawn over the whole screen, which has so many pixels to a point.
fn drawn(theme: Theme, pixels_per_point: f32, mut draw: impl FnMut(&mut Ui)) -> RgbaImage {
    let size = vec2(f32::from(SCREEN[0]), f32::from(SCREEN[1])) / pixels_per_point;
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(pixels_per_point)
        .with_theme(theme)
        .with_render_cursor(false)
        .with_context_setup(theme::apply)
        .build_ui(move |ui| {
            // The harness leaves a margin around what it is given.
            let all = ui.ctx().content_rect();
            let mut ui = ui.new_child(UiBuilder::new().max_rect(all));
            ui.set_clip_rect(all);
            draw(&mut ui);
        });
    harness.run();
    harness.render().unwrap()
}

/// The sheet on the screen.
struct Seen {
    image: RgbaImage,
    /// Its upper left corner, in pixels of the screen.
    corner: [i64; 2],
    checker: [Color32; 2],
}

fn sheet_at(theme: Theme, pixels_per_point: f32, zoom: u32, grid: bool) -> Seen {
    let glyph = bank();
    let (view, settings) = (View::default(), Settings { zoom: Some(zoom), grid, ..Settings::default() });
    let told = std::rc::Rc::new(std::cell::Cell::new((Rect::NOTHING, [Color32::BLACK; 2])));
    let teller = told.clone();
    let mut images = Textures::default();
    let image = drawn(theme, pixels_per_point, move |ui| {
        // Room that begins nowhere in particular, as in a window whose panels were made wider.
        let room = Rect::from_min_max(pos2(3.3, 5.7), ui.max_rect().max);
        let mut ui = ui.new_child(UiBuilder::new().max_rect(room));
        let ui = &mut ui;
        sheet::show(ui, egui::Id::unique("sheet"), &glyph, &view, &settings, "Sheet", &mut images);
        teller.set((images.canvas.unwrap().image, Tokens::of(ui).checker));
    });
    let (place, checker) = told.get();
    let corner = [place.min.x, place.min.y].map(|at| {
        let at = at * pixels_per_point;
        assert!((at - at.round()).abs() < 0.01, "the sheet lies between pixels of the screen, at {at}");
        #[expect(clippy::cast_possible_truncation, reason = "a place on a small screen")]
        let at = at.round() as i64;
        at
    });
    Seen { image, corner, checker }
}

/// Demands that each pixel of the sheet is a square of `zoom` pixels of the screen in the payload's color, or shows the ground; but
/// for the lines of the grid, which are one pixel wide.
fn assert_exact(seen: &Seen, zoom: u32, grid: bool, what: &str) {
    let rgba = bank().payload.rgba(0);
    let mut compared = 0;
    for (x, y, found) in seen.image.enumerate_pixels() {
        let inside = [i64::from(x) - seen.corner[0], i64::from(y) - seen.corner[1]].map(u32::try_from);
        let [Ok(right), Ok(down)] = inside else { continue };
        let (column, row) = (right / zoom, down / zoom);
        let is_line = grid && (right % (16 * zoom) == 0 || down % (16 * zoom) == 0);
        if column >= SHEET_PIXELS || row >= SHEET_PIXELS || is_line {
            continue;
        }
        let at = ((row * SHEET_PIXELS + column) * 4) as usize;
        let expected = match &rgba[at..at + 4] {
            [r, g, b, 255] => [*r, *g, *b, 255],
            _ => seen.checker[((right / FIELD + down / FIELD) % 2) as usize].to_array(),
        };
        assert_eq!(found.0, expected, "{what}: pixel ({x}, {y}) of the screen, pixel ({column}, {row}) of the sheet");
        compared += 1;
    }
    let all = usize::from(SCREEN[0]) * usize::from(SCREEN[1]);
    assert!(compared > all / 2, "{what}: only {compared} pixels are of the sheet");
}

#[expect(clippy::needless_pass_by_value, reason = "an image is not looked at again")]
fn assert_golden(image: RgbaImage, name: &str) {
    let options = SnapshotOptions::new()
        .threshold(0.0)
        .max_failed_pixels(0)
        .output_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images"));
    try_image_snapshot_options(&image, name, &options).unwrap_or_else(|differs| panic!("{differs}"));
}

#[test]
#[ignore = "it draws with Vulkan; .ci/run installs a driver"]
fn a_pixel_of_the_sheet_is_a_square_of_its_own_color_at_every_zoom_and_scale() {
    for pixels_per_point in [1.0, 1.25, 1.5, 2.0] {
        for zoom in [1, 2, 3, 8] {
            let what = format!("{zoom}x at {pixels_per_point} pixels a point");
            assert_exact(&sheet_at(Theme::Dark, pixels_per_point, zoom, false), zoom, false, &what);
        }
    }
}

#[test]
#[ignore = "it draws with Vulkan; .ci/run installs a driver"]
fn grid_lines_are_one_pixel_of_the_screen_wide_at_every_zoom_and_scale() {
    for pixels_per_point in [1.0, 1.25, 1.5, 2.0] {
        for zoom in [1, 2, 3, 8] {
            let what = format!("{zoom}x with a grid at {pixels_per_point} pixels a point");
            let (with, without) = (
                sheet_at(Theme::Dark, pixels_per_point, zoom, true),
                sheet_at(Theme::Dark, pixels_per_point, zoom, false),
            );
            assert_exact(&with, zoom, true, &what);
            assert!(with.image != without.image, "{what}: there is no grid");
        }
    }
}

#[test]
#[ignore = "it draws with Vulkan; .ci/run installs a driver"]
fn a_sheet_looks_as_it_did() {
    for zoom in [1, 2, 3, 8] {
        assert_golden(sheet_at(Theme::Dark, 1.0, zoom, true).image, &format!("sheet-{zoom}x"));
    }
    assert_golden(sheet_at(Theme::Light, 1.0, 8, true).image, "sheet-8x-light");
}

#[test]
#[ignore = "it draws with Vulkan; .ci/run installs a driver"]
fn the_ground_behind_transparent_pixels_has_fields_of_whole_pixels() {
    for (theme, name) in [(Theme::Dark, "ground"), (Theme::Light, "ground-light")] {
        let mut images = Textures::default();
        let image = drawn(theme, 1.0, move |ui| images.checker(ui, ui.painter(), ui.max_rect()));
        let colors: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|pixel| pixel.0).collect();
        assert_eq!(colors.len(), 2, "{name}: a field is smeared");
        assert_golden(image, name);
    }
}

#[test]
#[ignore = "it draws with Vulkan; .ci/run installs a driver"]
fn a_waveform_looks_as_it_did() {
    // Louder and louder, until it clips; then silence.
    let values = (0i32..4000).map(|n| if n < 3000 { ((n % 40 - 20) * n).clamp(-32_768, 32_767) } else { 0 });
    let bytes: Vec<u8> = values.flat_map(|value| i16::try_from(value).unwrap().to_le_bytes()).collect();
    let pcm = Pcm16::new(bytes);
    let marks = Marks { frames: pcm.frames(), looping: Some(1000..2000), problem: Some(2500), heard: Some(3500) };
    for (theme, name) in [(Theme::Dark, "wave"), (Theme::Light, "wave-light")] {
        let (waveform, marks) = (pcm.waveform(0..pcm.frames(), usize::from(SCREEN[0])), marks.clone());
        assert_golden(drawn(theme, 1.0, move |ui| wave(ui, ui.max_rect(), &waveform, &marks)), name);
    }
}
