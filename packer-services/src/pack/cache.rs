//! `assets/.prometeu/cache.json`: which artifact became which ids in the last pack, so that the next one can tell what
//! moved. Disposable: no byte of a pack depends on it, and nothing that is wrong with it hinders one (spec: workspace,
//! "Cache").

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::built::BuiltAsset;
use super::examine::Examination;
use crate::asset_uuid::AssetUuid;
use crate::banks::{ArtifactUse, Identity};
use crate::canonical_json;
use crate::context::{Context, FaultPoint};
use crate::declaration::{Family, Region};
use crate::diagnostics::{Code, Finding, format_bytes};
use crate::files::{self, DiskError, Folder, PathKind, Sha};
use crate::formats::TileSize;
use crate::limits::CACHE_BYTES;
use crate::paths::RelPath;
use crate::project::{CACHE_FILE, METADATA_FILE, PACK_FILE, Project};

/// The version that is written, and the only one that is read.
const SCHEMA_VERSION: u32 = 1;

/// What the cache holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    assets: Vec<CachedAsset>,
    /// Of the pack that it tells of, in hex.
    pack_sha256: String,
    schema_version: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CachedAsset {
    artifacts: Vec<ArtifactUse>,
    asset_uuid: AssetUuid,
}

/// The cache and the hash of its canonical bytes, by which damage shows.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed<C> {
    cache: C,
    sha256: String,
}

/// An identity that has another id than in the last pack, or none any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The asset, which both packs have.
    pub asset_id: u32,
    /// Its name now.
    pub name: String,
    /// Relative to its root.
    pub file: RelPath,
    /// The region of the artifact, if it has one.
    pub region: Option<Region>,
    /// The cell's column in the artifact's grid; `None` of a sample.
    pub column: Option<u32>,
    /// The cell's row in the artifact's grid; `None` of a sample.
    pub row: Option<u32>,
    /// Its tile id or sample index in the last pack.
    pub from: u32,
    /// Its tile id or sample index now; `None` if no artifact has this cell or sound any more.
    pub to: Option<u32>,
}

/// What is known of the last pack.
#[derive(Debug, Default)]
pub struct LastPack {
    cache: Option<Cache>,
    /// Whether the cache is of the pack that stands in `build/`.
    is_published: bool,
    /// Why there is no cache, though something stands in its place.
    problem: Option<Finding>,
}

impl LastPack {
    /// Reads the cache, and whether it is of the pack that is published. Nothing that stands there is an error.
    pub fn read(project: &Project) -> Self {
        match read(project) {
            Ok(None) => Self::default(),
            Ok(Some(cache)) => {
                let is_published = published_sha256(project).is_some_and(|sha256| sha256 == cache.pack_sha256);
                Self { cache: Some(cache), is_published, problem: None }
            }
            Err(why) => {
                let help = "It is ignored, and each pack that is published writes it anew. Only what moved since the last \
                            pack cannot be told.";
                let finding = Finding::new(Code::CacheUnusable, why, help).file(CACHE_FILE);
                Self { cache: None, is_published: false, problem: Some(finding) }
            }
        }
    }

    /// Whether the cache is of the pack that stands in `build/`, as its companion tells.
    pub fn is_published(&self) -> bool {
        self.is_published
    }

    /// The note, if what stands there is no cache.
    pub fn note(&self) -> Option<&Finding> {
        self.problem.as_ref()
    }

    /// What has another id in the pack that `examination` made, by asset and former id; `None` if it is not known.
    pub fn moved(&self, examination: &Examination) -> Option<Vec<Moved>> {
        let last = self.cache.as_ref().filter(|_| self.is_published)?;
        let before: HashMap<AssetUuid, &[ArtifactUse]> =
            last.assets.iter().map(|asset| (asset.asset_uuid, &*asset.artifacts)).collect();
        let mut moved = Vec::new();
        for asset in &examination.built {
            let Some(before) = before.get(&asset.declaration.asset_uuid) else { continue };
            let is_sound = asset.declaration.family() == Family::SoundBank;
            moved.extend(moves(before, &asset.uses).into_iter().map(|(was, to)| Moved {
                asset_id: asset.asset_id(),
                name: asset.declaration.name.clone(),
                file: was.file.clone(),
                region: was.region,
                column: (!is_sound).then_some(was.column),
                row: (!is_sound).then_some(was.row),
                from: was.id,
                to,
            }));
        }
        Some(moved)
    }
}

