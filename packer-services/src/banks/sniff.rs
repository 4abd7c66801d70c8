//! What a file seems to be, by its first bytes. Findings use it for files that are not what they should be, and what is
//! decoded when it is added to an asset is recognized by it.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::declaration::Family;
use crate::diagnostics::escaped;
use crate::files::{SourceFile, read_up_to};

/// The extensions of images that a pack reads.
pub const PACKED_IMAGES: [&str; 3] = ["png", "aseprite", "ase"];
/// The extensions of sounds that a pack reads.
pub const PACKED_SOUNDS: [&str; 2] = ["wav", "flac"];
/// The extensions of images that are decoded when they are added to an asset.
pub const DECODED_IMAGES: [&str; 6] = ["bmp", "gif", "pcx", "qoi", "tga", "webp"];
/// The extensions of sounds that are decoded when they are added to an asset.
pub const DECODED_SOUNDS: [&str; 4] = ["ogg", "mp3", "aif", "aiff"];

/// The extensions of all files that can become a part of a bank, for a dialog that chooses some.
pub fn art_extensions() -> Vec<&'static str> {
    [&PACKED_IMAGES[..], &DECODED_IMAGES, &PACKED_SOUNDS, &DECODED_SOUNDS].concat()
}

/// The first bytes of a PNG.
pub const PNG_SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The first bytes of a file that decide what it is.
const START_BYTES: usize = 64;

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
    /// What it is decoded as when it is added to an asset; `None` if it is copied.
    pub import: Option<ImportKind>,
}

/// What a file is decoded as when it is added to an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// A sound in an Ogg container.
    Ogg,
    /// An MP3.
    Mp3,
    /// An AIFF or AIFC.
    Aiff,
    /// A WAV that is resampled. A pack reads it, so it is copied otherwise.
    Wav,
    /// A FLAC that is resampled, as a WAV is.
    Flac,
    /// A BMP.
    Bmp,
    /// A GIF.
    Gif,
    /// A PCX.
    Pcx,
    /// A QOI.
    Qoi,
    /// A TGA.
    Tga,
    /// A WebP.
    WebP,
}

impl ImportKind {
    /// The banks that it is decoded for.
    pub fn family(self) -> Family {
        match self {
            Self::Ogg | Self::Mp3 | Self::Aiff | Self::Wav | Self::Flac => Family::SoundBank,
            _ => Family::GlyphBank,
        }
    }

    /// The extension of the file that it becomes.
    pub fn extension(self) -> &'static str {
        match self.family() {
            Family::GlyphBank => "png",
            Family::SoundBank => "wav",
        }
    }

    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ogg => "Ogg",
            Self::Mp3 => "MP3",
            Self::Aiff => "AIFF",
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::Pcx => "PCX",
            Self::Qoi => "QOI",
            Self::Tga => "TGA",
            Self::WebP => "WebP",
        }
    }

    /// What a file that begins with these bytes is decoded as for a bank of this family; `None` if it is copied.
    #[cfg(feature = "internals")]
    pub fn of_start(start: &[u8], family: Family) -> Option<Self> {
        sniff_file(start).import.filter(|kind| kind.family() == family)
    }
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

/// Whether a file begins like a TGA, which has no signature: all fields of its header are possible and belong
/// together.
pub fn is_tga_header(start: &[u8]) -> bool {
    let Some(&[_, map_type, image_type, .., bits, descriptor]) = start.first_chunk::<18>() else { return false };
    let has_pixels = start[12..14] != [0; 2] && start[14..16] != [0; 2];
    let has_map = start[5..7] != [0; 2] && matches!(start[7], 15 | 16 | 24 | 32);
    let is_form = match image_type {
        1 | 9 => map_type == 1 && has_map && matches!(bits, 8 | 15 | 16),
        2 | 10 => map_type <= 1 && matches!(bits, 15 | 16 | 24 | 32),
        3 | 11 => map_type == 0 && matches!(bits, 8 | 16),
        _ => false,
    };
    // A map that is not there has no size; the highest bits of the descriptor are of a form that nobody uses.
    is_form && has_pixels && (map_type == 1 || start[3..8] == [0; 5]) && descriptor & 0xC0 == 0 && descriptor & 0xF <= 8
}

