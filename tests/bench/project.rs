//! The project that is measured: banks of small noisy tiles, one image per tile, and noisy tones. It is the same in
//! every run, and has no warnings.
#![expect(clippy::unwrap_used, reason = "a benchmark cannot continue without its project")]

use std::f64::consts::TAU;
use std::time::Duration;

use packer_services::declaration::{Cut, Declaration, GlyphArtifact, Palette, Preload, Region, SoundArtifact};
use packer_services::formats::{Rgb, TileSize};
use support::images::Png;
use support::imported_images::{Colors, Indexed};
use support::imports::TONE_OGG;
use support::sounds::Wav;
use support::sprites::Sprite;
use support::{KEY, TestProject, artifact, glyph, palette, sample, sound};

/// Glyph banks.
pub const GLYPH_BANKS: u32 = 10;
/// Tiles in all glyph banks.
pub const TILES: u32 = 1000;
/// Sounds in all sound banks, times the factor.
pub const SOUNDS: u32 = 60;
/// Sound banks.
pub const SOUND_BANKS: u32 = 4;
const PALETTES: u32 = 3;
const SIDE: u32 = 16;
const RATE_HZ: u32 = 44_100;
const IMAGE_SIDE: u32 = 4096;

/// Creates the project, with `factor` times the sounds.
pub fn create(factor: u32) -> TestProject {
    let mut noise = Noise(0x5EED);
    let mut project = TestProject::new();
    for bank in 0..GLYPH_BANKS {
        let root = format!("art/bank{bank}");
        let tiles: Vec<GlyphArtifact> =
            (0..TILES / GLYPH_BANKS).map(|tile| add_tile(&project, &root, bank, tile, &mut noise)).collect();
        let palettes = (0..PALETTES).map(|n| colors(bank, n)).collect();
        let declaration = glyph(project.next_id(), &format!("bank{bank}"), TileSize::Sixteen, palettes, tiles);
        project.add_asset(&root, true, &preloaded(declaration, bank));
    }
    for bank in 0..SOUND_BANKS {
        let root = format!("sound/bank{bank}");
        let sounds: Vec<SoundArtifact> =
            (0..SOUNDS * factor / SOUND_BANKS).map(|n| add_sound(&project, &root, n, &mut noise)).collect();
        let declaration = sound(project.next_id(), &format!("sounds{bank}"), RATE_HZ, sounds);
        project.add_asset(&root, true, &preloaded(declaration, bank));
    }
    project
}

/// Saves the first tile with other pixels, which depend on `is_first`.
pub fn save_tile(project: &TestProject, is_first: bool) {
    add_tile(project, "art/bank0", 0, 0, &mut Noise(is_first.into()));
}

/// Creates a project of `count` assets: sounds of half a second, and banks of an image of 192 × 192 noisy pixels.
pub fn create_many(count: u32) -> TestProject {
    let mut noise = Noise(0x5EED);
    let mut project = TestProject::new();
    let roots: Vec<String> = (0..count).map(|n| format!("area/thing{n:05}")).collect();
    for (n, root) in (0..count).zip(&roots) {
        let declaration = if n % 2 == 0 {
            let artifact = add_sound_of(&project, root, 0, RATE_HZ / 2, &mut noise);
            sound(project.next_id(), &format!("thing{n:05}"), RATE_HZ, vec![artifact])
        } else {
            let artifact = add_image(&project, root, n, 0, 192, &mut noise);
            glyph(project.next_id(), &format!("thing{n:05}"), TileSize::Sixteen, vec![colors(n, 0)], vec![artifact])
        };
        project.add_unwritten(root, &declaration);
    }
    project.write_registry();
    project
}

/// The most regions of one image: as many as a bank has tiles of 8 × 8 pixels.
pub const REGIONS: u32 = 1024;

