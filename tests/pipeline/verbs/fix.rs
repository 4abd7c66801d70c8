//! `fix` and `renumber`: which findings have a fix, which fixes must be named, and that all are one change.

use std::io::Cursor;

use packer_services::Context;
use packer_services::declaration::{ColorKey, GlyphArtifact, Region};
use packer_services::diagnostics::Code;
use packer_services::fixes::FixEdit;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{FixProject, Operation};
use packer_services::session::Session;
use serde_json::{Value, json};
use support::images::{Png, checker, plain};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette, sample, sound};

use super::edits::{assert_refused, edit};
use crate::{cli, fixtures, tree};

/// Two preloaded glyph banks with the same slot, of which the first lacks a color, and a stereo sound.
fn project() -> TestProject {
    let mut project = TestProject::new();
    for root in ["ui/icons", "ui/late"] {
        project.add_glyph(root);
        project.edit(&format!("assets/{root}/asset.json"), "\"enabled\": false", "\"enabled\": true,\n    \"slot\": 3");
    }
    project.edit(fixtures::ICONS, ",\n              \"#00ff00\"", "");
    project.write("assets/sfx/wide.wav", Wav::pcm(22_050, 2, 16, vec![0; 40]).bytes());
    project.add_asset("sfx", true, &sound(3, "sfx", 22_050, vec![sample("wide.wav", 0)]));
    project
}

/// The fixes of an answer, as (code, whether it was made).
fn fixes(answer: &Value) -> Vec<(&str, bool)> {
    let listed = answer["fixes"].as_array().unwrap().iter();
    listed.map(|fix| (fix["code"].as_str().unwrap(), fix["applied"].as_bool().unwrap())).collect()
}

#[test]
fn safe_fixes_are_one_change() {
    let project = project();
    let answer = edit(&project, "fix @");
    assert_eq!(
        fixes(&answer),
        [("colors-undeclared", true), ("colors-undeclared", false), ("slot-taken", true), ("convert-downmix", false)]
    );
    assert_eq!(answer["change"]["changed"], json!([fixtures::ICONS, "assets/ui/late/asset.json"]));
    assert_eq!(answer["slots"], json!([{ "asset_id": 2, "from": null, "to": 0 }]));
    // What loses something is only made if it is named.
    cli::run_refused(project.root(), "pack @", &["convert-downmix"]);
    let answer = edit(&project, "fix @ --code convert-downmix");
    assert_eq!(fixes(&answer), [("convert-downmix", true)]);
    cli::run_ok(project.root(), "pack @");
    let nothing = cli::run_ok(project.root(), "fix @");
    assert_eq!((&nothing["change"], &nothing["fixes"]), (&json!(null), &json!([])));
    assert_eq!(cli::run(project.root(), "fix @ --code no-such-code").code, 2);
}

#[test]
fn only_the_named_asset_is_fixed() {
    let project = project();
    let answer = edit(&project, "fix @ ui_late");
    assert_eq!(fixes(&answer), [("slot-taken", true)]);
    assert_eq!(cli::run(project.root(), "fix @ nobody").code, 2);
}

#[test]
fn several_free_slots_are_used() {
    let mut project = project();
    project.add_glyph("ui/third");
    project.edit("assets/ui/third/asset.json", "\"enabled\": false", "\"enabled\": true,\n    \"slot\": 3");
    let answer = edit(&project, "fix @ --code slot-taken");
    let slots: Vec<&Value> = answer["slots"].as_array().unwrap().iter().map(|slot| &slot["to"]).collect();
    assert_eq!(slots, [&json!(0), &json!(1)]);
}

#[test]
fn unregistered_roots_are_registered_if_named() {
    let project = fixtures::small_project();
    cli::run_ok(project.root(), "forget @ id:1");
    std::fs::remove_dir_all(project.at("assets/.prometeu/history")).unwrap();
    assert_eq!(cli::run_ok(project.root(), "fix @")["fixes"], json!([]));
    let answer = edit(&project, "fix @ ui/icons");
    assert_eq!(fixes(&answer), [("unregistered-root", true)]);
    cli::run_ok(project.root(), "undo @");
    edit(&project, "fix @ --code unregistered-root");
    cli::run_ok(project.root(), "forget @ root:ui/icons");
    project.write(fixtures::TILE, "damaged");
    let before = tree::read_tree(project.root());
    let refused = cli::run_refused(project.root(), "fix @ --code unregistered-root", &["image-not-png"]).json();
    assert_eq!(fixes(&refused), [("unregistered-root", false)]);
    tree::assert_same(&before, &tree::read_tree(project.root()), "refused");
}

