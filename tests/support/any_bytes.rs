//! What must hold whatever bytes a reader gets: one function for each format, in [`READERS`].
//!
//! No reader panics. What it accepts is consistent, is written back unchanged, and is what other code reads from the
//! same bytes; what it refuses has a finding, whose places exist. The properties pass random bytes to these functions,
//! the tests all files of `tests/fuzz/corpora`, and `tests/fuzz` whatever a fuzzer comes up with.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::io::Cursor;

use packer_services::declaration::{
    Content, Convert, Declaration, Family, GlyphContent, SoundArtifact, SoundContent, SpritePart,
};
use packer_services::diagnostics::{Code, Finding, Place, has_errors};
use packer_services::formats::{GLYPH_BYTES, GLYPH_INDEX_BYTES, Rgb, SampleLoop, TileSize};
use packer_services::internals::banks::glyph::build_glyph_payload;
use packer_services::internals::banks::glyph::image::{
    ImageError, ImageHeader, ImagePixel, PixelKind, PixelRow, RowSink, decode_image,
};
use packer_services::internals::banks::sound::extract::{wav_size_bytes, wav_wrapper, written_loop};
use packer_services::internals::banks::sound::{self, Sound, SoundCoding};
use packer_services::internals::banks::{Hole, HoleReason, Outcome, Sink, Stop};
use packer_services::internals::files::Folder;
use packer_services::internals::import::{ImportKind, ImportOptions, ImportedFrames, import_bytes};
use packer_services::internals::limits::JSON_VALUES;
use packer_services::internals::pack::cache::{self, RULES};
use packer_services::internals::pack::container;
use packer_services::internals::pack::identities::{self, LastPack};
use packer_services::internals::pack::sealed::seal;
use packer_services::internals::palette_file::{PaletteFormat, read_palette_file, write_palette_file};
use packer_services::internals::project::{CACHE_FILE, IDENTITIES_FILE, Project};
use packer_services::internals::{canonical_json, json, paths};
use packer_services::ops::{ListAssets, Operation, PaletteRows, VerifyPack};
use packer_services::registry::Registry;
use packer_services::{Context, RelPath, Sha};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::images::chunk;
use crate::oracle::reader::{Bank, Entry, Glyph, Pack as IndependentPack};
use crate::oracle::{self, SourceTile, drawn_tile_rgb565, expected_tile_rgb565, palettes_are};
use crate::{TestProject, artifact, no_place, palette, sample};

/// A reader, and what must hold of any bytes that it gets.
pub struct Reader {
    /// Its name, which is also that of its corpus.
    pub name: &'static str,
    /// Panics if it does not hold.
    pub check: fn(&[u8]),
}

/// All readers. A new one needs a function here, and a corpus.
pub const READERS: &[Reader] = &[
    Reader { name: "png", check: check_image },
    Reader { name: "aseprite", check: check_sprite },
    Reader { name: "wav", check: check_sound },
    Reader { name: "flac", check: check_flac },
    Reader { name: "registry", check: check_registry },
    Reader { name: "declaration", check: check_declaration },
    Reader { name: "json", check: check_json },
    Reader { name: "pack", check: check_pack },
    Reader { name: "identities", check: check_identities },
    Reader { name: "cache", check: check_cache },
    Reader { name: "paths", check: check_paths },
    Reader { name: "palette", check: check_palette_file },
    Reader { name: "import", check: check_import },
];

/// The pixels of a bank's sheet. The packer refuses an image with more cells than that, before it allocates its pixels.
const SHEET: u64 = 256 * 256;

/// Asserts that a finding has a message and a help, and that its places are in a file of these bytes.
fn check_finding(finding: &Finding, bytes: &[u8]) {
    assert!(!finding.message.is_empty() && !finding.help.is_empty(), "{finding:?}");
    assert!(finding.count >= finding.places.len() as u64, "{finding:?}");
    let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
    for place in &finding.places {
        match place {
            Place::Byte { offset } => assert!(*offset <= bytes.len() as u64, "{finding:?}"),
            Place::Json { line, column, path } => {
                assert!((1..=lines).contains(&u64::from(*line)) && *column >= 1, "{finding:?}");
                assert!(path.starts_with('$'), "{finding:?}");
            }
            Place::Line { line } => assert!((1..=lines).contains(&u64::from(*line)), "{finding:?}"),
            Place::Tile { .. } | Place::Color { .. } | Place::Frame { .. } => {}
        }
    }
}

