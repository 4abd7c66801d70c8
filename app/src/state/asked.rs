//! The sheet that shows what a change would do, before it does.

use packer_services::diagnostics::Finding;
use packer_services::fixes::OfferedFix;
use packer_services::ops::{AssetEdit, ChangeSummary, MovedIdentity, MovedSlot, RecoloredPixels, RepaintedTile};

use super::State;

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
    /// The pixels of images that get other colors.
    pub recolored: Vec<RecoloredPixels>,
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

impl State {
    /// The fixes of all problems like that of this one, in the same way; this one is among them.
    pub fn fixes_like(&self, fix: &OfferedFix) -> Vec<OfferedFix> {
        let of_problems = self.contents().into_iter().flat_map(|contents| contents.fixes.values().flatten());
        let is_alike = |other: &&OfferedFix| (other.code, other.choice) == (fix.code, fix.choice);
        let mut alike: Vec<OfferedFix> = of_problems.filter(is_alike).cloned().collect();
        let root = |fix: &OfferedFix| fix.asset.as_ref().map(|asset| asset.root.clone());
        alike.sort_by(|a, b| (root(a), &a.title).cmp(&(root(b), &b.title)));
        alike.dedup();
        alike
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
