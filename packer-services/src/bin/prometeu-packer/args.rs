//! The command line: its verbs and options, and the request that each becomes.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use packer_services::constants::Language;
use packer_services::declaration::{
    AnimationDirection, ColorKey, Convert, Cut, FrameTimes, LoopChoice, MAX_FRAME_MS, Region, SpritePart,
};
use packer_services::diagnostics::Code;
use packer_services::formats::{BANK_TYPES, TileSize};
use packer_services::formats::{IMAGE_SIDE, Rgb, SLOTS, SampleLoop};
use packer_services::ops::{
    AnimationChange, AnimationEdit, Arranged, ArtifactSelector, AssetEdit, AssetSelector, BudgetLimits, Composition,
    CreateAsset, CutChange, Doctor, EditAsset, ExportPalette, ExportPreview, ExtractPack, FindPalettes, FixProject,
    HistoryStep, ImportOptions, InitWorkspace, InspectPack, ListAssets, ListChanges, MakeConstants, NewBank, NewGlyph,
    NewLoop, NewPalettes, NewPreload, NewSound, Pack, PaletteEdit, PaletteImport, PaletteRows, PurgeAsset,
    RegisterAsset, RestoreAsset, ShowAsset, SlotChoice, StepHistory, UpdateOptions, VerifyPack, WatchProject,
};
use packer_services::watch::WatchOptions;

use crate::import_args::ImportArgs;

/// Packs the art and sound of a PROMETEU project into build/assets.pa.
#[derive(Debug, Parser)]
#[command(name = "prometeu-packer", version, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(subcommand_value_name = "VERB", subcommand_help_heading = "Verbs")]
#[command(after_help = "Exit codes: 0 done · 1 the assets, or a pack, have errors · 2 could not run · 3 out of date")]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Print only errors and warnings
    #[arg(long, global = true)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Readable text
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning; of `doctor`, `pack` and `verify`
    Sarif,
    /// Annotations for a job of GitHub Actions; of `doctor`, `pack` and `verify`
    Github,
}

impl Format {
    /// Whether the verb has answers in this format. A code host shows findings about files, so its formats are for
    /// the verbs whose answer is findings.
    pub fn is_for(self, verb: &str) -> bool {
        matches!(self, Self::Text | Self::Json) || HOSTED_VERBS.contains(&verb)
    }
}

