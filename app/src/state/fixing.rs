//! The sheet that shows what fixes of problems would change, before they do.

use packer_services::diagnostics::Finding;
use packer_services::fixes::OfferedFix;
use packer_services::ops::FixProjectReport;

/// Fixes that the user is asked about.
#[derive(Debug)]
pub struct Fixing {
    /// The fixes; all that are safe if there are none.
    pub fixes: Vec<OfferedFix>,
    /// What they would change; `None` until that is known.
    pub preview: Option<FixPreview>,
}

/// What fixes would change.
#[derive(Debug)]
pub struct FixPreview {
    /// Why some or all of them are refused.
    pub findings: Vec<Finding>,
    /// The fixes and the change; `None` if the project could not be read.
    pub report: Option<FixProjectReport>,
}

impl Fixing {
    /// Whether they can be made.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_apply(&self) -> Result<(), &'static str> {
        let preview = self.preview.as_ref().ok_or("It is being checked.")?;
        match &preview.report {
            Some(report) if report.change.is_some() => Ok(()),
            Some(report) if report.fixes.is_empty() => Err("Nothing has one right answer."),
            _ => Err("It cannot be done."),
        }
    }
}
