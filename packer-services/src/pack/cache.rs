//! `assets/.prometeu/cache.json`: what the pack in `build/` was built from, so that the next pack builds only what
//! changed since.
//!
//! It can be deleted, and costs only time then: a source counts as unchanged only if its content is proven, and a
//! payload is taken from the last pack only if it has the hash that was recorded (spec: workspace, "Cache").

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use serde::{Deserialize, Serialize, Serializer};

use super::budgets::Budgets;
use super::built::{BuiltAsset, TilePalettes};
use super::container::Entry;
use super::examine::{Examination, worker_count};
use super::identities::{IDENTITIES_NAME, read_regular};
use super::plan::PlannedAsset;
use super::sealed::{self, seal, unseal};
use super::store::PackStore;
use crate::anchor::AnchorFile;
use crate::asset_uuid::AssetUuid;
use crate::banks::{ArtifactUse, SourceRecord, Stop, check_cancelled};
use crate::context::{Context, FaultPoint};
use crate::declaration::{ANCHOR, Family};
use crate::diagnostics::{Code, Finding, Severity, escaped, join_some, plural};
use crate::files::{self, HeldFolder, RecordedFile, Sha, Trust};
use crate::limits::CACHE_BYTES;
use crate::paths::RelPath;
use crate::project::{CACHE_FILE, OUTPUTS, Project, STAGE_FOLDER};
use crate::snapshot::Snapshot;

/// The cache's name in the tool folder.
const CACHE_NAME: &str = "cache.json";
/// Changes with every version of the library, and so of the rules by which payloads are built.
pub const RULES: &str = env!("PROMETEU_RULES");
/// What the content is called in the file.
pub const SEALED_AS: &str = "cache";
/// What surrounds the lines of the assets in the content.
const BEFORE_ASSETS: &str = ",\"assets\":[";
const AFTER_ASSETS: &str = "]}";
/// How many assets a line about a pack names.
const NAMED: usize = 4;
/// How many assets a thread reads or compares at a time; fewer are not worth a thread.
const CHUNK_ASSETS: usize = 256;

/// What the pack in `build/` was built from.
#[derive(Debug)]
pub struct Cache {
    record: PackRecord,
    /// Every registered asset whose anchor could be read, by id.
    assets: Vec<CachedAsset>,
    /// Whether a stamp was proven since the cache was read.
    is_refreshed: bool,
}

/// What is recorded of the whole pack.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackRecord {
    rules: String,
    /// The hash of the pack's prelude and header.
    header_sha256: Sha,
    /// The files that the pack wrote: the four in `build/`, in the order of [`OUTPUTS`].
    outputs: [RecordedFile; OUTPUTS.len()],
    registry: RecordedFile,
    /// The ids of the pack.
    identities: RecordedFile,
    /// What the pack reported, if that depends on nothing but the recorded files.
    findings: Option<Vec<Finding>>,
}

/// A registered asset. It is stored as a list of its fields: their names would take longer to read than their values.
#[derive(Debug, Deserialize)]
pub struct CachedAsset {
    asset_id: u32,
    asset_uuid: AssetUuid,
    root: RelPath,
    /// The anchor, and each file that its payload was built from.
    files: Vec<SourceRecord>,
    /// Files that only had to exist.
    present: Vec<RelPath>,
    /// What was packed; `None` if it was excluded.
    packed: Option<CachedPayload>,
    /// The files outside of its root that its payload was built from, relative to `assets/`.
    shared: Vec<SourceRecord>,
}

/// What an asset became. It is stored as a list of its fields.
#[derive(Debug, Deserialize)]
pub struct CachedPayload {
    /// The asset's name.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// The size of the payload.
    pub size_bytes: u64,
    /// The hash of the payload.
    pub payload_sha256: Sha,
    /// Its slot, if it is preloaded.
    pub slot: Option<u32>,
    uses: Vec<ArtifactUse>,
    tile_palettes: TilePalettes,
    findings: Vec<Finding>,
}

