//! The round trip: a pack that is extracted as a project and packed again is the same pack, byte for byte, be it one of
//! ours or one that another program wrote. A damaged pack leaves nothing, or is as good as any.

use std::path::Path;

use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::{ExtractPack, ExtractPackReport, Operation, Report};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::TestProject;

use crate::cases::{Dice, cases};
use crate::mutate::damaged;
use crate::packs_crafted::{canonical, good, sealed};
use crate::projects::Plan;

fn extract(folder: &Path, as_project: bool) -> Report<ExtractPackReport> {
    let request = ExtractPack::new(folder.join("some.pa"), folder.join("made")).as_project(as_project);
    request.run(&Context::new()).unwrap()
}

fn errors(findings: &[Finding]) -> Vec<String> {
    findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect()
}

/// What lies in a folder.
fn names_in(folder: &Path) -> Vec<String> {
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    packer_services::files::paths_in(folder).iter().map(name).collect()
}

/// Extracts a pack as a project, and packs that.
fn again(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("some.pa"), bytes).unwrap();
    let report = extract(folder.path(), true);
    assert_eq!(errors(report.findings()), [] as [&str; 0]);
    assert!(report.extracted);
    assert_eq!(names_in(folder.path()), ["made", "some.pa"]);
    let project = TestProject::copy_of(&folder.path().join("made"));
    let packed = project.pack();
    let told = packed.findings().iter().filter(|finding| finding.code.as_str() != "rate-differs");
    assert_eq!(told.map(ToString::to_string).collect::<Vec<_>>(), [] as [&str; 0], "nothing is odd about it");
    project.pack_bytes()
}

const LETTERS: &[u8] = b"AaBb.../--_09";

/// A name such as an enemy chooses: legal in a pack, and often no folder's.
fn odd_name(dice: &mut Dice) -> String {
    let whole =
        ["..", ".", "con", "a/b", "a", "A", "/", "asset-1", "asset-2/x", "asset.json", "nul.a", "a/../b", ".git"];
    if dice.once_in(2) {
        return (*dice.pick(&whole)).to_owned();
    }
    let length = if dice.once_in(9) { 64 } else { 1 + dice.below(9) };
    (0..length).map(|_| char::from(*dice.pick(LETTERS))).collect()
}

/// The indices of a sheet: none, all, or those of its first tiles, out of few values or many.
fn sheet(dice: &mut Dice) -> Vec<u8> {
    let used = *dice.pick(&[0, 1, 128, 129, 4096, 32_767, 32_768]);
    let most = 1 + dice.below(16);
    let nibble = |dice: &mut Dice| u8::try_from(dice.below(most)).unwrap();
    let mut sheet: Vec<u8> = (0..used).map(|_| nibble(dice) << 4 | nibble(dice)).collect();
    sheet.resize(32_768, 0);
    sheet
}

/// So many palettes, with black in them, the same color twice, and often nothing at the end.
fn palettes(dice: &mut Dice, authored: usize) -> Vec<u8> {
    let color = |dice: &mut Dice| match dice.below(4) {
        0 => [0, 0],
        1 => 0xF81Fu16.to_le_bytes(),
        _ => [dice.byte(), dice.byte()],
    };
    let palette = |dice: &mut Dice| {
        let count = dice.below(17);
        let mut palette: Vec<u8> = (0..count).flat_map(|_| color(dice)).collect();
        palette.resize(32, 0);
        palette
    };
    let mut all: Vec<u8> = (0..authored).flat_map(|_| palette(dice)).collect();
    all.resize(2048, 0);
    all
}

