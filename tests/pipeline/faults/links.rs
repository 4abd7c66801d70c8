//! Links where the packer writes: their targets are not read as its own files, changed or removed.

use std::os::unix::fs::symlink;

use packer_services::ops::OUTPUTS;

use crate::{cli, fixtures, tree};

#[test]
fn linked_output_is_refused() {
    for name in OUTPUTS {
        let (project, _) = fixtures::packed_project();
        project.write("elsewhere/precious", "mine");
        std::fs::remove_file(project.at("build").join(name)).unwrap();
        symlink("../elsewhere/precious", project.at("build").join(name)).unwrap();
        let before = tree::read_tree(project.root());
        cli::run_refused(project.root(), "pack @", &["output-not-a-file"]);
        cli::run_refused(project.root(), "pack @ --check", &["output-not-a-file"]);
        tree::assert_same(&before, &tree::read_tree(project.root()), name);
    }
}

#[test]
fn linked_stage_folder_loses_nothing() {
    let (project, outputs) = fixtures::packed_project();
    project.write("elsewhere/precious", "mine").write("elsewhere/deep/precious", "mine");
    symlink("../elsewhere", project.at("build/.prometeu")).unwrap();
    let output = cli::run(project.root(), "pack @");
    assert!(output.code == 1 || output.code == 2, "{}{}", output.stdout, output.stderr);
    assert_eq!(project.read_text("elsewhere/precious"), "mine");
    assert_eq!(project.read_text("elsewhere/deep/precious"), "mine");
    assert!(project.outputs() == outputs);
}

#[test]
fn stage_folder_loses_only_packer_files() {
    let (project, _) = fixtures::packed_project();
    let abandoned = format!("build/.prometeu/assets.pa.{}", support::uuid(5));
    project.write(&abandoned, "half a pack").write("build/.prometeu/notes.txt", "mine");
    cli::run_ok(project.root(), "pack @");
    assert!(!project.exists(&abandoned), "an abandoned file must be removed");
    assert_eq!(project.read_text("build/.prometeu/notes.txt"), "mine");
}

#[test]
fn linked_lock_is_not_written_through() {
    for line in [
        "pack @",
        "init @",
        "create @ new --type glyph_bank @/assets/ui/icons/tile.png",
        "register @ nowhere",
        "palettes @ id:1 --apply",
    ] {
        let project = fixtures::small_project();
        project.write("src/main.rs", "fn main() {}");
        symlink("../../src/main.rs", project.at("assets/.prometeu/lock")).unwrap();
        cli::run(project.root(), line);
        assert_eq!(project.read_text("src/main.rs"), "fn main() {}", "{line}");
    }
}

#[test]
fn pipe_as_lock_blocks_nothing() {
    let project = fixtures::small_project();
    crate::tools::create_pipe(&project.at("assets/.prometeu/lock"));
    let output = cli::run(project.root(), "pack @");
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
}
