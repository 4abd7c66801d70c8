//! Previews: what the console shows, with holes where tiles or samples cannot be built, and their causes.

use std::sync::{Arc, Mutex};

use packer_services::declaration::{Content, Cut, GlyphArtifact, LoopChoice, RawMetadata, Region, SoundArtifact};
use packer_services::diagnostics::{Finding, Pixel, Severity, finding_of};
use packer_services::formats::{GlyphMetadata, Rgb, SampleLoop, SampleMetadata, SoundMetadata, TileSize};
use packer_services::ops::{
    Operation, PreviewBank, PreviewBankReport, PreviewPackedBank, PreviewPackedBankReport, Report, ShowAsset,
};
use packer_services::preview::{
    BankPreview, GlyphPreview, Playable, PreviewSample, SampleState, SoundPreview, TileState,
};
use packer_services::{Cancel, Context, FaultPoint};
use serde_json::json;
use support::images::{Png, checker, plain};
use support::packs::header_only;
use support::sounds::Wav;
use support::{
    GREEN, KEY, RED, TestProject, artifact, codes, declaration, glyph, no_place, palette, red_green, rel_path, sample,
    sound,
};

/// A color that no palette of these tests has.
const BLUE: Rgb = Rgb([0, 0, 0xFF]);

fn request(project: &TestProject, asset: &str) -> PreviewBank {
    PreviewBank::new(project.root(), asset)
}

fn preview(project: &TestProject, asset: &str) -> Report<PreviewBankReport> {
    request(project, asset).run(&Context::new()).unwrap()
}

fn packed(project: &TestProject, asset_id: u32) -> Report<PreviewPackedBankReport> {
    PreviewPackedBank::new(project.at("build/assets.pa"), asset_id).run(&Context::new()).unwrap()
}

fn is_whole(report: &Report<PreviewBankReport>) -> bool {
    report.preview.as_ref().unwrap().is_whole
}

fn glyph_of(report: &Report<PreviewBankReport>) -> &GlyphPreview {
    match &report.preview.as_ref().unwrap().bank {
        BankPreview::Glyph(glyph) => glyph,
        other => panic!("not a glyph bank: {other:?}"),
    }
}

fn sound_of(report: &Report<PreviewBankReport>) -> &SoundPreview {
    match &report.preview.as_ref().unwrap().bank {
        BankPreview::Sound(sound) => sound,
        other => panic!("not a sound bank: {other:?}"),
    }
}

fn playable(sample: &PreviewSample) -> &Playable {
    match &sample.state {
        SampleState::Playable(playable) => playable,
        other => panic!("sample {} cannot be played: {other:?}", sample.index),
    }
}

/// One letter per tile: drawn, blank, a hole, unused; the unused end is removed.
fn tile_states(glyph: &GlyphPreview) -> String {
    let letter = |state: TileState| match state {
        TileState::Drawn => 'D',
        TileState::Blank => 'b',
        TileState::Hole { .. } => 'H',
        TileState::Unused => '.',
    };
    let all: String = glyph.tiles.iter().map(|tile| letter(tile.state)).collect();
    all.trim_end_matches('.').to_owned()
}

/// The code and the file of a hole's cause.
fn cause_of(report: &Report<PreviewBankReport>, id: usize) -> (&str, &str) {
    let TileState::Hole { cause } = glyph_of(report).tiles[id].state else { panic!("tile {id} is not a hole") };
    let finding = finding_of(report.findings(), cause).unwrap();
    (finding.code.as_str(), finding.file.as_deref().unwrap())
}

/// The state of a sample whose cause is the only finding.
fn hole(report: &Report<PreviewBankReport>) -> SampleState {
    assert_eq!(report.findings().len(), 1);
    SampleState::Hole { cause: Some(report.findings()[0].cause_id()) }
}

fn tile(glyph: &GlyphPreview, id: u32) -> Vec<u8> {
    glyph.payload.tile(glyph.metadata.tile_size, id).collect()
}

/// A sheet of four tiles, an image of one tile, and a sheet of two tiles, the second of which is blank.
fn three_images() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/hero/walk.png", checker(32, 8, RED, GREEN));
    project.write("assets/hero/jump.png", plain(8, 8, RED));
    let half = Png::rgba(16, 8, |x, _| if x < 8 { [0, 0xFF, 0, 0xFF] } else { [0; 4] });
    project.write("assets/hero/fall.png", half.bytes());
    let artifacts = vec![artifact("fall.png", 5), artifact("walk.png", 0), artifact("jump.png", 4)];
    let hero = glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts);
    project.add_asset("hero", true, &hero);
    project
}

