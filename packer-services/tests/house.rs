//! Rules about the code that the compiler does not check (docs/ARCHITECTURE.md, "Invariants").

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates for windows, drawing and sound output. The library must depend on none of them.
const GUI_CRATES: &[&str] = &[
    "accesskit",
    "ash",
    "cocoa",
    "cpal",
    "eframe",
    "egui",
    "egui_extras",
    "epaint",
    "glow",
    "glutin",
    "gtk",
    "iced",
    "poll-promise",
    "rfd",
    "rodio",
    "sdl2",
    "softbuffer",
    "tao",
    "wayland-client",
    "wgpu",
    "winit",
    "x11rb",
    "x11-dl",
];

#[test]
fn library_depends_on_no_gui_crate() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "packer-services", "--all-features", "--target", "all"])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(crates.contains(&"packer-services") && crates.contains(&"png"), "this is not a dependency tree: {tree}");
    for name in crates {
        assert!(!GUI_CRATES.contains(&name), "{name} is in the dependency tree of packer-services");
    }
}

#[test]
fn only_files_touches_the_disk() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&source) {
        if file.starts_with(source.join("files")) {
            continue;
        }
        #[expect(clippy::disallowed_methods, reason = "this reads the source itself")]
        let text = std::fs::read_to_string(&file).unwrap();
        for (n, line) in text.lines().enumerate() {
            let touches = ["std::fs", "fs::", "File::open", "File::create", "OpenOptions"]
                .iter()
                .any(|word| has_word(line, word));
            // The type of an open file may be named, to lock it or to write to it.
            let names_the_type = line.trim_start().starts_with("use std::fs::");
            // An example in the documentation is the code of an embedder.
            let is_documentation = line.trim_start().starts_with("///");
            assert!(!touches || names_the_type || is_documentation, "{}:{}: {line}", file.display(), n + 1);
        }
    }
}

/// The most words in the name of a test (docs/style.md, "Rules for names").
const TEST_NAME_WORDS: usize = 7;

#[test]
fn test_names_are_short() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut count = 0;
    for file in ["packer-services", "app", "tests"].iter().flat_map(|folder| rust_files(&workspace.join(folder))) {
        #[expect(clippy::disallowed_methods, reason = "this reads the source itself")]
        let text = std::fs::read_to_string(&file).unwrap();
        for test in text.split("#[test]\n").skip(1) {
            let name = test.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')).map_or("", |(name, _)| name);
            let words = name.split('_').count();
            assert!(words <= TEST_NAME_WORDS, "{}: {name} has {words} words", file.display());
            count += 1;
        }
    }
    assert!(count > 100, "only {count} tests were found");
}

#[test]
fn faults_page_names_real_tests() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &Path| {
        #[expect(clippy::disallowed_methods, reason = "this reads the source itself")]
        std::fs::read_to_string(path).unwrap()
    };
    let folders = ["packer-services", "app", "tests"].iter().flat_map(|folder| rust_files(&workspace.join(folder)));
    let sources: String = folders.map(|file| read(&file)).collect();
    let functions: HashSet<&str> =
        sources.split("fn ").skip(1).filter_map(|rest| rest.split_once('(').map(|(name, _)| name)).collect();
    let (mut tests, mut rows) = (0, 0);
    for line in read(&workspace.join("docs/faults.md")).lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [fault, happens, proof] = &cells[..] else { panic!("a row needs three cells: {line}") };
        assert!([fault, happens, proof].iter().all(|cell| !cell.trim().is_empty()), "{line}");
        let names: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        let is_header = proof.trim() == "tests";
        assert!(is_header || !names.is_empty() || proof.trim() == "does not apply", "{line}");
        for name in &names {
            assert!(functions.contains(name), "there is no test {name}: {line}");
        }
        (tests, rows) = (tests + names.len(), rows + usize::from(!is_header));
    }
    assert!(rows > 80 && tests > 200, "{rows} rows name {tests} tests");
}

/// Whether `line` contains `word` other than as the end of a longer name, such as `PackFile::open`.
fn has_word(line: &str, word: &str) -> bool {
    let is_part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(is_part_of_name))
}

#[expect(clippy::unwrap_used, reason = "a test that cannot read the source must fail")]
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
