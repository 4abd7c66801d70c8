//! `pack`: writes the build set to `build/assets.pa` and its companions; or, with `check`, compares it with them.

use std::io::{BufReader, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::diagnostics::{Code, Finding, Severity, has_errors, plural};
use crate::files::{self, DiskError, FileReading, ReadOutcome, RecordedFile, Sha, Trust, read_up_to};
use crate::history;
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::budgets::{BudgetLimits, Budgets};
use crate::pack::cache::{self, Cache, CacheReport, CacheState, Changes, Reuse, WrittenFiles};
use crate::pack::companions;
use crate::pack::container::{self, Header};
use crate::pack::examine::{Attempt, Examination, Output, examine_changed, with_retries};
use crate::pack::identities::{Identities, LastPack, MovedIdentity};
use crate::pack::loops::ChangedLoop;
use crate::pack::plan::PlannedAsset;
use crate::pack::publish::Stage;
use crate::pack::published::{PackChanges, PackHash, PublishedPack};
use crate::pack::reproduce::{Reproduction, reproduce};
use crate::pack::store::PackStore;
use crate::pack::writer::PackWriter;
use crate::project::{OUTPUTS, OutputError, PACK_FILE, Project, ProjectError};
use crate::snapshot::Snapshot;
use crate::walk;

/// Packs a project.
///
/// ```
/// use packer_services::Context;
/// use packer_services::ops::{Operation, Pack, Published};
///
/// # use packer_services::ops::{CreateAsset, InitWorkspace, NewBank};
/// # let folder = tempfile::tempdir()?;
/// # let project = folder.path().join("game");
/// # InitWorkspace::new(&project).run(&Context::new())?;
/// # let bank = NewBank::Sound(Default::default());
/// # let jump = "../assets-demo/lantern/assets/sound/effects/jump.wav";
/// # CreateAsset::new(&project, "sound/jump", bank, vec![jump.into()]).run(&Context::new())?;
/// // `project` is a folder with `assets/`.
/// let report = Pack::new(&project).run(&Context::new())?;
/// match &report.pack {
///     Some(pack) => println!("{}: {} bytes, sha256 {}", pack.path, pack.size_bytes, pack.sha256),
///     None => println!("blocked: {:?}", report.findings()),
/// }
/// let checked = Pack::new(&project).check(true).run(&Context::new())?;
/// assert_eq!((report.published, checked.published), (Published::Published, Published::UpToDate));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pack {
    project: PathBuf,
    check: bool,
    deny_warnings: bool,
    allowed: BudgetLimits,
    jobs: Option<NonZeroUsize>,
    wait: bool,
    use_cache: bool,
    frozen: bool,
    reproduced_by: Option<PathBuf>,
}

impl Pack {
    /// Packs a project. By default warnings do not block, there is no budget, the request waits while another packer is
    /// writing, and what has not changed since the last pack is taken from it.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self {
            project: project.into(),
            check: false,
            deny_warnings: false,
            allowed: BudgetLimits::default(),
            jobs: None,
            wait: true,
            use_cache: true,
            frozen: false,
            reproduced_by: None,
        }
    }

    /// Compares with what is published, and writes nothing.
    #[must_use]
    pub fn check(mut self, check: bool) -> Self {
        self.check = check;
        self
    }

    /// Does not publish if there are warnings.
    #[must_use]
    pub fn deny_warnings(mut self, deny_warnings: bool) -> Self {
        self.deny_warnings = deny_warnings;
        self
    }

    /// Does not publish if the pack uses more than this.
    #[must_use]
    pub fn allowed(mut self, allowed: BudgetLimits) -> Self {
        self.allowed = allowed;
        self
    }

    /// The number of threads that build payloads; `None` for one per processor. It does not affect the output.
    #[must_use]
    pub fn jobs(mut self, jobs: Option<NonZeroUsize>) -> Self {
        self.jobs = jobs;
        self
    }

    /// Whether to wait while another packer is writing.
    #[must_use]
    pub fn wait(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    /// Whether payloads of assets that have not changed may be taken from the last pack. It does not affect the output.
    #[must_use]
    pub fn use_cache(mut self, use_cache: bool) -> Self {
        self.use_cache = use_cache;
        self
    }

    /// Writes nothing outside `build/`, so that `assets/` may be read-only, and compares the content of files instead
    /// of trusting their times. It does not affect the output.
    #[must_use]
    pub fn frozen(mut self, frozen: bool) -> Self {
        self.frozen = frozen;
        self
    }

    /// The packer with which two copies of the project are also packed, from scratch, in temporary folders and under
    /// other conditions: locale, time zone, umask, number of threads, current folder, and order and times of files.
    /// Unless all files are the same as those of this pack, nothing is published. By default, no copy is packed.
    #[must_use]
    pub fn reproduced_by(mut self, packer: Option<PathBuf>) -> Self {
        self.reproduced_by = packer;
        self
    }
}

