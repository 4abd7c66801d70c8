//! The list of problems, and which one is selected.

use packer_services::diagnostics::{CauseId, Finding, Severity};

use super::{AssetFilter, BottomTab, Contents, ListRow, State};

impl State {
    /// How many problems have a severity.
    pub fn problem_count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The problems of the selected asset, with their indices into [`State::problems`].
    pub fn selected_asset_problems(&self) -> impl Iterator<Item = (usize, &Finding)> {
        let root = self.selected_root.as_deref();
        self.problems.iter().enumerate().filter(move |(_, finding)| {
            root.is_some() && finding.asset.as_ref().map(|asset| asset.root.as_str()) == root
        })
    }

    /// The file of a finding, relative to the root of its asset.
    pub(super) fn path_in_asset<'f>(&self, finding: &'f Finding) -> Option<&'f str> {
        let root = &finding.asset.as_ref()?.root;
        finding.file.as_deref()?.strip_prefix("assets/")?.strip_prefix(root.as_str())?.strip_prefix('/')
    }

    /// Selects a problem and its asset, and goes to its place.
    pub fn select_problem(&mut self, index: usize) {
        let Some(finding) = self.problems.get(index).cloned() else { return };
        self.selected_problem = Some(index);
        self.bottom_tab = BottomTab::Problems;
        let Some(root) = finding.asset.as_ref().map(|asset| asset.root.clone()) else { return };
        if self.contents().is_some_and(|contents| contents.asset(&root).is_some()) {
            self.select_asset(&root);
            if !self.is_listed(&root) {
                // The selected asset must be visible in the list.
                self.filter = AssetFilter::default();
                self.update_rows();
            }
            let file = self.path_in_asset(&finding).map(str::to_owned);
            self.view.go_to_finding(&finding, file.as_deref());
        }
    }

    /// Selects the problem with this cause. If it was fixed since, the activity reports that.
    pub fn show_cause(&mut self, cause: CauseId) {
        match self.problems.iter().position(|problem| problem.cause_id() == cause) {
            Some(index) => self.select_problem(index),
            None => {
                self.log_activity("That error is no longer found: it was fixed since");
                self.bottom_tab = BottomTab::Activity;
            }
        }
    }

    fn is_listed(&self, root: &str) -> bool {
        let is_row_of_it = |row: &ListRow| matches!(row, ListRow::Asset(index) if self.assets().get(*index).is_some_and(|asset| asset.root == root));
        self.rows.iter().any(is_row_of_it)
    }

    /// Selects the problem `step` places further on, around the end.
    pub fn step_problem(&mut self, step: isize) {
        let count = self.problems.len().cast_signed();
        if count == 0 {
            return;
        }
        let next = match self.selected_problem {
            Some(index) => (index.cast_signed() + step).rem_euclid(count),
            None if step > 0 => 0,
            None => count - 1,
        };
        self.select_problem(next.cast_unsigned());
    }

    /// Replaces the problems: `first`, then the findings of the listing. The selected problem stays selected if it is
    /// still there.
    pub fn replace_problems(&mut self, first: Vec<Finding>) {
        let listed = self.contents().map_or(&[][..], |contents: &Contents| &contents.findings);
        let problems: Vec<Finding> = first.into_iter().chain(listed.iter().cloned()).collect();
        let selected = self.selected_problem.and_then(|index| self.problems.get(index)).map(Finding::cause_id);
        self.selected_problem =
            selected.and_then(|cause| problems.iter().position(|problem| problem.cause_id() == cause));
        self.problems = problems;
    }
}
