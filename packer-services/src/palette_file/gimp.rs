//! GIMP palettes, `.gpl`: a color in each line, as three numbers and a name. Aseprite adds a fourth number, the alpha,
//! after a line `Channels: RGBA`.

use std::fmt::Write as _;

use super::{FileColor, PaletteFile, PaletteFormat, ReadResult, TextLines, WrongLines, channel_values, shown_line};
use crate::formats::Rgb;

/// Reads the lines. The first is the magic.
pub(super) fn read(lines: &TextLines<'_>) -> ReadResult {
    let mut name = None;
    let mut channels = 3;
    let mut colors: Vec<FileColor> = Vec::new();
    let mut wrong = WrongLines::default();
    for (n, line) in lines.iter().skip(1) {
        if line.starts_with('#') {
            continue;
        }
        let is_color = line.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        if !is_color {
            match line.split_once(':') {
                Some(("Name", value)) => name = Some(value.trim().to_owned()).filter(|name| !name.is_empty()),
                Some(("Channels", value)) if value.trim() == "RGBA" && colors.is_empty() => channels = 4,
                Some(("Channels", value)) if value.trim() == "RGB" => {}
                Some(("Channels", _)) => wrong.add(
                    n,
                    || format!("{} is not read: `Channels:` is `RGBA` or `RGB`, before the colors", shown_line(line)),
                    "Save the palette again with the program that it is of.",
                ),
                Some((key, _)) if key.chars().all(char::is_alphabetic) => {}
                _ => wrong.add(
                    n,
                    || format!("{} is neither a color, as `R G B name`, nor a comment", shown_line(line)),
                    "Correct the line, or put `#` before it.",
                ),
            }
            continue;
        }
        let numbers = line.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
        match channel_values(numbers, channels) {
            Some(values) => colors.push(FileColor::of_channels(values, Some(n))),
            None => wrong.add(
                n,
                || format!("{} is not a color: {channels} numbers from 0 to 255 are required", shown_line(line)),
                "Correct the numbers. Other programs would read them modulo 256.",
            ),
        }
    }
    wrong.finish(PaletteFile { format: PaletteFormat::Gimp, name, colors }, Vec::new())
}

/// Writes a palette. Krita requires the name of the palette, and Aseprite that of each color.
pub(super) fn write(name: &str, colors: &[Rgb]) -> Vec<u8> {
    let mut text = format!("GIMP Palette\nName: {name}\nColumns: 16\n#\n");
    for (at, color) in colors.iter().enumerate() {
        let Rgb([red, green, blue]) = color;
        let _ = writeln!(text, "{red:3} {green:3} {blue:3}\tcolor {at}");
    }
    text.into_bytes()
}
