//! `create --force` registers an asset that cannot be packed yet, excludes it, and reports its problems as notes. They
//! are fixed later.

use packer_services::Context;
use packer_services::diagnostics::Severity;
use packer_services::formats::Rgb;
use packer_services::ops::{CreateAsset, NewBank, NewGlyph, NewPreload, Operation};
use serde_json::{Value, json};
use support::images::{self, Png};
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, codes, uuid};

use crate::fixtures::{self, REGISTRY};
use crate::{cli, console, tree};

const ANCHOR: &str = "assets/new/asset.json";

/// The small project, packed, with art of every kind in `art/`.
fn project_with_art() -> TestProject {
    let (project, _) = fixtures::packed_project();
    let rainbow = |x: u32, y: u32| Rgb([u8::try_from(x * 8).unwrap(), u8::try_from(y * 8).unwrap(), 0]);
    // 72 tiles with 15 colors each, and no color in two tiles.
    let patchwork = |x: u32, y: u32| {
        let color = (x / 8 + y / 8 * 8) * 15 + (x % 8 + y % 8 * 8) % 15;
        let part = |shift: u32| u8::try_from(((color >> shift) & 15) * 16).unwrap();
        Rgb([part(0), part(4), part(8)])
    };
    project
        .write("art/good.png", images::checker(8, 8, RED, GREEN))
        .write("art/plain.png", images::plain(8, 8, RED))
        .write("art/cut.png", &images::plain(16, 8, RED)[..50])
        .write("art/jpeg.png", b"\xff\xd8\xff\xe0")
        .write("art/nine.png", images::plain(9, 8, RED))
        .write("art/sheet.png", images::checker(16, 16, RED, GREEN))
        .write("art/rainbow.png", Png::rgb(8, 8, rainbow).bytes())
        .write("art/patchwork.png", Png::rgb(64, 72, patchwork).bytes())
        .write("art/half.png", Png::rgba(8, 8, |x, _| [255, 0, 0, if x == 3 { 128 } else { 255 }]).bytes())
        .write("art/blip.wav", Wav::mono16(8000, &[1, 2, 3]).bytes())
        .write("art/stereo.wav", Wav::pcm(8000, 2, 16, vec![0; 4]).bytes())
        .write("art/float.wav", Wav { coding: 3, ..Wav::pcm(8000, 1, 32, vec![0; 4]) }.bytes());
    project
}

/// Creates `new` with `--force`, asserts that `finding` is reported, and returns the answer. Without `--force` it is
/// refused for the same reason, and nothing changes.
fn create_forced(project: &TestProject, line: &str, finding: &str) -> Value {
    let line = format!("create @ new {line}");
    let before = tree::read_tree(project.root());
    let refused = cli::run_json(project.root(), &line);
    assert_eq!(refused.code, 1, "{line}\n{}", refused.stdout);
    assert!(refused.codes().iter().any(|code| code == finding), "{line}: {:?}", refused.codes());
    assert_eq!(refused.json()["asset_id"], Value::Null);
    tree::assert_same(&before, &tree::read_tree(project.root()), &line);

    let answer = cli::run_ok(project.root(), &format!("{line} --force"));
    let members = ["asset_id", "root", "included", "packs"].map(|member| answer[member].clone());
    assert_eq!(members, [json!(3), json!("new"), json!(false), json!(false)], "{line}");
    let findings = answer["findings"].as_array().unwrap();
    assert!(findings.iter().any(|one| one["code"] == finding), "{line}: {findings:?}");
    assert!(findings.iter().all(|one| one["severity"] != "error"), "{line}: {findings:?}");
    let rooted =
        |one: &Value| one["file"].as_str().is_none_or(|file| !file.contains("/art/") && !file.contains("create-"));
    assert!(findings.iter().all(rooted), "{line}: findings must name the copied files: {findings:?}");
    assert!(project.read_text(REGISTRY).contains("\"next_asset_id\": 4"));

    // The other assets pack as before.
    let pack = cli::run_ok(project.root(), "pack @");
    assert_eq!((pack["assets"].as_array().unwrap().len(), &pack["excluded"]), (2, &json!(1)), "{line}");
    cli::run_ok(project.root(), "doctor @");
    answer
}

