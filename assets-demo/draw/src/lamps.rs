//! `characters/lamps`: creatures that carry light or put it out. True color, 16 × 16.

use crate::canvas::Canvas;
use crate::palette::Palette;

/// The palettes. A color that both contain has the same index in both.
#[must_use]
pub fn palettes() -> Vec<Palette> {
    let (ink, amber, pale, white) = (0x19_1323, 0xf0_963a, 0xff_e39c, 0xff_fbe8);
    vec![
        Palette::new(
            "flame",
            &[ink, 0x5e_3a2e, 0x98_683a, 0xd8_ac58, 0x58_2a34, 0xa4_2c30, 0xd8_5a24, amber, pale, white, 0xe0_7460],
        ),
        Palette::new(
            "shade",
            &[
                ink, 0x24_1a40, 0x40_2c66, 0x6c_4c96, 0x4c_3a58, 0x84_6a86, 0xbc_a4b0, amber, pale, white, 0x98_7048,
                0x34_3a50, 0x5c_6c84, 0xa4_b8c4,
            ],
        ),
    ]
}

fn strip(frame: impl Fn(i32, &mut Canvas)) -> Canvas {
    let mut all = Canvas::new(64, 16);
    for i in 0..4 {
        let mut c = Canvas::new(16, 16);
        frame(i, &mut c);
        all.blit(&c, i * 16, 0);
    }
    all
}

const LAMPKIN: &str = "
    ......1111......
    .....13..31.....
    ....11111111....
    ...1443333221...
    ..111111111111..
    ..178899998871..
    ..189199991981..
    ..189199991981..
    ..18b999999b81..
    ..177891199871..
    ..177889988771..
    ..111111111111..
    ...1443333221...
";

/// A lantern on two feet, walking: four frames.
#[must_use]
pub fn lampkin() -> Canvas {
    const FEET: [&str; 4] = [
        "....155..155....\n....111..111....",
        "..1551...151....\n..1111..11......",
        "....155..155....\n....111..111....",
        "....151...1551..\n......11..1111..",
    ];
    strip(|i, c| {
        let up = i % 2;
        for (frame, feet) in (0..).zip(FEET) {
            if frame == i {
                c.stamp(0, 14, feet);
            }
        }
        c.stamp(0, 1 - up, LAMPKIN);
        c.fill_rect(6, 9 - up, 4, 1, 9);
        match i {
            // A blink on the third step.
            2 => c.stamp(4, 7, "99999999\n91199119"),
            1 | 3 => c.stamp(5, 5, "9a99a9"),
            _ => {}
        }
        let mouth = if i == 2 { "9119" } else { "1991" };
        c.stamp(6, 9 - up, mouth);
        c.stamp(6, 10 - up, if i == 2 { "9999" } else { "9119" });
    })
}

const WISP_BODY: &str = "
    ..6678888766....
    ..6789999876....
    .667899999876...
    .6789999999876..
    .6789199919876..
    .6789199919876..
    .6678999998766..
    ..66789198766...
    ...667888766....
    ....6666666.....
";

/// A flame with a face, burning: four frames.
#[must_use]
pub fn wisp() -> Canvas {
    const TIPS: [&str; 4] = [
        "
        .......6........
        .......66.......
        ...6..676.......
        ......6776......
        .....67876..6...
        ...6.678876.....
        ",
        "
        .........6......
        ...6....66......
        .......676......
        ......6776......
        .....678766.....
        ....6678876.....
        ",
        "
        ...........6....
        ......6.........
        ......66........
        .....6776.6.....
        ....667876......
        ...6678876......
        ",
        "
        ....6...........
        .....6.....6....
        .....66.........
        ....6776........
        ....678766......
        ...66788876.....
        ",
    ];
    strip(|i, c| {
        c.stamp(1, 6, WISP_BODY);
        for (frame, tip) in (0..).zip(TIPS) {
            if frame == i {
                c.stamp(1, 0, tip);
            }
        }
        if i == 3 {
            c.stamp(6, 10, "9999\n1991");
            c.stamp(6, 10, "99999\n19991");
        }
    })
}

const MOTH: [&str; 3] = [
    "
    .11.....
    1771..1.
    17771..1
    176771.1
    16887115
    16896185
    .1666199
    .156619b
    ..156199
    ..11519b
    .1566199
    .1651.1b
    ..11..19
    .......1
    ",
    "
    ........
    ......1.
    .......1
    .1111..1
    17777115
    16887185
    16896199
    .166619b
    ..156199
    .156619b
    .1565199
    ..111.1b
    ......19
    .......1
    ",
    "
    ........
    ......1.
    .......1
    .......1
    ..111115
    .1777185
    .1677199
    1688619b
    16896199
    1566519b
    15651199
    .151..1b
    ..1...19
    .......1
    ",
];

/// A moth over a light: four beats of its wings.
#[must_use]
pub fn moth() -> Canvas {
    strip(|i, c| {
        let (shape, y) = match i {
            0 => (MOTH[0], 2),
            2 => (MOTH[2], 0),
            _ => (MOTH[1], 1),
        };
        c.stamp(0, y, shape);
        c.stamp_flipped(8, y, shape, true);
    })
}

const HAT: &str = "
    .......11.......
    ......1ed1......
    ......1ed1......
    .....1eddc1.....
    .....1eddc1.....
    ....1eedddc1....
    ....1edddcc1....
    ...1eeddddcc1...
    ..1eedddddccc1..
    ..1111111111111.
";

/// A creature that puts lights out, creeping: four frames.
#[must_use]
pub fn snuffer() -> Canvas {
    const HEMS: [&str; 4] = [
        "..1322222222231.\n.133322222233331\n.143333333333341\n.14413443144341.\n..11.11.1.11.1..",
        "..1322222222231.\n..13322222233331\n.143333333333341\n144313443144311.\n.111.11.1.111...",
        "..1322222222231.\n.133322222233331\n.143333333333341\n.14341344314431.\n..1.11.11.11.1..",
        "..1322222222231.\n.13332222223331.\n.143333333333341\n..14413443134441\n...11.11.1.1111.",
    ];
    strip(|i, c| {
        let bob = i % 2;
        c.fill_rect(3, 9, 11, 3, 2);
        c.fill_rect(2, 9, 1, 3, 1);
        c.fill_rect(14, 9, 1, 3, 1);
        for (frame, hem) in (0..).zip(HEMS) {
            if frame == i {
                c.stamp(0, 11, hem);
            }
        }
        c.stamp(0, bob, HAT);
        let look = [0, 1, 0, -1];
        let dx = look.get(usize::try_from(i).unwrap_or(0)).copied().unwrap_or(0);
        let eyes = if i == 2 { "888.888" } else { "98...98\n88...88" };
        c.stamp(5 + dx, 10 + bob, eyes);
    })
}