/// The findings about a JSON file as a whole, and those that compare entries of the registry, which they name.
const WITHOUT_PLACE: &[Code] = &[
    Code::JsonEmpty,
    Code::JsonBom,
    Code::JsonEncoding,
    Code::JsonTooLarge,
    Code::EntryOrder,
    Code::NextIdTooLow,
    Code::IdTwice,
    Code::UuidTwice,
    Code::RootTwice,
    Code::PathCollision,
    Code::RootNested,
];

/// Asserts that all findings about a JSON file say where it is wrong.
fn check_json_findings(findings: &[Finding], bytes: &[u8]) {
    for finding in findings {
        check_finding(finding, bytes);
        assert!(finding.file.is_some(), "{finding:?}");
        assert!(!finding.places.is_empty() || WITHOUT_PLACE.contains(&finding.code), "{finding:?}");
    }
}

/// A sound or an image that is decoded when it is added. A short sound is also resampled.
pub fn check_import(bytes: &[u8]) {
    for family in [Family::SoundBank, Family::GlyphBank] {
        let Some(kind) = ImportKind::of_start(bytes, family) else { continue };
        for frames in [ImportedFrames::First, ImportedFrames::All] {
            match import_bytes(bytes.to_vec(), kind, &ImportOptions::default().frames(frames)) {
                Ok(imported) => {
                    assert!(imported.notes.iter().all(|note| !note.is_error()), "{:?}", imported.notes);
                    match family {
                        Family::SoundBank => {
                            check_imported_sound(&imported.bytes);
                            check_resampled(bytes, kind);
                            check_resampled(&imported.bytes, ImportKind::Wav);
                        }
                        Family::GlyphBank => check_imported_image(&imported.bytes),
                    }
                }
                Err(finding) => {
                    check_finding(&finding, bytes);
                    assert!(matches!(finding.code, Code::SoundImport | Code::ImageImport), "{finding:?}");
                }
            }
        }
    }
}

fn check_imported_sound(wav: &[u8]) -> Sound {
    let sound = sound::read_structure_from(&mut Cursor::new(wav), wav.len() as u64);
    let sound = sound.expect("bytes in memory").expect("a written WAV must be readable");
    assert!(sound.frames > 0 && sound.warnings.is_empty(), "{sound:?}");
    sound
}

/// A sound that can be decoded: at another rate it is as long as it must be.
fn check_resampled(bytes: &[u8], kind: ImportKind) {
    const RATE_HZ: u32 = 8000;
    let imported = import_bytes(bytes.to_vec(), kind, &ImportOptions::default()).expect("it was decoded");
    let sound = check_imported_sound(&imported.bytes);
    let frames = (2 * sound.frames * u64::from(RATE_HZ) + u64::from(sound.rate_hz)) / (2 * u64::from(sound.rate_hz));
    if frames == 0 || sound.frames.max(frames) > 20_000 {
        return;
    }
    let options = ImportOptions::default().rate_hz(Some(RATE_HZ));
    let resampled = import_bytes(bytes.to_vec(), kind, &options).expect("it can be resampled");
    let resampled = check_imported_sound(&resampled.bytes);
    assert_eq!((resampled.rate_hz, resampled.frames), (RATE_HZ, frames), "{sound:?}");
    let is_inside = |looping: SampleLoop| looping.start < looping.end && looping.end <= frames;
    assert!(resampled.looping.forward().is_none_or(is_inside), "{resampled:?}");
}

fn check_imported_image(png: &[u8]) {
    let mut all = AllPixels::of_at_most(SHEET);
    let image = decode_image(&mut &png[..], &SpritePart::default(), &mut all).expect("a written PNG must be readable");
    assert!(image.is_none_or(|image| image.trailing_bytes == 0 && image.other_frames == 0));
}

/// A palette file.
pub fn check_palette_file(bytes: &[u8]) {
    let reading = read_palette_file(bytes);
    reading.findings.iter().for_each(|finding| check_finding(finding, bytes));
    let Some(file) = reading.file else { return assert!(has_errors(&reading.findings)) };
    assert!(!has_errors(&reading.findings) && !file.colors.is_empty());
    for rows in [PaletteRows::One, PaletteRows::All] {
        let palettes = match file.palettes(&rows, None) {
            Ok(palettes) => palettes,
            Err(finding) => {
                check_finding(&finding, bytes);
                continue;
            }
        };
        let colors: Vec<Rgb> = file.colors.iter().map(|color| color.rgb).collect();
        assert_eq!(palettes.concat(), colors, "no color is lost");
        for (_, format) in PaletteFormat::WRITTEN {
            let again = write_palette_file(*format, "again", &palettes[0]).map(|bytes| read_palette_file(&bytes));
            let again = again.and_then(|again| again.file).expect("a written file must be readable");
            assert_eq!(
                again.palettes(&PaletteRows::One, None).ok().as_ref(),
                palettes.get(..1).map(<[_]>::to_vec).as_ref()
            );
        }
    }
}

