//! A project kept in memory: its last snapshot and every built asset, refreshed by what changed.
//!
//! A window owns a session, passes on what [`watch`](crate::watch) reported, and gets lists, previews and thumbnails
//! from it. Only what changed is read and built again; the asset that is being viewed is built first. `list` is a
//! session that ends at once, so the two cannot disagree. It writes nothing.

mod listing;
mod suspects;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::anchor::declared_uuid;
use crate::banks::Stop;
pub use crate::change::Change;
use crate::context::{Context, FaultPoint};
use crate::diagnostics::{Finding, sort_findings};
use crate::files::{self, DiskError, Stamp};
use crate::fixes::{self, OfferedFix};
use crate::operation::{Report, operation_error};
use crate::origins::declared_origins;
use crate::pack::budgets::Budgets;
use crate::pack::built::{BuildSink, BuiltAsset, build_and_keep, build_assets};
use crate::pack::container::Header;
use crate::pack::examine::{Attempt, make_header, retry_while_changing};
use crate::pack::plan::{self, PlannedAsset};
use crate::pack::published::{PackHash, PublishedPack};
use crate::parallel::worker_count;
use crate::paths::RelPath;
use crate::preview::{Preview, SourcePreview, Thumbnail};
use crate::project::{Project, ProjectError};
use crate::registry::{Registry, RegistryEntry};
use crate::snapshot::{BrokenRegistry, RegisteredAsset, Reuse, Snapshot};
use crate::walk::WorkspaceFiles;
pub use listing::{AssetState, BankFill, ListAssetsReport, ListedAsset};
use suspects::Suspects;

operation_error! {
    /// Why a project could not be read.
    SessionError { Project(ProjectError), Registry(BrokenRegistry), Disk(DiskError) }
}

/// The id of an asset that is not registered, while it is built for a preview. No registered asset has it.
const NO_ID: u32 = 0;

/// How many assets are built between two looks at what is wanted next.
const BATCH: usize = 32;

/// A project kept in memory.
///
/// Its methods read and build first, and change the session afterwards: if one of them panics, the session is as before
/// and can be used.
///
/// ```
/// use packer_services::Context;
/// use packer_services::session::{Change, Session};
/// # use packer_services::ops::{CreateAsset, InitWorkspace, NewBank, Operation};
/// # let folder = tempfile::tempdir()?;
/// # let project = folder.path();
/// # InitWorkspace::new(project).run(&Context::new())?;
/// # let bank = NewBank::Sound(Default::default());
/// # let sounds = "../assets-demo/lantern/assets/sound/effects";
/// # let files = vec![format!("{sounds}/jump.wav").into()];
/// # CreateAsset::new(project, "sound/jump", bank, files).run(&Context::new())?;
///
/// // `project` is a folder with `assets/`.
/// let context = Context::new();
/// let mut session = Session::new(project);
/// session.refresh(&context)?;
/// while session.pending() > 0 {
///     session.build_next(&context, None)?;
/// }
/// assert_eq!(session.report().assets.len(), 1);
///
/// // Later, a file was saved. `watch` would report this change.
/// # std::fs::copy(format!("{sounds}/hit.wav"), project.join("assets/sound/jump/jump.wav"))?;
/// session.note(&Change::Paths(["sound/jump/jump.wav".to_owned()].into()));
/// let delta = session.refresh(&context)?;
/// assert!(delta.changed.contains("sound/jump") && session.pending() == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Session {
    project: Project,
    snapshot: Snapshot,
    /// The assets of the snapshot by root.
    assets: HashMap<RelPath, Arc<RegisteredAsset>>,
    walk: WorkspaceFiles,
    /// The roots that are not registered, each as if it were registered and excluded; `None` if its declaration cannot
    /// be read.
    unregistered: HashMap<String, Option<Arc<RegisteredAsset>>>,
    /// Their roots. A folder comes before those inside it.
    unregistered_roots: Vec<String>,
    /// The notes on unused images and sounds; `None` if they are to be found again.
    unused_notes: Option<Vec<Finding>>,
    /// What a search finds each registered asset by; those of the others are found again.
    search_terms: HashMap<RelPath, Arc<str>>,
    built: HashMap<RelPath, Kept>,
    /// The other assets that have a declaration, by id.
    unbuilt: BTreeMap<(u32, RelPath), Arc<RegisteredAsset>>,
    /// The asset that is being viewed.
    viewed: Option<RelPath>,
    /// Its bank, if it was built since.
    view: Option<Arc<Preview>>,
    /// The file of the viewed asset that is compared with it.
    compared: Option<RelPath>,
    /// Its image, if the viewed asset was built from it since.
    compared_image: Option<Arc<SourcePreview>>,
    /// The thumbnails that were asked for, by root; rebuilt with their assets.
    thumbnails: HashMap<RelPath, Option<Arc<Thumbnail>>>,
    /// In pixels.
    thumbnail_side: u32,
    published: PublishedReading,
    /// The header of a pack of everything that is built, with what is wrong with it.
    header: Option<(Header, Option<Finding>)>,
    /// What is to be read again: a refresh that did not end leaves it.
    suspects: Suspects,
    /// What changed, and was not given to a caller yet.
    unreported: Delta,
}