#[test]
fn refused_fix_does_not_prevent_others() {
    let project = project();
    // A tile with more colors than a palette has: no palettes can be found.
    let color = |x: u32| u8::try_from(x * 32).unwrap();
    let many = Png::rgb(8, 8, |x, y| Rgb([color(x), color(y), 0])).bytes();
    project.write(fixtures::TILE, many);
    let output = cli::run_json(project.root(), "fix @");
    assert_eq!(output.code, 1, "{}", output.stdout);
    let answer = output.json();
    assert!(fixes(&answer).contains(&("slot-taken", true)) && fixes(&answer).contains(&("colors-undeclared", false)));
    assert_eq!(answer["change"]["changed"], json!(["assets/ui/late/asset.json"]));
}

/// A bank of 64 full palettes, one of whose images is drawn with colors of two, and another with a color of none.
fn full_project() -> TestProject {
    let color = |n: u32| Rgb([n % 32 * 8, n / 32 * 8, 0].map(|channel| u8::try_from(channel).unwrap()));
    let palettes: Vec<_> = (0..64)
        .map(|n| palette(&std::iter::once(KEY).chain((1..16).map(|at| color(15 * n + at))).collect::<Vec<_>>()))
        .collect();
    let mut project = TestProject::new();
    let two = Png::rgb(8, 8, |x, _| if x < 7 { color(1) } else { color(16) });
    let odd = Png::rgb(8, 8, |x, y| if (x, y) == (3, 3) { Rgb([0xF8; 3]) } else { color(1) });
    project.write("assets/hero/two.png", two.bytes()).write("assets/hero/odd.png", odd.bytes());
    let named = GlyphArtifact { palette: Some(0), ..artifact("two.png", 0) };
    let artifacts = vec![named, artifact("odd.png", 1)];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, palettes, artifacts));
    project
}

#[test]
fn full_palettes_offer_no_colors() {
    let project = full_project();
    let listed = cli::run_ok(project.root(), "fix @");
    assert_eq!(fixes(&listed), [("color-stray", false), ("color-elsewhere", false)]);
    assert!(listed["fixes"][0]["title"].as_str().unwrap().starts_with("Replace #f8f8f8"), "{listed}");
    assert!(listed["fixes"][1]["title"].as_str().unwrap().starts_with("Give the wrong tiles of two.png"), "{listed}");
    let doctor = cli::run_json(project.root(), "doctor @").json();
    let elsewhere = doctor["findings"].as_array().unwrap().iter().find(|it| it["code"] == "color-elsewhere").unwrap();
    let help = elsewhere["help"].as_str().unwrap();
    assert!(help.starts_with("Remove `palette`") && help.ends_with("has no room for the missing colors."), "{help}");
    let found = cli::run(project.root(), "doctor @").stdout;
    assert!(found.contains("all 64 palettes are full"), "{found}");
    edit(&project, "fix @ --code color-elsewhere");
    edit(&project, "fix @ --code color-stray");
    cli::run_ok(project.root(), "pack @");
}

/// There is room for one more color, but not for two: only trying shows that.
#[test]
fn refused_fixes_are_named() {
    let project = full_project();
    project.edit("assets/hero/asset.json", ",\n              \"#783800\"", "");
    let line = "fix @ --code color-stray --choice 1";
    let odd = |x: u32, y: u32| if y == 3 && x < 3 { Rgb([0xF8, 0xF8, 8 * u8::try_from(x).unwrap()]) } else { RED };
    project.write("assets/hero/odd.png", Png::rgb(8, 8, odd).bytes());
    let listed = cli::run_json(project.root(), "fix @").json();
    let strays = listed["fixes"].as_array().unwrap().iter().filter(|fix| fix["code"] == "color-stray");
    assert!(strays.clone().count() == 3 && strays.clone().all(|fix| fix["choice"] != 1), "{listed}");
    let before = tree::read_tree(project.root());
    let output = cli::run_json(project.root(), line);
    let answer = output.json();
    let state = |fix: &Value| (fix["applied"] == true, fix["refused"] == true);
    let states: Vec<_> = answer["fixes"].as_array().unwrap().iter().map(state).collect();
    assert!(output.code == 1 && states.contains(&(false, true)), "{}", output.stdout);
    tree::assert_same(&before, &tree::read_tree(project.root()), "refused");
    let text = cli::run(project.root(), line).stdout;
    assert!(text.contains("refused, as the problems above say:\n  color-stray  hero: Declare"), "{text}");
}

