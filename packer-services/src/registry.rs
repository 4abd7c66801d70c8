//! `assets/.prometeu/index.json`: which roots are registered, under which ids, and which of them are built.
//!
//! Reads, judges and writes the registry itself; whether its roots exist is the snapshot's business
//! (spec: workspace, "Registry").

use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;

use crate::asset_uuid::AssetUuid;
use crate::declaration::{read_uuid, relative_path};
use crate::diagnostics::{Code, Finding, Fix, blocks, serde_json_text::JsonText};
use crate::json;
use crate::limits::MAX_ASSET_ID;
use crate::paths::{RelPath, collisions};

/// The file, relative to the project.
pub const REGISTRY_FILE: &str = "assets/.prometeu/index.json";

/// The registry, as it was read or is to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registry {
    schema_version: u32,
    /// The id that the next registered asset gets; above every id ever given out.
    pub next_asset_id: u32,
    /// By increasing id.
    #[serde(rename = "assets")]
    pub entries: Vec<Entry>,
}

/// One registered asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// 1…2147483647, never reused.
    pub asset_id: u32,
    /// Agrees with the declaration.
    pub asset_uuid: AssetUuid,
    /// Relative to `assets/`.
    pub root: RelPath,
    /// Part of the build set.
    pub included_in_build: bool,
}

impl Registry {
    /// No asset, and id 1 next.
    pub fn empty() -> Self {
        Self { schema_version: 1, next_asset_id: 1, entries: Vec::new() }
    }

    /// Reads the registry. It is `None` if it cannot be understood; findings may come with either.
    pub fn read(bytes: &[u8]) -> (Option<Self>, Vec<Finding>) {
        let (registry, mut findings) = json::read(REGISTRY_FILE, bytes, read_registry);
        let registry = registry.filter(|_| !blocks(&findings));
        if let Some(registry) = &registry {
            registry.judge(&mut findings);
        }
        (registry, findings)
    }

    /// The bytes that a tool writes: two-space JSON, LF, a final newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        crate::declaration::pretty_json(self)
    }

    /// Adds an asset under the next id.
    ///
    /// # Errors
    /// If every id has been given out.
    pub fn register(&mut self, asset_uuid: AssetUuid, root: RelPath, included: bool) -> Result<u32, Box<Finding>> {
        let asset_id = self.next_asset_id;
        if asset_id > MAX_ASSET_ID {
            return Err(Box::new(
                Finding::new(
                    Code::IdsExhausted,
                    format!("every id up to {MAX_ASSET_ID} has been given out"),
                    "Ids are never reused: start a new project.",
                )
                .file(REGISTRY_FILE),
            ));
        }
        self.entries.push(Entry { asset_id, asset_uuid, root, included_in_build: included });
        self.next_asset_id = asset_id + 1;
        Ok(asset_id)
    }

    /// Rules between entries. Each entry's own values were judged when they were read.
    pub fn judge(&self, findings: &mut Vec<Finding>) {
        let mut report = |finding: Finding| findings.push(finding.file(REGISTRY_FILE));
        let sorted = self.entries.is_sorted_by_key(|entry| entry.asset_id);
        if !sorted {
            report(
                Finding::new(
                    Code::EntryOrder,
                    "the entries are not sorted by `asset_id`",
                    "Sort them by id; the ids themselves must stay as they are.",
                )
                .fix(Fix::SortEntries),
            );
        }
        let highest = self.entries.iter().map(|entry| entry.asset_id).max().unwrap_or(0);
        if self.next_asset_id <= highest {
            let needed = highest + 1;
            report(
                Finding::new(
                    Code::NextIdTooLow,
                    format!("`next_asset_id` is {}, but the id {highest} has been given out", self.next_asset_id),
                    format!("Set `next_asset_id` to {needed}, or higher if later assets were ever removed."),
                )
                .fix(Fix::SetJson {
                    file: REGISTRY_FILE.into(),
                    path: "$.next_asset_id".into(),
                    value: JsonText(needed.to_string()),
                }),
            );
        }
        for (first, later) in repeated(&self.entries, |entry| entry.asset_id) {
            report(Finding::new(
                Code::IdTwice,
                format!("the id {} is given to `{}` and to `{}`", first.asset_id, first.root, later.root),
                {
                    let free = self.next_asset_id.max(highest + 1);
                    format!(
                        "Keep the id for the asset that had it first; give the other the id {free}, and set \
                         `next_asset_id` to {}.",
                        free + 1
                    )
                },
            ));
        }
        for (first, later) in repeated(&self.entries, |entry| entry.asset_uuid) {
            report(Finding::new(
                Code::UuidTwice,
                format!(
                    "the uuid {} stands in entries {} (`{}`) and {} (`{}`)",
                    first.asset_uuid, first.asset_id, first.root, later.asset_id, later.root
                ),
                "Was one root copied from the other? Give the copy a new uuid, here and in its `asset.json`; any uuid generator \
                 makes one (Linux and macOS: `uuidgen | tr A-Z a-z`).",
            ));
        }
        for (first, later) in repeated(&self.entries, |entry| entry.root.clone()) {
            report(Finding::new(
                Code::RootTwice,
                format!("the root `{}` stands in entries {} and {}", first.root, first.asset_id, later.asset_id),
                "Remove the entry that is not meant; a removed id is not used again.",
            ));
        }
        for (first, later) in collisions(self.entries.iter().map(|entry| &entry.root)) {
            let (first, later) = (&self.entries[first].root, &self.entries[later].root);
            report(Finding::new(
                Code::PathCollision,
                format!("the roots `{first}` and `{later}` are one on a system that ignores case"),
                "Rename one of the folders, and its root here.",
            ));
        }
        let roots: HashMap<&str, &Entry> = self.entries.iter().map(|entry| (entry.root.as_str(), entry)).collect();
        for inner in &self.entries {
            let mut folder = inner.root.as_str();
            while let Some((parent, _)) = folder.rsplit_once('/') {
                if let Some(outer) = roots.get(parent) {
                    report(Finding::new(
                        Code::RootNested,
                        format!(
                            "the root `{}` (asset {}) lies inside the root `{}` (asset {})",
                            inner.root, inner.asset_id, outer.root, outer.asset_id
                        ),
                        "Move one of the two folders out, and change its root here: assets do not contain assets.",
                    ));
                }
                folder = parent;
            }
        }
    }
}

