//! Tiles that do not fit on the sheet, and colors that are not in a palette.

use super::{Draft, FLAME, Mistake, SHADE, frame, mistake, path};
use crate::canvas::Canvas;
use crate::encode;
use crate::palette::Palette;
use crate::{drafts, font, hero, lamps, terrain};
use packer_services::declaration::{Animation, AnimationFrames, Content, DeclaredFrames, FrameTimes};
use packer_services::diagnostics::Code;
use packer_services::formats::{Rgb, TileSize};

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::TileOverflow, "Nine rows of poses, and a bank has room for eight", |draft| {
        let mut sheet = Canvas::new(256, 288);
        (0..9).for_each(|row| sheet.blit(&hero::sheet(), 0, row * 32));
        let day = &hero::palettes()[..1];
        let image = encode::indexed_png(&sheet, &day[0], png::BitDepth::Four);
        draft.glyph_bank(TileSize::ThirtyTwo, day).with_image("hero.png", 0, image)
    }),
    mistake(Code::TileGap, "The index of the second image was counted from 1", |draft| two_images(draft, 2, 0)),
    mistake(Code::TileOverlap, "The first image got a second frame, and the second image kept its index", |draft| {
        two_images(draft, 1, 2)
    }),
    mistake(Code::PalettesMissing, "The colors are in the PNG, but were never declared", |draft| {
        let tiles = &font::palettes()[..1];
        let image = encode::indexed_png(&font::frames().crop(80, 0, 32, 8), &tiles[0], png::BitDepth::Two);
        draft.glyph_bank(TileSize::Eight, &[]).with_image("hands.png", 0, image)
    }),
    mistake(Code::PaletteIndices, "The middle of three palettes was deleted, and the last kept its index 2", |draft| {
        let tile = encode::indexed_png(&ground_tile(1), &terrain::palettes()[0], png::BitDepth::Four);
        let draft = draft.glyph_bank(TileSize::Sixteen, &terrain::palettes()[..2]).with_image("ground.png", 0, tile);
        draft.replace_in_anchor("\"index\": 1,\n          \"palette\"", "\"index\": 2,\n          \"palette\"")
    }),
    mistake(Code::PaletteUndeclared, "A palette was deleted, and the artifact still names it", |draft| {
        let tile = encode::indexed_png(&ground_tile(2), &terrain::palettes()[0], png::BitDepth::Four);
        let draft = draft.glyph_bank(TileSize::Sixteen, &terrain::palettes()[..1]).with_image("ground.png", 0, tile);
        draft.change_images(|artifacts| artifacts[0].palette = Some(1))
    }),
    mistake(
        Code::ColorNearMiss,
        "The lamp's orange is a shade off: the editor converted the colors to its own profile",
        |draft| recolored(draft, 1, |color| if color == AMBER { OFF_AMBER } else { color }),
    ),
    mistake(Code::ColorStray, "Two pixels of a pink guide were left in the image", |draft| {
        let flame = &lamps::palettes()[FLAME];
        let image = encode::rgba_png_of(&frame(&lamps::wisp(), 0), |x, y, index| match (x, y) {
            (0, 0 | 15) => [255, 40, 150, 255],
            _ => encode::rgba(flame, index),
        });
        draft.lamps_bank("wisp.png", &Canvas::new(16, 16), FLAME).with_file("wisp.png", image)
    }),
    mistake(Code::ColorsUndeclared, "The cold palette of this image was never declared", |draft| {
        let palettes = lamps::palettes();
        let image = encode::rgba_png(&frame(&lamps::snuffer(), 2), &palettes[SHADE]);
        draft.glyph_bank(TileSize::Sixteen, &palettes[..1]).with_image("snuffer.png", 0, image)
    }),
    mistake(
        Code::ColorOnlyKey,
        "The background is painted in the key color, and `color_key` does not declare it",
        |draft| {
            let owl = drafts::sketch_palette();
            let image = encode::rgb_png(&drafts::owl().crop(0, 0, 16, 16), &owl);
            draft.glyph_bank(TileSize::Sixteen, &[owl]).with_image("owl.png", 0, image)
        },
    ),
    mistake(
        Code::ColorElsewhere,
        "The artifact names the warm palette, and the image is drawn with the cold one",
        |draft| {
            let draft = draft.lamps_bank("snuffer.png", &frame(&lamps::snuffer(), 3), SHADE);
            draft.change_images(|artifacts| artifacts[0].palette = Some(0))
        },
    ),
    mistake(Code::ColorsAcross, "A warm flame in front of a cold snuffer, in one tile", |draft| {
        let palettes = lamps::palettes();
        let (snuffer, wisp) = (frame(&lamps::snuffer(), 0), frame(&lamps::wisp(), 1));
        let both = encode::rgba_png_of(&snuffer, |x, y, index| match wisp.get(x, y) {
            flame if flame != 0 && x < 8 => encode::rgba(&palettes[FLAME], flame),
            _ => encode::rgba(&palettes[SHADE], index),
        });
        draft.glyph_bank(TileSize::Sixteen, &palettes).with_image("duel.png", 0, both)
    }),
    mistake(Code::ColorsMerge, "A palette declares two oranges that are equal on the console", |draft| {
        let draft = draft.lamps_bank("lampkin.png", &frame(&lamps::lampkin(), 1), FLAME);
        draft.change_declaration(|declaration| {
            let Content::Glyph(glyph) = &mut declaration.content else { unreachable!("lamps are a glyph bank") };
            glyph.palettes[FLAME].colors.push(TWIN_AMBER);
        })
    }),
    mistake(Code::ColorAmbiguous, "Two indices flicker in the same orange, and an optimizer merged them", |draft| {
        let draft = draft.lamps_bank("wisp.png", &lamps::wisp().crop(16, 0, 32, 16), FLAME);
        draft.change_declaration(|declaration| {
            let Content::Glyph(glyph) = &mut declaration.content else { unreachable!("lamps are a glyph bank") };
            glyph.palettes[FLAME].colors.push(AMBER);
        })
    }),
    mistake(Code::ImageColorsMerge, "A glow of two oranges that are equal on the console", |draft| {
        let flame = &lamps::palettes()[FLAME];
        let glow = encode::rgba_png_of(&frame(&lamps::lampkin(), 0), |x, y, index| match encode::rgba(flame, index) {
            [r, g, b, a] if Rgb([r, g, b]) == AMBER && (x + y) % 2 == 0 => {
                let Rgb([r, g, b]) = TWIN_AMBER;
                [r, g, b, a]
            }
            pixel => pixel,
        });
        draft.lamps_bank("lampkin.png", &Canvas::new(16, 16), FLAME).with_file("lampkin.png", glow)
    }),
    mistake(Code::TileFragile, "Two palettes have the same two colors in a different order", |draft| {
        let ink = Palette::new("ink", &[0x3a_2a52, 0xff_f3d6]);
        let parchment = &font::palettes()[0];
        let image = encode::rgba_png(&super::letter_of('Q'), parchment);
        draft.glyph_bank(TileSize::Eight, &[parchment.clone(), ink]).with_image("letter.png", 0, image)
    }),
    mistake(Code::AnimationTwice, "An animation was copied, to be changed, and kept its name", |draft| {
        animated(draft, 0, vec![animation("blink", "lampkin.png", 0, 1), animation("blink", "lampkin.png", 0, 0)])
    }),
    mistake(Code::AnimationFile, "The image was renamed, and the animation still has its old name", |draft| {
        animated(draft, 1, vec![animation("blink", "lampking.png", 0, 1)])
    }),
    mistake(Code::AnimationFrames, "The frames were counted from 1", |draft| {
        animated(draft, 2, vec![animation("blink", "lampkin.png", 1, 2)])
    }),
];

