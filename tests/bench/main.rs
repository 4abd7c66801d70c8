//! The time and memory of the packer, compared with the minimum for such a program on the same machine.
//!
//! Run it with `cargo bench -p prometeu-tests --bench pack`; it takes about five minutes. It creates projects in
//! temporary folders, lets the packer and the program that it is compared with work in turn, each in its own process,
//! and prints the medians and their ratio; then the packer's peak memory. A missed goal is printed and does not fail
//! the run, because a busy machine measures badly. What a frame of the window costs is in the bench `frames` of
//! `prometeu-workbench`, and `cargo bench --workspace` runs both. `docs/performance.md` has results.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and cannot continue without files")]

mod floor;
mod open;
mod project;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{TestProject, binary, large_projects};

/// Runs of each program; an odd number of them is counted, so that the median is one of them.
const RUNS: usize = 13;
/// The first runs of each, which read the files for the first time, are not counted.
const WARM_UP: usize = 2;
/// The goal for the packer's peak memory, at any size.
const GOAL_MEMORY_KIB: u64 = 64 << 10;
/// The goal for its growth with ten times the sound: a small part of the added payload.
const GOAL_GROWTH_KIB: u64 = 4 << 10;

fn main() {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let path = |n: usize| Path::new(&arguments[n]);
    match arguments.first().and_then(|first| first.to_str()) {
        Some("--floor") => floor::pack(path(1), path(2)),
        Some("--walk") => floor::walk(path(1)),
        Some("--copy") => floor::copy(path(1), path(2)),
        Some("--edit") => floor::edit(path(1), path(2)),
        Some("--decode") => floor::decode(path(1), None),
        Some("--import") => floor::decode(path(1), Some(path(2))),
        Some("--bench") => measure(),
        _ => println!("nothing was measured: run `cargo bench -p prometeu-tests --bench pack`"),
    }
}

fn measure() {
    println!("medians of {} alternating runs\n", RUNS - WARM_UP);
    print_line(["work", "time", "relative to", "time", "ratio", "goal", ""]);
    clean_packs();
    for (count, goal) in [(1_000, 1.3), (10_000, 1.0)] {
        unchanged_packs(count, goal);
    }
    one_changed_tile();
    regions_of_an_image();
    aseprite_files();
    imported_files();
    opened_packs();
    for count in [10, 10_000] {
        one_edit(count);
    }
    println!();
    print_line(["peak memory", "", "", "", "", "goal", ""]);
    peak_memory();
}

/// Packs the project from scratch, and compares with a program that only decodes and writes.
fn clean_packs() {
    let project = project::create(1);
    project::wait_until_settled(&project);
    let mut clean = pack(&project);
    clean.arg("--no-cache");
    let floor = &mut this_program("--floor", &[&project.at("assets"), &project.at("floor")]);
    // Outputs that are right are not written again.
    let packer = || {
        std::fs::remove_dir_all(project.at("build")).ok();
        wall_time(&mut clean)
    };
    let work = format!("clean pack, {} tiles and {} sounds", project::TILES, project::SOUNDS);
    compare(&work, packer, "read, decode, write, sync", || wall_time(floor), 1.4);
}

/// Packs a project of which nothing has changed.
fn unchanged_packs(count: u32, goal: f64) {
    let project = large_projects::create_valid(count);
    wall_time(&mut pack(&project));
    project::wait_until_trusted();
    for _ in 0..2 {
        wall_time(&mut pack(&project));
    }
    let work = format!("nothing changed, {count} assets");
    let walk = || wall_time(&mut this_program("--walk", &[&project.at("assets")]));
    compare(&work, || wall_time(&mut pack(&project)), "walk and stat", walk, goal);
    if count < 10_000 {
        return;
    }
    let git = |line: &str| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=x", "-c", "user.email=x", "-c", "gc.auto=0"]).args(line.split(' '));
        git.current_dir(project.root());
        git
    };
    for line in ["init --quiet", "add assets", "commit --quiet --message x", "status --short"] {
        assert!(git(line).output().unwrap().status.success(), "git {line}");
    }
    let status = || wall_time(&mut git("status --short"));
    compare(&work, || wall_time(&mut pack(&project)), "git status", status, 0.5);
}

