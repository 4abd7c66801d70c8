//! The round trip: a pack that is extracted as a project and packed again has the same bytes, whether the packer or
//! another program wrote it. A damaged pack is either refused without leaving a file, or passes the round trip too.

use std::path::Path;

use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::{ExtractPack, ExtractPackReport, Operation, Report};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::TestProject;

use crate::mutate::mutated;
use crate::pack_findings::{canonical, pack_of, valid_header};
use crate::projects::ProjectPlan;
use crate::random::{Rng, any_rng, cases};

fn extract(folder: &Path, as_project: bool) -> Report<ExtractPackReport> {
    let request = ExtractPack::new(folder.join("some.pa"), folder.join("made")).as_project(as_project);
    request.run(&Context::new()).unwrap()
}

fn errors(findings: &[Finding]) -> Vec<String> {
    findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect()
}

/// The names in a folder.
fn names_in(folder: &Path) -> Vec<String> {
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    support::paths_in(folder).iter().map(name).collect()
}

/// Extracts a pack as a project, and packs it again.
fn round_trip(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("some.pa"), bytes).unwrap();
    let report = extract(folder.path(), true);
    assert_eq!(errors(report.findings()), [] as [&str; 0]);
    assert!(report.extracted);
    assert_eq!(names_in(folder.path()), ["made", "some.pa"]);
    let project = TestProject::copy_of(&folder.path().join("made"));
    let packed = project.pack();
    // Any pack may draw the color that is its color key elsewhere.
    let expected = ["rate-differs", "key-color-drawn"];
    let unexpected = packed.findings().iter().filter(|finding| !expected.contains(&finding.code.as_str()));
    assert_eq!(unexpected.map(ToString::to_string).collect::<Vec<_>>(), [] as [&str; 0]);
    project.pack_bytes()
}

const LETTERS: &[u8] = b"AaBb.../--_09";

/// A hostile name: valid in a pack, and often not valid as a folder.
fn hostile_name(rng: &mut Rng) -> String {
    let names =
        ["..", ".", "con", "a/b", "a", "A", "/", "asset-1", "asset-2/x", "asset.json", "nul.a", "a/../b", ".git"];
    if rng.one_in(2) {
        return (*rng.choose(&names)).to_owned();
    }
    let length = if rng.one_in(9) { 64 } else { 1 + rng.below(9) };
    (0..length).map(|_| char::from(*rng.choose(LETTERS))).collect()
}

/// The indices of a sheet: none, all, or those of its first tiles, with few or many different values.
fn sheet(rng: &mut Rng) -> Vec<u8> {
    let used = *rng.choose(&[0, 1, 128, 129, 4096, 32_767, 32_768]);
    let most = 1 + rng.below(16);
    let nibble = |rng: &mut Rng| u8::try_from(rng.below(most)).unwrap();
    let mut sheet: Vec<u8> = (0..used).map(|_| nibble(rng) << 4 | nibble(rng)).collect();
    sheet.resize(32_768, 0);
    sheet
}

/// `authored` palettes, which contain black and repeated colors, and often have unused colors at the end.
fn palettes(rng: &mut Rng, authored: usize) -> Vec<u8> {
    let color = |rng: &mut Rng| match rng.below(4) {
        0 => [0, 0],
        1 => 0xF81Fu16.to_le_bytes(),
        _ => [rng.next_byte(), rng.next_byte()],
    };
    let palette = |rng: &mut Rng| {
        let count = rng.below(17);
        let mut palette: Vec<u8> = (0..count).flat_map(|_| color(rng)).collect();
        palette.resize(32, 0);
        palette
    };
    let mut all: Vec<u8> = (0..authored).flat_map(|_| palette(rng)).collect();
    all.resize(2048, 0);
    all
}

