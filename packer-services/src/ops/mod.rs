//! The operations: one file for each verb, `Request::run(&context) -> Result<Report<Data>, Error>`.
//!
//! A problem in the project is a finding in the report. An operation that could not run returns its error. Operations
//! print nothing and do not depend on any adapter.

mod constants;
mod create;
mod doctor;
mod edit_asset;
mod export_palette;
mod extract;
mod fix;
mod history;
mod init;
mod inspect;
mod list;
mod pack;
#[cfg(feature = "watch")]
mod pack_schedule;
mod palettes;
mod preview;
mod preview_bank;
mod preview_edit;
mod preview_new_asset;
mod preview_packed_bank;
mod preview_source;
mod preview_thumbnails;
mod register;
mod restore;
mod show;
mod sprite_parts;
mod step_history;
mod verify;
#[cfg(feature = "watch")]
mod watch;

pub use crate::artifact_selector::ArtifactSelector;
pub use crate::asset_selector::{AssetNotFound, AssetSelector};
pub use crate::banks::glyph::SpriteNames;
pub use crate::banks::glyph::animations::{AnimationFrame, BankAnimation};
pub use crate::banks::glyph::pixel_rule::PixelRule;
pub use crate::banks::sniff::art_extensions;
pub use crate::edits::{
    AnimationChange, AnimationEdit, Arranged, AssetEdit, Composition, CutChange, ImageTiling, MovedSlot, PaletteEdit,
    PaletteImport, RecoloredPixels, RepaintedTile, SlotChoice, Tiling, UpdateOptions,
};
pub use crate::files::DiskError;
pub use crate::history::{ChangeError, ChangeState, ChangeSummary, ChangedFiles, MovedFolder};
pub use crate::import::{ImportOptions, ImportedFrames};
pub use crate::lock::LockError;
pub use crate::new_bank::{CreatedLoop, NewBank, NewGlyph, NewLoop, NewPalettes, NewSound};
pub use crate::operation::{Operation, OperationClass, Report};
pub use crate::pack::against::{ChangedAsset, PackComparison};
pub use crate::pack::budgets::{BankBudget, BudgetLimits, Budgets};
pub use crate::pack::cache::{CacheReport, CacheState, RebuildReason, RebuiltAsset};
pub use crate::pack::file::PackOpenError;
pub use crate::pack::identities::MovedIdentity;
pub use crate::pack::loops::ChangedLoop;
pub use crate::pack::published::{AssetPart, NamedAsset, PackChanges, SincePack};
pub use crate::palette_file::PaletteRows;
pub use crate::project::{OUTPUTS, OutputError, ProjectError, pack_path};
pub use crate::session::{AssetState, BankFill, ListAssetsReport, ListedAsset};
pub use crate::snapshot::BrokenRegistry;
pub use constants::{MakeConstants, MakeConstantsError, MakeConstantsReport};
pub use create::{CreateAsset, CreateAssetError, CreateAssetReport, NewPreload};
pub use doctor::{Doctor, DoctorError, DoctorReport};
pub use edit_asset::{EditAsset, EditAssetError, EditAssetReport};
pub use export_palette::{ExportPalette, ExportPaletteError, ExportPaletteReport};
pub use extract::{ExtractPack, ExtractPackError, ExtractPackReport, ExtractedAsset};
pub use fix::{FixProject, FixProjectError, FixProjectReport, ListedFix};
pub use history::{ListChanges, ListChangesError, ListChangesReport, ListedChange, RemovedAsset};
pub use init::{InitWorkspace, InitWorkspaceError, InitWorkspaceReport};
pub use inspect::{HeaderDetails, InspectPack, InspectPackError, InspectPackReport, PackedEntry};
pub use list::{ListAssets, ListAssetsError};
pub use pack::{Pack, PackError, PackReport, PackSummary, PackedAsset, Published};
#[cfg(feature = "watch")]
pub use pack_schedule::{PackAnswer, PackSchedule, PackStep};
pub use palettes::{FindPalettes, FindPalettesError, FindPalettesReport, FoundPalette};
pub use preview::{
    ExportPreview, ExportPreviewError, ExportPreviewReport, ExportedSample, ExportedSheet, ExportedTile, MissingPart,
};
pub use preview_bank::{PreviewBank, PreviewBankReport};
pub use preview_edit::{PreviewEdit, PreviewEditReport};
pub use preview_new_asset::{PreviewNewAsset, PreviewNewAssetReport};
pub use preview_packed_bank::{PreviewPackedBank, PreviewPackedBankError, PreviewPackedBankReport};
pub use preview_source::{PreviewSource, PreviewSourceReport};
pub use preview_thumbnails::{
    PreviewThumbnails, PreviewThumbnailsError, PreviewThumbnailsReport, ThumbnailBanks, ThumbnailOf,
};
pub use register::{RegisterAsset, RegisterAssetError, RegisterAssetReport};
pub use restore::{PurgeAsset, PurgeAssetError, PurgeAssetReport, RestoreAsset, RestoreAssetError, RestoreAssetReport};
pub use show::{PaletteDetails, SampleDetails, ShowAsset, ShowAssetError, ShowAssetReport, TileDetails};
pub use sprite_parts::{ListSpriteParts, ListSpritePartsReport};
pub use step_history::{HistoryStep, StepHistory, StepHistoryError, StepHistoryReport};
pub use verify::{VerifyPack, VerifyPackError, VerifyPackReport};
#[cfg(feature = "watch")]
pub use watch::{WatchEvent, WatchProject, WatchProjectError};