/// A built asset, and how to know that it is still what its files hold.
#[derive(Debug)]
struct Kept {
    built: BuiltAsset,
    /// The state of each declared file before it was read, and whether that proves its content.
    sources: Vec<(RelPath, Option<Stamp>, bool)>,
}

impl Kept {
    fn is_still_true(&self) -> bool {
        let is_same = |(path, stamp, is_proof): &(RelPath, Option<Stamp>, bool)| {
            *is_proof && stamp.is_some() && source_stamp(&self.built.registered, path) == *stamp
        };
        // What keeps an asset from being whole may lie in more than its files.
        self.built.is_whole() && self.sources.iter().all(is_same)
    }
}

fn source_stamp(asset: &RegisteredAsset, path: &RelPath) -> Option<Stamp> {
    files::stamp_of(&asset.folder.as_ref()?.path().join(path.as_str()))
}

/// An asset that a new snapshot has not as the last one: another value, or only one of the two.
struct Difference {
    root: RelPath,
    before: Option<Arc<RegisteredAsset>>,
    now: Option<Arc<RegisteredAsset>>,
}

impl Difference {
    fn new(before: Option<&Arc<RegisteredAsset>>, now: &Arc<RegisteredAsset>) -> Self {
        Self { root: now.entry.root.clone(), before: before.cloned(), now: Some(now.clone()) }
    }

    fn gone(before: &Arc<RegisteredAsset>) -> Self {
        Self { root: before.entry.root.clone(), before: Some(before.clone()), now: None }
    }

    fn comes_or_goes(&self) -> bool {
        self.before.is_some() != self.now.is_some()
    }

    /// Whether it has the same id and uses the same files.
    fn keeps_files(&self) -> bool {
        let (Some(before), Some(now)) = (&self.before, &self.now) else { return false };
        before.entry.asset_id == now.entry.asset_id && before.used_files() == now.used_files()
    }
}

/// The pack in `build/`, as it was read last.
#[derive(Debug, Default)]
struct PublishedReading {
    pack: Option<PublishedPack>,
    /// The state of the files it was read from; `None` if they prove nothing.
    stamps: Option<Vec<Option<Stamp>>>,
}

/// What a refresh changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delta {
    /// The roots of assets whose payload may be another one, or that came or went: their previews and thumbnails are
    /// out of date.
    pub changed: HashSet<String>,
    /// The roots in which any file may have changed, registered or not; `None` if that is any root.
    pub touched: Option<HashSet<String>>,
}

