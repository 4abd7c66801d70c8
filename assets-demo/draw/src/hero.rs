//! `characters/hero`: the lamplighter, eight tiles of 32 × 32, composed of parts.

use crate::canvas::Canvas;
use crate::palette::Palette;

/// The palettes, the one of the image first: the hero's clothes by day, and another player's coat.
#[must_use]
pub fn palettes() -> Vec<Palette> {
    vec![
        Palette::new(
            "day",
            &[
                0x19_1323, 0x1f_2f5c, 0x2f_5a8c, 0x5c_9cb8, 0xb4_6a5a, 0xf0_bc94, 0x8c_2a40, 0xd8_5048, 0x42_2433,
                0x8a_5238, 0x6a_6478, 0xc8_5a20, 0xf0_963a, 0xff_e39c, 0xff_fbe8,
            ],
        ),
        Palette::new(
            "ember",
            &[
                0x1e_0c14, 0x4a_1428, 0x8e_2430, 0xd0_5238, 0x94_5c58, 0xdc_b0a0, 0x30_2c5a, 0x5c_6cae, 0x26_1c30,
                0x58_4860, 0x80_6440, 0xd0_6a18, 0xf8_a840, 0xff_eaa8, 0xff_f7e0,
            ],
        ),
    ]
}

const HEAD: &str = "
    ......111111.....
    ....1133344411...
    ...1333333444d1..
    ..133333333344d1.
    ..13333332222341.
    .123333321111121.
    .12333321566666d1
    .12333321566666d1
    .1233332156166161
    .1223332156166161
    ..12233215c666c61
    ..12223321556661.
    ...112222111111..
";

const EYES_HURT: &str = "
    16661
    61616
    16661
";

/// The point of the hood: at rest, bouncing, blown back.
const TIPS: [&str; 3] = [
    "
    ....1111..
    ..11333333
    .133333333
    .133223333
    .132112233
    .131..1222
    ..1.......
    ",
    "
    ..........
    ...1111...
    ..13333333
    .133333333
    1332223333
    1321112222
    .11.......
    ",
    "
    11........
    1311111...
    1333333333
    .133333333
    .112223333
    ...1112222
    ..........
    ",
];

const BODY: &str = "
    ..177888811...
    .1777888888d1.
    .1377777783d1.
    .12333333343d1
    123333333344d1
    123333333344d1
    1223333233344d
    12223332333341
    .111221122211.
";

const BODY_WIDE: &str = "
    ....177888811...
    ...1777888888d1.
    ...1377777783d1.
    ..12333333343d1.
    .1233333333344d1
    123333333333344d
    12233322333233441
    .1222112221122211
    ..11..111.11..11.
";

const ARM: &str = "
    .........11.
    .......11661
    .....1134661
    ...1133441..
    .33333441...
    .2333341....
    .122231.....
    ..1111......
";

const SCARF: [&str; 3] = [
    "
    ..1111.
    118881.
    1878771
    .11771.
    ...11..
    ",
    "
    ...111.
    .11888.
    1888771
    1771111
    .11....
    ",
    "
    .1.....
    181111.
    1888881
    .177771
    ..1111.
    ",
];

const LANTERN: &str = "
    ..1b1..
    .1bbb1.
    1111111
    1cdedc1
    1deffd1
    1deffd1
    1cdddc1
    1111111
    .1b1b1.
";

const FLAMES: [&str; 4] = [
    "
    cdddc
    deeed
    deffd
    ceedc
    ",
    "
    ddedd
    deeed
    dfffd
    deeed
    ",
    "
    cdedc
    deffd
    defed
    cdddc
    ",
    "
    ccccc
    cdddc
    cdedc
    ccdcc
    ",
];