impl Serialize for CachedAsset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { asset_id, asset_uuid, root, files, present, packed, shared } = self;
        (asset_id, asset_uuid, root, files, present, packed, shared).serialize(serializer)
    }
}

impl Serialize for CachedPayload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, family, size_bytes, payload_sha256, slot, uses, tile_palettes, findings } = self;
        (name, family, size_bytes, payload_sha256, slot, uses, tile_palettes, findings).serialize(serializer)
    }
}

/// What a pack wrote, besides the cache.
#[derive(Debug)]
pub struct WrittenFiles {
    /// The four files in `build/`, in the order of [`OUTPUTS`].
    pub outputs: [RecordedFile; OUTPUTS.len()],
    /// The hash of the pack's prelude and header.
    pub header_sha256: Sha,
    /// The ids of the pack.
    pub identities: RecordedFile,
}

/// Why there is no cache to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheState {
    /// Nothing has changed since the last pack: nothing was built.
    Unchanged,
    /// Payloads of unchanged assets were taken from the last pack.
    Used,
    /// There is no cache yet.
    Missing,
    /// The cache is damaged.
    Damaged,
    /// Another version of the packer wrote the cache.
    OtherVersion,
    /// The pack in `build/` is not the one that the cache describes, or is damaged.
    PackDiffers,
    /// The request does not use it.
    NotUsed,
}

/// What a pack took from the last one, and why it built the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheReport {
    /// Whether the cache was used.
    pub state: CacheState,
    /// How many payloads were taken from the last pack.
    pub reused: usize,
    /// The assets that were built, by id. Empty if the cache was not used: then all were.
    pub rebuilt: Vec<RebuiltAsset>,
}

impl CacheReport {
    /// The report of a pack that built everything.
    pub(crate) fn built_all(state: CacheState) -> Self {
        Self { state, reused: 0, rebuilt: Vec::new() }
    }
}

impl fmt::Display for CacheReport {
    /// What was built, and why, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.state != CacheState::Used {
            return self.state.fmt(f);
        }
        let all = plural((self.reused + self.rebuilt.len()) as u64, "asset");
        write!(f, "{} of {all} built", self.rebuilt.len())?;
        if self.rebuilt.is_empty() { Ok(()) } else { write!(f, ": {}", join_some(self.rebuilt.iter(), ", ", NAMED)) }
    }
}

/// An asset that was built, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RebuiltAsset {
    /// Its id.
    pub asset_id: u32,
    /// Its name.
    pub name: String,
    /// Why it was built.
    pub reason: RebuildReason,
    /// The changed file, relative to the root, if that is the reason.
    pub file: Option<RelPath>,
}

impl fmt::Display for RebuiltAsset {
    /// As the end of a sentence: `hero (hero.png has changed)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match (self.reason, &self.file) {
            (RebuildReason::New, _) => write!(f, "{name} (not in the last pack)"),
            (RebuildReason::Moved, _) => write!(f, "{name} (its id or root has changed)"),
            (RebuildReason::DeclarationChanged, _) => write!(f, "{name} ({ANCHOR} has changed)"),
            (RebuildReason::FileChanged, Some(file)) => write!(f, "{name} ({} has changed)", escaped(file.as_str())),
            (RebuildReason::FileChanged, None) => write!(f, "{name} (a file has changed)"),
        }
    }
}

impl fmt::Display for CacheState {
    /// Why everything or nothing was built, as a sentence without a period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unchanged => "nothing was built: no file has changed since the last pack",
            Self::Used => "what has not changed was taken from the last pack",
            Self::Missing => "all assets were built: there is no record of the last pack",
            Self::Damaged => "all assets were built: the record of the last pack is damaged",
            Self::OtherVersion => "all assets were built: another version of the packer made the last pack",
            Self::PackDiffers => "all assets were built: build/assets.pa is not what the last pack wrote",
            Self::NotUsed => "all assets were built",
        })
    }
}

