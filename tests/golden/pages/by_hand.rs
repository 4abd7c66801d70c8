//! What the pages describe and no command does: images that are drawn, sounds that are recorded, files that are saved.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "this edits files as an editor does, and must not fail"
)]

use support::copy_folder;
use support::sounds::Wav;

use super::Folder;
use super::canvas::Canvas;

const LAMPS: &str = "assets-demo/lantern/assets/characters/lamps";
/// The reader's bank, created from the demo's lamps.
const BANK: &str = "my-game/assets/characters/lamps";

/// Changes the demo's lampkin and saves it in the reader's bank.
fn save_lampkin(folder: &Folder, change: impl FnOnce(&mut Canvas)) {
    let mut canvas = Canvas::open(&folder.at(LAMPS).join("lampkin.png"));
    change(&mut canvas);
    canvas.save(&folder.at(BANK).join("lampkin.png"));
}

pub fn save_as_in_the_demo(folder: &Folder) {
    save_lampkin(folder, |_| {});
}

pub fn save_with_wrong_orange(folder: &Folder) {
    save_lampkin(folder, |canvas| canvas.replace([0xF7, 0x96, 0x39, 0xFF], [0xFF, 0x96, 0x39, 0xFF]));
}

pub fn save_with_two_green_pixels(folder: &Folder) {
    save_lampkin(folder, |canvas| canvas.draw(&[(20, 6), (21, 6)], [0x30, 0xD0, 0x40, 0xFF]));
}

pub fn save_with_red_and_blue_swapped(folder: &Folder) {
    save_lampkin(folder, |canvas| canvas.change(|[r, g, b, a]| [b, g, r, a]));
}

pub fn save_with_two_pixels_of_palette_1(folder: &Folder) {
    save_lampkin(folder, |canvas| canvas.draw(&[(20, 6), (20, 7)], [0xA5, 0xBA, 0xC6, 0xFF]));
}

pub fn save_with_magenta_background(folder: &Folder) {
    save_lampkin(folder, |canvas| canvas.change(|color| if color[3] == 0 { [0xFF, 0, 0xFF, 0xFF] } else { color }));
}

/// The upper edge of the first lampkin, as a soft brush leaves it.
pub fn save_with_soft_edge(folder: &Folder) {
    let edge: Vec<(u32, u32)> = (4..10).map(|x| (x, 2)).collect();
    save_lampkin(folder, |canvas| canvas.draw(&edge, [0x18, 0x10, 0x21, 0x80]));
}

pub fn remove_palette_from_artifacts(folder: &Folder) {
    let text = std::fs::read_to_string(folder.at(BANK).join("asset.json")).unwrap();
    std::fs::write(folder.at("with-palette.json"), &text).unwrap();
    let removed = text.replace(",\n      \"palette\": 0", "").replace(",\n      \"palette\": 1", "");
    assert_eq!(text.lines().count() - removed.lines().count(), 4);
    std::fs::write(folder.at(BANK).join("asset.json"), removed).unwrap();
}

pub fn restore_palette_of_artifacts(folder: &Folder) {
    std::fs::rename(folder.at("with-palette.json"), folder.at(BANK).join("asset.json")).unwrap();
}

/// One tile: the upper half red, the lower half in 15 greens.
pub fn draw_film(folder: &Folder) {
    let green = |n: u8| [0, n * 8 + n / 8, 0, 0xFF];
    let canvas = Canvas::new(16, 16, |x, y| match y {
        0..8 => [0xFF, 0, 0, 0xFF],
        _ => green(u8::try_from((16 * (y - 8) + x) / 8 + 1).unwrap().min(15)),
    });
    canvas.save(&folder.at("film.png"));
}

/// The four tiles of the lampkin above three of the wisp, with black lines between them; the last cell is empty.
pub fn draw_lined_sheet(folder: &Folder) {
    let above = Canvas::open(&folder.at(LAMPS).join("lampkin.png"));
    let below = Canvas::open(&folder.at(LAMPS).join("wisp.png"));
    let canvas = Canvas::new(67, 33, |x, y| match (x % 17, y % 17) {
        (16, _) | (_, 16) => [0, 0, 0, 0xFF],
        (column, row) if y < 17 => above.color(x / 17 * 16 + column, row),
        (column, row) if x < 51 => below.color(x / 17 * 16 + column, row),
        _ => [0; 4],
    });
    canvas.save(&folder.at("lined.png"));
}

/// Draws into the empty cell, with two colors that the bank does not have.
pub fn draw_last_tile_of_lined_sheet(folder: &Folder) {
    let mut canvas = Canvas::open(&folder.at("lined.png"));
    for (x, y) in (0..16).flat_map(|y| (0..16).map(move |x| (x, y))) {
        let color = if (16 * y + x) % 3 == 2 { [0x10, 0x18, 0x21, 0xFF] } else { [0x20, 0xA0, 0xF0, 0xFF] };
        canvas.draw(&[(51 + x, 17 + y)], color);
    }
    canvas.save(&folder.at("my-game/assets/lamps/lined.png"));
}

/// A stereo sound with 24 bits.
pub fn record_theme(folder: &Folder) {
    let frames = (0..22_050_u32).flat_map(|frame| [frame % 100 * 4_000, frame % 75 * 5_000]);
    let data = frames.flat_map(|sample| sample.to_le_bytes()[..3].to_vec()).collect();
    std::fs::write(folder.at("sounds/theme.wav"), Wav::pcm(44_100, 2, 24, data).bytes()).unwrap();
}

/// The page's `lantern`, which was packed before two images of a bank were exchanged, and its `copy`.
pub fn prepare_json(folder: &Folder) {
    for name in ["lantern", "copy"] {
        copy_folder(&folder.at("assets-demo/lantern"), &folder.at(name));
    }
    let declaration = "lantern/assets/characters/lamps/asset.json";
    let now = std::fs::read_to_string(folder.at(declaration)).unwrap();
    folder.edit(declaration, "\"lampkin.png\"", "\"WISP\"");
    folder.edit(declaration, "\"wisp.png\"", "\"lampkin.png\"");
    folder.edit(declaration, "\"WISP\"", "\"wisp.png\"");
    folder.run("prometeu-packer pack lantern");
    std::fs::write(folder.at(declaration), now).unwrap();
}
