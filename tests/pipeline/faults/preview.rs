//! A `preview` that is refused or canceled: its folder is complete or does not exist, and nothing is left beside it.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use packer_services::diagnostics::{AsFinding, Code, Finding};
use packer_services::ops::{ExportPreview, Operation};
use packer_services::{Cancel, Context, FaultPoint};
use support::sounds::Wav;
use support::{TestProject, codes};

use crate::fixtures::{self, BLIP};
use crate::tree;

/// Writes a preview until it succeeds: `fault` happens at the first fault point, then at the second, and so on. Each
/// time nothing may be left. Returns the findings.
fn at_each_point(asset: &str, fault: impl Fn(&Cancel) -> io::Result<()> + Send + Sync + 'static) -> Vec<Finding> {
    let fault = std::sync::Arc::new(fault);
    let mut found = Vec::new();
    loop {
        let project = fixtures::small_project();
        let before = tree::read_tree(project.root());
        let (n, passed, cancel) = (u32::try_from(found.len()).unwrap(), AtomicU32::new(0), Cancel::default());
        let (flag, fault) = (cancel.clone(), fault.clone());
        let context = Context::new().with_cancel(cancel).with_faults(move |_: FaultPoint| {
            if passed.fetch_add(1, Ordering::SeqCst) == n { fault(&flag) } else { Ok(()) }
        });
        let request = ExportPreview::new(project.root(), asset, project.at("deep/shown"));
        let finding = match request.run(&context) {
            Ok(report) if report.complete => return found,
            // What fails in the conversion is a finding, and a part that is missing; the rest is written.
            Ok(report) if report.written => {
                assert!(!report.missing.is_empty(), "point {n}");
                found.push(report.findings()[0].clone());
                continue;
            }
            Ok(report) => report.findings()[0].clone(),
            Err(error) => error.as_finding(),
        };
        tree::assert_same(&before, &tree::read_tree(project.root()), &format!("{asset}, point {n}"));
        found.push(finding);
    }
}

#[test]
fn full_disk_during_preview_leaves_nothing() {
    for (asset, least) in [("ui_icons", 3), ("sfx_blip", 5)] {
        let found = at_each_point(asset, |_| Err(io::ErrorKind::StorageFull.into()));
        let full: Vec<&Finding> = found.iter().filter(|finding| finding.code == Code::DiskFull).collect();
        // Each write and sync of the file, and the rename.
        assert!(full.len() >= least, "{asset}: {found:?}");
        for finding in full {
            let file = finding.file.as_deref().unwrap_or_default();
            assert!(file.contains("deep/shown") && !file.contains(".prometeu-export"), "{file}");
        }
    }
}

#[test]
fn canceled_preview_leaves_nothing() {
    for asset in ["ui_icons", "sfx_blip"] {
        let found = at_each_point(asset, |cancel| {
            cancel.cancel();
            Ok(())
        });
        assert!(found.len() >= 4, "{asset}: {found:?}");
        assert!(found.iter().all(|finding| finding.code == Code::Interrupted), "{asset}: {found:?}");
    }
}

#[test]
fn changing_sound_is_missing() {
    let project = std::sync::Arc::new(fixtures::small_project());
    let changed = project.clone();
    let frames = AtomicU32::new(1);
    let context = Context::new().with_faults(move |point: FaultPoint| {
        if let FaultPoint::Convert { .. } = point {
            let frames = frames.fetch_add(1, Ordering::SeqCst);
            changed.write(BLIP, Wav::mono16(22_050, &vec![0; frames as usize]).bytes());
        }
        Ok(())
    });
    let report = ExportPreview::new(project.root(), "sfx_blip", project.at("shown")).run(&context).unwrap();
    assert_eq!(codes(report.findings()), ["source-changing"]);
    let missing = &report.missing[0];
    assert_eq!((missing.index, missing.count, missing.finding), (0, 1, Some(0)));
    assert!(!report.written && !report.complete && !project.exists("shown"));
}

#[test]
fn parallel_previews_do_not_interfere() {
    let project = fixtures::small_project();
    let written: Vec<bool> = std::thread::scope(|scope| {
        let run = |place: String| {
            let request = ExportPreview::new(project.root(), "ui_icons", project.at(&place));
            move || request.run(&Context::new()).is_ok_and(|report| report.written)
        };
        let runs: Vec<_> = (0..6).map(|n| scope.spawn(run(format!("shown{}", n % 3)))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(written.iter().filter(|written| **written).count(), 3, "each folder has one winner: {written:?}");
    let names = tree::read_tree(project.root());
    assert!(!names.keys().any(|path| path.contains(".prometeu-export")), "{names:?}");
}

/// The folder of a preview that somebody else creates meanwhile is not replaced.
#[test]
fn folder_that_appears_meanwhile_is_kept() {
    let project: std::sync::Arc<TestProject> = std::sync::Arc::new(fixtures::small_project());
    let other = project.clone();
    let context = Context::new().with_faults(move |point: FaultPoint| {
        if let FaultPoint::Rename { .. } = point {
            other.write("shown/mine.txt", "mine");
        }
        Ok(())
    });
    let refused = ExportPreview::new(project.root(), "ui_icons", project.at("shown")).run(&context).unwrap();
    assert_eq!((refused.written, codes(refused.findings())), (false, vec!["extract-target"]));
    assert_eq!(tree::read_tree(&project.at("shown")).into_keys().collect::<Vec<_>>(), ["mine.txt"]);
}
