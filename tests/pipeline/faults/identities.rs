//! A cache that is damaged or cannot be written: the same pack is published, with a note.

use std::fs;
use std::io;

use packer_services::ops::{Operation, Published};
use packer_services::{Context, FaultPoint};
use support::{TestProject, codes};

use crate::{cli, fixtures};

const CACHE: &str = "assets/.prometeu/identities.json";

fn replace_cache(project: &TestProject, with: impl FnOnce(&TestProject)) {
    fs::remove_file(project.at(CACHE)).unwrap();
    with(project);
}

#[test]
fn invalid_cache_is_reported_and_replaced() {
    let (project, outputs) = fixtures::packed_project();
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
        let checked = cli::run_json(project.root(), "pack @ --check");
        assert_eq!((checked.code, checked.codes()), (0, vec!["cache-unusable".into()]), "{shown}");
        assert!(project.read_text(CACHE) == damaged, "a check must write nothing");
        let answer = cli::run_ok(project.root(), "pack @");
        assert_eq!(answer["findings"][0]["code"], "cache-unusable", "{shown}");
        assert_eq!(answer["moved"], serde_json::Value::Null, "{shown}");
        assert!(project.outputs() == outputs && project.read_text(CACHE) == good, "{shown}");
    }
}

#[test]
fn huge_cache_is_not_read() {
    let (project, outputs) = fixtures::packed_project();
    let file = fs::File::options().write(true).open(project.at(CACHE)).unwrap();
    file.set_len(10 << 30).unwrap();
    let answer = cli::run_ok(project.root(), "pack @");
    let message = answer["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("10737418240 bytes") && message.contains("64 MiB"), "{message}");
    assert!(project.outputs() == outputs && project.at(CACHE).metadata().unwrap().len() < 4096);
}

#[test]
#[cfg(unix)]
fn linked_cache_is_replaced() {
    let (project, outputs) = fixtures::packed_project();
    let good = project.read_text(CACHE);
    project.write("elsewhere.json", &good);
    replace_cache(&project, |project| {
        std::os::unix::fs::symlink(project.at("elsewhere.json"), project.at(CACHE)).unwrap();
    });
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["findings"][0]["code"], "cache-unusable");
    assert!(project.at(CACHE).symlink_metadata().unwrap().is_file());
    assert!(project.outputs() == outputs && project.read_text("elsewhere.json") == good);
}

#[test]
fn folder_as_cache_is_kept_and_reported() {
    let (project, outputs) = fixtures::packed_project();
    replace_cache(&project, |project| {
        project.write(&format!("{CACHE}/mine.txt"), "mine");
    });
    let answer = cli::run_ok(project.root(), "pack @");
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(answer["findings"][0]["code"], "cache-unusable");
    assert!(project.outputs() == outputs && project.read_text(&format!("{CACHE}/mine.txt")) == "mine");
    let left: Vec<_> =
        fs::read_dir(project.at("assets/.prometeu")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| path.extension().is_none_or(|extension| extension != "new")), "{left:?}");
}

#[test]
fn unwritable_cache_is_a_note() {
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        let (project, _) = fixtures::packed_project();
        let cache = project.read(CACHE);
        project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
        let faults = move |point| if point == FaultPoint::IdentitiesWrite { Err(kind.into()) } else { Ok(()) };
        let report = project.pack_request().run(&Context::new().with_faults(faults)).unwrap();
        assert_eq!((report.published, codes(report.findings())), (Published::Published, vec!["cache-unusable"]));
        assert!(
            project.read(CACHE) == cache,
            "the previous cache must be kept, although it no longer matches the pack"
        );
        let report = project.pack();
        assert!(report.moved.is_none() && report.findings().is_empty());
    }
}

#[test]
#[cfg(unix)]
fn foreign_tool_folder_means_no_cache() {
    use crate::tools;
    let Some(user) = tools::OrdinaryUser::find() else { return };
    let project = fixtures::small_project();
    project.write("assets/.prometeu/lock", "").write("build/.keep", "");
    user.take_ownership_of(&project);
    tools::set_mode(&project.at("assets/.prometeu"), 0o555);
    let output = tools::run_to_end(&mut user.command(cli::arguments(project.root(), "pack @ --format json")));
    tools::set_mode(&project.at("assets/.prometeu"), 0o755);
    assert_eq!((output.code, output.codes()), (0, vec!["cache-unusable".into()]), "{}", output.stdout);
    assert!(project.exists("build/assets.pa") && !project.exists(CACHE));
}

#[test]
#[cfg(unix)]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn full_disk_for_cache_is_a_note() {
    use crate::tools::{self, Tool};
    if !tools::are_available(&[Tool::Mounts]) {
        return;
    }
    // Only the registry and the lock fit.
    let script = "cd \"$1\"; cp -a assets/.prometeu kept; mount -t tmpfs -o size=64k,nr_inodes=3 tmpfs assets/.prometeu; \
                  cp -a kept/. assets/.prometeu; : >assets/.prometeu/lock; rm -r kept; shift; exec \"$@\"";
    let project = fixtures::small_project();
    let line = cli::arguments(project.root(), "pack @ --format json");
    let mut arguments = vec![project.root().as_os_str(), support::binary::path().as_os_str()];
    arguments.extend(line.iter().map(std::ffi::OsString::as_os_str));
    let output = tools::run_in_own_mounts(script, &arguments);
    assert_eq!((output.code, output.codes()), (0, vec!["cache-unusable".into()]), "{}{}", output.stdout, output.stderr);
    assert!(project.exists("build/assets.pa") && !project.exists("build/.prometeu"));
}