/// Includes the new asset in the build.
fn include(project: &TestProject) {
    project.edit(REGISTRY, "\"included_in_build\": false", "\"included_in_build\": true");
}

#[test]
fn forced_broken_image_is_fixed_later() {
    let project = project_with_art();
    let line = "--type glyph_bank --tile-size 8 @/art/good.png @/art/cut.png @/art/plain.png";
    let answer = create_forced(&project, line, "image-cut");
    assert_eq!(answer["palettes"], 1);
    let declaration: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    let artifacts = declaration["artifacts"].as_array().unwrap();
    let listed: Vec<(&Value, &Value)> =
        artifacts.iter().map(|artifact| (&artifact["file"], &artifact["index"])).collect();
    let expected = [(json!("good.png"), json!(0)), (json!("cut.png"), json!(1)), (json!("plain.png"), json!(3))];
    assert_eq!(
        listed,
        expected.each_ref().map(|(file, index)| (file, index)),
        "the image's header must define its number of tiles"
    );

    include(&project);
    cli::run_refused(project.root(), "pack @", &["image-cut"]);
    project.write("assets/new/cut.png", images::checker(16, 8, GREEN, RED));
    cli::run_ok(project.root(), "pack @");
    let glyph = console::glyph(&project, 3);
    assert_eq!(console::drawn_pixels(&glyph, 1, 0)[0], console::drawn_pixels(&glyph, 0, 0)[1]);
    assert_eq!(glyph.tile(3).unwrap(), vec![1; 64]);
}

#[test]
fn every_image_error_can_be_forced() {
    for (line, finding) in [
        ("--tile-size 8 @/art/good.png @/art/jpeg.png", "image-not-png"),
        ("--tile-size 8 @/art/good.png @/art/nine.png", "image-size"),
        ("--tile-size 16 @/art/good.png", "image-size"),
        ("--tile-size 8 @/art/half.png", "partial-alpha"),
        ("--tile-size 8 --color-key index0 @/art/good.png", "color-key-index"),
        ("--tile-size 8 --margin 1 @/art/sheet.png", "image-size"),
        ("--tile-size 8 --region 1,0,16,16 @/art/sheet.png", "region-outside"),
        ("--tile-size 8 --skip-blank --color-key #ff0000 @/art/plain.png", "image-blank"),
        ("--tile-size 8 @/art/rainbow.png", "too-many-colors"),
        ("--tile-size 8 @/art/jpeg.png", "image-not-png"),
        ("--tile-size 8 --name ui_icons @/art/good.png", "name-twice"),
    ] {
        let project = project_with_art();
        create_forced(&project, &format!("--type glyph_bank {line}"), finding);
        include(&project);
        assert_eq!(cli::run(project.root(), "pack @").code, 1, "{line}: it must not pack yet");
    }
}

#[test]
fn reduced_tile_gets_its_palette() {
    let project = project_with_art();
    create_forced(&project, "--type glyph_bank --tile-size 8 @/art/good.png @/art/rainbow.png", "too-many-colors");
    project.write("assets/new/rainbow.png", images::checker(8, 8, Rgb([0, 0, 0xFF]), RED));
    cli::run_ok(project.root(), "palettes @ new --apply");
    include(&project);
    cli::run_ok(project.root(), "pack @");
    assert_eq!(console::glyph(&project, 3).tile(0).unwrap()[..2], [1, 2], "the valid tile must be unchanged");
}

