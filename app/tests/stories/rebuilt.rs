//! A set of art, rebuilt through the window and with the binary: what one takes the other takes too, and both write the
//! same declarations and the same four files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use egui::{Key, Modifiers};
use packer_services::formats::Rgb;
use packer_services::ops::{InitWorkspace, Operation};
use support::images::{Png, checker};
use support::{GREEN, KEY, RED, binary};
use workbench::state::Packing;

use crate::whole_path::files;
use crate::window::Window;

/// As many banks as have slots.
const MOST: usize = 16;

/// What the window suggested for an image, and whether it created an asset from it.
struct Tried {
    image: PathBuf,
    root: String,
    tile_size: u32,
    is_created: bool,
}

fn rebuild_with_window(images: &[PathBuf]) -> (Window, Vec<Tried>) {
    let mut window = Window::open_created(|root| {
        InitWorkspace::new(root).run(&packer_services::Context::new()).unwrap();
        root.to_owned()
    });
    let mut tried = Vec::new();
    for image in images {
        window.drop_files(&[image]);
        window.wait_until("it is checked", |state| {
            state.new_asset.as_ref().is_some_and(|sheet| sheet.current_preview().is_some())
        });
        let sheet = window.state().new_asset.as_ref().unwrap();
        let (root, tile_size) = (sheet.form.root.clone(), sheet.form.tile_size.pixels());
        let is_created = sheet.can_create().is_ok();
        if is_created {
            window.click_role(egui::accesskit::Role::Button, "Create");
            window.wait_until("it is there", |state| state.contents().is_some_and(|all| all.asset(&root).is_some()));
            window.wait_until_idle();
        } else {
            window.press(Modifiers::NONE, Key::Escape);
        }
        tried.push(Tried { image: image.clone(), root, tile_size, is_created });
    }
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. } | Packing::Failed(_)));
    window.wait_until_idle();
    (window, tried)
}

fn run(arguments: &[&str], project: &Path, last: Option<&Path>) -> i32 {
    let mut all: Vec<OsString> = vec![arguments[0].into(), project.into()];
    all.extend(arguments[1..].iter().map(OsString::from));
    all.extend(last.map(OsString::from));
    binary::run(all).code
}

fn assert_rebuilt_alike(images: &[PathBuf]) -> usize {
    let (window, tried) = rebuild_with_window(images);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&["init"], folder.path(), None), 0);
    for Tried { image, root, tile_size, is_created } in &tried {
        let size = tile_size.to_string();
        let create = ["create", root, "--type", "glyph_bank", "--tile-size", &size, "--preload"];
        assert_eq!(run(&create, folder.path(), Some(image)), i32::from(!is_created), "{}", image.display());
    }
    assert_eq!(run(&["pack"], folder.path(), None), 0);
    let (ours, theirs) = (files(window.root()), files(folder.path()));
    assert!(ours.contains_key("build/assets.pa"));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, bytes) in &ours {
        assert!(theirs[name] == *bytes, "{name} differs");
    }
    tried.iter().filter(|tried| tried.is_created).count()
}

#[test]
fn made_set_is_rebuilt_alike() {
    let folder = tempfile::tempdir().unwrap();
    let shades = |x: u32, y: u32| Rgb([8 * u8::try_from(x % 32).unwrap(), 8 * u8::try_from(y % 32).unwrap(), 0]);
    let art = [
        ("indexed.png", Png::indexed(32, 16, &[KEY, RED, GREEN], |x, y| u8::try_from((x + y) % 3).unwrap()).bytes()),
        ("odd size.png", checker(17, 9, RED, GREEN)),
        ("small.png", checker(8, 24, RED, GREEN)),
        ("too many colors.png", Png::rgb(32, 32, shades).bytes()),
        ("walk 16x16.png", checker(64, 32, GREEN, RED)),
    ];
    let write = |(name, bytes): (&str, Vec<u8>)| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let images: Vec<PathBuf> = art.into_iter().map(write).collect();
    assert_eq!(assert_rebuilt_alike(&images), 3);
}

#[test]
#[ignore = "needs the art that .ci/run downloads"]
fn real_set_is_rebuilt_alike() {
    let folder = std::env::var_os("REAL_ART").expect("the folder that tests/real_art/packages.py filled");
    let mut images = Vec::new();
    let mut folders = vec![Path::new(&folder).join("pyxel")];
    while let Some(folder) = folders.pop() {
        for path in support::paths_in(&folder) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "png") => images.push(path),
                false => {}
            }
        }
    }
    images.sort();
    images.truncate(MOST);
    assert!(assert_rebuilt_alike(&images) >= 5, "{images:?}");
}