/// `asset.json`.
pub fn check_declaration(bytes: &[u8]) {
    let reading = Declaration::read(bytes);
    check_json_findings(&reading.findings, bytes);
    assert_ne!(
        reading.declaration.is_some(),
        has_errors(&reading.findings),
        "there must be either a declaration or an error"
    );
    assert!(reading.findings.iter().all(|finding| finding.code != Code::InternalError), "{:?}", reading.findings);
    if let Some(declaration) = &reading.declaration {
        assert_eq!(reading.asset_uuid, Some(declaration.asset_uuid));
        let written = declaration.to_bytes();
        let again = Declaration::read(&written).declaration.expect("a written file must be readable");
        assert_eq!(String::from_utf8(again.to_bytes()), String::from_utf8(written), "a written file reads back");
        assert_eq!(without_places(again), without_places(declaration.clone()));
    }
}

/// A declaration without places in a file.
pub fn without_places(mut declaration: Declaration) -> Declaration {
    match &mut declaration.content {
        Content::Glyph(_) => {}
        Content::Sound(sound) => sound.artifacts.iter_mut().for_each(|artifact| artifact.place = no_place()),
        Content::Raw { place, .. } => *place = no_place(),
    }
    declaration
}

/// `index.json`.
pub fn check_registry(bytes: &[u8]) {
    let (registry, findings) = Registry::read(bytes);
    check_json_findings(&findings, bytes);
    assert!(registry.is_some() || has_errors(&findings), "there must be either a registry or an error");
    if let Some(registry) = registry {
        // A layout that is never written.
        let (other_layout, other_findings) = Registry::read(&[bytes, b"\n"].concat());
        assert_eq!((other_layout.as_ref(), &other_findings), (Some(&registry), &findings), "the layout means nothing");
        let (again, findings_again) = Registry::read(&registry.to_bytes());
        assert_eq!(again, Some(registry), "a written file reads back");
        let codes = |findings: &[Finding]| findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
        assert_eq!(codes(&findings_again), codes(&findings), "it has the same problems as before");
    }
}

/// JSON that people write, and canonical JSON.
pub fn check_json(bytes: &[u8]) {
    let (root, findings) = json::read_document("x.json", bytes, |root| Some(root.source_text().to_owned()));
    check_json_findings(&findings, bytes);
    assert_ne!(root.is_some(), findings.iter().any(|finding| finding.code != Code::JsonDuplicateKey));
    let independent: Result<Value, _> = serde_json::from_slice(bytes);
    if let Some(root) = root {
        // Strict JSON allows numbers that are out of range for serde_json, and nothing else that it refuses.
        assert!(
            independent.is_ok() || independent.as_ref().is_err_and(|error| error.to_string().contains("out of range"))
        );
        assert!(std::str::from_utf8(bytes).unwrap().contains(&root));
    }
    let text = std::str::from_utf8(bytes).ok();
    let tree = text.and_then(canonical_json::Tree::read);
    let Ok(value) = independent else { return assert!(tree.is_none(), "canonical JSON is JSON") };
    if let Some(tree) = &tree {
        assert!(tree.root().to_value() == value, "it means the same");
    }
    if let Ok(canonical) = canonical_json::to_vec(&value) {
        let shape = text.map(json::JsonShape::of).expect("JSON is UTF-8");
        let is_small = shape.too_deep.is_none() && shape.values <= JSON_VALUES;
        assert_eq!(tree.is_some(), is_small && canonical == bytes, "just what is written is read");
        let again: Value = serde_json::from_slice(&canonical).expect("canonical JSON is JSON");
        assert!(again == value, "it means the same");
        assert_eq!(canonical_json::to_vec(&again).ok().as_ref(), Some(&canonical), "it is written back unchanged");
        // If the bytes are canonical, nothing can be taken away from them.
        assert!(canonical.len() <= bytes.len() || bytes.len() > 1 << 20, "it is the shortest form");
    } else {
        assert!(tree.is_none() && has_other_number(&value), "only numbers have no canonical form");
    }
}

