//! `world/terrain`: one sheet of 16 × 6 tiles, arranged as a small scene of the world.
//!
//! Each index is one material, so the sheet can be drawn with any of the palettes.

use crate::canvas::{Canvas, Xorshift, bayer_threshold};
use crate::palette::Palette;

/// The side of a tile.
pub const TILE: i32 = 16;

/// 1 ink · 2 3 4 sky, stone and far things, dark to light, with 5 · 6 7 8 earth and wood · 9 a b leaves · c d water ·
/// e f lamp light.
const INK: u8 = 1;
const SKY: u8 = 2;
const HAZE: u8 = 3;
const GLOW: u8 = 4;
const PALE: u8 = 5;
const EARTH_DARK: u8 = 6;
const EARTH: u8 = 7;
const EARTH_LIGHT: u8 = 8;
const LEAF_DARK: u8 = 9;
const LEAF: u8 = 10;
const LEAF_LIGHT: u8 = 11;
const WATER: u8 = 12;
const WATER_LIGHT: u8 = 13;
const LIGHT: u8 = 15;

/// The palettes, the one of the image first.
#[must_use]
pub fn palettes() -> Vec<Palette> {
    vec![
        Palette::new(
            "dusk",
            &[
                0x19_1323, 0x2c_2142, 0x48_3461, 0x75_5484, 0xb58aa0, 0x42_2433, 0x75_4039, 0xa8_6a42, 0x1e_4340,
                0x3a_7a48, 0x8c_ba4e, 0x2d_4a80, 0x70_a6c6, 0xf0_963a, 0xff_e39c,
            ],
        ),
        Palette::new(
            "night",
            &[
                0x08_0a16, 0x0f_162e, 0x1b_2a4c, 0x32_4a70, 0x6c_86a6, 0x18_1a30, 0x2b_2e50, 0x4a_5074, 0x0c_2a36,
                0x1a_4c52, 0x3e_8072, 0x14_2c5c, 0x40_70a8, 0xf0_963a, 0xff_e39c,
            ],
        ),
        Palette::new(
            "lamplit",
            &[
                0x24_1016, 0x42_1c20, 0x66_3026, 0x98_5430, 0xdc_9a58, 0x56_2418, 0x92_4c22, 0xd0_8436, 0x3c_3a18,
                0x7c_7424, 0xd0_b83c, 0x5c_4a50, 0xc8_a478, 0xf8_aa42, 0xff_efb8,
            ],
        ),
    ]
}

/// The sheet, 256 × 96.
#[must_use]
pub fn sheet() -> Canvas {
    let mut c = Canvas::new(256, 96);
    sky(&mut c);
    moon(&mut c, 80, 17);
    clouds(&mut c);
    tree(&mut c, 9 * TILE, 0);
    house(&mut c, 12 * TILE, 0);
    ground(&mut c);
    plants(&mut c);
    stone(&mut c);
    wood(&mut c);
    water(&mut c);
    lamps(&mut c);
    c
}

// ---------------------------------------------------------------------------------------------------------------- sky

fn horizon(c: &mut Canvas, x0: i32, y0: i32, w: i32) {
    for y in 0..TILE {
        for x in 0..w {
            let level = y * 30 / 15 + 1;
            let (base, next, part) = if level < 16 { (SKY, HAZE, level) } else { (HAZE, GLOW, level - 16) };
            let index = if bayer_threshold(x, y) < part { next } else { base };
            c.set(x0 + x, y0 + y, index);
        }
    }
}

