//! `assets/.prometeu/identities.json`: which artifact became which ids in the last pack, so that the next pack can
//! report the ids that moved. It can be deleted: no byte of a pack depends on it, and a damaged one does not block a
//! pack (spec: workspace, "Identities").

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::built::BuiltAsset;
use super::examine::Examination;
use super::sealed::{self, seal, unseal};
use crate::asset_uuid::AssetUuid;
use crate::banks::{ArtifactUse, Identity};
use crate::context::{Context, FaultPoint};
use crate::declaration::{Family, Region, SpritePart};
use crate::diagnostics::{Code, Finding, format_bytes};
use crate::files::{self, DiskError, Folder, PathKind, Sha};
use crate::formats::TileSize;
use crate::limits::CACHE_BYTES;
use crate::paths::RelPath;
use crate::project::{IDENTITIES_FILE, METADATA_FILE, PACK_FILE, Project};

/// The name of the file in the tool folder.
pub(super) const IDENTITIES_NAME: &str = "identities.json";
/// What the content is called in the file.
pub const SEALED_AS: &str = "identities";
/// The only version that is written and read.
const SCHEMA_VERSION: u32 = 1;

/// The ids of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identities {
    assets: Vec<AssetIdentities>,
    /// The hash of the pack that it describes, in hex.
    pack_sha256: String,
    schema_version: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetIdentities {
    artifacts: Vec<ArtifactUse>,
    asset_uuid: AssetUuid,
}

/// A tile or sample whose id changed since the last pack, or which no longer has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MovedIdentity {
    /// Its asset, which is in both packs.
    pub asset_id: u32,
    /// The current name of the asset.
    pub name: String,
    /// Its file, relative to the root.
    pub file: RelPath,
    /// The region of the artifact, if it has one.
    pub region: Option<Region>,
    /// The part of the sprite that the artifact uses, if it is not all of it.
    pub sprite: Option<SpritePart>,
    /// The cell's column in the artifact's grid; `None` for a sample.
    pub column: Option<u32>,
    /// The cell's row in the artifact's grid; `None` for a sample.
    pub row: Option<u32>,
    /// Its tile id or sample index in the last pack.
    pub from: u32,
    /// Its tile id or sample index now; `None` if no artifact contains this cell or sound any longer.
    pub to: Option<u32>,
}

/// What is known about the ids of the last pack.
#[derive(Debug, Default)]
pub struct LastPack {
    identities: Option<Identities>,
    /// The hash of their file.
    sha256: Option<Sha>,
    /// Whether they are those of the pack in `build/`.
    is_published: bool,
    /// Why the file cannot be used, if there is one.
    problem: Option<Finding>,
}

impl LastPack {
    /// Reads the identities, and whether they are those of the published pack. An unusable file is not an error, but a
    /// note.
    pub fn read(project: &Project) -> Self {
        match read(project) {
            Ok(None) => Self::default(),
            Ok(Some((identities, sha256))) => {
                let is_published = published_sha256(project).is_some_and(|sha256| sha256 == identities.pack_sha256);
                Self { identities: Some(identities), sha256: Some(sha256), is_published, problem: None }
            }
            Err(reason) => {
                let help = "Nothing to do: the packer ignores the file, and every published pack writes a new one. Only \
                            the ids that moved since the last pack cannot be listed.";
                let finding = Finding::new(Code::CacheUnusable, reason, help).file(IDENTITIES_FILE);
                Self { problem: Some(finding), ..Self::default() }
            }
        }
    }

    /// Whether they are those of the pack in `build/`, according to the companion of that pack.
    pub fn is_published(&self) -> bool {
        self.is_published
    }

    /// Whether they are those of a pack with this hash.
    pub fn describes(&self, sha256: Sha) -> bool {
        self.identities.as_ref().is_some_and(|identities| identities.pack_sha256 == sha256.to_string())
    }

    /// Writes the file of the next pack's identities, unless it is the same. Returns a note if it could not be written,
    /// which does not affect the pack.
    pub fn replace_file(&self, context: &Context, project: &Project, bytes: &[u8], sha256: Sha) -> Option<Finding> {
        if self.sha256 == Some(sha256) {
            return None;
        }
        let written = sealed::replace_file(context, project, IDENTITIES_NAME, FaultPoint::IdentitiesWrite, bytes);
        written.err().map(|reason| {
            Finding::new(
                Code::CacheUnusable,
                format!("the ids of this pack could not be written: {reason}"),
                "The pack is published and complete. Only the ids that move in the next pack cannot be listed.",
            )
            .file(IDENTITIES_FILE)
        })
    }

