//! Packs that the packer could not have written, or that do not match their companions.
#![expect(clippy::unwrap_used, reason = "a story that cannot be set up must fail")]

use packer_services::Context;
use packer_services::declaration::Preload;
use packer_services::diagnostics::{Code, Finding};
use packer_services::ops::VerifyPack;
use serde_json::{Value, json};
use support::packs::{change_header, rewrite_header};
use support::{TestProject, sample, sound};

use super::{HERO_IMAGE, Story, add_bank, add_small_bank, findings_of, hero, jump, only};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::PackCut, || {
        [verify_changed_pack(|pack| pack.truncate(20)), verify_changed_pack(|pack| pack.truncate(300))].concat()
    }),
    (Code::PackMagic, || verify_changed_pack(|pack| pack[..4].copy_from_slice(b"PK\x03\x04"))),
    (Code::PackVersion, || verify_changed_pack(|pack| pack[4] = 2)),
    (Code::PackFlags, || verify_changed_pack(|pack| pack[20] = 1)),
    (Code::PackReserved, || verify_changed_pack(|pack| pack[27] = 9)),
    (Code::PackHeaderLength, || verify_changed_pack(|pack| pack[11] = 0x7F)),
    (Code::PackPayloadOffset, || verify_changed_pack(|pack| pack[12] ^= 4)),
    (Code::PackHeaderJson, || verify_changed_pack(|pack| pack[32] = b'<')),
    (Code::PackHeaderForm, || {
        verify_changed_pack(|pack| rewrite_header(pack, |header| serde_json::to_vec_pretty(&header).unwrap()))
    }),
    (Code::PackHeaderShape, || {
        [
            verify_changed_header(|header| drop(header["asset_table"][0].as_object_mut().unwrap().remove("codec"))),
            verify_changed_header(|header| header["asset_table"][1]["gain"] = json!(3)),
        ]
        .concat()
    }),
    (Code::PackIds, || {
        only(Code::PackIds, verify_changed_header(|header| header["asset_table"][0]["asset_id"] = json!(5)))
    }),
    (Code::PackName, || {
        [
            verify_changed_header(|header| header["asset_table"][0]["asset_name"] = json!("hero (new)")),
            verify_changed_header(|header| header["asset_table"][0]["asset_name"] = json!("effects")),
        ]
        .concat()
    }),
    (Code::PackBankType, || verify_changed_header(|header| header["asset_table"][0]["bank_type"] = json!("TILES"))),
    (Code::PackCodec, || verify_changed_header(|header| header["asset_table"][0]["codec"] = json!("LZ4"))),
    (Code::PackSizes, || verify_changed_header(|header| header["asset_table"][0]["size"] = json!(34_000))),
    (Code::PackMetadata, || {
        verify_changed_header(|header| header["asset_table"][0]["metadata"]["tile_size"] = json!(24))
    }),
    (Code::PackGap, four_bytes_have_no_entry),
    (Code::PackOverlap, || verify_changed_header(|header| header["asset_table"][2]["offset"] = json!(69_000))),
    (Code::PackOverflow, || verify_changed_pack(|pack| pack.truncate(pack.len() - 4))),
    (Code::PackTail, || verify_changed_pack(|pack| pack.extend([0; 16]))),
    (Code::PackPreload, || {
        [
            verify_changed_header(|header| header["preload"][1]["slot"] = json!(0)),
            verify_changed_header(|header| header["preload"][1]["asset_id"] = json!(7)),
            verify_changed_header(|header| header["preload"][0]["slot"] = json!(16)),
        ]
        .concat()
    }),
    (Code::PackPadding, the_unused_palettes_are_not_zero),
    (Code::CompanionDiffers, || [an_older_pack_was_put_back(), a_companion_was_deleted()].concat()),
    (Code::PayloadUnchecked, the_pack_was_copied_alone),
];

/// Two glyph banks and a sound bank, all preloaded.
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
    findings_of(project, &VerifyPack::new(project.at(file)), &Context::new())
}

/// The findings of the game's pack after `change`, in a folder without companions.
fn verify_changed_pack(change: impl FnOnce(&mut Vec<u8>)) -> Vec<Finding> {
    let project = game();
    let mut pack = project.pack_bytes();
    change(&mut pack);
    project.write("cartridge/assets.pa", pack);
    verify(&project, "cartridge/assets.pa")
}

/// As [`verify_changed_pack`]; changes the header, and writes it in canonical form.
fn verify_changed_header(change: impl FnOnce(&mut Value)) -> Vec<Finding> {
    verify_changed_pack(|pack| change_header(pack, change))
}

fn four_bytes_have_no_entry() -> Vec<Finding> {
    verify_changed_pack(|pack| {
        change_header(pack, |header| header["asset_table"][2]["offset"] = json!(2 * 34_816 + 4));
        pack.extend([0; 4]);
    })
}

fn the_unused_palettes_are_not_zero() -> Vec<Finding> {
    let findings = verify_changed_pack(|pack| {
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
    verify_changed_pack(|_| {})
}
