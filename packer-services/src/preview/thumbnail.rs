//! Thumbnails of banks for lists, drawn only from the bytes that the console stores.

use super::sound::WaveformDrawing;
use super::{BankPreview, GlyphPreview, Preview, SampleState, SoundPreview, TileState};
use crate::formats::Rgb;

/// The maximum side of a thumbnail: large enough for a list or grid on a high-resolution screen.
pub const THUMBNAIL_PIXELS: u32 = 256;

/// How many times larger than its thumbnail an image of several tiles may be. Reduced further, pixel art is not
/// recognizable, so only the top left part of a larger image is shown.
const MAX_REDUCTION: u32 = 2;

/// How many samples a thumbnail shows: of more than four, none has a shape that can be recognized.
const MAX_SAMPLES: usize = 4;

/// A thumbnail of a bank.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// In pixels, from 1 to the requested side.
    pub width: u32,
    /// In pixels, from 1 to the requested side.
    pub height: u32,
    /// Row by row.
    pub pixels: ThumbnailPixels,
}

/// The pixels of a thumbnail.
#[derive(Clone, PartialEq, Eq)]
pub enum ThumbnailPixels {
    /// Tiles as the console shows them, with red, green, blue and alpha in four bytes per pixel. Index 0 is transparent
    /// black.
    Rgba(Vec<u8>),
    /// A waveform, with one byte per pixel: 255 where the window draws its own color, 0 elsewhere.
    Mask(Vec<u8>),
}

impl std::fmt::Debug for Thumbnail {
    /// Leaves out the pixels.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thumbnail({} × {})", self.width, self.height)
    }
}

impl Preview {
    /// Draws an image of the bank with sides of at most `side_pixels`, which is clamped to 1 to [`THUMBNAIL_PIXELS`].
    ///
    /// For a glyph bank, it shows the cells of the first image in their positions, if that has several rows and
    /// columns; otherwise the first drawn tiles by id, in a square. Each tile has the colors of the palette that its
    /// indices were chosen for, or of the first palette if that is unknown; a tile that no palette draws is shown as
    /// its author drew it. Other holes are transparent, and transparent edges are removed. The rest is enlarged by an
    /// integer factor, or reduced to every n-th pixel. For a sound bank, it shows the first four playable samples as
    /// one waveform, in a square.
    ///
    /// `None` for a SCENE, and if no tile is drawn or no sample is playable.
    pub fn thumbnail(&self, side_pixels: u32) -> Option<Thumbnail> {
        let side = side_pixels.clamp(1, THUMBNAIL_PIXELS);
        match &self.bank {
            BankPreview::Glyph(glyph) => draw_tiles(glyph, side),
            BankPreview::Sound(sound) => draw_samples(sound, side),
            BankPreview::Scene { .. } => None,
        }
    }
}

/// A tile and its place in the thumbnail, in tiles.
struct PlacedTile {
    id: u32,
    column: u32,
    row: u32,
}

/// Chooses the tiles to show and their places.
fn place_tiles(glyph: &GlyphPreview, side: u32) -> Vec<PlacedTile> {
    let tile_side = glyph.metadata.tile_size.pixels();
    let is_drawn = |id: u32| {
        let is_on_sheet = glyph.tiles.get(id as usize).is_some_and(|tile| tile.state == TileState::Drawn);
        is_on_sheet || glyph.failed_tile(id).is_some()
    };
    let drawn: Vec<u32> = (0..glyph.metadata.tile_size.capacity()).filter(|id| is_drawn(*id)).collect();
    if let Some(first) = glyph.artifacts.first().filter(|first| first.columns > 1 && first.count > first.columns) {
        let shown_tiles = (side * MAX_REDUCTION / tile_side).max(1);
        let cells =
            first.identities().filter(|cell| cell.column < shown_tiles && cell.row < shown_tiles && is_drawn(cell.id));
        let cells: Vec<PlacedTile> =
            cells.map(|cell| PlacedTile { id: cell.id, column: cell.column, row: cell.row }).collect();
        if !cells.is_empty() {
            return cells;
        }
    }
    let max_columns = (side / tile_side).max(1);
    let columns = (1..max_columns).find(|columns| (columns * columns) as usize >= drawn.len()).unwrap_or(max_columns);
    let cells = (0..columns * columns).zip(drawn);
    cells.map(|(n, id)| PlacedTile { id, column: n % columns, row: n / columns }).collect()
}

