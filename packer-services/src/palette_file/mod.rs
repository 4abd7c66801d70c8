//! Palette files of art programs: their colors, the row of 16 that becomes a palette, and how a palette is written.
//!
//! The format is recognized by the content, never by the name (spec: declarations, "Palette files"). This file has the
//! value and the choice of the format; `gimp`, `jasc`, `hex` and `binary` have a reader and a writer for each format.

mod binary;
mod declared;
mod gimp;
mod hex;
mod jasc;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

pub use declared::{DeclaredPalettes, check_file_colors};

use crate::banks::sniff::ASEPRITE_MAGIC;
use crate::declaration::is_palette_name;
use crate::diagnostics::{AsFinding, Code, Finding, Place, Places, escaped, format_bytes, join_some, plural};
use crate::files::{self, OpenError, SourceFile};
use crate::formats::{PALETTE_COLORS, Rgb};
use crate::limits::PALETTE_FILE_BYTES;

/// A format of palette files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaletteFormat {
    /// `.gpl`: GIMP, Krita, Aseprite, Inkscape.
    Gimp,
    /// `.pal` of Paint Shop Pro, as text that begins with `JASC-PAL`.
    Jasc,
    /// `.act` of Photoshop.
    Act,
    /// `.hex` of Lospec: `rrggbb` in each line.
    Hex,
    /// `.txt` of Paint.NET: `AARRGGBB` in each line.
    PaintNet,
    /// The own palette of an indexed PNG.
    Png,
    /// The own palette of an Aseprite file.
    Aseprite,
}

impl PaletteFormat {
    /// The formats that can be written, with the extensions of their files.
    pub const WRITTEN: &'static [(&'static str, Self)] =
        &[("gpl", Self::Gimp), ("hex", Self::Hex), ("pal", Self::Jasc), ("act", Self::Act), ("txt", Self::PaintNet)];

    /// The format that a file with this name is written in.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Self::WRITTEN.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, format)| *format)
    }
}

impl fmt::Display for PaletteFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gimp => "GIMP palette",
            Self::Jasc => "JASC palette",
            Self::Act => "Photoshop color table",
            Self::Hex => "list of hex colors",
            Self::PaintNet => "Paint.NET palette",
            Self::Png => "indexed PNG",
            Self::Aseprite => "Aseprite file",
        })
    }
}

/// A palette file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteFile {
    /// Its format.
    pub format: PaletteFormat,
    /// The name that it gives its palette.
    pub name: Option<String>,
    /// At least one.
    pub colors: Vec<FileColor>,
}

/// A color of a palette file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileColor {
    /// Its red, green and blue.
    pub rgb: Rgb,
    /// 255 if it is opaque, 0 if it is transparent.
    pub alpha: u8,
    /// Its line, from 1; `None` in a file without lines.
    pub line: Option<u32>,
}

/// What reading a palette file found.
#[derive(Debug, Default)]
pub struct PaletteReading {
    /// The file, if there are no errors.
    pub file: Option<PaletteFile>,
    /// The findings, without a file.
    pub findings: Vec<Finding>,
}

/// Reads a palette file. The bytes are all of it.
pub fn read_palette_file(bytes: &[u8]) -> PaletteReading {
    let is_control = |byte: &u8| *byte < b' ' && !byte.is_ascii_whitespace();
    let is_binary = bytes.iter().any(is_control);
    let is_table = matches!(bytes.len(), binary::RAW_BYTES | binary::ACT_BYTES) && (is_binary || !bytes.is_ascii());
    let is_aseprite = bytes.get(4..6) == Some(&ASEPRITE_MAGIC);
    let read = if bytes.starts_with(&binary::PNG_SIGNATURE) {
        binary::read_png(bytes)
    } else if is_table && !(is_aseprite && has_own_size(bytes)) {
        // Any bytes can be its colors, also those that other files begin with.
        binary::read_act(bytes)
    } else if is_aseprite {
        binary::read_sprite(bytes)
    } else if let Some((what, help)) = other_kind(bytes) {
        Err(vec![not_a_palette(what, help)])
    } else if bytes.starts_with(b"\xef\xbb\xbf") {
        Err(vec![not_a_palette(
            "it starts with a byte order mark",
            "Save it as UTF-8 without a byte order mark: other programs refuse it too.",
        )])
    } else if starts_with_line(bytes, b"GIMP Palette") {
        gimp::read(&TextLines::new(bytes))
    } else if starts_with_line(bytes, b"JASC-PAL") {
        jasc::read(&TextLines::new(bytes))
    } else if is_binary {
        binary::read_act(bytes)
    } else {
        hex::read(&TextLines::new(bytes))
    };
    match read {
        Ok((file, findings)) => PaletteReading { file: Some(file), findings },
        Err(findings) => PaletteReading { file: None, findings },
    }
}

