//! A pack depends only on the build set's bytes.
#![expect(clippy::disallowed_methods, reason = "it writes projects byte by byte")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use packer_services::declaration::{LoopChoice, Preload};
use packer_services::formats::{Rgb, SampleLoop, TileSize};
use packer_services::ops::OUTPUTS;
use support::images::{self, Png};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, binary, glyph, palette, sample, sound};

#[cfg(unix)]
use crate::tools::{self, Tool};
use crate::{cli, fixtures, tree};

/// A project with everything that could differ: several banks, palettes and sounds, loops, slots, an excluded asset.
fn varied_project() -> TestProject {
    let mut project = TestProject::new();
    for n in 0u8..6 {
        let root = format!("world/zone {n}/füße");
        for tile in 0..5u8 {
            let shade = Rgb([n * 40, tile * 48, 200]);
            project.write(&format!("assets/{root}/tile_{tile}.png"), images::checker(16, 16, shade, RED));
        }
        let sheet = Png::indexed(32, 16, &[KEY, GREEN, RED], |x, y| u8::try_from((x + y) % 3).unwrap()).bytes();
        project.write(&format!("assets/{root}/sheet.png"), sheet);
        let shades = (0..5u8).map(|tile| Rgb([n * 40, tile * 48, 200]));
        let colors: Vec<Rgb> = [KEY, RED].into_iter().chain(shades).collect();
        let mut artifacts: Vec<_> = (0..5u32).map(|tile| artifact(&format!("tile_{tile}.png"), tile)).collect();
        artifacts.push(support::keyed_artifact("sheet.png", 5, packer_services::declaration::ColorKey::Index0));
        let palettes = vec![palette(&colors), palette(&[KEY, GREEN, RED])];
        let mut bank = glyph(project.next_id(), &format!("zone_{n}"), TileSize::Sixteen, palettes, artifacts);
        bank.preload = Preload { enabled: n % 2 == 0, slot: (n == 4).then_some(0) };
        project.add_asset(&root, true, &bank);
    }
    for n in 0u8..4 {
        let root = format!("sfx/{n}");
        let mut artifacts = Vec::new();
        for take in 0..12u32 {
            let frames: Vec<i16> = (0..500 + i16::from(n)).map(|i| i * i16::try_from(take + 1).unwrap()).collect();
            let wav = Wav::mono16(8000 + take, &frames).loops(&[(0, take, 400, 0, 0)]);
            project.write(&format!("assets/{root}/take_{take}.wav"), wav.bytes());
            artifacts.push(sample(&format!("take_{take}.wav"), 11 - take));
        }
        artifacts[3].looping = LoopChoice::At(SampleLoop { start: 1, end: 3 });
        let bank = sound(project.next_id(), &format!("sfx_{n}"), 8000, artifacts);
        project.add_asset(&root, n != 2, &bank);
    }
    project
}

type Outputs = Vec<Option<Vec<u8>>>;

/// The project of a test, and the four files that it packs to.
struct Reference {
    project: TestProject,
    outputs: Outputs,
}

impl Reference {
    fn new() -> Self {
        let project = varied_project();
        cli::run_ok(project.root(), "pack @");
        let outputs = project.outputs();
        std::fs::remove_dir_all(project.at("build")).unwrap();
        Self { project, outputs }
    }

    /// Asserts that `build/` in `root` contains the same four files, and removes it.
    fn assert_same_outputs(&self, root: &Path, what: &str) {
        for (name, expected) in std::iter::zip(OUTPUTS, &self.outputs) {
            let found = std::fs::read(root.join("build").join(name)).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(Some(&found) == expected.as_ref(), "{what}: {name} differs");
        }
        std::fs::remove_dir_all(root.join("build")).unwrap();
    }

    fn assert_packs_the_same(&self, what: &str, command: &mut Command) {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        self.assert_same_outputs(self.project.root(), what);
    }

    fn command(&self, line: &str) -> Command {
        binary::command(cli::arguments(self.project.root(), line))
    }
}

#[test]
fn worker_count_changes_no_byte() {
    let reference = Reference::new();
    for jobs in [1, 2, 3, 8, 64] {
        reference
            .assert_packs_the_same(&format!("{jobs} jobs"), &mut reference.command(&format!("pack @ --jobs {jobs}")));
    }
}

#[test]
fn twenty_packs_are_equal() {
    let reference = Reference::new();
    for round in 0..20 {
        reference.assert_packs_the_same(&format!("round {round}"), &mut reference.command("pack @"));
    }
}

#[test]
fn output_format_changes_no_byte() {
    let reference = Reference::new();
    for options in ["--format json", "--quiet", "--no-wait", "--deny-warnings"] {
        reference.assert_packs_the_same(options, &mut reference.command(&format!("pack @ {options}")));
    }
}

