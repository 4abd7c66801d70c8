//! Findings: the problems and remarks that the packer reports, as data and as text.
//!
//! Owns the finding, its places and its text; `codes` has the list of codes. It contains no rules: each finding is
//! created where its rule is (registry, declaration, banks, pack). `docs/specs/findings-and-exit-codes.md` fixes the
//! format.

mod codes;
mod explanations;
mod text;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

pub use codes::{Blame, Code};
pub use explanations::Explanation;
pub(crate) use text::character_name;
pub(crate) use text::closest_match;
pub use text::{escaped, format_bytes, join_some, plural};

/// The most places that a finding keeps; the count includes all. Eight show where a problem is; a badly converted sheet
/// has thousands.
pub(crate) const PLACES_KEPT: usize = 8;

/// How severe a finding is. Only an error blocks the pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks the pack.
    Error,
    /// Does not block the pack, but is probably a mistake.
    Warning,
    /// A remark.
    Note,
}

impl Severity {
    /// Its name in text and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The asset that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AssetRef {
    /// `None` for a root that is not registered.
    pub asset_id: Option<u32>,
    /// The root, relative to `assets/`.
    pub root: String,
}

/// A place in a file. All numbers count from 0, except the lines and columns of text, which count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Place {
    /// A value in a JSON file.
    Json {
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
        /// The path of the value: `$.artifacts[2].file`; `$` is the whole file.
        path: String,
    },
    /// A tile of a bank, or one of its pixels.
    Tile {
        /// The tile's id in the bank.
        tile: u32,
        /// The tile's column in the console's 256-pixel sheet.
        column: u32,
        /// The tile's row in that sheet.
        row: u32,
        /// The pixel in the tile, if the place is one pixel.
        pixel: Option<Pixel>,
        /// The same pixel in the source image, or in a frame of the source sprite.
        in_image: Option<Pixel>,
        /// The number of that frame.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frame: Option<u32>,
    },
    /// A color of a declared palette.
    Color {
        /// The palette's index.
        palette: u32,
        /// The color's index in it.
        color: u32,
    },
    /// A frame of a sound.
    Frame {
        /// The frame.
        frame: u64,
    },
    /// A line of a text file that is not JSON.
    Line {
        /// From 1.
        line: u32,
    },
    /// A byte of a file.
    Byte {
        /// From the start of the file.
        offset: u64,
    },
}

/// A pixel's position in a tile or an image. Pixels are ordered by row, then by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pixel {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
}

impl PartialOrd for Pixel {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pixel {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.y, self.x).cmp(&(other.y, other.x))
    }
}

/// A mechanical change that removes the finding. That of a color or a canvas is one of several answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fix {
    /// Rename a file or folder.
    Rename {
        /// Its path, relative to the project.
        from: String,
        /// Its new path, relative to the project.
        to: String,
    },
    /// Set one value of a JSON file.
    SetJson {
        /// The file, relative to the project.
        file: String,
        /// The path of the value, as in [`Place::Json`].
        path: String,
        /// Its new value.
        value: JsonText,
    },
    /// Sort the registry's entries by id.
    SortEntries,
    /// Replace a color of the finding's image.
    ReplaceColor {
        /// The color of the image, `#rrggbb`; colors that the console stores as the same one are meant, too.
        from: String,
        /// The nearest declared color.
        to: String,
    },
    /// Grow the canvas of the finding's image to whole tiles.
    PadCanvas,
    /// Name a palette that has all colors of the finding's image in its artifacts.
    NamePalette {
        /// Its index.
        palette: u32,
    },
    /// Make the partly transparent pixels of the finding's image opaque or transparent.
    SettleAlpha {
        /// How many of its tiles' pixels have alpha 128 of 255 or more.
        high: u64,
        /// How many have less.
        low: u64,
    },
    /// Give the colors of the finding's image that have 16 bits per channel the nearest ones of 8 bits.
    RoundDepth {
        /// How many pixels of its tiles have such colors.
        pixels: u64,
    },
}

