//! A pack that takes unchanged assets from the last one equals a clean pack, whatever happened to the project, the
//! cache and the last pack in between.
//!
//! The packer trusts the times of a file only if it was not written within the last two seconds. The tests cannot wait
//! that long, so its clock is ten seconds ahead: it trusts all times, as it does of files that are at rest.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "what happens to a project between packs does not happen through it")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use packer_services::formats::{Rgb, TileSize};
use serde_json::Value;
use support::binary::{self, CommandOutput};
use support::images::Png;
use support::random::Rng;
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, glyph, palette, sample, sound};

use crate::tools::{self, Tool};

const ROOTS: [&str; 4] = ["hero", "ui/atlas", "ui/font", "sfx"];
/// How many sequences run at the same time: most of the time they wait for the disk.
const THREADS: u64 = 4;
const OUTPUTS: [&str; 4] = ["assets.pa", "asset_table.json", "asset_table_metadata.json", "preload.json"];

/// Four assets that can be packed, one of them excluded. Images are below a folder of their root.
fn project() -> TestProject {
    let mut project = TestProject::new();
    for (n, root) in (1u32..).zip(&ROOTS[..3]) {
        project.write(&format!("assets/{root}/art/a.png"), tile(RED));
        project.write(&format!("assets/{root}/b.png"), tile(GREEN));
        let artifacts = vec![artifact("art/a.png", 0), artifact("b.png", 1)];
        let colors = vec![palette(&[KEY, RED, GREEN])];
        project.add_asset(root, n != 2, &glyph(n, &root.replace('/', "_"), TileSize::Eight, colors, artifacts));
    }
    project.write("assets/sfx/a.wav", Wav::mono16(22_050, &[1, 2, 3]).bytes());
    project.add_asset("sfx", true, &sound(4, "sfx", 22_050, vec![sample("a.wav", 0)]));
    project
}

fn tile(color: Rgb) -> Vec<u8> {
    let [red, green, blue] = color.0;
    Png::rgba(8, 8, move |_, _| [red, green, blue, 0xFF]).bytes()
}

/// Writes other content of the same size, with the same time of modification.
fn save_quietly(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let before = fs::metadata(path)?;
    fs::write(path, bytes)?;
    File::options().write(true).open(path)?.set_modified(before.modified()?)
}

/// What a sequence keeps: an earlier state of the cache and the outputs.
#[derive(Default)]
struct Kept(BTreeMap<PathBuf, Vec<u8>>);

