//! Runs the commands of the pages as a reader would: every `console` block shows what the packer prints, and every
//! `diff` block applies to the file that its first line names. `BLESS=1` writes the answers into the pages.
//!
//! What a page describes and no command does, such as drawing an image, is in [`by_hand`].

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "this reads and writes pages, and edits files as a text editor does"
)]

mod by_hand;
mod canvas;
mod json_shown;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{binary, copy_folder, repository};

use crate::findings::{bless, is_blessing};

/// A new asset has a new uuid each time; the pages show this one.
const SHOWN_UUID: &str = "5f0c3a52-1b7e-4d09-9c44-8a2e61d0b7f3";

/// A page with `console` blocks.
struct Page {
    /// In the repository.
    path: &'static str,
    /// The least number of commands: without it, a page could lose its blocks and still pass.
    commands: usize,
    by_hand: &'static [Edit],
    /// Turns an answer into what the page shows of it.
    shown: fn(String) -> String,
}

/// A line of the page, and what is done by hand when the page gets there.
type Edit = (&'static str, fn(&Folder));

/// The temporary folder of a page, with the demos in `assets-demo`.
struct Folder(tempfile::TempDir);

const PAGES: &[Page] = &[
    Page {
        path: "README.md",
        commands: 8,
        by_hand: &[
            ("### When something is wrong", by_hand::save_with_wrong_orange),
            ("## Sounds", by_hand::save_as_in_the_demo),
        ],
        shown: as_printed,
    },
    Page {
        path: "docs/guides/first-bank.md",
        commands: 15,
        by_hand: &[("## 7. Change the art", by_hand::save_with_wrong_orange)],
        shown: as_printed,
    },
    Page {
        path: "docs/guides/fixing-colors.md",
        commands: 12,
        by_hand: &[
            ("## A near miss", by_hand::save_with_wrong_orange),
            ("## Stray pixels", by_hand::save_with_two_green_pixels),
            ("## An undeclared palette", by_hand::save_with_red_and_blue_swapped),
            ("## A color of another palette", by_hand::save_with_two_pixels_of_palette_1),
            ("## Colors of several palettes in one tile", by_hand::remove_palette_from_artifacts),
            ("## Too many colors for one tile", by_hand::draw_film),
            ("## The color key", by_hand::restore_palette_of_artifacts),
            ("## The color key", by_hand::save_with_magenta_background),
            ("## Soft edges", by_hand::save_with_soft_edge),
        ],
        shown: as_printed,
    },
    Page { path: "docs/guides/from-a-pack.md", commands: 5, by_hand: &[], shown: as_printed },
    Page {
        path: "docs/guides/sheets.md",
        commands: 6,
        by_hand: &[
            ("## Lines between the tiles", by_hand::draw_lined_sheet),
            ("## Colors", by_hand::draw_last_tile_of_lined_sheet),
        ],
        shown: as_printed,
    },
    Page {
        path: "docs/guides/sounds.md",
        commands: 11,
        by_hand: &[("## Stereo, and more than 16 bits", by_hand::record_theme)],
        shown: as_printed,
    },
    Page { path: "docs/ci.md", commands: 9, by_hand: &[], shown: as_printed },
    Page {
        path: "docs/json.md",
        commands: 16,
        by_hand: &[("# The JSON answers", by_hand::prepare_json)],
        shown: json_shown::cut,
    },
    Page { path: "docs/embedding.md", commands: 1, by_hand: &[], shown: json_shown::cut },
    Page { path: "assets-demo/README.md", commands: 1, by_hand: &[], shown: as_printed },
];

#[test]
fn readme_shows_what_the_packer_prints() {
    check("README.md");
}

#[test]
fn guide_to_first_bank_shows_real_answers() {
    check("docs/guides/first-bank.md");
}

#[test]
fn guide_to_fixing_colors_shows_real_answers() {
    check("docs/guides/fixing-colors.md");
}

#[test]
fn guide_from_a_pack_shows_real_answers() {
    check("docs/guides/from-a-pack.md");
}

#[test]
fn guide_to_sheets_shows_real_answers() {
    check("docs/guides/sheets.md");
}

#[test]
fn guide_to_sounds_shows_real_answers() {
    check("docs/guides/sounds.md");
}

#[test]
fn ci_page_shows_real_answers() {
    check("docs/ci.md");
}

#[test]
fn json_page_shows_real_answers() {
    check("docs/json.md");
}

#[test]
fn embedding_page_shows_real_answers() {
    check("docs/embedding.md");
}

#[test]
fn page_of_demos_shows_real_answers() {
    check("assets-demo/README.md");
}

#[test]
fn every_page_with_console_blocks_is_checked() {
    let checked: Vec<PathBuf> = PAGES.iter().map(|page| repository().join(page.path)).collect();
    let has_console = |path: &PathBuf| std::fs::read_to_string(path).unwrap().lines().any(|line| line == "```console");
    let unchecked: Vec<PathBuf> =
        markdown_below(&repository()).into_iter().filter(|path| has_console(path) && !checked.contains(path)).collect();
    assert!(unchecked.is_empty(), "add these pages to `PAGES`: {unchecked:?}");
}

#[test]
fn json_page_documents_every_verb() {
    let help = binary::run(["help"]).stdout;
    let (_, verbs) = help.split_once("Verbs:\n").unwrap();
    let verbs: Vec<&str> = verbs.lines().map_while(|line| line.split_whitespace().next()).collect();
    assert!(verbs.contains(&"init") && verbs.contains(&"extract"), "{verbs:?}");
    let page = std::fs::read_to_string(repository().join("docs/json.md")).unwrap();
    for verb in verbs.into_iter().filter(|verb| *verb != "help") {
        assert!(page.contains(&format!("\n## `{verb}`\n")), "docs/json.md has no section for `{verb}`");
    }
}

/// The Markdown files of the repository.
fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if name == "target" || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            found.extend(markdown_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

/// Runs the commands of a page and compares the answers, or with `BLESS=1` rewrites them.
fn check(path: &str) {
    let page = PAGES.iter().find(|page| page.path == path).unwrap();
    let file = repository().join(page.path);
    let text = std::fs::read_to_string(&file).unwrap();
    let folder = Folder(tempfile::tempdir().unwrap());
    for demo in ["lantern", "snuffed"] {
        let assets = format!("assets-demo/{demo}/assets");
        copy_folder(&repository().join(&assets), &folder.at(&assets));
    }

    let (mut real, mut commands, mut edits) = (String::new(), 0, 0);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(real, "{line}").unwrap();
        for (_, edit) in page.by_hand.iter().filter(|(place, _)| *place == line) {
            edit(&folder);
            edits += 1;
        }
        if line == "```console" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            for command in commands_of(&block) {
                commands += 1;
                writeln!(real, "$ {command}").unwrap();
                let answer = (page.shown)(answer(folder.0.path(), &command));
                real += &if answer.is_empty() { answer } else { answer + "\n" };
            }
            real += "```\n";
        } else if line == "```diff" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            folder.apply(&block);
            writeln!(real, "{}\n```", block.join("\n")).unwrap();
        }
    }
    assert_eq!(edits, page.by_hand.len(), "{path}: a line at which something is done by hand is missing or repeated");
    assert!(commands >= page.commands, "{path}: the page has only {commands} commands");
    if is_blessing() {
        return bless(&file, &real);
    }
    let differs = text.lines().zip(real.lines()).position(|(shown, real)| shown != real);
    let at = differs.unwrap_or_else(|| text.lines().count().min(real.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or_default().to_owned();
    assert!(
        text == real,
        "{path}:{}: the page shows\n{}\nand the packer prints\n{}\nRead it; BLESS=1 writes all answers into the page.",
        at + 1,
        line(&text),
        line(&real)
    );
}

/// The commands of a block, with their continuation lines.
fn commands_of(block: &[&str]) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
        } else if let Some(command) = commands.last_mut().filter(|command| command.ends_with('\\')) {
            *command += &format!("\n{line}");
        }
    }
    commands
}