impl Delta {
    /// Whether any file of this root may have changed.
    pub fn touches(&self, root: &str) -> bool {
        self.touched.as_ref().is_none_or(|touched| touched.contains(root))
    }

    fn nothing() -> Self {
        Self { changed: HashSet::new(), touched: Some(HashSet::new()) }
    }

    fn add(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.touched = match (self.touched.take(), other.touched) {
            (Some(mut mine), Some(theirs)) => {
                mine.extend(theirs);
                Some(mine)
            }
            _ => None,
        };
    }
}

/// A root and its thumbnail; `None` if it has nothing to show.
pub type RootThumbnail = (String, Option<Arc<Thumbnail>>);

/// A bank, as far as it can be built.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionPreview {
    /// `None` if the declaration is not whole.
    pub preview: Option<Arc<Preview>>,
    /// What was found in this asset, sorted. A hole names the cause of one of them.
    pub findings: Vec<Finding>,
    /// How many of its files can be fetched again from where they came.
    pub originals: usize,
}

impl Session {
    /// The changes that resolve a finding of this session. The first is the most likely.
    pub fn fixes_of(&self, finding: &Finding) -> Vec<OfferedFix> {
        fixes::fixes_of(finding, &self.snapshot)
    }

    /// A session of the project in this folder. Nothing is read yet.
    pub fn new(project: &Path) -> Self {
        Self {
            project: Project::at(project),
            snapshot: Snapshot::default(),
            assets: HashMap::new(),
            walk: WorkspaceFiles::default(),
            unregistered: HashMap::new(),
            unregistered_roots: Vec::new(),
            unused_notes: None,
            search_terms: HashMap::new(),
            built: HashMap::new(),
            unbuilt: BTreeMap::new(),
            viewed: None,
            view: None,
            compared: None,
            compared_image: None,
            thumbnails: HashMap::new(),
            thumbnail_side: 1,
            published: PublishedReading::default(),
            header: None,
            suspects: Suspects::everything(),
            unreported: Delta::nothing(),
        }
    }

    /// The project's folder.
    pub fn project(&self) -> PathBuf {
        self.project.root().to_owned()
    }

    /// Notes what changed, to be read by the next [`Session::refresh`]. It takes no time.
    pub fn note(&mut self, change: &Change) {
        self.suspects.add(change);
    }

    /// Reads again what changed. It builds nothing: [`Session::pending`] says what is to be built.
    ///
    /// # Errors
    /// If the project cannot be read, or the operation was cancelled. Then the session is as before, and the next
    /// refresh reads the same and more.
    pub fn refresh(&mut self, context: &Context) -> Result<Delta, SessionError> {
        self.refresh_once(context, 1)?;
        Ok(std::mem::replace(&mut self.unreported, Delta::nothing()))
    }