/// Turns into a bank of two frames of a lampkin, from this one on, with these animations.
fn animated(draft: Draft, from: i32, animations: Vec<Animation>) -> Draft {
    let draft = draft.lamps_bank("lampkin.png", &lamps::lampkin().crop(from * 16, 0, 32, 16), FLAME);
    draft.change_declaration(|declaration| {
        let Content::Glyph(glyph) = &mut declaration.content else { unreachable!("lamps are a glyph bank") };
        glyph.animations = animations;
    })
}

fn animation(name: &str, file: &str, from: u32, to: u32) -> Animation {
    let frames = DeclaredFrames {
        from: Some(from),
        to: Some(to),
        frame_ms: FrameTimes::All(200),
        ..DeclaredFrames::of_files(vec![path(file)])
    };
    Animation::new(name, AnimationFrames::Declared(frames))
}

/// The orange of the lamps.
const AMBER: Rgb = Rgb([0xf7, 0x96, 0x39]);
/// A similar color that no palette declares.
const OFF_AMBER: Rgb = Rgb([0xff, 0x96, 0x39]);
/// A color that is equal to it on the console.
const TWIN_AMBER: Rgb = Rgb([0xf5, 0x95, 0x3b]);

/// Turns into a bank of a lampkin whose colors went through `change`.
fn recolored(draft: Draft, n: i32, change: impl Fn(Rgb) -> Rgb) -> Draft {
    let flame = &lamps::palettes()[FLAME];
    let image = encode::rgba_png_of(&frame(&lamps::lampkin(), n), |_, _, index| {
        let [r, g, b, a] = encode::rgba(flame, index);
        let Rgb([r, g, b]) = change(Rgb([r, g, b]));
        [r, g, b, a]
    });
    draft.lamps_bank("lampkin.png", &Canvas::new(16, 16), FLAME).with_file("lampkin.png", image)
}

/// A tile of the ground.
fn ground_tile(n: i32) -> Canvas {
    frame(&terrain::sheet(), n)
}

/// Turns into a bank of two images: hearts at tile 0, and one lantern at tile `second`. `from` selects the pieces.
fn two_images(draft: Draft, second: u32, from: i32) -> Draft {
    let palettes = &font::palettes()[..1];
    let width = if from == 0 { 8 } else { 16 };
    let png =
        |x: i32, width| encode::indexed_png(&font::frames().crop(x, 0, width, 8), &palettes[0], png::BitDepth::Two);
    draft.glyph_bank(TileSize::Eight, palettes).with_image("heart.png", 0, png(14 * 8, width)).with_image(
        "lantern.png",
        second,
        png((17 + from) * 8, 8),
    )
}
