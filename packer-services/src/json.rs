//! Strict JSON for people's files: every problem is a finding with line, column and JSON path.
//!
//! `serde_json` judges the grammar; `jsonc-parser` gives the tree with positions, and keeps duplicate keys.
//! Owns no knowledge of any file's keys: the registry and the declaration ask for what they know
//! (spec: workspace, "Reading JSON").

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;

use jsonc_parser::ast::{self, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde::de::IgnoredAny;

use crate::diagnostics::{Code, Finding, Gathered, Place, Places, closest, escaped};
use crate::limits::JSON_DEPTH;

/// Reads `bytes` as one JSON document and gives its root to `read`; returns what that made, with all findings.
///
/// `file` names the file in the findings. Nothing is made if the document has no root object or broken grammar.
pub fn read<T>(file: &str, bytes: &[u8], read: impl FnOnce(&Node<'_>) -> Option<T>) -> (Option<T>, Vec<Finding>) {
    let text = match decode(file, bytes) {
        Ok(text) => text,
        Err(finding) => return (None, vec![*finding]),
    };
    let document = Rc::new(Document {
        file: file.to_owned(),
        text,
        line_starts: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect(),
        chars_before: characters_before(text),
        findings: RefCell::default(),
    });
    let made = match document.parse() {
        Ok(root) => {
            let node = Node { document: &document, value: &root, path: "$".to_owned() };
            node.report_duplicate_keys();
            read(&node)
        }
        Err(finding) => {
            document.findings.borrow_mut().push(*finding);
            None
        }
    };
    let findings = document.findings.take();
    (made, findings.into_vec())
}

/// The bytes as text, or why they are none.
fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Finding>> {
    let refuse = |code, message: String, help: &str| Err(Box::new(Finding::new(code, message, help).file(file)));
    if bytes.iter().all(|byte| *byte == 0) {
        let message = if bytes.is_empty() { "the file is empty" } else { "the file holds nothing but zero bytes" };
        return refuse(
            Code::JsonEmpty,
            message.into(),
            "A crash or a full disk leaves such files: restore it from your version control or a copy.",
        );
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return refuse(
            Code::JsonBom,
            "the file starts with a byte order mark".into(),
            "Save it as \"UTF-8\", not \"UTF-8 with BOM\".",
        );
    }
    let utf16 = bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || (bytes.len() >= 4 && (bytes[1] == 0 && bytes[3] == 0 || bytes[0] == 0 && bytes[2] == 0));
    if utf16 {
        return refuse(
            Code::JsonEncoding,
            "the file is UTF-16".into(),
            "Save it as UTF-8 without a byte order mark; in PowerShell: `Set-Content -Encoding utf8NoBOM`.",
        );
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let finding = Finding::new(
            Code::JsonEncoding,
            format!("byte {:#04x} is not UTF-8", bytes[at]),
            "The file was saved in another encoding (Latin-1?): save it as UTF-8.",
        );
        let before = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Box::new(finding.file(file).at(Place::Json { line: small(line), column: small(column), path: "$".into() }))
    })
}

struct Document<'t> {
    file: String,
    text: &'t str,
    line_starts: Vec<usize>,
    /// How many characters there are before each block of [`BLOCK_BYTES`].
    chars_before: Vec<usize>,
    findings: RefCell<Gathered>,
}

/// Characters are counted from the last block's start, so that a place costs the same on a line of any length.
const BLOCK_BYTES: usize = 1024;

fn characters_before(text: &str) -> Vec<usize> {
    let starts = |block: &[u8]| block.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
    let mut count = 0;
    std::iter::once(0)
        .chain(text.as_bytes().chunks(BLOCK_BYTES).map(|block| {
            count += starts(block);
            count
        }))
        .collect()
}

