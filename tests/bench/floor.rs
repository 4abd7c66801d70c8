//! The minimum that a program must do for the packer's work, on one thread and without any check.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark cannot continue if a file is missing")]

use std::fs::{self, File};
use std::io::{BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};

use png::Transformations;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::FormatOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// The packer publishes four files. It syncs each of them, and then their folder.
const FILES: [&str; 4] = ["one", "two", "three", "pack"];

/// Visits every file below a folder, and reads its size and times.
pub fn walk(folder: &Path) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.metadata().unwrap().is_dir() {
                folders.push(entry.path());
            }
        }
    }
}

/// Publishes a copy of a pack in the folder `out`.
pub fn copy(pack: &Path, out: &Path) {
    publish(out, |copy| {
        std::io::copy(&mut File::open(pack).unwrap(), copy).unwrap();
    });
}

/// Writes what an edit writes, as safely: the record of the change, the new file, and that the change is made. Both
/// files exist, each in a folder of its own, and get the content that they have.
pub fn edit(record: &Path, changed: &Path) {
    let replace = |path: &Path| {
        let new = path.with_extension("new");
        let mut file = File::create(&new).unwrap();
        file.write_all(&fs::read(path).unwrap()).unwrap();
        file.sync_all().unwrap();
        fs::rename(new, path).unwrap();
        sync_folder(path.parent().unwrap());
    };
    replace(record);
    replace(changed);
    let done = record.with_extension("done");
    fs::rename(record, &done).unwrap();
    sync_folder(record.parent().unwrap());
    fs::rename(done, record).unwrap();
}

fn sync_folder(folder: &Path) {
    File::open(folder).unwrap().sync_all().unwrap();
}

/// Reads and decodes every image and sound in `assets`, and publishes the results in the folder `out`.
pub fn pack(assets: &Path, out: &Path) {
    publish(out, |pack| {
        let mut pack = BufWriter::with_capacity(1 << 20, pack);
        for path in sources(assets) {
            let bytes = fs::read(&path).unwrap();
            let decoded = if path.extension().is_some_and(|end| end == "png") { pixels(bytes) } else { frames(bytes) };
            pack.write_all(&decoded).unwrap();
        }
        pack.flush().unwrap();
    });
}

/// Reads and decodes every file in the folders of `project`; and writes each result to a file in the folder `out`, and
/// syncs it, if one is passed.
pub fn decode(project: &Path, out: Option<&Path>) {
    if let Some(out) = out {
        fs::create_dir_all(out).unwrap();
    }
    for format in ["gif", "pcx", "qoi", "ogg"] {
        for file in fs::read_dir(project.join(format)).unwrap().map(Result::unwrap) {
            let bytes = fs::read(file.path()).unwrap();
            let decoded = match format {
                "gif" => gif_indices(&bytes),
                "pcx" => pcx_indices(&bytes),
                "qoi" => qoi::decode_to_vec(&bytes).unwrap().1,
                _ => ogg_samples(bytes),
            };
            assert!(!decoded.is_empty());
            if let Some(out) = out {
                let mut written = File::create(out.join(format!("{format}{}", file.file_name().display()))).unwrap();
                written.write_all(&decoded).unwrap();
                written.sync_all().unwrap();
            }
        }
    }
}

fn gif_indices(bytes: &[u8]) -> Vec<u8> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(bytes).unwrap();
    decoder.read_next_frame().unwrap().unwrap().buffer.to_vec()
}

fn pcx_indices(bytes: &[u8]) -> Vec<u8> {
    let mut reader = pcx::Reader::new(bytes).unwrap();
    let (width, height) = reader.dimensions();
    let mut indices = vec![0; usize::from(width) * usize::from(height)];
    for row in indices.chunks_exact_mut(width.into()) {
        reader.next_row_paletted(row).unwrap();
    }
    let mut palette = [0; 768];
    reader.read_palette(&mut palette).unwrap();
    indices
}

/// The samples of an Ogg Vorbis, as numbers of 32 bits with fractions.
fn ogg_samples(bytes: Vec<u8>) -> Vec<u8> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let (formats, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe().probe(&Hint::new(), stream, formats, metadata).unwrap();
    let parameters = format.tracks()[0].codec_params.as_ref().and_then(|codec| codec.audio()).unwrap().clone();
    let options = AudioDecoderOptions::default();
    let mut decoder = symphonia::default::get_codecs().make_audio_decoder(&parameters, &options).unwrap();
    let (mut samples, mut block) = (Vec::new(), Vec::<f32>::new());
    while let Some(packet) = format.next_packet().unwrap() {
        let buffer = decoder.decode(&packet).unwrap();
        block.resize(buffer.samples_interleaved(), 0.0);
        buffer.copy_to_slice_interleaved(&mut block);
        samples.extend(block.iter().flat_map(|value| value.to_le_bytes()));
    }
    samples
}

/// Publishes a pack that `write` writes, and three empty files, with as many syncs and renames as the packer.
fn publish(out: &Path, write: impl FnOnce(&mut File)) {
    fs::create_dir_all(out).unwrap();
    let staged = |name: &str| out.join(format!("{name}.new"));
    let mut files = FILES.map(|name| (name, File::create(staged(name)).unwrap()));
    write(&mut files[3].1);
    for (_, file) in &files {
        file.sync_all().unwrap();
    }
    for (name, _) in &files {
        fs::rename(staged(name), out.join(name)).unwrap();
    }
    sync_folder(out);
}

/// All images and sounds, sorted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "png" || end == "wav") {
            found.push(path);
        }
    }
    found
}

/// The pixels of an image, as RGBA.
fn pixels(bytes: Vec<u8>) -> Vec<u8> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();
    pixels
}

/// The body of a WAV's data chunk.
fn frames(mut bytes: Vec<u8>) -> Vec<u8> {
    let size_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 12;
    while &bytes[at..at + 4] != b"data" {
        at += 8 + size_at(at + 4).next_multiple_of(2);
    }
    let size = size_at(at + 4);
    bytes.drain(..at + 8);
    bytes.truncate(size);
    bytes
}