fn sky(c: &mut Canvas) {
    c.fill_rect(0, 0, 9 * TILE, TILE, SKY);
    horizon(c, 0, TILE, 9 * TILE);
    // Stars: faint dots, small ones, and one that twinkles.
    for (x, y, index) in [
        (19, 4, HAZE),
        (24, 11, PALE),
        (29, 2, GLOW),
        (22, 14, HAZE),
        (35, 9, PALE),
        (40, 2, HAZE),
        (45, 12, GLOW),
        (38, 14, HAZE),
        (43, 6, LIGHT),
        (50, 12, GLOW),
        (61, 3, HAZE),
        (52, 3, GLOW),
        (62, 13, PALE),
    ] {
        c.set(x, y, index);
    }
    c.stamp(
        54,
        4,
        "
        ..3..
        ..4..
        34f43
        ..4..
        ..3..
    ",
    );
    // Far hills, their rim lit from the moon's side.
    for x in 0..48 {
        let near = x.min(47 - x);
        let height = 1 + 12 * near * near * (72 - 2 * near) / 13824;
        for y in 0..height {
            let at = 2 * TILE - 1 - y;
            let rim = if x > 22 { GLOW } else { HAZE };
            let deep = height - y;
            let index = match deep {
                1 => rim,
                _ if bayer_threshold(x, at) < deep * 2 - 8 => INK,
                _ => SKY,
            };
            c.set(TILE + x, at, index);
        }
    }
    // A line of pines in front of the haze.
    let pines = [(2, 9), (8, 12), (14, 7), (19, 11), (25, 13), (31, 8), (36, 10), (42, 14), (47, 8)];
    for (at, height) in pines {
        for y in 0..height {
            // A tooth every third row makes the branches.
            let half = (y * 4 / height) - i32::from(y % 3 == 0 && y > 2);
            for dx in -half..=half {
                let x = (at + dx).rem_euclid(48);
                c.set(6 * TILE + x, 2 * TILE - height + y, INK);
            }
        }
    }
    for x in 0..48 {
        let height = 2 + i32::from((x / 5) % 2 == 0);
        c.fill_rect(6 * TILE + x, 2 * TILE - height, 1, height, INK);
    }
}

fn moon(c: &mut Canvas, cx: i32, cy: i32) {
    for y in -TILE..TILE {
        for x in -TILE..TILE {
            // Twice the distance from the middle of the four tiles' corner.
            let (dx, dy) = (2 * x + 1, 2 * y + 1);
            let d = dx * dx + dy * dy;
            let (px, py) = (cx + x, cy + y);
            if d <= 21 * 21 {
                let shade = (dx + 5) * (dx + 5) + (dy + 5) * (dy + 5);
                c.set(px, py, if shade > 21 * 21 { PALE } else { LIGHT });
            } else if d <= 25 * 25 && py < 32 {
                if (px + py) % 2 == 0 {
                    c.set(px, py, GLOW);
                } else {
                    c.set(px, py, HAZE);
                }
            } else if d <= 30 * 30 && py < 32 && bayer_threshold(px, py) < 6 && c.get(px, py) == SKY {
                c.set(px, py, HAZE);
            }
        }
    }
    for (x, y, rows) in
        [(-6, -4, ".55.\n5555\n5555\n.55."), (2, -7, "55\n55"), (1, 1, ".55\n555\n55."), (-5, 5, "55"), (-9, 1, "5\n5")]
    {
        c.stamp(cx + x, cy + y, rows);
    }
}

fn clouds(c: &mut Canvas) {
    // Long and low, lit from the moon's side.
    c.stamp(
        6 * TILE,
        0,
        "
        ................................................
        ................................................
        .....................4444.......................
        ..................44433334......................
        .................4333333334...444...............
        ..........4444..433333333334443334..............
        .........433334443333333333333333344............
        ......44433333333333333333333333333344..........
        ....44333333333333333333333333333333334444......
        ..4433333333333333333333333333333333333333344...
        .33333333333333333333333333333333333333333333...
        ...3.333.3333333.33333333.3333333.33333.333.....
        ......3.3.33.3.3.3.33.33.3.3.33.3.3.3.3.........
        ................................................
    ",
    );
}

// --------------------------------------------------------------------------------------------------------------- tree

fn tree(c: &mut Canvas, x0: i32, y0: i32) {
    let mut crown = Canvas::new(48, 48);
    // Trunk first, the leaves cover its top.
    crown.stamp(
        16,
        27,
        "
        ...16776177671..
        ...16777167661..
        ....167776771...
        .....1677671....
        .....1677661....
        .....1676761....
        .....1677661....
        .....1777661....
        .....1677671....
        .....1677661....
        .....1676661....
        .....1677671....
        ....16777661....
        ....167776671...
        ...1677667661...
        ..167776776671..
        .11671671167161.
        ...11.11...11.1.
    ",
    );
    crown.stamp(
        18,
        31,
        "
        ...........
        ...8.......
        ....8......
        ....8......
        ...........
        ....8......
        ....8......
    ",
    );
    let clumps = [
        (24, 5, 5),
        (16, 7, 5),
        (32, 7, 5),
        (10, 12, 5),
        (38, 12, 5),
        (25, 11, 6),
        (18, 14, 6),
        (32, 14, 6),
        (6, 18, 5),
        (42, 18, 5),
        (13, 20, 6),
        (26, 19, 6),
        (36, 20, 6),
        (8, 25, 5),
        (40, 25, 5),
        (19, 25, 6),
        (30, 25, 6),
    ];
    let mut leaves = Canvas::new(48, 48);
    let mut rng = Xorshift::new(11);
    for clump in clumps {
        foliage(&mut leaves, &mut rng, clump, 24);
    }
    leaves.outline(INK);
    crown.blit(&leaves, 0, 0);
    c.blit(&crown, x0, y0);
}

