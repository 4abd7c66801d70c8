//! Palettes. Every colour is one that the console shows unchanged.

use packer_services::declaration;
use packer_services::formats::Rgb;

/// The colour of "nothing here", index 0 of every palette.
pub const KEY: Rgb = console(0x00ff_00ff);

/// The colour that the console shows for `0xrrggbb`: cut to 5, 6 and 5 bits, the high bits repeated below.
const fn console(rgb: u32) -> Rgb {
    let [_, r, g, b] = rgb.to_be_bytes();
    Rgb([(r & 0xf8) | (r >> 5), (g & 0xfc) | (g >> 6), (b & 0xf8) | (b >> 5)])
}

/// A named palette: the key and up to 15 colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    name: &'static str,
    colours: Vec<Rgb>,
}

impl Palette {
    /// A palette of the key and these colours, `0xrrggbb`.
    #[must_use]
    pub fn new(name: &'static str, colours: &[u32]) -> Self {
        let colours = colours.iter().map(|&rgb| console(rgb));
        Self { name, colours: std::iter::once(KEY).chain(colours).collect() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its file, relative to the root of its asset.
    #[must_use]
    pub fn file(&self) -> String {
        format!("palettes/{}.gpl", self.name)
    }

    /// Its colours, the key first.
    #[must_use]
    pub fn colours(&self) -> &[Rgb] {
        &self.colours
    }

    /// One colour; the key for an index that is not there.
    #[must_use]
    pub fn colour(&self, index: u8) -> Rgb {
        self.colours.get(usize::from(index)).copied().unwrap_or(KEY)
    }

    /// As a declaration lists it.
    #[must_use]
    pub fn declared(&self) -> declaration::Palette {
        declaration::Palette { name: Some(self.name.to_owned()), colors: self.colours.clone() }
    }
}
