//! `preview_source`: one file of an asset's root, decoded but not converted, even if it cannot be packed. It has no
//! verb, because it is meant for windows.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::show::ShowAssetError;
use crate::asset_selector::AssetSelector;
use crate::banks::glyph::image::{self, Image, ImageError, ShownRows};
use crate::banks::sniff::{
    ASEPRITE_MAGIC, DECODED_IMAGES, DECODED_SOUNDS, PACKED_IMAGES, PACKED_SOUNDS, PNG_SIGNATURE, sniff_file,
};
use crate::banks::sound::{self, Sound, SoundCoding, SoundError};
use crate::banks::{Outcome, check_cancelled};
use crate::context::{Context, FaultPoint};
use crate::declaration::{ANCHOR, Declaration, SpritePart};
use crate::diagnostics::{AssetRef, Code, Finding, escaped, has_errors};
use crate::files::{self, DiskError, SourceFile, read_up_to};
use crate::json;
use crate::limits::{DECLARATION_BYTES, SHOWN_TEXT_BYTES};
use crate::operation::{Operation, OperationClass, Report};
use crate::pack::examine::{Attempt, retry_while_changing};
use crate::paths::RelPath;
use crate::preview::{SoundDrawing, SourcePreview};
use crate::project::Project;
use crate::registry::Registry;
use crate::snapshot::{Snapshot, grade_finding};

/// Previews a file of an asset's root.
#[derive(Clone, Debug)]
pub struct PreviewSource {
    project: PathBuf,
    asset: AssetSelector,
    file: String,
}

impl PreviewSource {
    /// Previews `file`, relative to the root of this asset. The rules for paths in declarations apply to it. It may be
    /// any file of the root, including one that no declaration names.
    ///
    /// [`AssetSelector::Root`] also selects a root that is not registered, if it contains an `asset.json`; then no
    /// other declaration is read.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>, file: impl Into<String>) -> Self {
        Self { project: project.into(), asset: asset.into(), file: file.into() }
    }
}

/// A file of an asset's root.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PreviewSourceReport {
    /// The asset's id; `None` if its root is not registered.
    pub asset_id: Option<u32>,
    /// The asset's root, relative to `assets/`.
    pub root: String,
    /// The file, relative to the project, as findings name it.
    pub file: String,
    /// Its size in bytes, if it could be opened.
    pub size_bytes: Option<u64>,
    /// `None` if nothing of it can be shown; a finding states the reason. Not in the JSON, because it is binary.
    #[serde(skip)]
    pub source: Option<SourcePreview>,
}

impl Operation for PreviewSource {
    type Report = PreviewSourceReport;
    type Error = ShowAssetError;

    fn class(&self) -> OperationClass {
        OperationClass::Reads
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<PreviewSourceReport>, ShowAssetError> {
        let project = Project::at(&self.project);
        let (mut report, changing) = retry_while_changing(context, &project, |attempt| {
            check_cancelled(context)?;
            let owner = self.find_owner(&project)?;
            let mut decoded = DecodedFile::default();
            match RelPath::parse(&self.file) {
                Ok(path) => self.read_file(context, &project, &owner, &path, attempt, &mut decoded)?,
                Err(problem) => {
                    let finding = Finding::new(problem.code, problem.message, problem.help);
                    decoded.outcome.findings.push(finding.file(&self.file));
                }
            }
            // A cancelled read also ends as if the file had changed.
            check_cancelled(context)?;
            let changed_path = decoded.outcome.changed.first().map(|path| format!("assets/{}/{path}", owner.root));
            let asset = AssetRef { asset_id: owner.asset_id, root: owner.root.as_str().to_owned() };
            let graded = |finding: Finding| grade_finding(finding.in_asset(&asset), owner.is_included);
            let findings = decoded.outcome.findings.into_iter().map(graded).collect();
            let data = PreviewSourceReport {
                asset_id: owner.asset_id,
                file: format!("assets/{}/{}", escaped(&asset.root), escaped(&self.file)),
                root: asset.root,
                size_bytes: decoded.size_bytes,
                source: decoded.source,
            };
            Ok::<_, ShowAssetError>(Attempt { value: Report { findings, data }, changed_path })
        })?;
        if let Some(finding) = changing {
            let asset = AssetRef { asset_id: report.asset_id, root: report.root.clone() };
            report.findings.push(Finding { asset: Some(asset), ..finding });
            // It may be a mixture of the old and the new content.
            report.data.source = None;
        }
        Ok(report.sorted())
    }
}

/// The asset that a file belongs to.
struct OwningAsset {
    root: RelPath,
    asset_id: Option<u32>,
    is_included: bool,
}

/// What could be decoded of a file.
#[derive(Default)]
struct DecodedFile {
    outcome: Outcome,
    size_bytes: Option<u64>,
    source: Option<SourcePreview>,
}

impl PreviewSource {
    fn find_owner(&self, project: &Project) -> Result<OwningAsset, ShowAssetError> {
        if let AssetSelector::Root(root) = &self.asset
            && let Ok(root) = RelPath::parse(root)
        {
            let registry = project.read_registry_bytes()?.and_then(|bytes| Registry::read(&bytes).0);
            let entry = registry.and_then(|registry| registry.entries.into_iter().find(|entry| entry.root == root));
            if let Some(entry) = entry {
                return Ok(OwningAsset { root, asset_id: Some(entry.asset_id), is_included: entry.included_in_build });
            }
            if files::exists(&project.assets_folder().join(root.as_str()).join(ANCHOR)) {
                return Ok(OwningAsset { root, asset_id: None, is_included: false });
            }
        }
        let snapshot = Snapshot::read(project)?;
        snapshot.require_registry()?;
        let entry = &self.asset.select(&snapshot)?.entry;
        let asset_id = Some(entry.asset_id);
        Ok(OwningAsset { root: entry.root.clone(), asset_id, is_included: entry.included_in_build })
    }

