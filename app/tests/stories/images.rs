//! Pixels as the graphics card draws them: a sheet at several zooms, the checkerboard behind it, and a waveform. No
//! other part of the window is compared as pixels.
//!
//! What can be computed is computed: each screen pixel of the sheet has exactly the color of the payload. The images in
//! `tests/images` cover the rest, such as grid lines and waveforms. They were drawn by mesa's software driver (Debian:
//! `mesa-vulkan-drivers`), which is used even if there is a graphics card. `cargo test` ignores these tests, because
//! other machines do not have the driver; `.ci/run` installs it. To run them yourself:
//!
//! ```text
//! cargo test -p prometeu-workbench --test stories images -- --ignored
//! ```
//!
//! If an image differs, `NAME.new.png` and `NAME.diff.png` are written beside it. Look at both; `UPDATE_SNAPSHOTS=1`
//! before the command accepts the new images.

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
use workbench::theme::{self, BACKDROP};
use workbench::widgets::{SCROLL_BAR, SheetCanvas, Textures, WaveformMarks, draw_waveform};

/// The size of the screen in each test, in pixels.
const SCREEN: [u16; 2] = [192, 160];
/// The side of a square of the checkerboard, in screen pixels.
const SQUARE: u32 = 8;

/// A bank of two tiles: a checkerboard of single pixels in two colors, and a ring around transparent pixels.
fn two_tile_bank() -> GlyphPreview {
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

/// Draws over the whole screen, which has so many pixels per point, and returns the image.
fn draw_screen(theme: Theme, pixels_per_point: f32, mut draw: impl FnMut(&mut Ui)) -> RgbaImage {
    let size = vec2(f32::from(SCREEN[0]), f32::from(SCREEN[1])) / pixels_per_point;
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(pixels_per_point)
        .with_theme(theme)
        .with_render_cursor(false)
        .with_context_setup(theme::apply_theme)
        .build_ui(move |ui| {
            // The harness leaves a margin around its content.
            let all = ui.ctx().content_rect();
            let mut ui = ui.new_child(UiBuilder::new().max_rect(all));
            ui.set_clip_rect(all);
            draw(&mut ui);
        });
    harness.run();
    harness.render().unwrap()
}

/// A sheet drawn on the screen.
struct DrawnSheet {
    image: RgbaImage,
    /// The sheet's top left corner, in screen pixels.
    corner: [i64; 2],
    /// Where the bars at the right and at the bottom begin, in screen pixels.
    bars: [u32; 2],
    checker: [Color32; 2],
}

fn draw_sheet(theme: Theme, pixels_per_point: f32, zoom: u32, grid: bool) -> DrawnSheet {
    let glyph = two_tile_bank();
    let (view, settings) = (View::default(), Settings { zoom: Some(zoom as f32), grid, ..Settings::default() });
    let placed = std::rc::Rc::new(std::cell::Cell::new((Rect::NOTHING, Rect::NOTHING, [Color32::BLACK; 2])));
    let result = placed.clone();
    let mut textures = Textures::default();
    let image = draw_screen(theme, pixels_per_point, move |ui| {
        // Room that does not begin on a whole pixel, as after a panel was resized.
        let room = Rect::from_min_max(pos2(3.3, 5.7), ui.max_rect().max);
        let mut ui = ui.new_child(UiBuilder::new().max_rect(room));
        let ui = &mut ui;
        let id = egui::Id::unique("sheet");
        SheetCanvas { id, glyph: &glyph, view: &view, settings: &settings, name: "Sheet", cause: None }
            .show(ui, &mut textures);
        let canvas = textures.canvas.unwrap();
        result.set((canvas.image, canvas.room, BACKDROP));
    });
    let (place, room, checker) = placed.get();
    let corner = [place.min.x, place.min.y].map(|coordinate| {
        let pixel = coordinate * pixels_per_point;
        assert!((pixel - pixel.round()).abs() < 0.01, "the sheet is not on whole screen pixels: {pixel}");
        #[expect(clippy::cast_possible_truncation, reason = "the screen is small")]
        let pixel = pixel.round() as i64;
        pixel
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the screen is small")]
    let bars = [room.max.x, room.max.y].map(|end| ((end - SCROLL_BAR) * pixels_per_point).floor() as u32);
    DrawnSheet { image, corner, bars, checker }
}

/// Asserts that each pixel of the sheet is a square of `zoom` × `zoom` screen pixels in the payload's color or, where
/// it is transparent, shows the checkerboard. Grid lines, which are one pixel wide, and the bars are left out.
fn assert_exact(sheet: &DrawnSheet, zoom: u32, grid: bool, what: &str) {
    let rgba = two_tile_bank().payload.rgba(0);
    let mut compared = 0;
    for (x, y, found) in sheet.image.enumerate_pixels() {
        let inside = [i64::from(x) - sheet.corner[0], i64::from(y) - sheet.corner[1]].map(u32::try_from);
        let [Ok(right), Ok(down)] = inside else { continue };
        let (column, row) = (right / zoom, down / zoom);
        let is_line = grid && (right % (16 * zoom) == 0 || down % (16 * zoom) == 0);
        let is_bar = x >= sheet.bars[0] || y >= sheet.bars[1];
        if column >= SHEET_PIXELS || row >= SHEET_PIXELS || is_line || is_bar {
            continue;
        }
        let at = ((row * SHEET_PIXELS + column) * 4) as usize;
        let expected = match &rgba[at..at + 4] {
            [r, g, b, 255] => [*r, *g, *b, 255],
            _ => sheet.checker[((right / SQUARE + down / SQUARE) % 2) as usize].to_array(),
        };
        assert_eq!(found.0, expected, "{what}: screen pixel ({x}, {y}), sheet pixel ({column}, {row})");
        compared += 1;
    }
    let all = usize::from(SCREEN[0]) * usize::from(SCREEN[1]);
    assert!(compared > all / 2, "{what}: only {compared} pixels are in the sheet");
}

#[expect(clippy::needless_pass_by_value, reason = "the image is not used again")]
fn assert_golden(image: RgbaImage, name: &str) {
    let options = SnapshotOptions::new()
        .threshold(0.0)
        .max_failed_pixels(0)
        .output_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images"));
    try_image_snapshot_options(&image, name, &options).unwrap_or_else(|differs| panic!("{differs}"));
}

#[test]
#[ignore = "needs a Vulkan driver, which .ci/run installs"]
fn sheet_pixels_are_exact_squares() {
    for pixels_per_point in [1.0, 1.25, 1.5, 2.0] {
        for zoom in [1, 2, 3, 8] {
            let what = format!("{zoom}x at {pixels_per_point} pixels per point");
            assert_exact(&draw_sheet(Theme::Dark, pixels_per_point, zoom, false), zoom, false, &what);
        }
    }
}

#[test]
#[ignore = "needs a Vulkan driver, which .ci/run installs"]
fn grid_lines_are_one_screen_pixel() {
    for pixels_per_point in [1.0, 1.25, 1.5, 2.0] {
        for zoom in [1, 2, 3, 8] {
            let what = format!("{zoom}x with a grid at {pixels_per_point} pixels per point");
            let (with, without) = (
                draw_sheet(Theme::Dark, pixels_per_point, zoom, true),
                draw_sheet(Theme::Dark, pixels_per_point, zoom, false),
            );
            assert_exact(&with, zoom, true, &what);
            assert!(with.image != without.image, "{what}: there is no grid");
        }
    }
}

#[test]
#[ignore = "needs a Vulkan driver, which .ci/run installs"]
fn the_sheet_matches_its_images() {
    for zoom in [1, 2, 3, 8] {
        assert_golden(draw_sheet(Theme::Dark, 1.0, zoom, true).image, &format!("sheet-{zoom}x"));
    }
    assert_golden(draw_sheet(Theme::Light, 1.0, 8, true).image, "sheet-8x-light");
}

#[test]
#[ignore = "needs a Vulkan driver, which .ci/run installs"]
fn checkerboard_squares_are_whole_pixels() {
    for (theme, name) in [(Theme::Dark, "ground"), (Theme::Light, "ground-light")] {
        let mut textures = Textures::default();
        let image = draw_screen(theme, 1.0, move |ui| textures.draw_backdrop(ui, ui.painter(), ui.max_rect()));
        let colors: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|pixel| pixel.0).collect();
        assert_eq!(colors.len(), 2, "{name}: a square is blurred");
        assert_golden(image, name);
    }
}

#[test]
#[ignore = "needs a Vulkan driver, which .ci/run installs"]
fn the_waveform_matches_its_images() {
    // Louder and louder until it clips, then silence.
    let values = (0i32..4000).map(|n| if n < 3000 { ((n % 40 - 20) * n).clamp(-32_768, 32_767) } else { 0 });
    let bytes: Vec<u8> = values.flat_map(|value| i16::try_from(value).unwrap().to_le_bytes()).collect();
    let pcm = Pcm16::new(bytes);
    let marks =
        WaveformMarks { frames: pcm.frames(), looping: Some(1000..2000), problem: Some(2500), cursor: Some(3500) };
    for (theme, name) in [(Theme::Dark, "wave"), (Theme::Light, "wave-light")] {
        let (waveform, marks) = (pcm.waveform(0..pcm.frames(), usize::from(SCREEN[0])), marks.clone());
        assert_golden(draw_screen(theme, 1.0, move |ui| draw_waveform(ui, ui.max_rect(), &waveform, &marks)), name);
    }
}