fn has_other_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_none_or(|integer| integer > canonical_json::MAX_INTEGER),
        Value::Array(items) => items.iter().any(has_other_number),
        Value::Object(members) => members.values().any(has_other_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Paths in JSON files, one per line.
pub fn check_paths(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut legal = Vec::new();
    // More lines only take longer.
    for line in text.split('\n').take(32) {
        match RelPath::parse(line) {
            Ok(path) => {
                assert_eq!(path.as_str(), line);
                let parts: Vec<_> = std::path::Path::new(line).components().collect();
                assert!(parts.iter().all(|part| matches!(part, std::path::Component::Normal(_))), "{line:?}");
                assert_eq!(parts.len(), line.split('/').count(), "{line:?}");
                assert!(!line.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c)), "{line:?}");
                assert!(path.with_folders().all(|folder| RelPath::parse(folder).is_ok()), "{line:?}");
                // The key of a key is the key, so that two paths with one key are equal to a third one or not at all.
                assert_eq!(paths::fold_key(&path.fold_key()), path.fold_key(), "{line:?}");
                legal.push(path);
            }
            Err(problem) => assert!(!problem.message.is_empty() && !problem.help.is_empty()),
        }
    }
    let found = paths::find_collisions(&legal);
    for collision in &found {
        assert_ne!(collision.first_part, collision.later_part);
        assert_eq!(paths::fold_key(collision.first_part), paths::fold_key(collision.later_part));
        assert!(collision.first < collision.later);
    }
    let spellings: HashSet<&RelPath> = legal.iter().collect();
    let keys: HashSet<String> = spellings.iter().map(|path| path.fold_key()).collect();
    assert!(keys.len() == spellings.len() || !found.is_empty(), "twins must be found: {legal:?}");
}

/// Keeps all pixels of an image with at most so many, row-major.
pub struct AllPixels {
    /// An image with more is not decoded.
    pub most_pixels: u64,
    /// Width and height in pixels, once the header was read; of a sprite, that of all frames.
    pub size: [u32; 2],
    /// The height of a frame.
    pub frame_height: u32,
    /// The pixels.
    pub pixels: Vec<ImagePixel>,
}

impl AllPixels {
    /// Nothing yet.
    pub fn of_at_most(most_pixels: u64) -> Self {
        Self { most_pixels, size: [0; 2], frame_height: 0, pixels: Vec::new() }
    }
}

impl RowSink for AllPixels {
    fn accept(&mut self, header: ImageHeader) -> bool {
        self.size = [header.width, header.height * header.frames];
        self.frame_height = header.height;
        header.pixel_count() <= self.most_pixels
    }

    fn push_row(&mut self, y: u32, row: PixelRow<'_>) {
        assert_eq!(self.pixels.len(), y as usize * row.width(), "rows arrive in order");
        row.append_pixels(0..row.width(), &mut self.pixels);
    }
}

/// A folder with one file, in which a bank is built from it. The thread keeps it, because creating it takes longer than
/// everything else.
fn with_file<T>(name: &str, bytes: &[u8], build: impl FnOnce(&Folder) -> T) -> T {
    thread_local! {
        static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join(name), bytes).unwrap();
        build(&Folder::at(folder.path()))
    })
}

/// A PNG, also with correct checksums, and the tiles of a bank that is built from it.
pub fn check_image(bytes: &[u8]) {
    if !is_image_as_checked(bytes)
        && let Some(corrected) = with_png_checksums(bytes).filter(|corrected| corrected != bytes)
    {
        is_image_as_checked(&corrected);
    }
}

/// An Aseprite file, and parts of it with the names of the corpus.
pub fn check_sprite(bytes: &[u8]) {
    is_image_as_checked(bytes);
    let name = |text: &str| Some(text.to_owned());
    let parts = [
        SpritePart { tag: name("walk"), ..SpritePart::default() },
        SpritePart { layer: name("body"), ..SpritePart::default() },
        SpritePart { slice: name("hat"), ..SpritePart::default() },
        SpritePart { tag: name("walk"), layer: name("body"), slice: name("hat") },
    ];
    for part in parts {
        let mut all = AllPixels::of_at_most(SHEET);
        match decode_image(&mut &bytes[..], &part, &mut all) {
            Ok(Some(image)) => {
                let [width, height] = all.size;
                assert_eq!(all.pixels.len() as u64, u64::from(width) * u64::from(height));
                assert_eq!(image.frames.len() as u64 * u64::from(all.frame_height), u64::from(height));
                assert!(image.frames.is_sorted_by_key(|frame| frame.number));
            }
            Ok(None) => {}
            Err(ImageError::Finding(finding)) => check_finding(&finding, bytes),
            Err(ImageError::Io(error)) => panic!("{error}"),
        }
    }
}