/// The identities of `before` that have no longer the same id, by former id, with the id that they have now.
///
/// Several artifacts may have one file, so one cell may have several ids. Those that stayed are matched first, then the
/// others in the order of their ids.
fn moves<'b>(before: &'b [ArtifactUse], now: &[ArtifactUse]) -> Vec<(Identity<'b>, Option<u32>)> {
    if before == now {
        return Vec::new();
    }
    let key = |identity: &Identity<'_>| (identity.file.clone(), identity.region, identity.column, identity.row);
    let ids = |uses: &[ArtifactUse]| -> HashSet<_> {
        uses.iter().flat_map(ArtifactUse::identities).map(|identity| (key(&identity), identity.id)).collect()
    };
    let (ids_before, ids_now) = (ids(before), ids(now));
    let mut new: HashMap<_, BinaryHeap<Reverse<u32>>> = HashMap::new();
    for (cell, id) in ids_now.difference(&ids_before) {
        new.entry(cell).or_default().push(Reverse(*id));
    }
    let left = before.iter().flat_map(ArtifactUse::identities);
    let mut left: Vec<_> = left.filter(|identity| !ids_now.contains(&(key(identity), identity.id))).collect();
    left.sort_by_key(|identity| identity.id);
    let matched = left.into_iter().map(|identity| {
        let to = new.get_mut(&key(&identity)).and_then(BinaryHeap::pop);
        (identity, to.map(|Reverse(id)| id))
    });
    matched.collect()
}

impl Cache {
    /// What is to be remembered of the pack that `examination` made.
    pub fn of(examination: &Examination, pack_sha256: Sha) -> Self {
        let cached = |asset: &BuiltAsset| CachedAsset { artifacts: asset.uses.clone(), asset_uuid: asset.asset_uuid() };
        let assets = examination.built.iter().map(cached);
        Self { assets: assets.collect(), pack_sha256: pack_sha256.to_string(), schema_version: SCHEMA_VERSION }
    }

