//! JSON that people write: a strict reader that reports every problem with line, column and JSON path, and the writer
//! of indented JSON.
//!
//! `serde_json` checks the grammar; the tree knows the positions and keeps duplicate keys.
//! This module knows no file's keys: the registry and the declaration ask for theirs (spec: workspace, "Reading JSON").

mod conflict;
mod document;
mod node;
mod scalars;
mod tree;

use serde::Serialize;

use crate::diagnostics::{Code, Finding, format_bytes};
use document::Document;

pub use conflict::{ConflictSides, string_members};
pub use document::JsonShape;
pub(crate) use document::{LISTED_FINDINGS, rest_finding};
pub use node::{Node, Object};
pub use scalars::{Scalar, scalars_of};
pub(crate) use tree::{Kind as JsonKind, Property as JsonProperty, Value as JsonValue};

/// Reads `bytes` as one JSON document and passes its root to `read`. Returns what `read` returned, and all findings.
///
/// `file` names the file in the findings. `read` is not called if the document has no value or its grammar is broken.
pub fn read_document<T>(
    file: &str,
    bytes: &[u8],
    read: impl FnOnce(&Node<'_>) -> Option<T>,
) -> (Option<T>, Vec<Finding>) {
    let document = match Document::decode(file, bytes) {
        Ok(document) => document,
        Err(finding) => return (None, vec![*finding]),
    };
    let value = match document.parse() {
        Ok(root) => {
            let root = Node::root(&document, &root);
            root.check_duplicate_keys();
            read(&root)
        }
        Err(finding) => {
            document.push_finding(*finding);
            None
        }
    };
    (value, document.into_findings())
}

/// The finding about a JSON file that is over its limit.
pub fn too_large(limit_bytes: u64) -> Finding {
    Finding::new(
        Code::JsonTooLarge,
        format!("the file is larger than its limit, {}", format_bytes(limit_bytes)),
        "The files of a project are never this large: restore the file from version control or a copy.",
    )
}

/// `value` as indented JSON with a final newline, as people and version control like to read it.
///
/// # Panics
/// Never for the types of this crate: they all have string keys and plain values.
pub fn to_pretty_bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Place};

    fn codes(bytes: &[u8]) -> Vec<(Code, Option<Place>)> {
        let (_, findings) = read_document("x.json", bytes, |root| {
            let object = root.read_object(&["count", "name"])?;
            object.required_member("count").and_then(|node| node.read_integer(0..=9));
            object.optional_member("name").and_then(|node| node.read_string().map(str::to_owned));
            Some(())
        });
        findings.into_iter().map(|finding| (finding.code, finding.places.first().cloned())).collect()
    }

    fn first(bytes: &[u8]) -> Code {
        codes(bytes).first().unwrap_or_else(|| panic!("accepted: {}", String::from_utf8_lossy(bytes))).0
    }

    #[test]
    fn invalid_json_has_its_own_code() {
        assert_eq!(first(b""), Code::JsonEmpty);
        assert_eq!(first(&[0; 64]), Code::JsonEmpty);
        assert_eq!(first(b"\xEF\xBB\xBF{\"count\":1}"), Code::JsonBom);
        assert_eq!(first(b"\xFF\xFE{\0}\0"), Code::JsonEncoding);
        assert_eq!(first(b"{\0\"\0c\0"), Code::JsonEncoding);
        assert_eq!(first(b"{\"name\":\"caf\xe9\"}"), Code::JsonEncoding);
        assert_eq!(first(b"{\n<<<<<<< ours\n\"count\":1\n=======\n\"count\":2\n>>>>>>> theirs\n}"), Code::JsonConflict);
        assert_eq!(first(b"{\"count\":1"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":1,}"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":01}"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":0x1}"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":1e400}"), Code::JsonInteger);
        assert_eq!(first(b"{count:1}"), Code::JsonSyntax);
        assert_eq!(first(b"// hello\n{\"count\":1}"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":1,\x0b\"name\":\"a\"}"), Code::JsonSyntax);
        assert_eq!(first("{\"count\":1,\u{a0}\"name\":\"a\"}".as_bytes()), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":1,\"name\":\"a\tb\"}"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":1,\"name\":\"\\ud800\"}"), Code::JsonSyntax);
        assert_eq!(first(b"{\"count\":1}{}"), Code::JsonTrailing);
        assert_eq!(first(b"{\"count\":1} x"), Code::JsonTrailing);
        assert_eq!(first("[".repeat(1_000_000).as_bytes()), Code::JsonTooDeep);
    }

    #[test]
    fn each_wrong_value_has_code_and_place() {
        assert_eq!(first(b"{\"count\":1,\"count\":2}"), Code::JsonDuplicateKey);
        assert_eq!(first(b"{\"cuont\":1,\"count\":2}"), Code::JsonUnknownKey);
        assert_eq!(first(b"{}"), Code::JsonMissingKey);
        assert_eq!(first(b"{\"count\":null}"), Code::JsonNull);
        assert_eq!(first(b"{\"count\":\"1\"}"), Code::JsonWrongType);
        assert_eq!(first(b"[]"), Code::JsonWrongType);
        for number in ["-1", "1.0", "1e0", "-0"] {
            assert_eq!(first(format!("{{\"count\":{number}}}").as_bytes()), Code::JsonInteger, "{number}");
        }
        for number in ["10", "99999999999999999999999"] {
            assert_eq!(first(format!("{{\"count\":{number}}}").as_bytes()), Code::JsonOutOfRange, "{number}");
        }
        let place = Place::Json { line: 2, column: 11, path: "$.count".into() };
        assert_eq!(codes(b"{\n \"count\": \"x\"}"), [(Code::JsonWrongType, Some(place))]);
    }

    #[test]
    fn windows_line_ends_are_accepted() {
        assert_eq!(codes(b"{\r\n  \"count\": 1\r\n}\r\n"), []);
    }
}
