//! What a file seems to be, by its first bytes. Findings use it for files that are not what they should be.

use crate::diagnostics::escaped;

/// The first bytes of a PNG.
pub const PNG_SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Bytes 4 and 5 of an Aseprite file.
pub const ASEPRITE_MAGIC: [u8; 2] = [0xE0, 0xA5];

/// Whether a file begins like a PNG and is in Apple's own form, which no PNG decoder reads.
pub fn is_apple_png(start: &[u8]) -> bool {
    start.starts_with(&PNG_SIGNATURE) && start.get(12..).is_some_and(|rest| rest.starts_with(b"CgBI"))
}

/// What a file seems to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SniffedFile {
    /// A clause: "it is a JPEG image".
    pub what: String,
    /// Its kind.
    pub kind: FileKind,
    /// The fix, where it does not depend on what the file should be.
    pub help: Option<&'static str>,
    /// Whether it is a sound that is decoded when it is added to an asset.
    pub is_decoded: bool,
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An image.
    Image,
    /// A sound.
    Sound,
    /// Neither, or unknown.
    Other,
}

/// Recognizes a file by its first bytes: 33 if it has as many, but 12 are enough for nearly all kinds.
pub fn sniff_file(start: &[u8]) -> SniffedFile {
    use FileKind::{Image, Other, Sound};
    let at = |offset: usize, bytes: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
    let riff = |form: &[u8]| at(0, b"RIFF") && at(8, form);
    let aiff = at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC"));
    let mp3 = at(0, b"ID3") || [0xFB, 0xFA, 0xF3, 0xF2].iter().any(|second| at(0, &[0xFF, *second]));
    let is_decoded = aiff || mp3 || (at(0, b"OggS") && !at(28, b"\x7fFLAC"));
    let known: &[(bool, &str, FileKind, Option<&'static str>)] = &[
        (start.is_empty(), "the file is empty", Other, Some("Export it again.")),
        (
            at(0, b"version https://git-lfs"),
            "it is a Git LFS pointer, not the file itself",
            Other,
            Some("Run `git lfs pull`."),
        ),
        (
            is_apple_png(start),
            "it is a PNG that Xcode converted for iOS (CgBI)",
            Other,
            Some(
                "Use the original PNG, or convert this one back with Xcode: `xcrun -sdk iphoneos pngcrush \
                 -revert-iphone-optimizations IN.png OUT.png`.",
            ),
        ),
        (at(0, &PNG_SIGNATURE), "it is a PNG image", Image, None),
        (
            at(0, &PNG_SIGNATURE[..4]),
            "it is a PNG whose signature is damaged, perhaps by a text-mode transfer",
            Other,
            Some("Copy it again as a binary file."),
        ),
        (at(0, b"\xff\xd8\xff"), "it is a JPEG image", Image, None),
        (at(0, b"PK\x03\x04"), "it is a ZIP archive", Other, Some("Unpack it, and use the files in it.")),
        (at(0, b"GIF8"), "it is a GIF image", Image, None),
        (at(0, b"BM"), "it is a BMP image", Image, None),
        (at(0, b"8BPS"), "it is a Photoshop file", Image, None),
        (at(0, b"gimp xcf"), "it is a GIMP file (XCF)", Image, None),
        (riff(b"WEBP"), "it is a WebP image", Image, None),
        (at(4, &ASEPRITE_MAGIC), "it is an Aseprite file", Image, None),
        (riff(b"WAVE"), "it is a WAV sound", Sound, None),
        (at(0, b"RIFX"), "it is a big-endian RIFX file", Sound, None),
        (at(0, b"RF64"), "it is an RF64 file", Sound, None),
        (at(0, b"RIFF"), "it is a RIFF file of another kind", Other, None),
        (at(0, b"fLaC"), "it is a FLAC sound", Sound, None),
        (at(0, b"OggS") && at(28, b"\x7fFLAC"), "it is a FLAC sound in an Ogg container", Sound, None),
        (at(0, b"OggS"), "it is an Ogg sound", Sound, None),
        (aiff, "it is an AIFF sound", Sound, None),
        (mp3, "it is an MP3 sound", Sound, None),
        (
            start.iter().all(|byte| *byte == 0),
            "it contains only zero bytes",
            Other,
            Some("Restore it from your version control or a copy."),
        ),
    ];
    if let Some((_, what, kind, help)) = known.iter().find(|(is, ..)| *is) {
        return SniffedFile { what: (*what).to_owned(), kind: *kind, help: *help, is_decoded };
    }
    let first: String = start.iter().take(4).map(|byte| char::from(*byte)).collect();
    SniffedFile { what: format!("it starts with `{}`", escaped(&first)), kind: Other, help: None, is_decoded: false }
}