/// Makes one random change in the project, if it is possible, and says which.
fn change(root: &Path, rng: &mut Rng, kept: &mut Kept) -> &'static str {
    let assets = root.join("assets");
    let asset = assets.join(rng.choose(&ROOTS));
    let file = asset.join(rng.choose(&["art/a.png", "b.png", "a.wav"]));
    let anchor = asset.join("asset.json");
    let registry = assets.join(".prometeu/index.json");
    let cache = assets.join(rng.choose(&[".prometeu/cache.json", ".prometeu/identities.json"]));
    let output = root.join("build").join(rng.choose(&OUTPUTS));
    let other = assets.join(rng.choose(&["hero2", "ui/new", "drafts/x"]));
    let rewrite = |path: &Path, from: &str, to: &str| match fs::read_to_string(path) {
        Ok(text) => fs::write(path, text.replacen(from, to, 1)),
        Err(_) => Ok(()),
    };
    let damage = |path: &Path, rng: &mut Rng| -> std::io::Result<()> {
        let size = fs::metadata(path)?.len();
        let at = rng.next_u64() % size.max(1);
        File::options().write(true).open(path)?.write_at(&[rng.next_byte()], at).map(drop)
    };
    let (name, result) = match rng.below(29) {
        0 => ("save an image", fs::write(&file, tile(*rng.choose(&[RED, GREEN])))),
        1 => ("save an image with the same size and time", save_quietly(&file, &tile(*rng.choose(&[RED, GREEN])))),
        2 => ("save an image that fits no palette", fs::write(&file, tile(Rgb([1, 2, 3])))),
        3 => ("save text as an image", fs::write(&file, b"not an image")),
        4 => ("remove a file", fs::remove_file(&file)),
        5 => ("rename a file", fs::rename(&file, asset.join("moved.png"))),
        6 => ("rename it back", fs::rename(asset.join("moved.png"), &file)),
        7 => ("exchange two images", {
            let (a, b, c) = (asset.join("art/a.png"), asset.join("b.png"), asset.join("c.png"));
            fs::rename(&a, &c).and_then(|()| fs::rename(&b, &a)).and_then(|()| fs::rename(&c, &b))
        }),
        8 => ("move a tile", rewrite(&anchor, "\"index\": 1", "\"index\": 2")),
        9 => ("move it back", rewrite(&anchor, "\"index\": 2", "\"index\": 1")),
        10 => ("change a color", rewrite(&anchor, "#00ff00", "#08f800")),
        11 => ("change it back", rewrite(&anchor, "#08f800", "#00ff00")),
        12 => ("rename an asset", rewrite(&anchor, "\"name\": \"hero\"", "\"name\": \"heroine\"")),
        13 => ("name two assets alike", rewrite(&anchor, "\"name\": \"hero\"", "\"name\": \"ui_font\"")),
        14 => ("break a declaration", rewrite(&anchor, "{", "[{")),
        15 => ("repair it", rewrite(&anchor, "[{", "{")),
        16 => ("exclude", rewrite(&registry, "\"included_in_build\": true", "\"included_in_build\": false")),
        17 => ("include", rewrite(&registry, "\"included_in_build\": false", "\"included_in_build\": true")),
        18 => ("move a root", fs::rename(&asset, &other).or_else(|_| fs::rename(&other, &asset))),
        19 => ("make a root a link", {
            let there = assets.join("elsewhere");
            fs::rename(&asset, &there).and_then(|()| symlink(&there, &asset))
        }),
        20 => (
            "make it a folder again",
            match fs::read_link(&asset) {
                Ok(there) => fs::remove_file(&asset).and_then(|()| fs::rename(there, &asset)),
                Err(error) => Err(error),
            },
        ),
        21 => (
            "touch",
            File::options().write(true).open(&file).and_then(|file| {
                file.set_modified(
                    std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(rng.next_u64() % 4_000_000_000),
                )
            }),
        ),
        22 => ("damage the cache", damage(&cache, rng)),
        23 => (
            "cut the cache",
            fs::metadata(&cache).and_then(|metadata| {
                File::options().write(true).open(&cache)?.set_len(rng.next_u64() % metadata.len().max(1))
            }),
        ),
        24 => ("remove the cache", fs::remove_file(&cache)),
        25 => ("damage an output", damage(&output, rng)),
        26 => ("remove an output", fs::remove_file(&output)),
        27 => ("keep the outputs and the cache", {
            let paths = OUTPUTS.map(|name| root.join("build").join(name));
            let paths = paths.into_iter().chain([assets.join(".prometeu/cache.json")]);
            kept.0 = paths.filter_map(|path| Some((path.clone(), fs::read(path).ok()?))).collect();
            Ok(())
        }),
        _ => ("restore some of the outputs or the cache", {
            let mut restored = kept.0.iter().filter(|_| !rng.one_in(3));
            restored.try_for_each(|(path, bytes)| fs::write(path, bytes))
        }),
    };
    if result.is_ok() { name } else { "nothing" }
}

/// The packer with its clock ahead.
fn pack(project: &Path, option: &str) -> Command {
    let mut command = Command::new(binary::path());
    command.args(["pack", "--format", "json", option]).arg(project);
    // Not by the program `faketime`: if that is killed, what it leaves stops a later one with the same process id.
    command.env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1").env("FAKETIME", "+100s");
    command.env("NO_FAKE_STAT", "1").env("FAKETIME_DISABLE_SHM", "1");
    command
}

/// The exit code and what was found, without what concerns the files that a clean project does not have.
fn findings(output: &CommandOutput) -> (i32, Vec<Value>) {
    let answer = output.json();
    let found = answer["findings"].as_array().unwrap().iter();
    (output.code, found.filter(|finding| finding["code"] != "cache-unusable").cloned().collect())
}

fn outputs(project: &Path) -> Vec<Option<Vec<u8>>> {
    OUTPUTS.iter().map(|name| fs::read(project.join("build").join(name)).ok()).collect()
}

/// Packs the project, and a copy of it that was never packed, and compares them.
fn check(project: &Path, option: &str, done: &[&str]) {
    let before = outputs(project);
    let packed: CommandOutput = pack(project, option).output().unwrap().into();
    assert!(!packed.stderr.contains("ld.so"), "the clock is not ahead: {}", packed.stderr);
    let clean = tempfile::tempdir().unwrap();
    let status = Command::new("cp").arg("-a").arg(project.join("assets")).arg(clean.path()).status().unwrap();
    assert!(status.success());
    for name in ["cache.json", "identities.json"] {
        let _ = fs::remove_file(clean.path().join("assets/.prometeu").join(name));
    }
    let expected: CommandOutput = pack(clean.path(), "--no-cache").output().unwrap().into();
    assert_eq!(findings(&packed), findings(&expected), "{done:#?}");
    let wanted = if expected.code == 0 { outputs(clean.path()) } else { before };
    assert!(outputs(project) == wanted, "{done:#?}: {}", packed.stdout);
    assert!(!project.join("build/.prometeu").exists(), "{done:#?}");
}

