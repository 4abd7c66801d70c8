//! If `create` refuses, no byte of the project changes.

use packer_services::formats::Rgb;
use support::images::{self, Png};
use support::sounds::Wav;
use support::{GREEN, RED, TestProject};

use crate::{cli, fixtures, tree};

/// The small project, with valid and invalid images and sounds in `art/`.
fn project_with_art() -> TestProject {
    let project = fixtures::small_project();
    let rainbow = |x: u32, y: u32| Rgb([u8::try_from(x * 8).unwrap(), u8::try_from(y * 8).unwrap(), 0]);
    // 8 × 9 tiles with 15 colors each, and no color in two tiles: they need 72 palettes.
    let patchwork = |x: u32, y: u32| {
        let (tile, n) = (x / 8 + y / 8 * 8, (x % 8 + y % 8 * 8) % 15);
        let color = tile * 15 + n;
        let part = |shift: u32| u8::try_from(((color >> shift) & 15) * 16).unwrap();
        Rgb([part(0), part(4), part(8)])
    };
    let half = |x: u32, _: u32| [255, 0, 0, if x == 3 { 128 } else { 255 }];
    project
        .write("art/good.png", images::checker(8, 8, RED, GREEN))
        .write("art/other/good.png", images::plain(8, 8, RED))
        .write("art/other/GOOD.png", images::plain(8, 8, RED))
        .write("art/asset.json", images::plain(8, 8, RED))
        .write("art/wide.png", images::plain(16, 8, RED))
        .write("art/nine.png", images::plain(9, 8, RED))
        .write("art/rainbow.png", Png::rgb(8, 8, rainbow).bytes())
        .write("art/patchwork.png", Png::rgb(64, 72, patchwork).bytes())
        .write("art/tall.png", images::plain(32, 65 * 32, RED))
        .write("art/half.png", Png::rgba(8, 8, half).bytes())
        .write("art/cut.png", &images::plain(8, 8, RED)[..40])
        .write("art/blip.wav", Wav::mono16(8000, &[1]).bytes())
        .write("art/fast.wav", Wav::mono16(22_050, &[1]).bytes())
        .write("art/silent.wav", Wav::mono16(8000, &[]).bytes())
        .write("art/stereo.wav", Wav::pcm(8000, 2, 16, vec![0; 4]).bytes())
        .write("art/deep.wav", Wav::pcm(8000, 1, 24, vec![0; 3]).bytes())
        .write("art/float.wav", Wav { coding: 3, ..Wav::pcm(8000, 1, 32, vec![0; 4]) }.bytes())
        .write("empty/.hidden.png", images::plain(8, 8, RED));
    project
}

fn assert_refused(project: &TestProject, line: &str, code: &str) {
    // The first writer creates the lock file, even if it fails.
    cli::run_json(project.root(), "register @ nowhere");
    let before = tree::read_tree(project.root());
    let stamps = tree::read_stamps(&project.at("assets/ui"));
    let output = cli::run_json(project.root(), line);
    assert_eq!(output.code, 1, "{line}\n{}{}", output.stdout, output.stderr);
    assert!(output.codes().iter().any(|found| found == code), "{line} needs {code}: {:?}", output.codes());
    assert_eq!(output.json()["asset_id"], serde_json::Value::Null, "{line}");
    tree::assert_same(&before, &tree::read_tree(project.root()), line);
    tree::assert_same(&stamps, &tree::read_stamps(&project.at("assets/ui")), line);
}

#[test]
fn invalid_root_or_name_is_refused() {
    let project = project_with_art();
    for (options, code) in [
        ("../out", "path-not-relative"),
        ("/etc/passwd", "path-not-relative"),
        ("a//b", "path-not-relative"),
        (".hidden", "path-hidden"),
        ("aux/hero", "path-reserved"),
        ("hero.", "path-trailing"),
        ("he|ro", "path-character"),
        ("ui/icons", "root-exists"),
        ("ui", "root-nested"),
        ("ui/icons/more", "root-nested"),
        ("UI/Icons", "path-collision"),
        ("UI", "path-collision"),
        ("UI/new", "path-collision"),
        ("ui/héros", "name-needed"),
        ("hero --name he,ro", "name-illegal"),
        ("hero --name ui_icons", "name-twice"),
    ] {
        assert_refused(&project, &format!("create @ {options} --type glyph_bank @/art/good.png"), code);
    }
}