/// Reads the palette file at a path that the caller named. The findings name it as the caller did.
pub fn read_named_palette(path: &Path) -> PaletteReading {
    let shown = files::display_path(path);
    let mut reading = match SourceFile::from_path(path) {
        Ok(source) => read_palette_source(source),
        Err(OpenError::Missing { .. }) => PaletteReading::refused(missing()),
        Err(OpenError::Disk(error)) if files::is_absent(&error.source) => PaletteReading::refused(missing()),
        Err(error) => PaletteReading::refused(error.into_finding()),
    };
    for finding in &mut reading.findings {
        finding.file = Some(shown.clone());
    }
    reading
}

fn missing() -> Finding {
    Finding::new(
        Code::FileMissing,
        "the file does not exist",
        "Check the path; it is relative to the folder that you are in.",
    )
}

/// The finding about a palette file that a declaration names.
fn missing_declared(is_shared: bool) -> Finding {
    let folder = if is_shared { "`assets/`" } else { "the root of the asset" };
    Finding::new(
        Code::FileMissing,
        "the palette file does not exist",
        format!("Put the file there, or correct `file` in `asset.json`: the path begins in {folder}."),
    )
}

/// The finding about a palette file in `assets/` that is a link to `to`.
fn shared_link_outside(to: &str) -> Finding {
    Finding::new(
        Code::LinkOutside,
        format!("this is a link to `{}`, which is not a file of `assets/`", escaped(to)),
        "Replace the link with the file itself: such a link may lead only to a file in `assets/`.",
    )
}

/// Reads an opened palette file.
fn read_palette_source(source: SourceFile) -> PaletteReading {
    match source.read_whole(PALETTE_FILE_BYTES) {
        Ok(Some(content)) if content.is_consistent => read_palette_file(&content.bytes),
        Ok(Some(_)) => PaletteReading::refused(Finding::new(
            Code::SourceChanging,
            "the file changed while it was read",
            "Wait until the program that writes it has finished, and try again.",
        )),
        Ok(None) => PaletteReading::refused(too_large()),
        Err(error) => PaletteReading::refused(error.as_finding()),
    }
}

/// The finding about a file above the limit.
fn too_large() -> Finding {
    Finding::new(
        Code::FileTooLarge,
        format!("the palette file has more than {}, the limit", format_bytes(PALETTE_FILE_BYTES)),
        "Save the palette as a file of its own.",
    )
}

impl PaletteReading {
    fn refused(finding: Finding) -> Self {
        Self { file: None, findings: vec![finding] }
    }
}

/// A palette file that was read, with its warnings; or its errors.
type ReadResult = Result<(PaletteFile, Vec<Finding>), Vec<Finding>>;

/// What a file is that is certainly not a palette that is read, and how its palette can be used.
fn other_kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let at = |offset: usize, start: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(start));
    if bytes.is_empty() {
        Some(("the file is empty", "Export it again."))
    } else if at(0, b"RIFF") && at(8, b"PAL ") {
        Some(("it is a RIFF palette of Windows", "Open it in your art program and save it as `.gpl` or `.act`."))
    } else if at(0, b"RIFF") || at(0, b"\xff\xd8\xff") || at(0, b"GIF8") || at(0, b"BM") {
        Some(("it is an image or a sound", "Pass a palette file, or an indexed PNG."))
    } else if at(0, b"ASEF") {
        Some(("it is an Adobe swatch exchange file (ASE)", "Save the palette as `.act`, or as `.gpl`."))
    } else if at(0, b"version https://git-lfs") {
        Some(("it is a Git LFS pointer, not the file itself", "Run `git lfs pull`."))
    } else {
        None
    }
}

/// Whether a file begins with its size, as a whole Aseprite file does.
fn has_own_size(bytes: &[u8]) -> bool {
    let size = bytes.first_chunk().map(|size| u32::from_le_bytes(*size));
    size.is_some_and(|size| size as usize == bytes.len())
}

/// The finding about a file that is not a palette.
fn not_a_palette(what: &str, help: &str) -> Finding {
    Finding::new(
        Code::PaletteFileFormat,
        format!(
            "{what}; a palette file is required: `.gpl`, `.hex`, `.act`, `.pal` (JASC), `.txt` (Paint.NET), `.aseprite` or \
             an indexed PNG"
        ),
        help,
    )
}

/// Whether the first line is this, without blanks around it.
fn starts_with_line(bytes: &[u8], line: &[u8]) -> bool {
    bytes.split(|byte| *byte == b'\n').next().is_some_and(|first| first.trim_ascii() == line)
}

