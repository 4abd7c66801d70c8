//! What an open project or pack has: its assets, and which of them are listed.

use std::collections::HashMap;

use packer_services::declaration::Family;
use packer_services::diagnostics::Finding;
use packer_services::ops::{AssetState, Budgets, InspectPackReport, ListAssetsReport, ListedAsset, Report, SincePack};

/// What is known of an open project or pack.
#[derive(Debug, Default)]
pub struct Contents {
    assets: Vec<ListedAsset>,
    /// Everything that was found when it was listed.
    pub findings: Vec<Finding>,
    /// What a pack of it uses; `None` if it cannot be packed.
    pub budgets: Option<Budgets>,
    /// Assets with errors or warnings.
    pub with_problems: usize,
    /// Of an opened pack: each asset's entry, as it stands in the table.
    pub entries: HashMap<String, String>,
    places: HashMap<String, usize>,
}

impl Contents {
    /// Of a project.
    pub fn of_project(listing: Report<ListAssetsReport>) -> Self {
        let (findings, listing) = listing.into_parts();
        Self { budgets: listing.budgets, findings, ..Self::of(listing.assets) }
    }

    /// Of a pack. An asset is told by its name there: its root is not in the pack.
    pub fn of_pack(inspection: &Report<InspectPackReport>) -> Self {
        let Some(header) = &inspection.header else { return Self::default() };
        let family = |bank_type: &str| {
            [Family::GlyphBank, Family::SoundBank].into_iter().find(|family| family.bank_type() == bank_type)
        };
        let mut entries = HashMap::new();
        let mut assets = Vec::new();
        for (entry, value) in std::iter::zip(&header.entries, header.asset_table.as_array().into_iter().flatten()) {
            entries.insert(entry.name.clone(), serde_json::to_string_pretty(value).unwrap_or_default());
            assets.push(ListedAsset {
                asset_id: Some(entry.asset_id),
                root: entry.name.clone(),
                name: Some(entry.name.clone()),
                family: family(entry.bank_type),
                state: AssetState::Ready,
                slot: entry.slot,
                size_bytes: Some(entry.size_bytes),
                errors: 0,
                warnings: 0,
                since_pack: None,
            });
        }
        Self { budgets: Some(header.budgets.clone()), entries, ..Self::of(assets) }
    }

    fn of(assets: Vec<ListedAsset>) -> Self {
        let with_problems = assets.iter().filter(|asset| asset.errors + asset.warnings > 0).count();
        let places = assets.iter().enumerate().map(|(at, asset)| (asset.root.clone(), at)).collect();
        Self { assets, with_problems, places, ..Self::default() }
    }

    /// All assets.
    pub fn assets(&self) -> &[ListedAsset] {
        &self.assets
    }

    /// The asset with this root.
    pub fn asset(&self, root: &str) -> Option<&ListedAsset> {
        self.assets.get(*self.places.get(root)?)
    }
}

/// Which assets are listed: those that hold the text, of that kind, in that state, with or without problems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name or root, in any case.
    pub text: String,
    /// `None` lists all kinds.
    pub kind: Option<Family>,
    /// `None` lists all states.
    pub standing: Option<Standing>,
    /// Whether only those with errors or warnings are listed.
    pub problems: bool,
}

/// How an asset stands to the pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It will be packed.
    Included,
    /// It is registered, and left out.
    Excluded,
    /// It is not registered.
    Unregistered,
    /// It is not what the published pack has.
    Changed,
}

impl Standing {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Included, Self::Excluded, Self::Unregistered, Self::Changed];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Excluded => "excluded",
            Self::Unregistered => "not registered",
            Self::Changed => "changed since the last pack",
        }
    }

    fn is_of(self, asset: &ListedAsset) -> bool {
        match self {
            Self::Included => matches!(asset.state, AssetState::Ready | AssetState::Broken),
            Self::Excluded => asset.state == AssetState::Excluded,
            Self::Unregistered => asset.state == AssetState::Unregistered,
            Self::Changed => is_changed(asset),
        }
    }
}