    /// The note about an unusable file.
    pub fn note(&self) -> Option<&Finding> {
        self.problem.as_ref()
    }

    /// What the artifacts of each asset became in the pack in `build/`; `None` if that is unknown.
    pub(super) fn published_uses(&self) -> Option<HashMap<AssetUuid, &[ArtifactUse]>> {
        let last = self.identities.as_ref().filter(|_| self.is_published)?;
        Some(last.assets.iter().map(|asset| (asset.asset_uuid, &*asset.artifacts)).collect())
    }

    /// Returns what has another id in the pack of `examination`, by asset and previous id; `None` if that is unknown.
    pub fn moved_identities(&self, examination: &Examination) -> Option<Vec<MovedIdentity>> {
        let before = self.published_uses()?;
        let mut moved = Vec::new();
        for asset in &examination.built {
            let Some(before) = before.get(&asset.declaration.asset_uuid) else { continue };
            moved.extend(moved_identities(before, asset));
        }
        Some(moved)
    }
}

/// Returns what has another id in `asset` than in `before`, by previous id.
pub fn moved_identities(before: &[ArtifactUse], asset: &BuiltAsset) -> Vec<MovedIdentity> {
    let is_sound = asset.declaration.family() == Family::SoundBank;
    let moves = find_moves(before, &asset.uses).into_iter().map(|(identity, to)| MovedIdentity {
        asset_id: asset.asset_id(),
        name: asset.declaration.name.clone(),
        file: identity.file.clone(),
        region: identity.region,
        sprite: identity.part.cloned(),
        column: (!is_sound).then_some(identity.column),
        row: (!is_sound).then_some(identity.row),
        from: identity.id,
        to,
    });
    moves.collect()
}

/// Returns the identities of `before` whose id changed, by previous id, each with its current id.
///
/// Several artifacts can use the same file, so one cell can have several ids. Unchanged ids are matched first, then the
/// others in ascending order.
pub(super) fn find_moves<'b>(before: &'b [ArtifactUse], now: &[ArtifactUse]) -> Vec<(Identity<'b>, Option<u32>)> {
    if before == now {
        return Vec::new();
    }
    let key = |identity: &Identity<'_>| {
        (identity.file.clone(), identity.region, identity.part.cloned(), identity.column, identity.row)
    };
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

impl Identities {
    /// The identities of the pack of `examination`.
    pub fn of(examination: &Examination, pack_sha256: Sha) -> Self {
        let of_asset =
            |asset: &BuiltAsset| AssetIdentities { artifacts: asset.uses.clone(), asset_uuid: asset.asset_uuid() };
        let assets = examination.built.iter().map(of_asset);
        Self { assets: assets.collect(), pack_sha256: pack_sha256.to_string(), schema_version: SCHEMA_VERSION }
    }

    /// The content of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // It cannot fail: every key is text.
        seal(SEALED_AS, serde_json::to_vec(self).unwrap_or_default())
    }

    /// Whether its numbers are possible for banks, so that a crafted file cannot expand to millions of identities.
    fn is_plausible(&self) -> bool {
        self.assets.iter().all(|asset| {
            let max_ids = asset.artifacts.len().max(TileSize::Eight.capacity() as usize) as u64;
            let total: u64 = asset.artifacts.iter().map(|artifact| u64::from(artifact.count)).sum();
            let is_possible = |artifact: &ArtifactUse| {
                artifact.columns > 0
                    && artifact.sprite.as_ref().is_none_or(|sprite| sprite.rows > 0)
                    && artifact.index.checked_add(artifact.count).is_some()
                    && artifact.skipped.is_sorted_by(|a, b| a < b)
            };
            total <= max_ids && asset.artifacts.iter().all(is_possible)
        })
    }
}

/// Reads the file, and its hash; `None` if there is none.
///
/// # Errors
/// Why it cannot be used.
fn read(project: &Project) -> Result<Option<(Identities, Sha)>, String> {
    let Some(bytes) = read_regular(&project.tools(), IDENTITIES_NAME, CACHE_BYTES)? else { return Ok(None) };
    #[derive(Deserialize)]
    struct Versioned {
        identities: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        schema_version: u64,
    }
    let damaged = || "the file is damaged".to_owned();
    let version = serde_json::from_slice::<Versioned>(&bytes).map_err(|_| damaged())?.identities.schema_version;
    if version != u64::from(SCHEMA_VERSION) {
        return Err(format!(
            "the file's schema version {version} is not known; this packer reads version {SCHEMA_VERSION}"
        ));
    }
    let content = unseal(SEALED_AS, &bytes).ok_or_else(damaged)?;
    let identities: Identities = serde_json::from_slice(content).map_err(|_| damaged())?;
    if !identities.is_plausible() {
        return Err(damaged());
    }
    Ok(Some((identities, Sha::of(&bytes))))
}

