//! The chunks of a sprite's file: layers, cels, palettes, tilesets, tags and slices. No pixel is decompressed here.

use std::collections::HashMap;
use std::ops::Range;

use super::blend::BlendMode;
use super::bytes::{Fields, SpriteError, SpritePlace};
use super::{SpriteDamage, SpriteLimit, UnknownSprite};
use crate::declaration::AnimationDirection;
use crate::limits::SPRITE_CHUNKS;

const HEADER_BYTES: usize = 128;
const FRAME_MAGIC: u16 = 0xF1FA;
/// The size and type of a chunk.
const CHUNK_HEADER_BYTES: usize = 6;

/// The header's flag for opacities of layers.
const LAYERS_HAVE_OPACITY: u32 = 1;
/// The header's flag for blend modes and opacities of groups.
const GROUPS_ARE_COMPOSED: u32 = 2;

/// The tileset's flag for tiles in another file.
const TILESET_IS_EXTERNAL: u32 = 1;
/// The tileset's flag for tiles in this file.
const TILESET_HAS_PIXELS: u32 = 2;
/// The tileset's flag for an empty tile 0.
const TILE_0_IS_EMPTY: u32 = 4;

/// What a pixel of a sprite is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMode {
    /// An index.
    Indexed,
    /// A gray value and alpha.
    Gray,
    /// Red, green, blue and alpha.
    Rgba,
}

impl ColorMode {
    /// The size of a pixel in the file, in bytes.
    pub fn pixel_bytes(self) -> usize {
        match self {
            Self::Indexed => 1,
            Self::Gray => 2,
            Self::Rgba => 4,
        }
    }

    /// The size of a drawn pixel, in bytes. Gray ones are drawn as colors.
    pub fn canvas_bytes(self) -> u64 {
        if self == Self::Indexed { 1 } else { 4 }
    }
}

/// A sprite's file.
#[derive(Debug)]
pub struct SpriteFile<'b> {
    /// The whole file.
    pub bytes: &'b [u8],
    /// What its pixels are.
    pub mode: ColorMode,
    /// Width and height, in pixels.
    pub size: [u32; 2],
    /// The index that is transparent on all layers but the background.
    pub transparent: u8,
    /// How many colors its palette has before any chunk.
    pub color_count: u16,
    /// The size of the cells of the grid, if it is set, in pixels.
    pub grid: Option<[u32; 2]>,
    /// Whether a group is drawn by itself first, with its own opacity and blend mode.
    pub composes_groups: bool,
    /// In the order of the file: a group before the layers in it.
    pub layers: Vec<Layer>,
    /// All frames.
    pub frames: Vec<SpriteFrame>,
    /// The cels of all frames, those of a frame by layer.
    pub cels: Vec<Cel>,
    /// The chunks that change the palette, in order.
    pub palette_chunks: Vec<PaletteChunk>,
    /// By number.
    pub tilesets: HashMap<u32, Tileset>,
    /// In the order of the file.
    pub tags: Vec<SpriteTag>,
    /// In the order of the file.
    pub slices: Vec<Slice>,
    /// Where the last frame ends.
    pub end: usize,
}

/// A frame of a sprite.
#[derive(Clone, Debug)]
pub struct SpriteFrame {
    /// How long it is shown, in milliseconds.
    pub duration_ms: u16,
    /// Its cels.
    pub cels: Range<usize>,
}

/// What a layer contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// Images.
    Image,
    /// Other layers.
    Group,
    /// Tilemaps of the tileset with this number.
    Tilemap(u32),
}

/// A layer of a sprite.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// What it contains.
    pub kind: LayerKind,
    /// The group that it is in.
    pub parent: Option<usize>,
    /// Whether it is not hidden itself.
    pub is_visible: bool,
    /// Whether it is the background, which is below all others and has no transparent index.
    pub is_background: bool,
    /// Whether it is a reference, which is never part of the image.
    pub is_reference: bool,
    /// How it is drawn over what is below it.
    pub blend_mode: BlendMode,
    /// 255 is opaque.
    pub opacity: u8,
}

/// What a layer shows in a frame.
#[derive(Clone, Debug)]
pub struct Cel {
    /// The position of its layer.
    pub layer: u16,
    /// Where its top left pixel lies in the sprite, which may be outside.
    pub corner: [i16; 2],
    /// 255 is opaque.
    pub opacity: u8,
    /// How many layers further up it is drawn.
    pub z_index: i16,
    /// Its pixels or tiles.
    pub content: CelContent,
    /// Where it is in the file.
    pub place: SpritePlace,
}

