//! Thumbnails of many banks at once, each as the console shows it; a broken bank affects no other.

use packer_services::ops::{
    Operation, PreviewBank, PreviewThumbnails, PreviewThumbnailsReport, Report, ThumbnailBanks, ThumbnailOf,
};
use packer_services::preview::{Thumbnail, ThumbnailPixels};
use packer_services::{Cancel, Context, FaultPoint};
use serde_json::json;
use support::images::{checker, plain};
use support::packs::header_only;
use support::{GREEN, KEY, RED, TestProject, artifact, codes, glyph, palette, rel_path};

use crate::fixtures;

fn of_project(project: &TestProject, roots: &[&str]) -> PreviewThumbnails {
    let roots = roots.iter().map(|root| (*root).to_owned()).collect();
    PreviewThumbnails::new(ThumbnailBanks::OfProject { project: project.root().to_owned(), roots }, 16)
}

fn of_pack(project: &TestProject, asset_ids: &[u32]) -> PreviewThumbnails {
    let file = project.at("build/assets.pa");
    PreviewThumbnails::new(ThumbnailBanks::OfPack { file, asset_ids: asset_ids.to_vec() }, 16)
}

fn thumbnails_of(request: &PreviewThumbnails) -> Vec<Option<Thumbnail>> {
    let report = request.run(&Context::new()).unwrap();
    assert_eq!(codes(report.findings()), [""; 0]);
    report.into_data().thumbnails.into_iter().map(|(_, thumbnail)| thumbnail).collect()
}

/// The first pixel of a tile thumbnail.
fn first(thumbnail: Option<&Thumbnail>) -> [u8; 4] {
    match thumbnail.map(|thumbnail| &thumbnail.pixels) {
        Some(ThumbnailPixels::Rgba(rgba)) => rgba[..4].try_into().unwrap(),
        other => panic!("not tiles: {}", other.is_some()),
    }
}

#[test]
fn requested_thumbnails_keep_their_order() {
    let mut project = fixtures::small_project();
    project.add_glyph("ui/late");
    let report: Report<PreviewThumbnailsReport> =
        of_project(&project, &["sfx/blip", "nowhere", "ui/icons", "sfx/blip"]).run(&Context::new()).unwrap();
    let of: Vec<&ThumbnailOf> = report.thumbnails.iter().map(|(of, _)| of).collect();
    let root = |root: &str| ThumbnailOf::Root(root.to_owned());
    assert_eq!(of, [&root("sfx/blip"), &root("nowhere"), &root("ui/icons"), &root("sfx/blip")]);
    let [blip, nowhere, icons, again] = &report.thumbnails[..] else { panic!() };
    assert!(matches!(&blip.1, Some(Thumbnail { width: 16, height: 16, pixels: ThumbnailPixels::Mask(_) })));
    assert_eq!((&nowhere.1, &again.1), (&None, &blip.1));
    let icons = icons.1.as_ref().unwrap();
    assert_eq!((icons.width, icons.height), (16, 16), "8 × 8, twice");
    assert_eq!(first(Some(icons)), [0xFF, 0, 0, 0xFF]);
}

#[test]
fn broken_bank_affects_no_other_thumbnail() {
    let mut project = fixtures::small_project();
    project.write("assets/hero/good.png", plain(8, 8, GREEN)).write("assets/hero/bad.png", "GIF89a");
    let artifacts = vec![artifact("bad.png", 0), artifact("good.png", 1)];
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, GREEN])];
    project.add_asset("hero", true, &glyph(3, "hero", packer_services::formats::TileSize::Eight, palettes, artifacts));
    project.write("assets/sfx/blip/asset.json", "{");
    project.write("assets/found/asset.json", "{}");
    let thumbnails = thumbnails_of(&of_project(&project, &["sfx/blip", "hero", "ui/icons", "found"]));
    assert_eq!((&thumbnails[0], &thumbnails[3]), (&None, &None));
    assert_eq!(first(thumbnails[1].as_ref()), [0, 0xFF, 0, 0xFF], "it must use its own palette, the second");
    assert_eq!(first(thumbnails[2].as_ref()), [0xFF, 0, 0, 0xFF]);
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    assert_eq!(
        thumbnails_of(&of_project(&project, &["ui/icons"]))[0],
        thumbnails[2],
        "an excluded bank must be shown too"
    );
}

