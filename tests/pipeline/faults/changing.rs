//! Sources that change while they are packed: what is packed is one whole state of each file, or nothing.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use packer_services::files::Sha;
use packer_services::formats::Rgb;
use packer_services::ops::{Operation, PackReport, Published, Report};
use packer_services::{Context, Event, FaultPoint, Progress};
use serde_json::Value;
use support::flac::Flac;
use support::sounds::Wav;
use support::{GREEN, RED, TestProject, codes, images};

use crate::{cli, console, scenes};

/// How often the project is packed while a file flips.
const ROUNDS: u32 = 120;

/// A file in two states of one size.
struct Flip {
    file: &'static str,
    states: [Vec<u8>; 2],
}

/// How a program saves.
#[derive(Clone, Copy, Debug)]
enum Saving {
    InPlace,
    ByRename,
}

impl Flip {
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

    /// Packs again and again while another thread saves one state after the other. Gives which state was packed.
    fn pack_while_it_flips(&self, project: &TestProject, saving: Saving) -> Vec<usize> {
        assert_eq!(self.states[0].len(), self.states[1].len());
        let start = Instant::now();
        project.pack();
        let longest = start.elapsed() * 3;
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Pauses of many lengths, so that saves meet every step of a pack.
                for n in 0u32.. {
                    self.save(project, usize::from(n % 2 == 0), saving);
                    std::thread::sleep(longest * (n * 7919 % 1000) / 1000);
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            let _end = AtEnd(&done);
            (0..ROUNDS).filter_map(|_| self.packed_state(project)).collect()
        })
    }

    /// Packs once: which state is in the pack, by the companion; `None` if the file would not hold still.
    fn packed_state(&self, project: &TestProject) -> Option<usize> {
        let before = project.outputs();
        let report = project.pack();
        if report.published == Published::Blocked {
            assert_eq!(codes(report.findings()), ["source-changing"]);
            assert!(project.outputs() == before, "what was published stays");
            return None;
        }
        let companion: Value = serde_json::from_slice(&project.read("build/asset_table_metadata.json")).unwrap();
        let name = self.file.rsplit('/').next().unwrap();
        let assets = companion["assets"].as_array().unwrap();
        let mut sources = assets.iter().flat_map(|asset| asset["sources"].as_array().unwrap());
        let source = sources.find(|source| source["path"] == name).unwrap();
        let state = self.states.iter().position(|state| source["sha256"] == Sha::of(state).to_string());
        assert!(state.is_some(), "the companion names a state that never was");
        state
    }
}

/// Ends the saving, also when a pack was not what it should be.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn both_came(states: &[usize]) {
    assert!(states.len() > 20, "most packs find the file still: {}", states.len());
    assert!(states.contains(&0) && states.contains(&1), "both states were packed");
}

/// An image of 300 bytes, whatever its colors compress to.
fn image(a: Rgb, b: Rgb) -> Vec<u8> {
    let png = images::checker(8, 8, a, b);
    let padding = images::chunk(b"teXt", &vec![b' '; 300 - 12 - png.len()]);
    images::insert_before(&png, b"IEND", &padding)
}

#[test]
fn an_image_that_flips_is_packed_as_one_state_or_the_other() {
    for saving in [Saving::InPlace, Saving::ByRename] {
        let project = scenes::small();
        let flip = Flip { file: scenes::TILE, states: [image(RED, GREEN), image(GREEN, RED)] };
        let expected = [0, 1].map(|state| {
            flip.save(&project, state, saving);
            project.pack();
            (project.pack_bytes(), console::glyph(&project, 1).tile(0).unwrap())
        });
        assert!(expected[0] != expected[1]);
        let states = flip.pack_while_it_flips(&project, saving);
        both_came(&states);
        let (pack, tile) = &expected[*states.last().unwrap()];
        assert!(console::glyph(&project, 1).tile(0).as_ref() == Some(tile), "the tile is the companion's state");
        assert!(project.pack_bytes() == *pack, "{saving:?}: the same bytes as packed at rest");
        cli::done(project.root(), "verify @/build/assets.pa");
    }
}

/// Packs a sound of 1500 equal samples while it flips, written by `coded`.
fn pack_flipping_sounds(coded: impl Fn(&[i16]) -> Vec<u8>) {
    for saving in [Saving::InPlace, Saving::ByRename] {
        let project = scenes::small();
        let sound = |value| coded(&[value; 1500]);
        let flip = Flip { file: scenes::BLIP, states: [sound(257), sound(-2)] };
        flip.save(&project, 0, Saving::ByRename);
        let states = flip.pack_while_it_flips(&project, saving);
        both_came(&states);
        let frames = console::samples(&project, 2).remove(0).frames;
        let expected = [257, -2][*states.last().unwrap()];
        assert!(frames == [expected; 1500], "{saving:?}: one state, and the companion's");
        cli::done(project.root(), "verify @/build/assets.pa");
    }
}

