//! `fix` of art that does not fit the console: soft edges and deep colors, in the images themselves.

use std::io::Cursor;

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use png::{BitDepth, ColorType};
use serde_json::{Value, json};
use support::images::{Png, chunk, insert_before};
use support::sprites::Sprite;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette};

use super::edits::edit;
use crate::cli;

/// A bank of these images, which are named `0.png`, `1.png` and so on, with tile size 8 and palette red, green.
fn project_with(images: &[Vec<u8>]) -> TestProject {
    let mut project = TestProject::new();
    let artifacts = (0u32..).zip(images).map(|(n, image)| {
        project.write(&format!("assets/hero/{n}.png"), image);
        artifact(&format!("{n}.png"), n)
    });
    let artifacts = artifacts.collect();
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts));
    project
}

/// Red, with these alphas in the first row.
fn soft(alphas: &[u8]) -> Png {
    let alpha = |x: u32, y: u32| if y == 0 { alphas.get(x as usize).copied().unwrap_or(255) } else { 255 };
    Png::rgba(8, 8, |x, y| [255, 0, 0, alpha(x, y)])
}

fn pixels(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

fn titles(answer: &Value) -> Vec<&str> {
    answer["fixes"].as_array().unwrap().iter().map(|fix| fix["title"].as_str().unwrap()).collect()
}

#[test]
fn soft_edges_of_all_images_are_settled() {
    let text = chunk(b"tEXt", b"Author\0somebody");
    let first = insert_before(&soft(&[0, 1, 127, 128, 254]).bytes(), b"IDAT", &text);
    let project = project_with(&[first, soft(&[200]).bytes()]);
    let listed = cli::run_ok(project.root(), "fix @");
    assert_eq!(
        titles(&listed)[..3],
        [
            "Make 2 pixels of 0.png with alpha 128 or more opaque, and erase 2 with less",
            "Make 4 partly transparent pixels of 0.png opaque",
            "Erase 4 partly transparent pixels of 0.png",
        ]
    );
    for (choice, hard) in [("", [0, 0, 0, 255, 255]), (" --choice 2", [0, 255, 255, 255, 255]), (" --choice 3", [0; 5])]
    {
        let answer = edit(&project, &format!("fix @ --code partial-alpha{choice}"));
        assert_eq!(answer["change"]["changed"], json!(["assets/hero/0.png", "assets/hero/1.png"]), "one change");
        let after = project.read("assets/hero/0.png");
        assert_eq!(pixels(&after), soft(&hard).data, "{choice}");
        assert!(after.windows(text.len()).any(|window| window == text), "its text is kept");
        cli::run_ok(project.root(), "pack @");
        cli::run_ok(project.root(), "undo @");
    }
}

#[test]
fn alpha_in_palettes_and_grays_is_settled() {
    let indexed = Png::indexed(8, 8, &[KEY, RED, GREEN], |x, _| u8::try_from(x % 3).unwrap()).with_trns(&[0, 255, 99]);
    let gray = |depth, data| Png { depth, color_type: ColorType::GrayscaleAlpha, data, ..soft(&[]) };
    let deep = [[vec![0; 4], vec![0xF8, 0xF8, 0x80, 0]].concat().repeat(31), vec![0, 0, 0, 1], vec![0; 4]].concat();
    let grays = gray(BitDepth::Eight, [0xF8, 3].repeat(64));
    let project = project_with(&[indexed.bytes(), grays.bytes(), gray(BitDepth::Sixteen, deep).bytes()]);
    edit(&project, "fix @ --code partial-alpha");
    let trns = chunk(b"tRNS", &[0, 255, 0]);
    assert!(project.read("assets/hero/0.png").windows(trns.len()).any(|window| window == trns));
    assert_eq!(pixels(&project.read("assets/hero/1.png")), [0xF8, 0].repeat(64));
    let deep = pixels(&project.read("assets/hero/2.png"));
    assert_eq!((&deep[4..8], &deep[248..252]), (&[0xF8, 0xF8, 255, 255][..], &[0; 4][..]));
    // The gray is not declared: soft edges often have colors of their own.
    edit(&project, "fix @ --code colors-undeclared");
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn pixels_outside_of_tiles_stay_soft() {
    let project = project_with(&[Png::rgba(17, 8, |_, _| [255, 0, 0, 200]).bytes()]);
    let parts = |x: u32| format!("\"region\": {{\"x\": {x}, \"y\": 0, \"w\": 8, \"h\": 8}}");
    let both =
        format!("\"index\": 0,\n      {}\n    }},\n    {{\"file\": \"0.png\", \"index\": 1, {}", parts(0), parts(9));
    project.edit("assets/hero/asset.json", "\"index\": 0\n    }\n", &format!("{both}}}\n"));
    let answer = edit(&project, "fix @ --code partial-alpha");
    let title = "Make 128 pixels of 0.png with alpha 128 or more opaque, and erase 0 with less";
    assert_eq!(titles(&answer)[0], title, "of both artifacts");
    let alphas: Vec<u8> = pixels(&project.read("assets/hero/0.png")).chunks_exact(4).map(|pixel| pixel[3]).collect();
    assert!(alphas.chunks_exact(17).all(|row| row[8] == 200 && row[..8] == [255; 8] && row[9..] == [255; 8]));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn pixels_of_several_artifacts_count_once() {
    let part = |index, x| {
        let cut = Cut { region: Some(Region { x, y: 0, w: 8, h: 8 }), ..Cut::default() };
        GlyphArtifact { cut, ..artifact("0.png", index) }
    };
    let artifacts = || vec![part(0, 0), part(1, 4), part(2, 0)];
    let soft = dark_project(&Png::rgba(12, 8, |x, _| [255, 0, 0, if x < 6 { 200 } else { 100 }]), artifacts());
    let answer = edit(&soft, "fix @ --code partial-alpha");
    assert_eq!(titles(&answer)[0], "Make 48 pixels of 0.png with alpha 128 or more opaque, and erase 48 with less");
    let data = [0xFF, 0x40, 0, 0, 0, 0].repeat(96);
    let deep = dark_project(&Png { depth: BitDepth::Sixteen, data, ..Png::rgb(12, 8, |_, _| RED) }, artifacts());
    assert_eq!(titles(&edit(&deep, "fix @ --code image-depth")), ["Round 96 pixels of 0.png to 8 bits per channel"]);
    // Neither can be cut.
    let uncut = dark_project(&Png::rgba(9, 8, |_, _| [255, 0, 0, 9]), vec![artifact("0.png", 0), artifact("0.png", 1)]);
    let answer = edit(&uncut, "fix @ --code partial-alpha --choice 2");
    assert_eq!(titles(&answer)[1], "Make 72 partly transparent pixels of 0.png opaque");
}

#[test]
fn uncut_images_are_settled_as_a_whole() {
    let project = project_with(&[Png::rgba(9, 8, |x, _| [255, 0, 0, if x == 8 { 9 } else { 250 }]).bytes()]);
    let answer = edit(&project, "fix @ --code partial-alpha");
    assert_eq!(titles(&answer)[0], "Make 64 pixels of 0.png with alpha 128 or more opaque, and erase 8 with less");
    edit(&project, "fix @ --code image-size");
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn sprites_are_left_to_their_editor() {
    let frame = [[255, 0, 0, 255].repeat(63), vec![255, 0, 0, 9]].concat();
    let mut project = TestProject::new();
    project.write("assets/hero/a.ase", Sprite::rgba([8, 8], &[&frame]).bytes());
    let bank = glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED])], vec![artifact("a.ase", 0)]);
    project.add_asset("hero", true, &bank);
    let refused = cli::run_refused(project.root(), "fix @ --code partial-alpha", &["partial-alpha"]).json();
    assert_eq!((&refused["fixes"], &refused["findings"][0]["fix"]), (&json!([]), &json!(null)));
    assert!(refused["findings"][0]["help"].as_str().unwrap().contains("in Aseprite"), "{refused}");
}