/// Packs a project after one of its tiles was saved. All other files are old enough to be recognized by their stamps,
/// as those of a real project are, and the pack is older than two seconds.
fn one_changed_tile() {
    let project = project::create(2);
    let mut is_first = false;
    let packer = || {
        is_first = !is_first;
        project::save_tile(&project, is_first);
        project::wait_until_old();
        wall_time(&mut pack(&project))
    };
    wall_time(&mut pack(&project));
    project::wait_until_trusted();
    wall_time(&mut pack(&project));
    let (published, copy) = (project.at("build/assets.pa"), project.at("copy"));
    let work = format!("one tile changed, pack of {:.0} MB", project.pack_bytes().len() as f64 / 1e6);
    compare(&work, packer, "copy and sync", || wall_time(&mut this_program("--copy", &[&published, &copy])), 1.2);
}

/// Packs a bank of many regions of a large image: the image is decoded once.
fn regions_of_an_image() {
    let [one, many] = [1, project::REGIONS].map(project::create_regions);
    for project in [&one, &many] {
        project::wait_until_settled(project);
    }
    let packer = |project: &TestProject| wall_time(pack(project).arg("--no-cache"));
    let work = format!("{} regions of an image", project::REGIONS);
    compare(&work, || packer(&many), "one region of it", || packer(&one), 1.5);
}

/// Packs banks of Aseprite files, and compares with the same frames as PNGs.
fn aseprite_files() {
    for (is_indexed, form) in [(true, "indexed"), (false, "true color")] {
        let [sprites, images] = [false, true].map(|is_png| project::create_sprites(is_indexed, is_png));
        for project in [&sprites, &images] {
            project::wait_until_settled(project);
        }
        let packer = |project: &TestProject| wall_time(pack(project).arg("--no-cache"));
        let work = format!("{} Aseprite files, {form}", project::SPRITES);
        compare(&work, || packer(&sprites), "the same frames as PNGs", || packer(&images), 1.3);
        assert_eq!(sprites.pack_bytes(), images.pack_bytes(), "both must be the same pack");
    }
}

/// Creates banks of files that a pack does not read, and compares with decoding them, by the same crates; and with
/// decoding, writing and syncing them.
fn imported_files() {
    let files = project::create_imports();
    let packer = || {
        let project = TestProject::new();
        let create = |(folder, kind): (&str, &str)| {
            let mut create = binary::command(["create"]);
            create.arg(project.root()).args([folder, "--type", kind]).arg(files.at(folder));
            wall_time(&mut create)
        };
        project::IMPORTS.into_iter().map(create).sum()
    };
    let work = format!("import of {} files", 250 * project::IMPORTS.len());
    let decode = || wall_time(&mut this_program("--decode", &[files.root()]));
    compare(&work, packer, "decode", decode, 1.5);
    let out = files.at("out");
    let import = || {
        std::fs::remove_dir_all(&out).ok();
        wall_time(&mut this_program("--import", &[files.root(), &out]))
    };
    compare(&work, packer, "decode, write, sync", import, 1.5);
}

/// Opens a pack and reads one payload, in this process.
fn opened_packs() {
    let project = large_projects::create_valid(1_000);
    wall_time(&mut pack(&project));
    let (packed, zipped) = (project.at("build/assets.pa"), project.at("zipped"));
    let last = open::write_zip(&packed, &zipped);
    let ours = || open::read_from_pack(&packed, last);
    compare("open a pack of 1000 assets, read one", ours, "the crate zip", || open::read_from_zip(&zipped, last), 0.3);
}

/// Edits one asset, and compares with a program that only writes the same bytes.
fn one_edit(count: u32) {
    let project = large_projects::create_valid(count);
    let declaration = project.at(&format!("assets/{}/asset.json", large_projects::asset_root(4)));
    let mut is_first = false;
    let mut edit = || {
        is_first = !is_first;
        let mut command = binary::command(["cut"]);
        command.arg(project.root()).args(["id:5", "0", if is_first { "--skip-blank" } else { "--none" }]);
        command
    };
    wall_time(&mut edit());
    let record = project.at("assets/.prometeu/history/000001");
    let [record, declaration] = [record, declaration].map(|path| {
        let name = path.file_name().unwrap();
        let folder = project.at("floor").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let copy = folder.join("file");
        std::fs::copy(&path, &copy).unwrap();
        copy
    });
    let floor = || wall_time(&mut this_program("--edit", &[&record, &declaration]));
    let work = format!("one edit, {count} assets");
    compare(&work, || wall_time(&mut edit()), "write and sync the same", floor, 2.0);
}

