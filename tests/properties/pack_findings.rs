//! Packs that the packer does not write: each rule of the reader has its own code.

use std::io::Cursor;

use packer_services::Context;
use packer_services::ops::{Operation, VerifyPack};
use serde_json::{Value, json};
use support::codes;
use support::oracle::reader::Pack as IndependentPack;

/// Canonical JSON, implemented independently of the packer.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            let member = |(key, value): &(&String, &Value)| format!("{}:{}", json!(key), canonical(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// A pack with this header and a payload of zeros.
pub fn pack_of(header: impl AsRef<[u8]>, payload_bytes: usize) -> Vec<u8> {
    let header = header.as_ref();
    let length = u32::try_from(header.len()).unwrap();
    let mut bytes = b"ASPA\x01\0\0\0".to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend((32 + u64::from(length)).to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend(header);
    bytes.resize(bytes.len() + payload_bytes, 0);
    bytes
}

pub const PAYLOAD: usize = 34_816 + 14 + 5;

/// A glyph bank, a sound bank of two samples and a scene, the first two preloaded.
pub fn valid_header() -> Value {
    let glyph = json!({"height": 256, "palette_authored": 2, "palette_count": 64, "tile_size": 8, "width": 256});
    let samples = json!({
        "0": {"length": 4, "offset": 0, "sample_rate": 8000},
        "1": {"length": 10, "loop_end": 5, "loop_start": 1, "offset": 4, "sample_rate": 22050},
    });
    let entry = |id: u32, name: &str, bank: &str, [offset, size, decoded]: [u32; 3], metadata: Value| {
        json!({"asset_id": id, "asset_name": name, "bank_type": bank, "codec": "NONE", "decoded_size": decoded,
               "metadata": metadata, "offset": offset, "size": size})
    };
    json!({
        "asset_table": [
            entry(2, "ui", "GLYPH", [0, 34_816, 67_584], glyph),
            entry(7, "sfx", "SOUNDS", [34_816, 14, 14], json!({"channels": 1, "sample_rate": 8000, "samples": samples})),
            entry(9, "level/1", "SCENE", [34_830, 5, 1 << 20], json!({"rooms": [{"x": null}, true, "é\u{1}"]})),
        ],
        "preload": [{"asset_id": 2, "slot": 15}, {"asset_id": 7, "slot": 15}],
    })
}

/// The codes of `verify`, except that payload bytes are not checked.
pub fn verify_codes(bytes: &[u8]) -> Vec<&'static str> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let report = VerifyPack::new(file.path()).run(&Context::new()).unwrap();
    codes(report.findings()).into_iter().filter(|code| *code != "payload-unchecked").collect()
}

fn codes_with_header(change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
    let mut header = valid_header();
    change(&mut header);
    verify_codes(&pack_of(canonical(&header), PAYLOAD))
}

/// The codes of a header with this value at a JSON pointer.
fn codes_with_value(pointer: &str, value: Value) -> Vec<&'static str> {
    codes_with_header(|header| *header.pointer_mut(pointer).unwrap() = value)
}

#[test]
fn valid_pack_has_no_findings() {
    assert_eq!(codes_with_header(|_| ()), [] as [&str; 0]);
    assert!(IndependentPack::new(Cursor::new(pack_of(canonical(&valid_header()), PAYLOAD))).is_ok());
}