fn draw_tiles(glyph: &GlyphPreview, side: u32) -> Option<Thumbnail> {
    let size = glyph.metadata.tile_size;
    let placed = place_tiles(glyph, side);
    let cells = placed.iter().fold((0, 0), |(w, h), cell| (w.max(cell.column + 1), h.max(cell.row + 1)));
    let width = cells.0 * size.pixels();
    let mut canvas = vec![[0u8; 4]; (width * cells.1 * size.pixels()) as usize];
    // Left, top, right and bottom of the drawn pixels; right and bottom are exclusive.
    let mut bounds: Option<[u32; 4]> = None;
    for PlacedTile { id, column, row } in placed {
        let palette = glyph.tiles.get(id as usize).and_then(|tile| tile.palette).unwrap_or(0);
        let colors = glyph.payload.palette(palette).map(|stored| {
            let Rgb([r, g, b]) = stored.to_rgb();
            [r, g, b, 0xFF]
        });
        let on_sheet = || glyph.payload.tile(size, id).map(|index| (index > 0).then(|| colors[usize::from(index)]));
        let pixels: Vec<Option<[u8; 4]>> = match glyph.failed_tile(id) {
            Some(failed) => failed.rgba.as_chunks().0.iter().map(|rgba| (rgba[3] > 0).then_some(*rgba)).collect(),
            None => on_sheet().collect(),
        };
        for (n, pixel) in (0u32..).zip(pixels) {
            let Some(pixel) = pixel else { continue };
            let (x, y) = (column * size.pixels() + n % size.pixels(), row * size.pixels() + n / size.pixels());
            canvas[(y * width + x) as usize] = pixel;
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x + 1, y + 1]);
            bounds = Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)]);
        }
    }
    let [left, top, right, bottom] = bounds?;
    let (drawn_width, drawn_height) = (right - left, bottom - top);
    let longest = drawn_width.max(drawn_height);
    let (times, every) = ((side / longest).max(1), longest.div_ceil(side));
    let sides = |drawn: u32| (drawn / every).max(1) * times;
    let (shown_width, shown_height) = (sides(drawn_width), sides(drawn_height));
    // The middle pixel of every n; the last pixel if fewer than n are left.
    let from = |at: u32, drawn: u32| (at / times * every + every / 2).min(drawn - 1);
    let rows = (0..shown_height).flat_map(|y| (0..shown_width).map(move |x| (x, y)));
    let rgba =
        rows.flat_map(|(x, y)| canvas[((top + from(y, drawn_height)) * width + left + from(x, drawn_width)) as usize]);
    Some(Thumbnail { width: shown_width, height: shown_height, pixels: ThumbnailPixels::Rgba(rgba.collect()) })
}