    fn refresh_once(&mut self, context: &Context, attempt: u32) -> Result<(), SessionError> {
        let suspects = &self.suspects;
        // Both only wait for the disk most of the time.
        let (snapshot, walk) = std::thread::scope(|scope| {
            let walk = || suspects.walk(&self.project, &self.walk);
            // Without another thread, one waits for the other.
            let walking = std::thread::Builder::new().spawn_scoped(scope, walk);
            let snapshot = Snapshot::read_after(&self.project, &self.snapshot, suspects.registry(), |root| {
                suspects.asset_with_files(root.as_str(), self.assets.get(root).map(|asset| &asset.palettes))
            });
            let walked = match walking {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Err(_) => walk(),
            };
            (snapshot, walked)
        });
        let snapshot = snapshot?;
        if context.inject_fault(FaultPoint::Planned { attempt }).is_err() {
            return Err(SessionError::Cancelled);
        }
        snapshot.require_registry()?;
        let walk = walk?;
        let published = self.published.read_again(context, &self.project)?;
        if context.is_cancelled() {
            return Err(SessionError::Cancelled);
        }
        let mut delta = Delta { changed: HashSet::new(), touched: suspects.touched_roots() };
        let differences = self.find_differences(&snapshot);
        delta.changed.extend(differences.iter().map(|difference| difference.root.as_str().to_owned()));
        let is_replaced: HashSet<&RelPath> = differences.iter().map(|difference| &difference.root).collect();
        let is_lost = |(root, kept): &(&RelPath, &Kept)| {
            is_replaced.contains(root) || !suspects.sources(&kept.built).keeps(|| kept.is_still_true())
        };
        let lost: Vec<RelPath> = self.built.iter().filter(is_lost).map(|(root, _)| root.clone()).collect();
        delta.changed.extend(lost.iter().map(|root| root.as_str().to_owned()));
        let has_other_names = walk.changes_names(&self.walk);
        let keeps_files = !has_other_names && differences.iter().all(Difference::keeps_files);
        walk.apply(&mut self.walk);
        let unregistered_roots = match has_other_names || differences.iter().any(Difference::comes_or_goes) {
            true => self.walk.unregistered_roots(&snapshot).into_iter().map(str::to_owned).collect(),
            false => self.unregistered_roots.clone(),
        };
        let unregistered = self.read_unregistered(&unregistered_roots);
        let is_touched = |root: &&String| self.suspects.asset(root) != Reuse::Keep;
        delta.changed.extend(unregistered_roots.iter().filter(is_touched).cloned());

        // From here on nothing is read and nothing fails. What is to be read again is forgotten last.
        if self.viewed.as_ref().is_some_and(|root| delta.changed.contains(root.as_str())) {
            (self.view, self.compared_image) = (None, None);
        }
        self.unreported.add(delta);
        for root in &lost {
            self.built.remove(root);
        }
        let was_built = lost.iter().filter_map(|root| self.assets.get(root).cloned()).collect::<Vec<_>>();
        self.unbuilt.extend(was_built.into_iter().map(|asset| (key_of(&asset), asset)));
        for difference in differences {
            self.replace_asset(difference);
        }
        if !keeps_files {
            self.unused_notes = None;
        }
        if let Some(published) = published {
            self.published = published;
        }
        (self.unregistered, self.unregistered_roots) = (unregistered, unregistered_roots);
        (self.snapshot, self.suspects) = (snapshot, Suspects::default());
        Ok(())
    }

    /// The assets that a new snapshot has not as the last one.
    fn find_differences(&self, snapshot: &Snapshot) -> Vec<Difference> {
        let is_same = |asset: &Arc<RegisteredAsset>| {
            self.assets.get(&asset.entry.root).is_some_and(|known| Arc::ptr_eq(known, asset))
        };
        let has_same_registry = self.snapshot.registry.as_ref().zip(snapshot.registry.as_ref());
        if has_same_registry.is_some_and(|(last, now)| Arc::ptr_eq(last, now)) {
            // The same entries, in the same order.
            let both = std::iter::zip(&self.snapshot.assets, &snapshot.assets);
            let replaced = both.filter(|(last, now)| !Arc::ptr_eq(last, now));
            return replaced.map(|(last, now)| Difference::new(Some(last), now)).collect();
        }
        let roots: HashSet<&RelPath> = snapshot.assets.iter().map(|asset| &asset.entry.root).collect();
        let gone = self.assets.values().filter(|asset| !roots.contains(&asset.entry.root));
        let other = snapshot.assets.iter().filter(|asset| !is_same(asset));
        let other = other.map(|asset| Difference::new(self.assets.get(&asset.entry.root), asset));
        gone.map(Difference::gone).chain(other).collect()
    }

    /// Takes an asset of a new snapshot, which is not built yet, in place of that of the last one.
    fn replace_asset(&mut self, Difference { root, before, now }: Difference) {
        if let Some(before) = before {
            self.unbuilt.remove(&key_of(&before));
        }
        let Some(now) = now else {
            self.thumbnails.remove(&root);
            self.search_terms.remove(&root);
            self.assets.remove(&root);
            return;
        };
        if now.declaration().is_some() {
            self.unbuilt.insert(key_of(&now), now.clone());
        }
        self.search_terms.insert(root.clone(), listing::search_terms(&now).into());
        self.assets.insert(root, now);
    }