/// Whether an asset is not what the published pack has of it.
pub fn is_changed(asset: &ListedAsset) -> bool {
    matches!(asset.since_pack, Some(SincePack::New | SincePack::Changed))
}

impl Filter {
    fn takes(&self, asset: &ListedAsset, wanted: &str) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(wanted);
        let has_text = wanted.is_empty() || holds(&asset.root) || asset.name.as_deref().is_some_and(holds);
        has_text
            && self.kind.is_none_or(|kind| asset.family == Some(kind))
            && self.standing.is_none_or(|standing| standing.is_of(asset))
            && (!self.problems || asset.errors + asset.warnings > 0)
    }
}

/// A row of the navigator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A folder's name, above its assets.
    Folder(String),
    /// An asset, by its place in the contents.
    Asset(usize),
}

/// The rows of the navigator: by folder, filtered. Folders are in order of their names; what is not packed comes last.
pub fn arranged(assets: &[ListedAsset], filter: &Filter, in_pack: bool) -> Vec<Row> {
    let wanted = filter.text.trim().to_lowercase();
    let mut listed: Vec<(Group<'_>, usize)> = assets
        .iter()
        .enumerate()
        .filter(|(_, asset)| filter.takes(asset, &wanted))
        .map(|(at, asset)| (Group::of(asset, in_pack), at))
        .collect();
    listed.sort();
    let mut rows = Vec::with_capacity(listed.len());
    let mut last = None;
    for (group, at) in listed {
        if last != Some(group) {
            rows.push(Row::Folder(group.name().to_owned()));
            last = Some(group);
        }
        rows.push(Row::Asset(at));
    }
    rows
}

/// What an asset stands under, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    Folder(&'a str),
    Excluded,
    Unregistered,
}

impl<'a> Group<'a> {
    fn of(asset: &'a ListedAsset, in_pack: bool) -> Self {
        match asset.state {
            AssetState::Unregistered => Self::Unregistered,
            AssetState::Excluded => Self::Excluded,
            // A pack knows no folders: there it is the bank type.
            _ if in_pack => Self::Folder(asset.family.map_or("SCENE", |family| family.bank_type())),
            _ => Self::Folder(asset.root.rsplit_once('/').map_or("assets", |(folder, _)| folder)),
        }
    }

    fn name(self) -> &'a str {
        match self {
            Self::Folder(name) => name,
            Self::Excluded => "excluded from the build",
            Self::Unregistered => "not registered",
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
            errors,
            warnings: 0,
            since_pack: None,
        }
    }

    fn words(assets: &[ListedAsset], filter: &Filter) -> Vec<String> {
        let rows = arranged(assets, filter, false);
        let word = |row: &Row| match row {
            Row::Folder(name) => format!("{name}:"),
            Row::Asset(at) => assets[*at].root.clone(),
        };
        rows.iter().map(word).collect()
    }

    #[test]
    fn assets_stand_under_their_folders_and_what_is_not_packed_comes_last() {
        let assets = [
            asset("world/terrain", AssetState::Ready),
            asset("aside", AssetState::Unregistered),
            asset("title", AssetState::Excluded),
            asset("hero", AssetState::Broken),
            asset("sound/steps", AssetState::Ready),
        ];
        let listed = words(&assets, &Filter::default());
        let expected =
            "assets: hero sound: sound/steps world: world/terrain excluded from the build: title not registered: aside";
        assert_eq!(listed.join(" "), expected);
        assert_eq!(words(&assets, &Filter { problems: true, ..Filter::default() }), ["assets:", "hero"]);
        let excluded = Filter { standing: Some(Standing::Excluded), ..Filter::default() };
        assert_eq!(words(&assets, &excluded), ["excluded from the build:", "title"]);
        let both = Filter { kind: Some(Family::SoundBank), text: "STEP".into(), ..Filter::default() };
        assert_eq!(words(&assets, &both), ["sound:", "sound/steps"]);
    }
}
