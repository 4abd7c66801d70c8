//! Tiles that do not fit on the sheet, and colors that are in no palette.

use super::{Draft, FLAME, SHADE, Slip, frame, slip};
use crate::canvas::Canvas;
use crate::encode;
use crate::palette::Palette;
use crate::{drafts, font, hero, lamps, terrain};
use packer_services::declaration::Content;
use packer_services::diagnostics::Code;
use packer_services::formats::{Rgb, TileSize};

pub const SLIPS: &[Slip] = &[
    slip(Code::TileOverflow, "Nine rows of poses, and a bank holds eight", |draft| {
        let mut sheet = Canvas::new(256, 288);
        (0..9).for_each(|row| sheet.lay(&hero::sheet(), 0, row * 32));
        let day = &hero::palettes()[..1];
        let image = encode::indexed_png(&sheet, &day[0], png::BitDepth::Four);
        draft.drawn_with(TileSize::ThirtyTwo, day).image("hero.png", 0, image)
    }),
    slip(Code::TileGap, "The second image was counted from 1", |draft| two_images(draft, 2, 0)),
    slip(Code::TileOverlap, "The first image has got a second frame, and the second kept its place", |draft| {
        two_images(draft, 1, 2)
    }),
    slip(Code::PalettesMissing, "The colors are in the PNG, but were never declared", |draft| {
        let tiles = &font::palettes()[..1];
        let image = encode::indexed_png(&font::frames().part(80, 0, 32, 8), &tiles[0], png::BitDepth::Two);
        draft.drawn_with(TileSize::Eight, &[]).image("hands.png", 0, image)
    }),
    slip(
        Code::PaletteIndices,
        "The middle one of three palettes was deleted, and the last kept its index 2",
        |draft| {
            let tile = encode::indexed_png(&ground(1), &terrain::palettes()[0], png::BitDepth::Four);
            let draft = draft.drawn_with(TileSize::Sixteen, &terrain::palettes()[..2]).image("ground.png", 0, tile);
            draft.edited("\"index\": 1,\n          \"palette\"", "\"index\": 2,\n          \"palette\"")
        },
    ),
    slip(Code::PaletteUndeclared, "A palette was deleted that the artifact still names", |draft| {
        let tile = encode::indexed_png(&ground(2), &terrain::palettes()[0], png::BitDepth::Four);
        let draft = draft.drawn_with(TileSize::Sixteen, &terrain::palettes()[..1]).image("ground.png", 0, tile);
        draft.artifacts(|artifacts| artifacts[0].palette = Some(1))
    }),
    slip(
        Code::ColorNearMiss,
        "The lamp's orange is a shade off: the editor converted the colors to its own profile",
        |draft| recolored(draft, 1, |color| if color == AMBER { OFF_AMBER } else { color }),
    ),
    slip(Code::ColorStray, "Two pixels of a pink guide were left in the image", |draft| {
        let flame = &lamps::palettes()[FLAME];
        let image = encode::rgba_png_of(&frame(&lamps::wisp(), 0), |x, y, index| match (x, y) {
            (0, 0 | 15) => [255, 40, 150, 255],
            _ => encode::rgba(flame, index),
        });
        draft.lamps("wisp.png", &Canvas::new(16, 16), FLAME).file("wisp.png", image)
    }),
    slip(Code::ColorsUndeclared, "The cold palette of this one was never declared", |draft| {
        let palettes = lamps::palettes();
        let image = encode::rgba_png(&frame(&lamps::snuffer(), 2), &palettes[SHADE]);
        draft.drawn_with(TileSize::Sixteen, &palettes[..1]).image("snuffer.png", 0, image)
    }),
    slip(
        Code::ColorOnlyKey,
        "The background is painted in the key color, and nobody said that it is the key",
        |draft| {
            let owl = drafts::sketch_palette();
            let image = encode::rgb_png(&drafts::owl().part(0, 0, 16, 16), &owl);
            draft.drawn_with(TileSize::Sixteen, &[owl]).image("owl.png", 0, image)
        },
    ),
    slip(
        Code::ColorElsewhere,
        "The artifact names the warm palette, and the image is drawn with the cold one",
        |draft| {
            let draft = draft.lamps("snuffer.png", &frame(&lamps::snuffer(), 3), SHADE);
            draft.artifacts(|artifacts| artifacts[0].palette = Some(0))
        },
    ),
    slip(Code::ColorsAcross, "A warm flame before a cold snuffer, in one tile", |draft| {
        let palettes = lamps::palettes();
        let (snuffer, wisp) = (frame(&lamps::snuffer(), 0), frame(&lamps::wisp(), 1));
        let both = encode::rgba_png_of(&snuffer, |x, y, index| match wisp.get(x, y) {
            flame if flame != 0 && x < 8 => encode::rgba(&palettes[FLAME], flame),
            _ => encode::rgba(&palettes[SHADE], index),
        });
        draft.drawn_with(TileSize::Sixteen, &palettes).image("duel.png", 0, both)
    }),
    slip(Code::ColorsMerge, "A palette declares two oranges that the console cannot tell apart", |draft| {
        let draft = draft.lamps("lampkin.png", &frame(&lamps::lampkin(), 1), FLAME);
        draft.declared(|declaration| {
            let Content::Glyph(glyph) = &mut declaration.content else { unreachable!("lamps are a glyph bank") };
            glyph.palettes[FLAME].colors.push(TWIN_AMBER);
        })
    }),
    slip(Code::ImageColorsMerge, "A glow of two oranges that the console cannot tell apart", |draft| {
        let flame = &lamps::palettes()[FLAME];
        let glow = encode::rgba_png_of(&frame(&lamps::lampkin(), 0), |x, y, index| match encode::rgba(flame, index) {
            [r, g, b, a] if Rgb([r, g, b]) == AMBER && (x + y) % 2 == 0 => {
                let Rgb([r, g, b]) = TWIN_AMBER;
                [r, g, b, a]
            }
            pixel => pixel,
        });
        draft.lamps("lampkin.png", &Canvas::new(16, 16), FLAME).file("lampkin.png", glow)
    }),
    slip(Code::TileFragile, "Two palettes have the same two colors, in another order", |draft| {
        let ink = Palette::new("ink", &[0x3a_2a52, 0xff_f3d6]);
        let parchment = &font::palettes()[0];
        let image = encode::rgba_png(&super::letter_of('Q'), parchment);
        draft.drawn_with(TileSize::Eight, &[parchment.clone(), ink]).image("letter.png", 0, image)
    }),
];