operation_error! {
    /// Why nothing was packed or compared.
    PackError { Project(ProjectError), Lock(LockError), Output(OutputError), Disk(DiskError) }
}

/// The result of packing.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PackReport {
    /// The project's folder, as it was passed.
    pub project: String,
    /// Whether it was published, is up to date, differs, or is blocked.
    pub published: Published,
    /// The pack, unless it is blocked.
    pub pack: Option<PackSummary>,
    /// Its assets, by id.
    pub assets: Vec<PackedAsset>,
    /// The slots and bytes that it uses.
    pub budgets: Option<Budgets>,
    /// The number of registered assets that are excluded.
    pub excluded: usize,
    /// What has a different id than in the last pack, by asset and former id; `None` if that is not known.
    pub moved: Option<Vec<MovedIdentity>>,
    /// Which sounds loop differently than in the last pack, by asset and index; `None` if that is not known.
    pub loops: Option<Vec<ChangedLoop>>,
    /// The pack that was replaced; with `check`, the one in `build/`. `None` if that was not valid, or if nothing was
    /// packed.
    pub previous: Option<PackSummary>,
    /// What differs from `previous`; `None` if that is not known.
    pub changes: Option<PackChanges>,
    /// What was taken from the last pack, and why the rest was built.
    pub cache: CacheReport,
    /// Whether copies of the project pack to the same bytes; `None` if none was packed.
    pub reproduced: Option<bool>,
}

/// What happened to the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Published {
    /// The outputs were replaced.
    Published,
    /// They are what a pack would write, so nothing was written.
    UpToDate,
    /// They were compared, and are out of date.
    Differs,
    /// There are errors, or warnings that were denied: the outputs are unchanged.
    Blocked,
}

/// A summary of a pack.
#[derive(Clone, Debug, Serialize)]
pub struct PackSummary {
    /// Relative to the project.
    pub path: String,
    /// The size of the file.
    pub size_bytes: u64,
    /// The hash of the file.
    pub sha256: Sha,
}

/// A summary of a packed asset.
#[derive(Clone, Debug, Serialize)]
pub struct PackedAsset {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
    /// Its bank type.
    pub bank_type: &'static str,
    /// The size of its payload.
    pub size_bytes: u64,
    /// The hash of its payload.
    pub payload_sha256: Sha,
    /// Its slot, if it is preloaded.
    pub slot: Option<u32>,
}

impl Operation for Pack {
    type Report = PackReport;
    type Error = PackError;