/// A valid pack of glyph and sound banks that was not packed from a project.
fn foreign_pack(rng: &mut Rng) -> Vec<u8> {
    let (mut table, mut preload, mut payload) = (Vec::new(), Vec::new(), Vec::new());
    let mut names: Vec<String> = Vec::new();
    let mut id = 0;
    let mut slots = [(0..16).collect::<Vec<u32>>(), (0..16).collect()];
    slots.iter_mut().for_each(|slots| rng.shuffle(slots));
    for _ in 0..rng.below(6) {
        id += 1 + rng.below(*rng.clone().choose(&[1, 3, 1 << 28]));
        let name = hostile_name(rng);
        if names.contains(&name) {
            continue;
        }
        names.push(name.clone());
        let offset = payload.len();
        let is_glyph = rng.one_in(2);
        let (bank_type, metadata, decoded) = if is_glyph {
            let authored = *rng.choose(&[1, 2, 5, 63, 64]);
            payload.extend(sheet(rng));
            payload.extend(palettes(rng, authored));
            let tile_size = rng.choose(&[8, 16, 32]);
            let metadata = json!({"height": 256, "palette_authored": authored, "palette_count": 64,
                                  "tile_size": tile_size, "width": 256});
            ("GLYPH", metadata, 67_584)
        } else {
            let mut samples = Map::new();
            for n in 0..1 + rng.below(13) {
                let frames = 1 + rng.below(40);
                let rate = *rng.choose(&[1, 8000, 192_000]);
                let mut sample = json!({"length": frames * 2, "offset": payload.len() - offset, "sample_rate": rate});
                if rng.one_in(2) {
                    let start = rng.below(frames);
                    sample["loop_start"] = json!(start);
                    sample["loop_end"] = json!(start + 1 + rng.below(frames - start));
                }
                samples.insert(n.to_string(), sample);
                payload.extend(rng.next_bytes(frames * 2));
            }
            let rate = *rng.choose(&[1, 8000, 192_000]);
            ("SOUNDS", json!({"channels": 1, "sample_rate": rate, "samples": samples}), payload.len() - offset)
        };
        if rng.one_in(2) {
            preload.push(json!({"asset_id": id, "slot": slots[usize::from(is_glyph)].pop()}));
        }
        table.push(json!({"asset_id": id, "asset_name": name, "bank_type": bank_type, "codec": "NONE",
                          "decoded_size": decoded, "metadata": metadata, "offset": offset,
                          "size": payload.len() - offset}));
    }
    let mut bytes = pack_of(canonical(&json!({"asset_table": table, "preload": preload})), 0);
    bytes.extend(payload);
    bytes
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn extracted_project_packs_the_same(mut rng in any_rng()) {
        let project = ProjectPlan::random(&mut rng).build();
        project.pack();
        let bytes = project.pack_bytes();
        prop_assert!(round_trip(&bytes) == bytes);
    }

    #[test]
    fn foreign_pack_round_trips(mut rng in any_rng()) {
        let bytes = foreign_pack(&mut rng);
        prop_assert!(round_trip(&bytes) == bytes);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn damaged_pack_extracts_whole_or_nothing(
        bytes in mutated(vec![
            foreign_pack(&mut Rng::seeded(3)),
            foreign_pack(&mut Rng::seeded(4)),
            pack_of(canonical(&valid_header()), crate::pack_findings::PAYLOAD),
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
            prop_assert!(round_trip(&bytes) == bytes);
        }
    }
}

#[test]
fn all_palette_counts_round_trip() {
    let mut rng = Rng::seeded(11);
    for authored in [1usize, 2, 10, 11, 63, 64] {
        for tile_size in [8, 16, 32] {
            for used in [0usize, 1, 127, 128, 32_768] {
                let mut sheet = rng.next_bytes(used);
                sheet.resize(32_768, 0);
                let mut payload = [sheet, palettes(&mut rng, authored)].concat();
                // The last color of the first palette is black, and in use.
                payload[32_768 + 30..32_768 + 32].fill(0);
                let metadata: Value = json!({"height": 256, "palette_authored": authored, "palette_count": 64,
                                             "tile_size": tile_size, "width": 256});
                let table = json!([{"asset_id": 2_147_483_647, "asset_name": "last", "bank_type": "GLYPH",
                    "codec": "NONE", "decoded_size": 67_584, "metadata": metadata, "offset": 0, "size": 34_816}]);
                let mut bytes = pack_of(canonical(&json!({"asset_table": table, "preload": []})), 0);
                bytes.extend(payload);
                assert!(round_trip(&bytes) == bytes, "{authored} palettes, tiles of {tile_size}, {used} bytes");
            }
        }
    }
}
