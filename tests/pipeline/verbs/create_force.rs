//! `create --force`: what does not pack yet is registered all the same, left out of the build, with what is wrong as
//! notes; a person mends it later.

use packer_services::Context;
use packer_services::diagnostics::Severity;
use packer_services::formats::Rgb;
use packer_services::ops::{CreateAsset, NewBank, NewGlyph, NewPreload, Operation};
use serde_json::{Value, json};
use support::images::{self, Png};
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, codes, uuid};

use crate::scenes::{self, REGISTRY};
use crate::{cli, console, tree};

const ANCHOR: &str = "assets/new/asset.json";

/// The small project, packed, with art of every kind in `art/`.
fn studio() -> TestProject {
    let (project, _) = scenes::packed();
    let rainbow = |x: u32, y: u32| Rgb([u8::try_from(x * 8).unwrap(), u8::try_from(y * 8).unwrap(), 0]);
    // 72 tiles of 15 colors each, no two with a color in common.
    let patchwork = |x: u32, y: u32| {
        let color = (x / 8 + y / 8 * 8) * 15 + (x % 8 + y % 8 * 8) % 15;
        let part = |shift: u32| u8::try_from(((color >> shift) & 15) * 16).unwrap();
        Rgb([part(0), part(4), part(8)])
    };
    project
        .write("art/good.png", images::checker(8, 8, RED, GREEN))
        .write("art/plain.png", images::plain(8, 8, RED))
        .write("art/cut.png", &images::plain(16, 8, RED)[..50])
        .write("art/no.png", "GIF89a")
        .write("art/odd.png", images::plain(9, 8, RED))
        .write("art/sheet.png", images::checker(16, 16, RED, GREEN))
        .write("art/rich.png", Png::rgb(8, 8, rainbow).bytes())
        .write("art/patchwork.png", Png::rgb(64, 72, patchwork).bytes())
        .write("art/half.png", Png::rgba(8, 8, |x, _| [255, 0, 0, if x == 3 { 128 } else { 255 }]).bytes())
        .write("art/blip.wav", Wav::mono16(8000, &[1, 2, 3]).bytes())
        .write("art/stereo.wav", Wav::pcm(8000, 2, 16, vec![0; 4]).bytes())
        .write("art/float.wav", Wav { coding: 3, ..Wav::pcm(8000, 1, 32, vec![0; 4]) }.bytes());
    project
}

/// Creates `new` by force: what is told as a note, and the answer. Without force it is refused, for the same reason,
/// and nothing changes.
fn forced(project: &TestProject, line: &str, finding: &str) -> Value {
    let line = format!("create @ new {line}");
    let before = tree::tree(project.root());
    let refused = cli::ask(project.root(), &line);
    assert_eq!(refused.code, 1, "{line}\n{}", refused.stdout);
    assert!(refused.codes().iter().any(|code| code == finding), "{line}: {:?}", refused.codes());
    assert_eq!(refused.json()["asset_id"], Value::Null);
    tree::assert_same(&before, &tree::tree(project.root()), &line);

    let answer = cli::done(project.root(), &format!("{line} --force"));
    let members = ["asset_id", "root", "included", "packs"].map(|member| answer[member].clone());
    assert_eq!(members, [json!(3), json!("new"), json!(false), json!(false)], "{line}");
    let findings = answer["findings"].as_array().unwrap();
    assert!(findings.iter().any(|one| one["code"] == finding), "{line}: {findings:?}");
    assert!(findings.iter().all(|one| one["severity"] != "error"), "{line}: {findings:?}");
    let rooted =
        |one: &Value| one["file"].as_str().is_none_or(|file| !file.contains("/art/") && !file.contains("create-"));
    assert!(findings.iter().all(rooted), "{line}: files are named where they are now: {findings:?}");
    assert!(project.read_text(REGISTRY).contains("\"next_asset_id\": 4"));

    // The rest of the project packs as before.
    let pack = cli::done(project.root(), "pack @");
    assert_eq!((pack["assets"].as_array().unwrap().len(), &pack["excluded"]), (2, &json!(1)), "{line}");
    cli::done(project.root(), "doctor @");
    answer
}

/// Takes the new asset into the build.
fn include(project: &TestProject) {
    project.edit(REGISTRY, "\"included_in_build\": false", "\"included_in_build\": true");
}