impl<'t> Document<'t> {
    fn parse(&self) -> Result<Value<'t>, Box<Finding>> {
        self.refuse_conflict_markers()?;
        self.refuse_depth()?;
        let mut stream = serde_json::Deserializer::from_str(self.text).into_iter::<IgnoredAny>();
        match stream.next() {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
                let column = u32::try_from(error.column()).unwrap_or(u32::MAX).max(1);
                let text = error.to_string();
                let text = text.split(" at line ").next().unwrap_or_default();
                let place = Place::Json { line, column, path: "$".into() };
                return Err(Box::new(if error.is_eof() {
                    let what = text.replace("EOF while parsing ", "").replace("a list", "an array");
                    let finding = Finding::new(
                        Code::JsonSyntax,
                        format!("the file ends in the middle of {what}"),
                        "Restore the rest of the file, from version control or a copy.",
                    );
                    finding.file(&self.file).at(place)
                } else {
                    self.syntax(text.to_owned(), place)
                }));
            }
            None => return Err(Box::new(self.syntax("there is no value".into(), self.place(0, "$")))),
        }
        let end = stream.byte_offset();
        let rest = self.text[end..].trim_start_matches([' ', '\t', '\r', '\n']);
        if !rest.is_empty() {
            return Err(Box::new(
                Finding::new(
                    Code::JsonTrailing,
                    "the file goes on after its value",
                    "Remove this and what follows: the file ends with the bracket before it.",
                )
                .file(&self.file)
                .at(self.place(self.text.len() - rest.len(), "$")),
            ));
        }
        let options = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        match jsonc_parser::parse_to_ast(self.text, &CollectOptions::default(), &options) {
            Ok(parsed) => {
                parsed.value.ok_or_else(|| Box::new(self.syntax("there is no value".into(), self.place(0, "$"))))
            }
            // The grammar was judged before: what is left are escapes that are no character, such as a lone surrogate.
            Err(error) => {
                let place = self.place(error.range().start, "$");
                Err(Box::new(self.syntax("a string holds an escape that is no character".into(), place)))
            }
        }
    }

    fn refuse_conflict_markers(&self) -> Result<(), Box<Finding>> {
        let mut places = Places::default();
        for (i, line) in self.text.lines().enumerate() {
            let marked = ["<<<<<<<", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker));
            if marked || line.trim_end() == "=======" {
                let line = u32::try_from(i + 1).unwrap_or(u32::MAX);
                places.add(Place::Json { line, column: 1, path: "$".into() });
            }
        }
        if places.count() == 0 {
            return Ok(());
        }
        Err(Box::new(
            Finding::new(
                Code::JsonConflict,
                "the file holds conflict markers of a merge",
                "Resolve the conflict: keep what both sides mean, remove the marker lines.",
            )
            .file(&self.file)
            .at_all(&places),
        ))
    }

    fn refuse_depth(&self) -> Result<(), Box<Finding>> {
        let mut depth = 0u32;
        for (at, byte) in structural_bytes(self.text) {
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    if depth > JSON_DEPTH {
                        let finding = Finding::new(
                            Code::JsonTooDeep,
                            format!("arrays and objects are nested deeper than {JSON_DEPTH}"),
                            "No file of a project needs this: restore the file from version control or a copy.",
                        );
                        return Err(Box::new(finding.file(&self.file).at(self.place(at, "$"))));
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        Ok(())
    }

    fn syntax(&self, message: String, place: Place) -> Finding {
        let help = if message.starts_with("expected `,`") {
            "Most often a `,` is missing before this place; an editor that knows JSON shows it too."
        } else {
            "Mend the JSON at this place; an editor that knows JSON shows it too."
        };
        Finding::new(Code::JsonSyntax, message, help).file(&self.file).at(place)
    }

    fn characters_up_to(&self, at_byte: usize) -> usize {
        let block = at_byte / BLOCK_BYTES;
        let rest = &self.text.as_bytes()[block * BLOCK_BYTES..at_byte];
        self.chars_before[block] + rest.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
    }

    fn place(&self, at_byte: usize, path: &str) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= at_byte);
        let start = self.line_starts[line - 1];
        let column = self.characters_up_to(at_byte) - self.characters_up_to(start) + 1;
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place::Json { line: small(line), column: small(column), path: path.to_owned() }
    }
}

/// The brackets, colons and commas of JSON that stand outside its strings, with their places in bytes. Needs no stack and
/// no memory, so that a text can be judged before a tree is made of it.
pub fn structural_bytes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut in_string, mut after_backslash) = (false, false);
    text.bytes().enumerate().filter(move |(_, byte)| {
        match byte {
            _ if after_backslash => after_backslash = false,
            b'\\' if in_string => after_backslash = true,
            b'"' => in_string = !in_string,
            b'{' | b'}' | b'[' | b']' | b':' | b',' => return !in_string,
            _ => {}
        }
        false
    })
}

/// A value of the document, with its path. Asking for what it is not makes a finding and gives `None`.
pub struct Node<'d> {
    document: &'d Document<'d>,
    value: &'d Value<'d>,
    path: String,
}

