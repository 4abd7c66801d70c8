//! An `extract` that is refused, cancelled or killed: its folder is there whole or not at all, and nothing lies beside
//! it that the next one does not sweep.
#![expect(clippy::disallowed_methods, reason = "this changes a pack under the packer")]

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

use crate::{cli, scenes, tree};

/// Extracts the published pack; gives its first finding, or none if it went well.
fn extract(project: &TestProject, context: &Context) -> Option<Finding> {
    let (file, folder) = (project.at("build/assets.pa"), project.at("deep/art"));
    match ExtractPack::new(file, folder).as_project(true).run(context) {
        Ok(report) if report.extracted => None,
        Ok(report) => report.findings().first().cloned(),
        Err(error) => Some(error.as_finding()),
    }
}

/// Extracts until it goes well. At the first point that it passes `fault` happens, then at the second, and so on, and
/// each time nothing may be left. Gives the findings.
fn at_each_point(fault: impl Fn(&TestProject, &Cancel) -> io::Result<()> + Send + Sync + 'static) -> Vec<Finding> {
    let fault = std::sync::Arc::new(fault);
    let mut found = Vec::new();
    loop {
        let project = std::sync::Arc::new(scenes::packed().0);
        let before = tree::tree(project.root());
        let (n, passed, cancel) = (u32::try_from(found.len()).unwrap(), AtomicU32::new(0), Cancel::default());
        let (there, flag, fault) = (project.clone(), cancel.clone(), fault.clone());
        let context = Context::new().with_cancel(cancel).with_faults(move |_: FaultPoint| {
            if passed.fetch_add(1, Ordering::SeqCst) == n { fault(&there, &flag) } else { Ok(()) }
        });
        let Some(finding) = extract(&project, &context) else { return found };
        let mut after = tree::tree(project.root());
        // The pack itself is the test's to change.
        after.insert("build/assets.pa".into(), before["build/assets.pa"].clone());
        tree::assert_same(&before, &after, &format!("point {n}"));
        found.push(finding);
    }
}

#[test]
fn a_full_disk_at_any_point_leaves_nothing_and_is_told_of_the_new_folder() {
    let found = at_each_point(|_, _| Err(io::ErrorKind::StorageFull.into()));
    // Five files and three of the project, each written and synced, and the rename.
    assert!(found.len() >= 17, "{}", found.len());
    for finding in found {
        let file = finding.file.unwrap_or_default();
        assert_eq!(finding.code, Code::DiskFull);
        assert!(file.contains("deep/art") && !file.contains(".prometeu-extract"), "{file}");
    }
}

#[test]
fn cancelled_at_any_point_but_the_last_it_leaves_nothing() {
    let found = at_each_point(|_, cancel| {
        cancel.cancel();
        Ok(())
    });
    assert!(found.len() >= 16, "{}", found.len());
    assert!(found.iter().all(|finding| finding.code == Code::Interrupted));
}

#[test]
fn a_pack_that_changes_after_it_was_judged_leaves_nothing() {
    let found = at_each_point(|project, _| {
        let mut pack = project.pack_bytes();
        let payload = pack.len() - 34_816 - 8;
        pack[payload..].iter_mut().for_each(|byte| *byte ^= 0x11);
        fs::write(project.at("build/assets.pa"), pack)
    });
    assert!(!found.is_empty());
    assert!(found.iter().all(|finding| finding.code == Code::SourceChanging), "{:?}", found.first());
}

/// Stages beside a new folder.
fn stages(project: &TestProject) -> Vec<PathBuf> {
    let paths = fs::read_dir(project.root()).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".prometeu-extract-")).collect()
}

#[test]
fn what_a_killed_packer_left_is_swept_but_not_what_a_living_one_writes_or_what_looks_like_it() {
    let (project, _) = scenes::packed();
    let dead = format!(".prometeu-extract-{}", support::uuid(1));
    let living = format!(".prometeu-extract-{}", support::uuid(2));
    for stage in [&dead, &living] {
        project.write(&format!("{stage}/lock"), "").write(&format!("{stage}/whole/sheet.png"), "half an image");
    }
    project.write(".prometeu-extract-notes/whole/mine.txt", "mine");
    let lock = fs::File::open(project.at(&format!("{living}/lock"))).unwrap();
    lock.lock().unwrap();
    cli::done(project.root(), "extract @/build/assets.pa @/art");
    let left: Vec<String> =
        stages(&project).iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert!(!left.contains(&dead) && left.contains(&living) && left.len() == 2, "{left:?}");
    drop(lock);
    cli::done(project.root(), "extract @/build/assets.pa @/more");
    assert_eq!(stages(&project), [project.at(".prometeu-extract-notes")]);
}

#[test]
fn two_packers_that_extract_beside_each_other_do_not_meet() {
    let (project, _) = scenes::packed();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let project = &project;
            scope.spawn(move || cli::done(project.root(), &format!("extract @/build/assets.pa @/art{n} --as-project")));
        }
    });
    assert_eq!(stages(&project), [] as [PathBuf; 0]);
    assert!((0..8).all(|n| project.exists(&format!("art{n}/assets/sfx_blip/0.wav"))));
}

#[test]
fn of_two_packers_that_make_one_folder_one_makes_it_and_the_other_nothing() {
    let (project, _) = scenes::packed();
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let run = || cli::run(project.root(), "extract @/build/assets.pa @/art").code;
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(stages(&project), [] as [PathBuf; 0]);
    assert_eq!(tree::tree(&project.at("art")).len(), 5);
}

/// A project with a pack of one long sound, which takes a while to extract and next to no room on the disk.
fn long() -> TestProject {
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

    /// A packer that has begun to write the long sound.
    fn writing(project: &TestProject, left: &[PathBuf]) -> Child {
        let mut command = binary::command(cli::words(project.root(), "extract @/long.pa @/art"));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        tools::wait_until("the sound to grow", || {
            let new = stages(project).into_iter().filter(|stage| !left.contains(stage));
            new.filter_map(|stage| stage.join("whole/wind/0.wav").metadata().ok()).any(|sound| sound.len() > 1 << 20)
        });
        child
    }

    #[test]
    fn killed_it_leaves_a_stage_that_the_next_one_sweeps() {
        let project = long();
        let mut left = Vec::new();
        for _ in 0..2 {
            let mut child = writing(&project, &left);
            tools::signal("KILL", &child);
            child.wait().unwrap();
            assert!(!project.exists("art"));
            left = stages(&project);
            assert_eq!(left.len(), 1, "what was left before is swept");
        }
        project.pack();
        cli::done(project.root(), "extract @/build/assets.pa @/art");
        assert_eq!(stages(&project), [] as [PathBuf; 0]);
    }

    #[test]
    fn asked_to_stop_it_stops_within_a_second_and_leaves_nothing() {
        let project = long();
        for (name, number) in [("INT", 2), ("TERM", 15)] {
            let child = writing(&project, &[]);
            let start = Instant::now();
            tools::signal(name, &child);
            let ended = CommandOutput::from(child.wait_with_output().unwrap());
            assert!(start.elapsed() < Duration::from_secs(1), "{name} took {:?}", start.elapsed());
            assert_eq!(ended.code, 128 + number, "{name}: {}", ended.stderr);
            assert!(!project.exists("art") && stages(&project).is_empty(), "{name}");
        }
    }
}
