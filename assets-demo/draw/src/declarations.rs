//! The assets of the demo: their declarations, and their entries in the registry.

use crate::palette::{KEY, Palette};
use crate::{drafts, font, hero, lamps, sound, terrain};
use packer_services::AssetUuid;
use packer_services::RelPath;
use packer_services::declaration::{
    ColorKey, Content, Convert, Cut, Declaration, GlyphArtifact, GlyphContent, LoopChoice, Preload, SoundArtifact,
    SoundContent, SpritePart,
};
use packer_services::diagnostics::Place;
use packer_services::formats::TileSize;

/// One asset of the demo.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoAsset {
    /// The asset's folder, relative to `assets/`.
    pub root: RelPath,
    /// Its entry in the registry.
    pub registration: Registration,
    /// Its `asset.json`.
    pub declaration: Declaration,
}

/// Whether an asset is registered, and packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Registered with this id, and packed.
    Included(u32),
    /// Registered with this id, and excluded from the build.
    Excluded(u32),
    /// Not in the registry.
    Unregistered,
}

/// Every asset of the demo: the registered ones by id, then the unregistered one.
#[must_use]
pub fn declarations() -> Vec<DemoAsset> {
    use Registration::{Excluded, Included, Unregistered};
    vec![
        DemoAsset {
            root: path("world/terrain"),
            registration: Included(1),
            declaration: Declaration {
                asset_uuid: uuid("7d0c5a2e-41b8-4f6d-9a13-c2e85b7f0164"),
                name: "terrain".into(),
                input_palettes: palette_files(&terrain::palettes()),
                content: glyphs(TileSize::Sixteen, &terrain::palettes(), &[("terrain.png", 0)]),
                preload: slot(0),
            },
        },
        DemoAsset {
            root: path("characters/hero"),
            registration: Included(2),
            declaration: Declaration {
                asset_uuid: uuid("e19b64f8-0c3d-47a2-8e55-1f6a90d4b73c"),
                name: "hero".into(),
                input_palettes: palette_files(&hero::palettes()),
                content: glyphs(TileSize::ThirtyTwo, &hero::palettes(), &[("hero.png", 0)]),
                preload: slot(1),
            },
        },
        DemoAsset {
            root: path("characters/lamps"),
            registration: Included(3),
            declaration: Declaration {
                asset_uuid: uuid("2f87d1b5-93ea-4c06-b7d4-5a08e6c3f912"),
                name: "lamps".into(),
                input_palettes: palette_files(&lamps::palettes()),
                content: glyphs(
                    TileSize::Sixteen,
                    &lamps::palettes(),
                    &[("lampkin.png", 0), ("wisp.png", 4), ("moth.png", 8), ("snuffer.png", 12)],
                ),
                preload: slot(2),
            },
        },
        DemoAsset {
            root: path("interface/font"),
            registration: Included(4),
            declaration: Declaration {
                asset_uuid: uuid("94a3e07c-b52f-4d18-a6c9-70e1fb28d5a4"),
                name: "font".into(),
                input_palettes: palette_files(&font::palettes()),
                content: glyphs(TileSize::Eight, &font::palettes(), &[("letters.png", 0), ("frames.png", 96)]),
                preload: slot(3),
            },
        },
        DemoAsset {
            root: path("sound/effects"),
            registration: Included(5),
            declaration: Declaration {
                asset_uuid: uuid("b80e2c91-6f74-4a5b-91d3-e4c7052a8f6d"),
                name: "effects".into(),
                input_palettes: Vec::new(),
                content: sounds(
                    sound::EFFECTS_RATE,
                    &["jump.wav", "pickup.wav", "hit.wav", "step.wav", "blip.wav", "ignite.wav"],
                ),
                preload: slot(0),
            },
        },
        DemoAsset {
            root: path("sound/ambience"),
            registration: Included(6),
            declaration: Declaration {
                asset_uuid: uuid("4c6f9d30-e8a1-4b27-8f0e-d359a1c7b2e6"),
                name: "ambience".into(),
                input_palettes: Vec::new(),
                content: sounds(sound::AMBIENCE_RATE, &["night.wav"]),
                preload: slot(1),
            },
        },
        // Unfinished on purpose: its blue pencil is not in a palette. It is excluded, so it blocks nothing.
        DemoAsset {
            root: path("drafts/title"),
            registration: Excluded(7),
            declaration: Declaration {
                asset_uuid: uuid("d2517be4-3a9c-4e80-b6f1-086c94e5d7a3"),
                name: "title".into(),
                input_palettes: Vec::new(),
                content: glyphs(TileSize::Sixteen, &[drafts::title_palette(false)], &[("title.png", 0)]),
                preload: NO_PRELOAD,
            },
        },
        // It has no problems, but is not registered yet.
        DemoAsset {
            root: path("drafts/sketch"),
            registration: Unregistered,
            declaration: Declaration {
                asset_uuid: uuid("683af1d7-c05e-49b4-a2e8-9b17d6f4c305"),
                name: "sketch".into(),
                input_palettes: Vec::new(),
                content: Content::Glyph(GlyphContent {
                    tile_size: TileSize::Sixteen,
                    palettes: vec![drafts::sketch_palette().to_declaration()],
                    artifacts: vec![GlyphArtifact { color_key: Some(ColorKey::Color(KEY)), ..image(&("owl.png", 0)) }],
                    animations: Vec::new(),
                }),
                preload: NO_PRELOAD,
            },
        },
    ]
}

/// A value that is about to be written has no place in a file yet.
pub(crate) const NO_PLACE: Place = Place::Byte { offset: 0 };

pub(crate) const NO_PRELOAD: Preload = Preload { enabled: false, slot: None };

fn slot(slot: u32) -> Preload {
    Preload { enabled: true, slot: Some(slot) }
}

fn uuid(text: &str) -> AssetUuid {
    AssetUuid::parse(text).unwrap_or_else(|| unreachable!("{text} is a valid uuid in this file"))
}

pub(crate) fn path(text: &str) -> RelPath {
    RelPath::parse(text)
        .unwrap_or_else(|problem| unreachable!("{text} is a valid path in this crate: {}", problem.message))
}

fn palette_files(palettes: &[Palette]) -> Vec<RelPath> {
    palettes.iter().map(|palette| path(&palette.gpl_path())).collect()
}

/// A glyph bank of these images, each with the id of its first tile.
fn glyphs(tile_size: TileSize, palettes: &[Palette], images: &[(&str, u32)]) -> Content {
    let palettes = palettes.iter().map(Palette::to_declaration).collect();
    Content::Glyph(GlyphContent {
        tile_size,
        palettes,
        artifacts: images.iter().map(image).collect(),
        animations: Vec::new(),
    })
}

fn image((file, index): &(&str, u32)) -> GlyphArtifact {
    GlyphArtifact {
        file: path(file),
        index: *index,
        palette: None,
        color_key: None,
        part: SpritePart::default(),
        cut: Cut::default(),
    }
}

/// A sound bank of these files, in the order of their indices. Each file defines its own loop.
fn sounds(sample_rate_hz: u32, files: &[&str]) -> Content {
    let sound = |(index, file): (u32, &&str)| SoundArtifact {
        file: path(file),
        index,
        looping: LoopChoice::File,
        convert: Convert::default(),
        place: NO_PLACE,
    };
    Content::Sound(SoundContent { sample_rate_hz, artifacts: (0..).zip(files).map(sound).collect() })
}
