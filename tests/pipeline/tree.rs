//! The content of a folder, to compare it before and after.
#![expect(clippy::disallowed_methods, reason = "it reads every byte of a folder")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
    Other,
}

/// Every path below a folder; paths are relative to it.
pub type Tree = BTreeMap<String, Node>;

/// A packer writes its process id here; only people read it.
const LOCK: &str = "assets/.prometeu/lock";

/// Everything in `root`, except the lock file.
pub fn read_tree(root: &Path) -> Tree {
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

/// Length and modification time of everything in `root`, including folders and the lock file.
pub fn read_stamps(root: &Path) -> BTreeMap<String, (u64, SystemTime)> {
    let mut stamps = BTreeMap::new();
    walk(root, &mut |path, metadata| {
        stamps.insert(relative(path, root), (metadata.len(), metadata.modified().unwrap()));
    });
    stamps
}

/// Asserts that nothing was created, changed or removed; the message lists the differences.
pub fn assert_same<V: PartialEq>(before: &BTreeMap<String, V>, after: &BTreeMap<String, V>, what: &str) {
    let created = after.keys().filter(|path| !before.contains_key(*path)).map(|path| format!("created {path}"));
    let removed = before.keys().filter(|path| !after.contains_key(*path)).map(|path| format!("removed {path}"));
    let changed = before.iter().filter(|(path, old)| after.get(*path).is_some_and(|new| new != *old));
    let changed = changed.map(|(path, _)| format!("changed {path}"));
    let all: Vec<String> = created.chain(removed).chain(changed).collect();
    assert!(all.is_empty(), "{what}: {}", all.join(", "));
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().into_owned()
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &std::fs::Metadata)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        visit(&path, &metadata);
        if metadata.is_dir() {
            walk(&path, visit);
        }
    }
}
