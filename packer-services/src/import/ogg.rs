//! The pages of an Ogg file: each has a checksum and a number. A decoder drops a page whose checksum is wrong, and what
//! follows moves forward in time.

use std::collections::HashMap;

/// The polynomial of the checksum, whose highest bit is the first one (RFC 3533, section 6).
const POLYNOMIAL: u32 = 0x04C1_1DB7;
const HEAD_BYTES: usize = 27;

/// Why the pages of the file are not those that were written; `None` if they are.
pub(super) fn damaged_page(file: &[u8]) -> Option<String> {
    let table = checksums();
    let (mut at, mut next_numbers) = (0, HashMap::new());
    while at < file.len() {
        let Some(page) = page_at(file, at) else {
            return Some(match file[at..].starts_with(b"OggS") {
                true => format!("it is cut: its last page, at byte {at}, is not complete"),
                false => format!("there is no page at byte {at}"),
            });
        };
        let field = |at: usize| u32::from_le_bytes([page[at], page[at + 1], page[at + 2], page[at + 3]]);
        let (stream, number, stated) = (field(14), field(18), field(22));
        let bytes = page.iter().enumerate().map(|(at, byte)| if (22..26).contains(&at) { 0 } else { *byte });
        let found = bytes.fold(0_u32, |sum, byte| (sum << 8) ^ table[usize::from((sum >> 24) as u8 ^ byte)]);
        if found != stated {
            return Some(format!("the page at byte {at} is damaged: its checksum is wrong"));
        }
        let is_first = page[5] & 2 != 0;
        let next = next_numbers.insert(stream, number.wrapping_add(1));
        if next.is_some_and(|next| next != number) && !is_first {
            return Some(format!("a page is missing before byte {at}"));
        }
        at += page.len();
    }
    None
}

/// The page that begins there.
fn page_at(file: &[u8], at: usize) -> Option<&[u8]> {
    let head = file.get(at..at + HEAD_BYTES)?;
    let segments = usize::from(head[26]);
    let lengths = file.get(at + HEAD_BYTES..at + HEAD_BYTES + segments)?;
    let body: usize = lengths.iter().map(|length| usize::from(*length)).sum();
    let page = file.get(at..at + HEAD_BYTES + segments + body)?;
    page.starts_with(b"OggS\0").then_some(page)
}

/// The checksum of each byte.
fn checksums() -> [u32; 256] {
    let mut table = [0; 256];
    for (byte, sum) in (0_u32..).zip(&mut table) {
        *sum = (0..8).fold(byte << 24, |sum, _| (sum << 1) ^ if sum >> 31 == 1 { POLYNOMIAL } else { 0 });
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a page, up to its checksum.
    const PAGE: &[u8] = b"OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00";

    fn page(number: u8, body: &[u8]) -> Vec<u8> {
        let mut page = PAGE.to_vec();
        page[5] = if number == 0 { 2 } else { 0 };
        page[18] = number;
        page.extend([0; 4]);
        page.extend([1, u8::try_from(body.len()).unwrap()]);
        page.extend(body);
        let table = checksums();
        let sum = page.iter().fold(0_u32, |sum, byte| (sum << 8) ^ table[usize::from((sum >> 24) as u8 ^ byte)]);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    }

    #[test]
    fn every_page_is_checked() {
        let whole = [page(0, b"head"), page(1, b"sound"), page(2, b"end")].concat();
        assert_eq!(damaged_page(&whole), None);
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            assert!(damaged_page(&damaged).is_some(), "byte {at}");
        }
        let without_second = [page(0, b"head"), page(2, b"end")].concat();
        assert_eq!(damaged_page(&without_second), Some("a page is missing before byte 32".into()));
        assert!(damaged_page(&whole[..whole.len() - 1]).is_some());
        assert_eq!(damaged_page(&[&whole[..], &whole].concat()), None, "the decoder refuses several sounds");
    }
}
