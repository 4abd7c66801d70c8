//! An `extract` that is refused, canceled or killed: its folder is complete or does not exist, and the next `extract`
//! removes what is left beside it.
#![expect(clippy::disallowed_methods, reason = "it changes a pack while the packer reads it")]

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use packer_services::diagnostics::{AsFinding, Code, Finding};
use packer_services::ops::{ExtractPack, Operation};
use packer_services::{Cancel, Context, FaultPoint};
use serde_json::json;
use support::TestProject;
use support::packs::header_only;

use crate::{cli, fixtures, tree};

/// Extracts the published pack; returns its first finding, or `None` if it succeeds.
fn extract(project: &TestProject, context: &Context) -> Option<Finding> {
    let (file, folder) = (project.at("build/assets.pa"), project.at("deep/art"));
    match ExtractPack::new(file, folder).as_project(true).run(context) {
        Ok(report) if report.extracted => None,
        Ok(report) => report.findings().first().cloned(),
        Err(error) => Some(error.as_finding()),
    }
}

/// Extracts until it succeeds: `fault` happens at the first fault point, then at the second, and so on. Each time
/// nothing may be left. Returns the findings.
fn at_each_point(fault: impl Fn(&TestProject, &Cancel) -> io::Result<()> + Send + Sync + 'static) -> Vec<Finding> {
    let fault = std::sync::Arc::new(fault);
    let mut found = Vec::new();
    loop {
        let project = std::sync::Arc::new(fixtures::packed_project().0);
        let before = tree::read_tree(project.root());
        let (n, passed, cancel) = (u32::try_from(found.len()).unwrap(), AtomicU32::new(0), Cancel::default());
        let (in_fault, flag, fault) = (project.clone(), cancel.clone(), fault.clone());
        let context = Context::new().with_cancel(cancel).with_faults(move |_: FaultPoint| {
            if passed.fetch_add(1, Ordering::SeqCst) == n { fault(&in_fault, &flag) } else { Ok(()) }
        });
        let Some(finding) = extract(&project, &context) else { return found };
        let mut after = tree::read_tree(project.root());
        // `fault` may change the pack itself.
        after.insert("build/assets.pa".into(), before["build/assets.pa"].clone());
        tree::assert_same(&before, &after, &format!("point {n}"));
        found.push(finding);
    }
}

#[test]
fn full_disk_during_extract_leaves_nothing() {
    let found = at_each_point(|_, _| Err(io::ErrorKind::StorageFull.into()));
    // Five files and three project files, each written and synced, and the rename.
    assert!(found.len() >= 17, "{}", found.len());
    for finding in found {
        let file = finding.file.unwrap_or_default();
        assert_eq!(finding.code, Code::DiskFull);
        assert!(file.contains("deep/art") && !file.contains(".prometeu-export"), "{file}");
    }
}

#[test]
fn canceled_extract_leaves_nothing() {
    let found = at_each_point(|_, cancel| {
        cancel.cancel();
        Ok(())
    });
    assert!(found.len() >= 16, "{}", found.len());
    assert!(found.iter().all(|finding| finding.code == Code::Interrupted));
}

#[test]
fn changing_pack_extracts_nothing() {
    let found = at_each_point(|project, _| {
        let mut pack = project.pack_bytes();
        let payload = pack.len() - 34_816 - 8;
        pack[payload..].iter_mut().for_each(|byte| *byte ^= 0x11);
        fs::write(project.at("build/assets.pa"), pack)
    });
    assert!(!found.is_empty());
    assert!(found.iter().all(|finding| finding.code == Code::SourceChanging), "{:?}", found.first());
}

/// The stages beside a new folder.
fn stages(project: &TestProject) -> Vec<PathBuf> {
    let paths = fs::read_dir(project.root()).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".prometeu-export-")).collect()
}

