//! A cache that is damaged, or cannot be written: the pack is published and the same, and a note says why.

use std::fs;
use std::io;

use packer_services::ops::{Operation, Published};
use packer_services::{Context, FaultPoint};
use support::{TestProject, codes};

use crate::{cli, scenes};

const CACHE: &str = "assets/.prometeu/cache.json";

fn replace_cache(project: &TestProject, with: impl FnOnce(&TestProject)) {
    fs::remove_file(project.at(CACHE)).unwrap();
    with(project);
}

#[test]
fn what_is_no_cache_is_ignored_told_and_made_anew() {
    let (project, outputs) = scenes::packed();
    let good = project.read_text(CACHE);
    let rows = [
        "",
        "{}",
        "null",
        "{\"cache\": 1, \"sha256\": \"\"}",
        &good[..good.len() - 1],
        &format!("{good}\n"),
        &good.replace("\"index\":0", "\"index\":1"),
        &good.replace("\"columns\":1", "\"columns\":0"),
        &good.replace("\"count\":1", "\"count\":4294967295"),
        &good.replace("\"schema_version\":1", "\"schema_version\":2"),
        &"[".repeat(1 << 20),
        &"\0".repeat(4096),
    ];
    for damaged in rows {
        project.write(CACHE, damaged);
        let shown: String = damaged.chars().take(60).collect();
        let checked = cli::ask(project.root(), "pack @ --check");
        assert_eq!((checked.code, checked.codes()), (0, vec!["cache-unusable".into()]), "{shown}");
        assert!(project.read_text(CACHE) == damaged, "a check writes nothing");
        let answer = cli::done(project.root(), "pack @");
        assert_eq!(answer["findings"][0]["code"], "cache-unusable", "{shown}");
        assert_eq!(answer["moved"], serde_json::Value::Null, "{shown}");
        assert!(project.outputs() == outputs && project.read_text(CACHE) == good, "{shown}");
    }
}

#[test]
fn a_cache_of_10_gb_is_not_read() {
    let (project, outputs) = scenes::packed();
    let file = fs::File::options().write(true).open(project.at(CACHE)).unwrap();
    file.set_len(10 << 30).unwrap();
    let answer = cli::done(project.root(), "pack @");
    let message = answer["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("10737418240 bytes") && message.contains("64 MiB"), "{message}");
    assert!(project.outputs() == outputs && project.at(CACHE).metadata().unwrap().len() < 4096);
}

#[test]
#[cfg(unix)]
fn a_link_in_its_place_is_replaced_and_never_written_through() {
    let (project, outputs) = scenes::packed();
    let good = project.read_text(CACHE);
    project.write("elsewhere.json", &good);
    replace_cache(&project, |project| {
        std::os::unix::fs::symlink(project.at("elsewhere.json"), project.at(CACHE)).unwrap();
    });
    let answer = cli::done(project.root(), "pack @");
    assert_eq!(answer["findings"][0]["code"], "cache-unusable");
    assert!(project.at(CACHE).symlink_metadata().unwrap().is_file());
    assert!(project.outputs() == outputs && project.read_text("elsewhere.json") == good);
}

#[test]
fn a_folder_in_its_place_is_left_and_told_once() {
    let (project, outputs) = scenes::packed();
    replace_cache(&project, |project| {
        project.write(&format!("{CACHE}/mine.txt"), "mine");
    });
    let answer = cli::done(project.root(), "pack @");
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(answer["findings"][0]["code"], "cache-unusable");
    assert!(project.outputs() == outputs && project.read_text(&format!("{CACHE}/mine.txt")) == "mine");
    let left: Vec<_> =
        fs::read_dir(project.at("assets/.prometeu")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().is_none_or(|extension| extension != "new")), "{left:?}");
}

#[test]
fn a_cache_that_cannot_be_written_costs_a_note_and_no_pack() {
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        let (project, _) = scenes::packed();
        let cache = project.read(CACHE);
        project.edit(scenes::ICONS, "ui_icons", "ui_glyphs");
        let faults = move |point| if point == FaultPoint::CacheWrite { Err(kind.into()) } else { Ok(()) };
        let report = project.pack_request().run(&Context::new().with_faults(faults)).unwrap();
        assert_eq!((report.published, codes(report.findings())), (Published::Published, vec!["cache-unusable"]));
        assert!(project.read(CACHE) == cache, "the old one stays, and is of another pack from now on");
        let report = project.pack();
        assert!(report.moved.is_none() && report.findings().is_empty());
    }
}

#[test]
#[cfg(unix)]
fn in_a_tool_folder_of_somebody_else_the_pack_is_published_without_a_cache() {
    use crate::tools;
    let Some(user) = tools::OrdinaryUser::find() else { return };
    let project = scenes::small();
    project.write("assets/.prometeu/lock", "").write("build/.keep", "");
    user.give(&project);
    tools::set_mode(&project.at("assets/.prometeu"), 0o555);
    let ended = tools::end(&mut user.command(cli::words(project.root(), "pack @ --format json")));
    tools::set_mode(&project.at("assets/.prometeu"), 0o755);
    assert_eq!((ended.code, ended.codes()), (0, vec!["cache-unusable".into()]), "{}", ended.stdout);
    assert!(project.exists("build/assets.pa") && !project.exists(CACHE));
}

#[test]
#[cfg(unix)]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn a_full_disk_under_the_cache_alone_costs_a_note() {
    use crate::tools::{self, Tool};
    if !tools::have(&[Tool::Mounts]) {
        return;
    }
    // The registry fits, and the lock; nothing more does.
    let script = "cd \"$1\"; cp -a assets/.prometeu kept; mount -t tmpfs -o size=64k,nr_inodes=3 tmpfs assets/.prometeu; \
                  cp -a kept/. assets/.prometeu; : >assets/.prometeu/lock; rm -r kept; shift; exec \"$@\"";
    let project = scenes::small();
    let line = cli::words(project.root(), "pack @ --format json");
    let mut arguments = vec![project.root().as_os_str(), support::binary::path().as_os_str()];
    arguments.extend(line.iter().map(std::ffi::OsString::as_os_str));
    let ended = tools::in_own_mounts(script, &arguments);
    assert_eq!((ended.code, ended.codes()), (0, vec!["cache-unusable".into()]), "{}{}", ended.stdout, ended.stderr);
    assert!(project.exists("build/assets.pa") && !project.exists("build/.prometeu"));
}