/// The hash of the pack in `build/`, according to its companion. The pack itself is not read.
fn published_sha256(project: &Project) -> Option<String> {
    #[derive(Deserialize)]
    struct Metadata {
        pack: PackHash,
    }
    #[derive(Deserialize)]
    struct PackHash {
        sha256: String,
    }
    let build = Folder::at(project.build_folder());
    if !matches!(files::path_kind(&build.path().join(PACK_FILE)), Ok(PathKind::RegularFile)) {
        return None;
    }
    let bytes = read_regular(&build, METADATA_FILE, CACHE_BYTES).ok()??;
    Some(serde_json::from_slice::<Metadata>(&bytes).ok()?.pack.sha256)
}

/// Reads a regular file that is not a link; `None` if there is none.
pub(super) fn read_regular(folder: &Folder, name: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    match files::path_kind(&folder.path().join(name)).map_err(|error| unreadable_message(&error))? {
        PathKind::Absent => return Ok(None),
        PathKind::Other(what) => return Err(format!("{what} is in the way of the file")),
        PathKind::RegularFile => {}
    }
    let name = RelPath::of_packer(name.to_owned());
    let source = folder.open(&name).map_err(|error| error.into_finding().message)?;
    let size_bytes = source.size_bytes();
    match source.read_whole(limit).map_err(|error| unreadable_message(&error))? {
        Some(content) => Ok(Some(content.bytes)),
        None => Err(format!("the file has {}; the limit is {}", format_bytes(size_bytes), format_bytes(limit))),
    }
}

fn unreadable_message(error: &DiskError) -> String {
    format!("the file could not be read: {}", files::system_message(&error.source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(file: &str, index: u32, count: u32) -> ArtifactUse {
        let file = RelPath::parse(file).unwrap_or_else(|problem| panic!("{}", problem.message));
        ArtifactUse { file, region: None, sprite: None, index, count, columns: 2, skipped: Vec::new() }
    }

    fn moves_of(before: &[ArtifactUse], now: &[ArtifactUse]) -> Vec<(u32, Option<u32>)> {
        find_moves(before, now).into_iter().map(|(identity, to)| (identity.id, to)).collect()
    }

    #[test]
    fn unchanged_ids_do_not_move() {
        let before = [used("a.png", 0, 4)];
        assert_eq!(moves_of(&before, &before), []);
        assert_eq!(moves_of(&before, &[used("a.png", 0, 4), used("b.png", 4, 4)]), []);
    }

    #[test]
    fn image_inserted_before_another_moves_it() {
        let now = [used("b.png", 0, 2), used("a.png", 2, 2)];
        assert_eq!(moves_of(&[used("a.png", 0, 2)], &now), [(0, Some(2)), (1, Some(3))]);
    }

    #[test]
    fn removed_cell_has_no_new_id() {
        assert_eq!(moves_of(&[used("a.png", 0, 2)], &[used("a.png", 0, 1)]), [(1, None)]);
    }

    #[test]
    fn repeated_cells_match_unchanged_ids_first() {
        let before = [used("a.png", 0, 1), used("a.png", 1, 1), used("a.png", 2, 1)];
        assert_eq!(moves_of(&before, &[used("a.png", 1, 1), used("a.png", 5, 1)]), [(0, Some(5)), (2, None)]);
        assert_eq!(moves_of(&before[..2], &[used("a.png", 3, 1), used("a.png", 4, 1)]), [(0, Some(3)), (1, Some(4))]);
    }

    #[test]
    fn regions_of_one_image_move_separately() {
        let part = |x, index| ArtifactUse { region: Some(Region { x, y: 0, w: 16, h: 8 }), ..used("a.png", index, 2) };
        let now = [part(16, 0), part(0, 2)];
        assert_eq!(
            moves_of(&[part(0, 0), part(16, 2)], &now),
            [(0, Some(2)), (1, Some(3)), (2, Some(0)), (3, Some(1))]
        );
    }

    #[test]
    fn skipped_cell_moves_later_ids() {
        let now = ArtifactUse { skipped: vec![1], ..used("a.png", 0, 3) };
        assert_eq!(moves_of(&[used("a.png", 0, 4)], &[now]), [(1, None), (2, Some(1)), (3, Some(2))]);
    }
}