#[test]
fn only_abandoned_stages_are_removed() {
    let (project, _) = fixtures::packed_project();
    let abandoned = format!(".prometeu-export-{}", support::uuid(1));
    let active = format!(".prometeu-export-{}", support::uuid(2));
    for stage in [&abandoned, &active] {
        project.write(&format!("{stage}/lock"), "").write(&format!("{stage}/complete/sheet.png"), "half an image");
    }
    project.write(".prometeu-export-notes/complete/mine.txt", "mine");
    let lock = fs::File::open(project.at(&format!("{active}/lock"))).unwrap();
    lock.lock().unwrap();
    cli::run_ok(project.root(), "extract @/build/assets.pa @/art");
    let left: Vec<String> =
        stages(&project).iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert!(!left.contains(&abandoned) && left.contains(&active) && left.len() == 2, "{left:?}");
    drop(lock);
    cli::run_ok(project.root(), "extract @/build/assets.pa @/more");
    assert_eq!(stages(&project), [project.at(".prometeu-export-notes")]);
}

#[test]
fn parallel_extracts_do_not_interfere() {
    let (project, _) = fixtures::packed_project();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let project = &project;
            scope.spawn(move || {
                cli::run_ok(project.root(), &format!("extract @/build/assets.pa @/art{n} --as-project"))
            });
        }
    });
    assert_eq!(stages(&project), [] as [PathBuf; 0]);
    assert!((0..8).all(|n| project.exists(&format!("art{n}/assets/sfx_blip/0.wav"))));
}

#[test]
fn one_of_parallel_extracts_wins() {
    let (project, _) = fixtures::packed_project();
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let run = || cli::run(project.root(), "extract @/build/assets.pa @/art").code;
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(
        codes.iter().filter(|code| **code == 1).count(),
        5,
        "each loser is refused as if it ran alone: {codes:?}"
    );
    assert_eq!(stages(&project), [] as [PathBuf; 0]);
    assert_eq!(tree::read_tree(&project.at("art")).len(), 5);
}

/// A project with a pack of one long sound, which takes time to extract and almost no disk space.
fn with_long_sound() -> TestProject {
    let project = TestProject::new();
    let bytes = 400 << 20;
    let pack = header_only(&json!({"preload": [], "asset_table": [{
        "asset_id": 7, "asset_name": "wind", "bank_type": "SOUNDS", "codec": "NONE", "decoded_size": bytes, "offset": 0,
        "metadata": {"channels": 1, "sample_rate": 8000,
                     "samples": {"0": {"length": bytes, "offset": 0, "sample_rate": 8000}}}, "size": bytes,
    }]}));
    let size_bytes = pack.len() as u64 + bytes;
    project.write("long.pa", pack);
    fs::File::options().write(true).open(project.at("long.pa")).unwrap().set_len(size_bytes).unwrap();
    project
}

#[cfg(unix)]
mod processes {
    use std::process::{Child, Stdio};
    use std::time::{Duration, Instant};

    use support::binary::{self, CommandOutput};

    use super::*;
    use crate::tools;

    /// Starts a packer, and waits until it writes the long sound.
    fn start_and_wait(project: &TestProject, left: &[PathBuf]) -> Child {
        let mut command = binary::command(cli::arguments(project.root(), "extract @/long.pa @/art"));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        tools::wait_until("the sound to grow", || {
            let new = stages(project).into_iter().filter(|stage| !left.contains(stage));
            new.filter_map(|stage| stage.join("complete/wind/0.wav").metadata().ok()).any(|sound| sound.len() > 1 << 20)
        });
        child
    }

    #[test]
    fn killed_extract_is_cleaned_up_later() {
        let project = with_long_sound();
        let mut left = Vec::new();
        for _ in 0..2 {
            let mut child = start_and_wait(&project, &left);
            tools::send_signal("KILL", &child);
            child.wait().unwrap();
            assert!(!project.exists("art"));
            left = stages(&project);
            assert_eq!(left.len(), 1, "the previous stage must be removed");
        }
        project.pack();
        cli::run_ok(project.root(), "extract @/build/assets.pa @/art");
        assert_eq!(stages(&project), [] as [PathBuf; 0]);
    }

    #[test]
    fn signaled_extract_stops_within_a_second() {
        let project = with_long_sound();
        for (name, number) in [("INT", 2), ("TERM", 15)] {
            let child = start_and_wait(&project, &[]);
            let start = Instant::now();
            tools::send_signal(name, &child);
            let output = CommandOutput::from(child.wait_with_output().unwrap());
            assert!(start.elapsed() < Duration::from_secs(1), "{name} took {:?}", start.elapsed());
            assert_eq!(output.code, 128 + number, "{name}: {}", output.stderr);
            assert!(!project.exists("art") && stages(&project).is_empty(), "{name}");
        }
    }
}
