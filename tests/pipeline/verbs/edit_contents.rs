//! The verbs that edit what an asset is built from: what changes in its declaration, which ids move, and what is
//! refused.

use std::time::Instant;

use packer_services::Context;
use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, Region, SpritePart};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{AssetEdit, EditAsset, ImageTiling, Operation, PaletteEdit, PreviewEdit, Tiling};
use packer_services::preview::{BankPreview, TileState};
use serde_json::{Value, json};
use support::images::{Png, plain};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette, sample, sound};

use super::edits::{assert_refused, edit};
use crate::{cli, tree};

const SHEETS: &str = "assets/sheets/asset.json";
const SOUNDS: &str = "assets/sounds/asset.json";

/// A glyph bank with tile size 8: `a.png` has two tiles, `b.png` two, and the parts of `c.png` one each.
fn sheets() -> TestProject {
    let mut project = TestProject::new();
    let part = |x, index| {
        let mut part = artifact("c.png", index);
        part.cut.region = Some(Region { x, y: 0, w: 8, h: 8 });
        part
    };
    let artifacts: Vec<GlyphArtifact> = vec![artifact("b.png", 2), artifact("a.png", 0), part(0, 4), part(8, 5)];
    let declaration = glyph(1, "sheets", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts);
    project.write("assets/sheets/a.png", plain(16, 8, RED));
    project.write("assets/sheets/b.png", plain(16, 8, RED));
    project.write("assets/sheets/c.png", Png::rgb(16, 8, |x, _| if x < 8 { RED } else { GREEN }).bytes());
    project.add_asset("sheets", true, &declaration);
    project
}

/// A sound bank: `low.wav` loops, `wide.wav` is stereo, and `deep.wav` has 24 bits.
fn sounds() -> TestProject {
    let mut project = TestProject::new();
    let artifacts = vec![sample("low.wav", 0), sample("wide.wav", 1), sample("deep.wav", 2)];
    project.write("assets/sounds/low.wav", Wav::mono16(22_050, &[1; 100]).loops(&[(0, 10, 89, 0, 0)]).bytes());
    project.write("assets/sounds/wide.wav", Wav::pcm(22_050, 2, 16, vec![0; 40]).bytes());
    project.write("assets/sounds/deep.wav", Wav::pcm(22_050, 1, 24, vec![0; 30]).bytes());
    project.add_asset("sounds", true, &sound(1, "sounds", 22_050, artifacts));
    project
}

/// Asserts that a line could not run, because its asset or artifact is another one, and changes nothing.
fn assert_unusable(project: &TestProject, line: &str, code: &str) {
    let before = tree::read_tree(project.root());
    let answer = cli::run_json(project.root(), line);
    assert_eq!((answer.code, answer.json()["findings"][0]["code"].as_str()), (2, Some(code)), "{line}");
    tree::assert_same(&before, &tree::read_tree(project.root()), line);
}

/// The ids that move, as (file, from, to).
fn moves(answer: &Value) -> Vec<(String, u64, Option<u64>)> {
    let ids = answer["ids"].as_array().unwrap();
    let of = |id: &Value| (id["file"].as_str().unwrap().to_owned(), id["from"].as_u64().unwrap(), id["to"].as_u64());
    ids.iter().map(of).collect()
}

/// The artifacts of a declaration, by index.
fn artifacts(project: &TestProject, anchor: &str) -> Vec<Value> {
    let declaration: Value = serde_json::from_slice(&project.read(anchor)).unwrap();
    let mut artifacts = declaration["artifacts"].as_array().unwrap().clone();
    artifacts.sort_by_key(|artifact| artifact["index"].as_u64());
    artifacts
}

/// The bank of sheets with other tiles: `a.png` is cut like this, `b.png` has this color key, and the parts stay.
fn tiling(tile_size: TileSize, cut: Cut, key: ColorKey) -> AssetEdit {
    let image =
        |image: &str, color_key, cut| ImageTiling { image: image.into(), color_key, part: SpritePart::default(), cut };
    let images = vec![image("a.png", None, cut), image("b.png", Some(key), Cut::default())];
    AssetEdit::Tiling(Tiling { tile_size, images })
}

