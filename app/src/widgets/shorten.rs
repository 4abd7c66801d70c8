//! Shortens long names in the middle: a path's beginning and end are the parts that people recognize.

/// `text` in at most `most` characters, with `…` in place of its middle.
pub fn shorten_middle(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let head: String = text.chars().take(kept / 2).collect();
    let tail: String = text.chars().skip(count - (kept - kept / 2)).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_names_are_shortened() {
        assert_eq!(shorten_middle("hero", 8), "hero");
        assert_eq!(shorten_middle("characters/hero/walk", 9), "char…walk");
    }
}
