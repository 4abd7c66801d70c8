//! The whole way of an artist, from an empty folder and a folder of art to a pack: three tile banks and a sound bank
//! are created, a problem is fixed, and it is packed, previewed and undone. Once by pointer and once by keys alone,
//! with nothing but what a screen reader reads; both end in the same files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::formats::{Rgb, TileSize};
use packer_services::registry::Registry;
use support::images::{Png, checker};
use support::sounds::Wav;
use support::{GREEN, RED};

use crate::window::Window;

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
/// What is found once the hero was drawn with another color.
const FOUND: &str = "is not in palette 0";
const FIX: &str = "Declare the missing colors";

/// A folder of somebody's art.
struct Art(tempfile::TempDir);

impl Art {
    fn new() -> Self {
        let art = Self(tempfile::tempdir().unwrap());
        let terrain = |x: u32, y: u32| if (x / 16 + y / 16).is_multiple_of(2) { RED } else { GREEN };
        let stereo: Vec<u8> = (0..400_u16).flat_map(|n| (n * 40).to_le_bytes()).collect();
        art.write("hero/walk_1.png", &checker(16, 16, RED, GREEN));
        art.write("hero/walk_2.png", &checker(16, 16, GREEN, RED));
        art.write("terrain.png", &Png::rgb(64, 32, terrain).bytes());
        art.write("font.png", &checker(64, 8, RED, GREEN));
        art.write("sounds/jump.wav", &Wav::mono16(8000, &[1000; 200]).bytes());
        art.write("sounds/step.wav", &Wav::pcm(8000, 2, 16, stereo).bytes());
        art
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Draws the hero's second step in another program, with a color that no palette has.
fn draw_with_another_color(window: &Window) {
    let blue = Rgb([0, 0, 0xFF]);
    std::fs::write(window.file("assets/hero/walk_2.png"), checker(16, 16, blue, RED)).unwrap();
}

/// Every file of the project but those that the packer keeps for itself, with the roots of assets instead of their
/// uuids, which are random.
pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let registry = std::fs::read(root.join("assets/.prometeu/index.json")).unwrap();
    let registry = Registry::read(&registry).0.unwrap();
    let named = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => {
            let name = |text: String, entry: &packer_services::registry::RegistryEntry| {
                text.replace(&entry.asset_uuid.to_string(), entry.root.as_str())
            };
            registry.entries.iter().fold(text, name).into_bytes()
        }
        Err(binary) => binary.into_bytes(),
    };
    let mut found = BTreeMap::new();
    let mut folders = vec![root.join("assets"), root.join("build")];
    while let Some(folder) = folders.pop() {
        for path in support::paths_in(&folder) {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let is_own = ["history", "lock", "cache.json", "identities.json"]
                .iter()
                .any(|end| name.ends_with(&format!(".prometeu/{end}")));
            match path.is_dir() {
                _ if is_own => {}
                true => folders.push(path),
                false => {
                    let bytes = named(std::fs::read(&path).unwrap());
                    let is_hashed = name.ends_with("asset_table_metadata.json");
                    found.insert(name, if is_hashed { without_anchor_hashes(&bytes) } else { bytes });
                }
            }
        }
    }
    found
}

/// The companion with the hashes of all sources, without those of declarations, which contain uuids.
fn without_anchor_hashes(bytes: &[u8]) -> Vec<u8> {
    let mut companion: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    for asset in companion["assets"].as_array_mut().unwrap() {
        for source in asset["sources"].as_array_mut().unwrap().iter_mut().filter(|it| it["path"] == "asset.json") {
            source["sha256"] = serde_json::Value::Null;
        }
    }
    companion.to_string().into_bytes()
}

/// Clicks the item of a list whose name contains this.
fn click_item(window: &mut Window, text: &str) {
    let item = window.list_items().into_iter().find(|item| item.replace('`', "").contains(text));
    window.click(&item.unwrap_or_else(|| panic!("no item has {text}: {}", window.outline())));
}