/// The sheet of four tiles, with one pixel of tile 2 in an undeclared color.
fn one_wrong_pixel() -> Vec<u8> {
    let pixel = |x: u32, y: u32| if (x, y) == (19, 5) { BLUE } else { [RED, GREEN][(x as usize + y as usize) % 2] };
    Png::rgb(32, 8, pixel).bytes()
}

#[test]
fn every_tile_has_its_source() {
    let project = three_images();
    let report = preview(&project, "hero");
    let bank = glyph_of(&report);
    assert_eq!((codes(report.findings()), is_whole(&report), tile_states(bank)), (vec![], true, "DDDDDDb".into()));
    assert_eq!((bank.tiles.len(), bank.metadata.palette_authored), (1024, 1));
    let source = |id: usize| {
        let source = bank.tiles[id].source.as_ref().unwrap();
        let cell = source.cell.unwrap();
        (source.file.as_str(), cell.column, cell.row, (cell.corner.x, cell.corner.y))
    };
    assert_eq!(source(3), ("walk.png", 3, 0, (24, 0)));
    assert_eq!(source(6), ("fall.png", 1, 0, (8, 0)));
    assert!(bank.tiles[7].source.is_none());
    assert_eq!(bank.ids_of(&rel_path("fall.png")), std::slice::from_ref(&(5..7)));
    let palette = &bank.palettes[0];
    assert_eq!(palette.colors.iter().map(|color| color.authored.unwrap()).collect::<Vec<_>>(), [KEY, RED, GREEN]);
    assert_eq!(palette.colors[1].stored, RED.to_565());
    let used = bank.palette_use(0);
    assert_eq!((used.tiles, used.colors[1].pixels, used.colors[2].pixels), (7, 4 * 32 + 64, 4 * 32 + 64));
}

#[test]
fn one_wrong_pixel_is_one_hole() {
    let project = three_images();
    let before = preview(&project, "hero");
    project.write("assets/hero/walk.png", one_wrong_pixel());
    let report = preview(&project, "hero");
    let bank = glyph_of(&report);
    assert_eq!((tile_states(bank), is_whole(&report)), ("DDHDDDb".into(), false));
    assert_eq!(cause_of(&report, 2), ("color-stray", "assets/hero/walk.png"));
    assert_eq!(bank.tiles[2].source, glyph_of(&before).tiles[2].source, "a hole must name its file and cell");
    for id in [0, 1, 3, 4, 5, 6] {
        assert_eq!(tile(bank, id), tile(glyph_of(&before), id), "tile {id}");
    }
    assert!(tile(bank, 2).iter().all(|index| *index == 0));
    assert_eq!(
        bank.payload.bytes()[32_768..],
        glyph_of(&before).payload.bytes()[32_768..],
        "the palettes must be unchanged"
    );
}

#[test]
fn each_hole_names_its_cause() {
    let mut project = TestProject::new();
    // Tile 0 is valid. Then a single blue pixel, partial alpha, colors of two palettes; then twelve blue tiles.
    let pixel = |x: u32, y: u32| match (x / 8, x % 8, y) {
        (1, 0, 0) => [0, 0, 0xF0, 0xFF],
        (2, 1, 1) => [0xFF, 0, 0, 0x80],
        (3, 0, _) => [0xFF, 0xFF, 0xFF, 0xFF],
        (4.., ..) => [0, 0x80, 0xFF, 0xFF],
        _ => [0xFF, 0, 0, 0xFF],
    };
    project.write("assets/hero/all.png", Png::rgba(128, 8, pixel).bytes());
    let palettes = vec![red_green(), palette(&[KEY, Rgb([0xFF; 3])])];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, palettes, vec![artifact("all.png", 0)]));
    let report = preview(&project, "hero");
    assert_eq!(tile_states(glyph_of(&report)), format!("D{}", "H".repeat(15)));
    assert_eq!(cause_of(&report, 2).0, "partial-alpha");
    assert_eq!(cause_of(&report, 3).0, "colors-across");
    for id in 4..16 {
        assert_eq!(cause_of(&report, id).0, "colors-undeclared", "tile {id}, although a finding keeps fewer places");
    }
    assert_eq!(glyph_of(&report).tiles[0].palette, Some(0));
}

