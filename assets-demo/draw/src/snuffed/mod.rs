//! The demo project "snuffed": the mistakes that an artist can make, one asset per mistake.
//!
//! [`mistakes`] is the table: the code of the finding, a sentence about what went wrong, and a function that draws it.
//! A `Draft` is drawn correctly first, and then one thing is broken. Its root is named after the code, in a folder for
//! each family. One asset, [`WORKING_ROOT`], has no problem: mistakes that need two assets use it as the second.
//!
//! A new code needs one row in the table of its family.

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
use crate::sprites::Sprite;
use packer_services::AssetUuid;
use packer_services::declaration::{
    ANCHOR, Content, Convert, Cut, Declaration, GlyphArtifact, GlyphContent, LoopChoice, Preload, SoundArtifact,
    SoundContent, SpritePart,
};
use packer_services::diagnostics::Code;
use packer_services::formats::TileSize;
use packer_services::registry::{REGISTRY_FILE, Registry};

/// The root of the only asset without a problem.
pub const WORKING_ROOT: &str = "lit/lampkin";

/// A mistake in one asset.
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    /// The finding that it shows.
    pub code: Code,
    /// What went wrong, in a sentence of Markdown.
    pub description: &'static str,
    draw: fn(Draft) -> Draft,
}

/// A row of the table.
const fn mistake(code: Code, description: &'static str, draw: fn(Draft) -> Draft) -> Mistake {
    Mistake { code, description, draw }
}

/// All mistakes with the folder of their family, in the order of the codes.
pub fn mistakes() -> impl Iterator<Item = (&'static str, &'static Mistake)> {
    [
        ("json", json::MISTAKES),
        ("paths", paths::MISTAKES),
        ("workspace", workspace::MISTAKES),
        ("files", files::MISTAKES),
        ("declarations", declarations::MISTAKES),
        ("images", images::MISTAKES),
        ("tiles", tiles::MISTAKES),
        ("sounds", sounds::MISTAKES),
        ("raw", raw::MISTAKES),
    ]
    .into_iter()
    .flat_map(|(family, mistakes)| mistakes.iter().map(move |mistake| (family, mistake)))
}

/// The root of a mistake's asset, relative to `assets/`.
#[must_use]
pub fn root_of(family: &str, mistake: &Mistake) -> String {
    format!("{family}/{}", mistake.code)
}

/// The files of "snuffed".
///
/// # Panics
/// If ids run out, which takes two billion mistakes.
#[must_use]
pub fn files() -> Files {
    let working = (WORKING_ROOT.to_owned(), working_asset());
    let broken = mistakes()
        .map(|(family, mistake)| (root_of(family, mistake), (mistake.draw)(Draft::new(mistake.code.as_str()))));
    let (mut files, mut registry) = (Files::new(), Registry::empty());
    for (root, draft) in std::iter::once(working).chain(broken) {
        if let Some(uuid) = draft.registered {
            assert!(registry.register(uuid, path(&root), true).is_ok(), "no id is left for {root}");
        }
        files.extend(draft.into_files().into_iter().map(|(name, bytes)| (format!("assets/{root}/{name}"), bytes)));
    }
    files.push((REGISTRY_FILE.to_owned(), registry.to_bytes()));
    files
}

/// The asset without a problem: it has the name `lampkin` and the glyph slot 0.
fn working_asset() -> Draft {
    let draft = Draft::new("lampkin").lamps_bank("lampkin.png", &lamps::lampkin(), FLAME);
    draft.change_declaration(|declaration| declaration.preload = Preload { enabled: true, slot: Some(0) })
}

/// The uuid of the asset with this name: the same in every run, and different for each name.
fn uuid_of(name: &str) -> AssetUuid {
    // FNV-1a with 128 bits.
    let hash = name.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul((1 << 88) + 0x13b)
    });
    AssetUuid::from_random_bits(hash)
}

/// An asset that is being drawn. It has no problem until one of its parts is changed.
#[derive(Debug)]
struct Draft {
    declaration: Declaration,
    /// The uuid to register; `None` if it is not registered.
    registered: Option<AssetUuid>,
    anchor: Anchor,
    files: Files,
}

#[derive(Debug)]
enum Anchor {
    /// The declaration as the packer writes it.
    Declared,
    /// Other bytes.
    Written(Vec<u8>),
    /// No file.
    Absent,
}