#[test]
fn all_of_a_tiling_is_one_change() {
    let (project, one_by_one) = (sheets(), sheets());
    let cut = Cut { region: Some(Region { x: 8, y: 0, w: 8, h: 8 }), skip_blank: true, ..Cut::default() };
    let request = EditAsset::new(project.root(), "sheets", tiling(TileSize::Eight, cut, ColorKey::Color(RED)));
    let preview = PreviewEdit::new(request.clone()).run(&Context::new()).unwrap();
    let Some(BankPreview::Glyph(glyph)) = preview.preview.as_ref().map(|preview| &preview.bank) else { panic!() };
    let used: Vec<TileState> =
        glyph.tiles.iter().map(|tile| tile.state).take_while(|state| *state != TileState::Unused).collect();
    assert_eq!(used, [TileState::Drawn, TileState::Blank, TileState::Blank, TileState::Drawn, TileState::Drawn]);
    assert_eq!((glyph.declared[0].cut, glyph.declared[1].color_key), (cut, Some(ColorKey::Color(RED))));
    assert_eq!(project.read(SHEETS), one_by_one.read(SHEETS), "a preview writes nothing");
    let made = request.run(&Context::new()).unwrap();
    assert_eq!((&made.ids, &made.repainted), (&preview.edited.ids, &preview.edited.repainted));
    assert!(made.change.is_some() && made.ids.len() == 6, "{:?}", made.ids);
    edit(&one_by_one, "cut @ sheets a.png --region 8,0,8,8 --skip-blank");
    edit(&one_by_one, "key @ sheets ff0000 b.png");
    assert_eq!(project.read_text(SHEETS), one_by_one.read_text(SHEETS));
    let before = sheets().read(SHEETS);
    cli::run_ok(project.root(), "undo @");
    assert_eq!(project.read(SHEETS), before);
}

#[test]
fn refused_tiling_is_previewed_with_holes() {
    let project = sheets();
    let tree_before = tree::read_tree(project.root());
    let edit = tiling(TileSize::Eight, Cut { margin: 3, ..Cut::default() }, ColorKey::Color(GREEN));
    let request = EditAsset::new(project.root(), "sheets", edit);
    let report = PreviewEdit::new(request).run(&Context::new()).unwrap();
    assert_eq!(support::codes(report.findings()), ["image-size"]);
    assert!(report.edited.change.is_none());
    let Some(BankPreview::Glyph(glyph)) = report.preview.as_ref().map(|preview| &preview.bank) else { panic!() };
    let whole: Vec<bool> = glyph.declared.iter().map(|image| image.is_whole).collect();
    assert_eq!(whole, [false, true, true, true]);
    let missing = AssetEdit::Tiling(Tiling {
        tile_size: TileSize::Eight,
        images: vec![ImageTiling {
            image: "none.png".into(),
            color_key: None,
            part: SpritePart::default(),
            cut: Cut::default(),
        }],
    });
    let report = PreviewEdit::new(EditAsset::new(project.root(), "sheets", missing)).run(&Context::new()).unwrap();
    assert_eq!(support::codes(report.findings()), ["artifact-not-found"]);
    assert!(report.preview.is_none());
    tree::assert_same(&tree_before, &tree::read_tree(project.root()), "previews write nothing");
}

#[test]
fn losses_are_allowed_where_needed() {
    let project = sounds();
    cli::run_refused(project.root(), "pack @", &["convert-depth", "convert-downmix"]);
    // The bank did not pack before: what is left is a note.
    let answer = edit(&project, "convert @ id:1 --downmix");
    assert_eq!(answer["findings"][0]["code"], "convert-depth");
    assert_eq!(answer["findings"][0]["severity"], "note");
    edit(&project, "convert @ id:1 --reduce-bit-depth --downmix");
    let kept: Vec<Value> = artifacts(&project, SOUNDS).iter().map(|artifact| artifact["convert"].clone()).collect();
    assert_eq!(kept, [json!(null), json!({ "downmix": true }), json!({ "reduce_bit_depth": true })]);
    cli::run_ok(project.root(), "pack @");
    // It packs now, and must not stop to.
    assert_refused(&project, "convert @ id:1 --none", &["convert-depth", "convert-downmix"]);
    let idle = edit(&project, "convert @ id:1 low.wav --downmix");
    assert_eq!(idle["findings"][0]["code"], "convert-idle");
    edit(&project, "convert @ id:1 0 --none");
    assert_eq!(cli::run(project.root(), "convert @ id:1").code, 2);
    assert_unusable(&project, "convert @ id:1 none.wav --downmix", "artifact-not-found");
}