#[test]
fn project_path_changes_no_byte() {
    let reference = Reference::new();
    let root = reference.project.root();
    let (parent, name) = (root.parent().unwrap(), root.file_name().unwrap());
    let mut ways: Vec<(&Path, PathBuf)> = vec![
        (root, ".".into()),
        (root, "./".into()),
        (root, "assets/..".into()),
        (parent, name.into()),
        (Path::new("/"), root.into()),
        (parent, root.join("assets/../.")),
    ];
    let links = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root, links.path().join("link")).unwrap();
        ways.push((links.path(), "link".into()));
        ways.push((root, links.path().join("link")));
    }
    for (from, way) in ways {
        let mut command = binary::command([Path::new("pack"), &way]);
        reference
            .assert_packs_the_same(&format!("{} from {}", way.display(), from.display()), command.current_dir(from));
    }
}

#[test]
fn environment_changes_no_byte() {
    let reference = Reference::new();
    let environments: [&[(&str, &str)]; 9] = [
        &[("LC_ALL", "C")],
        &[("LC_ALL", "C.UTF-8")],
        &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")],
        &[("LC_ALL", "no_SUCH.locale")],
        &[("TZ", "Pacific/Kiritimati")],
        &[("TZ", "America/St_Johns"), ("SOURCE_DATE_EPOCH", "1")],
        &[("USER", "nobody"), ("HOME", "/nowhere")],
        &[("NO_COLOR", "1"), ("COLUMNS", "20"), ("TERM", "dumb")],
        &[("RUST_LOG", "trace"), ("RUST_BACKTRACE", "1"), ("RAYON_NUM_THREADS", "1")],
    ];
    for set in environments {
        reference.assert_packs_the_same(&format!("{set:?}"), reference.command("pack @").envs(set.iter().copied()));
    }
    reference.assert_packs_the_same("no HOME", reference.command("pack @").env_remove("HOME").env_remove("USER"));
    reference.assert_packs_the_same("an empty environment", reference.command("pack @").env_clear());
}

#[cfg(unix)]
#[test]
fn umask_changes_no_byte() {
    let reference = Reference::new();
    for umask in ["000", "022", "077"] {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]).arg(binary::path());
        reference.assert_packs_the_same(umask, command.args(cli::arguments(reference.project.root(), "pack @")));
    }
}

#[test]
fn file_times_change_no_byte() {
    let reference = Reference::new();
    let year = Duration::from_secs(365 * 24 * 3600);
    let times = [0, 1, 30, 68, 69, 137, 300].map(|years| SystemTime::UNIX_EPOCH + years * year);
    for turn in 0..times.len() {
        let files = tree::read_stamps(&reference.project.at("assets"));
        for (n, path) in files.keys().enumerate() {
            let path = reference.project.at("assets").join(path);
            if path.is_file() {
                let file = std::fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(times[(n + turn) % times.len()]).unwrap();
            }
        }
        reference.assert_packs_the_same(&format!("times, turn {turn}"), &mut reference.command("pack @"));
    }
}

/// A clock that is years off changes no byte, and hides no edit: neither now nor when it is right again.
#[cfg(unix)]
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn clock_changes_no_byte() {
    if !tools::are_available(&[Tool::Faketime]) {
        return;
    }
    let reference = Reference::new();
    let project = &reference.project;
    let at = |time: &str, line: &str| {
        let mut command = Command::new("faketime");
        command.args(time.split(' ')).arg(binary::path()).args(cli::arguments(project.root(), line));
        command
    };
    let sound = "assets/sfx/0/take_0.wav";
    let original = project.read(sound);
    for time in ["1970-01-02", "2001-02-03", "-f -10y", "-f +10y", "2038-01-20", "2107-12-31"] {
        let output = tools::run_to_end(&mut at(time, "pack @"));
        assert_eq!(output.code, 0, "{time}: {}{}", output.stdout, output.stderr);
        // An edit between two packs, one of which has the right time.
        let mut edited = original.clone();
        edited[44] ^= 1;
        project.write(sound, &edited);
        assert_eq!(tools::run_to_end(&mut at(time, "pack @ --check")).code, 3, "{time}: the edit is missed");
        cli::run_ok(project.root(), "pack @");
        let fresh = TestProject::copy_of(project.root());
        std::fs::remove_dir_all(fresh.at("build")).unwrap();
        cli::run_ok(fresh.root(), "pack @");
        assert!(fresh.outputs() == project.outputs(), "{time}: packed like a fresh copy");
        project.write(sound, &original);
        reference.assert_packs_the_same(time, &mut at(time, "pack @"));
    }
}

