//! Opens a pack and reads one payload of it, as a cartridge builder or a loader does; and the same with an archive of
//! the format that most engines use.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark cannot continue without its files")]

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use packer_services::internals::pack::file::PackFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Writes all payloads of a pack into a zip archive, without compression; each is named after its asset. Returns the
/// id of the last asset.
pub fn write_zip(pack: &Path, zipped: &Path) -> u32 {
    let mut pack = PackFile::open(pack).unwrap();
    let container = pack.read_header().unwrap().unwrap();
    let mut archive = ZipWriter::new(File::create(zipped).unwrap());
    for entry in &container.header.entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(entry.asset_name.as_str(), options).unwrap();
        let mut payload = vec![0; usize::try_from(entry.size_bytes).unwrap()];
        pack.seek_to(container.payload_offset + entry.offset_bytes).unwrap();
        pack.read_exact(&mut payload).unwrap();
        archive.write_all(&payload).unwrap();
    }
    archive.finish().unwrap();
    container.header.entries.last().unwrap().asset_id
}

/// How long it takes to open the pack and read the payload of the asset with this id. All rules of the header are
/// checked.
pub fn read_from_pack(path: &Path, asset_id: u32) -> Duration {
    let start = Instant::now();
    let mut pack = PackFile::open(path).unwrap();
    let container = pack.read_header().unwrap().unwrap();
    let entry = container.header.entries.iter().find(|entry| entry.asset_id == asset_id).unwrap();
    let mut payload = vec![0; usize::try_from(entry.size_bytes).unwrap()];
    pack.seek_to(container.payload_offset + entry.offset_bytes).unwrap();
    pack.read_exact(&mut payload).unwrap();
    let time = start.elapsed();
    assert!(!payload.is_empty());
    time
}

/// How long it takes to open the archive and read the payload of the asset with this id.
pub fn read_from_zip(path: &Path, asset_id: u32) -> Duration {
    let start = Instant::now();
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let name = support::large_projects::asset_name(asset_id - 1);
    let mut entry = archive.by_name(&name).unwrap();
    let mut payload = Vec::new();
    entry.read_to_end(&mut payload).unwrap();
    let time = start.elapsed();
    assert!(!payload.is_empty());
    time
}