#[test]
fn wrong_entry_value_has_its_code() {
    let long = "x".repeat(65);
    let half: Value = serde_json::from_str("1.5").unwrap();
    for (pointer, value, expected) in [
        ("/asset_table/0/asset_id", json!(0), "pack-ids"),
        ("/asset_table/0/asset_id", json!(7), "pack-ids"),
        ("/asset_table/1/asset_id", json!(1), "pack-ids"),
        ("/asset_table/2/asset_id", json!(2_147_483_648u32), "pack-ids"),
        ("/asset_table/2/asset_id", json!("9"), "pack-header-shape"),
        ("/asset_table/2/asset_id", json!(-9), "pack-header-form"),
        ("/asset_table/2/asset_id", half, "pack-header-form"),
        ("/asset_table/2/size", json!(9_007_199_254_740_992u64), "pack-header-form"),
        ("/asset_table/0/asset_name", json!(""), "pack-name"),
        ("/asset_table/0/asset_name", json!(long), "pack-name"),
        ("/asset_table/0/asset_name", json!("ü"), "pack-name"),
        ("/asset_table/0/asset_name", json!("a b"), "pack-name"),
        ("/asset_table/0/asset_name", json!("a\u{0}"), "pack-name"),
        ("/asset_table/0/asset_name", json!("sfx"), "pack-name"),
        ("/asset_table/0/asset_name", json!(null), "pack-header-shape"),
        ("/asset_table/0/bank_type", json!("glyph"), "pack-bank-type"),
        ("/asset_table/0/bank_type", json!("TILES"), "pack-bank-type"),
        ("/asset_table/0/codec", json!("LZ4"), "pack-codec"),
        ("/asset_table/0/codec", json!(""), "pack-codec"),
        ("/asset_table/0/size", json!(34_815), "pack-sizes"),
        ("/asset_table/0/decoded_size", json!(67_583), "pack-sizes"),
        ("/asset_table/1/decoded_size", json!(15), "pack-sizes"),
        ("/asset_table/1/offset", json!(true), "pack-header-shape"),
        ("/asset_table/1", json!([]), "pack-header-shape"),
        ("/asset_table", json!({}), "pack-header-shape"),
        ("/preload", json!(null), "pack-header-shape"),
        ("", json!([]), "pack-header-shape"),
    ] {
        // Without preload entries, which could name a missing asset.
        let found = codes_with_header(|header| {
            header["preload"] = json!([]);
            *header.pointer_mut(pointer).unwrap() = value.clone();
        });
        assert_eq!(found, [expected], "{pointer} is {value}");
    }
}

#[test]
fn unknown_metadata_is_refused() {
    let one = json!({"length": 14, "offset": 0, "sample_rate": 8000});
    for (pointer, value) in [
        ("/asset_table/0/metadata/height", json!(255)),
        ("/asset_table/0/metadata/width", json!(512)),
        ("/asset_table/0/metadata/palette_count", json!(63)),
        ("/asset_table/0/metadata/palette_authored", json!(0)),
        ("/asset_table/0/metadata/palette_authored", json!(65)),
        ("/asset_table/0/metadata/tile_size", json!(24)),
        ("/asset_table/0/metadata", json!({})),
        ("/asset_table/0/metadata", json!([])),
        ("/asset_table/1/metadata/channels", json!(2)),
        ("/asset_table/1/metadata/sample_rate", json!(0)),
        ("/asset_table/1/metadata/sample_rate", json!(192_001)),
        ("/asset_table/1/metadata/samples", json!({})),
        ("/asset_table/1/metadata/samples", json!([])),
        ("/asset_table/1/metadata/samples", json!({"1": one})),
        ("/asset_table/1/metadata/samples", json!({"00": one})),
        ("/asset_table/1/metadata/samples/0", json!({"length": 4, "offset": 0})),
        ("/asset_table/1/metadata/samples/0/length", json!(3)),
        ("/asset_table/1/metadata/samples/0/length", json!(0)),
        ("/asset_table/1/metadata/samples/0/length", json!(2)),
        ("/asset_table/1/metadata/samples/0/offset", json!(2)),
        ("/asset_table/1/metadata/samples/1/offset", json!(2)),
        ("/asset_table/1/metadata/samples/0/sample_rate", json!(192_001)),
        ("/asset_table/1/metadata/samples/1/loop_start", json!(5)),
        ("/asset_table/1/metadata/samples/1/loop_end", json!(6)),
        ("/asset_table/1/metadata/samples/1/loop_end", json!(null)),
        ("/asset_table/2/metadata", json!("rooms")),
    ] {
        assert_eq!(codes_with_value(pointer, value.clone()), ["pack-metadata"], "{pointer} is {value}");
    }
    for pointer in ["/asset_table/0/metadata", "/asset_table/1/metadata", "/asset_table/1/metadata/samples/1"] {
        let added = codes_with_header(|header| header.pointer_mut(pointer).unwrap()["gain"] = json!(1));
        assert_eq!(added, ["pack-metadata"], "an additional key in {pointer}");
    }
}