/// Checks these bytes, and returns whether they are an image.
fn is_image_as_checked(bytes: &[u8]) -> bool {
    let mut all = AllPixels::of_at_most(SHEET);
    match decode_image(&mut &bytes[..], &SpritePart::default(), &mut all) {
        Ok(Some(image)) => {
            let [width, height] = all.size.map(u64::from);
            assert_eq!(all.pixels.len() as u64, width * height);
            image.findings().for_each(|finding| check_finding(&finding, bytes));
            check_tiles(bytes, &all);
            true
        }
        Ok(None) => {
            assert!(all.pixels.is_empty());
            true
        }
        Err(ImageError::Finding(finding)) => {
            assert!(finding.is_error());
            check_finding(&finding, bytes);
            false
        }
        Err(ImageError::Io(error)) => panic!("{error}"),
    }
}

/// Builds a bank whose palettes have the colors of its tiles, and compares it with the image.
fn check_tiles(bytes: &[u8], image: &AllPixels) {
    const SIDE: u32 = 8;
    let [width, height] = image.size;
    let columns = width / SIDE;
    let tiles = columns * (height / SIDE);
    let pixels_of = |tile: u32| {
        let (left, top) = (tile % columns * SIDE, tile / columns * SIDE);
        let places = (0..SIDE * SIDE).map(move |at| (left + at % SIDE, top + at / SIDE));
        places.map(|(x, y)| &image.pixels[(y * width + x) as usize])
    };
    let mut palettes: Vec<Vec<Rgb>> = Vec::new();
    for tile in 0..tiles.min(64) {
        let mut colors = vec![Rgb([0xFF, 0, 0xFF])];
        for pixel in pixels_of(tile).filter(|pixel| pixel.kind == PixelKind::Opaque) {
            if !colors[1..].contains(&pixel.rgb) && colors.len() < 16 {
                colors.push(pixel.rgb);
            }
        }
        palettes.push(colors);
    }
    if palettes.is_empty() {
        palettes.push(vec![Rgb([0xFF, 0, 0xFF]), Rgb([0; 3])]);
    }
    let artifacts = vec![artifact("a.png", 0)];
    let content = GlyphContent {
        tile_size: TileSize::Eight,
        palettes: palettes.iter().map(|colors| palette(colors)).collect(),
        artifacts,
        animations: Vec::new(),
    };
    let built = with_file("a.png", bytes, |root| build_glyph_payload(&Context::new(), root, &content, None));
    let (payload, outcome) = built.expect("nothing cancels it");
    assert_eq!(payload.len(), GLYPH_BYTES);
    for finding in &outcome.findings {
        check_finding(finding, bytes);
        assert!(finding.file.is_some() && finding.code != Code::InternalError, "{finding:?}");
        for place in &finding.places {
            if let Place::Tile { tile, in_image: Some(at), .. } = place {
                assert!(*tile < TileSize::Eight.capacity() && at.x < width && at.y < height, "{finding:?}");
            }
        }
    }
    let is_error = |hole: &Hole| matches!(hole.reason, HoleReason::Finding(at) if outcome.findings[at].is_error());
    assert!(outcome.holes.iter().all(is_error));
    if !has_errors(&outcome.findings) {
        assert_eq!(outcome.drawn.len(), tiles as usize, "every tile must be drawn");
    }
    if outcome.drawn.is_empty() {
        assert!(payload[..GLYPH_INDEX_BYTES].iter().all(|byte| *byte == 0), "a bank without tiles must be empty");
        return;
    }
    let entry = Entry {
        asset_id: 1,
        asset_name: String::new(),
        bank: Bank::Glyph { tile_size: SIDE as usize, palette_authored: palettes.len() },
        offset: 0,
        size: GLYPH_BYTES as u64,
        decoded_size: 0,
    };
    let glyph = Glyph::decode(&entry, &payload).unwrap();
    let declared: Vec<Vec<[u8; 3]>> =
        palettes.iter().map(|colors| colors.iter().map(|color| color.0).collect()).collect();
    assert!(palettes_are(&glyph, &declared));
    for drawn in &outcome.drawn {
        let rgba: Vec<[u8; 4]> = pixels_of(drawn.id)
            .map(|pixel| match (pixel.kind, pixel.rgb.0) {
                (PixelKind::Clear, [r, g, b]) => [r, g, b, 0],
                (_, [r, g, b]) => [r, g, b, 255],
            })
            .collect();
        let source = SourceTile { rgba: &rgba, indices: None, color_key: None };
        let shown = drawn_tile_rgb565(&glyph, drawn.id as usize, drawn.palette as usize);
        assert!(shown == expected_tile_rgb565(source), "tile {} is not the image's", drawn.id);
    }
}