/// The verbs with answers in the formats of code hosts.
pub const HOSTED_VERBS: [&str; 3] = ["doctor", "pack", "verify"];

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Create a project in a folder; files that already exist are left unchanged
    Init {
        /// The project's folder
        project: PathBuf,
    },
    /// Create an asset from image or sound files; if they have an error, nothing is written
    Create(CreateArgs),
    /// Add an existing asset root to the registry, or update it if the root was moved
    Register {
        /// The project's folder
        project: PathBuf,
        /// The root, relative to assets/
        root: String,
        /// Exclude it from the build; it may then have errors
        #[arg(long)]
        exclude: bool,
        /// Only show what would be changed
        #[arg(long)]
        dry_run: bool,
    },
    /// Include an asset in the build; it must pack
    Include(EditedAsset),
    /// Exclude an asset from the build
    Exclude(EditedAsset),
    /// Give an asset another name, a label; its id stays the same
    Rename {
        #[command(flatten)]
        asset: EditedAsset,
        /// The name: 1 to 64 of A-Z, a-z, 0-9, `_`, `.`, `/` and `-`
        name: String,
    },
    /// Move an asset to another root, or follow a folder that was moved by hand
    Move {
        #[command(flatten)]
        asset: EditedAsset,
        /// The new root, relative to assets/
        root: String,
    },
    /// Load an asset at boot, or not
    Slot {
        #[command(flatten)]
        asset: EditedAsset,
        /// 0 to 15, `free` for the lowest free one, or `none`
        #[arg(value_parser = slot_choice)]
        slot: SlotChoice,
        /// Give the slot that this asset had to the asset that has the slot now
        #[arg(long)]
        swap: bool,
    },
    /// Set where a sound of a sound bank loops
    Loop {
        #[command(flatten)]
        asset: EditedAsset,
        /// Its file, or its index as `show` lists it
        sound: String,
        /// START..END in frames, END excluded; `none` to play it once; `file` for the loop in its file
        #[arg(value_name = "LOOP", value_parser = loop_choice)]
        looping: LoopChoice,
    },
    /// Allow sounds of a sound bank to lose a channel or bits, or allow it no more
    Convert {
        #[command(flatten)]
        asset: EditedAsset,
        /// Their files or indices [default: all that need it]
        sounds: Vec<String>,
        /// Allow stereo to be converted to mono
        #[arg(long)]
        downmix: bool,
        /// Allow more than 16 bits to be reduced to 16
        #[arg(long)]
        reduce_bit_depth: bool,
        /// Allow no losses any more
        #[arg(long, conflicts_with_all = ["downmix", "reduce_bit_depth"])]
        none: bool,
    },
    /// Set the tile size of a glyph bank
    TileSize {
        #[command(flatten)]
        asset: EditedAsset,
        /// 8, 16 or 32
        #[arg(value_name = "PIXELS", value_parser = tile_size)]
        size: TileSize,
    },
    /// Set the transparent color of a glyph bank's images
    Key {
        #[command(flatten)]
        asset: EditedAsset,
        /// index0, a color as '#rrggbb' (quoted) or rrggbb, or `none`
        #[arg(value_name = "KEY", value_parser = color_key_or_none)]
        key: KeyChoice,
        /// The images: their files, or the indices of their first tiles [default: all]
        #[arg(value_name = "IMAGE")]
        images: Vec<String>,
    },
    /// Set how images of a glyph bank are cut into tiles
    Cut {
        #[command(flatten)]
        asset: EditedAsset,
        /// The images: their files, or the indices of their first tiles
        #[arg(required = true, value_name = "IMAGE")]
        images: Vec<String>,
        #[command(flatten)]
        cut: CutArgs,
        #[command(flatten)]
        part: PartArgs,
        /// Cut without a region, a margin or spacing, and give blank cells ids
        #[arg(long, conflicts_with = "CutArgs")]
        none: bool,
    },
    /// Add, remove, replace or move the images or sounds of an asset
    Compose {
        /// The project's folder
        project: PathBuf,
        /// id:3, name:hero or root:ui/atlas; the prefix can be omitted
        asset: String,
        #[command(subcommand)]
        change: CompositionArgs,
        /// Only show what would be changed
        #[arg(long, global = true)]
        dry_run: bool,
    },
    /// Fetch the files of an asset again from where they came, if they have changed there
    Update {
        #[command(flatten)]
        asset: EditedAsset,
        /// Also replace files that were edited in the asset's folder
        #[arg(long)]
        force: bool,
        /// Also declare the colors that they need, as `palettes --apply` does
        #[arg(long)]
        palettes: bool,
    },
    /// Add, remove, move, recolor, duplicate or name the palettes of a glyph bank
    Palette {
        /// The project's folder
        project: PathBuf,
        /// id:3, name:hero or root:ui/atlas; the prefix can be omitted
        asset: String,
        #[command(subcommand)]
        change: PaletteArgs,
        /// Only show what would be changed
        #[arg(long, global = true)]
        dry_run: bool,
    },
    /// Add, change or remove a named animation of a glyph bank; no byte of a pack changes
    Animation(AnimationVerb),
    /// Give an asset the next free id or slot, if another asset has the same
    Renumber(EditedAsset),
    /// Fix what has exactly one right answer, as one change
    Fix(FixArgs),
    /// Remove the entry of an asset from the registry, and leave its folder where it is
    Forget(EditedAsset),
    /// Remove an asset; `restore` puts it back
    Remove(EditedAsset),
    /// Put a removed asset back
    Restore {
        #[command(flatten)]
        asset: RemovedAsset,
        /// The root, relative to assets/ [default: where it was]
        #[arg(long, value_name = "ROOT")]
        to: Option<String>,
        /// Exclude it from the build; it may then have errors
        #[arg(long)]
        exclude: bool,
    },
    /// Delete a removed asset for good
    Purge(RemovedAsset),
    /// Undo the latest change of the registry or an asset
    Undo(SteppedProject),
    /// Make the change again that was undone
    Redo(SteppedProject),
    /// List the changes that can be undone, and the removed assets
    History {
        /// The project's folder
        project: PathBuf,
    },
    /// List the assets with their states, and the budgets
    List {
        /// The project's folder
        project: PathBuf,
    },
    /// Show the details of one asset
    Show {
        /// The project's folder
        project: PathBuf,
        /// id:3, name:hero or root:ui/atlas; the prefix can be omitted
        asset: String,
        /// Also list the tiles that are blank, equal to another one, or a flipped one
        #[arg(long)]
        tiles: bool,
    },
    /// Convert one asset and write the result to a new folder, as PNG or WAV files
    Preview {
        /// The project's folder
        project: PathBuf,
        /// id:3, name:hero or root:ui/atlas; the prefix can be omitted
        asset: String,
        /// The folder to create; it must be empty if it exists
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Find, import or export the palettes of a glyph bank
    Palettes {
        /// The project's folder
        project: PathBuf,
        /// id:3, name:hero or root:ui/atlas; the prefix can be omitted
        asset: String,
        #[command(flatten)]
        options: PalettesArgs,
    },
    /// List all problems of a project; exit code 1 if a pack would be blocked
    Doctor {
        /// The project's folder
        project: PathBuf,
        /// Also list unused files and files with the same content
        #[arg(long)]
        workspace: bool,
    },
    /// Write build/assets.pa and its companion files
    Pack {
        /// The project's folder
        project: PathBuf,
        /// Compare with the published files without writing; exit code 3 if they differ
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        options: PackOptions,
        /// Fail immediately if another packer is writing
        #[arg(long)]
        no_wait: bool,
        /// Write nothing outside build/, and read every file instead of trusting its time; for build jobs
        #[arg(long)]
        frozen: bool,
        /// Also list which assets were built, and why
        #[arg(long)]
        explain: bool,
        /// Also pack two copies in temporary folders, with another locale, time zone, umask, number of threads and
        /// order of files; publish only if all bytes are the same
        #[arg(long, conflicts_with = "frozen")]
        repro: bool,
    },
    /// Pack now, and again whenever files change, until it is stopped
    Watch {
        /// The project's folder
        project: PathBuf,
        #[command(flatten)]
        options: PackOptions,
        /// Compare all files every 2 seconds, for disks that report no changes
        #[arg(long)]
        poll: bool,
    },
    /// Write the ids of assets, slots, tiles and samples as constants for a program
    Constants {
        /// The project's folder
        project: PathBuf,
        /// Output language
        #[arg(long, value_enum, value_name = "LANG")]
        lang: Lang,
        /// Also write the palette that draws each tile
        #[arg(long)]
        palettes: bool,
        /// Output file; not written if its content is already the same [default: standard output]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Check a pack against every rule of the format
    Verify {
        /// The pack
        file: PathBuf,
        /// Also compare it with what this project packs to; exit code 3 if they differ
        #[arg(long, value_name = "PROJECT")]
        against: Option<PathBuf>,
    },
    /// Show the header of a pack: its assets, preload and budgets
    Inspect {
        /// The pack
        file: PathBuf,
    },
    /// Extract the images, palettes and sounds of a pack into a new folder
    Extract {
        /// The pack
        file: PathBuf,
        /// The folder to create; it must be empty if it exists
        dir: PathBuf,
        /// Create a project that packs to the same bytes
        #[arg(long)]
        as_project: bool,
    },
}

// Arguments of their own function, because that of all verbs needs much stack.

/// What `fix` takes.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// The project's folder
    project: PathBuf,
    /// Only this asset: id:3, name:hero or root:ui/atlas; the prefix can be omitted
    asset: Option<String>,
    /// Only findings with this code, and also fixes that are a choice, such as `convert-downmix`
    #[arg(long, value_parser = finding_code)]
    code: Option<Code>,
    /// Make this one of several fixes of each finding, as they are listed
    #[arg(long, value_name = "N", default_value_t = 1, requires = "code", hide_default_value = true)]
    choice: usize,
    /// Only show what would be changed
    #[arg(long)]
    dry_run: bool,
}

