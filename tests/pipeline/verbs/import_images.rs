//! Images that `create` and `compose` decode into PNGs.

use serde_json::{Value, json};
use support::TestProject;
use support::imported_images::{Colors, GifFrame, Indexed, LOSSLESS_WEBP, LOSSY_WEBP, TgaCorner, gif};

use super::edits::assert_refused;
use crate::{cli, tree};

/// 8 × 8 pixels of one color, and a first color that is not drawn.
fn square(color: [u8; 3]) -> Indexed {
    Indexed { width: 8, indices: vec![1; 64], palette: vec![[255, 0, 255], color] }
}

fn with_files(files: &[(&str, Vec<u8>)]) -> TestProject {
    let project = TestProject::new();
    for (name, bytes) in files {
        project.write(name, bytes);
    }
    project
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn images_become_pngs_once() {
    let red = square([200, 0, 0]);
    let colors = Colors { width: 8, pixels: vec![[0, 200, 0, 255]; 64] };
    let project = with_files(&[
        ("a.bmp", red.bmp(40, 4, false)),
        ("b.gif", red.gif(true, None)),
        ("c.pcx", red.pcx(8, 1)),
        ("d.qoi", colors.qoi()),
        ("e.TGA", colors.tga(24, 0, TgaCorner::TopLeft, true)),
    ]);
    let answer = cli::run_ok(project.root(), "create @ bank --type glyph_bank @/a.bmp @/b.gif @/c.pcx @/d.qoi @/e.TGA");
    assert_eq!(codes(&answer), ["image-imported"; 5]);
    assert_eq!((&answer["items"], &answer["composed"]), (&json!(5), &json!([])));
    for name in ["a", "b", "c", "d", "e"] {
        assert!(project.read(&format!("assets/bank/{name}.png")).starts_with(b"\x89PNG"));
    }
    assert!(!project.exists("assets/bank/a.bmp"));
    let palette = &cli::run_ok(project.root(), "show @ bank")["palettes"][0]["colors"];
    assert_eq!(palette, &json!(["#ff00ff", "#c80000", "#00c800"]), "the palette of the file is kept");
    cli::run_ok(project.root(), "pack @ --deny-warnings");
    // The same files give the same bytes.
    let first = project.read("assets/bank/b.png");
    cli::run_ok(project.root(), "create @ again --type glyph_bank @/b.gif");
    assert_eq!(project.read("assets/again/b.png"), first);
}

#[test]
fn frames_of_a_gif_are_chosen() {
    let (red, green) = (square([200, 0, 0]), vec![0; 64]);
    let second = GifFrame { indices: green, ..GifFrame::of(&red) };
    let walk = gif([8, 8], &red.palette, &[GifFrame::of(&red), second]);
    let project = with_files(&[("walk.gif", walk.clone()), ("run.gif", walk)]);
    let first = cli::run_ok(project.root(), "create @ first --type glyph_bank @/walk.gif");
    assert_eq!((codes(&first), &first["items"]), (vec!["image-animated", "image-imported"], &json!(1)));
    let all = cli::run_ok(project.root(), "create @ all --type glyph_bank --tile-size 8 --frames all @/walk.gif");
    assert_eq!((&all["items"], codes(&all).contains(&"image-animated")), (&json!(2), false));
    cli::run_ok(project.root(), "compose @ first add --palettes --frames all @/run.gif");
}

#[test]
fn composed_images_are_decoded_and_undone() {
    let project = with_files(&[
        ("a.bmp", square([200, 0, 0]).bmp(12, 8, false)),
        ("b.bmp", square([200, 0, 0]).bmp(124, 1, true)),
    ]);
    cli::run_ok(project.root(), "create @ bank --type glyph_bank @/a.bmp");
    let before = tree::read_tree(&project.at("assets/bank"));
    cli::run_ok(project.root(), "compose @ bank add @/b.bmp --dry-run");
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "dry run");
    assert_eq!(codes(&cli::run_ok(project.root(), "compose @ bank add @/b.bmp")), ["image-imported"]);
    assert!(project.exists("assets/bank/b.png"));
    cli::run_ok(project.root(), "undo @");
    tree::assert_same(&before, &tree::read_tree(&project.at("assets/bank")), "undone");
}

