//! The demo projects, drawn by code: "lantern", a small platformer at night, and "snuffed", whose assets are broken.
//!
//! [`draw`] writes a whole project: images, sounds and palette files ([`files`]), and the declarations and the registry
//! with the packer's own writers ([`mod@declarations`]). The bytes are the same on every machine and in every run: no
//! clock, no system randomness, no mathematics that a platform may round differently. All modules except [`snuffed`]
//! belong to "lantern".

pub mod canvas;
pub mod declarations;
pub mod drafts;
pub mod encode;
pub mod flac;
pub mod font;
pub mod hero;
pub mod lamps;
pub mod palette;
pub mod snuffed;
pub mod sound;
pub mod sprites;
pub mod terrain;

use std::error::Error;
use std::io;
use std::path::Path;

use crate::declarations::{Registration, declarations};
use packer_services::Context;
use packer_services::declaration::ANCHOR;
use packer_services::ops::{InitWorkspace, Operation as _};
use packer_services::registry::{REGISTRY_FILE, Registry};
use png::BitDepth;

/// The files of a project except those that `init` creates: paths, relative to the project's folder, and bytes.
pub type Files = Vec<(String, Vec<u8>)>;

/// Draws a project, [`files`] or [`snuffed::files`], into `project`, which need not exist. Other files in it are kept.
///
/// # Errors
/// If a file cannot be written.
pub fn draw(project: &Path, files: &Files) -> Result<(), Box<dyn Error>> {
    InitWorkspace::new(project).run(&Context::new())?;
    for (file, bytes) in files {
        write(&project.join(file), bytes)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the demo can be drawn again: a half-written file loses nothing")]
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// The files of "lantern".
#[must_use]
pub fn files() -> Files {
    let mut files = images();
    files.extend(palette_files());
    files.extend(sounds());
    for asset in declarations() {
        files.push((format!("assets/{}/{ANCHOR}", asset.root), asset.declaration.to_bytes()));
    }
    files.push((REGISTRY_FILE.to_owned(), registry().to_bytes()));
    files
}

/// The registry after each asset was registered in turn.
///
/// # Panics
/// If the ids are not those that [`mod@declarations`] expects.
#[must_use]
pub fn registry() -> Registry {
    let mut registry = Registry::empty();
    for asset in declarations() {
        let (id, included) = match asset.registration {
            Registration::Included(id) => (id, true),
            Registration::Excluded(id) => (id, false),
            Registration::Unregistered => continue,
        };
        let registered = registry.register(asset.declaration.asset_uuid, asset.root, included);
        assert_eq!(registered, Ok(id), "ids follow the order of registration");
    }
    registry
}

fn images() -> Vec<(String, Vec<u8>)> {
    let lamps = lamps::palettes();
    let indexed = |canvas, palettes: Vec<palette::Palette>, depth| encode::indexed_png(&canvas, &palettes[0], depth);
    let all = [
        // Indexed, with the palette of the image first, as drawn in an editor's palette mode.
        ("world/terrain/terrain.png", indexed(terrain::sheet(), terrain::palettes(), BitDepth::Four)),
        ("characters/hero/hero.png", indexed(hero::sheet(), hero::palettes(), BitDepth::Four)),
        ("interface/font/letters.png", indexed(font::letters(), font::palettes(), BitDepth::Two)),
        ("interface/font/frames.png", indexed(font::frames(), font::palettes(), BitDepth::Two)),
        // True color with alpha.
        ("characters/lamps/lampkin.png", encode::rgba_png(&lamps::lampkin(), &lamps[0])),
        ("characters/lamps/wisp.png", encode::rgba_png(&lamps::wisp(), &lamps[0])),
        ("characters/lamps/moth.png", encode::rgba_png(&lamps::moth(), &lamps[1])),
        ("characters/lamps/snuffer.png", encode::rgba_png(&lamps::snuffer(), &lamps[1])),
        ("drafts/title/title.png", encode::rgba_png(&drafts::title(), &drafts::title_palette(true))),
        // True color on a key color, as older editors save it.
        ("drafts/sketch/owl.png", encode::rgb_png(&drafts::owl(), &drafts::sketch_palette())),
    ];
    all.into_iter().map(|(path, bytes)| (format!("assets/{path}"), bytes)).collect()
}

fn palette_files() -> Vec<(String, Vec<u8>)> {
    let all = [
        ("world/terrain", terrain::palettes()),
        ("characters/hero", hero::palettes()),
        ("characters/lamps", lamps::palettes()),
        ("interface/font", font::palettes()),
    ];
    let file = |root: &str, palette: &palette::Palette| {
        (format!("assets/{root}/{}", palette.gpl_path()), encode::gpl(palette))
    };
    all.iter().flat_map(|(root, palettes)| palettes.iter().map(|palette| file(root, palette))).collect()
}

fn sounds() -> Vec<(String, Vec<u8>)> {
    let effect = |samples: Vec<i16>| encode::wav(&samples, sound::EFFECTS_RATE, false, None);
    let (night, loop_frames) = sound::night();
    let all = [
        ("effects/jump.wav", effect(sound::jump())),
        ("effects/pickup.wav", effect(sound::pickup())),
        ("effects/hit.wav", effect(sound::hit())),
        ("effects/step.wav", effect(sound::step())),
        ("effects/blip.wav", encode::wav(&sound::blip(), sound::EFFECTS_RATE, true, None)),
        ("effects/ignite.wav", effect(sound::ignite())),
        ("ambience/night.wav", encode::wav(&night, sound::AMBIENCE_RATE, false, Some(loop_frames))),
    ];
    all.into_iter().map(|(path, bytes)| (format!("assets/sound/{path}"), bytes)).collect()
}