    fn read_file(
        &self,
        context: &Context,
        project: &Project,
        owner: &OwningAsset,
        path: &RelPath,
        attempt: u32,
        decoded: &mut DecodedFile,
    ) -> Result<(), ShowAssetError> {
        let opened = project.assets().open_folder(&owner.root).and_then(|root| root.open(path));
        let source = match opened {
            Ok(source) => source,
            Err(error) => {
                decoded.outcome.findings.push(error.into_finding_about(path));
                return Ok(());
            }
        };
        decoded.size_bytes = Some(source.size_bytes());
        if let Some(finding) = source.too_large_finding() {
            decoded.outcome.findings.push(finding.file(path.as_str()));
            return Ok(());
        }
        if context.inject_fault(FaultPoint::Planned { attempt }).is_err() {
            return Err(ShowAssetError::Cancelled);
        }
        self.decode_by_type(context, path, source, decoded).or_else(|failed| match failed {
            DecodeError::Disk(error) => {
                decoded.outcome.record_disk_error(path, &error);
                Ok(())
            }
            DecodeError::Stopped => Err(ShowAssetError::Cancelled),
        })
    }

    fn decode_by_type(
        &self,
        context: &Context,
        path: &RelPath,
        mut source: SourceFile,
        decoded: &mut DecodedFile,
    ) -> Result<(), DecodeError> {
        let mut start = [0; 64];
        let count = read_up_to(source.file_mut(), &mut start).map_err(DiskError::reading(source.path()))?;
        let start = &start[..count];
        let source = source.rewind()?;
        match ShownAs::of(path, start) {
            ShownAs::Text => decode_text(context, path, source, decoded),
            ShownAs::Image => decode_image(context, path, source, decoded),
            ShownAs::Sound => decode_sound(context, path, source, decoded),
            ShownAs::Other(description) => {
                decoded.source = Some(SourcePreview::Other { description });
                Ok(())
            }
        }
    }
}

enum DecodeError {
    Disk(DiskError),
    Stopped,
}

impl From<DiskError> for DecodeError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl From<crate::banks::Stop> for DecodeError {
    fn from(_: crate::banks::Stop) -> Self {
        Self::Stopped
    }
}

/// How a file is shown.
enum ShownAs {
    Text,
    Image,
    Sound,
    Other(String),
}

impl ShownAs {
    /// Determined by the content, otherwise by the name: a finding reports a file that is named like an image but is
    /// not one.
    fn of(path: &RelPath, start: &[u8]) -> Self {
        let name = path.file_name().to_lowercase();
        let ends_in = |lists: &[&[&str]]| {
            name.rsplit_once('.').is_some_and(|(_, end)| lists.iter().any(|list| list.contains(&end)))
        };
        let is_sound = start.starts_with(b"fLaC") || start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WAVE");
        if path.file_name() == ANCHOR {
            Self::Text
        } else if is_image(start) || !is_sound && ends_in(&[&PACKED_IMAGES, &DECODED_IMAGES, &OTHER_IMAGES]) {
            Self::Image
        } else if is_sound || ends_in(&[&PACKED_SOUNDS, &DECODED_SOUNDS]) {
            Self::Sound
        } else if ends_in(&[&TEXT_EXTENSIONS]) || is_text(start) {
            Self::Text
        } else {
            Self::Other(sniff_file(start).what)
        }
    }
}

/// Whether a file begins like an image that can be packed.
fn is_image(start: &[u8]) -> bool {
    start.starts_with(&PNG_SIGNATURE) || start.get(4..6) == Some(&ASEPRITE_MAGIC)
}

/// The extensions of images that cannot become part of a bank.
const OTHER_IMAGES: [&str; 3] = ["jpg", "jpeg", "psd"];
/// The extensions of palettes and other text files that are common beside images and sounds.
const TEXT_EXTENSIONS: [&str; 6] = ["json", "gpl", "pal", "hex", "txt", "md"];

/// Whether a file that starts with these bytes can be text.
fn is_text(start: &[u8]) -> bool {
    let is_utf8 = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !start.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

fn decode_text(
    context: &Context,
    path: &RelPath,
    source: SourceFile,
    decoded: &mut DecodedFile,
) -> Result<(), DecodeError> {
    let is_anchor = path.as_str() == ANCHOR;
    let max_bytes = if is_anchor { DECLARATION_BYTES } else { SHOWN_TEXT_BYTES };
    let full_path = source.path().to_owned();
    let mut reading = source.start_reading();
    let mut bytes = Vec::new();
    (&mut reading).take(max_bytes + 1).read_to_end(&mut bytes).map_err(DiskError::reading(full_path))?;
    decoded.outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    let is_too_long = bytes.len() as u64 > max_bytes;
    if is_anchor {
        let findings = match is_too_long {
            true => vec![json::too_large(DECLARATION_BYTES).file(ANCHOR)],
            false => Declaration::read(&bytes).findings,
        };
        decoded.outcome.findings.extend(findings);
    }
    let shown_bytes = usize::try_from(SHOWN_TEXT_BYTES).unwrap_or(usize::MAX);
    let shown = SourcePreview::of_text(&bytes[..bytes.len().min(shown_bytes)], bytes.len() > shown_bytes);
    if let SourcePreview::Text { is_lossy: true, .. } = shown
        && !is_anchor
        && path.file_name().ends_with(".json")
    {
        let (_, findings) = json::read_document(path.as_str(), &bytes, |_| Some(()));
        decoded.outcome.findings.extend(findings.into_iter().filter(|finding| finding.code == Code::JsonEncoding));
    }
    decoded.source = Some(shown);
    Ok(())
}

fn decode_image(
    context: &Context,
    path: &RelPath,
    source: SourceFile,
    decoded: &mut DecodedFile,
) -> Result<(), DecodeError> {
    let full_path = source.path().to_owned();
    context.inject_fault(FaultPoint::DecodeImage).map_err(DiskError::reading(full_path.clone()))?;
    let mut reading = source.start_reading();
    let mut shown = ShownRows::default();
    let result = image::decode_image(&mut reading, &SpritePart::default(), &mut shown);
    decoded.outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    let findings: Vec<Finding> = match result {
        Ok(image) => {
            decoded.source = shown.finish().map(SourcePreview::of_image);
            image.iter().flat_map(Image::findings).collect()
        }
        Err(ImageError::Finding(finding)) => vec![*finding],
        Err(ImageError::Io(error)) => return Err(DiskError::reading(full_path)(error).into()),
    };
    decoded.outcome.findings.extend(findings.into_iter().map(|finding| finding.file(path.as_str())));
    Ok(())
}

fn decode_sound(
    context: &Context,
    path: &RelPath,
    mut source: SourceFile,
    decoded: &mut DecodedFile,
) -> Result<(), DecodeError> {
    let named = |finding: Finding| finding.file(path.as_str());
    let sound = match sound::read_structure(&mut source) {
        Ok(sound) => sound,
        Err(SoundError::Finding(finding)) => {
            // If the file changed while it was read, the finding is meaningless.
            if files::is_unchanged(source.path(), source.stamp()) {
                decoded.outcome.findings.push(named(*finding));
            } else {
                decoded.outcome.changed.push(path.clone());
            }
            return Ok(());
        }
        Err(SoundError::Disk(error)) => return Err(error.into()),
    };
    let mut drawing = SoundDrawing::of(sound.frames);
    let outcome = sound::decode_sound(context, path, source, &sound, &mut drawing)?;
    let is_complete = !has_errors(&outcome.findings) && outcome.changed.is_empty();
    let Sound { rate_hz, channels, depth_bits: bits, frames, looping, .. } = sound;
    decoded.outcome.findings.extend(sound.warnings.into_iter().map(named));
    decoded.outcome.findings.extend(outcome.findings);
    decoded.outcome.changed.extend(outcome.changed);
    let kind = match sound.coding {
        SoundCoding::Pcm { .. } => "WAV",
        SoundCoding::Flac(_) => "FLAC",
    };
    let description = format!("{kind}, {bits} bit, {}", if channels == 1 { "mono" } else { "stereo" });
    let (waveform, pcm) = is_complete.then(|| drawing.finish()).unzip();
    let (pcm, looping) = (pcm.flatten(), looping.forward());
    decoded.source =
        Some(SourcePreview::Sound { rate_hz, channels, bits, frames, description, waveform, pcm, looping });
    Ok(())
}
