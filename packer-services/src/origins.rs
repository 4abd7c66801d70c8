//! Where the files of a root came from, so that `update` can fetch them again (spec: workspace, "Origins").
//!
//! Each asset has a file in `assets/.prometeu/history/origins/`, which version control ignores: paths of one machine
//! mean nothing on another. Only `create`, `compose` and `update` write it, and a pack never reads it. It is as
//! disposable as a cache: without it, nothing can be fetched, and all else works.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::asset_uuid::AssetUuid;
use crate::context::Context;
use crate::diagnostics::{Code, Finding};
use crate::files::{self, Sha};
use crate::import::ImportOptions;
use crate::paths::RelPath;
use crate::project::{Project, TOOL_FOLDER};

/// The folder, in the tool folder: in that of the history, which version control ignores as a whole.
const FOLDER: &str = "history/origins";
/// The size of a file, in bytes. A bank of 1024 images takes about 300 KiB.
const MAX_BYTES: u64 = 16 << 20;
/// How many contents of a file are remembered: as many as somebody may undo in turn.
const REMEMBERED: usize = 16;
const SCHEMA_VERSION: u32 = 1;

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

/// An origin as it is stored. A relative path is in the project, which may be moved.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOrigin {
    file: RelPath,
    from: String,
    import: ImportOptions,
    written: Vec<Sha>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOrigins {
    schema_version: u32,
    files: Vec<StoredOrigin>,
}

/// The origins of the files of an asset, by file; empty if none are remembered.
pub fn read_origins(project: &Project, asset: AssetUuid) -> Vec<Origin> {
    let read = || {
        let path = RelPath::of_packer(file_name(asset));
        let source = project.tools().below(FOLDER).open(&path).ok()?;
        let content = source.read_whole(MAX_BYTES).ok()??;
        let stored: StoredOrigins = serde_json::from_slice(&content.bytes).ok()?;
        let origin = |StoredOrigin { file, from, import, written }| {
            let from = project.root().join(from);
            Origin { file, from, import, written }
        };
        (stored.schema_version == SCHEMA_VERSION).then(|| stored.files.into_iter().map(origin).collect())
    };
    read().unwrap_or_default()
}

/// Remembers where files of an asset came from, which were written just now. If that is not possible, a note gives the
/// reason. What is remembered of other files stays.
pub fn remember_origins(context: &Context, project: &Project, asset: AssetUuid, new: &[Origin]) -> Option<Finding> {
    if new.is_empty() {
        return None;
    }
    let mut all = read_origins(project, asset);
    for origin in new {
        let origin =
            Origin { from: std::path::absolute(&origin.from).unwrap_or(origin.from.clone()), ..origin.clone() };
        match all.iter_mut().find(|known| known.file == origin.file) {
            Some(known) => {
                known.written.retain(|sha| !origin.written.contains(sha));
                known.written.extend(&origin.written);
                known.written.drain(..known.written.len().saturating_sub(REMEMBERED));
                (known.from, known.import) = (origin.from, origin.import);
            }
            None => all.push(origin),
        }
    }
    all.sort_by(|a, b| a.file.as_str().cmp(b.file.as_str()));
    let stored = |origin: Origin| {
        let from = match files::path_below(&origin.from, project.root()) {
            Some(inside) => inside,
            // A path that is not Unicode cannot be stored.
            None => origin.from.to_str()?.to_owned(),
        };
        Some(StoredOrigin { file: origin.file, from, import: origin.import, written: origin.written })
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

fn file_name(asset: AssetUuid) -> String {
    format!("{asset}.json")
}
