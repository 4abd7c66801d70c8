//! A writer of Aseprite files, chunk by chunk, for the demos and for tests.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A chunk: its type and content.
pub type SpriteChunk = (u16, Vec<u8>);

/// A file to be written.
#[derive(Clone, Debug)]
pub struct Sprite {
    /// Width and height in pixels.
    pub size: [u16; 2],
    /// Bits per pixel: 8, 16 or 32.
    pub depth: u16,
    /// Bit 0: layers have an opacity. Bit 1: so have groups.
    pub flags: u32,
    /// The transparent index.
    pub transparent: u8,
    /// How many colors the palette has at first.
    pub colors: u16,
    /// Width and height of the cells of the grid.
    pub grid: [u16; 2],
    /// The chunks of each frame.
    pub frames: Vec<Vec<SpriteChunk>>,
}

/// A tile: its number and whether it is mirrored left to right, top to bottom, and along the diagonal.
pub type Tile = (u32, [bool; 3]);

impl Sprite {
    /// A sprite without layers.
    pub fn new(size: [u16; 2], depth: u16) -> Self {
        Self { size, depth, flags: 1, transparent: 0, colors: 16, grid: [0; 2], frames: vec![Vec::new()] }
    }

    /// An indexed sprite with these colors and one layer, which has these frames.
    pub fn indexed(size: [u16; 2], colors: &[[u8; 3]], frames: &[&[u8]]) -> Self {
        Self::of_frames(size, 8, frames).with_palette(colors)
    }

    /// A true color sprite with one layer, which has these frames.
    pub fn rgba(size: [u16; 2], frames: &[&[u8]]) -> Self {
        Self::of_frames(size, 32, frames)
    }

    fn of_frames(size: [u16; 2], depth: u16, frames: &[&[u8]]) -> Self {
        let mut sprite = Self::new(size, depth);
        let cels = frames.iter().map(|pixels| vec![cel(0, [0, 0], size, pixels)]);
        sprite.frames = cels.collect();
        if let Some(first) = sprite.frames.first_mut() {
            first.insert(0, layer("Layer 1").chunk());
        }
        sprite
    }

    /// With these colors, in a chunk at the start of the first frame.
    #[must_use]
    pub fn with_palette(mut self, colors: &[[u8; 3]]) -> Self {
        let opaque: Vec<[u8; 4]> = colors.iter().map(|[r, g, b]| [*r, *g, *b, 0xFF]).collect();
        self.frames[0].insert(0, palette(dword(opaque.len()), 0, &opaque));
        self.colors = word(colors.len());
        self
    }

    /// With one more chunk in this frame.
    #[must_use]
    pub fn with(mut self, frame: usize, chunk: SpriteChunk) -> Self {
        self.frames.resize(self.frames.len().max(frame + 1), Vec::new());
        self.frames[frame].push(chunk);
        self
    }

    /// The file, whose counts must fit into its fields. Frame `n` is shown for 100 + n milliseconds.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; 4];
        bytes.extend([0xE0, 0xA5]);
        for word in [word(self.frames.len()), self.size[0], self.size[1], self.depth] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(100u16.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend([self.transparent, 0, 0, 0]);
        bytes.extend(self.colors.to_le_bytes());
        bytes.extend([1, 1, 0, 0, 0, 0]);
        self.grid.iter().for_each(|side| bytes.extend(side.to_le_bytes()));
        bytes.resize(128, 0);
        for (n, chunks) in self.frames.iter().enumerate() {
            let chunk_bytes: usize = chunks.iter().map(|(_, content)| 6 + content.len()).sum();
            bytes.extend(dword(16 + chunk_bytes).to_le_bytes());
            bytes.extend(0xF1FAu16.to_le_bytes());
            bytes.extend(word(chunks.len().min(0xFFFF)).to_le_bytes());
            bytes.extend((100 + word(n)).to_le_bytes());
            bytes.extend([0; 2]);
            bytes.extend(dword(chunks.len()).to_le_bytes());
            for (kind, content) in chunks {
                bytes.extend(dword(6 + content.len()).to_le_bytes());
                bytes.extend(kind.to_le_bytes());
                bytes.extend(content);
            }
        }
        let size = dword(bytes.len());
        bytes[..4].copy_from_slice(&size.to_le_bytes());
        bytes
    }
}

