//! `assets/.prometeu/index.json`: which roots are registered, under which ids, and which of them are included.
//!
//! Reads, checks and writes only the registry; the snapshot checks that its roots exist (spec: workspace, "Registry").

mod conflicts;
mod written;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{Code, Finding, Fix, JsonText, escaped, has_errors};
use crate::json;
use crate::limits::MAX_ASSET_ID;
use crate::paths::{RelPath, find_collisions};

/// The file, relative to the project.
pub const REGISTRY_FILE: &str = "assets/.prometeu/index.json";

/// The registry as a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registry {
    schema_version: u32,
    /// The id that the next registered asset gets. It is higher than every id that was ever assigned.
    pub next_asset_id: u32,
    /// In the order of their ids.
    #[serde(rename = "assets")]
    pub entries: Vec<RegistryEntry>,
}

/// One registered asset.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RegistryEntry {
    /// 1…2147483647, never reused.
    pub asset_id: u32,
    /// Equal to the uuid in the declaration.
    pub asset_uuid: AssetUuid,
    /// Relative to `assets/`.
    pub root: RelPath,
    /// Whether the asset is packed.
    pub included_in_build: bool,
}

impl Registry {
    /// A registry without assets; the next id is 1.
    pub fn empty() -> Self {
        Self { schema_version: 1, next_asset_id: 1, entries: Vec::new() }
    }

    /// Reads the registry. It is `None` if the file cannot be understood; there may be findings in both cases.
    pub fn read(bytes: &[u8]) -> (Option<Self>, Vec<Finding>) {
        let (registry, mut findings) = match written::read_written(bytes) {
            Some(registry) => (Some(registry), Vec::new()),
            None => read_any_layout(bytes),
        };
        if let Some(registry) = &registry {
            registry.check_entries(&mut findings);
        }
        (registry, findings)
    }

