//! Previews of assets that `create` would create.

use std::path::PathBuf;

use packer_services::Context;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{
    CreateAsset, NewBank, NewGlyph, NewSound, Operation, PreviewBank, PreviewNewAsset, PreviewNewAssetReport, Report,
};
use packer_services::preview::{BankPreview, Preview, TileState};
use support::images::{Png, checker};
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, codes};

use crate::tree;

fn glyph_bank(project: &TestProject, files: &[&str]) -> CreateAsset {
    let bank = NewBank::Glyph(NewGlyph { tile_size: Some(TileSize::Eight), ..NewGlyph::default() });
    let files: Vec<PathBuf> = files.iter().map(|file| project.at(file)).collect();
    CreateAsset::new(project.root(), "characters/hero", bank, files)
}

fn preview(create: &CreateAsset) -> Report<PreviewNewAssetReport> {
    PreviewNewAsset::new(create.clone()).run(&Context::new()).unwrap()
}

/// The bytes and the states of tiles.
fn sheet(preview: Option<&Preview>) -> (Vec<u8>, Vec<TileState>) {
    let Some(BankPreview::Glyph(glyph)) = preview.map(|preview| &preview.bank) else { panic!("no sheet") };
    (glyph.payload.rgba(0), glyph.tiles.iter().map(|tile| tile.state).collect())
}

#[test]
fn preview_is_what_create_creates() {
    let project = TestProject::new();
    project.write("art/hero.png", checker(24, 8, RED, GREEN));
    let before = tree::read_stamps(project.root());
    let create = glyph_bank(&project, &["art/hero.png"]);
    let previewed = preview(&create);
    tree::assert_same(&before, &tree::read_stamps(project.root()), "a preview");
    let created = create.run(&Context::new()).unwrap();
    assert!(created.packs && previewed.findings() == created.findings());
    let mut planned = serde_json::to_value(&previewed).unwrap();
    assert!(planned["change"]["number"].take().is_null());
    planned["change"]["number"] = serde_json::json!(1);
    assert_eq!(planned, serde_json::to_value(&created).unwrap());
    let bank = PreviewBank::new(project.root(), "characters/hero").run(&Context::new()).unwrap();
    assert!(sheet(previewed.preview.as_ref()) == sheet(bank.preview.as_ref()));
}

#[test]
fn refused_files_are_previewed() {
    let project = TestProject::new();
    let colors = |x: u32, y: u32| Rgb([0xF8, if x < 8 { 0 } else { u8::try_from((y * 8 + x - 8) * 4).unwrap() }, 0]);
    project.write("art/many.png", Png::rgb(16, 8, colors).bytes());
    let create = glyph_bank(&project, &["art/many.png"]);
    let previewed = preview(&create);
    assert!(!previewed.created.packs);
    // `create` ends at the first, and the second explains what is missing in the preview.
    assert_eq!(codes(create.run(&Context::new()).unwrap().findings()), ["too-many-colors"]);
    assert_eq!(codes(previewed.findings()), ["too-many-colors", "colors-undeclared"]);
    let states = sheet(previewed.preview.as_ref()).1;
    assert!(states[0] == TileState::Drawn && matches!(states[1], TileState::Hole { .. }), "{:?}", &states[..3]);
    assert_eq!(codes(preview(&glyph_bank(&project, &["art/none.png"])).findings()), ["file-missing"]);
}

#[test]
fn taken_roots_are_refused() {
    let project = TestProject::new();
    project.write("art/hero.png", checker(8, 8, RED, GREEN));
    let create = glyph_bank(&project, &["art/hero.png"]);
    create.run(&Context::new()).unwrap();
    let previewed = preview(&create);
    assert!(previewed.preview.is_none());
    assert_eq!(codes(previewed.findings()), codes(create.run(&Context::new()).unwrap().findings()));
}

#[test]
fn sounds_are_previewed() {
    let project = TestProject::new();
    project.write("art/blip.wav", Wav::mono16(8000, &[0, 1000, -1000, 0]).bytes());
    let files = vec![project.at("art/blip.wav")];
    let create = CreateAsset::new(project.root(), "sound", NewBank::Sound(NewSound::default()), files);
    let previewed = preview(&create);
    assert!(previewed.created.packs, "{:?}", previewed.findings());
    let Some(BankPreview::Sound(sound)) = previewed.preview.as_ref().map(|preview| &preview.bank) else {
        panic!("no sounds")
    };
    assert_eq!(sound.samples.len(), 1);
}