#[test]
fn deep_colors_are_rounded_if_chosen() {
    let data = [0xFF, 0x40, 0x00, 0x10, 0, 0].repeat(64);
    let project = project_with(&[Png { depth: BitDepth::Sixteen, data, ..Png::rgb(8, 8, |_, _| RED) }.bytes()]);
    let answer = edit(&project, "fix @ --code image-depth");
    assert_eq!(titles(&answer), ["Round 64 pixels of 0.png to 8 bits per channel"]);
    assert_eq!(pixels(&project.read("assets/hero/0.png"))[..6], [0xFE, 0xFE, 0, 0, 0, 0]);
    cli::run_ok(project.root(), "fix @ --code color-near-miss --choice 2");
    cli::run_ok(project.root(), "pack @");
}

const DARK: Rgb = Rgb([8; 3]);

/// A bank of these artifacts of an image, whose palette has red and [`DARK`].
fn dark_project(image: &Png, artifacts: Vec<GlyphArtifact>) -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/hero/0.png", image.bytes());
    let bank = glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED, DARK])], artifacts);
    project.add_asset("hero", true, &bank);
    project
}

#[test]
fn drawn_pixels_never_become_transparent() {
    let deep = |color_type, data| Png { depth: BitDepth::Sixteen, color_type, data, ..soft(&[]) };
    let gray = deep(ColorType::Grayscale, [8, 9].repeat(64)).with_trns(&[8, 8]);
    let rgb = deep(ColorType::Rgb, [7, 255, 8, 8, 8, 8].repeat(64));
    let near = Png::rgb(8, 8, |x, _| if x < 4 { RED } else { Rgb([0, 8, 8]) }).with_trns(&[0, 8, 0, 8, 0, 8]);
    let is_transparent = "`#080808` is the transparent color of the image";
    let key = Some(ColorKey::Color(DARK));
    for (image, color_key, fix, why) in [
        (gray, None, "image-depth", is_transparent),
        (rgb, key, "image-depth", "`#080808` is the color key"),
        (near, None, "color-near-miss --choice 2", is_transparent),
    ] {
        let project = dark_project(&image, vec![GlyphArtifact { color_key, ..artifact("0.png", 0) }]);
        let refused = cli::run_refused(project.root(), &format!("fix @ --code {fix}"), &["image-rewrite"]).json();
        let message = refused["findings"][0]["message"].as_str().unwrap();
        assert!(message.contains("would become transparent") && message.ends_with(why), "{message}");
        assert_eq!(project.read("assets/hero/0.png"), image.bytes(), "{fix}");
    }
}