    fn class(&self) -> OperationClass {
        if self.check { OperationClass::Reads } else { OperationClass::Publishes }
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<PackReport>, PackError> {
        let project = Project::at(&self.project);
        let request = LockRequest { wait: self.wait, creates: !self.frozen };
        run_locked_if_writing(context, self.class(), &project, request, |lock| self.run_locked(context, &project, lock))
    }
}

impl Pack {
    fn run_locked(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
    ) -> Result<Report<PackReport>, PackError> {
        let is_used = self.use_cache && !self.check;
        let file = if is_used { cache::read_file(project) } else { Err(CacheState::NotUsed) };
        let mut cache = file.as_ref().map_err(|state| *state).and_then(|bytes| Cache::from_bytes(bytes));
        let mut changes = None;
        if let Ok(cache) = &mut cache {
            changes = Some(cache.find_changes(context, project, self.trust())?);
        }
        if let Some(lock) =
            lock.filter(|_| !self.frozen && !changes.as_ref().is_some_and(Changes::is_registry_untouched))
        {
            history::keep_registered(project, lock);
        }
        if let (Ok(cache), Some(found)) = (&mut cache, &changes)
            && let Some(mut report) = self.report_unchanged(project, cache, found)
        {
            if !self.frozen {
                report.findings.extend(cache.write_if_changed(context, project));
            }
            return Ok(report);
        }
        let is_registry_new = !changes.as_ref().is_some_and(Changes::is_registry_same);
        let (mut report, changing) = with_retries(context, project, |snapshot| {
            let mut attempt = self.build_attempt(context, project, snapshot, &mut cache, &mut changes, lock)?;
            if is_registry_new {
                attempt.value.findings.extend(walk::note_unpacked_roots(project, snapshot));
                attempt.value = attempt.value.sorted();
            }
            Ok::<_, PackError>(attempt)
        })?;
        if let Some(finding) = changing {
            report.findings.push(finding);
            report.data.published = Published::Blocked;
            report.data.pack = None;
            report.data.previous = None;
            report.data.changes = None;
            report.data.moved = None;
            report.data.loops = None;
        }
        Ok(report)
    }

    /// Builds once, with what `cache` knows if there is one. `changes` is what has changed since, if that is known.
    fn build_attempt(
        &self,
        context: &Context,
        project: &Project,
        snapshot: &Snapshot,
        cache: &mut Result<Cache<'_>, CacheState>,
        changes: &mut Option<Changes>,
        lock: Option<&Lock>,
    ) -> Result<Attempt<Report<PackReport>>, PackError> {
        if self.check {
            return self.build_once(context, project, snapshot, None, Comparing::new(context, project));
        }
        let state = match cache {
            Err(state) => *state,
            Ok(cache) => {
                // If this is another attempt, more may have changed since.
                let found = changes.take().map_or_else(|| cache.find_changes(context, project, self.trust()), Ok)?;
                if let Some(store) = PackStore::open(project, cache.header_sha256()) {
                    let reuse = cache.reuse(&found, snapshot, &store);
                    let last = store.is_settled().then_some((&store, &*cache));
                    let staging = Staging::new(context, project, lock, last);
                    let built = self.build_once(context, project, snapshot, Some(reuse), staging);
                    if !store.is_damaged() || context.is_cancelled() {
                        return built;
                    }
                }
                CacheState::PackDiffers
            }
        };
        let staging = Staging::new(context, project, lock, None);
        let mut attempt = self.build_once(context, project, snapshot, None, staging)?;
        attempt.value.data.cache = CacheReport::built_all(state);
        Ok(attempt)
    }

    fn trust(&self) -> Trust {
        if self.frozen { Trust::ContentAlone } else { Trust::Stamps }
    }

    /// The report of a pack of which nothing has changed, if it is known that there is nothing to do.
    fn report_unchanged(
        &self,
        project: &Project,
        cache: &mut Cache<'_>,
        changes: &Changes,
    ) -> Option<Report<PackReport>> {
        // Budgets are checked with the header, which is not read here. Copies are compared with a snapshot.
        if self.allowed != BudgetLimits::default() || self.reproduced_by.is_some() {
            return None;
        }
        let unchanged = cache.unchanged_pack(changes, project, self.trust())?;
        let is_denied = |finding: &Finding| self.deny_warnings && finding.severity == Severity::Warning;
        if unchanged.findings.iter().any(is_denied) {
            return None;
        }
        let summary = PackSummary::of(unchanged.pack.sha256, unchanged.pack.size_bytes);
        let packed = unchanged.packed().map(|(asset_id, packed)| PackedAsset {
            asset_id,
            name: packed.name.to_owned(),
            bank_type: packed.family.bank_type(),
            size_bytes: packed.size_bytes,
            payload_sha256: packed.payload_sha256,
            slot: packed.slot,
        });
        let assets: Vec<PackedAsset> = packed.collect();
        let count = assets.len();
        let data = PackReport {
            project: files::display_path(project.root()),
            published: Published::UpToDate,
            pack: Some(summary.clone()),
            assets,
            budgets: Some(unchanged.budgets()),
            excluded: unchanged.excluded(),
            moved: Some(Vec::new()),
            loops: Some(Vec::new()),
            previous: Some(summary),
            changes: Some(PackChanges { unchanged: count, ..PackChanges::default() }),
            cache: CacheReport { state: CacheState::Unchanged, reused: count, rebuilt: Vec::new() },
            reproduced: None,
        };
        Some(Report::new(data, unchanged.findings.to_vec()))
    }

