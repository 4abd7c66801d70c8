//! Canonical JSON: the only writer of the pack's header and of the companions, and a reader of nothing else.
//!
//! UTF-8, no white space, keys sorted recursively, arrays in order, no floating point; string escapes as in RFC 8785
//! (spec: runtime artifact). Keys are sorted here, because any crate of a build may change the order of `serde_json`'s
//! maps.

mod tree;

use std::borrow::Borrow;
use std::cmp::Ordering;

use serde_json::Value;

pub use tree::{Item, Object, Tree};

/// The largest integer in canonical JSON: 2^53 − 1, the last that every reader of JSON represents exactly.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The canonical bytes of `value`, without a final newline.
///
/// # Errors
/// The number that has no canonical form, because it is not an integer in 0…2^53 − 1.
pub fn to_vec(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    write_value(value, &mut out)?;
    Ok(out)
}

/// The canonical bytes of an array. Its items are created one by one, because the values of a long array take many
/// times the memory of its bytes.
///
/// # Errors
/// As [`to_vec`].
pub fn array_to_vec(items: impl Iterator<Item = Value>) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    write_array(items, &mut out)?;
    Ok(out)
}

/// The canonical bytes of an object with these members, whose keys are sorted. An array is written as by
/// [`array_to_vec`].
///
/// # Errors
/// As [`to_vec`].
pub fn object_to_vec<'a>(members: impl IntoIterator<Item = (&'a str, Member<'a>)>) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    for (i, (key, member)) in members.into_iter().enumerate() {
        out.push(if i == 0 { b'{' } else { b',' });
        write_string(key, &mut out);
        out.push(b':');
        match member {
            Member::Value(value) => write_value(&value, &mut out)?,
            Member::Array(items) => write_array(items, &mut out)?,
        }
    }
    out.push(b'}');
    Ok(out)
}

/// A member of an object.
pub enum Member<'a> {
    /// Any value.
    Value(Value),
    /// The items of an array.
    Array(Box<dyn Iterator<Item = Value> + 'a>),
}

impl std::fmt::Debug for Member<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Array(_) => f.write_str("Array"),
        }
    }
}

/// A number that has no canonical form.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not an integer from 0 to 9007199254740991")]
pub struct NotCanonical(String);

fn write_value(value: &Value, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => match number.as_u64() {
            Some(integer) if integer <= MAX_INTEGER => out.extend_from_slice(integer.to_string().as_bytes()),
            _ => return Err(NotCanonical(number.to_string())),
        },
        Value::String(text) => write_string(text, out),
        Value::Array(items) => write_array(items.iter(), out)?,
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| compare_keys(a, b));
            out.push(b'{');
            for (i, (key, item)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write_value(item, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_array(items: impl Iterator<Item: Borrow<Value>>, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    out.push(b'[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_value(item.borrow(), out)?;
    }
    out.push(b']');
    Ok(())
}

/// The order of keys: by UTF-16 code units, as in RFC 8785.
fn compare_keys(a: &str, b: &str) -> Ordering {
    match std::iter::zip(a.bytes(), b.bytes()).find(|(a, b)| a != b) {
        // Only here can it differ from the order of bytes: characters past U+FFFF come before those from U+E000 on.
        Some((0xEE.., 0xEE..)) => a.encode_utf16().cmp(b.encode_utf16()),
        Some((a, b)) => a.cmp(&b),
        None => a.len().cmp(&b.len()),
    }
}

/// `serde_json` escapes strings as RFC 8785 requires: the two-character forms, `\u00xx` for other control characters,
/// and nothing else.
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(Value::from(text).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [{"z": 1, "a": 2}, 1], "a": {"10": 1, "2": 2, "1": 0}});
        let text = String::from_utf8(to_vec(&value).unwrap()).unwrap();
        assert_eq!(text, r#"{"a":{"1":0,"10":1,"2":2},"b":[{"a":2,"z":1},1]}"#);
    }

    #[test]
    fn keys_are_compared_as_utf_16() {
        let keys = ["", "a", "aa", "b", "\u{7f}", "é", "\u{7ff}", "\u{800}", "\u{d7ff}", "\u{e000}", "\u{ffff}"];
        let keys = keys.into_iter().chain(["\u{10000}", "\u{10ffff}", "a\u{e000}", "a\u{10000}", "a\u{10001}"]);
        let keys: Vec<&str> = keys.collect();
        for (a, b) in keys.iter().flat_map(|a| keys.iter().map(move |b| (a, b))) {
            assert_eq!(compare_keys(a, b), a.encode_utf16().cmp(b.encode_utf16()), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn strings_are_escaped_as_in_rfc_8785() {
        let value = json!("\u{8}\t\n\u{c}\r\"\\/\u{1f}\u{7f}é\u{2028}😀");
        assert_eq!(to_vec(&value).unwrap(), "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u001f\u{7f}é\u{2028}😀\"".as_bytes());
    }

    #[test]
    fn only_safe_integers_are_accepted() {
        for value in [json!(1.0), json!(-1), json!(1u64 << 53), json!(1e300)] {
            assert!(to_vec(&value).is_err(), "{value}");
        }
        assert_eq!(to_vec(&json!(MAX_INTEGER)).unwrap(), b"9007199254740991");
    }
}