/// A layer to be written.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Bit 0: visible. Bit 3: background. Bit 6: reference.
    pub flags: u16,
    /// 0 image, 1 group, 2 tilemap.
    pub kind: u16,
    /// How many groups it is in.
    pub level: u16,
    /// The number of its blend mode.
    pub blend_mode: u16,
    /// 255 is opaque.
    pub opacity: u8,
    /// Of a tilemap.
    pub tileset: u32,
}

/// A visible layer.
pub fn layer(name: &str) -> Layer {
    Layer { name: name.to_owned(), flags: 1, kind: 0, level: 0, blend_mode: 0, opacity: 255, tileset: 0 }
}

impl Layer {
    /// A group.
    #[must_use]
    pub fn group(mut self) -> Self {
        self.kind = 1;
        self
    }

    /// Inside so many groups.
    #[must_use]
    pub fn at_level(mut self, level: u16) -> Self {
        self.level = level;
        self
    }

    /// Not visible.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.flags &= !1;
        self
    }

    /// The background.
    #[must_use]
    pub fn background(mut self) -> Self {
        self.flags |= 8;
        self
    }

    /// With this blend mode and opacity.
    #[must_use]
    pub fn blended(mut self, blend_mode: u16, opacity: u8) -> Self {
        (self.blend_mode, self.opacity) = (blend_mode, opacity);
        self
    }

    /// Of tiles.
    #[must_use]
    pub fn tilemap(mut self, tileset: u32) -> Self {
        (self.kind, self.tileset) = (2, tileset);
        self
    }

    /// Its chunk.
    pub fn chunk(&self) -> SpriteChunk {
        let mut content = words(&[self.flags, self.kind, self.level, 0, 0, self.blend_mode]);
        content.extend([self.opacity, 0, 0, 0]);
        content.extend(string(&self.name));
        if self.kind == 2 {
            content.extend(self.tileset.to_le_bytes());
        }
        (0x2004, content)
    }
}

/// The first fields of a cel.
fn cel_head(layer: u16, corner: [i16; 2], opacity: u8, kind: u16, z_index: i16) -> Vec<u8> {
    let mut content = layer.to_le_bytes().to_vec();
    corner.iter().for_each(|value| content.extend(value.to_le_bytes()));
    content.push(opacity);
    content.extend(kind.to_le_bytes());
    content.extend(z_index.to_le_bytes());
    content.extend([0; 5]);
    content
}

/// A compressed cel.
pub fn cel(layer: u16, corner: [i16; 2], size: [u16; 2], pixels: &[u8]) -> SpriteChunk {
    cel_with(layer, corner, size, 255, 0, pixels)
}

/// A compressed cel with an opacity and a z-index.
pub fn cel_with(layer: u16, corner: [i16; 2], size: [u16; 2], opacity: u8, z_index: i16, pixels: &[u8]) -> SpriteChunk {
    let mut content = cel_head(layer, corner, opacity, 2, z_index);
    content.extend(words(&size));
    content.extend(compressed(pixels));
    (0x2005, content)
}

/// A cel that is not compressed.
pub fn raw_cel(layer: u16, corner: [i16; 2], size: [u16; 2], pixels: &[u8]) -> SpriteChunk {
    let mut content = cel_head(layer, corner, 255, 0, 0);
    content.extend(words(&size));
    content.extend(pixels);
    (0x2005, content)
}

/// A cel with the pixels of that of another frame.
pub fn linked_cel(layer: u16, corner: [i16; 2], frame: u16) -> SpriteChunk {
    let mut content = cel_head(layer, corner, 255, 1, 0);
    content.extend(frame.to_le_bytes());
    (0x2005, content)
}