/// Why an asset was built again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RebuildReason {
    /// The last pack does not contain it.
    New,
    /// It has another id or root.
    Moved,
    /// Its `asset.json` has changed.
    DeclarationChanged,
    /// A file of it has changed, is a link, or cannot be read.
    FileChanged,
}

/// What has changed since the cache was written.
#[derive(Debug)]
pub struct Changes {
    /// For each asset of the cache, the first of its files that has changed.
    assets: Vec<Option<RelPath>>,
    /// Whether anything has that the cache knows of, besides the outputs.
    is_any: bool,
    is_registry_same: bool,
    /// Whether its file was not even written again with the same content, as far as that is known.
    is_registry_untouched: bool,
}

impl Changes {
    /// Whether the file of the registry was not written since the last pack.
    pub fn is_registry_untouched(&self) -> bool {
        self.is_registry_untouched
    }

    /// Whether the registry is that of the last pack.
    pub fn is_registry_same(&self) -> bool {
        self.is_registry_same
    }
}

impl Cache {
    /// Reads the cache.
    ///
    /// # Errors
    /// Why there is none to use.
    pub fn read(project: &Project) -> Result<Self, CacheState> {
        let bytes = match read_regular(&project.tools(), CACHE_NAME, CACHE_BYTES) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(CacheState::Missing),
            Err(_) => return Err(CacheState::Damaged),
        };
        Self::from_bytes(&bytes)
    }

    /// Reads the content of the file.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CacheState> {
        let content = unseal(SEALED_AS, bytes).ok_or(CacheState::Damaged)?;
        #[derive(Deserialize)]
        struct Versioned {
            rules: String,
        }
        match Self::parse(content) {
            Some(cache) if cache.record.rules == RULES => Ok(cache),
            Some(_) => Err(CacheState::OtherVersion),
            // Another version may write other fields. What is sealed was written by some packer.
            None => match serde_json::from_slice::<Versioned>(content) {
                Ok(other) if other.rules != RULES => Err(CacheState::OtherVersion),
                _ => Err(CacheState::Damaged),
            },
        }
    }

    /// Reads what [`Cache::to_bytes`] writes: an object, in which each asset has a line of its own, so that no time is
    /// spent on finding out where it ends.
    fn parse(content: &[u8]) -> Option<Self> {
        let (record, assets) = std::str::from_utf8(content).ok()?.split_once('\n')?;
        let record = serde_json::from_str(&format!("{}}}", record.strip_suffix(BEFORE_ASSETS)?)).ok()?;
        let lines: Vec<&str> = assets.strip_suffix(AFTER_ASSETS)?.lines().collect();
        let parse = |lines: &[&str]| {
            let values = lines.iter().map(|line| line.strip_suffix(',').unwrap_or(line));
            values.map(|value| serde_json::from_str(value).ok()).collect::<Option<Vec<CachedAsset>>>()
        };
        let parsed: Option<Vec<_>> = in_parallel(lines.chunks(CHUNK_ASSETS), parse).into_iter().collect();
        Some(Self { record, assets: parsed?.into_iter().flatten().collect(), is_refreshed: false })
    }

    /// The content of the file. It cannot fail to be written: every key is text.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(&self.record).unwrap_or_default();
        bytes.pop();
        bytes.extend_from_slice(BEFORE_ASSETS.as_bytes());
        for (i, asset) in self.assets.iter().enumerate() {
            bytes.extend_from_slice(if i == 0 { b"\n" } else { b",\n" });
            let _ = serde_json::to_writer(&mut bytes, asset);
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(AFTER_ASSETS.as_bytes());
        bytes
    }

    /// The cache of a pack that was just published, or found up to date; `None` if it has no header.
    pub fn of(snapshot: &Snapshot, examination: Examination, written: WrittenFiles) -> Option<Self> {
        let mut built: HashMap<u32, BuiltAsset> =
            examination.built.into_iter().map(|asset| (asset.asset_id(), asset)).collect();
        let mut is_whole = true;
        let mut assets = Vec::with_capacity(snapshot.assets.len());
        for registered in &snapshot.assets {
            let (Some(anchor), Some(declaration)) = (&registered.anchor, registered.declaration()) else {
                is_whole = false;
                continue;
            };
            let built = built.remove(&registered.entry.asset_id);
            let slot = snapshot.slots.get(&registered.entry.asset_id).copied();
            let anchor = || SourceRecord { path: RelPath::of_packer(ANCHOR.to_owned()), file: anchor.file };
            let palettes = &registered.palettes;
            let (files, packed) = match built {
                None => (palettes.in_root.iter().cloned().chain([anchor()]).collect(), None),
                Some(built) => {
                    let packed = CachedPayload {
                        name: declaration.name.clone(),
                        family: declaration.family(),
                        size_bytes: built.size_bytes(),
                        payload_sha256: built.payload_sha256,
                        slot,
                        uses: built.uses,
                        tile_palettes: built.tile_palettes,
                        findings: built.findings,
                    };
                    (built.sources, Some(packed))
                }
            };
            assets.push(CachedAsset {
                asset_id: registered.entry.asset_id,
                asset_uuid: declaration.asset_uuid,
                root: registered.entry.root.clone(),
                files,
                shared: palettes.shared.clone(),
                present: declaration.input_palettes.clone(),
                packed,
            });
        }
        // These depend on what is not recorded: on files that are absent, or that cannot be read.
        let is_open =
            |finding: &Finding| finding.code == Code::InputPaletteMissing || finding.code.severity() == Severity::Error;
        is_whole &= !snapshot.findings.iter().any(is_open);
        let findings = is_whole.then_some(examination.findings);
        let registry = snapshot.registry_file?;
        let rules = RULES.to_owned();
        let WrittenFiles { outputs, header_sha256, identities } = written;
        let record = PackRecord { rules, header_sha256, outputs, registry, identities, findings };
        Some(Self { record, assets, is_refreshed: true })
    }

    /// Finds out what has changed. Stamps that were proven are kept.
    ///
    /// # Errors
    /// If the operation was canceled.
    pub fn find_changes(&mut self, context: &Context, project: &Project, trust: Trust) -> Result<Changes, Stop> {
        let registry =
            project.tools().hold().map(|tools| compare(&mut self.record.registry, &tools, "index.json", trust));
        let registry = registry.unwrap_or(Compared::Changed);
        let Ok(folder) = project.assets().hold() else {
            return Ok(Changes {
                assets: vec![Some(AnchorFile::name()); self.assets.len()],
                is_any: true,
                is_registry_same: false,
                is_registry_untouched: false,
            });
        };
        let compared = in_parallel(self.assets.chunks_mut(CHUNK_ASSETS), |chunk| {
            let mut folders = Folders { assets: &folder, last: None };
            let assets = chunk.iter_mut().take_while(|_| !context.is_cancelled());
            assets.map(|asset| asset.compare(&mut folders, trust)).collect::<Vec<ComparedAsset>>()
        });
        check_cancelled(context)?;
        let all = || compared.iter().flatten();
        self.is_refreshed |= registry == Compared::Proven || all().any(|asset| asset.is_refreshed);
        let is_registry_same = registry != Compared::Changed;
        let is_any = !is_registry_same || all().any(|asset| !asset.is_same);
        Ok(Changes {
            is_any,
            is_registry_same,
            is_registry_untouched: registry == Compared::Same && self.record.registry.stamp.is_some(),
            assets: compared.into_iter().flatten().map(|asset| asset.changed).collect(),
        })
    }

    /// The last pack, if it is still right: nothing has changed, and the outputs are what it wrote.
    pub fn unchanged_pack(&mut self, changes: &Changes, project: &Project, trust: Trust) -> Option<UnchangedPack<'_>> {
        self.record.findings.as_ref().filter(|_| !changes.is_any)?;
        // What a killed packer left there is removed by the next pack that publishes.
        let is_swept = !files::exists(&project.build_folder().join(STAGE_FOLDER));
        let build = HeldFolder::at(project.build_folder()).ok().filter(|_| is_swept)?;
        let tools = project.tools().hold().ok()?;
        let outputs = std::iter::zip(&mut self.record.outputs, OUTPUTS).map(|(file, name)| (file, &build, name));
        for (file, folder, name) in outputs.chain([(&mut self.record.identities, &tools, IDENTITIES_NAME)]) {
            match compare(file, folder, name, trust) {
                Compared::Same => {}
                Compared::Proven => self.is_refreshed = true,
                Compared::Changed => return None,
            }
        }
        let [.., pack] = &self.record.outputs;
        Some(UnchangedPack { findings: self.record.findings.as_ref()?, pack, assets: &self.assets })
    }

    /// Decides which assets of the snapshot are taken from the pack in `build/`, and why the others are not.
    pub fn reuse<'c>(&'c self, changes: &Changes, snapshot: &Snapshot, store: &'c PackStore) -> Reuse<'c> {
        let known: HashMap<AssetUuid, (&CachedAsset, &Option<RelPath>)> = std::iter::zip(&self.assets, &changes.assets)
            .map(|(asset, changed)| (asset.asset_uuid, (asset, changed)))
            .collect();
        let mut reuse = Reuse { assets: HashMap::new(), rebuilt: Vec::new() };
        for registered in snapshot.build_set() {
            let (Some(anchor), Some(declaration)) = (&registered.anchor, registered.declaration()) else { continue };
            let asset_id = registered.entry.asset_id;
            let known = known.get(&declaration.asset_uuid).filter(|(asset, _)| asset.packed.is_some());
            let (reason, file) = match known {
                None => (RebuildReason::New, None),
                Some((asset, _)) if asset.asset_id != asset_id || asset.root != registered.entry.root => {
                    (RebuildReason::Moved, None)
                }
                Some((asset, _)) if asset.anchor() != Some(anchor.file.sha256) => {
                    (RebuildReason::DeclarationChanged, None)
                }
                Some((_, Some(changed))) => (RebuildReason::FileChanged, Some(changed.clone())),
                Some((asset, None)) => match ReusedAsset::of(asset, store) {
                    Some(reused) => {
                        reuse.assets.insert(asset_id, reused);
                        continue;
                    }
                    None => (RebuildReason::New, None),
                },
            };
            reuse.rebuilt.push(RebuiltAsset { asset_id, name: declaration.name.clone(), reason, file });
        }
        reuse
    }

    /// The hash of the prelude and header of the pack that it describes.
    pub fn header_sha256(&self) -> Sha {
        self.record.header_sha256
    }

    /// The hash of the pack that it describes.
    pub fn pack_sha256(&self) -> Sha {
        let [.., pack] = &self.record.outputs;
        pack.sha256
    }

    /// The hash of each payload of that pack, by id.
    pub fn payload_hashes(&self) -> HashMap<u32, Sha> {
        let packed = self.assets.iter().filter_map(|asset| Some((asset.asset_id, asset.packed.as_ref()?)));
        packed.map(|(asset_id, packed)| (asset_id, packed.payload_sha256)).collect()
    }

    /// Writes the cache if it is new, or if more is proven than it contained. Returns a note if it could not be
    /// written, which does not affect the pack.
    pub fn write_if_changed(&self, context: &Context, project: &Project) -> Option<Finding> {
        if !self.is_refreshed {
            return None;
        }
        let file = seal(SEALED_AS, self.to_bytes());
        sealed::replace_file(context, project, CACHE_NAME, FaultPoint::CacheWrite, &file).err().map(|reason| {
            let message = format!("the cache could not be written: {reason}");
            let help = "The pack is published and complete. Only the next pack takes longer: it builds everything.";
            Finding::new(Code::CacheUnusable, message, help).file(CACHE_FILE)
        })
    }
}