#[test]
fn loops_are_set_and_cleared() {
    let project = sounds();
    cli::run_ok(project.root(), "convert @ id:1 --downmix --reduce-bit-depth");
    let before = project.read_text(SOUNDS);
    edit(&project, "loop @ id:1 low.wav 20..80");
    assert_eq!(artifacts(&project, SOUNDS)[0]["loop"], json!({ "start": 20, "end": 80 }));
    edit(&project, "loop @ id:1 index:0 none");
    assert_eq!(artifacts(&project, SOUNDS)[0]["loop"], json!(null));
    edit(&project, "loop @ id:1 0 file");
    assert_eq!(project.read_text(SOUNDS), before);
    assert_refused(&project, "loop @ id:1 0 20..101", &["loop-range"]);
    assert_unusable(&project, "loop @ id:1 lo.wav none", "artifact-not-found");
    for line in ["loop @ id:1 0 80..20", "loop @ id:1 0 20", "loop @ id:1 0 forever"] {
        assert_eq!(cli::run(project.root(), line).code, 2, "{line}");
    }
    let sheets = sheets();
    assert_unusable(&sheets, "loop @ id:1 0 none", "not-a-sound-bank");
    assert_unusable(&project, "tile-size @ id:1 8", "not-a-glyph-bank");
}

#[test]
fn ids_behind_a_changed_cut_move() {
    let project = sheets();
    cli::run_ok(project.root(), "pack @");
    let before = project.read_text(SHEETS);
    let answer = edit(&project, "cut @ id:1 a.png --region 8,0,8,8");
    let files = |moved: &[(String, u64, Option<u64>)]| moved.iter().map(|(file, ..)| file.clone()).collect::<Vec<_>>();
    let moved = moves(&answer);
    assert_eq!(files(&moved), ["a.png", "a.png", "b.png", "b.png", "c.png", "c.png"]);
    let ids: Vec<_> = moved.iter().map(|(_, from, to)| (*from, *to)).collect();
    assert_eq!(ids, [(0, None), (1, None), (2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(4))]);
    let indices: Vec<u64> = artifacts(&project, SHEETS).iter().map(|one| one["index"].as_u64().unwrap()).collect();
    assert_eq!(indices, [0, 1, 3, 4]);
    cli::run_ok(project.root(), "pack @");
    edit(&project, "cut @ id:1 a.png --none");
    assert_eq!(project.read_text(SHEETS), before);
    assert_refused(&project, "cut @ id:1 a.png --spacing 1", &["image-size"]);
    assert_unusable(&project, "cut @ id:1 c.png --none", "artifact-not-found");
    for line in ["cut @ id:1 a.png", "cut @ id:1 --none", "cut @ id:1 a.png --none --margin 1"] {
        assert_eq!(cli::run(project.root(), line).code, 2, "{line}");
    }
}

