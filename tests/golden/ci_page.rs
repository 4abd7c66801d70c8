//! `docs/ci.md`: every line of its scripts and jobs that runs the packer works on the demo.
#![expect(clippy::disallowed_methods, reason = "this reads a page and prepares a project")]

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
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let ended = binary::command(&words).current_dir(folder.path()).output().unwrap();
        assert!(ended.status.success(), "{line}: {}", String::from_utf8_lossy(&ended.stderr));
        verbs.push(words[0]);
    }
    for verb in ["pack", "doctor", "verify", "constants"] {
        assert!(verbs.contains(&verb), "no script of the page uses {verb}");
    }
}
