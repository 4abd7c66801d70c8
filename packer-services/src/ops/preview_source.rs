//! `preview_source`: one file of an asset's root as it is, be it one that cannot be packed. An operation without a verb: it is
//! for windows.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::show::ShowAssetError;
use crate::asset_selector::AssetSelector;
use crate::banks::glyph::image::{self, ImageError};
use crate::banks::sniff::{PNG_SIGNATURE, sniff_file};
use crate::banks::sound::{self, Sound, SoundCoding, SoundError};
use crate::banks::{Outcome, check_cancelled};
use crate::context::{Context, FaultPoint};
use crate::declaration::{ANCHOR, Declaration};
use crate::diagnostics::{AssetRef, Code, Finding, escaped, has_errors};
use crate::files::{self, DiskError, Folder, SourceFile, read_up_to};
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
    /// Previews `file`, relative to the root of this asset, judged as a path in a declaration is. It may be any file of the
    /// root, including one that no declaration names.
    ///
    /// [`AssetSelector::Root`] also selects a root that is not registered, if it contains an `asset.json`; then no other
    /// declaration is read.
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
    /// `None` if nothing of it can be shown: a finding says why. As JSON it is left out: it is pixels.
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
        let (mut previewed, changing) = retry_while_changing(context, &project, |attempt| {
            check_cancelled(context)?;
            let owner = self.owner(&project)?;
            let mut seen = Seen::default();
            match RelPath::parse(&self.file) {
                Ok(path) => self.look(context, &project, &owner, &path, attempt, &mut seen)?,
                Err(problem) => {
                    let finding = Finding::new(problem.code, problem.message, problem.help);
                    seen.outcome.findings.push(finding.file(&self.file));
                }
            }
            // A reading that was cancelled ends like one of a file that changed.
            check_cancelled(context)?;
            let changed = seen.outcome.changed.first().map(|path| format!("assets/{}/{path}", owner.root));
            let asset = AssetRef { asset_id: owner.asset_id, root: owner.root.as_str().to_owned() };
            let told = |finding: Finding| grade_finding(finding.in_asset(&asset), owner.is_included);
            let findings = seen.outcome.findings.into_iter().map(told).collect();
            let data = PreviewSourceReport {
                asset_id: owner.asset_id,
                file: format!("assets/{}/{}", escaped(&asset.root), escaped(&self.file)),
                root: asset.root,
                size_bytes: seen.size_bytes,
                source: seen.source,
            };
            let made = Report { findings, data };
            Ok::<_, ShowAssetError>(Attempt { value: made, changed_path: changed })
        })?;
        if let Some(finding) = changing {
            let asset = AssetRef { asset_id: previewed.asset_id, root: previewed.root.clone() };
            previewed.findings.push(Finding { asset: Some(asset), ..finding });
            // It may be a mixture of two files.
            previewed.data.source = None;
        }
        Ok(previewed.sorted())
    }
}

/// Whose file it is.
struct Owner {
    root: RelPath,
    asset_id: Option<u32>,
    is_included: bool,
}

/// What was seen of a file.
#[derive(Default)]
struct Seen {
    outcome: Outcome,
    size_bytes: Option<u64>,
    source: Option<SourcePreview>,
}

impl PreviewSource {
    fn owner(&self, project: &Project) -> Result<Owner, ShowAssetError> {
        if let AssetSelector::Root(root) = &self.asset
            && let Ok(root) = RelPath::parse(root)
        {
            let content = project.read_registry()?;
            let registry = content.and_then(|content| Registry::read(&content.bytes).0);
            let entry = registry.and_then(|registry| registry.entries.into_iter().find(|entry| entry.root == root));
            if let Some(entry) = entry {
                return Ok(Owner { root, asset_id: Some(entry.asset_id), is_included: entry.included_in_build });
            }
            if files::exists(&project.assets_folder().join(root.as_str()).join(ANCHOR)) {
                return Ok(Owner { root, asset_id: None, is_included: false });
            }
        }
        let snapshot = Snapshot::read(project)?;
        snapshot.require_registry()?;
        let entry = &self.asset.select(&snapshot)?.entry;
        let asset_id = Some(entry.asset_id);
        Ok(Owner { root: entry.root.clone(), asset_id, is_included: entry.included_in_build })
    }