fn walk_with_pointer(art: &Art) -> Window {
    let mut window = Window::start_page();
    let folder = window.root().to_owned();
    window.drop_files(&[&folder]);
    window.wait_until_shown("Create a project in this folder");
    window.click("Create a project in this folder");
    window.wait_until_shown("This project has no assets yet");
    for (files, tile_size, name) in [
        ("hero", TileSize::Sixteen, "hero, ready"),
        ("terrain.png", TileSize::Sixteen, "terrain, ready"),
        ("font.png", TileSize::Eight, "font, ready"),
    ] {
        window.drop_files(&[&art.at(files)]);
        window.click(&format!("Tile size {}", tile_size.pixels()));
        window.click_role(Role::Button, "Create");
        window.wait_until_shown(name);
    }
    window.drop_files(&[&art.at("sounds")]);
    assert!(window.shows("It has errors."), "one sound is stereo: {}", window.outline());
    window.click("Mix stereo down to mono");
    window.click_role(Role::Button, "Create");
    window.wait_until_shown("sounds, ready");
    draw_with_another_color(&window);
    window.wait_until_shown(FOUND);
    click_item(&mut window, FOUND);
    window.click(FIX);
    window.wait_until_shown("assets/hero/asset.json");
    window.click("Apply");
    window.wait_until_shown("hero, ready");
    window.click("Pack");
    window.wait_until_shown("Packed");
    window.click("Tile preview");
    assert!(window.shows("Tile 1, repeated three by three"), "{}", window.outline());
    window.click("Menu");
    window.click("Asset");
    window.click_starting(Role::MenuItem, "Undo fix");
    window.wait_until_shown(FOUND);
    window
}

/// Presses Tab until this widget has the keyboard.
fn tab_to(window: &mut Window, name: &str) {
    for _ in 0..80 {
        if window.focused().is_some_and(|(_, focused)| focused == name) {
            return;
        }
        window.press(NONE, Key::Tab);
    }
    panic!("Tab never reaches {name}: {}", window.outline());
}

fn walk_with_keys(art: &Art) -> Window {
    let mut window = Window::start_page();
    let folder = window.root().to_owned();
    tab_to(&mut window, "Path of a project or pack");
    window.type_text(&folder.display().to_string());
    window.press(NONE, Key::Enter);
    window.wait_until_shown("Create a project in this folder");
    tab_to(&mut window, "Create a project in this folder");
    window.press(NONE, Key::Enter);
    window.wait_until_shown("This project has no assets yet");
    for (files, tile_size, name) in [
        ("hero", TileSize::Sixteen, "hero, ready"),
        ("terrain.png", TileSize::Sixteen, "terrain, ready"),
        ("font.png", TileSize::Eight, "font, ready"),
    ] {
        window.press(CTRL, Key::K);
        window.type_text(&art.at(files).display().to_string());
        window.press(NONE, Key::Enter);
        window.wait_until_shown("Tile size 8");
        tab_to(&mut window, &format!("Tile size {}", tile_size.pixels()));
        window.press(NONE, Key::Space);
        tab_to(&mut window, "Create");
        window.press(NONE, Key::Space);
        window.wait_until_shown(name);
    }
    // Files can be pasted, too.
    window.paste(&art.at("sounds").display().to_string());
    window.wait_until_shown("It has errors.");
    tab_to(&mut window, "Mix stereo down to mono");
    window.press(NONE, Key::Space);
    tab_to(&mut window, "Create");
    window.press(NONE, Key::Space);
    window.wait_until_shown("sounds, ready");
    draw_with_another_color(&window);
    window.wait_until_shown(FOUND);
    window.press(NONE, Key::F8);
    while window.focused().is_none_or(|(_, name)| name != "Details") {
        window.press(NONE, Key::F6);
    }
    tab_to(&mut window, FIX);
    window.press(NONE, Key::Enter);
    window.wait_until_shown("assets/hero/asset.json");
    window.press(NONE, Key::Enter);
    window.wait_until_shown("hero, ready");
    window.press(CTRL, Key::P);
    window.wait_until_shown("Packed");
    window.press(CTRL, Key::Num3);
    assert!(window.shows("Tile 1, repeated three by three"), "{}", window.outline());
    window.press(CTRL, Key::Z);
    window.wait_until_shown(FOUND);
    window
}

#[test]
fn pointer_and_keys_end_alike() {
    let art = Art::new();
    let (by_pointer, by_keys) = (walk_with_pointer(&art), walk_with_keys(&art));
    let (ours, theirs) = (files(by_pointer.root()), files(by_keys.root()));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs));
    assert!(names(&ours).contains(&"build/assets.pa".to_owned()), "{:?}", names(&ours));
    for (name, bytes) in &ours {
        assert!(theirs[name] == *bytes, "{name} differs");
    }
}
