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
            // What the system says about this process is not on a disk.
            let is_about_process = line.contains("\"/proc/self/");
            let is_allowed = names_the_type || is_documentation || is_about_process;
            assert!(!touches || is_allowed, "{}:{}: {line}", file.display(), n + 1);
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

/// The text of a file of the repository.
#[expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that cannot read the source must fail")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The rows of the tables of a page of `docs/`, without their heads. The last cell of each names tests that exist, or
/// says that the row does not apply.
fn rows_with_tests(page: &str) -> Vec<(Vec<String>, usize)> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["packer-services", "app", "tests"].iter().flat_map(|folder| rust_files(&workspace.join(folder)));
    let sources: String = folders.map(|file| read(&file)).collect();
    let functions: HashSet<&str> =
        sources.split("fn ").skip(1).filter_map(|rest| rest.split_once('(').map(|(name, _)| name)).collect();
    let mut rows = Vec::new();
    for line in read(&workspace.join("docs").join(page)).lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
        let Some(proof) = cells.last().filter(|proof| *proof != "tests") else { continue };
        let names: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty() || proof == "does not apply", "{line}");
        for name in &names {
            assert!(functions.contains(name), "there is no test {name}: {line}");
        }
        let tests = names.len();
        rows.push((cells, tests));
    }
    rows
}

#[test]
fn faults_page_names_real_tests() {
    let rows = rows_with_tests("faults.md");
    assert!(rows.iter().all(|(cells, _)| cells.len() == 3), "{rows:?}");
    let tests: usize = rows.iter().map(|(_, tests)| tests).sum();
    assert!(rows.len() > 80 && tests > 200, "{} rows name {tests} tests", rows.len());
}

#[test]
fn each_promise_of_readme_has_tests() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = words(&read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")));
    let rows = rows_with_tests("promises.md");
    for (cells, tests) in &rows {
        let [promise, _] = cells.as_slice() else { panic!("a row needs two cells: {cells:?}") };
        assert!(readme.contains(promise) && *tests > 0, "the README does not say: {promise}");
    }
    assert!(rows.len() >= 30, "{} promises", rows.len());
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