/// What `animation` takes.
#[derive(Debug, Args)]
pub struct AnimationVerb {
    #[command(flatten)]
    asset: EditedAsset,
    /// The name of the animation: 1 to 32 characters
    #[arg(required_unless_present = "all_tags", conflicts_with = "all_tags")]
    name: Option<String>,
    #[command(flatten)]
    change: AnimationArgs,
    /// Remove it
    #[arg(long, conflicts_with = "AnimationArgs")]
    remove: bool,
    /// Add an animation for each tag of the Aseprite files, or of those passed with --file, that none follows yet
    #[arg(long, conflicts_with_all = ["remove", "rename", "tag", "layer", "slice"])]
    #[arg(conflicts_with_all = ["frame_size", "from", "to", "all_frames", "frame_ms", "direction", "repeat"])]
    all_tags: bool,
}

/// What all edits of an asset have in common.
#[derive(Debug, Args)]
pub struct EditedAsset {
    /// The project's folder
    project: PathBuf,
    /// id:3, name:hero or root:ui/atlas; the prefix can be omitted
    asset: String,
    /// Only show what would be changed
    #[arg(long)]
    dry_run: bool,
}

impl EditedAsset {
    fn request(self, edit: AssetEdit) -> Request {
        Request::Edit(EditAsset::new(self.project, self.asset, edit).dry_run(self.dry_run))
    }
}

#[derive(Debug, Args)]
pub struct RemovedAsset {
    /// The project's folder
    project: PathBuf,
    /// id:3, name:hero, root:ui/atlas or change:13, as `history` lists it; `id:`, `name:` and `root:` can be omitted
    asset: String,
    /// Only show what would be changed
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub struct SteppedProject {
    /// The project's folder
    project: PathBuf,
    /// Only show what would be changed
    #[arg(long)]
    dry_run: bool,
}

impl SteppedProject {
    fn request(self, step: HistoryStep) -> Request {
        let request = StepHistory::new(self.project, step).dry_run(self.dry_run);
        if step == HistoryStep::Undo { Request::Undo(request) } else { Request::Redo(request) }
    }
}

fn slot_choice(text: &str) -> Result<SlotChoice, String> {
    match text {
        "none" => Ok(SlotChoice::None),
        "free" => Ok(SlotChoice::LowestFree),
        text => plain_bytes(text)
            .ok()
            .and_then(|slot| u32::try_from(slot).ok())
            .filter(|slot| *slot < SLOTS)
            .map(SlotChoice::Slot)
            .ok_or_else(|| format!("a slot is 0 to {}, `free` or `none`", SLOTS - 1)),
    }
}

/// What `pack` and each pack of `watch` have in common.
#[derive(Debug, Args)]
pub struct PackOptions {
    /// Do not publish if there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Do not publish if assets.pa is larger than this; a plain number, such as 4000000
    #[arg(long, value_name = "BYTES", value_parser = plain_bytes)]
    max_bytes: Option<u64>,
    /// Do not publish if more slots of a bank type are preloaded, such as GLYPH=12; at most once per type
    #[arg(long, value_name = "TYPE=N", value_parser = slots_allowed)]
    max_slots: Vec<(&'static str, u32)>,
    /// Number of worker threads [default: one per processor]
    #[arg(long, value_name = "N", value_parser = worker_count)]
    jobs: Option<NonZeroUsize>,
    /// Build every asset, even those that have not changed since the last pack
    #[arg(long)]
    no_cache: bool,
}

impl PackOptions {
    /// The request with these options.
    fn request(self, project: PathBuf) -> Result<Pack, String> {
        let allowed = BudgetLimits { bytes: self.max_bytes, slots: slot_limits(self.max_slots)? };
        let pack = Pack::new(project).deny_warnings(self.deny_warnings).allowed(allowed);
        Ok(pack.jobs(self.jobs).use_cache(!self.no_cache))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// A module of `pub const`
    Rust,
    /// A header of `#define`
    C,
    /// A chunk that returns a table
    Lua,
    /// An object with one key per asset
    Json,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Rust => Self::Rust,
            Lang::C => Self::C,
            Lang::Lua => Self::Lua,
            Lang::Json => Self::Json,
        }
    }
}

#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The project's folder
    project: PathBuf,
    /// The new root, relative to assets/
    root: String,
    /// Type of the bank
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kind: Kind,
    /// Name of the asset [default: ROOT with `_` instead of `/`]
    #[arg(long)]
    name: Option<String>,
    /// Tile size: 8, 16 or 32 [default: the size of the images, if each is one tile]
    #[arg(long, value_name = "PIXELS", value_parser = tile_size)]
    tile_size: Option<TileSize>,
    /// Nominal sample rate of the bank; no sound is changed [default: the rate of the files, if they all have the same]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1..=192_000))]
    sample_rate: Option<u32>,
    /// Transparent pixels: index0, or a color as '#rrggbb' (quoted) or rrggbb
    #[arg(long, value_name = "KEY", value_parser = color_key)]
    color_key: Option<ColorKey>,
    /// Palette files whose colors are the first palettes: .gpl, .hex, .pal (JASC), .act, .txt (Paint.NET), .aseprite or
    /// an indexed PNG
    #[arg(long = "palette", value_name = "FILE")]
    palettes: Vec<PathBuf>,
    /// Of palette files with more than 16 colors, the rows of 16 that become palettes: all, 2 or 0-3
    #[arg(long, value_name = "ROWS", requires = "palettes", value_parser = palette_rows)]
    rows: Option<PaletteRows>,
    /// A color key that comes before the colors of each palette file, as '#rrggbb' (quoted) or rrggbb [default: its
    /// first color]
    #[arg(long, value_name = "COLOR", requires = "palettes", value_parser = color)]
    key: Option<Rgb>,
    /// Allow stereo to be converted to mono
    #[arg(long)]
    downmix: bool,
    /// Allow more than 16 bits to be reduced to 16
    #[arg(long)]
    reduce_bit_depth: bool,
    /// Frames that a sound repeats, END excluded, instead of the loop in its file: FILE=START..END, or FILE=none to
    /// play it once; `none` alone is for all files
    #[arg(long = "loop", value_name = "FILE=LOOP", value_parser = new_loop)]
    loops: Vec<NewLoop>,
    /// Load it at boot, in this slot or the lowest free one
    #[arg(long, value_name = "SLOT", num_args = 0..=1, require_equals = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..16))]
    preload: Option<Option<u32>>,
    #[command(flatten)]
    cut: CutArgs,
    #[command(flatten)]
    part: PartArgs,
    #[command(flatten)]
    import: ImportArgs,
    /// Declare an animation of each tag of an Aseprite file, and of each series of numbered images, such as walk_1.png
    /// and walk_2.png
    #[arg(long)]
    animations: bool,
    /// Exclude it from the build
    #[arg(long)]
    exclude: bool,
    /// Create it even if it does not pack; it is then excluded from the build
    #[arg(long)]
    force: bool,
    /// Only show what would be created
    #[arg(long)]
    dry_run: bool,
    /// PNG, Aseprite, WAV or FLAC files, or folders, in the order of their ids; BMP, GIF, PCX, QOI, TGA and lossless
    /// WebP images, and Ogg, MP3 and AIFF sounds are decoded once
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// How images are cut into tiles.
#[derive(Debug, Args)]
pub struct CutArgs {
    /// Use only this part of each image, in pixels from its top left
    #[arg(long, value_name = "X,Y,W,H", value_parser = region)]
    region: Option<Region>,
    /// Pixels around the tiles of each image or region, on all four sides
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(0..=16_384))]
    margin: Option<u32>,
    /// Pixels between the tiles of each image
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(0..=16_384))]
    spacing: Option<u32>,
    /// Skip fully transparent cells: they get no id, and the ids stay consecutive
    #[arg(long)]
    skip_blank: bool,
}