/// The orange of the lamps.
const AMBER: Rgb = Rgb([0xf7, 0x96, 0x39]);
/// Another one that is near, and is declared nowhere.
const OFF_AMBER: Rgb = Rgb([0xff, 0x96, 0x39]);
/// Another one that is the same on the console.
const TWIN_AMBER: Rgb = Rgb([0xf5, 0x95, 0x3b]);

/// A lampkin whose colors went through `change`.
fn recolored(draft: Draft, n: i32, change: impl Fn(Rgb) -> Rgb) -> Draft {
    let flame = &lamps::palettes()[FLAME];
    let image = encode::rgba_png_of(&frame(&lamps::lampkin(), n), |_, _, index| {
        let [r, g, b, a] = encode::rgba(flame, index);
        let Rgb([r, g, b]) = change(Rgb([r, g, b]));
        [r, g, b, a]
    });
    draft.lamps("lampkin.png", &Canvas::new(16, 16), FLAME).file("lampkin.png", image)
}

/// A tile of the ground.
fn ground(n: i32) -> Canvas {
    frame(&terrain::sheet(), n)
}

/// Two images of hearts and lights: one at tile 0, with so many frames, and one of a frame at `second`.
fn two_images(draft: Draft, second: u32, from: i32) -> Draft {
    let palettes = &font::palettes()[..1];
    let width = if from == 0 { 8 } else { 16 };
    let png =
        |x: i32, width| encode::indexed_png(&font::frames().part(x, 0, width, 8), &palettes[0], png::BitDepth::Two);
    draft.drawn_with(TileSize::Eight, palettes).image("heart.png", 0, png(14 * 8, width)).image(
        "lantern.png",
        second,
        png((17 + from) * 8, 8),
    )
}