    /// Builds once, and passes the result to `output` unless it is blocked.
    fn build_once<'s>(
        &self,
        context: &Context,
        project: &Project,
        snapshot: &'s Snapshot,
        reuse: Option<Reuse<'s>>,
        mut output: impl PackOutput,
    ) -> Result<Attempt<Report<PackReport>>, PackError> {
        let examination =
            examine_changed(context, snapshot, snapshot.build_set(), reuse.as_ref(), self.jobs, &mut output);
        let pack = output.finish_pack()?;
        let mut examination = examination?;
        let changed_path = examination.changed_path.take();
        self.block_warnings(&mut examination.findings);
        let mut report = report_of(project, snapshot, &examination, pack);
        report.data.cache = reuse.map_or(CacheReport::built_all(CacheState::NotUsed), Reuse::report);
        self.block_over_budget(&examination, pack.1, &mut report);
        let is_ready = changed_path.is_none() && !has_errors(&report.findings);
        let files = if is_ready { companion_files(&examination, pack, &mut report) } else { None };
        let Some(files) = files else { return Ok(Attempt { value: report, changed_path }) };
        let (sha256, size_bytes) = pack;
        let [table, preload, metadata] = files.each_ref().map(|bytes| RecordedFile::unproven(bytes));
        let outputs = [table, preload, metadata, RecordedFile { sha256, size_bytes, stamp: None }];
        if let Some(packer) = &self.reproduced_by {
            let expected = outputs.map(|file| file.sha256);
            match reproduce(context, project, packer, (snapshot, &examination), expected)? {
                Reproduction::Same => report.data.reproduced = Some(true),
                Reproduction::Cancelled => return Err(PackError::Cancelled),
                Reproduction::Changed(path) => return Ok(Attempt { value: report, changed_path: Some(path) }),
                Reproduction::Failed(finding) => {
                    report.findings.push(*finding);
                    report.data.reproduced = Some(false);
                    report.data.pack = None;
                    return Ok(Attempt { value: report, changed_path: None });
                }
            }
        }
        let (last, previous) = output.read_published()?;
        let header_sha256 = output.header_sha256();
        let (published, findings) = output.finish_with(&files, pack, previous.as_ref())?;
        // They are of no more use, and the cache is another large file.
        drop(files);
        report.data.published = published;
        report.findings.extend(findings);
        report.data.set_changes(&last, previous.as_ref(), &examination);
        if self.check || self.frozen {
            report.findings.extend(last.note().cloned());
            return Ok(Attempt { value: report, changed_path: None });
        }
        let bytes = Identities::of(&examination, pack.0).to_bytes();
        let identities = RecordedFile::unproven(&bytes);
        match last.replace_file(context, project, &bytes, identities.sha256) {
            // Where these could not be written, the cache could not either; without them it is of no use.
            Some(note) => report.findings.push(note),
            None => {
                report.findings.extend(last.note().cloned());
                let written = header_sha256.map(|header_sha256| WrittenFiles { outputs, header_sha256, identities });
                let note = written.and_then(|written| cache::write(context, project, snapshot, &examination, written));
                report.findings.extend(note);
            }
        }
        Ok(Attempt { value: report, changed_path: None })
    }

    /// Blocks a pack that uses more than is allowed; the report still lists what it would use.
    fn block_over_budget(&self, examination: &Examination, size_bytes: u64, report: &mut Report<PackReport>) {
        let Some(header) = &examination.header else { return };
        let findings = self.allowed.excess_findings(header, size_bytes);
        if !findings.is_empty() {
            report.findings.extend(findings);
            report.data.budgets = Some(Budgets::of(header));
            report.data.pack = None;
        }
    }