impl CutArgs {
    fn cut(&self) -> Cut {
        let (margin, spacing) = (self.margin.unwrap_or(0), self.spacing.unwrap_or(0));
        Cut { region: self.region, margin, spacing, skip_blank: self.skip_blank }
    }
}

/// Which part of an Aseprite file is used.
#[derive(Debug, Args)]
pub struct PartArgs {
    /// Use only the frames of this tag of an Aseprite file; `none` for all frames, `name:none` for a tag of that name
    #[arg(long, value_name = "NAME", value_parser = part_name)]
    tag: Option<String>,
    /// Use only this layer or group of an Aseprite file, also as GROUP/LAYER; `none` for all that are visible
    #[arg(long, value_name = "NAME", value_parser = part_name)]
    layer: Option<String>,
    /// Use only this slice of each frame of an Aseprite file; `none` for the whole frame
    #[arg(long, value_name = "NAME", value_parser = part_name)]
    slice: Option<String>,
}

impl PartArgs {
    /// The change; what is not passed is kept.
    fn change(self) -> CutChange {
        let [tag, layer, slice] = [self.tag, self.layer, self.slice].map(|name| name.map(named_or_none));
        CutChange { cut: None, tag, layer, slice }
    }

    /// The part of a new artifact.
    fn part(self) -> SpritePart {
        let [tag, layer, slice] = [self.tag, self.layer, self.slice].map(|name| name.and_then(named_or_none));
        SpritePart { tag, layer, slice }
    }
}

/// What `animation` sets; what is not passed stays the same.
#[derive(Debug, Args)]
pub struct AnimationArgs {
    /// Another name
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// An image of its frames, as `show` lists it; several in the order of their frames
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<String>,
    /// The tag of an Aseprite file that it follows: its frames, their times and their order
    #[arg(long, value_name = "NAME", value_parser = part_name)]
    #[arg(conflicts_with_all = ["frame_size", "from", "to", "all_frames", "frame_ms", "direction", "repeat"])]
    tag: Option<String>,
    /// If several artifacts have the frames of the tag: the layer of one, or `none`
    #[arg(long, value_name = "NAME", value_parser = part_name)]
    layer: Option<String>,
    /// If several artifacts have the frames of the tag: the slice of one, or `none`
    #[arg(long, value_name = "NAME", value_parser = part_name)]
    slice: Option<String>,
    /// The size of a frame, such as 32x32, or `tile` for one tile
    #[arg(long, value_name = "PIXELS", value_parser = frame_size)]
    frame_size: Option<FrameSize>,
    /// The number of its first frame, counted from 0 through its files
    #[arg(long, value_name = "FRAME", value_parser = clap::value_parser!(u32).range(..=i64::from(i32::MAX)))]
    from: Option<u32>,
    /// The number of its last frame, included
    #[arg(long, value_name = "FRAME", value_parser = clap::value_parser!(u32).range(..=i64::from(i32::MAX)))]
    to: Option<u32>,
    /// Play all frames of its files
    #[arg(long, conflicts_with_all = ["from", "to"])]
    all_frames: bool,
    /// How long each frame is shown, in milliseconds: one number, or one per frame as in 80,80,200
    #[arg(long, value_name = "MS")]
    frame_ms: Option<FrameTimes>,
    /// The order of the frames
    #[arg(long, value_enum)]
    direction: Option<Direction>,
    /// How often it is played, or `forever`; of a ping-pong animation, each way counts
    #[arg(long, value_name = "TIMES", value_parser = repetitions)]
    repeat: Option<Repetitions>,
}

impl AnimationArgs {
    /// The change; `None` if nothing is passed.
    fn change(self) -> Option<AnimationChange> {
        let all = self.all_frames.then_some(None);
        let change = AnimationChange {
            name: self.rename,
            files: Some(self.files).filter(|files| !files.is_empty()),
            tag: self.tag,
            layer: self.layer.map(named_or_none),
            slice: self.slice.map(named_or_none),
            frame_size: self.frame_size.map(|FrameSize(size)| size),
            from: self.from.map(Some).or(all),
            to: self.to.map(Some).or(all),
            frame_ms: self.frame_ms,
            direction: self.direction.map(AnimationDirection::from),
            repeat: self.repeat.map(|Repetitions(times)| times),
        };
        (change != AnimationChange::default()).then_some(change)
    }
}

/// The name of a tag, layer or slice.
fn part_name(text: &str) -> Result<String, String> {
    let is_name = (1..=256).contains(&text.chars().count());
    is_name.then(|| text.to_owned()).ok_or_else(|| "a name has 1 to 256 characters".into())
}

/// The name of a part, or `None` for the word that removes it. A part of that name is `name:none`.
fn named_or_none(text: String) -> Option<String> {
    match text.strip_prefix("name:") {
        Some(name) => Some(name.to_owned()),
        None => Some(text).filter(|name| name != "none"),
    }
}

/// The size of a frame, or that it is one tile.
#[derive(Clone, Copy, Debug)]
struct FrameSize(Option<[u32; 2]>);

