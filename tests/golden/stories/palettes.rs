//! Tiles on the sheet, and colors in palettes.

use packer_services::Context;
use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Palette, Region};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{ArtifactSelector, AssetEdit, EditAsset, PaletteEdit, PaletteImport, PaletteRows};
use support::images::{Png, checker, plain};
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, keyed_artifact, palette, red_green};

use super::{HERO_ANCHOR, Story, doctor, findings_of, glyph_bank, hero, project_with_image};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::TileOverflow, || {
        let big = [("hero.png", plain(256, 256, RED))];
        doctor(&glyph_bank(TileSize::ThirtyTwo, vec![red_green()], vec![artifact("hero.png", 1)], &big))
    }),
    (Code::TileGap, || two_images(8, 2)),
    (Code::TileOverlap, || two_images(16, 1)),
    (Code::PalettesMissing, || bank_with(&[], plain(8, 8, RED))),
    (Code::PaletteIndices, || {
        let third = "\"index\": 2,\n          \"palette\": {";
        [hero_with(SECOND_PALETTE, third), hero_with(SECOND_PALETTE, &third.replace('2', "0"))].concat()
    }),
    (Code::PaletteUndeclared, an_artifact_names_a_palette_that_was_removed),
    (Code::ColorNearMiss, || bank_with(&[LEAVES, STONES], meadow_with(Rgb([0x3C, 0x89, 0x44]), |x, y| x == y))),
    (Code::ColorStray, || bank_with(&[LEAVES, STONES], meadow_with(Rgb([0xF0, 0x10, 0x80]), |x, y| x == 3 && y < 2))),
    (Code::ColorsUndeclared, || [one_color_is_missing(), a_whole_palette_is_missing()].concat()),
    (Code::ColorOnlyKey, || {
        [
            bank_with(&[LEAVES, STONES], meadow_with(KEY, |x, _| x > 3)),
            bank_with(&[LEAVES, STONES], Png::indexed(8, 8, &[KEY, LIGHT, DARK], |x, _| u8::from(x > 3)).bytes()),
        ]
        .concat()
    }),
    (Code::ColorElsewhere, an_artifact_names_only_the_palette_of_leaves),
    (Code::ColorsAcross, || bank_with(&[LEAVES, STONES], checker(16, 8, LIGHT, GREY))),
    (Code::ColorsMerge, || bank_with(&[&[KEY, LIGHT, DARK, Rgb([0x3E, 0x81, 0x45])]], plain(8, 8, DARK))),
    (Code::ColorAmbiguous, || {
        let twice = &[KEY, LIGHT, DARK, LIGHT];
        let own = Png::indexed(8, 8, &[KEY, DARK, LIGHT], |x, _| u8::from(x > 3) + 1).bytes();
        let merged = Png::indexed(8, 8, &[KEY, LIGHT, DARK], |x, _| u8::from(x > 3) + 1).bytes();
        let found = [bank_with(&[twice], plain(16, 8, LIGHT)), bank_with(&[twice], own), bank_with(&[twice], merged)];
        [found.concat(), the_key_is_drawn(), the_key_was_moved()].concat()
    }),
    (Code::ImageColorsMerge, || bank_with(&[LEAVES], checker(8, 8, LIGHT, Rgb([0x3E, 0x81, 0x45])))),
    (Code::PaletteFileFormat, || {
        [import("night.pal", b"RIFF\x1c\0\0\0PAL data\x10\0\0\0\0\x03\x03\0"), import("night.gpl", b"Night\n1 2 3\n")]
            .concat()
    }),
    (Code::PaletteFileValue, || {
        let wrapped = b"GIMP Palette\nName: Night\n255 0 255 key\n300 20 40 sky\n 20 20 400 sea\n";
        let clear = b"JASC-PAL\n0100\n3\n255 0 255 0\n40 40 60 128\n80 80 90 255\n";
        [import("night.gpl", wrapped), import("night.pal", clear)].concat()
    }),
    (Code::PaletteFileLong, || {
        let colors: String = (0..40).map(|n| format!("{n:02x}40{n:02x}\n")).collect();
        let beyond = PaletteImport { rows: PaletteRows::Rows(3..=3), ..import_of("master.hex") };
        let long = |import| import_as(import, "master.hex", colors.as_bytes());
        [long(import_of("master.hex")), long(beyond)].concat()
    }),
    (Code::PaletteFileCount, || {
        let text = b"JASC-PAL\n0100\n16\n255 0 255\n248 56 0\n0 168 68\n";
        super::only(Code::PaletteFileCount, import("night.pal", text))
    }),
    (Code::PaletteIsFile, || {
        let project = hero();
        project.write("assets/characters/hero/hero.hex", format!("{KEY}\n{RED}\n{GREEN}\n"));
        let file = PaletteImport { file: project.at("assets/characters/hero/hero.hex"), at: Some(0), ..import_of("") };
        let link = AssetEdit::ImportPalettes(PaletteImport { link: true, ..file });
        let edit = |edit| findings_of(&project, &EditAsset::new(project.root(), "hero", edit), &Context::new());
        edit(link);
        edit(AssetEdit::Palette(PaletteEdit::SetColor { palette: 0, color: 1, rgb: LIGHT }))
    }),
    (Code::TileFragile, || bank_with(&[&[KEY, LIGHT, DARK], &[KEY, DARK, LIGHT]], checker(16, 8, LIGHT, DARK))),
    (Code::AnimationTwice, || {
        let blink = "{\"name\": \"blink\", \"files\": [\"hero.png\"], \"frame_ms\": 200}";
        animated(&format!("{blink}, {blink}"))
    }),
    (Code::AnimationChanged, || {
        let images = [("hero.png", Png::rgb(24, 8, |x, _| if x < 8 { RED } else { GREEN }).bytes())];
        let artifacts = vec![artifact("hero.png", 0)];
        let project = glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &images);
        animate(&project, "{\"name\": \"walk\", \"files\": [\"hero.png\"], \"from\": 0, \"to\": 1, \"frame_ms\": 80}");
        let region = Region { x: 8, y: 0, w: 16, h: 8 };
        let cut = Cut { region: Some(region), ..Cut::default() };
        let cut = AssetEdit::Cut(vec![ArtifactSelector::Index(0)], cut.into());
        findings_of(&project, &EditAsset::new(project.root(), "hero", cut), &Context::new())
    }),
    (Code::AnimationFile, || {
        let files = |files: &str| animated(&format!("{{\"name\": \"walk\", \"files\": [{files}], \"frame_ms\": 80}}"));
        [files("\"heroes.png\""), files("\"hero.png\", \"hero.png\"")].concat()
    }),
    (Code::AnimationFrames, || {
        let frames = |rest: &str| {
            animated(&format!("{{\"name\": \"walk\", \"files\": [\"hero.png\"], \"frame_ms\": 80, {rest}}}"))
        };
        let each = "{\"name\": \"walk\", \"files\": [\"hero.png\"], \"frame_ms\": [80, 80, 200]}";
        [
            frames("\"from\": 1, \"to\": 2"),
            frames("\"from\": 1, \"to\": 0"),
            frames("\"frame_size\": [12, 8]"),
            frames("\"frame_size\": [8, 16]"),
            animated(each),
            skipped_cell(),
            of_sprite("{\"name\": \"walk\", \"file\": \"hero.aseprite\", \"tag\": \"wlak\"}"),
            animated("{\"name\": \"walk\", \"file\": \"hero.png\", \"tag\": \"walk\"}"),
        ]
        .concat()
    }),
];