    /// Reads the declarations of the roots that are not registered; those that are unchanged are kept.
    fn read_unregistered(&self, roots: &[String]) -> HashMap<String, Option<Arc<RegisteredAsset>>> {
        let read = |root: &str| {
            let known = self.unregistered.get(root).filter(|known| {
                let palettes = known.as_ref().map(|asset| &asset.palettes);
                self.suspects
                    .asset_with_files(root, palettes)
                    .keeps(|| known.as_ref().is_some_and(|asset| asset.is_unchanged()))
            });
            known.map_or_else(|| self.read_unregistered_asset(root), Clone::clone)
        };
        roots.iter().map(|root| (root.clone(), read(root))).collect()
    }

    /// How many assets are not built yet.
    pub fn pending(&self) -> usize {
        self.unbuilt.len()
    }

    /// Builds the viewed asset if that is not built, else some of the others; [`Session::pending`] says how many are
    /// left. With `None` for `jobs` it uses a worker per processor.
    ///
    /// # Errors
    /// [`SessionError::Cancelled`] if the operation was cancelled.
    pub fn build_next(&mut self, context: &Context, jobs: Option<NonZeroUsize>) -> Result<(), SessionError> {
        let wanted = self.viewed.iter().chain(self.thumbnails.keys());
        let mut wanted = wanted.filter_map(|root| self.unbuilt.get(&key_of(self.assets.get(root)?)));
        if let Some(asset) = wanted.next().cloned() {
            return Ok(self.build_kept(context, &asset)?);
        }
        let assets: Vec<Arc<RegisteredAsset>> = self.unbuilt.values().take(BATCH).cloned().collect();
        let stamps: Vec<_> = assets.iter().map(|asset| stamps_of(asset)).collect();
        let planned: Vec<PlannedAsset<'_>> = assets.iter().filter_map(plan::plan_asset).collect();
        let built = build_assets(context, &planned, worker_count(jobs), &mut Discard)?;
        for built in built {
            let at = assets.iter().position(|asset| Arc::ptr_eq(asset, &built.registered));
            let sources = at.and_then(|at| stamps.get(at)).cloned().unwrap_or_default();
            self.insert_built(built, sources);
        }
        Ok(())
    }

    /// Builds an asset and keeps its bank if it is viewed, and its thumbnail if that was asked for.
    fn build_kept(&mut self, context: &Context, asset: &Arc<RegisteredAsset>) -> Result<(), Stop> {
        let sources = stamps_of(asset);
        let root = &asset.entry.root;
        let is_viewed = self.viewed.as_ref() == Some(root);
        let compared = self.compared.as_ref().filter(|_| is_viewed);
        let Some((built, mut payload)) = build_and_keep(context, asset, compared)? else { return Ok(()) };
        let image = payload.compared.take().filter(|_| built.changed_path.is_none());
        let preview = Arc::new(Preview::of_built(&built, payload));
        if let Some(thumbnail) = self.thumbnails.get_mut(root) {
            *thumbnail = preview.thumbnail(self.thumbnail_side).map(Arc::new);
        }
        if is_viewed {
            self.view = Some(preview);
            self.compared_image = image.map(|image| Arc::new(SourcePreview::of_image(*image)));
        }
        self.insert_built(built, sources);
        Ok(())
    }

    fn insert_built(&mut self, built: BuiltAsset, sources: Vec<(RelPath, Option<Stamp>, bool)>) {
        self.unbuilt.remove(&key_of(&built.registered));
        self.built.insert(built.registered.entry.root.clone(), Kept { built, sources });
    }

