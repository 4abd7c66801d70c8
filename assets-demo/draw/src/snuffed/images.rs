//! An image that cannot become tiles, whatever the palettes are.

use super::{FLAME, Mistake, SHADE, frame, mistake};
use crate::canvas::Canvas;
use crate::palette::{KEY, Palette};
use crate::sprites::{self, Sprite};
use crate::{drafts, encode, hero, lamps};
use packer_services::declaration::{ColorKey, Cut, Region, SpritePart};
use packer_services::diagnostics::Code;
use packer_services::formats::{Rgb, TileSize};

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::ImageNotPng, "A BMP was renamed to `.png`", |draft| {
        let moth = frame(&lamps::moth(), 2);
        draft.lamps_bank("moth.png", &moth, SHADE).with_file("moth.png", bmp(&moth, &lamps::palettes()[SHADE]))
    }),
    mistake(Code::ImageCut, "The copy from a USB stick was interrupted", |draft| {
        let mut draft = draft.lamps_bank("snuffer.png", &lamps::snuffer(), SHADE);
        let whole = draft.files[0].1.len();
        draft.files[0].1.truncate(whole / 2);
        draft
    }),
    mistake(Code::ImageDamaged, "A USB stick changed one bit", |draft| {
        let mut draft = draft.lamps_bank("snuffer.png", &frame(&lamps::snuffer(), 1), SHADE);
        let whole = draft.files[0].1.len();
        draft.files[0].1[whole / 2] ^= 0x40;
        draft
    }),
    mistake(Code::ImageTooLarge, "An animation of 1025 frames was exported as one row", |draft| {
        let mut film = Canvas::new(1025 * 16, 16);
        for n in 0..1025 {
            film.blit(&frame(&lamps::wisp(), n % 4), n * 16, 0);
        }
        let palettes = lamps::palettes();
        let image = encode::indexed_png(&film, &palettes[FLAME], png::BitDepth::Four);
        draft.glyph_bank(TileSize::Sixteen, &palettes).with_image("film.png", 0, image)
    }),
    mistake(Code::ImageSize, "The export trimmed the empty border of the sheet", |draft| {
        draft.lamps_bank("moth.png", &lamps::moth().crop(0, 1, 63, 15), SHADE)
    }),
    mistake(Code::RegionOutside, "The sheet was cropped after its region was declared", |draft| {
        let region = Some(Region { x: 32, y: 0, w: 32, h: 16 });
        let draft = draft.lamps_bank("moth.png", &frame(&lamps::moth(), 2), SHADE);
        draft.change_images(|artifacts| artifacts[0].cut = Cut { region, ..Cut::default() })
    }),
    mistake(Code::ImageBlank, "The region is beside the drawing, and blank cells are skipped", |draft| {
        let draft = draft.lamps_bank("dark.png", &Canvas::new(32, 16), SHADE);
        draft.change_images(|artifacts| artifacts[0].cut = Cut { skip_blank: true, ..Cut::default() })
    }),
    mistake(Code::ImageAnimated, "Four frames were exported as an animation instead of a sheet", |draft| {
        let frames: Vec<Canvas> = (0..4).map(|n| frame(&lamps::moth(), n)).collect();
        let image = encode::animated_png(&frames, &lamps::palettes()[SHADE]);
        draft.lamps_bank("moth.png", &frames[0], SHADE).with_file("moth.png", image)
    }),
    mistake(Code::ImageTrailing, "An editor writes its own notes after the image's end", |draft| {
        let mut draft = draft.lamps_bank("moth.png", &frame(&lamps::moth(), 3), SHADE);
        draft.files[0].1.extend(b"layer 1: wings, layer 2: body");
        draft
    }),
    mistake(Code::SpritePart, "The tag was renamed in Aseprite after the declaration was written", |draft| {
        let flutter = moth_sprite().with(0, sprites::tags(&[("flutter", 0, 3, 0, 0)]));
        draft
            .lamps_bank("moth.png", &frame(&lamps::moth(), 0), SHADE)
            .with_sprite("moth.aseprite", &flutter)
            .change_images(|artifacts| {
                artifacts[0].part = SpritePart { tag: Some("fly".to_owned()), ..SpritePart::default() }
            })
    }),
    mistake(Code::SpriteUnknown, "The tiles of a tilemap layer are in a file of their own", |draft| {
        let walls = Sprite::new([32, 16], 8)
            .with_palette(&sprite_colors(SHADE))
            .with(0, sprites::external_tileset(0, [16, 16]))
            .with(0, sprites::layer("walls").tilemap(0).chunk())
            .with(0, sprites::tile_cel(0, [0, 0], [2, 1], &[(1, [false; 3]), (2, [true, false, false])]));
        draft.lamps_bank("walls.png", &Canvas::new(32, 16), SHADE).with_sprite("walls.aseprite", &walls)
    }),
    mistake(Code::ImageIndex, "A tool removed colors in use from the image's own palette", |draft| {
        let palettes = lamps::palettes();
        let short: Vec<u32> =
            palettes[FLAME].colors()[1..9].iter().map(|Rgb([r, g, b])| u32::from_be_bytes([0, *r, *g, *b])).collect();
        let image =
            encode::indexed_png(&frame(&lamps::lampkin(), 0), &Palette::new("short", &short), png::BitDepth::Four);
        draft.glyph_bank(TileSize::Sixteen, &palettes).with_image("lampkin.png", 0, image)
    }),
    mistake(Code::ImageDepth, "A sky with a smooth gradient was exported with 16 bits per channel", |draft| {
        let sky = encode::deep_png_of(&Canvas::new(16, 16), |_, y, _| {
            let up = u16::try_from(15 - y).unwrap_or(0);
            [0x1800 + up * 300, 0x1000 + up * 170, 0x2100 + up * 700]
        });
        draft.glyph_bank(TileSize::Sixteen, &lamps::palettes()).with_image("sky.png", 0, sky)
    }),
    mistake(Code::PartialAlpha, "The hero's outline was painted with a soft brush", |draft| {
        let day = &hero::palettes()[..1];
        let hero = hero::sheet().crop(0, 0, 32, 32);
        let edge = |x, y| [(1, 0), (-1, 0), (0, 1), (0, -1)].iter().any(|(dx, dy)| hero.get(x + dx, y + dy) == 0);
        let soft = encode::rgba_png_of(&hero, |x, y, index| match encode::rgba(&day[0], index) {
            [r, g, b, 255] if edge(x, y) => [r, g, b, 150],
            pixel => pixel,
        });
        draft.glyph_bank(TileSize::ThirtyTwo, day).with_image("hero.png", 0, soft)
    }),
    mistake(
        Code::ColorKeyIndex,
        "The image was exported as true color, and the key still names its index 0",
        |draft| {
            let owl = drafts::sketch_palette();
            draft
                .glyph_bank(TileSize::Sixteen, std::slice::from_ref(&owl))
                .with_image("owl.png", 0, encode::rgb_png(&drafts::owl(), &owl))
                .change_images(|artifacts| artifacts[0].color_key = Some(ColorKey::Index0))
        },
    ),
    mistake(Code::ColorKeyDiffers, "The background is black now, and color 0 of the palette is still pink", |draft| {
        let owl = drafts::sketch_palette();
        let colors: Vec<Rgb> = std::iter::once(Rgb([0; 3])).chain(owl.colors().iter().skip(1).copied()).collect();
        let image = encode::opaque_indexed_png(&drafts::owl(), &colors);
        draft
            .glyph_bank(TileSize::Sixteen, std::slice::from_ref(&owl))
            .with_image("owl.png", 0, image)
            .change_images(|artifacts| artifacts[0].color_key = Some(ColorKey::Index0))
    }),
    mistake(Code::ImageFlat, "A script exported the owl with its indices, and with black for every color", |draft| {
        let palette = Palette::new("owl", &[0x19_1323, 0x42_3a5c, 0x7c_6c8c, 0xbc_a8b0, 0xf0_963a, 0]);
        let image = encode::indexed_png(&drafts::owl(), &Palette::new("black", &[0; 15]), png::BitDepth::Four);
        draft.glyph_bank(TileSize::Sixteen, &[palette]).with_image("owl.png", 0, image)
    }),
];

