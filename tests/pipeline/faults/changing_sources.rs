//! Sources that change while they are packed: the pack contains one complete state of each file, or is not published.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use packer_services::Sha;
use packer_services::declaration::{Palette, PaletteSource};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Operation, PackReport, Published, Report};
use packer_services::{Context, Event, FaultPoint, Progress};
use serde_json::Value;
use support::flac::Flac;
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, codes, images};

use crate::{cli, console, fixtures};

/// How often the project is packed while a file changes: enough that saves meet every step of a pack.
const ROUNDS: u32 = 120;

/// A file with two states of the same size.
struct TwoStates {
    file: &'static str,
    states: [Vec<u8>; 2],
}

/// How a program saves.
#[derive(Clone, Copy, Debug)]
enum Saving {
    InPlace,
    ByRename,
}

impl TwoStates {
    fn save(&self, project: &TestProject, state: usize, saving: Saving) {
        let bytes = &self.states[state];
        match saving {
            Saving::InPlace => {
                let mut file = std::fs::File::options().write(true).open(project.at(self.file)).unwrap();
                file.write_all(bytes).unwrap();
            }
            Saving::ByRename => {
                let beside = format!("{}.saving", self.file);
                project.write(&beside, bytes);
                std::fs::rename(project.at(&beside), project.at(self.file)).unwrap();
            }
        }
    }

    /// Packs repeatedly while another thread saves both states in turn. Returns the packed states.
    fn pack_while_saving(&self, project: &TestProject, saving: Saving) -> Vec<usize> {
        assert_eq!(self.states[0].len(), self.states[1].len());
        let start = Instant::now();
        project.pack();
        let longest = start.elapsed() * 3;
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Pauses of different lengths, so that saves meet every step of a pack.
                for n in 0u32.. {
                    self.save(project, usize::from(n % 2 == 0), saving);
                    std::thread::sleep(longest * (n * 7919 % 1000) / 1000);
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            let _end = StopOnDrop(&done);
            (0..ROUNDS).filter_map(|_| self.packed_state(project)).collect()
        })
    }

    /// Packs once, and returns the state in the companion; `None` if the file changed too often.
    fn packed_state(&self, project: &TestProject) -> Option<usize> {
        let before = project.outputs();
        let report = project.pack();
        if report.published == Published::Blocked {
            assert_eq!(codes(report.findings()), ["source-changing"]);
            assert!(project.outputs() == before, "the published files must be unchanged");
            return None;
        }
        let companion: Value = serde_json::from_slice(&project.read("build/asset_table_metadata.json")).unwrap();
        let name = self.file.rsplit('/').next().unwrap();
        let assets = companion["assets"].as_array().unwrap();
        let mut sources = assets.iter().flat_map(|asset| asset["sources"].as_array().unwrap());
        let source = sources.find(|source| source["path"] == name).unwrap();
        let state = self.states.iter().position(|state| source["sha256"] == Sha::of(state).to_string());
        assert!(state.is_some(), "the companion has a state that was never saved");
        state
    }
}

/// Ends the saving, even if an assertion fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn assert_both_states(states: &[usize]) {
    assert!(states.len() > 20, "too many packs were blocked; packed: {}", states.len());
    assert!(states.contains(&0) && states.contains(&1), "only one state was packed");
}

/// An image file of 300 bytes, independent of the compression.
fn image(a: Rgb, b: Rgb) -> Vec<u8> {
    let png = images::checker(8, 8, a, b);
    let padding = images::chunk(b"teXt", &vec![b' '; 300 - 12 - png.len()]);
    images::insert_before(&png, b"IEND", &padding)
}

#[test]
fn changing_image_is_packed_in_one_state() {
    for saving in [Saving::InPlace, Saving::ByRename] {
        let project = fixtures::small_project();
        let file = TwoStates { file: fixtures::TILE, states: [image(RED, GREEN), image(GREEN, RED)] };
        let expected = [0, 1].map(|state| {
            file.save(&project, state, saving);
            project.pack();
            (project.pack_bytes(), console::glyph(&project, 1).tile(0).unwrap())
        });
        assert!(expected[0] != expected[1]);
        let states = file.pack_while_saving(&project, saving);
        assert_both_states(&states);
        let (pack, tile) = &expected[*states.last().unwrap()];
        assert!(
            console::glyph(&project, 1).tile(0).as_ref() == Some(tile),
            "the tile differs from the companion's state"
        );
        assert!(project.pack_bytes() == *pack, "{saving:?}: the bytes differ from those of the unchanging file");
        cli::run_ok(project.root(), "verify @/build/assets.pa");
    }
}