    /// Reads everything and builds everything; again if a file changed in the meantime. Gives the finding that names a
    /// file that kept changing.
    ///
    /// # Errors
    /// If the project cannot be read, or the operation was cancelled.
    pub fn read_whole(&mut self, context: &Context) -> Result<Option<Finding>, SessionError> {
        let project = self.project.clone();
        let mut owner = None;
        let (_, finding) = retry_while_changing(context, &project, |attempt| {
            self.note(&Change::Everything);
            self.refresh_once(context, attempt)?;
            while self.pending() > 0 {
                self.build_next(context, None)?;
            }
            let changed_path = self.changed_path()?;
            owner = changed_path.as_ref().and_then(|path| self.snapshot.owner_of(path));
            Ok::<_, SessionError>(Attempt { value: (), changed_path })
        })?;
        Ok(finding.map(|finding| Finding { asset: owner, ..finding }))
    }

    /// A file that changed while it was read.
    fn changed_path(&self) -> Result<Option<String>, SessionError> {
        let built = self.snapshot.assets.iter().filter_map(|asset| self.built.get(&asset.entry.root));
        let changed = built.filter_map(|kept| kept.built.changed_path.clone()).next();
        let changed_file = self.snapshot.changed_path().map_err(ProjectError::from)?;
        Ok(changed.or_else(|| changed_file.map(|path| files::display_path(&path))))
    }

    /// Names the asset that is viewed: it is built before all others, and its bank is kept.
    pub fn view(&mut self, root: Option<&str>) {
        let root = root.and_then(|root| RelPath::parse(root).ok());
        if root != self.viewed {
            (self.viewed, self.view) = (root, None);
            (self.compared, self.compared_image) = (None, None);
        }
    }

    /// Names the file, relative to the root, that is compared with the viewed asset. When that is built, the decoded
    /// image is kept, so that it is not decoded a second time.
    pub fn compare(&mut self, file: Option<&str>) {
        let file = file.and_then(|file| RelPath::parse(file).ok());
        if file != self.compared {
            (self.compared, self.compared_image) = (file, None);
        }
    }

    /// The compared image, if the viewed asset is built from it, which happens now if it is due. `None` if it was built
    /// before, or cannot be built from this file; [`PreviewSource`](crate::ops::PreviewSource) reads any file.
    ///
    /// # Errors
    /// [`SessionError::Cancelled`] if the operation was cancelled.
    pub fn compared_image(&mut self, context: &Context) -> Result<Option<Arc<SourcePreview>>, SessionError> {
        if self.view.is_none()
            && let Some(asset) = self.viewed_asset()
        {
            self.build_kept(context, &asset)?;
        }
        Ok(self.compared_image.clone())
    }

    /// The bank of the viewed asset, built if it is not; `None` if no asset is viewed. An asset that is not registered
    /// is built each time.
    ///
    /// # Errors
    /// If the project is gone, or the operation was cancelled.
    pub fn preview(&mut self, context: &Context) -> Result<Option<SessionPreview>, SessionError> {
        self.read_if_new(context)?;
        // A project that is gone has nothing to show, though all of it is in memory.
        if !files::exists(&self.project.registry_path()) {
            self.project.read_registry()?;
        }
        let Some(asset) = self.viewed_asset() else {
            let asset = self.viewed.as_ref().and_then(|root| self.unregistered_asset(root.as_str()).cloned());
            let built = asset.map_or(Ok(None), |asset| build_and_keep(context, &asset, None))?;
            return Ok(built.map(|(built, kept)| SessionPreview {
                preview: Some(Arc::new(Preview::of_built(&built, kept))),
                findings: built.findings,
                originals: 0,
            }));
        };
        if self.view.is_none() {
            self.build_kept(context, &asset)?;
        }
        let me = asset.asset_ref();
        let of_snapshot = self.snapshot.findings.iter().filter(|finding| finding.asset.as_ref() == Some(&me));
        let of_build = self.built.get(&asset.entry.root).map_or(&[][..], |kept| &kept.built.findings);
        let findings = sort_findings(of_snapshot.chain(of_build).cloned().collect());
        let origins = self
            .snapshot
            .registry
            .as_deref()
            .zip(asset.declaration())
            .map(|(registry, declaration)| declared_origins(&self.project, registry, &asset.entry, declaration));
        let originals = origins.map_or(0, |origins| origins.len());
        Ok(Some(SessionPreview { preview: self.view.clone(), findings, originals }))
    }