#[test]
fn undecodable_image_leaves_holes() {
    let project = three_images();
    project.write("assets/hero/walk.png", "GIF89a");
    let report = preview(&project, "hero");
    assert_eq!(tile_states(glyph_of(&report)), "HHHHDDb");
    assert_eq!(cause_of(&report, 3), ("image-not-png", "assets/hero/walk.png"));
    let source = glyph_of(&report).tiles[3].source.as_ref().unwrap();
    assert_eq!((source.file.as_str(), source.cell), ("walk.png", None));
}

#[test]
fn damaged_image_leaves_holes_for_its_tiles() {
    let project = three_images();
    let bytes = project.read("assets/hero/fall.png");
    project.write("assets/hero/fall.png", &bytes[..bytes.len() - 20]);
    let report = preview(&project, "hero");
    assert_eq!(
        (tile_states(glyph_of(&report)), cause_of(&report, 6)),
        ("DDDDDHH".into(), ("image-cut", "assets/hero/fall.png"))
    );
}

#[test]
fn missing_last_image_is_one_hole() {
    let project = three_images();
    std::fs::remove_file(project.at("assets/hero/fall.png")).unwrap();
    let report = preview(&project, "hero");
    assert_eq!(
        (tile_states(glyph_of(&report)), cause_of(&report, 5)),
        ("DDDDDH".into(), ("file-missing", "assets/hero/fall.png"))
    );
}

#[test]
fn unassigned_id_is_a_hole() {
    let mut project = TestProject::new();
    project.write("assets/hero/a.png", plain(8, 8, RED)).write("assets/hero/b.png", plain(16, 8, GREEN));
    let artifacts = vec![artifact("a.png", 0), artifact("b.png", 3), artifact("a.png", 4)];
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![red_green()], artifacts));
    let report = preview(&project, "hero");
    let bank = glyph_of(&report);
    assert_eq!(tile_states(bank), "DHHDD");
    assert_eq!((cause_of(&report, 1), bank.tiles[1].source.is_none()), (("tile-gap", "assets/hero/asset.json"), true));
    assert_eq!(
        bank.tiles[4].source.as_ref().unwrap().file.as_str(),
        "b.png",
        "an id must belong to the first artifact"
    );
    assert!(codes(report.findings()).contains(&"tile-overlap") && tile(bank, 4).iter().all(|index| *index == 2));
}

#[test]
fn overflowing_image_leaves_holes_to_the_end() {
    let mut project = TestProject::new();
    project.write("assets/big/a.png", plain(32, 32, RED)).write("assets/big/b.png", plain(256, 256, RED));
    let artifacts = vec![artifact("a.png", 0), artifact("b.png", 1)];
    project.add_asset("big", true, &glyph(1, "big", TileSize::ThirtyTwo, vec![red_green()], artifacts));
    let report = preview(&project, "big");
    assert_eq!(tile_states(glyph_of(&report)), format!("D{}", "H".repeat(63)));
    assert_eq!(cause_of(&report, 63), ("tile-overflow", "assets/big/b.png"));
}

#[test]
fn region_cell_knows_its_corner() {
    let mut project = TestProject::new();
    let region = Region { x: 3, y: 5, w: 1 + 8 + 2 + 8 + 1, h: 10 };
    let cut = Cut { region: Some(region), margin: 1, spacing: 2, skip_blank: true };
    // The first cell is blank and has no id.
    let pixel = |x: u32, _: u32| if x < 14 { [0; 4] } else { [0xFF, 0, 0, 0xFF] };
    project.write("assets/hero/sheet.png", Png::rgba(40, 40, pixel).bytes());
    let sheet = GlyphArtifact { cut, ..artifact("sheet.png", 0) };
    project.add_asset("hero", true, &glyph(1, "hero", TileSize::Eight, vec![red_green()], vec![sheet]));
    let report = preview(&project, "hero");
    let source = glyph_of(&report).tiles[0].source.as_ref().unwrap();
    let cell = source.cell.unwrap();
    assert_eq!((source.region, cell.column, cell.corner), (Some(region), 1, Pixel { x: 3 + 1 + 8 + 2, y: 6 }));
}

