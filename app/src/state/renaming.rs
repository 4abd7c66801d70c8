//! The sheet in which an asset gets another name and another folder.

use packer_services::diagnostics::Finding;
use packer_services::ops::{AssetEdit, ListedAsset};

/// What is entered for an asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Renaming {
    /// Its root before.
    pub root: String,
    /// Its name before.
    pub old_name: String,
    /// The name that is entered.
    pub name: String,
    /// The folder that is entered, relative to `assets/`.
    pub folder: String,
    /// Whether it is being applied.
    pub is_applying: bool,
    /// Why it was refused.
    pub findings: Vec<Finding>,
}

impl Renaming {
    /// The sheet for this asset.
    pub fn new(asset: &ListedAsset) -> Self {
        let name = asset.name.clone().unwrap_or_default();
        Self {
            root: asset.root.clone(),
            old_name: name.clone(),
            name,
            folder: asset.root.clone(),
            is_applying: false,
            findings: Vec::new(),
        }
    }

    /// Whether it can be applied.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_apply(&self) -> Result<(), &'static str> {
        match () {
            () if self.is_applying => Err("It is being changed."),
            () if self.name.trim().is_empty() || self.folder.trim().is_empty() => Err("Enter a name and a folder."),
            () => Ok(()),
        }
    }

    /// What has to be done, in this order; nothing if nothing else was entered.
    pub fn edits(&self) -> Vec<AssetEdit> {
        let (name, folder) = (self.name.trim(), self.folder.trim().trim_end_matches('/'));
        let rename = (name != self.old_name).then(|| AssetEdit::Rename(name.to_owned()));
        let moves = (folder != self.root).then(|| AssetEdit::Move(folder.to_owned()));
        rename.into_iter().chain(moves).collect()
    }
}