/// The lines of a palette file that is text, without blanks around them and without blank lines, each with its number.
struct TextLines<'b>(Vec<(u32, std::borrow::Cow<'b, str>)>);

impl<'b> TextLines<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        let lines = (1_u32..).zip(bytes.split(|byte| *byte == b'\n'));
        let lines = lines.map(|(n, line)| (n, String::from_utf8_lossy(line.trim_ascii())));
        Self(lines.filter(|(_, line)| !line.is_empty()).collect())
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.0.iter().map(|(n, line)| (*n, &**line))
    }
}

/// Lines that cannot be read: one finding for all of them.
#[derive(Default)]
struct WrongLines {
    first: Option<(String, &'static str)>,
    places: Places,
}

impl WrongLines {
    /// Adds a line; the message and the help are those of the first.
    fn add(&mut self, line: u32, message: impl FnOnce() -> String, help: &'static str) {
        self.places.add(Place::Line { line });
        self.first.get_or_insert_with(|| (message(), help));
    }

    /// The file, or the finding about these lines.
    fn finish(self, file: PaletteFile, warnings: Vec<Finding>) -> ReadResult {
        match self.first {
            Some((message, help)) => {
                Err(vec![Finding::new(Code::PaletteFileValue, message, help).at_all(&self.places)])
            }
            None if file.colors.is_empty() => {
                Err(vec![Finding::new(Code::PaletteFileValue, "the palette has no color", "Export it again.")])
            }
            None => Ok((file, warnings)),
        }
    }
}

/// A line as a message shows it: not more than is read at a glance.
fn shown_line(line: &str) -> String {
    const SHOWN: usize = 40;
    let cut: String = line.chars().take(SHOWN).collect();
    format!("`{}`{}", escaped(&cut), if cut.len() < line.len() { "…" } else { "" })
}

/// The numbers of a color: `count` of them, 0 to 255.
fn channel_values<'t>(mut texts: impl Iterator<Item = &'t str>, count: usize) -> Option<[u8; 4]> {
    let mut channels = [255; 4];
    for channel in channels.iter_mut().take(count) {
        let text = texts.next()?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        *channel = text.parse().ok().filter(|_| is_number)?;
    }
    Some(channels)
}

impl FileColor {
    fn of_channels([red, green, blue, alpha]: [u8; 4], line: Option<u32>) -> Self {
        Self { rgb: Rgb([red, green, blue]), alpha, line }
    }
}

/// Which rows of 16 colors of a palette file become palettes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaletteRows {
    /// The file has at most 16 colors, which become one palette.
    One,
    /// All rows.
    All,
    /// These rows, from 0.
    Rows(std::ops::RangeInclusive<u32>),
}

impl PaletteFile {
    /// How many rows of 16 colors it has; the last one may be shorter.
    pub fn row_count(&self) -> usize {
        self.colors.len().div_ceil(PALETTE_COLORS)
    }

    /// The colors of the palettes that `rows` names, in order. With `key`, that is color 0 of each, and the file has
    /// only what follows it.
    ///
    /// # Errors
    /// If a row has no place in a palette, or is not in the file.
    pub fn palettes(&self, rows: &PaletteRows, key: Option<Rgb>) -> Result<Vec<Vec<Rgb>>, Box<Finding>> {
        let count = u32::try_from(self.row_count()).unwrap_or(u32::MAX);
        let rows = match rows {
            PaletteRows::One if self.colors.len() > PALETTE_COLORS => return Err(Box::new(self.too_long())),
            PaletteRows::One => 0..=0,
            PaletteRows::All => 0..=count.saturating_sub(1),
            PaletteRows::Rows(rows) if *rows.end() < count && !rows.is_empty() => rows.clone(),
            PaletteRows::Rows(rows) => return Err(Box::new(self.no_row(*rows.end(), count))),
        };
        rows.map(|row| self.row(row as usize, key)).collect()
    }

