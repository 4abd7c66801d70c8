//! Links where the packer writes: their targets are not read as its own files, changed or removed.

use std::os::unix::fs::symlink;

use packer_services::ops::OUTPUTS;
use serde_json::json;
use support::images::plain;
use support::{RED, TestProject};

use crate::{cli, fixtures, tree};

#[test]
fn linked_output_is_refused() {
    for name in OUTPUTS {
        let (project, _) = fixtures::packed_project();
        project.write("elsewhere/precious", "mine");
        std::fs::remove_file(project.at("build").join(name)).unwrap();
        symlink("../elsewhere/precious", project.at("build").join(name)).unwrap();
        let before = tree::read_tree(project.root());
        cli::run_refused(project.root(), "pack @", &["output-not-a-file"]);
        cli::run_refused(project.root(), "pack @ --check", &["output-not-a-file"]);
        tree::assert_same(&before, &tree::read_tree(project.root()), name);
    }
}

#[test]
fn linked_stage_folder_loses_nothing() {
    let (project, outputs) = fixtures::packed_project();
    project.write("elsewhere/precious", "mine").write("elsewhere/deep/precious", "mine");
    symlink("../elsewhere", project.at("build/.prometeu")).unwrap();
    let output = cli::run(project.root(), "pack @");
    assert!(output.code == 1 || output.code == 2, "{}{}", output.stdout, output.stderr);
    assert_eq!(project.read_text("elsewhere/precious"), "mine");
    assert_eq!(project.read_text("elsewhere/deep/precious"), "mine");
    assert!(project.outputs() == outputs);
}

#[test]
fn stage_folder_loses_only_packer_files() {
    let (project, _) = fixtures::packed_project();
    let abandoned = format!("build/.prometeu/assets.pa.{}", support::uuid(5));
    project.write(&abandoned, "half a pack").write("build/.prometeu/notes.txt", "mine");
    cli::run_ok(project.root(), "pack @");
    assert!(!project.exists(&abandoned), "an abandoned file must be removed");
    assert_eq!(project.read_text("build/.prometeu/notes.txt"), "mine");
}

#[test]
fn linked_lock_is_not_written_through() {
    for line in [
        "pack @",
        "init @",
        "create @ new --type glyph_bank @/assets/ui/icons/tile.png",
        "register @ nowhere",
        "palettes @ id:1 --apply",
    ] {
        let project = fixtures::small_project();
        project.write("src/main.rs", "fn main() {}");
        symlink("../../src/main.rs", project.at("assets/.prometeu/lock")).unwrap();
        cli::run(project.root(), line);
        assert_eq!(project.read_text("src/main.rs"), "fn main() {}", "{line}");
    }
}

#[test]
fn pipe_as_lock_blocks_nothing() {
    let project = fixtures::small_project();
    crate::tools::create_pipe(&project.at("assets/.prometeu/lock"));
    let output = cli::run(project.root(), "pack @");
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
}

/// The verbs that write something below `assets/`, and those that read the bank `ui/icons` (asset 1).
const VERBS: [&str; 9] = [
    "create @ ui/a/b/new --type glyph_bank @/tile.png",
    "create @ ui/icons2 --type glyph_bank @/tile.png",
    "register @ ui/icons",
    "palettes @ id:1 --apply",
    "preview @ id:1 --out @/shown",
    "constants @ --lang c --output @/ids.h",
    "doctor @",
    "pack @",
    "init @",
];

