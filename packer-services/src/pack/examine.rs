//! One examination of a snapshot: plan, make every payload, gather what is found. What becomes of the bytes is the
//! output's business: `pack` stages them, `pack --check` compares them, `doctor` drops them. So all verbs judge alike.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use super::built::{BuildSink, BuiltAsset, build_assets};
use super::container::Header;
use super::plan::{self, PlannedAsset};
use crate::banks::Stop;
use crate::context::{Context, FaultPoint, Progress};
use crate::declaration::Declaration;
use crate::diagnostics::{Code, Finding, has_errors, sort_findings};
use crate::formats::EntryMetadata;
use crate::project::{Project, ProjectError};
use crate::snapshot::{RegisteredAsset, Snapshot};

/// How often a pack is planned before a changing file becomes a finding.
const ATTEMPTS: u32 = 3;

/// Where the bytes go.
pub trait Output {
    /// Takes prelude and header; called first, and only if nothing is in the way so far.
    ///
    /// # Errors
    /// [`Stop`] if nobody wants more; the output knows why.
    fn begin(&mut self, planned: &[PlannedAsset<'_>], header: &Header, bytes: &[u8]) -> Result<(), Stop>;

    /// Takes the next payload bytes, of the asset at this place of the plan.
    ///
    /// # Errors
    /// [`Stop`] if nobody wants more; the output knows why.
    fn payload(&mut self, asset: usize, bytes: &[u8]) -> Result<(), Stop>;

    /// An error was found: what was taken is of no use, and no more comes.
    fn abandon(&mut self);
}

/// An output that wants nothing.
#[derive(Debug)]
pub struct Discard;

impl Output for Discard {
    fn begin(&mut self, _: &[PlannedAsset<'_>], _: &Header, _: &[u8]) -> Result<(), Stop> {
        Ok(())
    }
    fn payload(&mut self, _: usize, _: &[u8]) -> Result<(), Stop> {
        Ok(())
    }
    fn abandon(&mut self) {}
}

/// What an examination found.
#[derive(Debug)]
pub struct Examination {
    /// The assets whose declarations are whole, in the order they were given.
    pub built: Vec<BuiltAsset>,
    /// The header, if nothing was in the way.
    pub header: Option<Header>,
    /// Everything found, sorted, the snapshot's findings included.
    pub findings: Vec<Finding>,
    /// A file that changed meanwhile: then nothing else here means anything.
    pub changed_path: Option<String>,
}

/// Examines `assets` of `snapshot`. The header covers those of them that are included.
///
/// # Errors
/// If the operation was cancelled, or the output wants no more.
pub fn examine<'s>(
    context: &Context,
    snapshot: &'s Snapshot,
    assets: impl IntoIterator<Item = &'s Arc<RegisteredAsset>>,
    jobs: Option<NonZeroUsize>,
    output: &mut dyn Output,
) -> Result<Examination, Stop> {
    let planned: Vec<PlannedAsset<'s>> = assets.into_iter().filter_map(plan::plan_asset).collect();
    let mut findings = snapshot.findings.clone();
    let is_blocked = has_errors(&findings)
        || snapshot.registry.is_none()
        || planned.iter().any(|asset| asset.is_included() && asset.metadata.is_none());
    let of_header = planned.iter().map(|asset| (&**asset.registered, &**asset.declaration, asset.metadata.as_ref()));
    let header = if is_blocked { None } else { make_header(snapshot, of_header, &mut findings) };
    let mut streamed = Streamed {
        context,
        planned: &planned,
        output,
        is_wanted: header.is_some(),
        done_bytes: 0,
        total_bytes: planned.iter().map(PlannedAsset::piece_bytes).sum(),
    };
    if let Some((header, bytes)) = &header {
        streamed.output.begin(&planned, header, bytes)?;
    }
    let built = build_assets(context, &planned, workers(jobs), &mut streamed)?;
    let changed = built.iter().find_map(|asset| asset.changed_path.clone());
    let changed_path = changed.or_else(|| snapshot.changed_since().map(|path| crate::files::display_path(&path)));
    if changed_path.is_some() && streamed.is_wanted {
        streamed.output.abandon();
    }
    findings.extend(built.iter().flat_map(|asset| asset.findings.iter().cloned()));
    let is_whole = !has_errors(&findings);
    Ok(Examination {
        built,
        header: header.filter(|_| is_whole).map(|(header, _)| header),
        findings: sort_findings(findings),
        changed_path,
    })
}

/// How many workers build: by default one per processor.
pub fn workers(jobs: Option<NonZeroUsize>) -> NonZeroUsize {
    jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Passes the bytes of included assets on to the output, as long as a pack can still come of it.
struct Streamed<'o, 'p> {
    context: &'o Context,
    planned: &'o [PlannedAsset<'p>],
    output: &'o mut dyn Output,
    is_wanted: bool,
    done_bytes: u64,
    total_bytes: u64,
}

impl BuildSink for Streamed<'_, '_> {
    fn push_bytes(&mut self, at: usize, bytes: &[u8]) -> Result<(), Stop> {
        self.done_bytes += bytes.len() as u64;
        if self.is_wanted && self.planned[at].is_included() { self.output.payload(at, bytes) } else { Ok(()) }
    }

    fn fail(&mut self, _: usize) {
        if std::mem::take(&mut self.is_wanted) {
            self.output.abandon();
        }
    }

    fn finish_asset(&mut self, at: usize) {
        let asset_id = self.planned[at].asset_id();
        let (done_bytes, total_bytes) = (self.done_bytes, self.total_bytes);
        self.context.report_progress(Progress::Building { asset_id, done_bytes, total_bytes });
    }
}

/// The header and its bytes; a finding if it is too large.
pub fn make_header<'s>(
    snapshot: &Snapshot,
    assets: impl Iterator<Item = (&'s RegisteredAsset, &'s Declaration, Option<&'s EntryMetadata>)>,
    findings: &mut Vec<Finding>,
) -> Option<(Header, Vec<u8>)> {
    let header = plan::header(snapshot, assets);
    match header.to_bytes() {
        Ok(bytes) => Some((header, bytes)),
        Err(error) => {
            findings.push(error.finding());
            None
        }
    }
}

/// What one attempt made, and whether a file changed under it.
#[derive(Debug)]
pub struct Attempt<T> {
    /// What was made.
    pub made: T,
    /// The file that changed.
    pub changed_path: Option<String>,
}

/// Takes a snapshot and works on it, again from the start if a file changed meanwhile, three times in all. Then
/// the last result is given with the finding that names the file.
///
/// # Errors
/// Those of the snapshot and of `work`.
pub fn with_retries<T, E: From<ProjectError> + From<Stop>>(
    context: &Context,
    project: &Project,
    mut work: impl FnMut(&Snapshot) -> Result<Attempt<T>, E>,
) -> Result<(T, Option<Finding>), E> {
    let mut owner = None;
    let (made, finding) = with_retries_of(context, project, |attempt| {
        let snapshot = Snapshot::take(project)?;
        if context.inject_fault(FaultPoint::Planned { attempt }).is_err() {
            return Err(E::from(Stop));
        }
        let attempt = work(&snapshot)?;
        owner = attempt.changed_path.as_ref().and_then(|path| snapshot.owner_of(path));
        Ok(attempt)
    })?;
    Ok((made, finding.map(|finding| Finding { asset: owner, ..finding })))
}

/// As [`with_retries`], for who needs no snapshot: `work` is given which attempt it is, from 1, and the finding names no asset.
///
/// # Errors
/// Those of `work`.
pub fn with_retries_of<T, E>(
    context: &Context,
    project: &Project,
    mut work: impl FnMut(u32) -> Result<Attempt<T>, E>,
) -> Result<(T, Option<Finding>), E> {
    let mut attempt = 1;
    loop {
        let Attempt { made, changed_path } = work(attempt)?;
        let Some(path) = changed_path else { return Ok((made, None)) };
        if attempt == ATTEMPTS {
            let shown =
                PathBuf::from(&path).strip_prefix(project.root()).map_or(path.clone(), crate::files::display_path);
            let finding = Finding::new(
                Code::SourceChanging,
                format!("the file kept changing while it was read, {ATTEMPTS} times in a row"),
                "Wait until the program that writes it is done, and try again.",
            );
            return Ok((made, Some(finding.file(shown))));
        }
        attempt += 1;
        context.report_progress(Progress::PlanningAgain { path, attempt });
    }
}