#[test]
fn header_keys_are_exact() {
    for (pointer, keys) in [
        ("", vec!["asset_table", "preload"]),
        (
            "/asset_table/2",
            vec!["asset_id", "asset_name", "bank_type", "codec", "decoded_size", "metadata", "offset", "size"],
        ),
        ("/preload/0", vec!["asset_id", "slot"]),
    ] {
        for key in keys {
            let without = codes_with_header(|header| {
                drop(header.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key))
            });
            assert_eq!(without, ["pack-header-shape"], "{pointer} without {key}");
        }
        let with = codes_with_header(|header| header.pointer_mut(pointer).unwrap()["zzz"] = json!(0));
        assert_eq!(with, ["pack-header-shape"], "{pointer} with an additional key");
    }
}

#[test]
fn preload_entries_must_be_valid() {
    let slot = |id: u32, slot: u64| json!({"asset_id": id, "slot": slot});
    let preload = |list: Value| codes_with_value("/preload", list);
    assert_eq!(preload(json!([])), [] as [&str; 0]);
    assert_eq!(preload(json!([slot(2, 0), slot(7, 0), slot(9, 0)])), [] as [&str; 0], "one slot of each bank type");
    assert_eq!(preload(json!([slot(2, 16)])), ["pack-preload"]);
    assert_eq!(preload(json!([slot(2, 1 << 40)])), ["pack-preload"]);
    assert_eq!(preload(json!([slot(3, 0)])), ["pack-preload"], "there is no asset 3");
    assert_eq!(preload(json!([slot(7, 0), slot(2, 0)])), ["pack-preload"], "not by id");
    assert_eq!(preload(json!([slot(2, 0), slot(2, 1)])), ["pack-preload"], "an asset twice");
    assert_eq!(preload(json!([{"asset_id": 2, "slot": "0"}])), ["pack-header-shape"]);
    let two_glyph_banks = codes_with_header(|header| {
        header["asset_table"][1] = header["asset_table"][0].clone();
        header["asset_table"][1]["asset_id"] = json!(7);
        header["asset_table"][1]["asset_name"] = json!("two");
        header["asset_table"][1]["offset"] = json!(34_816);
        header["asset_table"].as_array_mut().unwrap().pop();
    });
    assert!(two_glyph_banks.contains(&"pack-preload"), "{two_glyph_banks:?}");
}

