//! `docs/ci.md`: its sessions show what the binary really says, and every line of its scripts and jobs that runs the packer
//! works on the demo. With `BLESS=1` the answers are written into the page.
#![expect(clippy::disallowed_methods, reason = "this reads and writes a page, and does what an editor does")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use support::{binary, copy_folder, repository};

use crate::findings::{bless, is_blessing};
use crate::readme::{answer, commands_of};

fn page() -> PathBuf {
    repository().join("docs/ci.md")
}

/// Copies the demo to `place` in `folder`.
fn put_demo(folder: &Path, place: &str) {
    copy_folder(&repository().join("assets-demo/lantern/assets"), &folder.join(place).join("assets"));
}

#[test]
fn its_sessions_show_what_the_packer_really_says() {
    let text = std::fs::read_to_string(page()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    put_demo(folder.path(), "assets-demo/lantern");
    let mut told = String::new();
    let mut lines = text.lines();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        writeln!(told, "{line}").unwrap();
        if line == "```console" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            for command in commands_of(&block) {
                commands += 1;
                writeln!(told, "$ {command}").unwrap();
                let answer = answer(folder.path(), &command);
                told += &if answer.is_empty() { answer } else { answer + "\n" };
            }
            told += "```\n";
        }
    }
    assert!(commands >= 9, "the page has only {commands} commands");
    if is_blessing() {
        bless(&page(), &told);
    } else {
        assert!(told == text, "the page's answers are not those of the binary; with BLESS=1 they are:\n{told}");
    }
}

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
fn every_line_of_its_scripts_and_jobs_that_runs_the_packer_works() {
    let text = std::fs::read_to_string(page()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    put_demo(folder.path(), "my-game");
    std::fs::create_dir(folder.path().join("my-game/src")).unwrap();
    let lines = script_lines(&text);
    assert!(lines.iter().filter(|(kind, _)| *kind == "yaml").count() >= 6, "{lines:?}");
    let mut verbs: Vec<&str> = Vec::new();
    for (_, line) in lines {
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let ended = binary::command(&words).current_dir(folder.path()).output().unwrap();
        assert!(ended.status.success(), "{line}: {}", String::from_utf8_lossy(&ended.stderr));
        verbs.push(words[0]);
    }
    for verb in ["pack", "doctor", "verify", "constants"] {
        assert!(verbs.contains(&verb), "{verb} is in no script of the page");
    }
}
