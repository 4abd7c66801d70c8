//! An image is decoded once for all artifacts of a bank that are cut from it, in every operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use packer_services::declaration::{Cut, Declaration, GlyphArtifact, Region};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Doctor, FindPalettes, ListAssets, Operation, PreviewBank};
use packer_services::session::Session;
use packer_services::{Context, FaultPoint};
use support::images::Png;
use support::{GREEN, RED, TestProject, artifact, codes, glyph, red_green};

/// Counts the images that are decoded.
#[derive(Clone, Default)]
struct Decodes(Arc<AtomicUsize>);

impl Decodes {
    fn context(&self) -> Context {
        let count = self.0.clone();
        Context::new().with_faults(move |point| {
            if point == FaultPoint::DecodeImage {
                count.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        })
    }

    /// How many were decoded since the last call.
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

/// Tiles in a row of the sheets.
const COLUMNS: u32 = 8;
const TILES: u32 = COLUMNS * COLUMNS;

/// The color of a pixel in tile `n`: its first pixels are the bits of its number.
fn tile_color(n: u32, x: u32, y: u32) -> Rgb {
    if y == 0 && n >> x & 1 == 1 { RED } else { GREEN }
}

/// A sheet of tiles that begin with this number.
fn sheet(first: u32) -> Vec<u8> {
    let side = COLUMNS * 8;
    Png::rgb(side, side, |x, y| tile_color(first + x / 8 + y / 8 * COLUMNS, x % 8, y % 8)).bytes()
}

fn cell(file: &str, index: u32, cell: u32) -> GlyphArtifact {
    let region = Some(Region { x: cell % COLUMNS * 8, y: cell / COLUMNS * 8, w: 8, h: 8 });
    GlyphArtifact { cut: Cut { region, ..Cut::default() }, ..artifact(file, index) }
}

fn bank(artifacts: Vec<GlyphArtifact>) -> Declaration {
    glyph(1, "ui", TileSize::Eight, vec![red_green()], artifacts)
}

/// A bank whose tiles are regions of two sheets in turn.
fn two_sheets() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/ui/a.png", sheet(0)).write("assets/ui/b.png", sheet(TILES));
    let regions = (0..2 * TILES).map(|n| if n % 2 == 0 { cell("a.png", n, n / 2) } else { cell("b.png", n, n / 2) });
    project.add_asset("ui", true, &bank(regions.collect()));
    project
}

#[test]
fn image_of_many_regions_is_decoded_once() {
    let project = two_sheets();
    let decodes = Decodes::default();
    let context = decodes.context();
    assert_eq!(codes(Doctor::new(project.root()).run(&context).unwrap().findings()), [""; 0]);
    assert_eq!(decodes.take(), 2, "doctor");
    project.pack_request().run(&context).unwrap();
    assert_eq!(decodes.take(), 2, "pack");
    PreviewBank::new(project.root(), "ui").run(&context).unwrap();
    assert_eq!(decodes.take(), 2, "preview");
    ListAssets::new(project.root()).run(&context).unwrap();
    assert_eq!(decodes.take(), 2, "list");
    FindPalettes::new(project.root(), "ui").run(&context).unwrap();
    assert_eq!(decodes.take(), 2, "palettes");
    let mut session = Session::new(project.root());
    session.view(Some("ui"));
    session.compare(Some("b.png"));
    session.refresh(&context).unwrap();
    while session.pending() > 0 {
        session.build_next(&context, None).unwrap();
    }
    assert!(session.compared_image(&context).unwrap().is_some());
    assert_eq!(decodes.take(), 2, "session");
}

#[test]
fn regions_pack_like_separate_images() {
    let regions = two_sheets();
    let mut separate = TestProject::new();
    let artifacts = (0..2 * TILES).map(|n| {
        let tile = n / 2 + n % 2 * TILES;
        let file = format!("{n:03}.png");
        let image = Png::rgb(8, 8, |x, y| tile_color(tile, x, y));
        separate.write(&format!("assets/ui/{file}"), image.bytes());
        artifact(&file, n)
    });
    let declaration = bank(artifacts.collect());
    separate.add_asset("ui", true, &declaration);
    regions.pack();
    separate.pack();
    assert_eq!(regions.pack_bytes(), separate.pack_bytes());
}

#[test]
fn damaged_image_is_decoded_once() {
    let project = two_sheets();
    let bytes = project.read("assets/ui/b.png");
    project.write("assets/ui/b.png", &bytes[..bytes.len() - 20]);
    let decodes = Decodes::default();
    let (findings, _) = Doctor::new(project.root()).run(&decodes.context()).unwrap().into_parts();
    assert_eq!((codes(&findings), decodes.take()), (vec!["image-cut"], 2));
}

/// As many tiles as four banks hold may wait for their artifact. Then the image is decoded again.
#[test]
fn overlapping_artifacts_are_cut_in_parts() {
    let mut project = TestProject::new();
    project.write("assets/ui/a.png", Png::rgb(256, 256, |x, y| tile_color(x / 8, x % 8, y % 8)).bytes());
    project.add_asset("ui", true, &bank(vec![artifact("a.png", 0); 11]));
    let decodes = Decodes::default();
    let (findings, _) = Doctor::new(project.root()).run(&decodes.context()).unwrap().into_parts();
    assert_eq!(decodes.take(), 3);
    assert_eq!(codes(&findings), ["tile-overlap"]);
    assert_eq!(findings[0].count, 10 * 1024);
}

/// Each artifact has at least one tile, so a bank has at most as many artifacts.
#[test]
fn artifacts_beyond_the_tiles_are_not_read() {
    let mut project = TestProject::new();
    project.write("assets/ui/a.png", Png::rgb(8, 8, |x, y| tile_color(0, x, y)).bytes());
    let ids = (0..1026).map(|n| artifact("a.png", n % 1024));
    project.add_asset("ui", true, &bank(ids.collect()));
    let findings = Doctor::new(project.root()).run(&Context::new()).unwrap().into_parts().0;
    assert_eq!(codes(&findings), ["tile-overlap", "tile-overflow"], "{findings:?}");
    assert!(findings[1].message.starts_with("there are 1026 artifacts"), "{findings:?}");
}
