//! `asset.json` and `index.json` with wrong keys and values: each cause has its own finding, at its place, with the
//! word that was probably meant. Values are checked after unescaping.

use packer_services::declaration::{Declaration, LoopChoice, SoundArtifact};
use packer_services::diagnostics::{Code, Finding, Place};
use packer_services::formats::SampleLoop;
use packer_services::registry::Registry;
use support::{codes, sample, sound, uuid};

/// A valid declaration of a sound bank, as the packer writes it.
pub fn valid_declaration() -> String {
    let looping = LoopChoice::At(SampleLoop { start: 1, end: 3 });
    let artifacts = vec![sample("a.wav", 0), SoundArtifact { looping, ..sample("b.wav", 1) }];
    String::from_utf8(sound(1, "sfx", 8000, artifacts).to_bytes()).unwrap()
}

pub fn findings_of(bytes: impl AsRef<[u8]>) -> Vec<Finding> {
    let reading = Declaration::read(bytes.as_ref());
    assert_ne!(reading.declaration.is_some(), reading.findings.iter().any(Finding::is_error));
    reading.findings
}

pub fn codes_of(bytes: impl AsRef<[u8]>) -> Vec<&'static str> {
    codes(&findings_of(bytes))
}

/// The valid declaration with the first `from` replaced; it must contain it.
pub fn declaration_with(from: &str, to: &str) -> String {
    let declaration = valid_declaration();
    assert!(declaration.contains(from), "{from} is not in {declaration}");
    declaration.replacen(from, to, 1)
}

pub fn place_of(finding: &Finding) -> (u32, u32, &str) {
    match &finding.places[0] {
        Place::Json { line, column, path } => (*line, *column, path),
        other => panic!("{other:?}"),
    }
}

