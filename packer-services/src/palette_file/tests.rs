//! One test for each rule of the table "Palette files" (spec: declarations).

use super::*;
use crate::diagnostics::Severity;

fn read_colors(bytes: impl AsRef<[u8]>) -> (PaletteFormat, Vec<String>) {
    let reading = read_palette_file(bytes.as_ref());
    let Some(file) = reading.file else { panic!("{:?}", reading.findings) };
    let color = |color: &FileColor| match color.alpha {
        255 => color.rgb.to_string(),
        alpha => format!("{}/{alpha}", color.rgb),
    };
    (file.format, file.colors.iter().map(color).collect())
}

/// The message of the only finding, with its lines.
fn refusal(bytes: impl AsRef<[u8]>) -> (Code, String) {
    let reading = read_palette_file(bytes.as_ref());
    assert!(reading.file.is_none(), "{:?}", reading.file);
    let [finding] = &*reading.findings else { panic!("{:?}", reading.findings) };
    let place = finding.places.first().map_or_else(String::new, |place| format!("{place}: "));
    (finding.code, format!("{place}{}", finding.message))
}

fn assert_refused(bytes: impl AsRef<[u8]>, code: Code, start: &str) {
    let (found, message) = refusal(bytes);
    assert!(found == code && message.starts_with(start), "{found}: {message}");
}

fn colors(count: u8) -> Vec<Rgb> {
    (0..count).map(|n| Rgb([n.wrapping_mul(7).wrapping_add(70), n, 255 - n])).collect()
}

#[test]
fn gimp_palettes_are_read() {
    let text =
        "GIMP Palette\r\nName: Sunset\r\nColumns: 4\r\n# a comment\r\n\r\n255   0 255\tkey\r\n 1,2,3 a b\r\n4 5 6\r\n";
    assert_eq!(read_colors(text), (PaletteFormat::Gimp, ["#ff00ff", "#010203", "#040506"].map(String::from).to_vec()));
    assert_eq!(read_palette_file(text.as_bytes()).file.and_then(|file| file.name), Some("Sunset".into()));
    // Both headers are optional, blanks around the magic are allowed, and `Columns` may come late.
    assert_eq!(read_colors(" GIMP Palette \n1 2 3\nColumns: 2\n").1, ["#010203"]);
}

#[test]
fn gimp_channels_decide_about_alpha() {
    let text = |channels: &str| format!("GIMP Palette\n{channels}255 0 255 0 Untitled\n1 2 3 255\n");
    assert_eq!(read_colors(text("Channels: RGBA\n")).1, ["#ff00ff/0", "#010203"]);
    // Without the line, the fourth number is a name.
    assert_eq!(read_colors(text("")).1, ["#ff00ff", "#010203"]);
    let late = "GIMP Palette\n1 2 3\nChannels: RGBA\n";
    assert_refused(late, Code::PaletteFileValue, "line 3: `Channels: RGBA` is not read");
    assert_refused(
        "GIMP Palette\nChannels: RGBA\n1 2 3\n",
        Code::PaletteFileValue,
        "line 3: `1 2 3` is not a color: 4",
    );
}

#[test]
fn gimp_values_are_not_wrapped() {
    for line in ["300 5 255", "1 -5 255", "1 2", "1 2.5 3", "-1 2 3", "+1 2 3", "1 +2 3", "what 1 2 3"] {
        assert_refused(format!("GIMP Palette\n0 0 0\n{line}\n"), Code::PaletteFileValue, &format!("line 3: `{line}`"));
    }
    assert_refused("GIMP Palette\nName: empty\n", Code::PaletteFileValue, "the palette has no color");
}

#[test]
fn wrong_lines_are_one_finding() {
    let reading = read_palette_file(b"1a1c2c\nxyz\n#ffffff\n12345\n");
    let [finding] = &*reading.findings else { panic!("{:?}", reading.findings) };
    assert_eq!((finding.count, &*finding.places), (2, &[Place::Line { line: 2 }, Place::Line { line: 4 }][..]));
}

#[test]
fn jasc_palettes_are_read() {
    let text = "JASC-PAL\r\n0100\r\n2\r\n255 0 255\r\n1 2 3 0\r\n";
    assert_eq!(read_colors(text), (PaletteFormat::Jasc, vec!["#ff00ff".into(), "#010203/0".into()]));
    for (text, start) in [
        ("JASC-PAL\n0200\n1\n1 2 3\n", "line 2: `0200` is not a version"),
        ("JASC-PAL\n0100\nmany\n1 2 3\n", "line 3: `many` is not the number"),
        ("JASC-PAL\n0100\n1\n1 2\n", "line 4: `1 2` is not a color"),
        ("JASC-PAL\n0100\n1\n1 2 256\n", "line 4: `1 2 256` is not a color"),
        ("JASC-PAL\n0100\n1\n1 2 3 4 5\n", "line 4: `1 2 3 4 5` is not a color"),
        ("JASC-PAL\n0100\n0\n", "the palette has no color"),
    ] {
        assert_refused(text, Code::PaletteFileValue, start);
    }
}

