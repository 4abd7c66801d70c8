//! The list of assets, and the selected asset, tile and palette.

use std::cmp::Reverse;

use packer_services::ops::ListedAsset;

use super::{ListRow, OverviewOrder, PreviewState, State, View, ViewKind, contents};

impl State {
    /// The selected asset.
    pub fn selected_asset(&self) -> Option<&ListedAsset> {
        self.contents()?.asset(self.selected_root.as_deref()?)
    }

    /// Whether the selected asset can be edited: it is in the project, and not in an opened pack.
    pub fn can_edit_selected(&self) -> bool {
        !self.is_pack() && self.selected_asset().is_some_and(|asset| asset.asset_id.is_some())
    }

    /// The assets of the list, in its order.
    pub fn listed_assets(&self) -> impl Iterator<Item = &ListedAsset> {
        let asset = |row: &ListRow| if let ListRow::Asset(index) = row { self.assets().get(*index) } else { None };
        self.rows.iter().filter_map(asset)
    }

    /// The same, in the order of the overview.
    pub fn overview_assets(&self) -> Vec<&ListedAsset> {
        let mut listed: Vec<&ListedAsset> = self.listed_assets().collect();
        // The sorts keep the order of what is equal.
        match self.settings.overview_order {
            OverviewOrder::List => {}
            OverviewOrder::Fill => listed.sort_by_key(|asset| Reverse(permille(asset))),
            OverviewOrder::Palettes => listed.sort_by_key(|asset| Reverse(asset.fill.and_then(|fill| fill.palettes))),
            OverviewOrder::Size => listed.sort_by_key(|asset| Reverse(asset.size_bytes)),
            OverviewOrder::Changed => listed.sort_by_key(|asset| !contents::is_changed(asset)),
        }
        listed
    }

    /// Updates the rows of the asset list. Call it when the contents or the filter changed.
    pub fn update_rows(&mut self) {
        self.rows = contents::list_rows(self.assets(), &self.filter, self.is_pack());
    }

    /// Selects an asset, in the view that the user chose last. What was selected in the previous one is forgotten.
    pub fn select_asset(&mut self, root: &str) {
        if self.selected_root.as_deref() != Some(root) {
            self.selected_root = Some(root.to_owned());
            self.view = View {
                kind: self.chosen_view,
                sides: self.view.sides,
                frame_count: self.view.frame_count,
                frames_per_second: self.view.frames_per_second,
                ..View::default()
            };
            self.preview = PreviewState::Loading;
            self.source = None;
            if self.problem_filter.only_selected {
                self.update_problem_rows();
            }
        }
    }

    /// Selects the listed asset `step` rows further on, and stops at the ends.
    pub fn step_asset(&mut self, step: isize) {
        let roots: Vec<&String> = match self.view_kind() {
            ViewKind::Overview => self.overview_assets().into_iter().map(|asset| &asset.root).collect(),
            _ => self.listed_assets().map(|asset| &asset.root).collect(),
        };
        let current = roots.iter().position(|root| Some(*root) == self.selected_root.as_ref());
        let next = current.map_or(0, |index| index.saturating_add_signed(step).min(roots.len().saturating_sub(1)));
        if let Some(root) = roots.get(next).map(|root| (*root).clone()) {
            self.select_asset(&root);
        }
    }

    /// Selects the tile so many columns and rows further on, and stops at the edges of the sheet.
    pub fn step_tile(&mut self, columns: i32, rows: i32) {
        let Some(size) = self.glyph_bank().map(|bank| bank.metadata.tile_size) else { return };
        let (tile, side) = (self.view.tile.unwrap_or(0), size.columns());
        let edge = side - 1;
        let column = (tile % side).saturating_add_signed(columns).min(edge);
        let row = (tile / side).saturating_add_signed(rows).min(edge);
        // The first step selects the first tile, so that the user sees where the selection is.
        self.view.select_tile(if self.view.tile.is_some() { row * side + column } else { 0 });
        self.view.file = None;
    }

    /// Shows the sheet in the palette `step` places further on. First comes each tile's own palette, if it is known,
    /// then one palette after the other.
    pub fn step_palette(&mut self, step: i32) {
        let Some(bank) = self.glyph_bank() else { return };
        let own = usize::from(bank.has_known_palettes());
        let count = (bank.palettes.len() + own).max(1);
        let current = self.view.palette.map_or(0, |palette| palette as usize + own).cast_signed();
        let next = (current + step as isize).rem_euclid(count.cast_signed()).cast_unsigned();
        self.view.palette = next.checked_sub(own).and_then(|palette| u32::try_from(palette).ok());
    }
}

/// How full a bank is, in thousandths; `None` if that is not known, or if its type has no limit.
fn permille(asset: &ListedAsset) -> Option<u64> {
    let fill = asset.fill?;
    Some(u64::from(fill.ids) * 1000 / u64::from(fill.most_ids?.max(1)))
}
