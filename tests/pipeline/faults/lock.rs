//! One writer at a time: the others wait with a message, or fail at once; a killed one holds no lock.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use packer_services::ops::{AssetEdit, EditAsset, Operation, VerifyPack};
use packer_services::{Context, FaultPoint, Sha};
use support::binary::{self, CommandOutput};
use support::{TestProject, images};

use crate::{cli, fixtures, tree};

fn hold_lock(project: &TestProject, holder: &str) -> std::fs::File {
    project.write("assets/.prometeu/lock", holder);
    let file = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
    file.lock().unwrap();
    file
}

fn packer(project: &TestProject, line: &str) -> Command {
    let mut command = binary::command(cli::arguments(project.root(), line));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn lock_waits_for_other_packer() {
    let project = fixtures::small_project();
    let held = hold_lock(&project, "process 12 on workshop");
    let mut second = packer(&project, "pack @").spawn().unwrap();
    let mut message = String::new();
    BufReader::new(second.stderr.take().unwrap()).read_line(&mut message).unwrap();
    assert!(message.contains("waiting for lock on") && message.contains("assets/.prometeu/lock"), "{message}");
    assert!(message.contains("process 12 on workshop"), "{message}");
    assert!(second.try_wait().unwrap().is_none() && !project.exists("build"), "it must not have started yet");
    drop(held);
    assert_eq!(CommandOutput::from(second.wait_with_output().unwrap()).code, 0);
    assert!(project.exists("build/assets.pa"));
}

#[test]
fn every_writing_verb_waits() {
    let project = fixtures::small_project();
    for line in
        ["create @ new --type glyph_bank @/assets/ui/icons/tile.png", "register @ new", "palettes @ id:1 --apply"]
    {
        let held = hold_lock(&project, "process 12 on workshop");
        let mut second = packer(&project, line).spawn().unwrap();
        let mut message = String::new();
        BufReader::new(second.stderr.take().unwrap()).read_line(&mut message).unwrap();
        assert!(message.contains("waiting for lock on"), "{line}: {message}");
        drop(held);
        second.wait().unwrap();
    }
    assert!(project.exists("assets/new/asset.json"));
}

#[test]
fn no_wait_fails_and_names_holder() {
    let (project, outputs) = fixtures::packed_project();
    let _held = hold_lock(&project, "process 12 on workshop");
    let output = cli::run_json(project.root(), "pack @ --no-wait");
    assert_eq!((output.code, output.codes()), (2, vec!["project-locked".into()]));
    let message = output.json()["findings"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("process 12 on workshop"), "{message}");
    assert!(project.outputs() == outputs);
}

#[test]
fn readers_need_no_lock() {
    let (project, _) = fixtures::packed_project();
    let _held = hold_lock(&project, "process 12 on workshop");
    for line in ["list @", "show @ id:1", "palettes @ id:1", "doctor @", "pack @ --check", "verify @/build/assets.pa"] {
        assert_eq!(cli::run(project.root(), line).code, 0, "{line}");
    }
}

/// The companions are renamed before the pack, so for a moment they belong to the next one.
#[test]
fn verify_awaits_a_pack_being_published() {
    let (project, _) = fixtures::packed_project();
    project.write("assets/ui/icons/tile.png", images::plain(8, 8, support::RED));
    let verified = Arc::new(Mutex::new(None));
    let (file, started) = (project.at("build/assets.pa"), verified.clone());
    let context = Context::new().with_faults(move |point| {
        if point == (FaultPoint::Rename { n: 3 }) {
            let (file, (done, finished)) = (file.clone(), std::sync::mpsc::channel());
            let verify = std::thread::spawn(move || {
                let report = VerifyPack::new(file).run(&Context::new());
                let _ = done.send(());
                report
            });
            // A report at this point could only be about a mixture.
            let _ = finished.recv_timeout(Duration::from_millis(50));
            *started.lock().unwrap() = Some(verify);
        }
        Ok(())
    });
    project.pack_request().run(&context).unwrap();
    let verify = verified.lock().unwrap().take().unwrap();
    let report = verify.join().unwrap().unwrap();
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    assert_eq!(report.sha256, Some(Sha::of(&project.pack_bytes())));
}

/// Then another packer can lock a new file, so that both would write.
#[test]
fn deleted_lock_stops_the_packer() {
    let (project, outputs) = fixtures::packed_project();
    let delete_lock = |at: fn(FaultPoint) -> bool| {
        let lock = project.at("assets/.prometeu/lock");
        Context::new().with_faults(move |point| {
            if at(point) {
                let _ = std::fs::remove_file(&lock);
            }
            Ok(())
        })
    };
    cli::run_ok(project.root(), "exclude @ id:1");
    let before = tree::read_tree(project.root());
    let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Include);
    let context = delete_lock(|point| matches!(point, FaultPoint::Convert { .. }));
    let refused = edit.run(&context).unwrap();
    assert_eq!((support::codes(refused.findings()), &refused.change), (vec!["project-locked"], &None));
    let pack = project.pack_request();
    let context = delete_lock(|point| point == FaultPoint::StageWrite);
    assert_eq!(support::codes(&pack.refusal(&pack.run(&context).unwrap_err())), ["project-locked"]);
    assert!(project.outputs() == outputs);
    tree::assert_same(&before, &tree::read_tree(project.root()), "a deleted lock");
    cli::run_ok(project.root(), "pack @");
}

