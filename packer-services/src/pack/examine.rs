//! Examines a snapshot: plans and builds every payload and gathers the findings. The output decides what happens to the
//! bytes: `pack` stages them, `pack --check` compares them, `doctor` drops them. So all verbs report the same findings.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use super::built::{BuildSink, BuiltAsset, build_assets};
use super::cache::Reuse;
use super::container::Header;
use super::plan::{self, PlannedAsset};
use crate::banks::Stop;
use crate::context::{Context, FaultPoint, Progress};
use crate::declaration::Declaration;
use crate::diagnostics::{Code, Finding, has_errors, sort_findings};
use crate::formats::EntryMetadata;
use crate::parallel::worker_count;
use crate::project::{Project, ProjectError};
use crate::snapshot::{RegisteredAsset, Snapshot};

/// How many times the work is tried before a changing file becomes a finding. A save that happens during a pack is over
/// by the second attempt; a file that still changes in the third is written continuously.
const ATTEMPTS: u32 = 3;

/// Receives the bytes of a pack.
pub trait Output {
    /// Receives the prelude and header. Called first, and only if nothing blocks the pack so far.
    ///
    /// # Errors
    /// [`Stop`] if no more bytes are needed; the output keeps the reason.
    fn push_header(&mut self, planned: &[PlannedAsset<'_>], header: &Header, bytes: &[u8]) -> Result<(), Stop>;

    /// Receives the next payload bytes, of the asset with this index in the plan.
    ///
    /// # Errors
    /// [`Stop`] if no more bytes are needed; the output keeps the reason.
    fn push_payload(&mut self, asset: usize, bytes: Vec<u8>) -> Result<(), Stop>;

    /// An error was found: the bytes so far are useless, and no more follow.
    fn abandon_pack(&mut self);
}

/// An output that drops all bytes.
#[derive(Debug)]
pub struct DiscardOutput;

impl Output for DiscardOutput {
    fn push_header(&mut self, _: &[PlannedAsset<'_>], _: &Header, _: &[u8]) -> Result<(), Stop> {
        Ok(())
    }
    fn push_payload(&mut self, _: usize, _: Vec<u8>) -> Result<(), Stop> {
        Ok(())
    }
    fn abandon_pack(&mut self) {}
}

/// The result of an examination.
#[derive(Debug)]
pub struct Examination {
    /// The assets with valid declarations, in the order in which they were given.
    pub built: Vec<BuiltAsset>,
    /// The header, if nothing blocks the pack.
    pub header: Option<Header>,
    /// All findings, sorted, including those of the snapshot.
    pub findings: Vec<Finding>,
    /// A file that changed during the examination. If there is one, all other fields are invalid.
    pub changed_path: Option<String>,
}

/// Examines `assets` of `snapshot`. The header contains those of them that are included.
///
/// # Errors
/// If the operation was canceled, or the output stopped it.
pub fn examine_assets<'s>(
    context: &Context,
    snapshot: &'s Snapshot,
    assets: impl IntoIterator<Item = &'s Arc<RegisteredAsset>>,
    jobs: Option<NonZeroUsize>,
    output: &mut dyn Output,
) -> Result<Examination, Stop> {
    examine_changed(context, snapshot, assets, None, jobs, output)
}

/// Like [`examine_assets`], but takes from the last pack what `reuse` allows, instead of building it.
///
/// # Errors
/// If the operation was canceled, the output stopped it, or the last pack is damaged.
pub fn examine_changed<'s>(
    context: &Context,
    snapshot: &'s Snapshot,
    assets: impl IntoIterator<Item = &'s Arc<RegisteredAsset>>,
    reuse: Option<&'s Reuse<'s>>,
    jobs: Option<NonZeroUsize>,
    output: &mut dyn Output,
) -> Result<Examination, Stop> {
    let plan = |asset: &'s Arc<RegisteredAsset>| match reuse.and_then(|reuse| reuse.asset(asset.entry.asset_id)) {
        Some(reused) => plan::plan_reused(asset, reused),
        None => plan::plan_asset(asset),
    };
    let planned: Vec<PlannedAsset<'s>> = assets.into_iter().filter_map(plan).collect();
    let mut findings = snapshot.findings.clone();
    let is_blocked = has_errors(&findings)
        || snapshot.registry.is_none()
        || planned.iter().any(|asset| asset.is_included() && asset.metadata.is_none());
    let of_header = planned.iter().map(|asset| (&**asset.registered, &**asset.declaration, asset.metadata.as_ref()));
    let header = if is_blocked { None } else { make_header(snapshot, of_header, &mut findings) };
    let mut streamed = StreamedOutput {
        context,
        planned: &planned,
        output,
        is_wanted: header.is_some(),
        done_bytes: 0,
        total_bytes: planned.iter().map(PlannedAsset::piece_bytes).sum(),
    };
    if let Some((header, bytes)) = &header {
        streamed.output.push_header(&planned, header, bytes)?;
    }
    let built = build_assets(context, &planned, worker_count(jobs), &mut streamed)?;
    let changed = built.iter().find_map(|asset| asset.changed_path.clone());
    let changed_path = match snapshot.changed_path() {
        Ok(path) => changed.or_else(|| path.map(|path| crate::files::display_path(&path))),
        Err(error) => {
            findings.push(snapshot.disk_finding(&error));
            changed
        }
    };
    if (changed_path.is_some() || has_errors(&findings)) && streamed.is_wanted {
        streamed.output.abandon_pack();
    }
    findings.extend(built.iter().flat_map(|asset| asset.findings.iter().cloned()));
    let is_blocked = has_errors(&findings);
    Ok(Examination {
        built,
        header: header.filter(|_| !is_blocked).map(|(header, _)| header),
        findings: sort_findings(findings),
        changed_path,
    })
}

