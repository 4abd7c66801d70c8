//! The demo project "snuffed": what an artist's slips look like, one asset a slip.
//!
//! [`slips`] is the table: the code of the finding, what slipped in a sentence, and how it is drawn. An asset is drawn
//! right first, a `Draft`, and then spoiled in one thing. Its root is named after the code, in a folder for each family.
//! One asset, [`LIT`], has nothing wrong with it: it is the other one where a slip needs two.
//!
//! A slip for a new code is one row in the table of its family.

mod declarations;
mod files;
mod images;
mod json;
mod paths;
mod raw;
mod sounds;
mod tiles;
mod workspace;

use crate::Files;
use crate::canvas::Canvas;
use crate::declarations::{NO_PLACE, NO_PRELOAD, path};
use crate::encode;
use crate::font;
use crate::lamps;
use crate::palette::Palette;
use packer_services::AssetUuid;
use packer_services::declaration::{
    ANCHOR, Content, Convert, Cut, Declaration, GlyphArtifact, GlyphContent, LoopChoice, Preload, SoundArtifact,
    SoundContent,
};
use packer_services::diagnostics::Code;
use packer_services::formats::TileSize;
use packer_services::registry::{REGISTRY_FILE, Registry};

/// The root of the one asset that has nothing wrong with it.
pub const LIT: &str = "lit/lampkin";

/// One thing that went wrong.
#[derive(Clone, Copy, Debug)]
pub struct Slip {
    /// The finding that it shows.
    pub code: Code,
    /// What slipped, in a sentence of Markdown.
    pub slipped: &'static str,
    draw: fn(Draft) -> Draft,
}

/// A row of the table.
const fn slip(code: Code, slipped: &'static str, draw: fn(Draft) -> Draft) -> Slip {
    Slip { code, slipped, draw }
}

/// Every slip with the folder of its family, in the order of the codes.
pub fn slips() -> impl Iterator<Item = (&'static str, &'static Slip)> {
    [
        ("json", json::SLIPS),
        ("paths", paths::SLIPS),
        ("workspace", workspace::SLIPS),
        ("files", files::SLIPS),
        ("declarations", declarations::SLIPS),
        ("images", images::SLIPS),
        ("tiles", tiles::SLIPS),
        ("sounds", sounds::SLIPS),
        ("raw", raw::SLIPS),
    ]
    .into_iter()
    .flat_map(|(family, slips)| slips.iter().map(move |slip| (family, slip)))
}

/// The root of a slip's asset, relative to `assets/`.
#[must_use]
pub fn root(family: &str, slip: &Slip) -> String {
    format!("{family}/{}", slip.code)
}

/// The files of "snuffed".
///
/// # Panics
/// If ids run out, which takes two billion slips.
#[must_use]
pub fn files() -> Files {
    let lit = (LIT.to_owned(), lit());
    let spoiled = slips().map(|(family, slip)| (root(family, slip), (slip.draw)(Draft::new(slip.code.as_str()))));
    let (mut files, mut registry) = (Files::new(), Registry::empty());
    for (root, draft) in std::iter::once(lit).chain(spoiled) {
        if let Some(uuid) = draft.registered {
            assert!(registry.register(uuid, path(&root), true).is_ok(), "an id is left for {root}");
        }
        files.extend(draft.into_files().into_iter().map(|(name, bytes)| (format!("assets/{root}/{name}"), bytes)));
    }
    files.push((REGISTRY_FILE.to_owned(), registry.to_bytes()));
    files
}

/// The asset with nothing wrong: it has the name `lampkin` and the glyph slot 0.
fn lit() -> Draft {
    let lit = Draft::new("lampkin").lamps("lampkin.png", &lamps::lampkin(), FLAME);
    lit.declared(|declaration| declaration.preload = Preload { enabled: true, slot: Some(0) })
}

/// The uuid of the asset of this name: the same each time, and no other's.
fn uuid_of(name: &str) -> AssetUuid {
    // FNV-1a with 128 bits.
    let hash = name.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul((1 << 88) + 0x13b)
    });
    AssetUuid::from_random_bits(hash)
}

/// An asset on the drawing board. All is well with it until something is spoiled.
#[derive(Debug)]
struct Draft {
    declaration: Declaration,
    /// With this uuid, if at all.
    registered: Option<AssetUuid>,
    anchor: Anchor,
    files: Files,
}

#[derive(Debug)]
enum Anchor {
    /// As the declaration is written.
    Declared,
    /// As somebody's editor left it.
    Written(Vec<u8>),
    /// There is none.
    Absent,
}

/// The place of the first of the lamps' palettes: warm.
const FLAME: usize = 0;
/// The place of the second of the lamps' palettes: cold.
const SHADE: usize = 1;

impl Draft {
    fn new(name: &str) -> Self {
        let content =
            Content::Sound(SoundContent { sample_rate_hz: crate::sound::EFFECTS_RATE, artifacts: Vec::new() });
        let declaration = Declaration {
            asset_uuid: uuid_of(name),
            name: name.to_owned(),
            input_palettes: Vec::new(),
            content,
            preload: sounds::preload(name).unwrap_or(NO_PRELOAD),
        };
        Self { registered: Some(declaration.asset_uuid), declaration, anchor: Anchor::Declared, files: Files::new() }
    }

