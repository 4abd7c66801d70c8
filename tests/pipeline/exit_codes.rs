//! Every kind of failure has its exit code, the same in both formats; and as JSON, standard output is one object
//! (spec: findings and exit codes).

use support::TestProject;
use support::binary::CommandOutput;
use support::images::{self, chunk};

use crate::scenes::{self, Change, EXCLUDE_ICONS, ICONS, NO_PNG, REGISTRY, TILE, UNTIDY};
use crate::{cli, tree};

/// Runs the same thing in both formats and judges how it ended. `finding` is one of the codes found, or empty.
pub fn in_both_formats(what: &str, code: i32, finding: &str, run: impl Fn(&str) -> CommandOutput) {
    let (text, json) = (run("text"), run("json"));
    for (format, ended) in [("text", &text), ("json", &json)] {
        let told = format!("{what}, as {format}:\n{}\n{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code, code, "{told}");
        assert!(!ended.stderr.contains("panicked") && !ended.stderr.contains("RUST_BACKTRACE"), "{told}");
    }
    let answer = json.json();
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

/// What happens to the small project, the line that is run, its exit code and one of its findings.
type Row<'r> = (&'r [Change], &'r str, i32, &'r str);

fn judge(rows: &[Row<'_>]) {
    for (changes, line, code, finding) in rows {
        in_both_formats(&format!("{changes:?}: `{line}`"), *code, finding, |format| {
            let project = scenes::small();
            changes.iter().for_each(|change| change.happen(&project));
            cli::run(project.root(), &format!("{line} --format {format}"))
        });
    }
}

#[test]
fn what_the_packer_does_not_understand_is_2() {
    judge(&[
        ([].as_slice(), "", 2, ""),
        (&[], "bake @", 2, "usage"),
        (&[], "pack @ --loudly", 2, "usage"),
        (&[], "pack", 2, "usage"),
        (&[], "pack @ @", 2, "usage"),
        (&[], "pack @ --jobs 0", 2, "usage"),
        (&[], "extract @/build/assets.pa", 2, "usage"),
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
        // An ASSET that is not one.
        (&[], "show @ id:9", 2, "asset-not-found"),
        (&[], "show @ name:ui/icons", 2, "asset-not-found"),
        (&[], "show @ root:ui_icons", 2, "asset-not-found"),
        (&[], "show @ icons", 2, "asset-not-found"),
        (&[], "palettes @ icons", 2, "asset-not-found"),
        (&[], "palettes @ sfx_blip", 2, "not-a-glyph-bank"),
        (&[], "palettes @ sfx_blip --apply", 2, "not-a-glyph-bank"),
        // Options of a cut that are none.
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
fn a_usage_error_is_the_verbs_if_there_is_one() {
    let project = scenes::small();
    for (line, verb) in [
        ("", "usage"),
        ("bake @", "usage"),
        ("pack @ --loudly", "pack"),
        ("create @ a --type glyph_bank --downmix @/a.png", "create"),
    ] {
        assert_eq!(cli::ask(project.root(), line).json()["verb"], verb, "`{line}`");
    }
}

/// Every verb on a project; each would run on the small one.
const PROJECT_VERBS: [&str; 9] = [
    "list @",
    "show @ id:1",
    "palettes @ id:1",
    "palettes @ id:1 --apply",
    "doctor @",
    "pack @",
    "pack @ --check",
    "register @ ui/other",
    "create @ ui/other --type glyph_bank @/assets/ui/icons/tile.png",
];

#[test]
fn without_a_project_every_verb_is_2() {
    for line in PROJECT_VERBS {
        judge(&[(&[Change::Remove(REGISTRY)], line, 2, "not-a-project")]);
        let elsewhere = line.replacen('@', "@/nowhere", 1);
        in_both_formats(&elsewhere, 2, "not-a-project", |format| {
            cli::run(scenes::small().root(), &format!("{elsewhere} --format {format}"))
        });
    }
    judge(&[
        (&[], "list @/assets/ui/icons/tile.png", 2, "not-a-project"),
        (&[], "init @/assets/ui/icons/tile.png", 2, "file-unwritable"),
    ]);
}

#[test]
fn with_a_broken_registry_every_verb_is_1_and_rewrites_nothing() {
    for (change, finding) in [
        (Change::Edit(REGISTRY, "}", ""), "json-syntax"),
        (Change::Edit(REGISTRY, "{", "<<<<<<< HEAD\n{"), "json-conflict"),
        (Change::Edit(REGISTRY, "\"schema_version\": 1", "\"schema_version\": 2"), "schema-version"),
        (Change::Grow(REGISTRY, 65 << 20), "json-too-large"),
        (Change::Folder(REGISTRY), "file-not-regular"),
    ] {
        for line in PROJECT_VERBS {
            in_both_formats(&format!("{change:?}: `{line}`"), 1, finding, |format| {
                let project = scenes::small();
                change.happen(&project);
                let before = tree::tree(project.root());
                let ended = cli::run(project.root(), &format!("{line} --format {format}"));
                tree::assert_same(&before, &tree::tree(project.root()), line);
                ended
            });
        }
    }
}

/// What is wrong, mostly with the icons, and the finding about it.
const TROUBLES: [(Change, &str); 15] = [
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
fn wrong_assets_are_1_for_pack_and_doctor_and_0_for_those_that_only_tell() {
    for (change, finding) in TROUBLES {
        judge(&[
            (&[change], "pack @", 1, finding),
            (&[change], "pack @ --check", 1, finding),
            (&[change], "doctor @", 1, finding),
            (&[change], "list @", 0, finding),
            (&[change], "show @ id:1", 0, ""),
        ]);
    }
}

#[test]
fn an_image_past_the_limit_is_1_long_before_its_pixels() {
    let side = 20_000u32.to_be_bytes();
    let header = [&side, &side, [8, 2, 0, 0].as_slice(), &[0]].concat();
    let promised = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IEND", &[])].concat();
    in_both_formats("20 000 pixels a side", 1, "image-too-large", |format| {
        let project = scenes::small();
        project.write(TILE, &promised);
        cli::run(project.root(), &format!("pack @ --format {format}"))
    });
}

#[test]
fn a_color_that_nobody_declared_is_1() {
    let blue = images::plain(8, 8, packer_services::formats::Rgb([0, 0, 255]));
    in_both_formats("blue", 1, "colors-undeclared", |format| {
        let project = scenes::small();
        project.write(TILE, &blue);
        cli::run(project.root(), &format!("pack @ --format {format}"))
    });
}

#[test]
fn a_doctor_is_1_exactly_when_a_pack_would_be_blocked() {
    let well: [&[Change]; 4] =
        [&[], &[Change::Pack, Change::Remove("build/assets.pa")], &[UNTIDY], &[EXCLUDE_ICONS, NO_PNG]];
    let ill: Vec<[Change; 1]> = TROUBLES.iter().map(|(change, _)| [*change]).collect();
    for (changes, code) in well.map(|changes| (changes, 0)).into_iter().chain(ill.iter().map(|one| (one.as_slice(), 1)))
    {
        let project: TestProject = scenes::small();
        changes.iter().for_each(|change| change.happen(&project));
        let doctor = cli::ask(project.root(), "doctor @");
        assert_eq!(doctor.code, code, "{changes:?}\n{}", doctor.stdout);
        assert_eq!(doctor.json()["blocked"], code == 1, "{changes:?}");
        assert_eq!(cli::ask(project.root(), "pack @").code, code, "{changes:?}");
    }
}

#[test]
fn a_check_that_finds_a_difference_is_3_and_denied_warnings_are_1() {
    judge(&[
        (&[], "pack @", 0, ""),
        (&[Change::Pack], "pack @ --check", 0, ""),
        (&[], "pack @ --check", 3, "pack-differs"),
        (&[Change::Pack, Change::Append("build/preload.json", b" ")], "pack @ --check", 3, "pack-differs"),
        (&[UNTIDY], "pack @", 0, "image-trailing"),
        (&[UNTIDY], "pack @ --deny-warnings", 1, "warnings-denied"),
        (&[], "pack @ --deny-warnings", 0, ""),
        // 1 beats 3.
        (&[Change::Pack, NO_PNG], "pack @ --check", 1, "image-not-png"),
        (&[Change::Pack, UNTIDY], "pack @ --check --deny-warnings", 1, "warnings-denied"),
        (&[Change::Pack, UNTIDY], "pack @ --check", 3, "pack-differs"),
    ]);
}

#[test]
fn what_stands_where_an_output_goes_is_1() {
    judge(&[
        (&[Change::Folder("build/assets.pa")], "pack @", 1, "output-not-a-file"),
        (&[Change::Folder("build/assets.pa")], "pack @ --check", 1, "output-not-a-file"),
        (&[Change::Folder("build/preload.json")], "pack @", 1, "output-not-a-file"),
        (&[Change::Folder("build/preload.json")], "pack @ --check", 1, "output-not-a-file"),
    ]);
}

#[test]
fn a_pack_that_is_wrong_is_1_and_one_that_is_not_there_is_2() {
    const CUT: [Change; 2] = [Change::Pack, Change::Cut("build/assets.pa")];
    const OTHER: [Change; 1] = [Change::Write("build/assets.pa", b"not a pack, but as long as a prelude")];
    judge(&[
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
fn what_cannot_be_created_or_registered_is_1() {
    judge(&[
        (&[], "create @ ui/icons --type glyph_bank @/assets/ui/icons/tile.png", 1, "root-exists"),
        (&[], "create @ a --type glyph_bank @/nope.png", 1, "file-missing"),
        (&[], "create @ a --type glyph_bank @/assets", 1, "file-not-regular"),
        (&[], "create @ a --type sound_bank @/assets/ui/icons/tile.png", 1, "sound-not-wav"),
        (&[], "create @ ../a --type glyph_bank @/assets/ui/icons/tile.png", 1, "path-not-relative"),
        (&[], "register @ ui/icons", 1, "already-registered"),
        (&[], "register @ ui/other", 1, "file-missing"),
    ]);
}
