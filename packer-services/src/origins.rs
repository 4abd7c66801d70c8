//! Where the files of a root came from, so that `update` can fetch them again (spec: workspace, "Origins").
//!
//! Each asset has a file in `assets/.prometeu/history/origins/`, which version control ignores: paths of one machine
//! mean nothing on another. Only `create`, `compose` and `update` write it, and a pack never reads it. It is as
//! disposable as a cache: without it, nothing can be fetched, and all else works.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::declaration::Content;
use crate::diagnostics::{Code, Finding};
use crate::files::{self, Sha};
use crate::import::ImportOptions;
use crate::paths::RelPath;
use crate::project::{Project, TOOL_FOLDER};
use crate::snapshot::RegisteredAsset;

/// The folder, in the tool folder: in that of the history, which version control ignores as a whole.
const FOLDER: &str = "history/origins";
/// The size of a file, in bytes. A bank of 1024 images takes about 300 KiB.
const MAX_BYTES: u64 = 16 << 20;
/// How many contents of a file are remembered: as many as somebody may undo in turn.
const REMEMBERED: usize = 16;
const SCHEMA_VERSION: u32 = 2;

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
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredBase {
    /// The root of the asset.
    Root,
    /// The project.
    Project,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOrigins {
    schema_version: u32,
    files: Vec<StoredOrigin>,
}

/// The origins of the files of an asset, by file, the latest of a file at the end; empty if none are remembered.
pub fn read_origins(project: &Project, asset: AssetUuid, root: &RelPath) -> Vec<Origin> {
    let root = project.assets_folder().join(root.as_str());
    let read = || {
        let path = RelPath::of_packer(file_name(asset));
        let source = project.tools().below(FOLDER).open(&path).ok()?;
        let content = source.read_whole(MAX_BYTES).ok()??;
        let stored: StoredOrigins = serde_json::from_slice(&content.bytes).ok()?;
        let origin = |StoredOrigin { file, from, inside, import, written }| {
            let from = match inside {
                Some(StoredBase::Root) => root.join(from),
                Some(StoredBase::Project) => project.root().join(from),
                None => PathBuf::from(from),
            };
            Origin { file, from, import, written }
        };
        (stored.schema_version == SCHEMA_VERSION).then(|| stored.files.into_iter().map(origin).collect())
    };
    read().unwrap_or_default()
}

/// The origins of the files that the artifacts of an asset use: of each file at least one, the latest at the end.
pub fn declared_origins(project: &Project, asset: &RegisteredAsset) -> BTreeMap<RelPath, Vec<Origin>> {
    let declared: HashSet<&RelPath> = match asset.declaration().map(|declaration| &declaration.content) {
        Some(Content::Glyph(glyph)) => glyph.artifacts.iter().map(|artifact| &artifact.file).collect(),
        Some(Content::Sound(sound)) => sound.artifacts.iter().map(|artifact| &artifact.file).collect(),
        _ => return BTreeMap::new(),
    };
    let mut by_file: BTreeMap<RelPath, Vec<Origin>> = BTreeMap::new();
    for origin in read_origins(project, asset.entry.asset_uuid, &asset.entry.root) {
        if declared.contains(&origin.file) {
            by_file.entry(origin.file.clone()).or_default().push(origin);
        }
    }
    by_file
}

/// Remembers where files of an asset came from, which were written just now. If that is not possible, a note gives the
/// reason. What is remembered of other files stays.
pub fn remember_origins(
    context: &Context,
    project: &Project,
    (asset, root): (AssetUuid, &RelPath),
    changes: &[OriginChange],
) -> Option<Finding> {
    let mut all = read_origins(project, asset, root);
    let is_known = |file: &RelPath| all.iter().any(|origin| origin.file == *file);
    let changes_nothing = |change: &OriginChange| matches!(change, OriginChange::Own(file) if !is_known(file));
    if changes.iter().all(changes_nothing) {
        return None;
    }
    for change in changes {
        match change {
            OriginChange::Own(file) => all.retain(|origin| origin.file != *file),
            OriginChange::Known(origin) => {
                let from = lasting_path(&origin.from);
                let is_same =
                    |known: &Origin| (&known.file, &known.from, known.import) == (&origin.file, &from, origin.import);
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
        }
    }
    all.sort_by(|a, b| a.file.as_str().cmp(b.file.as_str()));
    let root = project.assets_folder().join(root.as_str());
    let stored = |Origin { file, from, import, written }: Origin| {
        let bases = [(StoredBase::Root, &*root), (StoredBase::Project, project.root())];
        let mut below = bases.into_iter().filter_map(|(base, folder)| Some((base, files::path_below(&from, folder)?)));
        let (inside, from) = match below.next() {
            Some((base, below)) => (Some(base), below),
            // A path that is not Unicode cannot be stored.
            None => (None, from.to_str()?.to_owned()),
        };
        Some(StoredOrigin { file, from, inside, import, written })
    };
    let stored = StoredOrigins { schema_version: SCHEMA_VERSION, files: all.into_iter().filter_map(stored).collect() };
    let written = serde_json::to_vec_pretty(&stored).map_err(|error| error.to_string()).and_then(|bytes| {
        let tools = project.tools().hold().map_err(|error| error.into_finding().message)?;
        let (folder, mut created) = tools.create_folders(FOLDER).map_err(|error| error.into_finding().message)?;
        // What a killed process leaves in the tool folder is removed by the next one.
        let replace = |unique: AssetUuid| folder.replace_file(&file_name(asset), &bytes, &tools, &unique.to_string());
        let replaced = created.sync().and_then(|()| context.new_uuid()).and_then(replace);
        created.keep();
        replaced.map_err(|error| files::system_message(&error.source))
    });
    let finding = |reason| {
        Finding::new(
            Code::CacheUnusable,
            format!("where the files came from could not be recorded: {reason}"),
            "Nothing else depends on it. `update` will not find the originals of these files.",
        )
        .file(format!("{TOOL_FOLDER}/{FOLDER}/{}", file_name(asset)))
    };
    written.err().map(finding)
}

/// The path, independent of the current folder. A folder that `..` leaves need not exist later.
fn lasting_path(path: &Path) -> PathBuf {
    let has_parents = path.components().any(|part| part == Component::ParentDir);
    if has_parents { files::resolve(path) } else { std::path::absolute(path).unwrap_or_else(|_| path.to_owned()) }
}

/// Forgets where the files of an asset came from, which is gone for good. What cannot be removed does no harm: no other
/// asset gets its uuid.
pub fn forget_origins(project: &Project, asset: AssetUuid) {
    let folder = project.tools().hold().ok().and_then(|tools| tools.open_folder(FOLDER).ok());
    if let Some(folder) = folder {
        let _ = folder.remove_all(file_name(asset));
    }
}

fn file_name(asset: AssetUuid) -> String {
    format!("{asset}.json")
}
