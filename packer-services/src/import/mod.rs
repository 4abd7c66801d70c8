//! Files that a pack does not read, decoded once when they are added to an asset: a sound becomes a WAV in its root
//! (spec: packer charter, "Imported files"). A pack never decodes them, so the rounding of a decoder cannot change it.

mod aiff;
mod ogg;
mod sound;

use std::path::Path;

use crate::declaration::Family;
use crate::diagnostics::{AsFinding, Code, Finding, format_bytes};
use crate::files::{SourceFile, read_up_to};
use crate::limits::IMPORTED_FILE_BYTES;

/// The first bytes of a file that decide what it is.
const START_BYTES: usize = 64;

/// What a file is decoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// A sound in an Ogg container.
    Ogg,
    /// An MP3.
    Mp3,
    /// An AIFF or AIFC.
    Aiff,
}

impl ImportKind {
    /// What a file that begins with these bytes is decoded as for a bank of this family; `None` if it is copied.
    pub fn of_start(start: &[u8], family: Family) -> Option<Self> {
        if family != Family::SoundBank {
            return None;
        }
        let at = |offset: usize, bytes: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
        let is_mp3 = [0xFB, 0xFA, 0xF3, 0xF2].iter().any(|second| at(0, &[0xFF, *second]));
        if at(0, b"OggS") && !at(28, b"\x7fFLAC") {
            Some(Self::Ogg)
        } else if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
            Some(Self::Aiff)
        } else if at(0, b"ID3") || is_mp3 {
            Some(Self::Mp3)
        } else {
            None
        }
    }

    /// What the file is decoded as for a bank of this family; `None` if it is copied, or cannot be opened.
    pub fn of_file(path: &Path, family: Family) -> Option<Self> {
        let mut start = [0; START_BYTES];
        let mut source = SourceFile::from_path(path).ok()?;
        let count = read_up_to(source.file_mut(), &mut start).ok()?;
        Self::of_start(&start[..count], family)
    }

    /// The extension of the file that it becomes.
    pub fn extension(self) -> &'static str {
        "wav"
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ogg => "Ogg",
            Self::Mp3 => "MP3",
            Self::Aiff => "AIFF",
        }
    }
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
pub fn import_file(path: &Path, kind: ImportKind) -> Result<ImportedFile, Box<Finding>> {
    let source = SourceFile::from_path(path).map_err(|error| Box::new(error.into_finding()))?;
    let content = source.read_whole(IMPORTED_FILE_BYTES).map_err(|error| Box::new(error.as_finding()))?;
    let Some(content) = content else {
        return Err(Box::new(Finding::new(
            Code::FileTooLarge,
            format!(
                "the file has more than {}, the limit of files that are decoded",
                format_bytes(IMPORTED_FILE_BYTES)
            ),
            "Decode it with a sound editor, and add the WAV.",
        )));
    };
    if !content.is_consistent {
        return Err(Box::new(Finding::new(
            Code::SourceChanging,
            "the file changed while it was read",
            "Wait until the program that writes it has finished, and try again.",
        )));
    }
    import_bytes(content.bytes, kind)
}

/// Decodes the bytes of a file.
///
/// # Errors
/// Why they cannot be decoded.
pub fn import_bytes(bytes: Vec<u8>, kind: ImportKind) -> Result<ImportedFile, Box<Finding>> {
    sound::import_sound(bytes, kind)
}
