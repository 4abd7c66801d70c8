//! Files that a declaration names, and that are missing or of the wrong kind.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a story that cannot be set up must fail")]

use std::fs::File;
use std::io::Write;

use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::TileSize;
#[cfg(unix)]
use packer_services::ops::{AssetEdit, EditAsset};
use packer_services::{Context, FaultPoint};
use support::{TestProject, artifact, red_green, rel_path};

use super::{HERO_IMAGE, Story, doctor, findings_of, glyph_bank, hero, jump, only, project_with_sound, remove, rename};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::FileMissing, || hero_without_image(|_| {})),
    (Code::FileTwin, the_image_differs_in_one_capital),
    (Code::FileNotRegular, || hero_without_image(|project| std::fs::create_dir(project.at(HERO_IMAGE)).unwrap())),
    #[cfg(unix)]
    (Code::LinkOutside, the_image_is_a_link_to_another_folder),
    #[cfg(unix)]
    (Code::FolderIsLink, the_folder_of_the_image_is_a_link),
    (Code::FileTooLarge, || hero_without_image(write_huge_image)),
    (Code::SourceChanging, a_recorder_is_still_writing),
    (Code::InputPaletteMissing, the_palette_file_was_moved),
];

fn hero_without_image(then: impl FnOnce(&TestProject)) -> Vec<Finding> {
    let project = hero();
    remove(&project, HERO_IMAGE);
    then(&project);
    doctor(&project)
}

fn the_image_differs_in_one_capital() -> Vec<Finding> {
    let project = hero();
    rename(&project, HERO_IMAGE, "assets/characters/hero/Hero.PNG");
    doctor(&project)
}

#[cfg(unix)]
fn the_image_is_a_link_to_another_folder() -> Vec<Finding> {
    let mut findings = hero_without_image(|project| {
        project.write("drawings/hero.png", support::images::plain(8, 8, support::RED));
        std::os::unix::fs::symlink("../../../drawings/hero.png", project.at(HERO_IMAGE)).unwrap();
    });
    let project = hero();
    rename(&project, HERO_IMAGE, "assets/characters/hero/front.png");
    std::os::unix::fs::symlink("../hero/front.png", project.at(HERO_IMAGE)).unwrap();
    let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Move("people/knight".into()));
    findings.extend(findings_of(&project, &edit, &Context::new()));
    findings
}

#[cfg(unix)]
fn the_folder_of_the_image_is_a_link() -> Vec<Finding> {
    let project = glyph_bank(TileSize::Eight, vec![red_green()], vec![artifact("frames/hero.png", 0)], &[]);
    project.write("drawings/hero.png", support::images::plain(8, 8, support::RED));
    std::os::unix::fs::symlink("../../../drawings", project.at("assets/characters/hero/frames")).unwrap();
    doctor(&project)
}

/// A sparse file of 600 MiB.
fn write_huge_image(project: &TestProject) {
    File::create(project.at(HERO_IMAGE)).and_then(|file| file.set_len(600 << 20)).unwrap();
}

fn a_recorder_is_still_writing() -> Vec<Finding> {
    let project = project_with_sound(jump().bytes());
    let wav = project.at("assets/sound/effects/jump.wav");
    let faults = move |point| match point {
        FaultPoint::Convert { .. } => File::options().append(true).open(&wav)?.write_all(&[0, 0]),
        _ => Ok(()),
    };
    only(Code::SourceChanging, findings_of(&project, &project.pack_request(), &Context::new().with_faults(faults)))
}

fn the_palette_file_was_moved() -> Vec<Finding> {
    let image = support::images::plain(8, 8, support::RED);
    let mut declaration = support::glyph(1, "hero", TileSize::Eight, vec![red_green()], vec![artifact("hero.png", 0)]);
    declaration.input_palettes = vec![rel_path("palettes/day.gpl")];
    doctor(&super::bank("characters/hero", &declaration, &[("hero.png", image)]))
}