#[test]
fn unusable_files_are_refused() {
    let project = project_with_art();
    for (files, code) in [
        ("@/art/nowhere.png", "file-missing"),
        ("@/art/good.png @/art/nowhere.png", "file-missing"),
        ("@/empty", "file-missing"),
        ("@/art/good.png @/art/other/good.png", "file-name-twice"),
        ("@/art/good.png @/art/good.png", "file-name-twice"),
        ("@/art/good.png @/art/other/GOOD.png", "file-name-twice"),
        ("@/art/asset.json", "file-name-twice"),
        ("@/art/blip.wav", "image-not-png"),
        ("@/art/cut.png", "image-cut"),
    ] {
        assert_refused(&project, &format!("create @ new --type glyph_bank {files}"), code);
    }
}

#[test]
fn folder_with_too_many_files_is_refused() {
    let project = project_with_art();
    project.write("many/0.png", images::plain(8, 8, RED));
    for n in 0..4096 {
        project.write(&format!("many/{n}.txt"), "");
    }
    assert_refused(&project, "create @ new --type glyph_bank @/many", "too-many-files");
}

#[cfg(unix)]
#[test]
fn folder_without_files_is_refused() {
    let project = project_with_art();
    for (line, code, help) in [
        ("glyph_bank @/empty", "file-missing", "Pass the images themselves, or the folder"),
        ("sound_bank @/empty", "file-missing", "Pass the sounds themselves, or the folder"),
        ("glyph_bank /dev/null", "file-not-regular", "Pass the PNG, WAV or FLAC files themselves."),
    ] {
        let output = cli::run_refused(project.root(), &format!("create @ new --type {line}"), &[code]);
        assert!(output.json()["findings"][0]["help"].as_str().unwrap().starts_with(help), "{line}");
    }
}

#[test]
fn overflow_help_counts_fitting_images() {
    let project = project_with_art();
    project.write("art/half-sheet.png", Png::rgba(256, 160, |_, _| [0xFF, 0, 0, 0xFF]).bytes());
    let help = |files: &str| {
        let line = format!("create @ new --type glyph_bank --tile-size 8 {files}");
        let output = cli::run_refused(project.root(), &line, &["tile-overflow"]);
        output.json()["findings"][0]["help"].as_str().unwrap().to_owned()
    };
    project.write("art/again.png", Png::rgba(256, 160, |_, _| [0xFF, 0, 0, 0xFF]).bytes());
    assert_eq!(
        help("@/art/half-sheet.png @/art/again.png"),
        "The first image fits: create one bank from it, and others from the rest."
    );
    assert_eq!(
        help("@/art/good.png @/art/half-sheet.png @/art/again.png"),
        "The first 2 images fit: create one bank from them, and others from the rest."
    );
}

#[test]
fn unusable_images_are_refused() {
    let project = project_with_art();
    for (options, code) in [
        ("@/art/wide.png", "tile-size-needed"),
        ("@/art/nine.png", "tile-size-needed"),
        ("@/art/good.png @/art/wide.png", "tile-size-needed"),
        ("--tile-size 8 @/art/nine.png", "image-size"),
        ("--tile-size 16 @/art/good.png", "image-size"),
        ("--tile-size 32 @/art/tall.png", "tile-overflow"),
        ("@/art/rainbow.png", "too-many-colors"),
        ("--tile-size 8 @/art/patchwork.png", "too-many-palettes"),
        ("@/art/half.png", "partial-alpha"),
        ("--color-key index0 @/art/good.png", "color-key-index"),
    ] {
        assert_refused(&project, &format!("create @ new --type glyph_bank {options}"), code);
    }
}

#[test]
fn unusable_sounds_are_refused() {
    let project = project_with_art();
    for (options, code) in [
        ("@/art/blip.wav @/art/fast.wav", "rate-needed"),
        ("@/art/silent.wav", "sample-empty"),
        ("@/art/stereo.wav", "convert-downmix"),
        ("@/art/deep.wav", "convert-depth"),
        ("--downmix @/art/deep.wav", "convert-depth"),
        ("@/art/float.wav", "wav-coding"),
        ("@/art/good.png", "sound-not-wav"),
    ] {
        assert_refused(&project, &format!("create @ new --type sound_bank {options}"), code);
    }
}

