//! What a session knows of each asset, as a list.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::Session;
use crate::declaration::{Content, Family};
use crate::diagnostics::{Finding, Severity};
use crate::limits::SLOTS;
use crate::pack::budgets::{BankBudget, Budgets};
use crate::pack::built::BuiltAsset;
use crate::pack::published::SincePack;
use crate::snapshot::RegisteredAsset;

/// The assets of a project.
#[derive(Debug, Serialize)]
pub struct ListAssetsReport {
    /// Registered ones by id, then the others by root.
    pub assets: Vec<ListedAsset>,
    /// What a pack would use, if nothing blocks it.
    pub budgets: Option<Budgets>,
    /// What the build set uses as far as that is known, whatever blocks a pack: every slot that is asked for, and the
    /// bytes of every payload whose size is known. Not in the JSON.
    #[serde(skip)]
    pub known_budgets: Budgets,
}

/// An asset and its state.
#[derive(Clone, Debug, Serialize)]
pub struct ListedAsset {
    /// `None` if it is not registered.
    pub asset_id: Option<u32>,
    /// Relative to `assets/`.
    pub root: String,
    /// If it could be read.
    pub name: Option<String>,
    /// If it could be read.
    #[serde(rename = "type")]
    pub family: Option<Family>,
    /// Whether it will be packed.
    pub state: AssetState,
    /// Its slot, if it is preloaded.
    pub slot: Option<u32>,
    /// Its payload, if that is known.
    pub size_bytes: Option<u64>,
    /// How full its bank is; `None` if it is not built, or of an unknown type.
    pub fill: Option<BankFill>,
    /// What it is since the last pack; `None` if it is not in the build set or has an error, or if the pack in `build/`
    /// is not known.
    pub since_pack: Option<SincePack>,
    /// What a search finds it by besides its name and root: its files and its colors, in lower case, one per line. Not
    /// in the JSON.
    #[serde(skip)]
    pub search_terms: Arc<str>,
    /// Findings that block; of an excluded asset, all findings.
    pub errors: usize,
    /// Findings that warn.
    pub warnings: usize,
}

/// How full a bank is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BankFill {
    /// The first id after its tiles or samples. Ids that nothing has in between count too: the console stores them.
    pub ids: u32,
    /// How many ids a bank of its tile size can have; `None` if its type has no limit.
    pub most_ids: Option<u32>,
    /// How many palettes it declares, of at most 64; `None` if its type has no palettes.
    pub palettes: Option<u32>,
}

impl BankFill {
    fn of(built: &BuiltAsset) -> Option<Self> {
        let ids = built.uses.iter().map(|used| used.index.saturating_add(used.count)).max().unwrap_or(0);
        match &built.declaration.content {
            Content::Glyph(glyph) => {
                let palettes = u32::try_from(glyph.palettes.len()).ok();
                Some(Self { ids, most_ids: Some(glyph.tile_size.capacity()), palettes })
            }
            Content::Sound(_) => Some(Self { ids, most_ids: None, palettes: None }),
            _ => None,
        }
    }
}

/// Whether an asset will be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssetState {
    /// Registered and in the build set, without errors.
    Ready,
    /// Registered and in the build set, with errors.
    Broken,
    /// Registered, not in the build set.
    Excluded,
    /// Not in the registry.
    Unregistered,
}

impl Session {
    /// Every asset with its state. `findings` are all of the registered assets; `unregistered` are the other roots.
    pub(super) fn listed_assets(&self, findings: &[Finding], unregistered: &[&str]) -> Vec<ListedAsset> {
        let mut of_asset: HashMap<u32, Vec<&Finding>> = HashMap::new();
        for finding in findings {
            if let Some(asset_id) = finding.asset.as_ref().and_then(|asset| asset.asset_id) {
                of_asset.entry(asset_id).or_default().push(finding);
            }
        }
        let registered = self.snapshot.assets.iter().map(|asset| {
            let findings = of_asset.get(&asset.entry.asset_id).map_or(&[][..], Vec::as_slice);
            let built = self.built.get(&asset.entry.root).map(|kept| &kept.built);
            self.listed_asset(asset, findings, built)
        });
        let mut assets: Vec<ListedAsset> = registered.collect();
        assets.extend(unregistered.iter().map(|root| self.unregistered_listing(root)));
        assets
    }