    /// The bytes of the file: each entry on a line of its own, so that version control merges whole entries.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { schema_version, next_asset_id, entries } = self;
        let mut text = format!("{{\n  \"schema_version\": {schema_version},\n  \"next_asset_id\": {next_asset_id},\n");
        text.push_str("  \"assets\": [");
        for (at, RegistryEntry { asset_id, asset_uuid, root, included_in_build }) in entries.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let root = serde_json::Value::from(root.as_str());
            let _ = write!(
                text,
                "{comma}\n    {{\"asset_id\": {asset_id}, \"asset_uuid\": \"{asset_uuid}\", \"root\": {root}, \
                 \"included_in_build\": {included_in_build}}}"
            );
        }
        text.push_str(if entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text.into_bytes()
    }

    /// A copy with only these entries.
    pub(crate) fn with_entries(&self, is_kept: impl Fn(&RegistryEntry) -> bool) -> Self {
        Self { entries: self.entries.iter().filter(|entry| is_kept(entry)).cloned().collect(), ..*self }
    }

    /// Adds an asset with the next id, and returns the id.
    ///
    /// # Errors
    /// If every id has been assigned.
    pub fn register(&mut self, asset_uuid: AssetUuid, root: RelPath, included: bool) -> Result<u32, Box<Finding>> {
        let asset_id = self.next_asset_id;
        if asset_id > MAX_ASSET_ID {
            return Err(Box::new(
                Finding::new(
                    Code::IdsExhausted,
                    format!("every id up to {MAX_ASSET_ID} has been assigned"),
                    "Ids are never reused: start a new project.",
                )
                .file(REGISTRY_FILE),
            ));
        }
        self.entries.push(RegistryEntry { asset_id, asset_uuid, root, included_in_build: included });
        self.next_asset_id = asset_id + 1;
        Ok(asset_id)
    }

    /// Checks the rules between entries. The values of each entry were checked when they were read.
    pub(crate) fn check_entries(&self, findings: &mut Vec<Finding>) {
        let mut listed: HashMap<&str, usize> = HashMap::new();
        let mut report = |finding: Finding| {
            let listed = listed.entry(finding.code.as_str()).or_default();
            *listed += 1;
            match (*listed).cmp(&(json::LISTED_FINDINGS + 1)) {
                Ordering::Less => findings.push(finding.file(REGISTRY_FILE)),
                Ordering::Equal => findings.push(json::rest_finding(finding.file(REGISTRY_FILE))),
                Ordering::Greater => {
                    let is_rest = |rest: &&mut Finding| rest.code == finding.code;
                    findings.iter_mut().rev().find(is_rest).into_iter().for_each(|rest| rest.count += 1);
                }
            }
        };
        let sorted = self.entries.is_sorted_by_key(|entry| entry.asset_id);
        if !sorted {
            report(
                Finding::new(
                    Code::EntryOrder,
                    "the entries are not sorted by `asset_id`",
                    "Sort the entries by id; do not change the ids themselves.",
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
                    format!("`next_asset_id` is {}, but the id {highest} is already assigned", self.next_asset_id),
                    format!("Set `next_asset_id` to {needed}, or higher if assets with higher ids were removed."),
                )
                .fix(Fix::SetJson {
                    file: REGISTRY_FILE.into(),
                    path: "$.next_asset_id".into(),
                    value: JsonText(needed.to_string()),
                }),
            );
        }
        // The same asset twice, which `root-twice` reports.
        let is_same = |first: &RegistryEntry, later: &RegistryEntry| {
            first.root == later.root && first.asset_uuid == later.asset_uuid
        };
        for (first, later) in repeated_keys(&self.entries, |entry| entry.asset_id) {
            // Two entries of one asset need no other id.
            if first.asset_uuid == later.asset_uuid {
                continue;
            }
            report(Finding::new(
                Code::IdTwice,
                format!("the roots `{}` and `{}` have the same id, {}", first.root, later.root, first.asset_id),
                {
                    let free = self.next_asset_id.max(highest + 1);
                    format!(
                        "Keep the id for the asset that had it first. Give the other asset the id {free}, and set \
                         `next_asset_id` to {}.",
                        free + 1
                    )
                },
            ));
        }
        for (first, later) in repeated_keys(&self.entries, |entry| entry.asset_uuid.as_u128()) {
            if is_same(first, later) {
                continue;
            }
            if first.asset_id == later.asset_id {
                report(Finding::new(
                    Code::UuidTwice,
                    format!(
                        "asset {} has two entries, with the roots `{}` and `{}`",
                        first.asset_id, first.root, later.root
                    ),
                    "Remove the entry whose folder does not exist: a merge kept it when the asset was moved. If both \
                     exist, one is a copy: remove its entry, and register it again with a new uuid.",
                ));
                continue;
            }
            report(Finding::new(
                Code::UuidTwice,
                format!(
                    "assets {} (`{}`) and {} (`{}`) have the same uuid, {}",
                    first.asset_id, first.root, later.asset_id, later.root, first.asset_uuid
                ),
                "If one root is a copy of the other, give the copy a new uuid, here and in its `asset.json`. Any uuid generator \
                 creates one (Linux and macOS: `uuidgen | tr A-Z a-z`).",
            ));
        }
        let roots: HashMap<&str, &RegistryEntry> =
            self.entries.iter().map(|entry| (entry.root.as_str(), entry)).collect();
        let has_repeated_root = roots.len() < self.entries.len();
        let repeated_roots = has_repeated_root.then(|| repeated_keys(&self.entries, |entry| entry.root.as_str()));
        for (first, later) in repeated_roots.into_iter().flatten() {
            let (root, ids) = (&first.root, (first.asset_id, later.asset_id));
            report(match ids.0 == ids.1 {
                true => Finding::new(
                    Code::RootTwice,
                    format!("the root `{root}` is registered twice, both times as asset {}", ids.0),
                    "Remove one of the two entries.",
                ),
                false => Finding::new(
                    Code::RootTwice,
                    format!("the root `{root}` is registered twice, as assets {} and {}", ids.0, ids.1),
                    "Remove one of the two entries; keep the id that a program already uses. A removed id is never assigned \
                     again.",
                ),
            });
        }
        for collision in find_collisions(self.entries.iter().map(|entry| &entry.root)) {
            let (first, later) = (&self.entries[collision.first].root, &self.entries[collision.later].root);
            let folder = |root: &RelPath, part: &str| match part == root.as_str() {
                true => format!("`{root}`"),
                false => format!("`{part}` (of `{root}`)"),
            };
            report(Finding::new(
                Code::PathCollision,
                format!(
                    "the folders {} and {} are the same on a system that ignores case",
                    folder(first, collision.first_part),
                    folder(later, collision.later_part)
                ),
                "Rename one of the folders, and change it in the roots here.",
            ));
        }
        // The last folder that is in no root: beside each other, many roots have the same one.
        let mut outside = None;
        for inner in &self.entries {
            if inner.root.parent() == outside {
                continue;
            }
            outside = inner.root.parent();
            let mut folder = inner.root.as_str();
            while let Some((parent, _)) = folder.rsplit_once('/') {
                if let Some(outer) = roots.get(parent) {
                    outside = None;
                    report(Finding::new(
                        Code::RootNested,
                        format!(
                            "the root `{}` (asset {}) is inside the root `{}` (asset {})",
                            inner.root, inner.asset_id, outer.root, outer.asset_id
                        ),
                        "Move one of the two folders, and change its root here: an asset must not contain another.",
                    ));
                    // The others contain this one.
                    break;
                }
                folder = parent;
            }
        }
    }
}

