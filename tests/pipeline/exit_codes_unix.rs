//! Exit code 2, before 1 and 3, when the system refuses: permissions, special files, a held lock, a full disk.

use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use support::binary;

use crate::exit_codes::in_all_formats;
use crate::tools::{self, OrdinaryUser, Tool};
use crate::{cli, fixtures};

/// Paths that are not regular files, and the finding when a declaration names them.
const SPECIAL_FILES: [(&str, &str); 5] = [
    ("a pipe", "file-not-regular"),
    ("a socket", "file-not-regular"),
    ("a link to a device", "link-outside"),
    ("a link out of the root", "link-outside"),
    ("a link to nowhere", "link-outside"),
];

fn create_special_file(what: &str, path: &Path) {
    match what {
        "a pipe" => tools::create_pipe(path),
        "a socket" => drop(UnixListener::bind(path).unwrap()),
        "a link to a device" => symlink("/dev/zero", path).unwrap(),
        "a link out of the root" => symlink("../../sfx/blip/blip.wav", path).unwrap(),
        _ => symlink("nowhere.png", path).unwrap(),
    }
}

#[test]
fn special_files_in_a_root_are_1() {
    for (what, finding) in SPECIAL_FILES {
        for (file, line) in [("tile.png", "pack @"), ("asset.json", "pack @"), ("asset.json", "doctor @ --workspace")] {
            in_all_formats(&format!("{what} for {file}: `{line}`"), 1, finding, |format| {
                let project = fixtures::small_project();
                let path = project.at("assets/ui/icons").join(file);
                std::fs::remove_file(&path).unwrap();
                create_special_file(what, &path);
                cli::run(project.root(), &format!("{line} --format {format}"))
            });
        }
    }
}

#[test]
fn special_files_as_arguments_are_1() {
    for what in ["a pipe", "a socket", "a link to a device"] {
        for line in ["verify @/special", "inspect @/special", "create @ a --type glyph_bank @/special"] {
            in_all_formats(&format!("{what}: `{line}`"), 1, "file-not-regular", |format| {
                let project = fixtures::small_project();
                create_special_file(what, &project.at("special"));
                cli::run(project.root(), &format!("{line} --format {format}"))
            });
        }
    }
    for line in ["create @ a --type glyph_bank /dev/zero", "verify /dev/zero", "inspect /dev/null"] {
        let run = |format: &str| cli::run(fixtures::small_project().root(), &format!("{line} --format {format}"));
        in_all_formats(line, 1, "file-not-regular", run);
    }
}

#[test]
fn missing_permission_is_2() {
    let Some(user) = OrdinaryUser::find() else { return };
    // The path, its mode, the line, and the finding; `!` breaks the icons too.
    let rows = [
        ("assets/ui/icons/tile.png", 0, "pack @", "file-unreadable"),
        ("assets/ui/icons/tile.png", 0, "pack @ --check", "file-unreadable"),
        ("assets/ui/icons/tile.png", 0, "doctor @", "file-unreadable"),
        ("assets/ui/icons/asset.json", 0, "pack @", "file-unreadable"),
        ("assets/ui/icons", 0, "pack @", "file-unreadable"),
        ("assets/.prometeu/index.json", 0, "pack @", "file-unreadable"),
        ("assets/.prometeu/index.json", 0, "list @", "file-unreadable"),
        ("assets/.prometeu/index.json", 0, "show @ id:1", "file-unreadable"),
        ("assets/.prometeu/index.json", 0, "doctor @", "file-unreadable"),
        ("assets/.prometeu/index.json", 0, "register @ ui/other", "file-unreadable"),
        ("assets/.prometeu", 0o500, "create @ a --type glyph_bank @/assets/ui/icons/tile.png", "file-unwritable"),
        ("assets/ui", 0o500, "create @ ui/a --type glyph_bank @/assets/ui/icons/tile.png", "file-unwritable"),
        ("assets/sfx/blip/blip.wav", 0, "create @ a --type sound_bank @/assets/sfx/blip/blip.wav", "file-unreadable"),
        ("build", 0o500, "pack @ --no-cache", "file-unwritable"),
        ("build/assets.pa", 0, "pack @ --check", "file-unreadable"),
        ("build/preload.json", 0, "pack @ --check", "file-unreadable"),
        ("build/assets.pa", 0, "verify @/build/assets.pa", "file-unreadable"),
        ("build/assets.pa", 0, "inspect @/build/assets.pa", "file-unreadable"),
        ("build/asset_table.json", 0, "verify @/build/assets.pa", "file-unreadable"),
        ("assets/sfx/blip/blip.wav", 0, "pack @ !", "image-not-png"),
        ("assets/sfx/blip/blip.wav", 0, "doctor @ !", "image-not-png"),
        ("assets/sfx/blip/blip.wav", 0, "pack @ --check !", "image-not-png"),
    ];
    for (forbidden, mode, line, finding) in rows {
        in_all_formats(&format!("{forbidden} with mode {mode:o}: `{line}`"), 2, finding, |format| {
            let (project, _) = fixtures::packed_project();
            if line.ends_with('!') {
                project.write("assets/ui/icons/tile.png", "GIF89a");
            }
            user.take_ownership_of(&project);
            tools::set_mode(&project.at(forbidden), mode);
            let line = format!("{} --format {format}", line.trim_end_matches('!'));
            let output = tools::run_to_end(&mut user.command(cli::arguments(project.root(), &line)));
            tools::set_mode(&project.at(forbidden), 0o700);
            output
        });
    }
}