#[test]
fn registry_is_repaired() {
    let project = fixtures::small_project();
    let before = project.read_text(fixtures::REGISTRY);
    project.write(fixtures::REGISTRY, before.replace("\"next_asset_id\": 3", "\"next_asset_id\": 2"));
    let answer = edit(&project, "fix @");
    assert_eq!(fixes(&answer), [("next-id-too-low", true)]);
    assert_eq!(project.read_text(fixtures::REGISTRY), before);
    // Everything else that is wrong there needs a person.
    project.write(fixtures::REGISTRY, before.replace("\"asset_id\": 2", "\"asset_id\": 1"));
    assert_refused(&project, "fix @", &["id-twice"]);
}

#[test]
fn id_of_two_branches_is_renumbered() {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/late");
    for root in ["ui/icons", "ui/late"] {
        project.edit(&format!("assets/{root}/asset.json"), "\"enabled\": false", "\"enabled\": true,\n    \"slot\": 3");
    }
    project.edit(fixtures::REGISTRY, "\"asset_id\": 3", "\"asset_id\": 1");
    assert_eq!(cli::run(project.root(), "pack @").code, 1);
    let answer = edit(&project, "renumber @ root:ui/late");
    assert_eq!(answer["new_id"], 4);
    // The other asset with this id keeps its slot.
    assert_eq!(answer["slots"], json!([{ "asset_id": 4, "from": 3, "to": 0 }]));
    let registry: Value = serde_json::from_slice(&project.read(fixtures::REGISTRY)).unwrap();
    let ids: Vec<&Value> = registry["assets"].as_array().unwrap().iter().map(|entry| &entry["asset_id"]).collect();
    assert_eq!((ids, &registry["next_asset_id"]), (vec![&json!(1), &json!(2), &json!(4)], &json!(5)));
    cli::run_ok(project.root(), "pack @");
    let nothing = cli::run_ok(project.root(), "renumber @ root:ui/late");
    assert_eq!((&nothing["change"], &nothing["new_id"]), (&json!(null), &json!(null)));
}

/// Whichever of both is named, and although only the later one has a finding.
#[test]
fn first_of_two_branches_is_renumbered() {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/late");
    for root in ["ui/icons", "ui/late"] {
        project.edit(&format!("assets/{root}/asset.json"), "\"enabled\": false", "\"enabled\": true,\n    \"slot\": 3");
    }
    project.edit(fixtures::REGISTRY, "\"asset_id\": 3", "\"asset_id\": 1");
    let answer = edit(&project, "renumber @ root:ui/icons");
    assert_eq!(answer["slots"], json!([{ "asset_id": 4, "from": 3, "to": 0 }]));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn errors_without_a_fix_are_reported() {
    let project = fixtures::small_project();
    std::fs::remove_file(project.at("assets/ui/icons/tile.png")).unwrap();
    cli::run_refused(project.root(), "fix @", &["file-missing"]);
}

#[test]
fn session_offers_fixes_of_findings() {
    let project = project();
    let context = Context::new();
    let mut session = Session::new(project.root());
    session.refresh(&context).unwrap();
    while session.pending() > 0 {
        session.build_next(&context, None).unwrap();
    }
    let report = session.report();
    let offered: Vec<_> = report.findings().iter().flat_map(|finding| session.fixes_of(finding)).collect();
    assert_eq!(offered.len(), 5, "{offered:?}");
    let lossy = offered.iter().find(|fix| !fix.is_safe && fix.code == Code::ConvertDownmix).unwrap();
    assert!(matches!(lossy.edit, FixEdit::Asset(3, _)), "{lossy:?}");
    let offered: Vec<_> = offered.into_iter().filter(|fix| fix.choice == 1).collect();
    let fixed = FixProject::new(project.root()).chosen(offered).run(&context).unwrap();
    assert!(fixed.change.is_some() && fixed.fixes.iter().all(|listed| listed.is_applied), "{:?}", fixed.fixes);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn gaps_of_ids_are_closed() {
    let project = fixtures::small_project();
    project.write("assets/ui/icons/b.png", plain(8, 8, RED));
    project.edit(
        fixtures::ICONS,
        "\"index\": 0\n    }\n",
        "\"index\": 0\n    },\n    {\"file\": \"b.png\", \"index\": 7}\n",
    );
    project.write(fixtures::TILE, checker(8, 8, RED, GREEN));
    cli::run_refused(project.root(), "doctor @", &["tile-gap"]);
    assert_eq!(fixes(&cli::run_ok(project.root(), "fix @ --dry-run")), [("tile-gap", false)]);
    let planned = cli::run(project.root(), "fix @ --code tile-gap --dry-run").stdout;
    assert!(planned.contains("1 tile would move: b.png (0, 0) 7 → 1"), "{planned}");
    edit(&project, "fix @ --code tile-gap");
    cli::run_ok(project.root(), "pack @");
}

/// A bank whose only image is this one, with tile size 8.
fn project_with(image: Vec<u8>) -> TestProject {
    let mut project = TestProject::new();
    let palettes = vec![palette(&[KEY, RED, GREEN])];
    project.write("assets/hero/tile.png", image);
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, palettes, vec![artifact("tile.png", 0)]));
    project
}

