//! A JSON text: its encoding, its grammar and the positions in it.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::de::IgnoredAny;

use super::tree::Value;
use crate::diagnostics::{Code, Finding, FindingCollector, Place, Places};
use crate::limits::{JSON_DEPTH, JSON_VALUES};

/// Distance between the byte positions for which the number of preceding characters is stored. It bounds the work of
/// finding a column on a very long line; the stored numbers take less than 2 % of the text.
const BLOCK_BYTES: usize = 256;

/// Of one kind of problem, so many are listed one by one. More than that are not fixed by hand: the file is damaged, or
/// is another kind of file.
pub(crate) const LISTED_FINDINGS: usize = 100;

pub(super) struct Document<'t> {
    file: String,
    text: &'t str,
    /// 32 bits each, because a file of nothing but lines has many: no JSON file has 4 GiB.
    line_starts: Vec<u32>,
    /// The number of characters before each block of [`BLOCK_BYTES`].
    chars_before: Vec<u32>,
    findings: RefCell<FindingCollector>,
    /// How many findings there are of each code.
    listed: RefCell<HashMap<&'static str, usize>>,
}

impl<'t> Document<'t> {
    /// The document in `bytes`, or the finding that says why they are not text.
    pub(super) fn decode(file: &str, bytes: &'t [u8]) -> Result<Self, Box<Finding>> {
        let text = decode_utf8(bytes).map_err(|finding| Box::new(finding.file(file)))?;
        Ok(Self {
            file: file.to_owned(),
            text,
            line_starts: line_starts(text),
            chars_before: chars_before_blocks(text),
            findings: RefCell::default(),
            listed: RefCell::default(),
        })
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Adds a finding about this file. Of each code, the first [`LISTED_FINDINGS`] are kept; all others become one.
    pub(super) fn push_finding(&self, finding: Finding) {
        let finding = finding.file(&self.file);
        let mut findings = self.findings.borrow_mut();
        let cause = finding.cause_id();
        if !findings.contains(cause) {
            let mut listed = self.listed.borrow_mut();
            let listed = listed.entry(finding.code.as_str()).or_default();
            if *listed == LISTED_FINDINGS {
                return findings.push(rest_finding(finding));
            }
            *listed += 1;
        }
        findings.push_cause(cause, finding);
    }

    /// Whether another finding of this code would not be listed: then its text does not matter.
    pub(super) fn is_full(&self, code: Code) -> bool {
        self.listed.borrow().get(code.as_str()) == Some(&LISTED_FINDINGS)
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings.into_inner().into_vec()
    }

    pub(super) fn parse(&self) -> Result<Value<'t>, Box<Finding>> {
        self.check_conflict_markers()?;
        self.check_shape()?;
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
                    Finding::new(
                        Code::JsonSyntax,
                        format!("the file ends in the middle of {what}"),
                        "Restore the rest of the file, from version control or a copy.",
                    )
                    .at(place)
                } else {
                    syntax_finding(text.to_owned(), place)
                }));
            }
            None => return Err(Box::new(syntax_finding("there is no value".into(), self.place_at(0, "$")))),
        }
        let end = stream.byte_offset();
        let rest = self.text[end..].trim_start_matches([' ', '\t', '\r', '\n']);
        if !rest.is_empty() {
            return Err(Box::new(
                Finding::new(
                    Code::JsonTrailing,
                    "the file continues after its value",
                    "Remove everything from here on: the file must end with the bracket before it.",
                )
                .at(self.place_at(self.text.len() - rest.len(), "$")),
            ));
        }
        // The grammar is right, so only an escape that is not a character is left: a lone surrogate.
        Value::read(self.text).map_err(|at| {
            let place = self.place_at(at, "$");
            Box::new(syntax_finding("a string contains an escape that is not a character".into(), place))
        })
    }

    fn check_conflict_markers(&self) -> Result<(), Box<Finding>> {
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
                "the file contains conflict markers of a merge",
                "Resolve the conflict: combine both sides and remove the marker lines.",
            )
            .at_all(&places),
        ))
    }

    /// Limits the recursion of the parsers, and the memory of the tree that they build.
    fn check_shape(&self) -> Result<(), Box<Finding>> {
        let shape = JsonShape::of(self.text);
        if let Some(at) = shape.too_deep {
            let finding = Finding::new(
                Code::JsonTooDeep,
                format!("arrays and objects are nested deeper than {JSON_DEPTH}"),
                "The files of a project are never this deep: restore the file from version control or a copy.",
            );
            return Err(Box::new(finding.at(self.place_at(at, "$"))));
        }
        if shape.values > JSON_VALUES {
            return Err(Box::new(Finding::new(
                Code::JsonTooLarge,
                format!("the file has more than {JSON_VALUES} values"),
                "The files of a project are never this large: restore the file from version control or a copy.",
            )));
        }
        Ok(())
    }

    fn chars_before(&self, at_byte: usize) -> usize {
        let block = at_byte / BLOCK_BYTES;
        self.chars_before[block] as usize + count_chars(&self.text.as_bytes()[block * BLOCK_BYTES..at_byte])
    }

    /// The line and column of a byte.
    pub(super) fn place_at(&self, at_byte: usize, path: &str) -> Place {
        let line = self.line_starts.partition_point(|start| *start as usize <= at_byte);
        let start = self.line_starts[line - 1] as usize;
        let column = self.chars_before(at_byte) - self.chars_before(start) + 1;
        json_place(line, column, path)
    }
}