    /// An asset that is not registered, as its own declaration describes it.
    fn unregistered_listing(&self, root: &str) -> ListedAsset {
        let asset = self.unregistered_asset(root).map(|asset| &**asset);
        ListedAsset {
            asset_id: None,
            root: root.to_owned(),
            name: asset.and_then(RegisteredAsset::name).map(str::to_owned),
            family: asset.and_then(RegisteredAsset::family),
            state: AssetState::Unregistered,
            slot: None,
            size_bytes: None,
            fill: None,
            since_pack: None,
            search_terms: asset.map(search_terms).unwrap_or_default().into(),
            errors: 0,
            warnings: 0,
        }
    }

    /// What the build set uses as far as that is known.
    pub(super) fn known_budgets(&self) -> Budgets {
        let banks = [Family::GlyphBank, Family::SoundBank].map(|family| {
            let mine = || self.snapshot.build_set().filter(|asset| asset.family() == Some(family));
            let is_preloaded = |asset: &&Arc<RegisteredAsset>| {
                asset.declaration().is_some_and(|declaration| declaration.preload.enabled)
            };
            let size =
                |asset: &Arc<RegisteredAsset>| self.built.get(&asset.entry.root).map(|kept| kept.built.size_bytes());
            BankBudget {
                bank_type: family.bank_type(),
                assets: mine().count(),
                slots_used: mine().filter(is_preloaded).count(),
                slots: SLOTS,
                bytes: mine().filter_map(size).sum(),
            }
        });
        Budgets { payload_bytes: banks.iter().map(|bank| bank.bytes).sum(), banks: banks.into() }
    }

    fn listed_asset(&self, asset: &RegisteredAsset, findings: &[&Finding], built: Option<&BuiltAsset>) -> ListedAsset {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let errors = count(Severity::Error);
        let slot = self.snapshot.slots.get(&asset.entry.asset_id).copied();
        // Of an excluded asset errors are notes, but its payload is no more whole for that.
        let is_broken = findings.iter().any(|finding| finding.code.severity() == Severity::Error);
        let whole = built.filter(|built| !is_broken && built.metadata.is_some());
        let published = self.published.pack.as_ref();
        let included = whole.filter(|_| asset.entry.included_in_build);
        ListedAsset {
            asset_id: Some(asset.entry.asset_id),
            root: asset.entry.root.as_str().to_owned(),
            name: asset.name().map(str::to_owned),
            family: asset.family(),
            state: match (asset.entry.included_in_build, errors) {
                (false, _) => AssetState::Excluded,
                (true, 0) => AssetState::Ready,
                (true, _) => AssetState::Broken,
            },
            slot,
            size_bytes: whole.map(BuiltAsset::size_bytes),
            fill: built.and_then(BankFill::of),
            since_pack: published.zip(included).and_then(|(pack, built)| pack.since_pack(built, slot)),
            search_terms: self.search_terms.get(&asset.entry.root).cloned().unwrap_or_default(),
            errors,
            warnings: count(Severity::Warning),
        }
    }
}

/// The files and colors of an asset, in lower case, one per line.
pub(super) fn search_terms(asset: &RegisteredAsset) -> String {
    let Some(declaration) = asset.declaration() else { return String::new() };
    let files = declaration.source_files().into_iter().map(|file| file.as_str().to_lowercase());
    let palettes = match &declaration.content {
        Content::Glyph(glyph) => glyph.palettes.as_slice(),
        _ => &[],
    };
    let colors = palettes.iter().flat_map(|palette| palette.colors.iter().map(ToString::to_string));
    files.chain(colors).collect::<Vec<String>>().join("\n")
}