#[test]
fn stray_color_is_replaced_if_chosen() {
    let odd = Rgb([0xF0, 0x10, 0x30]);
    let project = project_with(Png::rgb(8, 8, |x, y| if (x, y) == (2, 3) { odd } else { GREEN }).bytes());
    let before = project.read("assets/hero/tile.png");
    let listed = cli::run_ok(project.root(), "fix @");
    assert_eq!(fixes(&listed), [("color-stray", false), ("color-stray", false)]);
    assert_eq!(listed["fixes"][1]["choice"], json!(2));
    let text = cli::run(project.root(), "fix @").stdout;
    let line = "color-stray --choice 2  hero: Replace #f01030 in tile.png with #ff0000, the nearest declared color";
    assert!(text.contains(line), "{text}");
    let answer = edit(&project, "fix @ --code color-stray --choice 2");
    assert_eq!(answer["change"]["changed"], json!(["assets/hero/tile.png"]));
    assert_eq!(fixes(&answer), [("color-stray", false), ("color-stray", true)]);
    cli::run_ok(project.root(), "pack @");
    let shown = cli::run_ok(project.root(), "show @ id:1");
    assert_eq!(shown["palettes"][0]["colors"], json!(["#ff00ff", "#ff0000", "#00ff00"]), "no color was declared");
    cli::run_ok(project.root(), "undo @");
    assert_eq!(project.read("assets/hero/tile.png"), before);
    edit(&project, "fix @ --code color-stray");
    assert_eq!(project.read("assets/hero/tile.png"), before, "the first answer declares it");
    assert_eq!(cli::run(project.root(), "fix @ --choice 2").code, 2);
}

#[test]
fn choice_that_no_finding_has_is_refused() {
    let odd = Rgb([0xF0, 0x10, 0x30]);
    let project = project_with(Png::rgb(8, 8, |x, y| if (x, y) == (2, 3) { odd } else { GREEN }).bytes());
    let refused = cli::run_json(project.root(), "fix @ --code color-stray --choice 3");
    assert_eq!((refused.code, refused.codes()), (2, vec!["usage".into()]));
}

fn pixels(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

/// The second artifact of the image shows the color as transparent, and the line between both is not drawn.
#[test]
fn only_wrong_pixels_are_repainted() {
    let odd = Rgb([9, 9, 9]);
    let mut project = TestProject::new();
    let image = |stray: Rgb| {
        Png::rgb(17, 8, |x, y| match x {
            1 if y == 1 => stray,
            8 => odd,
            9.. if (x + y) % 2 == 0 => odd,
            _ => RED,
        })
    };
    project.write("assets/hero/tile.png", image(odd).bytes());
    let part = |x, index, color_key| {
        let mut part = artifact("tile.png", index);
        part.cut.region = Some(Region { x, y: 0, w: 8, h: 8 });
        GlyphArtifact { color_key, ..part }
    };
    let artifacts = vec![part(0, 0, None), part(9, 1, Some(ColorKey::Color(odd)))];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts));
    edit(&project, "fix @ --code color-stray --choice 2");
    assert_eq!(pixels(&project.read("assets/hero/tile.png")), pixels(&image(RED).bytes()));
    cli::run_ok(project.root(), "pack @");
}