/// A JSON value as text, because `serde_json`'s values cannot be ordered. It is serialized as the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonText(pub String);

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<serde_json::Value>(&self.0) {
            Ok(mut value) => {
                value.sort_all_objects();
                value.serialize(serializer)
            }
            Err(_) => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(serde_json::Value::deserialize(deserializer)?.to_string()))
    }
}

/// One problem or remark. Each cause is reported once, with all of its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule, public and stable; see `docs/diagnostics/`.
    pub code: Code,
    /// How severe it is here.
    pub severity: Severity,
    /// The asset it is about, if it is about one.
    pub asset: Option<AssetRef>,
    /// The file, relative to the project (or as the user named it), escaped where it is not printable.
    pub file: Option<String>,
    /// The first 8 places.
    pub places: Vec<Place>,
    /// How often it occurs; at least the number of places.
    pub count: u64,
    /// What was found, and what is needed.
    pub message: String,
    /// The likely fix, in words or as a command.
    pub help: String,
    /// The fix as data, where a safe mechanical change exists.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding of `code` at its usual severity.
    pub fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            asset: None,
            file: None,
            places: Vec::new(),
            count: 1,
            message: message.into(),
            help: help.into(),
            fix: None,
        }
    }

    /// Sets the file, relative to the folder that the caller works in; see [`Finding::in_asset`].
    #[must_use]
    pub fn file(mut self, file: impl AsRef<str>) -> Self {
        self.file = Some(escaped(file.as_ref()));
        self
    }

    /// Adds one place; the count does not change.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        if self.places.len() < PLACES_KEPT {
            self.places.push(place);
        }
        self
    }

    /// Removes the places; the count does not change.
    #[must_use]
    pub(crate) fn without_places(mut self) -> Self {
        self.places.clear();
        self
    }

    /// Sets the places and their count.
    #[must_use]
    pub(crate) fn at_all(mut self, places: &Places) -> Self {
        self.places.clone_from(&places.first);
        self.count = places.count;
        self
    }

    /// The same finding, as an error if it is a warning about an animation. A pack does not need animations, but what
    /// is made from them must not be made without them (spec: declarations, "Animations").
    #[must_use]
    pub(crate) fn requiring_animations(mut self) -> Self {
        if self.code.is_about_animation() && self.severity == Severity::Warning {
            self.severity = Severity::Error;
        }
        self
    }

    /// Sets the mechanical fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Sets the asset, and changes the file from relative to the asset's root to relative to the project.
    #[must_use]
    pub fn in_asset(self, asset: &AssetRef) -> Self {
        self.in_folder(asset, &format!("assets/{}/", escaped(&asset.root)))
    }

    /// Sets the asset, and changes the file from relative to `assets/` to relative to the project.
    #[must_use]
    pub fn in_assets(self, asset: &AssetRef) -> Self {
        self.in_folder(asset, "assets/")
    }

    fn in_folder(mut self, asset: &AssetRef, prefix: &str) -> Self {
        self.file = self.file.map(|file| format!("{prefix}{file}"));
        if let Some(Fix::Rename { from, to }) = &mut self.fix {
            *from = format!("{prefix}{from}");
            *to = format!("{prefix}{to}");
        }
        if let Some(Fix::SetJson { file, .. }) = &mut self.fix
            && !file.starts_with("assets/")
        {
            *file = format!("{prefix}{file}");
        }
        self.asset = Some(asset.clone());
        self
    }

    /// The id of its cause: what makes two findings one, see [`CauseId`].
    pub fn cause_id(&self) -> CauseId {
        let mut hasher = Sha256::new();
        let mut hash_text = |text: &str| {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        };
        hash_text(self.code.as_str());
        if let Some(asset) = &self.asset {
            hash_text(&asset.asset_id.map_or_else(String::new, |id| id.to_string()));
            hash_text(&asset.root);
        }
        hash_text(self.file.as_deref().unwrap_or_default());
        hash_text(&self.message);
        let digest: [u8; 32] = hasher.finalize().into();
        CauseId(std::array::from_fn(|at| digest[at]))
    }

    /// Whether it blocks a pack.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl PartialOrd for Finding {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Finding {
    /// By asset id, file, place and code (spec: findings). The rest only makes the order total.
    fn cmp(&self, other: &Self) -> Ordering {
        let id = |finding: &Self| finding.asset.as_ref().map(|asset| asset.asset_id.unwrap_or(u32::MAX));
        id(self)
            .cmp(&id(other))
            .then_with(|| self.file.cmp(&other.file))
            .then_with(|| self.places.cmp(&other.places))
            .then_with(|| self.code.as_str().cmp(other.code.as_str()))
            .then_with(|| self.message.cmp(&other.message))
            .then_with(|| self.asset.cmp(&other.asset))
            .then_with(|| {
                (self.severity, self.count, &self.help, &self.fix).cmp(&(
                    other.severity,
                    other.count,
                    &other.help,
                    &other.fix,
                ))
            })
    }
}

