//! Reads a text of a known form: fixed pieces around values, as the packer writes its own JSON.
//!
//! Comparing the pieces takes a fraction of the time of reading any JSON. A text of another form is not read: for that,
//! there are `json` and `canonical_json`.

/// What is left of a text. Each method that returns an `Option` returns `None` if something else follows.
#[derive(Clone, Copy, Debug)]
pub struct KnownForm<'t>(&'t str);

impl<'t> KnownForm<'t> {
    /// The whole text.
    pub fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// Skips this piece.
    pub fn skip(&mut self, piece: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(piece)?;
        Some(())
    }

    /// Whether this piece follows, which is then skipped.
    pub fn skip_if_next(&mut self, piece: &str) -> bool {
        self.skip(piece).is_some()
    }

    /// An integer in its shortest form, of at most 18 digits.
    pub fn read_integer(&mut self) -> Option<u64> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (integer, rest) = self.0.split_at_checked(digits)?;
        let is_shortest = digits == 1 || !integer.starts_with('0');
        if !(1..=18).contains(&digits) || !is_shortest {
            return None;
        }
        self.0 = rest;
        Some(integer.bytes().fold(0, |integer, digit| integer * 10 + u64::from(digit - b'0')))
    }

    /// The text up to the next `"`, which is skipped. Escapes are not replaced, so it is the value of a JSON string
    /// only if it contains neither a `\` nor a control character.
    pub fn read_to_quote(&mut self) -> Option<&'t str> {
        let (text, rest) = self.0.split_at(self.0.bytes().position(|byte| byte == b'"')?);
        self.0 = &rest[1..];
        Some(text)
    }

    /// Whether the text ends here.
    pub fn is_at_end(self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_values_alternate() {
        let mut text = KnownForm::new(r#"{"a":10,"b":"é"}"#);
        assert_eq!((text.skip(r#"{"b":"#), text.skip(r#"{"a":"#)), (None, Some(())));
        assert_eq!(text.read_integer(), Some(10));
        assert!(!text.skip_if_next("}") && text.skip_if_next(r#","b":""#) && !text.is_at_end());
        assert_eq!((text.read_to_quote(), text.read_to_quote()), (Some("é"), None));
        assert!(text.skip_if_next("}") && text.is_at_end());
    }

    #[test]
    fn integers_have_one_form() {
        let read = |text| KnownForm::new(text).read_integer();
        for (text, integer) in [("0", 0), ("7,", 7), ("999999999999999999", 999_999_999_999_999_999)] {
            assert_eq!(read(text), Some(integer), "{text}");
        }
        for text in ["", "x", "00", "01", "-1", "+1", "1000000000000000000", "é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