/// Creates a project of one bank, of so many tiles in the rows of an image of 4096 × 4096 pixels.
pub fn create_regions(regions: u32) -> TestProject {
    let mut noise = Noise(0x5EED);
    let colors = colors(0, 0);
    let indices: Vec<usize> = (0..IMAGE_SIDE).map(|_| noise.below(15)).collect();
    let color = |x: u32, y: u32| colors.colors[1 + (indices[(x / 8 + y / 8 * 7) as usize % indices.len()]) % 15];
    let mut project = TestProject::new();
    project.write("assets/world/sheet.png", Png::rgb(IMAGE_SIDE, IMAGE_SIDE, color).bytes());
    let region = |n: u32| Some(Region { x: n % 512 * 8, y: n * 4 / 8 * 8, w: 8, h: 8 });
    let cut = |n: u32| Cut { region: region(n), ..Cut::default() };
    let artifacts = (0..regions).map(|n| GlyphArtifact { cut: cut(n), ..artifact("sheet.png", n) }).collect();
    let declaration = glyph(project.next_id(), "world", TileSize::Eight, vec![colors.clone()], artifacts);
    project.add_asset("world", true, &declaration);
    project
}

/// Full banks of the frames of one sprite each.
pub const SPRITES: u32 = 40;
/// The frames of such a sprite, of 64 × 64 pixels.
pub const FRAMES: u32 = 16;
const FRAME_SIDE: u32 = 64;

/// Creates a project of banks of one sprite each: as Aseprite files, or the same frames as PNGs, one below the other.
pub fn create_sprites(is_indexed: bool, is_png: bool) -> TestProject {
    let mut noise = Noise(0x5EED);
    let mut project = TestProject::new();
    for bank in 0..SPRITES {
        let colors = colors(bank % GLYPH_BANKS, 0);
        // Every second pixel is like the one before, as in drawings.
        let pixels: Vec<u8> = (0..FRAMES * FRAME_SIDE * FRAME_SIDE / 2)
            .flat_map(|_| [u8::try_from(noise.below(16)).unwrap(); 2])
            .collect();
        let rgba = |index: &u8| match colors.colors[usize::from(*index)].0 {
            _ if *index == 0 => [0; 4],
            [r, g, b] => [r, g, b, 255],
        };
        let (file, bytes) = match (is_png, is_indexed) {
            (true, true) => {
                let index = |x: u32, y: u32| pixels[(y * FRAME_SIDE + x) as usize];
                let image = Png::indexed(FRAME_SIDE, FRAMES * FRAME_SIDE, &colors.colors, index);
                ("hero.png", image.with_trns(&[0]).bytes())
            }
            (true, false) => {
                let color = |x: u32, y: u32| rgba(&pixels[(y * FRAME_SIDE + x) as usize]);
                ("hero.png", Png::rgba(FRAME_SIDE, FRAMES * FRAME_SIDE, color).bytes())
            }
            (false, _) => {
                let size = [u16::try_from(FRAME_SIDE).unwrap(); 2];
                let bytes = if is_indexed { pixels } else { pixels.iter().flat_map(rgba).collect() };
                let frames: Vec<&[u8]> = bytes.chunks_exact(bytes.len() / FRAMES as usize).collect();
                let rgb: Vec<[u8; 3]> = colors.colors.iter().map(|color| color.0).collect();
                let sprite = match is_indexed {
                    true => Sprite::indexed(size, &rgb, &frames),
                    false => Sprite::rgba(size, &frames),
                };
                ("hero.aseprite", sprite.bytes())
            }
        };
        let root = format!("art/bank{bank}");
        project.write(&format!("assets/{root}/{file}"), bytes);
        let artifacts = vec![artifact(file, 0)];
        let declaration =
            glyph(project.next_id(), &format!("bank{bank}"), TileSize::Sixteen, vec![colors.clone()], artifacts);
        project.add_asset(&root, true, &declaration);
    }
    project
}

/// The folders of files that are imported, and the banks that they become.
pub const IMPORTS: [(&str, &str); 4] =
    [("gif", "glyph_bank"), ("pcx", "glyph_bank"), ("qoi", "glyph_bank"), ("ogg", "sound_bank")];

