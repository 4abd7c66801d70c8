//! The assets of an open project or pack, and which of them are listed.

use std::collections::HashMap;

use packer_services::declaration::Family;
use packer_services::diagnostics::{CauseId, Finding};
use packer_services::fixes::OfferedFix;
use packer_services::ops::{AssetState, Budgets, InspectPackReport, ListAssetsReport, ListedAsset, Report, SincePack};

/// The assets of an open project or pack.
#[derive(Debug, Default)]
pub struct Contents {
    assets: Vec<ListedAsset>,
    /// The findings of the listing.
    pub findings: Vec<Finding>,
    /// The budgets that a pack uses.
    pub budgets: Option<Budgets>,
    /// Whether they are what is known of a project that cannot be packed.
    pub are_budgets_partial: bool,
    /// How many assets have errors or warnings.
    pub with_problems: usize,
    /// What resolves each finding, by its cause.
    pub fixes: HashMap<CauseId, Vec<OfferedFix>>,
    /// In an opened pack: each asset's entry in the table, as JSON.
    pub entries: HashMap<String, String>,
    /// The index of each asset, by root.
    indices: HashMap<String, usize>,
}

impl Contents {
    /// The contents of a project, and what resolves each finding.
    pub fn of_project(listing: Report<ListAssetsReport>, fixes: HashMap<CauseId, Vec<OfferedFix>>) -> Self {
        let (findings, listing) = listing.into_parts();
        let are_budgets_partial = listing.budgets.is_none();
        let budgets = Some(listing.budgets.unwrap_or(listing.known_budgets));
        Self { budgets, are_budgets_partial, findings, fixes, ..Self::with_assets(listing.assets) }
    }

    /// The contents of a pack. A pack does not contain the roots of its assets, so their names are used instead.
    pub fn of_pack(inspection: &Report<InspectPackReport>) -> Self {
        let Some(header) = &inspection.header else { return Self::default() };
        let mut entries = HashMap::new();
        let mut assets = Vec::new();
        for (entry, value) in std::iter::zip(&header.entries, header.asset_table.as_array().into_iter().flatten()) {
            entries.insert(entry.name.clone(), serde_json::to_string_pretty(value).unwrap_or_default());
            assets.push(ListedAsset {
                asset_id: Some(entry.asset_id),
                root: entry.name.clone(),
                name: Some(entry.name.clone()),
                family: family_of(entry.bank_type),
                state: AssetState::Ready,
                slot: entry.slot,
                size_bytes: Some(entry.size_bytes),
                fill: None,
                errors: 0,
                warnings: 0,
                since_pack: None,
                search_terms: "".into(),
            });
        }
        Self { budgets: Some(header.budgets.clone()), entries, ..Self::with_assets(assets) }
    }

    fn with_assets(assets: Vec<ListedAsset>) -> Self {
        let with_problems = assets.iter().filter(|asset| asset.errors + asset.warnings > 0).count();
        let indices = assets.iter().enumerate().map(|(index, asset)| (asset.root.clone(), index)).collect();
        Self { assets, with_problems, indices, ..Self::default() }
    }

    /// All assets.
    pub fn assets(&self) -> &[ListedAsset] {
        &self.assets
    }

    /// The asset with this root.
    pub fn asset(&self, root: &str) -> Option<&ListedAsset> {
        self.assets.get(*self.indices.get(root)?)
    }
}

/// Which assets are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AssetFilter {
    /// Words, in upper or lower case; each is part of the name, the root, the type, a file or a color.
    pub text: String,
    /// `None` lists all types.
    pub family: Option<Family>,
    /// `None` lists assets of any status.
    pub status: Option<StatusFilter>,
    /// Whether only assets with errors or warnings are listed.
    pub only_problems: bool,
}

/// The status of an asset with regard to the pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusFilter {
    /// Registered and included.
    Included,
    /// Registered and excluded.
    Excluded,
    /// Not registered.
    Unregistered,
    /// New, or different from the published pack.
    Changed,
}

impl StatusFilter {
    /// All, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Included, Self::Excluded, Self::Unregistered, Self::Changed];

    /// Its name in the window.
    pub fn name(self) -> &'static str {
        match self {
            Self::Included => "In the build",
            Self::Excluded => "Left out",
            Self::Unregistered => "Not added",
            Self::Changed => "Changed since last pack",
        }
    }

    fn matches(self, asset: &ListedAsset) -> bool {
        match self {
            Self::Included => matches!(asset.state, AssetState::Ready | AssetState::Broken),
            Self::Excluded => asset.state == AssetState::Excluded,
            Self::Unregistered => asset.state == AssetState::Unregistered,
            Self::Changed => is_changed(asset),
        }
    }
}

/// Whether an asset is new, or different from the published pack.
pub fn is_changed(asset: &ListedAsset) -> bool {
    matches!(asset.since_pack, Some(SincePack::New | SincePack::Changed))
}

impl AssetFilter {
    /// Whether an asset is listed. `text` is the filter's text, trimmed and in lower case.
    fn matches(&self, asset: &ListedAsset, text: &str) -> bool {
        let is_found = |word: &str| {
            let contains = |text: &str| text.to_lowercase().contains(word);
            contains(&asset.root)
                || asset.name.as_deref().is_some_and(contains)
                || family_name(asset.family).contains(word)
                || asset.search_terms.contains(word)
        };
        let has_text = text.split_whitespace().all(is_found);
        has_text
            && self.family.is_none_or(|family| asset.family == Some(family))
            && self.status.is_none_or(|status| status.matches(asset))
            && (!self.only_problems || asset.errors + asset.warnings > 0)
    }
}

