//! One examination of a snapshot: plan, make every payload, gather what is found. What becomes of the bytes is the
//! output's business: `pack` stages them, `pack --check` compares them, `doctor` drops them. So all verbs judge alike.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::companions::Made;
use super::container::Header;
use super::pipeline::{self, Delivery};
use super::plan::{self, PlannedAsset};
use crate::banks::{ArtifactUse, SourceRecord, Stop};
use crate::context::{Context, FaultPoint, Progress};
use crate::declaration::Content;
use crate::diagnostics::{Code, Finding, blocks, sorted};
use crate::files::Sha;
use crate::project::{Project, ProjectError};
use crate::snapshot::{RegisteredAsset, Snapshot, graded};

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
pub struct Examination<'s> {
    /// The assets whose declarations are whole, in the order they were given.
    pub planned: Vec<PlannedAsset<'s>>,
    /// What became of each.
    pub made: Vec<Made>,
    /// Which tiles or samples each artifact of each became, by index; none of a raw asset.
    pub uses: Vec<Vec<ArtifactUse>>,
    /// The header, if nothing was in the way.
    pub header: Option<Header>,
    /// Everything found, sorted, the snapshot's findings included.
    pub findings: Vec<Finding>,
    /// A file that changed meanwhile: then nothing else here means anything.
    pub changed: Option<String>,
}

/// Examines `assets` of `snapshot`. The header covers those of them that are included.
///
/// # Errors
/// If the operation was cancelled, or the output wants no more.
pub fn examine<'s>(
    context: &Context,
    snapshot: &'s Snapshot,
    assets: impl IntoIterator<Item = &'s RegisteredAsset>,
    jobs: Option<NonZeroUsize>,
    output: &mut dyn Output,
) -> Result<Examination<'s>, Stop> {
    let mut findings = snapshot.findings.clone();
    let mut planned: Vec<PlannedAsset<'s>> = assets.into_iter().filter_map(plan::asset).collect();
    for asset in &planned {
        findings.extend(asset.findings.iter().map(|finding| told(asset, finding.clone())));
    }
    let header = if blocks(&findings) || snapshot.registry.is_none() {
        None
    } else {
        make_header(snapshot, &planned, &mut findings)
    };
    let mut wanted = header.is_some();
    if let Some((header, bytes)) = &header {
        output.begin(&planned, header, bytes)?;
    }
    let total_bytes: u64 = planned.iter().map(PlannedAsset::size_bytes).sum();
    let mut progress = Gathered::new(&planned);
    let mut done_bytes = 0;
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    pipeline::run(context, &planned, jobs, |delivery| {
        match delivery {
            Delivery::Bytes(at, bytes) => {
                done_bytes += bytes.len() as u64;
                progress.payloads[at].0.update(&bytes);
                progress.payloads[at].1 += bytes.len() as u64;
                if wanted && planned[at].is_included() {
                    output.payload(at, &bytes)?;
                }
            }
            Delivery::Piece(at, outcome) => {
                let asset = &planned[at];
                progress.take(at, asset, outcome, &mut findings);
                if wanted && (progress.changed.is_some() || progress.failed) {
                    wanted = false;
                    output.abandon();
                }
            }
            Delivery::Asset(at) => {
                let asset = &planned[at];
                // A payload of another length than planned can only come of a file that changed.
                if wanted && asset.is_included() && progress.payloads[at].1 != asset.size_bytes() {
                    progress.changed.get_or_insert_with(|| asset.asset.root.clone());
                }
                context.tell(Progress::Materializing { asset_id: asset.asset_id, done_bytes, total_bytes });
            }
        }
        Ok(())
    })?;
    let changed =
        progress.changed.clone().or_else(|| snapshot.changed_since().map(|path| crate::files::display_path(&path)));
    if changed.is_some() && wanted {
        output.abandon();
    }
    let (made, uses) = progress.finish(&planned);
    for asset in &mut planned {
        asset.findings.clear();
    }
    let whole = !blocks(&findings);
    Ok(Examination {
        planned,
        made,
        uses,
        header: header.filter(|_| whole).map(|(header, _)| header),
        findings: sorted(findings),
        changed,
    })
}

/// A finding about a planned asset, relative to the project; of an excluded one, a note.
fn told(asset: &PlannedAsset<'_>, finding: Finding) -> Finding {
    graded(finding.in_asset(&asset.asset), asset.is_included())
}