    /// The colors of one row.
    ///
    /// # Errors
    /// If the file has no such row, or one of its colors has no place in a palette.
    fn row(&self, row: usize, key: Option<Rgb>) -> Result<Vec<Rgb>, Box<Finding>> {
        let colors = self.colors.chunks(PALETTE_COLORS).nth(row).unwrap_or_default();
        let first = usize::from(key.is_some());
        if colors.len() + first > PALETTE_COLORS {
            return Err(Box::new(Finding::new(
                Code::PaletteFileLong,
                format!("with a color key before them, {} colors have no room in a palette of 16", colors.len()),
                "Pass no key: then the first color of the file is the color key, which is never drawn. Or remove a color.",
            )));
        }
        let mut places = Places::default();
        let is_wrong = |(at, color): &(usize, &FileColor)| match color.alpha {
            255 => false,
            0 => at + first > 0,
            _ => true,
        };
        let wrong: Vec<&FileColor> = colors.iter().enumerate().filter(is_wrong).map(|(_, color)| color).collect();
        if let Some(color) = wrong.first() {
            wrong.iter().filter_map(|color| color.line).for_each(|line| places.add(Place::Line { line }));
            let FileColor { rgb, alpha, .. } = color;
            let finding = Finding::new(
                Code::PaletteFileValue,
                format!(
                    "`{rgb}` has the alpha {alpha}; color 0 of a palette may be transparent, and all others are opaque"
                ),
                "Make the colors opaque, or move the transparent one to the place of color 0.",
            );
            return Err(Box::new(if places.count() > 0 { finding.at_all(&places) } else { finding }));
        }
        Ok(key.into_iter().chain(colors.iter().map(|color| color.rgb)).collect())
    }

    /// The name of the only one of `palettes`, which are those of the file, if a declaration can have it.
    pub fn name_of(&self, palettes: &[Vec<Rgb>]) -> Option<String> {
        self.name.clone().filter(|name| palettes.len() == 1 && is_palette_name(name))
    }

    /// A note if the only one of `palettes` does not get the name that the file gives it: no name is cut.
    pub fn name_note(&self, palettes: &[Vec<Rgb>]) -> Option<Finding> {
        let name = self.name.as_deref().filter(|name| palettes.len() == 1 && !is_palette_name(name))?;
        Some(Finding::new(
            Code::PaletteFileName,
            format!(
                "the palette has no name: that of the file, {}, is not 1 to 32 printable characters",
                shown_line(name)
            ),
            "Nothing to do, or give it a name: `prometeu-packer palette PROJECT ASSET name N NAME`.",
        ))
    }

    /// A note about the colors of the file that became color keys of `palettes`, although it has no transparent one.
    pub fn key_note(&self, key: Option<Rgb>, palettes: &[Vec<Rgb>]) -> Option<Finding> {
        let keys: Vec<String> = palettes.iter().filter_map(|colors| Some(format!("`{}`", colors.first()?))).collect();
        let is_stated = self.colors.first().is_some_and(|color| color.alpha == 0);
        if key.is_some() || is_stated || keys.is_empty() {
            return None;
        }
        Some(Finding::new(
            Code::PaletteFileKey,
            match &*keys {
                [key] => {
                    format!("the first color of the file, {key}, is the color key of the palette: it is never drawn")
                }
                keys => format!(
                    "the first color of each row is the color key of its palette, and never drawn: {}",
                    join_some(keys.iter(), ", ", 4)
                ),
            },
            "If tiles are drawn in it, pass a color key that comes before the colors of the file, such as `--key ff00ff`; \
             the file may then have 15 colors.",
        ))
    }

    fn too_long(&self) -> Finding {
        Finding::new(
            Code::PaletteFileLong,
            format!("the {} has {} colors; a palette has at most {PALETTE_COLORS}", self.format, self.colors.len()),
            format!(
                "If each row of {PALETTE_COLORS} colors is a palette, name the rows: `--rows all`, or `--rows 0` for the \
                 first one (in `asset.json`, `\"row\": 0`). If not, save the colors of one palette as a file of their \
                 own; `palettes --apply` finds palettes for the images without any file."
            ),
        )
    }

    fn no_row(&self, row: u32, count: u32) -> Finding {
        Finding::new(
            Code::PaletteFileLong,
            format!(
                "there is no row {row}: the {} has {}, {} of at most {PALETTE_COLORS}",
                self.format,
                plural(self.colors.len() as u64, "color"),
                plural(count.into(), "row")
            ),
            match count {
                0 | 1 => "Name no row, or row 0.".to_owned(),
                count => format!("Name a row from 0 to {}.", count - 1),
            },
        )
    }
}

/// The bytes of a palette file. Only the formats in [`PaletteFormat::WRITTEN`] can be written; `None` of others.
pub fn write_palette_file(format: PaletteFormat, name: &str, colors: &[Rgb]) -> Option<Vec<u8>> {
    match format {
        PaletteFormat::Gimp => Some(gimp::write(name, colors)),
        PaletteFormat::Jasc => Some(jasc::write(colors)),
        PaletteFormat::Act => Some(binary::write_act(colors)),
        PaletteFormat::Hex => Some(hex::write(colors)),
        PaletteFormat::PaintNet => Some(hex::write_paint_net(colors)),
        PaletteFormat::Png | PaletteFormat::Aseprite => None,
    }
}