#[test]
fn jasc_count_that_differs_is_warned() {
    let reading = read_palette_file(b"JASC-PAL\n0100\n16\n1 2 3\n4 5 6\n");
    assert_eq!(reading.file.map(|file| file.colors.len()), Some(2));
    let [finding] = &*reading.findings else { panic!("{:?}", reading.findings) };
    assert_eq!((finding.code, finding.severity), (Code::PaletteFileCount, Severity::Warning));
}

#[test]
fn hex_lists_are_read() {
    let expected = (PaletteFormat::Hex, vec!["#1a1c2c".to_owned(), "#facade".to_owned()]);
    assert_eq!(read_colors("1a1c2c\n#FACADE\n"), expected);
    assert_eq!(read_colors("\n  1A1C2C \r\n\r\nfacade"), expected);
    assert_refused("1a1c2c\nfff\n", Code::PaletteFileValue, "line 2: `fff` is not a color: six");
    assert_refused("1a1c2c\nff1a1c2c\n", Code::PaletteFileValue, "line 2: `ff1a1c2c` is not a color: six");
    assert_refused("1a1c2c\n; no comment\n", Code::PaletteFileValue, "line 2: `; no comment`");
    assert_refused("fff\n", Code::PaletteFileFormat, "it starts with `fff`");
    assert_refused("\n \n", Code::PaletteFileFormat, "it starts with only blanks");
}

#[test]
fn paint_net_has_alpha_first() {
    let text =
        "; paint.net Palette File\r\n; Lines that start with a semicolon are comments\r\nFF1a1c2c\r\n00FF00FF\r\n";
    assert_eq!(read_colors(text), (PaletteFormat::PaintNet, vec!["#1a1c2c".into(), "#ff00ff/0".into()]));
    assert_refused("FF1a1c2c\n1a1c2c\n", Code::PaletteFileValue, "line 2: `1a1c2c` is not a color: eight");
}

fn act(colors: &[Rgb], end: &[u16]) -> Vec<u8> {
    let mut bytes: Vec<u8> = colors.iter().flat_map(|color| color.0).collect();
    bytes.resize(768, 0);
    bytes.extend(end.iter().flat_map(|value| value.to_be_bytes()));
    bytes
}

#[test]
fn act_ends_with_count_and_index() {
    let count = |end: &[u16]| read_colors(act(&colors(4), end)).1;
    assert_eq!(count(&[4, 0xFFFF]).len(), 4);
    // Aseprite writes 0 even if no color is transparent.
    assert!(!count(&[4, 0])[0].contains('/'));
    assert_eq!(count(&[4, 2])[2], "#5402fd/0");
    assert_eq!(count(&[256, 0xFFFF]).len(), 256);
    assert_refused(act(&colors(4), &[0, 0xFFFF]), Code::PaletteFileValue, "byte 768: the table has 0 colors");
    assert_refused(act(&colors(4), &[257, 0xFFFF]), Code::PaletteFileValue, "byte 768: the table has 257");
    assert_refused(act(&colors(4), &[4, 4]), Code::PaletteFileValue, "byte 770: color 4 is transparent");
}

#[test]
fn act_of_768_bytes_drops_filling() {
    assert_eq!(read_colors(act(&colors(4), &[])).1.len(), 4);
    let mut full = colors(255);
    full.push(Rgb([0; 3]));
    assert_eq!(read_colors(act(&full, &[])).1.len(), 256, "one black may be a color of the artist");
    // A table of another size is refused.
    assert_refused(&act(&colors(4), &[])[..767], Code::PaletteFileFormat, "it has 767 bytes that are not text");
    assert_refused(act(&[Rgb([63, 1, 9])], &[]), Code::PaletteFileFormat, "no value of this color table is above 63");
}

#[test]
fn act_may_begin_like_other_files() {
    let begin = |bytes: &[u8; 12]| bytes.chunks(3).map(|rgb| Rgb([rgb[0], rgb[1], rgb[2]])).collect::<Vec<Rgb>>();
    for start in [b"RIFF\0\0\0\0PAL ", b"BM\0\0\0\0\0\0\0\0\0\xff"] {
        assert_eq!(read_colors(act(&begin(start), &[])).0, PaletteFormat::Act);
    }
}

#[test]
fn other_files_are_named() {
    for (bytes, start) in [
        (&b""[..], "the file is empty"),
        (b"RIFF\x10\0\0\0PAL data", "it is a RIFF palette of Windows"),
        (b"\xef\xbb\xbfGIMP Palette\n1 2 3\n", "it starts with a byte order mark"),
        (b"ASEF\0\x01\0\0", "it is an Adobe swatch"),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer"),
        (b"<svg>", "it starts with `<svg>`"),
        (b"\x01\x02\x03", "it has 3 bytes that are not text"),
    ] {
        assert_refused(bytes, Code::PaletteFileFormat, start);
    }
}