    fn block_warnings(&self, findings: &mut Vec<Finding>) {
        let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning).count() as u64;
        if self.deny_warnings && warnings > 0 {
            findings.push(Finding::new(
                Code::WarningsDenied,
                format!(
                    "there {} {}, and `--deny-warnings` treats warnings as errors",
                    if warnings == 1 { "is" } else { "are" },
                    plural(warnings, "warning")
                ),
                "Fix the warnings, or pack without `--deny-warnings`.",
            ));
        }
    }
}

impl PackReport {
    /// What changed since the previous pack.
    fn set_changes(&mut self, last: &LastPack, previous: Option<&PublishedPack>, examination: &Examination) {
        // The cache may describe a pack that was altered since.
        let is_described = previous.is_none_or(|pack| last.describes(pack.sha256));
        self.moved = last.moved_identities(examination).filter(|_| is_described);
        let loops = previous.and_then(|pack| last.changed_loops(pack, examination));
        self.loops = loops.filter(|_| is_described);
        self.previous = previous.map(|pack| PackSummary::of(pack.sha256, pack.size_bytes));
        self.changes = previous.and_then(|pack| pack.changes_in(examination));
    }
}

impl PackSummary {
    fn of(sha256: Sha, size_bytes: u64) -> Self {
        Self { path: format!("build/{PACK_FILE}"), size_bytes, sha256 }
    }
}

fn report_of(
    project: &Project,
    snapshot: &Snapshot,
    examination: &Examination,
    (sha256, size_bytes): (Sha, u64),
) -> Report<PackReport> {
    let header = examination.header.as_ref().filter(|_| !has_errors(&examination.findings));
    let summary = header.map(|_| PackSummary::of(sha256, size_bytes));
    let assets = header.map_or_else(Vec::new, |_| {
        let packed = examination.built.iter().map(|asset| PackedAsset {
            asset_id: asset.asset_id(),
            name: asset.declaration.name.clone(),
            bank_type: asset.declaration.family().bank_type(),
            size_bytes: asset.size_bytes(),
            payload_sha256: asset.payload_sha256,
            slot: snapshot.slots.get(&asset.asset_id()).copied(),
        });
        packed.collect()
    });
    let data = PackReport {
        project: files::display_path(project.root()),
        published: Published::Blocked,
        pack: summary,
        assets,
        budgets: header.map(Budgets::of),
        excluded: snapshot.assets.iter().filter(|asset| !asset.entry.included_in_build).count(),
        moved: None,
        loops: None,
        previous: None,
        changes: None,
        cache: CacheReport::built_all(CacheState::NotUsed),
        reproduced: None,
    };
    Report::new(data, examination.findings.clone())
}

fn companion_files(
    examination: &Examination,
    pack: (Sha, u64),
    report: &mut Report<PackReport>,
) -> Option<[Vec<u8>; 3]> {
    let header = examination.header.as_ref()?;
    match companions::write(header, &examination.built, pack) {
        Ok(files) => Some(files),
        Err(error) => {
            report.findings.push(Finding::new(Code::HeaderTooLarge, error.to_string(), "Exclude assets."));
            None
        }
    }
}

/// Where a pack goes.
trait PackOutput: Output {
    /// The SHA-256 and the size of the pack file.
    ///
    /// # Errors
    /// What went wrong while the pack was received.
    fn finish_pack(&mut self) -> Result<(Sha, u64), PackError>;

    /// The published pack, and what is known of it. Called once, if nothing blocks the new one.
    ///
    /// # Errors
    /// If the operation was cancelled.
    fn read_published(&mut self) -> Result<PublishedPackReading, Stop>;

    /// The SHA-256 of the prelude and header; `None` if nothing is published.
    fn header_sha256(&self) -> Option<Sha>;

    /// Publishes or compares the pack with these companions, in the order of [`OUTPUTS`]. Nothing blocks it. `pack` is
    /// its hash and size, and `previous` the published one.
    ///
    /// # Errors
    /// If the system refuses, or the operation was cancelled.
    fn finish_with(
        self,
        files: &[Vec<u8>; 3],
        pack: (Sha, u64),
        previous: Option<&PublishedPack>,
    ) -> Result<(Published, Vec<Finding>), PackError>;
}