/// Whether a file begins like a PCX, whose signature is one byte.
fn is_pcx_header(start: &[u8]) -> bool {
    let Some([0x0A, 0 | 2..=5, 0 | 1, 1 | 2 | 4 | 8, sides @ ..]) = start.first_chunk::<12>() else { return false };
    let [left, top, right, bottom] = [0, 2, 4, 6].map(|at| u16::from_le_bytes([sides[at], sides[at + 1]]));
    left <= right && top <= bottom
}

/// Whether a file begins like a BMP: its header has a size that begins with a small number.
fn is_bmp_header(start: &[u8]) -> bool {
    start.starts_with(b"BM") && start.get(14..18).is_none_or(|size| size[1..] == [0; 3])
}

/// Whether a file begins like an image of Netpbm: a number, then a blank, then a size or a comment.
fn is_netpbm_header(start: &[u8]) -> bool {
    matches!(start, [b'P', b'1'..=b'6', b'\n' | b'\r' | b' ' | b'\t', b'0'..=b'9' | b'#', ..])
}

/// Whether a file is in the container of MP4, and is first of all of one of these brands.
fn is_media_brand(start: &[u8], brands: &[&[u8; 4]]) -> bool {
    start.get(4..8) == Some(b"ftyp") && brands.iter().any(|brand| start.get(8..12) == Some(&brand[..]))
}

/// The size of the ID3 tag that a file begins with, in bytes: its head, its content, and its footer.
pub fn id3_tag_bytes(start: &[u8]) -> Option<u64> {
    let &[b'I', b'D', b'3', _, _, flags, size @ ..] = start.first_chunk::<10>()? else { return None };
    let size = size.iter().fold(0, |size, seven| size << 7 | u64::from(seven & 0x7F));
    let footer_bytes = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer_bytes)
}

/// What a sound is behind the ID3 tag that it begins with, unless it is an MP3. `start` is the beginning of `file`.
///
/// # Errors
/// If the system refuses to read.
pub fn sniff_behind_tag(file: &mut (impl Read + Seek), start: &[u8]) -> io::Result<Option<SniffedFile>> {
    let Some(tag_bytes) = id3_tag_bytes(start) else { return Ok(None) };
    let mut next = [0; START_BYTES];
    file.seek(SeekFrom::Start(tag_bytes))?;
    let count = read_up_to(file, &mut next)?;
    let behind = sniff_file(&next[..count]);
    if behind.kind != FileKind::Sound || behind.import == Some(ImportKind::Mp3) {
        return Ok(None);
    }
    // Of the sounds that are decoded, only an Ogg is read without the tag.
    let import = behind.import.filter(|kind| *kind == ImportKind::Ogg);
    let help = "Remove the tag, which such a file must not have: open it in a sound editor and export it again.";
    Ok(Some(SniffedFile { what: format!("{} behind an ID3 tag", behind.what), help: Some(help), import, ..behind }))
}

/// Recognizes a file by its first bytes, and a TGA also by its name; `None` if it cannot be read.
pub fn sniff_path(path: &Path) -> Option<SniffedFile> {
    let mut start = [0; START_BYTES];
    let mut source = SourceFile::from_path(path).ok()?;
    let count = read_up_to(source.file_mut(), &mut start).ok()?;
    if let Some(sniffed) = sniff_behind_tag(source.file_mut(), &start[..count]).ok()? {
        return Some(sniffed);
    }
    let sniffed = sniff_file(&start[..count]);
    let is_named = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tga"));
    if sniffed.import == Some(ImportKind::Tga) && !is_named {
        return Some(unknown_file(&start[..count]));
    }
    Some(sniffed)
}

fn unknown_file(start: &[u8]) -> SniffedFile {
    let first: String = start.iter().take(4).map(|byte| char::from(*byte)).collect();
    SniffedFile {
        what: format!("it starts with `{}`", escaped(&first)),
        kind: FileKind::Other,
        help: None,
        import: None,
    }
}