#[test]
fn excluded_bank_is_shown_with_notes() {
    let mut project = TestProject::new();
    project.write("assets/draft/walk.png", one_wrong_pixel());
    project.add_asset(
        "draft",
        false,
        &glyph(1, "draft", TileSize::Eight, vec![red_green()], vec![artifact("walk.png", 0)]),
    );
    let report = preview(&project, "draft");
    assert_eq!((tile_states(glyph_of(&report)), is_whole(&report), report.included), ("DDHD".into(), false, false));
    assert_eq!(cause_of(&report, 2).0, "color-stray");
    assert!(report.findings().iter().all(|finding| finding.severity == Severity::Note));
}

#[test]
fn broken_declaration_has_no_preview() {
    let project = three_images();
    project.edit("assets/hero/asset.json", "\"hero\"", "7");
    let report = preview(&project, "id:1");
    assert!(report.preview.is_none());
    assert_eq!(report.findings()[0].file.as_deref(), Some("assets/hero/asset.json"));
}

#[test]
fn sound_bank_plays_valid_samples() {
    let mut project = TestProject::new();
    let long: Vec<i16> = (0..200).collect();
    project.write("assets/sfx/a.wav", Wav::mono16(22_050, &[1, 2, 3]).bytes());
    project.write("assets/sfx/c.wav", Wav::pcm(8000, 2, 16, vec![0; 8]).bytes());
    project.write("assets/sfx/d.wav", Wav::mono16(22_050, &long).bytes());
    let looped = SoundArtifact { looping: LoopChoice::At(SampleLoop { start: 5, end: 200 }), ..sample("d.wav", 3) };
    let artifacts = vec![looped, sample("a.wav", 0), sample("b.wav", 1), sample("c.wav", 2)];
    project.add_asset("sfx", true, &sound(1, "sfx", 22_050, artifacts));
    let report = preview(&project, "sfx");
    let samples = &sound_of(&report).samples;
    assert!(!is_whole(&report));
    let cause_of = |n: usize| match samples[n].state {
        SampleState::Hole { cause } => {
            let finding = finding_of(report.findings(), cause).unwrap();
            (finding.code.as_str(), finding.file.as_deref().unwrap())
        }
        _ => panic!("sample {n} is not a hole"),
    };
    assert_eq!(
        (cause_of(1), cause_of(2)),
        (("file-missing", "assets/sfx/b.wav"), ("convert-downmix", "assets/sfx/c.wav"))
    );
    assert_eq!(playable(&samples[0]).pcm.bytes(), [1, 0, 2, 0, 3, 0]);
    let last = playable(&samples[3]);
    assert_eq!(last.metadata.looping, Some(SampleLoop { start: 5, end: 200 }));
    assert_eq!(last.pcm.values(0..999).collect::<Vec<_>>(), long);
    assert_eq!(last.metadata.sample_rate_hz, 22_050);
    assert!((last.seconds() - 200.0 / 22_050.0).abs() < 1e-9);
}

#[test]
fn damaged_sound_is_a_hole() {
    let mut project = TestProject::new();
    let mut bytes = support::flac::Flac::mono16(22_050, &[7; 500]).bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    project.write("assets/sfx/a.flac", bytes).write("assets/sfx/b.wav", Wav::mono16(22_050, &[1]).bytes());
    project.add_asset("sfx", true, &sound(1, "sfx", 22_050, vec![sample("a.flac", 0), sample("b.wav", 1)]));
    let report = preview(&project, "sfx");
    let samples = &sound_of(&report).samples;
    let SampleState::Hole { cause } = samples[0].state else { panic!("not a hole") };
    let finding = finding_of(report.findings(), cause).unwrap();
    assert_eq!(finding.file.as_deref(), Some("assets/sfx/a.flac"));
    assert_eq!(playable(&samples[1]).pcm.frames(), 1);
}