/// Passes the bytes of included assets on to the output, as long as the pack is not blocked.
struct StreamedOutput<'o, 'p> {
    context: &'o Context,
    planned: &'o [PlannedAsset<'p>],
    output: &'o mut dyn Output,
    is_wanted: bool,
    done_bytes: u64,
    total_bytes: u64,
}

impl BuildSink for StreamedOutput<'_, '_> {
    fn push_bytes(&mut self, at: usize, bytes: Vec<u8>) -> Result<(), Stop> {
        self.done_bytes += bytes.len() as u64;
        if self.is_wanted && self.planned[at].is_included() { self.output.push_payload(at, bytes) } else { Ok(()) }
    }

    fn fail_asset(&mut self, _: usize) {
        if std::mem::take(&mut self.is_wanted) {
            self.output.abandon_pack();
        }
    }

    fn finish_asset(&mut self, at: usize) {
        let asset_id = self.planned[at].asset_id();
        let (done_bytes, total_bytes) = (self.done_bytes, self.total_bytes);
        self.context.report_progress(Progress::Building { asset_id, done_bytes, total_bytes });
    }
}

/// Creates the header and its bytes. If it is too large, adds a finding instead.
pub fn make_header<'s>(
    snapshot: &Snapshot,
    assets: impl Iterator<Item = (&'s RegisteredAsset, &'s Declaration, Option<&'s EntryMetadata>)>,
    findings: &mut Vec<Finding>,
) -> Option<(Header, Vec<u8>)> {
    let header = plan::plan_header(snapshot, assets);
    match header.to_bytes() {
        Ok(bytes) => Some((header, bytes)),
        Err(error) => {
            findings.push(error.finding());
            None
        }
    }
}

/// The result of one attempt, which is valid only if no file changed.
#[derive(Debug)]
pub struct Attempt<T> {
    /// The result.
    pub value: T,
    /// A file that changed during the attempt.
    pub changed_path: Option<String>,
}

/// Reads a snapshot and runs `work` on it, again from the start if a file changed in the meantime, in at most three
/// attempts. Returns the last result, with a finding that names the file if it was still changing.
///
/// # Errors
/// If the snapshot cannot be read, or `work` fails.
pub fn with_retries<T, E: From<ProjectError> + From<Stop>>(
    context: &Context,
    project: &Project,
    mut work: impl FnMut(&Snapshot) -> Result<Attempt<T>, E>,
) -> Result<(T, Option<Finding>), E> {
    let mut owner = None;
    let (value, finding) = retry_while_changing(context, project, |attempt| {
        let snapshot = Snapshot::read(project)?;
        if context.inject_fault(FaultPoint::Planned { attempt }).is_err() {
            return Err(E::from(Stop));
        }
        let attempt = work(&snapshot)?;
        owner = attempt.changed_path.as_ref().and_then(|path| snapshot.owner_of(path));
        Ok(attempt)
    })?;
    Ok((value, finding.map(|finding| Finding { asset: owner, ..finding })))
}

/// Like [`with_retries`], but without a snapshot: `work` receives the number of the attempt, from 1, and the finding
/// does not name an asset.
///
/// # Errors
/// If `work` fails.
pub fn retry_while_changing<T, E>(
    context: &Context,
    project: &Project,
    mut work: impl FnMut(u32) -> Result<Attempt<T>, E>,
) -> Result<(T, Option<Finding>), E> {
    let mut attempt = 1;
    loop {
        let Attempt { value, changed_path } = work(attempt)?;
        let Some(path) = changed_path else { return Ok((value, None)) };
        if attempt == ATTEMPTS {
            let shown =
                PathBuf::from(&path).strip_prefix(project.root()).map_or(path.clone(), crate::files::display_path);
            let finding = Finding::new(
                Code::SourceChanging,
                format!("the file kept changing while it was read, {ATTEMPTS} times in a row"),
                "Wait until the program that writes the file has finished, and try again.",
            );
            return Ok((value, Some(finding.file(shown))));
        }
        attempt += 1;
        context.report_progress(Progress::PlanningAgain { path, attempt });
    }
}
