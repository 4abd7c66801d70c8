//! The rule for an asset's name, which is the same in declarations, commands and packs.

use crate::diagnostics::{character_name, escaped};

/// The most characters of a name (spec: declarations).
const MAX_CHARACTERS: usize = 64;

/// Why `name` is not a legal asset name; `None` if it is one.
pub fn asset_name_problem(name: &str) -> Option<String> {
    let length = name.chars().count();
    if !(1..=MAX_CHARACTERS).contains(&length) {
        return Some(format!("the name has {length} characters; 1 to {MAX_CHARACTERS} are required"));
    }
    let bad = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-')))?;
    let bad = if bad == ' ' { "a space".to_owned() } else { format!("the character {}", character_name(bad)) };
    Some(format!("the name `{}` contains {bad}", escaped(name)))
}
