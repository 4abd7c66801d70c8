//! A packer that gets a signal stops at once and changes nothing.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use support::TestProject;
use support::binary::{self, CommandOutput};

use crate::{cli, fixtures, tools};

/// Starts a packer of the huge project, and waits until it writes.
fn start_and_wait(project: &TestProject) -> Child {
    let mut command = binary::command(cli::arguments(project.root(), "pack @"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    tools::wait_until("the stage file", || fixtures::staged_pack(project).is_some());
    child
}

#[test]
fn signals_stop_a_pack_within_a_second() {
    let (project, outputs) = fixtures::huge_project();
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let child = start_and_wait(&project);
        let start = Instant::now();
        tools::send_signal(name, &child);
        let output = CommandOutput::from(child.wait_with_output().unwrap());
        assert!(start.elapsed() < Duration::from_secs(1), "{name} took {:?}", start.elapsed());
        assert_eq!(output.code, 128 + number, "{name}: {}", output.stderr);
        assert!(output.stderr.contains("[interrupted]") && !output.stderr.contains("panicked"), "{}", output.stderr);
        assert!(project.outputs() == outputs, "{name}: the old pack must be unchanged");
        assert!(!project.exists("build/.prometeu"), "{name}: the stage must be removed");
    }
}

#[test]
fn signaled_create_stops_and_leaves_nothing() {
    let (project, _) = fixtures::huge_project();
    let before = project.read(fixtures::REGISTRY);
    let line = "create @ sfx/new --type sound_bank @/assets/sfx/wind/long.wav";
    let mut command = binary::command(cli::arguments(project.root(), line));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let staged = || {
        let mut folders = std::fs::read_dir(project.at("assets/.prometeu")).unwrap().map(|entry| entry.unwrap().path());
        folders.find(|path| path.join("long.wav").exists())
    };
    tools::wait_until("the copy to begin", || staged().is_some());
    let start = Instant::now();
    tools::send_signal("TERM", &child);
    let output = CommandOutput::from(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(output.code, 143, "{}", output.stderr);
    assert!(staged().is_none() && !project.exists("assets/sfx/new") && project.read(fixtures::REGISTRY) == before);
}

#[cfg(target_os = "linux")]
#[test]
fn signaled_doctor_stops_within_a_second() {
    let (project, _) = fixtures::huge_project();
    fixtures::exclude_giant_sounds(&project);
    // Outside of assets, so that only the search for duplicates opens them.
    for root in ["sfx/wind", "sfx/rain", "sfx/sea"] {
        std::fs::rename(project.at(&format!("assets/{root}/long.wav")), project.at(&format!("assets/{root}.wav")))
            .unwrap();
    }
    let mut command = binary::command(cli::arguments(project.root(), "doctor @ --workspace"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let open_files = format!("/proc/{}/fd", child.id());
    tools::wait_until("the comparing to begin", || {
        let files = std::fs::read_dir(&open_files).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|file| file.ends_with("assets/sfx/rain.wav"))
    });
    let start = Instant::now();
    tools::send_signal("INT", &child);
    let output = CommandOutput::from(child.wait_with_output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(output.code, 130, "{}", output.stderr);
}

#[test]
fn waiting_packer_can_be_interrupted() {
    use std::io::{BufRead, BufReader};
    let project = fixtures::small_project();
    project.write("assets/.prometeu/lock", "process 12 on workshop");
    let held = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
    held.lock().unwrap();
    let mut command = binary::command(cli::arguments(project.root(), "pack @"));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut message = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut message).unwrap();
    tools::send_signal("INT", &child);
    assert_eq!(CommandOutput::from(child.wait_with_output().unwrap()).code, 130);
    assert!(!project.exists("build"));
}
