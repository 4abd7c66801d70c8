//! Projects with any number of assets: small ones that all differ, a hundred per folder.

use packer_services::declaration::Declaration;
use packer_services::formats::TileSize;

use super::{GREEN, RED};
use super::{TestProject, artifact, glyph, images, red_green, sample, sound, sounds};

/// Assets per folder.
const ASSETS_PER_FOLDER: u32 = 100;
/// One asset in this many is a sound bank.
const SOUND_EVERY: u32 = 4;
/// One asset in this many is broken, because its file is missing.
const BROKEN_EVERY: u32 = 20;

/// The name of an asset, numbered from 0: `thing_01234`.
pub fn asset_name(n: u32) -> String {
    format!("thing_{n:05}")
}

/// The root of an asset: `area_012/thing_01234`.
pub fn asset_root(n: u32) -> String {
    format!("area_{:03}/{}", n / ASSETS_PER_FOLDER, asset_name(n))
}

/// How many of `count` assets are broken.
pub fn broken_count(count: u32) -> u32 {
    count / BROKEN_EVERY
}

/// Creates a project of `count` assets. Three in four are glyph banks, the others sound banks; one in twenty is broken.
pub fn create(count: u32) -> TestProject {
    create_if(count, |n| n % BROKEN_EVERY == BROKEN_EVERY - 1)
}

/// Like [`create`], but no asset is broken.
pub fn create_valid(count: u32) -> TestProject {
    create_if(count, |_| false)
}

fn create_if(count: u32, is_broken: impl Fn(u32) -> bool) -> TestProject {
    let mut project = TestProject::new();
    for n in 0..count {
        let is_broken = is_broken(n);
        let declaration = if n % SOUND_EVERY == SOUND_EVERY - 1 {
            sound_asset(&project, n, is_broken)
        } else {
            glyph_asset(&project, n, is_broken)
        };
        project.add_unwritten(&asset_root(n), &declaration);
    }
    project.write_registry();
    project
}

/// Writes one tile whose pixels are the bits of its number.
fn glyph_asset(project: &TestProject, n: u32, is_broken: bool) -> Declaration {
    if !is_broken {
        let image = images::Png::rgb(8, 8, |x, y| if n >> ((x + y * 8) % 20) & 1 == 1 { RED } else { GREEN });
        project.write(&format!("assets/{}/tile.png", asset_root(n)), image.bytes());
    }
    glyph(project.next_id(), &asset_name(n), TileSize::Eight, vec![red_green()], vec![artifact("tile.png", 0)])
}

/// Writes one sound whose first frames are its number.
fn sound_asset(project: &TestProject, n: u32, is_broken: bool) -> Declaration {
    if !is_broken {
        let frames: Vec<i16> = n.to_le_bytes().iter().map(|byte| i16::from(*byte) * 100).chain([0; 60]).collect();
        project.write(&format!("assets/{}/sound.wav", asset_root(n)), sounds::Wav::mono16(22_050, &frames).bytes());
    }
    sound(project.next_id(), &asset_name(n), 22_050, vec![sample("sound.wav", 0)])
}