#[test]
fn surplus_palettes_are_left_out() {
    let project = project_with_art();
    let answer = create_forced(&project, "--type glyph_bank --tile-size 8 @/art/patchwork.png", "too-many-palettes");
    assert_eq!((&answer["palettes"], &answer["items"]), (&json!(64), &json!(72)));
    // The tiles that the palettes cover can be packed.
    let declaration = project.read_text(ANCHOR);
    let region = "\"index\": 0,\n      \"region\": {\"x\": 0, \"y\": 0, \"w\": 64, \"h\": 64}";
    project.write(ANCHOR, declaration.replacen("\"index\": 0", region, 1));
    include(&project);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn forced_sounds_still_need_convert() {
    let project = project_with_art();
    create_forced(&project, "--type sound_bank @/art/blip.wav @/art/stereo.wav", "convert-downmix");
    include(&project);
    cli::run_refused(project.root(), "pack @", &["convert-downmix"]);
    let stereo = "\"file\": \"stereo.wav\",";
    project.edit(ANCHOR, stereo, &format!("{stereo}\n      \"convert\": {{\"downmix\": true}},"));
    cli::run_ok(project.root(), "pack @");
    assert_eq!(console::samples(&project, 3).len(), 2);

    let project = project_with_art();
    create_forced(&project, "--type sound_bank --sample-rate 8000 @/art/blip.wav @/art/float.wav", "wav-coding");
    project.write("assets/new/float.wav", Wav::mono16(8000, &[4]).bytes());
    include(&project);
    cli::run_ok(project.root(), "pack @");
    assert_eq!(console::samples(&project, 3)[1].frames, [4]);
}

#[test]
fn forced_duplicate_name_is_changed_later() {
    let project = project_with_art();
    create_forced(&project, "--name ui_icons --type glyph_bank @/art/good.png", "name-twice");
    project.edit(ANCHOR, "\"ui_icons\"", "\"new_icons\"");
    include(&project);
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn force_cannot_declare_the_impossible() {
    let project = project_with_art();
    for (line, code) in [
        ("new --type glyph_bank @/art/good.png @/art/nowhere.png", "file-missing"),
        ("new --type glyph_bank @/assets/.prometeu", "file-missing"),
        ("new --type glyph_bank @/art/good.png @/art/good.png", "file-name-twice"),
        ("ui/icons --type glyph_bank @/art/good.png", "root-exists"),
        ("ui/icons/more --type glyph_bank @/art/good.png", "root-nested"),
        ("../new --type glyph_bank @/art/good.png", "path-not-relative"),
        ("new --name a,b --type glyph_bank @/art/good.png", "name-illegal"),
        ("new --type glyph_bank @/art/good.png @/art/sheet.png", "tile-size-needed"),
        ("new --type glyph_bank @/art/good.png @/art/nine.png", "tile-size-needed"),
        // `--force` does not help here; the finding reports what is needed.
        ("new --type glyph_bank @/art/good.png @/art/jpeg.png", "tile-size-needed"),
        ("new --type sound_bank @/art/float.wav", "rate-needed"),
    ] {
        let before = tree::read_tree(project.root());
        let output = cli::run_json(project.root(), &format!("create @ {line} --force"));
        assert_eq!(output.code, 1, "{line}\n{}", output.stdout);
        assert!(output.codes().iter().any(|found| found == code), "{line}: {:?}", output.codes());
        assert_eq!((&output.json()["asset_id"], &output.json()["included"]), (&Value::Null, &json!(false)), "{line}");
        assert!(!output.stdout.contains("--sample-rate 0"), "{line}: {}", output.stdout);
        tree::assert_same(&before, &tree::read_tree(project.root()), line);
    }
}

#[test]
fn force_without_errors_changes_nothing() {
    for (file, exclude) in [("art/good.png", false), ("art/good.png", true), ("art/plain.png", false)] {
        let results = [false, true].map(|force| {
            let project = project_with_art();
            let bank = NewBank::Glyph(NewGlyph::default());
            let create = CreateAsset::new(project.root(), "new", bank, vec![project.at(file)]);
            let create = create.preload(NewPreload::LowestFree).exclude(exclude).force(force);
            let report = create.run(&Context::new().with_uuids(|| uuid(77))).unwrap();
            assert_eq!((report.packs, report.included), (true, !exclude), "{:?}", codes(report.findings()));
            let findings: Vec<(&str, Severity)> =
                report.findings().iter().map(|finding| (finding.code.as_str(), finding.severity)).collect();
            (tree::read_tree(project.root()), findings, report.slot)
        });
        let [without, with] = results;
        tree::assert_same(&without.0, &with.0, file);
        assert_eq!((without.1, without.2), (with.1, with.2));
    }
}

#[test]
fn text_warns_of_unpackable_asset() {
    let project = project_with_art();
    let output = cli::run(project.root(), "create @ new --force --type glyph_bank @/art/half.png");
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let text = format!("{}{}", output.stdout, output.stderr);
    assert!(text.contains("note[partial-alpha]") && text.contains("does not pack"), "{text}");
}
