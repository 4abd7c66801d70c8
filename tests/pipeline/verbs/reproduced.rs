//! `pack --repro`: two copies of the project pack to the same bytes, or nothing is published.
#![expect(clippy::disallowed_methods, reason = "a test writes programs and reads what they wrote")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use packer_services::Context;
use packer_services::ops::{Operation, PackReport, Published, Report};
use support::{TestProject, binary, codes};

use crate::{cli, fixtures, tree};

/// A packer that runs `before` and `after` around the real one, whose arguments are `$@`; `$2` is the project.
fn packer_with(folder: &Path, before: &str, after: &str) -> PathBuf {
    let program = folder.join("packer");
    let real = binary::path().display();
    std::fs::write(&program, format!("#!/bin/sh\n{before}\n{real} \"$@\" || exit\n{after}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// The report of a pack that is reproduced by such a packer.
fn reproduce_with(project: &TestProject, before: &str, after: &str) -> Report<PackReport> {
    let folder = tempfile::tempdir().unwrap();
    let packer = packer_with(folder.path(), before, after);
    project.pack_request().reproduced_by(Some(packer)).run(&Context::new()).unwrap()
}

#[test]
fn copies_pack_to_the_same_bytes() {
    let project = TestProject::demo();
    let answer = cli::run_ok(project.root(), "pack @ --repro");
    assert_eq!((&answer["reproduced"], &answer["published"]), (&true.into(), &"published".into()));
    let text = cli::run(project.root(), "pack @ --repro --check");
    assert_eq!(text.code, 0, "{}", text.stderr);
    assert!(text.stdout.ends_with("two copies of the project pack to the same bytes\n"), "{}", text.stdout);
    // Without a program nothing is copied, and nothing is claimed.
    assert_eq!(project.pack().reproduced, None);
}

#[test]
fn relative_folder_for_temporary_files_works() {
    let (project, _) = fixtures::packed_project();
    std::fs::create_dir(project.at("temporary")).unwrap();
    let mut command = binary::command(cli::arguments(project.root(), "pack @ --repro"));
    let output = command.current_dir(project.root()).env("TMPDIR", "temporary").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn conditions_of_copies_differ() {
    let (project, _) = fixtures::packed_project();
    let log = tempfile::NamedTempFile::new().unwrap();
    let written = "stat -c %Y \"$2\"/assets/.prometeu/index.json";
    let listed =
        format!("{{ pwd; echo \"$2\"; umask; echo $LC_ALL $TZ; echo $6; {written}; }} >>{}", log.path().display());
    let report = reproduce_with(&project, &listed, "");
    assert_eq!((report.published, report.reproduced), (Published::UpToDate, Some(true)));
    let log = std::fs::read_to_string(log.path()).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 12, "{log}");
    for (a, b) in std::iter::zip(&lines[..6], &lines[6..]) {
        assert_ne!(a, b, "{log}");
    }
}

#[test]
fn copies_lie_outside_the_project() {
    let (project, _) = fixtures::packed_project();
    // The cache is written again once it can prove more.
    let read = || {
        let mut tree = tree::read_tree(project.root());
        tree.retain(|path, _| !path.ends_with("cache.json"));
        tree
    };
    let before = read();
    let folder = tempfile::tempdir().unwrap();
    let mut command = binary::command(cli::arguments(project.root(), "pack @ --repro"));
    let output = command.env("TMPDIR", folder.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    tree::assert_same(&before, &read(), "a reproduced pack");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the copies are removed");
}

#[test]
fn difference_in_a_copy_publishes_nothing() {
    let changed = |name: &str| format!("[ $TZ = UTC ] || printf x >>\"$2\"/build/{name}");
    for name in ["assets.pa", "asset_table.json", "preload.json", "asset_table_metadata.json"] {
        let (project, _) = fixtures::packed_project();
        project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
        let outputs = project.outputs();
        let report = reproduce_with(&project, "", &changed(name));
        assert_eq!((report.published, report.reproduced), (Published::Blocked, Some(false)));
        assert_eq!((codes(report.findings()), report.pack.is_none()), (vec!["internal-error"], true));
        let message = &report.findings()[0].message;
        assert!(message.contains(&format!("`{name}` differ")) && message.contains("Kathmandu"), "{message}");
        assert!(project.outputs() == outputs, "nothing is published");
    }
}

#[test]
fn copy_that_does_not_pack_is_reported() {
    let (project, _) = fixtures::packed_project();
    let report = reproduce_with(&project, "echo 'error: no space' >&2; exit 2", "");
    let message = &report.findings()[0].message;
    assert!(message.ends_with("`--jobs 1`: error: no space"), "{message}");
    let missing = project.pack_request().reproduced_by(Some("/no/such/packer".into())).run(&Context::new()).unwrap();
    assert_eq!((codes(missing.findings()), missing.reproduced), (vec!["internal-error"], Some(false)));
}
