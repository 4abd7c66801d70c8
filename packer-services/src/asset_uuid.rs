//! An asset's identity.

use std::fmt;
use std::io;

use serde::{Deserialize, Deserializer, Serialize};

use crate::from_text::deserialize_text;

/// An asset's identity. Its only accepted form is 36 characters, hyphenated lower-case hex, and not nil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetUuid(uuid::Uuid);

impl AssetUuid {
    /// A version 4 uuid from the system's randomness.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn random() -> io::Result<Self> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)?;
        Ok(Self::from_random_bits(u128::from_be_bytes(bits)))
    }

    /// A version 4 uuid whose random bits are `bits`.
    pub fn from_random_bits(bits: u128) -> Self {
        Self(uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
    }

    /// As a number, which is compared faster.
    pub(crate) fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    /// Reads the only accepted form.
    pub fn parse(text: &str) -> Option<Self> {
        // Of the forms that the crate reads, only the hyphenated one has this length.
        let has_form =
            text.len() == uuid::fmt::Hyphenated::LENGTH && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let uuid = has_form.then(|| uuid::Uuid::try_parse(text).ok()).flatten()?;
        (!uuid.is_nil()).then_some(Self(uuid))
    }
}

impl fmt::Display for AssetUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl Serialize for AssetUuid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AssetUuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, |text| Self::parse(text).ok_or("not a uuid in its only accepted form"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_form_is_accepted() {
        let text = "3b241101-e2bb-4255-8caf-41369b2a2ec1";
        assert_eq!(AssetUuid::parse(text).unwrap().to_string(), text);
        for bad in [
            "3B241101-e2bb-4255-8caf-41369b2a2ec1",
            "3b241101e2bb42558caf41369b2a2ec1",
            "{3b241101-e2bb-4255-8caf-41369b2a2ec1}",
            "urn:uuid:3b241101-e2bb-4255-8caf-41369b2a2ec1",
            "00000000-0000-0000-0000-000000000000",
            "3b241101-e2bb-4255-8caf-41369b2a2ecg",
            "",
        ] {
            assert_eq!(AssetUuid::parse(bad), None, "{bad}");
        }
        assert!(
            AssetUuid::parse("3b241101-e2bb-f255-0caf-41369b2a2ec1").is_some(),
            "version and variant are not checked"
        );
    }
}
