//! What a whole `prometeu-packer pack` costs, in time and in memory, beside the least that such a program can do.
//!
//! Run it with `cargo bench -p prometeu-tests --bench pack`. It makes a project in a temporary folder, lets the packer
//! and the [`floor`] pack it in turn, and prints the medians and their ratio; then the packer's greatest memory, at
//! this size and with ten times the sound. The numbers are for people: a missed goal is said, and is no failure,
//! because a busy machine measures badly.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measuring tool prints, and cannot go on without files"
)]

mod floor;
mod project;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{TestProject, binary};

/// Runs of each program; the first two of each are not counted.
const RUNS: usize = 13;
const WARM_UP: usize = 2;
/// The packer may take this many times as long as the floor.
const GOAL_RATIO: f64 = 2.5;
/// The packer's memory may never be more than this.
const GOAL_MEMORY_KIB: u64 = 64 << 10;
/// Ten times the sound may cost this much more memory, and still count as no more.
const GOAL_GROWTH_KIB: u64 = 4 << 10;

fn main() {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("--floor") => floor::run(Path::new(&arguments[1]), Path::new(&arguments[2])),
        Some("--bench") => measure(),
        _ => println!("nothing measured: run `cargo bench -p prometeu-tests --bench pack`"),
    }
}

fn measure() {
    let small = project::make(1);
    let (tiles, glyph_banks) = (project::TILES, project::GLYPH_BANKS);
    let (sounds, sound_banks) = (project::SOUNDS, project::SOUND_BANKS);
    println!("{tiles} tiles in {glyph_banks} banks and {sounds} sounds in {sound_banks} banks");
    project::wait_until_settled(&small);
    let (mut packer, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        packer.push(time(&mut pack(&small)));
        floor.push(time(&mut floor_of(&small)));
    }
    let (packer, floor) = (median(&packer[WARM_UP..]), median(&floor[WARM_UP..]));
    let ratio = packer.as_secs_f64() / floor.as_secs_f64();
    let memory = peak_kib(&small);
    let pack_bytes = small.pack_bytes().len();
    drop(small);
    let large = project::make(10);
    project::wait_until_settled(&large);
    let more_memory = peak_kib(&large);

    println!("a pack of {:.1} MB; medians of {} runs, in turn", pack_bytes as f64 / 1e6, RUNS - WARM_UP);
    println!();
    row("", "measured", "goal", "");
    row("floor: read, decode, write, sync", &millis(floor), "", "");
    row("prometeu-packer pack", &millis(packer), "", "");
    row("ratio", &format!("{ratio:.2}"), &format!("≤ {GOAL_RATIO}"), verdict(Some(ratio <= GOAL_RATIO)));
    let goal = format!("≤ {} MiB", GOAL_MEMORY_KIB >> 10);
    let within = |memory: Option<u64>| memory.map(|kib| kib <= GOAL_MEMORY_KIB);
    row("greatest memory", &mebi(memory), &goal, verdict(within(memory)));
    row("greatest memory, ten times the sound", &mebi(more_memory), &goal, verdict(within(more_memory)));
    let growth = memory.zip(more_memory).map(|(memory, more)| more.saturating_sub(memory));
    let goal = format!("≤ {} MiB", GOAL_GROWTH_KIB >> 10);
    row("growth", &mebi(growth), &goal, verdict(growth.map(|kib| kib <= GOAL_GROWTH_KIB)));
}

fn row(what: &str, measured: &str, goal: &str, verdict: &str) {
    println!("{what:<38}{measured:>12}{goal:>12}   {verdict}");
}

fn verdict(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "NOT MEASURED: /usr/bin/time is missing (Debian: apt-get install time)",
    }
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn mebi(kib: Option<u64>) -> String {
    kib.map_or_else(|| "–".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0))
}

fn pack(project: &TestProject) -> Command {
    let mut command = binary::command(["pack"]);
    command.arg(project.root());
    command
}

/// The floor runs in a process of its own, as the packer does: this program again.
fn floor_of(project: &TestProject) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("--floor").arg(project.at("assets")).arg(project.at("floor"));
    command
}

/// The wall time of a whole process.
fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.output().unwrap();
    let time = start.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{command:?}: {said}");
    time
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

/// The greatest memory of a pack in KiB, as the kernel counted it; `None` where GNU time is not installed.
///
/// GNU time starts the packer, and not this program, because a child's count begins with the memory of whoever starts
/// it.
fn peak_kib(project: &TestProject) -> Option<u64> {
    let pack = pack(project);
    let mut command = Command::new("/usr/bin/time");
    command.args(["--format", "%M"]).arg(pack.get_program()).args(pack.get_args()).stdout(Stdio::null());
    let output = command.output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said.lines().last()?.trim().parse().ok()
}