    /// An asset that is not registered; `None` if its declaration cannot be read.
    fn unregistered_asset(&self, root: &str) -> Option<&Arc<RegisteredAsset>> {
        self.unregistered.get(root)?.as_ref()
    }

    fn read_unregistered_asset(&self, root: &str) -> Option<Arc<RegisteredAsset>> {
        let asset_uuid = declared_uuid(&self.project.assets(), root)?;
        let root = RelPath::parse(root).ok()?;
        let entry = RegistryEntry { asset_id: NO_ID, asset_uuid, root, included_in_build: false };
        let mut registry = Registry::empty();
        registry.entries.push(entry);
        Snapshot::with_registry(&self.project, Arc::new(registry), None).assets.pop()
    }

    fn viewed_asset(&self) -> Option<Arc<RegisteredAsset>> {
        self.assets.get(self.viewed.as_ref()?).cloned()
    }

    /// A session that was never refreshed reads everything first; a test may hold or fail what follows.
    fn read_if_new(&mut self, context: &Context) -> Result<(), SessionError> {
        if self.snapshot.registry.is_none() {
            return self.refresh_once(context, 1);
        }
        context.inject_fault(FaultPoint::Planned { attempt: 1 }).map_err(|_| SessionError::Cancelled)
    }

    /// Thumbnails of these assets, with sides of at most `side_pixels`; `None` of one that has nothing to show. They
    /// are kept, and built again whenever their asset is.
    ///
    /// # Errors
    /// [`SessionError::Cancelled`] if the operation was cancelled.
    pub fn thumbnails(
        &mut self,
        context: &Context,
        roots: &[String],
        side_pixels: u32,
    ) -> Result<Vec<RootThumbnail>, SessionError> {
        self.read_if_new(context)?;
        if side_pixels != self.thumbnail_side {
            self.thumbnail_side = side_pixels;
            self.thumbnails.clear();
        }
        let mut thumbnails = Vec::with_capacity(roots.len());
        for root in roots {
            if context.is_cancelled() {
                return Err(SessionError::Cancelled);
            }
            let mut thumbnail = None;
            if let Some(asset) = RelPath::parse(root).ok().and_then(|root| self.assets.get(&root)).cloned() {
                let is_built = self.built.contains_key(&asset.entry.root);
                if !is_built || !self.thumbnails.contains_key(&asset.entry.root) {
                    self.thumbnails.insert(asset.entry.root.clone(), None);
                    self.build_kept(context, &asset)?;
                }
                thumbnail = self.thumbnails.get(&asset.entry.root).cloned().flatten();
            } else if let Some(asset) = self.unregistered_asset(root) {
                let built = build_and_keep(context, asset, None)?;
                let seen = built.and_then(|(built, kept)| Preview::of_built(&built, kept).thumbnail(side_pixels));
                thumbnail = seen.map(Arc::new);
            }
            thumbnails.push((root.clone(), thumbnail));
        }
        Ok(thumbnails)
    }