    /// Becomes a glyph bank without images, drawn with these palettes.
    fn drawn_with(mut self, tile_size: TileSize, palettes: &[Palette]) -> Self {
        let palettes = palettes.iter().map(Palette::declared).collect();
        self.declaration.content = Content::Glyph(GlyphContent { tile_size, palettes, artifacts: Vec::new() });
        self
    }

    /// Adds an image to a glyph bank, its first tile at `index`.
    fn image(mut self, file: &str, index: u32, bytes: Vec<u8>) -> Self {
        let Content::Glyph(glyph) = &mut self.declaration.content else { unreachable!("{file} is for a glyph bank") };
        glyph.artifacts.push(GlyphArtifact {
            file: path(file),
            index,
            palette: None,
            color_key: None,
            cut: Cut::default(),
            place: NO_PLACE,
        });
        self.file(file, bytes)
    }

    /// Becomes a glyph bank of one true-color image, drawn with one of the lamps' two palettes; both are declared.
    fn lamps(self, file: &str, canvas: &Canvas, palette: usize) -> Self {
        let palettes = lamps::palettes();
        let image = encode::rgba_png(canvas, &palettes[palette]);
        self.drawn_with(TileSize::Sixteen, &palettes).image(file, 0, image)
    }

    /// Becomes a glyph bank of one letter of the font, `letter.png`: for slips in words, whatever is drawn.
    fn letter(self, letter: char) -> Self {
        let palettes = &font::palettes()[..1];
        let image = encode::indexed_png(&letter_of(letter), &palettes[0], png::BitDepth::Two);
        self.drawn_with(TileSize::Eight, palettes).image("letter.png", 0, image)
    }

    /// Adds a sound to a sound bank, with the next index.
    fn sound(mut self, file: &str, bytes: Vec<u8>) -> Self {
        let Content::Sound(sound) = &mut self.declaration.content else { unreachable!("{file} is for a sound bank") };
        sound.artifacts.push(SoundArtifact {
            file: path(file),
            index: u32::try_from(sound.artifacts.len()).unwrap_or(u32::MAX),
            looping: LoopChoice::File,
            convert: Convert::default(),
            place: NO_PLACE,
        });
        self.file(file, bytes)
    }

    /// Lays a file into the root.
    fn file(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.files.retain(|(other, _)| other != name);
        self.files.push((name.to_owned(), bytes));
        self
    }

    /// Takes a file away.
    fn without(mut self, name: &str) -> Self {
        self.files.retain(|(other, _)| other != name);
        self
    }

    /// Changes what is declared.
    fn declared(mut self, change: impl FnOnce(&mut Declaration)) -> Self {
        change(&mut self.declaration);
        self
    }

    /// Changes the images that are declared.
    fn artifacts(mut self, change: impl FnOnce(&mut Vec<GlyphArtifact>)) -> Self {
        let Content::Glyph(glyph) = &mut self.declaration.content else { unreachable!("only a glyph bank has images") };
        change(&mut glyph.artifacts);
        self
    }

    /// Changes the sounds that are declared.
    fn samples(mut self, change: impl FnOnce(&mut Vec<SoundArtifact>)) -> Self {
        let Content::Sound(sound) = &mut self.declaration.content else { unreachable!("only a sound bank has sounds") };
        change(&mut sound.artifacts);
        self
    }

    /// Writes `asset.json` otherwise than the packer would.
    fn rewritten(mut self, rewrite: impl FnOnce(String) -> Vec<u8>) -> Self {
        let bytes = match self.anchor {
            Anchor::Written(bytes) => bytes,
            Anchor::Declared | Anchor::Absent => self.declaration.to_bytes(),
        };
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| unreachable!("it is text until it is spoiled: {error}"));
        self.anchor = Anchor::Written(rewrite(text));
        self
    }

    /// Replaces a text in `asset.json`, which must be there.
    fn edited(self, from: &str, to: &str) -> Self {
        self.rewritten(|text| {
            assert!(text.contains(from), "there is no {from:?} in\n{text}");
            text.replacen(from, to, 1).into_bytes()
        })
    }

    fn without_anchor(mut self) -> Self {
        self.anchor = Anchor::Absent;
        self
    }

    fn unregistered(mut self) -> Self {
        self.registered = None;
        self
    }

    fn into_files(self) -> Files {
        let anchor = match self.anchor {
            Anchor::Declared => Some(self.declaration.to_bytes()),
            Anchor::Written(bytes) => Some(bytes),
            Anchor::Absent => None,
        };
        let mut files = self.files;
        files.extend(anchor.map(|bytes| (ANCHOR.to_owned(), bytes)));
        files
    }
}

/// A letter of the font, 8 × 8.
fn letter_of(letter: char) -> Canvas {
    let letters = font::letters();
    let place = i32::try_from(u32::from(letter)).unwrap_or(0) - i32::from(b' ');
    let columns = letters.width() / 8;
    letters.part(place % columns * 8, place / columns * 8, 8, 8)
}

/// One frame of a strip of lamps, 16 × 16.
fn frame(strip: &Canvas, n: i32) -> Canvas {
    strip.part(n * 16, 0, 16, 16)
}
