//! What is entered about the transparent color of images.

use packer_services::declaration::ColorKey;
use packer_services::formats::Rgb;

/// Which color of the images is transparent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChoice {
    /// Only what is transparent in the image.
    None,
    /// The first color of the image's own palette.
    Index0,
    /// A color.
    Color,
}

/// The transparent color as it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyForm {
    /// What is transparent.
    pub choice: KeyChoice,
    /// The color, as text; it is kept while another choice is made.
    pub color: String,
}

impl KeyForm {
    /// The color key; `None` if there is none.
    ///
    /// # Errors
    /// A sentence that says how to write one.
    pub fn color_key(&self) -> Result<Option<ColorKey>, &'static str> {
        match self.choice {
            KeyChoice::None => Ok(None),
            KeyChoice::Index0 => Ok(Some(ColorKey::Index0)),
            KeyChoice::Color => {
                let color = Rgb::parse(self.color.trim()).ok_or("Write the color key like #ff00ff.")?;
                Ok(Some(ColorKey::Color(color)))
            }
        }
    }
}

impl From<Option<ColorKey>> for KeyForm {
    fn from(key: Option<ColorKey>) -> Self {
        let (choice, color) = match key {
            None => (KeyChoice::None, None),
            Some(ColorKey::Index0) => (KeyChoice::Index0, None),
            Some(ColorKey::Color(color)) => (KeyChoice::Color, Some(color)),
        };
        Self { choice, color: color.map_or_else(|| "#ff00ff".to_owned(), |color| color.to_string()) }
    }
}