/// How often an animation is played, or that it has no end.
#[derive(Clone, Copy, Debug)]
struct Repetitions(Option<u32>);

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Direction {
    /// From the first to the last
    Forward,
    /// From the last to the first
    Reverse,
    /// From the first to the last and back
    #[value(name = "pingpong")]
    PingPong,
    /// From the last to the first and back
    #[value(name = "pingpong_reverse")]
    PingPongReverse,
}

impl From<Direction> for AnimationDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Forward => Self::Forward,
            Direction::Reverse => Self::Reverse,
            Direction::PingPong => Self::PingPong,
            Direction::PingPongReverse => Self::PingPongReverse,
        }
    }
}

fn frame_size(text: &str) -> Result<FrameSize, String> {
    if text == "tile" {
        return Ok(FrameSize(None));
    }
    let side = |text: &str| text.parse().ok().filter(|pixels| (1..=IMAGE_SIDE).contains(pixels));
    let sides = text.split_once('x').and_then(|(width, height)| Some([side(width)?, side(height)?]));
    sides.map(|size| FrameSize(Some(size))).ok_or_else(|| "a frame size is WIDTHxHEIGHT in pixels, or `tile`".into())
}

fn repetitions(text: &str) -> Result<Repetitions, String> {
    if text == "forever" {
        return Ok(Repetitions(None));
    }
    let times = text.parse().ok().filter(|times| (1..=MAX_FRAME_MS).contains(times));
    times.map(|times| Repetitions(Some(times))).ok_or_else(|| format!("1 to {MAX_FRAME_MS}, or `forever`"))
}

/// What `compose` does.
#[derive(Debug, Subcommand)]
pub enum CompositionArgs {
    /// Add files behind the others; those from elsewhere are copied into the root
    Add {
        /// PNG, Aseprite, WAV or FLAC files, in the order of their ids; others are decoded as by `create`
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Also declare the colors that they need, as `palettes --apply` does
        #[arg(long)]
        palettes: bool,
        #[command(flatten)]
        import: ImportArgs,
    },
    /// Remove images or sounds from the asset; their files stay where they are
    Remove {
        /// Their files or indices
        #[arg(required = true, value_name = "ARTIFACT")]
        artifacts: Vec<String>,
    },
    /// Build an image or a sound from another file; all else about it stays the same
    Replace {
        /// Its file or index
        artifact: String,
        /// The other file; it is copied into the root if it is elsewhere
        file: PathBuf,
        /// Also declare the colors that it needs, as `palettes --apply` does
        #[arg(long)]
        palettes: bool,
        #[command(flatten)]
        import: ImportArgs,
    },
    /// Give all images or sounds consecutive ids, in the order that they have
    Number,
    /// Build the asset from these images or sounds, in this order, and no others
    Arrange {
        /// index:3 or file:walk.png of the asset; anything else is a file to add
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
        /// Also declare the colors that they need, as `palettes --apply` does
        #[arg(long)]
        palettes: bool,
        #[command(flatten)]
        import: ImportArgs,
    },
    /// Give an image or a sound other ids
    Move {
        /// Its file or index
        artifact: String,
        /// The one that comes after it [default: none, it is the last]
        #[arg(long, value_name = "ARTIFACT")]
        before: Option<String>,
    },
}

impl CompositionArgs {
    fn edit(self) -> AssetEdit {
        let (composition, palettes, import) = match self {
            Self::Add { files, palettes, import } => (Composition::Add(files), palettes, import.options()),
            Self::Arrange { items, palettes, import } => {
                (Composition::Arrange(items.into_iter().map(arranged).collect()), palettes, import.options())
            }
            Self::Replace { artifact, file, palettes, import } => {
                (Composition::Replace(artifact.into(), file), palettes, import.options())
            }
            Self::Remove { artifacts } => (Composition::Remove(selectors(artifacts)), false, ImportOptions::default()),
            Self::Number => (Composition::Number, false, ImportOptions::default()),
            Self::Move { artifact, before } => {
                let before = before.map(ArtifactSelector::from);
                (Composition::Move { artifact: artifact.into(), before }, false, ImportOptions::default())
            }
        };
        AssetEdit::Compose { composition, palettes, import }
    }
}

/// What `palette` does.
#[derive(Debug, Subcommand)]
pub enum PaletteArgs {
    /// Add a palette behind the others
    Add {
        /// 1 to 16 colors as '#rrggbb' (quoted) or rrggbb; the first is the color key
        #[arg(required = true, num_args = 1..=16, value_name = "COLOR", value_parser = color)]
        colors: Vec<Rgb>,
        /// Its name: 1 to 32 characters
        #[arg(long)]
        name: Option<String>,
    },
    /// Remove a palette; those behind it move
    Remove {
        /// Its index
        palette: u32,
    },
    /// Give a palette another index; those between both move
    Move {
        /// Its index
        palette: u32,
        /// Its new index
        to: u32,
    },
    /// Set a color of a palette, or add one at its end
    Set {
        /// The index of the palette
        palette: u32,
        /// The index of the color, 0 to 15
        color: u32,
        /// As '#rrggbb' (quoted) or rrggbb
        #[arg(value_name = "COLOR", value_parser = color)]
        rgb: Rgb,
    },
    /// Add a copy of a palette behind the others, to draw the same tiles in other colors
    Duplicate {
        /// Its index
        palette: u32,
        /// The name of the copy: 1 to 32 characters
        #[arg(long)]
        name: Option<String>,
    },
    /// Give a palette a name, or none
    Name {
        /// Its index
        palette: u32,
        /// 1 to 32 characters [default: no name]
        name: Option<String>,
    },
}

impl PaletteArgs {
    fn edit(self) -> PaletteEdit {
        match self {
            Self::Add { colors, name } => PaletteEdit::Add { colors, name },
            Self::Remove { palette } => PaletteEdit::Remove(palette),
            Self::Move { palette, to } => PaletteEdit::Move { palette, to },
            Self::Set { palette, color, rgb } => PaletteEdit::SetColor { palette, color, rgb },
            Self::Duplicate { palette, name } => PaletteEdit::Duplicate { palette, name },
            Self::Name { palette, name } => PaletteEdit::Name { palette, name },
        }
    }
}

