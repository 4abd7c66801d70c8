//! Long names lose their middle: beginning and end tell more.

/// `text` in at most `most` characters, the middle replaced by `…`.
pub fn without_middle(text: &str, most: usize) -> String {
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
    fn short_names_stay_and_long_ones_lose_their_middle() {
        assert_eq!(without_middle("hero", 8), "hero");
        assert_eq!(without_middle("characters/hero/walk", 9), "char…walk");
    }
}
