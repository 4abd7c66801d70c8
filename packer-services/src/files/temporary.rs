//! A new folder for files that nobody needs afterwards.

use super::{DiskError, Folder, HeldFolder};

/// A new folder that is removed with everything in it when this is dropped.
#[derive(Debug)]
pub struct TemporaryFolder {
    parent: HeldFolder,
    name: String,
    held: HeldFolder,
}

impl TemporaryFolder {
    /// Creates `name` in `parent`.
    ///
    /// # Errors
    /// If the system refuses, or the name is taken.
    pub fn create_in(parent: HeldFolder, name: String) -> Result<Self, DiskError> {
        Ok(Self { held: parent.create_folder(&name)?, parent, name })
    }

    /// Creates a folder in the system's folder for temporary files. `unique` is in its name.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn create(unique: &str) -> Result<Self, DiskError> {
        // A relative one depends on the current folder, which is another one in the programs that use this.
        let path = std::env::temp_dir();
        let path = std::path::absolute(&path).unwrap_or(path);
        let parent = HeldFolder::at(&path).map_err(DiskError::writing(path))?;
        Self::create_in(parent, format!("prometeu-{unique}"))
    }

    /// The folder, to write files into it.
    pub fn held(&self) -> &HeldFolder {
        &self.held
    }

    /// The folder, to read files in it.
    pub fn folder(&self) -> Folder {
        Folder::at(self.held.path())
    }

    /// Renames it to `new_name` in `to`.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn move_to(&self, to: &HeldFolder, new_name: &str) -> Result<(), DiskError> {
        self.parent.rename(&self.name, to, new_name)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // In the system's folder, the system removes it; in that of the packer, the next command that locks it does.
        let _ = self.parent.remove_all(&self.name);
    }
}
