//! `show`: all details of one asset.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::asset_uuid::AssetUuid;
use crate::banks::glyph::animations::{BankAnimation, resolve_animations};
use crate::banks::{ArtifactUse, Identity, Stop};
use crate::context::Context;
use crate::declaration::{Content, Family, Region, SpritePart};
use crate::diagnostics::Finding;
use crate::files::Sha;
use crate::formats::{EntryMetadata, SampleMetadata};
use crate::operation::{Operation, OperationClass, Report, operation_error};
use crate::pack::built::{BuiltAsset, build_and_keep};
use crate::pack::examine::{Attempt, DiscardOutput, examine_assets, with_retries};
use crate::paths::RelPath;
use crate::preview::{BankPreview, Preview, TileRepeats};
use crate::project::{Project, ProjectError};
use crate::snapshot::{BrokenRegistry, RegisteredAsset};

/// Shows an asset.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{AssetSelector, Operation, ShowAsset};
///
/// let asset = AssetSelector::Root("characters/lamps".to_owned());
/// let report = ShowAsset::new("../assets-demo/lantern", asset).run(&Context::new())?;
/// assert_eq!((report.asset_id, report.used, report.capacity), (3, 16, Some(256)));
/// assert_eq!(report.tiles[5].file.as_str(), "wisp.png");
/// assert_eq!(report.palettes[1].name.as_deref(), Some("shade"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShowAsset {
    project: PathBuf,
    asset: AssetSelector,
    finds_repeats: bool,
}

impl ShowAsset {
    /// Shows this asset.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>) -> Self {
        Self { project: project.into(), asset: asset.into(), finds_repeats: false }
    }

    /// Also finds the tiles that are blank, or repeat another one.
    #[must_use]
    pub fn find_repeats(mut self, finds_repeats: bool) -> Self {
        self.finds_repeats = finds_repeats;
        self
    }
}

operation_error! {
    /// Why an asset could not be shown.
    ShowAssetError { Project(ProjectError), Registry(BrokenRegistry), NotFound(AssetNotFound) }
}

/// All details of an asset.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ShowAssetReport {
    /// Its id.
    pub asset_id: u32,
    /// Its uuid in the registry.
    pub asset_uuid: AssetUuid,
    /// Relative to `assets/`.
    pub root: String,
    /// Whether it is in the build set.
    pub included: bool,
    /// Its name, if that could be read.
    pub name: Option<String>,
    /// Its type, if that could be read.
    #[serde(rename = "type")]
    pub family: Option<Family>,
    /// Its slot in this build set, if it is preloaded.
    pub slot: Option<u32>,
    /// The size of the payload, if it can be built.
    pub size_bytes: Option<u64>,
    /// The hash of the payload, if it can be built.
    pub payload_sha256: Option<Sha>,
    /// The metadata of its entry in the pack, if the payload can be built.
    pub metadata: Option<Value>,
    /// The number of tiles or samples in the artifacts that could be read.
    pub used: u32,
    /// The maximum number of tiles; `None` for sounds, which have no such limit.
    pub capacity: Option<u32>,
    /// The declared palettes.
    pub palettes: Vec<PaletteDetails>,
    /// Which tiles or samples each artifact contributes, by index.
    pub artifacts: Vec<ArtifactUse>,
    /// By id; empty for sound banks and raw assets.
    pub tiles: Vec<TileDetails>,
    /// By index, if the payload can be built; empty for glyph banks.
    pub samples: Vec<SampleDetails>,
    /// The tiles whose ids could be saved; `None` if that was not asked, or the asset has no tiles.
    pub repeats: Option<TileRepeats>,
    /// The animations without an error, as declared; empty for sound banks and raw assets.
    pub animations: Vec<BankAnimation>,
}

/// A tile, and where it comes from.
#[derive(Clone, Debug, Serialize)]
pub struct TileDetails {
    /// Its id.
    pub tile: u32,
    /// Relative to the asset's root.
    pub file: RelPath,
    /// The region of the artifact, if it has one.
    pub region: Option<Region>,
    /// The part of the sprite that the artifact uses, if it is not all of it.
    pub sprite: Option<SpritePart>,
    /// The cell's column in the artifact's grid.
    pub column: u32,
    /// The cell's row in the artifact's grid.
    pub row: u32,
    /// The palette that its indices were made for: drawn with any other, it has other colors. `None` if it cannot be
    /// built.
    pub palette: Option<u32>,
}

/// A sample as the console plays it.
#[derive(Clone, Debug, Serialize)]
pub struct SampleDetails {
    /// Its index.
    pub index: u32,
    /// The file it comes from, relative to the asset's root; for a raw asset, the payload.
    pub file: RelPath,
    /// In frames.
    pub frames: u64,
    /// In Hz.
    pub sample_rate: u32,
    /// The first frame of its loop, if it has one.
    pub loop_start: Option<u64>,
    /// The frame after the last frame of its loop, if it has one.
    pub loop_end: Option<u64>,
}