#[test]
fn changing_palette_is_packed_in_one_state() {
    for saving in [Saving::InPlace, Saving::ByRename] {
        let mut project = TestProject::new();
        let hex = |colors: [Rgb; 2]| format!("{KEY}\n{}\n{}\n", colors[0], colors[1]).into_bytes();
        let file = TwoStates { file: "assets/bank/night.hex", states: [hex([RED, GREEN]), hex([GREEN, RED])] };
        project.write("assets/bank/a.png", images::checker(8, 8, RED, GREEN));
        project.write(file.file, &file.states[0]);
        let source = PaletteSource { path: support::rel_path("night.hex"), is_shared: false, row: None, key: None };
        let palettes = vec![Palette { name: None, colors: Vec::new(), file: Some(source) }];
        let artifacts = vec![support::artifact("a.png", 0)];
        project.add_asset("bank", true, &support::glyph(1, "bank", TileSize::Eight, palettes, artifacts));
        let expected = [0, 1].map(|state| {
            file.save(&project, state, saving);
            project.pack();
            project.pack_bytes()
        });
        assert!(expected[0] != expected[1]);
        let states = file.pack_while_saving(&project, saving);
        assert_both_states(&states);
        assert!(project.pack_bytes() == expected[*states.last().unwrap()], "{saving:?}");
    }
}

/// Packs a sound of 1500 equal samples while it changes, encoded by `encode`.
fn pack_changing_sounds(encode: impl Fn(&[i16]) -> Vec<u8>) {
    for saving in [Saving::InPlace, Saving::ByRename] {
        let project = fixtures::small_project();
        let sound = |value| encode(&[value; 1500]);
        let file = TwoStates { file: fixtures::BLIP, states: [sound(257), sound(-2)] };
        file.save(&project, 0, Saving::ByRename);
        let states = file.pack_while_saving(&project, saving);
        assert_both_states(&states);
        let frames = console::samples(&project, 2).remove(0).frames;
        let expected = [257, -2][*states.last().unwrap()];
        assert!(frames == [expected; 1500], "{saving:?}: the sound differs from the companion's state");
        cli::run_ok(project.root(), "verify @/build/assets.pa");
    }
}

#[test]
fn changing_sound_is_packed_in_one_state() {
    pack_changing_sounds(|samples| Wav::mono16(22_050, samples).bytes());
}

#[test]
fn changing_flac_is_packed_in_one_state() {
    pack_changing_sounds(|samples| Flac::mono16(22_050, samples).bytes());
}

/// Packs with a fault; returns the report and the reported attempts.
fn pack_with(
    project: &TestProject,
    fault: impl Fn(FaultPoint) + Send + Sync + 'static,
) -> (Report<PackReport>, Vec<(u32, String)>) {
    let announced = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&announced);
    let context = Context::new()
        .with_faults(move |point| {
            fault(point);
            Ok(())
        })
        .with_progress(move |event: Event| {
            if let Progress::PlanningAgain { path, attempt } = event.progress {
                sink.lock().unwrap().push((attempt, path));
            }
        });
    let report = project.pack_request().use_cache(false).run(&context).unwrap();
    let announced = announced.lock().unwrap().clone();
    (report, announced)
}

#[test]
fn changed_declaration_is_planned_again() {
    let (project, _) = fixtures::packed_project();
    let (path, text) =
        (project.at(fixtures::ICONS), project.read_text(fixtures::ICONS).replace("ui_icons", "ui_glyphs"));
    let (report, announced) = pack_with(&project, move |point| {
        if point == (FaultPoint::Planned { attempt: 1 }) {
            write(&path, &text);
        }
    });
    assert_eq!(report.published, Published::Published);
    assert_eq!(report.assets[0].name, "ui_glyphs", "the newer declaration must be packed");
    assert_eq!(announced.len(), 1, "{announced:?}");
    let companion: Value = serde_json::from_slice(&project.read("build/asset_table_metadata.json")).unwrap();
    let anchor = &companion["assets"][0]["sources"][0];
    assert_eq!(anchor["path"], "asset.json");
    assert_eq!(anchor["sha256"], Sha::of(&project.read(fixtures::ICONS)).to_string());
    cli::run_ok(project.root(), "verify @/build/assets.pa");
}

