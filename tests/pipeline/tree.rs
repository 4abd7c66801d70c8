//! A folder with everything in it, to be compared before and after.
#![expect(clippy::disallowed_methods, reason = "it looks at every byte of a folder")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
    Other,
}

/// Every path below a folder; paths are relative to it.
pub type Tree = BTreeMap<String, Node>;

/// A packer writes here who it is, for people's eyes only.
const LOCK: &str = "assets/.prometeu/lock";

/// Everything below `root`, but the lock file.
pub fn tree(root: &Path) -> Tree {
    let mut tree = Tree::new();
    walk(root, &mut |path, metadata| {
        let node = if metadata.is_dir() {
            Node::Folder
        } else if metadata.is_symlink() {
            Node::Link(std::fs::read_link(path).unwrap())
        } else if metadata.is_file() {
            Node::File(std::fs::read(path).unwrap())
        } else {
            Node::Other
        };
        tree.insert(relative(path, root), node);
    });
    tree.remove(LOCK);
    tree
}

/// Length and time of the last change of everything below `root`, the folders and the lock file included.
pub fn stamps(root: &Path) -> BTreeMap<String, (u64, SystemTime)> {
    let mut stamps = BTreeMap::new();
    walk(root, &mut |path, metadata| {
        stamps.insert(relative(path, root), (metadata.len(), metadata.modified().unwrap()));
    });
    stamps
}

/// Demands that nothing was made, changed or removed; the message lists what was.
pub fn assert_same<V: PartialEq>(before: &BTreeMap<String, V>, after: &BTreeMap<String, V>, what: &str) {
    let made = after.keys().filter(|path| !before.contains_key(*path)).map(|path| format!("made {path}"));
    let lost = before.keys().filter(|path| !after.contains_key(*path)).map(|path| format!("lost {path}"));
    let changed = before.iter().filter(|(path, was)| after.get(*path).is_some_and(|is| is != *was));
    let changed = changed.map(|(path, _)| format!("changed {path}"));
    let all: Vec<String> = made.chain(lost).chain(changed).collect();
    assert!(all.is_empty(), "{what}: {}", all.join(", "));
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().into_owned()
}

fn walk(folder: &Path, see: &mut dyn FnMut(&Path, &std::fs::Metadata)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        see(&path, &metadata);
        if metadata.is_dir() {
            walk(&path, see);
        }
    }
}