#[test]
fn unusable_images_create_nothing() {
    let red = square([200, 0, 0]);
    let bmp = red.bmp(40, 8, false);
    let project = with_files(&[
        ("cut.bmp", bmp[..bmp.len() - 1].to_vec()),
        ("lossy.webp", LOSSY_WEBP.to_vec()),
        ("cut.gif", red.gif(false, None)[..40].to_vec()),
        ("cut.webp", LOSSLESS_WEBP[..30].to_vec()),
        ("a.bmp", bmp),
        ("a.gif", red.gif(false, None)),
    ]);
    for name in ["cut.bmp", "lossy.webp", "cut.gif", "cut.webp"] {
        let command = format!("create @ bank --type glyph_bank --tile-size 8 @/{name}");
        assert_refused(&project, &command, &["image-import"]);
    }
    project.write("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00");
    let jpeg = cli::run_json(project.root(), "create @ bank --type glyph_bank --tile-size 8 @/photo.jpg").json();
    assert!(jpeg["findings"][0]["help"].as_str().unwrap().starts_with("JPEG is lossy"), "{jpeg}");
    assert_refused(&project, "create @ bank --type glyph_bank @/a.bmp @/a.gif", &["file-name-twice"]);
}

#[test]
fn pack_never_decodes_a_bmp() {
    let project = with_files(&[("a.bmp", square([200, 0, 0]).bmp(40, 8, false))]);
    cli::run_ok(project.root(), "create @ bank --type glyph_bank @/a.bmp");
    project.write("assets/bank/a.png", square([200, 0, 0]).bmp(40, 8, false));
    let answer = cli::run_json(project.root(), "pack @").json();
    assert_eq!(codes(&answer), ["image-not-png"]);
    assert!(answer["findings"][0]["help"].as_str().unwrap().contains("compose PROJECT ASSET add FILE"), "{answer}");
}

#[test]
fn folders_contain_images_of_all_formats() {
    let red = square([200, 0, 0]);
    let tga = red.tga(TgaCorner::BottomLeft, true, 0);
    let project = with_files(&[
        ("art/1.bmp", red.bmp(40, 8, false)),
        ("art/2.pcx", red.pcx(8, 1)),
        ("art/3.tga", tga.clone()),
        ("art/noise.bin", tga),
    ]);
    let answer = cli::run_ok(project.root(), "create @ bank --type glyph_bank @/art");
    assert_eq!(answer["items"], json!(3));
    let message = answer["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "folder-files");
    assert!(message.unwrap()["message"].as_str().unwrap().contains("noise.bin"), "{answer}");
}

/// The text has a few of many notes of a kind, and their number; the JSON has all.
#[test]
fn many_notes_of_a_kind_are_folded() {
    let project = TestProject::new();
    for n in 0..12 {
        project.write(&format!("art/{n}.bmp"), square([200, 0, 0]).bmp(40, 8, false));
        project.write(&format!("few/{n}.bmp"), square([200, 0, 0]).bmp(40, 8, false));
    }
    let text = cli::run(project.root(), "create @ bank --type glyph_bank @/art").stderr;
    assert_eq!(text.matches("note[image-imported]").count(), 4, "{text}");
    let line = text.lines().find(|line| line.contains("9 more of these:")).expect("a line about the others");
    assert!(line.ends_with(", and 5 more") && line.contains("4.bmp"), "{line}");
    let answer = cli::run_ok(project.root(), "create @ all --type glyph_bank @/art");
    assert_eq!(codes(&answer), ["image-imported"; 12]);
    // Ten can be read.
    for n in 10..12 {
        std::fs::remove_file(project.at(&format!("few/{n}.bmp"))).unwrap();
    }
    let text = cli::run(project.root(), "create @ few --type glyph_bank @/few").stderr;
    assert_eq!((text.matches("note[image-imported]").count(), text.contains("more of these")), (10, false), "{text}");
}
