//! Typed access to the values of a document. A value of the wrong type becomes a finding.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::ops::RangeInclusive;

use super::document::Document;
use super::tree::{Kind, Property, Value};
use crate::asset_uuid::AssetUuid;
use crate::diagnostics::{Code, Finding, Place, closest_match, escaped};
use crate::paths::RelPath;

/// Objects of up to so many keys are searched for repeated ones without a sorted copy; those of a project have fewer.
const FEW_KEYS: usize = 16;

/// A value of the document. Each `read_…` method returns the value, or `None` and adds a finding.
pub struct Node<'d> {
    document: &'d Document<'d>,
    root: &'d Value<'d>,
    value: &'d Value<'d>,
}

impl<'d> Node<'d> {
    pub(super) fn root(document: &'d Document<'d>, root: &'d Value<'d>) -> Self {
        Self { document, root, value: root }
    }

    fn child(&self, value: &'d Value<'d>) -> Self {
        Self { value, ..*self }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.document.place_at(self.value.range.start, &self.path())
    }

    /// Its path. It is needed only for places, of which there are far fewer than values.
    fn path(&self) -> String {
        path_of(self.root, self.value.range.start)
    }

    /// Its text in the document.
    pub fn source_text(&self) -> &'d str {
        &self.document.text()[self.value.range.clone()]
    }

    /// Adds a finding about this value.
    pub fn add_finding(&self, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.push_finding(Finding::new(code, message, help));
    }

    /// Adds `finding` at the place of this value.
    pub fn push_finding(&self, finding: Finding) {
        self.push_finding_at(finding, self.place());
    }

    /// Adds `finding` at another place of the same file.
    pub fn push_finding_at(&self, finding: Finding, place: Place) {
        self.document.push_finding(finding.at(place));
    }

    /// Adds `finding`, which has its place in this file.
    pub fn push_placed_finding(&self, finding: Finding) {
        self.document.push_finding(finding);
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value.kind, Kind::Null)
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        matches!(self.value.kind, Kind::Array(_))
    }

    /// Requires that `schema_version`, if there is one, is 1. Called before anything else is read: what looks wrong in
    /// a newer file may be right there.
    pub fn check_schema_version(&self) -> Option<()> {
        let Kind::Object(properties) = &self.value.kind else { return Some(()) };
        let is_version = |property: &&Property<'_>| property.key == "schema_version";
        let Some(property) = properties.iter().find(is_version) else { return Some(()) };
        let node = self.child(&property.value);
        let needed = "this packer reads version 1";
        let version = node.read_digits(&needed)?;
        if version != "1" {
            node.add_finding(
                Code::SchemaVersion,
                format!("version {version} is unknown; {needed}"),
                "A higher version comes from a newer packer: use that one.",
            );
            return None;
        }
        Some(())
    }

    /// An object with no keys except those in `known`.
    pub fn read_object(&self, known: &[&str]) -> Option<Object<'d, '_>> {
        let Kind::Object(properties) = &self.value.kind else { return self.wrong_type("an object") };
        for property in properties {
            let key = property.key.as_ref();
            if known.contains(&key) {
                continue;
            }
            // On many keys, the search for a similar one would take seconds.
            let similar = || closest_match(key, known.iter().copied());
            let is_listed = !self.document.is_full(Code::JsonUnknownKey);
            let finding = match is_listed.then(similar).flatten() {
                Some(near) => Finding::new(
                    Code::JsonUnknownKey,
                    format!("the key `{}` is not known here; the most similar known key is `{near}`", escaped(key)),
                    format!("Rename the key to `{near}`, or remove it."),
                ),
                None if known.is_empty() => Finding::new(
                    Code::JsonUnknownKey,
                    format!("the key `{}` is not known here; this object must be empty", escaped(key)),
                    "Remove the key: write `{}`.",
                ),
                None => Finding::new(
                    Code::JsonUnknownKey,
                    format!("the key `{}` is not known here", escaped(key)),
                    format!("Remove the key. Known keys: {}.", known.join(", ")),
                ),
            };
            let place = self.document.place_at(property.start, &format!("{}.{key}", self.path()));
            self.document.push_finding(finding.at(place));
        }
        Some(Object { node: self, properties })
    }

    /// The values of an array.
    pub fn read_array(&self) -> Option<Vec<Node<'d>>> {
        let Kind::Array(elements) = &self.value.kind else { return self.wrong_type("an array") };
        Some(elements.iter().map(|value| self.child(value)).collect())
    }

    /// A string.
    pub fn read_string(&self) -> Option<&'d str> {
        match &self.value.kind {
            Kind::String(text) => Some(text),
            _ => self.wrong_type("a string"),
        }
    }

    /// A boolean.
    pub fn read_boolean(&self) -> Option<bool> {
        match self.value.kind {
            Kind::Boolean(value) => Some(value),
            _ => self.wrong_type("true or false"),
        }
    }

    /// An integer in `range`, written as digits without a leading zero.
    pub fn read_integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let (first, last) = (range.start(), range.end());
        let read = |value| range.contains(&value).then_some(value);
        let help = "Choose a number in this range.";
        self.read_integer_as(&format_args!("an integer from {first} to {last} is required"), help, read)
    }

    /// An integer that `read` accepts; `needed` says which those are.
    pub fn read_integer_as<T>(
        &self,
        needed: &dyn fmt::Display,
        help: &str,
        read: impl FnOnce(u64) -> Option<T>,
    ) -> Option<T> {
        let digits = self.read_digits(needed)?;
        let value = digits.parse::<u64>().ok().and_then(read);
        if value.is_none() {
            self.add_finding(Code::JsonOutOfRange, format!("{digits} is out of range; {needed}"), help);
        }
        value
    }

    /// An integer in `range`, which fits into 32 bits.
    pub fn read_u32(&self, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.read_integer(u64::from(*range.start())..=u64::from(*range.end()))?;
        u32::try_from(value).ok()
    }

    /// The digits of an integer without sign, fraction, exponent or leading zero. They may be too many for any type.
    fn read_digits(&self, needed: &dyn fmt::Display) -> Option<&'d str> {
        let Kind::Number(token) = self.value.kind else { return self.wrong_type("an integer") };
        let is_plain = token == "0" || (!token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_plain {
            self.add_finding(
                Code::JsonInteger,
                format!("{token} is not a plain integer; {needed}"),
                "Write only digits: no sign, fraction or exponent.",
            );
            return None;
        }
        Some(token)
    }

    /// One of `allowed`; `what` names what they are.
    pub fn read_one_of<T: Copy>(&self, what: &str, allowed: &[(&str, T)]) -> Option<T> {
        let text = self.read_string()?;
        if let Some((_, value)) = allowed.iter().find(|(name, _)| *name == text) {
            return Some(*value);
        }
        let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
        let help = match closest_match(text, names.iter().copied()) {
            Some(near) => format!("Write `{near}`."),
            None => format!("Write one of: {}.", names.join(", ")),
        };
        self.add_finding(Code::JsonWrongValue, format!("`{}` is not {what}", escaped(text)), help);
        None
    }

    /// A uuid in its only accepted form.
    pub fn read_uuid(&self) -> Option<AssetUuid> {
        let text = self.read_string()?;
        let uuid = AssetUuid::parse(text);
        if uuid.is_none() {
            let help = match AssetUuid::parse(&text.to_lowercase()) {
                Some(lower) => format!("Write it in lower case: `{lower}`."),
                None => "Restore the uuid that the asset had; a new asset gets a new version 4 uuid.".into(),
            };
            self.add_finding(
                Code::UuidMalformed,
                format!(
                    "`{}` is not a uuid in the form 8-4-4-4-12 of lower-case hex digits, or it is all zeros",
                    escaped(text)
                ),
                help,
            );
        }
        uuid
    }

    /// A legal relative path.
    pub fn read_path(&self) -> Option<RelPath> {
        match RelPath::parse(self.read_string()?) {
            Ok(path) => Some(path),
            Err(problem) => {
                self.add_finding(problem.code, problem.message, problem.help);
                None
            }
        }
    }

    fn wrong_type<T>(&self, needed: &str) -> Option<T> {
        let found = match self.value.kind {
            Kind::Null => {
                self.add_finding(
                    Code::JsonNull,
                    format!("`null` is not allowed here; {needed} is required"),
                    "Write the value, or remove the key if it is optional.",
                );
                return None;
            }
            Kind::String(_) => "a string",
            Kind::Number(_) => "a number",
            Kind::Boolean(_) => "true or false",
            Kind::Object(_) => "an object",
            Kind::Array(_) => "an array",
        };
        let help = match (&self.value.kind, needed) {
            (Kind::String(_), "an integer" | "true or false") => "Write it without quotes.".to_owned(),
            (Kind::Number(_) | Kind::Boolean(_), "a string") => "Write it in quotes.".to_owned(),
            _ => format!("Write {needed} here."),
        };
        self.add_finding(Code::JsonWrongType, format!("this is {found}; {needed} is required"), help);
        None
    }

    /// Reports keys that an object has twice, in this value and in all values in it.
    pub(super) fn check_duplicate_keys(&self) {
        // Almost no file has any, and only findings need paths.
        if has_duplicate_keys(self.value) {
            self.report_duplicate_keys();
        }
    }

    fn report_duplicate_keys(&self) {
        match &self.value.kind {
            Kind::Object(properties) => {
                let mut seen: HashMap<&str, usize> = HashMap::new();
                for property in properties {
                    let key = property.key.as_ref();
                    let at = property.start;
                    if let Some(first) = seen.get(key) {
                        let Place::Json { line, .. } = self.document.place_at(*first, "$") else { continue };
                        let finding = Finding::new(
                            Code::JsonDuplicateKey,
                            format!("the key `{}` appears a second time; the first is on line {line}", escaped(key)),
                            "Keep one of the two.",
                        );
                        let path = format!("{}.{key}", self.path());
                        self.document.push_finding(finding.at(self.document.place_at(at, &path)));
                    } else {
                        seen.insert(key, at);
                    }
                    self.child(&property.value).report_duplicate_keys();
                }
            }
            Kind::Array(elements) => elements.iter().for_each(|value| self.child(value).report_duplicate_keys()),
            _ => {}
        }
    }
}