/// The key of each artifact is only about its own tiles.
#[test]
fn keys_count_in_their_tiles() {
    let data = [[7, 255, 8, 8, 8, 8].repeat(8), [255, 255, 0, 0, 0, 0].repeat(8)].concat().repeat(8);
    let image = Png { depth: BitDepth::Sixteen, data, ..Png::rgb(16, 8, |_, _| RED) };
    let part = |index, x, color_key| {
        let cut = Cut { region: Some(Region { x, y: 0, w: 8, h: 8 }), ..Cut::default() };
        GlyphArtifact { cut, color_key, ..artifact("0.png", index) }
    };
    let project = dark_project(&image, vec![part(0, 0, None), part(1, 8, Some(ColorKey::Color(DARK)))]);
    edit(&project, "fix @ --code image-depth");
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn image_that_is_a_palette_stays() {
    let image = Png::indexed(8, 8, &[KEY, RED, GREEN], |_, _| 1).with_trns(&[0, 200]);
    let project = project_with(&[image.bytes()]);
    let colors = project.read_text("assets/hero/asset.json");
    let (before, rest) = colors.split_once("\"colors\": [").unwrap();
    let (_, after) = rest.split_once(']').unwrap();
    project.write("assets/hero/asset.json", format!("{before}\"file\": \"0.png\"{after}"));
    cli::run_refused(project.root(), "fix @ --code partial-alpha", &["image-rewrite"]);
    assert_eq!(project.read("assets/hero/0.png"), image.bytes());
}

/// The bank of [`project_with`], without palettes.
fn undeclared(images: &[Vec<u8>]) -> TestProject {
    let project = project_with(images);
    let anchor = project.read_text("assets/hero/asset.json");
    let (before, rest) = anchor.split_once("\"palettes\": [").unwrap();
    let (_, after) = rest.rsplit_once(']').unwrap();
    project.write("assets/hero/asset.json", format!("{before}\"palettes\": []{after}"));
    project
}

/// A tile of 16 grays, of which the last two are the most similar, and one of green and the last of them.
fn gray_image() -> Png {
    let level = |n: u32| Rgb([u8::try_from(if n == 15 { 14 * 16 + 8 } else { n * 16 }).unwrap(); 3]);
    Png::rgb(16, 8, |x, y| match (x, y) {
        (8, 0) => level(15),
        (8.., _) => GREEN,
        (0, 7) => level(15),
        (x, y) if x + y == 0 => level(14),
        (x, y) => level((x + 8 * y) % 14),
    })
}

#[test]
fn only_the_most_similar_colors_are_merged() {
    let project = undeclared(&[gray_image().bytes()]);
    cli::run_refused(project.root(), "fix @ --code palettes-missing", &["too-many-colors"]);
    let answer = edit(&project, "fix @ --code palettes-missing --choice 2");
    let recolored = json!([{ "asset_id": 1, "file": "0.png", "from": "#e0e0e0", "to": "#e8e8e8", "pixels": 1 }]);
    assert_eq!(answer["recolored"], recolored, "{answer}");
    let (before, after) = (gray_image().data, pixels(&project.read("assets/hero/0.png")));
    let changed = std::iter::zip(before.chunks_exact(3), after.chunks_exact(3)).filter(|(a, b)| a != b).count();
    assert_eq!(changed, 1);
    cli::run_ok(project.root(), "pack @");
    let text = cli::run(project.root(), "undo @").stdout;
    assert!(text.starts_with("undo fix"), "{text}");
    let text = cli::run(project.root(), "fix @ --code palettes-missing --choice 2 --dry-run").stdout;
    assert!(text.contains("1 pixel of 0.png with other colors: #e0e0e0 -> #e8e8e8 (1)"), "{text}");
}

#[test]
fn colors_that_fit_are_not_merged() {
    let project = undeclared(&[soft(&[]).bytes()]);
    let listed = cli::run_ok(project.root(), "fix @ --dry-run");
    assert_eq!(titles(&listed), ["Declare the missing colors"]);
    cli::run_refused(project.root(), "fix @ --code palettes-missing --choice 2", &["image-rewrite"]);
}

/// Each tile has few colors, but together they need more palettes than a bank has.
#[test]
fn colors_of_too_many_palettes_are_merged() {
    let level = |n: u32| u8::try_from(n % 256).unwrap();
    let color = |x: u32, y: u32| Rgb([level(x * 2), level(y * 2), level((x % 8) * 16 + (y % 8) * 16)]);
    let image = Png::rgb(128, 128, |x, y| color(x, y / 2 * 2 + x % 2));
    let project = undeclared(&[image.bytes()]);
    cli::run_refused(project.root(), "fix @ --code palettes-missing", &["too-many-colors"]);
    let answer = edit(&project, "fix @ --code palettes-missing --choice 2");
    assert!(answer["recolored"].as_array().unwrap().len() > 100, "{answer}");
    cli::run_ok(project.root(), "pack @");
    // Each color is one that the image had.
    let known: Vec<&[u8]> = image.data.chunks_exact(3).collect();
    assert!(pixels(&project.read("assets/hero/0.png")).chunks_exact(3).all(|pixel| known.contains(&pixel)));
}

#[test]
fn indexed_images_keep_their_other_pixels() {
    let colors: Vec<Rgb> = (0..17).map(|n| Rgb([n * 12; 3])).collect();
    let image = Png::indexed(8, 8, &colors, |x, y| u8::try_from((x + 8 * y) % 17).unwrap());
    let project = undeclared(&[image.bytes()]);
    let answer = edit(&project, "fix @ --code palettes-missing --choice 2");
    let changed: u64 = answer["recolored"].as_array().unwrap().iter().map(|one| one["pixels"].as_u64().unwrap()).sum();
    let after = pixels(&project.read("assets/hero/0.png"));
    assert_eq!(std::iter::zip(&image.data, &after).filter(|(a, b)| a != b).count() as u64, changed);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn colors_of_sprites_are_not_merged() {
    let level = |n: usize| [u8::try_from(n % 20 * 8).unwrap(), 0, 0, 255];
    let frame: Vec<u8> = (0..64).flat_map(level).collect();
    let mut project = TestProject::new();
    project.write("assets/hero/a.ase", Sprite::rgba([8, 8], &[&frame]).bytes());
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![], vec![artifact("a.ase", 0)]));
    cli::run_refused(project.root(), "fix @ --code palettes-missing --choice 2", &["image-rewrite"]);
}