#[test]
fn raw_banks_are_shown_from_their_payload() {
    let mut project = TestProject::new();
    let mut bytes = vec![0x11; 32];
    bytes.resize(34_816, 0);
    bytes[32_770] = 0x1F;
    project.write("assets/raw/payload.bin", &bytes).write("assets/rawsound/payload.bin", [1, 0, 2, 0, 3, 0]);
    let raw = |metadata: RawMetadata| Content::Raw { payload: rel_path("payload.bin"), metadata, place: no_place() };
    let tiles = GlyphMetadata { tile_size: TileSize::Sixteen, palette_authored: 1 };
    project.add_asset("raw", true, &declaration(1, "raw", raw(tiles.into())));
    let one = |frames| SampleMetadata { frames, sample_rate_hz: 8000, looping: None };
    let sounds = SoundMetadata { sample_rate_hz: 8000, samples: vec![one(1), one(2)] };
    project.add_asset("rawsound", true, &declaration(2, "rawsound", raw(sounds.into())));
    let report = preview(&project, "raw");
    let bank = glyph_of(&report);
    assert_eq!(bank.payload.bytes()[..], bytes);
    assert_eq!((bank.tiles[0].state, bank.tiles[255].state), (TileState::Drawn, TileState::Blank));
    assert_eq!((bank.palettes.len(), bank.palettes[0].colors.len()), (1, 16));
    assert_eq!(bank.palettes[0].colors[1].stored.0, 0x001F);
    assert_eq!(report.preview.as_ref().unwrap().raw_payload, Some(rel_path("payload.bin")));
    let report = preview(&project, "rawsound");
    let bytes: Vec<&[u8]> = sound_of(&report).samples.iter().map(|sample| playable(sample).pcm.bytes()).collect();
    assert_eq!(bytes, [&[1, 0][..], &[2, 0, 3, 0]]);

    project.write("assets/raw/payload.bin", "short").write("assets/rawsound/payload.bin", "short");
    let report = preview(&project, "raw");
    assert_eq!((cause_of(&report, 0).0, cause_of(&report, 255).0, is_whole(&report)), ("raw-size", "raw-size", false));
    let report = preview(&project, "rawsound");
    assert!(sound_of(&report).samples.iter().all(|sample| sample.state == hole(&report)));
}

#[test]
fn packed_bank_equals_project_preview() {
    let mut project = three_images();
    project.add_sound("blip");
    project.pack();
    let report = packed(&project, 1);
    let (from_pack, from_project) = (report.preview.as_ref().unwrap(), preview(&project, "hero"));
    let BankPreview::Glyph(bank) = &from_pack.bank else { panic!("not a glyph bank") };
    assert!(bank.payload == glyph_of(&from_project).payload && from_pack.is_whole && report.findings().is_empty());
    assert_eq!((from_pack.name.as_str(), bank.metadata), ("hero", glyph_of(&from_project).metadata));
    assert_eq!((bank.tiles[0].state, bank.tiles[7].state), (TileState::Drawn, TileState::Blank));
    let report = packed(&project, 2);
    let BankPreview::Sound(bank) = &report.preview.as_ref().unwrap().bank else { panic!("not a sound bank") };
    assert_eq!(playable(&bank.samples[0]), playable(&sound_of(&preview(&project, "id:2")).samples[0]));
}

#[test]
fn missing_pack_or_bank_is_reported() {
    let mut project = TestProject::new();
    project.add_glyph("icons");
    project.pack();
    let absent = PreviewPackedBank::new(project.at("build/assets.pa"), 9);
    assert_eq!(codes(&absent.refusal(&absent.run(&Context::new()).unwrap_err())), ["asset-not-found"]);
    project.write("build/assets.pa", "not a pack");
    let report = packed(&project, 1);
    assert_eq!((codes(report.findings()), report.preview.is_none()), (vec!["pack-magic"], true));
    let absent = request(&project, "nowhere");
    assert_eq!(codes(&absent.refusal(&absent.run(&Context::new()).unwrap_err())), ["asset-not-found"]);
    let scene = json!({ "asset_table": [{ "asset_id": 4, "asset_name": "room", "bank_type": "SCENE", "codec": "NONE",
        "decoded_size": 9, "metadata": { "rooms": 1 }, "offset": 0, "size": 2 }], "preload": [] });
    project.write("build/assets.pa", [header_only(&scene), vec![0; 2]].concat());
    let scene = BankPreview::Scene { metadata: json!({ "rooms": 1 }), size_bytes: 2 };
    assert_eq!(packed(&project, 4).into_data().preview.unwrap().bank, scene);
}

