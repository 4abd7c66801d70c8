//! Damage to valid bytes by disks, networks, editors and attackers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One change.
#[derive(Clone, Debug)]
pub enum Mutation {
    Flip(Index, u8),
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Delete(Index, usize),
    Duplicate(Index, usize, Index),
    Truncate(Index),
    /// A number that a reader may trust: four bytes, little-endian or big-endian.
    Number(Index, u32, bool),
}

impl Mutation {
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match self {
            Self::Flip(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Self::Set(at, value) => bytes[at.index(length)] = *value,
            Self::Insert(at, new) => drop(bytes.splice(at.index(length)..at.index(length), new.iter().copied())),
            Self::Delete(at, count) => {
                let start = at.index(length);
                bytes.drain(start..(start + count).min(length));
            }
            Self::Duplicate(at, count, to) => {
                let start = at.index(length);
                let copied = bytes[start..(start + count).min(length)].to_vec();
                let to = to.index(length);
                bytes.splice(to..to, copied);
            }
            Self::Truncate(at) => bytes.truncate(at.index(length)),
            Self::Number(at, number, little_endian) => {
                let number = if *little_endian { number.to_le_bytes() } else { number.to_be_bytes() };
                let start = at.index(length);
                for (to, from) in bytes[start..].iter_mut().zip(number) {
                    *to = from;
                }
            }
        }
    }
}

/// One change of any kind.
pub fn any_mutation() -> impl Strategy<Value = Mutation> {
    let numbers = vec![0, 1, 2, 0x7F, 0xFF, 0xFFFF, 0x0001_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, u32::MAX];
    prop_oneof![
        4 => (any::<Index>(), 0..8u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, value)| Mutation::Set(at, value)),
        2 => (any::<Index>(), vec(any::<u8>(), 1..9)).prop_map(|(at, new)| Mutation::Insert(at, new)),
        2 => (any::<Index>(), 1..64usize).prop_map(|(at, count)| Mutation::Delete(at, count)),
        2 => (any::<Index>(), 1..64usize, any::<Index>()).prop_map(|(at, count, to)| Mutation::Duplicate(at, count, to)),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        3 => (any::<Index>(), select(numbers), any::<bool>()).prop_map(|(at, n, low)| Mutation::Number(at, n, low)),
    ]
}

/// One of `valid`, with one to four changes.
pub fn mutated(valid: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (select(valid), vec(any_mutation(), 1..5)).prop_map(|(mut bytes, changes)| {
        changes.iter().for_each(|change| change.apply(&mut bytes));
        bytes
    })
}

/// Texts that are valid JSON, or almost.
const WORDS: &[&str] = &[
    "null",
    "true",
    "0",
    "1",
    "-1",
    "1.0",
    "1e0",
    "1e400",
    "-0",
    "00",
    "16",
    "4294967296",
    "9007199254740992",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"..\"",
    "{}",
    "[]",
    "[[",
    "}",
    ",",
    ":",
    "\"",
    "\\",
    "\"index\":0,",
    "\u{feff}",
    "\n<<<<<<< ours\n",
    "é",
    "😀",
    "#ff00ff",
    "GLYPH",
    "SCENE",
    "NONE",
];

/// One of `valid`, with words inserted, and parts replaced, removed, moved or duplicated. It is still text.
pub fn mutated_text(valid: Vec<String>) -> impl Strategy<Value = String> {
    let change = (0..5u8, any::<Index>(), any::<Index>(), select(WORDS));
    (select(valid), vec(change, 1..5)).prop_map(|(mut text, changes)| {
        for (kind, at, to, word) in changes {
            let tokens = tokens_of(&text);
            let (at, to) = (at.index(tokens.len()), to.index(tokens.len()));
            let mut tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
            match kind {
                0 => tokens[at] = word.to_owned(),
                1 => tokens.insert(at, word.to_owned()),
                2 => tokens.swap(at, to),
                3 => tokens.insert(to, tokens[at].clone()),
                _ => tokens[at].clear(),
            }
            text = tokens.concat();
        }
        text
    })
}

/// The text split before and after each JSON delimiter; there is always at least one token.
fn tokens_of(text: &str) -> Vec<&str> {
    let mut tokens: Vec<&str> = text
        .split_inclusive(['{', '}', '[', ']', ',', ':', '"'])
        .flat_map(|piece| {
            let cut = piece.char_indices().last().map_or(0, |(at, _)| at);
            [&piece[..cut], &piece[cut..]]
        })
        .filter(|token| !token.is_empty())
        .collect();
    if tokens.is_empty() {
        tokens.push("");
    }
    tokens
}
