//! Previews of source files, including those that cannot be packed.

use std::sync::{Arc, Mutex};

use packer_services::diagnostics::Severity;
use packer_services::ops::{Operation, PreviewSource, PreviewSourceReport, Report};
use packer_services::preview::{SOURCE_COLUMNS, SourcePreview};
use packer_services::{Cancel, Context, FaultPoint};
use png::{BitDepth, ColorType};
use support::flac::Flac;
use support::images::{Png, plain};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, codes};

use crate::fixtures;

fn request(project: &TestProject, asset: &str, file: &str) -> PreviewSource {
    PreviewSource::new(project.root(), asset, file)
}

fn preview_source(project: &TestProject, asset: &str, file: &str) -> Report<PreviewSourceReport> {
    request(project, asset, file).run(&Context::new()).unwrap()
}

/// Writes a file into `ui/icons` and previews it.
fn preview_icon(file: &str, bytes: impl AsRef<[u8]>) -> Report<PreviewSourceReport> {
    let project = fixtures::small_project();
    project.write(&format!("assets/ui/icons/{file}"), bytes);
    preview_source(&project, "ui/icons", file)
}

fn text(report: &Report<PreviewSourceReport>) -> &str {
    match report.source.as_ref().unwrap() {
        SourcePreview::Text { text, .. } => text,
        other => panic!("not text: {other:?}"),
    }
}

/// Width, height, description and the first pixel.
fn image(report: &Report<PreviewSourceReport>) -> (u32, u32, &str, [u8; 4]) {
    match report.source.as_ref().unwrap() {
        SourcePreview::Image { pixels, description: words, .. } => {
            (pixels.width(), pixels.height(), words, pixels.pixel(0, 0).unwrap())
        }
        other => panic!("not an image: {other:?}"),
    }
}

#[test]
fn images_that_cannot_be_packed_are_shown() {
    let report = preview_icon("tile.png", Png::rgba(7, 5, |x, y| [1, 2, u8::try_from(x + y).unwrap(), 0x80]).bytes());
    assert_eq!(image(&report), (7, 5, "true color PNG with alpha, 8 bit", [1, 2, 0, 0x80]));
    assert_eq!((codes(report.findings()), report.file.as_str()), (vec![], "assets/ui/icons/tile.png"));
    assert_eq!((report.asset_id, report.root.as_str()), (Some(1), "ui/icons"));
    let Some(SourcePreview::Image { pixels, .. }) = &report.source else { panic!() };
    assert_eq!(pixels.pixel(6, 4), Some([1, 2, 10, 0x80]), "the last pixel is wrong");
}

#[test]
fn every_png_form_is_shown_and_described() {
    let raw =
        |color_type, depth, data: &[u8]| Png { color_type, depth, data: data.to_vec(), ..Png::rgb(1, 1, |_, _| RED) };
    let indexed = Png::indexed(1, 1, &[KEY, RED], |_, _| 1);
    for (png, words, first) in [
        (Png::rgb(1, 1, |_, _| RED), "true color PNG, 8 bit", [0xFF, 0, 0, 0xFF]),
        (indexed.clone(), "indexed PNG, 8 bit", [0xFF, 0, 0, 0xFF]),
        (indexed.clone().with_trns(&[0, 0]), "indexed PNG, 8 bit", [0xFF, 0, 0, 0]),
        (Png { data: vec![9], ..indexed }, "indexed PNG, 8 bit", [0; 4]),
        (raw(ColorType::Grayscale, BitDepth::One, &[0x80]), "grayscale PNG, 1 bit", [0xFF; 4]),
        (raw(ColorType::Grayscale, BitDepth::Sixteen, &[7, 9]), "grayscale PNG, 16 bit", [7, 7, 7, 0xFF]),
        (raw(ColorType::GrayscaleAlpha, BitDepth::Eight, &[7, 9]), "grayscale PNG with alpha, 8 bit", [7, 7, 7, 9]),
    ] {
        assert_eq!(image(&preview_icon("tile.png", png.bytes())), (1, 1, words, first));
    }
}

