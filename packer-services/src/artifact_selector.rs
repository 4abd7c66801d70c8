//! Which artifact of a bank a request means: by its id or its file, or by text that may be either.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::declaration::{GlyphArtifact, SoundArtifact};
use crate::diagnostics::{Code, Finding, closest_match, escaped, join_some};
use crate::paths::RelPath;

/// Selects one artifact of a bank.
///
/// As text it is `index:3` or `file:walk.png`; any other text is [`ArtifactSelector::Any`].
///
/// ```
/// use packer_services::ops::ArtifactSelector;
///
/// assert_eq!(ArtifactSelector::from("index:3"), ArtifactSelector::Index(3));
/// assert_eq!(ArtifactSelector::from("walk.png"), ArtifactSelector::Any("walk.png".into()));
/// assert_eq!(ArtifactSelector::File("walk.png".into()).to_string(), "file:walk.png");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArtifactSelector {
    /// By its index: the id of its first tile, or of its sample.
    Index(u32),
    /// By its file, relative to the root.
    File(String),
    /// By text that is the index or the file of exactly one artifact.
    Any(String),
}

/// An artifact of a bank of any type.
pub(crate) trait BankArtifact {
    /// Its file, relative to the root.
    fn file(&self) -> &RelPath;
    /// Sets its file.
    fn set_file(&mut self, file: RelPath);
    /// Its index.
    fn index(&self) -> u32;
}

impl BankArtifact for GlyphArtifact {
    fn file(&self) -> &RelPath {
        &self.file
    }

    fn set_file(&mut self, file: RelPath) {
        self.file = file;
    }

    fn index(&self) -> u32 {
        self.index
    }
}

impl BankArtifact for SoundArtifact {
    fn file(&self) -> &RelPath {
        &self.file
    }

    fn set_file(&mut self, file: RelPath) {
        self.file = file;
    }

    fn index(&self) -> u32 {
        self.index
    }
}

impl ArtifactSelector {
    fn matches(&self, artifact: &impl BankArtifact) -> bool {
        match self {
            Self::Index(index) => artifact.index() == *index,
            Self::File(file) => artifact.file().as_str() == file,
            Self::Any(text) => artifact.file().as_str() == text || text.parse() == Ok(artifact.index()),
        }
    }

    /// The position of the one artifact that is selected.
    ///
    /// # Errors
    /// If no artifact is selected, or more than one.
    pub(crate) fn select(&self, artifacts: &[impl BankArtifact]) -> Result<usize, Box<Finding>> {
        let selected: Vec<usize> = (0..artifacts.len()).filter(|at| self.matches(&artifacts[*at])).collect();
        let text = escaped(&self.to_string());
        let (message, help) = match selected[..] {
            [one] => return Ok(one),
            [] => {
                let files = || artifacts.iter().map(|artifact| artifact.file().as_str());
                let wanted = text.rsplit(':').next().unwrap_or(&text);
                let near = closest_match(wanted, files()).or_else(|| files().find(|file| file.contains(wanted)));
                let help = match near {
                    Some(near) => format!("Did you mean `{}`?", escaped(near)),
                    None => "`prometeu-packer show PROJECT ASSET` lists the files of the asset with their ids.".into(),
                };
                (format!("the asset has no artifact `{text}`"), help)
            }
            _ => {
                let all = selected.iter().map(|at| format!("index:{}", artifacts[*at].index()));
                let all = join_some(all.collect::<Vec<_>>().iter(), ", ", 8);
                let message = format!("`{text}` matches {} artifacts: {all}", selected.len());
                (message, "Pass the index of one of them: the id of its first tile, or of its sound.".into())
            }
        };
        Err(Box::new(Finding::new(Code::ArtifactNotFound, message, help)))
    }

    /// The positions of the artifacts that are selected; of all if `selectors` is empty.
    ///
    /// # Errors
    /// If a selector does not select exactly one.
    pub(crate) fn select_all(selectors: &[Self], artifacts: &[impl BankArtifact]) -> Result<Vec<usize>, Vec<Finding>> {
        if selectors.is_empty() {
            return Ok((0..artifacts.len()).collect());
        }
        let mut findings = Vec::new();
        let mut positions = Vec::new();
        for selector in selectors {
            match selector.select(artifacts) {
                Ok(at) if positions.contains(&at) => {}
                Ok(at) => positions.push(at),
                Err(finding) => findings.push(*finding),
            }
        }
        if findings.is_empty() { Ok(positions) } else { Err(findings) }
    }
}

impl FromStr for ArtifactSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            Some(("index", index)) => index.parse().map_or_else(|_| Self::Any(text.to_owned()), Self::Index),
            Some(("file", file)) => Self::File(file.to_owned()),
            _ => Self::Any(text.to_owned()),
        })
    }
}

impl From<&str> for ArtifactSelector {
    fn from(text: &str) -> Self {
        let Ok(selector) = text.parse();
        selector
    }
}

impl From<String> for ArtifactSelector {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl fmt::Display for ArtifactSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "index:{index}"),
            Self::File(file) => write!(f, "file:{file}"),
            Self::Any(text) => f.write_str(text),
        }
    }
}
