//! Raw assets: a finished payload and its metadata.

use packer_services::declaration::{Content, RawMetadata};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{GLYPH_BYTES, GlyphMetadata, TileSize};
use support::{TestProject, declaration, no_place, rel_path};

use super::{HERO_ANCHOR, Story, bank, doctor};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::RawSize, || doctor(&raw_hero(vec![0; 1024]))),
    (Code::RawMetadata, only_the_tile_size_was_declared),
    (Code::RawPadding, a_second_palette_was_not_counted),
];

/// A glyph bank with one palette that another tool exported.
fn raw_hero(payload: Vec<u8>) -> TestProject {
    let metadata = RawMetadata::from(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 1 });
    let content = Content::Raw { payload: rel_path("hero.bin"), metadata, place: no_place() };
    bank("characters/hero", &declaration(1, "hero", content), &[("hero.bin", payload)])
}

fn only_the_tile_size_was_declared() -> Vec<Finding> {
    let project = raw_hero(vec![0; GLYPH_BYTES]);
    let text = project.read_text(HERO_ANCHOR);
    let from = text.find("\"height\"").zip(text.find("\"tile_size\""));
    let Some((from, to)) = from else { panic!("{text}") };
    let short = format!("{}{}", &text[..from], &text[to..])
        .replace("\"tile_size\": 8,\n      \"width\": 256", "\"tile_size\": 8");
    project.write(HERO_ANCHOR, short);
    doctor(&project)
}

fn a_second_palette_was_not_counted() -> Vec<Finding> {
    let mut payload = vec![0; GLYPH_BYTES];
    payload[32_768 + 34] = 0x1F;
    doctor(&raw_hero(payload))
}