/// A cel of tiles.
pub fn tile_cel(layer: u16, corner: [i16; 2], size: [u16; 2], tiles: &[Tile]) -> SpriteChunk {
    let mut content = cel_head(layer, corner, 255, 3, 0);
    content.extend(words(&[size[0], size[1], 32]));
    for mask in [0x1FFF_FFFFu32, 0x8000_0000, 0x4000_0000, 0x2000_0000] {
        content.extend(mask.to_le_bytes());
    }
    content.extend([0; 10]);
    let flags =
        |flips: [bool; 3]| flips.iter().zip([31, 30, 29]).map(|(is_set, bit)| u32::from(*is_set) << bit).sum::<u32>();
    let bytes: Vec<u8> = tiles.iter().flat_map(|(id, flips)| (id | flags(*flips)).to_le_bytes()).collect();
    content.extend(compressed(&bytes));
    (0x2005, content)
}

/// A tileset in this file; `flags` bit 2: tile 0 is empty.
pub fn tileset(number: u32, flags: u32, tile_size: [u16; 2], count: u32, pixels: &[u8]) -> SpriteChunk {
    let mut content = dwords(&[number, flags | 2, count]);
    content.extend(words(&tile_size));
    content.extend([0; 16]);
    content.extend(string("tiles"));
    let pixels = compressed(pixels);
    content.extend(dword(pixels.len()).to_le_bytes());
    content.extend(pixels);
    (0x2023, content)
}

/// A tileset whose tiles are in another file.
pub fn external_tileset(number: u32, tile_size: [u16; 2]) -> SpriteChunk {
    let mut content = dwords(&[number, 1 | 4, 2]);
    content.extend(words(&tile_size));
    content.extend([0; 16]);
    content.extend(string("forest"));
    content.extend(dwords(&[1, 0]));
    (0x2023, content)
}

/// A current palette of `size` colors, of which these are set from `first` on.
pub fn palette(size: u32, first: u32, colors: &[[u8; 4]]) -> SpriteChunk {
    let mut content = dwords(&[size, first, (first + dword(colors.len())).wrapping_sub(1)]);
    content.extend([0; 8]);
    for color in colors {
        content.extend([0, 0]);
        content.extend(color);
    }
    (0x2019, content)
}

/// An old palette of packets: how many colors are skipped, and the colors. `kind` is 0x0004, or 0x000B for 6 bits.
pub fn old_palette(kind: u16, packets: &[(u8, &[[u8; 3]])]) -> SpriteChunk {
    let mut content = words(&[word(packets.len())]);
    for (skipped, colors) in packets {
        content.extend([*skipped, colors.len().to_le_bytes()[0]]);
        colors.iter().for_each(|color| content.extend(color));
    }
    (kind, content)
}

/// Tags: name, first and last frame, direction and how often it is played.
pub fn tags(tags: &[(&str, u16, u16, u8, u16)]) -> SpriteChunk {
    let mut content = words(&[word(tags.len())]);
    content.extend([0; 8]);
    for (name, from, to, direction, repeat) in tags {
        content.extend(words(&[*from, *to]));
        content.push(*direction);
        content.extend(repeat.to_le_bytes());
        content.extend([0; 10]);
        content.extend(string(name));
    }
    (0x2018, content)
}

/// A slice: from which frame on it has which corner and size. `flags` bit 0: with a center; bit 1: with a pivot.
pub fn slice(name: &str, flags: u32, keys: &[(u32, [i32; 2], [u32; 2])]) -> SpriteChunk {
    let mut content = dwords(&[dword(keys.len()), flags, 0]);
    content.extend(string(name));
    for (frame, corner, size) in keys {
        content.extend(frame.to_le_bytes());
        corner.iter().for_each(|value| content.extend(value.to_le_bytes()));
        content.extend(dwords(size));
        content.extend(vec![0; if flags & 1 != 0 { 16 } else { 0 } + if flags & 2 != 0 { 8 } else { 0 }]);
    }
    (0x2022, content)
}

fn word(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn dword(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn dwords(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn string(text: &str) -> Vec<u8> {
    [&word(text.len()).to_le_bytes(), text.as_bytes()].concat()
}

/// As zlib data.
pub fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // A vector takes everything.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}