/// The command that registers a root, in backticks. The root is quoted if a shell would split or change it.
pub(crate) fn register_command(root: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    let shown = escaped(root);
    if shown.chars().all(is_plain) {
        format!("`prometeu-packer register PROJECT {shown}`")
    } else {
        format!("`prometeu-packer register PROJECT '{}'`", shown.replace('\'', "'\\''"))
    }
}

/// Each entry whose key an earlier one has: (first, later).
fn repeated_keys<'e, K: Ord + Hash>(
    entries: &'e [RegistryEntry],
    key: impl Fn(&'e RegistryEntry) -> K,
) -> Vec<(&'e RegistryEntry, &'e RegistryEntry)> {
    // Almost no registry has any. Sorting numbers takes less time than hashing them, and none if they are sorted.
    let mut sorted: Vec<K> = entries.iter().map(&key).collect();
    sorted.sort_unstable();
    if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
        return Vec::new();
    }
    let mut seen: HashMap<K, &RegistryEntry> = HashMap::with_capacity(entries.len());
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

/// Reads a registry in any layout. The rules between entries are not checked.
fn read_any_layout(bytes: &[u8]) -> (Option<Registry>, Vec<Finding>) {
    let (registry, mut findings) = json::read_document(REGISTRY_FILE, bytes, read_registry);
    conflicts::explain_merges(&mut findings, bytes);
    (registry.filter(|_| !has_errors(&findings)), findings)
}

fn read_registry(root: &json::Node<'_>) -> Option<Registry> {
    root.check_schema_version()?;
    let object = root.read_object(&["schema_version", "next_asset_id", "assets"])?;
    object.required_member("schema_version")?;
    let next_asset_id = object.required_member("next_asset_id").and_then(|node| node.read_u32(1..=MAX_ASSET_ID + 1));
    let entries: Vec<Option<RegistryEntry>> =
        object.required_member("assets")?.read_array()?.iter().map(read_entry).collect();
    Some(Registry {
        schema_version: 1,
        next_asset_id: next_asset_id?,
        entries: entries.into_iter().collect::<Option<_>>()?,
    })
}