#[test]
fn linked_folder_is_never_followed() {
    for folder in ["assets", "assets/.prometeu", "assets/ui", "assets/ui/icons"] {
        for target in ["elsewhere/copy", "nowhere"] {
            for line in VERBS {
                let (project, _) = fixtures::packed_project();
                project.write("tile.png", project.read(fixtures::TILE)).write("elsewhere/precious", "mine");
                std::fs::rename(project.at(folder), project.at("elsewhere/copy")).unwrap();
                symlink(project.at(target), project.at(folder)).unwrap();
                let before = tree::read_tree(project.root());
                let output = cli::run_json(project.root(), line);
                let what = format!("{line}, {folder} is a link to {target}: {}", output.stdout);
                // A bank that is not read does not concern the verb.
                let is_unconcerned = output.code == 0
                    && (line.starts_with("init") && folder.starts_with("assets/ui")
                        || line.starts_with("create") && folder == "assets/ui/icons");
                let refusals = ["folder-is-link", "anchor-missing", "not-a-project", "already-registered"];
                let is_refused =
                    output.code != 0 && output.codes().iter().any(|code| refusals.contains(&code.as_str()));
                assert!(is_unconcerned || is_refused, "{what}");
                let mut after = tree::read_tree(project.root());
                if is_unconcerned {
                    let is_new =
                        |path: &str| ["ui/icons2", "ui/a", ".prometeu/history"].iter().any(|new| path.contains(new));
                    after.retain(|path, _| !is_new(path));
                    after.insert(fixtures::REGISTRY.into(), before[fixtures::REGISTRY].clone());
                }
                after.remove("assets/.gitattributes");
                after.remove("assets/.prometeu/.gitignore");
                tree::assert_same(&before, &after, &what);
            }
        }
    }
}

#[test]
fn create_refuses_a_root_below_a_link() {
    for (place, root) in [("assets/ui", "ui/a/b/new"), ("assets/art/deep", "art/deep/new"), ("assets/new", "new")] {
        for target in ["outside", "assets/sfx", "nowhere", "file"] {
            let project = fixtures::small_project();
            std::fs::create_dir_all(project.at("outside")).unwrap();
            std::fs::create_dir_all(project.at(place).parent().unwrap()).unwrap();
            project.write("file", "mine").write("tile.png", project.read(fixtures::TILE));
            if place == "assets/ui" {
                std::fs::rename(project.at("assets/ui"), project.at("assets/gui")).unwrap();
                project.edit(fixtures::REGISTRY, "ui/icons", "gui/icons");
            }
            symlink(project.at(target), project.at(place)).unwrap();
            let before = tree::read_tree(project.root());
            let code = if place == "assets/new" { "root-exists" } else { "folder-is-link" };
            let line = format!("create @ {root} --type glyph_bank @/tile.png --name new");
            let output = cli::run_refused(project.root(), &line, &[code]);
            tree::assert_same(&before, &tree::read_tree(project.root()), &format!("{place} → {target}"));
            if code == "folder-is-link" {
                // What the finding asks for.
                assert!(output.stdout.contains("Replace the link with the folder itself"), "{}", output.stdout);
                std::fs::remove_file(project.at(place)).unwrap();
                cli::run_ok(project.root(), &line);
                cli::run_ok(project.root(), "pack @");
            }
        }
    }
}

#[test]
fn create_refuses_a_root_below_a_file() {
    let project = fixtures::small_project();
    project.write("tile.png", project.read(fixtures::TILE)).write("assets/notes", "mine");
    crate::tools::create_pipe(&project.at("assets/pipe"));
    let before = tree::read_tree(project.root());
    for root in ["notes/new", "notes/a/b/new", "ui/icons2/../../notes/x", "pipe/new"] {
        let line = format!("create @ {root} --type glyph_bank @/tile.png --name new");
        let code = if root.contains("..") { "path-not-relative" } else { "file-not-regular" };
        cli::run_refused(project.root(), &line, &[code]);
        tree::assert_same(&before, &tree::read_tree(project.root()), root);
    }
}

/// What may be read through a link in its own folder, but must not be written.
#[test]
fn linked_registry_is_only_read() {
    let project = fixtures::small_project();
    project.write("tile.png", project.read(fixtures::TILE));
    std::fs::rename(project.at(fixtures::REGISTRY), project.at("assets/.prometeu/shared.json")).unwrap();
    symlink("shared.json", project.at(fixtures::REGISTRY)).unwrap();
    cli::run_ok(project.root(), "pack @");
    cli::run_ok(project.root(), "init @");
    project.write("assets/ui/found/asset.json", project.read(fixtures::ICONS));
    project.write("assets/ui/found/tile.png", project.read(fixtures::TILE));
    project.edit("assets/ui/found/asset.json", &support::uuid(1).to_string(), &support::uuid(9).to_string());
    project.edit("assets/ui/found/asset.json", "ui_icons", "found");
    let before = tree::read_tree(project.root());
    let lines = ["register @ ui/found", "create @ ui/new --type glyph_bank @/tile.png"];
    for line in lines {
        let output = cli::run_refused(project.root(), line, &["output-not-a-file"]);
        assert_eq!(output.json()["findings"][0]["file"], fixtures::REGISTRY);
        tree::assert_same(&before, &tree::read_tree(project.root()), line);
    }
    // What the finding asks for.
    std::fs::rename(project.at("assets/.prometeu/shared.json"), project.at(fixtures::REGISTRY)).unwrap();
    lines.iter().for_each(|line| drop(cli::run_ok(project.root(), line)));
    cli::run_ok(project.root(), "pack @");
}