/// One round clump of leaves: light above, its own shadow below. Clumps near the left of `middle` catch more light.
fn foliage(c: &mut Canvas, rng: &mut Xorshift, (cx, cy, r): (i32, i32, i32), middle: i32) {
    for y in cy - r..=cy + r {
        for x in cx - r..=cx + r {
            let (dx, dy) = (x - cx, y - cy);
            if dx * dx + dy * dy > r * r + 1 {
                continue;
            }
            let side = if cx <= middle { 1 } else { -1 };
            let lit = -(dx * 2 + dy * 4) * 8 / (r * 4) + side + rng.below(4) - cy / 8;
            let index = match lit {
                5.. => LEAF_LIGHT,
                -1..=4 => LEAF,
                _ => LEAF_DARK,
            };
            c.set(x, y, index);
        }
    }
}

// -------------------------------------------------------------------------------------------------------------- house

fn house(c: &mut Canvas, x0: i32, y0: i32) {
    // Roof: shingles in courses of four.
    for y in 3..TILE {
        let inset = if y < 12 { (12 - y) / 2 } else { 0 };
        for x in inset..64 - inset {
            let course = y / 4;
            let joint = (x + course * 3) % 6 == 0;
            let index = match y % 4 {
                0 => EARTH_LIGHT,
                3 => EARTH_DARK,
                _ if joint => EARTH_DARK,
                _ => EARTH,
            };
            c.set(x0 + x, y0 + y, index);
        }
        c.set(x0 + inset, y0 + y, INK);
        c.set(x0 + 63 - inset, y0 + y, INK);
    }
    c.fill_rect(x0 + 5, y0 + 2, 54, 1, INK);
    c.fill_rect(x0, y0 + 15, 64, 1, INK);
    c.stamp(
        x0 + 42,
        y0,
        "
        11111111
        15544431
        11111111
        .154431.
        .154431.
        .144331.
        .154431.
        .111111.
    ",
    );
    // Walls: plaster between timbers.
    for y in TILE..3 * TILE {
        for x in 2..62 {
            let index = if y < TILE + 2 { HAZE } else { GLOW };
            c.set(x0 + x, y0 + y, index);
        }
    }
    for (x, y, w) in
        [(8, 20, 3), (5, 27, 2), (10, 34, 3), (52, 22, 2), (56, 30, 3), (51, 36, 2), (20, 37, 3), (27, 39, 2)]
    {
        c.fill_rect(x0 + x, y0 + y, w, 1, PALE);
        c.set(x0 + x + w, y0 + y + 1, HAZE);
    }
    for x in [2, 14, 46, 58] {
        for y in TILE..3 * TILE {
            c.stamp(x0 + x, y0 + y, if y % 7 == 3 { "1771" } else { "1871" });
        }
    }
    c.fill_rect(x0 + 2, y0 + 33, 60, 1, INK);
    for x in 3..61 {
        c.set(x0 + x, y0 + 32, EARTH);
        c.set(x0 + x, y0 + 31, EARTH_LIGHT);
    }
    // Footing of stone.
    for y in 43..48 {
        for x in 1..63 {
            let joint = (x + (y / 3) * 4) % 9 == 0;
            let index = match y {
                43 => PALE,
                47 => HAZE,
                _ if joint => HAZE,
                _ => GLOW,
            };
            c.set(x0 + x, y0 + y, index);
        }
    }
    c.fill_rect(x0 + 1, y0 + 42, 62, 1, INK);
    // A lit window.
    c.stamp(
        x0 + 18,
        y0 + 17,
        "
        111111111111
        188888888881
        111111111111
        1eeffeeffee1
        1efffeeffff1
        1effffeffff1
        1111111ee111
        1eeffee1fee1
        1efffee1fff1
        1eeffee1fee1
        111111111111
        188888888771
        111111111111
    ",
    );
    c.stamp(
        x0 + 18,
        y0 + 19,
        "
        111111111111
        1eefe11efee1
        1efff11fffe1
        1efff11fffe1
        1111111111111
        1efff11fffe1
        1eefe11efee1
        1eeee11eeee1
    ",
    );
    // The door.
    c.stamp(
        x0 + 32,
        y0 + 18,
        "
        ....11111111....
        ...1888888881...
        ..188771177781..
        ..187711117781..
        .1877611116771..
        .187761ee167781.
        .18776ffff67781.
        .187761ee167781.
        .18777111177781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .1876776776f781.
        .1876776776e781.
        .18767767767781.
        .18767767767781.
        .11111111111111.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        .18767767767781.
        1555555555555551
        1111111111111111
    ",
    );
}

