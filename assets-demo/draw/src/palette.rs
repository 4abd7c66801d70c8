//! Palettes. The console shows each of their colors unchanged.

use packer_services::declaration;
use packer_services::formats::Rgb;

/// The transparent color, index 0 of every palette.
pub const KEY: Rgb = console(0x00ff_00ff);

/// The color that the console shows for `0xrrggbb`: reduced to 5, 6 and 5 bits, with the high bits repeated below.
const fn console(rgb: u32) -> Rgb {
    let [_, r, g, b] = rgb.to_be_bytes();
    Rgb([(r & 0xf8) | (r >> 5), (g & 0xfc) | (g >> 6), (b & 0xf8) | (b >> 5)])
}

/// A named palette: the key and up to 15 colors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    name: &'static str,
    colors: Vec<Rgb>,
}

impl Palette {
    /// A palette of the key and these colors, `0xrrggbb`.
    #[must_use]
    pub fn new(name: &'static str, colors: &[u32]) -> Self {
        let colors = colors.iter().map(|&rgb| console(rgb));
        Self { name, colors: std::iter::once(KEY).chain(colors).collect() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The path of its GIMP palette file, relative to the root of its asset.
    #[must_use]
    pub fn gpl_path(&self) -> String {
        format!("palettes/{}.gpl", self.name)
    }

    /// Its colors, the key first.
    #[must_use]
    pub fn colors(&self) -> &[Rgb] {
        &self.colors
    }

    /// One color; the key for an index past the end.
    #[must_use]
    pub fn color(&self, index: u8) -> Rgb {
        self.colors.get(usize::from(index)).copied().unwrap_or(KEY)
    }

    /// The palette as a declaration lists it.
    #[must_use]
    pub fn to_declaration(&self) -> declaration::Palette {
        declaration::Palette::of_colors(Some(self.name.to_owned()), self.colors.clone())
    }
}
