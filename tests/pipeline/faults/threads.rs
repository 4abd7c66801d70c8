//! A system that refuses threads: every verb does the same with the thread that it has.

use std::process::Command;

use support::TestProject;
use support::binary::CommandOutput;

use crate::tools::{self, OrdinaryUser};
use crate::{cli, fixtures, tree};

/// Every verb that reads or writes a project or a pack.
const LINES: [&str; 14] = [
    "pack @",
    "pack @ --jobs 4",
    "pack @ --check",
    "doctor @ --workspace",
    "list @",
    "show @ id:1",
    "palettes @ id:1 --apply",
    "create @ ui/new --type glyph_bank @/assets/ui/icons/tile.png --name new",
    "register @ sfx/found",
    "constants @ --lang c --output @/ids.h",
    "preview @ id:2 --out @/shown",
    "verify @/build/assets.pa",
    "extract @/build/assets.pa @/art --as-project",
    "init @/another",
];

/// A packed project with something to do for each verb.
fn project() -> TestProject {
    let (project, _) = fixtures::packed_project();
    for file in ["asset.json", "blip.wav"] {
        project.write(&format!("assets/sfx/found/{file}"), project.read(&format!("assets/sfx/blip/{file}")));
    }
    project.edit("assets/sfx/found/asset.json", "sfx_blip", "found");
    let uuid = support::uuid(2).to_string();
    project.edit("assets/sfx/found/asset.json", &uuid, &support::uuid(9).to_string());
    project
}

/// Runs the binary as a user who may have one thread.
fn run_without_threads(user: &OrdinaryUser, project: &TestProject, line: &str) -> CommandOutput {
    let inner = user.command(cli::arguments(project.root(), &format!("{line} --format json")));
    let mut command = Command::new(inner.get_program());
    let mut arguments: Vec<_> = inner.get_args().map(std::ffi::OsStr::to_owned).collect();
    // Between the change of the user and the program, if there is one.
    let at = arguments.iter().position(|word| word.to_string_lossy().ends_with("/prometeu-packer"));
    match at {
        Some(at) => drop(arguments.splice(at..at, ["prlimit".into(), "--nproc=1".into()])),
        None => {
            command = Command::new("prlimit");
            arguments.splice(0..0, ["--nproc=1".into(), inner.get_program().to_owned()]);
        }
    }
    tools::run_to_end(command.args(arguments))
}

#[test]
fn every_verb_works_without_threads() {
    let Some(user) = OrdinaryUser::find() else { return };
    for line in LINES {
        let (with, without) = (project(), project());
        let expected = cli::run_json(with.root(), line);
        assert_eq!(expected.code, 0, "{line}: {}", expected.stdout);
        user.take_ownership_of(&without);
        let output = run_without_threads(&user, &without, line);
        assert_eq!(output.code, 0, "{line}: {}{}", output.stdout, output.stderr);
        assert!(output.stderr.is_empty(), "{line}: {}", output.stderr);
        let files = |project: &TestProject| tree::read_tree(&project.at("build"));
        tree::assert_same(&files(&with), &files(&without), line);
    }
}

#[test]
fn what_needs_threads_reports_their_lack() {
    let Some(user) = OrdinaryUser::find() else { return };
    for (line, message) in [
        ("watch @", "no thread could be started that detects changes"),
        ("pack @ --repro", "no process could be started that packs a copy of the project"),
    ] {
        let project = project();
        user.take_ownership_of(&project);
        let output = run_without_threads(&user, &project, line);
        // A pack also notes the root that is not registered.
        assert_eq!((output.code, output.codes()[0].as_str()), (2, "not-started"), "{line}: {}", output.stdout);
        assert!(output.json()["findings"][0]["message"].as_str().unwrap().starts_with(message), "{}", output.stdout);
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn refused_threads_change_nothing() {
    if !tools::are_available(&[tools::Tool::Strace]) {
        return;
    }
    for error in ["EAGAIN", "ENOMEM", "EPERM"] {
        // No thread at all, or only the first.
        for when in ["1+", "2+"] {
            let project = project();
            let injected = format!("?clone,?clone3:error={error}:when={when}");
            let line = cli::arguments(project.root(), "pack @ --jobs 4 --format json");
            let output = tools::run_under_strace(&[&injected], line);
            assert_eq!(output.code, 0, "{error}: {}{}", output.stdout, output.stderr);
            cli::run_ok(project.root(), "pack @ --check");
        }
    }
}
