//! `list`: every asset with its state, and the budgets.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::operation::{Operation, OperationClass, Report};
use crate::session::{ListAssetsReport, Session, SessionError};

pub use crate::session::SessionError as ListAssetsError;

/// Lists the assets of a project.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{AssetState, ListAssets, Operation};
///
/// let report = ListAssets::new("../assets-demo/lantern").run(&Context::new())?;
/// let ready = report.assets.iter().filter(|asset| asset.state == AssetState::Ready);
/// let roots: Vec<&str> = ready.map(|asset| asset.root.as_str()).collect();
/// assert!(roots.contains(&"characters/lamps"));
/// assert!(report.budgets.is_some(), "nothing blocks a pack");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ListAssets {
    project: PathBuf,
}

impl ListAssets {
    /// Lists the assets of the project in this folder.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self { project: project.into() }
    }
}

impl Operation for ListAssets {
    type Report = ListAssetsReport;
    type Error = ListAssetsError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    /// A session that ends at once, so that a list and a session cannot disagree.
    fn run(&self, context: &Context) -> Result<Report<ListAssetsReport>, SessionError> {
        let mut session = Session::new(&self.project);
        let changing = session.read_whole(context)?;
        let mut report = session.report();
        report.findings.extend(changing);
        Ok(report.sorted())
    }
}
