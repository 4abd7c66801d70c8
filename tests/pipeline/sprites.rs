//! Aseprite files as artifacts: packed, created, shown, previewed and named like the same frames as PNGs.

use packer_services::Context;
use packer_services::declaration::{Cut, Declaration, GlyphArtifact, Region, SpritePart};
use packer_services::diagnostics::{Code, Place};
use packer_services::formats::TileSize;
use packer_services::ops::{Operation, PreviewBank, PreviewSource};
use packer_services::preview::{BankPreview, SourcePreview};
use packer_services::session::Session;
use serde_json::{Value, json};
use support::images::Png;
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, codes, glyph, palette, red_green};

use crate::cli;

const ANCHOR: &str = "assets/hero/asset.json";
const COLORS: [[u8; 3]; 3] = [KEY.0, RED.0, GREEN.0];

/// Frame `n` of 16 × 8 pixels: red, with as many green pixels in its first row as its number says.
fn frame(n: u8) -> Vec<u8> {
    (0..128).map(|at| if at < usize::from(n) { 2 } else { 1 }).collect()
}

/// A sprite of these frames with two tags: `idle` is frame 0, `walk` are the others.
fn hero(frames: u8) -> Sprite {
    let frames: Vec<Vec<u8>> = (0..frames).map(frame).collect();
    let all: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let last = u16::try_from(all.len() - 1).unwrap();
    Sprite::indexed([16, 8], &COLORS, &all)
        .with(0, sprites::tags(&[("idle", 0, 0, 0, 0), ("walk", 1, last, 2, 0)]))
        .with(0, sprites::slice("face", 0, &[(0, [0, 0], [8, 8]), (1, [8, 0], [8, 8])]))
}

/// The same frames as one PNG, one below the other.
fn sheet(frames: u8) -> Vec<u8> {
    let pixels: Vec<u8> = (0..frames).flat_map(frame).collect();
    let colors: Vec<_> = [KEY, RED, GREEN].to_vec();
    Png::indexed(16, 8 * u32::from(frames), &colors, |x, y| pixels[(y * 16 + x) as usize]).with_trns(&[0]).bytes()
}

fn part(tag: Option<&str>, layer: Option<&str>, slice: Option<&str>) -> SpritePart {
    let [tag, layer, slice] = [tag, layer, slice].map(|name| name.map(str::to_owned));
    SpritePart { tag, layer, slice }
}

fn of_part(file: &str, index: u32, part: SpritePart) -> GlyphArtifact {
    GlyphArtifact { part, ..artifact(file, index) }
}

fn bank(artifacts: Vec<GlyphArtifact>, files: &[(&str, Vec<u8>)]) -> TestProject {
    let mut project = TestProject::new();
    project.add_asset("hero", true, &declaration(artifacts));
    for (file, bytes) in files {
        project.write(&format!("assets/hero/{file}"), bytes);
    }
    project
}

fn declaration(artifacts: Vec<GlyphArtifact>) -> Declaration {
    glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts)
}

/// The payload region of a pack: it does not depend on names of files.
fn payload(project: &TestProject) -> Vec<u8> {
    let report = project.pack();
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    project.read("build/assets.pa")
}

#[test]
fn frames_pack_like_a_sheet() {
    let twin = payload(&bank(vec![artifact("a.png", 0)], &[("a.png", sheet(3))]));
    let sprite = hero(3).bytes();
    // Only the content counts, not the name.
    for file in ["a.aseprite", "a.ase", "a.png"] {
        assert!(payload(&bank(vec![artifact(file, 0)], &[(file, sprite.clone())])) == twin, "{file}");
    }
    let tags =
        vec![of_part("a.ase", 0, part(Some("idle"), None, None)), of_part("a.ase", 2, part(Some("walk"), None, None))];
    assert!(payload(&bank(tags, &[("a.ase", sprite.clone())])) == twin);
    // Each frame is cut by itself.
    let region = |x| Cut { region: Some(Region { x, y: 0, w: 8, h: 8 }), ..Cut::default() };
    let halves = |file| {
        let half = |x, index| GlyphArtifact { cut: region(x), ..artifact(file, index) };
        vec![half(0, 0), half(8, 3)]
    };
    let left = payload(&bank(halves("a.ase"), &[("a.ase", sprite)]));
    let region = |x, y| Cut { region: Some(Region { x, y, w: 8, h: 8 }), ..Cut::default() };
    let cells = (0..6u32).map(|n| GlyphArtifact { cut: region(n / 3 * 8, n % 3 * 8), ..artifact("a.png", n) });
    assert!(left == payload(&bank(cells.collect(), &[("a.png", sheet(3))])));
}

#[test]
fn slices_pack_their_rectangles() {
    let face = vec![of_part("a.ase", 0, part(None, None, Some("face")))];
    let sliced = payload(&bank(face, &[("a.ase", hero(3).bytes())]));
    let region = |x, y| Cut { region: Some(Region { x, y, w: 8, h: 8 }), ..Cut::default() };
    let cells = [(0, 0), (8, 8), (8, 16)].into_iter().zip(0..);
    let cells = cells.map(|((x, y), n)| GlyphArtifact { cut: region(x, y), ..artifact("a.png", n) });
    assert!(sliced == payload(&bank(cells.collect(), &[("a.png", sheet(3))])));
}