/// Creates folders of 250 files each: tiles of noise in the colors of one palette, and sounds.
pub fn create_imports() -> TestProject {
    let mut noise = Noise(0x5EED);
    let project = TestProject::new();
    let palette: Vec<[u8; 3]> = colors(0, 0).colors.iter().map(|color| color.0).collect();
    let width = SIDE as usize;
    for n in 0..250 {
        let indices = (0..width * width).map(|_| 1 + u8::try_from(noise.below(15)).unwrap()).collect();
        let indexed = Indexed { width, indices, palette: palette.clone() };
        let color = |index: &u8| {
            let [red, green, blue] = palette[usize::from(*index)];
            [red, green, blue, 255]
        };
        let pixels = indexed.indices.iter().map(color).collect();
        project.write(&format!("gif/{n}.gif"), indexed.gif(false, None));
        project.write(&format!("pcx/{n}.pcx"), indexed.pcx(8, 1));
        project.write(&format!("qoi/{n}.qoi"), Colors { width, pixels }.qoi());
        project.write(&format!("ogg/{n}.ogg"), TONE_OGG);
    }
    project
}

fn preloaded(declaration: Declaration, slot: u32) -> Declaration {
    Declaration { preload: Preload { enabled: true, slot: Some(slot) }, ..declaration }
}

/// The key and fifteen colors that no other palette of the bank has.
fn colors(bank: u32, palette_index: u32) -> Palette {
    let color = |n: u32| {
        let at = bank * PALETTES * 15 + palette_index * 15 + n;
        let channel = |value: u32| u8::try_from(value % 30 * 8 + 8).unwrap();
        Rgb([channel(at), channel(at / 30), channel(7)])
    };
    let mut all = vec![KEY];
    all.extend((0..15).map(color));
    palette(&all)
}

/// A tile in the colors of one palette, with some transparent pixels.
fn add_tile(project: &TestProject, root: &str, bank: u32, tile: u32, noise: &mut Noise) -> GlyphArtifact {
    add_image(project, root, bank, tile, SIDE, noise)
}

/// A square image in the colors of one palette, with some transparent pixels.
fn add_image(project: &TestProject, root: &str, bank: u32, tile: u32, side: u32, noise: &mut Noise) -> GlyphArtifact {
    let colors = colors(bank, tile % PALETTES).colors;
    let indices: Vec<usize> = (0..side * side).map(|_| noise.below(16)).collect();
    let image = Png::rgba(side, side, |x, y| {
        let index = indices[(y * side + x) as usize];
        let [red, green, blue] = colors[index].0;
        if index == 0 { [0; 4] } else { [red, green, blue, 255] }
    });
    let file = format!("tile{tile:03}.png");
    project.write(&format!("assets/{root}/{file}"), image.bytes());
    artifact(&file, tile)
}

/// One to five seconds of a tone with noise.
fn add_sound(project: &TestProject, root: &str, n: u32, noise: &mut Noise) -> SoundArtifact {
    let frames = RATE_HZ + u32::try_from(noise.below(4 * RATE_HZ as usize)).unwrap();
    add_sound_of(project, root, n, frames, noise)
}

/// A tone with noise, of so many frames.
fn add_sound_of(project: &TestProject, root: &str, n: u32, frames: u32, noise: &mut Noise) -> SoundArtifact {
    let pitch_hz = 110.0 + 10.0 * f64::from(n);
    let samples: Vec<i16> = (0..frames)
        .map(|frame| {
            let tone = (f64::from(frame) / f64::from(RATE_HZ) * pitch_hz * TAU).sin() * 12_000.0;
            #[expect(clippy::cast_possible_truncation, reason = "it is below 12 000")]
            let tone = tone as i16;
            tone + i16::try_from(noise.below(4000)).unwrap()
        })
        .collect();
    let file = format!("sound{n:03}.wav");
    project.write(&format!("assets/{root}/{file}"), Wav::mono16(RATE_HZ, &samples).bytes());
    sample(&file, n)
}

/// Waits until the files are old enough that the packer reads them once, as it does with almost every file of a real
/// project.
pub fn wait_until_settled(project: &TestProject) {
    let registry = project.at("assets/.prometeu/index.json");
    while std::fs::metadata(&registry).unwrap().modified().unwrap().elapsed().unwrap() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Waits until another write of any file would change its stamp.
pub fn wait_until_old() {
    std::thread::sleep(Duration::from_secs(3));
}

/// Waits until the packer trusts the stamps of all files: no program can set the time of change.
pub fn wait_until_trusted() {
    std::thread::sleep(Duration::from_secs(61));
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % end
    }
}
