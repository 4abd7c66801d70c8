//! Packs that the packer could not have written, or that do not belong to the files beside them.
#![expect(clippy::unwrap_used, reason = "a story that cannot be set up must fail")]

use packer_services::Context;
use packer_services::declaration::Preload;
use packer_services::diagnostics::{Code, Finding};
use packer_services::ops::VerifyPack;
use serde_json::{Value, json};
use support::packs::{change_header, rewrite_header};
use support::{TestProject, sample, sound};

use super::{HERO_IMAGE, Story, add_bank, add_small_bank, hero, jump, only, told};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::PackCut, || [verified(|pack| pack.truncate(20)), verified(|pack| pack.truncate(300))].concat()),
    (Code::PackMagic, || verified(|pack| pack[..4].copy_from_slice(b"PK\x03\x04"))),
    (Code::PackVersion, || verified(|pack| pack[4] = 2)),
    (Code::PackFlags, || verified(|pack| pack[20] = 1)),
    (Code::PackReserved, || verified(|pack| pack[27] = 9)),
    (Code::PackHeaderLength, || verified(|pack| pack[11] = 0x7F)),
    (Code::PackPayloadOffset, || verified(|pack| pack[12] ^= 4)),
    (Code::PackHeaderJson, || verified(|pack| pack[32] = b'<')),
    (Code::PackHeaderForm, || {
        verified(|pack| rewrite_header(pack, |header| serde_json::to_vec_pretty(&header).unwrap()))
    }),
    (Code::PackHeaderShape, || {
        [
            changed(|header| drop(header["asset_table"][0].as_object_mut().unwrap().remove("codec"))),
            changed(|header| header["asset_table"][1]["gain"] = json!(3)),
        ]
        .concat()
    }),
    (Code::PackIds, || only(Code::PackIds, changed(|header| header["asset_table"][0]["asset_id"] = json!(5)))),
    (Code::PackName, || {
        [
            changed(|header| header["asset_table"][0]["asset_name"] = json!("hero (new)")),
            changed(|header| header["asset_table"][0]["asset_name"] = json!("effects")),
        ]
        .concat()
    }),
    (Code::PackBankType, || changed(|header| header["asset_table"][0]["bank_type"] = json!("TILES"))),
    (Code::PackCodec, || changed(|header| header["asset_table"][0]["codec"] = json!("LZ4"))),
    (Code::PackSizes, || changed(|header| header["asset_table"][0]["size"] = json!(34_000))),
    (Code::PackMetadata, || changed(|header| header["asset_table"][0]["metadata"]["tile_size"] = json!(24))),
    (Code::PackGap, four_bytes_belong_to_nobody),
    (Code::PackOverlap, || changed(|header| header["asset_table"][2]["offset"] = json!(69_000))),
    (Code::PackOverflow, || verified(|pack| pack.truncate(pack.len() - 4))),
    (Code::PackTail, || verified(|pack| pack.extend([0; 16]))),
    (Code::PackPreload, || {
        [
            changed(|header| header["preload"][1]["slot"] = json!(0)),
            changed(|header| header["preload"][1]["asset_id"] = json!(7)),
            changed(|header| header["preload"][0]["slot"] = json!(16)),
        ]
        .concat()
    }),
    (Code::PackPadding, the_last_palettes_are_not_zero),
    (Code::CompanionDiffers, || [an_older_pack_was_put_back(), a_companion_was_deleted()].concat()),
    (Code::PayloadUnchecked, the_pack_was_copied_alone),
];

/// Two glyph banks and a sound bank, all loaded at boot.
pub fn game() -> TestProject {
    let mut project = TestProject::new();
    let preload = Preload { enabled: true, slot: None };
    add_small_bank(&mut project, "characters/hero", "hero", |declaration| declaration.preload = preload);
    add_small_bank(&mut project, "world/terrain", "terrain", |declaration| declaration.preload = preload);
    let mut effects = sound(3, "effects", 22_050, vec![sample("jump.wav", 0)]);
    effects.preload = preload;
    add_bank(&mut project, "sound/effects", &effects, &[("jump.wav", jump().bytes())]);
    project.pack();
    project
}

fn verify(project: &TestProject, file: &str) -> Vec<Finding> {
    told(project, &VerifyPack { file: project.at(file) }, &Context::new())
}

/// What is told of the game's pack after `change`, in a folder of its own.
fn verified(change: impl FnOnce(&mut Vec<u8>)) -> Vec<Finding> {
    let project = game();
    let mut pack = project.pack_bytes();
    change(&mut pack);
    project.write("cartridge/assets.pa", pack);
    verify(&project, "cartridge/assets.pa")
}

/// As [`verified`], with another header in canonical form.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<Finding> {
    verified(|pack| change_header(pack, change))
}

fn four_bytes_belong_to_nobody() -> Vec<Finding> {
    verified(|pack| {
        change_header(pack, |header| header["asset_table"][2]["offset"] = json!(2 * 34_816 + 4));
        pack.extend([0; 4]);
    })
}

fn the_last_palettes_are_not_zero() -> Vec<Finding> {
    let findings = verified(|pack| {
        let payload = usize::try_from(u64::from_le_bytes(pack[12..20].try_into().unwrap())).unwrap();
        pack[payload + 34_815] = 0xFF;
    });
    only(Code::PackPadding, findings)
}

fn an_older_pack_was_put_back() -> Vec<Finding> {
    let project = hero();
    project.pack();
    let older = project.pack_bytes();
    project.write(HERO_IMAGE, support::images::plain(8, 8, support::GREEN));
    project.pack();
    project.write("build/assets.pa", older);
    verify(&project, "build/assets.pa")
}

fn a_companion_was_deleted() -> Vec<Finding> {
    let project = game();
    super::remove(&project, "build/preload.json");
    verify(&project, "build/assets.pa")
}

fn the_pack_was_copied_alone() -> Vec<Finding> {
    verified(|_| {})
}
