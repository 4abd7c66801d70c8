//! The sheet that shows what a change would do, before it does.

use packer_services::diagnostics::Finding;
use packer_services::fixes::OfferedFix;
use packer_services::ops::{AssetEdit, ChangeSummary, MovedIdentity, MovedSlot, RepaintedTile};

/// A change that the user is asked about.
#[derive(Debug)]
pub struct AskedChange {
    /// What it does, in the imperative.
    pub title: String,
    /// The change.
    pub edit: AskedEdit,
    /// What it would do; `None` until that is known.
    pub preview: Option<ChangePreview>,
}

/// A change that is shown before it is made.
#[derive(Clone, Debug, PartialEq)]
pub enum AskedEdit {
    /// These fixes of problems; all that are safe if there are none.
    Fix(Vec<OfferedFix>),
    /// The edit of the asset with this root.
    Asset(String, AssetEdit),
}

/// What a change would do.
#[derive(Debug, Default)]
pub struct ChangePreview {
    /// Why it is refused, and what else was found.
    pub findings: Vec<Finding>,
    /// The fixes that would be made, in words.
    pub fixes: Vec<String>,
    /// The change; `None` if it is refused, or if there is nothing to change.
    pub change: Option<ChangeSummary>,
    /// The assets that get other slots.
    pub slots: Vec<MovedSlot>,
    /// The tiles or samples that get other ids.
    pub ids: Vec<MovedIdentity>,
    /// The tiles that get another palette.
    pub repainted: Vec<RepaintedTile>,
}

impl ChangePreview {
    /// Whether it can be made.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_apply(&self) -> Result<(), &'static str> {
        match self.change {
            Some(_) => Ok(()),
            None if !self.findings.iter().any(Finding::is_error) => Err("There is nothing to change."),
            None => Err("It has errors."),
        }
    }
}

impl AskedChange {
    /// Whether it can be made.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_apply(&self) -> Result<(), &'static str> {
        self.preview.as_ref().ok_or("It is being checked.")?.can_apply()
    }
}