/// What `palettes` does, if it does not only find palettes.
#[derive(Debug, Args)]
pub struct PalettesArgs {
    /// Write the palettes that were found to its asset.json
    #[arg(long, conflicts_with_all = ["import", "export", "at", "rows", "key", "link", "index", "force"])]
    apply: bool,
    /// Take palettes from this file: .gpl, .hex, .pal (JASC), .act, .txt (Paint.NET), .aseprite or an indexed PNG
    #[arg(long, value_name = "FILE", conflicts_with_all = ["export", "index", "force"])]
    import: Option<PathBuf>,
    /// The index of the palette that is replaced, or of the first one [default: a new palette]
    #[arg(long = "as", value_name = "N", requires = "import")]
    at: Option<u32>,
    /// Of a file with more than 16 colors, the rows of 16 that become palettes: all, 2 or 0-3
    #[arg(long, value_name = "ROWS", requires = "import", value_parser = palette_rows)]
    rows: Option<PaletteRows>,
    /// A color key that comes before the colors of the file, as '#rrggbb' (quoted) or rrggbb [default: its first color]
    #[arg(long, value_name = "COLOR", requires = "import", value_parser = color)]
    key: Option<Rgb>,
    /// Declare that the file is the palette, so that saving it changes the pack; it must be below assets/
    #[arg(long, requires = "import")]
    link: bool,
    /// Write a palette to this file, in the format of its extension: .gpl, .hex, .pal (JASC), .act or .txt (Paint.NET)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["at", "rows", "key", "link"])]
    export: Option<PathBuf>,
    /// The palette that is written [default: the only one]
    #[arg(long, value_name = "N", requires = "export")]
    index: Option<u32>,
    /// Replace the file if it exists
    #[arg(long, requires = "export")]
    force: bool,
    /// Only show what would be changed or written
    #[arg(long)]
    dry_run: bool,
}

impl PalettesArgs {
    fn request(self, project: PathBuf, asset: String) -> Result<Request, String> {
        let Self { apply, import, at, rows, key, link, export, index, force, dry_run } = self;
        Ok(match (import, export) {
            (Some(file), _) => {
                let rows = rows.unwrap_or(PaletteRows::One);
                let edit = AssetEdit::ImportPalettes(PaletteImport { file, at, rows, key, link });
                EditedAsset { project, asset, dry_run }.request(edit)
            }
            (None, Some(file)) => {
                let export = ExportPalette::new(project, asset, file).palette(index);
                Request::ExportPalette(export.replace(force).dry_run(dry_run))
            }
            (None, None) => Request::Palettes(FindPalettes::new(project, asset).apply(apply).dry_run(dry_run)),
        })
    }
}

fn palette_rows(text: &str) -> Result<PaletteRows, String> {
    if text == "all" {
        return Ok(PaletteRows::All);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let row = |text: &str| plain_bytes(text).ok().and_then(|row| u32::try_from(row).ok());
    match (row(first), row(last)) {
        (Some(first), Some(last)) if first <= last => Ok(PaletteRows::Rows(first..=last)),
        _ => Err("rows are `all`, one row such as 2, or several such as 0-3; the first is 0".into()),
    }
}

fn arranged(item: String) -> Arranged {
    match ArtifactSelector::from(item) {
        ArtifactSelector::Any(file) => Arranged::New(file.into()),
        selector => Arranged::Kept(selector),
    }
}

/// A color key, or that there is none.
#[derive(Clone, Copy, Debug)]
pub struct KeyChoice(Option<ColorKey>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    GlyphBank,
    SoundBank,
}

fn tile_size(text: &str) -> Result<TileSize, String> {
    text.parse().ok().and_then(TileSize::from_pixels).ok_or_else(|| "a tile size is 8, 16 or 32".into())
}

fn region(text: &str) -> Result<Region, String> {
    let numbers: Option<Vec<u32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[x, y, w, h]) if w > 0 && h > 0 && [x, y, w, h].iter().all(|pixels| *pixels <= IMAGE_SIDE) => {
            Ok(Region { x, y, w, h })
        }
        _ => Err(format!("a region is X,Y,W,H in pixels, each at most {IMAGE_SIDE}, W and H at least 1")),
    }
}

fn color_key(text: &str) -> Result<ColorKey, String> {
    // Shells read an unquoted `#` as the start of a comment, so the digits alone are accepted too.
    let key = ColorKey::parse(text).or_else(|| ColorKey::parse(&format!("#{text}")));
    key.ok_or_else(|| "a color key is `index0` or a color as `#rrggbb`".into())
}

fn color(text: &str) -> Result<Rgb, String> {
    let color = Rgb::parse(text).or_else(|| Rgb::parse(&format!("#{text}")));
    color.ok_or_else(|| "a color is `#rrggbb`: six hex digits".into())
}

fn color_key_or_none(text: &str) -> Result<KeyChoice, String> {
    if text == "none" { Ok(KeyChoice(None)) } else { Ok(KeyChoice(Some(color_key(text)?))) }
}

fn loop_choice(text: &str) -> Result<LoopChoice, String> {
    match text {
        "none" => Ok(LoopChoice::Never),
        "file" => Ok(LoopChoice::File),
        text => sample_loop(text, "a loop is START..END in frames, `none` or `file`").map(LoopChoice::At),
    }
}

fn new_loop(text: &str) -> Result<NewLoop, String> {
    let help = "a loop is FILE=START..END in frames, FILE=none, or none for all files";
    let (file, frames) = match text.rsplit_once('=') {
        Some((file, frames)) if !file.is_empty() => (Some(file.to_owned()), frames),
        None if text == "none" => (None, text),
        _ => return Err(help.into()),
    };
    if frames == "none" {
        return Ok(NewLoop { file, looping: None });
    }
    Ok(NewLoop { file, looping: Some(sample_loop(frames, help)?) })
}

fn sample_loop(text: &str, help: &str) -> Result<SampleLoop, String> {
    let (start, end) = text.split_once("..").ok_or(help)?;
    let frame = |text: &str| plain_bytes(text).ok().filter(|frame| *frame <= u64::from(u32::MAX)).ok_or(help);
    let looping = SampleLoop { start: frame(start)?, end: frame(end)? };
    if looping.start >= looping.end {
        return Err(format!("the loop {looping} is empty: START must be less than END, which is not played"));
    }
    Ok(looping)
}