impl<'d> Node<'d> {
    /// Where it is.
    pub fn place(&self) -> Place {
        self.document.place(self.value.range().start, &self.path)
    }

    /// Its JSON path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its source text.
    pub fn source(&self) -> &'d str {
        self.value.range().text(self.document.text)
    }

    /// Makes a finding about it.
    pub fn report(&self, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.push(Finding::new(code, message, help));
    }

    /// Makes `finding` one about this place.
    pub fn push(&self, finding: Finding) {
        self.push_at(finding, self.place());
    }

    /// Makes `finding` one about another place of the same file.
    pub fn push_at(&self, finding: Finding, place: Place) {
        self.document.findings.borrow_mut().push(finding.file(&self.document.file).at(place));
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::NullKeyword(_))
    }

    /// A member of this object, before its keys are judged.
    pub fn peek(&self, key: &str) -> Option<Node<'d>> {
        let property = self.value.as_object()?.properties.iter().find(|property| property.name.as_str() == key)?;
        Some(Node { document: self.document, value: &property.value, path: format!("{}.{key}", self.path) })
    }

    /// An object, all of whose keys are in `known`.
    pub fn object(&self, known: &[&str]) -> Option<Object<'d, '_>> {
        let Some(object) = self.value.as_object() else { return self.wrong_type("an object") };
        for property in &object.properties {
            let key = property.name.as_str();
            if known.contains(&key) {
                continue;
            }
            let finding = match closest(key, known.iter().copied()) {
                Some(near) => Finding::new(
                    Code::JsonUnknownKey,
                    format!("`{}` is not a key of this object; `{near}` is", escaped(key)),
                    format!("Rename the key to `{near}`, or remove it."),
                ),
                None if known.is_empty() => Finding::new(
                    Code::JsonUnknownKey,
                    format!("`{}` is not a key of this object, which must be empty", escaped(key)),
                    "Remove the key: write `{}`.",
                ),
                None => Finding::new(
                    Code::JsonUnknownKey,
                    format!("`{}` is not a key of this object", escaped(key)),
                    format!("Remove the key. Known keys: {}.", known.join(", ")),
                ),
            };
            let place = self.document.place(property.range.start, &format!("{}.{}", self.path, key));
            self.document.findings.borrow_mut().push(finding.file(&self.document.file).at(place));
        }
        Some(Object { node: self, object })
    }

    /// An array's values.
    pub fn array(&self) -> Option<Vec<Node<'d>>> {
        let Some(array) = self.value.as_array() else { return self.wrong_type("an array") };
        let child = |(i, value)| Node { document: self.document, value, path: format!("{}[{i}]", self.path) };
        Some(array.elements.iter().enumerate().map(child).collect())
    }

    /// A string.
    pub fn string(&self) -> Option<&'d str> {
        match self.value.as_string_lit() {
            Some(text) => Some(&text.value),
            None => self.wrong_type("a text"),
        }
    }

    /// A boolean.
    pub fn boolean(&self) -> Option<bool> {
        match self.value.as_boolean_lit() {
            Some(literal) => Some(literal.value),
            None => self.wrong_type("true or false"),
        }
    }

    /// A plain integer in `range`, written `0|[1-9][0-9]*`.
    pub fn integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let needed = format!("an integer from {} to {} is needed", range.start(), range.end());
        let read = |value| range.contains(&value).then_some(value);
        self.integer_as(Code::JsonOutOfRange, &needed, "Choose a number in the range.", read)
    }

    /// A plain integer that `read` accepts; `needed` says which, `code` is the finding if it does not.
    pub fn integer_as<T>(
        &self,
        code: Code,
        needed: &str,
        help: &str,
        read: impl FnOnce(u64) -> Option<T>,
    ) -> Option<T> {
        let Some(number) = self.value.as_number_lit() else { return self.wrong_type("an integer") };
        let token = number.value;

        let plain = token == "0" || (!token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()));
        if !plain {
            self.report(
                Code::JsonInteger,
                format!("{token} is not a plain integer; {needed}"),
                "Write digits only: no sign, fraction or exponent.",
            );
            return None;
        }
        let value = token.parse::<u64>().ok().and_then(read);
        if value.is_none() {
            let what = if code == Code::SchemaVersion { "is a version that is not known" } else { "is out of range" };
            self.report(code, format!("{token} {what}; {needed}"), help);
        }
        value
    }

    /// A plain integer in `range`, which fits 32 bits.
    pub fn integer32(&self, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.integer(u64::from(*range.start())..=u64::from(*range.end()))?;
        u32::try_from(value).ok()
    }

    /// One of `allowed`.
    pub fn one_of<T: Copy>(&self, what: &str, allowed: &[(&str, T)]) -> Option<T> {
        let text = self.string()?;
        if let Some((_, value)) = allowed.iter().find(|(name, _)| *name == text) {
            return Some(*value);
        }
        let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
        let help = match closest(text, names.iter().copied()) {
            Some(near) => format!("Write `{near}`."),
            None => format!("Write one of: {}.", names.join(", ")),
        };
        self.report(Code::JsonWrongValue, format!("`{}` is not {what}", escaped(text)), help);
        None
    }

    fn wrong_type<T>(&self, needed: &str) -> Option<T> {
        let found = match self.value {
            Value::NullKeyword(_) => {
                self.report(
                    Code::JsonNull,
                    format!("null means nothing here; {needed} is needed"),
                    "Write the value, or remove an optional key altogether.",
                );
                return None;
            }
            Value::StringLit(_) => "a text",
            Value::NumberLit(_) => "a number",
            Value::BooleanLit(_) => "true or false",
            Value::Object(_) => "an object",
            Value::Array(_) => "an array",
        };
        let help = match (self.value, needed) {
            (Value::StringLit(_), "an integer" | "true or false") => "Write it without quotes.".to_owned(),
            (Value::NumberLit(_) | Value::BooleanLit(_), "a text") => "Write it in quotes.".to_owned(),
            _ => format!("Write {needed} here."),
        };
        self.report(Code::JsonWrongType, format!("this is {found}; {needed} is needed"), help);
        None
    }

    fn report_duplicate_keys(&self) {
        match self.value {
            Value::Object(object) => {
                let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
                for property in &object.properties {
                    let key = property.name.as_str();
                    let path = format!("{}.{}", self.path, key);
                    let at = property.range.start;
                    if let Some(first) = seen.get(key) {
                        let Place::Json { line, .. } = self.document.place(*first, "$") else { continue };
                        let finding = Finding::new(
                            Code::JsonDuplicateKey,
                            format!("the key `{}` is here a second time; the first is on line {line}", escaped(key)),
                            "Keep one of the two.",
                        );
                        let finding = finding.file(&self.document.file).at(self.document.place(at, &path));
                        self.document.findings.borrow_mut().push(finding);
                    } else {
                        seen.insert(key, at);
                    }
                    Node { document: self.document, value: &property.value, path }.report_duplicate_keys();
                }
            }
            Value::Array(array) => {
                for (i, value) in array.elements.iter().enumerate() {
                    Node { document: self.document, value, path: format!("{}[{i}]", self.path) }
                        .report_duplicate_keys();
                }
            }
            _ => {}
        }
    }
}

