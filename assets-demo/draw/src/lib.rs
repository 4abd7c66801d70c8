//! The art and the sound of the demo project "lantern", a small platformer at night, drawn by code.
//!
//! [`files`] gives the bytes of every picture and sound, [`declarations`] says in plain data what each asset is. Both
//! are the same on every machine and in every run: no clock, no system randomness, no mathematics that a platform
//! may round its own way.

pub mod canvas;
pub mod drafts;
pub mod encode;
pub mod font;
pub mod hero;
pub mod lamps;
pub mod palette;
pub mod sound;
pub mod terrain;

use crate::palette::{KEY, Palette};
use png::BitDepth;

/// One asset of the demo, as its declaration has to say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAsset {
    /// The asset's folder, relative to `assets/`.
    pub root: &'static str,
    /// Its identity, fixed for ever.
    pub uuid: &'static str,
    /// Its label.
    pub name: &'static str,
    /// Its place in the registry.
    pub registration: Registration,
    /// What kind of bank it is.
    pub bank: Bank,
    /// Palette files that the art was drawn with, relative to the root (`inputs.palettes`).
    pub palette_files: Vec<String>,
    /// Its files, in order.
    pub artifacts: Vec<Artifact>,
    /// The preload slot; none means that the asset is not preloaded.
    pub preload_slot: Option<u8>,
}

/// Where an asset stands in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Registered with this id, and packed.
    Included(u32),
    /// Registered with this id, and kept out of the build.
    Excluded(u32),
    /// Not in the registry.
    Unregistered,
}

/// A bank's own settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bank {
    /// `glyph_bank`, packed as `GLYPH/indexed_v1`.
    Glyph {
        /// The side of a tile.
        tile_size: u32,
        /// The palettes, by index.
        palettes: Vec<Palette>,
    },
    /// `sound_bank`, packed as `SOUNDS/pcm16le_v1`.
    Sound {
        /// The bank's nominal rate in hertz.
        sample_rate: u32,
    },
}

/// One file of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its path, relative to the root.
    pub file: &'static str,
    /// The first tile, or the sample, that it becomes.
    pub index: u32,
    /// Its `color_key`, where alpha does not say what is transparent.
    pub color_key: Option<String>,
}

fn artifact(file: &'static str, index: u32) -> Artifact {
    Artifact { file, index, color_key: None }
}

fn gpl_path(palette: &Palette) -> String {
    format!("palettes/{}.gpl", palette.name())
}

fn glyphs(tile_size: u32, palettes: Vec<Palette>) -> (Bank, Vec<String>) {
    let files = palettes.iter().map(gpl_path).collect();
    (Bank::Glyph { tile_size, palettes }, files)
}

