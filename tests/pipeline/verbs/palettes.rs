//! `palettes`: adds colors to a declaration that was written by hand, and changes nothing else in it.

use packer_services::Context;
use packer_services::declaration::{ColorKey, Content, GlyphArtifact, GlyphContent};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{FindPalettes, FindPalettesReport, Operation, Report};
use serde_json::{Value, json};
use support::images::{self, Png};
use support::oracle::rgb565;
use support::sounds::Wav;
use support::{
    GREEN, KEY, RED, TestProject, artifact, codes, declaration, glyph, keyed_artifact, palette, sample, sound, uuid,
};

use crate::{cli, console, fixtures, tree};

const ANCHOR: &str = "assets/bank/asset.json";
const BLUE: Rgb = Rgb([0x00, 0x00, 0xFF]);
const SKY: Rgb = Rgb([0x40, 0x80, 0xC0]);

/// The `n`-th of fifteen colors that differ on the console.
fn shade(n: usize) -> Rgb {
    Rgb([u8::try_from(n * 16).unwrap(), 0x20, 0x80])
}

/// An image of fifteen shades.
fn ramp() -> Vec<u8> {
    Png::rgb(8, 8, |x, y| shade(1 + (x + 8 * y) as usize % 15)).bytes()
}

/// The bank `bank` of tiles of 8 × 8, asset 1.
fn bank(palettes: &[&[Rgb]], artifacts: Vec<GlyphArtifact>, files: &[(&str, Vec<u8>)]) -> TestProject {
    let mut project = TestProject::new();
    for (name, bytes) in files {
        project.write(&format!("assets/bank/{name}"), bytes);
    }
    let palettes = palettes.iter().map(|colors| palette(colors)).collect();
    project.add_asset("bank", true, &glyph(1, "bank", TileSize::Eight, palettes, artifacts));
    project
}

/// A bank of one image, without palettes.
fn bank_without_palettes(image: Vec<u8>) -> TestProject {
    bank(&[], vec![artifact("a.png", 0)], &[("a.png", image)])
}

fn apply(project: &TestProject) -> Value {
    cli::run_ok(project.root(), "palettes @ bank --apply")
}

/// The colors of the declared_colors palettes.
fn declared_colors(project: &TestProject) -> Vec<Vec<String>> {
    let declaration: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    let mut palettes = declaration["output"]["pipeline"]["palettes"].as_array().cloned().unwrap_or_default();
    palettes.sort_by_key(|palette| palette["index"].as_u64());
    let text = |color: &Value| color.as_str().unwrap().to_owned();
    palettes.iter().map(|one| one["palette"]["colors"].as_array().unwrap().iter().map(text).collect()).collect()
}

/// Asserts that it is refused with these findings, and that nothing in the project changes.
fn assert_refused(project: &TestProject, code: i32, findings: &[&str]) -> String {
    // The first writer creates the lock file, even if it fails.
    cli::run_json(project.root(), "register @ nowhere");
    let before = tree::read_tree(project.root());
    let stamps = tree::read_stamps(&project.at("assets/bank"));
    let output = cli::run_json(project.root(), "palettes @ id:1 --apply");
    assert_eq!((output.code, output.codes()), (code, findings.iter().map(ToString::to_string).collect()));
    assert_eq!(output.json()["applied"], false);
    tree::assert_same(&before, &tree::read_tree(project.root()), findings[0]);
    tree::assert_same(&stamps, &tree::read_stamps(&project.at("assets/bank")), findings[0]);
    output.stdout
}

// How the declaration is written.

/// A declaration without palettes, formatted by hand.
const BY_HAND: &str = r#"{
  "schema_version": 1,
  "asset_uuid": "UUID",
  "name": "bank",
  "type": "glyph_bank",
  "inputs": { },
  "artifacts": [{"file" : "a.png", "index": 0}],
  "output": {
    "codec": "NONE", "format": "GLYPH/indexed_v1",
    "metadata": {"tile_size": 8}
  },
  "preload": {"enabled": false}
}
"#;

/// The same on one line, without a newline at the end.
const ON_ONE_LINE: &str = r#"{"output":{"format":"GLYPH/indexed_v1","codec":"NONE","metadata":{"tile_size":8}},"schema_version":1,"preload":{"enabled":false},"asset_uuid":"UUID","artifacts":[{"index":0,"file":"a.png"}],"type":"glyph_bank","inputs":{},"name":"bank"}"#;

/// The new palette, without spaces.
const NEW: &str = r##"{"index":0,"palette":{"colors":["#ff00ff","#ff0000","#00ff00"]}}"##;

