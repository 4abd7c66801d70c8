//! Values that are text in JSON.

use std::fmt::{self, Display};
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Deserializes a text with `parse`, without copying it.
pub fn deserialize_text<'de, D: Deserializer<'de>, T, E: Display>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text(parse, PhantomData))
}

struct Text<P, T, E>(P, PhantomData<fn() -> Result<T, E>>);

impl<P: FnOnce(&str) -> Result<T, E>, T, E: Display> Visitor<'_> for Text<P, T, E> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<F: Error>(self, text: &str) -> Result<T, F> {
        (self.0)(text).map_err(F::custom)
    }
}