// ------------------------------------------------------------------------------------------------------------- ground

/// Earth of one tile, with clods that never cross its border.
fn earth(c: &mut Canvas, x0: i32, y0: i32, clods: &[(i32, i32, usize)]) {
    const CLODS: [&str; 6] = [".88.\n8776\n.66.", "88.\n776", "666", "66", "6..6\n.66.", ".888.\n87776\n87766\n.666."];
    c.fill_rect(x0, y0, TILE, TILE, EARTH);
    for &(x, y, kind) in clods {
        c.stamp(x0 + x, y0 + y, CLODS[kind]);
    }
}

const CLODS_A: &[(i32, i32, usize)] = &[
    (1, 1, 2),
    (10, 0, 1),
    (5, 4, 0),
    (12, 5, 3),
    (0, 8, 1),
    (8, 9, 2),
    (12, 11, 0),
    (3, 12, 4),
    (14, 2, 3),
    (7, 14, 3),
];
const CLODS_B: &[(i32, i32, usize)] = &[
    (2, 2, 5),
    (9, 1, 2),
    (11, 5, 1),
    (1, 8, 3),
    (6, 8, 1),
    (10, 10, 5),
    (3, 13, 2),
    (14, 1, 3),
    (0, 14, 3),
    (7, 6, 3),
];
const CLODS_C: &[(i32, i32, usize)] = &[(0, 1, 3), (13, 0, 2), (1, 12, 1), (13, 13, 3), (12, 7, 3), (0, 7, 3)];

/// Draws grass: `tops` is where the blades begin, `ends` how far the turf hangs down, by column.
fn turf(c: &mut Canvas, x0: i32, y0: i32, tops: [i32; 16], ends: [i32; 16]) {
    for (x, (top, end)) in (0..).zip(tops.into_iter().zip(ends)) {
        for y in 0..top {
            c.set(x0 + x, y0 + y, 0);
        }
        for y in top..end {
            let index = match y - top {
                0 => LEAF_LIGHT,
                1 if x % 3 != 1 => LEAF_LIGHT,
                _ if y >= end - 2 => LEAF_DARK,
                _ => LEAF,
            };
            c.set(x0 + x, y0 + y, index);
        }
        c.set(x0 + x, y0 + end, EARTH_DARK);
        if end > 7 {
            c.set(x0 + x, y0 + end - 3, LEAF);
        }
    }
}

const TOPS_A: [i32; 16] = [2, 2, 1, 2, 2, 2, 0, 1, 2, 2, 2, 1, 2, 2, 2, 2];
const ENDS_A: [i32; 16] = [6, 7, 7, 6, 5, 6, 8, 9, 7, 6, 5, 5, 7, 8, 7, 6];
const TOPS_B: [i32; 16] = [2, 1, 2, 2, 2, 1, 2, 2, 2, 2, 0, 2, 1, 2, 2, 2];
const ENDS_B: [i32; 16] = [6, 6, 8, 8, 6, 5, 5, 7, 9, 8, 6, 5, 6, 6, 7, 6];

/// Cuts the left or the right side of a tile to an edge.
fn cliff(c: &mut Canvas, x0: i32, y0: i32, right: bool) {
    const CUT: [i32; 16] = [1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1];
    for (y, cut) in (0..).zip(CUT) {
        for x in 0..=cut + 1 {
            let at = if right { TILE - 1 - x } else { x };
            let index = match x - cut {
                ..=-1 => 0,
                0 => INK,
                _ => EARTH_DARK,
            };
            c.set(x0 + at, y0 + y, index);
        }
    }
}