/// Does `work` with each item, on all processors, and returns the results in the order of the items.
fn in_parallel<T, R: Send>(items: impl ExactSizeIterator<Item = T> + Send, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = worker_count(None).get().min(items.len());
    let items = Mutex::new(items.enumerate());
    let done = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = lock(&items).next();
            let Some((n, item)) = next else { return };
            let result = work(item);
            lock(&done).push((n, result));
        }
    };
    std::thread::scope(|scope| {
        // Without other threads, this one does all of it.
        for _ in 1..threads {
            let _ = Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, result)| result).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a file compares with what was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    /// It is the same, and so is what was recorded.
    Same,
    /// It is the same, and its stamp now proves it.
    Proven,
    Changed,
}

fn compare(file: &mut RecordedFile, folder: &HeldFolder, name: &str, trust: Trust) -> Compared {
    let before = file.stamp;
    match file.is_unchanged(folder, name, trust) {
        false => Compared::Changed,
        true if file.stamp == before => Compared::Same,
        true => Compared::Proven,
    }
}

/// How an asset compares with what was recorded.
struct ComparedAsset {
    /// The first file that has changed.
    changed: Option<RelPath>,
    /// Whether nothing has changed: neither these files, nor that others exist.
    is_same: bool,
    is_refreshed: bool,
}

