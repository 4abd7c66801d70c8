//! Whoever reads again only what the watch names ends up with what is on the disk, whatever was done to the folder.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use support::TestProject;
use support::watch::{FolderMirror, WatchRecorder};

use crate::cases::{Dice, cases};

const NAMES: [&str; 4] = ["a", "b", "c", ".d"];

/// A path of one to three names.
fn some_path(dice: &mut Dice) -> String {
    let names: Vec<&str> = (0..=dice.below(3)).map(|_| *dice.pick(&NAMES)).collect();
    names.join("/")
}

/// Does one thing in `assets`, if it can be done.
fn change(assets: &Path, dice: &mut Dice) {
    let (path, other) = (assets.join(some_path(dice)), assets.join(some_path(dice)));
    let length = dice.below(9);
    let bytes = dice.bytes(length);
    let _ = match dice.below(8) {
        0 => fs::remove_dir_all(&path),
        1 => fs::remove_file(&path),
        2 | 3 => fs::rename(&path, &other),
        4 => fs::create_dir_all(&path),
        _ => path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes)),
    };
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_listener_is_never_left_with_something_old(mut dice in Dice::any(), rounds in 1usize..4, polls in any::<bool>()) {
        let project = TestProject::new();
        let assets = project.at("assets");
        let mut watched = if polls { WatchRecorder::polling(project.root()) } else { WatchRecorder::new(project.root()) };
        for _ in 0..rounds {
            let mirror = FolderMirror::read(&assets);
            watched.clear();
            for _ in 0..dice.below(60) {
                change(&assets, &mut dice);
            }
            watched.wait_until_mirrored(mirror, &assets);
        }
    }
}