/// What a terminal shows: both streams, in the order in which they are written.
fn answer(folder: &Path, command: &str) -> String {
    let packer = binary::path().display().to_string();
    let script = command
        .replace("cargo run --release -p packer-services -- ", "prometeu-packer ")
        .replace("prometeu-packer ", &(packer + " "));
    let output = Command::new("sh").args(["-c", &format!("exec 2>&1; {script}")]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let with_uuid = text.lines().map(|line| match line.strip_prefix("uuid ") {
        Some(rest) => format!("uuid {}{SHOWN_UUID}", " ".repeat(rest.len() - rest.trim_start().len())),
        None => line.to_owned(),
    });
    with_uuid.collect::<Vec<_>>().join("\n")
}

fn as_printed(answer: String) -> String {
    answer
}

impl Folder {
    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Changes a text file; the text to replace must be there exactly once.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.at(path)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{path} must have this exactly once:\n{from}\nin\n{text}");
        std::fs::write(self.at(path), text.replacen(from, to, 1)).unwrap();
    }

    /// Applies a `diff` block.
    fn apply(&self, block: &[&str]) {
        let (file, lines) = block.split_first().unwrap();
        let file = file.strip_prefix("--- ").unwrap_or_else(|| panic!("a diff must name its file: {block:?}"));
        let side = |added_or_removed: char| -> String {
            let on_it = lines.iter().filter(|line| line.starts_with([' ', added_or_removed]));
            on_it.map(|line| format!("{}\n", &line[1..])).collect()
        };
        self.edit(file, &side('-'), &side('+'));
    }

    fn run(&self, command: &str) {
        answer(self.0.path(), command);
    }
}
