//! Files that a pack does not read, decoded once when they are added to an asset: a sound becomes a WAV in its root, an
//! image a PNG (spec: packer charter, "Imported files"). A pack never decodes them, so the rounding of a decoder cannot
//! change it. Sounds of any format can be resampled at the same time.

mod aiff;
mod image;
mod memory;
mod mp3;
mod ogg;
mod resample;
mod sound;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use crate::banks::sniff::ImportKind;

pub(crate) use memory::ImportMemory;
pub(crate) use resample::RateRatio;

use crate::banks::sniff::{SniffedFile, sniff_path};
use crate::banks::sound::{SoundCoding, read_structure};
use crate::context::Context;
use crate::declaration::Family;
use crate::diagnostics::{AsFinding, Code, Finding, format_bytes};
use crate::files::SourceFile;
use crate::limits::{IMPORTED_FILE_BYTES, SMALL_IMPORT_BYTES};

/// How files are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Which frames of an animated image become the PNG.
    pub frames: ImportedFrames,
    /// The rate of a sound, in Hz, 1000 to 192 000: one with another rate is resampled. `None` keeps its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<u32>,
}

impl ImportOptions {
    /// Sets which frames of an animated image become the PNG.
    #[must_use]
    pub fn frames(self, frames: ImportedFrames) -> Self {
        Self { frames, ..self }
    }

    /// Names the rate of a sound in a finding that counts its frames, where the file in the finding is its original,
    /// which may have another rate.
    pub(crate) fn name_new_rate(self, finding: &mut Finding) {
        if let Some(rate_hz) = self.rate_hz.filter(|_| finding.code == Code::LoopRange) {
            finding.message.push_str(&format!(" at {rate_hz} Hz"));
        }
    }

    /// Sets the rate of sounds, in Hz, 1000 to 192 000. Those with another rate are resampled.
    #[must_use]
    pub fn rate_hz(self, rate_hz: Option<u32>) -> Self {
        Self { rate_hz, ..self }
    }
}

/// What the file is decoded as for a bank of this family; `None` if it is copied, or cannot be opened. Opens the file.
pub fn import_kind(path: &Path, family: Family, options: &ImportOptions) -> Option<ImportKind> {
    sniffed_kind(path, sniff_path(path).as_ref(), family, options)
}

/// Like [`import_kind`], for a file that was recognized before. It is opened again only if it may be resampled.
pub(crate) fn sniffed_kind(
    path: &Path,
    sniffed: Option<&SniffedFile>,
    family: Family,
    options: &ImportOptions,
) -> Option<ImportKind> {
    let decoded = sniffed.and_then(|sniffed| sniffed.import).filter(|kind| kind.family() == family);
    decoded.or_else(|| {
        let rate_hz = options.rate_hz.filter(|_| family == Family::SoundBank)?;
        let sound = read_structure(&mut SourceFile::from_path(path).ok()?).ok()?;
        let kind = match sound.coding {
            SoundCoding::Pcm { .. } => ImportKind::Wav,
            SoundCoding::Flac(_) => ImportKind::Flac,
        };
        (sound.rate_hz != rate_hz).then_some(kind)
    })
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

/// Decodes the file at a path that the caller named. A sound becomes a WAV of at most `max_bytes`, without its head.
/// `memory` must be kept as long as the result.
///
/// # Errors
/// Why it cannot be decoded; without a file. Also if the operation was canceled, which the caller checks first.
pub(crate) fn import_file(
    context: &Context,
    memory: &mut ImportMemory<'_>,
    path: &Path,
    kind: ImportKind,
    options: &ImportOptions,
    max_bytes: u64,
) -> Result<ImportedFile, Box<Finding>> {
    let source = SourceFile::from_path(path).map_err(|error| Box::new(error.into_finding()))?;
    if source.size_bytes() > SMALL_IMPORT_BYTES {
        memory.take_all();
    }
    let content = source.read_whole(IMPORTED_FILE_BYTES).map_err(|error| Box::new(error.as_finding()))?;
    let Some(content) = content else {
        let help = match (kind, kind.family()) {
            (ImportKind::Wav | ImportKind::Flac, _) => "Resample it with a sound editor, and add it without `--rate`.",
            (_, Family::GlyphBank) => "Decode it with an image editor, and add the PNG.",
            (_, Family::SoundBank) => "Decode it with a sound editor, and add the WAV.",
        };
        let limit = format_bytes(IMPORTED_FILE_BYTES);
        return Err(Box::new(Finding::new(
            Code::FileTooLarge,
            format!("the file has more than {limit}, the limit of files that are decoded"),
            help,
        )));
    };
    if !content.is_consistent {
        return Err(Box::new(Finding::new(
            Code::SourceChanging,
            "the file changed while it was read",
            "Wait until the program that writes it has finished, and try again.",
        )));
    }
    import_within(context, memory, content.bytes, kind, options, max_bytes)
}

/// Decodes the bytes of a file.
///
/// # Errors
/// Why they cannot be decoded.
#[cfg(feature = "internals")]
pub fn import_bytes(bytes: Vec<u8>, kind: ImportKind, options: &ImportOptions) -> Result<ImportedFile, Box<Finding>> {
    let context = Context::new();
    let memory = &mut ImportMemory::new(&context);
    import_within(&context, memory, bytes, kind, options, crate::limits::IMPORTED_SOUND_BYTES)
}

fn import_within(
    context: &Context,
    memory: &mut ImportMemory<'_>,
    bytes: Vec<u8>,
    kind: ImportKind,
    options: &ImportOptions,
    max_bytes: u64,
) -> Result<ImportedFile, Box<Finding>> {
    match kind.family() {
        Family::GlyphBank => image::import_image(memory, &bytes, kind, options),
        Family::SoundBank => sound::import_sound(context, memory, bytes, kind, options, max_bytes),
    }
}
