//! Changes to a project's files, made on the disk as an editor would.

use std::path::{Path, PathBuf};

use packer_services::Context;
use packer_services::ops::{Operation, Pack};

/// The image that [`paint_odd_pixel`] changes.
pub const LAMPKIN: &str = "assets/characters/lamps/lampkin.png";
/// A color that is not in any palette.
pub const ODD: [u8; 4] = [0x12, 0xFE, 0x34, 0xFF];

/// Paints a pixel in a color that is not in any palette.
pub fn paint_odd_pixel(root: &Path, x: u32, y: u32) {
    let path = root.join(LAMPKIN);
    let mut image = image::open(&path).unwrap().into_rgba8();
    image.put_pixel(x, y, image::Rgba(ODD));
    image.save(&path).unwrap();
}

/// Removes the second half of a file.
pub fn truncate_file(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

/// Replaces a text that occurs once in a file.
pub fn replace_text(path: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(old).count(), 1, "{old} in\n{text}");
    std::fs::write(path, text.replace(old, new)).unwrap();
}

/// Removes the drafts, so that the demo has no findings.
pub fn remove_drafts(root: &Path) {
    std::fs::remove_dir_all(root.join("assets/drafts")).unwrap();
    let path = root.join("assets/.prometeu/index.json");
    let mut registry: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let assets = registry["assets"].as_array_mut().unwrap();
    assets.retain(|asset| !asset["root"].as_str().unwrap().starts_with("drafts/"));
    std::fs::write(path, serde_json::to_string_pretty(&registry).unwrap()).unwrap();
}

/// Removes all assets.
pub fn remove_assets(root: &Path) {
    std::fs::remove_dir_all(root.join("assets")).unwrap();
    std::fs::create_dir_all(root.join("assets/.prometeu")).unwrap();
    let registry = "{\n  \"schema_version\": 1,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n";
    std::fs::write(root.join("assets/.prometeu/index.json"), registry).unwrap();
}

/// Packs the project without the window. Returns the pack's path.
pub fn pack_project(root: &Path) -> PathBuf {
    let request = Pack::new(root);
    assert!(request.run(&Context::new()).unwrap().pack.is_some());
    root.join("build/assets.pa")
}