#[test]
fn a_broken_image_among_good_ones_is_mended_later() {
    let project = studio();
    let line = "--type glyph_bank --tile-size 8 @/art/good.png @/art/cut.png @/art/plain.png";
    let answer = forced(&project, line, "image-cut");
    assert_eq!(answer["palettes"], 1);
    let declaration: Value = serde_json::from_str(&project.read_text(ANCHOR)).unwrap();
    let artifacts = declaration["artifacts"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> =
        artifacts.iter().map(|artifact| (&artifact["file"], &artifact["index"])).collect();
    let expected = [(json!("good.png"), json!(0)), (json!("cut.png"), json!(1)), (json!("plain.png"), json!(3))];
    assert_eq!(told, expected.each_ref().map(|(file, index)| (file, index)), "its head tells how many tiles it has");

    include(&project);
    cli::refused(project.root(), "pack @", &["image-cut"]);
    project.write("assets/new/cut.png", images::checker(16, 8, GREEN, RED));
    cli::done(project.root(), "pack @");
    let glyph = console::glyph(&project, 3);
    assert_eq!(console::shown(&glyph, 1, 0)[0], console::shown(&glyph, 0, 0)[1]);
    assert_eq!(glyph.tile(3).unwrap(), vec![1; 64]);
}

#[test]
fn every_fault_of_an_image_can_be_forced() {
    for (line, finding) in [
        ("--tile-size 8 @/art/good.png @/art/no.png", "image-not-png"),
        ("--tile-size 8 @/art/good.png @/art/odd.png", "image-size"),
        ("--tile-size 16 @/art/good.png", "image-size"),
        ("--tile-size 8 @/art/half.png", "partial-alpha"),
        ("--tile-size 8 --color-key index0 @/art/good.png", "color-key-index"),
        ("--tile-size 8 --margin 1 @/art/sheet.png", "image-size"),
        ("--tile-size 8 --region 1,0,16,16 @/art/sheet.png", "region-outside"),
        ("--tile-size 8 --skip-blank --color-key #ff0000 @/art/plain.png", "image-blank"),
        ("--tile-size 8 @/art/rich.png", "too-many-colors"),
        ("--tile-size 8 @/art/no.png", "image-not-png"),
        ("--tile-size 8 --name ui_icons @/art/good.png", "name-twice"),
    ] {
        let project = studio();
        forced(&project, &format!("--type glyph_bank {line}"), finding);
        include(&project);
        assert_eq!(cli::run(project.root(), "pack @").code, 1, "{line}: it still does not pack");
    }
}

#[test]
fn a_tile_that_is_too_rich_gets_its_palette_once_it_is_drawn_with_fewer_colors() {
    let project = studio();
    forced(&project, "--type glyph_bank --tile-size 8 @/art/good.png @/art/rich.png", "too-many-colors");
    project.write("assets/new/rich.png", images::checker(8, 8, Rgb([0, 0, 0xFF]), RED));
    cli::done(project.root(), "palettes @ new --apply");
    include(&project);
    cli::done(project.root(), "pack @");
    assert_eq!(console::glyph(&project, 3).tile(0).unwrap()[..2], [1, 2], "what was good is as it was");
}

#[test]
fn more_palettes_than_a_bank_holds_are_cut_off() {
    let project = studio();
    let answer = forced(&project, "--type glyph_bank --tile-size 8 @/art/patchwork.png", "too-many-palettes");
    assert_eq!((&answer["palettes"], &answer["items"]), (&json!(64), &json!(72)));
    // The tiles that the palettes cover make a bank.
    let declaration = project.read_text(ANCHOR);
    let region = "\"index\": 0,\n      \"region\": {\"x\": 0, \"y\": 0, \"w\": 64, \"h\": 64}";
    project.write(ANCHOR, declaration.replacen("\"index\": 0", region, 1));
    include(&project);
    cli::done(project.root(), "pack @");
}

#[test]
fn sounds_that_lose_something_wait_for_a_persons_word() {
    let project = studio();
    forced(&project, "--type sound_bank @/art/blip.wav @/art/stereo.wav", "convert-downmix");
    include(&project);
    cli::refused(project.root(), "pack @", &["convert-downmix"]);
    let stereo = "\"file\": \"stereo.wav\",";
    project.edit(ANCHOR, stereo, &format!("{stereo}\n      \"convert\": {{\"downmix\": true}},"));
    cli::done(project.root(), "pack @");
    assert_eq!(console::samples(&project, 3).len(), 2);

    let project = studio();
    forced(&project, "--type sound_bank --sample-rate 8000 @/art/blip.wav @/art/float.wav", "wav-coding");
    project.write("assets/new/float.wav", Wav::mono16(8000, &[4]).bytes());
    include(&project);
    cli::done(project.root(), "pack @");
    assert_eq!(console::samples(&project, 3)[1].frames, [4]);
}

#[test]
fn a_name_that_is_taken_is_changed_later() {
    let project = studio();
    forced(&project, "--name ui_icons --type glyph_bank @/art/good.png", "name-twice");
    project.edit(ANCHOR, "\"ui_icons\"", "\"new_icons\"");
    include(&project);
    cli::done(project.root(), "pack @");
}

#[test]
fn what_cannot_even_be_declared_is_refused_by_force_too() {
    let project = studio();
    for (line, code) in [
        ("new --type glyph_bank @/art/good.png @/art/nowhere.png", "file-missing"),
        ("new --type glyph_bank @/art", "file-not-regular"),
        ("new --type glyph_bank @/art/good.png @/art/good.png", "file-name-twice"),
        ("ui/icons --type glyph_bank @/art/good.png", "root-exists"),
        ("ui/icons/more --type glyph_bank @/art/good.png", "root-nested"),
        ("../new --type glyph_bank @/art/good.png", "path-not-relative"),
        ("new --name a,b --type glyph_bank @/art/good.png", "name-illegal"),
        ("new --type glyph_bank @/art/good.png @/art/sheet.png", "tile-size-needed"),
        ("new --type glyph_bank @/art/good.png @/art/odd.png", "tile-size-needed"),
        // Force does not help, and it is told what would.
        ("new --type glyph_bank @/art/good.png @/art/no.png", "tile-size-needed"),
        ("new --type sound_bank @/art/float.wav", "rate-needed"),
    ] {
        let before = tree::tree(project.root());
        let ended = cli::ask(project.root(), &format!("create @ {line} --force"));
        assert_eq!(ended.code, 1, "{line}\n{}", ended.stdout);
        assert!(ended.codes().iter().any(|found| found == code), "{line}: {:?}", ended.codes());
        assert_eq!((&ended.json()["asset_id"], &ended.json()["included"]), (&Value::Null, &json!(false)), "{line}");
        assert!(!ended.stdout.contains("--sample-rate 0"), "{line}: {}", ended.stdout);
        tree::assert_same(&before, &tree::tree(project.root()), line);
    }
}

#[test]
fn force_changes_nothing_where_all_is_well() {
    for (file, exclude) in [("art/good.png", false), ("art/good.png", true), ("art/plain.png", false)] {
        let made = [false, true].map(|force| {
            let project = studio();
            let bank = NewBank::Glyph(NewGlyph::default());
            let create = CreateAsset::new(project.root(), "new", bank, vec![project.at(file)]);
            let create = create.preload(NewPreload::LowestFree).exclude(exclude).force(force);
            let report = create.run(&Context::new().with_uuids(|| uuid(77))).unwrap();
            assert_eq!((report.packs, report.included), (true, !exclude), "{:?}", codes(report.findings()));
            let told: Vec<(&str, Severity)> =
                report.findings().iter().map(|finding| (finding.code.as_str(), finding.severity)).collect();
            (tree::tree(project.root()), told, report.slot)
        });
        let [plainly, forced] = made;
        tree::assert_same(&plainly.0, &forced.0, file);
        assert_eq!((plainly.1, plainly.2), (forced.1, forced.2));
    }
}

#[test]
fn the_text_says_that_it_does_not_pack_yet() {
    let project = studio();
    let ended = cli::run(project.root(), "create @ new --force --type glyph_bank @/art/half.png");
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let told = format!("{}{}", ended.stdout, ended.stderr);
    assert!(told.contains("note[partial-alpha]") && told.contains("does not pack"), "{told}");
}
