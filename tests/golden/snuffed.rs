//! The demo "snuffed": every finding that an artist can cause, each shown by the asset that is named after it.
//!
//! A code that no asset there can show stands in [`ELSEWHERE`] with the reason; its story, in [`crate::stories`], makes
//! what it needs on the spot. What the doctor says of the whole demo is a golden, `snuffed.txt`. With `BLESS=1` it is
//! rewritten, and so is the table in `assets-demo/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use assets_demo_draw::snuffed::{LIT, root, slips};
use packer_services::diagnostics::{Code, Finding};
use packer_services::{Context, files, ops};
use support::{TestProject, binary, repository};

use crate::findings::{bless, is_blessing};

/// Codes that no asset of the demo shows, and why not.
const ELSEWHERE: &[(&str, &[Code])] = &[
    (
        "the packer could not run: no asset is the cause",
        &[
            Code::Usage,
            Code::NotAProject,
            Code::FileUnreadable,
            Code::FileUnwritable,
            Code::DiskFull,
            Code::ProjectLocked,
            Code::Interrupted,
            Code::InternalError,
        ],
    ),
    (
        "it takes megabytes, or a million files",
        &[Code::JsonTooLarge, Code::FileTooLarge, Code::TooManyFiles, Code::HeaderTooLarge],
    ),
    (
        "the registry itself is wrong: it is one for the whole project, so no asset shows it",
        &[Code::EntryOrder, Code::IdTwice, Code::NextIdTooLow, Code::UuidTwice, Code::RootTwice, Code::RootNested],
    ),
    ("Git on Windows writes a link as a text file", &[Code::LinkOutside, Code::FolderIsLink]),
    ("it happens only while the packer reads", &[Code::SourceChanging]),
    (
        "it is told when an asset is made, registered or asked for, and not of one that lies there",
        &[
            Code::RootExists,
            Code::FileNameTwice,
            Code::NameNeeded,
            Code::TileSizeNeeded,
            Code::RateNeeded,
            Code::TooManyColors,
            Code::KeyColorDrawn,
            Code::ColorKeyUnused,
            Code::PaletteFull,
            Code::NotAGlyphBank,
            Code::TooManyPalettes,
            Code::AlreadyRegistered,
            Code::UuidUnreadable,
            Code::IdsExhausted,
            Code::AssetNotFound,
        ],
    ),
    (
        "it is about `build/`, the lock, the cache or an option of `pack`",
        &[
            Code::OutputNotAFile,
            Code::WarningsDenied,
            Code::BudgetBytes,
            Code::BudgetSlots,
            Code::LockUnavailable,
            Code::CacheUnusable,
            Code::PackDiffers,
        ],
    ),
    ("it is about names for a program, which a pack does not need", &[Code::ConstantTwice, Code::ConstantLetters]),
    (
        "it is told when a pack is taken apart into a new project",
        &[Code::ExtractTarget, Code::ExtractImpossible, Code::ExtractRenamed, Code::ExtractAsIs],
    ),
    (
        "it is about a pack, and nothing that the packer wrote shows it",
        &[
            Code::PackCut,
            Code::PackMagic,
            Code::PackVersion,
            Code::PackFlags,
            Code::PackReserved,
            Code::PackHeaderLength,
            Code::PackPayloadOffset,
            Code::PackHeaderJson,
            Code::PackHeaderForm,
            Code::PackHeaderShape,
            Code::PackIds,
            Code::PackName,
            Code::PackBankType,
            Code::PackCodec,
            Code::PackSizes,
            Code::PackMetadata,
            Code::PackGap,
            Code::PackOverlap,
            Code::PackOverflow,
            Code::PackTail,
            Code::PackPreload,
            Code::PackPadding,
            Code::CompanionDiffers,
            Code::PayloadUnchecked,
        ],
    ),
];

/// A copy of the demo.
fn snuffed() -> TestProject {
    TestProject::copy_of(&repository().join("assets-demo/snuffed"))
}

/// The part `FAMILY/CODE` of a path in `assets/`.
fn root_of(finding: &Finding) -> Option<String> {
    let mut segments = finding.file.as_deref()?.strip_prefix("assets/")?.split('/');
    Some(format!("{}/{}", segments.next()?, segments.next()?))
}

