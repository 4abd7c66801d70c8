//! Files that are no JSON, or not quite: other encodings, other dialects, half files, unfinished merges. And text that
//! is the same however it is escaped.

use packer_services::diagnostics::Place;
use packer_services::json;
use proptest::prelude::*;
use support::codes;

use crate::cases::{Dice, cases};
use crate::json_findings::{found, good, place, told, with};

#[test]
fn a_good_declaration_has_no_finding_whatever_its_line_ends() {
    assert_eq!(told(good()), [] as [&str; 0]);
    assert_eq!(told(good().replace('\n', "\r\n")), [] as [&str; 0]);
    assert_eq!(told(good().replace('\n', "\r")), [] as [&str; 0]);
    assert_eq!(told(good().split_whitespace().collect::<String>()), [] as [&str; 0]);
    assert_eq!(told(format!("\n\n {}\t\r\n", good())), [] as [&str; 0]);
}

#[test]
fn a_file_that_is_no_utf_8_json_is_called_what_it_is() {
    let good = good();
    let utf16 = |unit: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let message = |bytes: &[u8]| found(bytes)[0].message.clone();
    assert_eq!(told([b"\xEF\xBB\xBF", good.as_bytes()].concat()), ["json-bom"]);
    for bytes in [
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        [vec![0xFF, 0xFE], utf16(u16::to_le_bytes)].concat(),
        [vec![0xFE, 0xFF], utf16(u16::to_be_bytes)].concat(),
    ] {
        assert_eq!(told(&bytes), ["json-encoding"]);
        assert!(message(&bytes).contains("UTF-16"), "{}", message(&bytes));
    }
    let latin_1 = good.replace("a.wav", "\u{1}.wav").into_bytes();
    let latin_1: Vec<u8> = latin_1.into_iter().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
    assert_eq!(told(&latin_1), ["json-encoding"]);
    let line = good.lines().position(|line| line.contains("a.wav")).unwrap();
    let column = good.lines().nth(line).unwrap().find("a.wav").unwrap();
    assert_eq!(place(&found(&latin_1)[0]), (u32::try_from(line + 1).unwrap(), u32::try_from(column + 1).unwrap(), "$"));
    assert_eq!(told(""), ["json-empty"]);
    assert_eq!(told(vec![0; 700]), ["json-empty"]);
    assert_eq!(told(good.replace("sfx", "s\0x")), ["json-syntax"]);
    for blank in [" ", "\n\n", "\t\r\n"] {
        assert_eq!(told(blank), ["json-syntax"]);
    }
}

#[test]
fn every_beginning_of_a_file_is_told_to_be_no_whole_one() {
    let good = good();
    for length in 1..good.trim_end().len() {
        let findings = found(&good[..length]);
        assert_eq!(codes(&findings), ["json-syntax"], "{length}");
        assert!(findings[0].message.contains("ends"), "{length}: {}", findings[0].message);
    }
}

#[test]
fn what_follows_the_value_is_told() {
    for tail in ["{}", "x", ",", "]", "}", "null", "// done", "\0"] {
        assert_eq!(told(good() + tail), ["json-trailing"], "{tail:?}");
    }
}

#[test]
fn a_merge_that_was_not_finished_is_told_with_its_lines() {
    let conflict = "<<<<<<< HEAD\n  \"name\": \"a\",\n=======\n  \"name\": \"b\",\n>>>>>>> theirs\n";
    for conflict in [conflict.to_owned(), conflict.replace('\n', "\r\n")] {
        let findings = found(with("  \"name\": \"sfx\",\n", &conflict));
        assert_eq!(codes(&findings), ["json-conflict"]);
        let line = |place: &Place| match place {
            Place::Json { line, .. } => *line,
            other => panic!("{other:?}"),
        };
        let lines: Vec<u32> = findings[0].places.iter().map(line).collect();
        assert_eq!(lines, [4, 6, 8]);
    }
}

#[test]
fn comments_and_other_comforts_are_no_json() {
    for (from, to) in [
        (r#""inputs": {},"#, r#""inputs": {}, // none"#),
        (r#""inputs": {},"#, r#""inputs": {}, /* none */"#),
        (r#""inputs": {}"#, r#""inputs": {,}"#),
        (r#""name": "sfx""#, "'name': 'sfx'"),
        (r#""name": "sfx""#, r#"name: "sfx""#),
        (r#""name": "sfx""#, "\"name\": \"s\tx\""),
        (r#""name": "sfx""#, r#""name": "s\x78""#),
        (r#""name": "sfx""#, r#""name": "\ud800""#),
        (r#""name": "sfx""#, r#""name": "\udc00\ud800""#),
        (r#""enabled": false"#, r#""enabled": False"#),
        (r#""enabled": false"#, r#""enabled": false,"#),
    ] {
        assert_eq!(told(with(from, to)), ["json-syntax"], "{to}");
    }
}

#[test]
fn depth_is_64_and_no_more() {
    let nested = |depth: usize| {
        with(r#""inputs": {}"#, &format!(r#""inputs": {{}}, "x": {0}1{1}"#, "[".repeat(depth), "]".repeat(depth)))
    };
    assert_eq!(told(nested(63)), ["json-unknown-key"]);
    assert_eq!(told(nested(64)), ["json-too-deep"]);
    assert_eq!(told(nested(100_000)), ["json-too-deep"]);
    assert_eq!(told("{\"a\":".repeat(1_000_000)), ["json-too-deep"]);
    assert_eq!(told(with("sfx", &"[".repeat(200))), ["name-illegal"], "brackets in a text are no depth");
}

/// Writes a text as JSON, any character escaped or not as the dice say.
fn spelled(text: &str, mut escape: impl FnMut() -> bool) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if escape() || c < ' ' || c == '"' || c == '\\' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out + "\""
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_text_is_read_the_same_however_it_is_escaped(text in "\\PC{1,32}|[\\x00-\\x7F\u{80}-\u{3000}😀]{1,20}", mut dice in Dice::any()) {
        let bytes = format!("{{\"t\":{}}}", spelled(&text, || dice.once_in(3)));
        let (read, findings) = json::read_document("x.json", bytes.as_bytes(), |root| {
            root.read_object(&["t"])?.required_member("t")?.read_string().map(str::to_owned)
        });
        prop_assert_eq!((read, codes(&findings)), (Some(text), vec![]));
    }
}