/// For the second artifact, the stray color is the color key, so that its pixels are transparent.
#[test]
fn pixels_that_are_right_elsewhere_stay() {
    let odd = Rgb([9, 9, 9]);
    for image in [
        Png::rgb(8, 8, |x, y| if (x, y) == (1, 1) { odd } else { RED }),
        Png::indexed(8, 8, &[KEY, RED, odd], |x, y| if (x, y) == (1, 1) { 2 } else { 1 }),
    ] {
        let mut project = TestProject::new();
        project.write("assets/hero/tile.png", image.bytes());
        let keyed = GlyphArtifact { color_key: Some(ColorKey::Color(odd)), ..artifact("tile.png", 1) };
        let artifacts = vec![artifact("tile.png", 0), keyed];
        let bank = glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts);
        project.add_asset("hero", true, &bank);
        cli::run_refused(project.root(), "fix @ --code color-stray --choice 2", &["image-rewrite"]);
        assert_eq!(project.read("assets/hero/tile.png"), image.bytes());
    }
}

/// A color of an indexed image changes in its palette: that must change no other pixel.
#[test]
fn shared_index_is_not_recolored() {
    let odd = Rgb([0xF0, 0x10, 0x30]);
    let image = Png::indexed(17, 8, &[KEY, RED, odd], |x, y| if (x, y) == (1, 1) || x == 8 { 2 } else { 1 });
    let project = project_with(image.bytes());
    let region = "\"index\": 0,\n      \"region\": {\"x\": 0, \"y\": 0, \"w\": 8, \"h\": 8}";
    project.edit("assets/hero/asset.json", "\"index\": 0", region);
    cli::run_refused(project.root(), "fix @ --code color-stray --choice 2", &["image-rewrite"]);
}

/// The nearest declared color is the color key, which would leave a hole.
#[test]
fn no_pixel_becomes_transparent() {
    let mut project = TestProject::new();
    let odd = Rgb([0xF0, 3, 3]);
    project.write("assets/hero/tile.png", Png::rgb(8, 8, |x, y| if (x, y) == (2, 3) { odd } else { GREEN }).bytes());
    let keyed = GlyphArtifact { color_key: Some(ColorKey::Color(RED)), ..artifact("tile.png", 0) };
    let palettes = vec![palette(&[KEY, GREEN, RED])];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, palettes, vec![keyed]));
    let listed = cli::run_ok(project.root(), "fix @");
    assert_eq!(listed["fixes"][1]["title"], "Replace #f00303 in tile.png with #00ff00, the nearest declared color");
}