fn read_entry(node: &json::Node<'_>) -> Option<RegistryEntry> {
    let object = node.read_object(&["asset_id", "asset_uuid", "root", "included_in_build"])?;
    let asset_id = object.required_member("asset_id").and_then(|node| node.read_u32(1..=MAX_ASSET_ID));
    let asset_uuid = object.required_member("asset_uuid").and_then(|node| node.read_uuid());
    let root = object.required_member("root").and_then(|node| node.read_path());
    let included = object.required_member("included_in_build").and_then(|node| node.read_boolean());
    Some(RegistryEntry { asset_id: asset_id?, asset_uuid: asset_uuid?, root: root?, included_in_build: included? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(asset_id: u32, uuid: u8, root: &str) -> RegistryEntry {
        let asset_uuid = AssetUuid::parse(&format!("00000000-0000-4000-8000-0000000000{uuid:02x}")).unwrap();
        RegistryEntry { asset_id, asset_uuid, root: RelPath::parse(root).unwrap(), included_in_build: true }
    }

    fn codes_of(next_asset_id: u32, entries: Vec<RegistryEntry>) -> Vec<Code> {
        let mut findings = Vec::new();
        Registry { schema_version: 1, next_asset_id, entries }.check_entries(&mut findings);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn findings_of_a_code_are_limited() {
        let entries = (1..=150).map(|id| entry(id, u8::try_from(id).unwrap(), &vec!["r"; id as usize].join("/")));
        let mut findings = Vec::new();
        Registry { schema_version: 1, next_asset_id: 151, entries: entries.collect() }.check_entries(&mut findings);
        assert_eq!(findings.len(), json::LISTED_FINDINGS + 1);
        assert_eq!(findings.last().map(|rest| rest.count), Some(149 - json::LISTED_FINDINGS as u64));
    }

    #[test]
    fn each_entry_rule_has_its_finding() {
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(2, 2, "a2")]), []);
        assert_eq!(codes_of(3, vec![entry(2, 1, "a"), entry(1, 2, "b")]), [Code::EntryOrder]);
        assert_eq!(codes_of(2, vec![entry(1, 1, "a"), entry(2, 2, "b")]), [Code::NextIdTooLow]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(1, 2, "b")]), [Code::IdTwice]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(2, 1, "b")]), [Code::UuidTwice]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(1, 1, "b")]), [Code::UuidTwice]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(2, 2, "a")]), [Code::RootTwice]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(2, 1, "a")]), [Code::RootTwice]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(1, 1, "a")]), [Code::RootTwice]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a"), entry(2, 2, "A")]), [Code::PathCollision]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "ui/a"), entry(2, 2, "UI/b")]), [Code::PathCollision]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "ui/a"), entry(2, 2, "UI")]), [Code::PathCollision]);
        assert_eq!(codes_of(3, vec![entry(1, 1, "a/b"), entry(2, 2, "a")]), [Code::RootNested]);
        let beside = vec![entry(1, 1, "a/b/c"), entry(2, 2, "a/b/d"), entry(3, 3, "x/b"), entry(4, 4, "a")];
        assert_eq!(codes_of(5, beside), [Code::RootNested, Code::RootNested]);
    }

    #[test]
    fn written_registry_reads_back() {
        let mut registry = Registry::empty();
        registry.register(entry(1, 1, "x").asset_uuid, RelPath::parse("ui/x").unwrap(), false).unwrap();
        registry.register(entry(1, 2, "x").asset_uuid, RelPath::parse("ui/\u{1f600}").unwrap(), true).unwrap();
        for registry in [registry, Registry::empty()] {
            assert_eq!(Registry::read(&registry.to_bytes()), (Some(registry), Vec::new()));
        }
    }

    #[test]
    fn each_entry_is_one_line() {
        assert_eq!(
            Registry::empty().to_bytes(),
            b"{\n  \"schema_version\": 1,\n  \"next_asset_id\": 1,\n  \"assets\": []\n}\n"
        );
        let entries = vec![entry(1, 1, "ui/x"), entry(2, 2, "y")];
        let text = String::from_utf8(Registry { schema_version: 1, next_asset_id: 3, entries }.to_bytes()).unwrap();
        let uuid = "00000000-0000-4000-8000-0000000000";
        assert_eq!(
            text,
            format!(
                "{{\n  \"schema_version\": 1,\n  \"next_asset_id\": 3,\n  \"assets\": [\n    \
                 {{\"asset_id\": 1, \"asset_uuid\": \"{uuid}01\", \"root\": \"ui/x\", \"included_in_build\": true}},\n    \
                 {{\"asset_id\": 2, \"asset_uuid\": \"{uuid}02\", \"root\": \"y\", \"included_in_build\": true}}\n  ]\n}}\n"
            )
        );
    }

    #[test]
    fn last_id_is_the_limit() {
        let mut registry = Registry { schema_version: 1, next_asset_id: MAX_ASSET_ID, entries: Vec::new() };
        let new = entry(1, 1, "x");
        assert_eq!(registry.register(new.asset_uuid, new.root.clone(), true).unwrap(), MAX_ASSET_ID);
        assert_eq!(registry.register(new.asset_uuid, new.root, true).unwrap_err().code, Code::IdsExhausted);
    }
}
