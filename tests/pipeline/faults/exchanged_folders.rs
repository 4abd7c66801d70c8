//! Folders that are exchanged for links while the packer works: nothing outside of the project is read, written or
//! removed.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use packer_services::constants::Language;
use packer_services::diagnostics::Finding;
use packer_services::ops::{
    AssetEdit, CreateAsset, EditAsset, ExportPalette, ExportPreview, ExtractPack, FindPalettes, InitWorkspace,
    MakeConstants, NewBank, NewGlyph, Operation, RestoreAsset,
};
use packer_services::{Context, FaultPoint};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use support::images::checker;
use support::{GREEN, RED, TestProject};

use crate::{fixtures, tree};

/// How long each folder is exchanged in a loop.
const RACE: Duration = Duration::from_millis(700);

/// The folders on the way to something that the packer reads or writes.
const FOLDERS: [&str; 5] = ["assets/ui/icons", "assets/ui", "assets", "assets/.prometeu", "build/.prometeu"];

/// A project with a link beside it that can be exchanged with `folder`, and leads to a copy of the folder outside of
/// the project, with other pixels.
struct Scene {
    project: TestProject,
    outside: tempfile::TempDir,
    folder: &'static str,
}

impl Scene {
    fn new(folder: &'static str) -> Self {
        let project = fixtures::small_project();
        let outside = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(project.at(folder)).unwrap();
        let copy = outside.path().join("copy");
        support::copy_folder(&project.at(folder), &copy);
        for image in ["tile.png", "icons/tile.png", "ui/icons/tile.png"] {
            if copy.join(image).exists() {
                std::fs::rename(copy.join(image), outside.path().join("tile.png")).unwrap();
                let other = checker(8, 8, GREEN, RED);
                std::io::Write::write_all(&mut std::fs::File::create_new(copy.join(image)).unwrap(), &other).unwrap();
            }
        }
        symlink(&copy, project.at("link")).unwrap();
        Self { project, outside, folder }
    }

    /// Exchanges the folder and the link, if both exist.
    fn exchange(&self) {
        exchange(&self.project.at(self.folder), &self.project.at("link"));
    }

    fn outside(&self) -> tree::Tree {
        tree::read_tree(self.outside.path())
    }
}

fn exchange(folder: &Path, link: &Path) {
    let _ = renameat_with(CWD, folder, CWD, link, RenameFlags::EXCHANGE);
}