/// The pixels or tiles of a cel.
#[derive(Clone, Debug)]
pub enum CelContent {
    /// Nothing.
    Empty,
    /// Pixels.
    Pixels {
        /// Width and height, in pixels.
        size: [u32; 2],
        /// Their bytes in the file.
        data: Range<usize>,
        /// Whether these are compressed.
        is_compressed: bool,
    },
    /// Tiles.
    Tiles {
        /// Width and height, in tiles.
        size: [u32; 2],
        /// What the bits of a tile mean.
        masks: TileMasks,
        /// Their compressed bytes in the file.
        data: Range<usize>,
    },
    /// Those of another cel of the same layer, by its position in the file's cels.
    Link(usize),
}

/// What the bits of a tile in a tilemap mean.
#[derive(Clone, Copy, Debug)]
pub struct TileMasks {
    /// Its number.
    pub id: u32,
    /// It is mirrored left to right.
    pub flip_x: u32,
    /// It is mirrored top to bottom.
    pub flip_y: u32,
    /// Its x and y are swapped.
    pub flip_diagonal: u32,
}

/// A chunk that changes the palette.
#[derive(Clone, Debug)]
pub struct PaletteChunk {
    /// From this frame on.
    pub frame: u32,
    /// Its form.
    pub kind: PaletteKind,
    /// Its content in the file.
    pub data: Range<usize>,
    /// Where it is in the file.
    pub place: SpritePlace,
}

/// The form of a chunk with colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaletteKind {
    /// With alpha (0x2019).
    Current,
    /// 8 bits per channel (0x0004).
    Old,
    /// 6 bits per channel (0x000B).
    SixBits,
}

/// The tiles of tilemaps.
#[derive(Clone, Debug)]
pub struct Tileset {
    /// How many tiles it has.
    pub count: u32,
    /// Width and height of a tile, in pixels.
    pub tile_size: [u32; 2],
    /// Whether tile 0 is empty, even if it has pixels.
    pub is_tile_0_empty: bool,
    /// The compressed pixels in the file, all tiles below each other; or why there are none.
    pub data: Result<Range<usize>, UnknownSprite>,
    /// Where it is in the file.
    pub place: SpritePlace,
}

/// A named range of frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpriteTag {
    /// Its name.
    pub name: String,
    /// Its first frame, from 0.
    pub from: u32,
    /// Its last frame, from 0. The file does not guarantee that it exists.
    pub to: u32,
    /// In which order its frames are played.
    pub direction: AnimationDirection,
    /// How often it is played; 0 without end. Of a ping-pong tag, each way counts.
    pub repeat: u16,
}

/// A named rectangle.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Its name.
    pub name: String,
    /// Where it lies, each from a frame on.
    pub keys: Vec<SliceKey>,
}

/// Where a slice lies, from a frame on.
#[derive(Clone, Copy, Debug)]
pub struct SliceKey {
    /// The first frame, from 0.
    pub frame: u32,
    /// Its top left pixel.
    pub corner: [i32; 2],
    /// Width and height; 0 if it is hidden.
    pub size: [u32; 2],
}

impl<'b> SpriteFile<'b> {
    /// Reads all chunks of a file.
    pub fn read(bytes: &'b [u8]) -> Result<Self, SpriteError> {
        let mut fields = Fields::new(bytes, 0..bytes.len(), SpritePlace::default());
        fields.skip(6)?;
        let frame_count = fields.word()?;
        let size = [fields.word()?, fields.word()?].map(u32::from);
        let depth = fields.word()?;
        let flags = fields.dword()?;
        let speed = fields.word()?;
        fields.skip(8)?;
        let transparent = fields.byte()?;
        fields.skip(3)?;
        let color_count = fields.word()?;
        fields.skip(2 + 4)?;
        let grid = [fields.word()?, fields.word()?].map(u32::from);
        fields.skip(HEADER_BYTES - fields.position())?;
        let mode = match depth {
            8 => ColorMode::Indexed,
            16 => ColorMode::Gray,
            32 => ColorMode::Rgba,
            other => return Err(fields.damaged(SpriteDamage::Depth(other))),
        };
        if frame_count == 0 || size.contains(&0) {
            return Err(fields.damaged(SpriteDamage::EmptyHeader));
        }
        let sprite = Self {
            bytes,
            mode,
            size,
            transparent: if mode == ColorMode::Indexed { transparent } else { 0 },
            color_count: if color_count == 0 { 256 } else { color_count },
            grid: (!grid.contains(&0)).then_some(grid),
            composes_groups: flags & GROUPS_ARE_COMPOSED != 0,
            layers: Vec::new(),
            frames: Vec::new(),
            cels: Vec::new(),
            palette_chunks: Vec::new(),
            tilesets: HashMap::new(),
            tags: Vec::new(),
            slices: Vec::new(),
            end: fields.position(),
        };
        let mut reader = ChunkReader {
            sprite,
            layers_have_opacity: flags & LAYERS_HAVE_OPACITY != 0,
            ignores_old_palettes: false,
            groups: Vec::new(),
            chunks: 0,
        };
        for number in 0..u32::from(frame_count) {
            reader.read_frame(number, speed)?;
        }
        reader.sprite.check_tilesets()?;
        Ok(reader.sprite)
    }