#[test]
fn a_sound_that_flips_is_packed_as_one_state_or_the_other() {
    pack_flipping_sounds(|samples| Wav::mono16(22_050, samples).bytes());
}

#[test]
fn a_flac_that_flips_is_packed_as_one_state_or_the_other_and_never_called_damaged() {
    pack_flipping_sounds(|samples| Flac::mono16(22_050, samples).bytes());
}

/// Packs with a fault; gives the report and the attempts that were announced.
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
    let report = project.pack_request().run(&context).unwrap();
    let announced = announced.lock().unwrap().clone();
    (report, announced)
}

#[test]
fn a_declaration_that_changes_after_the_plan_is_planned_again() {
    let (project, _) = scenes::packed();
    let (path, text) = (project.at(scenes::ICONS), project.read_text(scenes::ICONS).replace("ui_icons", "ui_glyphs"));
    let (report, announced) = pack_with(&project, move |point| {
        if point == (FaultPoint::Planned { attempt: 1 }) {
            write(&path, &text);
        }
    });
    assert_eq!(report.published, Published::Published);
    assert_eq!(report.assets[0].name, "ui_glyphs", "the newer declaration is packed");
    assert_eq!(announced.len(), 1, "{announced:?}");
    let companion: Value = serde_json::from_slice(&project.read("build/asset_table_metadata.json")).unwrap();
    let anchor = &companion["assets"][0]["sources"][0];
    assert_eq!(anchor["path"], "asset.json");
    assert_eq!(anchor["sha256"], Sha::of(&project.read(scenes::ICONS)).to_string());
    cli::done(project.root(), "verify @/build/assets.pa");
}

#[test]
fn a_registry_that_changes_after_the_plan_is_planned_again() {
    let project = scenes::small();
    let (path, text) = (project.at(scenes::REGISTRY), project.read_text(scenes::REGISTRY).replacen("true", "false", 1));
    let (report, _) = pack_with(&project, move |point| {
        if point == (FaultPoint::Planned { attempt: 1 }) {
            write(&path, &text);
        }
    });
    assert_eq!((report.assets.len(), report.excluded), (1, 1));
}

#[test]
fn a_declaration_that_never_holds_still_is_a_finding_after_three_plans() {
    let (project, outputs) = scenes::packed();
    let (path, text) = (project.at(scenes::ICONS), project.read_text(scenes::ICONS));
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
    assert_eq!(report.findings()[0].file.as_deref(), Some(scenes::ICONS));
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"), "what was published stays");
}

#[test]
fn a_sound_that_is_rewritten_while_it_is_read_is_read_again_whole() {
    let project = scenes::small();
    // Larger than what a worker reads ahead: when the first bytes are staged, the last are not read yet.
    let [old, new] = [7, -7].map(|value| Wav::mono16(22_050, &vec![value; 8 << 20]).bytes());
    let path = project.at(scenes::BLIP);
    project.write(scenes::BLIP, &old);
    let saved = path.metadata().unwrap().modified().unwrap();
    let (first, content) = (AtomicBool::new(true), new.clone());
    let staged = std::sync::atomic::AtomicU32::new(0);
    let (report, announced) = pack_with(&project, move |point| {
        // The header and the icons come first.
        let in_the_sound = point == FaultPoint::StageWrite && staged.fetch_add(1, Ordering::Relaxed) == 3;
        if in_the_sound && first.swap(false, Ordering::Relaxed) {
            // In place, of the same size, and with the time of the old one.
            let mut file = std::fs::File::options().write(true).open(&path).unwrap();
            file.write_all(&content).unwrap();
            file.set_modified(saved).unwrap();
        }
    });
    assert_eq!((report.published, announced.len()), (Published::Published, 1), "{announced:?}");
    assert!(announced[0].1.ends_with("blip.wav"), "{announced:?}");
    assert!(console::samples(&project, 2)[0].frames.iter().all(|frame| *frame == -7), "no frame of the old one");
    let companion = project.read_text("build/asset_table_metadata.json");
    assert!(companion.contains(&Sha::of(&new).to_string()));
}

#[test]
fn a_sound_that_never_holds_still_is_a_finding_after_three_plans() {
    let (project, outputs) = scenes::packed();
    let path = project.at(scenes::BLIP);
    let count = std::sync::atomic::AtomicI16::new(0);
    let (report, _) = pack_with(&project, move |point| {
        if point == (FaultPoint::Convert { asset_id: 2 }) {
            let n = count.fetch_add(1, Ordering::Relaxed);
            write_bytes(&path, &Wav::mono16(22_050, &[n, n, n, n]).bytes());
        }
    });
    assert_eq!((report.published, codes(report.findings())), (Published::Blocked, vec!["source-changing"]));
    assert_eq!(report.findings()[0].file.as_deref(), Some(scenes::BLIP));
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"), "what was published stays");
}

fn write(path: &std::path::Path, text: &str) {
    write_bytes(path, text.as_bytes());
}

fn write_bytes(path: &std::path::Path, bytes: &[u8]) {
    let mut file = std::fs::File::options().write(true).truncate(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}
