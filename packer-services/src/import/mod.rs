//! Files that a pack does not read, decoded once when they are added to an asset: a sound becomes a WAV in its root, an
//! image a PNG (spec: packer charter, "Imported files"). A pack never decodes them, so the rounding of a decoder cannot
//! change it.

mod aiff;
mod image;
mod ogg;
mod sound;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use crate::banks::sniff::ImportKind;

use crate::declaration::Family;
use crate::diagnostics::{AsFinding, Code, Finding, format_bytes};
use crate::files::SourceFile;
use crate::limits::IMPORTED_FILE_BYTES;

/// How files are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Which frames of an animated image become the PNG.
    pub frames: ImportedFrames,
}

impl ImportOptions {
    /// Sets which frames of an animated image become the PNG.
    #[must_use]
    pub fn frames(self, frames: ImportedFrames) -> Self {
        Self { frames, ..self }
    }
}

/// Which frames of an animated image become the PNG.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportedFrames {
    /// The first.
    #[default]
    First,
    /// All, one below the other.
    All,
}

/// A file that was decoded.
#[derive(Debug)]
pub struct ImportedFile {
    /// The bytes of the file that it became.
    pub bytes: Vec<u8>,
    /// What was lost, and what is to be known about it; without a file.
    pub notes: Vec<Finding>,
}

/// Decodes the file at a path that the caller named.
///
/// # Errors
/// Why it cannot be decoded; without a file.
pub fn import_file(path: &Path, kind: ImportKind, options: &ImportOptions) -> Result<ImportedFile, Box<Finding>> {
    let source = SourceFile::from_path(path).map_err(|error| Box::new(error.into_finding()))?;
    let content = source.read_whole(IMPORTED_FILE_BYTES).map_err(|error| Box::new(error.as_finding()))?;
    let Some(content) = content else {
        let (editor, format) = match kind.family() {
            Family::GlyphBank => ("an image", "PNG"),
            Family::SoundBank => ("a sound", "WAV"),
        };
        let limit = format_bytes(IMPORTED_FILE_BYTES);
        return Err(Box::new(Finding::new(
            Code::FileTooLarge,
            format!("the file has more than {limit}, the limit of files that are decoded"),
            format!("Decode it with {editor} editor, and add the {format}."),
        )));
    };
    if !content.is_consistent {
        return Err(Box::new(Finding::new(
            Code::SourceChanging,
            "the file changed while it was read",
            "Wait until the program that writes it has finished, and try again.",
        )));
    }
    import_bytes(content.bytes, kind, options)
}

/// Decodes the bytes of a file.
///
/// # Errors
/// Why they cannot be decoded.
pub fn import_bytes(bytes: Vec<u8>, kind: ImportKind, options: &ImportOptions) -> Result<ImportedFile, Box<Finding>> {
    match kind.family() {
        Family::GlyphBank => image::import_image(&bytes, kind, options),
        Family::SoundBank => sound::import_sound(bytes, kind),
    }
}