#[test]
fn taken_slots_are_refused() {
    let project = project_with_art();
    for n in 0..16 {
        cli::run_ok(project.root(), &format!("create @ full/{n} --preload --type glyph_bank @/art/good.png"));
    }
    assert_refused(&project, "create @ new --preload --type glyph_bank @/art/good.png", "slots-full");
    assert_refused(&project, "create @ new --preload=7 --type glyph_bank @/art/good.png", "slot-taken");
    cli::run_ok(project.root(), "create @ tune --preload=7 --type sound_bank @/art/blip.wav");
}

#[test]
fn excluded_assets_must_pack_too() {
    let project = project_with_art();
    assert_refused(&project, "create @ new --exclude --type glyph_bank @/art/half.png", "partial-alpha");
    assert_refused(&project, "create @ new --exclude --type sound_bank @/art/stereo.wav", "convert-downmix");
}

#[test]
fn exhausted_ids_are_an_error() {
    let project = project_with_art();
    project.edit("assets/.prometeu/index.json", "\"next_asset_id\": 3", "\"next_asset_id\": 2147483648");
    assert_refused(&project, "create @ new --type glyph_bank @/art/good.png", "ids-exhausted");
}

#[test]
fn findings_name_the_original_file() {
    let project = project_with_art();
    let output = cli::run_refused(project.root(), "create @ new --type glyph_bank @/art/half.png", &["partial-alpha"]);
    let named = project.at("art/half.png").to_string_lossy().into_owned();
    assert_eq!(output.json()["findings"][0]["file"], named);
}