/// The image with the correct checksum of each chunk, and of its pixels if they are not compressed; `None` if it has no
/// chunks.
fn with_png_checksums(bytes: &[u8]) -> Option<Vec<u8>> {
    let (signature, mut rest) = bytes.split_at_checked(8)?;
    let mut chunks: Vec<([u8; 4], Vec<u8>)> = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (kind, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        chunks.push((*kind, after.get(..length)?.to_vec()));
        rest = after.get(length + 4..).unwrap_or_default();
    }
    let stream: Vec<u8> =
        chunks.iter().filter(|(kind, _)| kind == b"IDAT").flat_map(|(_, body)| body.iter().copied()).collect();
    if let Some(raw) = stored_bytes(&stream) {
        let checksum = adler32(&raw).to_be_bytes();
        let pixels = chunks.iter_mut().filter(|(kind, _)| kind == b"IDAT");
        let ends = pixels.rev().flat_map(|(_, body)| body.iter_mut().rev());
        ends.zip(checksum.iter().rev()).for_each(|(byte, correct)| *byte = *correct);
    }
    let chunks = chunks.iter().flat_map(|(kind, body)| chunk(kind, body));
    Some(signature.iter().copied().chain(chunks).collect())
}

/// What a zlib stream of stored blocks contains; `None` if it has other blocks.
fn stored_bytes(stream: &[u8]) -> Option<Vec<u8>> {
    let mut rest = stream.strip_prefix(&[0x78, 0x01])?;
    let mut raw = Vec::new();
    loop {
        let (head, after) = rest.split_first_chunk::<5>()?;
        let length = usize::from(u16::from_le_bytes([head[1], head[2]]));
        if head[0] > 1 || u16::from_le_bytes([head[3], head[4]]) != !u16::from_le_bytes([head[1], head[2]]) {
            return None;
        }
        raw.extend(after.get(..length)?);
        rest = &after[length..];
        if head[0] == 1 {
            return (rest.len() >= 4).then_some(raw);
        }
    }
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// The bytes of a sample.
#[derive(Default)]
struct SampleBytes(Vec<u8>);

impl Sink for SampleBytes {
    fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
        self.0.extend(bytes);
        Ok(())
    }
}

/// A sound, WAV or FLAC, and the sample of a bank that is built from it.
pub fn check_sound(bytes: &[u8]) {
    match sound::read_structure_from(&mut Cursor::new(bytes), bytes.len() as u64).unwrap() {
        Ok(sound) => {
            let frame = u64::from(sound.channels * sound.depth_bits / 8);
            match &sound.coding {
                SoundCoding::Pcm { data_offset } => assert!(data_offset + sound.frames * frame <= bytes.len() as u64),
                SoundCoding::Flac(stream) => assert!(stream.first_frame_offset <= bytes.len() as u64),
            }
            assert!(sound.warnings.iter().all(|warning| !warning.is_error()));
            sound.warnings.iter().for_each(|warning| check_finding(warning, bytes));
            check_sample(bytes, &sound);
        }
        Err(finding) => {
            assert!(finding.is_error());
            check_finding(&finding, bytes);
        }
    }
}