#[test]
fn new_tile_size_moves_ids() {
    let mut project = sheets();
    assert_refused(&project, "tile-size @ id:1 16", &["image-size"; 3]);
    project = TestProject::new();
    let artifacts = vec![artifact("a.png", 0), artifact("b.png", 2)];
    for file in ["a.png", "b.png"] {
        project.write(&format!("assets/sheets/{file}"), plain(32, 16, RED));
    }
    project.add_asset("sheets", true, &glyph(1, "x", TileSize::Sixteen, vec![palette(&[KEY, RED])], artifacts));
    let before = project.read_text(SHEETS);
    edit(&project, "tile-size @ id:1 8");
    let expected = before.replace("\"tile_size\": 16", "\"tile_size\": 8").replace("\"index\": 2", "\"index\": 8");
    assert_eq!(project.read_text(SHEETS), expected);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn color_key_of_images_is_set() {
    let project = sheets();
    assert_refused(&project, "key @ id:1 index0", &["color-key-index"; 3]);
    let blue = Rgb([0, 0, 255]);
    project.write("assets/sheets/a.png", Png::rgb(16, 8, |x, _| if x < 8 { blue } else { RED }).bytes());
    let answer = edit(&project, "key @ id:1 0000ff a.png");
    assert_eq!(answer["findings"], json!([]));
    let keys: Vec<Value> = artifacts(&project, SHEETS).iter().map(|artifact| artifact["color_key"].clone()).collect();
    assert_eq!(keys, [json!("#0000ff"), json!(null), json!(null), json!(null)]);
    // With the key, one cell of the image is blank.
    let answer = edit(&project, "cut @ id:1 a.png --skip-blank");
    assert_eq!(moves(&answer)[0], ("a.png".to_owned(), 0, None));
    assert_refused(&project, "key @ id:1 none", &["colors-undeclared"]);
    edit(&project, "key @ id:1 00ff00 index:3");
}

#[test]
fn excluded_asset_may_stay_broken() {
    let project = sheets();
    cli::run_ok(project.root(), "exclude @ id:1");
    let answer = edit(&project, "tile-size @ id:1 16");
    let severities: Vec<&str> =
        answer["findings"].as_array().unwrap().iter().filter_map(|finding| finding["severity"].as_str()).collect();
    assert!(!severities.is_empty() && severities.iter().all(|severity| *severity == "note"), "{answer}");
    assert_refused(&project, "include @ id:1", &["image-size"; 3]);
}

/// The files of the artifacts with their indices, by index.
fn listed(project: &TestProject, anchor: &str) -> Vec<(String, u64)> {
    let of = |one: &Value| (one["file"].as_str().unwrap().to_owned(), one["index"].as_u64().unwrap());
    artifacts(project, anchor).iter().map(of).collect()
}

#[test]
fn files_are_added_behind_the_others() {
    let project = sheets();
    project.write("d.png", plain(8, 8, GREEN));
    project.write("assets/sheets/more/e.png", plain(8, 8, RED));
    let answer = edit(&project, "compose @ id:1 add @/d.png @/assets/sheets/more/e.png");
    assert_eq!(answer["change"]["created"], json!(["assets/sheets/d.png"]));
    assert_eq!((&answer["ids"], &answer["slots"]), (&json!([]), &json!([])));
    let last: Vec<_> = listed(&project, SHEETS).into_iter().skip(4).collect();
    assert_eq!(last, [("d.png".to_owned(), 6), ("more/e.png".to_owned(), 7)]);
    cli::run_ok(project.root(), "pack @");
    // The same content again needs no other copy; other content needs another name.
    let answer = edit(&project, "compose @ id:1 add @/d.png");
    assert_eq!(answer["change"]["created"], json!([]));
    project.write("d.png", plain(8, 8, RED));
    assert_refused(&project, "compose @ id:1 add @/d.png", &["file-name-twice"]);
    project.write("asset.json", "{}");
    assert_refused(&project, "compose @ id:1 add @/asset.json", &["file-name-twice"]);
    assert_eq!(cli::run(project.root(), "compose @ id:1 add @/none.png").code, 2);
    assert_eq!(cli::run(project.root(), "compose @ id:1 add").code, 2);
}

#[test]
fn colors_of_added_images_are_declared() {
    let project = sheets();
    let blue = Rgb([0, 0, 255]);
    project.write("new/d.png", plain(8, 8, blue));
    assert_refused(&project, "compose @ id:1 add @/new/d.png", &["colors-undeclared"]);
    edit(&project, "compose @ id:1 add @/new/d.png --palettes");
    let declaration: Value = serde_json::from_slice(&project.read(SHEETS)).unwrap();
    let colors = &declaration["output"]["pipeline"]["palettes"][0]["palette"]["colors"];
    assert_eq!(colors, &json!(["#ff00ff", "#ff0000", "#00ff00", "#0000ff"]));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn removed_artifacts_close_their_gap() {
    let project = sheets();
    let before = project.read_text(SHEETS);
    let answer = edit(&project, "compose @ id:1 remove a.png index:4");
    assert_eq!(listed(&project, SHEETS), [("b.png".to_owned(), 0), ("c.png".to_owned(), 2)]);
    let gone: Vec<_> =
        moves(&answer).into_iter().filter(|(.., to)| to.is_none()).map(|(file, from, _)| (file, from)).collect();
    assert_eq!(gone, [("a.png".to_owned(), 0), ("a.png".to_owned(), 1), ("c.png".to_owned(), 4)]);
    assert!(project.exists("assets/sheets/a.png"));
    assert_refused(&project, "compose @ id:1 remove b.png c.png", &["artifacts-missing"]);
    cli::run_ok(project.root(), "undo @");
    assert_eq!(project.read_text(SHEETS), before);
}

#[test]
fn replaced_artifact_keeps_its_place() {
    let project = sounds();
    cli::run_ok(project.root(), "convert @ id:1 --downmix --reduce-bit-depth");
    cli::run_ok(project.root(), "loop @ id:1 low.wav 20..80");
    project.write("high.wav", Wav::mono16(22_050, &[2; 90]).bytes());
    let answer = edit(&project, "compose @ id:1 replace low.wav @/high.wav");
    assert_eq!(answer["change"]["created"], json!(["assets/sounds/high.wav"]));
    let first = artifacts(&project, SOUNDS)[0].clone();
    assert_eq!(first, json!({ "file": "high.wav", "index": 0, "loop": { "start": 20, "end": 80 } }));
    project.write("short.wav", Wav::mono16(22_050, &[2; 9]).bytes());
    assert_refused(&project, "compose @ id:1 replace 0 @/short.wav", &["loop-range"]);
    let line = "compose @ id:1 move wide.wav --before 0";
    let moved: Vec<_> = moves(&edit(&project, line)).into_iter().map(|(_, from, to)| (from, to)).collect();
    assert_eq!(moved, [(0, Some(1)), (1, Some(0))]);
    edit(&project, "compose @ id:1 move wide.wav");
    let files: Vec<String> = listed(&project, SOUNDS).into_iter().map(|(file, _)| file).collect();
    assert_eq!(files, ["high.wav", "deep.wav", "wide.wav"]);
    let nothing = cli::run_ok(project.root(), "compose @ id:1 move deep.wav --before deep.wav");
    assert!(nothing["change"].is_null(), "{nothing}");
    assert_unusable(&project, "compose @ id:1 move 7", "artifact-not-found");
}

#[test]
fn moved_images_keep_their_text_order() {
    let project = sheets();
    let before = project.read_text(SHEETS);
    edit(&project, "compose @ id:1 move b.png --before a.png");
    assert_eq!(listed(&project, SHEETS)[0], ("b.png".to_owned(), 0));
    let without_numbers = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!(without_numbers(&project.read_text(SHEETS)), without_numbers(&before));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn undone_addition_keeps_edited_copy() {
    let project = sheets();
    project.write("d.png", plain(8, 8, GREEN));
    cli::run_ok(project.root(), "compose @ id:1 add @/d.png");
    project.write("assets/sheets/d.png", plain(8, 8, RED));
    cli::run_refused(project.root(), "undo @", &["history-conflict"]);
    assert_eq!(project.read("assets/sheets/d.png"), plain(8, 8, RED));
}

/// A bank with two palettes, each of which draws one tile; an artifact names each.
fn two_palettes() -> TestProject {
    let mut project = TestProject::new();
    let mut artifacts = vec![artifact("red.png", 0), artifact("green.png", 1)];
    for (at, one) in artifacts.iter_mut().enumerate() {
        one.palette = Some(u32::try_from(at).unwrap());
    }
    project.write("assets/sheets/red.png", plain(8, 8, RED));
    project.write("assets/sheets/green.png", plain(8, 8, GREEN));
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, GREEN])];
    project.add_asset("sheets", true, &glyph(1, "sheets", TileSize::Eight, palettes, artifacts));
    project
}