#[test]
fn extract_refuses_a_linked_stage_folder() {
    let (project, _) = fixtures::packed_project();
    std::fs::create_dir_all(project.at("build/.prometeu")).unwrap();
    symlink("build/.prometeu", project.at("stage")).unwrap();
    for line in ["extract @/build/assets.pa @/stage/art", "extract @/build/assets.pa @/stage/a/b/art"] {
        cli::run_refused(project.root(), line, &["extract-target"]);
    }
    assert_eq!(std::fs::read_dir(project.at("build/.prometeu")).unwrap().count(), 0);
}

/// The caller names these places, and may reach them through links.
#[test]
fn named_places_are_reached_through_links() {
    let (project, _) = fixtures::packed_project();
    std::fs::create_dir_all(project.at("real")).unwrap();
    symlink("real", project.at("link")).unwrap();
    for (line, file) in [
        ("extract @/build/assets.pa @/link/a/art", "real/a/art/sfx_blip/0.wav"),
        ("preview @ id:2 --out @/link/shown", "real/shown/0.wav"),
        ("constants @ --lang c --output @/link/ids.h", "real/ids.h"),
    ] {
        cli::run_ok(project.root(), line);
        assert!(project.exists(file), "{line}");
    }
    assert_eq!(std::fs::read_dir(project.at("real")).unwrap().count(), 3);
}

#[test]
fn build_that_is_no_folder_is_refused() {
    for what in ["a file", "a pipe", "a link to a file", "a link to nowhere"] {
        let project = fixtures::small_project();
        project.write("precious", "mine");
        match what {
            "a file" => drop::<&_>(project.write("build", "mine")),
            "a pipe" => crate::tools::create_pipe(&project.at("build")),
            "a link to a file" => symlink("precious", project.at("build")).unwrap(),
            _ => symlink("nowhere", project.at("build")).unwrap(),
        }
        let before = tree::read_tree(project.root());
        for line in ["pack @", "pack @ --check"] {
            let output = cli::run_refused(project.root(), line, &["output-not-a-file"]);
            assert_eq!(output.json()["findings"][0]["file"], "build", "{what}");
        }
        tree::assert_same(&before, &tree::read_tree(project.root()), what);
        // What the finding asks for.
        std::fs::rename(project.at("build"), project.at("away")).unwrap();
        cli::run_ok(project.root(), "pack @");
    }
    // A link to a folder is a build folder.
    let project = fixtures::small_project();
    std::fs::create_dir(project.at("elsewhere")).unwrap();
    symlink("elsewhere", project.at("build")).unwrap();
    cli::run_ok(project.root(), "pack @");
    assert!(project.exists("elsewhere/assets.pa") && project.at("build").is_symlink());
}