/// An object whose keys have been judged.
pub struct Object<'d, 'n> {
    node: &'n Node<'d>,
    object: &'d ast::Object<'d>,
}

impl<'d> Object<'d, '_> {
    /// The value of `key`, if it is there.
    pub fn optional(&self, key: &str) -> Option<Node<'d>> {
        let property = self.object.properties.iter().find(|property| property.name.as_str() == key)?;
        Some(Node { document: self.node.document, value: &property.value, path: format!("{}.{key}", self.node.path) })
    }

    /// The value of `key`; a finding if it is missing.
    pub fn required(&self, key: &str) -> Option<Node<'d>> {
        let found = self.optional(key);
        if found.is_none() {
            self.node.report(
                Code::JsonMissingKey,
                format!("the key `{key}` is missing"),
                format!("Add `{key}` to this object."),
            );
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(bytes: &[u8]) -> Vec<(Code, Option<Place>)> {
        let (_, findings) = read("x.json", bytes, |root| {
            let object = root.object(&["count", "name"])?;
            object.required("count").and_then(|node| node.integer(0..=9));
            object.optional("name").and_then(|node| node.string().map(str::to_owned));
            Some(())
        });
        findings.into_iter().map(|finding| (finding.code, finding.places.first().cloned())).collect()
    }

    fn first(bytes: &[u8]) -> Code {
        codes(bytes).first().unwrap_or_else(|| panic!("accepted: {}", String::from_utf8_lossy(bytes))).0
    }

    #[test]
    fn each_way_to_be_no_json_is_named() {
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
    fn each_wrong_value_is_named_with_its_place() {
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
