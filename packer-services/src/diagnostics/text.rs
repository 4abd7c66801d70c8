//! Findings as text: the layout that the binary and the goldens use.

use std::fmt::{self, Display, Write as _};

use super::{Finding, Place};

/// The number of places that the text lists after the first. They fit on one line; the data has more.
const PLACES_SHOWN: usize = 3;

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column, path } => write!(f, "line {line}, column {column} ({})", escaped(path)),
            Self::Tile { tile, column, row, pixel, in_image, frame } => {
                write!(f, "tile {tile} (column {column}, row {row})")?;
                if let Some(pixel) = pixel {
                    write!(f, ", pixel ({}, {})", pixel.x, pixel.y)?;
                }
                match (in_image, frame) {
                    // Aseprite's timeline counts from 1.
                    (Some(other), Some(frame)) => write!(f, ", in frame {} at ({}, {})", frame + 1, other.x, other.y),
                    (Some(other), None) if in_image != pixel => {
                        write!(f, ", in the image at ({}, {})", other.x, other.y)
                    }
                    _ => Ok(()),
                }
            }
            Self::Color { palette, color } => write!(f, "palette {palette} color {color}"),
            Self::Frame { frame } => write!(f, "frame {frame}"),
            Self::Line { line } => write!(f, "line {line}"),
            Self::Byte { offset } => write!(f, "byte {offset}"),
        }
    }
}

impl Place {
    /// The place without what the first place of the finding already says.
    fn to_short_text(&self) -> String {
        match self {
            Self::Json { line, .. } => format!("line {line}"),
            Self::Tile { in_image: Some(pixel), frame: Some(frame), .. } => {
                format!("({}, {}) in frame {}", pixel.x, pixel.y, frame + 1)
            }
            Self::Tile { in_image: Some(pixel), .. } => format!("({}, {})", pixel.x, pixel.y),
            Self::Tile { tile, .. } => format!("tile {tile}"),
            other => other.to_string(),
        }
    }
}

impl Finding {
    /// Which file and asset it is about: `assets/a/b.png (asset 3, a)`; empty if it is about neither.
    pub fn subject(&self) -> String {
        let asset = self.asset.as_ref().map(|asset| match asset.asset_id {
            Some(id) => format!("(asset {id}, {})", escaped(&asset.root)),
            None => format!("({})", escaped(&asset.root)),
        });
        self.file.iter().chain(&asset).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The lines of its text after the first: what was found and where, more places, and the help.
    pub fn body_lines(&self) -> Vec<String> {
        let place = self.places.first().map_or_else(String::new, |place| format!("{place}: "));
        let mut lines = vec![format!("{place}{}", self.message)];
        if self.count > 1 {
            let mut also = String::new();
            if self.places.len() > 1 {
                let more: Vec<String> = self.places[1..].iter().take(PLACES_SHOWN).map(Place::to_short_text).collect();
                let in_image = matches!(self.places[1], Place::Tile { in_image: Some(_), frame: None, .. });
                let of = if in_image { " in the image" } else { "" };
                also = format!("also at {}{of}; ", more.join(", "));
            }
            lines.push(format!("{also}{} in all", plural(self.count, "place")));
        }
        if !self.help.is_empty() {
            lines.push(format!("help: {}", self.help));
        }
        lines
    }
}

impl Display for Finding {
    /// Several lines, without a final newline:
    ///
    /// ```text
    /// error[color-near-miss] assets/world/terrain/ground.png (asset 3, world/terrain)
    ///   tile 37 (column 5, row 2), pixel (3, 2): #ff8000 is in none of the 4 palettes; …
    ///   also at tile 38 (column 6, row 2), pixel (0, 0); 12 places in all
    ///   help: …
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.severity.as_str(), self.code.as_str())?;
        let subject = self.subject();
        if !subject.is_empty() {
            write!(f, " {subject}")?;
        }
        self.body_lines().iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// "1 tile", "2 tiles".
pub fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A size in bytes, and also in MiB if it is at least 1 MiB.
pub fn format_bytes(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => plural(bytes, "byte"),
        _ => format!("{bytes} bytes ({} MiB)", bytes.div_ceil(1 << 20)),
    }
}

/// Joins the first `most` items and adds how many more there are.
pub fn join_some<T: Display>(items: impl ExactSizeIterator<Item = T>, separator: &str, most: usize) -> String {
    let left = items.len().saturating_sub(most);
    let mut text = String::new();
    for (i, item) in items.take(most).enumerate() {
        if i > 0 {
            text.push_str(separator);
        }
        let _ = write!(text, "{item}");
    }
    if left > 0 {
        let _ = write!(text, "{separator}and {left} more");
    }
    text
}

/// Text from a file as printable text: control characters, characters that change the text direction, other invisible
/// ones, and blanks that look like a space become `\u{…}`.
pub fn escaped(text: &str) -> String {
    let is_unprintable = |c: char| c.is_control() || is_invisible(c);
    if !text.chars().any(is_unprintable) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_unprintable(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// A character in a message: also by its number, if it is not ASCII and may look like another one, or by that alone.
pub fn character_name(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    match c {
        _ if c.is_control() || is_invisible(c) => number,
        _ if c.is_ascii() => format!("`{c}`"),
        _ => format!("`{c}` ({number})"),
    }
}

/// Whether a character has no shape of its own: those of the Unicode category Cf that no script needs to be read, line
/// and paragraph separators, fillers, and blanks other than the space and the ideographic space.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The known word that is most similar to `word`, if it differs in at most a third of its letters, as a misspelled word
/// does.
pub fn closest_match<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
