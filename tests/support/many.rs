//! Projects of as many assets as are asked for: small ones, no two alike, in folders of a hundred.

use packer_services::declaration::Declaration;
use packer_services::formats::TileSize;

use super::{GREEN, RED};
use super::{TestProject, artifact, glyph, images, red_green, sample, sound, sounds};

/// Assets to a folder.
const FOLDER: u32 = 100;
/// Every so many an asset is a sound bank.
const SOUND: u32 = 4;
/// Every so many an asset lacks its file, and is broken.
const BROKEN: u32 = 20;

/// How an asset is called, from 0: `area_012/thing_01234` is its root, and `thing_01234` its name.
pub fn name(n: u32) -> String {
    format!("thing_{n:05}")
}

/// Where an asset lies.
pub fn root(n: u32) -> String {
    format!("area_{:03}/{}", n / FOLDER, name(n))
}

/// How many of `count` assets are broken.
pub fn broken(count: u32) -> u32 {
    count / BROKEN
}

/// A project of `count` assets. Three in four are glyph banks, the others sound banks; one in twenty is broken.
pub fn project(count: u32) -> TestProject {
    let mut project = TestProject::new();
    for n in 0..count {
        let is_broken = n % BROKEN == BROKEN - 1;
        let declaration =
            if n % SOUND == SOUND - 1 { of_sounds(&project, n, is_broken) } else { of_tiles(&project, n, is_broken) };
        project.add_unwritten(&root(n), &declaration);
    }
    project.write_registry();
    project
}

/// One tile, which shows its number: a bit a pixel.
fn of_tiles(project: &TestProject, n: u32, is_broken: bool) -> Declaration {
    if !is_broken {
        let image = images::Png::rgb(8, 8, |x, y| if n >> ((x + y * 8) % 20) & 1 == 1 { RED } else { GREEN });
        project.write(&format!("assets/{}/tile.png", root(n)), image.bytes());
    }
    glyph(project.next(), &name(n), TileSize::Eight, vec![red_green()], vec![artifact("tile.png", 0)])
}

/// One sound, which begins with its number.
fn of_sounds(project: &TestProject, n: u32, is_broken: bool) -> Declaration {
    if !is_broken {
        let frames: Vec<i16> = n.to_le_bytes().iter().map(|byte| i16::from(*byte) * 100).chain([0; 60]).collect();
        project.write(&format!("assets/{}/sound.wav", root(n)), sounds::Wav::mono16(22_050, &frames).bytes());
    }
    sound(project.next(), &name(n), 22_050, vec![sample("sound.wav", 0)])
}
