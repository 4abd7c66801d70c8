//! A full disk: the old pack is kept, nothing is left over, and the finding has the numbers.

use std::ffi::OsStr;

use support::TestProject;
use support::binary::{self, CommandOutput};
use support::sounds::Wav;

use crate::tools::{self, Tool};
use crate::{cli, fixtures, tree};

/// Runs `line` with `place` on its own disk of this size, and copies the result to `after`.
fn on_a_small_disk(project: &TestProject, place: &str, size: &str, line: &str) -> CommandOutput {
    let script = "cd \"$1\"; cp -a \"$2\" kept; mount -t tmpfs -o size=\"$3\" tmpfs \"$2\"; cp -a kept/. \"$2\"; rm -r kept; \
                  place=\"$2\"; shift 3; code=0; \"$@\" || code=$?; cp -a \"$place\" after; exit $code";
    let line = cli::arguments(project.root(), line);
    let mut arguments =
        vec![project.root().as_os_str(), OsStr::new(place), OsStr::new(size), binary::path().as_os_str()];
    arguments.extend(line.iter().map(std::ffi::OsString::as_os_str));
    tools::run_in_own_mounts(script, &arguments)
}

/// The numbers in a text.
fn numbers(text: &str) -> Vec<u64> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn full_disk_keeps_the_old_pack() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    // A tmpfs has pages of 4 KiB: the old pack and its companions take 48 KiB. So in the third row the new pack fits,
    // but not its companions, and in the last row nothing fits.
    let rows =
        [(700_000, "1m", "assets.pa"), (1_500_000, "1m", "assets.pa"), (100, "84k", ""), (100, "48k", "assets.pa")];
    for (frames, size, file) in rows {
        let (project, _) = fixtures::packed_project();
        let before = tree::read_tree(&project.at("build"));
        project.write(fixtures::BLIP, Wav::mono16(22_050, &vec![7; frames]).bytes());
        let output = on_a_small_disk(&project, "build", size, "pack @ --format json");
        assert_eq!((output.code, output.codes()), (2, vec!["disk-full".into()]), "{}", output.stdout);
        let finding = output.json()["findings"][0].clone();
        let found = numbers(finding["message"].as_str().unwrap());
        assert!(found.len() == 2 && found[0] > found[1], "more must be needed than is free: {finding}");
        assert!(finding["file"].as_str().unwrap().contains(file), "{finding}");
        tree::assert_same(&before, &tree::read_tree(&project.at("after")), "build/ on the small disk");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn missing_inodes_keep_the_old_pack() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    for inodes in [6, 7, 8] {
        let (project, _) = fixtures::packed_project();
        let before = tree::read_tree(&project.at("build"));
        project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
        let output = on_a_small_disk(&project, "build", &format!("1m,nr_inodes={inodes}"), "pack @ --format json");
        assert_eq!((output.code, output.codes()), (2, vec!["disk-full".into()]), "{inodes}: {}", output.stdout);
        let message = output.json()["findings"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("no more files can be created") && !message.contains("bytes"), "{message}");
        tree::assert_same(&before, &tree::read_tree(&project.at("after")), "build/ without inodes");
    }
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn full_disk_during_create_leaves_nothing() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    let project = fixtures::small_project();
    project.write("big.wav", Wav::mono16(22_050, &[7; 700_000]).bytes());
    let before = tree::read_tree(&project.at("assets"));
    let line = "create @ sfx/big --type sound_bank @/big.wav --format json";
    let output = on_a_small_disk(&project, "assets", "1m", line);
    assert_eq!((output.code, output.codes()), (2, vec!["disk-full".into()]), "{}", output.stdout);
    let mut after = tree::read_tree(&project.at("after"));
    after.remove(".prometeu/lock");
    tree::assert_same(&before, &after, "assets/ on the small disk");
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn small_disk_during_extract_leaves_nothing() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    for (size, option) in [("40k", ""), ("48k", " --as-project"), ("1m,nr_inodes=6", " --as-project")] {
        let (project, _) = fixtures::packed_project();
        project.write("place/mine.txt", "mine");
        let before = tree::read_tree(&project.at("place"));
        let line = format!("extract @/build/assets.pa @/place/art{option} --format json");
        // The sound alone is larger than the disk, or there are more files than inodes.
        project.write(fixtures::BLIP, Wav::mono16(22_050, &vec![7; 30_000]).bytes());
        project.pack();
        let output = on_a_small_disk(&project, "place", size, &line);
        assert_eq!((output.code, output.codes()), (2, vec!["disk-full".into()]), "{size}: {}", output.stdout);
        tree::assert_same(&before, &tree::read_tree(&project.at("after")), "the small disk");
    }
}
