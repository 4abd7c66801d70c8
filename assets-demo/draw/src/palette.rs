//! Colours and palettes. Every colour is one that the console shows unchanged.

/// A colour of 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

impl Colour {
    /// The colour as the console shows `0xrrggbb`: cut to 5, 6 and 5 bits, the high bits repeated below.
    #[must_use]
    pub const fn console(rgb: u32) -> Self {
        let [_, r, g, b] = rgb.to_be_bytes();
        Self { r: (r & 0xf8) | (r >> 5), g: (g & 0xfc) | (g >> 6), b: (b & 0xf8) | (b >> 5) }
    }

    /// `#rrggbb`, lower case.
    #[must_use]
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

/// The transparent key, index 0 of every palette.
pub const KEY: u32 = 0x00ff_00ff;

/// A named palette: the key and up to 15 colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    name: &'static str,
    colours: Vec<Colour>,
}

impl Palette {
    /// A palette of the key and these colours, `0xrrggbb`.
    #[must_use]
    pub fn new(name: &'static str, colours: &[u32]) -> Self {
        let all = std::iter::once(&KEY).chain(colours);
        Self { name, colours: all.map(|&rgb| Colour::console(rgb)).collect() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its colours, the key first.
    #[must_use]
    pub fn colours(&self) -> &[Colour] {
        &self.colours
    }

    /// One colour; the key for an index that is not there.
    #[must_use]
    pub fn colour(&self, index: u8) -> Colour {
        self.colours.get(usize::from(index)).copied().unwrap_or(Colour::console(KEY))
    }
}