/// Takes a palette of the hero from a file beside the project's folders.
fn import(name: &str, bytes: &[u8]) -> Vec<Finding> {
    import_as(import_of(name), name, bytes)
}

fn import_of(name: &str) -> PaletteImport {
    PaletteImport { file: name.into(), at: None, rows: PaletteRows::One, key: None, link: false }
}

fn import_as(import: PaletteImport, name: &str, bytes: &[u8]) -> Vec<Finding> {
    let project = hero();
    project.write(name, bytes);
    let import = AssetEdit::ImportPalettes(PaletteImport { file: project.at(name), ..import });
    findings_of(&project, &EditAsset::new(project.root(), "hero", import), &Context::new())
}

const LIGHT: Rgb = Rgb([0x3C, 0x80, 0x44]);
const DARK: Rgb = Rgb([0x1C, 0x48, 0x2C]);
const GREY: Rgb = Rgb([0x90, 0x90, 0x98]);
const LEAVES: &[Rgb] = &[KEY, LIGHT, DARK];
const STONES: &[Rgb] = &[KEY, GREY, Rgb([0x50, 0x50, 0x58])];

const SECOND_PALETTE: &str = "\"index\": 1,\n          \"palette\": {";

/// The findings of a bank with these palettes and this image.
fn bank_with(palettes: &[&[Rgb]], image: Vec<u8>) -> Vec<Finding> {
    let palettes: Vec<Palette> = palettes.iter().map(|colors| palette(colors)).collect();
    doctor(&glyph_bank(TileSize::Eight, palettes, vec![artifact("hero.png", 0)], &[("hero.png", image)]))
}

