//! `assets/.prometeu/cache.json`: what the pack in `build/` was built from, so that the next pack builds only what
//! changed since.
//!
//! It can be deleted, and costs only time then: a source counts as unchanged only if its content is proven, and a
//! payload is taken from the last pack only if it has the hash that was recorded (spec: workspace, "Cache").

mod compare;
mod report;

use std::collections::HashMap;
use std::thread::Builder;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

pub use self::report::{CacheReport, CacheState, RebuildReason, RebuiltAsset};

use self::compare::{Compared, ProvenFolders, compare, compare_assets};
use super::budgets::Budgets;
use super::built::{BuiltAsset, TilePalettes};
use super::container::Entry;
use super::examine::Examination;
use super::identities::{IDENTITIES_NAME, read_regular};
use super::plan::PlannedAsset;
use super::sealed::{self, Sealed, seal};
use super::store::PackStore;
use crate::asset_uuid::AssetUuid;
use crate::banks::{ArtifactUse, SourceRecord, Stop, check_cancelled};
use crate::context::{Context, FaultPoint};
use crate::declaration::{ANCHOR, Family};
use crate::diagnostics::{Code, Finding, Severity};
use crate::files::{self, HeldFolder, RecordedFile, Sha, Trust};
use crate::limits::CACHE_BYTES;
use crate::parallel::in_parallel;
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
/// How many assets a thread reads or compares at a time; fewer are not worth a thread.
const CHUNK_ASSETS: usize = 256;

/// What the pack in `build/` was built from. It borrows from the text of the file, so that finding out that nothing has
/// changed copies none of it.
#[derive(Debug)]
pub struct Cache<'c> {
    record: PackRecord,
    /// Every registered asset whose anchor could be read, by id.
    assets: Vec<CachedAsset<'c>>,
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
    /// The folders in which no folder of an asset is a link while their state is the same.
    folders: ProvenFolders,
    /// What the pack reported, if that depends on nothing but the recorded files.
    findings: Option<Vec<Finding>>,
}

/// A registered asset. It is stored as a list of its fields: their names would take longer to read than their values.
/// Paths and names are legal, so JSON never escapes a character of them.
#[derive(Debug, Deserialize)]
pub struct CachedAsset<'c> {
    asset_id: u32,
    asset_uuid: AssetUuid,
    root: &'c str,
    /// The anchor, and each file that its payload was built from.
    #[serde(borrow)]
    files: Vec<CachedFile<'c>>,
    /// Files that only had to exist.
    present: Vec<&'c str>,
    /// What was packed; `None` if it was excluded.
    packed: Option<CachedPayload<'c>>,
    /// The files outside of its root that its payload was built from, relative to `assets/`.
    shared: Vec<CachedFile<'c>>,
}

/// A file that went into a payload. It is stored as a list of its fields.
#[derive(Debug, Deserialize)]
struct CachedFile<'c> {
    path: &'c str,
    file: RecordedFile,
}

/// What an asset became. It is stored as a list of its fields.
#[derive(Debug, Deserialize)]
pub struct CachedPayload<'c> {
    /// The asset's name.
    pub name: &'c str,
    /// Its family.
    pub family: Family,
    /// The size of the payload.
    pub size_bytes: u64,
    /// The hash of the payload.
    pub payload_sha256: Sha,
    /// Its slot, if it is preloaded.
    pub slot: Option<u32>,
    #[serde(borrow)]
    details: Details<'c>,
}

/// What is needed of an asset only if something has changed.
#[derive(Debug)]
enum Details<'c> {
    /// The text of a [`ReadDetails`].
    Text(&'c RawValue),
    /// What was just built.
    Built(&'c BuiltAsset),
}

/// What building an asset gave, besides its payload.
type ReadDetails = (Vec<ArtifactUse>, TilePalettes, Vec<Finding>);

impl<'de: 'c, 'c> Deserialize<'de> for Details<'c> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Self::Text)
    }
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Built(BuiltAsset { uses, tile_palettes, findings, .. }) => {
                (uses, tile_palettes, findings).serialize(serializer)
            }
        }
    }
}

impl Serialize for CachedAsset<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { asset_id, asset_uuid, root, files, present, packed, shared } = self;
        (asset_id, asset_uuid, root, files, present, packed, shared).serialize(serializer)
    }
}