/// Every asset of the demo: the registered ones by id, then the unregistered one.
#[must_use]
pub fn declarations() -> Vec<DemoAsset> {
    let (terrain, terrain_palettes) = glyphs(16, terrain::palettes());
    let (hero, hero_palettes) = glyphs(32, hero::palettes());
    let (lamps, lamps_palettes) = glyphs(16, lamps::palettes());
    let (font, font_palettes) = glyphs(8, font::palettes());
    vec![
        DemoAsset {
            root: "world/terrain",
            uuid: "7d0c5a2e-41b8-4f6d-9a13-c2e85b7f0164",
            name: "terrain",
            registration: Registration::Included(1),
            bank: terrain,
            palette_files: terrain_palettes,
            artifacts: vec![artifact("terrain.png", 0)],
            preload_slot: Some(0),
        },
        DemoAsset {
            root: "characters/hero",
            uuid: "e19b64f8-0c3d-47a2-8e55-1f6a90d4b73c",
            name: "hero",
            registration: Registration::Included(2),
            bank: hero,
            palette_files: hero_palettes,
            artifacts: vec![artifact("hero.png", 0)],
            preload_slot: Some(1),
        },
        DemoAsset {
            root: "characters/lamps",
            uuid: "2f87d1b5-93ea-4c06-b7d4-5a08e6c3f912",
            name: "lamps",
            registration: Registration::Included(3),
            bank: lamps,
            palette_files: lamps_palettes,
            artifacts: vec![
                artifact("lampkin.png", 0),
                artifact("wisp.png", 4),
                artifact("moth.png", 8),
                artifact("snuffer.png", 12),
            ],
            preload_slot: Some(2),
        },
        DemoAsset {
            root: "interface/font",
            uuid: "94a3e07c-b52f-4d18-a6c9-70e1fb28d5a4",
            name: "font",
            registration: Registration::Included(4),
            bank: font,
            palette_files: font_palettes,
            artifacts: vec![artifact("letters.png", 0), artifact("frames.png", 96)],
            preload_slot: Some(3),
        },
        DemoAsset {
            root: "sound/effects",
            uuid: "b80e2c91-6f74-4a5b-91d3-e4c7052a8f6d",
            name: "effects",
            registration: Registration::Included(5),
            bank: Bank::Sound { sample_rate: sound::EFFECTS_RATE },
            palette_files: Vec::new(),
            artifacts: vec![
                artifact("jump.wav", 0),
                artifact("pickup.wav", 1),
                artifact("hit.wav", 2),
                artifact("step.wav", 3),
                artifact("blip.wav", 4),
                artifact("ignite.wav", 5),
            ],
            preload_slot: Some(0),
        },
        DemoAsset {
            root: "sound/ambience",
            uuid: "4c6f9d30-e8a1-4b27-8f0e-d359a1c7b2e6",
            name: "ambience",
            registration: Registration::Included(6),
            bank: Bank::Sound { sample_rate: sound::AMBIENCE_RATE },
            palette_files: Vec::new(),
            artifacts: vec![artifact("night.wav", 0)],
            preload_slot: Some(1),
        },
        // Unfinished on purpose: its blue pencil is in no palette. Kept out of the build, so nothing is blocked.
        DemoAsset {
            root: "drafts/title",
            uuid: "d2517be4-3a9c-4e80-b6f1-086c94e5d7a3",
            name: "title",
            registration: Registration::Excluded(7),
            bank: Bank::Glyph { tile_size: 16, palettes: vec![drafts::title_palette(false)] },
            palette_files: Vec::new(),
            artifacts: vec![artifact("title.png", 0)],
            preload_slot: None,
        },
        // Sound, but nobody has registered it yet.
        DemoAsset {
            root: "drafts/sketch",
            uuid: "683af1d7-c05e-49b4-a2e8-9b17d6f4c305",
            name: "sketch",
            registration: Registration::Unregistered,
            bank: Bank::Glyph { tile_size: 16, palettes: vec![drafts::sketch_palette()] },
            palette_files: Vec::new(),
            artifacts: vec![Artifact {
                color_key: Some(palette::Colour::console(KEY).hex()),
                ..artifact("owl.png", 0)
            }],
            preload_slot: None,
        },
    ]
}

