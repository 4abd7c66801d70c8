//! Where the files of a root came from, so that `update` can fetch them again (spec: workspace, "Origins").
//!
//! Each asset has a file in `assets/.prometeu/history/origins/`, which version control ignores: paths of one machine
//! mean nothing on another. Only `create`, `compose` and `update` write it, before the change that it describes: if
//! that is interrupted and completed later, its files are known by their hashes. A pack never reads it. It is as
//! disposable as a cache: without it, nothing can be fetched, and all else works.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::declaration::Declaration;
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError, OpenError, Sha};
use crate::import::ImportOptions;
use crate::paths::RelPath;
use crate::project::{Project, TOOL_FOLDER};
use crate::registry::{Registry, RegistryEntry};

/// The folder, in the tool folder: in that of the history, which version control ignores as a whole.
const FOLDER: &str = "history/origins";
const HISTORY_FOLDER: &str = "history";
const ORIGINS_FOLDER: &str = "origins";
/// The size of a file, in bytes. A bank of 1024 images takes about 300 KiB.
const MAX_BYTES: u64 = 16 << 20;
/// How many contents of a file are remembered: as many as somebody may undo in turn.
const REMEMBERED: usize = 16;
const SCHEMA_VERSION: u32 = 3;

/// A file of a root, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Relative to the root.
    pub file: RelPath,
    /// The original.
    pub from: PathBuf,
    /// How it was decoded, if it was.
    pub import: ImportOptions,
    /// The hashes of what the packer wrote there, the last one at the end. A file with another content was edited.
    pub written: Vec<Sha>,
}

impl Origin {
    /// Of a file that is written now.
    pub fn new(file: RelPath, from: &Path, import: ImportOptions, written: Sha) -> Self {
        Self { file, from: from.to_owned(), import, written: vec![written] }
    }
}

/// What is to be remembered of a file of a root.
#[derive(Clone, Debug)]
pub enum OriginChange {
    /// It came from there.
    Known(Origin),
    /// It is its own original: it was in the root already.
    Own(RelPath),
}

/// What is to be remembered of the files of an asset.
#[derive(Clone, Debug)]
pub struct AssetOrigins {
    asset: AssetUuid,
    root: RelPath,
    changes: Vec<OriginChange>,
    /// The roots of all assets, which may contain originals.
    roots: HashMap<AssetUuid, RelPath>,
}

impl AssetOrigins {
    /// Of an asset in a registry as it will be.
    pub fn new(registry: &Registry, entry: &RegistryEntry, changes: Vec<OriginChange>) -> Self {
        let roots = registry.entries.iter().map(|entry| (entry.asset_uuid, entry.root.clone())).collect();
        Self { asset: entry.asset_uuid, root: entry.root.clone(), changes, roots }
    }
}

/// An origin as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOrigin {
    file: RelPath,
    from: String,
    inside: Option<StoredBase>,
    import: ImportOptions,
    written: Vec<Sha>,
}

/// The folder that the path of an original is relative to: it may be moved, together with the original.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredBase {
    /// The root of the asset.
    Root,
    /// The root of another asset.
    Asset(OtherRoot),
    /// The project.
    Project,
}

/// The root of another asset.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherRoot {
    asset_uuid: AssetUuid,
    /// The one that it had: it counts if the asset is not registered, because the folder may still be there.
    root: RelPath,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOrigins {
    schema_version: u32,
    files: Vec<StoredOrigin>,
}

/// The origins of the files of an asset, by file, the latest of a file at the end; empty if none are remembered.
fn read_stored_origins(project: &Project, asset: AssetUuid) -> Vec<StoredOrigin> {
    let stored = stored_bytes(project, asset);
    let stored: Option<StoredOrigins> = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    stored.filter(|stored| stored.schema_version == SCHEMA_VERSION).map_or_else(Vec::new, |stored| stored.files)
}

impl StoredOrigin {
    /// The origin of a file in `own_root`; `root_of` knows the roots of the registered assets.
    fn into_origin(
        self,
        project: &Project,
        own_root: &RelPath,
        root_of: impl Fn(AssetUuid) -> Option<RelPath>,
    ) -> Origin {
        let Self { file, from, inside, import, written } = self;
        let place = |root: &RelPath| project.assets_folder().join(root.as_str());
        let from = match inside {
            Some(StoredBase::Root) => place(own_root).join(from),
            Some(StoredBase::Asset(OtherRoot { asset_uuid, root })) => {
                place(&root_of(asset_uuid).unwrap_or(root)).join(from)
            }
            Some(StoredBase::Project) => project.root().join(from),
            None => PathBuf::from(from),
        };
        Origin { file, from, import, written }
    }
}