/// A root is moved only if each link in it leads to the same file afterwards; nothing is moved by half.
#[test]
fn links_survive_a_move() {
    let image = |project: &TestProject| project.at("assets/ui/icons/art/drawn.png");
    let absolute = |project: &TestProject| image(project).to_str().unwrap().to_owned();
    let project = fixtures::small_project();
    std::fs::create_dir(project.at("assets/ui/icons/art")).unwrap();
    std::fs::rename(project.at(fixtures::TILE), image(&project)).unwrap();
    project.write("notes.txt", "mine");
    let link = |to: &str| {
        let _ = std::fs::remove_file(project.at(fixtures::TILE));
        symlink(to, project.at(fixtures::TILE)).unwrap();
    };
    symlink("../../../notes.txt", project.at("assets/ui/icons/notes")).unwrap();
    for to in ["../icons/art/drawn.png", "art/../../icons/art/drawn.png", &absolute(&project)] {
        link(to);
        cli::run_ok(project.root(), "pack @");
        let before = tree::read_tree(project.root());
        let refused = cli::run_refused(project.root(), "move @ id:1 ui/other", &["link-outside"]);
        assert!(refused.stdout.contains("which leads to `art/drawn.png`"), "{}", refused.stdout);
        cli::run_refused(project.root(), "move @ id:1 high", &["link-outside", "link-outside"]);
        tree::assert_same(&before, &tree::read_tree(project.root()), to);
        cli::run_ok(project.root(), "remove @ id:1");
        cli::run_refused(project.root(), "restore @ id:1 --to ui/other", &["link-outside"]);
        cli::run_ok(project.root(), "undo @");
        cli::run_ok(project.root(), "pack @ --check");
    }
    // A link to a link outside of the root, or through one, leads back into it.
    std::fs::create_dir(project.at("assets/shared")).unwrap();
    symlink("../ui/icons/art/drawn.png", project.at("assets/shared/drawn.png")).unwrap();
    symlink("../ui/icons/art", project.at("assets/shared/art")).unwrap();
    for to in ["../../shared/drawn.png", "../../shared/art/drawn.png"] {
        link(to);
        cli::run_ok(project.root(), "pack @");
        cli::run_refused(project.root(), "move @ id:1 ui/other", &["link-outside"]);
    }
    // What the finding asks for.
    link("art/drawn.png");
    cli::run_ok(project.root(), "move @ id:1 ui/other");
    cli::run_ok(project.root(), "pack @");
    std::fs::remove_file(project.at("assets/ui/other/notes")).unwrap();
    cli::run_ok(project.root(), "move @ id:1 high");
    cli::run_ok(project.root(), "pack @");
}

/// Links are checked as they will be in the place that the root gets back.
#[test]
fn links_survive_a_removal() {
    let project = fixtures::small_project();
    let image = project.at("assets/ui/icons/art/drawn.png");
    std::fs::create_dir(project.at("assets/ui/icons/art")).unwrap();
    std::fs::rename(project.at(fixtures::TILE), &image).unwrap();
    symlink("ui/icons/art", project.at("assets/art")).unwrap();
    symlink("ui/icons/art/drawn.png", project.at("assets/drawn.png")).unwrap();
    symlink("../art/drawn.png", project.at("assets/ui/icons/art/link.png")).unwrap();
    for to in [
        "../icons/art/drawn.png",
        "../../art/drawn.png",
        "../../drawn.png",
        "art/link.png",
        "../icons/art/link.png",
        image.to_str().unwrap(),
    ] {
        let _ = std::fs::remove_file(project.at(fixtures::TILE));
        symlink(to, project.at(fixtures::TILE)).unwrap();
        cli::run_ok(project.root(), "pack @");
        cli::run_ok(project.root(), "remove @ id:1");
        let dry = cli::run_ok(project.root(), "restore @ id:1 --exclude --dry-run");
        let restored = cli::run_ok(project.root(), "restore @ id:1");
        assert_eq!((&dry["findings"], &restored["findings"]), (&json!([]), &json!([])), "{to}");
        cli::run_ok(project.root(), "pack @ --check");
    }
    // A link that leads nowhere, or to itself, is one there too.
    for to in ["../icons/gone.png", "tile.png", "../../loop.png"] {
        std::fs::remove_file(project.at(fixtures::TILE)).unwrap();
        let _ = std::fs::remove_file(project.at("assets/loop.png"));
        symlink("ui/icons/tile.png", project.at("assets/loop.png")).unwrap();
        symlink(to, project.at(fixtures::TILE)).unwrap();
        cli::run_refused(project.root(), "pack @", &["link-outside"]);
        cli::run_ok(project.root(), "remove @ id:1");
        cli::run_refused(project.root(), "restore @ id:1", &["link-outside"]);
        cli::run_ok(project.root(), "undo @");
    }
}