fn png(color: png::ColorType, palette: &[Rgb], trns: Option<&'static [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(color);
    if color == png::ColorType::Indexed {
        encoder.set_palette(palette.iter().flat_map(|color| color.0).collect::<Vec<u8>>());
    }
    if let Some(trns) = trns {
        encoder.set_trns(trns);
    }
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&[0; 3][..color.samples()])).expect("a PNG");
    bytes
}

#[test]
fn indexed_png_is_a_palette() {
    let bytes = png(png::ColorType::Indexed, &colors(3), Some(&[0, 255]));
    assert_eq!(read_colors(&bytes), (PaletteFormat::Png, vec!["#4600ff/0".into(), "#4d01fe".into(), "#5402fd".into()]));
    assert_refused(&bytes[..50], Code::PaletteFileValue, "the PNG is damaged, or ends, before its palette does");
    assert_refused(png(png::ColorType::Rgb, &[], None), Code::PaletteFileFormat, "it is a PNG without a palette");
}

fn file(alphas: &[u8]) -> PaletteFile {
    let colors =
        (0_u8..).zip(alphas).map(|(n, alpha)| FileColor::of_channels([n, 0, 0, *alpha], Some(u32::from(n) + 1)));
    PaletteFile { format: PaletteFormat::Hex, name: None, colors: colors.collect() }
}

#[test]
fn long_files_need_rows() {
    let file = file(&[255; 40]);
    let lengths = |rows: PaletteRows| {
        let palettes = file.palettes(&rows, None);
        palettes.map(|all| all.iter().map(Vec::len).collect::<Vec<_>>()).map_err(|finding| finding.message)
    };
    assert!(lengths(PaletteRows::One).unwrap_err().starts_with("the list of hex colors has 40 colors; a palette has"));
    assert_eq!(lengths(PaletteRows::All), Ok(vec![16, 16, 8]));
    assert_eq!(lengths(PaletteRows::Rows(1..=2)), Ok(vec![16, 8]));
    assert!(lengths(PaletteRows::Rows(2..=3)).unwrap_err().starts_with("there is no row 3"));
    let Ok(rows) = file.palettes(&PaletteRows::Rows(1..=1), None) else { panic!("a row") };
    assert_eq!(rows[0][0], Rgb([16, 0, 0]));
}

#[test]
fn only_color_0_is_transparent() {
    let check =
        |alphas: &[u8]| file(alphas).palettes(&PaletteRows::All, None).map_err(|finding| finding.places.clone());
    assert!(check(&[0, 255]).is_ok());
    assert!(check(&[[0; 1].as_slice(), &[255; 15], &[0, 255]].concat()).is_ok(), "color 0 of row 1");
    assert_eq!(check(&[255, 0, 254]), Err(vec![Place::Line { line: 2 }, Place::Line { line: 3 }]));
    assert_eq!(check(&[128, 255]), Err(vec![Place::Line { line: 1 }]));
    let keyed = file(&[0, 255]).palettes(&PaletteRows::One, Some(Rgb([255, 0, 255])));
    assert!(keyed.is_err(), "the transparent color would be color 1");
}

#[test]
fn keys_come_before_the_colors() {
    let key = Rgb([255, 0, 255]);
    let Ok(palettes) = file(&[255; 15]).palettes(&PaletteRows::One, Some(key)) else { panic!("15 have room") };
    assert_eq!((palettes[0][0], palettes[0][1], palettes[0].len()), (key, Rgb([0; 3]), 16));
    assert!(file(&[255; 16]).palettes(&PaletteRows::One, Some(key)).is_err());
    let first = file(&[255; 2]).palettes(&PaletteRows::One, None).unwrap_or_default();
    let note = file(&[255; 2]).key_note(None, &first).map(|note| note.message);
    assert!(note.is_some_and(|note| note.contains("`#000000`, is the color key")));
    assert_eq!(file(&[0, 255]).key_note(None, &first), None, "the file says it itself");
}

#[test]
fn written_files_read_back() {
    for count in [1, 2, 16] {
        let colors = colors(count);
        for (extension, format) in PaletteFormat::WRITTEN {
            let bytes = write_palette_file(*format, "night", &colors).unwrap_or_default();
            let reading = read_palette_file(&bytes);
            let file = reading.file.unwrap_or_else(|| panic!("{extension}: {:?}", reading.findings));
            assert_eq!((file.format, reading.findings), (*format, Vec::new()));
            assert_eq!(file.palettes(&PaletteRows::One, None), Ok(vec![colors.clone()]), "{extension}");
            assert_eq!(PaletteFormat::of_name(&format!("a.b.{}", extension.to_uppercase())), Some(*format));
        }
    }
    assert_eq!(PaletteFormat::of_name("palette.png"), None);
}
