//! `docs/ci.md`: every line of its scripts and jobs that runs the packer works on the demo, and the check of the
//! constants fails when it must.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "this reads a page, and prepares a project and its history"
)]

use std::path::Path;
use std::process::{Command, Output};

use support::code_host::check_sarif;
use support::{binary, copy_folder, repository};

/// The lines of the page's `sh` and `yaml` blocks that run the packer.
fn script_lines(text: &str) -> Vec<(&str, &str)> {
    let mut block = None;
    let mut found = Vec::new();
    for line in text.lines() {
        match (block, line.strip_prefix("```")) {
            (None, Some(kind)) => block = Some(kind),
            (Some(_), Some(_)) => block = None,
            (Some(kind @ ("sh" | "yaml")), None) => {
                let command = line.trim_start().trim_start_matches("- ").trim_end_matches(" |");
                if command.starts_with("prometeu-packer ") {
                    found.push((kind, command));
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn packer_lines_of_ci_scripts_work() {
    let text = std::fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&repository().join("assets-demo/lantern/assets"), &folder.path().join("my-game/assets"));
    std::fs::create_dir(folder.path().join("my-game/src")).unwrap();
    let lines = script_lines(&text);
    assert!(lines.iter().filter(|(kind, _)| *kind == "yaml").count() >= 6, "{lines:?}");
    let mut verbs: Vec<&str> = Vec::new();
    for (_, line) in lines {
        let ended = run(line, folder.path());
        assert!(ended.status.success(), "{line}: {}", String::from_utf8_lossy(&ended.stderr));
        verbs.extend(line.split_whitespace().nth(1));
    }
    for verb in ["pack", "doctor", "verify", "constants"] {
        assert!(verbs.contains(&verb), "no script of the page uses {verb}");
    }
}

/// Runs a script of the page in this folder. It stops at the first command that fails, as jobs do.
fn run(script: &str, folder: &Path) -> Output {
    let packer = format!("{} ", binary::path().display());
    let script = script.replace("prometeu-packer ", &packer);
    Command::new("sh").args(["-ec", &script]).current_dir(folder).output().unwrap()
}

/// Whether a script of the page succeeds in this folder.
fn succeeds(script: &str, folder: &Path) -> bool {
    run(script, folder).status.success()
}

#[test]
fn upload_needs_a_packer_that_ran() {
    let text = std::fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let lines = script_lines(&text);
    let uploads: Vec<&str> = lines.iter().filter(|(_, line)| line.contains("sarif >")).map(|(_, line)| *line).collect();
    assert_eq!(uploads.len(), 2);
    for line in uploads {
        let folder = tempfile::tempdir().unwrap();
        assert!(!succeeds(line, folder.path()), "there is no project");
        copy_folder(&repository().join("assets-demo/snuffed/assets"), &folder.path().join("my-game/assets"));
        assert!(succeeds(line, folder.path()), "the project has errors");
        let log = std::fs::read(folder.path().join("findings.sarif")).unwrap();
        let rules = check_sarif(&serde_json::from_slice(&log).unwrap(), folder.path());
        assert!(rules.len() > 70, "{rules:?}");
    }
}

#[test]
fn check_of_constants_notices_forgotten_file() {
    let text = std::fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let (_, section) = text.split_once("\n## Constants\n").unwrap();
    let (_, script) = section.split_once("```sh\n").unwrap();
    let (script, _) = script.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    copy_folder(&repository().join("assets-demo/lantern/assets"), &at("my-game/assets"));
    std::fs::create_dir(at("my-game/src")).unwrap();
    let done = |script: &str| assert!(succeeds(script, folder.path()), "{script}");
    let commit = "git add . && git -c user.name=A -c user.email=a@example.com commit --quiet --message .";

    done("git init --quiet && echo build/ > .gitignore && git add my-game/assets .gitignore");
    done(commit);
    assert!(!succeeds(script, folder.path()), "the file is not committed");
    assert!(at("my-game/src/assets.h").is_file());

    done("git rm --quiet --cached my-game/src/assets.h && echo assets.h >> .gitignore");
    assert!(!succeeds(script, folder.path()), "the file is ignored");

    done("echo build/ > .gitignore");
    done(commit);
    done(script);

    let anchor = at("my-game/assets/characters/lamps/asset.json");
    let renamed = std::fs::read_to_string(&anchor).unwrap().replace("\"lamps\"", "\"lights\"");
    std::fs::write(&anchor, renamed).unwrap();
    assert!(!succeeds(script, folder.path()), "the file is out of date");
}
