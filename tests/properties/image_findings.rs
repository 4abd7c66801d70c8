//! The findings of images that cannot be drawn, with the first pixel, its color and the number of pixels. And only the
//! pixels of a file reach the pack.

use packer_services::Context;
use packer_services::declaration::GlyphArtifact;
use packer_services::diagnostics::{Code, Finding, Place, Severity};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Doctor, Operation};
use support::images::{Png, checker, insert_before, plain};
use support::{GREEN, KEY, RED, TestProject, artifact, codes, glyph, palette};

use crate::png_writer::{ColorType, Drawing, png, zlib};
use crate::random::Rng;

/// A bank of 8 × 8 tiles with one palette: key, red, green.
fn bank(images: &[(&str, Vec<u8>)], artifacts: Vec<GlyphArtifact>) -> TestProject {
    let mut project = TestProject::new();
    for (name, bytes) in images {
        project.write(&format!("assets/ui/{name}"), bytes);
    }
    project.add_asset("ui", true, &glyph(1, "ui", TileSize::Eight, vec![palette(&[KEY, RED, GREEN])], artifacts));
    project
}

fn doctor_findings(project: &TestProject) -> Vec<Finding> {
    let doctor = Doctor::new(project.root());
    doctor.run(&Context::new()).unwrap().findings().to_vec()
}

/// The findings of a bank with only this image.
fn image_findings(image: Vec<u8>) -> Vec<Finding> {
    doctor_findings(&bank(&[("a.png", image)], vec![artifact("a.png", 0)]))
}

/// The only finding of a bank with this image.
fn only_finding(image: Vec<u8>) -> Finding {
    let findings = image_findings(image);
    assert_eq!(findings.len(), 1, "{:?}", codes(&findings));
    findings.into_iter().next().unwrap()
}

fn pixel_of(finding: &Finding) -> (u32, u32, u32) {
    match finding.places.first() {
        Some(Place::Tile { tile, pixel: Some(pixel), .. }) => (*tile, pixel.x, pixel.y),
        other => panic!("{other:?} is not a pixel"),
    }
}

/// Red, except these pixels.
fn red_except(width: u32, pixels: &[(u32, u32, [u8; 4])]) -> Vec<u8> {
    let rgba = |x, y| pixels.iter().find(|(px, py, _)| (*px, *py) == (x, y)).map_or([255, 0, 0, 255], |(.., c)| *c);
    Png::rgba(width, 8, rgba).bytes()
}

#[test]
fn partial_alpha_is_located_and_counted() {
    let finding =
        only_finding(red_except(16, &[(9, 2, [255, 0, 0, 128]), (10, 2, [0, 0, 0, 1]), (3, 3, [255, 0, 0, 0])]));
    assert_eq!((finding.code, finding.count, pixel_of(&finding)), (Code::PartialAlpha, 2, (1, 1, 2)));
    assert!(finding.message.contains("128"), "{}", finding.message);
}

#[test]
fn near_miss_names_the_declared_color() {
    let finding = only_finding(red_except(8, &[(5, 6, [0xF4, 0x04, 0x00, 255])]));
    assert_eq!((finding.code, finding.count, pixel_of(&finding)), (Code::ColorNearMiss, 1, (0, 5, 6)));
    for word in ["#f40400", "palette 0 color 1", "#ff0000"] {
        assert!(finding.message.contains(word), "{word} is not in {}", finding.message);
    }
}

#[test]
fn few_foreign_pixels_are_strays() {
    let blue = [0, 0, 255, 255];
    let stray = only_finding(red_except(8, &[(0, 0, blue), (7, 7, blue)]));
    assert_eq!((stray.code, stray.count, pixel_of(&stray)), (Code::ColorStray, 2, (0, 0, 0)));
    assert!(stray.message.contains("#0000ff"), "{}", stray.message);
    let undeclared = only_finding(plain(16, 8, Rgb([0, 0, 255])));
    assert_eq!((undeclared.code, undeclared.count, pixel_of(&undeclared)), (Code::ColorsUndeclared, 128, (0, 0, 0)));
    assert!(undeclared.message.contains("#0000ff"), "{}", undeclared.message);
}

#[test]
fn seventeen_colors_are_one_finding() {
    let finding =
        only_finding(Png::rgb(8, 8, |x, y| Rgb([0, u8::try_from(8 * ((x + 8 * y) % 17)).unwrap(), 255])).bytes());
    assert_eq!((finding.code, finding.count), (Code::ColorsUndeclared, 64));
    assert!(finding.message.contains("17 colors"), "{}", finding.message);
}

