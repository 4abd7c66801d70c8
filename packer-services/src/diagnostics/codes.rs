//! The list of codes: public, stable, one per rule. A chapter of `docs/diagnostics/` has a section for each, and
//! `tests/golden/findings/` its exact text; a test fails if either is missing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Severity;
use crate::from_text::deserialize_text;

/// What causes a finding, which decides the exit code (spec: findings and exit codes).
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
    ($($name:ident $text:literal $severity:ident $blame:ident $description:literal;)*) => {
        /// A rule that a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $description] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The public name, kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The severity, unless the asset is excluded.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// Whether it is about a declared animation, which a pack does not need.
            pub(crate) fn is_about_animation(self) -> bool {
                matches!(self, Self::AnimationTwice | Self::AnimationFile | Self::AnimationFrames)
            }

            /// What causes it.
            pub fn blame(self) -> Blame {
                match self { $(Self::$name => Blame::$blame,)* }
            }

            /// What the packer found, in one sentence.
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => $description,)* }
            }
        }
    };
}

codes! {
    // The packer could not run.
    Usage "usage" Error System "The command line has an unknown verb or option, or one is missing.";
    NotAProject "not-a-project" Error System "There is no registry, `assets/.prometeu/index.json`.";
    FileUnreadable "file-unreadable" Error System "The system refused to read a file or folder.";
    FileUnwritable "file-unwritable" Error System "The system refused to write a file or folder.";
    DiskFull "disk-full" Error System "The disk does not have enough free space for the files to be written.";
    NotStarted "not-started" Error System "The system refused to start a thread or a process.";
    ProjectLocked "project-locked" Error System "Another packer is writing to this project.";
    HistoryDamaged "history-damaged" Error System "The record of a change is damaged, or of a newer packer.";
    HistoryEmpty "history-empty" Error System "There is no change to undo or to make again.";
    Interrupted "interrupted" Error System "The operation was cancelled.";
    InternalError "internal-error" Error System "The packer itself failed.";

    // JSON files.
    JsonTooLarge "json-too-large" Error Assets "A JSON file is larger than its limit.";
    JsonEmpty "json-empty" Error Assets "A JSON file is empty, or contains only zero bytes.";
    JsonBom "json-bom" Error Assets "A JSON file starts with a byte order mark.";
    JsonEncoding "json-encoding" Error Assets "A JSON file is not UTF-8.";
    JsonConflict "json-conflict" Error Assets "A JSON file contains conflict markers of a version control system.";
    JsonSyntax "json-syntax" Error Assets "A file is not JSON.";
    JsonTrailing "json-trailing" Error Assets "A JSON file continues after its value.";
    JsonTooDeep "json-too-deep" Error Assets "A JSON file is nested too deeply.";
    JsonDuplicateKey "json-duplicate-key" Error Assets "An object has the same key twice.";
    JsonUnknownKey "json-unknown-key" Error Assets "An object has a key that the packer does not know.";
    JsonMissingKey "json-missing-key" Error Assets "An object lacks a required key.";
    JsonNull "json-null" Error Assets "A value is null where null has no meaning.";
    JsonWrongType "json-wrong-type" Error Assets "A value has the wrong type.";
    JsonInteger "json-integer" Error Assets "A number is not written as a plain integer.";
    JsonOutOfRange "json-out-of-range" Error Assets "A number is outside its range.";
    JsonWrongValue "json-wrong-value" Error Assets "A string is not one of the allowed values.";
    SchemaVersion "schema-version" Error Assets "A file has a schema version that this packer does not know.";

    // Paths.
    PathNotRelative "path-not-relative" Error Assets "A path is not relative, or leaves its folder.";
    PathHidden "path-hidden" Error Assets "A path has a segment that starts with a dot.";
    PathCharacter "path-character" Error Assets "A path contains a character that some system cannot store.";
    PathReserved "path-reserved" Error Assets "A path has a name that Windows reserves.";
    PathTrailing "path-trailing" Error Assets "A path has a segment that ends in a dot or a space.";
    PathNotNfc "path-not-nfc" Error Assets "A path is not in Unicode's composed form (NFC).";
    PathTooLong "path-too-long" Error Assets "A path or a segment of it is too long.";
    PathCollision "path-collision" Error Assets "Two paths are the same on a system that ignores case.";

    // The registry and the workspace.
    EntryOrder "entry-order" Error Assets "The registry's entries are not sorted by id.";
    IdTwice "id-twice" Error Assets "Two entries have the same id.";
    NextIdTooLow "next-id-too-low" Error Assets "`next_asset_id` is not greater than every id.";
    UuidMalformed "uuid-malformed" Error Assets "A uuid is not in its only allowed form.";
    UuidTwice "uuid-twice" Error Assets "Two entries have the same uuid.";
    RootTwice "root-twice" Error Assets "Two entries have the same root.";
    RootNested "root-nested" Error Assets "A registered root lies inside another.";
    RootUsed "root-used" Error Assets "A root that was to be moved or removed has a palette file that a bank uses.";
    AnchorMissing "anchor-missing" Error Assets "A registered root has no `asset.json`.";
    UuidDiffers "uuid-differs" Error Assets "Registry and declaration disagree on the uuid.";
    TooManyFiles "too-many-files" Note Assets "There are more files under `assets/` than the limit.";
    RegistrationLost "registration-lost" Error Assets "A root of the last pack exists, but is no longer in the registry.";
    UnregisteredRoot "unregistered-root" Note Assets "An asset root is not in the registry, so it is never packed.";
    NestedAnchor "nested-anchor" Note Assets "An `asset.json` lies inside another asset's root.";
    CopiedAnchor "copied-anchor" Note Assets "An unregistered root has the uuid of a registered one.";
    RootMoved "root-moved" Note Assets "A registered root was moved to another folder.";
    UnusedFile "unused-file" Note Assets "A file in an asset root is not used by its declaration.";
    StrayFile "stray-file" Note Assets "A file lies outside every asset root.";
    DuplicateContent "duplicate-content" Note Assets "Several files have the same content.";

    // Files that a declaration names.
    FileMissing "file-missing" Error Assets "A file that a declaration names does not exist.";
    FileTwin "file-twin" Error Assets "Only a file whose name differs in case or Unicode form exists.";
    FileNotRegular "file-not-regular" Error Assets "A path leads to something that is not a regular file.";
    LinkOutside "link-outside" Error Assets "A link leads out of its asset root, or nowhere.";
    FolderIsLink "folder-is-link" Error Assets "A root, or a folder on the path to a file, is a link.";
    FileTooLarge "file-too-large" Error Assets "A source file is larger than the limit.";
    SourceChanging "source-changing" Error Assets "A file kept changing while it was read.";
    InputPaletteMissing "input-palette-missing" Warning Assets "A palette file in `inputs.palettes` does not exist.";

    // Declarations.
    NameIllegal "name-illegal" Error Assets "An asset's name contains a character that is not allowed, or has a wrong length.";
    NameTwice "name-twice" Error Assets "Two assets of the build set have the same name.";
    FormatMismatch "format-mismatch" Error Assets "The output format does not belong to the asset's type.";
    ArtifactsMissing "artifacts-missing" Error Assets "An asset has no artifact.";
    RawWithArtifacts "raw-with-artifacts" Error Assets "A raw asset also has artifacts or a pipeline.";
    SlotTaken "slot-taken" Error Assets "Two assets of a bank type declare the same slot.";
    SlotsFull "slots-full" Error Assets "More assets of a bank type are preloaded than there are slots.";

    // Images.
    ImageNotPng "image-not-png" Error Assets "A file that should be an image is something else.";
    ImageCut "image-cut" Error Assets "An image file ends too early.";
    ImageDamaged "image-damaged" Error Assets "An image file is damaged.";
    ImageTooLarge "image-too-large" Error Assets "An image has more pixels than the limit.";
    ImageSize "image-size" Error Assets "An image does not divide into whole cells of the tile size.";
    RegionOutside "region-outside" Error Assets "A region extends past its image.";
    ImageBlank "image-blank" Error Assets "Every cell of an image is blank and left out.";
    ImageAnimated "image-animated" Warning Assets "An image is animated, and only one of its frames is used.";
    ImageImport "image-import" Error Assets "An image that is added to an asset cannot be decoded.";
    ImageImported "image-imported" Note Assets "An image was decoded into a PNG when it was added to an asset.";
    ImageTrailing "image-trailing" Warning Assets "A file has bytes after the end of its image.";
    SpritePart "sprite-part" Error Assets "The tag, layer or slice that an artifact names is not in its sprite.";
    SpriteUnknown "sprite-unknown" Error Assets "A sprite has something that the packer does not read.";
    ImageIndex "image-index" Error Assets "An indexed PNG uses an index that its own palette lacks.";
    ImageDepth "image-depth" Error Assets "A 16-bit image has colors that 8 bits cannot represent.";
    PartialAlpha "partial-alpha" Error Assets "A pixel is partly transparent.";
    ColorKeyIndex "color-key-index" Error Assets "`color_key` is `index0`, but the image is not indexed.";
    ColorKeyDiffers "color-key-differs" Warning Assets "`color_key` is `index0`, but index 0 of the image is not color 0 of its palette.";
    ImageFlat "image-flat" Warning Assets "An indexed image draws with several indices, which all have one color.";

    // Tiles and palettes.
    TileOverflow "tile-overflow" Error Assets "The bank has more tiles than fit.";
    TileGap "tile-gap" Error Assets "A tile id is used by no artifact.";
    TileOverlap "tile-overlap" Error Assets "A tile id is used by two artifacts.";
    PalettesMissing "palettes-missing" Error Assets "A glyph bank declares no palette.";
    PaletteIndices "palette-indices" Error Assets "The indices of the palettes are not 0, 1, 2 and so on.";
    PaletteUndeclared "palette-undeclared" Error Assets "An artifact names a palette that is not declared.";
    ColorNearMiss "color-near-miss" Error Assets "A color is almost a declared one.";
    ColorStray "color-stray" Error Assets "A few pixels have a color that is in no palette.";
    ColorsUndeclared "colors-undeclared" Error Assets "A large part of an image has colors that are in no palette.";
    ColorOnlyKey "color-only-key" Error Assets "A color is declared only as color 0, the color key.";
    ColorElsewhere "color-elsewhere" Error Assets "A color is not in the palette that the artifact names, but in another one.";
    ColorsAcross "colors-across" Error Assets "A tile's colors are declared, but not all in one palette.";
    ColorsMerge "colors-merge" Warning Assets "Two declared colors become the same on the console.";
    ColorAmbiguous "color-ambiguous" Warning Assets "A color is at several indices of the palette that draws it, and the image does not say which.";
    ImageColorsMerge "image-colors-merge" Note Assets "Colors of an image become the same on the console.";
    TileFragile "tile-fragile" Warning Assets "A tile fits two palettes with different indices.";
    PaletteFileFormat "palette-file-format" Error Assets "A file that should be a palette is something else.";
    PaletteFileValue "palette-file-value" Error Assets "A palette file has a line or a color that cannot be used.";
    PaletteFileLong "palette-file-long" Error Assets "A palette file has more than the 16 colors of a palette, or not the named row.";
    PaletteFileCount "palette-file-count" Warning Assets "A palette file does not have as many colors as it says.";
    AnimationTwice "animation-twice" Warning Assets "Two animations of a bank have the same name.";
    AnimationFile "animation-file" Warning Assets "An animation uses a file that no artifact has, or lists a file twice.";
    AnimationFrames "animation-frames" Warning Assets "An animation has frames that its files do not have, or another number of times.";
    PaletteIsFile "palette-is-file" Error Assets "The colors of a palette are in a file, and cannot be changed in the declaration.";

    // Sounds.
    SoundNotWav "sound-not-wav" Error Assets "A file that should be a sound is neither a WAV nor a FLAC.";
    WavCoding "wav-coding" Error Assets "A WAV is not integer PCM.";
    WavFormat "wav-format" Error Assets "A WAV's format chunk contradicts itself or is out of range.";
    WavChunks "wav-chunks" Error Assets "A chunk of a WAV is missing, appears twice, or is in the wrong order.";
    WavCut "wav-cut" Error Assets "A WAV ends before its sound does.";
    WavPartialFrame "wav-partial-frame" Error Assets "A WAV's last frame is not complete.";
    WavStreamed "wav-streamed" Warning Assets "A WAV does not contain the length of its sound.";
    WavUntidy "wav-untidy" Warning Assets "A WAV is readable, but not well formed.";
    WavLoopDamaged "wav-loop-damaged" Error Assets "The loop chunk of a WAV, or its copy in a FLAC, is damaged.";
    FlacFormat "flac-format" Error Assets "A FLAC has channels, a rate or a depth that cannot be used.";
    FlacUnknownLength "flac-unknown-length" Error Assets "A FLAC does not contain the length of its sound.";
    FlacCut "flac-cut" Error Assets "A FLAC ends before its sound does.";
    FlacDamaged "flac-damaged" Error Assets "A FLAC's metadata or sound is damaged.";
    FlacLength "flac-length" Error Assets "A FLAC has more sound than its header says.";
    FlacUntidy "flac-untidy" Warning Assets "A FLAC has bytes after its sound.";
    SampleEmpty "sample-empty" Error Assets "A sound has no frame.";
    SampleGap "sample-gap" Error Assets "A sample index is used by no artifact.";
    SampleOverlap "sample-overlap" Error Assets "A sample index is used by two artifacts.";
    ConvertDownmix "convert-downmix" Error Assets "A stereo sound would lose a channel, and `convert` does not allow it.";
    ConvertDepth "convert-depth" Error Assets "A sound with more than 16 bits would lose some, and `convert` does not allow it.";
    ConvertIdle "convert-idle" Note Assets "A `convert` has no effect.";
    LoopRange "loop-range" Error Assets "A loop does not lie within its sound.";
    LoopForm "loop-form" Error Assets "A sound file has a loop that the console cannot play.";
    LoopCorrected "loop-corrected" Note Assets "A sound file's loop was read as the program means it that wrote it.";
    SoundImport "sound-import" Error Assets "A sound that is added to an asset cannot be decoded.";
    SoundImported "sound-imported" Note Assets "A sound was decoded into a WAV when it was added to an asset.";
    SoundPadded "sound-padded" Warning Assets "An MP3 has silence around its sound, of unknown length.";
    LoopUnread "loop-unread" Note Assets "A sound file states a loop in a form that is not read.";
    SoundResampled "sound-resampled" Note Assets "A sound was resampled when it was added to an asset.";
    SoundClipped "sound-clipped" Warning Assets "Samples of a sound were clipped when it was resampled.";
    LoopMarkers "loop-markers" Note Assets "The loop that a sound file's markers state was declared.";
    LoopChanged "loop-changed" Note Assets "The loop of a sound, or where it is stated, changed with its file.";
    RateDiffers "rate-differs" Note Assets "A sound's rate differs from the bank's.";

    // Raw assets.
    RawSize "raw-size" Error Assets "A raw payload has the wrong size.";
    RawMetadata "raw-metadata" Error Assets "A raw asset's metadata is incomplete or invalid.";
    RawPadding "raw-padding" Error Assets "A raw glyph bank has colors in palettes that it does not declare.";

    // Creating and registering.
    RootExists "root-exists" Error Assets "The folder for a new asset already exists.";
    FolderFiles "folder-files" Note Assets "A file of a folder for a new asset was left out, or its copy has another name.";
    FileNameTwice "file-name-twice" Error Assets "Two files for one asset have the same name.";
    NameNeeded "name-needed" Error Assets "The name derived from the root contains a character that is not allowed.";
    TileSizeNeeded "tile-size-needed" Error Assets "The tile size cannot be determined from the images.";
    RateNeeded "rate-needed" Error Assets "The files have different sample rates.";
    TooManyColors "too-many-colors" Error Assets "A tile has more colors than a palette can draw.";
    ImageExtruded "image-extruded" Warning Assets "The tiles of a new image repeat their borders, and the cut does not leave these out.";
    KeyColorDrawn "key-color-drawn" Note Assets "An image has visible pixels in a color that often means transparent.";
    ColorKeyUnused "color-key-unused" Note Assets "No pixel of a new asset has its color key.";
    PaletteFull "palette-full" Error Assets "An artifact names a palette that has no room for its colors.";
    TooManyPalettes "too-many-palettes" Error Assets "The tiles need more palettes than a bank holds.";
    PaletteRows "palette-rows" Note Assets "An image's own palette was read in rows of 16, or almost was.";
    ColorsRepeated "colors-repeated" Note Assets "A new image draws one color with several indices, which optimizers would merge.";
    PalettesAlike "palettes-alike" Note Assets "Two palettes have the same colors in a different order.";
    PaletteFileKey "palette-file-key" Note Assets "The first color of a palette file became a color key, which is never drawn.";
    PaletteFileName "palette-file-name" Note Assets "The name in a palette file cannot be that of a palette, which has none now.";
    AlreadyRegistered "already-registered" Error Assets "The root is already registered.";
    UuidUnreadable "uuid-unreadable" Error Assets "A declaration's uuid cannot be read, so it cannot be registered.";
    IdsExhausted "ids-exhausted" Error Assets "Every asset id has been used.";
    NotAGlyphBank "not-a-glyph-bank" Error System "A verb for glyph banks of images was run on another asset.";
    NotASoundBank "not-a-sound-bank" Error System "A verb for sound banks was run on another asset.";
    ImageRewrite "image-rewrite" Error Assets "An image cannot be changed in the way that a fix needs.";
    AnimationChanged "animation-changed" Note Assets "An edit changed which parts of its images an animation shows.";
    AnimationNotFound "animation-not-found" Error System "The bank has no animation of this name.";
    ArtifactNotFound "artifact-not-found" Error System "No artifact of the asset matches, or more than one does.";
    AssetNotFound "asset-not-found" Error System "No asset matches, or more than one does.";

    // Changing.
    HistoryConflict "history-conflict" Error Assets "A file is not as the change left it that is to be undone or made again.";
    ChangeUnfinished "change-unfinished" Error Assets "A change of the project is half made, or was taken back without the packer.";
    ChangeReverted "change-reverted" Warning Assets "An interrupted change was taken back, because another program changed a file.";
    ChangeCompleted "change-completed" Note Assets "An interrupted change was completed.";
    OriginUnknown "origin-unknown" Error Assets "It is not known where the files of an asset came from.";
    OriginMissing "origin-missing" Warning Assets "The original of a file is gone.";
    OriginEdited "origin-edited" Error Assets "A file that would be replaced by its original was edited.";
    FileKindChanged "file-kind-changed" Note Assets "A file got the content of another kind of file, and kept its name.";
    PaletteChanged "palette-changed" Warning Assets "A file was replaced that is a palette of another bank.";

    // Packing.
    OutputNotAFile "output-not-a-file" Error Assets "Something that is not a regular file is in the way of an output.";
    OutputExists "output-exists" Error Assets "A file that would be written already exists.";
    HeaderTooLarge "header-too-large" Error Assets "The pack's header is larger than the limit.";
    WarningsDenied "warnings-denied" Error Assets "There are warnings, and they were denied.";
    BudgetBytes "budget-bytes" Error Assets "The pack has more bytes than `--max-bytes` allows.";
    BudgetSlots "budget-slots" Error Assets "More assets of a bank type are preloaded than `--max-slots` allows.";
    LockUnavailable "lock-unavailable" Note System "The project cannot be locked.";
    LeftoverKept "leftover-kept" Note System "A file or folder that only the packer needed could not be removed.";
    CacheUnusable "cache-unusable" Note System "The cache cannot be used, or cannot be written.";
    PackDiffers "pack-differs" Error Difference "A pack, or a file published with it, is not what the assets pack to.";

    // Writing constants.
    ConstantTwice "constant-twice" Error Assets "Two constants would have the same name.";
    ConstantLetters "constant-letters" Error Assets "A file's name contains a character that a constant's name cannot have.";

    // Reading a pack.
    PackCut "pack-cut" Error Assets "A pack is shorter than its header says.";
    PackMagic "pack-magic" Error Assets "A file is not a pack.";
    PackVersion "pack-version" Error Assets "A pack has a schema version that this packer does not know.";
    PackFlags "pack-flags" Error Assets "A pack's flags are not 0.";
    PackReserved "pack-reserved" Error Assets "A pack's reserved bytes are not 0.";
    PackHeaderLength "pack-header-length" Error Assets "A pack's header length is impossible.";
    PackPayloadOffset "pack-payload-offset" Error Assets "A pack's payload does not start where its header ends.";
    PackHeaderJson "pack-header-json" Error Assets "A pack's header is not JSON.";
    PackHeaderForm "pack-header-form" Error Assets "A pack's header is not canonical JSON.";
    PackHeaderShape "pack-header-shape" Error Assets "A pack's header has a missing key, an unknown key, or a value of the wrong type.";
    PackIds "pack-ids" Error Assets "A pack's ids are not increasing, or out of range.";
    PackName "pack-name" Error Assets "An asset name in a pack is not allowed, or is there twice.";
    PackBankType "pack-bank-type" Error Assets "A pack's bank type is unknown.";
    PackCodec "pack-codec" Error Assets "A pack's codec is unknown.";
    PackSizes "pack-sizes" Error Assets "The sizes of a bank in a pack do not match its format.";
    PackMetadata "pack-metadata" Error Assets "The metadata of a bank in a pack is not valid for its format.";
    PackGap "pack-gap" Error Assets "A pack has bytes between two payloads.";
    PackOverlap "pack-overlap" Error Assets "Two payloads of a pack overlap.";
    PackOverflow "pack-overflow" Error Assets "A payload of a pack ends past the end of the file.";
    PackTail "pack-tail" Error Assets "A pack has bytes after its last payload.";
    PackPreload "pack-preload" Error Assets "A pack's preload breaks a rule.";
    PackPadding "pack-padding" Error Assets "A glyph bank in a pack has colors in palettes that it does not declare.";
    CompanionDiffers "companion-differs" Error Assets "A companion is missing or does not belong to the pack.";
    PayloadUnchecked "payload-unchecked" Note Assets "There is no companion beside the pack, so its payload bytes are unchecked.";

    // Extracting a pack.
    ExtractTarget "extract-target" Error Assets "The folder for extracted files or a preview is neither new nor empty.";
    ExtractImpossible "extract-impossible" Error Assets "An asset of a pack cannot be written as the requested kind of files.";
    ExtractRenamed "extract-renamed" Note Assets "The name of an asset in a pack cannot be used as its folder.";
    ExtractAsIs "extract-as-is" Note Assets "An asset of a pack is written as its unchanged payload.";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let find = |name: &str| Self::ALL.iter().find(|code| code.as_str() == name).copied().ok_or("not a code");
        deserialize_text(deserializer, find)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
