//! Palettes of Paint Shop Pro, `.pal` as text: `JASC-PAL`, a version, the number of colors, and a color in each line.

use std::fmt::Write as _;

use super::{FileColor, PaletteFile, PaletteFormat, ReadResult, TextLines, WrongLines, channel_values, shown_line};
use crate::diagnostics::{Code, Finding, Place, plural};
use crate::formats::Rgb;

const MAGIC: &str = "JASC-PAL";
const VERSION: &str = "0100";

/// Reads the lines. The first is the magic.
pub(super) fn read(lines: &TextLines<'_>) -> ReadResult {
    let mut lines = lines.iter().skip(1);
    let mut wrong = WrongLines::default();
    let mut warnings = Vec::new();
    let (version, count) = (lines.next(), lines.next());
    if let Some((n, line)) = version.filter(|(_, line)| *line != VERSION) {
        let message = || format!("{} is not a version of this format; it is `{VERSION}`", shown_line(line));
        wrong.add(n, message, "Save the palette again with the program that it is of.");
    }
    let stated = count.and_then(|(n, line)| {
        let is_number = line.bytes().all(|byte| byte.is_ascii_digit());
        let stated: Option<u64> = line.parse().ok().filter(|_| is_number);
        if stated.is_none() {
            let message = || format!("{} is not the number of colors", shown_line(line));
            wrong.add(n, message, "Write the number of the colors that follow.");
        }
        Some((n, stated?))
    });
    let mut colors = Vec::new();
    for (n, line) in lines {
        let count = line.split_whitespace().count();
        let values = Some(count).filter(|count| (3..=4).contains(count));
        match values.and_then(|count| channel_values(line.split_whitespace(), count)) {
            Some(values) => colors.push(FileColor::of_channels(values, Some(n))),
            None => wrong.add(
                n,
                || format!("{} is not a color: three numbers from 0 to 255 are required, or four", shown_line(line)),
                "Correct the line.",
            ),
        }
    }
    if let Some((line, stated)) = stated.filter(|(_, stated)| *stated != colors.len() as u64) {
        let finding = Finding::new(
            Code::PaletteFileCount,
            format!("the file says that it has {stated} colors, and has {}; all are read", colors.len()),
            format!("Write `{}` there: some programs read only {}.", colors.len(), plural(stated, "color")),
        );
        warnings.push(finding.at(Place::Line { line }));
    }
    wrong.finish(PaletteFile { format: PaletteFormat::Jasc, name: None, colors }, warnings)
}

/// Writes a palette, with the line ends of Windows, as Paint Shop Pro does.
pub(super) fn write(colors: &[Rgb]) -> Vec<u8> {
    let mut text = format!("{MAGIC}\r\n{VERSION}\r\n{}\r\n", colors.len());
    for Rgb([red, green, blue]) in colors {
        let _ = write!(text, "{red} {green} {blue}\r\n");
    }
    text.into_bytes()
}