/// Pairs of entries with one key: (first, later).
fn repeated<K: Eq + Hash>(entries: &[Entry], key: impl Fn(&Entry) -> K) -> Vec<(&Entry, &Entry)> {
    let mut seen: HashMap<K, &Entry> = HashMap::with_capacity(entries.len());
    let mut found = Vec::new();
    for entry in entries {
        match seen.get(&key(entry)) {
            Some(first) => found.push((*first, entry)),
            None => {
                seen.insert(key(entry), entry);
            }
        }
    }
    found
}

fn read_registry(root: &json::Node<'_>) -> Option<Registry> {
    crate::declaration::refuse_other_versions(root)?;
    let object = root.object(&["schema_version", "next_asset_id", "assets"])?;
    object.required("schema_version")?;
    let next_asset_id = object.required("next_asset_id").and_then(|node| node.integer32(1..=MAX_ASSET_ID + 1));
    let entries: Vec<Option<Entry>> = object.required("assets")?.array()?.iter().map(read_entry).collect();
    Some(Registry {
        schema_version: 1,
        next_asset_id: next_asset_id?,
        entries: entries.into_iter().collect::<Option<_>>()?,
    })
}

fn read_entry(node: &json::Node<'_>) -> Option<Entry> {
    let object = node.object(&["asset_id", "asset_uuid", "root", "included_in_build"])?;
    let asset_id = object.required("asset_id").and_then(|node| node.integer32(1..=MAX_ASSET_ID));
    let asset_uuid = object.required("asset_uuid").and_then(|node| read_uuid(&node));
    let root = object.required("root").and_then(|node| relative_path(&node));
    let included = object.required("included_in_build").and_then(|node| node.boolean());
    Some(Entry { asset_id: asset_id?, asset_uuid: asset_uuid?, root: root?, included_in_build: included? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(asset_id: u32, uuid: u8, root: &str) -> Entry {
        let asset_uuid = AssetUuid::parse(&format!("00000000-0000-4000-8000-0000000000{uuid:02x}")).unwrap();
        Entry { asset_id, asset_uuid, root: RelPath::parse(root).unwrap(), included_in_build: true }
    }

    fn judged(next_asset_id: u32, entries: Vec<Entry>) -> Vec<Code> {
        let mut findings = Vec::new();
        Registry { schema_version: 1, next_asset_id, entries }.judge(&mut findings);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn rules_between_entries_each_have_their_finding() {
        assert_eq!(judged(3, vec![entry(1, 1, "a"), entry(2, 2, "a2")]), []);
        assert_eq!(judged(3, vec![entry(2, 1, "a"), entry(1, 2, "b")]), [Code::EntryOrder]);
        assert_eq!(judged(2, vec![entry(1, 1, "a"), entry(2, 2, "b")]), [Code::NextIdTooLow]);
        assert_eq!(judged(3, vec![entry(1, 1, "a"), entry(1, 2, "b")]), [Code::IdTwice]);
        assert_eq!(judged(3, vec![entry(1, 1, "a"), entry(2, 1, "b")]), [Code::UuidTwice]);
        assert_eq!(judged(3, vec![entry(1, 1, "a"), entry(2, 2, "a")]), [Code::RootTwice]);
        assert_eq!(judged(3, vec![entry(1, 1, "a"), entry(2, 2, "A")]), [Code::PathCollision]);
        assert_eq!(judged(3, vec![entry(1, 1, "a/b"), entry(2, 2, "a")]), [Code::RootNested]);
    }

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let mut registry = Registry::empty();
        registry.register(entry(1, 1, "x").asset_uuid, RelPath::parse("ui/x").unwrap(), false).unwrap();
        let bytes = registry.to_bytes();
        assert!(bytes.ends_with(b"}\n"));
        assert_eq!(Registry::read(&bytes), (Some(registry), Vec::new()));
    }

    #[test]
    fn an_id_is_never_given_out_past_the_last_one() {
        let mut registry = Registry { schema_version: 1, next_asset_id: MAX_ASSET_ID, entries: Vec::new() };
        let new = entry(1, 1, "x");
        assert_eq!(registry.register(new.asset_uuid, new.root.clone(), true).unwrap(), MAX_ASSET_ID);
        assert_eq!(registry.register(new.asset_uuid, new.root, true).unwrap_err().code, Code::IdsExhausted);
    }
}