fn check_sample(bytes: &[u8], sound: &Sound) {
    let convert = Convert { downmix: sound.channels > 1, reduce_bit_depth: sound.depth_bits > 16 };
    let artifact = SoundArtifact { convert, ..sample("a.wav", 0) };
    let content = SoundContent { sample_rate_hz: sound.rate_hz, artifacts: vec![artifact] };
    let mut outcome = Outcome::default();
    let (planned, written, samples) = with_file("a.wav", bytes, |root| {
        let (is_numbered, mut planned) = sound::plan_each_sample(root, &content, &mut outcome);
        assert!(is_numbered && planned.len() == 1);
        let Some((_, Ok(planned))) = planned.pop() else { return (None, Outcome::default(), Vec::new()) };
        let mut sink = SampleBytes::default();
        let written = sound::write_sample(&Context::new(), root, &planned, &mut sink).expect("nothing cancels it");
        (Some(planned), written, sink.0)
    });
    assert!(outcome.changed.is_empty() && written.changed.is_empty(), "nobody changes the file");
    let findings = outcome.findings.iter().chain(&written.findings);
    findings.clone().for_each(|finding| {
        check_finding(finding, bytes);
        assert!(finding.file.is_some() && finding.code != Code::InternalError, "{finding:?}");
    });
    let is_refused = findings.clone().any(Finding::is_error);
    assert_eq!(planned.is_none(), has_errors(&outcome.findings), "a sample without a plan must have an error");
    let Some(planned) = planned.filter(|_| !is_refused) else { return };
    assert_eq!(planned.metadata.frames, sound.frames);
    assert_eq!(samples.len() as u64, 2 * sound.frames);
    let frames: Vec<i16> = samples.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    if let Some(expected) = oracle::expected_wav(bytes) {
        assert_eq!(expected.sample_rate, planned.metadata.sample_rate_hz);
        assert!(expected.frames == frames, "the frames of the file must be packed");
    }
    // What it is extracted to is read back without a remark.
    if let Some(around) = wav_wrapper(&planned.metadata) {
        let file = [around.head, samples, around.tail].concat();
        assert_eq!(file.len() as u64, wav_size_bytes(&planned.metadata));
        let again = sound::read_structure_from(&mut Cursor::new(&file), file.len() as u64).unwrap().unwrap();
        assert!(again.warnings.is_empty() && (again.channels, again.depth_bits) == (1, 16));
        assert_eq!((again.frames, again.rate_hz), (planned.metadata.frames, planned.metadata.sample_rate_hz));
        let choice = written_loop(&planned.metadata);
        assert_eq!(sound::sample_loop(&again, choice), planned.metadata.looping);
    }
}

/// A FLAC, also with correct checksums.
pub fn check_flac(bytes: &[u8]) {
    check_sound(bytes);
    if let Some(corrected) = with_flac_checksums(bytes).filter(|corrected| corrected != bytes) {
        check_sound(&corrected);
    }
}

