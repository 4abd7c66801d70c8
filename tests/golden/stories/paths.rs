//! Paths that would not name the same file on every system.

use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::TileSize;
use support::images::{checker, plain};
use support::{GREEN, RED, artifact, red_green};

use super::{HERO_ANCHOR, Story, doctor, edit_registry, glyph_bank, hero, hero_and_terrain};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::PathNotRelative, || {
        let absolute = hero_with_image_path("C:/Users/Ana/hero.png");
        [absolute, hero_with_image_path("frames\\\\hero.png"), hero_with_image_path("../villain/hero.png")].concat()
    }),
    (Code::PathHidden, || hero_with_image_path(".cache/hero.png")),
    (Code::PathCharacter, || hero_with_image_path("hero: front.png")),
    (Code::PathReserved, || hero_with_image_path("aux.png")),
    (Code::PathTrailing, || hero_with_image_path("frames./hero.png")),
    (Code::PathNotNfc, || hero_with_image_path("he\u{301}ros.png")),
    (Code::PathTooLong, || hero_with_image_path(&format!("{}.png", "hero".repeat(64)))),
    (Code::PathCollision, || [two_images_differ_in_case(), two_roots_differ_in_case()].concat()),
];

fn hero_with_image_path(name: &str) -> Vec<Finding> {
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
    edit_registry(&project, |registry| registry.entries[1].root = support::rel_path("Characters/Hero"));
    doctor(&project)
}