/// Recognizes a file by its first bytes: 33 if it has as many, but 18 are enough for nearly all kinds.
pub fn sniff_file(start: &[u8]) -> SniffedFile {
    use FileKind::{Image, Other, Sound};
    let at = |offset: usize, bytes: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
    let riff = |form: &[u8]| at(0, b"RIFF") && at(8, form);
    let aiff = at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC"));
    let mp3 = at(0, b"ID3") || [0xFB, 0xFA, 0xF3, 0xF2].iter().any(|second| at(0, &[0xFF, *second]));
    let ogg = at(0, b"OggS") && !at(28, b"\x7fFLAC");
    let decoded = [
        (ogg, ImportKind::Ogg),
        (aiff, ImportKind::Aiff),
        (mp3, ImportKind::Mp3),
        (at(0, b"GIF87a") || at(0, b"GIF89a"), ImportKind::Gif),
        (is_bmp_header(start), ImportKind::Bmp),
        (riff(b"WEBP"), ImportKind::WebP),
        (at(0, b"qoif"), ImportKind::Qoi),
        (is_pcx_header(start), ImportKind::Pcx),
        (is_tga_header(start), ImportKind::Tga),
    ];
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
        (
            at(0, b"\xff\xd8\xff"),
            "it is a JPEG image",
            Image,
            Some(
                "JPEG is lossy: it changes the colors of single pixels, and a tile would have hundreds. Export the original \
                 as PNG.",
            ),
        ),
        (at(0, b"PK\x03\x04"), "it is a ZIP archive", Other, Some("Unpack it, and use the files in it.")),
        (at(0, b"GIF8"), "it is a GIF image", Image, None),
        (at(0, b"II*\0") || at(0, b"MM\0*"), "it is a TIFF image", Image, None),
        (at(0, b"\0\0\x01\0"), "it is a Windows icon (ICO)", Image, None),
        (at(0, b"icns"), "it is an icon of macOS (ICNS)", Image, None),
        (is_netpbm_header(start), "it is a Netpbm image (PBM, PGM, PPM)", Image, None),
        (is_media_brand(start, &[b"avif", b"avis"]), "it is an AVIF image", Image, None),
        (is_media_brand(start, &[b"heic", b"heix", b"mif1", b"msf1"]), "it is a HEIF image", Image, None),
        (at(0, b"\xff\x0a") || at(4, b"JXL \r\n"), "it is a JPEG XL image", Image, None),
        (at(4, b"jP  \r\n"), "it is a JPEG 2000 image", Image, None),
        (at(0, b"FORM") && (at(8, b"ILBM") || at(8, b"PBM ")), "it is an IFF image (ILBM)", Image, None),
        (at(0, b"DDS "), "it is a DDS texture", Image, None),
        (at(0, b"\x76\x2f\x31\x01"), "it is an OpenEXR image", Image, None),
        (at(0, b"<svg"), "it is an SVG image", Image, None),
        (is_bmp_header(start), "it is a BMP image", Image, None),
        (at(0, b"qoif"), "it is a QOI image", Image, None),
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
        (is_media_brand(start, &[b"M4A ", b"M4B "]), "it is an M4A sound", Sound, None),
        (at(0, b"\xff\xf1") || at(0, b"\xff\xf9"), "it is an AAC sound", Sound, None),
        (at(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), "it is a Windows Media file (ASF)", Sound, None),
        (at(0, b".snd"), "it is an AU sound", Sound, None),
        (at(0, b"caff"), "it is a Core Audio sound", Sound, None),
        (at(0, b"riff\x2e\x91\xcf\x11"), "it is a Wave64 file", Sound, None),
        (at(0, b"FORM") && at(8, b"8SVX"), "it is an IFF sound (8SVX)", Sound, None),
        (at(0, b"Creative Voice File"), "it is a Creative Voice file (VOC)", Sound, None),
        (at(0, b"MThd"), "it is a MIDI file, which contains notes and no sound", Sound, None),
        (
            at(0, b"Extended Module: ") || at(0, b"IMPM") || at(44, b"SCRM"),
            "it is a tracker module, which contains several sounds",
            Sound,
            None,
        ),
        (is_pcx_header(start), "it is a PCX image", Image, None),
        (is_tga_header(start), "it may be a TGA image", Image, None),
        (
            start.iter().all(|byte| *byte == 0),
            "it contains only zero bytes",
            Other,
            Some("Restore it from your version control or a copy."),
        ),
    ];
    match known.iter().find(|(is, ..)| *is) {
        Some((_, what, kind, help)) => {
            let import = decoded.iter().find(|(is, _)| *is).map(|(_, kind)| *kind);
            SniffedFile { what: (*what).to_owned(), kind: *kind, help: *help, import }
        }
        None => unknown_file(start),
    }
}