/// The feet: idle, four steps of walking, jumping, falling.
const LEGS: [&str; 7] = [
    "
    ..199a1.199a1..
    ..199a1.199a1..
    ..19aaa119aaa1.
    ..111111111111.
    ",
    "
    .199a1..1199a1.
    199a1....1199a1
    19aa1.....19aa1
    1111......11111
    ",
    "
    ...1999aa1.....
    ...1199a1......
    ....199aa1.....
    ....111111.....
    ",
    "
    ..1199a11991...
    .1199a1.1199a1.
    .19aa1...19aaa1
    .1111....111111
    ",
    "
    ...199a1999a1..
    ..199a1.199a1..
    ..1111..199aa1.
    ........111111.
    ",
    "
    .11199a1199a1..
    199a1.1.199aa1.
    19aa1...111111.
    1111...........
    ",
    "
    ..199a11199a1..
    ...199a1..199a1
    ...119aa1.19aa1
    .....1111.1111.
    ",
];

struct Pose {
    /// Offset of everything.
    all: (i32, i32),
    /// Additional offset of the head.
    head: (i32, i32),
    tip: usize,
    scarf: usize,
    body: &'static str,
    legs: usize,
    /// Offset of the feet.
    feet: (i32, i32),
    /// Offset of the hand.
    hand: (i32, i32),
    flame: usize,
    eyes: &'static str,
}

const IDLE: Pose = Pose {
    all: (0, 0),
    head: (0, 0),
    tip: 0,
    scarf: 0,
    body: BODY,
    legs: 0,
    feet: (0, 0),
    hand: (0, 0),
    flame: 0,
    eyes: "",
};

fn draw(sheet: &mut Canvas, tile: i32, pose: &Pose) {
    let mut c = Canvas::new(32, 32);
    let (ax, ay) = pose.all;
    let (hx, hy) = (ax + pose.head.0, ay + pose.head.1);
    c.stamp(5 + pose.feet.0, 28 + pose.feet.1, LEGS[pose.legs]);
    c.stamp(1 + ax, 18 + ay + pose.head.1, SCARF[pose.scarf]);
    let wide = i32::from(pose.body.len() > BODY.len()) * 2;
    c.stamp(6 + ax - wide, 20 + ay, pose.body);
    c.stamp(4 + hx, 8 + hy, HEAD);
    c.stamp(1 + hx, 9 + hy, TIPS[pose.tip]);
    c.stamp(14 + hx, 16 + hy, pose.eyes);
    let (lx, ly) = (23 + ax + pose.hand.0, 20 + ay + pose.hand.1);
    c.stamp(lx, ly, LANTERN);
    c.stamp(lx + 1, ly + 3, FLAMES[pose.flame]);
    c.stamp(lx - 7, ly - 3, ARM);
    sheet.blit(&c, tile * 32, 0);
}

/// Idle, idle, four steps, jump, hurt: 256 × 32.
#[must_use]
pub fn sheet() -> Canvas {
    let mut c = Canvas::new(256, 32);
    let poses = [
        IDLE,
        Pose { head: (0, 1), tip: 1, scarf: 1, hand: (0, 1), flame: 1, ..IDLE },
        Pose { all: (0, 0), tip: 0, scarf: 1, legs: 1, hand: (1, 0), flame: 2, ..IDLE },
        Pose { all: (0, -1), tip: 2, scarf: 2, legs: 2, hand: (0, 0), flame: 0, ..IDLE },
        Pose { all: (0, 0), tip: 0, scarf: 1, legs: 3, hand: (-1, 0), flame: 1, ..IDLE },
        Pose { all: (0, -1), tip: 2, scarf: 1, legs: 4, hand: (0, 0), flame: 1, ..IDLE },
        Pose {
            all: (0, -4),
            tip: 2,
            scarf: 2,
            body: BODY_WIDE,
            legs: 5,
            feet: (0, -4),
            hand: (1, -1),
            flame: 1,
            ..IDLE
        },
        Pose {
            all: (-1, 0),
            head: (-1, 1),
            tip: 1,
            scarf: 2,
            body: BODY_WIDE,
            legs: 6,
            hand: (0, 1),
            flame: 3,
            eyes: EYES_HURT,
            ..IDLE
        },
    ];
    for (tile, pose) in (0..).zip(&poses) {
        draw(&mut c, tile, pose);
    }
    // Stars around the head of the last one.
    c.stamp(
        7 * 32 + 1,
        3,
        "
        .....e......
        .....f...d..
        .d.eff.e....
        .....f....e.
        e....e...efe
        ..........e.
    ",
    );
    c
}