fn finding_code(text: &str) -> Result<Code, String> {
    let code = Code::ALL.iter().find(|code| code.as_str() == text);
    code.copied().ok_or_else(|| "this is not the code of a finding, such as `slot-taken`".into())
}

fn plain_bytes(text: &str) -> Result<u64, String> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bytes = text.parse().ok().filter(|_| plain);
    bytes.ok_or_else(|| "a plain number of bytes is required, such as 4000000: no unit, sign or separator".into())
}

fn worker_count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "a number of worker threads is required: 1 or more".into())
}

fn slots_allowed(text: &str) -> Result<(&'static str, u32), String> {
    let (name, count) = text.split_once('=').ok_or("a bank type and a number are required, such as GLYPH=12")?;
    let bank_type = BANK_TYPES.iter().find(|bank_type| **bank_type == name);
    let bank_type = bank_type.ok_or_else(|| format!("a bank type is one of {}", BANK_TYPES.join(", ")))?;
    let count = plain_bytes(count).ok().and_then(|count| u32::try_from(count).ok()).filter(|count| *count <= SLOTS);
    Ok((
        bank_type,
        count.ok_or_else(|| format!("a bank type has {SLOTS} slots: a number from 0 to {SLOTS} is required"))?,
    ))
}

/// The number of slots allowed for each bank type, which may be named once.
fn slot_limits(slots: Vec<(&'static str, u32)>) -> Result<BTreeMap<&'static str, u32>, String> {
    let mut allowed = BTreeMap::new();
    for (bank_type, count) in slots {
        if let Some(before) = allowed.insert(bank_type, count) {
            return Err(format!("--max-slots is given twice for {bank_type}: {before} and {count}"));
        }
    }
    Ok(allowed)
}

/// A request to run one of the operations.
pub enum Request {
    Init(InitWorkspace),
    Create(CreateAsset),
    Register(RegisterAsset),
    Edit(EditAsset),
    Fix(FixProject),
    Restore(RestoreAsset),
    Purge(PurgeAsset),
    Undo(StepHistory),
    Redo(StepHistory),
    History(ListChanges),
    List(ListAssets),
    Show(ShowAsset),
    Preview(ExportPreview),
    Palettes(FindPalettes),
    ExportPalette(ExportPalette),
    Doctor(Doctor),
    Pack(Pack),
    ExplainedPack(Pack),
    Watch(WatchProject),
    Constants(MakeConstants),
    Verify(VerifyPack),
    Inspect(InspectPack),
    Extract(ExtractPack),
}

impl Verb {
    /// The verb's name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Init { .. } => "init",
            Self::Create(_) => "create",
            Self::Register { .. } => "register",
            Self::Include(_) => "include",
            Self::Exclude(_) => "exclude",
            Self::Rename { .. } => "rename",
            Self::Move { .. } => "move",
            Self::Slot { .. } => "slot",
            Self::Loop { .. } => "loop",
            Self::Convert { .. } => "convert",
            Self::TileSize { .. } => "tile-size",
            Self::Key { .. } => "key",
            Self::Cut { .. } => "cut",
            Self::Compose { .. } => "compose",
            Self::Update { .. } => "update",
            Self::Forget(_) => "forget",
            Self::Remove(_) => "remove",
            Self::Palette { .. } => "palette",
            Self::Animation(_) => "animation",
            Self::Renumber(_) => "renumber",
            Self::Fix(_) => "fix",
            Self::Restore { .. } => "restore",
            Self::Purge(_) => "purge",
            Self::Undo(_) => "undo",
            Self::Redo(_) => "redo",
            Self::History { .. } => "history",
            Self::List { .. } => "list",
            Self::Show { .. } => "show",
            Self::Preview { .. } => "preview",
            Self::Palettes { .. } => "palettes",
            Self::Doctor { .. } => "doctor",
            Self::Pack { .. } => "pack",
            Self::Watch { .. } => "watch",
            Self::Constants { .. } => "constants",
            Self::Verify { .. } => "verify",
            Self::Inspect { .. } => "inspect",
            Self::Extract { .. } => "extract",
        }
    }

    /// The request, or which options cannot be combined.
    pub fn request(self) -> Result<Request, String> {
        Ok(match self {
            Self::Init { project } => Request::Init(InitWorkspace::new(project)),
            Self::Create(args) => Request::Create(args.request()?),
            Self::Register { project, root, exclude, dry_run } => {
                Request::Register(RegisterAsset::new(project, root).exclude(exclude).dry_run(dry_run))
            }
            Self::Include(asset) => asset.request(AssetEdit::Include),
            Self::Exclude(asset) => asset.request(AssetEdit::Exclude),
            Self::Rename { asset, name } => asset.request(AssetEdit::Rename(name)),
            Self::Move { asset, root } => asset.request(AssetEdit::Move(root)),
            Self::Slot { asset, slot, swap } => asset.request(AssetEdit::Slot(match slot {
                SlotChoice::Slot(slot) if swap => SlotChoice::Swap(slot),
                slot => slot,
            })),
            Self::Loop { asset, sound, looping } => asset.request(AssetEdit::Loop(sound.into(), looping)),
            Self::Convert { asset, sounds, downmix, reduce_bit_depth, none } => {
                if !(downmix || reduce_bit_depth || none) {
                    return Err("pass --downmix, --reduce-bit-depth or both, or --none".into());
                }
                asset.request(AssetEdit::Convert(selectors(sounds), Convert { downmix, reduce_bit_depth }))
            }
            Self::TileSize { asset, size } => asset.request(AssetEdit::TileSize(size)),
            Self::Key { asset, key, images } => asset.request(AssetEdit::ColorKey(selectors(images), key.0)),
            Self::Cut { asset, images, cut, part, none } => {
                let cut = Some(cut.cut()).filter(|cut| none || *cut != Cut::default());
                let change = CutChange { cut, ..part.change() };
                if change == CutChange::default() {
                    let options = "--region, --margin, --spacing or --skip-blank, --tag, --layer or --slice, or --none";
                    return Err(format!("pass {options}"));
                }
                asset.request(AssetEdit::Cut(selectors(images), change))
            }
            Self::Compose { project, asset, change, dry_run } => {
                EditedAsset { project, asset, dry_run }.request(change.edit())
            }
            Self::Update { asset, force, palettes } => {
                asset.request(AssetEdit::Update(UpdateOptions::default().force(force).palettes(palettes)))
            }
            Self::Forget(asset) => asset.request(AssetEdit::Forget),
            Self::Remove(asset) => asset.request(AssetEdit::Remove),
            Self::Palette { project, asset, change, dry_run } => {
                EditedAsset { project, asset, dry_run }.request(AssetEdit::Palette(change.edit()))
            }
            Self::Animation(AnimationVerb { asset, name, change, remove, all_tags }) => {
                let name = name.unwrap_or_default();
                let edit = match change.change() {
                    _ if remove => AnimationEdit::Remove(name),
                    change if all_tags => {
                        AnimationEdit::FollowTags(change.and_then(|change| change.files).unwrap_or_default())
                    }
                    Some(change) => AnimationEdit::Set { name, change: Box::new(change) },
                    None => return Err("pass what changes, such as --tag or --frame-ms, or --remove".into()),
                };
                asset.request(AssetEdit::Animation(edit))
            }
            Self::Renumber(asset) => asset.request(AssetEdit::Renumber),
            Self::Fix(FixArgs { project, asset, code, choice, dry_run }) => {
                let asset = asset.as_deref().map(AssetSelector::from);
                Request::Fix(FixProject::new(project).asset(asset).code(code).choice(choice).dry_run(dry_run))
            }
            Self::Restore { asset: RemovedAsset { project, asset, dry_run }, to, exclude } => {
                let restore = RestoreAsset::new(project, asset).root(to);
                Request::Restore(restore.exclude(exclude).dry_run(dry_run))
            }
            Self::Purge(RemovedAsset { project, asset, dry_run }) => {
                Request::Purge(PurgeAsset::new(project, asset).dry_run(dry_run))
            }
            Self::Undo(project) => project.request(HistoryStep::Undo),
            Self::Redo(project) => project.request(HistoryStep::Redo),
            Self::History { project } => Request::History(ListChanges::new(project)),
            Self::List { project } => Request::List(ListAssets::new(project)),
            Self::Show { project, asset, tiles } => Request::Show(ShowAsset::new(project, asset).find_repeats(tiles)),
            Self::Preview { project, asset, out } => Request::Preview(ExportPreview::new(project, asset, out)),
            Self::Palettes { project, asset, options } => options.request(project, asset)?,
            Self::Doctor { project, workspace } => Request::Doctor(Doctor::new(project).workspace(workspace)),
            Self::Pack { project, check, options, no_wait, frozen, explain, repro } => {
                let this = if repro { Some(this_program()?) } else { None };
                let pack = options.request(project)?.check(check).wait(!no_wait).frozen(frozen).reproduced_by(this);
                if explain { Request::ExplainedPack(pack) } else { Request::Pack(pack) }
            }
            Self::Watch { project, options, poll } => {
                let detection = WatchOptions { events: !poll, ..WatchOptions::default() };
                Request::Watch(WatchProject::new(options.request(project)?).options(detection))
            }
            Self::Constants { project, lang, palettes, output } => {
                let constants = MakeConstants::new(project, lang.into());
                Request::Constants(constants.palettes(palettes).output(output))
            }
            Self::Verify { file, against } => Request::Verify(VerifyPack::new(file).against(against)),
            Self::Inspect { file } => Request::Inspect(InspectPack::new(file)),
            Self::Extract { file, dir, as_project } => {
                Request::Extract(ExtractPack::new(file, dir).as_project(as_project))
            }
        })
    }
}

