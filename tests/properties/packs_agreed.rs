//! Two readers were written apart from each other, from one spec: they accept and refuse the same packs.

use std::io::Cursor;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use support::oracle::reader::Pack as IndependentPack;

use crate::cases::{Dice, cases};
use crate::packs_crafted::{PAYLOAD, canonical, good, sealed, told};

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn the_independent_reader_accepts_and_refuses_the_same_headers(
        mut dice in Dice::any(), changes in 1..4usize, tail in select(vec![0, 0, 0, 1, -1]),
    ) {
        let mut header = good();
        for _ in 0..changes {
            change_something(&mut header, &mut dice, 6);
        }
        let bytes = sealed(canonical(&header), PAYLOAD.saturating_add_signed(tail));
        let ours = told(&bytes);
        let theirs = IndependentPack::new(Cursor::new(&bytes));
        prop_assert_eq!(ours.is_empty(), theirs.is_ok(), "ours: {:?}, theirs: {:?}\n{}", ours, theirs.err(), header);
    }
}

/// Replaces, removes, adds or moves one value, anywhere but in a scene's rooms, which nobody judges.
fn change_something(value: &mut Value, dice: &mut Dice, deeper: usize) {
    let inner = match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if inner > 0 && deeper > 0 && !dice.once_in(5) {
        let at = dice.below(inner);
        let next = match value {
            Value::Object(members) => {
                members.iter_mut().nth(at).filter(|(key, _)| *key != "rooms").map(|(_, next)| next)
            }
            Value::Array(items) => items.get_mut(at),
            _ => None,
        };
        return next.map_or((), |next| change_something(next, dice, deeper - 1));
    }
    match value {
        Value::Object(members) if dice.once_in(2) => {
            if dice.once_in(2) {
                let key = members.keys().nth(dice.below(members.len().max(1))).cloned();
                key.and_then(|key| members.remove(&key));
            } else {
                let key = *dice.pick(&["slot", "loop_start", "loop_end", "2", "extra"]);
                members.insert(key.to_owned(), any_value(dice));
            }
        }
        Value::Array(items) if !items.is_empty() && dice.once_in(2) => {
            let (from, to) = (dice.below(items.len()), dice.below(items.len()));
            if dice.once_in(2) { items.swap(from, to) } else { items.insert(to, items[from].clone()) }
        }
        Value::Number(number) if dice.once_in(2) => {
            let near = number.as_u64().map_or(0, |number| number + dice.bits() % 3).saturating_sub(1);
            *value = json!(near);
        }
        _ => *value = any_value(dice),
    }
}

fn any_value(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => json!(*dice.pick(&[0, 1, 2, 7, 14, 15, 16, 256, 34_816])),
        1 => json!(*dice.pick(&["NONE", "SCENE", "GLYPH", "SOUNDS", "ui", "0", "", "a b"])),
        2 => dice.pick(&[json!(null), json!(true), json!(1.5), json!([]), json!({})]).clone(),
        // Up to the largest integer that a header may hold.
        _ => json!(dice.bits() >> (11 + dice.below(53))),
    }
}