#[test]
fn key_color_pixels_are_reported() {
    let finding = only_finding(checker(8, 8, RED, KEY));
    assert_eq!((finding.code, finding.count), (Code::ColorOnlyKey, 32));
    assert!(finding.help.contains(r##""color_key": "#ff00ff""##), "{}", finding.help);
}

#[test]
fn wrong_size_names_fitting_sizes() {
    for (width, height) in [(12, 8), (8, 7), (1, 1), (7, 9)] {
        let finding = only_finding(plain(width, height, RED));
        assert_eq!(finding.code, Code::ImageSize);
        assert!(finding.message.contains(&format!("{width} × {height}")), "{}", finding.message);
    }
    let mut project = bank(&[("a.png", plain(24, 8, RED))], vec![artifact("a.png", 0)]);
    assert_eq!(codes(&doctor_findings(&project)), [] as [&str; 0], "a sheet of three tiles");
    let sixteen = vec![artifact("b.png", 0)];
    project.write("assets/b/b.png", plain(8, 8, RED));
    project.add_asset("b", true, &glyph(2, "b", TileSize::Sixteen, vec![palette(&[KEY, RED])], sixteen));
    let finding = &doctor_findings(&project)[0];
    assert_eq!(finding.code, Code::ImageSize);
    assert!(finding.help.contains(" 8"), "{}", finding.help);
}

#[test]
fn tile_ids_are_contiguous_and_fit() {
    let at = |indices: &[u32]| {
        let artifacts = indices.iter().map(|index| artifact("a.png", *index)).collect();
        doctor_findings(&bank(&[("a.png", plain(16, 16, RED))], artifacts))
    };
    assert_eq!(codes(&at(&[0, 4, 8])), [] as [&str; 0]);
    assert_eq!(codes(&at(&[8, 0, 4])), [] as [&str; 0]);
    let gap = at(&[0, 9]);
    assert_eq!((codes(&gap), gap[0].count), (vec!["tile-gap"], 5));
    let overlap = at(&[0, 2]);
    assert_eq!((codes(&overlap), overlap[0].count), (vec!["tile-overlap"], 2));
    let beyond = at(&(0..=256).map(|n| n * 4).collect::<Vec<_>>());
    assert_eq!(codes(&beyond), ["tile-overflow"]);
    assert_eq!(codes(&at(&[u32::MAX >> 1])), ["tile-overflow"]);
    assert_eq!(codes(&at(&[1021])), ["tile-overflow"], "its last tile would be 1024");
    assert_eq!(codes(&at(&[1020])), ["tile-gap"], "its last tile is 1023");
    let full = bank(&[("a.png", plain(256, 256, RED))], vec![artifact("a.png", 0)]);
    assert_eq!(codes(&doctor_findings(&full)), [] as [&str; 0]);
    for (width, height) in [(264, 256), (256, 264), (8, 8200)] {
        let larger = bank(&[("a.png", plain(width, height, RED))], vec![artifact("a.png", 0)]);
        assert_eq!(codes(&doctor_findings(&larger)), ["tile-overflow"], "{width} × {height}");
    }
}

#[test]
fn unreadable_image_hides_no_finding() {
    let cut = plain(8, 8, RED)[..40].to_vec();
    let images = [("a.png", cut), ("b.png", plain(8, 8, Rgb([0, 0, 255]))), ("c.png", vec![]), ("d.png", vec![0; 9])];
    let artifacts = (0..).zip(["a", "b", "c", "d", "e"]).map(|(n, name)| artifact(&format!("{name}.png"), n)).collect();
    let findings = doctor_findings(&bank(&images, artifacts));
    let expected = ["image-cut", "colors-undeclared", "image-not-png", "image-not-png", "file-missing"];
    assert_eq!(codes(&findings), expected);
    assert!(findings.iter().all(|finding| finding.asset.as_ref().and_then(|asset| asset.asset_id) == Some(1)));
}

#[test]
fn only_pixels_reach_the_pack() {
    let samples = (0..64).flat_map(|at| if at % 3 == 0 { [255, 0, 0] } else { [0, 255, 0] }).collect();
    let mut drawing = Drawing::new(8, 8, ColorType::Rgb, 8, samples);
    let project = bank(&[("a.png", drawing.bytes())], vec![artifact("a.png", 0)]);
    project.pack();
    let first = project.pack_bytes();
    let accompanied = |chunk: (&[u8; 4], Vec<u8>)| {
        let mut chunks = drawing.chunks();
        chunks.insert(1, (*chunk.0, chunk.1));
        png(&chunks)
    };
    let chromaticities = [31_270u32, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6000];
    let mut variants = vec![
        accompanied((b"gAMA", 22_222u32.to_be_bytes().to_vec())),
        accompanied((b"cHRM", chromaticities.iter().flat_map(|value| value.to_be_bytes()).collect())),
        accompanied((b"sRGB", vec![3])),
        accompanied((b"iCCP", [b"odd\0\0".to_vec(), zlib(&[1; 200])].concat())),
        insert_before(&drawing.bytes(), b"IDAT", &support::images::chunk(b"tIME", &[7, 234, 1, 1, 0, 0, 0])),
    ];
    for _ in 0..4 {
        drawing.randomize_encoding(&mut Rng::seeded(variants.len() as u64));
        variants.push(drawing.bytes());
    }
    for variant in variants {
        project.write("assets/ui/a.png", variant);
        project.pack();
        assert_eq!(project.pack_bytes(), first);
    }
    project.write("assets/ui/a.png", [drawing.bytes(), vec![7; 3]].concat());
    let report = project.pack();
    assert_eq!(codes(report.findings()), ["image-trailing"]);
    assert_eq!(report.findings()[0].severity, Severity::Warning);
    assert_eq!(project.pack_bytes(), first);
}