    /// What is known of the project now, and everything that was found. Of an asset that is not built yet only what its
    /// declaration says.
    pub fn report(&mut self) -> Report<ListAssetsReport> {
        let mut findings = self.snapshot.findings.clone();
        for asset in &self.snapshot.assets {
            if let Some(kept) = self.built.get(&asset.entry.root) {
                findings.extend(kept.built.findings.iter().cloned());
            }
        }
        let budgets = self.budgets(&mut findings);
        let mut findings = sort_findings(findings);
        let unregistered: Vec<&str> = self.unregistered_roots.iter().map(String::as_str).collect();
        let assets = self.listed_assets(&findings, &unregistered);
        let uuid_of = |root: &str| Some(self.unregistered_asset(root)?.entry.asset_uuid);
        findings.extend(WorkspaceFiles::root_notes(&self.snapshot, &unregistered, uuid_of));
        let find_unused = || self.walk.unused_source_notes(&self.snapshot, &unregistered);
        findings.extend(self.unused_notes.get_or_insert_with(find_unused).iter().cloned());
        findings.extend(self.walk.findings.iter().cloned());
        Report::new(ListAssetsReport { assets, budgets, known_budgets: self.known_budgets() }, findings)
    }

    /// What a pack would use, if nothing blocks it.
    fn budgets(&mut self, findings: &mut Vec<Finding>) -> Option<Budgets> {
        let is_built = self
            .snapshot
            .build_set()
            .all(|asset| self.built.get(&asset.entry.root).is_some_and(|kept| kept.built.metadata.is_some()));
        if !is_built || crate::diagnostics::has_errors(&self.snapshot.findings) {
            return None;
        }
        let of_header = || {
            let built = self.snapshot.build_set().filter_map(|asset| self.built.get(&asset.entry.root));
            built.map(|kept| (&*kept.built.registered, &*kept.built.declaration, kept.built.metadata.as_ref()))
        };
        let header = plan::plan_header(&self.snapshot, of_header());
        // Writing the header only to know its size takes longer than all the rest.
        if self.header.as_ref().is_none_or(|(known, _)| *known != header) {
            let mut problem = Vec::new();
            make_header(&self.snapshot, of_header(), &mut problem);
            self.header = Some((header, problem.pop()));
        }
        let (header, problem) = self.header.as_ref()?;
        findings.extend(problem.clone());
        (!crate::diagnostics::has_errors(findings)).then(|| Budgets::of(header))
    }
}

impl PublishedReading {
    /// What is in `build/` now, if that may have changed.
    fn read_again(&self, context: &Context, project: &Project) -> Result<Option<Self>, Stop> {
        let paths = PublishedPack::files_of(project);
        let stamps: Vec<Option<Stamp>> = paths.iter().map(|path| files::stamp_of(path)).collect();
        if self.stamps.as_ref() == Some(&stamps) {
            return Ok(None);
        }
        let is_proof = stamps.iter().flatten().all(Stamp::is_proof);
        let pack = PublishedPack::read(
            context,
            project,
            &crate::pack::identities::LastPack::read(project),
            PackHash::Recorded,
        )?;
        Ok(Some(Self { pack, stamps: is_proof.then_some(stamps) }))
    }
}

/// What the assets of a project are sorted by; broken registries repeat ids.
fn key_of(asset: &RegisteredAsset) -> (u32, RelPath) {
    (asset.entry.asset_id, asset.entry.root.clone())
}

/// The state of each file that an asset declares.
fn stamps_of(asset: &RegisteredAsset) -> Vec<(RelPath, Option<Stamp>, bool)> {
    let files = asset.declaration().map(|declaration| declaration.source_files()).unwrap_or_default();
    let stamp = |path: &RelPath| {
        let stamp = source_stamp(asset, path);
        (path.clone(), stamp, stamp.is_some_and(|stamp| stamp.is_proof()))
    };
    files.into_iter().map(stamp).collect()
}

/// A build of which nobody needs the bytes.
struct Discard;

impl BuildSink for Discard {
    fn push_bytes(&mut self, _: usize, _: Vec<u8>) -> Result<(), Stop> {
        Ok(())
    }

    fn fail_asset(&mut self, _: usize) {}

    fn finish_asset(&mut self, _: usize) {}
}
