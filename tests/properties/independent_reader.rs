//! The packer's reader and an independent one, written from the same spec, accept and refuse the same packs.

use std::io::Cursor;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use support::oracle::reader::Pack as IndependentPack;

use crate::pack_findings::{PAYLOAD, canonical, pack_of, valid_header, verify_codes};
use crate::random::{Rng, any_rng, cases};

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn readers_agree_on_changed_headers(
        mut rng in any_rng(), changes in 1..4usize, tail in select(vec![0, 0, 0, 1, -1]),
    ) {
        let mut header = valid_header();
        for _ in 0..changes {
            change_value(&mut header, &mut rng, 6);
        }
        let bytes = pack_of(canonical(&header), PAYLOAD.saturating_add_signed(tail));
        let ours = verify_codes(&bytes);
        let theirs = IndependentPack::new(Cursor::new(&bytes));
        prop_assert_eq!(ours.is_empty(), theirs.is_ok(), "ours: {:?}, theirs: {:?}\n{}", ours, theirs.err(), header);
    }
}

/// Replaces, removes, adds or moves one value, except in a scene's rooms, which no reader checks.
fn change_value(value: &mut Value, rng: &mut Rng, deeper: usize) {
    let inner = match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if inner > 0 && deeper > 0 && !rng.one_in(5) {
        let at = rng.below(inner);
        let next = match value {
            Value::Object(members) => {
                members.iter_mut().nth(at).filter(|(key, _)| *key != "rooms").map(|(_, next)| next)
            }
            Value::Array(items) => items.get_mut(at),
            _ => None,
        };
        return next.map_or((), |next| change_value(next, rng, deeper - 1));
    }
    match value {
        Value::Object(members) if rng.one_in(2) => {
            if rng.one_in(2) {
                let key = members.keys().nth(rng.below(members.len().max(1))).cloned();
                key.and_then(|key| members.remove(&key));
            } else {
                let key = *rng.choose(&["slot", "loop_start", "loop_end", "2", "extra"]);
                members.insert(key.to_owned(), any_value(rng));
            }
        }
        Value::Array(items) if !items.is_empty() && rng.one_in(2) => {
            let (from, to) = (rng.below(items.len()), rng.below(items.len()));
            if rng.one_in(2) { items.swap(from, to) } else { items.insert(to, items[from].clone()) }
        }
        Value::Number(number) if rng.one_in(2) => {
            let near = number.as_u64().map_or(0, |number| number + rng.next_u64() % 3).saturating_sub(1);
            *value = json!(near);
        }
        _ => *value = any_value(rng),
    }
}

fn any_value(rng: &mut Rng) -> Value {
    match rng.below(4) {
        0 => json!(*rng.choose(&[0, 1, 2, 7, 14, 15, 16, 256, 34_816])),
        1 => json!(*rng.choose(&["NONE", "SCENE", "GLYPH", "SOUNDS", "ui", "0", "", "a b"])),
        2 => rng.choose(&[json!(null), json!(true), json!(1.5), json!([]), json!({})]).clone(),
        // Up to the largest integer that a header may contain.
        _ => json!(rng.next_u64() >> (11 + rng.below(53))),
    }
}
