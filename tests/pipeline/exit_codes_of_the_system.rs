//! What the system refuses is 2, and beats all else: permissions, special files, a held lock, a full disk.

use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use support::binary;

use crate::exit_codes::in_both_formats;
use crate::tools::{self, OrdinaryUser, Tool};
use crate::{cli, scenes};

/// Something at a path that is no regular file, and the finding when a declaration names it.
const ODD: [(&str, &str); 5] = [
    ("a pipe", "file-not-regular"),
    ("a socket", "file-not-regular"),
    ("a link to a device", "link-outside"),
    ("a link out of the root", "link-outside"),
    ("a link to nowhere", "link-outside"),
];

fn put(what: &str, path: &Path) {
    match what {
        "a pipe" => tools::make_pipe(path),
        "a socket" => drop(UnixListener::bind(path).unwrap()),
        "a link to a device" => symlink("/dev/zero", path).unwrap(),
        "a link out of the root" => symlink("../../sfx/blip/blip.wav", path).unwrap(),
        _ => symlink("nowhere.png", path).unwrap(),
    }
}

#[test]
fn odd_files_and_links_in_a_root_are_1_and_block_nothing_for_ever() {
    for (what, finding) in ODD {
        for (file, line) in [("tile.png", "pack @"), ("asset.json", "pack @"), ("asset.json", "doctor @ --workspace")] {
            in_both_formats(&format!("{what} for {file}: `{line}`"), 1, finding, |format| {
                let project = scenes::small();
                let path = project.at("assets/ui/icons").join(file);
                std::fs::remove_file(&path).unwrap();
                put(what, &path);
                cli::run(project.root(), &format!("{line} --format {format}"))
            });
        }
    }
}

#[test]
fn odd_files_that_a_person_names_are_1() {
    for what in ["a pipe", "a socket", "a link to a device"] {
        for line in ["verify @/odd", "inspect @/odd", "create @ a --type glyph_bank @/odd"] {
            in_both_formats(&format!("{what}: `{line}`"), 1, "file-not-regular", |format| {
                let project = scenes::small();
                put(what, &project.at("odd"));
                cli::run(project.root(), &format!("{line} --format {format}"))
            });
        }
    }
    for line in ["create @ a --type glyph_bank /dev/zero", "verify /dev/zero", "inspect /dev/null"] {
        let run = |format: &str| cli::run(scenes::small().root(), &format!("{line} --format {format}"));
        in_both_formats(line, 1, "file-not-regular", run);
    }
}

#[test]
fn what_may_not_be_read_or_written_is_2_and_beats_1_and_3() {
    let Some(user) = OrdinaryUser::find() else { return };
    // What is forbidden, with which mode it is left, the line, and the finding; `!` breaks the icons as well.
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
        ("build", 0o500, "pack @", "file-unwritable"),
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
        in_both_formats(&format!("{forbidden} with mode {mode:o}: `{line}`"), 2, finding, |format| {
            let (project, _) = scenes::packed();
            if line.ends_with('!') {
                project.write("assets/ui/icons/tile.png", "GIF89a");
            }
            user.give(&project);
            tools::set_mode(&project.at(forbidden), mode);
            let line = format!("{} --format {format}", line.trim_end_matches('!'));
            let ended = tools::end(&mut user.command(cli::words(project.root(), &line)));
            tools::set_mode(&project.at(forbidden), 0o700);
            ended
        });
    }
}

#[test]
fn those_that_only_tell_are_0_even_of_what_they_may_not_read() {
    let Some(user) = OrdinaryUser::find() else { return };
    for line in ["list @", "show @ id:1"] {
        in_both_formats(line, 0, "file-unreadable", |format| {
            let project = scenes::small();
            user.give(&project);
            tools::set_mode(&project.at("assets/ui/icons/tile.png"), 0);
            tools::end(&mut user.command(cli::words(project.root(), &format!("{line} --format {format}"))))
        });
    }
}

#[test]
fn a_held_lock_is_2_for_those_who_will_not_wait() {
    in_both_formats("a held lock", 2, "project-locked", |format| {
        let project = scenes::small();
        project.write("assets/.prometeu/lock", "somebody");
        let held = std::fs::File::options().write(true).open(project.at("assets/.prometeu/lock")).unwrap();
        held.lock().unwrap();
        cli::run(project.root(), &format!("pack @ --no-wait --format {format}"))
    });
}

#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_full_disk_is_2() {
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    for (place, line) in [("build", "pack @"), ("assets/.prometeu", "create @ a --type sound_bank @/big.wav")] {
        in_both_formats(line, 2, "disk-full", |format| {
            let (project, _) = scenes::packed();
            let noise = support::sounds::Wav::mono16(22_050, &[7; 100_000]).bytes();
            project.write("big.wav", &noise).write("assets/sfx/blip/blip.wav", &noise);
            let script = "cd \"$1\"; cp -a \"$2\" kept; mount -t tmpfs -o size=128k tmpfs \"$2\"; cp -a kept/. \"$2\"; \
                          shift 2; exec \"$@\"";
            let line = cli::words(project.root(), &format!("{line} --format {format}"));
            let mut arguments = vec![project.root().as_os_str(), OsStr::new(place), binary::path().as_os_str()];
            arguments.extend(line.iter().map(std::ffi::OsString::as_os_str));
            tools::in_own_mounts(script, &arguments)
        });
    }
}