fn make_header(
    snapshot: &Snapshot,
    planned: &[PlannedAsset<'_>],
    findings: &mut Vec<Finding>,
) -> Option<(Header, Vec<u8>)> {
    let header = plan::header(snapshot, planned);
    match header.to_bytes() {
        Ok(bytes) => Some((header, bytes)),
        Err(error) => {
            findings.push(error.finding());
            None
        }
    }
}

struct Gathered {
    payloads: Vec<(Sha256, u64)>,
    sources: Vec<Vec<SourceRecord>>,
    uses: Vec<Vec<ArtifactUse>>,
    changed: Option<String>,
    /// An error was found that blocks.
    failed: bool,
}

impl Gathered {
    fn new(planned: &[PlannedAsset<'_>]) -> Self {
        Self {
            payloads: planned.iter().map(|_| (Sha256::new(), 0)).collect(),
            sources: vec![Vec::new(); planned.len()],
            uses: vec![Vec::new(); planned.len()],
            changed: None,
            failed: false,
        }
    }

    fn take(
        &mut self,
        at: usize,
        asset: &PlannedAsset<'_>,
        outcome: crate::banks::Outcome,
        findings: &mut Vec<Finding>,
    ) {
        if let Some(path) = outcome.changed.first() {
            self.changed.get_or_insert_with(|| format!("assets/{}/{path}", asset.asset.root));
        }
        for source in outcome.sources {
            match self.sources[at].iter().find(|known| known.path == source.path) {
                // Two pieces read one file, and not the same bytes.
                Some(known) if known.sha256 != source.sha256 => {
                    self.changed.get_or_insert_with(|| format!("assets/{}/{}", asset.asset.root, source.path));
                }
                Some(_) => {}
                None => self.sources[at].push(source),
            }
        }
        self.uses[at].extend(outcome.uses);
        let told = outcome.findings.into_iter().map(|finding| told(asset, finding));
        findings.extend(told.inspect(|finding| self.failed |= finding.is_error()));
    }

    fn finish(self, planned: &[PlannedAsset<'_>]) -> (Vec<Made>, Vec<Vec<ArtifactUse>>) {
        let anchor = |asset: &PlannedAsset<'_>| {
            let anchor = asset.registered.anchor.as_ref()?;
            let path = plan::anchor_path()?;
            Some(SourceRecord { path, sha256: anchor.sha256, size_bytes: anchor.size_bytes })
        };
        let made = planned.iter().zip(self.payloads).zip(self.sources).map(|((asset, (hasher, _)), mut sources)| {
            sources.extend(anchor(asset));
            Made { payload_sha256: Sha(hasher.finalize().into()), sources }
        });
        let made = made.collect();
        let uses = planned.iter().zip(self.uses).map(|(asset, mut uses)| {
            // What a sound becomes is known from its declaration alone.
            if let Content::Sound(sound) = &asset.declaration.content {
                uses = sound.artifacts.iter().map(|sound| ArtifactUse::sample(&sound.file, sound.index)).collect();
            }
            uses.sort_by_key(|artifact| artifact.index);
            uses
        });
        (made, uses.collect())
    }
}

/// What one attempt made, and whether a file changed under it.
#[derive(Debug)]
pub struct Attempt<T> {
    /// What was made.
    pub made: T,
    /// The file that changed.
    pub changed: Option<String>,
}

/// Takes a snapshot and works on it, again from the start if a file changed meanwhile, three times in all. Then
/// the last result is given with the finding that names the file.
///
/// # Errors
/// Those of the snapshot and of `work`.
pub fn settled<T, E: From<ProjectError> + From<Stop>>(
    context: &Context,
    project: &Project,
    mut work: impl FnMut(&Snapshot) -> Result<Attempt<T>, E>,
) -> Result<(T, Option<Finding>), E> {
    let mut owner = None;
    let (made, finding) = retried(context, project, |attempt| {
        let snapshot = Snapshot::take(project)?;
        if context.fault(FaultPoint::Planned { attempt }).is_err() {
            return Err(E::from(Stop));
        }
        let attempt = work(&snapshot)?;
        owner = attempt.changed.as_ref().and_then(|path| snapshot.owner_of(path));
        Ok(attempt)
    })?;
    Ok((made, finding.map(|finding| Finding { asset: owner, ..finding })))
}

/// As [`settled`], for who needs no snapshot: `work` is given which attempt it is, from 1, and the finding names no asset.
///
/// # Errors
/// Those of `work`.
pub fn retried<T, E>(
    context: &Context,
    project: &Project,
    mut work: impl FnMut(u32) -> Result<Attempt<T>, E>,
) -> Result<(T, Option<Finding>), E> {
    let mut attempt = 1;
    loop {
        let Attempt { made, changed } = work(attempt)?;
        let Some(path) = changed else { return Ok((made, None)) };
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
        context.tell(Progress::PlanningAgain { path, attempt });
    }
}