/// The path of the value in `root` that starts at this byte, such as `$.artifacts[2].file`.
fn path_of(root: &Value<'_>, start: usize) -> String {
    let mut path = "$".to_owned();
    let mut value = root;
    // No value starts where its container does.
    while value.range.start < start {
        // The last member that does not start later is or contains the value.
        value = match &value.kind {
            Kind::Object(properties) => {
                let after = properties.partition_point(|property| property.start <= start);
                let Some(property) = after.checked_sub(1).and_then(|at| properties.get(at)) else { break };
                path.push('.');
                path.push_str(&property.key);
                &property.value
            }
            Kind::Array(elements) => {
                let after = elements.partition_point(|element| element.range.start <= start);
                let Some(at) = after.checked_sub(1) else { break };
                let _ = write!(path, "[{at}]");
                &elements[at]
            }
            _ => break,
        };
    }
    path
}

fn has_duplicate_keys(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Object(properties) => {
            let repeats = if properties.len() <= FEW_KEYS {
                let is_before = |(at, property): (usize, &Property<'_>)| {
                    properties[..at].iter().any(|before| before.key == property.key)
                };
                properties.iter().enumerate().any(is_before)
            } else {
                let mut keys: Vec<&str> = properties.iter().map(|property| property.key.as_ref()).collect();
                keys.sort_unstable();
                keys.windows(2).any(|pair| pair[0] == pair[1])
            };
            repeats || properties.iter().any(|property| has_duplicate_keys(&property.value))
        }
        Kind::Array(elements) => elements.iter().any(has_duplicate_keys),
        _ => false,
    }
}

/// An object whose keys have been checked.
pub struct Object<'d, 'n> {
    node: &'n Node<'d>,
    properties: &'d [Property<'d>],
}

impl<'d> Object<'d, '_> {
    /// The value of `key`, if the object has it.
    pub fn optional_member(&self, key: &str) -> Option<Node<'d>> {
        let property = self.properties.iter().find(|property| property.key == key)?;
        Some(self.node.child(&property.value))
    }

    /// The value of `key`; a finding if it is missing.
    pub fn required_member(&self, key: &str) -> Option<Node<'d>> {
        let found = self.optional_member(key);
        if found.is_none() {
            self.node.add_finding(
                Code::JsonMissingKey,
                format!("the key `{key}` is missing"),
                format!("Add `{key}` to this object."),
            );
        }
        found
    }
}