/// The nearest color of all is in a palette that cannot draw the rest of the tile.
#[test]
fn replacement_fits_the_rest_of_the_tile() {
    let (odd, blue) = (Rgb([0xF0, 0x0E, 0x0E]), Rgb([0, 0, 0xF8]));
    let mut project = TestProject::new();
    project.write("assets/hero/tile.png", Png::rgb(8, 8, |x, y| if (x, y) == (2, 3) { odd } else { blue }).bytes());
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, GREEN, blue])];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, palettes, vec![artifact("tile.png", 0)]));
    edit(&project, "fix @ --code color-stray --choice 2");
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn all_twins_get_names() {
    let mut project = fixtures::small_project();
    let name_of = |project: &TestProject, path: &str| {
        project.read_text(path).lines().find(|line| line.contains("\"name\"")).unwrap().trim().to_owned()
    };
    let name = name_of(&project, fixtures::ICONS);
    for root in ["ui/two", "ui/three"] {
        project.add_glyph(root);
        let path = format!("assets/{root}/asset.json");
        project.edit(&path, &name_of(&project, &path), &name);
    }
    let answer = edit(&project, "fix @ --code name-twice");
    assert!(fixes(&answer).iter().all(|(_, is_applied)| *is_applied), "{answer}");
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn several_colors_of_an_image_are_replaced() {
    let odd = |x: u32| Rgb([0xF0, 0x10, 0x30 + 0x20 * u8::try_from(x).unwrap()]);
    let project = project_with(Png::rgb(8, 8, |x, y| if y == 0 && x < 3 { odd(x) } else { GREEN }).bytes());
    let answer = edit(&project, "fix @ --code color-stray --choice 2");
    assert_eq!(answer["fixes"].as_array().unwrap().iter().filter(|fix| fix["applied"] == true).count(), 3);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn canvas_is_padded_if_chosen() {
    let project = project_with(Png::rgba(12, 9, |_, _| [255, 0, 0, 255]).bytes());
    let answer = edit(&project, "fix @ --code image-size");
    assert_eq!(answer["change"]["changed"], json!(["assets/hero/tile.png"]));
    cli::run_ok(project.root(), "pack @");
    assert_eq!(cli::run_ok(project.root(), "show @ id:1")["used"], json!(4));
    let opaque = project_with(plain(12, 8, RED));
    cli::run_refused(opaque.root(), "fix @ --code image-size", &["image-rewrite"]);
}

/// All artifacts and animations of the file get its spelling.
#[test]
fn twins_are_respelled_everywhere() {
    let mut project = TestProject::new();
    project.write("assets/hero/tile.png", plain(16, 8, RED));
    let part = |x, index| {
        let mut part = artifact("tile.png", index);
        part.cut.region = Some(Region { x, y: 0, w: 8, h: 8 });
        part
    };
    let artifacts = vec![part(0, 0), part(8, 1)];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![palette(&[KEY, RED])], artifacts));
    cli::run_ok(project.root(), "animation @ hero blink --file tile.png --frame-ms 90");
    std::fs::rename(project.at("assets/hero/tile.png"), project.at("assets/hero/Tile.PNG")).unwrap();
    let before = project.read_text("assets/hero/asset.json");
    let answer = edit(&project, "fix @");
    assert_eq!(fixes(&answer), [("file-twin", true)]);
    assert_eq!(before.matches("tile.png").count(), 3);
    assert_eq!(project.read_text("assets/hero/asset.json"), before.replace("tile.png", "Tile.PNG"));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn unknown_choice_lists_the_choices() {
    let odd = Rgb([0xF0, 0x10, 0x30]);
    let project = project_with(Png::rgb(8, 8, |x, y| if (x, y) == (0, 0) { odd } else { GREEN }).bytes());
    for (choice, code) in [(0, 2), (3, 2), (2, 0)] {
        let output = cli::run_json(project.root(), &format!("fix @ --code color-stray --choice {choice} --dry-run"));
        assert_eq!(output.code, code, "{}", output.stdout);
        assert_eq!(output.stdout.contains("`color-stray`, which has the choices 1 to 2 here"), code == 2);
    }
}

#[test]
fn twin_name_gets_a_number() {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/other");
    let (icons, other) = (project.read_text(fixtures::ICONS), "assets/ui/other/asset.json");
    let name = icons.lines().find(|line| line.contains("\"name\"")).unwrap().trim().to_owned();
    let own = project.read_text(other).lines().find(|line| line.contains("\"name\"")).unwrap().trim().to_owned();
    project.edit(other, &own, &name);
    let answer = edit(&project, "fix @ --code name-twice");
    assert_eq!(fixes(&answer), [("name-twice", true)]);
    assert!(project.read_text(other).contains("_2\""), "{}", project.read_text(other));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn lost_registration_is_fixed() {
    let (project, _) = fixtures::packed_project();
    let registry = project.read_text(fixtures::REGISTRY);
    cli::run_ok(project.root(), "forget @ id:2");
    let without = project.read_text(fixtures::REGISTRY);
    cli::run_ok(project.root(), "undo @");
    assert_eq!(project.read_text(fixtures::REGISTRY), registry);
    project.write(fixtures::REGISTRY, without);
    cli::run_refused(project.root(), "pack @", &["registration-lost"]);
    let answer = edit(&project, "fix @");
    assert_eq!(fixes(&answer), [("registration-lost", true)]);
    cli::run_ok(project.root(), "pack @");
}