#[test]
fn thumbnail_equals_that_of_preview() {
    let project = TestProject::demo();
    let roots = ["world/terrain", "characters/lamps", "sound/ambience", "drafts/title"];
    let thumbnails = thumbnails_of(&of_project(&project, &roots));
    for (root, thumbnail) in std::iter::zip(roots, thumbnails) {
        let request = PreviewBank::new(project.root(), format!("root:{root}"));
        let preview = request.run(&Context::new()).unwrap().into_data().preview.unwrap();
        assert!(thumbnail.is_some() && thumbnail == preview.thumbnail(16), "{root}");
    }
}

#[test]
fn banks_of_a_pack_have_thumbnails_too() {
    let (project, _) = fixtures::packed_project();
    let in_project = thumbnails_of(&of_project(&project, &["ui/icons", "sfx/blip"]));
    let in_pack = thumbnails_of(&of_pack(&project, &[1, 2, 9]));
    assert_eq!(in_pack, [in_project[0].clone(), in_project[1].clone(), None]);
    project.write("build/assets.pa", "not a pack");
    let report = of_pack(&project, &[1]).run(&Context::new()).unwrap();
    assert_eq!((codes(report.findings()), report.thumbnails.len()), (vec!["pack-magic"], 0));
    let scene = json!({ "asset_table": [{ "asset_id": 4, "asset_name": "room", "bank_type": "SCENE", "codec": "NONE",
        "decoded_size": 9, "metadata": {}, "offset": 0, "size": 2 }], "preload": [] });
    project.write("build/assets.pa", [header_only(&scene), vec![0; 2]].concat());
    assert_eq!(thumbnails_of(&of_pack(&project, &[4])), [None]);
}

#[test]
fn packed_thumbnails_use_the_first_palette() {
    let mut project = TestProject::new();
    project.write("assets/hero/tile.png", checker(8, 8, GREEN, GREEN));
    let palettes = vec![palette(&[KEY, RED]), palette(&[KEY, GREEN])];
    let artifacts = vec![artifact("tile.png", 0)];
    project.add_asset("hero", true, &glyph(1, "hero", packer_services::formats::TileSize::Eight, palettes, artifacts));
    project.pack();
    assert_eq!(first(thumbnails_of(&of_project(&project, &["hero"]))[0].as_ref()), [0, 0xFF, 0, 0xFF]);
    assert_eq!(first(thumbnails_of(&of_pack(&project, &[1]))[0].as_ref()), [0xFF, 0, 0, 0xFF]);
}

#[test]
fn thumbnails_can_be_canceled_between_banks() {
    let (mut project, _) = fixtures::packed_project();
    project.add_glyph("ui/late");
    let cancel = Cancel::default();
    let raised = cancel.clone();
    let context = Context::new().with_cancel(cancel.clone()).with_faults(move |point| {
        assert!(point != FaultPoint::Convert { asset_id: 3 }, "the bank after the cancellation must not be built");
        raised.cancel();
        Ok(())
    });
    let request = of_project(&project, &["ui/icons", "ui/late"]);
    assert_eq!(codes(&request.refusal(&request.run(&context).unwrap_err())), ["interrupted"]);
    assert!(cancel.is_cancelled());
    let request = of_pack(&project, &[1]);
    assert_eq!(codes(&request.refusal(&request.run(&context).unwrap_err())), ["interrupted"]);
}

#[test]
fn thumbnails_need_a_project_or_pack() {
    let project = TestProject::new();
    let request = of_pack(&project, &[1]);
    assert_eq!(codes(&request.refusal(&request.run(&Context::new()).unwrap_err())), ["file-unreadable"]);
    project.write(fixtures::REGISTRY, "{");
    let request = of_project(&project, &[rel_path("ui/icons").as_str()]);
    assert_eq!(codes(&request.refusal(&request.run(&Context::new()).unwrap_err())), ["json-syntax"]);
}
