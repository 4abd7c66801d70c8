//! The values of a JSON text, with their positions.

use std::borrow::Cow;
use std::ops::Range;

/// A value, and which bytes of the text it is.
pub(crate) struct Value<'t> {
    pub range: Range<usize>,
    pub kind: Kind<'t>,
}

pub(crate) enum Kind<'t> {
    Null,
    Boolean(bool),
    /// Its text in the document.
    Number(&'t str),
    String(Cow<'t, str>),
    Array(Vec<Value<'t>>),
    /// In the order of the text; a key can be in it twice.
    Object(Vec<Property<'t>>),
}

pub(crate) struct Property<'t> {
    /// Where the key starts.
    pub start: usize,
    pub key: Cow<'t, str>,
    pub value: Value<'t>,
}

impl<'t> Value<'t> {
    /// The first value of a text whose grammar has been checked, and which is nested no deeper than
    /// [`JSON_DEPTH`](crate::limits::JSON_DEPTH).
    ///
    /// # Errors
    /// Where the first string starts that contains an escape that is not a character.
    pub(crate) fn read(text: &'t str) -> Result<Self, usize> {
        Reader { text, at: 0 }.read_value()
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// The next byte that is not white space; 0 at the end.
    fn peek(&mut self) -> u8 {
        let rest = &self.text.as_bytes()[self.at..];
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.at += spaces;
        rest.get(spaces).copied().unwrap_or_default()
    }

    /// Whether another element follows, after an opening bracket or an element.
    fn has_next(&mut self) -> bool {
        match self.peek() {
            b',' => {
                self.at += 1;
                true
            }
            b']' | b'}' => {
                self.at += 1;
                false
            }
            byte => byte != 0,
        }
    }

    fn read_value(&mut self) -> Result<Value<'t>, usize> {
        let first = self.peek();
        let start = self.at;
        let kind = match first {
            b'"' => Kind::String(self.read_string()?),
            b'[' => {
                self.at += 1;
                let mut elements = Vec::new();
                while self.has_next() {
                    elements.push(self.read_value()?);
                }
                Kind::Array(elements)
            }
            b'{' => {
                self.at += 1;
                let mut properties = Vec::new();
                while self.has_next() {
                    self.peek();
                    let start = self.at;
                    let key = self.read_string()?;
                    self.peek();
                    self.at += ":".len();
                    properties.push(Property { start, key, value: self.read_value()? });
                }
                Kind::Object(properties)
            }
            _ => match self.read_word() {
                "null" => Kind::Null,
                "true" => Kind::Boolean(true),
                "false" => Kind::Boolean(false),
                number => Kind::Number(number),
            },
        };
        Ok(Value { range: start..self.at, kind })
    }

    /// A keyword or a number.
    fn read_word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let is_end = |byte: u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        let word = &rest[..rest.bytes().position(is_end).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn read_string(&mut self) -> Result<Cow<'t, str>, usize> {
        let start = self.at;
        let inside = &self.text.as_bytes()[start + 1..];
        let mut len = 0;
        let mut has_escapes = false;
        while let Some(byte) = inside.get(len).filter(|byte| **byte != b'"') {
            if *byte == b'\\' {
                has_escapes = true;
                len += 1;
            }
            len += 1;
        }
        self.at = (start + 1 + len + 1).min(self.text.len());
        if !has_escapes {
            return Ok(Cow::Borrowed(&self.text[start + 1..start + 1 + len]));
        }
        serde_json::from_str(&self.text[start..self.at]).map(Cow::Owned).map_err(|_| start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_positions_order_and_escapes() {
        let text = "\n{ \"a\\\"\\u00e9\" : [ -1.5e3,true , null,{}, [] ],\t\"a\":\"x\\\\\", \"a\":false}\r\n";
        let root = Value::read(text).expect("valid");
        assert_eq!(&text[root.range.clone()], text.trim());
        let Kind::Object(properties) = &root.kind else { panic!("no object") };
        let keys: Vec<_> = properties.iter().map(|property| property.key.as_ref()).collect();
        assert_eq!(keys, ["a\"é", "a", "a"]);
        assert!(properties.iter().all(|property| text[property.start..].starts_with("\"a")));
        let texts: Vec<_> = properties.iter().map(|property| &text[property.value.range.clone()]).collect();
        assert_eq!(texts, ["[ -1.5e3,true , null,{}, [] ]", "\"x\\\\\"", "false"]);
        let Kind::Array(elements) = &properties[0].value.kind else { panic!("no array") };
        let texts: Vec<_> = elements.iter().map(|element| &text[element.range.clone()]).collect();
        assert_eq!(texts, ["-1.5e3", "true", "null", "{}", "[]"]);
        assert!(matches!(elements[0].kind, Kind::Number("-1.5e3")));
        assert!(matches!(&properties[1].value.kind, Kind::String(text) if text == "x\\"));
    }

    #[test]
    fn lone_surrogates_have_a_place() {
        assert_eq!(Value::read("[\"\\ud83d\\ude00\", \"\\ud800\"]").err(), Some(17));
    }
}