/// The index of the lamps' warm palette.
const FLAME: usize = 0;
/// The index of the lamps' cold palette.
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

    /// Turns into a glyph bank with these palettes and without images.
    fn glyph_bank(mut self, tile_size: TileSize, palettes: &[Palette]) -> Self {
        let palettes = palettes.iter().map(Palette::to_declaration).collect();
        self.declaration.content =
            Content::Glyph(GlyphContent { tile_size, palettes, artifacts: Vec::new(), animations: Vec::new() });
        self
    }

    /// Adds an image to a glyph bank, its first tile at `index`.
    fn with_image(mut self, file: &str, index: u32, bytes: Vec<u8>) -> Self {
        let Content::Glyph(glyph) = &mut self.declaration.content else { unreachable!("{file} is for a glyph bank") };
        glyph.artifacts.push(GlyphArtifact {
            file: path(file),
            index,
            palette: None,
            color_key: None,
            part: SpritePart::default(),
            cut: Cut::default(),
        });
        self.with_file(file, bytes)
    }

    /// Turns its only image into a sprite.
    fn with_sprite(mut self, file: &str, sprite: &Sprite) -> Self {
        self.files.clear();
        self.change_images(|artifacts| artifacts[0].file = path(file)).with_file(file, sprite.bytes())
    }

    /// Turns into a glyph bank of one true-color image in one of the lamps' two palettes; both are declared.
    fn lamps_bank(self, file: &str, canvas: &Canvas, palette: usize) -> Self {
        let palettes = lamps::palettes();
        let image = encode::rgba_png(canvas, &palettes[palette]);
        self.glyph_bank(TileSize::Sixteen, &palettes).with_image(file, 0, image)
    }

    /// Turns into a glyph bank of one letter of the font, `letter.png`: for mistakes in the text of the declaration.
    fn letter_bank(self, letter: char) -> Self {
        let palettes = &font::palettes()[..1];
        let image = encode::indexed_png(&letter_of(letter), &palettes[0], png::BitDepth::Two);
        self.glyph_bank(TileSize::Eight, palettes).with_image("letter.png", 0, image)
    }

    /// Adds a sound to a sound bank, with the next index.
    fn with_sound(mut self, file: &str, bytes: Vec<u8>) -> Self {
        let Content::Sound(sound) = &mut self.declaration.content else { unreachable!("{file} is for a sound bank") };
        sound.artifacts.push(SoundArtifact {
            file: path(file),
            index: u32::try_from(sound.artifacts.len()).unwrap_or(u32::MAX),
            looping: LoopChoice::File,
            convert: Convert::default(),
            place: NO_PLACE,
        });
        self.with_file(file, bytes)
    }

    /// Adds or replaces a file of the root.
    fn with_file(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.files.retain(|(other, _)| other != name);
        self.files.push((name.to_owned(), bytes));
        self
    }

    /// Removes a file of the root.
    fn without_file(mut self, name: &str) -> Self {
        self.files.retain(|(other, _)| other != name);
        self
    }

    /// Changes the declaration.
    fn change_declaration(mut self, change: impl FnOnce(&mut Declaration)) -> Self {
        change(&mut self.declaration);
        self
    }

    /// Changes the declared images.
    fn change_images(mut self, change: impl FnOnce(&mut Vec<GlyphArtifact>)) -> Self {
        let Content::Glyph(glyph) = &mut self.declaration.content else { unreachable!("only a glyph bank has images") };
        change(&mut glyph.artifacts);
        self
    }

    /// Changes the declared sounds.
    fn change_sounds(mut self, change: impl FnOnce(&mut Vec<SoundArtifact>)) -> Self {
        let Content::Sound(sound) = &mut self.declaration.content else { unreachable!("only a sound bank has sounds") };
        change(&mut sound.artifacts);
        self
    }

    /// Writes an `asset.json` that the packer would not write.
    fn rewrite_anchor(mut self, rewrite: impl FnOnce(String) -> Vec<u8>) -> Self {
        let bytes = match self.anchor {
            Anchor::Written(bytes) => bytes,
            Anchor::Declared | Anchor::Absent => self.declaration.to_bytes(),
        };
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| unreachable!("it is text until it is rewritten: {error}"));
        self.anchor = Anchor::Written(rewrite(text));
        self
    }

    /// Replaces the first `from` in `asset.json`, which must contain it.
    fn replace_in_anchor(self, from: &str, to: &str) -> Self {
        self.rewrite_anchor(|text| {
            assert!(text.contains(from), "{from:?} is not in\n{text}");
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
    letters.crop(place % columns * 8, place / columns * 8, 8, 8)
}

/// One frame of a strip of lamps, 16 × 16.
fn frame(strip: &Canvas, n: i32) -> Canvas {
    strip.crop(n * 16, 0, 16, 16)
}