/// The folders of assets, many of which lie side by side.
struct Folders<'f> {
    assets: &'f HeldFolder,
    /// The folder that the last one lies in, and its path.
    last: Option<(String, HeldFolder)>,
}

/// A folder, and the one that it lies in.
struct FoundFolder {
    above: HeldFolder,
    name: String,
}

impl Folders<'_> {
    /// The folder at this path; `None` if it, or a folder on the way to it, is missing or a link. It is not opened,
    /// which would take longer than to look at its files.
    fn find(&mut self, path: &str) -> Option<FoundFolder> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        if self.last.as_ref().is_none_or(|(last, _)| last != above) {
            self.last = Some((above.to_owned(), self.assets.open_folder(above).ok()?));
        }
        let (_, above) = self.last.as_ref()?;
        above.has_real_folder(name).then(|| FoundFolder { above: above.clone(), name: name.to_owned() })
    }
}

impl CachedAsset {
    fn compare(&mut self, folders: &mut Folders<'_>, trust: Trust) -> ComparedAsset {
        let mut compared = ComparedAsset { changed: None, is_same: false, is_refreshed: false };
        let root = self.root.as_str();
        // Where the last file lies. Files of the same folder follow each other.
        let mut last: Option<(Option<&str>, FoundFolder)> = None;
        for SourceRecord { path, file } in &mut self.files {
            let path: &RelPath = path;
            let parent = path.parent();
            if last.as_ref().is_none_or(|(last, _)| *last != parent) {
                let folder = parent.map_or(root.to_owned(), |parent| format!("{root}/{parent}"));
                let Some(found) = folders.find(&folder) else {
                    compared.changed = Some(if parent.is_none() { AnchorFile::name() } else { path.clone() });
                    return compared;
                };
                last = Some((parent, found));
            }
            let result = last.as_ref().map_or(Compared::Changed, |(_, FoundFolder { above, name })| {
                compare(file, above, &format!("{name}/{}", path.file_name()), trust)
            });
            compared.is_refreshed |= result == Compared::Proven;
            if result == Compared::Changed {
                compared.changed = Some(path.clone());
                return compared;
            }
        }
        for SourceRecord { path, file } in &mut self.shared {
            let folder =
                path.parent().map_or(Some(folders.assets.clone()), |parent| folders.assets.open_folder(parent).ok());
            let result = folder.map_or(Compared::Changed, |folder| compare(file, &folder, path.file_name(), trust));
            compared.is_refreshed |= result == Compared::Proven;
            if result == Compared::Changed {
                compared.changed = Some(path.clone());
                return compared;
            }
        }
        let root = folders.assets.path().join(root);
        compared.is_same = self.present.iter().all(|path| files::exists(&root.join(path.as_str())));
        compared
    }