/// Runs `work` while the folder is exchanged in a loop, and puts the folder back at the end.
fn while_exchanging(scene: &Scene, mut work: impl FnMut()) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                scene.exchange();
                std::thread::sleep(Duration::from_micros(150));
                scene.exchange();
                std::thread::sleep(Duration::from_micros(150));
            }
        });
        let start = Instant::now();
        while start.elapsed() < RACE {
            work();
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn exchanged_folder_is_never_packed() {
    for folder in FOLDERS {
        let scene = Scene::new(folder);
        let request = scene.project.pack_request();
        request.run(&Context::new()).unwrap();
        let (expected, outside) = (scene.project.pack_bytes(), scene.outside());
        std::fs::create_dir_all(scene.project.at(folder)).unwrap();
        while_exchanging(&scene, || {
            let _ = request.run(&Context::new());
            assert!(scene.project.pack_bytes() == expected, "{folder}: bytes from outside were packed");
        });
        tree::assert_same(&outside, &scene.outside(), folder);
    }
}

#[test]
fn exchanged_folder_is_never_written() {
    for folder in FOLDERS {
        let scene = Scene::new(folder);
        scene.project.edit(fixtures::ICONS, ",\n              \"#00ff00\"", "");
        std::fs::create_dir_all(scene.project.at("assets/deep")).unwrap();
        let (image, outside) = (scene.outside.path().join("new.png"), scene.outside());
        std::fs::copy(scene.project.at(fixtures::TILE), &image).unwrap();
        let bank = NewBank::Glyph(NewGlyph::default());
        let mut n = 0;
        while_exchanging(&scene, || {
            n += 1;
            let root = format!("ui/icons{n}");
            let _ =
                CreateAsset::new(scene.project.root(), root, bank.clone(), vec![image.clone()]).run(&Context::new());
            let _ = FindPalettes::new(scene.project.root(), "id:1").apply(true).run(&Context::new());
            let _ = InitWorkspace::new(scene.project.root()).run(&Context::new());
        });
        std::fs::remove_file(image).unwrap();
        tree::assert_same(&outside, &scene.outside(), folder);
    }
}

/// The same without luck: the folder is exchanged exactly where the packer could be deceived.
#[test]
fn exchange_at_each_step_is_refused() {
    for folder in FOLDERS {
        let mut exchanged = 0;
        for n in 0.. {
            let scene = std::sync::Arc::new(Scene::new(folder));
            scene.project.pack();
            std::fs::create_dir_all(scene.project.at(folder)).unwrap();
            let (expected, outside) = (scene.project.outputs(), scene.outside());
            let (inner, passed) = (scene.clone(), std::sync::atomic::AtomicU32::new(0));
            let context = Context::new().with_faults(move |_: FaultPoint| {
                if passed.fetch_add(1, Ordering::SeqCst) == n {
                    inner.exchange();
                }
                Ok(())
            });
            let result = scene.project.pack_request().use_cache(false).run(&context);
            let was_exchanged = scene.project.at(folder).is_symlink();
            if was_exchanged {
                scene.exchange();
            }
            assert!(scene.project.outputs() == expected, "{folder}, step {n}: {result:?}");
            tree::assert_same(&outside, &scene.outside(), &format!("{folder}, step {n}"));
            assert!(!scene.project.exists("build/.prometeu") || folder == "build/.prometeu", "{folder}, step {n}");
            if !was_exchanged {
                break;
            }
            exchanged += 1;
        }
        assert!(exchanged >= 6, "{folder}: {exchanged}");
    }
}

/// The answer names `build/`, so the pack must be there.
#[test]
fn moved_build_folder_is_reported() {
    for (at, is_published) in [(FaultPoint::StageSync, false), (FaultPoint::Rename { n: 3 }, true)] {
        for is_replaced in [false, true] {
            let (project, outputs) = fixtures::packed_project();
            project.write(fixtures::TILE, checker(8, 8, GREEN, RED));
            let (build, moved) = (project.at("build"), project.at("moved"));
            let context = Context::new().with_faults(move |point| {
                if point == at && !moved.exists() {
                    std::fs::rename(&build, &moved).unwrap();
                    if is_replaced {
                        support::copy_folder(&moved, &build);
                    }
                }
                Ok(())
            });
            let pack = project.pack_request();
            let findings = pack.refusal(&pack.run(&context).unwrap_err());
            assert_eq!(
                (support::codes(&findings), findings[0].file.as_deref()),
                (vec!["file-unwritable"], Some("build"))
            );
            assert_eq!(findings[0].help.contains("Nothing was published"), !is_published, "{findings:?}");
            let published = project.read("moved/assets.pa");
            assert_eq!(Some(published) != outputs[3], is_published);
        }
    }
}

/// The change is in the folder that was moved.
#[test]
fn moved_workspace_is_reported() {
    for (folder, at, code) in [
        ("assets", FaultPoint::RegistryWrite, "project-locked"),
        ("assets", FaultPoint::WorkspaceFileStaged, "project-locked"),
        ("assets/.prometeu/history", FaultPoint::WorkspaceFileStaged, "file-unwritable"),
    ] {
        let project = fixtures::small_project();
        let (place, moved) = (project.at(folder), project.at("moved"));
        let context = Context::new().with_faults(move |point| {
            if point == at && !moved.exists() {
                std::fs::rename(&place, &moved).unwrap();
            }
            Ok(())
        });
        let edit = EditAsset::new(project.root(), "id:1", AssetEdit::Exclude);
        let findings = edit.refusal(&edit.run(&context).unwrap_err());
        assert_eq!(support::codes(&findings), [code], "{folder} {at:?}");
        std::fs::rename(project.at("moved"), project.at(folder)).unwrap();
        let answer = crate::cli::run_ok(project.root(), "list @");
        assert!(
            answer["findings"].to_string().contains("change-unfinished") != (code == "file-unwritable"),
            "{answer}"
        );
        crate::cli::run_ok(project.root(), "pack @");
        assert_eq!(crate::cli::run_ok(project.root(), "list @")["assets"][0]["state"], "excluded");
    }
}

/// Runs an operation, and moves `place` away the first time that it comes to `at`; if `is_replaced`, a copy is then in
/// its place. Returns the finding with which it ends.
fn finding_if_moved(operation: &impl Operation, place: &Path, at: FaultPoint, is_replaced: bool) -> Finding {
    let (from, to) = (place.to_owned(), place.with_extension("away"));
    let context = Context::new().with_faults(move |point| {
        if point == at && !to.exists() {
            std::fs::rename(&from, &to).unwrap();
            if is_replaced {
                support::copy_folder(&to, &from);
            }
        }
        Ok(())
    });
    let Err(error) = operation.run(&context) else { panic!("{at:?}: success, though the folder was moved") };
    let mut findings = operation.refusal(&error);
    assert_eq!(support::codes(&findings), ["file-unwritable"], "{findings:?}");
    findings.remove(0)
}

/// The answer names the folder that was to be written to, so the files must be there.
#[test]
fn moved_place_of_an_export_is_reported() {
    let (project, _) = fixtures::packed_project();
    let root = project.root();
    let outside = tempfile::tempdir().unwrap();
    let (place, away) = (outside.path().join("q"), outside.path().join("q.away"));
    let check = |operation: &dyn Fn(FaultPoint, bool) -> Finding, written: &str| {
        for (at, is_written) in [(FaultPoint::Rename { n: 0 }, false), (FaultPoint::Cleanup, true)] {
            for is_replaced in [false, true] {
                std::fs::create_dir(&place).unwrap();
                let finding = operation(at, is_replaced);
                assert_eq!(finding.file.as_deref(), place.to_str(), "{finding:?}");
                assert_eq!(finding.help.contains("Nothing was written"), !is_written, "{written}: {finding:?}");
                assert_eq!(away.join(written).exists(), is_written, "{written}");
                let left = std::fs::read_dir(&away).unwrap().count();
                assert_eq!(left, usize::from(is_written), "{written} {at:?}: more than was written is left");
                std::fs::remove_dir_all(&away).unwrap();
                let _ = std::fs::remove_dir_all(&place);
            }
        }
    };
    for as_project in [false, true] {
        let extract = ExtractPack::new(project.at("build/assets.pa"), place.join("out")).as_project(as_project);
        check(&|at, is_replaced| finding_if_moved(&extract, &place, at, is_replaced), "out");
    }
    let preview = ExportPreview::new(root, "ui_icons", place.join("shown"));
    check(&|at, is_replaced| finding_if_moved(&preview, &place, at, is_replaced), "shown");
    let constants = MakeConstants::new(root, Language::C).output(Some(place.join("c.h")));
    check(&|at, is_replaced| finding_if_moved(&constants, &place, at, is_replaced), "c.h");
    let palette = ExportPalette::new(root, "ui_icons", place.join("p.gpl"));
    check(&|at, is_replaced| finding_if_moved(&palette, &place, at, is_replaced), "p.gpl");
}

#[test]
fn moved_new_project_is_reported() {
    let outside = tempfile::tempdir().unwrap();
    let place = outside.path().join("new");
    for is_replaced in [false, true] {
        let finding = finding_if_moved(&InitWorkspace::new(&place), &place, FaultPoint::RegistryWrite, is_replaced);
        assert_eq!(finding.file.as_deref(), Some("assets/.prometeu"), "{finding:?}");
        assert!(outside.path().join("new.away/assets/.prometeu/index.json").exists());
        std::fs::remove_dir_all(outside.path().join("new.away")).unwrap();
        let _ = std::fs::remove_dir_all(&place);
    }
}

/// A folder into which a root is moved is compared with its path before the registry names the root, and at the end.
#[test]
fn moved_folder_of_a_root_is_reported() {
    for verb in ["create", "move", "restore"] {
        for (at, is_made) in [(FaultPoint::RegistryWrite, false), (FaultPoint::WorkspaceFileStaged, true)] {
            for is_replaced in [false, true] {
                let project = fixtures::small_project();
                let root = project.root();
                if verb == "restore" {
                    crate::cli::run_ok(root, "remove @ id:1");
                }
                let assets = || crate::cli::run_ok(root, "list @")["assets"].clone();
                let (before, files) = (assets(), tree::read_tree(root));
                let (folder, name) = if verb == "restore" { ("ui", "icons") } else { ("new", "here") };
                let (path, place) = (format!("{folder}/{name}"), project.at(&format!("assets/{folder}")));
                let finding = match verb {
                    "create" => {
                        let image = vec![project.at(fixtures::TILE)];
                        let create = CreateAsset::new(root, path, NewBank::Glyph(NewGlyph::default()), image);
                        finding_if_moved(&create, &place, at, is_replaced)
                    }
                    "move" => {
                        let edit = EditAsset::new(root, "id:1", AssetEdit::Move(path));
                        finding_if_moved(&edit, &place, at, is_replaced)
                    }
                    _ => finding_if_moved(&RestoreAsset::new(root, "id:1"), &place, at, is_replaced),
                };
                let case = format!("{verb} {at:?} {is_replaced}: {finding:?}");
                assert_eq!(finding.file, Some(format!("assets/{folder}")), "{case}");
                assert_eq!(finding.help.contains("The change was made"), is_made, "{case}");
                let away = place.with_extension("away");
                assert_eq!(away.join(name).exists(), is_made, "{case}");
                if !is_made && !is_replaced {
                    assert_eq!(assets(), before, "{case}");
                    std::fs::remove_dir(&away).unwrap();
                    let mut left = tree::read_tree(root);
                    left.retain(|path, _| !path.contains("/history") || files.contains_key(path));
                    tree::assert_same(&files, &left, &case);
                }
            }
        }
    }
}