#[test]
fn payloads_are_contiguous() {
    let header = canonical(&valid_header());
    assert_eq!(verify_codes(&pack_of(&header, PAYLOAD + 1)), ["pack-tail"]);
    assert_eq!(verify_codes(&pack_of(&header, PAYLOAD - 1)), ["pack-overflow"]);
    assert_eq!(verify_codes(&pack_of(&header, 0)), ["pack-overflow"]);
    let moved = |at: u64, payload: usize| {
        let mut header = valid_header();
        header["asset_table"][2]["offset"] = json!(at);
        verify_codes(&pack_of(canonical(&header), payload))
    };
    assert_eq!(moved(34_831, PAYLOAD + 1), ["pack-gap"]);
    assert_eq!(moved(34_829, PAYLOAD - 1), ["pack-overlap"]);
    assert_eq!(moved(0, PAYLOAD), ["pack-overlap"]);
    let far = moved((1 << 53) - 1, PAYLOAD);
    assert!(far.contains(&"pack-gap") && far.contains(&"pack-overflow") && far.len() == 2, "{far:?}");
    assert_eq!(codes_with_value("/asset_table/2/size", json!((1u64 << 53) - 1)), ["pack-overflow"]);
    assert_eq!(
        codes_with_value("/asset_table/2/decoded_size", json!(0)),
        [] as [&str; 0],
        "a scene has any decoded size"
    );
    assert_eq!(verify_codes(&pack_of(r#"{"asset_table":[],"preload":[]}"#, 0)), [] as [&str; 0]);
    assert_eq!(verify_codes(&pack_of(r#"{"asset_table":[],"preload":[]}"#, 1)), ["pack-tail"]);
}

#[test]
fn header_has_one_canonical_form() {
    let good = canonical(&valid_header());
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        verify_codes(&pack_of(good.replacen(from, to, 1), PAYLOAD))
    };
    for (from, to) in [
        ("[{", "[ {"),
        (r#"{"asset_id":2"#, "{\n\"asset_id\":2"),
        (r#""codec":"NONE","decoded_size":67584"#, r#""decoded_size":67584,"codec":"NONE""#),
        (r#""codec":"NONE""#, r#""codec":"LZ4","codec":"NONE""#),
        (r#""asset_name":"ui""#, r#""asset_name":"\u0075i""#),
        ("level/1", r"level\/1"),
        (r"\u0001", r"\u0001\u0008"),
        ("é", r"\u00e9"),
        (r#""height":256"#, r#""height":256.0"#),
        (r#""height":256"#, r#""height":2.56e2"#),
        (r#""loop_start":1"#, r#""loop_start":-0"#),
        (r#""height":256"#, r#""height":18446744073709551616"#),
    ] {
        assert_eq!(with(from, to), ["pack-header-form"], "{to}");
    }
    assert_eq!(verify_codes(&pack_of(format!("{good}\n"), PAYLOAD)), ["pack-header-form"], "a newline");
    assert_eq!(verify_codes(&pack_of(format!(" {good}"), PAYLOAD)), ["pack-header-form"]);
    for (from, to) in [(r#""height":256"#, r#""height":0256"#), ("[{", "[/**/{"), (r#"],"preload""#, r#",],"preload""#)]
    {
        assert_eq!(with(from, to), ["pack-header-json"], "{to}");
    }
    for bytes in [&b""[..], b"\xEF\xBB\xBF{}", b"{}{}", b"{\"a\":\"\xFF\"}", b"\0\0", b"{\"a\":\"\\ud800\"}"] {
        assert_eq!(verify_codes(&pack_of(bytes, 0)), ["pack-header-json"], "{}", bytes.escape_ascii());
    }
    assert_eq!(verify_codes(&pack_of(format!("{}{}", "[".repeat(65), "]".repeat(65)), 0)), ["pack-header-json"]);
}

#[test]
fn prelude_fields_have_own_codes() {
    let good = pack_of(canonical(&valid_header()), PAYLOAD);
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        verify_codes(&changed)
    };
    assert_eq!(with(0, b"ASPB"), ["pack-magic"]);
    assert_eq!(with(0, b"aspa"), ["pack-magic"]);
    assert_eq!(with(4, &[2, 0, 0, 0]), ["pack-version"]);
    assert_eq!(with(4, &[0, 0, 0, 0]), ["pack-version"]);
    assert_eq!(with(4, &[2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), ["pack-version"], "another version is not read further");
    assert_eq!(with(8, &[0xFF; 4]), ["pack-header-length"]);
    assert_eq!(with(8, &[1, 0, 0, 4]), ["pack-header-length"], "one byte over 64 MiB");
    assert_eq!(with(12, &[0; 8]), ["pack-payload-offset"]);
    assert_eq!(with(12, &[0xFF; 8]), ["pack-payload-offset"]);
    assert_eq!(with(20, &[1]), ["pack-flags"]);
    assert_eq!(with(31, &[1]), ["pack-reserved"]);
    assert_eq!(verify_codes(&good[..31]), ["pack-cut"]);
}
