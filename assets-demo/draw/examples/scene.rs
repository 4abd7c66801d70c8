//! One screen of the game, composed of the demo's own tiles. It is an illustration; the project does not need it.
//!
//! `cargo run -p assets-demo-draw --example scene -- scene.png [dusk|night] [zoom]`

use assets_demo_draw::canvas::Canvas;
use assets_demo_draw::palette::Palette;
use assets_demo_draw::{font, hero, lamps, terrain};
use packer_services::formats::Rgb;
use std::fs::File;
use std::io::{self, BufWriter};

const WIDTH: i32 = 320;
const HEIGHT: i32 = 208;

struct Screen(Vec<Rgb>);

impl Screen {
    /// Draws one tile of a sheet with its top left corner at a pixel.
    fn tile(&mut self, sheet: &Canvas, side: u16, id: i32, palette: &Palette, x: i32, y: i32) {
        let step = i32::from(side);
        let columns = sheet.width() / step;
        let tile = sheet.crop(id % columns * step, id / columns * step, side, side);
        for (ty, tx) in (0..step).flat_map(|ty| (0..step).map(move |tx| (ty, tx))) {
            let (px, py) = (x + tx, y + ty);
            let inside = (0..WIDTH).contains(&px) && (0..HEIGHT).contains(&py);
            if let (true, 1.., Ok(at)) = (inside, tile.get(tx, ty), usize::try_from(py * WIDTH + px)) {
                self.0[at] = palette.color(tile.get(tx, ty));
            }
        }
    }

