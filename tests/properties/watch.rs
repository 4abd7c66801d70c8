//! A listener that reads only the reported paths knows the content of the folder, whatever happened to it.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use support::TestProject;
use support::watch::{FolderMirror, WatchRecorder};

use crate::random::{Rng, any_rng, cases};

const NAMES: [&str; 4] = ["a", "b", "c", ".d"];

/// A path of one to three names.
fn some_path(rng: &mut Rng) -> String {
    let names: Vec<&str> = (0..=rng.below(3)).map(|_| *rng.choose(&NAMES)).collect();
    names.join("/")
}

/// Makes one random change_folder in `assets`, if it is possible.
fn change_folder(assets: &Path, rng: &mut Rng) {
    let (path, other) = (assets.join(some_path(rng)), assets.join(some_path(rng)));
    let length = rng.below(9);
    let bytes = rng.next_bytes(length);
    let _ = match rng.below(8) {
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
    fn watch_reports_every_change(mut rng in any_rng(), rounds in 1usize..4, polls in any::<bool>()) {
        let project = TestProject::new();
        let assets = project.at("assets");
        let mut watched = if polls { WatchRecorder::polling(project.root()) } else { WatchRecorder::new(project.root()) };
        for _ in 0..rounds {
            let mirror = FolderMirror::read(&assets);
            watched.clear();
            for _ in 0..rng.below(60) {
                change_folder(&assets, &mut rng);
            }
            watched.wait_until_mirrored(mirror, &assets);
        }
    }
}