#[test]
fn unreadable_file_has_a_finding() {
    let whole = plain(8, 8, RED);
    for (file, bytes, code) in [
        ("tile.png", &b"GIF89a"[..], "image-not-png"),
        ("old.gif", b"GIF89a", "image-not-png"),
        ("tile.png", b"", "image-not-png"),
        ("tile.png", &whole[..whole.len() - 20], "image-cut"),
        ("blip.wav", b"OggS", "sound-not-wav"),
        ("blip.ogg", b"OggS", "sound-not-wav"),
    ] {
        let report = preview_icon(file, bytes);
        assert_eq!((codes(report.findings()), report.source.is_none()), (vec![code], true), "{file}");
        assert_eq!(report.findings()[0].file.as_deref(), Some(&*format!("assets/ui/icons/{file}")));
        assert_eq!(report.size_bytes, Some(bytes.len() as u64));
    }
    let report = preview_icon("tile.png", [whole, b"more".to_vec()].concat());
    assert_eq!(
        (codes(report.findings()), image(&report).0),
        (vec!["image-trailing"], 8),
        "a warning must not hide the image"
    );
}

#[test]
fn sound_is_shown_before_conversion() {
    let frames = [1000i16, 3000, -400, -600].iter().flat_map(|value| value.to_le_bytes()).collect();
    let report = preview_icon("both.wav", Wav::pcm(44_100, 2, 16, frames).bytes());
    let Some(SourcePreview::Sound { rate_hz, channels, bits, frames, description: words, waveform, pcm, looping }) =
        &report.source
    else {
        panic!("not a sound: {report:?}")
    };
    assert_eq!((rate_hz, channels, bits, frames, words.as_str()), (&44_100, &2, &16, &2, "WAV, 16 bit, stereo"));
    let columns: Vec<(i16, i16)> =
        waveform.as_ref().unwrap().columns.iter().map(|column| (column.low, column.high)).collect();
    assert_eq!((columns, codes(report.findings())), (vec![(2000, 2000), (-500, -500)], vec![]));
    // It can be played as it is drawn.
    assert_eq!(pcm.as_ref().unwrap().values(0..9).collect::<Vec<i16>>(), [2000, -500]);
    assert_eq!(*looping, None);
}

#[test]
fn loop_outside_a_sound_is_shown() {
    let report = preview_icon("both.wav", Wav::mono16(8000, &[1, 2, 3, 4]).loops(&[(0, 1, 90, 0, 0)]).bytes());
    let Some(SourcePreview::Sound { pcm: Some(pcm), looping: Some(looping), .. }) = &report.source else {
        panic!("{report:?}")
    };
    assert_eq!((pcm.frames(), looping.start, looping.end), (4, 1, 91), "the frame after the last one of the loop");
}

#[test]
fn long_waveform_has_limited_columns() {
    let values: Vec<i16> = (0..70_000).map(|n| if n == 69_999 { 9 } else { 1 }).collect();
    for (file, bytes) in
        [("a.wav", Wav::mono16(8000, &values).bytes()), ("a.flac", Flac::mono16(8000, &values).bytes())]
    {
        let report = preview_icon(file, bytes);
        let Some(SourcePreview::Sound { waveform: Some(waveform), frames: 70_000, .. }) = &report.source else {
            panic!("{file}: {report:?}")
        };
        let last = waveform.columns.last().unwrap();
        assert_eq!((waveform.columns.len(), last.high, last.frames.end), (SOURCE_COLUMNS, 9, 70_000));
    }
}