/// The name of a bank's type in the window.
pub fn family_name(family: Option<Family>) -> &'static str {
    match family {
        Some(Family::GlyphBank) => "tile bank",
        Some(Family::SoundBank) => "sound bank",
        None => "unknown type",
    }
}

/// The name of a bank type of the console, such as `GLYPH`, in the window.
pub fn bank_name(bank_type: &'static str) -> &'static str {
    match family_of(bank_type) {
        Some(Family::GlyphBank) => "Tile bank",
        Some(Family::SoundBank) => "Sound bank",
        None => bank_type,
    }
}

fn family_of(bank_type: &str) -> Option<Family> {
    [Family::GlyphBank, Family::SoundBank].into_iter().find(|family| family.bank_type() == bank_type)
}

/// A row of the asset list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListRow {
    /// A folder's name, above its assets.
    Folder(String),
    /// An asset, by its index in the contents.
    Asset(usize),
}

/// The rows of the asset list. Assets are grouped by folder, in the order of the folders' names; assets that are not
/// packed come last.
pub fn list_rows(assets: &[ListedAsset], filter: &AssetFilter, is_pack: bool) -> Vec<ListRow> {
    let text = filter.text.trim().to_lowercase();
    let mut listed: Vec<(Group<'_>, usize)> = assets
        .iter()
        .enumerate()
        .filter(|(_, asset)| filter.matches(asset, &text))
        .map(|(index, asset)| (Group::of(asset, is_pack), index))
        .collect();
    listed.sort();
    let mut rows = Vec::with_capacity(listed.len());
    let mut last = None;
    for (group, index) in listed {
        if last != Some(group) {
            rows.push(ListRow::Folder(group.name().to_owned()));
            last = Some(group);
        }
        rows.push(ListRow::Asset(index));
    }
    rows
}

/// What an asset is listed under, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    TileBanks,
    SoundBanks,
    Scenes,
    Folder(&'a str),
    Excluded,
    Unregistered,
}

impl<'a> Group<'a> {
    fn of(asset: &'a ListedAsset, is_pack: bool) -> Self {
        match asset.state {
            AssetState::Unregistered => Self::Unregistered,
            AssetState::Excluded => Self::Excluded,
            // A pack has no folders, so its assets are grouped by type.
            _ if is_pack => match asset.family {
                Some(Family::GlyphBank) => Self::TileBanks,
                Some(Family::SoundBank) => Self::SoundBanks,
                None => Self::Scenes,
            },
            _ => Self::Folder(asset.root.rsplit_once('/').map_or("assets", |(folder, _)| folder)),
        }
    }

    fn name(self) -> &'a str {
        match self {
            Self::TileBanks => "tile banks",
            Self::SoundBanks => "sound banks",
            Self::Scenes => "scenes",
            Self::Folder(name) => name,
            Self::Excluded => "left out of the build",
            Self::Unregistered => "not added to the project",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(root: &str, state: AssetState) -> ListedAsset {
        let name = root.rsplit('/').next().map(str::to_owned);
        let family = Some(if root.starts_with("sound") { Family::SoundBank } else { Family::GlyphBank });
        let errors = usize::from(state == AssetState::Broken);
        ListedAsset {
            asset_id: Some(1),
            root: root.to_owned(),
            name,
            family,
            state,
            slot: None,
            size_bytes: None,
            fill: None,
            errors,
            warnings: 0,
            since_pack: None,
            search_terms: "step.wav\n#e77563".into(),
        }
    }

    fn row_names(assets: &[ListedAsset], filter: &AssetFilter) -> Vec<String> {
        let rows = list_rows(assets, filter, false);
        let name = |row: &ListRow| match row {
            ListRow::Folder(name) => format!("{name}:"),
            ListRow::Asset(index) => assets[*index].root.clone(),
        };
        rows.iter().map(name).collect()
    }

    #[test]
    fn assets_are_grouped_and_filtered() {
        let assets = [
            asset("world/terrain", AssetState::Ready),
            asset("aside", AssetState::Unregistered),
            asset("title", AssetState::Excluded),
            asset("hero", AssetState::Broken),
            asset("sound/steps", AssetState::Ready),
        ];
        let listed = row_names(&assets, &AssetFilter::default());
        let expected = "assets: hero sound: sound/steps world: world/terrain left out of the build: title not added to the project: aside";
        assert_eq!(listed.join(" "), expected);
        assert_eq!(
            row_names(&assets, &AssetFilter { only_problems: true, ..AssetFilter::default() }),
            ["assets:", "hero"]
        );
        let excluded = AssetFilter { status: Some(StatusFilter::Excluded), ..AssetFilter::default() };
        assert_eq!(row_names(&assets, &excluded), ["left out of the build:", "title"]);
        let found = |text: &str| row_names(&assets, &AssetFilter { text: text.into(), ..AssetFilter::default() }).len();
        assert_eq!((found("#E77563"), found("step.wav hero"), found("sound bank")), (10, 2, 2));
        assert_eq!(found("nothing"), 0);
        let both = AssetFilter { family: Some(Family::SoundBank), text: "STEP".into(), ..AssetFilter::default() };
        assert_eq!(row_names(&assets, &both), ["sound:", "sound/steps"]);
    }
}