/// A declared palette.
#[derive(Clone, Debug, Serialize)]
pub struct PaletteDetails {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// `#rrggbb`; color 0 is the color key.
    pub colors: Vec<String>,
}

impl Operation for ShowAsset {
    type Report = ShowAssetReport;
    type Error = ShowAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<ShowAssetReport>, ShowAssetError> {
        let project = Project::at(&self.project);
        let (mut report, changing) = with_retries(context, &project, |snapshot| {
            snapshot.require_registry()?;
            let asset = self.asset.select(snapshot)?;
            let examination = examine_assets(context, snapshot, [asset], None, &mut DiscardOutput)?;
            let asset_ref = asset.asset_ref();
            let findings: Vec<Finding> = examination
                .findings
                .iter()
                .filter(|finding| finding.asset.as_ref() == Some(&asset_ref))
                .cloned()
                .collect();
            let built = examination.built.first();
            // In an excluded asset errors are only notes, so the severity of the code decides whether it is complete.
            let is_broken =
                findings.iter().any(|finding| finding.code.severity() == crate::diagnostics::Severity::Error);
            let complete = built.filter(|built| built.metadata.is_some() && !is_broken);
            let repeats = if self.finds_repeats { find_repeats(context, asset)? } else { None };
            let artifacts = built.map(|built| built.uses.clone()).unwrap_or_default();
            let (capacity, palettes) = match asset.declaration().map(|declaration| &declaration.content) {
                Some(Content::Glyph(glyph)) => {
                    let palettes = glyph.palettes.iter().map(|palette| PaletteDetails {
                        name: palette.name.clone(),
                        colors: palette.colors.iter().map(ToString::to_string).collect(),
                    });
                    (Some(glyph.tile_size.capacity()), palettes.collect())
                }
                _ => (None, Vec::new()),
            };
            let data = ShowAssetReport {
                asset_id: asset.entry.asset_id,
                asset_uuid: asset.entry.asset_uuid,
                root: asset_ref.root.clone(),
                included: asset.entry.included_in_build,
                name: asset.name().map(str::to_owned),
                family: asset.family(),
                slot: snapshot.slots.get(&asset.entry.asset_id).copied(),
                size_bytes: complete.map(BuiltAsset::size_bytes),
                payload_sha256: complete.map(|built| built.payload_sha256),
                metadata: complete.and_then(|built| built.metadata.as_ref()).map(EntryMetadata::to_value),
                used: artifacts.iter().map(|artifact| artifact.count).sum(),
                capacity,
                palettes,
                tiles: built.map_or_else(Vec::new, |built| tile_details(asset, built)),
                repeats,
                animations: built.map_or_else(Vec::new, resolved_animations),
                samples: complete.map_or_else(Vec::new, |built| sample_details(built, &artifacts)),
                artifacts,
            };
            let value = Report { findings, data };
            Ok::<_, ShowAssetError>(Attempt { value, changed_path: examination.changed_path.clone() })
        })?;
        report.findings.extend(changing);
        Ok(report.sorted())
    }
}

fn find_repeats(context: &Context, asset: &Arc<RegisteredAsset>) -> Result<Option<TileRepeats>, Stop> {
    let preview = build_and_keep(context, asset, None)?.map(|(built, kept)| Preview::of_built(&built, kept));
    Ok(match preview.map(|preview| preview.bank) {
        Some(BankPreview::Glyph(glyph)) => Some(glyph.tile_repeats()),
        _ => None,
    })
}

fn tile_details(asset: &RegisteredAsset, built: &BuiltAsset) -> Vec<TileDetails> {
    if asset.family() != Some(Family::GlyphBank) {
        return Vec::new();
    }
    let identities = built.uses.iter().flat_map(ArtifactUse::identities);
    let details = identities.map(|Identity { id, file, region, part, column, row }| TileDetails {
        tile: id,
        file: file.clone(),
        region,
        sprite: part.cloned(),
        column,
        row,
        palette: built.tile_palettes.palette_of(id),
    });
    details.collect()
}

fn resolved_animations(built: &BuiltAsset) -> Vec<BankAnimation> {
    match &built.declaration.content {
        Content::Glyph(glyph) => resolve_animations(glyph, &built.uses).filter_map(Result::ok).collect(),
        _ => Vec::new(),
    }
}

fn sample_details(built: &BuiltAsset, artifacts: &[ArtifactUse]) -> Vec<SampleDetails> {
    let Some(EntryMetadata::Sound(sound)) = &built.metadata else { return Vec::new() };
    let details = |(index, sample): (u32, &SampleMetadata)| {
        let artifact = artifacts.get(index as usize).map(|artifact| &artifact.file);
        let payload = match &built.declaration.content {
            Content::Raw { payload, .. } => Some(payload),
            _ => None,
        };
        Some(SampleDetails {
            index,
            file: artifact.or(payload)?.clone(),
            frames: sample.frames,
            sample_rate: sample.sample_rate_hz,
            loop_start: sample.looping.map(|looping| looping.start),
            loop_end: sample.looping.map(|looping| looping.end),
        })
    };
    (0u32..).zip(&sound.samples).filter_map(details).collect()
}
