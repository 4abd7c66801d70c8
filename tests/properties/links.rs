//! Links, pipes, sockets and folders in place of a file: only a regular file of the same root is opened, and nothing
//! makes the packer wait.
#![cfg(unix)]

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use packer_services::Context;
use packer_services::diagnostics::Finding;
use packer_services::ops::{
    CreateAsset, Doctor, InspectPack, NewBank, NewGlyph, Operation, Pack, PackError, Published, VerifyPack,
};
use support::images::checker;
use support::{GREEN, RED, TestProject, codes};

/// Runs `work` on another thread, and fails if it does not return in time.
fn run_or_time_out<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(5)).expect("the packer does not return")
}

fn doctor_findings(project: &TestProject) -> Vec<Finding> {
    let doctor = Doctor::new(project.root()).workspace(true);
    run_or_time_out(move || doctor.run(&Context::new()).unwrap().findings().to_vec())
}

/// The errors of a project.
fn errors(project: &TestProject) -> Vec<&'static str> {
    let findings = doctor_findings(project);
    let errors: Vec<Finding> = findings.into_iter().filter(Finding::is_error).collect();
    codes(&errors)
}

/// A glyph bank whose image is removed; `put` creates something else in its place.
fn project_with(put: impl FnOnce(&Path)) -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("ui");
    let image = project.at("assets/ui/tile.png");
    std::fs::remove_file(&image).unwrap();
    put(&image);
    project
}

fn image() -> Vec<u8> {
    checker(8, 8, RED, GREEN)
}

fn create_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn link_inside_the_root_is_followed() {
    let mut plain = TestProject::new();
    plain.add_glyph("ui");
    plain.pack();
    let beside = project_with(|at| symlink("real.png", at).unwrap());
    let deep = project_with(|at| symlink("art/deep/real.png", at).unwrap());
    let chain = project_with(|at| symlink("art/../link.png", at).unwrap());
    let whole = project_with(|at| symlink(at.with_file_name("real.png"), at).unwrap());
    deep.write("assets/ui/art/deep/real.png", image());
    chain.write("assets/ui/art/x", "");
    symlink("real.png", chain.at("assets/ui/link.png")).unwrap();
    for project in [&beside, &chain, &whole] {
        project.write("assets/ui/real.png", image());
    }
    for project in [beside, deep, chain, whole] {
        assert_eq!(project.pack().published, Published::Published);
        assert_eq!(project.pack_bytes(), plain.pack_bytes());
    }
}

#[test]
fn link_out_of_the_root_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("secret.png");
    std::fs::write(&target, image()).unwrap();
    let cases: [(&str, PathBuf, &str); 9] = [
        ("another folder", target, "link-outside"),
        ("the folder above", "../other.png".into(), "link-outside"),
        ("another root", "../b/tile.png".into(), "link-outside"),
        ("a system file", "/etc/passwd".into(), "link-outside"),
        ("a device", "/dev/zero".into(), "link-outside"),
        ("nothing", "gone.png".into(), "link-outside"),
        ("itself", "tile.png".into(), "link-outside"),
        ("a folder inside", "art".into(), "file-not-regular"),
        ("its own root", ".".into(), "file-not-regular"),
    ];
    for (what, to, expected) in cases {
        let mut project = project_with(|at| symlink(&to, at).unwrap());
        project.add_glyph("b");
        project.write("assets/other.png", image()).write("assets/ui/art/x", "");
        let found = errors(&project);
        assert_eq!(found, [expected], "{what}");
        assert_eq!(project.pack().published, Published::Blocked, "{what}");
    }
    for links in [2, 41, 300] {
        let project = project_with(|at| symlink("link0", at).unwrap());
        for n in 0..links {
            symlink(format!("link{}", n + 1), project.at(&format!("assets/ui/link{n}"))).unwrap();
        }
        assert_eq!(errors(&project), ["link-outside"], "a chain of {links} to a missing file");
        project.write(&format!("assets/ui/link{links}"), image());
        let found = errors(&project);
        assert!(found.is_empty() == (links < 40), "a chain of {links}: {found:?}");
    }
}

#[test]
fn linked_folder_is_refused() {
    let mut project = TestProject::new();
    project.add_glyph("ui");
    project.edit("assets/ui/asset.json", "tile.png", "art/tile.png");
    project.write("assets/ui/real/tile.png", image());
    symlink("real", project.at("assets/ui/art")).unwrap();
    assert_eq!(errors(&project), ["folder-is-link"]);
    let mut project = TestProject::new();
    project.add_glyph("ui");
    std::fs::rename(project.at("assets/ui"), project.at("elsewhere")).unwrap();
    symlink("../elsewhere", project.at("assets/ui")).unwrap();
    assert_eq!(errors(&project), ["folder-is-link"]);
    let mut project = TestProject::new();
    project.add_glyph("deep/ui");
    std::fs::rename(project.at("assets/deep"), project.at("assets/real")).unwrap();
    symlink("real", project.at("assets/deep")).unwrap();
    assert_eq!(errors(&project), ["folder-is-link"]);
}

#[test]
fn linked_anchor_is_refused() {
    let mut project = TestProject::new();
    project.add_glyph("ui");
    std::fs::rename(project.at("assets/ui/asset.json"), project.at("assets/asset.json")).unwrap();
    symlink("../asset.json", project.at("assets/ui/asset.json")).unwrap();
    assert_eq!(errors(&project), ["link-outside"]);
}