#[test]
fn damaged_flac_still_shows_its_format() {
    let mut bytes = Flac::mono16(22_050, &[7; 500]).bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let report = preview_icon("a.flac", bytes);
    let Some(SourcePreview::Sound { frames: 500, waveform: None, pcm: None, description: words, .. }) = &report.source
    else {
        panic!("{report:?}")
    };
    assert_eq!((words.as_str(), codes(report.findings())), ("FLAC, 16 bit, mono", vec!["flac-damaged"]));
}

#[test]
fn broken_declaration_is_shown() {
    let project = fixtures::small_project();
    let whole = project.read_text(fixtures::ICONS);
    let report = preview_source(&project, "name:ui_icons", "asset.json");
    assert_eq!((text(&report), codes(report.findings())), (whole.as_str(), vec![]));
    project.write(fixtures::ICONS, &whole[..whole.len() / 2]);
    for asset in ["id:1", "root:ui/icons", "ui/icons"] {
        let report = preview_source(&project, asset, "asset.json");
        assert_eq!((text(&report), codes(report.findings())), (&whole[..whole.len() / 2], vec!["json-syntax"]));
    }
    project.write(fixtures::ICONS, b"{\"name\": \"h\xe9ros\"}\r\n");
    let report = preview_source(&project, "id:1", "asset.json");
    assert_eq!((text(&report), codes(report.findings())), ("{\"name\": \"h\u{fffd}ros\"}\n", vec!["json-encoding"]));
    assert!(matches!(report.source, Some(SourcePreview::Text { is_lossy: true, is_cut: false, .. })));
    project.write(fixtures::ICONS, [b"{".to_vec(), vec![b' '; 5 << 20]].concat());
    let report = preview_source(&project, "id:1", "asset.json");
    assert_eq!((text(&report).len(), codes(report.findings())), (1 << 20, vec!["json-too-large"]));
    assert!(matches!(report.source, Some(SourcePreview::Text { is_cut: true, .. })));
    std::fs::remove_file(project.at(fixtures::ICONS)).unwrap();
    let report = preview_source(&project, "id:1", "asset.json");
    assert_eq!((codes(report.findings()), report.source.is_none()), (vec!["file-missing"], true));
}

#[test]
fn unregistered_root_is_shown_with_notes() {
    let project = fixtures::small_project();
    project.write("assets/found/asset.json", "{").write("assets/found/tile.png", plain(8, 8, GREEN));
    let report = preview_source(&project, "root:found", "asset.json");
    assert_eq!((report.asset_id, text(&report), codes(report.findings())), (None, "{", vec!["json-syntax"]));
    assert_eq!(report.findings()[0].severity, Severity::Note);
    assert_eq!(image(&preview_source(&project, "root:found", "tile.png")).3, [0, 0xFF, 0, 0xFF]);
    std::fs::create_dir(project.at("assets/empty")).unwrap();
    for asset in ["found", "root:empty", "root:nowhere", "root:../found", "id:9"] {
        let request = request(&project, asset, "asset.json");
        let error = request.run(&Context::new()).unwrap_err();
        assert_eq!(codes(&request.refusal(&error)), ["asset-not-found"], "{asset}");
    }
}

#[test]
fn root_selector_reads_no_other_declaration() {
    let project = fixtures::small_project();
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    project.write(fixtures::TILE, "GIF89a").write(fixtures::REGISTRY, project.read(fixtures::REGISTRY));
    std::fs::remove_file(project.at("assets/sfx/blip/asset.json")).unwrap();
    let report = preview_source(&project, "root:ui/icons", "tile.png");
    assert_eq!((report.asset_id, codes(report.findings())), (Some(1), vec!["image-not-png"]));
    assert_eq!(report.findings()[0].severity, Severity::Note, "it is excluded");
}