#[test]
fn changed_registry_is_planned_again() {
    let project = fixtures::small_project();
    let (path, text) =
        (project.at(fixtures::REGISTRY), project.read_text(fixtures::REGISTRY).replacen("true", "false", 1));
    let (report, _) = pack_with(&project, move |point| {
        if point == (FaultPoint::Planned { attempt: 1 }) {
            write(&path, &text);
        }
    });
    assert_eq!((report.assets.len(), report.excluded), (1, 1));
}

#[test]
fn ever_changing_declaration_is_a_finding() {
    let (project, outputs) = fixtures::packed_project();
    let (path, text) = (project.at(fixtures::ICONS), project.read_text(fixtures::ICONS));
    let plans = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&plans);
    let (report, announced) = pack_with(&project, move |point| {
        if let FaultPoint::Planned { attempt } = point {
            seen.lock().unwrap().push(attempt);
            write(&path, &text.replace("ui_icons", &format!("ui_{attempt}")));
        }
    });
    assert_eq!(*plans.lock().unwrap(), [1, 2, 3]);
    assert_eq!(announced.iter().map(|(attempt, _)| *attempt).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((report.published, codes(report.findings())), (Published::Blocked, vec!["source-changing"]));
    assert_eq!(report.findings()[0].file.as_deref(), Some(fixtures::ICONS));
    assert!(
        project.outputs() == outputs && !project.exists("build/.prometeu"),
        "the published files must be unchanged"
    );
}

#[test]
fn rewritten_sound_is_read_again() {
    let project = fixtures::small_project();
    // More than a worker reads ahead: when the first bytes are staged, the last are not read yet.
    let [old, new] = [7, -7].map(|value| Wav::mono16(22_050, &vec![value; 8 << 20]).bytes());
    let path = project.at(fixtures::BLIP);
    project.write(fixtures::BLIP, &old);
    let saved = path.metadata().unwrap().modified().unwrap();
    let (first, content) = (AtomicBool::new(true), new.clone());
    let staged = std::sync::atomic::AtomicU32::new(0);
    let (report, announced) = pack_with(&project, move |point| {
        // The header and the icons are staged first.
        let in_the_sound = point == FaultPoint::StageWrite && staged.fetch_add(1, Ordering::Relaxed) == 3;
        if in_the_sound && first.swap(false, Ordering::Relaxed) {
            // In place, with the same size and modification time.
            let mut file = std::fs::File::options().write(true).open(&path).unwrap();
            file.write_all(&content).unwrap();
            file.set_modified(saved).unwrap();
        }
    });
    assert_eq!((report.published, announced.len()), (Published::Published, 1), "{announced:?}");
    assert!(announced[0].1.ends_with("blip.wav"), "{announced:?}");
    assert!(
        console::samples(&project, 2)[0].frames.iter().all(|frame| *frame == -7),
        "no frame may come from the old file"
    );
    let companion = project.read_text("build/asset_table_metadata.json");
    assert!(companion.contains(&Sha::of(&new).to_string()));
}

#[test]
fn ever_changing_sound_is_a_finding() {
    let (project, outputs) = fixtures::packed_project();
    let path = project.at(fixtures::BLIP);
    let count = std::sync::atomic::AtomicI16::new(0);
    let (report, _) = pack_with(&project, move |point| {
        if point == (FaultPoint::Convert { asset_id: 2 }) {
            let n = count.fetch_add(1, Ordering::Relaxed);
            write_bytes(&path, &Wav::mono16(22_050, &[n, n, n, n]).bytes());
        }
    });
    assert_eq!((report.published, codes(report.findings())), (Published::Blocked, vec!["source-changing"]));
    assert_eq!(report.findings()[0].file.as_deref(), Some(fixtures::BLIP));
    assert!(
        project.outputs() == outputs && !project.exists("build/.prometeu"),
        "the published files must be unchanged"
    );
}

fn write(path: &std::path::Path, text: &str) {
    write_bytes(path, text.as_bytes());
}

fn write_bytes(path: &std::path::Path, bytes: &[u8]) {
    let mut file = std::fs::File::options().write(true).truncate(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}