    /// The cel whose pixels a cel shows.
    pub fn shown_cel<'c>(&'c self, cel: &'c Cel) -> &'c Cel {
        match cel.content {
            // A link is resolved when it is read, so it never leads to another link.
            CelContent::Link(at) => &self.cels[at],
            _ => cel,
        }
    }

    fn check_tilesets(&self) -> Result<(), SpriteError> {
        for cel in &self.cels {
            if let LayerKind::Tilemap(tileset) = self.layers[usize::from(cel.layer)].kind
                && !self.tilesets.contains_key(&tileset)
            {
                return Err(SpriteError::Damaged(cel.place, SpriteDamage::NoTileset(tileset)));
            }
        }
        Ok(())
    }
}

/// Reads the chunks of one frame after the other.
struct ChunkReader<'b> {
    sprite: SpriteFile<'b>,
    layers_have_opacity: bool,
    /// Whether a palette with alpha was read: from then on all others are ignored.
    ignores_old_palettes: bool,
    /// The groups that the next layer may be in, from the outside.
    groups: Vec<usize>,
    /// Chunks, tags and keys of slices so far.
    chunks: u64,
}

impl ChunkReader<'_> {
    fn count(&mut self, more: u64) -> Result<(), SpriteError> {
        self.chunks += more;
        if self.chunks > SPRITE_CHUNKS { Err(SpriteLimit::Chunks(SPRITE_CHUNKS).into()) } else { Ok(()) }
    }

    fn read_frame(&mut self, number: u32, speed: u16) -> Result<(), SpriteError> {
        let bytes = self.sprite.bytes;
        let start = self.sprite.end;
        let place = SpritePlace { frame: Some(number), chunk: None, offset: start as u64 };
        let mut header = Fields::new(bytes, start..bytes.len(), place);
        let size = header.dword()? as usize;
        let magic = header.word()?;
        let old_count = header.word()?;
        let duration = header.word()?;
        header.skip(2)?;
        let new_count = header.dword()?;
        if magic != FRAME_MAGIC || size < header.position() - start {
            return Err(header.damaged(SpriteDamage::FrameHeader));
        }
        if size > bytes.len() - start {
            return Err(SpriteError::Cut(place, bytes.len() as u64));
        }
        let count = if old_count == u16::MAX { u32::from(old_count).max(new_count) } else { u32::from(old_count) };
        let first_cel = self.sprite.cels.len();
        let mut at = header.position();
        for chunk in 0..count {
            self.count(1)?;
            let place = SpritePlace { frame: Some(number), chunk: Some(chunk), offset: at as u64 };
            let mut fields = Fields::new(bytes, at..start + size, place);
            let chunk_size = fields.dword()? as usize;
            let kind = fields.word()?;
            if chunk_size < CHUNK_HEADER_BYTES || chunk_size > start + size - at {
                return Err(fields.damaged(SpriteDamage::ChunkSize));
            }
            let content = at + CHUNK_HEADER_BYTES..at + chunk_size;
            self.read_chunk(kind, Fields::new(bytes, content, place), first_cel)?;
            at += chunk_size;
        }
        let cels = first_cel..self.sprite.cels.len();
        self.sprite.cels[cels.clone()].sort_by_key(|cel| cel.layer);
        let in_order = &self.sprite.cels[cels.clone()];
        if let Some([_, second]) = in_order.array_windows().find(|[a, b]| a.layer == b.layer) {
            return Err(SpriteError::Damaged(second.place, SpriteDamage::CelTwice(second.layer)));
        }
        let duration_ms = if duration > 0 { duration } else { speed };
        self.sprite.frames.push(SpriteFrame { duration_ms, cels });
        self.sprite.end = start + size;
        Ok(())
    }

    fn read_chunk(&mut self, kind: u16, fields: Fields<'_>, first_cel: usize) -> Result<(), SpriteError> {
        match kind {
            0x0004 => self.add_palette(PaletteKind::Old, &fields),
            0x000B => self.add_palette(PaletteKind::SixBits, &fields),
            0x2019 => self.add_palette(PaletteKind::Current, &fields),
            0x2004 => return self.read_layer(fields),
            0x2005 => return self.read_cel(fields, first_cel),
            0x2018 => return self.read_tags(fields),
            0x2021 => return self.read_slices(fields),
            0x2022 => return self.read_slice(&mut fields.clone()),
            0x2023 => return self.read_tileset(fields),
            // Exact bounds of references, color profiles, names of other files, user data; and what newer versions add.
            _ => {}
        }
        Ok(())
    }

    fn add_palette(&mut self, kind: PaletteKind, fields: &Fields<'_>) {
        if kind == PaletteKind::Current {
            self.ignores_old_palettes = true;
        } else if self.ignores_old_palettes {
            return;
        }
        let place = fields.start();
        let frame = place.frame.unwrap_or(0);
        self.sprite.palette_chunks.push(PaletteChunk { frame, kind, data: fields.rest(), place });
    }

    fn read_layer(&mut self, mut fields: Fields<'_>) -> Result<(), SpriteError> {
        let flags = fields.word()?;
        let kind = fields.word()?;
        let level = usize::from(fields.word()?);
        fields.skip(4)?;
        let blend_mode = fields.word()?;
        let opacity = fields.byte()?;
        fields.skip(3)?;
        let name = fields.string()?;
        let kind = match kind {
            0 => LayerKind::Image,
            1 => LayerKind::Group,
            2 => LayerKind::Tilemap(fields.dword()?),
            other => return Err(SpriteError::Unknown(fields.start(), UnknownSprite::LayerType(other))),
        };
        if level > self.groups.len() {
            return Err(fields.damaged(SpriteDamage::LayerLevel));
        }
        self.groups.truncate(level);
        let parent = self.groups.last().copied();
        if kind == LayerKind::Group {
            self.groups.push(self.sprite.layers.len());
        }
        let is_background = flags & 8 != 0;
        // The background and, unless the file says otherwise, groups have no blend mode and no opacity.
        let is_blended = !is_background && (kind != LayerKind::Group || self.sprite.composes_groups);
        let blend_mode = match BlendMode::of_file(blend_mode) {
            _ if !is_blended => BlendMode::Normal,
            Some(mode) => mode,
            None => return Err(SpriteError::Unknown(fields.start(), UnknownSprite::BlendMode(blend_mode))),
        };
        self.sprite.layers.push(Layer {
            name,
            kind,
            parent,
            is_visible: flags & 1 != 0,
            is_background,
            is_reference: flags & 64 != 0,
            blend_mode,
            opacity: if is_blended && self.layers_have_opacity { opacity } else { u8::MAX },
        });
        Ok(())
    }

    fn read_cel(&mut self, mut fields: Fields<'_>, first_cel: usize) -> Result<(), SpriteError> {
        let place = fields.start();
        let layer = fields.word()?;
        let corner = [fields.short()?, fields.short()?];
        let opacity = fields.byte()?;
        let kind = fields.word()?;
        let z_index = fields.short()?;
        fields.skip(5)?;
        let layer_kind = self.sprite.layers.get(usize::from(layer)).map(|layer| layer.kind);
        let is_tilemap = matches!(layer_kind, Some(LayerKind::Tilemap(_)));
        let is_group = layer_kind == Some(LayerKind::Group);
        if layer_kind.is_none() || is_group || (kind != 1 && is_tilemap != (kind == 3)) {
            return Err(fields.damaged(SpriteDamage::CelLayer(layer)));
        }
        let content = match kind {
            0 | 2 => {
                let size = [fields.word()?, fields.word()?].map(u32::from);
                CelContent::Pixels { size, data: fields.rest(), is_compressed: kind == 2 }
            }
            1 => self.link(u32::from(fields.word()?), layer, first_cel, &fields)?,
            3 => {
                let size = [fields.word()?, fields.word()?].map(u32::from);
                let bits = fields.word()?;
                if bits != 32 {
                    return Err(SpriteError::Unknown(place, UnknownSprite::TileBits(bits)));
                }
                let [id, flip_x, flip_y, flip_diagonal] =
                    [fields.dword()?, fields.dword()?, fields.dword()?, fields.dword()?];
                fields.skip(10)?;
                let masks = TileMasks { id, flip_x, flip_y, flip_diagonal };
                CelContent::Tiles { size, masks, data: fields.rest() }
            }
            other => return Err(SpriteError::Unknown(place, UnknownSprite::CelType(other))),
        };
        let content = match content {
            CelContent::Pixels { size, .. } | CelContent::Tiles { size, .. } if size.contains(&0) => CelContent::Empty,
            content => content,
        };
        self.sprite.cels.push(Cel { layer, corner, opacity, z_index, content, place });
        Ok(())
    }

    /// What a cel of `layer` shows that is linked to the cel of an earlier frame.
    fn link(&self, frame: u32, layer: u16, first_cel: usize, fields: &Fields<'_>) -> Result<CelContent, SpriteError> {
        let missing = || fields.damaged(SpriteDamage::Link(frame));
        let linked = self.sprite.frames.get(frame as usize).ok_or_else(missing)?;
        let start = linked.cels.start;
        let cels = &self.sprite.cels[linked.cels.clone()];
        let at = start + cels.binary_search_by_key(&layer, |cel| cel.layer).map_err(|_| missing())?;
        debug_assert!(at < first_cel);
        Ok(match &self.sprite.cels[at].content {
            CelContent::Link(shown) => CelContent::Link(*shown),
            CelContent::Empty => CelContent::Empty,
            CelContent::Pixels { .. } | CelContent::Tiles { .. } => CelContent::Link(at),
        })
    }

    fn read_tags(&mut self, mut fields: Fields<'_>) -> Result<(), SpriteError> {
        let count = fields.word()?;
        self.count(u64::from(count))?;
        fields.skip(8)?;
        for _ in 0..count {
            let [from, to] = [fields.word()?, fields.word()?].map(u32::from);
            let direction = match fields.byte()? {
                1 => AnimationDirection::Reverse,
                2 => AnimationDirection::PingPong,
                3 => AnimationDirection::PingPongReverse,
                // As Aseprite reads numbers that it does not know.
                _ => AnimationDirection::Forward,
            };
            let repeat = fields.word()?;
            fields.skip(6 + 4)?;
            let name = fields.string()?;
            self.sprite.tags.push(SpriteTag { name, from, to, direction, repeat });
        }
        Ok(())
    }

    /// The slices of early versions, all in one chunk.
    fn read_slices(&mut self, mut fields: Fields<'_>) -> Result<(), SpriteError> {
        let count = fields.dword()?;
        fields.skip(8)?;
        for _ in 0..count {
            self.read_slice(&mut fields)?;
        }
        Ok(())
    }

    fn read_slice(&mut self, fields: &mut Fields<'_>) -> Result<(), SpriteError> {
        let count = fields.dword()?;
        self.count(1 + u64::from(count))?;
        let flags = fields.dword()?;
        fields.skip(4)?;
        let name = fields.string()?;
        let mut keys = Vec::new();
        for _ in 0..count {
            let frame = fields.dword()?;
            let corner = [fields.long()?, fields.long()?];
            let size = [fields.dword()?, fields.dword()?];
            // The center of a slice that is stretched, and its pivot.
            fields.skip(if flags & 1 != 0 { 16 } else { 0 })?;
            fields.skip(if flags & 2 != 0 { 8 } else { 0 })?;
            keys.push(SliceKey { frame, corner, size });
        }
        self.sprite.slices.push(Slice { name, keys });
        Ok(())
    }

    fn read_tileset(&mut self, mut fields: Fields<'_>) -> Result<(), SpriteError> {
        let place = fields.start();
        let number = fields.dword()?;
        let flags = fields.dword()?;
        let count = fields.dword()?;
        let tile_size = [fields.word()?, fields.word()?].map(u32::from);
        fields.skip(2 + 14)?;
        let name = fields.string()?;
        if flags & TILESET_IS_EXTERNAL != 0 {
            fields.skip(8)?;
        }
        if tile_size.contains(&0) {
            return Err(fields.damaged(SpriteDamage::TileSize));
        }
        let data = if flags & TILESET_HAS_PIXELS != 0 {
            match count {
                0 => Ok(0..0),
                _ => {
                    let length = fields.dword()? as usize;
                    Ok(fields.take(length)?)
                }
            }
        } else if flags & TILESET_IS_EXTERNAL != 0 {
            Err(UnknownSprite::ExternalTileset(name))
        } else {
            Err(UnknownSprite::EmptyTileset(name))
        };
        let is_tile_0_empty = flags & TILE_0_IS_EMPTY != 0;
        let tileset = Tileset { count, tile_size, is_tile_0_empty, data, place };
        match self.sprite.tilesets.insert(number, tileset) {
            None => Ok(()),
            Some(_) => Err(SpriteError::Damaged(place, SpriteDamage::TilesetTwice(number))),
        }
    }
}
