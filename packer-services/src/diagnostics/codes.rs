//! The list of codes: public, stable, one a rule. `docs/diagnostics/` has a section for each, and
//! `tests/golden/findings/` its exact text; a test fails when either is missing.

use serde::{Serialize, Serializer};

use super::Severity;

/// Whose fault it is, which decides the exit code (spec: findings and exit codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The assets, or a pack: exit 1.
    Assets,
    /// The packer could not run: exit 2.
    System,
    /// Out of date: exit 3.
    Difference,
}

macro_rules! codes {
    ($($name:ident $text:literal $severity:ident $blame:ident $about:literal;)*) => {
        /// A rule that a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $about] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The public name, kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The severity it has unless something lowers it.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// Whose fault it is.
            pub fn blame(self) -> Blame {
                match self { $(Self::$name => Blame::$blame,)* }
            }

            /// What the rule is about, in a line.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }
        }
    };
}

codes! {
    // The packer could not run.
    Usage "usage" Error System "The command line is not one that the packer knows.";
    NotAProject "not-a-project" Error System "There is no registry, `assets/.prometeu/index.json`.";
    FileUnreadable "file-unreadable" Error System "The system refused to read a file or folder.";
    FileUnwritable "file-unwritable" Error System "The system refused to write a file or folder.";
    DiskFull "disk-full" Error System "There is no room for what must be written.";
    ProjectLocked "project-locked" Error System "Another packer is writing to this project.";
    Interrupted "interrupted" Error System "The operation was cancelled.";
    InternalError "internal-error" Error System "The packer itself failed.";

    // JSON files.
    JsonTooLarge "json-too-large" Error Assets "A JSON file is larger than its limit.";
    JsonEmpty "json-empty" Error Assets "A JSON file is empty, or filled with zero bytes.";
    JsonBom "json-bom" Error Assets "A JSON file starts with a byte order mark.";
    JsonEncoding "json-encoding" Error Assets "A JSON file is not UTF-8.";
    JsonConflict "json-conflict" Error Assets "A JSON file holds conflict markers of a version control system.";
    JsonSyntax "json-syntax" Error Assets "A file is not JSON.";
    JsonTrailing "json-trailing" Error Assets "A JSON file goes on after its value.";
    JsonTooDeep "json-too-deep" Error Assets "A JSON file is nested too deep.";
    JsonDuplicateKey "json-duplicate-key" Error Assets "An object has the same key twice.";
    JsonUnknownKey "json-unknown-key" Error Assets "An object has a key that the packer does not know.";
    JsonMissingKey "json-missing-key" Error Assets "An object lacks a required key.";
    JsonNull "json-null" Error Assets "A value is null where null means nothing.";
    JsonWrongType "json-wrong-type" Error Assets "A value has the wrong type.";
    JsonInteger "json-integer" Error Assets "A number is not written as a plain integer.";
    JsonOutOfRange "json-out-of-range" Error Assets "A number is outside its range.";
    JsonWrongValue "json-wrong-value" Error Assets "A text is not one of the values allowed here.";
    SchemaVersion "schema-version" Error Assets "A file is of a schema version that this packer does not know.";

    // Paths.
    PathNotRelative "path-not-relative" Error Assets "A path is not relative, or leaves its folder.";
    PathHidden "path-hidden" Error Assets "A path has a segment that starts with a dot.";
    PathCharacter "path-character" Error Assets "A path has a character that some system cannot store.";
    PathReserved "path-reserved" Error Assets "A path has a name that Windows reserves.";
    PathTrailing "path-trailing" Error Assets "A path has a segment that ends in a dot or a space.";
    PathNotNfc "path-not-nfc" Error Assets "A path is not in Unicode's composed form (NFC).";
    PathTooLong "path-too-long" Error Assets "A path or a segment of it is too long.";
    PathCollision "path-collision" Error Assets "Two paths are one on a system that ignores case.";

    // The registry and the workspace.
    EntryOrder "entry-order" Error Assets "The registry's entries are not sorted by id.";
    IdTwice "id-twice" Error Assets "Two entries have the same id.";
    NextIdTooLow "next-id-too-low" Error Assets "`next_asset_id` is not above every id.";
    UuidMalformed "uuid-malformed" Error Assets "A uuid is not in its one form.";
    UuidTwice "uuid-twice" Error Assets "Two entries have the same uuid.";
    RootTwice "root-twice" Error Assets "Two entries have the same root.";
    RootNested "root-nested" Error Assets "A registered root lies inside another.";
    AnchorMissing "anchor-missing" Error Assets "A registered root has no `asset.json`.";
    UuidDiffers "uuid-differs" Error Assets "Registry and declaration disagree on the uuid.";
    TooManyFiles "too-many-files" Note Assets "There are more files under `assets/` than the limit.";
    UnregisteredRoot "unregistered-root" Note Assets "An asset root is not in the registry, so it is never packed.";
    NestedAnchor "nested-anchor" Note Assets "An `asset.json` lies inside another asset's root.";
    CopiedAnchor "copied-anchor" Note Assets "An unregistered root has the uuid of a registered one.";
    RootMoved "root-moved" Note Assets "A registered root was moved to another folder.";
    UnusedFile "unused-file" Note Assets "A file in an asset root is used by nothing.";
    StrayFile "stray-file" Note Assets "A file lies outside every asset root.";
    DuplicateContent "duplicate-content" Note Assets "Several files have the same content.";

    // Files that are named by a declaration.
    FileMissing "file-missing" Error Assets "A file that is named does not exist.";
    FileTwin "file-twin" Error Assets "Only a file whose name differs in case or Unicode form exists.";
    FileNotRegular "file-not-regular" Error Assets "What is named is not a regular file.";
    LinkOutside "link-outside" Error Assets "A link leads out of its asset root, or nowhere.";
    FolderIsLink "folder-is-link" Error Assets "A root or a folder on the way to a file is a link.";
    FileTooLarge "file-too-large" Error Assets "A source file is larger than the limit.";
    SourceChanging "source-changing" Error Assets "A file kept changing while it was read.";
    InputPaletteMissing "input-palette-missing" Warning Assets "A palette named as provenance does not exist.";

    // Declarations.
    NameIllegal "name-illegal" Error Assets "An asset's name has a character it may not have, or a wrong length.";
    NameTwice "name-twice" Error Assets "Two assets of the build set have the same name.";
    FormatMismatch "format-mismatch" Error Assets "The output format is not one of the asset's type.";
    ArtifactsMissing "artifacts-missing" Error Assets "An asset has no artifact.";
    RawWithArtifacts "raw-with-artifacts" Error Assets "A raw asset also has artifacts or a pipeline.";
    SlotTaken "slot-taken" Error Assets "Two assets of a bank type declare the same slot.";
    SlotsFull "slots-full" Error Assets "More assets of a bank type are preloaded than there are slots.";

    // Images.
    ImageNotPng "image-not-png" Error Assets "A file that should be a PNG is something else.";
    ImageCut "image-cut" Error Assets "A PNG ends too early.";
    ImageDamaged "image-damaged" Error Assets "A PNG is damaged.";
    ImageTooLarge "image-too-large" Error Assets "An image has more pixels than the limit.";
    ImageSize "image-size" Error Assets "An image does not divide into whole cells of the tile size.";
    RegionOutside "region-outside" Error Assets "A region does not lie inside its image.";
    ImageBlank "image-blank" Error Assets "Every cell of an image is blank and left out.";
    ImageTrailing "image-trailing" Warning Assets "A PNG has bytes after its end.";
    ImageIndex "image-index" Error Assets "An indexed PNG uses an index that its own palette lacks.";
    ImageDepth "image-depth" Error Assets "A 16-bit image has colors that 8 bits cannot hold.";
    PartialAlpha "partial-alpha" Error Assets "A pixel is neither opaque nor wholly transparent.";
    ColorKeyIndex "color-key-index" Error Assets "`color_key` is `index0`, but the image is not indexed.";

    // Tiles and palettes.
    TileOverflow "tile-overflow" Error Assets "The bank has more tiles than fit.";
    TileGap "tile-gap" Error Assets "A tile id is used by no artifact.";
    TileOverlap "tile-overlap" Error Assets "A tile id is used by two artifacts.";
    PalettesMissing "palettes-missing" Error Assets "A glyph bank declares no palette.";
    PaletteIndices "palette-indices" Error Assets "The indices of the palettes are not 0, 1, 2 and so on.";
    PaletteUndeclared "palette-undeclared" Error Assets "An artifact names a palette that is not declared.";
    ColorNearMiss "color-near-miss" Error Assets "A color is almost a declared one.";
    ColorStray "color-stray" Error Assets "A few pixels have a color that is in no palette.";
    ColorsUndeclared "colors-undeclared" Error Assets "Most of an image's colors are in no palette: one was never declared.";
    ColorOnlyKey "color-only-key" Error Assets "A color is declared only as color 0, the color key.";
    ColorElsewhere "color-elsewhere" Error Assets "A color is in another palette than the one that the artifact names.";
    ColorsAcross "colors-across" Error Assets "A tile's colors are declared, but in no one palette together.";
    ColorsMerge "colors-merge" Warning Assets "Two declared colors become one on the console.";
    ImageColorsMerge "image-colors-merge" Note Assets "Colors of an image become one on the console.";
    TileFragile "tile-fragile" Warning Assets "A tile fits two palettes with different indices.";

    // Sounds.
    SoundNotWav "sound-not-wav" Error Assets "A file that should be a sound is neither a WAV nor a FLAC.";
    WavCoding "wav-coding" Error Assets "A WAV is not integer PCM.";
    WavFormat "wav-format" Error Assets "A WAV's format chunk contradicts itself or is out of range.";
    WavChunks "wav-chunks" Error Assets "A WAV's chunks are missing, doubled or in the wrong order.";
    WavCut "wav-cut" Error Assets "A WAV ends before its sound does.";
    WavPartialFrame "wav-partial-frame" Error Assets "A WAV's last frame is not whole.";
    WavStreamed "wav-streamed" Warning Assets "A WAV does not say how long its sound is.";
    WavUntidy "wav-untidy" Warning Assets "A WAV is readable, but not well formed.";
    WavLoopDamaged "wav-loop-damaged" Error Assets "The loop chunk of a WAV, or the one that a FLAC keeps, is damaged.";
    FlacFormat "flac-format" Error Assets "A FLAC has channels, a rate or a depth that cannot be used.";
    FlacUnknownLength "flac-unknown-length" Error Assets "A FLAC does not say how long its sound is.";
    FlacCut "flac-cut" Error Assets "A FLAC ends before its sound does.";
    FlacDamaged "flac-damaged" Error Assets "A FLAC's metadata or sound is damaged.";
    FlacLength "flac-length" Error Assets "A FLAC has more sound than its head says.";
    FlacUntidy "flac-untidy" Warning Assets "Something follows the sound of a FLAC.";
    SampleEmpty "sample-empty" Error Assets "A sound has no frame.";
    SampleGap "sample-gap" Error Assets "A sample index is used by no artifact.";
    SampleOverlap "sample-overlap" Error Assets "A sample index is used by two artifacts.";
    ConvertDownmix "convert-downmix" Error Assets "A stereo sound would lose a channel, and nobody agreed to it.";
    ConvertDepth "convert-depth" Error Assets "A deep sound would lose bits, and nobody agreed to it.";
    ConvertIdle "convert-idle" Note Assets "A `convert` has no effect.";
    LoopRange "loop-range" Error Assets "A loop does not lie in its sound.";
    LoopForm "loop-form" Error Assets "A sound file has a loop that the console cannot play.";
    RateDiffers "rate-differs" Note Assets "A sound's rate is not the bank's.";

    // Raw assets.
    RawSize "raw-size" Error Assets "A raw payload has the wrong size.";
    RawMetadata "raw-metadata" Error Assets "A raw asset's metadata is not what the writer would write.";
    RawPadding "raw-padding" Error Assets "A raw glyph bank uses palettes past those it declares.";

    // Creating and registering.
    RootExists "root-exists" Error Assets "The folder for a new asset exists.";
    FileNameTwice "file-name-twice" Error Assets "Two files for one asset have the same name.";
    NameNeeded "name-needed" Error Assets "No legal name can be made from the root.";
    TileSizeNeeded "tile-size-needed" Error Assets "The tile size cannot be told from the images.";
    RateNeeded "rate-needed" Error Assets "The files have no common rate.";
    TooManyColors "too-many-colors" Error Assets "A tile has more colors than a palette holds.";
    KeyColorDrawn "key-color-drawn" Note Assets "A new image draws with the color that often means transparent.";
    ColorKeyUnused "color-key-unused" Note Assets "A new asset's color key removes no pixel.";
    PaletteFull "palette-full" Error Assets "An artifact names a palette that has no room for its colors.";
    TooManyPalettes "too-many-palettes" Error Assets "The tiles need more palettes than a bank holds.";
    AlreadyRegistered "already-registered" Error Assets "The root is registered already.";
    UuidUnreadable "uuid-unreadable" Error Assets "A declaration's uuid cannot be read, so it cannot be registered.";
    IdsExhausted "ids-exhausted" Error Assets "Every asset id has been given out.";
    NotAGlyphBank "not-a-glyph-bank" Error System "Palettes were asked for of an asset that is no glyph bank.";
    AssetNotFound "asset-not-found" Error System "No asset, or more than one, is meant.";

    // Packing.
    OutputNotAFile "output-not-a-file" Error Assets "What stands where an output goes is not a regular file.";
    HeaderTooLarge "header-too-large" Error Assets "The pack's header is larger than the limit.";
    WarningsDenied "warnings-denied" Error Assets "There are warnings, and they were denied.";
    BudgetBytes "budget-bytes" Error Assets "The pack has more bytes than `--max-bytes` allows.";
    BudgetSlots "budget-slots" Error Assets "More assets of a bank type are preloaded than `--max-slots` allows.";
    LockUnavailable "lock-unavailable" Note System "The project cannot be locked.";
    CacheUnusable "cache-unusable" Note System "The cache cannot be used, or not be written.";
    PackDiffers "pack-differs" Error Difference "The published files are not what the assets pack to.";

    // Making constants.
    ConstantTwice "constant-twice" Error Assets "Two constants would have the same name.";
    ConstantLetters "constant-letters" Error Assets "A file's name has a character that a constant's name cannot have.";

    // Reading a pack.
    PackCut "pack-cut" Error Assets "A pack is shorter than it says.";
    PackMagic "pack-magic" Error Assets "A file is not a pack.";
    PackVersion "pack-version" Error Assets "A pack is of a schema version that this packer does not know.";
    PackFlags "pack-flags" Error Assets "A pack's flags are not 0.";
    PackReserved "pack-reserved" Error Assets "A pack's reserved bytes are not 0.";
    PackHeaderLength "pack-header-length" Error Assets "A pack's header length is impossible.";
    PackPayloadOffset "pack-payload-offset" Error Assets "A pack's payload does not start where its header ends.";
    PackHeaderJson "pack-header-json" Error Assets "A pack's header is not JSON.";
    PackHeaderForm "pack-header-form" Error Assets "A pack's header is not canonical JSON.";
    PackHeaderShape "pack-header-shape" Error Assets "A pack's header lacks a key, has one too many, or one of a wrong type.";
    PackIds "pack-ids" Error Assets "A pack's ids are not increasing or out of range.";
    PackName "pack-name" Error Assets "A pack's asset name is illegal or there twice.";
    PackBankType "pack-bank-type" Error Assets "A pack's bank type is unknown.";
    PackCodec "pack-codec" Error Assets "A pack's codec is unknown.";
    PackSizes "pack-sizes" Error Assets "A pack's sizes are not those of the format.";
    PackMetadata "pack-metadata" Error Assets "A pack's metadata is not that of the format.";
    PackGap "pack-gap" Error Assets "A pack has bytes between two payloads.";
    PackOverlap "pack-overlap" Error Assets "Two payloads of a pack overlap.";
    PackOverflow "pack-overflow" Error Assets "A payload of a pack ends past the end of the file.";
    PackTail "pack-tail" Error Assets "A pack has bytes after its last payload.";
    PackPreload "pack-preload" Error Assets "A pack's preload breaks a rule.";
    PackPadding "pack-padding" Error Assets "A glyph bank's undeclared palettes are not zero.";
    CompanionDiffers "companion-differs" Error Assets "A companion is not of this pack.";
    PayloadUnchecked "payload-unchecked" Note Assets "No companion stands beside the pack, so its payload bytes are unchecked.";

    // Extracting a pack.
    ExtractTarget "extract-target" Error Assets "The folder to extract into is not new or empty.";
    ExtractImpossible "extract-impossible" Error Assets "An asset of a pack cannot become files of the kind that was asked for.";
    ExtractRenamed "extract-renamed" Note Assets "An asset's name in a pack cannot be a folder's.";
    ExtractAsIs "extract-as-is" Note Assets "An asset of a pack is written as it is.";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