/// The ids of the last pack, and the pack in `build/`.
type PublishedPackReading = (LastPack, Option<PublishedPack>);

fn read_published(context: &Context, project: &Project, hash: PackHash) -> Result<PublishedPackReading, Stop> {
    let last = LastPack::read(project);
    let published = PublishedPack::read(context, project, &last, hash)?;
    Ok((last, published))
}

/// Stages the pack, to publish it.
struct Staging<'a> {
    context: &'a Context,
    project: &'a Project,
    lock: Option<&'a Lock>,
    /// Writes the pack, until it is finished.
    writer: Option<PackWriter>,
    /// What was staged, afterwards.
    stage: Option<Stage>,
    /// The pack in `build/` that payloads are taken from, and what describes it; `None` if it has to be hashed.
    last: Option<(&'a PackStore, &'a Cache<'a>)>,
    /// Reads the published pack while the new one is built; `None` if the system refuses a thread.
    published: Option<JoinHandle<Result<PublishedPackReading, Stop>>>,
    header_sha256: Option<Sha>,
    size_bytes: u64,
    error: Option<PackError>,
}

impl<'a> Staging<'a> {
    fn new(
        context: &'a Context,
        project: &'a Project,
        lock: Option<&'a Lock>,
        last: Option<(&'a PackStore, &'a Cache<'a>)>,
    ) -> Self {
        Self {
            context,
            project,
            lock,
            writer: None,
            stage: None,
            last,
            published: None,
            header_sha256: None,
            size_bytes: 0,
            error: None,
        }
    }
}

impl Output for Staging<'_> {
    fn push_header(&mut self, _: &[PlannedAsset<'_>], header: &Header, bytes: &[u8]) -> Result<(), Stop> {
        self.size_bytes = bytes.len() as u64 + header.payload_bytes();
        let opened = Stage::open::<PackError>(self.context, self.project, self.lock).and_then(|mut stage| {
            stage.create_file(PACK_FILE, self.size_bytes)?;
            Ok(stage)
        });
        match opened {
            Ok(stage) => {
                self.writer = Some(PackWriter::new(self.context, stage, self.size_bytes));
                let (context, project) = (self.context.clone(), self.project.clone());
                let hash = self.last.map_or(PackHash::Read, |(_, cache)| PackHash::Known(cache.pack_sha256()));
                let read = move || read_published(&context, &project, hash);
                self.published = Builder::new().spawn(read).ok();
            }
            Err(error) => {
                self.error = Some(error);
                return Err(Stop);
            }
        }
        self.header_sha256 = Some(Sha::of(bytes));
        self.push_payload(0, bytes.to_vec())
    }

    fn push_payload(&mut self, _: usize, bytes: Vec<u8>) -> Result<(), Stop> {
        self.writer.as_mut().map_or(Err(Stop), |writer| writer.append(bytes))
    }

    fn abandon_pack(&mut self) {
        self.writer = None;
    }
}

impl PackOutput for Staging<'_> {
    fn finish_pack(&mut self) -> Result<(Sha, u64), PackError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let (stage, sha256) = self.writer.take().map(PackWriter::finish).transpose()?.flatten().unzip();
        self.stage = stage;
        // Without a pack nobody asks for its hash.
        Ok((sha256.unwrap_or_else(|| Sha::of(&[])), self.size_bytes))
    }

    fn read_published(&mut self) -> Result<PublishedPackReading, Stop> {
        // If the thread panicked, this one will, too, and its panic is reported.
        let read = self.published.take().and_then(|thread| thread.join().ok());
        match self.last {
            // Most of it was hashed while it was copied, so that it need not be hashed again.
            Some((store, cache)) if !store.is_described_by(self.context, cache)? => None,
            _ => read,
        }
        .unwrap_or_else(|| read_published(self.context, self.project, PackHash::Read))
    }

    fn header_sha256(&self) -> Option<Sha> {
        self.header_sha256
    }

    fn finish_with(
        self,
        files: &[Vec<u8>; 3],
        pack: (Sha, u64),
        previous: Option<&PublishedPack>,
    ) -> Result<(Published, Vec<Finding>), PackError> {
        let Some(mut stage) = self.stage else { return Ok((Published::Blocked, Vec::new())) };
        if previous.is_some_and(|previous| previous.is_verified && previous.sha256 == pack.0)
            && std::iter::zip(OUTPUTS, files).all(|(name, bytes)| is_published(self.project, name, bytes))
        {
            return Ok((Published::UpToDate, Vec::new()));
        }
        for (name, bytes) in std::iter::zip(OUTPUTS, files) {
            stage.create_file(name, bytes.len() as u64)?;
            stage.append(self.context, bytes)?;
        }
        if self.context.is_cancelled() {
            return Err(PackError::Cancelled);
        }
        self.lock.map_or(Ok(()), Lock::check)?;
        Ok((Published::Published, stage.publish(self.context)?))
    }
}