/// Every picture, sound and palette file: its path, relative to the project's folder, and its bytes.
#[must_use]
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut add = |root: &str, file: &str, bytes: Vec<u8>| files.push((format!("assets/{root}/{file}"), bytes));

    for (root, file, canvas, palettes, depth) in [
        ("world/terrain", "terrain.png", terrain::sheet(), terrain::palettes(), BitDepth::Four),
        ("characters/hero", "hero.png", hero::sheet(), hero::palettes(), BitDepth::Four),
        ("interface/font", "letters.png", font::letters(), font::palettes(), BitDepth::Two),
        ("interface/font", "frames.png", font::frames(), font::palettes(), BitDepth::Two),
    ] {
        add(root, file, encode::indexed_png(&canvas, &palettes[0], depth));
    }
    let lamps = lamps::palettes();
    for (file, canvas, palette) in [
        ("lampkin.png", lamps::lampkin(), &lamps[0]),
        ("wisp.png", lamps::wisp(), &lamps[0]),
        ("moth.png", lamps::moth(), &lamps[1]),
        ("snuffer.png", lamps::snuffer(), &lamps[1]),
    ] {
        add("characters/lamps", file, encode::rgba_png(&canvas, palette));
    }
    add("drafts/title", "title.png", encode::rgba_png(&drafts::title(), &drafts::title_palette(true)));
    add("drafts/sketch", "owl.png", encode::rgb_png(&drafts::owl(), &drafts::sketch_palette()));

    for (root, palettes) in [
        ("world/terrain", terrain::palettes()),
        ("characters/hero", hero::palettes()),
        ("characters/lamps", lamps),
        ("interface/font", font::palettes()),
    ] {
        for palette in &palettes {
            add(root, &gpl_path(palette), encode::gpl(palette));
        }
    }

    let effect = |samples: Vec<i16>| encode::wav(&samples, sound::EFFECTS_RATE, false, None);
    add("sound/effects", "jump.wav", effect(sound::jump()));
    add("sound/effects", "pickup.wav", effect(sound::pickup()));
    add("sound/effects", "hit.wav", effect(sound::hit()));
    add("sound/effects", "step.wav", effect(sound::step()));
    add("sound/effects", "blip.wav", encode::wav(&sound::blip(), sound::EFFECTS_RATE, true, None));
    add("sound/effects", "ignite.wav", effect(sound::ignite()));
    let (night, seam) = sound::night();
    add("sound/ambience", "night.wav", encode::wav(&night, sound::AMBIENCE_RATE, false, Some(seam)));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::io::Cursor;

    /// A picture as the console compares it: one 5-6-5 colour a pixel, none where it is transparent, and the
    /// author's index where the file has one.
    struct Picture {
        width: usize,
        height: usize,
        pixels: Vec<(Option<u16>, Option<u8>)>,
    }

    fn console(r: u8, g: u8, b: u8) -> u16 {
        (u16::from(r >> 3) << 11) | (u16::from(g >> 2) << 5) | u16::from(b >> 3)
    }

    fn read(bytes: &[u8], color_key: Option<&str>) -> Picture {
        let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut data).unwrap();
        let (width, height) = (frame.width as usize, frame.height as usize);
        let info = reader.info();
        let key = color_key.map(|_| console(0xff, 0, 0xff));
        let mut pixels = Vec::new();
        for row in data.chunks(frame.line_size).take(height) {
            match info.color_type {
                png::ColorType::Indexed => {
                    let bits = info.bit_depth as usize;
                    let palette = info.palette.as_ref().unwrap();
                    let alpha = info.trns.as_ref().unwrap();
                    for x in 0..width {
                        let byte = row[x * bits / 8];
                        let index = (byte >> (8 - bits - x * bits % 8)) & u8::try_from((1u16 << bits) - 1).unwrap();
                        let at = usize::from(index);
                        let colour = console(palette[at * 3], palette[at * 3 + 1], palette[at * 3 + 2]);
                        let shown = alpha.get(at) != Some(&0);
                        pixels.push((shown.then_some(colour), Some(index)));
                    }
                }
                png::ColorType::Rgba => {
                    pixels.extend(row.chunks(4).map(|p| ((p[3] != 0).then(|| console(p[0], p[1], p[2])), None)))
                }
                png::ColorType::Rgb => pixels.extend(row.chunks(3).map(|p| {
                    let colour = console(p[0], p[1], p[2]);
                    ((Some(colour) != key).then_some(colour), None)
                })),
                other => panic!("{other:?} is not drawn here"),
            }
        }
        Picture { width, height, pixels }
    }

    fn file(asset: &DemoAsset, name: &str) -> Vec<u8> {
        let path = format!("assets/{}/{name}", asset.root);
        files().into_iter().find(|(at, _)| *at == path).unwrap_or_else(|| panic!("{path} is not drawn")).1
    }

    /// The indices that a palette gives to a tile's pixels, if it holds them all.
    fn indices(palette: &[u16], tile: &[(Option<u16>, Option<u8>)]) -> Option<Vec<u8>> {
        let by_author = tile.iter().map(|&(colour, index)| match (colour, index) {
            (None, _) => Some(0),
            (Some(colour), Some(index)) => {
                (index > 0 && palette.get(usize::from(index)) == Some(&colour)).then_some(index)
            }
            (Some(_), None) => None,
        });
        by_author.collect::<Option<Vec<u8>>>().or_else(|| {
            let by_colour = tile.iter().map(|&(colour, _)| match colour {
                None => Some(0),
                Some(colour) => (1..palette.len()).find(|&i| palette[i] == colour).and_then(|i| u8::try_from(i).ok()),
            });
            by_colour.collect()
        })
    }

    #[test]
    fn every_picture_packs_without_a_warning_but_the_unfinished_title() {
        for asset in declarations() {
            let Bank::Glyph { tile_size, palettes } = &asset.bank else {
                continue;
            };
            let palettes: Vec<Vec<u16>> =
                palettes.iter().map(|p| p.colours().iter().map(|c| console(c.r, c.g, c.b)).collect()).collect();
            for palette in &palettes {
                assert!((2..=16).contains(&palette.len()), "{}", asset.root);
                assert_eq!(
                    palette.iter().collect::<BTreeSet<_>>().len(),
                    palette.len(),
                    "{}: two become one",
                    asset.root
                );
            }
            let side = *tile_size as usize;
            let (mut next, mut lost, mut used) = (0, 0, BTreeSet::new());
            for artifact in &asset.artifacts {
                assert_eq!(artifact.index, next, "{}: a gap or an overlap", asset.root);
                let picture = read(&file(&asset, artifact.file), artifact.color_key.as_deref());
                assert!(picture.width.is_multiple_of(side) && picture.height.is_multiple_of(side));
                next += u32::try_from(picture.width / side * (picture.height / side)).unwrap();
                for (ty, tx) in (0..picture.height / side).flat_map(|y| (0..picture.width / side).map(move |x| (y, x)))
                {
                    let tile: Vec<_> = (0..side)
                        .flat_map(|y| (0..side).map(move |x| (ty * side + y) * picture.width + tx * side + x))
                        .map(|at| picture.pixels[at])
                        .collect();
                    let fits: Vec<Vec<u8>> = palettes.iter().filter_map(|palette| indices(palette, &tile)).collect();
                    lost += usize::from(fits.is_empty());
                    assert!(
                        fits.windows(2).all(|two| two[0] == two[1]),
                        "{} {}: fragile tile {tx}, {ty}",
                        asset.root,
                        artifact.file
                    );
                    used.extend(fits.first().into_iter().flatten().copied());
                }
            }
            assert!(next <= (256 / tile_size) * (256 / tile_size), "{}: too many tiles", asset.root);
            assert_eq!(lost > 0, asset.root == "drafts/title", "{}: {lost} tiles in no palette", asset.root);
            let longest = palettes.iter().map(Vec::len).max().unwrap();
            assert!(lost > 0 || used.len() == longest, "{}: {} of {longest} colours used", asset.root, used.len());
        }
    }

    #[test]
    fn effects_start_and_end_in_silence_and_never_clip() {
        for sound in [sound::jump(), sound::pickup(), sound::hit(), sound::step(), sound::blip(), sound::ignite()] {
            assert_eq!((sound.first(), sound.last()), (Some(&0), Some(&0)));
            let peak = sound.iter().map(|s| s.unsigned_abs()).max().unwrap();
            assert!((9_000..26_000).contains(&peak), "{peak}");
        }
    }

    #[test]
    fn the_seam_of_the_loop_is_as_smooth_as_the_rest() {
        let (night, (start, end)) = sound::night();
        let (start, end) = (start as usize, end as usize);
        assert_eq!(end, night.len());
        assert!(night[end - 1] < 0 && night[start] >= 0, "not a crossing of zero");
        assert!(night[end - 1].abs_diff(night[start]) < 100, "{} to {}", night[end - 1], night[start]);
    }

    #[test]
    fn identities_names_slots_and_files_are_distinct() {
        let assets = declarations();
        let distinct = |all: Vec<String>| assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        distinct(assets.iter().map(|a| a.uuid.to_owned()).collect());
        distinct(assets.iter().map(|a| a.name.to_owned()).collect());
        let slots = |sounds: bool| {
            let bank = assets.iter().filter(|a| matches!(a.bank, Bank::Sound { .. }) == sounds);
            bank.filter_map(|a| a.preload_slot).map(|slot| slot.to_string()).collect()
        };
        distinct(slots(true));
        distinct(slots(false));
        let drawn: Vec<String> = files().into_iter().map(|(path, _)| path).collect();
        let told: BTreeSet<String> = assets
            .iter()
            .flat_map(|a| {
                let files =
                    a.artifacts.iter().map(|artifact| artifact.file).chain(a.palette_files.iter().map(String::as_str));
                files.map(|file| format!("assets/{}/{file}", a.root)).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(drawn.iter().cloned().collect::<BTreeSet<_>>(), told);
        distinct(drawn);
        for asset in &assets {
            let groups: Vec<usize> = asset.uuid.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12]);
            assert!(asset.uuid.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-')));
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares the committed files of this very repository")]
    fn the_project_holds_exactly_these_bytes() {
        let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("lantern");
        for (path, bytes) in files() {
            let there = std::fs::read(project.join(&path)).unwrap_or_default();
            assert!(there == bytes, "{path} differs: cargo run -p assets-demo-draw");
        }
    }
}