/// A palette file that a link takes from a root is used as one that is named there.
#[test]
fn linked_palettes_keep_their_roots() {
    let project = TestProject::new();
    project.write("a.png", plain(8, 8, RED)).write("b.png", plain(8, 8, RED));
    cli::run_ok(project.root(), "create @ g/a --type glyph_bank @/a.png");
    cli::run_ok(project.root(), "create @ g/b --type glyph_bank @/b.png");
    project.write("assets/g/a/n.gpl", "GIMP Palette\n255 0 255 key\n255 0 0 red\n");
    project.write("assets/far.gpl", project.read("assets/g/a/n.gpl"));
    symlink("n.gpl", project.at("assets/g/a/m.gpl")).unwrap();
    symlink("../../far.gpl", project.at("assets/g/a/out.gpl")).unwrap();
    symlink("g/a/m.gpl", project.at("assets/two.gpl")).unwrap();
    symlink("two.gpl", project.at("assets/three.gpl")).unwrap();
    symlink("g/a/out.gpl", project.at("assets/through.gpl")).unwrap();
    symlink("g/a/n.gpl", project.at("assets/link.gpl")).unwrap();
    cli::run_ok(project.root(), "palettes @ g/b --import @/assets/far.gpl --as 0 --link");
    let b = project.read_text("assets/g/b/asset.json");
    for file in ["link.gpl", "two.gpl", "three.gpl", "through.gpl"] {
        project.write("assets/g/b/asset.json", b.replace("/far.gpl", &format!("/{file}")));
        cli::run_ok(project.root(), "pack @");
        let before = tree::read_tree(project.root());
        for line in ["move @ g/a h/a", "move @ g/a g/c", "remove @ g/a"] {
            let refused = cli::run_refused(project.root(), line, &["root-used"]);
            assert!(refused.stdout.contains(&format!("`/{file}`, which a link takes")), "{}", refused.stdout);
        }
        tree::assert_same(&before, &tree::read_tree(project.root()), file);
    }
    // A bank whose own palette is such a link is removed, and comes back.
    project.write("assets/g/b/asset.json", b);
    cli::run_ok(project.root(), "palettes @ g/a --import @/assets/far.gpl --as 0 --link");
    project.edit("assets/g/a/asset.json", "/far.gpl", "/two.gpl");
    cli::run_ok(project.root(), "pack @");
    cli::run_ok(project.root(), "remove @ g/a");
    cli::run_ok(project.root(), "restore @ g/a");
    cli::run_ok(project.root(), "pack @ --check");
    // What the finding asks for.
    std::fs::remove_file(project.at("assets/two.gpl")).unwrap();
    project.write("assets/two.gpl", project.read("assets/g/a/n.gpl"));
    cli::run_ok(project.root(), "move @ g/a h/a");
    cli::run_ok(project.root(), "pack @");
    // It belongs to no root.
    std::fs::remove_file(project.at("assets/far.gpl")).unwrap();
    symlink("gone.gpl", project.at("assets/far.gpl")).unwrap();
    let refused = cli::run_refused(project.root(), "pack @", &["link-outside"]);
    assert!(refused.stdout.contains("which is not a file of `assets/`"), "{}", refused.stdout);
}

/// A kernel or a sandbox without `openat2`: each folder is opened in the one before.
#[test]
#[ignore = "needs root and Linux tools: run with --include-ignored"]
fn links_are_refused_without_openat2() {
    use crate::tools::{self, Tool};
    if !tools::are_available(&[Tool::Strace]) {
        return;
    }
    let run = |project: &TestProject, error: &str, line: &str| {
        let line = cli::arguments(project.root(), &format!("{line} --format json"));
        tools::run_under_strace(&[&format!("openat2:error={error}")], line)
    };
    for error in ["ENOSYS", "EPERM"] {
        let (project, outputs) = fixtures::packed_project();
        assert_eq!(run(&project, error, "pack @").code, 0);
        assert!(project.outputs() == outputs);
        project.write("tile.png", project.read(fixtures::TILE));
        std::fs::rename(project.at("assets/ui"), project.at("elsewhere")).unwrap();
        symlink("../elsewhere", project.at("assets/ui")).unwrap();
        for line in ["pack @", "doctor @", "create @ ui/new --type glyph_bank @/tile.png", "register @ ui/other"] {
            let output = run(&project, error, line);
            assert_eq!((output.code, output.codes()), (1, vec!["folder-is-link".into()]), "{error}: {line}");
        }
        assert!(project.outputs() == outputs && !project.exists("elsewhere/new"));
    }
}