#[test]
#[ignore = "needs faketime: run with --include-ignored"]
fn incremental_pack_equals_a_clean_one() {
    if !tools::are_available(&[Tool::Faketime]) {
        return;
    }
    let wanted = std::env::var("PROMETEU_SEQUENCES").ok().and_then(|count| count.parse().ok());
    let sequences: u64 = wanted.unwrap_or(200);
    let reused = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for first in 0..THREADS {
            let reused = &reused;
            scope.spawn(move || {
                for seed in (first..sequences).step_by(usize::try_from(THREADS).unwrap()) {
                    reused.fetch_add(run_sequence(seed), Ordering::Relaxed);
                }
            });
        }
    });
    let reused = reused.into_inner();
    assert!(reused > sequences, "only {reused} payloads were ever reused");
}

/// Makes random changes, and checks the pack after each few. Returns how many payloads were reused at the end.
fn run_sequence(seed: u64) -> u64 {
    let mut rng = Rng::seeded(seed);
    let project = project();
    let root = project.root();
    let mut done = vec![];
    let mut kept = Kept::default();
    check(root, "--jobs=2", &done);
    for _ in 0..6 {
        for _ in 0..=rng.below(2) {
            done.push(change(root, &mut rng, &mut kept));
        }
        if rng.one_in(6) {
            done.push("kill a pack");
            let mut command = pack(root, "--jobs=2");
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(rng.next_u64() % 30));
            child.kill().unwrap();
            child.wait().unwrap();
            // What the library leaves when it is killed would stop one with the same process id.
            for name in ["faketime_shm_", "sem.faketime_sem_"] {
                let _ = fs::remove_file(format!("/dev/shm/{name}{}", child.id()));
            }
        }
        let option = *rng.choose(&["--jobs=2", "--jobs=1", "--frozen"]);
        check(root, option, &done);
        // Longer than a tick of the clock of file times: else two saves could have the same one.
        std::thread::sleep(Duration::from_millis(12));
    }
    let again: CommandOutput = pack(root, "--jobs=2").output().unwrap().into();
    again.json()["cache"]["reused"].as_u64().unwrap_or(0)
}

/// While the state of a folder is the same, the folders in it are not looked at again.
#[test]
#[ignore = "needs faketime: run with --include-ignored"]
fn link_in_a_proven_folder_is_noticed() {
    if !tools::are_available(&[Tool::Faketime]) {
        return;
    }
    let project = project();
    let pack = || CommandOutput::from(pack(project.root(), "--jobs=2").output().unwrap());
    for (folder, name) in [("", "hero"), ("ui", "ui/font"), ("hero", "hero/art")] {
        assert_eq!([pack().code, pack().code], [0, 0]);
        let cache: Value = serde_json::from_str(&project.read_text("assets/.prometeu/cache.json")).unwrap();
        assert!(cache["cache"]["folders"][folder].is_array(), "`{folder}` is not proven: {cache}");
        let [there, here] = ["elsewhere", name].map(|name| project.at(&format!("assets/{name}")));
        fs::rename(&here, &there).and_then(|()| symlink(&there, &here)).unwrap();
        assert_eq!(pack().code, 1, "{name}");
        fs::remove_file(&here).and_then(|()| fs::rename(&there, &here)).unwrap();
    }
}

/// A copy has the cache of its original, whose stamps are those of other files.
#[test]
#[ignore = "needs faketime: run with --include-ignored"]
fn copied_cache_proves_nothing() {
    if !tools::are_available(&[Tool::Faketime]) {
        return;
    }
    let project = project();
    check(project.root(), "--jobs=2", &["pack the original"]);
    let copy = TestProject::copy_of(project.root());
    for (root, color) in [(copy.root(), GREEN), (project.root(), GREEN), (copy.root(), RED)] {
        save_quietly(&root.join("assets/hero/art/a.png"), &tile(color)).unwrap();
        check(root, "--jobs=2", &["copy the project", "save an image with the same size and time"]);
    }
}
