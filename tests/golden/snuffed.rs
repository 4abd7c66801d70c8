//! The demo "snuffed": every finding that an artist can cause, each in the asset that is named after it.
//!
//! [`NOT_IN_DEMO`] lists the codes that no asset of the demo can have, with the reason; their stories, in
//! [`crate::stories`], create what they need. The output of `doctor` for the whole demo is a golden, `snuffed.txt`.
//! `BLESS=1` rewrites it, and the table in `assets-demo/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use assets_demo_draw::snuffed::{WORKING_ROOT, mistakes, root_of};
use packer_services::diagnostics::{Code, Finding};
use packer_services::internals::files;
use packer_services::{Context, ops};
use support::{TestProject, binary, repository};

use crate::findings::{bless, is_blessing};

/// Codes that no asset of the demo has, and why.
const NOT_IN_DEMO: &[(&str, &[Code])] = &[
    (
        "the packer could not run: the cause is not an asset",
        &[
            Code::Usage,
            Code::NotAProject,
            Code::FileUnreadable,
            Code::FileUnwritable,
            Code::DiskFull,
            Code::NotStarted,
            Code::ProjectLocked,
            Code::HistoryDamaged,
            Code::HistoryEmpty,
            Code::Interrupted,
            Code::InternalError,
        ],
    ),
    (
        "it takes megabytes, or a million files",
        &[Code::JsonTooLarge, Code::FileTooLarge, Code::TooManyFiles, Code::HeaderTooLarge],
    ),
    (
        "the registry itself is wrong, and the demo has only one",
        &[Code::EntryOrder, Code::IdTwice, Code::NextIdTooLow, Code::UuidTwice, Code::RootTwice, Code::RootNested],
    ),
    ("Git on Windows checks out a link as a text file", &[Code::LinkOutside, Code::FolderIsLink]),
    ("a file has to change while the packer reads it", &[Code::SourceChanging]),
    (
        "it is reported while an asset is created, registered or selected, not for an asset that exists",
        &[
            Code::RootExists,
            Code::RootUsed,
            Code::FolderFiles,
            Code::FileNameTwice,
            Code::NameNeeded,
            Code::TileSizeNeeded,
            Code::RateNeeded,
            Code::TooManyColors,
            Code::ImageExtruded,
            Code::ColorKeyUnused,
            Code::PaletteFull,
            Code::NotAGlyphBank,
            Code::TooManyPalettes,
            Code::PaletteRows,
            Code::PaletteFileKey,
            Code::PaletteFileName,
            Code::PaletteIsFile,
            Code::ImageImport,
            Code::ImageImported,
            Code::SoundImport,
            Code::SoundImported,
            Code::SoundPadded,
            Code::SoundResampled,
            Code::SoundClipped,
            Code::LoopMarkers,
            Code::LoopChanged,
            Code::ColorsRepeated,
            Code::PalettesAlike,
            Code::AlreadyRegistered,
            Code::UuidUnreadable,
            Code::IdsExhausted,
            Code::NotASoundBank,
            Code::ArtifactNotFound,
            Code::AnimationChanged,
            Code::AnimationNotFound,
            Code::AssetNotFound,
        ],
    ),
    (
        "it is about a palette file, and the banks of the demo declare their colors themselves",
        &[Code::PaletteFileFormat, Code::PaletteFileValue, Code::PaletteFileLong, Code::PaletteFileCount],
    ),
    (
        "it is about `build/`, the lock, the packer's own files or an option of `pack`",
        &[
            Code::OutputNotAFile,
            Code::OutputExists,
            Code::HistoryConflict,
            Code::OriginUnknown,
            Code::OriginMissing,
            Code::OriginEdited,
            Code::FileKindChanged,
            Code::PaletteChanged,
            Code::ChangeUnfinished,
            Code::ChangeReverted,
            Code::ChangeCompleted,
            Code::WarningsDenied,
            Code::BudgetBytes,
            Code::BudgetSlots,
            Code::LockUnavailable,
            Code::LeftoverKept,
            Code::CacheUnusable,
            Code::PackDiffers,
            Code::RegistrationLost,
        ],
    ),
    ("it is reported when a fix cannot be made", &[Code::ImageRewrite]),
    ("nothing is wrong if the artist wants the pink", &[Code::KeyColorDrawn]),
    ("it is about constants for a program, which a pack does not need", &[Code::ConstantTwice, Code::ConstantLetters]),
    (
        "it is reported when a pack is extracted",
        &[Code::ExtractTarget, Code::ExtractImpossible, Code::ExtractRenamed, Code::ExtractAsIs],
    ),
    (
        "it is about a pack that this packer did not write",
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
fn demo() -> TestProject {
    TestProject::copy_of(&repository().join("assets-demo/snuffed"))
}

/// The part `FAMILY/CODE` of the finding's path in `assets/`.
fn demo_root(finding: &Finding) -> Option<String> {
    let mut segments = finding.file.as_deref()?.strip_prefix("assets/")?.split('/');
    Some(format!("{}/{}", segments.next()?, segments.next()?))
}

#[test]
fn demo_has_or_excludes_every_code() {
    let excluded = NOT_IN_DEMO.iter().flat_map(|(_, codes)| codes.iter());
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for code in mistakes().map(|(_, mistake)| &mistake.code).chain(excluded) {
        *counts.entry(code.as_str()).or_default() += 1;
    }
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !counts.contains_key(code.as_str())).collect();
    let twice: Vec<&&str> = counts.iter().filter(|(_, times)| **times > 1).map(|(code, _)| code).collect();
    assert!(missing.is_empty(), "neither the demo nor the list has {missing:?}");
    assert!(twice.is_empty(), "more than once: {twice:?}");
}

#[test]
fn demo_folders_are_named_after_codes() {
    let assets = repository().join("assets-demo/snuffed/assets");
    let named: BTreeSet<String> =
        mistakes().map(|(family, mistake)| root_of(family, mistake)).chain([WORKING_ROOT.to_owned()]).collect();
    for family in support::paths_in(&assets).iter().filter(|path| path.is_dir() && !path.ends_with(".prometeu")) {
        for folder in support::paths_in(family) {
            let name = folder.strip_prefix(&assets).map(files::display_path).unwrap_or_default();
            assert!(named.contains(&name), "{name} belongs to no mistake");
        }
    }
}

#[test]
fn each_asset_has_only_its_finding() {
    let mut found: BTreeMap<String, BTreeSet<Code>> = BTreeMap::new();
    for finding in demo().findings() {
        assert_eq!(finding.severity, finding.code.severity(), "{finding}");
        let Some(root) = demo_root(&finding) else { panic!("not in an asset:\n{finding}") };
        found.entry(root).or_default().insert(finding.code);
    }
    let expected: BTreeMap<String, BTreeSet<Code>> =
        mistakes().map(|(family, mistake)| (root_of(family, mistake), [mistake.code].into())).collect();
    for (root, code) in &expected {
        assert_eq!(found.get(root), Some(code), "{root}");
    }
    assert_eq!(found.len(), expected.len(), "other roots have findings too: {:?}", found.keys());
}

#[test]
fn doctor_output_matches_golden() {
    let project = demo();
    let output = binary::command(["doctor", ".", "--workspace"]).current_dir(project.root()).output();
    let ended = binary::CommandOutput::from(output.unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(ended.code, 1);
    let text = ended.stderr + &ended.stdout;
    let path = repository().join("tests/golden/snuffed.txt");
    if is_blessing() {
        bless(&path, &text);
    }
    assert!(text == text_of(&path), "the golden differs; BLESS=1 accepts this:\n{text}");
}

#[test]
fn packing_the_demo_publishes_nothing() {
    let project = demo();
    let packed = binary::command(["pack", "."]).current_dir(project.root()).output();
    let packed = binary::CommandOutput::from(packed.unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(packed.code, 1, "{}", packed.stderr);
    assert_eq!(packed.stdout, "nothing was packed; the published files are unchanged\n");
    assert!(project.outputs().iter().all(Option::is_none));
}

#[test]
fn working_asset_has_no_findings() {
    let project = demo();
    let details = ops::ShowAsset::new(project.root(), format!("root:{WORKING_ROOT}"));
    let found = ops::Operation::run(&details, &Context::new());
    assert!(found.is_ok_and(|details| details.findings().is_empty()));
}

#[test]
fn demo_page_lists_every_mistake() {
    const HEAD: &str = "| folder | finding | mistake |\n|---|---|---|\n";
    let path = repository().join("assets-demo/README.md");
    let page = text_of(&path);
    let Some((before, rest)) = page.split_once(HEAD) else { panic!("the page has no line {HEAD}") };
    let after = rest.split_once("\n\n").map_or("", |(_, after)| after);
    let mut expected = format!("{before}{HEAD}");
    for (family, mistake) in mistakes() {
        let (code, link) = (mistake.code, crate::diagnostics_page::link(mistake.code));
        let row =
            writeln!(expected, "| `{family}/` | [`{code}`](../docs/diagnostics/{link}) | {} |", mistake.description);
        assert!(row.is_ok());
    }
    expected = format!("{expected}\n{after}");
    if is_blessing() {
        bless(&path, &expected);
    }
    assert!(expected == text_of(&path), "the table differs; BLESS=1 writes it");
}

#[expect(clippy::disallowed_methods, reason = "goldens and pages are not project files")]
fn text_of(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
