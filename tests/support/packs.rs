//! Packs with a header that the packer did not write.

use packer_services::internals::canonical_json;
use serde_json::Value;

/// Where the payload starts.
fn payload_offset(pack: &[u8]) -> usize {
    usize::try_from(u64::from_le_bytes(pack[12..20].try_into().unwrap())).unwrap()
}

/// Replaces the header of a pack.
///
/// # Panics
/// If the bytes are not a pack.
pub fn rewrite_header(pack: &mut Vec<u8>, write: impl FnOnce(Value) -> Vec<u8>) {
    let payload = payload_offset(pack);
    let json = write(serde_json::from_slice(&pack[32..payload]).unwrap());
    put_header(pack, payload, json);
}

/// Replaces the bytes up to `payload` by a header.
fn put_header(pack: &mut Vec<u8>, payload: usize, json: Vec<u8>) {
    let length = u32::try_from(json.len()).unwrap();
    pack[8..12].copy_from_slice(&length.to_le_bytes());
    pack[12..20].copy_from_slice(&u64::from(32 + length).to_le_bytes());
    pack.splice(32..payload, json);
}

/// Changes the header of a pack, and writes it in canonical form.
///
/// # Panics
/// If the bytes are not a pack.
pub fn change_header(pack: &mut Vec<u8>, change: impl FnOnce(&mut Value)) {
    rewrite_header(pack, |mut header| {
        change(&mut header);
        canonical_json::to_vec(&header).unwrap()
    });
}

/// A pack with this header and without a payload.
///
/// # Panics
/// If the header is too long.
pub fn header_only(header: &Value) -> Vec<u8> {
    let mut pack = b"ASPA\x01".to_vec();
    pack.resize(32, 0);
    put_header(&mut pack, 32, canonical_json::to_vec(header).unwrap());
    pack
}
