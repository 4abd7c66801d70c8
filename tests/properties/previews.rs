//! A preview equals the pack: for a valid bank it has the same bytes; for a broken one it has the same tiles and
//! samples where it has no hole.

use packer_services::Context;
use packer_services::Sha;
use packer_services::diagnostics::finding_of;
use packer_services::ops::{
    ExportPreview, Operation, PreviewBank, PreviewBankReport, PreviewPackedBank, Report, ShowAsset,
};
use packer_services::preview::{BankPreview, GlyphPreview, SampleState, TileState};
use proptest::prelude::*;
use support::TestProject;
use support::oracle::reader::Pack as IndependentPack;

use crate::glyph_banks::GlyphBank;
use crate::projects::{Asset, Bank, ProjectPlan};
use crate::random::{any_rng, cases};

fn preview(project: &TestProject, asset_id: usize) -> Report<PreviewBankReport> {
    let request = PreviewBank::new(project.root(), format!("id:{asset_id}"));
    request.run(&Context::new()).unwrap()
}

/// The payload of a preview; `None` if a part of it is missing.
fn payload(bank: &BankPreview) -> Option<Vec<u8>> {
    match bank {
        BankPreview::Glyph(glyph) => Some(glyph.payload.bytes().to_vec()),
        BankPreview::Sound(sound) => {
            let bytes = |state: &SampleState| match state {
                SampleState::Playable(playable) => Some(playable.pcm.bytes().to_vec()),
                _ => None,
            };
            let all: Option<Vec<Vec<u8>>> = sound.samples.iter().map(|sample| bytes(&sample.state)).collect();
            Some(all?.concat())
        }
        BankPreview::Scene { .. } => None,
    }
}

fn glyph_preview(report: &Report<PreviewBankReport>) -> &GlyphPreview {
    match &report.preview.as_ref().unwrap().bank {
        BankPreview::Glyph(glyph) => glyph,
        other => panic!("{other:?}"),
    }
}

/// The pixels of a PNG, with red, green, blue and alpha in four bytes each.
fn rgba_of(png: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgba).unwrap();
    rgba
}

/// Compares the files of an exported preview with a bank of a pack.
fn assert_equals_packed(project: &TestProject, id: usize, packed: &BankPreview) {
    let folder = format!("shown/{id}");
    let request = ExportPreview::new(project.root(), format!("id:{id}"), project.at(&folder));
    let exported = request.run(&Context::new()).unwrap();
    assert!(exported.written && exported.complete && exported.missing.is_empty());
    match packed {
        BankPreview::Glyph(glyph) => {
            assert_eq!(exported.sheets.len(), glyph.palettes.len());
            for sheet in &exported.sheets {
                let mut rgba = rgba_of(&project.read(&format!("{folder}/{}", sheet.file)));
                // Editors ignore the color of a transparent pixel.
                rgba.as_chunks_mut::<4>().0.iter_mut().filter(|pixel| pixel[3] == 0).for_each(|pixel| *pixel = [0; 4]);
                assert!(rgba == glyph.payload.rgba(sheet.palette), "{folder}/{}", sheet.file);
            }
        }
        BankPreview::Sound(sound) => {
            assert_eq!(exported.samples.len(), sound.samples.len());
            for (written, sample) in std::iter::zip(&exported.samples, &sound.samples) {
                let SampleState::Playable(playable) = &sample.state else { panic!("{sample:?}") };
                let wav = project.read(&format!("{folder}/{}", written.file.as_ref().unwrap()));
                assert!(wav[44..].starts_with(playable.pcm.bytes()));
                assert_eq!((written.index, written.frames), (sample.index, playable.metadata.frames));
            }
        }
        BankPreview::Scene { .. } => panic!("a project has no scene"),
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn preview_equals_packed_payload(mut rng in any_rng()) {
        let plan = ProjectPlan::random(&mut rng);
        let project = plan.build();
        project.pack();
        let pack = IndependentPack::open(project.at("build/assets.pa")).unwrap();
        for (id, asset) in (1..).zip(&plan.0) {
            let report = preview(&project, id);
            let shown = report.preview.as_ref().unwrap();
            prop_assert!(shown.is_whole);
            let bytes = payload(&shown.bank).unwrap();
            let details = ShowAsset::new(project.root(), format!("id:{id}"));
            let details = details.run(&Context::new()).unwrap();
            prop_assert_eq!(Some(Sha::of(&bytes)), details.payload_sha256);
            prop_assert_eq!(report.findings(), details.findings());
            let entry = pack.entries().iter().find(|entry| entry.asset_id as usize == id);
            prop_assert_eq!(entry.is_some(), asset.included);
            let Some(entry) = entry else { continue };
            prop_assert!(pack.slice(entry).unwrap() == bytes);
            let packed = PreviewPackedBank::new(project.at("build/assets.pa"), entry.asset_id);
            let packed = packed.run(&Context::new()).unwrap().into_data().preview.unwrap();
            prop_assert!(payload(&packed.bank).unwrap() == bytes);
            prop_assert_eq!(&packed.name, &shown.name);
            assert_equals_packed(&project, id, &packed.bank);
        }
    }

    #[test]
    fn broken_file_makes_only_its_holes(mut rng in any_rng()) {
        let bank = GlyphBank::random(&mut rng);
        let preload = packer_services::declaration::Preload { enabled: false, slot: None };
        let plan = ProjectPlan(vec![Asset { root: "bank".into(), included: true, preload, bank: Bank::Glyph(bank) }]);
        let project = plan.build();
        let good = preview(&project, 1);
        let size = glyph_preview(&good).metadata.tile_size;
        let uses = &glyph_preview(&good).artifacts;
        let broken_use = &uses[rng.below(uses.len())];
        let bytes = project.read(&format!("assets/bank/{}", broken_use.file));
        let rest = rng.below(bytes.len());
        project.write(&format!("assets/bank/{}", broken_use.file), &bytes[..rest]);
        let broken = preview(&project, 1);
        prop_assert!(!broken.preview.as_ref().unwrap().is_whole);
        for (id, (before, after)) in (0u32..).zip(std::iter::zip(&glyph_preview(&good).tiles, &glyph_preview(&broken).tiles)) {
            let is_broken = before.source.as_ref().is_some_and(|source| source.file == broken_use.file);
            match after.state {
                TileState::Hole { cause } => {
                    let finding = finding_of(broken.findings(), cause).unwrap();
                    prop_assert!(is_broken, "tile {} is a hole", id);
                    let file = format!("assets/bank/{}", broken_use.file);
                    prop_assert_eq!(finding.file.as_deref(), Some(file.as_str()));
                    prop_assert!(finding.is_error());
                }
                // The number of tiles of a broken image is not always known.
                TileState::Unused => prop_assert!(is_broken || before.state == TileState::Unused, "tile {}", id),
                state => prop_assert!(!is_broken && state == before.state && after == before, "tile {}", id),
            }
            let is_shown = matches!(after.state, TileState::Drawn | TileState::Blank);
            let expected: Vec<u8> = if is_shown { glyph_preview(&good).payload.tile(size, id).collect() } else { vec![0; (size.pixels() * size.pixels()) as usize] };
            prop_assert!(glyph_preview(&broken).payload.tile(size, id).eq(expected), "tile {}", id);
        }
        let is_hole = |state: TileState| matches!(state, TileState::Hole { .. });
        let holes = glyph_preview(&broken).tiles.iter().filter(|tile| is_hole(tile.state)).count();
        prop_assert!(holes > 0);
    }
}
