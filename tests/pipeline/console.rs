//! The published pack in the console's memory, read by code that the packer does not use.

use support::TestProject;
use support::oracle::reader::{Glyph, Pack, Sample};

/// A glyph bank in the console's memory.
pub fn glyph(project: &TestProject, asset_id: u32) -> Glyph {
    let pack = Pack::open(project.at("build/assets.pa")).unwrap();
    let entry = pack.entry(asset_id).unwrap();
    Glyph::decode(entry, &pack.slice(entry).unwrap()).unwrap()
}

/// A sound bank in the console's memory.
pub fn samples(project: &TestProject, asset_id: u32) -> Vec<Sample> {
    let pack = Pack::open(project.at("build/assets.pa")).unwrap();
    let entry = pack.entry(asset_id).unwrap();
    Sample::decode_all(entry, &pack.slice(entry).unwrap()).unwrap()
}

/// The pixels of a tile with a palette: RGB565, `None` where it is transparent.
pub fn drawn_pixels(glyph: &Glyph, tile_id: usize, palette: usize) -> Vec<Option<u16>> {
    let indices = glyph.tile(tile_id).unwrap();
    indices.into_iter().map(|index| glyph.rgb565(palette, index)).collect()
}
