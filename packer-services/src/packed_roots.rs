//! The roots that the last pack contains, and those of them that have left the registry although they still exist.
//!
//! A merge can drop an entry of the registry without a conflict that anyone sees. The companion of the last pack still
//! names the asset. Where nothing was packed yet, nothing is known (spec: workspace, "Lost registrations").

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;

use crate::anchor::AnchorFile;
use crate::asset_uuid::AssetUuid;
use crate::declaration::ANCHOR;
use crate::diagnostics::{AssetRef, Code, Finding};
use crate::files::{self, Folder, Stamp};
use crate::limits::CACHE_BYTES;
use crate::paths::RelPath;
use crate::project::{METADATA_FILE, Project};
use crate::registry::{REGISTRY_FILE, Registry, register_command};

/// The assets of the last pack, according to its companion.
#[derive(Debug, Default)]
pub struct PackedRoots {
    roots: Vec<PackedRoot>,
    /// The state of the companion; `None` if an equal one would not prove that it is unchanged.
    read: Option<Stamp>,
}

#[derive(Debug, Deserialize)]
struct PackedRoot {
    asset_id: u32,
    asset_uuid: AssetUuid,
    root: RelPath,
}

impl PackedRoots {
    /// The assets of the last pack; none if the companion is missing or cannot be used. `last` is returned if it is up
    /// to date.
    pub fn read_after(project: &Project, last: &Arc<Self>) -> Arc<Self> {
        let stamp = files::stamp_of(&project.build_folder().join(METADATA_FILE));
        match stamp {
            None => Arc::default(),
            stamp if stamp == last.read => last.clone(),
            stamp => Arc::new(Self {
                roots: read_companion(project).unwrap_or_default(),
                read: stamp.filter(Stamp::is_proof),
            }),
        }
    }

    /// A finding for each root that `registry` lost: it was packed, it is not registered under any path, and it still
    /// has its anchor. An asset that was removed together with its folder is not lost, nor is one that was forgotten.
    pub fn find_lost(
        &self,
        assets: &Folder,
        registry: &Registry,
        is_forgotten: impl Fn(AssetUuid) -> bool,
    ) -> Vec<Finding> {
        if self.roots.is_empty() {
            return Vec::new();
        }
        let uuids: HashSet<AssetUuid> = registry.entries.iter().map(|entry| entry.asset_uuid).collect();
        let roots: HashSet<&RelPath> = registry.entries.iter().map(|entry| &entry.root).collect();
        let gone =
            self.roots.iter().filter(|packed| !uuids.contains(&packed.asset_uuid) && !roots.contains(&packed.root));
        let lost = gone.filter(|packed| packed.still_exists(assets));
        lost.filter(|packed| !is_forgotten(packed.asset_uuid)).map(PackedRoot::lost_finding).collect()
    }
}

fn read_companion(project: &Project) -> Option<Vec<PackedRoot>> {
    #[derive(Deserialize)]
    struct Companion {
        assets: Vec<PackedRoot>,
    }
    let content = project.open_output(METADATA_FILE).ok()??.read_whole(CACHE_BYTES).ok()??;
    serde_json::from_slice::<Companion>(&content.bytes).ok().map(|companion| companion.assets)
}

impl PackedRoot {
    /// Whether the root has its anchor, as far as that can be read: an anchor with another uuid is another asset.
    fn still_exists(&self, assets: &Folder) -> bool {
        let Ok(folder) = assets.open_folder(&self.root) else { return false };
        let Ok(anchor) = AnchorFile::read(&folder) else { return false };
        anchor.declaration().asset_uuid.is_none_or(|uuid| uuid == self.asset_uuid)
    }

    fn lost_finding(&self) -> Finding {
        let Self { asset_id, root, .. } = self;
        let finding = Finding::new(
            Code::RegistrationLost,
            format!(
                "asset {asset_id} of the last pack is no longer in `{REGISTRY_FILE}`, but its folder is still here"
            ),
            format!(
                "If a merge removed the entry, run {}: it assigns a new id. To keep the folder out of the build, add \
                 `--exclude`. To remove the asset, delete the folder or move it out of `assets/`.",
                register_command(root.as_str())
            ),
        );
        finding.file(ANCHOR).in_asset(&AssetRef { asset_id: None, root: root.as_str().to_owned() })
    }
}