/// The FLAC without the hash of its sound, and with the checksums of its first frame, as if there were no other; `None`
/// if it has no frame.
fn with_flac_checksums(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut corrected = bytes.to_vec();
    if !bytes.starts_with(b"fLaC") {
        return None;
    }
    let mut at = 4;
    loop {
        let head = bytes.get(at..at + 4)?;
        let length = usize::try_from(u32::from_be_bytes([0, head[1], head[2], head[3]])).ok()?;
        if head[0] & 0x7F == 0 && length == 34 {
            corrected.get_mut(at + 4 + 18..at + 4 + 34)?.fill(0);
        }
        at += 4 + length;
        if head[0] & 0x80 != 0 {
            break;
        }
    }
    let frame = bytes.get(at..)?;
    let number = match frame.get(4)? {
        0..0x80 => 1,
        first => usize::try_from(first.leading_ones()).ok()?,
    };
    let size = match frame[2] >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    let rate = match frame[2] & 15 {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    let header = 4 + number + size + rate;
    let end = corrected.len().checked_sub(2).filter(|end| *end > at + header)?;
    corrected[at + header] = crc(&corrected[at..at + header], 8, 0x07).to_le_bytes()[0];
    let footer = crc(&corrected[at..end], 16, 0x8005);
    corrected[end..].copy_from_slice(&footer.to_be_bytes());
    Some(corrected)
}

/// A cyclic redundancy check with a register of this many bits, which begins with zeros.
fn crc(bytes: &[u8], bits: u32, polynomial: u16) -> u16 {
    let top = 1u16 << (bits - 1);
    let mask = top | (top - 1);
    bytes.iter().fold(0, |sum, byte| {
        let mixed = sum ^ u16::from(*byte) << (bits - 8);
        (0..8).fold(mixed, |sum, _| (if sum & top != 0 { sum << 1 ^ polynomial } else { sum << 1 }) & mask)
    })
}

/// `assets.pa`, also with the length of its header set right.
pub fn check_pack(bytes: &[u8]) {
    if is_pack_as_checked(bytes) {
        return;
    }
    // The header ends where the payload begins; a fuzzer rarely changes both numbers and the text at once.
    if let Some(end) = bytes.iter().rposition(|byte| *byte == b'}').map(|last| last + 1).filter(|end| *end > 32) {
        let mut corrected = bytes.to_vec();
        corrected[8..12].copy_from_slice(&u32::try_from(end - 32).unwrap().to_le_bytes());
        corrected[12..20].copy_from_slice(&(end as u64).to_le_bytes());
        if corrected != bytes {
            is_pack_as_checked(&corrected);
        }
    }
}

/// Checks these bytes, and returns whether they are a pack.
fn is_pack_as_checked(bytes: &[u8]) -> bool {
    match container::read(&mut Cursor::new(bytes), bytes.len() as u64).unwrap() {
        Ok(container) => {
            let header = container.header.to_bytes().unwrap();
            assert_eq!(&bytes[..header.len()], header, "an accepted header must be canonical");
            assert_eq!(header.len() as u64 + container.header.payload_bytes(), bytes.len() as u64);
            let other = IndependentPack::new(Cursor::new(bytes));
            assert!(other.is_ok(), "the independent reader refuses it: {:?}", other.err());
            let verified = with_file("fuzz.pa", bytes, |root| {
                VerifyPack::new(root.path().join("fuzz.pa")).run(&Context::new()).unwrap()
            });
            assert_eq!(verified.assets, container.header.entries.len());
            for finding in verified.findings() {
                check_finding(finding, bytes);
                assert!(matches!(finding.code, Code::PayloadUnchecked | Code::PackPadding), "{finding:?}");
            }
            true
        }
        Err(findings) => {
            assert!(!findings.is_empty() && findings.iter().all(Finding::is_error));
            findings.iter().for_each(|finding| check_finding(finding, bytes));
            false
        }
    }
}

thread_local! {
    /// A packed project, and the hash of its pack.
    static PACKED: OnceCell<(TestProject, String)> = const { OnceCell::new() };
}

fn with_packed_project(check: impl FnOnce(&TestProject, &str)) {
    PACKED.with(|packed| {
        let (project, sha256) = packed.get_or_init(|| {
            let mut project = TestProject::new();
            project.add_glyph("hero");
            project.add_sound("blip");
            project.pack();
            let sha256 = Sha::of(&project.pack_bytes()).to_string();
            (project, sha256)
        });
        check(project, sha256);
    });
}

/// `identities.json` of a packed project: unchanged, and with a correct hash, as the one of the pack in `build/`. If it
/// can be used, it is exactly what the packer writes; a list never depends on it.
pub fn check_identities(bytes: &[u8]) {
    with_packed_project(|project, sha256| {
        let check = |bytes: &[u8]| {
            project.write(IDENTITIES_FILE, bytes);
            let last = LastPack::read(&Project::at(project.root()));
            if let Some(note) = last.note() {
                check_finding(note, bytes);
                assert!(note.code == Code::CacheUnusable && !note.is_error() && !last.is_published(), "{note:?}");
                return;
            }
            let sealed: HashMap<&str, &RawValue> = serde_json::from_slice(bytes).expect("a usable file is JSON");
            let hash = Sha::of(sealed["identities"].get().as_bytes());
            assert!(sealed.len() == 2 && sealed["sha256"].get() == format!("\"{hash}\""), "it has its hash");
            let report = ListAssets::new(project.root()).run(&Context::new()).unwrap();
            assert!(report.findings().is_empty() && report.assets.len() == 2, "{report:?}");
        };
        check(bytes);
        let Ok(mut sealed) = serde_json::from_slice::<Value>(bytes) else { return };
        if let Some(object) = sealed.get_mut("identities").and_then(Value::as_object_mut) {
            object.insert("pack_sha256".to_owned(), Value::from(sha256));
            check(&seal(identities::SEALED_AS, serde_json::to_vec(object).unwrap_or_default()));
        }
    });
}

/// `cache.json` of a packed project: unchanged, and sealed as this packer would seal it. Whatever it contains, the next
/// pack has the same bytes.
pub fn check_cache(bytes: &[u8]) {
    with_packed_project(|project, sha256| {
        let check = |bytes: &[u8]| {
            project.write(CACHE_FILE, bytes);
            let report = project.pack();
            let pack = report.pack.as_ref().map(|pack| pack.sha256.to_string());
            assert_eq!(pack.as_deref(), Some(sha256), "{report:?}");
            assert!(Sha::of(&project.pack_bytes()).to_string() == sha256, "the bytes have changed");
        };
        check(bytes);
        let sealed = match serde_json::from_slice(bytes) {
            Ok(Value::Object(mut content)) => {
                content.insert("rules".to_owned(), Value::from(RULES));
                // Each asset has its line.
                let assets = content.remove("assets");
                let assets = assets.iter().filter_map(Value::as_array).flatten();
                let lines: Vec<String> = assets.map(|asset| format!("\n{asset}")).collect();
                let record = Value::Object(content).to_string();
                let record = record.strip_suffix('}').unwrap_or_default();
                format!("{record},\"assets\":[{}\n]}}", lines.join(",")).into_bytes()
            }
            _ => bytes.to_vec(),
        };
        check(&seal(cache::SEALED_AS, sealed));
    });
}
