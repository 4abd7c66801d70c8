//! What goes wrong in a project: one slip, made on the disk as an editor would.

use std::path::{Path, PathBuf};

use packer_services::Context;
use packer_services::ops::{Operation, Pack};

/// The image that [`odd_pixel`] changes.
pub const LAMPKIN: &str = "assets/characters/lamps/lampkin.png";
/// A color that is in no palette.
pub const ODD: [u8; 4] = [0x12, 0xFE, 0x34, 0xFF];

/// Paints a pixel in a color that no palette has.
pub fn odd_pixel(root: &Path, x: u32, y: u32) {
    let path = root.join(LAMPKIN);
    let mut image = image::open(&path).unwrap().into_rgba8();
    image.put_pixel(x, y, image::Rgba(ODD));
    image.save(&path).unwrap();
}

/// Leaves only half of a file.
pub fn halve(path: &Path) {
    let whole = std::fs::read(path).unwrap();
    std::fs::write(path, &whole[..whole.len() / 2]).unwrap();
}

/// Replaces the only place where a file says something.
pub fn reword(path: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(old).count(), 1, "{old} in\n{text}");
    std::fs::write(path, text.replace(old, new)).unwrap();
}

/// Leaves out the drafts, so that there is nothing to say.
pub fn no_drafts(root: &Path) {
    std::fs::remove_dir_all(root.join("assets/drafts")).unwrap();
    let path = root.join("assets/.prometeu/index.json");
    let mut registry: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let assets = registry["assets"].as_array_mut().unwrap();
    assets.retain(|asset| !asset["root"].as_str().unwrap().starts_with("drafts/"));
    std::fs::write(path, serde_json::to_string_pretty(&registry).unwrap()).unwrap();
}

/// Leaves out all assets.
pub fn no_assets(root: &Path) {
    std::fs::remove_dir_all(root.join("assets")).unwrap();
    std::fs::create_dir_all(root.join("assets/.prometeu")).unwrap();
    let registry = "{\n  \"schema_version\": 1,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n";
    std::fs::write(root.join("assets/.prometeu/index.json"), registry).unwrap();
}

/// Packs the project, without the window. The pack's path.
pub fn pack(root: &Path) -> PathBuf {
    let request = Pack::new(root);
    assert!(request.run(&Context::new()).unwrap().pack.is_some());
    root.join("build/assets.pa")
}
