//! A full disk: the old pack stays, nothing is left over, and the numbers are told.

use std::ffi::OsStr;

use support::TestProject;
use support::binary::{self, CommandOutput};
use support::sounds::Wav;

use crate::tools::{self, Tool};
use crate::{cli, scenes, tree};

/// Runs `line` with `place` on a full-sized disk of its own, and copies what is there afterwards to `after`.
fn on_a_small_disk(project: &TestProject, place: &str, size: &str, line: &str) -> CommandOutput {
    let script = "cd \"$1\"; cp -a \"$2\" kept; mount -t tmpfs -o size=\"$3\" tmpfs \"$2\"; cp -a kept/. \"$2\"; rm -r kept; \
                  place=\"$2\"; shift 3; code=0; \"$@\" || code=$?; cp -a \"$place\" after; exit $code";
    let line = cli::words(project.root(), line);
    let mut arguments =
        vec![project.root().as_os_str(), OsStr::new(place), OsStr::new(size), binary::path().as_os_str()];
    arguments.extend(line.iter().map(std::ffi::OsString::as_os_str));
    tools::in_own_mounts(script, &arguments)
}

/// The numbers in a text.
fn numbers(text: &str) -> Vec<u64> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_pack_that_does_not_fit_keeps_the_old_one_and_says_how_much_is_missing() {
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    // A tmpfs has pages of 4 KiB: the old pack and its companions take 48 KiB. So the third fits until its companions
    // come, and the last fails at its first byte.
    let rows =
        [(700_000, "1m", "assets.pa"), (1_500_000, "1m", "assets.pa"), (100, "84k", ""), (100, "48k", "assets.pa")];
    for (frames, size, file) in rows {
        let (project, _) = scenes::packed();
        let before = tree::tree(&project.at("build"));
        project.write(scenes::BLIP, Wav::mono16(22_050, &vec![7; frames]).bytes());
        let ended = on_a_small_disk(&project, "build", size, "pack @ --format json");
        assert_eq!((ended.code, ended.codes()), (2, vec!["disk-full".into()]), "{}", ended.stdout);
        let finding = ended.json()["findings"][0].clone();
        let told = numbers(finding["message"].as_str().unwrap());
        assert!(told.len() == 2 && told[0] > told[1], "more is needed than is free: {finding}");
        assert!(finding["file"].as_str().unwrap().contains(file), "{finding}");
        tree::assert_same(&before, &tree::tree(&project.at("after")), "build/ on the small disk");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn without_room_for_names_the_old_pack_stays_too() {
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    for inodes in [6, 7, 8] {
        let (project, _) = scenes::packed();
        let before = tree::tree(&project.at("build"));
        project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
        let ended = on_a_small_disk(&project, "build", &format!("1m,nr_inodes={inodes}"), "pack @ --format json");
        assert_eq!((ended.code, ended.codes()), (2, vec!["disk-full".into()]), "{inodes}: {}", ended.stdout);
        tree::assert_same(&before, &tree::tree(&project.at("after")), "build/ without names");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_create_that_does_not_fit_leaves_nothing() {
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    let project = scenes::small();
    project.write("big.wav", Wav::mono16(22_050, &[7; 700_000]).bytes());
    let before = tree::tree(&project.at("assets"));
    let line = "create @ sfx/big --type sound_bank @/big.wav --format json";
    let ended = on_a_small_disk(&project, "assets", "1m", line);
    assert_eq!((ended.code, ended.codes()), (2, vec!["disk-full".into()]), "{}", ended.stdout);
    let mut after = tree::tree(&project.at("after"));
    after.remove(".prometeu/lock");
    tree::assert_same(&before, &after, "assets/ on the small disk");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn an_extract_that_does_not_fit_leaves_nothing() {
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    for (size, option) in [("40k", ""), ("48k", " --as-project"), ("1m,nr_inodes=6", " --as-project")] {
        let (project, _) = scenes::packed();
        project.write("place/mine.txt", "mine");
        let before = tree::tree(&project.at("place"));
        let line = format!("extract @/build/assets.pa @/place/art{option} --format json");
        // The sound alone is larger than the disk, or there are more files than names.
        project.write(scenes::BLIP, Wav::mono16(22_050, &vec![7; 30_000]).bytes());
        project.pack();
        let ended = on_a_small_disk(&project, "place", size, &line);
        assert_eq!((ended.code, ended.codes()), (2, vec!["disk-full".into()]), "{size}: {}", ended.stdout);
        tree::assert_same(&before, &tree::tree(&project.at("after")), "the small disk");
    }
}
