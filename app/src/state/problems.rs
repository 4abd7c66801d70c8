//! The list of problems, and which one is selected.

use packer_services::diagnostics::{CauseId, Finding, Pixel, Place, Severity};

use super::{AssetFilter, BottomTab, Contents, ListRow, Panel, State};

/// Which problems are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProblemFilter {
    /// `None` lists those of any severity.
    pub severity: Option<Severity>,
    /// Whether only those of the selected asset are listed.
    pub only_selected: bool,
}

impl State {
    /// Updates the listed problems. Call it when the problems, their filter or the selected asset changed.
    pub fn update_problem_rows(&mut self) {
        let ProblemFilter { severity, only_selected } = self.problem_filter;
        let root = self.selected_root.as_deref();
        let of_selected =
            |finding: &Finding| finding.asset.as_ref().is_some_and(|asset| Some(asset.root.as_str()) == root);
        let is_listed = |finding: &Finding| {
            severity.is_none_or(|severity| finding.severity == severity) && (!only_selected || of_selected(finding))
        };
        let mut rows: Vec<usize> = (0..self.problems.len()).filter(|at| is_listed(&self.problems[*at])).collect();
        // An error is what blocks the pack, so it comes before all notes.
        rows.sort_by_key(|at| self.problems[*at].severity);
        self.problem_rows = rows;
    }

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
        // One of the two says what is wrong.
        let says = [Panel::Details, Panel::Bottom];
        if !says.iter().any(|panel| self.settings.shows(*panel))
            && let Some(panel) = says.into_iter().find(|panel| self.settings.tucked.contains(panel))
        {
            self.settings.show_panel(panel, true);
        }
        if !self.problem_rows.contains(&index) {
            self.problem_filter = ProblemFilter::default();
            self.update_problem_rows();
        }
        let Some(root) = finding.asset.as_ref().map(|asset| asset.root.clone()) else { return };
        if self.contents().is_some_and(|contents| contents.asset(&root).is_some()) {
            self.select_asset(&root);
            self.show_in_list(&root);
            let file = self.path_in_asset(&finding).map(str::to_owned);
            self.view.go_to_finding(&finding, file.as_deref());
        }
    }

    /// Selects the problem with this cause. If it was fixed since, the activity reports that.
    pub fn show_cause(&mut self, cause: CauseId) {
        match self.problems.iter().position(|problem| problem.cause_id() == cause) {
            Some(index) => self.select_problem(index),
            None => self.notify("That error is no longer found: it was fixed since"),
        }
    }

    /// Lists all assets if this one is not listed: the selected asset must be visible in the list.
    pub fn show_in_list(&mut self, root: &str) {
        if !self.is_listed(root) {
            self.filter = AssetFilter::default();
            self.update_rows();
        }
    }

    fn is_listed(&self, root: &str) -> bool {
        let is_row_of_it = |row: &ListRow| matches!(row, ListRow::Asset(index) if self.assets().get(*index).is_some_and(|asset| asset.root == root));
        self.rows.iter().any(is_row_of_it)
    }

    /// Selects the problem `step` places further on, around the end.
    pub fn step_problem(&mut self, step: isize) {
        let count = self.problem_rows.len().cast_signed();
        if count == 0 {
            return;
        }
        let row = self.selected_problem_row().map(usize::cast_signed);
        let next = match row {
            Some(row) => row + step,
            None if step > 0 => step - 1,
            None => count + step,
        };
        self.select_problem(self.problem_rows[next.rem_euclid(count).cast_unsigned()]);
    }

    /// The row of the selected problem.
    pub fn selected_problem_row(&self) -> Option<usize> {
        let selected = self.selected_problem?;
        self.problem_rows.iter().position(|at| *at == selected)
    }

    /// The tiles that the selected problem is about, each with its first wrong pixel if there is one.
    pub fn problem_tiles(&self) -> Vec<(u32, Option<Pixel>)> {
        let Some(finding) = self.selected_problem.and_then(|index| self.problems.get(index)) else { return Vec::new() };
        let tiles = self.glyph_bank().map(|glyph| glyph.tiles_of_cause(finding.cause_id())).unwrap_or_default();
        if !tiles.is_empty() {
            return tiles;
        }
        let mut tiles: Vec<(u32, Option<Pixel>)> = Vec::new();
        for place in &finding.places {
            if let Place::Tile { tile, pixel, .. } = place
                && tiles.last().is_none_or(|(last, _)| last != tile)
            {
                tiles.push((*tile, *pixel));
            }
        }
        tiles
    }

    /// Goes to the next or previous tile that the selected problem is about, around the end.
    pub fn step_problem_tile(&mut self, step: isize) {
        let tiles = self.problem_tiles();
        let Some(count) = Some(tiles.len().cast_signed()).filter(|count| *count > 0) else { return };
        let current = tiles.iter().position(|(tile, _)| Some(*tile) == self.view.tile).map(usize::cast_signed);
        let next = match current {
            Some(current) => current + step,
            None if step > 0 => step - 1,
            None => count + step,
        };
        let (tile, pixel) = tiles[next.rem_euclid(count).cast_unsigned()];
        let corner =
            self.glyph_bank().and_then(|glyph| Some(glyph.tiles.get(tile as usize)?.source.as_ref()?.cell?.corner));
        self.view.select_tile(tile);
        self.view.pixel = pixel;
        self.view.image_pixel =
            pixel.zip(corner).map(|(pixel, corner)| Pixel { x: corner.x + pixel.x, y: corner.y + pixel.y });
        self.view.file = None;
    }

    /// The cause of the selected problem.
    pub fn selected_cause(&self) -> Option<CauseId> {
        Some(self.problems.get(self.selected_problem?)?.cause_id())
    }

    /// Replaces the problems: `first`, then the findings of the listing. The selected problem stays selected if it is
    /// still there.
    pub fn replace_problems(&mut self, first: Vec<Finding>) {
        let listed = self.contents().map_or(&[][..], |contents: &Contents| &contents.findings);
        let problems: Vec<Finding> = first.into_iter().chain(listed.iter().cloned()).collect();
        let selected = self.selected_problem.and_then(|index| self.problems.get(index)).map(Finding::cause_id);
        self.selected_problem =
            selected.and_then(|cause| problems.iter().position(|problem| problem.cause_id() == cause));
        if selected.is_some() && self.selected_problem.is_none() {
            // It was fixed, so nothing marks its place any more.
            self.view.forget_marks();
        }
        self.problems = problems;
        self.update_problem_rows();
    }
}