#[test]
fn huge_sound_bank_is_partly_read() {
    let project = TestProject::new();
    let long: u64 = 700 << 20;
    let metadata = json!({ "channels": 1, "sample_rate": 8000, "samples": {
        "0": { "length": 4, "offset": 0, "sample_rate": 8000 },
        "1": { "length": long, "offset": 4, "sample_rate": 8000, "loop_start": 1, "loop_end": 2 },
        "2": { "length": 2, "offset": long + 4, "sample_rate": 8000 } } });
    let table = json!([{ "asset_id": 1, "asset_name": "talk", "bank_type": "SOUNDS", "codec": "NONE",
        "decoded_size": long + 6, "metadata": metadata, "offset": 0, "size": long + 6 }]);
    let header = header_only(&json!({ "asset_table": table, "preload": [] }));
    project.write("build/assets.pa", [&header[..], &[1, 0, 2, 0]].concat());
    let file = std::fs::File::options().write(true).open(project.at("build/assets.pa")).unwrap();
    file.set_len(header.len() as u64 + long + 6).unwrap();
    let report = packed(&project, 1);
    let BankPreview::Sound(bank) = &report.preview.as_ref().unwrap().bank else { panic!("not a sound bank") };
    assert_eq!(playable(&bank.samples[0]).pcm.bytes(), [1, 0, 2, 0]);
    let looping = Some(SampleLoop { start: 1, end: 2 });
    let second = SampleMetadata { frames: long / 2, sample_rate_hz: 8000, looping };
    assert_eq!(bank.samples[1].state, SampleState::OverLimit(second));
    assert!(matches!(bank.samples[2].state, SampleState::OverLimit(_)), "later samples must not be read either");
}

#[test]
fn canceled_preview_is_an_error() {
    let mut project = three_images();
    project.add_sound("blip");
    project.pack();
    let cancel = Cancel::default();
    cancel.cancel();
    let context = Context::new().with_cancel(cancel);
    for asset in ["hero", "blip"] {
        let request = request(&project, asset);
        assert_eq!(codes(&request.refusal(&request.run(&context).unwrap_err())), ["interrupted"]);
    }
    let request = PreviewPackedBank::new(project.at("build/assets.pa"), 1);
    assert_eq!(codes(&request.refusal(&request.run(&context).unwrap_err())), ["interrupted"]);
}

#[test]
fn failing_converter_leaves_only_holes() {
    let project = three_images();
    let context = Context::new().with_faults(|point| {
        assert!(point != FaultPoint::Convert { asset_id: 1 }, "the converter is broken");
        Ok(())
    });
    let report = request(&project, "hero").run(&context).unwrap();
    assert_eq!((tile_states(glyph_of(&report)), cause_of(&report, 0).0), ("H".repeat(1024), "internal-error"));
}

#[test]
fn changing_file_is_read_again_or_reported() {
    let mut project = TestProject::new();
    project.add_sound("blip");
    let project = Arc::new(project);
    let shared = Arc::clone(&project);
    let attempts = Arc::new(Mutex::new(0));
    let changing = |until: u32| {
        let (project, attempts) = (Arc::clone(&shared), Arc::clone(&attempts));
        Context::new().with_faults(move |point| {
            if let FaultPoint::Convert { .. } = point {
                let mut attempts = attempts.lock().unwrap();
                *attempts += 1;
                if *attempts <= until {
                    let frames = vec![0; *attempts as usize];
                    project.write("assets/blip/blip.wav", Wav::mono16(22_050, &frames).bytes());
                }
            }
            Ok(())
        })
    };
    let report = request(&project, "blip").run(&changing(1)).unwrap();
    assert_eq!((codes(report.findings()), is_whole(&report)), (vec![], true));
    assert_eq!(playable(&sound_of(&report).samples[0]).pcm.frames(), 1, "the last state of the file");
    let report = request(&project, "blip").run(&changing(99)).unwrap();
    assert_eq!((codes(report.findings()), is_whole(&report)), (vec!["source-changing"], false));
    assert_eq!(sound_of(&report).samples[0].state, hole(&report));
}

#[test]
fn preview_findings_equal_those_of_show() {
    let project = TestProject::copy_of(&support::repository().join("assets-demo/snuffed"));
    let registry = packer_services::registry::Registry::read(&project.read("assets/.prometeu/index.json")).0.unwrap();
    assert!(registry.entries.len() > 40);
    for entry in &registry.entries {
        let asset = format!("id:{}", entry.asset_id);
        let details = ShowAsset::new(project.root(), asset.clone());
        let (shown, previewed) = (details.run(&Context::new()).unwrap(), preview(&project, &asset));
        assert_eq!(previewed.findings(), shown.findings(), "{}", entry.root);
        let Some(preview) = previewed.into_data().preview else { continue };
        let is_error = |finding: &&Finding| finding.code.severity() == Severity::Error;
        let errors = shown.findings().iter().filter(is_error).count();
        assert!(preview.is_whole || errors > 0, "{}: an incomplete bank must have an error", entry.root);
        assert!(preview.is_whole || shown.size_bytes.is_none(), "{}: `show` must not report a payload", entry.root);
    }
}
