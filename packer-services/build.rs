//! Passes a hash of the library's own sources to the compiler, as `PROMETEU_RULES`: a cache that another version of the
//! rules wrote is not used.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

#[expect(clippy::disallowed_methods, reason = "a build script cannot use the library")]
fn main() -> io::Result<()> {
    // The locked versions of the dependencies decode the images. They are known only in this repository.
    let lock = Path::new("../Cargo.lock");
    let mut hasher = DefaultHasher::new();
    for root in ["src", "Cargo.toml"].map(Path::new).into_iter().chain(Some(lock).filter(|lock| lock.exists())) {
        println!("cargo::rerun-if-changed={}", root.display());
        for path in files_in(root)? {
            (path.strip_prefix(root).ok(), fs::read(&path)?).hash(&mut hasher);
        }
    }
    println!("cargo::rustc-env=PROMETEU_RULES={:016x}", hasher.finish());
    Ok(())
}

/// The file itself, or all files below the folder, sorted.
fn files_in(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut files = Vec::new();
    for entry in entries {
        files.append(&mut files_in(&entry)?);
    }
    files.sort();
    Ok(files)
}