/// Compares the new pack with the published one, and keeps the first difference.
struct Comparing<'a> {
    context: &'a Context,
    project: &'a Project,
    published: Option<BufReader<FileReading>>,
    /// The hash of the published pack, once it has been read.
    published_sha256: Option<Sha>,
    names: Vec<String>,
    hasher: Sha256,
    size_bytes: u64,
    offset: u64,
    difference: Option<Finding>,
    abandoned: bool,
    error: Option<PackError>,
}

impl<'a> Comparing<'a> {
    fn new(context: &'a Context, project: &'a Project) -> Self {
        Self {
            context,
            project,
            published: None,
            published_sha256: None,
            names: Vec::new(),
            hasher: Sha256::new(),
            size_bytes: 0,
            offset: 0,
            difference: None,
            abandoned: false,
            error: None,
        }
    }

    fn compare_bytes(&mut self, part: &str, bytes: &[u8]) -> Result<(), Stop> {
        self.hasher.update(bytes);
        let start = self.offset;
        self.offset += bytes.len() as u64;
        let (None, Some(published)) = (&self.difference, &mut self.published) else { return Ok(()) };
        let mut theirs = vec![0; bytes.len()];
        let filled = match read_up_to(published, &mut theirs) {
            Ok(filled) => filled,
            Err(error) => {
                self.error = Some(DiskError::reading(self.project.build_folder().join(PACK_FILE))(error).into());
                return Err(Stop);
            }
        };
        let at = std::iter::zip(bytes, &theirs[..filled]).position(|(a, b)| a != b);
        if let Some(at) = at.or_else(|| (filled < bytes.len()).then_some(filled)) {
            let offset = start + at as u64;
            let what = if filled <= at { "the file ends here" } else { "the file differs from here on" };
            self.difference = Some(difference_finding(PACK_FILE, format!("{what}, in {part}"), Some(offset)));
        }
        Ok(())
    }

    /// Names the asset that a difference in the header concerns, if the published header can be read.
    fn name_asset(&mut self, ours: &Header) {
        let Some(finding) = self.difference.as_mut().filter(|_| self.published.is_some()) else { return };
        let Ok(Some(mut source)) = self.project.open_output(PACK_FILE) else { return };
        let file_bytes = source.size_bytes();
        let Ok(Ok(theirs)) = container::read(source.file_mut(), file_bytes) else { return };
        if let Some(what) = ours.difference(&theirs.header) {
            finding.message = what;
        }
    }
}