#[test]
fn special_files_never_block_the_packer() {
    let put_socket = |at: &Path| drop(UnixListener::bind(at).unwrap());
    let put_folder = |at: &Path| std::fs::create_dir(at).unwrap();
    let puts: [fn(&Path); 3] = [create_pipe, put_socket, put_folder];
    for (what, put) in ["a pipe", "a socket", "a folder"].into_iter().zip(puts) {
        let project = project_with(put);
        let findings = doctor_findings(&project);
        assert_eq!(errors(&project), ["file-not-regular"], "{what}");
        let error = findings.iter().find(|finding| finding.is_error()).unwrap();
        assert!(error.message.contains(what), "{what}: {}", error.message);
        let mut project = TestProject::new();
        project.add_glyph("ui");
        std::fs::remove_file(project.at("assets/ui/asset.json")).unwrap();
        put(&project.at("assets/ui/asset.json"));
        assert_eq!(errors(&project), ["file-not-regular"], "{what} for an anchor");
        let registry = project.at("assets/.prometeu/index.json");
        std::fs::remove_file(&registry).unwrap();
        put(&registry);
        let pack = Pack::new(project.root());
        let refused = run_or_time_out(move || pack.run(&Context::new()).unwrap_err());
        assert!(matches!(refused, PackError::Project(_)), "{what} for a registry: {refused:?}");
    }
}

#[test]
fn special_file_as_pack_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("assets.pa");
    create_pipe(&pipe);
    let socket = folder.path().join("socket.pa");
    let _listener = UnixListener::bind(&socket).unwrap();
    for file in [pipe, socket, folder.path().to_owned(), "/dev/zero".into(), "/dev/null".into()] {
        let named = file.clone();
        let verified = run_or_time_out(move || VerifyPack::new(named).run(&Context::new()).is_err());
        let named = file.clone();
        let inspected = run_or_time_out(move || InspectPack::new(named).run(&Context::new()).is_err());
        assert!(verified && inspected, "{}", file.display());
    }
    let report = run_or_time_out(|| VerifyPack::new("/proc/self/status").run(&Context::new()));
    assert!(report.is_err() || report.is_ok_and(|report| report.findings().iter().any(Finding::is_error)));
}

#[test]
fn create_takes_regular_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.png");
    create_pipe(&pipe);
    let not_utf8 = folder.path().join(std::ffi::OsStr::from_bytes(b"a\xFFb.png"));
    std::fs::write(&not_utf8, image()).unwrap();
    let with_newline = folder.path().join("a\nb.png");
    std::fs::write(&with_newline, image()).unwrap();
    for file in [pipe, folder.path().to_owned(), "/dev/zero".into(), "/proc/self/status".into(), not_utf8, with_newline]
    {
        let project = TestProject::new();
        let bank = NewBank::Glyph(NewGlyph::default());
        let create = CreateAsset::new(project.root(), "ui", bank, vec![file.clone()]);
        let report = run_or_time_out(move || create.run(&Context::new()).unwrap());
        assert_eq!(report.asset_id, None, "{}", file.display());
        let finding = &report.findings()[0];
        assert!(finding.is_error() && !finding.to_string().contains('\u{FFFD}'), "{finding}");
        assert!(finding.file.as_ref().is_none_or(|file| !file.contains('\n')), "{finding}");
        assert!(!project.exists("assets/ui"));
    }
}

#[test]
fn odd_names_are_packed_or_escaped() {
    let mut project = TestProject::new();
    project.add_glyph("ui");
    project.write("assets/ui/-😀.png", image());
    project.edit("assets/ui/asset.json", "tile.png", "-😀.png");
    std::fs::remove_file(project.at("assets/ui/tile.png")).unwrap();
    assert_eq!(project.pack().published, Published::Published);
    for name in [&b"a\xFFb.png"[..], b"line\nbreak.png", b"esc\x1b[2J.png"] {
        std::fs::write(project.at("assets/ui").join(std::ffi::OsStr::from_bytes(name)), b"x").unwrap();
    }
    project.write("assets/ui/\u{202e}gnp.exe", b"y");
    let findings = doctor_findings(&project);
    assert!(findings.iter().all(|finding| !finding.is_error()), "{:?}", codes(&findings));
    let shown: Vec<&str> = findings.iter().filter_map(|finding| finding.file.as_deref()).collect();
    for part in ["a\\xffb.png", "line\\u{a}break.png", "esc\\u{1b}[2J.png", "\\u{202e}gnp.exe"] {
        assert!(shown.iter().any(|file| file.contains(part)), "{part} is not in {shown:?}");
    }
    assert!(findings.iter().all(|finding| !finding.to_string().contains(['\u{1b}', '\u{202e}', '\u{FFFD}'])));
}

#[test]
fn folder_name_changes_no_byte() {
    let here = TestProject::example();
    here.pack();
    let outside = tempfile::tempdir().unwrap();
    for name in [&b"p\xFFq"[..], b"-x", b"a b\nc", "漢字 é".as_bytes(), b"{}[]*?"] {
        let folder = outside.path().join(std::ffi::OsStr::from_bytes(name));
        support::copy_folder(&here.at("assets"), &folder.join("assets"));
        let pack = Pack::new(&folder);
        assert_eq!(pack.run(&Context::new()).unwrap().published, Published::Published);
        let file = folder.join("build/assets.pa");
        assert_eq!(std::fs::read(&file).unwrap(), here.pack_bytes());
        let report = VerifyPack::new(file).run(&Context::new()).unwrap();
        assert!(report.payload_checked && report.findings().is_empty());
    }
}