    /// The hash of its anchor.
    fn anchor(&self) -> Option<Sha> {
        let anchor = self.files.iter().find(|source| source.path.as_str() == ANCHOR)?;
        Some(anchor.file.sha256)
    }
}

/// A pack that would be what is published.
#[derive(Debug)]
pub struct UnchangedPack<'c> {
    /// What it reported.
    pub findings: &'c [Finding],
    /// The file.
    pub pack: &'c RecordedFile,
    assets: &'c [CachedAsset],
}

impl UnchangedPack<'_> {
    /// What is packed, by id.
    pub fn packed(&self) -> impl Iterator<Item = (u32, &CachedPayload)> {
        self.assets.iter().filter_map(|asset| Some((asset.asset_id, asset.packed.as_ref()?)))
    }

    /// What it uses.
    pub fn budgets(&self) -> Budgets {
        Budgets::of_assets(
            self.packed().map(|(_, packed)| (packed.family.bank_type(), packed.size_bytes, packed.slot.is_some())),
        )
    }

    /// How many assets are excluded.
    pub fn excluded(&self) -> usize {
        self.assets.iter().filter(|asset| asset.packed.is_none()).count()
    }
}

/// What a pack takes from the last one.
#[derive(Debug)]
pub struct Reuse<'c> {
    assets: HashMap<u32, ReusedAsset<'c>>,
    rebuilt: Vec<RebuiltAsset>,
}