    fn look(
        &self,
        context: &Context,
        project: &Project,
        owner: &Owner,
        path: &RelPath,
        attempt: u32,
        seen: &mut Seen,
    ) -> Result<(), ShowAssetError> {
        let opened = Folder::at(project.assets_folder()).open_folder(&owner.root).and_then(|root| root.open(path));
        let source = match opened {
            Ok(source) => source,
            Err(error) => {
                seen.outcome.findings.push(error.into_finding_about(path));
                return Ok(());
            }
        };
        seen.size_bytes = Some(source.size_bytes());
        if let Some(finding) = source.too_large_finding() {
            seen.outcome.findings.push(finding.file(path.as_str()));
            return Ok(());
        }
        if context.inject_fault(FaultPoint::Planned { attempt }).is_err() {
            return Err(ShowAssetError::Cancelled);
        }
        self.decode(context, path, source, seen).or_else(|failed| match failed {
            Failed::Disk(error) => {
                seen.outcome.record_disk_error(path, &error);
                Ok(())
            }
            Failed::Stopped => Err(ShowAssetError::Cancelled),
        })
    }

    fn decode(&self, context: &Context, path: &RelPath, mut source: SourceFile, seen: &mut Seen) -> Result<(), Failed> {
        let mut start = [0; 64];
        let count = read_up_to(source.file_mut(), &mut start).map_err(DiskError::reading(source.path()))?;
        let start = &start[..count];
        let source = source.rewind()?;
        match Form::of(path, start) {
            Form::Text => text(context, path, source, seen),
            Form::Image => image(context, path, source, seen),
            Form::Sound => sound(context, path, source, seen),
            Form::Other(words) => {
                seen.source = Some(SourcePreview::Other { description: words });
                Ok(())
            }
        }
    }
}

enum Failed {
    Disk(DiskError),
    Stopped,
}