#[test]
fn partial_alpha_is_reported_with_colors() {
    let project = TestProject::new();
    let glowing = |x: u32, y: u32| {
        [u8::try_from(x * 16).unwrap(), u8::try_from(y * 16).unwrap(), 0, if x == 0 { 90 } else { 255 }]
    };
    project.write("art/glow.png", Png::rgba(8, 8, glowing).bytes());
    let output = cli::run_refused(
        project.root(),
        "create @ bank --type glyph_bank @/art/glow.png",
        &["too-many-colors", "partial-alpha"],
    );
    assert_eq!(output.json()["findings"][1]["count"], 8);
    let forced = cli::run_ok(project.root(), "create @ bank --type glyph_bank --force @/art/glow.png");
    let alpha =
        forced["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "partial-alpha").unwrap();
    assert_eq!((&alpha["count"], &alpha["severity"]), (&8.into(), &"note".into()), "each pixel must be counted once");
}

#[test]
fn files_passed_twice_are_refused() {
    let project = project_with_art();
    let line = "create @ new --type glyph_bank @/art/good.png @/art/../art/good.png";
    let output = cli::run_refused(project.root(), line, &["file-name-twice"]);
    assert_eq!(output.json()["findings"][0]["message"], "the file was passed twice");
}

#[test]
fn folder_of_images_is_explained() {
    let project = project_with_art();
    project.write("assets/place/good.png", project.read("art/good.png"));
    let line = "create @ place --type glyph_bank @/art/good.png";
    let refused = cli::run_refused(project.root(), line, &["root-exists"]);
    assert!(refused.stdout.contains("pass only files of that folder"), "{}", refused.stdout);
    let refused = cli::run_refused(project.root(), "register @ place", &["file-missing"]);
    let way = "run `prometeu-packer create PROJECT place --type TYPE FOLDER` with its path";
    assert!(refused.stdout.contains(way), "{}", refused.stdout);
    // What both say.
    cli::run_ok(project.root(), "create @ place --type glyph_bank @/assets/place/good.png --dry-run");
    std::fs::rename(project.at("assets/place"), project.at("art/place")).unwrap();
    cli::run_ok(project.root(), "create @ place --type glyph_bank @/art/place/good.png");
}

#[test]
fn pixels_of_a_batch_are_always_checked() {
    let project = project_with_art();
    let glow = |x: u32, _: u32| [0, 0, 0xFF, if x == 0 { 90 } else { 255 }];
    project.write("art/glow.png", Png::rgba(8, 8, glow).bytes());
    let colors: Vec<Rgb> = (0..64).map(|n| Rgb([n * 4, 255 - n * 4, 0])).collect();
    let rich = |x: u32, y: u32| u8::try_from(y * 8 + x).unwrap();
    project.write("art/rich.png", Png::indexed(8, 8, &colors, rich).bytes());
    let index = Png::indexed(8, 8, &colors[..2], |x, _| u8::try_from(x).unwrap());
    project.write("art/index.png", index.bytes());
    let create = |files: &str, codes: &[&str]| {
        let output = cli::run_json(project.root(), &format!("create @ new --type {files}"));
        let (mut found, mut expected) = (output.codes(), codes.to_vec());
        found.sort();
        expected.sort_unstable();
        assert_eq!(
            (output.code, found.iter().map(String::as_str).collect()),
            (1, expected),
            "{files}: {}",
            output.stdout
        );
    };
    let pixels = "@/art/glow.png @/art/index.png";
    create(
        &format!("glyph_bank --tile-size 8 @/art/nine.png @/art/rich.png {pixels}"),
        &["image-size", "too-many-colors", "partial-alpha", "image-index"],
    );
    create(
        &format!("glyph_bank --tile-size 8 @/art/rich.png {pixels}"),
        &["too-many-colors", "partial-alpha", "image-index"],
    );
    create(
        &format!("glyph_bank --tile-size 8 @/art/none.png {pixels}"),
        &["file-missing", "partial-alpha", "image-index"],
    );
    create(&format!("glyph_bank @/art/wide.png {pixels}"), &["tile-size-needed", "partial-alpha", "image-index"]);
    create(
        "sound_bank @/art/float.wav @/art/stereo.wav @/art/deep.wav",
        &["wav-coding", "convert-downmix", "convert-depth"],
    );
    create("sound_bank @/art/blip.wav @/art/fast.wav @/art/stereo.wav", &["rate-needed", "convert-downmix"]);
    create("sound_bank @/art/none.wav @/art/stereo.wav", &["file-missing", "convert-downmix"]);
}

#[test]
fn folder_in_another_spelling_is_refused() {
    let project = project_with_art();
    project.write("assets/Mobs/notes.txt", "");
    let output =
        cli::run_refused(project.root(), "create @ mobs/bat --type glyph_bank @/art/good.png", &["path-collision"]);
    assert_eq!(output.json()["findings"][0]["help"], "Write `Mobs/bat`.");
    let line = "create @ ui/new --type glyph_bank @/art/good.png";
    let decomposed = "e\u{301}t\u{e9}";
    project.write(&format!("assets/{decomposed}/notes.txt"), "");
    assert_refused(&project, "create @ été/bat --name bat --type glyph_bank @/art/good.png", "path-collision");
    cli::run_ok(project.root(), line);
}

#[test]
fn all_problems_of_a_batch_are_reported() {
    let project = project_with_art();
    let bad = "@/art/nowhere.png @/art/cut.png @/art/other/good.png @/art/blip.wav";
    // The images that are left have no common tile size.
    let output =
        cli::run_json(project.root(), &format!("create @ new --type glyph_bank @/art/good.png @/art/wide.png {bad}"));
    let mut codes = output.codes();
    codes.sort();
    assert_eq!(
        (output.code, codes.join(" ").as_str()),
        (1, "file-missing file-name-twice image-cut image-not-png tile-size-needed")
    );
    let output = cli::run_json(
        project.root(),
        "create @ new --type sound_bank @/art/blip.wav @/art/fast.wav @/art/nowhere.wav @/art/float.wav --loop nowhere.wav=none",
    );
    let mut codes = output.codes();
    codes.sort();
    assert_eq!((output.code, codes.join(" ").as_str()), (1, "file-missing rate-needed wav-coding"));
}

#[test]
fn equal_names_help_names_a_copy() {
    let project = project_with_art();
    project.write("art/other_good.png", images::plain(8, 8, GREEN));
    for (files, name) in [
        ("@/art/good.png @/art/other/good.png", "other_good.png"),
        ("@/art/good.png @/art/other_good.png @/art/other/good.png", "2_good.png"),
    ] {
        let line = format!("create @ new --type glyph_bank {files}");
        let output = cli::run_refused(project.root(), &line, &["file-name-twice"]);
        let help = output.json()["findings"][0]["help"].as_str().unwrap().to_owned();
        assert_eq!(
            help,
            format!("All files are copied into one folder: copy this one to `{name}` first, and pass that copy.")
        );
    }
}
