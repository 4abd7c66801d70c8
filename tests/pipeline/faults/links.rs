//! Links where the packer writes: nothing that they lead to is read for its own, changed or removed.

use std::os::unix::fs::symlink;

use packer_services::project::OUTPUTS;

use crate::{cli, scenes, tree};

#[test]
fn an_output_that_is_a_link_is_refused_and_what_it_leads_to_stays() {
    for name in OUTPUTS {
        let (project, _) = scenes::packed();
        project.write("elsewhere/precious", "mine");
        std::fs::remove_file(project.at("build").join(name)).unwrap();
        symlink("../elsewhere/precious", project.at("build").join(name)).unwrap();
        let before = tree::tree(project.root());
        cli::refused(project.root(), "pack @", &["output-not-a-file"]);
        cli::refused(project.root(), "pack @ --check", &["output-not-a-file"]);
        tree::assert_same(&before, &tree::tree(project.root()), name);
    }
}

#[test]
fn a_stage_folder_that_is_a_link_loses_nothing_of_what_it_leads_to() {
    let (project, outputs) = scenes::packed();
    project.write("elsewhere/precious", "mine").write("elsewhere/deep/precious", "mine");
    symlink("../elsewhere", project.at("build/.prometeu")).unwrap();
    let ended = cli::run(project.root(), "pack @");
    assert!(ended.code == 1 || ended.code == 2, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(project.read_text("elsewhere/precious"), "mine");
    assert_eq!(project.read_text("elsewhere/deep/precious"), "mine");
    assert!(project.outputs() == outputs);
}

#[test]
fn a_stage_folder_loses_only_what_a_packer_left_there() {
    let (project, _) = scenes::packed();
    let orphan = format!("build/.prometeu/assets.pa.{}", support::uuid(5));
    project.write(&orphan, "half a pack").write("build/.prometeu/notes.txt", "mine");
    cli::done(project.root(), "pack @");
    assert!(!project.exists(&orphan), "an orphan is swept");
    assert_eq!(project.read_text("build/.prometeu/notes.txt"), "mine");
}

#[test]
fn a_lock_that_is_a_link_is_not_written_through() {
    for line in [
        "pack @",
        "init @",
        "create @ new --type glyph_bank @/assets/ui/icons/tile.png",
        "register @ nowhere",
        "palettes @ id:1 --apply",
    ] {
        let project = scenes::small();
        project.write("src/main.rs", "fn main() {}");
        symlink("../../src/main.rs", project.at("assets/.prometeu/lock")).unwrap();
        cli::run(project.root(), line);
        assert_eq!(project.read_text("src/main.rs"), "fn main() {}", "{line}");
    }
}

#[test]
fn a_lock_that_is_a_pipe_blocks_nobody() {
    let project = scenes::small();
    crate::tools::make_pipe(&project.at("assets/.prometeu/lock"));
    let ended = cli::run(project.root(), "pack @");
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}
