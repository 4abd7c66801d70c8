//! `fix` of art that does not fit the console: soft edges and deep colors, in the images themselves.

use std::io::Cursor;

use packer_services::formats::TileSize;
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