/// The colors of the palettes of a declaration, by index.
fn palettes(project: &TestProject) -> Vec<Vec<String>> {
    let declaration: Value = serde_json::from_slice(&project.read(SHEETS)).unwrap();
    let mut palettes = declaration["output"]["pipeline"]["palettes"].as_array().unwrap().clone();
    palettes.sort_by_key(|palette| palette["index"].as_u64());
    palettes.iter().map(|palette| serde_json::from_value(palette["palette"]["colors"].clone()).unwrap()).collect()
}

#[test]
fn moved_palette_takes_its_tiles_along() {
    let project = two_palettes();
    let answer = edit(&project, "palette @ id:1 move 1 0");
    let repainted = json!([
        { "asset_id": 1, "tile": 0, "from": 0, "to": 1 },
        { "asset_id": 1, "tile": 1, "from": 1, "to": 0 },
    ]);
    assert_eq!(answer["repainted"], repainted);
    assert_eq!(palettes(&project), [["#ff00ff", "#00ff00"], ["#ff00ff", "#ff0000"]]);
    let named: Vec<Value> = artifacts(&project, SHEETS).iter().map(|one| one["palette"].clone()).collect();
    assert_eq!(named, [json!(1), json!(0)]);
    cli::run_ok(project.root(), "pack @");
    assert_refused(&project, "palette @ id:1 move 0 2", &["palette-undeclared"]);
}

