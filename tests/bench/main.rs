//! The time and memory of a whole `prometeu-packer pack`, compared with the minimum for such a program.
//!
//! Run it with `cargo bench -p prometeu-tests --bench pack`. It creates a project in a temporary folder, lets the
//! packer and the [`floor`] pack it in turn, and prints the medians and their ratio; then the packer's peak memory, at
//! this size and with ten times the sound. A missed goal is printed and does not fail the run, because a busy machine
//! measures badly.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and cannot continue without files")]

mod floor;
mod project;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{TestProject, binary};

/// Runs of each program; an odd number of them is counted, so that the median is one of them.
const RUNS: usize = 13;
/// The first runs of each, which read the files for the first time, are not counted.
const WARM_UP: usize = 2;
/// The goal for the packer's time, as a multiple of the floor's.
const GOAL_RATIO: f64 = 2.5;
/// The goal for the packer's peak memory, at any size.
const GOAL_MEMORY_KIB: u64 = 64 << 10;
/// The goal for a bank of many regions of one image, as a multiple of the time of a bank of one region: the image is
/// decoded once.
const GOAL_REGIONS: f64 = 1.5;
/// The goal for its growth with ten times the sound: a small part of the added payload.
const GOAL_GROWTH_KIB: u64 = 4 << 10;

fn main() {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("--floor") => floor::run(Path::new(&arguments[1]), Path::new(&arguments[2])),
        Some("--bench") => measure(),
        _ => println!("nothing was measured: run `cargo bench -p prometeu-tests --bench pack`"),
    }
}

fn measure() {
    let small = project::create(1);
    let (tiles, glyph_banks) = (project::TILES, project::GLYPH_BANKS);
    let (sounds, sound_banks) = (project::SOUNDS, project::SOUND_BANKS);
    println!("{tiles} tiles in {glyph_banks} banks and {sounds} sounds in {sound_banks} banks");
    project::wait_until_settled(&small);
    let (mut packer, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        packer.push(wall_time(&mut pack(&small)));
        floor.push(wall_time(&mut floor_of(&small)));
    }
    let (packer, floor) = (median(&packer[WARM_UP..]), median(&floor[WARM_UP..]));
    let ratio = packer.as_secs_f64() / floor.as_secs_f64();
    let memory = peak_kib(&small);
    let pack_bytes = small.pack_bytes().len();
    drop(small);
    let large = project::create(10);
    project::wait_until_settled(&large);
    let more_memory = peak_kib(&large);

    let regions = regions_ratio();

    println!("a pack of {:.1} MB; medians of {} alternating runs", pack_bytes as f64 / 1e6, RUNS - WARM_UP);
    println!();
    print_row("", "measured", "goal", "");
    print_row("floor: read, decode, write, sync", &milliseconds(floor), "", "");
    print_row("prometeu-packer pack", &milliseconds(packer), "", "");
    print_row("ratio", &format!("{ratio:.2}"), &format!("≤ {GOAL_RATIO}"), verdict(Some(ratio <= GOAL_RATIO)));
    let goal = format!("≤ {} MiB", GOAL_MEMORY_KIB >> 10);
    let within = |memory: Option<u64>| memory.map(|kib| kib <= GOAL_MEMORY_KIB);
    print_row("peak memory", &mebibytes(memory), &goal, verdict(within(memory)));
    print_row("peak memory, ten times the sound", &mebibytes(more_memory), &goal, verdict(within(more_memory)));
    let growth = memory.zip(more_memory).map(|(memory, more)| more.saturating_sub(memory));
    let of_regions = format!("{} regions of an image, to one of it", project::REGIONS);
    print_row(
        &of_regions,
        &format!("{regions:.2}"),
        &format!("≤ {GOAL_REGIONS}"),
        verdict(Some(regions <= GOAL_REGIONS)),
    );
    let goal = format!("≤ {} MiB", GOAL_GROWTH_KIB >> 10);
    print_row("growth of peak memory", &mebibytes(growth), &goal, verdict(growth.map(|kib| kib <= GOAL_GROWTH_KIB)));
}

/// The time of a bank of many regions of a large image, as a multiple of the time of a bank of one.
fn regions_ratio() -> f64 {
    let projects = [1, project::REGIONS].map(project::create_regions);
    projects.iter().for_each(project::wait_until_settled);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for (project, times) in std::iter::zip(&projects, &mut times) {
            times.push(wall_time(&mut pack(project)));
        }
    }
    let [one, many] = times.map(|times| median(&times[WARM_UP..]).as_secs_f64());
    many / one
}

fn print_row(what: &str, measured: &str, goal: &str, verdict: &str) {
    println!("{what:<38}{measured:>12}{goal:>12}   {verdict}");
}

fn verdict(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "NOT MEASURED: /usr/bin/time is missing (Debian: apt-get install time)",
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn mebibytes(kib: Option<u64>) -> String {
    kib.map_or_else(|| "–".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0))
}

fn pack(project: &TestProject) -> Command {
    let mut command = binary::command(["pack"]);
    command.arg(project.root());
    command
}

/// The floor runs in its own process, like the packer: it is this program again.
fn floor_of(project: &TestProject) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("--floor").arg(project.at("assets")).arg(project.at("floor"));
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