impl Output for Comparing<'_> {
    fn push_header(&mut self, planned: &[PlannedAsset<'_>], header: &Header, bytes: &[u8]) -> Result<(), Stop> {
        self.size_bytes = bytes.len() as u64 + header.payload_bytes();
        let name = |asset: &PlannedAsset<'_>| format!("asset {} ({})", asset.asset_id(), asset.registered.entry.root);
        self.names = planned.iter().map(name).collect();
        match self.project.open_output(PACK_FILE) {
            Ok(Some(source)) => self.published = Some(BufReader::with_capacity(256 << 10, source.start_reading())),
            Ok(None) => self.difference = Some(difference_finding(PACK_FILE, "the file does not exist".into(), None)),
            Err(error) => {
                self.error = Some(error.into());
                return Err(Stop);
            }
        }
        let (prelude, json) = bytes.split_at(32.min(bytes.len()));
        self.compare_bytes("the prelude", prelude)?;
        self.compare_bytes("the header", json)?;
        self.name_asset(header);
        Ok(())
    }

    fn push_payload(&mut self, asset: usize, bytes: Vec<u8>) -> Result<(), Stop> {
        let part = self.names.get(asset).cloned().unwrap_or_default();
        self.compare_bytes(&part, &bytes)
    }

    fn abandon_pack(&mut self) {
        self.abandoned = true;
        self.published = None;
    }
}

impl PackOutput for Comparing<'_> {
    fn finish_pack(&mut self) -> Result<(Sha, u64), PackError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        // The published pack may be longer.
        if let (None, Some(published), false) = (&self.difference, &mut self.published, self.abandoned) {
            let mut one = [0];
            let more =
                published.read(&mut one).map_err(DiskError::reading(self.project.build_folder().join(PACK_FILE)))?;
            if more > 0 {
                let message = "the file continues here, where the pack should end".to_owned();
                self.difference = Some(difference_finding(PACK_FILE, message, Some(self.offset)));
            }
        }
        let sha256 = Sha(std::mem::take(&mut self.hasher).finalize().into());
        self.published_sha256 = match (self.published.take(), &self.difference) {
            (Some(_), None) => Some(sha256),
            (Some(published), Some(_)) if !self.abandoned => {
                let outcome = published.into_inner().finish_unless(&|| self.context.is_cancelled())?;
                check_cancelled(self.context)?;
                match outcome {
                    ReadOutcome::Unchanged { file } => Some(file.sha256),
                    ReadOutcome::Changed => None,
                }
            }
            _ => None,
        };
        Ok((sha256, self.size_bytes))
    }

    fn read_published(&mut self) -> Result<PublishedPackReading, Stop> {
        read_published(self.context, self.project, self.published_sha256.map_or(PackHash::Read, PackHash::Known))
    }

    fn header_sha256(&self) -> Option<Sha> {
        None
    }

    fn finish_with(
        self,
        files: &[Vec<u8>; 3],
        _: (Sha, u64),
        _: Option<&PublishedPack>,
    ) -> Result<(Published, Vec<Finding>), PackError> {
        let mut differences: Vec<Finding> = self.difference.into_iter().collect();
        for (name, bytes) in std::iter::zip(OUTPUTS, files) {
            differences.extend(compare_companion(self.project, name, bytes)?);
        }
        let published = if differences.is_empty() { Published::UpToDate } else { Published::Differs };
        Ok((published, differences))
    }
}

/// Whether the companion in `build/` has exactly these bytes.
fn is_published(project: &Project, name: &str, bytes: &[u8]) -> bool {
    matches!(compare_companion(project, name, bytes), Ok(None))
}

fn compare_companion(project: &Project, name: &str, bytes: &[u8]) -> Result<Option<Finding>, PackError> {
    let Some(source) = project.open_output(name)? else {
        return Ok(Some(difference_finding(name, "the file does not exist".into(), None)));
    };
    let content = source.read_whole(bytes.len() as u64)?;
    let at = match &content {
        Some(content) => {
            let theirs = &content.bytes;
            std::iter::zip(bytes, theirs)
                .position(|(a, b)| a != b)
                .or_else(|| (theirs.len() != bytes.len()).then_some(theirs.len()))
        }
        None => Some(bytes.len()),
    };
    Ok(at.map(|at| difference_finding(name, "the file differs from here on".into(), Some(at as u64))))
}

fn difference_finding(name: &str, message: String, offset: Option<u64>) -> Finding {
    let finding = Finding::new(Code::PackDiffers, message, "Run `prometeu-packer pack` to update the files.");
    let finding = finding.file(format!("build/{name}"));
    match offset {
        Some(offset) => finding.at(crate::diagnostics::Place::Byte { offset }),
        None => finding,
    }
}