/// The first tile has the nearest colors in palette 0, the second in palette 1, and the third is right.
#[test]
fn tiles_get_the_nearest_declared_colors() {
    let blue = Rgb([0, 0, 0xF8]);
    let image = Png::rgb(24, 8, |x, y| match (x, y) {
        (0, 0) => GREEN,
        (0..8, _) => Rgb([0xE0, 0, 0]),
        (8, 0) => Rgb([0, 0xC0, 0]),
        (8..16, _) => Rgb([0, 0, 0xC0]),
        _ => GREEN,
    });
    let mut project = TestProject::new();
    project.write("assets/hero/0.png", image.bytes());
    let palettes = vec![palette(&[KEY, RED, GREEN]), palette(&[KEY, blue, GREEN])];
    let bank = glyph(1, "hero", TileSize::Eight, palettes, vec![artifact("0.png", 0)]);
    project.add_asset("hero", true, &bank);
    let listed = cli::run_ok(project.root(), "fix @ --dry-run");
    let title = "Give the wrong tiles of 0.png the nearest colors of a declared palette";
    let fix = listed["fixes"].as_array().unwrap().iter().find(|fix| fix["title"] == title).unwrap();
    let answer = edit(&project, &format!("fix @ --code colors-undeclared --choice {}", fix["choice"]));
    let counts: Vec<_> =
        answer["recolored"].as_array().unwrap().iter().map(|one| (&one["from"], &one["to"], &one["pixels"])).collect();
    assert_eq!(
        counts,
        [
            (&json!("#0000c0"), &json!("#0000f8"), &json!(63)),
            (&json!("#00c000"), &json!("#00ff00"), &json!(1)),
            (&json!("#e00000"), &json!("#ff0000"), &json!(63)),
        ]
    );
    assert_eq!(cli::run_ok(project.root(), "pack @")["status"], "ok");
    let shown = cli::run_ok(project.root(), "show @ id:1");
    assert_eq!(shown["palettes"].as_array().unwrap().len(), 2, "no palette was added");
}

