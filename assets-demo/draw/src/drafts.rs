//! Unfinished assets: `drafts/title`, which is excluded from the build, and `drafts/sketch`, which is not registered.

use crate::canvas::Canvas;
use crate::palette::Palette;

/// The colors that the title declares; `with_pencil` adds the blue pencil, which it does not declare.
#[must_use]
pub fn title_palette(with_pencil: bool) -> Palette {
    let colors = [0x19_1323, 0x42_2433, 0xa4_4020, 0xe0_7028, 0xf8_aa42, 0xff_e39c, 0xff_fbe8, 0x40_a0f0];
    Palette::new("glow", if with_pencil { &colors } else { &colors[..7] })
}

/// The letters of the title in a grid of 6 × 8 large pixels.
const TITLE: [&str; 7] = [
    "##.... ##.... ##.... ##.... ##.... ##.... ##..## ######",
    ".####. ##..## ##..## ##..## ###### ##..## ##..## ##..##",
    "##..## ###.## ###.## ###### ##.### ##.### ##..## ##..##",
    "###### #.##.# ..##.. ..##.. ..##.. ..##.. ..##.. .####.",
    "###### ##..## ##.... ####.. ##.... ##.... ##..## ######",
    "#####. ##..## ##..## #####. ####.. ##.##. ##..## ##..##",
    "##..## ###.## ###.## ###### ##.### ##.### ##..## ##..##",
];

/// The unfinished title, 192 × 48: four letters are painted, the others are blue pencil.
#[must_use]
pub fn title() -> Canvas {
    let mut c = Canvas::new(192, 48);
    for (place, rows) in (0..).zip(TITLE) {
        let mut letter = Canvas::new(32, 48);
        for (row, bits) in (0..).zip(rows.split(' ')) {
            for (column, bit) in (0..).zip(bits.chars()) {
                if bit == '#' {
                    letter.fill_rect(4 + column * 4, 8 + row * 4, 4, 4, 5);
                }
            }
        }
        // Round the outer corners.
        let blocky = letter.clone();
        for y in 0..48 {
            for x in 0..32 {
                let corner = |dx: i32, dy: i32| {
                    blocky.get(x + dx, y) == 0 && blocky.get(x, y + dy) == 0 && blocky.get(x - dx, y) != 0
                };
                if blocky.get(x, y) != 0 && [(1, 1), (1, -1), (-1, 1), (-1, -1)].iter().any(|&(dx, dy)| corner(dx, dy))
                {
                    letter.set(x, y, 0);
                }
            }
        }
        let x0 = place * 26 + 2;
        if place < 4 {
            paint(&mut letter);
        } else {
            pencil(&mut letter, place == 4);
        }
        c.blit(&letter, x0, 0);
    }
    // Guide lines of the pencil.
    for x in 0..192 {
        for y in [7, 40] {
            if c.get(x, y) == 0 && (x > 104 || x % 4 < 2) {
                c.set(x, y, 8);
            }
        }
    }
    c
}

fn paint(letter: &mut Canvas) {
    let shape = letter.clone();
    for y in 0..48 {
        for x in 0..32 {
            if shape.get(x, y) == 0 {
                continue;
            }
            let depth = y - 8 + i32::from((x + y) % 2 == 0) * 2;
            let mut index = match depth {
                ..=5 => 6,
                6..=15 => 5,
                16..=25 => 4,
                _ => 3,
            };
            if shape.get(x, y - 1) == 0 {
                index = 7;
            } else if shape.get(x, y + 1) == 0 {
                index = 2;
            }
            letter.set(x, y, index);
        }
    }
    // Depth below, then an outline.
    let front = letter.clone();
    for y in (0..46).rev() {
        for x in 0..32 {
            if front.get(x, y) != 0 && front.get(x, y + 1) == 0 {
                letter.set(x, y + 1, 2);
                letter.set(x, y + 2, 2);
            }
        }
    }
    letter.outline(1);
}

fn pencil(letter: &mut Canvas, begun: bool) {
    let shape = letter.clone();
    for y in 0..48 {
        for x in 0..32 {
            if shape.get(x, y) == 0 {
                continue;
            }
            let inside = shape.get(x - 1, y) != 0
                && shape.get(x + 1, y) != 0
                && shape.get(x, y - 1) != 0
                && shape.get(x, y + 1) != 0;
            let flat = begun && x + y < 42;
            letter.set(
                x,
                y,
                match (inside, flat) {
                    (false, _) => 8,
                    (true, true) => 4,
                    (true, false) => 0,
                },
            );
        }
    }
}

/// The colors of the sketch.
#[must_use]
pub fn sketch_palette() -> Palette {
    Palette::new("owl", &[0x19_1323, 0x42_3a5c, 0x7c_6c8c, 0xbc_a8b0, 0xf0_963a, 0xff_e39c])
}

/// An owl, awake and asleep: 32 × 16.
#[must_use]
pub fn owl() -> Canvas {
    let mut c = Canvas::new(32, 16);
    let owl = "
        ................
        ..1.........1...
        ..1211111112....
        ..13222222231...
        .1334443444331..
        .1346643466431..
        .1346143416431..
        .1344445444431..
        .1233455543321..
        .1223344433221..
        .1223434343221..
        .1222343432221..
        ..12234343221...
        ..11223332211...
        ....15515511....
        1111111111111111
    ";
    c.stamp(0, 0, owl);
    c.stamp(12, 2, "1");
    c.stamp(11, 2, "2");
    let awake = c.crop(0, 0, 16, 16);
    c.blit(&awake, 16, 0);
    c.stamp(16 + 4, 5, "444.444\n114.411\n");
    c
}