/// An asset whose payload is taken from the last pack.
#[derive(Clone, Copy, Debug)]
pub struct ReusedAsset<'c> {
    /// The pack that has its payload.
    pub store: &'c PackStore,
    /// Its entry in that pack.
    pub entry: &'c Entry,
    /// The hash that the payload must have.
    pub payload_sha256: Sha,
    asset: &'c CachedAsset,
    packed: &'c CachedPayload,
}

impl<'c> ReusedAsset<'c> {
    fn of(asset: &'c CachedAsset, store: &'c PackStore) -> Option<Self> {
        let packed = asset.packed.as_ref()?;
        let entry = store.entry(asset.asset_id).filter(|entry| entry.size_bytes == packed.size_bytes)?;
        Some(Self { store, entry, payload_sha256: packed.payload_sha256, asset, packed })
    }

    /// What building it gave.
    pub fn built(&self, planned: &PlannedAsset<'_>) -> BuiltAsset {
        BuiltAsset {
            registered: planned.registered.clone(),
            declaration: planned.declaration.clone(),
            metadata: Some(self.entry.metadata.clone()),
            payload_sha256: self.payload_sha256,
            sources: self.asset.files.clone(),
            shared_sources: self.asset.shared.clone(),
            uses: self.packed.uses.clone(),
            tile_palettes: self.packed.tile_palettes.clone(),
            holes: Vec::new(),
            findings: self.packed.findings.clone(),
            changed_path: None,
        }
    }
}

impl<'c> Reuse<'c> {
    /// The asset with this id, if it is taken from the last pack.
    pub fn asset(&self, asset_id: u32) -> Option<ReusedAsset<'c>> {
        self.assets.get(&asset_id).copied()
    }

    /// What is taken, and why the rest is built.
    pub fn report(self) -> CacheReport {
        CacheReport { state: CacheState::Used, reused: self.assets.len(), rebuilt: self.rebuilt }
    }
}