/// The origins of the files that an asset is built from: of each file at least one, the latest at the end.
pub fn declared_origins(
    project: &Project,
    registry: &Registry,
    entry: &RegistryEntry,
    declaration: &Declaration,
) -> BTreeMap<RelPath, Vec<Origin>> {
    let declared: HashSet<&RelPath> = declaration.source_files().into_iter().collect();
    let root_of = |asset: AssetUuid| {
        registry.entries.iter().find(|entry| entry.asset_uuid == asset).map(|entry| entry.root.clone())
    };
    let mut by_file: BTreeMap<RelPath, Vec<Origin>> = BTreeMap::new();
    for stored in read_stored_origins(project, entry.asset_uuid) {
        if declared.contains(&stored.file) {
            let origin = stored.into_origin(project, &entry.root, root_of);
            by_file.entry(origin.file.clone()).or_default().push(origin);
        }
    }
    by_file
}

/// Origins that were written before a change.
#[derive(Debug, Default)]
pub struct RememberedOrigins {
    /// The assets, and what was stored of them before.
    before: Vec<(AssetUuid, Option<Vec<u8>>)>,
    /// Why something cannot be remembered.
    pub notes: Vec<Finding>,
}

impl RememberedOrigins {
    /// Remembers where files came from that will be written. What is remembered of other files stays. The folder of the
    /// history must exist.
    pub fn write(context: &Context, project: &Project, all: &[AssetOrigins]) -> Self {
        let mut remembered = Self::default();
        for origins in all {
            let before = stored_bytes(project, origins.asset);
            match origins.changed(project).map_or(Ok(()), |stored| write_origins(context, project, &stored)) {
                Ok(()) => remembered.before.push((origins.asset, before)),
                Err(note) => remembered.notes.push(*note),
            }
        }
        remembered
    }

    /// Forgets them again, because the change was not made.
    pub fn take_back(self, context: &Context, project: &Project) {
        for (asset, before) in self.before {
            match before {
                Some(bytes) => drop(replace_file(context, project, asset, &bytes)),
                None => forget_origins(project, asset),
            }
        }
    }
}

impl AssetOrigins {
    /// All that is remembered of the asset then; `None` if that does not change.
    fn changed(&self, project: &Project) -> Option<(AssetUuid, StoredOrigins)> {
        let stored = read_stored_origins(project, self.asset);
        let mut bases = Bases::new(project, self, &stored);
        let root_of = |asset: AssetUuid| self.roots.get(&asset).cloned();
        let mut all: Vec<Origin> =
            stored.into_iter().map(|stored| stored.into_origin(project, &self.root, root_of)).collect();
        let is_known = |file: &RelPath| all.iter().any(|origin| origin.file == *file);
        let changes_nothing = |change: &OriginChange| matches!(change, OriginChange::Own(file) if !is_known(file));
        if self.changes.iter().all(changes_nothing) {
            return None;
        }
        for change in &self.changes {
            match change {
                OriginChange::Own(file) => all.retain(|origin| origin.file != *file),
                OriginChange::Known(origin) => add_origin(&mut all, origin),
            }
        }
        all.sort_by(|a, b| a.file.as_str().cmp(b.file.as_str()));
        let stored = |Origin { file, from, import, written }: Origin| {
            let (inside, from) = match bases.find(&from) {
                Some((base, below)) => (Some(base), below),
                // A path that is not Unicode cannot be stored.
                None => (None, from.to_str()?.to_owned()),
            };
            Some(StoredOrigin { file, from, inside, import, written })
        };
        let files = all.into_iter().filter_map(stored).collect();
        Some((self.asset, StoredOrigins { schema_version: SCHEMA_VERSION, files }))
    }
}

/// Adds an origin to those that are known, as the latest.
fn add_origin(all: &mut Vec<Origin>, origin: &Origin) {
    let from = lasting_path(&origin.from);
    let is_same = |known: &Origin| (&known.file, &known.from, known.import) == (&origin.file, &from, origin.import);
    // An undo may bring back what came from an earlier one. The latest is at the end.
    let known = all.iter().position(is_same).map(|at| all.remove(at));
    let mut written = known.map_or_else(Vec::new, |known| known.written);
    written.retain(|sha| !origin.written.contains(sha));
    written.extend(&origin.written);
    written.drain(..written.len().saturating_sub(REMEMBERED));
    all.push(Origin { from, written, ..origin.clone() });
    let of_file = |known: &&Origin| known.file == origin.file;
    if all.iter().filter(of_file).count() > REMEMBERED {
        let oldest = all.iter().position(|known| of_file(&known));
        oldest.map(|at| all.remove(at));
    }
}

/// The folders that stored paths can be relative to.
struct Bases {
    project: PathBuf,
    assets: PathBuf,
    own_root: RelPath,
    roots: HashMap<RelPath, AssetUuid>,
    /// Where folders of originals really are: many originals have one folder.
    folders: HashMap<PathBuf, PathBuf>,
}

