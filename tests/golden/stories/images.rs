//! Images that cannot become tiles, whatever the palettes are.

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region, SpritePart};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{NewBank, NewGlyph};
use png::{BitDepth, ColorType};
use support::images::{Png, checker, chunk, insert_before, plain};
use support::imported_images::{GifFrame, Indexed, LOSSY_WEBP, gif};
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, artifact, keyed_artifact, palette, red_green};

use super::create_register::create_in_new_project;
use super::{Story, doctor, glyph_bank, only, project_with_image};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::ImageNotPng, || {
        let jpeg = hero_with_image(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".to_vec());
        let pointer =
            hero_with_image(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 812\n".to_vec());
        let from_xcode = insert_before(&plain(8, 8, RED), b"IHDR", &chunk(b"CgBI", &[0x50, 0, 0x20, 2]));
        [jpeg, pointer, hero_with_image(from_xcode)].concat()
    }),
    (Code::ImageCut, the_download_stopped),
    (Code::ImageDamaged, a_byte_was_changed),
    (Code::ImageTooLarge, a_poster_was_exported),
    (Code::ImageSize, || {
        let odd = hero_with_image(plain(20, 8, RED));
        let image = [("hero.png", plain(24, 24, RED))];
        let small = glyph_bank(TileSize::Sixteen, vec![red_green()], vec![artifact("hero.png", 0)], &image);
        let lined = Cut { margin: 1, spacing: 1, ..Cut::default() };
        let extruded = hero_with_image(extruded(3, 2));
        [odd, doctor(&small), hero_with_image(plain(8 * 3 + 2, 8 * 2 + 1, RED)), hero_with_cut(lined), extruded]
            .concat()
    }),
    (Code::RegionOutside, || hero_with_cut(Cut { region: Some(Region { x: 8, y: 8, w: 16, h: 8 }), ..Cut::default() })),
    (Code::ImageBlank, || {
        let blank = Png::rgba(16, 8, |_, _| [0; 4]).bytes();
        let artifacts =
            vec![GlyphArtifact { cut: Cut { skip_blank: true, ..Cut::default() }, ..artifact("hero.png", 0) }];
        doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[("hero.png", blank)]))
    }),
    (Code::ImageAnimated, || {
        let image = Indexed { width: 8, indices: vec![1; 64], palette: vec![KEY.0, RED.0] };
        let frames = gif([8, 8], &image.palette, &[GifFrame::of(&image), GifFrame::of(&image)]);
        [hero_with_image(three_frames()), only(Code::ImageAnimated, create_from("walk.gif", &frames))].concat()
    }),
    (Code::ImageImport, || {
        let image = Indexed { width: 8, indices: vec![1; 64], palette: vec![KEY.0, RED.0] };
        [create_from("cut.bmp", &image.bmp(40, 8, false)[..100]), create_from("photo.webp", LOSSY_WEBP)].concat()
    }),
    (Code::ImageImported, || {
        let image = Indexed { width: 8, indices: vec![1; 64], palette: vec![KEY.0, RED.0] };
        create_from("hero.bmp", &image.bmp(40, 8, false))
    }),
    (Code::ImageTrailing, || hero_with_image([plain(8, 8, RED), b"edited with MegaPaint".to_vec()].concat())),
    (Code::SpritePart, || {
        let sprite = Sprite::indexed([8, 8], &[KEY.0, RED.0, GREEN.0], &[&[1; 64], &[2; 64], &[1; 64]]);
        let sprite = sprite.with(0, sprites::tags(&[("idle", 0, 0, 0, 0), ("walk", 1, 5, 2, 0)]));
        let sprite = sprite.with(0, sprites::slice("hat", 0, &[(0, [0, 0], [8, 8]), (2, [4, 0], [8, 8])]));
        let part = |key: &str, name: &str| {
            let name = |of: &str| (key == of).then(|| name.to_owned());
            SpritePart { tag: name("tag"), layer: name("layer"), slice: name("slice") }
        };
        let hero = |file: &'static str, bytes: Vec<u8>, part: SpritePart| {
            let artifacts = vec![GlyphArtifact { part, ..artifact(file, 0) }];
            doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[(file, bytes)]))
        };
        let parts = [("tag", "run"), ("tag", "walk"), ("layer", "body"), ("slice", "hat")];
        let of_sprite = parts.iter().flat_map(|(key, name)| hero("hero.aseprite", sprite.bytes(), part(key, name)));
        of_sprite.chain(hero("hero.png", plain(8, 8, RED), part("tag", "walk"))).collect()
    }),
    (Code::SpriteUnknown, || {
        let sprite = Sprite::new([8, 8], 8)
            .with_palette(&[KEY.0, RED.0, GREEN.0])
            .with(0, sprites::external_tileset(0, [8, 8]))
            .with(0, sprites::layer("walls").tilemap(0).chunk())
            .with(0, sprites::tile_cel(0, [0, 0], [1, 1], &[(1, [false; 3])]));
        let artifacts = vec![artifact("hero.aseprite", 0)];
        doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[("hero.aseprite", sprite.bytes())]))
    }),
    (Code::ImageIndex, || {
        hero_with_image(Png::indexed(8, 8, &[RED, GREEN, RED], |x, _| u8::from(x > 5) * 6 + 1).bytes())
    }),
    (Code::ImageDepth, a_sky_has_sixteen_bits),
    (Code::PartialAlpha, the_outline_is_soft),
    (Code::ColorKeyIndex, a_true_color_image_has_no_index),
    (Code::ColorKeyDiffers, || {
        let artifacts = vec![keyed_artifact("hero.png", 0, ColorKey::Index0)];
        let image = Png::indexed(8, 8, &[GREEN, KEY, RED], |x, _| u8::try_from(x % 3).unwrap()).bytes();
        let palettes = vec![palette(&[KEY, RED, GREEN])];
        only(Code::ColorKeyDiffers, doctor(&glyph_bank(TileSize::Eight, palettes, artifacts, &[("hero.png", image)])))
    }),
    (Code::ImageFlat, || {
        let black = Rgb([0; 3]);
        let image = Png::indexed(8, 8, &[black; 8], |x, _| u8::try_from(x).unwrap()).with_trns(&[0]).bytes();
        let palettes = vec![palette(&[KEY, black, RED, GREEN])];
        doctor(&glyph_bank(TileSize::Eight, palettes, vec![artifact("hero.png", 0)], &[("hero.png", image)]))
    }),
];