/// Counts places and keeps the first 8.
#[derive(Clone, Debug, Default)]
pub struct Places {
    first: Vec<Place>,
    count: u64,
}

impl Places {
    /// Adds one place.
    pub fn add(&mut self, place: Place) {
        if self.first.len() < PLACES_KEPT {
            self.first.push(place);
        }
        self.count += 1;
    }

    /// The number of places.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first places.
    pub fn first_places(&self) -> &[Place] {
        &self.first
    }
}

/// The stable id of a finding's cause: code, asset, file and message.
///
/// The same problem has the same id in every report and on every machine, whatever its places, its count and its
/// severity, so that a hole in a preview, a row of a list and a report for another tool can refer to one finding. Its
/// text is 32 hexadecimal digits: the first half of a SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CauseId([u8; 16]);

impl fmt::Display for CauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CauseId({self})")
    }
}

/// The finding of this cause.
pub fn finding_of(findings: &[Finding], cause: Option<CauseId>) -> Option<&Finding> {
    findings.iter().find(|finding| Some(finding.cause_id()) == cause)
}

/// Collects findings. Those with the same cause become one, with all places and the highest severity.
#[derive(Clone, Debug, Default)]
pub(crate) struct FindingCollector {
    findings: Vec<Finding>,
    causes: HashMap<CauseId, usize>,
}

impl FindingCollector {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.push_cause(finding.cause_id(), finding);
    }

    /// Adds a finding of this cause.
    pub fn push_cause(&mut self, cause: CauseId, finding: Finding) {
        match self.causes.entry(cause) {
            Entry::Occupied(known) => {
                let known = &mut self.findings[*known.get()];
                known.severity = known.severity.min(finding.severity);
                known.count += finding.count;
                known.places.extend(finding.places);
                known.places.sort();
                known.places.truncate(PLACES_KEPT);
            }
            Entry::Vacant(new) => {
                new.insert(self.findings.len());
                self.findings.push(finding);
            }
        }
    }

    /// Whether there is a finding of this cause.
    pub fn contains(&self, cause: CauseId) -> bool {
        self.causes.contains_key(&cause)
    }

    /// The findings, in the order in which their causes were added.
    pub fn into_vec(self) -> Vec<Finding> {
        self.findings
    }
}

/// Joins the findings of each cause, and returns them in the order of the spec.
pub fn sort_findings(findings: Vec<Finding>) -> Vec<Finding> {
    let mut collector = FindingCollector::default();
    findings.into_iter().for_each(|finding| collector.push(finding));
    let mut findings = collector.into_vec();
    findings.sort();
    findings
}

/// Whether any finding is an error, which blocks the pack.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::is_error)
}

/// An operation's error, which can be reported as findings.
pub trait AsFinding {
    /// The error as a finding.
    fn as_finding(&self) -> Finding;

    /// The error as findings, if one is not enough.
    fn as_findings(&self) -> Vec<Finding> {
        vec![self.as_finding()]
    }
}