#[test]
fn used_palette_is_not_removed() {
    let project = two_palettes();
    assert_refused(&project, "palette @ id:1 remove 0", &["colors-undeclared"]);
    edit(&project, "palette @ id:1 add ff00ff #ff0000 123456 --name more");
    let answer = edit(&project, "palette @ id:1 remove 0");
    let repainted = json!([
        { "asset_id": 1, "tile": 0, "from": 0, "to": 1 },
        { "asset_id": 1, "tile": 1, "from": 1, "to": 0 },
    ]);
    assert_eq!(answer["repainted"], repainted);
    let named: Vec<Value> = artifacts(&project, SHEETS).iter().map(|one| one["palette"].clone()).collect();
    assert_eq!(named, [json!(null), json!(0)]);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn copied_palette_is_recolored_and_named() {
    let project = two_palettes();
    let before = project.read_text(SHEETS);
    edit(&project, "palette @ id:1 duplicate 0 --name night");
    edit(&project, "palette @ id:1 set 2 1 000080");
    edit(&project, "palette @ id:1 set 2 2 #0000c0");
    assert_eq!(palettes(&project)[2], ["#ff00ff", "#000080", "#0000c0"]);
    assert!(project.read_text(SHEETS).contains("\"name\": \"night\""));
    edit(&project, "palette @ id:1 name 2");
    edit(&project, "palette @ id:1 name 0 day");
    assert_refused(&project, "palette @ id:1 name 0 \u{202e}x", &["name-illegal"]);
    assert_refused(&project, "palette @ id:1 set 2 4 000080", &["palette-undeclared"]);
    assert_refused(&project, "palette @ id:1 set 0 1 000080", &["colors-undeclared"]);
    edit(&project, "palette @ id:1 name 0");
    edit(&project, "palette @ id:1 remove 2");
    assert_eq!(project.read_text(SHEETS), before);
    for line in ["palette @ id:1", "palette @ id:1 add", "palette @ id:1 set 0 1 red"] {
        assert_eq!(cli::run(project.root(), line).code, 2, "{line}");
    }
}

#[test]
fn artifacts_are_arranged_at_once() {
    let project = sheets();
    project.write("d.png", plain(8, 8, GREEN));
    let before = project.read_text(SHEETS);
    let line = "compose @ id:1 arrange index:4 @/d.png index:0";
    let preview = cli::run_ok(project.root(), &format!("{line} --dry-run"));
    assert_eq!(project.read_text(SHEETS), before);
    let answer = edit(&project, line);
    assert_eq!(preview["ids"], answer["ids"]);
    let of = |file: &str| {
        let moved = moves(&answer).into_iter().filter(|moved| moved.0 == file);
        moved.map(|moved| (moved.1, moved.2)).collect::<Vec<_>>()
    };
    assert_eq!(of("c.png"), [(4, Some(0)), (5, None)]);
    assert_eq!(of("a.png"), [(0, Some(2)), (1, Some(3))]);
    assert_eq!(of("b.png"), [(2, None), (3, None)], "it was left out");
    assert!(project.at("assets/sheets/b.png").exists(), "its file stays");
    cli::run_ok(project.root(), "undo @");
    assert_eq!(project.read_text(SHEETS), before);
    assert!(!project.at("assets/sheets/d.png").exists());
    assert_refused(&project, "compose @ id:1 arrange index:0 index:2 index:0", &["artifacts-missing"]);
    assert_unusable(&project, "compose @ id:1 arrange index:0 index:9", "artifact-not-found");
}

/// By its name, an asset is found only in the declarations; by its id, in the registry.
#[test]
fn content_edits_read_one_declaration() {
    let project = support::large_projects::create_valid(2_000);
    let name = AssetEdit::Palette(PaletteEdit::Name { palette: 0, name: Some("hero".into()) });
    let shortest = |asset: &str| {
        let request = EditAsset::new(project.root(), asset, name.clone()).dry_run(true);
        let times = (0..3).map(|_| {
            let begin = Instant::now();
            assert!(request.run(&Context::new()).unwrap().change.is_some());
            begin.elapsed()
        });
        times.min().unwrap()
    };
    let (one, all) = (shortest("id:5"), shortest("name:thing_00004"));
    assert!(one * 2 < all, "{one:?} instead of {all:?}");
}

#[test]
fn advice_about_added_sounds_can_be_followed() {
    let project = TestProject::new();
    project.write("a.wav", Wav::mono16(22_050, &[1, 2]).bytes());
    project.write("wide.wav", Wav::pcm(22_050, 2, 16, vec![0; 40]).bytes());
    cli::run_ok(project.root(), "create @ bank --type sound_bank @/a.wav");
    let refused = cli::run_refused(project.root(), "compose @ bank add @/wide.wav", &["convert-downmix"]);
    assert_eq!(refused.json()["findings"][0]["help"], "Export it as mono, and add that file.");
}
