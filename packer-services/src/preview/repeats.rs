//! Tiles that a bank has twice: equal ones, flipped ones and blank ones. Nothing is ever merged; this is a report.

use std::collections::HashMap;

use serde::Serialize;

use super::{GlyphPreview, TileState};

/// The tiles of a bank whose ids could be saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TileRepeats {
    /// The tiles in which no pixel is visible, by id.
    pub blank: Vec<u32>,
    /// The visible tiles that repeat an earlier one, by id.
    pub repeats: Vec<TileRepeat>,
}

/// A tile that repeats an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TileRepeat {
    /// Its id.
    pub tile: u32,
    /// The lowest id of an equal or flipped tile.
    pub of: u32,
    /// How that one is flipped to get this one.
    pub flip: Flip,
    /// Whether both are drawn with the same palette: with another, it is the same tile in other colors. `None` if that
    /// is unknown, as in a raw or packed bank.
    pub same_palette: Option<bool>,
}

/// How a tile is flipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Flip {
    /// Not at all: the indices are equal.
    None,
    /// Left and right are exchanged.
    X,
    /// Top and bottom are exchanged.
    Y,
    /// Both, which is a turn by 180 degrees.
    Both,
}

impl Flip {
    /// In the order in which a repeat is looked for.
    const ALL: [Self; 4] = [Self::None, Self::X, Self::Y, Self::Both];

    /// The indices of a tile of `side` × `side` pixels, row by row, flipped.
    fn apply(self, indices: &[u8], side: usize) -> Vec<u8> {
        let mut flipped = indices.to_vec();
        if matches!(self, Self::X | Self::Both) {
            flipped.chunks_mut(side).for_each(<[u8]>::reverse);
        }
        if matches!(self, Self::Y | Self::Both) {
            flipped = flipped.rchunks(side).flatten().copied().collect();
        }
        flipped
    }
}

impl GlyphPreview {
    /// The tiles whose ids could be saved, because they are blank, or repeat another one as the console stores it: by
    /// their indices, whatever their palettes are. Of a raw or packed bank, blank tiles are not known from unused ones,
    /// so they are not listed.
    pub fn tile_repeats(&self) -> TileRepeats {
        let size = self.metadata.tile_size;
        let mut found = TileRepeats::default();
        let mut first: HashMap<Vec<u8>, u32> = HashMap::new();
        for (id, tile) in (0u32..).zip(&self.tiles) {
            match tile.state {
                TileState::Blank if tile.source.is_some() => found.blank.push(id),
                TileState::Drawn => {
                    let indices: Vec<u8> = self.payload.tile(size, id).collect();
                    let earlier = Flip::ALL
                        .into_iter()
                        .find_map(|flip| Some((*first.get(&flip.apply(&indices, size.pixels() as usize))?, flip)));
                    match earlier {
                        Some((of, flip)) => {
                            let palette_of = |id: u32| self.tiles.get(id as usize).and_then(|tile| tile.palette);
                            let same_palette = palette_of(of).zip(tile.palette).map(|(one, other)| one == other);
                            found.repeats.push(TileRepeat { tile: id, of, flip, same_palette });
                        }
                        None => drop(first.insert(indices, id)),
                    }
                }
                _ => {}
            }
        }
        found
    }
}