/// The tile of another artifact has the same pixels, and is right.
#[test]
fn nearest_colors_change_no_other_tile() {
    let odd = Rgb([0xE0, 0, 0]);
    let mut project = TestProject::new();
    project.write("assets/hero/0.png", Png::rgb(8, 8, |_, _| odd).bytes());
    let named = |palette, index| GlyphArtifact { palette: Some(palette), ..artifact("0.png", index) };
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, odd])];
    let bank = glyph(1, "hero", TileSize::Eight, palettes, vec![named(0, 0), named(1, 1)]);
    project.add_asset("hero", true, &bank);
    let before = project.read("assets/hero/0.png");
    cli::run_refused(project.root(), "fix @ --code color-elsewhere --choice 3", &["image-rewrite"]);
    assert_eq!(project.read("assets/hero/0.png"), before);
}

/// Palette 1 has other indices for the tile, and lacks a color of the image.
#[test]
fn fragile_tiles_name_their_palette() {
    let image = Png::rgb(16, 8, |x, _| if x < 8 { RED } else { GREEN });
    let mut project = TestProject::new();
    project.write("assets/hero/0.png", image.bytes());
    let palettes = vec![palette(&[KEY, GREEN, RED]), palette(&[KEY, RED])];
    let bank = glyph(1, "hero", TileSize::Eight, palettes.clone(), vec![artifact("0.png", 0)]);
    project.add_asset("hero", true, &bank);
    let answer = edit(&project, "fix @ hero --code tile-fragile");
    assert_eq!(titles(&answer), ["Draw 0.png with palette 0 only"]);
    assert_eq!(cli::run_ok(project.root(), "pack @")["findings"], json!([]));
    // The same answers a color of another palette, if that one has all.
    project.edit("assets/hero/asset.json", "\"palette\": 0", "\"palette\": 1");
    let answer = edit(&project, "fix @ --code color-elsewhere");
    assert_eq!(titles(&answer)[0], "Draw 0.png with palette 0 only");
    cli::run_ok(project.root(), "pack @");
}