    /// Puts it in the place of `last`, unless it is the same. What hinders it is told, and changes nothing of the pack.
    pub fn keep(&self, context: &Context, project: &Project, last: &LastPack) -> Option<Finding> {
        if last.cache.as_ref() == Some(self) {
            return None;
        }
        let path = project.cache_path();
        let written = context.inject_fault(FaultPoint::CacheWrite).map_err(DiskError::writing(&path)).and_then(|()| {
            files::replace_file(&path, &self.to_bytes(), &project.tool_folder(), &context.new_uuid().to_string())
        });
        written.err().map(|error| {
            Finding::new(
                Code::CacheUnusable,
                format!("the cache could not be written: {}", files::system_message(&error.source)),
                "The pack is published and whole. Only what moved in the next one cannot be told.",
            )
            .file(CACHE_FILE)
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        canonical(&Sealed { cache: self, sha256: Sha::of(&canonical(self)).to_string() })
    }

    /// Whether its numbers are those of banks: what is made of them is then bounded by the file.
    fn is_plausible(&self) -> bool {
        self.assets.iter().all(|asset| {
            let most = asset.artifacts.len().max(TileSize::Eight.capacity() as usize) as u64;
            let total: u64 = asset.artifacts.iter().map(|artifact| u64::from(artifact.count)).sum();
            let sound = |artifact: &ArtifactUse| {
                artifact.columns > 0
                    && artifact.index.checked_add(artifact.count).is_some()
                    && artifact.skipped.is_sorted_by(|a, b| a < b)
            };
            total <= most && asset.artifacts.iter().all(sound)
        })
    }
}

/// Its numbers are all of 32 bits, which canonical JSON carries.
fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_value(value).ok().and_then(|value| canonical_json::to_vec(&value).ok()).unwrap_or_default()
}

/// The cache; `None` if nothing stands there.
///
/// # Errors
/// Why what stands there is not to be used.
fn read(project: &Project) -> Result<Option<Cache>, String> {
    let Some(bytes) = read_regular(&project.tool_folder(), "cache.json", CACHE_BYTES)? else { return Ok(None) };
    #[derive(Deserialize)]
    struct Versioned {
        cache: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        schema_version: u64,
    }
    let damaged = || "the cache is damaged".to_owned();
    let version = serde_json::from_slice::<Versioned>(&bytes).map_err(|_| damaged())?.cache.schema_version;
    if version != u64::from(SCHEMA_VERSION) {
        return Err(format!(
            "the cache's schema version {version} is not known; this packer keeps version {SCHEMA_VERSION}"
        ));
    }
    let Sealed { cache, .. }: Sealed<Cache> = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    // What it would be written as is what it must be, its hash included.
    if cache.to_bytes() != bytes || !cache.is_plausible() {
        return Err(damaged());
    }
    Ok(Some(cache))
}

/// The hash of the pack in `build/`, as its companion tells it; the pack itself is not read.
fn published_sha256(project: &Project) -> Option<String> {
    #[derive(Deserialize)]
    struct Metadata {
        pack: Pack,
    }
    #[derive(Deserialize)]
    struct Pack {
        sha256: String,
    }
    let build = project.build_folder();
    if !matches!(files::path_kind(&build.join(PACK_FILE)), Ok(PathKind::RegularFile)) {
        return None;
    }
    let bytes = read_regular(&build, METADATA_FILE, CACHE_BYTES).ok()??;
    Some(serde_json::from_slice::<Metadata>(&bytes).ok()?.pack.sha256)
}

/// The whole of a regular file that is no link; `None` if nothing stands there.
pub(super) fn read_regular(folder: &Path, name: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    match files::path_kind(&folder.join(name)).map_err(|error| unreadable(&error))? {
        PathKind::Absent => return Ok(None),
        PathKind::Other(what) => return Err(format!("{what} stands where the cache goes")),
        PathKind::RegularFile => {}
    }
    let name = RelPath::parse(name).map_err(|problem| problem.message)?;
    let source = Folder::at(folder).open(&name).map_err(|error| error.into_finding().message)?;
    let size_bytes = source.size_bytes();
    match source.read_whole(limit).map_err(|error| unreadable(&error))? {
        Some(content) => Ok(Some(content.bytes)),
        None => Err(format!("the cache has {}; the limit is {}", format_bytes(size_bytes), format_bytes(limit))),
    }
}

fn unreadable(error: &DiskError) -> String {
    format!("the cache could not be read: {}", files::system_message(&error.source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(file: &str, index: u32, count: u32) -> ArtifactUse {
        let file = RelPath::parse(file).unwrap_or_else(|problem| panic!("{}", problem.message));
        ArtifactUse { file, region: None, index, count, columns: 2, skipped: Vec::new() }
    }

    fn told(before: &[ArtifactUse], now: &[ArtifactUse]) -> Vec<(u32, Option<u32>)> {
        moves(before, now).into_iter().map(|(was, to)| (was.id, to)).collect()
    }

    #[test]
    fn what_stayed_did_not_move() {
        let before = [used("a.png", 0, 4)];
        assert_eq!(told(&before, &before), []);
        assert_eq!(told(&before, &[used("a.png", 0, 4), used("b.png", 4, 4)]), []);
    }

    #[test]
    fn a_sheet_before_another_moves_it() {
        let now = [used("b.png", 0, 2), used("a.png", 2, 2)];
        assert_eq!(told(&[used("a.png", 0, 2)], &now), [(0, Some(2)), (1, Some(3))]);
    }

    #[test]
    fn what_no_artifact_has_any_more_is_gone() {
        assert_eq!(told(&[used("a.png", 0, 2)], &[used("a.png", 0, 1)]), [(1, None)]);
    }

    #[test]
    fn a_cell_of_several_artifacts_is_matched_by_who_stayed_and_then_in_order() {
        let before = [used("a.png", 0, 1), used("a.png", 1, 1), used("a.png", 2, 1)];
        assert_eq!(told(&before, &[used("a.png", 1, 1), used("a.png", 5, 1)]), [(0, Some(5)), (2, None)]);
        assert_eq!(told(&before[..2], &[used("a.png", 3, 1), used("a.png", 4, 1)]), [(0, Some(3)), (1, Some(4))]);
    }

    #[test]
    fn regions_of_one_image_are_sheets_of_their_own() {
        let part = |x, index| ArtifactUse { region: Some(Region { x, y: 0, w: 16, h: 8 }), ..used("a.png", index, 2) };
        let now = [part(16, 0), part(0, 2)];
        assert_eq!(told(&[part(0, 0), part(16, 2)], &now), [(0, Some(2)), (1, Some(3)), (2, Some(0)), (3, Some(1))]);
    }

    #[test]
    fn a_cell_that_is_skipped_now_moves_those_after_it() {
        let now = ArtifactUse { skipped: vec![1], ..used("a.png", 0, 3) };
        assert_eq!(told(&[used("a.png", 0, 4)], &[now]), [(1, None), (2, Some(1)), (3, Some(2))]);
    }
}
