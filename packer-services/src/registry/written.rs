//! A registry in the layout in which [`Registry::to_bytes`] writes it, which almost every one has.

use super::{Registry, RegistryEntry};
use crate::asset_uuid::AssetUuid;
use crate::known_form::KnownForm;
use crate::limits::{JSON_VALUES, MAX_ASSET_ID};
use crate::paths::RelPath;

/// The most entries that the limit of values allows: each has five, and there are three besides.
const MAX_ENTRIES: u64 = (JSON_VALUES - 3) / 5;

/// Reads a registry of just this layout whose values are valid; the rules between entries are not checked. Returns
/// `None` for all other bytes: either they have another layout, or something is wrong with them.
pub(super) fn read_written(bytes: &[u8]) -> Option<Registry> {
    let mut text = KnownForm::new(std::str::from_utf8(bytes).ok()?);
    text.skip("{\n  \"schema_version\": 1,\n  \"next_asset_id\": ")?;
    let next_asset_id = read_id(&mut text, MAX_ASSET_ID + 1)?;
    text.skip(",\n  \"assets\": [")?;
    // An entry has about 130 bytes.
    let mut entries = Vec::with_capacity(bytes.len() / 128);
    if !text.skip_if_next("]") {
        loop {
            entries.push(read_entry(&mut text)?);
            if !text.skip_if_next(",") {
                break;
            }
        }
        text.skip("\n  ]")?;
    }
    text.skip("\n}\n")?;
    let is_whole = text.is_at_end() && entries.len() as u64 <= MAX_ENTRIES;
    is_whole.then_some(Registry { schema_version: 1, next_asset_id, entries })
}

fn read_entry(text: &mut KnownForm<'_>) -> Option<RegistryEntry> {
    text.skip("\n    {\"asset_id\": ")?;
    let asset_id = read_id(text, MAX_ASSET_ID)?;
    text.skip(", \"asset_uuid\": \"")?;
    let asset_uuid = AssetUuid::parse(text.read_to_quote()?)?;
    text.skip(", \"root\": \"")?;
    // A legal path has no character that JSON escapes.
    let root = RelPath::parse(text.read_to_quote()?).ok()?;
    text.skip(", \"included_in_build\": ")?;
    let included_in_build = text.skip_if_next("true");
    if !included_in_build {
        text.skip("false")?;
    }
    text.skip("}")?;
    Some(RegistryEntry { asset_id, asset_uuid, root, included_in_build })
}

fn read_id(text: &mut KnownForm<'_>, highest: u32) -> Option<u32> {
    let id = u32::try_from(text.read_integer()?).ok()?;
    (1..=highest).contains(&id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::JsonShape;
    use crate::registry::read_any_layout;

    fn registry(roots: &[&str]) -> Registry {
        let mut registry = Registry::empty();
        for (bits, root) in (1..).zip(roots) {
            let root = RelPath::parse(root).unwrap();
            registry.register(AssetUuid::from_random_bits(bits), root, bits % 2 == 0).unwrap();
        }
        registry
    }

    #[test]
    fn written_registry_has_known_layout() {
        for roots in [&[][..], &["a"], &["ui/b", "é/漢字 😀", "c"]] {
            let registry = registry(roots);
            assert_eq!(read_written(&registry.to_bytes()), Some(registry));
        }
    }

    #[test]
    fn other_bytes_are_equal_or_refused() {
        let bytes = registry(&["ui/b", "é"]).to_bytes();
        for (at, byte) in (0..bytes.len()).flat_map(|at| b"019afAZ,:/{}[]\"\\ \n\t\xC3\x00".map(|byte| (at, byte))) {
            for kept in [at, at + 1] {
                let changed = [&bytes[..at], &[byte], &bytes[kept..]].concat();
                if let Some(registry) = read_written(&changed) {
                    assert_eq!(read_any_layout(&changed), (Some(registry), Vec::new()), "{at} {byte}");
                }
            }
            assert!(read_written(&bytes[..at]).is_none() && read_written(&bytes[at + 1..]).is_none());
        }
    }

    #[test]
    fn entries_have_five_values() {
        for roots in [&["a"][..], &["a", "b"], &["a", "b", "c"]] {
            let text = String::from_utf8(registry(roots).to_bytes()).unwrap();
            assert_eq!(JsonShape::of(&text).values, 5 * roots.len() as u64 + 3);
        }
    }
}
