//! Every kind of failure has its exit code, which is the same in all formats; JSON output is one object (spec:
//! findings and exit codes).

use std::path::Path;

use support::TestProject;
use support::binary::CommandOutput;
use support::code_host::{check_sarif, run_log};
use support::images::{self, chunk};

use crate::fixtures::{self, Change, EXCLUDE_ICONS, ICONS, NO_PNG, REGISTRY, TILE, UNTIDY};
use crate::{cli, tree};

/// Runs a command in all formats and checks the exit code. `finding` is one of the expected codes, or empty.
pub fn in_all_formats(what: &str, code: i32, finding: &str, run: impl Fn(&str) -> CommandOutput) {
    let (text, json) = (run("text"), run("json"));
    for (format, output) in [("text", &text), ("json", &json)] {
        let context = format!("{what}, as {format}:\n{}\n{}", output.stdout, output.stderr);
        assert_eq!(output.code, code, "{context}");
        assert!(!output.stderr.contains("panicked") && !output.stderr.contains("RUST_BACKTRACE"), "{context}");
    }
    let answer = json.json();
    if ["doctor", "pack", "verify"].iter().any(|verb| answer["verb"] == *verb) {
        let (sarif, github) = (run("sarif"), run("github"));
        assert_eq!((sarif.code, github.code), (code, code), "{what}: {}{}", sarif.stderr, github.stderr);
        check_sarif(&sarif.parsed(), Path::new(""));
        run_log(&github.stdout);
    }
    let status = match code {
        0 => "ok",
        1 => "errors",
        3 => "differs",
        _ => "could-not-run",
    };
    assert_eq!(answer["status"], status, "{what}");
    assert!(answer["verb"].is_string(), "{what}: {answer}");
    assert!(answer["findings"].is_array(), "{what}: {answer}");
    if !finding.is_empty() {
        assert!(json.codes().iter().any(|code| code == finding), "{what}: {:?}", json.codes());
        let shown = format!("[{finding}]");
        assert!(text.stdout.contains(&shown) || text.stderr.contains(&shown), "{what}: {}{}", text.stdout, text.stderr);
    }
}

/// The changes of the small project, the line, its exit code and one of its findings.
type Row<'r> = (&'r [Change], &'r str, i32, &'r str);

