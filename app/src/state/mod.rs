//! Everything that the window shows, as plain values. No file, no thread, no drawing, so a test can look at all of it.

mod activity;
mod asked;
mod bank_draft;
mod color_key;
mod contents;
mod cut_draft;
mod edit_preview;
mod history;
mod leaving;
mod new_asset;
mod notice;
mod opened;
mod packing;
mod palette_sheets;
mod panels;
mod preview;
mod problems;
mod rate_form;
mod renaming;
mod selection;
mod settings;
mod view;

pub use activity::{Activity, time_of_day};
pub use asked::{AskedChange, AskedEdit, ChangePreview};
pub use bank_draft::{BankDraft, BankItem};
pub use color_key::{KeyChoice, KeyForm};
pub use contents::{AssetFilter, Contents, ListRow, StatusFilter, bank_name, family_name, is_changed};
pub use cut_draft::{CutDraft, CutImage, SpriteParts};
pub use edit_preview::{EditPreview, WantedEdit};
pub use history::change_name;
pub use leaving::Leaving;
pub use new_asset::{NewAsset, NewAssetForm, NewAssetPreview};
pub use notice::Notice;
pub use opened::{Opened, OpenedKind, Refused};
pub use packing::{PackProgress, Packing, SavedPack};
pub use palette_sheets::{PALETTE_EXTENSIONS, PaletteExport, PaletteForm, PaletteSheet, RowsChoice, unlink};
pub use panels::{BottomTab, CommandPalette, Panel};
pub use preview::{CachedThumbnail, Playback, PreviewState, ReadyPreview, SourceFile};
pub use problems::ProblemFilter;
pub use rate_form::{RateChoice, RateForm};
pub use renaming::Renaming;
pub use settings::{Backdrop, OverviewOrder, Settings};
pub use view::{DECLARATION, LoopDraft, Sides, View, ViewKind};

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use packer_services::diagnostics::Finding;
use packer_services::ops::{ListChangesReport, Report, VerifyPackReport};

/// What the window shows.
#[derive(Debug, Default)]
pub struct State {
    /// The open project or pack.
    pub opened: Option<Opened>,
    /// What could not be opened from the start page, and why.
    pub refused: Option<Refused>,
    /// What the user must know, until it is dismissed or something newer takes its place.
    pub notice: Option<Notice>,
    /// Whether the program was started with a path that is not recognized yet. Until then nothing is drawn.
    pub is_starting: bool,
    /// Which assets are listed.
    pub filter: AssetFilter,
    /// The rows of the asset list; see [`State::update_rows`].
    pub rows: Vec<ListRow>,
    /// The selected asset's root; in a pack, its name.
    pub selected_root: Option<String>,
    /// Every finding, in the order of the services; why the project could not be listed comes first.
    pub problems: Vec<Finding>,
    /// Which problems are listed.
    pub problem_filter: ProblemFilter,
    /// The listed problems, the most severe first, as indices into [`State::problems`]; see
    /// [`State::update_problem_rows`].
    pub problem_rows: Vec<usize>,
    /// The selected problem, as an index into [`State::problems`].
    pub selected_problem: Option<usize>,
    /// The selected asset as the console will show it.
    pub preview: PreviewState,
    /// The source file that the view shows.
    pub source: Option<SourceFile>,
    /// Thumbnails, by root.
    pub thumbnails: HashMap<String, CachedThumbnail>,
    /// Whether thumbnails are being created.
    pub thumbnails_pending: bool,
    /// How the selected asset is viewed.
    pub view: View,
    /// The view that the user chose last. It is kept when another asset is selected. A problem can lead to another
    /// view, but does not choose it.
    pub chosen_view: ViewKind,
    /// The sound that is playing.
    pub playing: Option<Playback>,
    /// Why a sound cannot be played.
    pub audio_error: Option<String>,
    /// The last or running pack.
    pub pack: Packing,
    /// The running pack of what was saved.
    pub saved_pack: Option<SavedPack>,
    /// The last check of the published or opened pack.
    pub verification: Option<Result<Report<VerifyPackReport>, Vec<Finding>>>,
    /// Why the folder is polled; `None` if the system reports changes.
    pub polling_reason: Option<String>,
    /// What happened, the newest last.
    pub activity: Vec<Activity>,
    /// What the bottom panel shows.
    pub bottom_tab: BottomTab,
    /// The panel that arrows and Enter go to.
    pub panel: Panel,
    /// The changes of the open project; `None` until they are read, or if they cannot be.
    pub history: Option<ListChangesReport>,
    /// The id of the removed asset that the user was asked about: it is deleted if they agree.
    pub purge_asked: Option<u32>,
    /// The asset that is about to be created.
    pub new_asset: Option<Box<NewAsset>>,
    /// How the user arranges the images or sounds of banks, by root, until that is applied or reverted.
    pub bank_drafts: BTreeMap<String, BankDraft>,
    /// How the user changes the cut of the images of banks, by root, until that is applied or reverted.
    pub cut_drafts: BTreeMap<String, CutDraft>,
    /// The tags, layers and slices of the image whose cut is or was shown.
    pub sprite_parts: Option<SpriteParts>,
    /// What the edit that is or was entered would do.
    pub edit_preview: Option<EditPreview>,
    /// The palettes that are about to be taken from a file.
    pub palette_sheet: Option<PaletteSheet>,
    /// The palette that is about to be written to a file.
    pub palette_export: Option<PaletteExport>,
    /// What the user wants to do although something is not applied: they are asked before.
    pub leaving: Option<Leaving>,
    /// A change that the user is asked about.
    pub asked: Option<AskedChange>,
    /// The name and folder that are entered for an asset.
    pub renaming: Option<Renaming>,
    /// Whether the sheet is open in which programs for files are chosen.
    pub chooses_editors: bool,
    /// The root of an asset that was just created or moved, until it is listed.
    pub created_root: Option<String>,
    /// The command palette, if it is open.
    pub command_palette: Option<CommandPalette>,
    /// The path in the field of the start page.
    pub typed_path: String,
    /// The demo project, if it was found.
    pub demo: Option<PathBuf>,
    /// What survives a restart.
    pub settings: Settings,
}
