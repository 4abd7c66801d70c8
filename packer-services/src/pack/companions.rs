//! The companions: the asset table, the preload and the metadata as JSON, for tools. The console does not need them
//! (spec: runtime artifact, "Companions").

use serde_json::{Value, json};

use super::built::BuiltAsset;
use super::container::Header;
use super::plan::companion_palettes;
use crate::banks::SourceRecord;
use crate::canonical_json::{self, Member, NotCanonical};
use crate::files::Sha;

/// Returns the bytes of the companions, in the order of [`crate::project::OUTPUTS`].
///
/// # Errors
/// If a number is too large for canonical JSON.
pub fn write(header: &Header, built: &[BuiltAsset], pack: (Sha, u64)) -> Result<[Vec<u8>; 3], NotCanonical> {
    let assets = built.iter().map(|asset| {
        let in_root = asset.sources.iter().map(|source| (source.path.to_string(), source));
        let shared = asset.shared_sources.iter().map(|source| (format!("/{}", source.path), source));
        let mut sources: Vec<(String, &SourceRecord)> = in_root.chain(shared).collect();
        sources.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
        let sources: Vec<Value> = sources
            .iter()
            .map(|(path, source)| {
                json!({
                    "path": path,
                    "sha256": source.file.sha256.to_string(),
                    "size": source.file.size_bytes,
                })
            })
            .collect();
        json!({
            "asset_id": asset.asset_id(),
            "asset_uuid": asset.declaration.asset_uuid.to_string(),
            "palettes": companion_palettes(&asset.declaration),
            "payload_sha256": asset.payload_sha256.to_string(),
            "root": asset.registered.entry.root.as_str(),
            "sources": sources,
        })
    });
    let (sha256, size_bytes) = pack;
    Ok([
        canonical_json::array_to_vec(header.table_values())?,
        canonical_json::array_to_vec(header.preload_values())?,
        canonical_json::object_to_vec([
            ("assets", Member::Array(Box::new(assets))),
            ("pack", Member::Value(json!({ "sha256": sha256.to_string(), "size": size_bytes }))),
            ("schema_version", Member::Value(json!(1))),
        ])?,
    ])
}