#[test]
fn duplicate_key_is_found_at_any_depth() {
    for (from, to, path) in [
        (r#""name": "sfx","#, r#""name": "sfx", "name": "sfx","#, "$.name"),
        (r#""index": 0"#, r#""index": 0, "index": 0"#, "$.artifacts[0].index"),
        (r#""start": 1,"#, r#""start": 1, "start": 1,"#, "$.artifacts[1].loop.start"),
        (r#""inputs": {}"#, r#""inputs": {"palettes": [], "palettes": []}"#, "$.inputs.palettes"),
        (r#""name": "sfx","#, r#""name": "sfx", "n\u0061me": "x","#, "$.name"),
    ] {
        let findings = findings_of(declaration_with(from, to));
        assert_eq!(codes(&findings), ["json-duplicate-key"], "{to}");
        assert_eq!(place_of(&findings[0]).2, path);
    }
    let unknown_twice = declaration_with(r#""inputs": {}"#, r#""inputs": {}, "x": {"y": {"z": 1, "z": 2}}"#);
    assert_eq!(codes_of(unknown_twice), ["json-duplicate-key", "json-unknown-key"]);
}

#[test]
fn unknown_key_names_nearest_known_key() {
    for (from, to, near) in [
        (r#""name""#, r#""nmae""#, "name"),
        (r#""artifacts""#, r#""artifact""#, "artifacts"),
        (r#""index": 0"#, r#""Index": 0"#, "index"),
        (r#""sample_rate""#, r#""samplerate""#, "sample_rate"),
        (r#""end": 3"#, r#""ende": 3"#, "end"),
        (r#""enabled""#, r#""enable""#, "enabled"),
        (r#""codec""#, r#""codex""#, "codec"),
    ] {
        let findings = findings_of(declaration_with(from, to));
        let unknown = findings.iter().find(|finding| finding.code == Code::JsonUnknownKey).unwrap();
        assert!(unknown.message.contains(&format!("`{near}`")), "{}", unknown.message);
        assert!(findings.iter().all(Finding::is_error), "{to}");
    }
}

#[test]
fn missing_required_keys_are_reported() {
    let required = [
        "schema_version",
        "asset_uuid",
        "name",
        "type",
        "inputs",
        "output",
        "format",
        "codec",
        "metadata",
        "sample_rate",
        "preload",
        "enabled",
        "file",
        "index",
        "start",
        "end",
    ];
    for key in required {
        // The key in its place is unknown, so both are reported.
        let findings = findings_of(declaration_with(&format!("\"{key}\":"), "\"qqqqqqqqqqqqqqqqqqqq\":"));
        assert!(codes(&findings).contains(&"json-missing-key"), "{key}: {:?}", codes(&findings));
        assert!(findings.iter().any(|finding| finding.message.contains(&format!("`{key}`"))), "{key}");
    }
    assert_eq!(
        codes_of(declaration_with("\"artifacts\":", "\"qqqqqqqqqqqqqqqqqq\":")),
        ["json-unknown-key", "artifacts-missing"]
    );
}

#[test]
fn wrong_type_and_null_are_located() {
    for (from, to, code) in [
        (r#""name": "sfx""#, r#""name": 7"#, "json-wrong-type"),
        (r#""name": "sfx""#, r#""name": null"#, "json-null"),
        (r#""inputs": {}"#, r#""inputs": []"#, "json-wrong-type"),
        (r#""index": 0"#, r#""index": "0""#, "json-wrong-type"),
        (r#""index": 0"#, r#""index": [0]"#, "json-wrong-type"),
        (r#""enabled": false"#, r#""enabled": 0"#, "json-wrong-type"),
        (r#""enabled": false"#, r#""enabled": null"#, "json-null"),
        (r#""enabled": false"#, r#""enabled": true, "slot": null"#, "json-null"),
        (r#""index": 0"#, r#""index": 0, "convert": null"#, "json-null"),
        (r#""index": 0"#, r#""index": 0, "convert": {"downmix": false}"#, "json-wrong-value"),
        (r#""codec": "NONE""#, r#""codec": "none""#, "json-wrong-value"),
        (r#""type": "sound_bank""#, r#""type": "soundbank""#, "json-wrong-value"),
        (r#""type": "sound_bank""#, r#""type": "glyph_bank""#, "format-mismatch"),
        (r#""inputs": {}"#, r#""inputs": {"payload": []}"#, "json-wrong-value"),
        (r#""inputs": {}"#, r#""inputs": {"payload": ["a", "b"]}"#, "json-wrong-value"),
        (r#""name": "sfx""#, r#""name": "s f x""#, "name-illegal"),
        (r#""name": "sfx""#, r#""name": """#, "name-illegal"),
    ] {
        assert!(
            codes_of(declaration_with(from, to)).contains(&code),
            "{to}: {:?}",
            codes_of(declaration_with(from, to))
        );
    }
    let findings = findings_of(declaration_with(r#""index": 0"#, "\"index\":\n        true"));
    assert_eq!(place_of(&findings[0]), (11, 9, "$.artifacts[0].index"));
    assert_eq!(
        codes_of(declaration_with(r#""index": 0"#, r#""index": 0, "loop": null"#)),
        [] as [&str; 0],
        "null is valid here"
    );
    assert_eq!(codes_of("[]"), ["json-wrong-type"]);
    assert_eq!(codes_of("null"), ["json-null"]);
}

#[test]
fn numbers_are_plain_integers_in_their_range() {
    for number in ["-1", "1.0", "1e0", "0E0", "-0", "0.5", "1e400", "1E-400"] {
        assert_eq!(
            codes_of(declaration_with(r#""index": 0"#, &format!(r#""index": {number}"#))),
            ["json-integer"],
            "{number}"
        );
    }
    for number in ["2147483648", "4294967296", "9007199254740993", "18446744073709551616", &"9".repeat(400)] {
        assert_eq!(
            codes_of(declaration_with(r#""index": 0"#, &format!(r#""index": {number}"#))),
            ["json-out-of-range"],
            "{number}"
        );
    }
    for number in ["00", "01", "+1", ".5", "1.", "0x1", "1_000", "NaN", "Infinity", "1e"] {
        assert_eq!(
            codes_of(declaration_with(r#""index": 0"#, &format!(r#""index": {number}"#))),
            ["json-syntax"],
            "{number}"
        );
    }
    for (from, to) in [
        ("8000", "0"),
        ("8000", "192001"),
        (r#""enabled": false"#, r#""enabled": false, "slot": 16"#),
        (r#""start": 1"#, r#""start": 4294967296"#),
    ] {
        assert_eq!(codes_of(declaration_with(from, to)), ["json-out-of-range"], "{to}");
    }
}

#[test]
fn path_is_checked_after_unescaping() {
    for (written, expected) in [
        (r"\u002e\u002e\u002fa.wav", Code::PathNotRelative),
        (r"\u002fetc\u002fpasswd", Code::PathNotRelative),
        (r"b\\a.wav", Code::PathNotRelative),
        (r"C\u003a\u005cx", Code::PathNotRelative),
        (r"a\u0000.wav", Code::PathCharacter),
        (r"a\u001b[2J.wav", Code::PathCharacter),
        (r"\u002ehidden", Code::PathHidden),
        (r"\u0063\u006f\u006e.wav", Code::PathReserved),
        (r"a.wav\u0020", Code::PathTrailing),
        (r"e\u0301.wav", Code::PathNotNfc),
    ] {
        let findings = findings_of(declaration_with("a.wav", written));
        assert_eq!(codes(&findings), [expected.as_str()], "{written}");
        let shown = findings[0].to_string();
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    }
    assert_eq!(codes_of(declaration_with("a.wav", r"\u0061\u002e\u0077av")), [] as [&str; 0]);
    let overridden = findings_of(declaration_with("a.wav", r"\u202evaw.exe\u0000"));
    assert!(!overridden[0].to_string().contains('\u{202e}'), "an override of the text direction must be escaped");
}

#[test]
fn other_schema_version_stops_reading() {
    for (version, code) in [
        ("0", "schema-version"),
        ("2", "schema-version"),
        ("4294967295", "schema-version"),
        ("\"1\"", "json-wrong-type"),
    ] {
        let newer =
            declaration_with(r#""schema_version": 1"#, &format!(r#""schema_version": {version}, "color_space": 3"#));
        let findings = findings_of(&newer);
        assert!(codes(&findings).contains(&code), "{version}: {:?}", codes(&findings));
        assert!(codes(&findings).iter().all(|found| [code, "json-unknown-key"].contains(found)), "{version}");
    }
    let registry = br#"{"schema_version": 2, "next_asset_id": 1, "assets": []}"#;
    let (read, findings) = Registry::read(registry);
    assert_eq!((read, codes(&findings)), (None, vec!["schema-version"]));
}

#[test]
fn registry_is_read_as_strictly() {
    let entry = format!(r#"{{"asset_id": 1, "asset_uuid": "{}", "root": "a", "included_in_build": true}}"#, uuid(1));
    let registry =
        |next: &str, entries: &str| format!(r#"{{"schema_version":1,"next_asset_id":{next},"assets":[{entries}]}}"#);
    let registry_codes = |text: String| codes(&Registry::read(text.as_bytes()).1);
    assert_eq!(registry_codes(registry("2", &entry)), [] as [&str; 0]);
    assert_eq!(registry_codes(registry("2147483648", &entry)), [] as [&str; 0]);
    assert_eq!(registry_codes(registry("1", &entry)), ["next-id-too-low"]);
    assert_eq!(registry_codes(registry("0", "")), ["json-out-of-range"]);
    assert_eq!(registry_codes(registry("2147483649", "")), ["json-out-of-range"]);
    for (from, to, code) in [
        (r#""asset_id": 1"#, r#""asset_id": 0"#, "json-out-of-range"),
        (r#""asset_id": 1"#, r#""asset_id": 2147483648"#, "json-out-of-range"),
        (r#""asset_id": 1"#, r#""asset_id": 1.0"#, "json-integer"),
        (r#""asset_id": 1, "#, "", "json-missing-key"),
        (r#""root": "a""#, r#""root": "..""#, "path-not-relative"),
        (r#""root": "a""#, r#""root": "a/""#, "path-not-relative"),
        (r#""root": "a""#, r#""root": ".prometeu""#, "path-hidden"),
        (r#""included_in_build": true"#, r#""included_in_build": 1"#, "json-wrong-type"),
        (r#""included_in_build": true"#, r#""included": true"#, "json-unknown-key"),
        ("9eed", "9EED", "uuid-malformed"),
    ] {
        let changed = entry.replacen(from, to, 1);
        assert_ne!(changed, entry, "{from}");
        assert!(
            registry_codes(registry("2", &changed)).contains(&code),
            "{to}: {:?}",
            registry_codes(registry("2", &changed))
        );
    }
    let nil = entry.replace(&uuid(1).to_string(), "00000000-0000-0000-0000-000000000000");
    assert_eq!(registry_codes(registry("2", &nil)), ["uuid-malformed"]);
}
