//! Files in the workspace that are never packed.

use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::TileSize;
use support::images::{checker, plain};
use support::{GREEN, RED, artifact, glyph, red_green};

use super::{HERO_ANCHOR, HERO_IMAGE, Story, glyph_bank, hero, only, rename, workspace_doctor};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::UnregisteredRoot, a_root_has_no_entry),
    (Code::NestedAnchor, an_old_version_was_kept_inside_the_root),
    (Code::CopiedAnchor, a_root_was_copied),
    (Code::RootMoved, a_root_was_moved),
    (Code::UnusedFile, a_sketch_is_beside_the_image),
    (Code::StrayFile, notes_are_outside_every_root),
    (Code::DuplicateContent, three_images_are_equal),
];

fn a_root_has_no_entry() -> Vec<Finding> {
    let project = hero();
    let font = glyph(9, "font", TileSize::Eight, vec![red_green()], vec![artifact("letters.png", 0)]);
    project.write("assets/ui/font/asset.json", font.to_bytes());
    project.write("assets/ui/font/letters.png", checker(16, 16, RED, GREEN));
    workspace_doctor(&project)
}

fn an_old_version_was_kept_inside_the_root() -> Vec<Finding> {
    let project = hero();
    project.write("assets/characters/hero/old/asset.json", project.read(HERO_ANCHOR));
    workspace_doctor(&project)
}

fn a_root_was_copied() -> Vec<Finding> {
    let project = hero();
    project.write("assets/characters/villain/asset.json", project.read(HERO_ANCHOR));
    project.write("assets/characters/villain/hero.png", project.read(HERO_IMAGE));
    only(Code::CopiedAnchor, workspace_doctor(&project))
}

fn a_root_was_moved() -> Vec<Finding> {
    let project = hero();
    rename(&project, "assets/characters", "assets/people");
    only(Code::RootMoved, workspace_doctor(&project))
}

fn a_sketch_is_beside_the_image() -> Vec<Finding> {
    let project = hero();
    project.write("assets/characters/hero/sketch.png", plain(8, 8, RED));
    workspace_doctor(&project)
}

fn notes_are_outside_every_root() -> Vec<Finding> {
    let project = hero();
    project.write("assets/characters/ideas.txt", "a cape?");
    workspace_doctor(&project)
}

fn three_images_are_equal() -> Vec<Finding> {
    let names = ["idle.png", "wait.png", "sleep.png"];
    let artifacts = (0..).zip(names).map(|(index, name)| artifact(name, index)).collect();
    let images = names.map(|name| (name, checker(8, 8, RED, GREEN)));
    workspace_doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &images))
}