fn check_rows(rows: &[Row<'_>]) {
    for (changes, line, code, finding) in rows {
        in_all_formats(&format!("{changes:?}: `{line}`"), *code, finding, |format| {
            let project = fixtures::small_project();
            changes.iter().for_each(|change| change.apply_to(&project));
            cli::run(project.root(), &format!("{line} --format {format}"))
        });
    }
}

#[test]
fn usage_errors_are_2() {
    check_rows(&[
        ([].as_slice(), "", 2, ""),
        (&[], "bake @", 2, "usage"),
        (&[], "pack @ --loudly", 2, "usage"),
        (&[], "pack", 2, "usage"),
        (&[], "pack @ @", 2, "usage"),
        (&[], "pack @ --jobs 0", 2, "usage"),
        (&[], "extract @/build/assets.pa", 2, "usage"),
        (&[], "preview @ id:1", 2, "usage"),
        (&[], "preview @ --out @/shown", 2, "usage"),
        // A folder among the sources, or beside the pack.
        (&[], "preview @ id:1 --out @/assets/ui/shown", 2, "usage"),
        (&[], "preview @ id:1 --out @/build/shown", 2, "usage"),
        (&[], "create @ a @/a.png", 2, "usage"),
        (&[], "create @ a --type tune_bank @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank", 2, "usage"),
        (&[], "create @ a --type glyph_bank --tile-size 12 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --color-key red @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --preload=16 @/a.png", 2, "usage"),
        (&[], "create @ a --type sound_bank --sample-rate 0 @/a.wav", 2, "usage"),
        // Options of the other bank type.
        (&[], "create @ a --type glyph_bank --sample-rate 8000 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --downmix @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --reduce-bit-depth @/a.png", 2, "usage"),
        (&[], "create @ a --type sound_bank --tile-size 8 @/a.wav", 2, "usage"),
        (&[], "create @ a --type sound_bank --color-key index0 @/a.wav", 2, "usage"),
        // An ASSET that does not exist.
        (&[], "show @ id:9", 2, "asset-not-found"),
        (&[], "show @ name:ui/icons", 2, "asset-not-found"),
        (&[], "show @ root:ui_icons", 2, "asset-not-found"),
        (&[], "show @ icons", 2, "asset-not-found"),
        (&[], "preview @ icons --out @/shown", 2, "asset-not-found"),
        (&[], "palettes @ icons", 2, "asset-not-found"),
        (&[], "palettes @ sfx_blip", 2, "not-a-glyph-bank"),
        (&[], "palettes @ sfx_blip --apply", 2, "not-a-glyph-bank"),
        // Invalid options of a cut.
        (&[], "create @ a --type glyph_bank --region 0,0,8 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --region 0,0,0,8 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --region 0,0,8,-8 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --region 0,0,8,4294967296 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --margin 4294967295 @/a.png", 2, "usage"),
        (&[], "create @ a --type glyph_bank --spacing -1 @/a.png", 2, "usage"),
        (&[], "create @ a --type sound_bank --skip-blank @/a.wav", 2, "usage"),
        (&[], "create @ a --type sound_bank --region 0,0,8,8 @/a.wav", 2, "usage"),
    ]);
}

#[test]
fn usage_error_names_the_verb() {
    let project = fixtures::small_project();
    for (line, verb) in [
        ("", "usage"),
        ("bake @", "usage"),
        ("pack @ --loudly", "pack"),
        ("create @ a --type glyph_bank --downmix @/a.png", "create"),
    ] {
        assert_eq!(cli::run_json(project.root(), line).json()["verb"], verb, "`{line}`");
    }
}

/// Every verb on a project; each runs on the small one.
const PROJECT_VERBS: [&str; 10] = [
    "list @",
    "show @ id:1",
    "preview @ id:1 --out @/shown",
    "palettes @ id:1",
    "palettes @ id:1 --apply",
    "doctor @",
    "pack @",
    "pack @ --check",
    "register @ ui/other",
    "create @ ui/other --type glyph_bank @/assets/ui/icons/tile.png",
];

#[test]
fn missing_project_is_2_for_every_verb() {
    for line in PROJECT_VERBS {
        check_rows(&[(&[Change::Remove(REGISTRY)], line, 2, "not-a-project")]);
        let elsewhere = line.replacen('@', "@/nowhere", 1);
        in_all_formats(&elsewhere, 2, "not-a-project", |format| {
            cli::run(fixtures::small_project().root(), &format!("{elsewhere} --format {format}"))
        });
    }
    check_rows(&[
        (&[], "list @/assets/ui/icons/tile.png", 2, "not-a-project"),
        (&[], "init @/assets/ui/icons/tile.png", 2, "file-unwritable"),
    ]);
}

#[test]
fn broken_registry_is_1_for_every_verb() {
    for (change, finding) in [
        (Change::Edit(REGISTRY, "}", ""), "json-syntax"),
        (Change::Edit(REGISTRY, "{", "<<<<<<< HEAD\n{"), "json-conflict"),
        (Change::Edit(REGISTRY, "\"schema_version\": 1", "\"schema_version\": 2"), "schema-version"),
        (Change::Grow(REGISTRY, 65 << 20), "json-too-large"),
        (Change::Folder(REGISTRY), "file-not-regular"),
    ] {
        for line in PROJECT_VERBS {
            in_all_formats(&format!("{change:?}: `{line}`"), 1, finding, |format| {
                let project = fixtures::small_project();
                change.apply_to(&project);
                let before = tree::read_tree(project.root());
                let output = cli::run(project.root(), &format!("{line} --format {format}"));
                tree::assert_same(&before, &tree::read_tree(project.root()), line);
                output
            });
        }
    }
}

/// Changes, mostly of the icons, and their findings.
const BREAKING_CHANGES: [(Change, &str); 15] = [
    (Change::Edit(REGISTRY, "\"next_asset_id\": 3", "\"next_asset_id\": 2"), "next-id-too-low"),
    (NO_PNG, "image-not-png"),
    (Change::Cut(TILE), "image-cut"),
    (Change::Remove(TILE), "file-missing"),
    (Change::Folder(TILE), "file-not-regular"),
    (Change::Grow(TILE, 513 << 20), "file-too-large"),
    (Change::Remove(ICONS), "anchor-missing"),
    (Change::Folder(ICONS), "file-not-regular"),
    (Change::Edit(ICONS, ",", ",,"), "json-syntax"),
    (Change::Edit(ICONS, "{", "{\"name\": \"a\","), "json-duplicate-key"),
    (Change::Edit(ICONS, "{", "{\"nmae\": \"a\","), "json-unknown-key"),
    (Change::Grow(ICONS, 5 << 20), "json-too-large"),
    (Change::Write(ICONS, &[b'['; 100]), "json-too-deep"),
    (Change::Edit(ICONS, "ui_icons", "sfx_blip"), "name-twice"),
    (Change::Edit(ICONS, "tile.png", "../tile.png"), "path-not-relative"),
];

#[test]
fn broken_assets_are_1_except_in_lists() {
    for (change, finding) in BREAKING_CHANGES {
        check_rows(&[
            (&[change], "pack @", 1, finding),
            (&[change], "pack @ --check", 1, finding),
            (&[change], "doctor @", 1, finding),
            (&[change], "list @", 0, finding),
            (&[change], "show @ id:1", 0, ""),
        ]);
    }
}

#[test]
fn oversized_image_is_1() {
    let side = 20_000u32.to_be_bytes();
    let header = [&side, &side, [8, 2, 0, 0].as_slice(), &[0]].concat();
    let claiming = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IEND", &[])].concat();
    in_all_formats("20 000 × 20 000 pixels", 1, "image-too-large", |format| {
        let project = fixtures::small_project();
        project.write(TILE, &claiming);
        cli::run(project.root(), &format!("pack @ --format {format}"))
    });
}

#[test]
fn undeclared_color_is_1() {
    let blue = images::plain(8, 8, packer_services::formats::Rgb([0, 0, 255]));
    in_all_formats("blue", 1, "colors-undeclared", |format| {
        let project = fixtures::small_project();
        project.write(TILE, &blue);
        cli::run(project.root(), &format!("pack @ --format {format}"))
    });
}

#[test]
fn doctor_is_1_if_pack_is_blocked() {
    let harmless: [&[Change]; 4] =
        [&[], &[Change::Pack, Change::Remove("build/assets.pa")], &[UNTIDY], &[EXCLUDE_ICONS, NO_PNG]];
    let breaking: Vec<[Change; 1]> = BREAKING_CHANGES.iter().map(|(change, _)| [*change]).collect();
    for (changes, code) in
        harmless.map(|changes| (changes, 0)).into_iter().chain(breaking.iter().map(|one| (one.as_slice(), 1)))
    {
        let project: TestProject = fixtures::small_project();
        changes.iter().for_each(|change| change.apply_to(&project));
        let doctor = cli::run_json(project.root(), "doctor @");
        assert_eq!(doctor.code, code, "{changes:?}\n{}", doctor.stdout);
        assert_eq!(doctor.json()["blocked"], code == 1, "{changes:?}");
        assert_eq!(cli::run_json(project.root(), "pack @").code, code, "{changes:?}");
    }
}

#[test]
fn differing_check_is_3() {
    check_rows(&[
        (&[], "pack @", 0, ""),
        (&[Change::Pack], "pack @ --check", 0, ""),
        (&[], "pack @ --check", 3, "pack-differs"),
        (&[Change::Pack, Change::Append("build/preload.json", b" ")], "pack @ --check", 3, "pack-differs"),
        (&[UNTIDY], "pack @", 0, "image-trailing"),
        (&[UNTIDY], "pack @ --deny-warnings", 1, "warnings-denied"),
        (&[], "pack @ --deny-warnings", 0, ""),
        // 1 takes precedence over 3.
        (&[Change::Pack, NO_PNG], "pack @ --check", 1, "image-not-png"),
        (&[Change::Pack, UNTIDY], "pack @ --check --deny-warnings", 1, "warnings-denied"),
        (&[Change::Pack, UNTIDY], "pack @ --check", 3, "pack-differs"),
        (&[Change::Pack], "verify @/build/assets.pa --against @", 0, ""),
        (&[Change::Pack, EXCLUDE_ICONS], "verify @/build/assets.pa --against @", 3, "pack-differs"),
        (&[Change::Pack, NO_PNG], "verify @/build/assets.pa --against @", 1, "image-not-png"),
        (&[Change::Pack], "verify @/build/assets.pa --against @/sfx", 2, "not-a-project"),
    ]);
}

#[test]
fn blocked_output_path_is_1() {
    check_rows(&[
        (&[Change::Folder("build/assets.pa")], "pack @", 1, "output-not-a-file"),
        (&[Change::Folder("build/assets.pa")], "pack @ --check", 1, "output-not-a-file"),
        (&[Change::Folder("build/preload.json")], "pack @", 1, "output-not-a-file"),
        (&[Change::Folder("build/preload.json")], "pack @ --check", 1, "output-not-a-file"),
    ]);
}

#[test]
fn invalid_pack_is_1_missing_is_2() {
    const CUT: [Change; 2] = [Change::Pack, Change::Cut("build/assets.pa")];
    const OTHER: [Change; 1] = [Change::Write("build/assets.pa", b"not a pack, but as long as a prelude")];
    check_rows(&[
        (&[Change::Pack], "verify @/build/assets.pa", 0, ""),
        (&[Change::Pack], "inspect @/build/assets.pa", 0, ""),
        (&CUT, "verify @/build/assets.pa", 1, "pack-overflow"),
        (&CUT, "inspect @/build/assets.pa", 1, "pack-overflow"),
        (&OTHER, "verify @/build/assets.pa", 1, "pack-magic"),
        (&OTHER, "inspect @/build/assets.pa", 1, "pack-magic"),
        (
            &[Change::Pack, Change::Append("build/preload.json", b" ")],
            "verify @/build/assets.pa",
            1,
            "companion-differs",
        ),
        (&[Change::Pack], "extract @/build/assets.pa @/art", 0, ""),
        (&CUT, "extract @/build/assets.pa @/art", 1, "pack-overflow"),
        (&OTHER, "extract @/build/assets.pa @/art", 1, "pack-magic"),
        (&[Change::Pack], "extract @/build/assets.pa @/assets", 1, "extract-target"),
        (&[], "extract @/assets @/art", 1, "file-not-regular"),
        (&[], "extract @/build/assets.pa @/art", 2, "file-unreadable"),
        (&[], "verify @/assets", 1, "file-not-regular"),
        (&[], "inspect @/assets", 1, "file-not-regular"),
        (&[], "verify @/build/assets.pa", 2, "file-unreadable"),
        (&[], "inspect @/build/assets.pa", 2, "file-unreadable"),
    ]);
}

#[test]
fn refused_create_or_register_is_1() {
    check_rows(&[
        (&[], "create @ ui/icons --type glyph_bank @/assets/ui/icons/tile.png", 1, "root-exists"),
        (&[], "create @ a --type glyph_bank @/nope.png", 1, "file-missing"),
        (&[], "create @ a --type glyph_bank @/assets/sfx", 1, "file-missing"),
        (&[], "create @ a --type sound_bank @/assets/ui/icons/tile.png", 1, "sound-not-wav"),
        (&[], "create @ ../a --type glyph_bank @/assets/ui/icons/tile.png", 1, "path-not-relative"),
        (&[], "register @ ui/icons", 1, "already-registered"),
        (&[], "register @ ui/other", 1, "file-missing"),
    ]);
}