fn peak_memory() {
    let [small, large] = [1, 10].map(project::create);
    let [small, large] = [small, large].map(|project| peak_kib(&project));
    let growth = small.zip(large).map(|(small, large)| large.saturating_sub(small));
    let many = project::create_many(10_000);
    let bytes: u64 =
        std::fs::read_dir(many.at("assets/area")).unwrap().map(|entry| folder_bytes(&entry.unwrap())).sum();
    let of_many = peak_kib(&many);
    print_memory("the project above", small, GOAL_MEMORY_KIB);
    print_memory("with ten times the sound", large, GOAL_MEMORY_KIB);
    print_memory("its growth", growth, GOAL_GROWTH_KIB);
    print_memory(&format!("10000 assets, {:.0} MB", bytes as f64 / 1e6), of_many, GOAL_MEMORY_KIB);
    print_memory("nothing changed", peak_kib(&many), GOAL_MEMORY_KIB);
}

fn folder_bytes(folder: &std::fs::DirEntry) -> u64 {
    let files = std::fs::read_dir(folder.path()).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

/// Measures both in turn, and prints the medians and their ratio.
fn compare(
    work: &str,
    mut packer: impl FnMut() -> Duration,
    relative_to: &str,
    mut other: impl FnMut() -> Duration,
    goal: f64,
) {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        times[0].push(packer());
        times[1].push(other());
    }
    let [packer, other] = times.map(|times| median(&times[WARM_UP..]));
    let ratio = packer.as_secs_f64() / other.as_secs_f64();
    print_line([
        work,
        &milliseconds(packer),
        relative_to,
        &milliseconds(other),
        &format!("{ratio:.2}"),
        &format!("≤ {goal}"),
        if ratio <= goal { "met" } else { "MISSED" },
    ]);
}

fn print_memory(work: &str, measured: Option<u64>, goal: u64) {
    let mebibytes = |kib: u64| format!("{:.1} MiB", kib as f64 / 1024.0);
    let verdict = match measured {
        Some(kib) if kib <= goal => "met",
        Some(_) => "MISSED",
        None => "NOT MEASURED: /usr/bin/time is missing (Debian: apt-get install time)",
    };
    let measured = measured.map_or_else(|| "–".to_owned(), mebibytes);
    print_line([work, &measured, "", "", "", &format!("≤ {}", mebibytes(goal)), verdict]);
}

fn print_line([work, time, relative_to, other, ratio, goal, verdict]: [&str; 7]) {
    let line = format!("{work:<40}{time:>10}  {relative_to:<26}{other:>10}{ratio:>7}{goal:>12}  {verdict}");
    println!("{}", line.trim_end());
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn pack(project: &TestProject) -> Command {
    let mut command = binary::command(["pack"]);
    command.arg(project.root());
    command
}

/// This program as a floor: in its own process, like the packer.
fn this_program(floor: &str, paths: &[&Path]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(floor).args(paths);
    command
}

/// The wall time of a whole process.
fn wall_time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.output().unwrap();
    let time = start.elapsed();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !stderr.contains("warning"), "{command:?}: {stderr}");
    time
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

/// The peak memory of a pack in KiB, as counted by the kernel; `None` if GNU time is not installed.
///
/// GNU time starts the packer instead of this program, because a child's count begins with the memory of its parent.
fn peak_kib(project: &TestProject) -> Option<u64> {
    let pack = pack(project);
    let mut command = Command::new("/usr/bin/time");
    command.args(["--format", "%M"]).arg(pack.get_program()).args(pack.get_args()).stdout(Stdio::null());
    let output = command.output().ok()?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    stderr.lines().last()?.trim().parse().ok()
}