/// A glyph bank of this file, which is decoded.
fn create_from(name: &str, bytes: &[u8]) -> Vec<Finding> {
    let bank = NewBank::Glyph(NewGlyph::default());
    create_in_new_project("characters/hero", bank, &[(name, bytes.to_vec())])
}

/// Tiles of 8 × 8, each with its border repeated around it.
pub fn extruded(columns: u32, rows: u32) -> Vec<u8> {
    let inner = |at: u32| (at % 10).clamp(1, 8) - 1;
    Png::rgb(columns * 10, rows * 10, |x, y| if (inner(x) + inner(y) + x / 10) % 3 == 0 { GREEN } else { RED }).bytes()
}

/// An animation: its default image is the first frame.
fn three_frames() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 8);
    encoder.set_color(ColorType::Rgb);
    encoder.set_animated(3, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    (0..3).for_each(|_| writer.write_image_data(&RED.0.repeat(64)).unwrap());
    writer.finish().unwrap();
    bytes
}

/// The findings of an image of 16 × 16 pixels with this cut.
fn hero_with_cut(cut: Cut) -> Vec<Finding> {
    let artifacts = vec![GlyphArtifact { cut, ..artifact("hero.png", 0) }];
    doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[("hero.png", plain(16, 16, RED))]))
}

fn hero_with_image(image: Vec<u8>) -> Vec<Finding> {
    doctor(&project_with_image(image))
}

fn the_download_stopped() -> Vec<Finding> {
    let mut image = checker(8, 8, RED, GREEN);
    image.truncate(image.len() - 20);
    hero_with_image(image)
}

fn a_byte_was_changed() -> Vec<Finding> {
    let mut image = checker(8, 8, RED, GREEN);
    let middle = image.len() - 20;
    image[middle] ^= 0x40;
    hero_with_image(image)
}

/// Only its header: the packer reads no further.
fn a_poster_was_exported() -> Vec<Finding> {
    let with_header = |side: u32, interlacing: u8| {
        let side = side.to_be_bytes();
        let header = chunk(b"IHDR", &[&side[..], &side[..], &[8, 2, 0, 0, interlacing]].concat());
        hero_with_image([b"\x89PNG\r\n\x1a\n".to_vec(), header].concat())
    };
    [with_header(20_000, 0), with_header(5000, 1)].concat()
}

fn a_sky_has_sixteen_bits() -> Vec<Finding> {
    let row = |y: u8| std::iter::repeat_n([0xFF, y, 0, 0, 0, 0], 8).flatten();
    let data = (0..8).flat_map(row).collect();
    let depth = BitDepth::Sixteen;
    hero_with_image(
        Png { width: 8, height: 8, color_type: ColorType::Rgb, depth, palette: None, trns: None, data }.bytes(),
    )
}

fn the_outline_is_soft() -> Vec<Finding> {
    hero_with_image(Png::rgba(16, 8, |x, _| if x % 8 == 0 { [255, 0, 0, 128] } else { [255, 0, 0, 255] }).bytes())
}

fn a_true_color_image_has_no_index() -> Vec<Finding> {
    let Rgb([r, g, b]) = RED;
    let image = Png::rgba(8, 8, |_, _| [r, g, b, 255]).bytes();
    let artifacts = vec![keyed_artifact("hero.png", 0, ColorKey::Index0)];
    doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[("hero.png", image)]))
}