#[test]
fn blank_frames_are_skipped() {
    let mut sprite = hero(3);
    sprite.frames[1].clear();
    let cut = Cut { skip_blank: true, ..Cut::default() };
    let project = bank(vec![GlyphArtifact { cut, ..artifact("a.ase", 0) }], &[("a.ase", sprite.bytes())]);
    let shown = cli::run_ok(project.root(), "show @ hero");
    assert_eq!((&shown["used"], &shown["artifacts"][0]["skipped"]), (&json!(4), &json!([2, 3])), "{shown}");
}

#[test]
fn create_takes_sprites() {
    let project = TestProject::new();
    project.write("art/hero.aseprite", hero(3).bytes());
    let mut small = hero(1);
    small.grid = [8, 8];
    project.write("art/small.ase", small.bytes());
    let mut one = Sprite::indexed([32, 32], &COLORS, &[&[1; 1024]]);
    one.grid = [16, 16];
    project.write("art/one.ase", one.bytes());
    let created = cli::run_ok(project.root(), "create @ a --type glyph_bank --tile-size 8 @/art/hero.aseprite");
    assert_eq!(created["items"], 6);
    let of = |root: &str| -> Value {
        serde_json::from_str(&project.read_text(&format!("assets/{root}/asset.json"))).unwrap()
    };
    assert_eq!(of("a")["artifacts"], json!([{"file": "hero.aseprite", "index": 0}]));
    // The sprite's own palette keeps its order.
    let colors = &of("a")["output"]["pipeline"]["palettes"][0]["palette"]["colors"];
    assert_eq!(colors, &json!(["#ff00ff", RED.to_string(), GREEN.to_string()]));
    cli::run_ok(project.root(), "create @ b --type glyph_bank @/art/small.ase");
    assert_eq!(of("b")["output"]["metadata"]["tile_size"], 8);
    // Every new sprite has a grid of 16 × 16, so one tile is the better guess.
    cli::run_ok(project.root(), "create @ c --type glyph_bank @/art/one.ase");
    assert_eq!(of("c")["output"]["metadata"]["tile_size"], 32);
    assert!(cli::run_ok(project.root(), "doctor @")["findings"].as_array().unwrap().is_empty());
}

#[test]
fn parts_have_names_and_identities() {
    let artifacts = |walk: u32, idle: u32| {
        vec![
            of_part("a.ase", walk, part(Some("walk"), None, None)),
            of_part("a.ase", idle, part(Some("idle"), None, None)),
        ]
    };
    let project = bank(artifacts(2, 0), &[("a.ase", hero(2).bytes())]);
    project.pack();
    let constants = cli::run(project.root(), "constants @ --lang c").stdout;
    for line in ["#define TILE_HERO_A_IDLE_0_0 0\n", "#define TILE_HERO_A_WALK_1_0 3\n"] {
        assert!(constants.contains(line), "{constants}");
    }
    let shown = cli::run(project.root(), "show @ hero").stdout;
    assert!(shown.contains("a.ase@tag=walk"), "{shown}");
    let details = cli::run_ok(project.root(), "show @ hero");
    assert_eq!(details["tiles"][2]["sprite"], json!({"tag": "walk"}));
    assert_eq!(
        details["artifacts"][1]["sprite"],
        json!({"part": {"tag": "walk"}, "rows": 1, "height": 8, "first_frame": 1})
    );
    // A frame at the start of the sprite moves no id of a tag.
    project.write("assets/hero/a.ase", {
        let mut later = hero(3);
        later.frames[0].retain(|(kind, _)| *kind != 0x2018);
        later.with(0, sprites::tags(&[("idle", 0, 0, 0, 0), ("walk", 2, 2, 0, 0)])).bytes()
    });
    assert_eq!(project.pack().moved.as_ref().map(Vec::len), Some(0));
    project.write(ANCHOR, declaration(artifacts(0, 2)).to_bytes());
    let moved = cli::run_ok(project.root(), "pack @")["moved"].clone();
    assert_eq!(moved[0]["sprite"], json!({"tag": "idle"}), "{moved}");
    assert_eq!(moved.as_array().unwrap().len(), 4);
}

#[test]
fn places_name_the_frame() {
    let mut sprite = hero(3);
    sprite.frames[0][0] = sprites::palette(4, 0, &[[255, 0, 255, 255], [1, 2, 3, 255], [4, 5, 6, 255]]);
    let walk = vec![of_part("a.ase", 0, part(Some("walk"), None, Some("face")))];
    let project = bank(walk, &[("a.ase", sprite.bytes())]);
    let findings = project.findings();
    let place = findings[0].places.first().unwrap();
    assert!(
        matches!(place, Place::Tile { frame: Some(1), in_image: Some(at), .. } if (at.x, at.y) == (8, 0)),
        "{findings:?}"
    );
    assert!(findings[0].to_string().contains("in frame 2 at (8, 0)"), "{}", findings[0]);
}

