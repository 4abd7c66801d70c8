//! Roots that differ between the registry and the folders, and files in the workspace that are never packed.

use super::{FLAME, Mistake, SHADE, WORKING_ROOT, frame, mistake, uuid_of};
use crate::lamps;
use packer_services::declaration::ANCHOR;
use packer_services::diagnostics::Code;

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::UuidMalformed, "A Windows uuid generator wrote capital letters", |draft| {
        let uuid = draft.declaration.asset_uuid.to_string();
        draft.letter_bank('U').replace_in_anchor(&uuid, &uuid.to_uppercase())
    }),
    mistake(Code::AnchorMissing, "Its folder was renamed to `root-moved` in the file manager", |draft| {
        draft.without_anchor()
    }),
    mistake(Code::UuidDiffers, "The folder was replaced by one from another project", |draft| {
        draft
            .lamps_bank("wisp.png", &frame(&lamps::wisp(), 0), FLAME)
            .change_declaration(|declaration| declaration.asset_uuid = uuid_of("of another project"))
    }),
    mistake(Code::UnregisteredRoot, "It is finished, but not registered yet", |draft| {
        draft.lamps_bank("wisp.png", &frame(&lamps::wisp(), 1), FLAME).unregistered()
    }),
    mistake(Code::NestedAnchor, "An old version was kept in a folder inside the asset", |draft| {
        let draft = draft.lamps_bank("wisp.png", &frame(&lamps::wisp(), 2), FLAME);
        let anchor = draft.declaration.to_bytes();
        draft.with_file(&format!("old/{ANCHOR}"), anchor)
    }),
    mistake(Code::CopiedAnchor, "`lit/lampkin` was copied as the start of a new asset", |draft| {
        let copy = draft.lamps_bank("wisp.png", &frame(&lamps::wisp(), 3), FLAME).unregistered();
        copy.change_declaration(|declaration| {
            declaration.asset_uuid = uuid_of(WORKING_ROOT.rsplit('/').next().unwrap_or(WORKING_ROOT));
            declaration.name = "ember".into();
        })
    }),
    mistake(Code::RootMoved, "The folder of `anchor-missing`, renamed", |draft| {
        draft
            .lamps_bank("snuffer.png", &frame(&lamps::snuffer(), 0), SHADE)
            .change_declaration(|declaration| declaration.asset_uuid = uuid_of(Code::AnchorMissing.as_str()))
            .unregistered()
    }),
    mistake(Code::UnusedFile, "A sketch was left beside the image", |draft| {
        let flame = &lamps::palettes()[FLAME];
        let sketch = crate::encode::rgba_png(&lamps::wisp().crop(0, 0, 48, 16), flame);
        draft.lamps_bank("wisp.png", &lamps::wisp(), FLAME).with_file("sketch.png", sketch)
    }),
    mistake(Code::StrayFile, "A folder that is not an asset contains notes", |draft| {
        draft.without_anchor().unregistered().with_file("ideas.txt", b"a lamp that is afraid of moths?\n".to_vec())
    }),
    mistake(Code::DuplicateContent, "One image was saved under three names", |draft| {
        let palettes = lamps::palettes();
        let asleep = || crate::encode::rgba_png(&frame(&lamps::lampkin(), 2), &palettes[FLAME]);
        draft
            .glyph_bank(packer_services::formats::TileSize::Sixteen, &palettes)
            .with_image("asleep.png", 0, asleep())
            .with_image("resting.png", 1, asleep())
            .with_image("waiting.png", 2, asleep())
    }),
];
