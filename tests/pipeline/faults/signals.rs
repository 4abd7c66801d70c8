//! A packer that is asked to stop stops at once, and leaves everything as it was.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use support::TestProject;
use support::binary::{self, CommandOutput};

use crate::{cli, scenes, tools};

/// A packer of the grown project that has begun to write.
fn writing(project: &TestProject) -> Child {
    let mut command = binary::command(cli::words(project.root(), "pack @"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    tools::wait_until("the stage file", || scenes::staged_pack(project).is_some());
    child
}

#[test]
fn interrupt_terminate_and_hang_up_stop_a_pack_within_a_second() {
    let (project, outputs) = scenes::grown();
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let child = writing(&project);
        let start = Instant::now();
        tools::signal(name, &child);
        let ended = CommandOutput::from(child.wait_with_output().unwrap());
        assert!(start.elapsed() < Duration::from_secs(1), "{name} took {:?}", start.elapsed());
        assert_eq!(ended.code, 128 + number, "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains("[interrupted]") && !ended.stderr.contains("panicked"), "{}", ended.stderr);
        assert!(project.outputs() == outputs, "{name}: the old pack stays");
        assert!(!project.exists("build/.prometeu"), "{name}: nothing is left over");
    }
}

#[test]
fn a_create_stops_within_a_second_too_and_leaves_nothing() {
    let (project, _) = scenes::grown();
    let before = project.read(scenes::REGISTRY);
    let line = "create @ sfx/new --type sound_bank @/assets/sfx/wind/long.wav";
    let mut command = binary::command(cli::words(project.root(), line));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let staged = || {
        let mut folders = std::fs::read_dir(project.at("assets/.prometeu")).unwrap().map(|entry| entry.unwrap().path());
        folders.find(|path| path.join("long.wav").exists())
    };
    tools::wait_until("the copy to begin", || staged().is_some());
    let start = Instant::now();
    tools::signal("TERM", &child);
    let ended = CommandOutput::from(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(ended.code, 143, "{}", ended.stderr);
    assert!(staged().is_none() && !project.exists("assets/sfx/new") && project.read(scenes::REGISTRY) == before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_doctor_who_compares_large_files_stops_within_a_second_too() {
    let (project, _) = scenes::grown();
    scenes::shrink(&project);
    // No asset any more, so that only the look for duplicates opens them.
    for root in ["sfx/wind", "sfx/rain", "sfx/sea"] {
        std::fs::rename(project.at(&format!("assets/{root}/long.wav")), project.at(&format!("assets/{root}.wav")))
            .unwrap();
    }
    let mut command = binary::command(cli::words(project.root(), "doctor @ --workspace"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let open_files = format!("/proc/{}/fd", child.id());
    tools::wait_until("the comparing to begin", || {
        let files = std::fs::read_dir(&open_files).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|file| file.ends_with("assets/sfx/rain.wav"))
    });
    let start = Instant::now();
    tools::signal("INT", &child);
    let ended = CommandOutput::from(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(ended.code, 130, "{}", ended.stderr);
}

#[test]
fn a_packer_that_waits_for_the_lock_can_be_interrupted() {
    use std::io::{BufRead, BufReader};
    let project = scenes::small();
    project.write("assets/.prometeu/lock", "process 12 on workshop");
    let held = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
    held.lock().unwrap();
    let mut command = binary::command(cli::words(project.root(), "pack @"));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut said).unwrap();
    tools::signal("INT", &child);
    assert_eq!(CommandOutput::from(child.wait_with_output().unwrap()).code, 130);
    assert!(!project.exists("build"));
}