fn draw_samples(sound: &SoundPreview, side: u32) -> Option<Thumbnail> {
    let playable = sound.samples.iter().filter_map(|sample| match &sample.state {
        SampleState::Playable(sample) => Some(&sample.pcm),
        _ => None,
    });
    let playable = playable.take(MAX_SAMPLES);
    let frames: u64 = playable.clone().map(super::Pcm16::frames).sum();
    let mut drawing = WaveformDrawing::of(0..frames, side as usize);
    playable.for_each(|pcm| pcm.values(0..pcm.frames()).for_each(|value| drawing.push(value)));
    let columns = drawing.finish().columns;
    if columns.is_empty() {
        return None;
    }
    let width = side as usize;
    let mut mask = vec![0; width * width];
    for x in 0..width {
        // If there are fewer frames than columns, each frame is drawn several times.
        let column = &columns[x * columns.len() / width];
        let row = |value: i16| (usize::from(i16::MAX.abs_diff(value)) * width) >> 16;
        for y in row(column.high)..=row(column.low) {
            mask[y * width + x] = 0xFF;
        }
    }
    Some(Thumbnail { width: side, height: side, pixels: ThumbnailPixels::Mask(mask) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banks::ArtifactUse;
    use crate::formats::{GLYPH_BYTES, GLYPH_INDEX_BYTES, GlyphMetadata, SampleMetadata, TileSize};
    use crate::paths::RelPath;
    use crate::preview::{GlyphPayload, Pcm16, Playable, PreviewSample, PreviewTile, tile_rect};

    const SIZE: TileSize = TileSize::Eight;

    /// A tile: its state, its palette, and the pixels that have index 1.
    type Tile<'t> = (TileState, Option<u32>, &'t [(u32, u32)]);

    /// A bank of tiles of 8 × 8.
    fn bank(tiles: &[Tile<'_>]) -> GlyphPreview {
        let mut bytes = vec![0; GLYPH_BYTES];
        // Color 1 is red in palette 0, blue in palette 1.
        bytes[GLYPH_INDEX_BYTES + 2..GLYPH_INDEX_BYTES + 4].copy_from_slice(&0xF800u16.to_le_bytes());
        bytes[GLYPH_INDEX_BYTES + 34..GLYPH_INDEX_BYTES + 36].copy_from_slice(&0x001Fu16.to_le_bytes());
        let tile = |(state, palette, _): &(TileState, Option<u32>, _)| PreviewTile {
            state: *state,
            source: None,
            palette: *palette,
        };
        for (id, (.., pixels)) in (0u32..).zip(tiles) {
            let rect = tile_rect(SIZE, id).unwrap();
            for (x, y) in *pixels {
                let at = ((rect.y + y) * 256 + rect.x + x) as usize;
                bytes[at / 2] |= if at.is_multiple_of(2) { 0x10 } else { 0x01 };
            }
        }
        GlyphPreview {
            metadata: GlyphMetadata { tile_size: SIZE, palette_authored: 2 },
            payload: GlyphPayload::new(bytes).unwrap(),
            palettes: Vec::new(),
            tiles: tiles.iter().map(tile).collect(),
            artifacts: Vec::new(),
            declared: Vec::new(),
            failed: Vec::new(),
            animations: Vec::new(),
        }
    }

    fn of(bank: BankPreview) -> Preview {
        Preview { asset_id: 1, name: "hero".into(), is_whole: true, raw_payload: None, bank }
    }

    /// One letter per pixel: red, blue or transparent.
    fn drawn(bank: &GlyphPreview, side: u32) -> Vec<String> {
        let thumbnail = of(BankPreview::Glyph(bank.clone())).thumbnail(side).unwrap();
        let ThumbnailPixels::Rgba(rgba) = thumbnail.pixels else { panic!("no tiles") };
        let letter = |rgba: &[u8]| match rgba {
            [0xFF, 0, 0, 0xFF] => 'R',
            [0, 0, 0xFF, 0xFF] => 'B',
            [0, 0, 0, 0] => '.',
            _ => '?',
        };
        let letters: Vec<char> = rgba.chunks_exact(4).map(letter).collect();
        assert_eq!(letters.len(), (thumbnail.width * thumbnail.height) as usize);
        letters.chunks(thumbnail.width as usize).map(|row| row.iter().collect()).collect()
    }

    const HOLE: TileState = TileState::Hole { cause: None };

    #[test]
    fn edges_are_removed_before_scaling() {
        let bank = bank(&[(TileState::Drawn, Some(0), &[(3, 4), (4, 5)])]);
        assert_eq!(drawn(&bank, 5), ["RR..", "RR..", "..RR", "..RR"]);
        assert_eq!(drawn(&bank, 2), ["R.", ".R"]);
        assert_eq!(drawn(&bank, 0), ["R"], "reduced to every second pixel");
    }

    #[test]
    fn drawn_tiles_have_their_own_palettes() {
        let corner: &[(u32, u32)] = &[(0, 0)];
        let bank = bank(&[
            (HOLE, None, &[]),
            (TileState::Drawn, Some(0), corner),
            (TileState::Blank, Some(1), &[]),
            (TileState::Drawn, Some(1), corner),
            (TileState::Unused, None, &[]),
            (TileState::Drawn, None, corner),
        ]);
        let shown = drawn(&bank, 16);
        assert_eq!((shown[0].as_str(), shown[8].as_str(), shown.len()), ("R.......B", "R........", 9));
    }

    #[test]
    fn failed_tile_shows_its_source() {
        let corner: &[(u32, u32)] = &[(0, 0)];
        let mut rgba = vec![0; 8 * 8 * 4];
        rgba[..4].copy_from_slice(&[0, 0, 0xFF, 0xFF]);
        let failed = vec![crate::preview::FailedTile { id: 0, rgba, wrong: Vec::new() }];
        let bank = GlyphPreview { failed, ..bank(&[(HOLE, None, &[]), (TileState::Drawn, Some(0), corner)]) };
        assert_eq!(drawn(&bank, 16)[0], "B.......R", "the failed tile comes first, in the colors of its image");
    }

    #[test]
    fn image_with_rows_keeps_its_layout() {
        let dot: &[(u32, u32)] = &[(7, 7)];
        let tiles = [(TileState::Drawn, Some(0), dot); 5];
        let file = RelPath::parse("a.png").unwrap();
        let artifact =
            ArtifactUse { file, region: None, sprite: None, index: 0, count: 5, columns: 3, skipped: vec![0] };
        let bank = GlyphPreview { artifacts: vec![artifact], ..bank(&tiles) };
        // The first cell is skipped: the first row has two tiles, the second row three.
        let shown = drawn(&bank, 17);
        assert_eq!(shown.len(), 9);
        assert_eq!(shown[0], "........R.......R");
        assert_eq!(shown[8], "R.......R.......R");
        // In 9 pixels, at most two rows and two columns are shown, because they fit at half their size.
        assert_eq!(drawn(&bank, 9)[8], "R.......R");
    }

    #[test]
    fn invisible_bank_has_no_thumbnail() {
        assert_eq!(of(BankPreview::Glyph(bank(&[]))).thumbnail(32), None);
        let tiles = [(HOLE, None, &[][..]), (TileState::Blank, Some(0), &[])];
        assert_eq!(of(BankPreview::Glyph(bank(&tiles))).thumbnail(32), None);
        let scene = BankPreview::Scene { metadata: serde_json::json!({}), size_bytes: 2 };
        assert_eq!(of(scene).thumbnail(32), None);
        let hole = PreviewSample { index: 0, file: None, state: SampleState::Hole { cause: None } };
        let sound = SoundPreview { sample_rate_hz: 8000, samples: vec![hole] };
        assert_eq!(of(BankPreview::Sound(sound)).thumbnail(32), None);
    }

    fn wave(samples: &[Option<&[i16]>], side: u32) -> Vec<String> {
        let sample = |values: &Option<&[i16]>| {
            let state = values.map_or(SampleState::Hole { cause: None }, |values| {
                let metadata = SampleMetadata { frames: values.len() as u64, sample_rate_hz: 8000, looping: None };
                let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                SampleState::Playable(Playable { metadata, pcm: Pcm16::new(bytes) })
            });
            PreviewSample { index: 0, file: None, state }
        };
        let samples = samples.iter().map(sample).collect();
        let thumbnail = of(BankPreview::Sound(SoundPreview { sample_rate_hz: 8000, samples })).thumbnail(side).unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (side, side));
        let ThumbnailPixels::Mask(mask) = thumbnail.pixels else { panic!("no waveform") };
        let row = |row: &[u8]| row.iter().map(|byte| if *byte == 0xFF { '#' } else { '.' }).collect();
        mask.chunks(side as usize).map(row).collect()
    }

    #[test]
    fn playable_samples_form_one_waveform() {
        let (low, high) = (i16::MIN, i16::MAX);
        let shown = wave(&[Some(&[high, low]), None, Some(&[0, 0, high, high])], 6);
        assert_eq!(shown, ["#...##", "......", "..##..", "......", "......", ".#...."].map(str::to_owned));
        let shown = wave(&[Some(&[high, low, 0, 0])], 2);
        assert_eq!(shown, ["##", "#."].map(str::to_owned), "a column shows all of its frames");
        assert_eq!(wave(&[Some(&[low])], 3)[2], "###", "few frames are drawn several times");
    }
}