    fn text(&mut self, letters: &Canvas, palette: &Palette, text: &str, x: i32, y: i32) {
        for (place, byte) in (0..).zip(text.bytes()) {
            self.tile(letters, 8, i32::from(byte) - 32, palette, x + place * 8, y);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "it writes an illustration to a path that the caller names")]
    fn save(&self, path: &str, zoom: i32) -> io::Result<()> {
        let side = |n: i32| u32::try_from(n * zoom).map_err(io::Error::other);
        let mut data = Vec::new();
        for (y, x) in (0..HEIGHT * zoom).flat_map(|y| (0..WIDTH * zoom).map(move |x| (y, x))) {
            let at = usize::try_from(y / zoom * WIDTH + x / zoom).map_err(io::Error::other)?;
            data.extend(self.0[at].0);
        }
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(file, side(WIDTH)?, side(HEIGHT)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(&data)?;
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or_else(|| io::Error::other("name the image to write"))?;
    let time = args.next().unwrap_or_else(|| "dusk".to_owned());
    let zoom = args.next().and_then(|z| z.parse().ok()).unwrap_or(4).clamp(1, 16);

    let world = terrain::sheet();
    let palettes = terrain::palettes();
    let far = palettes.iter().find(|p| p.name() == time).ok_or_else(|| io::Error::other("dusk or night"))?;
    let lit = &palettes[2];
    let mut screen = Screen(vec![far.color(1); 320 * 208]);
    let mut put = |id: i32, column: i32, row: i32, palette: &Palette| {
        screen.tile(&world, 16, id, palette, column * 16, row * 16);
    };

    // Sky down to the horizon, then the hills, the moon and the clouds.
    for (row, column) in (0..5).flat_map(|row| (0..20).map(move |column| (row, column))) {
        let star = match (column * 7 + row * 3) % 11 {
            1 | 8 => 1,
            3 => 2,
            6 => 3,
            _ => 0,
        };
        put(star, column, row, far);
    }
    for (column, id) in (0..).zip([17, 18, 18, 19, 16, 16, 16, 17, 19, 22, 23, 24, 22, 23, 24, 22, 23, 24, 17, 19]) {
        put(id, column, 5, far);
    }
    for (id, column, row) in [
        (4, 4, 4),
        (5, 5, 4),
        (20, 4, 5),
        (21, 5, 5),
        (6, 13, 1),
        (7, 14, 1),
        (8, 15, 1),
        (6, 1, 2),
        (7, 2, 2),
        (8, 3, 2),
    ] {
        put(id, column, row, far);
    }
    // Ground on both sides of the water, and a bridge.
    for column in 0..20 {
        let lamp = (5..=7).contains(&column);
        let near = if lamp { lit } else { far };
        match column {
            8..12 => {
                put(80 + column % 4, column, 9, far);
                (10..13).for_each(|row| put(84 + column % 4, column, row, far));
                put(
                    if column == 8 {
                        74
                    } else if column == 11 {
                        76
                    } else {
                        75
                    },
                    column,
                    8,
                    far,
                );
            }
            _ => {
                let edge = match column {
                    7 => 4,
                    12 => 0,
                    _ => 1 + column % 3,
                };
                put(32 + edge, column, 8, near);
                put(if column == 15 { 51 } else { 48 + edge.min(4) - i32::from(edge == 3) }, column, 9, far);
                for row in 10..13 {
                    let fill = 49 + (column * 3 + row) % 5 / 3;
                    put(if edge == 0 || edge == 4 { 48 + edge } else { fill }, column, row, far);
                }
            }
        }
    }
    for (row, column) in (0..3).flat_map(|row| (0..4).map(move |column| (row, column))) {
        if column < 3 {
            put(9 + column + row * 16, column, 5 + row, far);
        }
        let window = column == 1 && row == 1;
        put(12 + column + row * 16, 15 + column, 5 + row, if window { lit } else { far });
    }
    for (id, column, row, palette) in [
        (88, 6, 5, lit),
        (93, 6, 6, lit),
        (94, 6, 7, lit),
        (58, 4, 7, far),
        (59, 5, 7, lit),
        (60, 7, 7, lit),
        (58, 3, 7, far),
        (39, 13, 7, far),
        (40, 14, 7, far),
        (62, 12, 7, far),
        (79, 19, 7, far),
        (55, 9, 4, far),
        (56, 10, 4, far),
        (57, 11, 4, far),
    ] {
        put(id, column, row, palette);
    }

    let flame = lamps::palettes();
    screen.tile(&hero::sheet(), 32, 2, &hero::palettes()[0], 140, 97);
    screen.tile(&lamps::moth(), 16, 0, &flame[1], 108, 66);
    screen.tile(&lamps::moth(), 16, 2, &flame[1], 80, 82);
    screen.tile(&lamps::lampkin(), 16, 1, &flame[0], 160, 49);
    screen.tile(&lamps::snuffer(), 16, 0, &flame[1], 214, 112);
    screen.tile(&lamps::wisp(), 16, 0, &flame[0], 186, 60);

    let (letters, frames, inks) = (font::letters(), font::frames(), font::palettes());
    screen.text(&letters, &inks[0], "OIL", 8, 8);
    for (place, id) in (0..).zip([25, 26, 26, 27, 28, 29]) {
        screen.tile(&frames, 8, id, &inks[1], 36 + place * 8, 8);
    }
    for (place, id) in (0..).zip([14, 14, 16]) {
        screen.tile(&frames, 8, id, &inks[1], 96 + place * 9, 8);
    }
    screen.tile(&frames, 8, 17, &inks[0], 250, 8);
    screen.text(&letters, &inks[0], "x 07/12", 260, 8);
    for (row, column) in (0..4).flat_map(|row| (0..26).map(move |column| (row, column))) {
        let across = if column == 0 {
            0
        } else if column == 25 {
            2
        } else {
            1
        };
        let down = if row == 0 {
            0
        } else if row == 3 {
            6
        } else {
            3
        };
        screen.tile(&frames, 8, down + across, &inks[0], 56 + column * 8, 170 + row * 8);
    }
    screen.text(&letters, &inks[0], "The moths know the way.", 68, 177);
    screen.text(&letters, &inks[0], "Light it?     Yes   No", 68, 187);
    screen.tile(&frames, 8, 10, &inks[1], 170, 187);
    screen.save(&path, zoom)
}