/// A valid pack of glyph and sound banks that no project was packed to.
fn foreign_pack(dice: &mut Dice) -> Vec<u8> {
    let (mut table, mut preload, mut payload) = (Vec::new(), Vec::new(), Vec::new());
    let mut names: Vec<String> = Vec::new();
    let mut id = 0;
    let mut slots = [(0..16).collect::<Vec<u32>>(), (0..16).collect()];
    slots.iter_mut().for_each(|slots| dice.shuffle(slots));
    for _ in 0..dice.below(6) {
        id += 1 + dice.below(*dice.clone().pick(&[1, 3, 1 << 28]));
        let name = odd_name(dice);
        if names.contains(&name) {
            continue;
        }
        names.push(name.clone());
        let offset = payload.len();
        let is_glyph = dice.once_in(2);
        let (bank_type, metadata, decoded) = if is_glyph {
            let authored = *dice.pick(&[1, 2, 5, 63, 64]);
            payload.extend(sheet(dice));
            payload.extend(palettes(dice, authored));
            let tile_size = dice.pick(&[8, 16, 32]);
            let metadata = json!({"height": 256, "palette_authored": authored, "palette_count": 64,
                                  "tile_size": tile_size, "width": 256});
            ("GLYPH", metadata, 67_584)
        } else {
            let mut samples = Map::new();
            for n in 0..1 + dice.below(13) {
                let frames = 1 + dice.below(40);
                let rate = *dice.pick(&[1, 8000, 192_000]);
                let mut sample = json!({"length": frames * 2, "offset": payload.len() - offset, "sample_rate": rate});
                if dice.once_in(2) {
                    let start = dice.below(frames);
                    sample["loop_start"] = json!(start);
                    sample["loop_end"] = json!(start + 1 + dice.below(frames - start));
                }
                samples.insert(n.to_string(), sample);
                payload.extend(dice.bytes(frames * 2));
            }
            let rate = *dice.pick(&[1, 8000, 192_000]);
            ("SOUNDS", json!({"channels": 1, "sample_rate": rate, "samples": samples}), payload.len() - offset)
        };
        if dice.once_in(2) {
            preload.push(json!({"asset_id": id, "slot": slots[usize::from(is_glyph)].pop()}));
        }
        table.push(json!({"asset_id": id, "asset_name": name, "bank_type": bank_type, "codec": "NONE",
                          "decoded_size": decoded, "metadata": metadata, "offset": offset,
                          "size": payload.len() - offset}));
    }
    let mut bytes = sealed(canonical(&json!({"asset_table": table, "preload": preload})), 0);
    bytes.extend(payload);
    bytes
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_project_packed_extracted_and_packed_again_is_the_same_pack(mut dice in Dice::any()) {
        let project = Plan::random(&mut dice).build();
        project.pack();
        let bytes = project.pack_bytes();
        prop_assert!(again(&bytes) == bytes);
    }

    #[test]
    fn a_pack_that_another_program_wrote_comes_back_too(mut dice in Dice::any()) {
        let bytes = foreign_pack(&mut dice);
        prop_assert!(again(&bytes) == bytes);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_damaged_pack_leaves_nothing_or_comes_back_as_it_is(
        bytes in damaged(vec![
            foreign_pack(&mut Dice::seeded(3)),
            foreign_pack(&mut Dice::seeded(4)),
            sealed(canonical(&good()), crate::packs_crafted::PAYLOAD),
        ]),
        as_project in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("some.pa"), &bytes).unwrap();
        let report = extract(folder.path(), as_project);
        prop_assert_eq!(report.extracted, errors(report.findings()).is_empty());
        let left: &[&str] = if report.extracted { &["made", "some.pa"] } else { &["some.pa"] };
        prop_assert_eq!(names_in(folder.path()), left);
        if report.extracted && as_project {
            prop_assert!(again(&bytes) == bytes);
        }
    }
}

#[test]
fn every_number_of_palettes_and_every_tile_size_comes_back_with_any_sheet() {
    let mut dice = Dice::seeded(11);
    for authored in [1usize, 2, 10, 11, 63, 64] {
        for tile_size in [8, 16, 32] {
            for used in [0usize, 1, 127, 128, 32_768] {
                let mut sheet = dice.bytes(used);
                sheet.resize(32_768, 0);
                let mut payload = [sheet, palettes(&mut dice, authored)].concat();
                // The last color of the first palette is black, and drawn.
                payload[32_768 + 30..32_768 + 32].fill(0);
                let metadata: Value = json!({"height": 256, "palette_authored": authored, "palette_count": 64,
                                             "tile_size": tile_size, "width": 256});
                let table = json!([{"asset_id": 2_147_483_647, "asset_name": "last", "bank_type": "GLYPH",
                    "codec": "NONE", "decoded_size": 67_584, "metadata": metadata, "offset": 0, "size": 34_816}]);
                let mut bytes = sealed(canonical(&json!({"asset_table": table, "preload": []})), 0);
                bytes.extend(payload);
                assert!(again(&bytes) == bytes, "{authored} palettes, tiles of {tile_size}, {used} bytes");
            }
        }
    }
}