/// The moth as its artist drew it, four frames.
fn moth_sprite() -> Sprite {
    let indices = |n: i32| {
        let canvas = frame(&lamps::moth(), n);
        let places = (0..canvas.height()).flat_map(|y| (0..canvas.width()).map(move |x| (x, y)));
        places.map(|(x, y)| canvas.get(x, y)).collect::<Vec<u8>>()
    };
    let frames: Vec<Vec<u8>> = (0..4).map(indices).collect();
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    Sprite::indexed([16, 16], &sprite_colors(SHADE), &frames)
}

/// The colors of a palette of the lamps.
fn sprite_colors(palette: usize) -> Vec<[u8; 3]> {
    lamps::palettes()[palette].colors().iter().map(|rgb| rgb.0).collect()
}

/// A BMP of 24 bits, bottom row first.
fn bmp(canvas: &Canvas, palette: &Palette) -> Vec<u8> {
    let side = |n: i32| u32::try_from(n).unwrap_or(0);
    let (width, height) = (side(canvas.width()), side(canvas.height()));
    let mut file = b"BM".to_vec();
    for field in
        [54 + width * height * 3, 0, 54, 40, width, height, 1 | 24 << 16, 0, width * height * 3, 2835, 2835, 0, 0]
    {
        file.extend_from_slice(&field.to_le_bytes());
    }
    for y in (0..canvas.height()).rev() {
        for x in 0..canvas.width() {
            let index = canvas.get(x, y);
            let Rgb([r, g, b]) = if index == 0 { KEY } else { palette.color(index) };
            file.extend_from_slice(&[b, g, r]);
        }
    }
    file
}
