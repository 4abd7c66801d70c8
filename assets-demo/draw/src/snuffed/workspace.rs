//! Roots that registry and folders do not agree on, and what lies about in the workspace.

use super::{FLAME, LIT, SHADE, Slip, frame, slip, uuid_of};
use crate::lamps;
use packer_services::declaration::ANCHOR;
use packer_services::diagnostics::Code;

pub const SLIPS: &[Slip] = &[
    slip(Code::UuidMalformed, "A uuid generator of Windows wrote capitals", |draft| {
        let uuid = draft.declaration.asset_uuid.to_string();
        draft.letter('U').edited(&uuid, &uuid.to_uppercase())
    }),
    slip(
        Code::AnchorMissing,
        "Its folder was renamed in the file manager: what was here is now in `root-moved`",
        |draft| draft.without_anchor(),
    ),
    slip(Code::UuidDiffers, "The folder was replaced by one from another project", |draft| {
        draft
            .lamps("wisp.png", &frame(&lamps::wisp(), 0), FLAME)
            .declared(|declaration| declaration.asset_uuid = uuid_of("of another project"))
    }),
    slip(Code::UnregisteredRoot, "It is finished, but nobody has registered it", |draft| {
        draft.lamps("wisp.png", &frame(&lamps::wisp(), 1), FLAME).unregistered()
    }),
    slip(Code::NestedAnchor, "An old version was kept in a folder inside the asset", |draft| {
        let draft = draft.lamps("wisp.png", &frame(&lamps::wisp(), 2), FLAME);
        let anchor = draft.declaration.to_bytes();
        draft.file(&format!("old/{ANCHOR}"), anchor)
    }),
    slip(Code::CopiedAnchor, "`lit/lampkin` was copied to begin something new", |draft| {
        let copy = draft.lamps("wisp.png", &frame(&lamps::wisp(), 3), FLAME).unregistered();
        copy.declared(|declaration| {
            declaration.asset_uuid = uuid_of(LIT.rsplit('/').next().unwrap_or(LIT));
            declaration.name = "ember".into();
        })
    }),
    slip(Code::RootMoved, "The folder of `anchor-missing`, renamed", |draft| {
        draft
            .lamps("snuffer.png", &frame(&lamps::snuffer(), 0), SHADE)
            .declared(|declaration| declaration.asset_uuid = uuid_of(Code::AnchorMissing.as_str()))
            .unregistered()
    }),
    slip(Code::UnusedFile, "A sketch was left beside the image", |draft| {
        let flame = &lamps::palettes()[FLAME];
        let sketch = crate::encode::rgba_png(&lamps::wisp().part(0, 0, 48, 16), flame);
        draft.lamps("wisp.png", &lamps::wisp(), FLAME).file("sketch.png", sketch)
    }),
    slip(Code::StrayFile, "Notes lie in a folder that is no asset", |draft| {
        draft.without_anchor().unregistered().file("ideas.txt", b"a lamp that is afraid of moths?\n".to_vec())
    }),
    slip(Code::DuplicateContent, "One image was saved under three names", |draft| {
        let palettes = lamps::palettes();
        let asleep = || crate::encode::rgba_png(&frame(&lamps::lampkin(), 2), &palettes[FLAME]);
        draft
            .drawn_with(packer_services::formats::TileSize::Sixteen, &palettes)
            .image("asleep.png", 0, asleep())
            .image("resting.png", 1, asleep())
            .image("waiting.png", 2, asleep())
    }),
];
