//! Findings: what the packer tells people, as data before it is text.
//!
//! Owns the finding, its places and its text; the list of codes is in `codes`. It does not judge anything:
//! each rule makes its finding where the rule is known (registry, declaration, banks, pack). The shape is fixed by
//! `docs/specs/findings-and-exit-codes.md`.

mod codes;
mod text;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

pub use codes::{Blame, Code};
pub(crate) use text::closest;
pub use text::{escaped, join_some, plural, sized};

/// How many places a finding keeps; the rest is in its count.
pub(crate) const PLACES_KEPT: usize = 8;

/// How grave a finding is. An error blocks the pack; nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks the pack.
    Error,
    /// Packs, but is probably not what the artist meant.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The word shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The asset that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct AssetRef {
    /// `None` for a root that is not registered.
    pub asset_id: Option<u32>,
    /// The root, relative to `assets/`.
    pub root: String,
}

/// Where in a file. All numbers count from 0, but lines and columns of text, which count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Place {
    /// A value in a JSON file.
    Json {
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
        /// `$.artifacts[2].file`; `$` is the whole file.
        path: String,
    },
    /// A pixel of a tile of a bank.
    Tile {
        /// The tile's id in the bank.
        tile: u32,
        /// The tile's column in the console's 256-pixel sheet.
        column: u32,
        /// The tile's row in that sheet.
        row: u32,
        /// The pixel in the tile, if one is meant.
        pixel: Option<Pixel>,
        /// The same pixel in the artist's image.
        in_image: Option<Pixel>,
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
    /// A byte of a file.
    Byte {
        /// From the start of the file.
        offset: u64,
    },
}

/// A pixel's position, in its tile or in an image. Pixels are ordered as they are read: by row, then by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
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

/// A safe mechanical change that removes the finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fix {
    /// Rename a file or folder; both relative to the project.
    Rename {
        /// What it is called.
        from: String,
        /// What it must be called.
        to: String,
    },
    /// Set one value of a JSON file.
    SetJson {
        /// Relative to the project.
        file: String,
        /// The path of the value, as in [`Place::Json`].
        path: String,
        /// Its new value.
        value: JsonText,
    },
    /// Remove one key of a JSON file.
    RemoveJson {
        /// Relative to the project.
        file: String,
        /// The path of the value, as in [`Place::Json`].
        path: String,
    },
    /// Sort the registry's entries by id.
    SortEntries,
}

/// A JSON value kept as text, so that fixes can be compared and ordered.
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

/// One cause, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, public and stable; see `docs/diagnostics/`.
    pub code: Code,
    /// How grave it is here.
    pub severity: Severity,
    /// The asset it is about, if it is about one.
    pub asset: Option<AssetRef>,
    /// The file, relative to the project (or as it was named to the packer), escaped where it is not printable.
    pub file: Option<String>,
    /// The first 8 places.
    pub places: Vec<Place>,
    /// How often it happens; at least the number of places.
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

    /// Names the file, relative to whatever the caller works in; see [`Finding::in_asset`].
    #[must_use]
    pub fn file(mut self, file: impl AsRef<str>) -> Self {
        self.file = Some(escaped(file.as_ref()));
        self
    }

    /// Adds one place, without counting it.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        if self.places.len() < PLACES_KEPT {
            self.places.push(place);
        }
        self
    }

    /// Sets the places and the count of all of them.
    #[must_use]
    pub(crate) fn at_all(mut self, places: &Places) -> Self {
        self.places.clone_from(&places.first);
        self.count = places.count;
        self
    }

    /// Adds the mechanical fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Tells whose finding it is, and makes its file relative to the project instead of to the asset's root.
    #[must_use]
    pub fn in_asset(mut self, asset: &AssetRef) -> Self {
        let prefix = format!("assets/{}/", escaped(&asset.root));
        self.file = self.file.map(|file| format!("{prefix}{file}"));
        if let Some(Fix::Rename { from, to }) = &mut self.fix {
            *from = format!("{prefix}{from}");
            *to = format!("{prefix}{to}");
        }
        if let Some(Fix::SetJson { file, .. } | Fix::RemoveJson { file, .. }) = &mut self.fix
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
    /// By asset id, file, place, code (spec: findings); the rest only to make the order total.
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
    /// Counts one more.
    pub fn add(&mut self, place: Place) {
        if self.first.len() < PLACES_KEPT {
            self.first.push(place);
        }
        self.count += 1;
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first ones.
    pub fn kept(&self) -> &[Place] {
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

/// Collects findings; those of one cause become one, with all of its places and the highest severity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    findings: Vec<Finding>,
    causes: HashMap<CauseId, usize>,
}

impl Gathered {
    /// Adds one more.
    pub fn push(&mut self, finding: Finding) {
        match self.causes.entry(finding.cause_id()) {
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

    /// In the order in which the causes came.
    pub fn into_vec(self) -> Vec<Finding> {
        self.findings
    }
}

/// Findings in the order of the spec, one a cause.
pub fn sorted(findings: Vec<Finding>) -> Vec<Finding> {
    let mut gathered = Gathered::default();
    findings.into_iter().for_each(|finding| gathered.push(finding));
    let mut findings = gathered.into_vec();
    findings.sort();
    findings
}

/// Whether any finding blocks.
pub fn blocks(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::is_error)
}

/// "I could not do it": an operation's error, which can be told as one finding.
pub trait AsFinding {
    /// The finding that tells it.
    fn as_finding(&self) -> Finding;

    /// All that is to be told, where one finding is not enough.
    fn as_findings(&self) -> Vec<Finding> {
        vec![self.as_finding()]
    }
}
