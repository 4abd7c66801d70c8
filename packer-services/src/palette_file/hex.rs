//! Lists of hex colors: `rrggbb` in each line, as Lospec writes them, and the palettes of Paint.NET, `AARRGGBB` in each
//! line with comments after `;`.

use std::fmt::Write as _;

use super::{FileColor, PaletteFile, PaletteFormat, ReadResult, TextLines, WrongLines, not_a_palette, shown_line};
use crate::formats::Rgb;

/// Reads the lines. The first color decides how many digits all of them have.
pub(super) fn read(lines: &TextLines<'_>) -> ReadResult {
    let is_comment = |line: &str| line.starts_with(';');
    let has_comment = lines.iter().next().is_some_and(|(_, line)| is_comment(line));
    let first = lines.iter().map(|(_, line)| line).find(|line| !is_comment(line));
    let first = first.and_then(hex_digits).map(str::len).filter(|digits| matches!(digits, 6 | 8));
    let format = match first {
        Some(8) => PaletteFormat::PaintNet,
        Some(_) if !has_comment => PaletteFormat::Hex,
        _ => {
            let shown = lines.iter().next().map_or_else(|| "only blanks".to_owned(), |(_, line)| shown_line(line));
            let what = format!("it starts with {shown}");
            let help = "Pass a palette file. If it is a list of hex colors, write one in each line, such as `1a1c2c`.";
            return Err(vec![not_a_palette(&what, help)]);
        }
    };
    let mut colors = Vec::new();
    let mut wrong = WrongLines::default();
    for (n, line) in lines.iter() {
        if format == PaletteFormat::PaintNet && is_comment(line) {
            continue;
        }
        match channels(format, line) {
            Some(values) => colors.push(FileColor::of_channels(values, Some(n))),
            None => wrong.add(
                n,
                || match format {
                    PaletteFormat::Hex => format!("{} is not a color: six hex digits are required", shown_line(line)),
                    _ => format!("{} is not a color: eight hex digits are required, AARRGGBB", shown_line(line)),
                },
                "Write one color in each line, all with the same number of digits, or remove the line.",
            ),
        }
    }
    wrong.finish(PaletteFile { format, name: None, colors }, Vec::new())
}

/// Red, green, blue and alpha.
fn channels(format: PaletteFormat, line: &str) -> Option<[u8; 4]> {
    let digits = hex_digits(line)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    let [alpha, red, green, blue] = value.to_be_bytes();
    match (format, digits.len()) {
        (PaletteFormat::Hex, 6) => Some([red, green, blue, 255]),
        (PaletteFormat::PaintNet, 8) => Some([red, green, blue, alpha]),
        _ => None,
    }
}

/// The hex digits of a line that has nothing else, but perhaps `#` before them.
fn hex_digits(line: &str) -> Option<&str> {
    let digits = line.strip_prefix('#').unwrap_or(line);
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)
}

/// Writes a list of `rrggbb`.
pub(super) fn write(colors: &[Rgb]) -> Vec<u8> {
    let mut text = String::new();
    for Rgb([red, green, blue]) in colors {
        let _ = writeln!(text, "{red:02x}{green:02x}{blue:02x}");
    }
    text.into_bytes()
}

/// Writes a palette of Paint.NET. All colors are opaque, because programs would lose the color of a transparent one.
pub(super) fn write_paint_net(colors: &[Rgb]) -> Vec<u8> {
    let mut text = String::from("; Paint.NET Palette\r\n");
    for Rgb([red, green, blue]) in colors {
        let _ = write!(text, "FF{red:02X}{green:02X}{blue:02X}\r\n");
    }
    text.into_bytes()
}