impl From<DiskError> for Failed {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl From<crate::banks::Stop> for Failed {
    fn from(_: crate::banks::Stop) -> Self {
        Self::Stopped
    }
}

/// As what a file is read.
enum Form {
    Text,
    Image,
    Sound,
    Other(String),
}

impl Form {
    /// By what is in it; else by its name: an image that is none must be told as such.
    fn of(path: &RelPath, start: &[u8]) -> Self {
        let name = path.file_name().to_lowercase();
        let ends_in = |ends: &[&str]| name.rsplit_once('.').is_some_and(|(_, end)| ends.contains(&end));
        let is_sound = start.starts_with(b"fLaC") || start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WAVE");
        if path.file_name() == ANCHOR {
            Self::Text
        } else if start.starts_with(&PNG_SIGNATURE) || !is_sound && ends_in(IMAGES) {
            Self::Image
        } else if is_sound || ends_in(SOUNDS) {
            Self::Sound
        } else if ends_in(TEXTS) || is_text(start) {
            Self::Text
        } else {
            Self::Other(sniff_file(start).what)
        }
    }
}

/// How the names of images end.
const IMAGES: &[&str] = &["png", "gif", "jpg", "jpeg", "bmp", "psd", "webp", "ase", "aseprite"];
/// How the names of sounds end.
const SOUNDS: &[&str] = &["wav", "flac", "ogg", "mp3", "aif", "aiff"];
/// How the names of palettes and of other texts end that lie beside art.
const TEXTS: &[&str] = &["json", "gpl", "pal", "hex", "txt", "md"];

/// Whether these first bytes can be those of a text.
fn is_text(start: &[u8]) -> bool {
    let is_utf8 = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !start.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

fn text(context: &Context, path: &RelPath, source: SourceFile, seen: &mut Seen) -> Result<(), Failed> {
    let is_anchor = path.as_str() == ANCHOR;
    let most = if is_anchor { DECLARATION_BYTES } else { SHOWN_TEXT_BYTES };
    let whole = source.path().to_owned();
    let mut reading = source.start_reading();
    let mut bytes = Vec::new();
    (&mut reading).take(most + 1).read_to_end(&mut bytes).map_err(DiskError::reading(whole))?;
    seen.outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    let is_too_long = bytes.len() as u64 > most;
    if is_anchor {
        let found = match is_too_long {
            true => vec![json::too_large(DECLARATION_BYTES).file(ANCHOR)],
            false => Declaration::read(&bytes).findings,
        };
        seen.outcome.findings.extend(found);
    }
    let shown_bytes = usize::try_from(SHOWN_TEXT_BYTES).unwrap_or(usize::MAX);
    let shown = SourcePreview::of_text(&bytes[..bytes.len().min(shown_bytes)], bytes.len() > shown_bytes);
    if let SourcePreview::Text { is_lossy: true, .. } = shown
        && !is_anchor
        && path.file_name().ends_with(".json")
    {
        let (_, found) = json::read_document(path.as_str(), &bytes, |_| Some(()));
        seen.outcome.findings.extend(found.into_iter().filter(|finding| finding.code == Code::JsonEncoding));
    }
    seen.source = Some(shown);
    Ok(())
}

fn image(context: &Context, path: &RelPath, source: SourceFile, seen: &mut Seen) -> Result<(), Failed> {
    let whole = source.path().to_owned();
    let mut reading = source.start_reading();
    let mut words = String::new();
    let decoded = image::decode_png(&mut reading, |header| {
        words = header.form.to_string();
        Ok(())
    });
    seen.outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    let found = match decoded {
        Ok(image) => {
            let found = image.trailing_bytes_finding();
            seen.source = Some(SourcePreview::of_image(image, words));
            found
        }
        Err(ImageError::Finding(finding)) => Some(*finding),
        Err(ImageError::Io(error)) => return Err(DiskError::reading(whole)(error).into()),
    };
    seen.outcome.findings.extend(found.map(|finding| finding.file(path.as_str())));
    Ok(())
}

fn sound(context: &Context, path: &RelPath, mut source: SourceFile, seen: &mut Seen) -> Result<(), Failed> {
    let named = |finding: Finding| finding.file(path.as_str());
    let sound = match sound::read_structure(&mut source) {
        Ok(sound) => sound,
        Err(SoundError::Finding(finding)) => {
            // What was read of a file that somebody writes to means nothing.
            if files::is_unchanged(source.path(), source.stamp()) {
                seen.outcome.findings.push(named(*finding));
            } else {
                seen.outcome.changed.push(path.clone());
            }
            return Ok(());
        }
        Err(SoundError::Disk(error)) => return Err(error.into()),
    };
    let mut drawing = SoundDrawing::of(sound.frames);
    let outcome = sound::decode_sound(context, path, source, &sound, &mut drawing)?;
    let is_whole = !has_errors(&outcome.findings) && outcome.changed.is_empty();
    let Sound { rate_hz, channels, depth_bits: bits, frames, .. } = sound;
    seen.outcome.findings.extend(sound.warnings.into_iter().map(named));
    seen.outcome.findings.extend(outcome.findings);
    seen.outcome.changed.extend(outcome.changed);
    let kind = match sound.coding {
        SoundCoding::Pcm { .. } => "WAV",
        SoundCoding::Flac(_) => "FLAC",
    };
    let words = format!("{kind}, {bits} bit, {}", if channels == 1 { "mono" } else { "stereo" });
    let waveform = is_whole.then(|| drawing.finish());
    seen.source = Some(SourcePreview::Sound { rate_hz, channels, bits, frames, description: words, waveform });
    Ok(())
}
