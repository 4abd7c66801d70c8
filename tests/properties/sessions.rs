//! A refreshed session reports the same as a new listing, whatever happened to the project, and whatever changes the
//! watch lost, repeated or reordered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use packer_services::Context;
use packer_services::ops::{ListAssets, Operation, Pack};
use packer_services::session::{Change, Session};
use proptest::prelude::*;
use support::images::Png;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette, sample, sound};

use crate::random::{Rng, any_rng, cases};

const ROOTS: [&str; 4] = ["hero", "ui/atlas", "ui/font", "sfx"];

/// Four assets that can be packed, one of them excluded.
fn project() -> TestProject {
    let mut project = TestProject::new();
    for (n, root) in (1u32..).zip(&ROOTS[..3]) {
        project.write(&format!("assets/{root}/a.png"), tile(RED)).write(&format!("assets/{root}/b.png"), tile(GREEN));
        let bank = vec![palette(&[KEY, RED, GREEN])];
        let name = root.replace('/', "_");
        let artifacts = vec![artifact("a.png", 0), artifact("b.png", 1)];
        project.add_asset(root, n != 2, &glyph(n, &name, packer_services::formats::TileSize::Eight, bank, artifacts));
    }
    project.write("assets/sfx/a.wav", support::sounds::Wav::mono16(22_050, &[1, 2, 3]).bytes());
    project.add_asset("sfx", true, &sound(4, "sfx", 22_050, vec![sample("a.wav", 0)]));
    project
}

fn tile(color: packer_services::formats::Rgb) -> Vec<u8> {
    let [r, g, b] = color.0;
    Png::rgba(8, 8, move |_, _| [r, g, b, 0xFF]).bytes()
}

/// Makes one random change in the project, if it is possible.
fn edit(root: &Path, rng: &mut Rng) {
    let assets = root.join("assets");
    let asset = assets.join(rng.choose(&ROOTS));
    let file = asset.join(rng.choose(&["a.png", "b.png", "a.wav", "note.txt"]));
    let anchor = asset.join("asset.json");
    let rewrite = |path: &Path, from: &str, to: &str| match fs::read_to_string(path) {
        Ok(text) => fs::write(path, text.replacen(from, to, 1)),
        Err(_) => Ok(()),
    };
    let registry = assets.join(".prometeu/index.json");
    let other = assets.join(rng.choose(&["hero2", "ui/new", "drafts/x"]));
    let _ = match rng.below(15) {
        0 => fs::write(&file, tile(*rng.choose(&[RED, GREEN, KEY]))),
        1 => fs::write(&file, tile(packer_services::formats::Rgb([1, 2, 3]))),
        2 => fs::write(&file, b"not an image"),
        3 => fs::remove_file(&file),
        4 => fs::rename(&file, asset.join("moved.png")),
        5 => fs::rename(asset.join("moved.png"), &file),
        6 => rewrite(&anchor, "\"index\": 1", "\"index\": 2"),
        7 => rewrite(&anchor, "\"index\": 2", "\"index\": 1"),
        8 => rewrite(&anchor, "\"name\": \"hero\"", "\"name\": \"ui_font\""),
        9 => rewrite(&anchor, "{", "[{"),
        10 => rewrite(&anchor, "[{", "{"),
        11 => rewrite(&registry, "\"included_in_build\": true", "\"included_in_build\": false"),
        12 => rewrite(&registry, "\"included_in_build\": false", "\"included_in_build\": true"),
        13 => fs::rename(&asset, &other).or_else(|_| fs::rename(&other, &asset)),
        _ => other.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            fs::create_dir_all(&other)?;
            fs::copy(&anchor, other.join("asset.json")).map(drop)
        }),
    };
}

/// Every path in `assets/` that a watch reports, with the content of files.
fn tree(assets: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    fn add(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Option<Vec<u8>>>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if name == ".prometeu" {
                let index = entry.path().join("index.json");
                found.insert(format!("{name}/index.json"), fs::read(index).ok());
            } else if entry.path().is_dir() {
                add(&entry.path(), &format!("{name}/"), found);
                found.insert(name, None);
            } else {
                found.insert(name, fs::read(entry.path()).ok());
            }
        }
    }
    let mut found = BTreeMap::new();
    add(assets, "", &mut found);
    found
}

/// The paths whose content differs.
fn changed(before: &BTreeMap<String, Option<Vec<u8>>>, after: &BTreeMap<String, Option<Vec<u8>>>) -> BTreeSet<String> {
    let paths = before.keys().chain(after.keys());
    paths.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// Reports changes to the session: in parts, repeated and reordered; or, if some of them are lost, that anything may
/// have changed.
fn notify(session: &mut Session, paths: BTreeSet<String>, rng: &mut Rng, context: &Context) {
    let is_lossy = rng.one_in(3);
    let mut parts: Vec<BTreeSet<String>> = vec![BTreeSet::new(); 1 + rng.below(3)];
    for path in paths {
        if is_lossy && rng.one_in(2) {
            continue;
        }
        for _ in 0..1 + rng.below(2) {
            let at = rng.below(parts.len());
            parts[at].insert(path.clone());
        }
    }
    for part in parts {
        session.note(&Change::Paths(part));
        if rng.one_in(2) {
            let _ = session.refresh(context);
            if rng.one_in(2) && session.pending() > 0 {
                session.build_next(context, None).unwrap();
            }
        }
    }
    if is_lossy {
        session.note(&Change::Everything);
    }
}

/// Panics while a session works.
fn panic_once(session: &mut Session) {
    let context = Context::new().with_faults(|_| std::panic::resume_unwind(Box::new("requested by the test")));
    let working = AssertUnwindSafe(|| {
        let _ = session.refresh(&context);
        let _ = session.build_next(&context, None);
        let _ = session.preview(&context);
    });
    let _ = catch_unwind(working);
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn session_reports_like_a_fresh_list(mut rng in any_rng(), rounds in 1usize..6) {
        let project = project();
        let (context, root) = (Context::new(), project.root().to_owned());
        let mut session = Session::new(&root);
        session.refresh(&context).unwrap();
        for _ in 0..rounds {
            let before = tree(&root.join("assets"));
            if rng.one_in(3) {
                session.view(Some(*rng.choose(&ROOTS)));
            }
            for _ in 0..rng.below(5) {
                edit(&root, &mut rng);
            }
            if rng.one_in(4) {
                let _ = Pack::new(&root).run(&context);
            }
            if rng.one_in(4) {
                panic_once(&mut session);
            }
            notify(&mut session, changed(&before, &tree(&root.join("assets"))), &mut rng, &context);
            let fresh = ListAssets::new(&root).run(&context);
            let refreshed = session.refresh(&context);
            let Ok(fresh) = fresh else {
                prop_assert!(refreshed.is_err(), "{fresh:?}");
                continue;
            };
            refreshed.unwrap();
            while session.pending() > 0 {
                session.build_next(&context, None).unwrap();
            }
            let listed = session.report();
            prop_assert_eq!(listed.findings(), fresh.findings());
            let (listed, expected) = (serde_json::to_value(&*listed).unwrap(), serde_json::to_value(&*fresh).unwrap());
            prop_assert_eq!(listed, expected);
        }
    }
}