/// Declarations in different formats: name, text, the text before the new part, and the new part without spaces.
fn formatted_declarations() -> Vec<(&'static str, String, &'static str, String)> {
    let list = format!("[{NEW}]");
    let palettes = format!(r#""palettes":{list}"#);
    let pipeline = format!(r#","pipeline":{{{palettes}}}"#);
    let at_end = r#""metadata": {"tile_size": 8}"#;
    let with = |text: &str| BY_HAND.replace(at_end, &format!("{at_end}{text}"));
    vec![
        ("by hand", BY_HAND.to_owned(), at_end, pipeline.clone()),
        ("with tabs", BY_HAND.replace("  ", "\t"), at_end, pipeline.clone()),
        ("with CRLF", BY_HAND.replace('\n', "\r\n"), at_end, pipeline.clone()),
        ("with tabs and CRLF", BY_HAND.replace("  ", "\t").replace('\n', "\r\n"), at_end, pipeline.clone()),
        ("without an end of line", BY_HAND.trim_end().to_owned(), at_end, pipeline.clone()),
        ("on one line", ON_ONE_LINE.to_owned(), r#""metadata":{"tile_size":8}"#, pipeline),
        (
            "on one line, with a pipeline",
            ON_ONE_LINE.replace(r#""codec""#, r#""pipeline":{},"codec""#),
            r#""pipeline":{"#,
            palettes.clone(),
        ),
        ("with a pipeline", with(",\n    \"pipeline\": {}"), r#""pipeline": {"#, palettes.clone()),
        ("with an empty pipeline of lines", with(",\n    \"pipeline\" : {\n\n    }"), r#""pipeline" : {"#, palettes),
        (
            "with an empty list",
            with(",\n    \"pipeline\": { \"palettes\" :[ ] }"),
            r#"{ "palettes" :["#,
            NEW.to_owned(),
        ),
        (
            "with a key that is escaped",
            with(",\n    \"p\\u0069peline\": {\"palettes\": []}"),
            r#"{"palettes": ["#,
            NEW.to_owned(),
        ),
    ]
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn only_the_palette_list_changes() {
    for (what, text, before, new) in formatted_declarations() {
        let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
        let text = text.replace("UUID", &uuid(1).to_string());
        project.write(ANCHOR, &text);
        let (before, after) = text.split_at(text.find(before).unwrap() + before.len());
        apply(&project);
        let edited = project.read_text(ANCHOR);
        let rest = edited.strip_prefix(before).unwrap_or_else(|| panic!("{what}: {edited}"));
        let middle = rest.strip_suffix(after.trim_start()).unwrap_or_else(|| panic!("{what}: {edited}"));
        assert_eq!(without_spaces(middle), new, "{what}");
        if text.contains('\r') {
            assert!(!edited.replace("\r\n", "").contains('\n'), "{what}: {edited:?}");
        } else {
            assert!(!edited.contains('\r'), "{what}");
        }
        if text.contains('\t') {
            assert!(edited.lines().all(|line| !line.starts_with(' ')), "{what}: {edited}");
        }
        assert_eq!(cli::run_ok(project.root(), "pack @")["findings"], json!([]), "{what}");
        cli::run_ok(project.root(), "pack @ --check");
    }
}

#[test]
fn extended_palette_keeps_its_layout() {
    let project = bank_without_palettes(images::checker(8, 8, RED, BLUE));
    let list = "[\t{ \"palette\":{\"name\": \"mine\",\r\n\"colors\":[\"#FF00fF\",\"#F00000\"\n,\"#FF0000\"]}  ,\"index\":0 } ]";
    let pipeline = format!("\"pipeline\": {{\"palettes\": {list}}}, \"format\"");
    let text = BY_HAND.replace("UUID", &uuid(1).to_string()).replacen("\"format\"", &pipeline, 1);
    project.write(ANCHOR, &text);
    let answer = apply(&project);
    assert_eq!((&answer["new_palettes"], &answer["new_colors"]), (&json!(0), &json!(1)));
    let edited = project.read_text(ANCHOR);
    let (before, after) = text.split_at(text.find("\"#FF0000\"").unwrap() + 9);
    let middle = edited.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap();
    assert_eq!(without_spaces(middle), r##","#0000ff""##);
}

#[test]
fn without_apply_nothing_changes() {
    let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
    let (before, stamps) = (tree::read_tree(project.root()), tree::read_stamps(project.root()));
    let answer = cli::run_ok(project.root(), "palettes @ bank");
    let palettes = json!([{"index": 0, "name": null, "colors": ["#ff00ff", "#ff0000", "#00ff00"], "declared": 0}]);
    assert_eq!(
        answer,
        json!({
            "verb": "palettes", "status": "ok", "findings": [], "asset_id": 1, "root": "bank", "palettes": palettes,
            "new_palettes": 1, "new_colors": 0, "applied": false,
        })
    );
    let text = cli::run(project.root(), "palettes @ bank").stdout;
    assert!(text.contains("palette 0    #ff00ff #ff0000 #00ff00  (new)"), "{text}");
    assert!(text.contains("nothing was changed"), "{text}");
    assert_eq!(cli::run_ok(project.root(), "palettes @ bank --apply --dry-run"), answer);
    tree::assert_same(&before, &tree::read_tree(project.root()), "`palettes` without `--apply`");
    tree::assert_same(&stamps, &tree::read_stamps(project.root()), "`palettes` without `--apply`");
    assert_eq!(cli::run_json(project.root(), "pack @").codes(), ["palettes-missing"], "`pack` must not guess palettes");
}

#[test]
fn applied_palettes_are_complete() {
    let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
    let answer = apply(&project);
    assert_eq!((&answer["applied"], &answer["new_palettes"]), (&json!(true), &json!(1)));
    assert_eq!(apply(&project)["applied"], false, "there is nothing to add");
    assert_eq!(cli::run_ok(project.root(), "pack @")["findings"], json!([]));
    let expected: Vec<Option<u16>> =
        (0..64).map(|n| Some(rgb565(if (n + n / 8) % 2 == 0 { RED } else { GREEN }.0))).collect();
    assert_eq!(console::drawn_pixels(&console::glyph(&project, 1), 0, 0), expected);

    let stamps = tree::read_stamps(&project.at("assets/bank"));
    let inode = inode(&project);
    let again = apply(&project);
    assert_eq!((&again["new_palettes"], &again["new_colors"]), (&json!(0), &json!(0)));
    assert_eq!(again["palettes"][0]["declared"], 3);
    tree::assert_same(&stamps, &tree::read_stamps(&project.at("assets/bank")), "a second run");
    assert_eq!(self::inode(&project), inode, "the file must not be replaced");
    let text = cli::run(project.root(), "palettes @ bank --apply").stdout;
    assert!(text.contains("the declared palettes already cover all tiles"), "{text}");
}

/// The inode of the declaration.
fn inode(project: &TestProject) -> Option<u64> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::MetadataExt::ino(&project.at(ANCHOR).metadata().unwrap()));
    #[cfg(not(unix))]
    return None::<u64>.filter(|_| project.exists(ANCHOR));
}

// Declared palettes and indices are kept.

/// Packs, and returns the tiles and the palettes of the bank.
fn pack_tiles(project: &TestProject, tiles: usize) -> (Vec<Vec<u8>>, Vec<Vec<u16>>) {
    cli::run_ok(project.root(), "pack @");
    let glyph = console::glyph(project, 1);
    let palettes = glyph.palettes[..glyph.palette_authored].to_vec();
    ((0..tiles).map(|tile| glyph.tile(tile).unwrap()).collect(), palettes.into_iter().map(Into::into).collect())
}

#[test]
fn later_tile_moves_no_index() {
    let first = [("a.png", images::checker(8, 8, RED, GREEN)), ("b.png", ramp())];
    let project = bank(&[], vec![artifact("a.png", 0), artifact("b.png", 1)], &first);
    apply(&project);
    let (tiles, before) = (pack_tiles(&project, 2), declared_colors(&project));
    assert_eq!(before.len(), 2);
    for (name, index, image) in [
        ("c.png", 2, images::checker(8, 8, BLUE, RED)),
        ("d.png", 3, Png::rgb(8, 8, |x, y| if y == 0 { RED } else { shade((x + 8 * y) as usize % 14 + 1) }).bytes()),
        ("e.png", 4, Png::indexed(8, 8, &[KEY, GREEN, SKY, RED], |x, _| u8::try_from(1 + x % 3).unwrap()).bytes()),
    ] {
        project.write(&format!("assets/bank/{name}"), image);
        let last = "\n    }\n  ],";
        let more = format!("\n    }},\n    {{\"file\": \"{name}\", \"index\": {index}}}\n  ],");
        let text = project.read_text(ANCHOR);
        let last = if text.contains(last) { last } else { "}\n  ]," };
        let more = if last.starts_with('}') { more.trim_start() } else { &more };
        project.edit(ANCHOR, last, more);
        apply(&project);
        let after = declared_colors(&project);
        for (old, new) in before.iter().zip(&after) {
            assert!(new.starts_with(old), "{name}: {old:?} became {new:?}");
        }
        let (tiles_now, palettes_now) = pack_tiles(&project, 2);
        assert_eq!(tiles_now, tiles.0, "{name}");
        for (old, new) in tiles.1.iter().zip(&palettes_now) {
            let colors = old.iter().rposition(|color| *color != 0).map_or(0, |last| last + 1);
            assert_eq!(old[..colors], new[..colors], "{name}");
        }
    }
}

#[test]
fn palette_is_extended_at_its_end() {
    let files = [("a.png", images::checker(8, 8, RED, GREEN)), ("b.png", images::checker(8, 8, GREEN, BLUE))];
    let project = bank(&[&[KEY, RED, GREEN]], vec![artifact("a.png", 0), artifact("b.png", 1)], &files);
    let answer = apply(&project);
    assert_eq!((&answer["new_palettes"], &answer["new_colors"]), (&json!(0), &json!(1)));
    assert_eq!(declared_colors(&project), [["#ff00ff", "#ff0000", "#00ff00", "#0000ff"]]);
}

#[test]
fn palette_extension_never_changes_indices() {
    // Palette 1 draws green with its index 1. If green were also in palette 0, that palette would be tried first.
    let full: Vec<Rgb> = [KEY, GREEN].into_iter().chain((1..15).map(shade)).collect();
    let files = [("a.png", images::plain(8, 8, GREEN)), ("b.png", images::checker(8, 8, RED, GREEN))];
    let project = bank(&[&[KEY, BLUE, RED], &full], vec![artifact("a.png", 0)], &files);
    let before = pack_tiles(&project, 1).0;
    let with_both = vec![artifact("a.png", 0), artifact("b.png", 1)];
    let content = |artifacts| {
        let palettes = vec![palette(&[KEY, BLUE, RED]), palette(&full)];
        declaration(
            1,
            "bank",
            Content::Glyph(GlyphContent { tile_size: TileSize::Eight, palettes, artifacts, animations: Vec::new() }),
        )
    };
    project.write(ANCHOR, content(with_both).to_bytes());
    let answer = apply(&project);
    assert_eq!((&answer["new_palettes"], &answer["new_colors"]), (&json!(1), &json!(0)), "{answer}");
    assert_eq!(declared_colors(&project)[0], ["#ff00ff", "#0000ff", "#ff0000"]);
    assert_eq!(pack_tiles(&project, 1).0, before);
}

#[test]
fn new_palette_draws_no_old_tile() {
    // The first image has green at index 2; palette 0 has it at 1, and matches by color.
    let own = [KEY, SKY, GREEN];
    let green = ("a.png", Png::indexed(8, 8, &own, |_, _| 2).bytes());
    let full: Vec<Rgb> = [KEY, GREEN].into_iter().chain((1..15).map(shade)).collect();
    let project = bank(&[&full], vec![artifact("a.png", 0)], &[green]);
    let before = pack_tiles(&project, 1).0;
    assert_eq!(before[0], vec![1; 64]);
    for later in [
        Png::rgb(8, 8, |x, _| [BLUE, GREEN][(x % 2) as usize]),
        Png::indexed(8, 8, &own, |x, _| u8::try_from(1 + x % 2).unwrap()),
    ] {
        project.write("assets/bank/b.png", later.bytes());
        let artifacts = vec![artifact("a.png", 0), artifact("b.png", 1)];
        project.write(ANCHOR, glyph(1, "bank", TileSize::Eight, vec![palette(&full)], artifacts).to_bytes());
        assert_eq!(apply(&project)["new_palettes"], 1);
        assert_eq!(pack_tiles(&project, 1).0, before);
    }
}

// The order of colors.

#[test]
fn named_palette_gets_the_new_colors() {
    let named = |at| GlyphArtifact { palette: Some(at), ..artifact("a.png", 0) };
    let image = || ("a.png", images::checker(8, 8, RED, BLUE));
    let project = bank(&[&[KEY, RED, BLUE], &[KEY, GREEN]], vec![named(1)], &[image()]);
    apply(&project);
    assert_eq!(declared_colors(&project)[1][..2], ["#ff00ff", "#00ff00"]);
    assert_eq!(declared_colors(&project)[1][2..].iter().max().map(String::as_str), Some("#ff0000"));
    assert_eq!(
        declared_colors(&project).iter().map(Vec::len).collect::<Vec<_>>(),
        [3, 4],
        "although palette 0 has them"
    );
    pack_tiles(&project, 1);
    assert_eq!(console::drawn_pixels(&console::glyph(&project, 1), 0, 1)[0], Some(rgb565(RED.0)));

    let full: Vec<Rgb> = std::iter::once(KEY).chain((1..16).map(shade)).collect();
    let project = bank(&[&full], vec![named(0)], &[image()]);
    let stdout = assert_refused(&project, 1, &["palette-full"]);
    assert!(stdout.contains("`#ff0000`, `#0000ff`") || stdout.contains("`#0000ff`, `#ff0000`"), "{stdout}");
}

#[test]
fn artist_order_reaches_the_payload() {
    let own = [KEY, SKY, GREEN, BLUE, RED, SKY];
    let image = Png::indexed(8, 8, &own, |x, y| u8::try_from((x + y) % 6).unwrap()).with_trns(&[0]).bytes();
    let project = bank_without_palettes(image);
    apply(&project);
    assert_eq!(declared_colors(&project), [["#ff00ff", "#4080c0", "#00ff00", "#0000ff", "#ff0000", "#4080c0"]]);
    let tiles = pack_tiles(&project, 1).0;
    let drawn: Vec<u8> = (0..64).map(|n| (n % 8 + n / 8) % 6).collect();
    assert_eq!(tiles[0], drawn, "including the second index of a color");
}

#[test]
fn opaque_index_0_is_declared_again() {
    let own = [SKY, RED, GREEN];
    // The first tile uses indices of the artist's palette; the second also uses index 0.
    let index = |x: u32, _| u8::try_from(if x < 8 { 1 + x % 2 } else { x % 3 }).unwrap();
    let project = bank_without_palettes(Png::indexed(16, 8, &own, index).bytes());
    apply(&project);
    assert_eq!(declared_colors(&project), [["#ff00ff", "#ff0000", "#00ff00", "#4080c0"]]);
    let tiles = pack_tiles(&project, 2).0;
    assert_eq!((&tiles[0][..4], &tiles[1][..6]), ([1, 2, 1, 2].as_slice(), [2, 3, 1, 2, 3, 1].as_slice()));
}

#[test]
fn sixteen_opaque_colors_need_two_palettes() {
    let own: Vec<Rgb> = std::iter::once(SKY).chain((1..16).map(shade)).collect();
    // The first tile has the artist's indices 1 to 15, the second index 0 and three others.
    let index = |x: u32, y: u32| u8::try_from(if x < 8 { 1 + (x + 8 * y) % 15 } else { (x + y) % 4 }).unwrap();
    let project = bank_without_palettes(Png::indexed(16, 8, &own, index).bytes());
    apply(&project);
    let palettes = declared_colors(&project);
    assert_eq!(palettes.len(), 2, "{palettes:?}");
    assert_eq!((palettes[0].len(), palettes[0][0].as_str()), (16, "#ff00ff"));
    let tiles = pack_tiles(&project, 2).0;
    assert_eq!(tiles[0], (0..64).map(|n| 1 + n % 15).collect::<Vec<u8>>());
    let shown = console::drawn_pixels(&console::glyph(&project, 1), 1, 1);
    let expected = |n: usize| Some(rgb565(own[(n % 8 + n / 8) % 4].0));
    assert_eq!(shown, (0..64).map(expected).collect::<Vec<_>>());

    let one_tile =
        bank_without_palettes(Png::indexed(8, 8, &own, |x, y| u8::try_from((x + 8 * y) % 16).unwrap()).bytes());
    let stdout = assert_refused(&one_tile, 1, &["too-many-colors"]);
    assert!(stdout.contains("--color-key index0"), "{stdout}");
}

#[test]
fn color_0_is_the_color_key() {
    let indexed = || Png::indexed(8, 8, &[SKY, RED], |x, _| u8::from(x > 3)).bytes();
    for (key, image, expected) in [
        (
            Some(ColorKey::Color(Rgb([0x10, 0x20, 0x30]))),
            images::checker(8, 8, RED, Rgb([0x10, 0x20, 0x30])),
            "#102030",
        ),
        (Some(ColorKey::Index0), indexed(), "#4080c0"),
        (None, images::checker(8, 8, RED, GREEN), "#ff00ff"),
        (None, indexed(), "#ff00ff"),
    ] {
        let artifact = key.map_or(artifact("a.png", 0), |key| keyed_artifact("a.png", 0, key));
        let project = bank(&[], vec![artifact], &[("a.png", image)]);
        apply(&project);
        assert_eq!(declared_colors(&project)[0][0], expected, "{key:?}");
        assert!(!declared_colors(&project)[0][1..].contains(&expected.to_owned()), "{key:?}");
    }
}

#[test]
fn excluded_asset_gets_palettes() {
    let mut project = TestProject::new();
    project.write("assets/bank/a.png", images::checker(8, 8, RED, GREEN));
    project.add_asset("bank", false, &glyph(1, "bank", TileSize::Eight, vec![], vec![artifact("a.png", 0)]));
    apply(&project);
    project.edit(fixtures::REGISTRY, "\"included_in_build\": false", "\"included_in_build\": true");
    assert_eq!(cli::run_ok(project.root(), "pack @")["findings"], json!([]));
}

// Refusals.

#[test]
fn banks_without_images_are_refused() {
    let mut project = TestProject::new();
    project.write("assets/bank/blip.wav", Wav::mono16(8000, &[1]).bytes());
    project.add_asset("bank", true, &sound(1, "bank", 8000, vec![sample("blip.wav", 0)]));
    assert!(assert_refused(&project, 2, &["not-a-glyph-bank"]).contains("a sound bank"));

    let mut project = TestProject::new();
    project.write("assets/bank/payload.bin", vec![0; 34_816]);
    let metadata = packer_services::formats::GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 1 }.into();
    let raw = Content::Raw { payload: support::rel_path("payload.bin"), metadata, place: support::no_place() };
    project.add_asset("bank", true, &declaration(1, "bank", raw));
    assert!(assert_refused(&project, 2, &["not-a-glyph-bank"]).contains("a raw asset"));
}

#[test]
fn unusable_image_leaves_the_declaration_unchanged() {
    let good = || ("a.png", images::checker(8, 8, RED, GREEN));
    let rich = Png::rgb(8, 8, |x, y| Rgb([u8::try_from(x * 8).unwrap(), u8::try_from(y * 8).unwrap(), 0])).bytes();
    let half = Png::rgba(8, 8, |x, _| [255, 0, 0, if x == 3 { 128 } else { 255 }]).bytes();
    for (image, code) in [
        (images::plain(8, 8, RED)[..40].to_vec(), "image-cut"),
        (b"GIF89a".to_vec(), "image-not-png"),
        (images::plain(9, 8, RED), "image-size"),
        (rich, "too-many-colors"),
    ] {
        let both = vec![artifact("a.png", 0), artifact("b.png", 1)];
        assert_refused(&bank(&[], both, &[good(), ("b.png", image)]), 1, &[code]);
    }
    let missing = bank(&[], vec![artifact("a.png", 0), artifact("b.png", 1)], &[good()]);
    assert_refused(&missing, 1, &["file-missing"]);
    let no_indices = bank(&[], vec![keyed_artifact("a.png", 0, ColorKey::Index0)], &[good()]);
    assert_refused(&no_indices, 1, &["color-key-index"]);
    // A problem that no palette can solve does not stop `palettes`; `pack` reports it.
    let project = bank_without_palettes(half);
    apply(&project);
    assert_eq!(cli::run_json(project.root(), "pack @").codes(), ["partial-alpha"]);
}

#[test]
fn too_many_colors_suggests_pairs() {
    let color = |n: u32| Rgb([u8::try_from(n * 8).unwrap(), 0, 0]);
    // Sixteen reds; most pixels have the darkest.
    let project = bank_without_palettes(Png::rgb(8, 8, |x, y| color(if y > 1 { 0 } else { x + 8 * y })).bytes());
    let stdout = assert_refused(&project, 1, &["too-many-colors"]);
    for word in ["16 colors", "`#000000` (49 pixels)", "`#780000` (1 pixel)", "`#000000` and `#080000`"] {
        assert!(stdout.contains(word), "{word} is not in {stdout}");
    }
}

#[test]
fn unreadable_declaration_is_refused() {
    let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
    for (from, to, code) in [
        ("\"file\"", "\"flie\"", "json-unknown-key"),
        ("{", "{{", "json-syntax"),
        ("\"tile_size\": 8", "\"tile_size\": 12", "json-out-of-range"),
    ] {
        let text = project.read_text(ANCHOR);
        project.edit(ANCHOR, from, to);
        let before = tree::read_tree(project.root());
        let output = cli::run_json(project.root(), "palettes @ root:bank --apply");
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert!(output.codes().iter().any(|found| found == code), "{code}: {:?}", output.codes());
        tree::assert_same(&before, &tree::read_tree(project.root()), code);
        project.write(ANCHOR, text);
    }
}

// Concurrent changes.

/// Applies palettes while the declaration is saved at the last moment: `save` gets the number of earlier saves.
fn apply_while_saving(
    project: &TestProject,
    save: impl Fn(u32) -> Option<String> + Send + Sync + 'static,
) -> Report<FindPalettesReport> {
    let path = project.at(ANCHOR);
    let times = std::sync::atomic::AtomicU32::new(0);
    let context = Context::new().with_uuids(move || {
        let n = times.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if let Some(text) = save(n) {
            std::fs::File::options()
                .write(true)
                .truncate(true)
                .open(&path)
                .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
                .unwrap();
        }
        uuid(n + 100)
    });
    let request = FindPalettes::new(project.root(), "bank").apply(true);
    request.run(&context).unwrap()
}

#[test]
fn concurrent_save_is_never_lost() {
    let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
    let renamed = project.read_text(ANCHOR).replace("\"name\": \"bank\"", "\"name\": \"the_bank\"");
    let report = apply_while_saving(&project, move |n| (n == 0).then(|| renamed.clone()));
    assert!(report.applied, "{:?}", codes(report.findings()));
    assert!(project.read_text(ANCHOR).contains("the_bank"), "both changes must be kept");
    assert_eq!(declared_colors(&project).len(), 1);

    let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
    let text = project.read_text(ANCHOR);
    let saved =
        move |n| text.replace("\"name\": \"bank\"", &format!("\"name\": \"bank{}\"", "_".repeat(n as usize + 1)));
    let last = saved(2);
    let report = apply_while_saving(&project, move |n| Some(saved(n)));
    assert_eq!((report.applied, codes(report.findings())), (false, vec!["source-changing"]));
    assert_eq!(project.read_text(ANCHOR), last, "the last save must be kept");
    assert!(tree::read_tree(&project.at("assets/.prometeu")).keys().all(|name| name == "index.json" || name == "lock"));
}

#[cfg(unix)]
mod system {
    //! Links, permissions and immutable files.

    use super::*;
    use crate::tools::{self, Immutable, OrdinaryUser, Tool};

    #[test]
    fn linked_declaration_is_not_written() {
        let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
        project.write("assets/bank/source/real.json", project.read(ANCHOR));
        std::fs::remove_file(project.at(ANCHOR)).unwrap();
        std::os::unix::fs::symlink("source/real.json", project.at(ANCHOR)).unwrap();
        assert_refused(&project, 1, &["output-not-a-file"]);
        assert_eq!(std::fs::read_link(project.at(ANCHOR)).unwrap().to_str(), Some("source/real.json"));
        // What the finding asks for.
        std::fs::rename(project.at("assets/bank/source/real.json"), project.at(ANCHOR)).unwrap();
        apply(&project);
        cli::run_ok(project.root(), "pack @");
    }

    #[test]
    fn link_out_of_root_is_refused() {
        let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
        project.write("elsewhere/real.json", project.read(ANCHOR));
        std::fs::remove_file(project.at(ANCHOR)).unwrap();
        std::os::unix::fs::symlink("../../elsewhere/real.json", project.at(ANCHOR)).unwrap();
        assert_refused(&project, 1, &["link-outside"]);
    }

    #[test]
    fn read_only_root_is_only_read() {
        let Some(user) = OrdinaryUser::find() else { return };
        let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
        user.take_ownership_of(&project);
        tools::set_mode(&project.at("assets/bank"), 0o555);
        let run = |line: &str| {
            tools::run_to_end(&mut user.command(cli::arguments(project.root(), &format!("{line} --format json"))))
        };
        let before = tree::read_tree(project.root());
        assert_eq!(run("palettes @ bank").code, 0);
        let output = run("palettes @ bank --apply");
        assert_eq!((output.code, output.codes()), (2, vec!["file-unwritable".into()]), "{}", output.stderr);
        tree::assert_same(&before, &tree::read_tree(project.root()), "a folder that may not be written");
        tools::set_mode(&project.at("assets/bank"), 0o755);
    }

    #[test]
    fn unreadable_image_is_exit_code_2() {
        let Some(user) = OrdinaryUser::find() else { return };
        let files = [("a.png", images::checker(8, 8, RED, GREEN)), ("b.png", images::plain(8, 8, RED))];
        let project = bank(&[], vec![artifact("a.png", 0), artifact("b.png", 1)], &files);
        user.take_ownership_of(&project);
        tools::set_mode(&project.at("assets/bank/b.png"), 0o000);
        let before = project.read(ANCHOR);
        let line = "palettes @ bank --apply --format json";
        let output = tools::run_to_end(&mut user.command(cli::arguments(project.root(), line)));
        assert_eq!((output.code, output.codes()), (2, vec!["file-unreadable".into()]), "{}", output.stdout);
        assert_eq!(project.read(ANCHOR), before);
    }

    #[test]
    #[ignore = "needs root and Linux tools: run with --include-ignored"]
    fn immutable_declaration_is_only_read() {
        if !tools::are_available(&[Tool::Immutable]) {
            return;
        }
        let project = bank_without_palettes(images::checker(8, 8, RED, GREEN));
        let before = tree::read_tree(project.root());
        let _immutable = Immutable::make(project.at(ANCHOR));
        cli::run_ok(project.root(), "palettes @ bank");
        let output = cli::run_json(project.root(), "palettes @ bank --apply");
        assert_eq!((output.code, output.codes()), (2, vec!["file-unwritable".into()]));
        tree::assert_same(&before, &tree::read_tree(project.root()), "an immutable declaration");
    }
}

#[cfg(unix)]
#[test]
fn declaration_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    for mode in [0o600, 0o640, 0o444] {
        let project = bank(&[&[KEY]], vec![artifact("ramp.png", 0)], &[("ramp.png", ramp())]);
        std::fs::set_permissions(project.at(ANCHOR), std::fs::Permissions::from_mode(mode)).unwrap();
        let answer = cli::run_ok(project.root(), "palettes @ bank --apply");
        assert_eq!(answer["applied"], true);
        assert_eq!(project.at(ANCHOR).metadata().unwrap().permissions().mode() & 0o777, mode, "{mode:o}");
    }
}

#[test]
fn canceled_search_writes_nothing() {
    let project = bank(&[&[KEY]], vec![artifact("ramp.png", 0)], &[("ramp.png", ramp())]);
    let before = tree::read_tree(project.root());
    let cancel = packer_services::Cancel::default();
    cancel.cancel();
    let request = FindPalettes::new(project.root(), "bank");
    assert!(request.run(&Context::new().with_cancel(cancel)).is_err());
    tree::assert_same(&before, &tree::read_tree(project.root()), "a cancelled search");
}

#[test]
fn too_many_palettes_names_tiles_and_colors() {
    // 66 tiles of 15 colors of their own; the last one shares all but one with the first.
    let color = |n: u32| Rgb([u8::try_from(n % 32 * 8).unwrap(), u8::try_from(n / 32 * 4 % 256).unwrap(), 0x10]);
    let pixel = |x: u32, y: u32| {
        let (tile, n) = (y / 8, (x + y % 8 * 8) % 15);
        color(if tile == 65 && n > 0 { n } else { tile * 15 + n })
    };
    let project = bank_without_palettes(Png::rgb(8, 8 * 66, pixel).bytes());
    let stdout = assert_refused(&project, 1, &["too-many-palettes"]);
    let finding = &serde_json::from_str::<Value>(&stdout).unwrap()["findings"][0];
    let (message, help) = (finding["message"].as_str().unwrap(), finding["help"].as_str().unwrap());
    assert!(message.contains("tile 1 of `a.png` (15 colors, 15 in no other tile)"), "{message}");
    assert!(!message.contains("tile 0 of") && !message.contains("tile 65 of"), "{message}");
    assert!(help.contains(&format!("without `{}`", color(15))), "{help}");
    assert_eq!((&finding["file"], &finding["places"][0]["tile"]), (&json!("assets/bank/a.png"), &json!(1)));
}

#[test]
fn new_cells_are_not_stray() {
    // A sheet of 32 tiles in one color; in the last tile someone drew in two new colors.
    let new = [Rgb([0x20, 0xF0, 0x20]), Rgb([0x20, 0x20, 0xF0])];
    let drawn = |x: u32, y: u32| if x >= 31 * 8 { new[(x + y) as usize % 2] } else { RED };
    let project = bank(&[&[KEY, RED]], vec![artifact("a.png", 0)], &[("a.png", Png::rgb(256, 8, drawn).bytes())]);
    assert_eq!(support::codes(&project.findings()), ["colors-undeclared"]);
    apply(&project);
    assert_eq!(declared_colors(&project).len(), 1);
    assert_eq!(project.findings(), []);
}

#[test]
fn slips_name_the_command_that_declares_them() {
    let near = Rgb([0xF8, 0x08, 0x08]);
    let far = Rgb([0x20, 0x20, 0xF0]);
    for (color, code) in [(near, "color-near-miss"), (far, "color-stray")] {
        let image = Png::rgb(16, 8, |x, y| if (x, y) == (3, 3) { color } else { RED }).bytes();
        let full: Vec<Rgb> = std::iter::once(KEY).chain([RED]).chain((0..14).map(|n| shade(n + 1))).collect();
        let project = bank(&[&[KEY, RED]], vec![artifact("a.png", 0)], &[("a.png", image.clone())]);
        let findings = project.findings();
        assert_eq!(support::codes(&findings), [code]);
        assert!(findings[0].help.contains("`prometeu-packer palettes PROJECT ASSET --apply`"), "{}", findings[0].help);
        apply(&project);
        assert_eq!(project.findings(), []);
        let project = bank(
            &[&full, &[KEY, GREEN]],
            vec![GlyphArtifact { palette: Some(0), ..artifact("a.png", 0) }],
            &[("a.png", image)],
        );
        let findings = project.findings();
        assert!(findings[0].help.contains("remove `palette` from the artifact"), "{}", findings[0].help);
    }
}

#[test]
fn overlapping_tiles_have_a_bound() {
    let sheet = || Png::rgb(256, 256, |x, y| if (x + y) % 3 == 0 { RED } else { GREEN }).bytes();
    let artifacts = |count: u32| (0..count).map(|_| artifact("a.png", 0)).collect();
    let project = bank(&[&[KEY, RED]], artifacts(2), &[("a.png", sheet())]);
    let refused = cli::run_refused(project.root(), "palettes @ bank --apply", &["tile-overflow"]);
    let message = refused.json()["findings"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("the first 2 artifacts by `index` have 2048 tiles"), "{message}");
    let small = Png::rgb(8, 8, |x, _| if x < 4 { RED } else { GREEN }).bytes();
    let project = bank(&[&[KEY, RED]], artifacts(1024), &[("a.png", small)]);
    assert_eq!(cli::run_ok(project.root(), "palettes @ bank")["new_colors"], json!(1), "they fit in memory");
}