/// A file system that lists folders in another order each time.
#[cfg(unix)]
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn folder_order_changes_nothing() {
    if tools::is_fuse_missing() || !tools::are_available(&[Tool::Disorderfs]) {
        return;
    }
    let reference = Reference::new();
    let project = &reference.project;
    // Something to list in the order of a walk.
    for name in ["b", "a", "C", "ä"] {
        project.write(&format!("assets/stray/{name}.png"), images::plain(8, 8, RED));
        project.write(&format!("assets/found/{name}/asset.json"), "{}");
    }
    let lines = ["pack @", "pack @ --check", "doctor @ --workspace", "list @", "register @ found"];
    let expected = lines.map(|line| {
        let output = cli::run_json(project.root(), line);
        (output.code, output.stdout)
    });
    std::fs::remove_dir_all(project.at("build")).unwrap();
    let behind = tempfile::tempdir().unwrap();
    for order in ["--shuffle-dirents=yes", "--reverse-dirents=yes", "--sort-dirents=yes --reverse-dirents=yes"] {
        let script = "mount --bind \"$2\" \"$3\"; disorderfs --quiet --multi-user=no $1 \"$3\" \"$2\" -o nonempty; \
                      place=\"$2\"; shift 3; code=0; \"$@\" || code=$?; umount \"$place\"; exit $code";
        for (line, (code, answer)) in std::iter::zip(lines, &expected) {
            let mut arguments = vec![order.into(), project.root().into(), behind.path().into(), binary::path().into()];
            arguments.extend(cli::arguments(project.root(), &format!("{line} --format json")));
            let arguments: Vec<_> = arguments.iter().map(std::ffi::OsString::as_os_str).collect();
            let output = tools::run_in_own_mounts(script, &arguments);
            assert_eq!(output.code, *code, "{order}, {line}: {}{}", output.stdout, output.stderr);
            assert_eq!(output.stdout, *answer, "{order}, {line}");
        }
        reference.assert_same_outputs(project.root(), order);
    }
}

/// Writes `files` into `root`, in this order.
fn write_files<'f>(root: &Path, files: impl Iterator<Item = (&'f String, &'f tree::Node)>) {
    for (path, node) in files {
        if let tree::Node::File(bytes) = node {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn creation_order_changes_no_byte() {
    let reference = Reference::new();
    let files = tree::read_tree(reference.project.root());
    // A third order besides forward and backward: by the bytes of the files.
    let by_bytes: BTreeMap<(Vec<u8>, &String), &tree::Node> = files
        .iter()
        .filter_map(|(path, node)| match node {
            tree::Node::File(bytes) => Some(((bytes.iter().rev().copied().collect(), path), node)),
            _ => None,
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let [forth, back, mixed] = ["forth", "back", "mixed"].map(|name| folder.path().join(name));
    write_files(&forth, files.iter());
    write_files(&back, files.iter().rev());
    write_files(&mixed, by_bytes.iter().map(|((_, path), node)| (*path, *node)));
    for root in [forth, back, mixed] {
        cli::run_ok(&root, "pack @");
        reference.assert_same_outputs(&root, &root.display().to_string());
    }
}

#[test]
fn project_location_changes_no_byte() {
    let reference = Reference::new();
    let folder = tempfile::tempdir().unwrap();
    for place in
        ["a", "with spaces/and 'quotes'", "日本語/ünï", "-dash", "deep/deep/deep/deep/deep/deep/deep/deep/deep"]
    {
        let root = folder.path().join(place);
        support::copy_folder(reference.project.root(), &root);
        cli::run_ok(&root, "pack @");
        reference.assert_same_outputs(&root, place);
        let moved = folder.path().join("moved");
        std::fs::rename(&root, &moved).unwrap();
        cli::run_ok(&moved, "pack @");
        reference.assert_same_outputs(&moved, "moved");
        std::fs::remove_dir_all(&moved).unwrap();
    }
}

#[test]
fn stray_files_change_no_byte() {
    let reference = Reference::new();
    reference
        .project
        .write("assets/sfx/0/unused.wav", "never read")
        .write("assets/found/asset.json", "{}")
        .write("assets/.prometeu/identities.json", "not a cache")
        .write("src/main.rs", "fn main() {}")
        .write("build/other.txt", "unrelated");
    reference.assert_packs_the_same("stray files", &mut reference.command("pack @"));
}

#[test]
fn previous_pack_changes_no_byte() {
    let reference = Reference::new();
    let (other, _) = fixtures::packed_project();
    for name in OUTPUTS {
        reference.project.write(&format!("build/{name}"), other.read(&format!("build/{name}")));
    }
    reference.assert_packs_the_same("another pack", &mut reference.command("pack @"));
    for name in OUTPUTS {
        reference.project.write(&format!("build/{name}"), "x".repeat(1 << 20));
    }
    reference.assert_packs_the_same("longer files", &mut reference.command("pack @"));
}

#[test]
fn artifact_order_changes_no_pack_byte() {
    let reference = Reference::new();
    // All files except the companion, which has the hash of the declaration itself.
    let path = "assets/sfx/0/asset.json";
    let mut declaration: serde_json::Value = serde_json::from_str(&reference.project.read_text(path)).unwrap();
    declaration["artifacts"].as_array_mut().unwrap().reverse();
    reference.project.write(path, serde_json::to_vec(&declaration).unwrap());
    cli::run_ok(reference.project.root(), "pack @");
    let outputs = reference.project.outputs();
    let same: Vec<bool> = std::iter::zip(&outputs, &reference.outputs).map(|(a, b)| a == b).collect();
    assert_eq!(same, [true, true, false, true]);
}
