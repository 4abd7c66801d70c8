//! One writer at a time: the others wait and say for what, or fail at once; a killed one holds nothing.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use packer_services::files::Sha;
use support::TestProject;
use support::binary::{self, CommandOutput};

use crate::{cli, scenes};

fn hold(project: &TestProject, holder: &str) -> std::fs::File {
    project.write("assets/.prometeu/lock", holder);
    let file = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
    file.lock().unwrap();
    file
}

fn packer(project: &TestProject, line: &str) -> Command {
    let mut command = binary::command(cli::words(project.root(), line));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_second_packer_waits_and_says_for_what() {
    let project = scenes::small();
    let held = hold(&project, "process 12 on workshop");
    let mut second = packer(&project, "pack @").spawn().unwrap();
    let mut said = String::new();
    BufReader::new(second.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("waiting for lock on") && said.contains("assets/.prometeu/lock"), "{said}");
    assert!(said.contains("process 12 on workshop"), "{said}");
    assert!(second.try_wait().unwrap().is_none() && !project.exists("build"), "it has done nothing yet");
    drop(held);
    assert_eq!(CommandOutput::from(second.wait_with_output().unwrap()).code, 0);
    assert!(project.exists("build/assets.pa"));
}

#[test]
fn all_who_write_wait_too() {
    let project = scenes::small();
    for line in
        ["create @ new --type glyph_bank @/assets/ui/icons/tile.png", "register @ new", "palettes @ id:1 --apply"]
    {
        let held = hold(&project, "process 12 on workshop");
        let mut second = packer(&project, line).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(second.stderr.take().unwrap()).read_line(&mut said).unwrap();
        assert!(said.contains("waiting for lock on"), "{line}: {said}");
        drop(held);
        second.wait().unwrap();
    }
    assert!(project.exists("assets/new/asset.json"));
}

#[test]
fn those_who_will_not_wait_fail_at_once_and_see_the_holder() {
    let (project, outputs) = scenes::packed();
    let _held = hold(&project, "process 12 on workshop");
    let ended = cli::ask(project.root(), "pack @ --no-wait");
    assert_eq!((ended.code, ended.codes()), (2, vec!["project-locked".into()]));
    let message = ended.json()["findings"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("process 12 on workshop"), "{message}");
    assert!(project.outputs() == outputs);
}

#[test]
fn readers_need_no_lock() {
    let (project, _) = scenes::packed();
    let _held = hold(&project, "process 12 on workshop");
    for line in ["list @", "show @ id:1", "palettes @ id:1", "doctor @", "pack @ --check", "verify @/build/assets.pa"] {
        assert_eq!(cli::run(project.root(), line).code, 0, "{line}");
    }
}

#[test]
fn eight_packers_at_once_publish_one_pack() {
    let (project, outputs) = scenes::packed();
    let rounds: Vec<_> = (0..8).map(|_| packer(&project, "pack @").spawn().unwrap()).collect();
    for one in rounds {
        let ended = CommandOutput::from(one.wait_with_output().unwrap());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stdout.contains(&Sha::of(outputs[3].as_ref().unwrap()).to_string()), "{}", ended.stdout);
    }
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"));
}

#[cfg(unix)]
#[test]
fn a_killed_holder_frees_the_lock_at_once() {
    use crate::tools;
    let (project, outputs) = scenes::grown();
    let mut holder = packer(&project, "pack @").spawn().unwrap();
    tools::wait_until("the stage file", || scenes::staged_pack(&project).is_some());
    // Stopped, not ended: it holds the lock for as long as we look.
    tools::signal("STOP", &holder);
    let ended = cli::run(project.root(), "pack @ --no-wait");
    assert_eq!(ended.code, 2, "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains(&format!("process {} on ", holder.id())), "{}", ended.stderr);
    tools::signal("KILL", &holder);
    holder.wait().unwrap();
    assert!(scenes::staged_pack(&project).is_some(), "it was killed in the middle");
    scenes::shrink(&project);
    assert_eq!(cli::run(project.root(), "pack @ --no-wait").code, 0);
    assert!(project.outputs() == outputs && !project.exists("build/.prometeu"), "and what it left is swept");
}

#[test]
fn a_lock_that_cannot_be_made_is_done_without_and_noted() {
    let project = scenes::small();
    std::fs::create_dir(project.at("assets/.prometeu/lock")).unwrap();
    let answer = cli::done(project.root(), "pack @");
    assert_eq!(answer["findings"][0]["code"], "lock-unavailable");
    assert_eq!(answer["findings"][0]["severity"], "note");
    assert!(project.exists("build/assets.pa"));
}
