//! For every code, a story that leads to its finding: what somebody did, and what the packer then reports.
//!
//! One file per family, in the order of the codes. A story returns the findings of its code and no others: if its cause
//! has other findings too, the story selects its own with [`only`].
#![expect(clippy::unwrap_used, reason = "a story that cannot be set up must fail")]

pub mod create_register;
pub mod declarations;
pub mod extract;
pub mod files;
pub mod history;
pub mod hygiene;
pub mod images;
pub mod json;
pub mod pack;
pub mod palettes;
pub mod paths;
pub mod raw;
pub mod reader;
pub mod registry;
pub mod sound;
pub mod system;

use packer_services::Context;
use packer_services::declaration::{Content, Declaration, GlyphArtifact, Palette, SoundArtifact};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::TileSize;
use packer_services::ops::{Doctor, Operation};
use packer_services::registry::Registry;
use support::images::checker;
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, artifact, glyph, red_green, sample, sound};

/// A code, and a story that provokes it.
pub type Story = (Code, fn() -> Vec<Finding>);

/// The anchor of [`hero`].
pub const HERO_ANCHOR: &str = "assets/characters/hero/asset.json";
/// The image of [`hero`].
pub const HERO_IMAGE: &str = "assets/characters/hero/hero.png";
/// The registry of every project.
pub const REGISTRY: &str = "assets/.prometeu/index.json";

/// The findings of an operation, whether in its report or in its error. The project's folder is named `PROJECT`.
pub fn findings_of<O: Operation>(project: &TestProject, operation: &O, context: &Context) -> Vec<Finding> {
    let findings = match operation.run(context) {
        Ok(report) => report.findings().to_vec(),
        Err(error) => operation.refusal(&error),
    };
    findings.into_iter().map(|finding| without_temporary_folder(project, finding)).collect()
}

/// The finding with `PROJECT` in place of the temporary folder.
pub fn without_temporary_folder(project: &TestProject, mut finding: Finding) -> Finding {
    let folder = project.root().to_str().unwrap();
    let without = |text: String| text.replace(folder, "PROJECT");
    finding.file = finding.file.map(without);
    finding.message = without(finding.message);
    finding.help = without(finding.help);
    finding
}

/// The findings of `doctor`.
pub fn doctor(project: &TestProject) -> Vec<Finding> {
    findings_of(project, &Doctor::new(project.root()), &Context::new())
}

/// The findings of `doctor --workspace`.
pub fn workspace_doctor(project: &TestProject) -> Vec<Finding> {
    findings_of(project, &Doctor::new(project.root()).workspace(true), &Context::new())
}

/// The findings of `code`, for a cause that has others too.
pub fn only(code: Code, findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().filter(|finding| finding.code == code).collect()
}

/// A project with one glyph bank in `characters/hero`.
pub fn glyph_bank(
    tile_size: TileSize,
    palettes: Vec<Palette>,
    artifacts: Vec<GlyphArtifact>,
    images: &[(&str, Vec<u8>)],
) -> TestProject {
    let declaration = glyph(1, "hero", tile_size, palettes, artifacts);
    bank("characters/hero", &declaration, images)
}

/// A project with the glyph bank `characters/hero`: one image, `hero.png`, in the default palette.
pub fn project_with_image(image: Vec<u8>) -> TestProject {
    glyph_bank(TileSize::Eight, vec![red_green()], vec![artifact("hero.png", 0)], &[("hero.png", image)])
}

/// A project with the small glyph bank `characters/hero`, which has no findings.
pub fn hero() -> TestProject {
    project_with_image(checker(8, 8, RED, GREEN))
}

/// A project with one sound bank in `sound/effects`.
pub fn sound_bank(rate_hz: u32, artifacts: Vec<SoundArtifact>, sounds: &[(&str, Vec<u8>)]) -> TestProject {
    bank("sound/effects", &sound(1, "effects", rate_hz, artifacts), sounds)
}

/// A project with the sound bank `sound/effects`: one sound, `jump.wav`.
pub fn project_with_sound(wav: Vec<u8>) -> TestProject {
    sound_bank(22_050, vec![sample("jump.wav", 0)], &[("jump.wav", wav)])
}

/// Four frames at the bank's rate.
pub fn jump() -> Wav {
    Wav::mono16(22_050, &[0, 1200, -1200, 0])
}

/// A project with one bank.
pub fn bank(root: &str, declaration: &Declaration, files: &[(&str, Vec<u8>)]) -> TestProject {
    let mut project = TestProject::new();
    add_bank(&mut project, root, declaration, files);
    project
}

/// Adds a bank with its files.
pub fn add_bank(project: &mut TestProject, root: &str, declaration: &Declaration, files: &[(&str, Vec<u8>)]) {
    for (name, bytes) in files {
        project.write(&format!("assets/{root}/{name}"), bytes);
    }
    project.add_asset(root, true, declaration);
}

/// Adds the small glyph bank of [`hero`] under another root and name.
pub fn add_small_bank(project: &mut TestProject, root: &str, name: &str, change: impl FnOnce(&mut Declaration)) {
    let mut declaration =
        glyph(project.next_id(), name, TileSize::Eight, vec![red_green()], vec![artifact("tiles.png", 0)]);
    change(&mut declaration);
    let image = ("tiles.png", checker(8, 8, RED, GREEN));
    add_bank(project, root, &declaration, &[image]);
}

/// A project with two small glyph banks: `characters/hero`, 1, and `world/terrain`, 2.
pub fn hero_and_terrain() -> TestProject {
    let mut project = hero();
    add_small_bank(&mut project, "world/terrain", "terrain", |_| {});
    project
}

/// Rewrites the registry of `project`.
pub fn edit_registry(project: &TestProject, change: impl FnOnce(&mut Registry)) {
    let mut registry = Registry::read(&project.read(REGISTRY)).0.unwrap();
    change(&mut registry);
    project.write(REGISTRY, registry.to_bytes());
}

/// The artifacts of a glyph bank.
pub fn artifacts_of(declaration: &mut Declaration) -> &mut Vec<GlyphArtifact> {
    match &mut declaration.content {
        Content::Glyph(glyph) => &mut glyph.artifacts,
        other => panic!("not a glyph bank: {other:?}"),
    }
}

/// Removes a file of the project.
pub fn remove(project: &TestProject, path: &str) {
    std::fs::remove_file(project.at(path)).unwrap();
}

/// Renames a file or folder of the project.
pub fn rename(project: &TestProject, from: &str, to: &str) {
    std::fs::rename(project.at(from), project.at(to)).unwrap();
}