fn ground(c: &mut Canvas) {
    let (top, below) = (2 * TILE, 3 * TILE);
    let fills = [CLODS_A, CLODS_A, CLODS_B, CLODS_C, CLODS_B];
    for (column, clods) in (0..).zip(fills) {
        earth(c, column * TILE, top, clods);
        earth(c, column * TILE, below, clods);
    }
    for (x, right) in [(0, false), (4 * TILE, true)] {
        cliff(c, x, top, right);
        cliff(c, x, below, right);
    }
    turf(
        c,
        0,
        top,
        [5, 3, 2, 2, 1, 2, 2, 2, 2, 0, 2, 1, 2, 2, 2, 2],
        [10, 11, 9, 7, 6, 6, 8, 9, 7, 6, 5, 5, 7, 8, 7, 6],
    );
    turf(c, TILE, top, TOPS_A, ENDS_A);
    turf(c, 2 * TILE, top, TOPS_B, ENDS_B);
    turf(c, 3 * TILE, top, TOPS_A, ENDS_B);
    turf(
        c,
        4 * TILE,
        top,
        [2, 2, 1, 2, 2, 2, 2, 1, 2, 2, 0, 2, 2, 2, 3, 5],
        [6, 7, 8, 6, 5, 6, 7, 8, 7, 5, 5, 6, 8, 9, 11, 10],
    );
    // Flowers in the third turf.
    c.stamp(
        3 * TILE + 2,
        top,
        "
        .f.......5..
        fef.....5e5.
        .f...5...5..
        .9..5e5..9..
        .....5......
    ",
    );
    // Something old sleeps in the earth.
    c.stamp(
        3 * TILE + 3,
        below + 3,
        "
        ..66666...
        .6555556..
        655555556.
        65115115 6
        651151156.
        .6555556..
        ..65456...
        ..6.6.6...
    ",
    );
    // Slopes, and the earth below them.
    for (column, right) in [(5, true), (6, false)] {
        let x0 = column * TILE;
        earth(c, x0, top, CLODS_B);
        earth(c, x0, below, CLODS_A);
        for x in 0..TILE {
            let line = if right { TILE - 1 - x } else { x };
            for y in 0..TILE {
                let deep = y - line;
                let frayed = 4 + i32::from((x * 7) % 5 < 2);
                let index = match deep {
                    ..=-1 => 0,
                    0..=1 => LEAF_LIGHT,
                    _ if deep < frayed => LEAF,
                    _ if deep < frayed + 2 => LEAF_DARK,
                    _ if deep == frayed + 2 => EARTH_DARK,
                    _ => continue,
                };
                c.set(x0 + x, top + y, index);
            }
            for y in 0..TILE {
                let deep = TILE + y - line;
                let frayed = 4 + i32::from((x * 7) % 5 < 2);
                let index = match deep {
                    _ if deep < frayed => LEAF,
                    _ if deep < frayed + 2 => LEAF_DARK,
                    _ if deep == frayed + 2 => EARTH_DARK,
                    _ => continue,
                };
                c.set(x0 + x, below + y, index);
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------------------- plants

fn plants(c: &mut Canvas) {
    let row = 2 * TILE;
    // A bush of two tiles.
    let mut bush = Canvas::new(32, 16);
    let mut rng = Xorshift::new(5);
    for clump in [(16, 7, 5), (9, 9, 5), (23, 9, 5), (5, 13, 4), (27, 13, 4), (13, 13, 5), (20, 13, 5)] {
        foliage(&mut bush, &mut rng, clump, 16);
    }
    bush.outline(INK);
    c.blit(&bush, 7 * TILE, row);
    let row = 3 * TILE;
    // A thin floating platform of turf, three tiles.
    for x in 0..48 {
        let edge = x.min(47 - x);
        let at = usize::try_from(x % 16).unwrap_or(0);
        let round = [3, 1, 1, 0].get(usize::try_from(edge).unwrap_or(9)).copied().unwrap_or(0);
        let top = TOPS_A[at] + 1 + round;
        let turf = ENDS_A[at] + 1 - round;
        let hang = turf
            + if edge < 2 {
                1
            } else {
                3 + i32::from((x * 5) % 7 < 3) + i32::from((x * 3) % 8 < 3) - i32::from(edge < 5)
            };
        for y in top..=hang {
            let index = match y {
                _ if y <= top + i32::from(x % 3 != 1) => LEAF_LIGHT,
                _ if y + 2 < turf => LEAF,
                _ if y < turf => LEAF_DARK,
                _ if y == hang => INK,
                _ if y == turf || y + 1 == hang => EARTH_DARK,
                _ if (x + y * 3) % 7 == 0 => EARTH_LIGHT,
                _ => EARTH,
            };
            c.set(7 * TILE + x, row + y, index);
        }
    }
    c.stamp(
        10 * TILE,
        row,
        "
        ................
        ................
        ................
        ................
        .............b..
        ....b.......b...
        ....b...b...b...
        .b...b..b..ab.b.
        .b...b..ba.ab.b.
        ..b..ba.ba.a.ba.
        ..ba.ab.ab.a.ba.
        a.ba.aa.aa.aaa.b
        aa9a9aa9aa9aa9ab
        9a9aa9aa9aa9aa9a
        9a99a9a99a99a99a
        9999999999999999
    ",
    );
    c.stamp(
        11 * TILE,
        row,
        "
        ................
        ................
        ................
        ................
        ..ff............
        .feef.....5.....
        .feef....5e5..f.
        ..ff......5..fef
        ...a......a...f.
        .a.a..5...a...a.
        .aa..5e5..a.a.a.
        ..a...5...aa..a.
        ..a.9.a.9.a..9a.
        .9a9.9a.99a9.a9.
        99a99a9a9a99a9a9
        9999999999999999
    ",
    );
    c.stamp(
        12 * TILE,
        row,
        "
        ................
        ................
        ................
        .....111111.....
        ...11eeeeee11...
        ..1eeffeeefee1..
        .1eeefeeeeeeee1.
        .1eeeeeeffeeee1.
        .1111111111111..
        ....1555541111..
        .....155411ee11.
        .....15541eeefe1
        .....15541111111
        ....155541.1541.
        .9..155541915419
        9999999999999999
    ",
    );
    c.stamp(
        13 * TILE,
        row,
        "
        ................
        ................
        ...1........1...
        ..181......181..
        ..1871.....1871.
        ..1871.....1871.
        1111111111111111
        8888888888888888
        7777777777777777
        1111111111111111
        ..1871.....1871.
        1111111111111111
        8888888888888888
        7777777777777777
        1111111111111111
        ..1771.9...1771.
    ",
    );
    c.stamp(
        14 * TILE,
        row,
        "
        ................
        .11111111111111.
        1888888888888881
        1877777777777761
        1877777ee7777761
        187777effe777761
        187711effe117761
        1877777ee7777761
        1877666666667761
        1777777777777761
        .11111111111111.
        ......1871......
        ......1871......
        ......1871......
        .9..9.1761.9....
        9999999999999999
    ",
    );
    c.stamp(
        15 * TILE,
        row,
        "
        ................
        ................
        .....111111.....
        ...11bbaaaa11...
        ..1bbbaaaeea91..
        .1bbeeaaaefa991.
        .1bbefaaaaaaa91.
        1bbaaaabbaaaaa91
        1baaeeabaaeea991
        1aaaefaaaaefa991
        1aaaaaaa9aaaa991
        1a9eeaa99aa9eea1
        .1aefa999999ef91
        .199aa99a9999991
        ..119999991999.1
        ...1111111.111..
    ",
    );
}

// -------------------------------------------------------------------------------------------------------------- stone

/// One dressed stone inside the tile at `x0`, `y0`, wrapped around its sides.
fn block(c: &mut Canvas, x0: i32, y0: i32, x: i32, y: i32, w: i32, h: i32) {
    for dy in 0..h {
        for dx in 0..w {
            let corner = (dx == 0 || dx == w - 1) && (dy == 0 || dy == h - 1);
            let index = if corner && w > 3 {
                SKY
            } else if dy == h - 1 || dx == w - 1 {
                HAZE
            } else if dy == 0 || (dx == 0 && dy < h - 2) {
                PALE
            } else {
                GLOW
            };
            c.set(x0 + (x + dx).rem_euclid(TILE), y0 + (y + dy).rem_euclid(TILE), index);
        }
    }
}

fn wall(c: &mut Canvas, x0: i32, y0: i32, blocks: &[(i32, i32, i32, i32)]) {
    c.fill_rect(x0, y0, TILE, TILE, SKY);
    for &(x, y, w, h) in blocks {
        block(c, x0, y0, x, y, w, h);
    }
}

const WALL_A: &[(i32, i32, i32, i32)] =
    &[(0, 0, 9, 4), (10, 0, 5, 4), (-5, 5, 10, 5), (6, 5, 4, 5), (0, 11, 6, 4), (7, 11, 8, 4)];
const WALL_B: &[(i32, i32, i32, i32)] =
    &[(0, 0, 5, 4), (6, 0, 9, 4), (-5, 5, 10, 5), (6, 5, 4, 5), (0, 11, 10, 4), (11, 11, 4, 4)];

fn stone(c: &mut Canvas) {
    let row = 4 * TILE;
    for (column, blocks) in (0..).zip([WALL_A, WALL_B, WALL_A, WALL_A, WALL_B, WALL_A, WALL_B]) {
        wall(c, column * TILE, row, blocks);
    }
    // Coping on the first three.
    for x in 0..48 {
        let joint = x % 12 == 11;
        for (y, index) in [(0, PALE), (1, PALE), (2, GLOW), (3, GLOW), (4, HAZE), (5, INK)] {
            c.set(x, row + y, if joint && y > 0 { SKY } else { index });
        }
    }
    for y in 0..TILE {
        c.set(0, row + y, INK);
        c.set(47, row + y, INK);
        if y > 5 {
            c.set(1, row + y, HAZE);
            c.set(46, row + y, HAZE);
        }
    }
    c.set(0, row, 0);
    c.set(47, row, 0);
    // Moss, and a crack.
    c.stamp(
        5 * TILE,
        row,
        "
        aab.aaabaa.bba.a
        9aaaa9a9aa9aaaa9
        .9a9..9.9a.99a9.
        ..9......9...9..
        ................
        ................
        .....ab.........
        ....9aab........
        .....99.........
        ................
        ................
        ...........ba...
        ..........9aa9..
        ...........9....
    ",
    );
    c.stamp(
        6 * TILE,
        row,
        "
        ........1.......
        ........1.......
        .......11.......
        .......1........
        ......1.........
        ......11........
        .......1........
        .......11.......
        ........11......
        .......1..1.....
        ......1...1.....
        .....1.....1....
        .....1..........
    ",
    );
    // A pillar: head, shaft, foot.
    c.stamp(
        7 * TILE,
        row,
        "
        1111111111111111
        1555555555555541
        1544444444444431
        1333333333333331
        1111111111111111
        .11555544444311.
        ..155444444331..
        ..111111111111..
        ...1554443331...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
    ",
    );
    for y in 0..TILE {
        c.stamp(8 * TILE, row + y, "...1545443231...");
    }
    c.stamp(
        8 * TILE,
        row + 6,
        "
        .............
        .........1...
        ........1....
        .......11....
        ........1....
    ",
    );
    c.stamp(
        9 * TILE,
        row,
        "
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1545443231...
        ...1554443331...
        ..111111111111..
        ..155444444331..
        .15544444444331.
        .11111111111111.
        1555555555555541
        1544444444444431
        1333333333333331
        1111111111111111
    ",
    );
}

// --------------------------------------------------------------------------------------------------------------- wood

fn wood(c: &mut Canvas) {
    let row = 4 * TILE;
    // A bridge of planks, three tiles.
    for x in 0..48 {
        let board = x % 8;
        for y in 0..8 {
            let index = match (board, y) {
                (7, 1..7) | (_, 0 | 7) => INK,
                (_, 1) => EARTH_LIGHT,
                (_, 6) | (6, _) => EARTH_DARK,
                (0, 2..4) => EARTH_LIGHT,
                _ => EARTH,
            };
            c.set(10 * TILE + x, row + y, index);
        }
    }
    for x in [3, 11, 18, 27, 34, 43] {
        c.set(10 * TILE + x, row + 3, EARTH_DARK);
        c.set(10 * TILE + x + 1, row + 3, EARTH_DARK);
    }
    for x in [2, 10, 18, 26, 34, 42] {
        c.set(10 * TILE + x, row + 2, INK);
    }
    c.fill_rect(10 * TILE, row, 1, 8, INK);
    // Posts under both ends.
    for x in [3, 40] {
        for y in 8..TILE {
            c.stamp(10 * TILE + x, row + y, "18761");
        }
    }
    c.stamp(
        10 * TILE + 8,
        row + 8,
        "
        8766
        .876
        ..87
    ",
    );
    c.stamp(
        10 * TILE + 36,
        row + 8,
        "
        8766
        876.
        87..
    ",
    );
    c.stamp(
        13 * TILE,
        row,
        "
        .181........181.
        .171........171.
        .11111111111111.
        .18888888888861.
        .17777777777761.
        .11111111111111.
        .171........171.
        .181........181.
        .181........181.
        .171........171.
        .11111111111111.
        .18888888888861.
        .17777777777761.
        .11111111111111.
        .171........171.
        .181........181.
    ",
    );
    c.stamp(
        14 * TILE,
        row,
        "
        1111111111111111
        1888888888888881
        1877777777777761
        1871111111111761
        1871866666681761
        1871186666811761
        1871611668161761
        1871661881661761
        1871661881661761
        1871611668161761
        1871186666811761
        1871866666681761
        1871111111111761
        1877777777777761
        1866666666666661
        1111111111111111
    ",
    );
    c.stamp(
        15 * TILE,
        row,
        "
        ....11111111....
        ..118888888711..
        .18877777777661.
        .11888777766611.
        1871111111111761
        1455555444443331
        1111111111111111
        1887877677667661
        1887877677667661
        1887877677667661
        1887877677667661
        1111111111111111
        1455555444443331
        1111111111111111
        .18878776676661.
        ..111111111111..
    ",
    );
}

// -------------------------------------------------------------------------------------------------------------- water

fn water(c: &mut Canvas) {
    const WAVE: [i32; 16] = [4, 4, 3, 3, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5, 4];
    let row = 5 * TILE;
    for frame in 0..4 {
        let shift = frame * 4;
        for body in [false, true] {
            let x0 = (frame + if body { 4 } else { 0 }) * TILE;
            c.fill_rect(x0, row, TILE, TILE, WATER);
            // Glints drift one way above and the other way below.
            for (x, y, w, way) in
                [(1, 8, 4, 1), (10, 10, 3, 1), (5, 13, 2, -1), (12, 15, 3, -1), (3, 1, 3, -1), (9, 4, 4, 1)]
            {
                if y < 7 && !body {
                    continue;
                }
                for dx in 0..w {
                    let at = (x + dx + way * shift).rem_euclid(TILE);
                    c.set(x0 + at, row + y, if body { HAZE } else { WATER_LIGHT });
                }
            }
            if body {
                for (x, y) in [(6, 2), (13, 7), (2, 11)] {
                    let at = (x - shift).rem_euclid(TILE);
                    c.set(x0 + at, row + y, WATER_LIGHT);
                }
                continue;
            }
            for x in 0..TILE {
                let wave = WAVE[usize::try_from((x + shift).rem_euclid(TILE)).unwrap_or(0)];
                for y in 0..wave {
                    c.set(x0 + x, row + y, 0);
                }
                c.set(x0 + x, row + wave, if wave == 2 { LIGHT } else { WATER_LIGHT });
                if wave < 4 {
                    c.set(x0 + x, row + wave + 1, WATER_LIGHT);
                }
            }
        }
    }
}

// -------------------------------------------------------------------------------------------------------------- lamps

fn lamps(c: &mut Canvas) {
    let row = 5 * TILE;
    let head = "
        .......11.......
        ......1541......
        .....154431.....
        ...1154444311...
        ..115444443311..
        ..111111111111..
        ...1eeeeeeee1...
        ...1eeeffeee1...
        ...1eeffffee1...
        ...1eeffffee1...
        ...1eeeffeee1...
        ...1eeeeeeee1...
        ..111111111111..
        ...1154443311...
        .....154431.....
        ......1431......
    ";
    let flames = [
        "
        eeeeeeee
        eeeffeee
        eeffffee
        eeffffee
        eeeffeee
        eeeeeeee
        ",
        "
        eeeffeee
        eeffffee
        eeffffee
        effffffe
        eeffffee
        eeeeeeee
        ",
        "
        eeefeeee
        eefffeee
        efffffee
        efffffee
        eefffeee
        eeeeeeee
        ",
        "
        eeeeeeee
        eeeefeee
        eeefffee
        eefffffe
        eeefffee
        eeeeeeee
        ",
    ];
    for (frame, flame) in (0..).zip(flames) {
        let x0 = (8 + frame) * TILE;
        c.stamp(x0, row, head);
        c.stamp(x0 + 4, row + 6, flame);
    }
    let x0 = 12 * TILE;
    c.stamp(x0, row, head);
    c.stamp(
        x0 + 4,
        row + 6,
        "
        33332222
        33342222
        33422222
        34322232
        33222322
        22222222
    ",
    );
    for y in 0..TILE {
        c.stamp(13 * TILE, row + y, "......1431......");
    }
    c.stamp(
        13 * TILE,
        row,
        "
        ......1431......
        ....11111111....
        ...154444331....
        ....11111111....
    ",
    );
    c.stamp(
        14 * TILE,
        row,
        "
        ......1431......
        ......1431......
        ......1431......
        ......1431......
        ......1431......
        ......1431......
        .....111111.....
        .....154431.....
        .....111111.....
        ......1431......
        .....154431.....
        .....154431.....
        ....15444331....
        ...1544444331...
        ..155444444331..
        ..111111111111..
    ",
    );
    // Brambles.
    c.stamp(
        15 * TILE,
        row,
        "
        ................
        .........5......
        ........11..5...
        ...5...1a1..11..
        ...11.1a915.1a1.
        ..1a11a91.11a91.
        .51a1aa1.1aa911.
        .11a91a11aa91...
        1aaa9111aa91.5..
        1a91115aa91111..
        1a9151.1a91aa15.
        .1a911115a1a9a11
        .1aaaaaa11a91.aa
        511999aaaaa91.1a
        1a1111999999115a
        99aa9911111199a9
    ",
    );
}