/// The key has the color of an outline, and a program put a transparent color before it.
fn the_key_was_moved() -> Vec<Finding> {
    let artifacts = vec![keyed_artifact("hero.png", 0, ColorKey::Index0)];
    let moved = Png::indexed(8, 8, &[RED, DARK, LIGHT, DARK], |x, _| u8::try_from(x % 3).unwrap() + 1).with_trns(&[0]);
    let palettes = vec![palette(&[DARK, LIGHT, DARK])];
    doctor(&glyph_bank(TileSize::Eight, palettes, artifacts, &[("hero.png", moved.bytes())]))
}

/// The key has the color of an outline, and an optimizer merged the two.
fn the_key_is_drawn() -> Vec<Finding> {
    let artifacts = vec![keyed_artifact("hero.png", 0, ColorKey::Index0)];
    let merged = Png::indexed(8, 8, &[DARK, LIGHT], |x, _| u8::from(x > 3)).bytes();
    let palettes = vec![palette(&[DARK, LIGHT, DARK])];
    doctor(&glyph_bank(TileSize::Eight, palettes, artifacts, &[("hero.png", merged)]))
}

/// Two tiles in light green, with another color at the pixels `here`.
fn meadow_with(color: Rgb, here: impl Fn(u32, u32) -> bool) -> Vec<u8> {
    Png::rgb(16, 8, |x, y| if here(x % 8, y) { color } else { LIGHT }).bytes()
}

/// An image of this width at tile 0, and one of a single tile at `index`.
fn two_images(width: u32, index: u32) -> Vec<Finding> {
    let artifacts = vec![artifact("idle.png", 0), artifact("walk.png", index)];
    let images = [("idle.png", plain(width, 8, RED)), ("walk.png", plain(8, 8, GREEN))];
    doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &images))
}

fn hero_with(from: &str, to: &str) -> Vec<Finding> {
    let image = [("hero.png", plain(8, 8, LIGHT))];
    let palettes = vec![palette(LEAVES), palette(STONES)];
    let project = glyph_bank(TileSize::Eight, palettes, vec![artifact("hero.png", 0)], &image);
    project.edit(HERO_ANCHOR, from, to);
    doctor(&project)
}

fn an_artifact_names_a_palette_that_was_removed() -> Vec<Finding> {
    let artifacts = vec![GlyphArtifact { palette: Some(1), ..artifact("hero.png", 0) }];
    doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[("hero.png", plain(8, 8, RED))]))
}

fn an_artifact_names_only_the_palette_of_leaves() -> Vec<Finding> {
    let artifacts = vec![GlyphArtifact { palette: Some(0), ..artifact("hero.png", 0) }];
    let image = [("hero.png", meadow_with(GREY, |_, y| y == 7))];
    doctor(&glyph_bank(TileSize::Eight, vec![palette(LEAVES), palette(STONES)], artifacts, &image))
}

fn one_color_is_missing() -> Vec<Finding> {
    doctor(&project_with_image(checker(8, 8, RED, Rgb([0x30, 0x60, 0xF0]))))
}

fn a_whole_palette_is_missing() -> Vec<Finding> {
    bank_with(&[LEAVES], Png::rgb(16, 8, |x, y| Rgb([0x90, 0x90, if (x + y) % 2 == 0 { 0xF8 } else { 0xC0 }])).bytes())
}

/// The findings about animations of a bank of two tiles.
fn animated(animations: &str) -> Vec<Finding> {
    let project = glyph_bank(
        TileSize::Eight,
        vec![red_green()],
        vec![artifact("hero.png", 0)],
        &[("hero.png", plain(16, 8, RED))],
    );
    animate(&project, animations);
    doctor(&project)
}

/// The findings about animations of a sprite of two frames with a tag.
fn of_sprite(animations: &str) -> Vec<Finding> {
    let sprite = Sprite::indexed([8, 8], &[KEY.0, RED.0, GREEN.0], &[&[1; 64], &[2; 64]]);
    let sprite = sprite.with(0, sprites::tags(&[("walk", 0, 1, 0, 0)])).bytes();
    let artifacts = vec![artifact("hero.aseprite", 0)];
    let project = glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[("hero.aseprite", sprite)]);
    animate(&project, animations);
    doctor(&project)
}

fn animate(project: &TestProject, animations: &str) {
    project.edit(HERO_ANCHOR, "\"palettes\": [", &format!("\"animations\": [{animations}], \"palettes\": ["));
}

fn skipped_cell() -> Vec<Finding> {
    let mut sheet = artifact("hero.png", 0);
    sheet.cut.skip_blank = true;
    let image = Png::rgba(16, 8, |x, _| if x < 8 { [0; 4] } else { [0xFF, 0, 0, 0xFF] }).bytes();
    let project = glyph_bank(TileSize::Eight, vec![red_green()], vec![sheet], &[("hero.png", image)]);
    animate(&project, "{\"name\": \"blink\", \"files\": [\"hero.png\"], \"frame_ms\": 80}");
    doctor(&project)
}