#[test]
fn listing_unreadable_files_is_0() {
    let Some(user) = OrdinaryUser::find() else { return };
    for line in ["list @", "show @ id:1"] {
        in_all_formats(line, 0, "file-unreadable", |format| {
            let project = fixtures::small_project();
            user.take_ownership_of(&project);
            tools::set_mode(&project.at("assets/ui/icons/tile.png"), 0);
            tools::run_to_end(&mut user.command(cli::arguments(project.root(), &format!("{line} --format {format}"))))
        });
    }
}

#[test]
fn held_lock_without_waiting_is_2() {
    in_all_formats("a held lock", 2, "project-locked", |format| {
        let project = fixtures::small_project();
        project.write("assets/.prometeu/lock", "another packer");
        let held = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
        held.lock().unwrap();
        cli::run(project.root(), &format!("pack @ --no-wait --format {format}"))
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn full_disk_is_2() {
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    for (place, line) in [("build", "pack @"), ("assets/.prometeu", "create @ a --type sound_bank @/big.wav")] {
        in_all_formats(line, 2, "disk-full", |format| {
            let (project, _) = fixtures::packed_project();
            let noise = support::sounds::Wav::mono16(22_050, &[7; 100_000]).bytes();
            project.write("big.wav", &noise).write("assets/sfx/blip/blip.wav", &noise);
            let script = "cd \"$1\"; cp -a \"$2\" kept; mount -t tmpfs -o size=128k tmpfs \"$2\"; cp -a kept/. \"$2\"; \
                          shift 2; exec \"$@\"";
            let line = cli::arguments(project.root(), &format!("{line} --format {format}"));
            let mut arguments = vec![project.root().as_os_str(), OsStr::new(place), binary::path().as_os_str()];
            arguments.extend(line.iter().map(std::ffi::OsString::as_os_str));
            tools::run_in_own_mounts(script, &arguments)
        });
    }
}

/// Recursion is bounded by the limits of the input: the deepest JSON needs an eighth of the usual stack at most.
#[test]
fn deepest_input_fits_a_small_stack() {
    let deepest = |open: &str, close: &str| format!("{}0{}", open.repeat(64), close.repeat(64));
    for (text, code) in [
        (deepest("[", "]"), "json-wrong-type"),
        (deepest("{\"a\":", "}"), "json-unknown-key"),
        (deepest("[", "]").replace('0', "[[0]]"), "json-too-deep"),
        ("[".repeat(1 << 20), "json-too-deep"),
    ] {
        for file in [fixtures::ICONS, fixtures::REGISTRY] {
            let project = fixtures::small_project();
            project.write(file, &text);
            let mut command = std::process::Command::new("sh");
            command.args(["-c", "ulimit -s 1024; exec \"$@\"", "sh"]).arg(binary::path());
            command.args(cli::arguments(project.root(), "pack @ --format json"));
            let output = tools::run_to_end(&mut command);
            assert_eq!(output.code, 1, "{file}: {}{}", output.stdout, output.stderr);
            assert!(output.codes().iter().any(|found| found == code), "{file}: {:?}", output.codes());
        }
    }
}