#[test]
fn palettes_and_other_text_are_shown() {
    let palette = "GIMP Palette\nName: hero\n# \n255   0   0\tred\n";
    assert_eq!(text(&preview_icon("hero.gpl", palette)), palette);
    assert_eq!(text(&preview_icon("notes", "made by \u{202e}someone")), "made by \\u{202e}someone");
    let report = preview_icon("colors.json", b"[\"caf\xe9\"]");
    assert_eq!((text(&report), codes(report.findings())), ("[\"caf\u{fffd}\"]", vec!["json-encoding"]));
    let report = preview_icon("raw.bin", b"\x00\x01\x02\x03");
    let Some(SourcePreview::Other { description: words }) = &report.source else { panic!("{report:?}") };
    assert_eq!((words.as_str(), codes(report.findings())), ("it starts with `\\u{0}\\u{1}\\u{2}\\u{3}`", vec![]));
}

#[test]
fn no_path_leaves_the_root() {
    let project = fixtures::small_project();
    for (file, code) in [
        ("../../sfx/blip/blip.wav", "path-not-relative"),
        ("/etc/passwd", "path-not-relative"),
        (".hidden", "path-hidden"),
        ("", "path-not-relative"),
        ("nowhere.png", "file-missing"),
        ("Tile.png", "file-twin"),
    ] {
        let report = preview_source(&project, "ui/icons", file);
        assert_eq!((codes(report.findings()), report.source.is_none()), (vec![code], true), "{file}");
    }
    std::fs::create_dir(project.at("assets/ui/icons/inner")).unwrap();
    assert_eq!(codes(preview_source(&project, "ui/icons", "inner").findings()), ["file-not-regular"]);
}

#[cfg(unix)]
#[test]
fn no_link_leaves_the_root() {
    let project = fixtures::small_project();
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, project.at(at)).unwrap();
    link("../../sfx/blip/blip.wav", "assets/ui/icons/out.wav");
    link("tile.png", "assets/ui/icons/in.png");
    link("../sfx", "assets/ui/icons/sfx");
    assert_eq!(codes(preview_source(&project, "ui/icons", "out.wav").findings()), ["link-outside"]);
    assert_eq!(codes(preview_source(&project, "ui/icons", "sfx/blip/blip.wav").findings()), ["folder-is-link"]);
    assert_eq!(image(&preview_source(&project, "ui/icons", "in.png")).0, 8);
}

#[test]
fn changing_file_is_read_again_or_reported() {
    let project = Arc::new(fixtures::small_project());
    let changing = |until: u32| {
        let (project, attempts) = (Arc::clone(&project), Mutex::new(0));
        Context::new().with_faults(move |point| {
            if let FaultPoint::Planned { .. } = point {
                let mut attempts = attempts.lock().unwrap();
                *attempts += 1;
                if *attempts <= until {
                    project.write(fixtures::TILE, plain(8 * *attempts, 8, RED));
                }
            }
            Ok(())
        })
    };
    let request = request(&project, "ui/icons", "tile.png");
    let report = request.run(&changing(1)).unwrap();
    assert_eq!((image(&report).0, codes(report.findings())), (8, vec![]));
    let report = request.run(&changing(99)).unwrap();
    let changing: Vec<_> =
        report.findings().iter().filter(|finding| finding.code.as_str() == "source-changing").collect();
    assert_eq!((changing.len(), report.source.is_none()), (1, true));
    assert_eq!(changing[0].asset.as_ref().and_then(|asset| asset.asset_id), Some(1));
    assert_eq!(changing[0].file.as_deref(), Some(fixtures::TILE));
}

#[test]
fn source_preview_writes_nothing_when_canceled() {
    let project = fixtures::small_project();
    let before = crate::tree::read_stamps(project.root());
    let cancel = Cancel::default();
    cancel.cancel();
    let request = request(&project, "ui/icons", "tile.png");
    let error = request.run(&Context::new().with_cancel(cancel)).unwrap_err();
    assert_eq!(codes(&request.refusal(&error)), ["interrupted"]);
    request.run(&Context::new()).unwrap();
    crate::tree::assert_same(&before, &crate::tree::read_stamps(project.root()), "a source preview");
}
