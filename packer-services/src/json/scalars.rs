//! Where each string and number of a JSON text is, for a text that may break any other rule.

use super::document::Document;
use super::tree::{Kind, Value};
use crate::diagnostics::Place;

/// A string or number of a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The string itself, or the digits of the number.
    pub text: String,
    /// The path of the value, as in [`Place::Json`].
    pub path: String,
    /// Its line, from 1.
    pub line: u32,
}

/// The strings and numbers in `bytes`, in their order; none if this is not JSON.
pub fn scalars_of(bytes: &[u8]) -> Vec<Scalar> {
    let mut found = Vec::new();
    if let Ok(document) = Document::decode("", bytes)
        && let Ok(root) = document.parse()
    {
        collect(&document, &root, "$".to_owned(), &mut found);
    }
    found
}

fn collect(document: &Document<'_>, value: &Value<'_>, path: String, found: &mut Vec<Scalar>) {
    let text = match &value.kind {
        Kind::Object(properties) => {
            for property in properties {
                collect(document, &property.value, format!("{path}.{}", property.key), found);
            }
            return;
        }
        Kind::Array(elements) => {
            for (i, value) in elements.iter().enumerate() {
                collect(document, value, format!("{path}[{i}]"), found);
            }
            return;
        }
        Kind::String(text) => text.to_string(),
        Kind::Number(number) => (*number).to_owned(),
        Kind::Boolean(_) | Kind::Null => return,
    };
    if let Place::Json { line, .. } = document.place_at(value.range.start, "$") {
        found.push(Scalar { text, path, line });
    }
}