#[test]
fn partial_alpha_names_the_frame() {
    let pixels = |alpha: u8| [[200, 0, 0, 255].repeat(63), vec![0, 0, 200, alpha]].concat();
    let frames = [pixels(255), pixels(100)];
    let sprite = Sprite::rgba([8, 8], &[&frames[0], &frames[1]]).bytes();
    let declared = |size| glyph(1, "hero", size, vec![palette(&[KEY, RED])], vec![artifact("a.ase", 0)]);
    let found = |size, words: &str| {
        let mut project = TestProject::new();
        project.add_asset("hero", true, &declared(size));
        project.write("assets/hero/a.ase", &sprite);
        let findings = project.findings();
        let partial = findings.iter().find(|finding| finding.code == Code::PartialAlpha).expect("it is partial");
        assert!(partial.to_string().contains(words), "{partial}");
    };
    found(TileSize::Eight, "in frame 2 at (7, 7)");
    // It cannot be cut into tiles either.
    found(TileSize::Sixteen, "alpha is 100 of 255 at (7, 7) in frame 2");
}

#[test]
fn sources_are_shown_frame_by_frame() {
    let project = bank(vec![artifact("a.ase", 0)], &[("a.ase", hero(3).bytes())]);
    let report = PreviewSource::new(project.root(), "hero", "a.ase").run(&Context::new()).unwrap();
    let Some(SourcePreview::Image { pixels, description, .. }) = &report.source else { panic!("{:?}", report.source) };
    assert_eq!((pixels.width(), pixels.height(), &**description), (16, 24, "indexed Aseprite sprite, 3 frames"));
    assert_eq!(pixels.pixel(1, 16), Some([GREEN.0[0], GREEN.0[1], GREEN.0[2], 255]));
}

#[test]
fn tiles_know_their_place_in_the_sprite() {
    let walk = vec![of_part("a.ase", 0, part(Some("walk"), None, Some("face")))];
    let project = bank(walk, &[("a.ase", hero(3).bytes())]);
    let shown = cli::run_ok(project.root(), "show @ hero");
    let sprite = &shown["artifacts"][0]["sprite"];
    assert_eq!((&sprite["corners"], &sprite["first_frame"]), (&json!([[8, 0], [8, 0]]), &json!(1)), "{shown}");
    let report = PreviewBank::new(project.root(), "hero").run(&Context::new()).unwrap();
    let BankPreview::Glyph(glyph) = &report.preview.as_ref().unwrap().bank else { panic!("no glyph bank") };
    let corner = |id: usize| glyph.tiles[id].source.as_ref().unwrap().cell.unwrap().corner;
    // Frame 1 begins in row 8 of the whole sprite.
    assert_eq!([corner(0), corner(1)].map(|at| (at.x, at.y)), [(8, 8), (8, 16)]);
    // The whole sprite is shown beside the tiles, even though every artifact uses only a part.
    let mut session = Session::new(project.root());
    let context = Context::new();
    session.refresh(&context).unwrap();
    session.view(Some("hero"));
    session.compare(Some("a.ase"));
    while session.pending() > 0 {
        session.build_next(&context, None).unwrap();
    }
    let image = session.compared_image(&context).unwrap().unwrap();
    let SourcePreview::Image { pixels, .. } = &*image else { panic!("no image") };
    assert_eq!((pixels.width(), pixels.height()), (16, 24));
}

#[test]
fn unused_sprites_are_noted() {
    let project = bank(vec![artifact("a.ase", 0)], &[("a.ase", hero(3).bytes()), ("b.aseprite", hero(2).bytes())]);
    let noted = cli::run_ok(project.root(), "doctor @ --workspace");
    let files: Vec<&Value> = noted["findings"].as_array().unwrap().iter().map(|finding| &finding["file"]).collect();
    assert_eq!(files, [&json!("assets/hero/b.aseprite")]);
}

#[test]
fn keys_of_parts_are_checked() {
    let written = |keys: &str| {
        let project = bank(vec![artifact("a.ase", 0)], &[("a.ase", hero(2).bytes())]);
        project.edit(ANCHOR, "\"index\": 0", &format!("\"index\": 0, {keys}"));
        let found = project.findings();
        codes(&found).iter().map(|code| (*code).to_owned()).collect::<Vec<String>>()
    };
    assert!(written("\"tag\": \"walk\", \"layer\": \"Layer 1\"").is_empty());
    assert_eq!(written("\"tag\": \"\""), ["json-wrong-value"]);
    assert_eq!(written(&format!("\"tag\": \"{}\"", "x".repeat(257))), ["json-wrong-value"]);
    assert_eq!(written("\"layer\": 3"), ["json-wrong-type"]);
    assert_eq!(
        written("\"slice\": \"face\", \"region\": {\"x\": 0, \"y\": 0, \"w\": 8, \"h\": 8}"),
        ["json-wrong-value"]
    );
    assert_eq!(written("\"tag\": \"run\""), ["sprite-part"]);
}