impl Bases {
    /// Those that the origins to be written can be in: the roots of all assets, and of those that are `stored` already,
    /// even if they are not registered now.
    fn new(project: &Project, origins: &AssetOrigins, stored: &[StoredOrigin]) -> Self {
        let unregistered = stored.iter().filter_map(|stored| match &stored.inside {
            Some(StoredBase::Asset(other)) if !origins.roots.contains_key(&other.asset_uuid) => {
                Some((other.root.clone(), other.asset_uuid))
            }
            _ => None,
        });
        let registered = origins.roots.iter().map(|(asset, root)| (root.clone(), *asset));
        let roots = unregistered.chain(registered).collect();
        let (project, assets) = (files::resolve(project.root()), files::resolve(&project.assets_folder()));
        Self { project, assets, own_root: origins.root.clone(), roots, folders: HashMap::new() }
    }

    /// The folder that an original is in, and its path there; `None` if it is in none of them.
    fn find(&mut self, from: &Path) -> Option<(StoredBase, String)> {
        let folder = from.parent()?;
        let real = self.folders.entry(folder.to_owned()).or_insert_with(|| files::resolve(folder));
        let path = real.join(from.file_name()?);
        let Some(in_assets) = path_text(&path, &self.assets) else {
            return Some((StoredBase::Project, path_text(&path, &self.project)?));
        };
        let in_root = in_assets.match_indices('/').find_map(|(at, _)| {
            let root = RelPath::parse(&in_assets[..at]).ok()?;
            let base = match root == self.own_root {
                true => StoredBase::Root,
                false => StoredBase::Asset(OtherRoot { asset_uuid: *self.roots.get(&root)?, root }),
            };
            Some((base, in_assets[at + 1..].to_owned()))
        });
        in_root.or_else(|| Some((StoredBase::Project, path_text(&path, &self.project)?)))
    }
}

/// The path inside a folder, with `/` between folders; `None` if it is not there, or not Unicode.
fn path_text(path: &Path, folder: &Path) -> Option<String> {
    let segments: Option<Vec<&str>> = path.strip_prefix(folder).ok()?.iter().map(|segment| segment.to_str()).collect();
    Some(segments?.join("/"))
}

/// The bytes of the file of an asset.
fn stored_bytes(project: &Project, asset: AssetUuid) -> Option<Vec<u8>> {
    let source = project.tools().below(FOLDER).open(&RelPath::of_packer(file_name(asset))).ok()?;
    Some(source.read_whole(MAX_BYTES).ok()??.bytes)
}

/// Writes the file of an asset.
///
/// # Errors
/// A note with the reason why it could not be written.
fn write_origins(
    context: &Context,
    project: &Project,
    (asset, stored): &(AssetUuid, StoredOrigins),
) -> Result<(), Box<Finding>> {
    let bytes = serde_json::to_vec_pretty(stored).map_err(|error| error.to_string());
    let written = bytes.and_then(|bytes| {
        replace_file(context, project, *asset, &bytes).map_err(|error| match error {
            OpenError::Disk(error) => files::system_message(&error.source),
            error => error.into_finding().message,
        })
    });
    written.map_err(|reason| {
        let finding = Finding::new(
            Code::CacheUnusable,
            format!("where the files came from could not be recorded: {reason}"),
            "Nothing else depends on it. `update` will not find the originals of these files.",
        );
        Box::new(finding.file(format!("{TOOL_FOLDER}/{FOLDER}/{}", file_name(*asset))))
    })
}

fn replace_file(context: &Context, project: &Project, asset: AssetUuid, bytes: &[u8]) -> Result<(), OpenError> {
    let tools = project.tools().hold()?;
    let (folder, mut created) = tools.create_folders(FOLDER)?;
    let replace = || -> Result<(), DiskError> {
        created.sync()?;
        // What a killed process leaves in the tool folder is removed by the next one.
        let unique = context.new_uuid()?.to_string();
        folder.replace_file(&file_name(asset), bytes, &tools, &unique)
    };
    let replaced = replace();
    created.keep();
    replaced.map_err(OpenError::Disk)
}

/// The path, independent of the current folder. A folder that `..` leaves need not exist later.
fn lasting_path(path: &Path) -> PathBuf {
    let has_parents = path.components().any(|part| part == Component::ParentDir);
    if has_parents { files::resolve(path) } else { std::path::absolute(path).unwrap_or_else(|_| path.to_owned()) }
}

/// Forgets where the files of an asset came from, which is gone for good. What cannot be removed does no harm: no other
/// asset gets its uuid.
pub fn forget_origins(project: &Project, asset: AssetUuid) {
    let history = project.tools().hold().ok().and_then(|tools| tools.open_folder(HISTORY_FOLDER).ok());
    let Some(history) = history else { return };
    if let Ok(folder) = history.open_folder(ORIGINS_FOLDER) {
        let _ = folder.remove_all(file_name(asset));
        // It is removed only if nothing else is remembered.
        let _ = history.remove_folder(ORIGINS_FOLDER);
    }
}

fn file_name(asset: AssetUuid) -> String {
    format!("{asset}.json")
}
