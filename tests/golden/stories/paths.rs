//! Paths that would not mean the same file on every system.

use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::TileSize;
use support::images::{checker, plain};
use support::{GREEN, RED, artifact, red_green};

use super::{HERO_ANCHOR, Story, doctor, edit_registry, glyph_bank, hero, hero_and_terrain};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::PathNotRelative, || {
        let absolute = image_called("C:/Users/Ana/hero.png");
        [absolute, image_called("frames\\\\hero.png"), image_called("../villain/hero.png")].concat()
    }),
    (Code::PathHidden, || image_called(".cache/hero.png")),
    (Code::PathCharacter, || image_called("hero: front.png")),
    (Code::PathReserved, || image_called("aux.png")),
    (Code::PathTrailing, || image_called("frames./hero.png")),
    (Code::PathNotNfc, || image_called("he\u{301}ros.png")),
    (Code::PathTooLong, || image_called(&format!("{}.png", "hero".repeat(64)))),
    (Code::PathCollision, || [two_images_differ_in_case(), two_roots_differ_in_case()].concat()),
];

fn image_called(name: &str) -> Vec<Finding> {
    let project = hero();
    project.edit(HERO_ANCHOR, "hero.png", name);
    doctor(&project)
}

fn two_images_differ_in_case() -> Vec<Finding> {
    let artifacts = vec![artifact("Wave.png", 0), artifact("wave.png", 1)];
    let images = [("Wave.png", checker(8, 8, RED, GREEN)), ("wave.png", plain(8, 8, RED))];
    doctor(&glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &images))
}

fn two_roots_differ_in_case() -> Vec<Finding> {
    let project = hero_and_terrain();
    super::rename(&project, "assets/world", "assets/Characters");
    super::rename(&project, "assets/Characters/terrain", "assets/Characters/Hero");
    edit_registry(&project, |registry| registry.entries[1].root = support::path("Characters/Hero"));
    doctor(&project)
}
