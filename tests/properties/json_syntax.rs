//! Files that are not JSON: other encodings, other dialects, truncated files, unfinished merges. And escapes do not
//! change a text.

use packer_services::diagnostics::Place;
use packer_services::internals::json;
use proptest::prelude::*;
use support::codes;

use crate::json_findings::{codes_of, declaration_with, findings_of, place_of, valid_declaration};
use crate::random::{any_rng, cases};

#[test]
fn line_endings_make_no_finding() {
    assert_eq!(codes_of(valid_declaration()), [] as [&str; 0]);
    assert_eq!(codes_of(valid_declaration().replace('\n', "\r\n")), [] as [&str; 0]);
    assert_eq!(codes_of(valid_declaration().replace('\n', "\r")), [] as [&str; 0]);
    assert_eq!(codes_of(valid_declaration().split_whitespace().collect::<String>()), [] as [&str; 0]);
    assert_eq!(codes_of(format!("\n\n {}\t\r\n", valid_declaration())), [] as [&str; 0]);
}

#[test]
fn other_encodings_are_named() {
    let declaration = valid_declaration();
    let utf16 = |unit: fn(u16) -> [u8; 2]| declaration.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let message = |bytes: &[u8]| findings_of(bytes)[0].message.clone();
    assert_eq!(codes_of([b"\xEF\xBB\xBF", declaration.as_bytes()].concat()), ["json-bom"]);
    for bytes in [
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        [vec![0xFF, 0xFE], utf16(u16::to_le_bytes)].concat(),
        [vec![0xFE, 0xFF], utf16(u16::to_be_bytes)].concat(),
    ] {
        assert_eq!(codes_of(&bytes), ["json-encoding"]);
        assert!(message(&bytes).contains("UTF-16"), "{}", message(&bytes));
    }
    let latin_1 = declaration.replace("a.wav", "\u{1}.wav").into_bytes();
    let latin_1: Vec<u8> = latin_1.into_iter().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
    assert_eq!(codes_of(&latin_1), ["json-encoding"]);
    let line = declaration.lines().position(|line| line.contains("a.wav")).unwrap();
    let column = declaration.lines().nth(line).unwrap().find("a.wav").unwrap();
    assert_eq!(
        place_of(&findings_of(&latin_1)[0]),
        (u32::try_from(line + 1).unwrap(), u32::try_from(column + 1).unwrap(), "$")
    );
    assert_eq!(codes_of(""), ["json-empty"]);
    assert_eq!(codes_of(vec![0; 700]), ["json-empty"]);
    assert_eq!(codes_of(declaration.replace("sfx", "s\0x")), ["json-syntax"]);
    for blank in [" ", "\n\n", "\t\r\n"] {
        assert_eq!(codes_of(blank), ["json-syntax"]);
    }
}

#[test]
fn truncated_json_is_a_syntax_error() {
    let declaration = valid_declaration();
    for length in 1..declaration.trim_end().len() {
        let findings = findings_of(&declaration[..length]);
        assert_eq!(codes(&findings), ["json-syntax"], "{length}");
        assert!(findings[0].message.contains("ends"), "{length}: {}", findings[0].message);
    }
}

#[test]
fn trailing_text_is_reported() {
    for tail in ["{}", "x", ",", "]", "}", "null", "// done", "\0"] {
        assert_eq!(codes_of(valid_declaration() + tail), ["json-trailing"], "{tail:?}");
    }
}

#[test]
fn conflict_markers_are_located() {
    let conflict = "<<<<<<< HEAD\n  \"name\": \"a\",\n=======\n  \"name\": \"b\",\n>>>>>>> theirs\n";
    for conflict in [conflict.to_owned(), conflict.replace('\n', "\r\n")] {
        let findings = findings_of(declaration_with("  \"name\": \"sfx\",\n", &conflict));
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
fn json_extensions_are_refused() {
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
        assert_eq!(codes_of(declaration_with(from, to)), ["json-syntax"], "{to}");
    }
}

#[test]
fn depth_limit_is_64() {
    let nested = |depth: usize| {
        declaration_with(
            r#""inputs": {}"#,
            &format!(r#""inputs": {{}}, "x": {0}1{1}"#, "[".repeat(depth), "]".repeat(depth)),
        )
    };
    assert_eq!(codes_of(nested(63)), ["json-unknown-key"]);
    assert_eq!(codes_of(nested(64)), ["json-too-deep"]);
    assert_eq!(codes_of(nested(100_000)), ["json-too-deep"]);
    assert_eq!(codes_of("{\"a\":".repeat(1_000_000)), ["json-too-deep"]);
    assert_eq!(
        codes_of(declaration_with("sfx", &"[".repeat(200))),
        ["name-illegal"],
        "brackets in a string have no depth"
    );
}

/// Writes a JSON string; `escape` decides whether a character is escaped.
fn json_string(text: &str, mut escape: impl FnMut() -> bool) -> String {
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

/// The paths and texts of all strings and numbers in a value that another parser read.
fn scalars(value: &serde_json::Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(members) => {
            members.iter().for_each(|(key, value)| scalars(value, &format!("{path}.{key}"), found));
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| scalars(value, &format!("{path}[{at}]"), found));
        }
        serde_json::Value::String(text) => found.push((path.to_owned(), text.clone())),
        serde_json::Value::Number(number) => found.push((path.to_owned(), number.to_string())),
        serde_json::Value::Bool(_) | serde_json::Value::Null => {}
    }
}

/// Any JSON with few levels.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        "[\\PC\n\"\\\\/😀\u{7f}]{0,6}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-c\"\\\\\t😀]{0,3}", inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn tree_agrees_with_serde_json(value in any_json(), is_pretty in any::<bool>()) {
        let write = if is_pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        let text = write(&value).unwrap();
        let read = json::scalars_of(text.as_bytes());
        for scalar in &read {
            let line = text.lines().nth(scalar.line as usize - 1).unwrap();
            let written = serde_json::to_string(&scalar.text).unwrap();
            prop_assert!(line.contains(&written) || line.contains(&scalar.text), "{scalar:?}: {line}");
        }
        let mut read: Vec<_> = read.into_iter().map(|scalar| (scalar.path, scalar.text)).collect();
        let mut expected = Vec::new();
        scalars(&value, "$", &mut expected);
        read.sort();
        expected.sort();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn escapes_do_not_change_text(text in "\\PC{1,32}|[\\x00-\\x7F\u{80}-\u{3000}😀]{1,20}", mut rng in any_rng()) {
        let bytes = format!("{{\"t\":{}}}", json_string(&text, || rng.one_in(3)));
        let (read, findings) = json::read_document("x.json", bytes.as_bytes(), |root| {
            root.read_object(&["t"])?.required_member("t")?.read_string().map(str::to_owned)
        });
        prop_assert_eq!((read, codes(&findings)), (Some(text), vec![]));
    }
}