#[test]
fn every_code_is_shown_by_its_asset_or_the_list_says_why_not() {
    let elsewhere = ELSEWHERE.iter().flat_map(|(_, codes)| codes.iter());
    let mut told: BTreeMap<&str, u32> = BTreeMap::new();
    for code in slips().map(|(_, slip)| &slip.code).chain(elsewhere) {
        *told.entry(code.as_str()).or_default() += 1;
    }
    let untold: Vec<&Code> = Code::ALL.iter().filter(|code| !told.contains_key(code.as_str())).collect();
    let twice: Vec<&&str> = told.iter().filter(|(_, times)| **times > 1).map(|(code, _)| code).collect();
    assert!(untold.is_empty(), "neither an asset of the demo nor the list has {untold:?}");
    assert!(twice.is_empty(), "there twice: {twice:?}");
}

#[test]
fn every_folder_of_the_demo_is_named_after_a_code() {
    let assets = repository().join("assets-demo/snuffed/assets");
    let named: BTreeSet<String> = slips().map(|(family, slip)| root(family, slip)).chain([LIT.to_owned()]).collect();
    for family in files::paths_in(&assets).iter().filter(|path| path.is_dir() && !path.ends_with(".prometeu")) {
        for folder in files::paths_in(family) {
            let name = folder.strip_prefix(&assets).map(files::display_path).unwrap_or_default();
            assert!(named.contains(&name), "{name} is drawn by no slip");
        }
    }
}

#[test]
fn every_asset_shows_its_own_finding_as_gravely_as_usual_and_no_other() {
    let mut shown: BTreeMap<String, BTreeSet<Code>> = BTreeMap::new();
    for finding in snuffed().findings() {
        assert_eq!(finding.severity, finding.code.severity(), "{finding}");
        let Some(root) = root_of(&finding) else { panic!("it is of no asset:\n{finding}") };
        shown.entry(root).or_default().insert(finding.code);
    }
    let meant: BTreeMap<String, BTreeSet<Code>> =
        slips().map(|(family, slip)| (root(family, slip), [slip.code].into())).collect();
    for (root, code) in &meant {
        assert_eq!(shown.get(root), Some(code), "{root}");
    }
    assert_eq!(shown.len(), meant.len(), "other roots show something too: {:?}", shown.keys());
}

#[test]
fn the_doctor_tells_the_demo_in_these_words() {
    let project = snuffed();
    let told = binary::command(["doctor", ".", "--workspace"]).current_dir(project.root()).output();
    let told = binary::Ended::from(told.unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(told.code, 1);
    let told = told.stderr + &told.stdout;
    let path = repository().join("tests/golden/snuffed.txt");
    if is_blessing() {
        bless(&path, &told);
    }
    assert!(told == text_of(&path), "the golden is another; BLESS=1 accepts this:\n{told}");
}

#[test]
fn a_pack_of_the_demo_is_blocked_and_publishes_nothing() {
    let project = snuffed();
    let packed = binary::command(["pack", "."]).current_dir(project.root()).output();
    let packed = binary::Ended::from(packed.unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(packed.code, 1, "{}", packed.stderr);
    assert_eq!(packed.stdout, "nothing was packed; what was published before is as it was\n");
    assert!(project.outputs().iter().all(Option::is_none));
}

#[test]
fn what_is_lit_is_ready_to_be_packed() {
    let project = snuffed();
    let details = ops::ShowAsset { project: project.root().to_owned(), asset: format!("root:{LIT}") };
    let found = ops::Operation::run(&details, &Context::new());
    assert!(found.is_ok_and(|details| details.findings().is_empty()));
}

#[test]
fn the_page_of_the_demos_has_the_table_of_slips() {
    const HEAD: &str = "| folder | finding | mistake |\n|---|---|---|\n";
    let path = repository().join("assets-demo/README.md");
    let page = text_of(&path);
    let Some((before, rest)) = page.split_once(HEAD) else { panic!("{HEAD} is not there") };
    let after = rest.split_once("\n\n").map_or("", |(_, after)| after);
    let mut told = format!("{before}{HEAD}");
    for (family, slip) in slips() {
        let link = crate::diagnostics_page::link(slip.code);
        let row = writeln!(told, "| `{family}/` | [`{}`](../docs/diagnostics/{link}) | {} |", slip.code, slip.slipped);
        assert!(row.is_ok());
    }
    told = format!("{told}\n{after}");
    if is_blessing() {
        bless(&path, &told);
    }
    assert!(told == text_of(&path), "the table is another; BLESS=1 writes it");
}

#[expect(clippy::disallowed_methods, reason = "a golden or a page is no file of a project")]
fn text_of(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