/// The other packer takes the half-made change for an interrupted one, and completes it.
#[test]
fn deleted_lock_hands_the_change_over() {
    let project = fixtures::small_project();
    let root = project.root().to_owned();
    let is_first = AtomicBool::new(true);
    let context = Context::new().with_faults(move |point| {
        if point == FaultPoint::RegistryWrite && is_first.swap(false, Ordering::Relaxed) {
            std::fs::remove_file(root.join("assets/.prometeu/lock")).unwrap();
            let other = EditAsset::new(&root, "id:2", AssetEdit::Exclude).run(&Context::new()).unwrap();
            assert_eq!(support::codes(other.findings()), ["change-completed"]);
        }
        Ok(())
    });
    let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Remove);
    let findings = edit.refusal(&edit.run(&context).unwrap_err());
    assert_eq!(support::codes(&findings), ["project-locked"]);
    assert!(!findings[0].help.contains("othing was"), "{findings:?}");
    let history = cli::run_ok(project.root(), "history @");
    assert_eq!(history["changes"].as_array().unwrap().len(), 2, "{history}");
    for _ in 0..2 {
        cli::run_ok(project.root(), "undo @");
    }
    assert!(project.exists(fixtures::TILE));
}

/// Each step of a change is made only with the lock: the other packer may have taken back the one before.
#[test]
fn deleted_lock_ends_a_change_between_steps() {
    let project = fixtures::small_project();
    let (root, is_first) = (project.root().to_owned(), AtomicBool::new(true));
    let context = Context::new().with_faults(move |point| {
        if point == FaultPoint::WorkspaceFileWrite && is_first.swap(false, Ordering::Relaxed) {
            std::fs::remove_file(root.join("assets/.prometeu/lock")).unwrap();
        }
        Ok(())
    });
    let registry = project.read(fixtures::REGISTRY);
    let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Move("moved/here".into()));
    let findings = edit.refusal(&edit.run(&context).unwrap_err());
    assert_eq!(support::codes(&findings), ["project-locked"]);
    assert!(project.exists("assets/moved/here") && project.read(fixtures::REGISTRY) == registry);
    let completed = cli::run_ok(project.root(), "pack @");
    assert_eq!(completed["findings"][0]["code"], "change-completed");
    assert!(project.read(fixtures::REGISTRY) != registry);
}

/// Each of the projects has a lock of its own.
#[cfg(unix)]
#[test]
fn shared_build_folder_is_locked() {
    let (one, two) = (fixtures::small_project(), fixtures::small_project());
    let shared = one.at("shared");
    std::fs::create_dir(&shared).unwrap();
    for project in [&one, &two] {
        std::os::unix::fs::symlink(&shared, project.at("build")).unwrap();
    }
    for round in 0..6i16 {
        for (project, level) in [(&one, round), (&two, round + 100)] {
            project.write(fixtures::BLIP, support::sounds::Wav::mono16(22_050, &[level; 8]).bytes());
        }
        let packers = (0..6).map(|n| packer([&one, &two][n % 2], "pack @").spawn().unwrap());
        for packer in packers.collect::<Vec<_>>() {
            let output = CommandOutput::from(packer.wait_with_output().unwrap());
            assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
        }
        cli::run_ok(one.root(), "verify @/shared/assets.pa");
    }
    one.write(fixtures::BLIP, support::sounds::Wav::mono16(22_050, &[7; 8]).bytes());
    let held = std::fs::File::options().read(true).open(&shared).unwrap();
    held.lock().unwrap();
    let output = cli::run_json(one.root(), "pack @ --no-wait");
    assert_eq!((output.code, output.codes()), (2, vec!["project-locked".into()]), "{}", output.stdout);
}

#[test]
fn parallel_packers_publish_one_pack() {
    let project = fixtures::small_project();
    // Each round packs other bytes, so that all eight have something to publish.
    for round in 0..12i16 {
        project.write(fixtures::BLIP, support::sounds::Wav::mono16(22_050, &[round; 8]).bytes());
        let packers: Vec<_> = (0..8).map(|_| packer(&project, "pack @").spawn().unwrap()).collect();
        let outputs: Vec<_> =
            packers.into_iter().map(|one| CommandOutput::from(one.wait_with_output().unwrap())).collect();
        let hash = Sha::of(&project.pack_bytes()).to_string();
        for output in outputs {
            assert_eq!(output.code, 0, "{}", output.stderr);
            assert!(output.stdout.contains(&hash), "{}", output.stdout);
        }
        assert!(!project.exists("build/.prometeu"));
        cli::run_ok(project.root(), "pack @ --check");
        cli::run_ok(project.root(), "verify @/build/assets.pa");
    }
}

#[cfg(unix)]
#[test]
fn killed_holder_frees_the_lock() {
    use crate::tools;
    let (project, outputs) = fixtures::huge_project();
    let mut holder = packer(&project, "pack @").spawn().unwrap();
    tools::wait_until("the stage file", || fixtures::staged_pack(&project).is_some());
    // Stopped, not terminated: it still holds the lock.
    tools::send_signal("STOP", &holder);
    let output = cli::run(project.root(), "pack @ --no-wait");
    assert_eq!(output.code, 2, "{}{}", output.stdout, output.stderr);
    assert!(output.stderr.contains(&format!("process {} on ", holder.id())), "{}", output.stderr);
    tools::send_signal("KILL", &holder);
    holder.wait().unwrap();
    assert!(fixtures::staged_pack(&project).is_some(), "it must be killed while it packs");
    fixtures::exclude_giant_sounds(&project);
    assert_eq!(cli::run(project.root(), "pack @ --no-wait").code, 0);
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"), "the abandoned stage must be removed");
}

#[test]
fn unavailable_lock_is_a_note() {
    let project = fixtures::small_project();
    std::fs::create_dir(project.at("assets/.prometeu/lock")).unwrap();
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["findings"][0]["code"], "lock-unavailable");
    assert_eq!(answer["findings"][0]["severity"], "note");
    assert!(project.exists("build/assets.pa"));
}