impl Serialize for CachedFile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.path, self.file).serialize(serializer)
    }
}

impl Serialize for CachedPayload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, family, size_bytes, payload_sha256, slot, details } = self;
        (name, family, size_bytes, payload_sha256, slot, details).serialize(serializer)
    }
}

impl<'c> CachedFile<'c> {
    fn of(SourceRecord { path, file }: &'c SourceRecord) -> Self {
        Self { path: path.as_str(), file: *file }
    }

    /// As a source; `None` if its path is not legal.
    fn to_source(&self) -> Option<SourceRecord> {
        Some(SourceRecord { path: RelPath::parse(self.path).ok()?, file: self.file })
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

/// What has changed since the cache was written.
#[derive(Debug)]
pub struct Changes {
    /// For each asset of the cache, the first of its files that has changed.
    assets: Vec<Option<String>>,
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

/// Reads the file of the cache.
///
/// # Errors
/// Why there is none to use.
pub fn read_file(project: &Project) -> Result<Vec<u8>, CacheState> {
    match read_regular(&project.tools(), CACHE_NAME, CACHE_BYTES) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(CacheState::Missing),
        Err(_) => Err(CacheState::Damaged),
    }
}

impl<'c> Cache<'c> {
    /// Reads the content of the file.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn from_bytes(bytes: &'c [u8]) -> Result<Self, CacheState> {
        let sealed = Sealed::of(SEALED_AS, bytes).ok_or(CacheState::Damaged)?;
        // It is hashed while it is parsed.
        let (is_intact, parsed) = std::thread::scope(|scope| {
            let hashing = Builder::new().spawn_scoped(scope, || sealed.is_intact());
            let parsed = Self::parse(sealed.content);
            (hashing.map_or_else(|_| sealed.is_intact(), |thread| thread.join().unwrap_or(false)), parsed)
        });
        #[derive(Deserialize)]
        struct Versioned {
            rules: String,
        }
        match parsed {
            _ if !is_intact => Err(CacheState::Damaged),
            Some(cache) if cache.record.rules == RULES => Ok(cache),
            Some(_) => Err(CacheState::OtherVersion),
            // Another version may write other fields. What is sealed was written by some packer.
            None => match serde_json::from_slice::<Versioned>(sealed.content) {
                Ok(other) if other.rules != RULES => Err(CacheState::OtherVersion),
                _ => Err(CacheState::Damaged),
            },
        }
    }

    /// Reads what [`to_bytes`] writes: an object, in which each asset has a line of its own, so that no time is spent
    /// on finding out where it ends.
    fn parse(content: &'c [u8]) -> Option<Self> {
        let (record, assets) = std::str::from_utf8(content).ok()?.split_once('\n')?;
        let record = serde_json::from_str(&format!("{}}}", record.strip_suffix(BEFORE_ASSETS)?)).ok()?;
        let lines: Vec<&str> = assets.strip_suffix(AFTER_ASSETS)?.lines().collect();
        let parse = |lines: &[&'c str]| {
            let values = lines.iter().map(|line| line.strip_suffix(',').unwrap_or(line));
            values.map(|value| serde_json::from_str(value).ok()).collect::<Option<Vec<CachedAsset<'c>>>>()
        };
        let parsed: Option<Vec<_>> = in_parallel(lines.chunks(CHUNK_ASSETS), parse).into_iter().collect();
        Some(Self { record, assets: parsed?.into_iter().flatten().collect(), is_refreshed: false })
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
                assets: vec![Some(ANCHOR.to_owned()); self.assets.len()],
                is_any: true,
                is_registry_same: false,
                is_registry_untouched: false,
            });
        };
        let known = &self.record.folders;
        let (compared, folders) = compare_assets(context, &folder, &mut self.assets, known, trust);
        check_cancelled(context)?;
        self.is_refreshed |= registry == Compared::Proven || compared.iter().any(|asset| asset.is_refreshed);
        self.is_refreshed |= folders.iter().any(|(path, stamp)| known.get(path) != Some(stamp));
        self.record.folders = folders;
        let is_registry_same = registry != Compared::Changed;
        let is_any = !is_registry_same || compared.iter().any(|asset| !asset.is_same);
        Ok(Changes {
            is_any,
            is_registry_same,
            is_registry_untouched: registry == Compared::Same && self.record.registry.stamp.is_some(),
            assets: compared.into_iter().map(|asset| asset.changed).collect(),
        })
    }

    /// The last pack, if it is still right: nothing has changed, and the outputs are what it wrote.
    pub fn unchanged_pack(
        &mut self,
        changes: &Changes,
        project: &Project,
        trust: Trust,
    ) -> Option<UnchangedPack<'_, 'c>> {
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
    pub fn reuse<'r>(&'r self, changes: &Changes, snapshot: &Snapshot, store: &'r PackStore) -> Reuse<'r> {
        let known: HashMap<AssetUuid, (&CachedAsset<'_>, &Option<String>)> =
            std::iter::zip(&self.assets, &changes.assets)
                .map(|(asset, changed)| (asset.asset_uuid, (asset, changed)))
                .collect();
        let mut reuse = Reuse { assets: HashMap::new(), rebuilt: Vec::new() };
        for registered in snapshot.build_set() {
            let (Some(anchor), Some(declaration)) = (&registered.anchor, registered.declaration()) else { continue };
            let asset_id = registered.entry.asset_id;
            let known = known.get(&declaration.asset_uuid).filter(|(asset, _)| asset.packed.is_some());
            let (reason, file) = match known {
                None => (RebuildReason::New, None),
                Some((asset, _)) if asset.asset_id != asset_id || asset.root != registered.entry.root.as_str() => {
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

    /// Writes the cache again if more is proven than it contained. Returns a note if it could not be written, which
    /// does not affect the pack.
    pub fn write_if_changed(&self, context: &Context, project: &Project) -> Option<Finding> {
        if self.is_refreshed { write_file(context, project, to_bytes(&self.record, &self.assets)) } else { None }
    }
}

/// Writes the cache of a pack that was just published, or found up to date. Returns a note if it could not be written,
/// which does not affect the pack.
pub fn write(
    context: &Context,
    project: &Project,
    snapshot: &Snapshot,
    examination: &Examination,
    written: WrittenFiles,
) -> Option<Finding> {
    // These depend on what is not recorded: on files that are absent, or that cannot be read.
    let is_open =
        |finding: &Finding| finding.code == Code::InputPaletteMissing || finding.code.severity() == Severity::Error;
    let is_whole = snapshot.assets.iter().all(|asset| asset.anchor.is_some() && asset.declaration().is_some())
        && !snapshot.findings.iter().any(is_open);
    let WrittenFiles { outputs, header_sha256, identities } = written;
    let record = PackRecord {
        rules: RULES.to_owned(),
        header_sha256,
        outputs,
        registry: snapshot.registry_file?,
        identities,
        // They are proven once they are old enough.
        folders: ProvenFolders::new(),
        findings: is_whole.then(|| examination.findings.clone()),
    };
    let built: HashMap<u32, &BuiltAsset> = examination.built.iter().map(|asset| (asset.asset_id(), asset)).collect();
    let assets = snapshot.assets.iter().filter_map(|registered| {
        let (anchor, declaration) = (registered.anchor.as_ref()?, registered.declaration()?);
        let asset_id = registered.entry.asset_id;
        let palettes = &registered.palettes;
        let (files, packed) = match built.get(&asset_id) {
            None => {
                let anchor = CachedFile { path: ANCHOR, file: anchor.file };
                (palettes.in_root.iter().map(CachedFile::of).chain([anchor]).collect(), None)
            }
            Some(built) => {
                let packed = CachedPayload {
                    name: &declaration.name,
                    family: declaration.family(),
                    size_bytes: built.size_bytes(),
                    payload_sha256: built.payload_sha256,
                    slot: snapshot.slots.get(&asset_id).copied(),
                    details: Details::Built(built),
                };
                (built.sources.iter().map(CachedFile::of).collect(), Some(packed))
            }
        };
        Some(CachedAsset {
            asset_id,
            asset_uuid: declaration.asset_uuid,
            root: registered.entry.root.as_str(),
            files,
            shared: palettes.shared.iter().map(CachedFile::of).collect(),
            present: declaration.input_palettes.iter().map(RelPath::as_str).collect(),
            packed,
        })
    });
    write_file(context, project, to_bytes(&record, assets))
}

/// The content of the file. It cannot fail to be written: every key is text.
fn to_bytes(record: &PackRecord, assets: impl IntoIterator<Item = impl Serialize>) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(record).unwrap_or_default();
    bytes.pop();
    bytes.extend_from_slice(BEFORE_ASSETS.as_bytes());
    for (i, asset) in assets.into_iter().enumerate() {
        bytes.extend_from_slice(if i == 0 { b"\n" } else { b",\n" });
        let _ = serde_json::to_writer(&mut bytes, &asset);
    }
    bytes.push(b'\n');
    bytes.extend_from_slice(AFTER_ASSETS.as_bytes());
    bytes
}

fn write_file(context: &Context, project: &Project, content: Vec<u8>) -> Option<Finding> {
    let file = seal(SEALED_AS, content);
    sealed::replace_file(context, project, CACHE_NAME, FaultPoint::CacheWrite, &file).err().map(|reason| {
        let message = format!("the cache could not be written: {reason}");
        let help = "The pack is published and complete. Only the next pack takes longer: it builds everything.";
        Finding::new(Code::CacheUnusable, message, help).file(CACHE_FILE)
    })
}

impl CachedAsset<'_> {
    /// The hash of its anchor.
    fn anchor(&self) -> Option<Sha> {
        let anchor = self.files.iter().find(|source| source.path == ANCHOR)?;
        Some(anchor.file.sha256)
    }
}

/// A pack that would be what is published.
#[derive(Debug)]
pub struct UnchangedPack<'r, 'c> {
    /// What it reported.
    pub findings: &'r [Finding],
    /// The file.
    pub pack: &'r RecordedFile,
    assets: &'r [CachedAsset<'c>],
}

impl<'c> UnchangedPack<'_, 'c> {
    /// What is packed, by id.
    pub fn packed(&self) -> impl Iterator<Item = (u32, &CachedPayload<'c>)> {
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
pub struct Reuse<'r> {
    assets: HashMap<u32, ReusedAsset<'r>>,
    rebuilt: Vec<RebuiltAsset>,
}

/// An asset whose payload is taken from the last pack.
#[derive(Debug)]
pub struct ReusedAsset<'r> {
    /// The pack that has its payload.
    pub store: &'r PackStore,
    /// Its entry in that pack.
    pub entry: &'r Entry,
    /// The hash that the payload must have.
    pub payload_sha256: Sha,
    sources: Vec<SourceRecord>,
    shared_sources: Vec<SourceRecord>,
    details: ReadDetails,
}

impl<'r> ReusedAsset<'r> {
    fn of(asset: &CachedAsset<'_>, store: &'r PackStore) -> Option<Self> {
        let packed = asset.packed.as_ref()?;
        let entry = store.entry(asset.asset_id).filter(|entry| entry.size_bytes == packed.size_bytes)?;
        let Details::Text(details) = packed.details else { return None };
        Some(Self {
            store,
            entry,
            payload_sha256: packed.payload_sha256,
            sources: asset.files.iter().map(CachedFile::to_source).collect::<Option<_>>()?,
            shared_sources: asset.shared.iter().map(CachedFile::to_source).collect::<Option<_>>()?,
            details: serde_json::from_str(details.get()).ok()?,
        })
    }

    /// What building it gave.
    pub fn built(&self, planned: &PlannedAsset<'_>) -> BuiltAsset {
        let (uses, tile_palettes, findings) = self.details.clone();
        BuiltAsset {
            registered: planned.registered.clone(),
            declaration: planned.declaration.clone(),
            metadata: Some(self.entry.metadata.clone()),
            payload_sha256: self.payload_sha256,
            sources: self.sources.clone(),
            shared_sources: self.shared_sources.clone(),
            uses,
            tile_palettes,
            holes: Vec::new(),
            findings,
            changed_path: None,
        }
    }
}

impl<'r> Reuse<'r> {
    /// The asset with this id, if it is taken from the last pack.
    pub fn asset(&self, asset_id: u32) -> Option<&ReusedAsset<'r>> {
        self.assets.get(&asset_id)
    }

    /// What is taken, and why the rest is built.
    pub fn report(self) -> CacheReport {
        CacheReport { state: CacheState::Used, reused: self.assets.len(), rebuilt: self.rebuilt }
    }
}