fn selectors(texts: Vec<String>) -> Vec<ArtifactSelector> {
    texts.into_iter().map(ArtifactSelector::from).collect()
}

/// The path of this program.
fn this_program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|error| format!("--repro starts this program, whose path is unknown: {error}"))
}

impl CreateArgs {
    fn request(self) -> Result<CreateAsset, String> {
        let bank = match self.kind {
            Kind::GlyphBank => {
                let foreign = [
                    (self.sample_rate.is_some(), "--sample-rate"),
                    (self.downmix, "--downmix"),
                    (self.reduce_bit_depth, "--reduce-bit-depth"),
                    (!self.loops.is_empty(), "--loop"),
                    (self.import.rate.is_some(), "--rate"),
                ];
                refuse_foreign(&foreign, "sound_bank")?;
                let cut = self.cut.cut();
                let (tile_size, color_key, animations) = (self.tile_size, self.color_key, self.animations);
                NewBank::Glyph(NewGlyph { tile_size, color_key, part: self.part.part(), cut, animations })
            }
            Kind::SoundBank => {
                let foreign = [
                    (self.tile_size.is_some(), "--tile-size"),
                    (self.color_key.is_some(), "--color-key"),
                    (!self.palettes.is_empty(), "--palette"),
                    (self.cut.region.is_some(), "--region"),
                    (self.cut.margin.is_some(), "--margin"),
                    (self.cut.spacing.is_some(), "--spacing"),
                    (self.cut.skip_blank, "--skip-blank"),
                    (self.part.tag.is_some(), "--tag"),
                    (self.part.layer.is_some(), "--layer"),
                    (self.part.slice.is_some(), "--slice"),
                    (self.animations, "--animations"),
                    (self.import.frames.is_some(), "--frames"),
                ];
                refuse_foreign(&foreign, "glyph_bank")?;
                let convert = Convert { downmix: self.downmix, reduce_bit_depth: self.reduce_bit_depth };
                NewBank::Sound(NewSound { sample_rate_hz: self.sample_rate, convert, loops: self.loops })
            }
        };
        let preload = match self.preload {
            None => NewPreload::No,
            Some(None) => NewPreload::LowestFree,
            Some(Some(slot)) => NewPreload::Slot(slot),
        };
        let rows = self.rows.unwrap_or(PaletteRows::One);
        let palettes = NewPalettes { files: self.palettes, rows, key: self.key };
        let import = self.import.options();
        let create = CreateAsset::new(self.project, self.root, bank, self.files).palettes(palettes).import(import);
        Ok(create.name(self.name).preload(preload).exclude(self.exclude).force(self.force).dry_run(self.dry_run))
    }
}

fn refuse_foreign(options: &[(bool, &str)], kind: &str) -> Result<(), String> {
    match options.iter().find(|(given, _)| *given) {
        Some((_, option)) => Err(format!("{option} can only be used with --type {kind}")),
        None => Ok(()),
    }
}