/// The text in `bytes`, or why there is none.
fn decode_utf8(bytes: &[u8]) -> Result<&str, Finding> {
    if bytes.iter().all(|byte| *byte == 0) {
        let message = if bytes.is_empty() { "the file is empty" } else { "the file contains only zero bytes" };
        return Err(Finding::new(
            Code::JsonEmpty,
            message,
            "A crash or a full disk can cause this: restore the file from version control or a copy.",
        ));
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err(Finding::new(
            Code::JsonBom,
            "the file starts with a byte order mark",
            "Save it as \"UTF-8\", not \"UTF-8 with BOM\".",
        ));
    }
    let is_utf16 = bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || (bytes.len() >= 4 && (bytes[1] == 0 && bytes[3] == 0 || bytes[0] == 0 && bytes[2] == 0));
    if is_utf16 {
        return Err(Finding::new(
            Code::JsonEncoding,
            "the file is UTF-16",
            "Save it as UTF-8 without a byte order mark; in PowerShell: `Set-Content -Encoding utf8NoBOM`.",
        ));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let before = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        Finding::new(
            Code::JsonEncoding,
            format!("byte {:#04x} is not UTF-8", bytes[at]),
            "Save the file as UTF-8: it has another encoding, such as Latin-1.",
        )
        .at(json_place(line, column, "$"))
    })
}

fn json_place(line: usize, column: usize, path: &str) -> Place {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place::Json { line: small(line), column: small(column), path: path.to_owned() }
}

/// What stands for a finding that is not listed.
pub(crate) fn rest_finding(finding: Finding) -> Finding {
    let rest = Finding::new(
        finding.code,
        format!("the file has more problems of this kind; the first {LISTED_FINDINGS} are listed one by one"),
        "Fix those first, or restore the file from version control or a copy.",
    );
    Finding { file: finding.file, places: finding.places, count: finding.count, ..rest }
}

fn syntax_finding(message: String, place: Place) -> Finding {
    let help = if message.starts_with("expected `,`") {
        "Usually a `,` is missing before this place; an editor with JSON support marks it too."
    } else {
        "Fix the JSON at this place; an editor with JSON support marks it too."
    };
    Finding::new(Code::JsonSyntax, message, help).at(place)
}

/// The position after each line end, and 0.
fn line_starts(text: &str) -> Vec<u32> {
    let after = |(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let mut starts = Vec::with_capacity(1 + text.bytes().filter(|byte| *byte == b'\n').count());
    starts.push(0);
    starts.extend(text.match_indices('\n').map(after));
    starts
}

fn chars_before_blocks(text: &str) -> Vec<u32> {
    let mut count = 0;
    let add_block = |block: &[u8]| {
        count += count_chars(block);
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    std::iter::once(0).chain(text.as_bytes().chunks(BLOCK_BYTES).map(add_block)).collect()
}

/// The number of characters that start in `bytes`, a part of a UTF-8 text.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

/// How large the tree of a JSON text would be, known before it is parsed.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonShape {
    /// Where it is nested deeper than [`JSON_DEPTH`] for the first time; the rest was not counted then.
    pub too_deep: Option<usize>,
    /// How many arrays and objects it has.
    pub containers: u64,
    /// How many values it has at most, counting the containers.
    pub values: u64,
}

impl JsonShape {
    /// The shape of a text, which need not be JSON.
    pub fn of(text: &str) -> Self {
        let mut shape = Self::default();
        let mut depth = 0u32;
        for (at, byte) in structural_bytes(text) {
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    if depth > JSON_DEPTH {
                        shape.too_deep = Some(at);
                        return shape;
                    }
                    shape.containers += 1;
                    shape.values += 1;
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' => shape.values += 1,
                _ => {}
            }
        }
        shape
    }
}

/// The brackets, colons and commas outside strings, with their byte positions. Needs neither a stack nor memory, so
/// that a text can be checked before it is parsed.
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
