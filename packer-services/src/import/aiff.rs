//! What the chunks of an AIFF say about its sound: how long it is, and where it loops. Its instrument chunk names two
//! of the markers of its marker chunk; without that, the names of markers count.

use crate::banks::sound::{NamedMarker, named_loop};
use crate::formats::SampleLoop;

/// What the instrument of an AIFF says about its sustain loop, or else its markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AiffLoop {
    /// It has none.
    None,
    /// It is played forward without end.
    Forward(SampleLoop),
    /// The console cannot play it, or its markers are missing.
    Unusable,
}

/// Reads the loop of the file.
pub(super) fn read_aiff_loop(file: &[u8]) -> AiffLoop {
    let markers = find_chunk(file, *b"MARK").map(read_markers).unwrap_or_default();
    let Some(instrument) = find_chunk(file, *b"INST") else { return loop_of_names(&markers) };
    let field =
        |at: usize| instrument.get(at..at + 2).and_then(<[u8]>::first_chunk).map(|bytes| u16::from_be_bytes(*bytes));
    // Of the sustain loop: its mode, and the ids of its markers.
    let (Some(mode), Some(begin), Some(end)) = (field(8), field(10), field(12)) else {
        return loop_of_names(&markers);
    };
    match mode {
        0 => return loop_of_names(&markers),
        1 => {}
        _ => return AiffLoop::Unusable,
    }
    let position = |id: u16| markers.iter().find(|marker| marker.id == id).map(|marker| marker.frame);
    match (position(begin), position(end)) {
        (Some(start), Some(end)) if start < end => AiffLoop::Forward(SampleLoop { start, end }),
        _ => AiffLoop::Unusable,
    }
}

/// What the file says about its samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AiffForm {
    pub channels: u16,
    pub frames: u64,
    /// The rate in Hz, if it is not a whole number.
    pub fractional_rate_hz: Option<f64>,
}

/// Reads the number of channels and frames, and the rate.
pub(super) fn read_aiff_form(file: &[u8]) -> Option<AiffForm> {
    let common = find_chunk(file, *b"COMM")?;
    let &[channels_high, channels_low, a, b, c, d] = common.first_chunk()?;
    let channels = u16::from_be_bytes([channels_high, channels_low]);
    let rate_hz = common.get(8..).and_then(<[u8]>::first_chunk).map(|bytes| read_extended(*bytes));
    let fractional_rate_hz = rate_hz.filter(|rate_hz| rate_hz.fract() != 0.0);
    Some(AiffForm { channels, frames: u32::from_be_bytes([a, b, c, d]).into(), fractional_rate_hz })
}

/// A positive number of 80 bits: its exponent, and a mantissa of 64 bits with one bit before the point.
fn read_extended([high, low, mantissa @ ..]: [u8; 10]) -> f64 {
    let exponent = i32::from(u16::from_be_bytes([high & 0x7F, low])) - 16_383 - 63;
    u64::from_be_bytes(mantissa) as f64 * 2_f64.powi(exponent)
}

/// Hides the chunks that say where the sound loops, which are read here, from a decoder that reads them too: SoX counts
/// markers wrongly.
pub(super) fn hide_loop_chunks(file: &mut [u8]) {
    let mut at = 12;
    while let Some(&[a, b, c, d, size @ ..]) = file.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        if [*b"MARK", *b"INST"].contains(&[a, b, c, d]) {
            file[at..at + 4].copy_from_slice(b"JUNK");
        }
        let size = u32::from_be_bytes(size) as usize;
        at = at.saturating_add(8).saturating_add(size).saturating_add(size % 2);
    }
}

/// The body of the first chunk of this name, as far as it is in the file.
fn find_chunk(file: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    let mut rest = file.get(12..)?;
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, size @ ..] = *head;
        let size = u32::from_be_bytes(size) as usize;
        let end = size.min(body.len());
        if [a, b, c, d] == wanted {
            return body.get(..end);
        }
        rest = body.get(size.saturating_add(size % 2)..).unwrap_or_default();
    }
    None
}

/// A marker of an AIFF.
struct AiffMarker {
    id: u16,
    /// The frame that it is before.
    frame: u64,
    name: String,
}

/// Reads the body of a marker chunk.
fn read_markers(chunk: &[u8]) -> Vec<AiffMarker> {
    let mut markers = Vec::new();
    let mut rest = chunk.get(2..).unwrap_or_default();
    while let Some((&[id_high, id_low, a, b, c, d, length], name)) = rest.split_first_chunk::<7>() {
        // The length of the name and the name have an even number of bytes together.
        let length = usize::from(length);
        let (id, frame) = (u16::from_be_bytes([id_high, id_low]), u32::from_be_bytes([a, b, c, d]).into());
        let own_name = String::from_utf8_lossy(&name[..length.min(name.len())]).into_owned();
        markers.push(AiffMarker { id, frame, name: own_name });
        rest = name.get(length + (length + 1) % 2..).unwrap_or_default();
    }
    markers
}

/// The loop that the names of markers state, in a file without one in its instrument.
fn loop_of_names(markers: &[AiffMarker]) -> AiffLoop {
    let of_loops = markers.iter().filter(|marker| marker.name.to_ascii_lowercase().contains("loop"));
    let of_loops = of_loops.map(|marker| NamedMarker { name: &marker.name, frame: marker.frame, length: 0 });
    let of_loops: Vec<NamedMarker<'_>> = of_loops.collect();
    match named_loop(&of_loops) {
        Some(looping) => AiffLoop::Forward(looping),
        None if of_loops.is_empty() => AiffLoop::None,
        None => AiffLoop::Unusable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&id[..], &size, body, &vec![0; body.len() % 2]].concat()
    }

    fn aiff(mode: u8, begin: u8, end: u8) -> Vec<u8> {
        with_names(["start", "ends"], mode, begin, end)
    }

    fn with_names(names: [&str; 2], mode: u8, begin: u8, end: u8) -> Vec<u8> {
        let marker = |id: u8, at: u8, name: &str| {
            let mut bytes = vec![0, id, 0, 0, 1, at, u8::try_from(name.len()).unwrap()];
            bytes.extend(name.as_bytes());
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            bytes
        };
        let markers = [vec![0, 2], marker(7, 10, names[0]), marker(9, 20, names[1])].concat();
        let instrument = [[60, 0, 0, 127, 1, 127, 0, 0], [0, mode, 0, begin, 0, end, 0, 0], [0; 8]].concat();
        [
            b"FORM\0\0\0\0AIFF".to_vec(),
            chunk(b"odd ", &[1]),
            chunk(b"MARK", &markers),
            chunk(b"INST", &instrument[..20]),
        ]
        .concat()
    }

    #[test]
    fn form_is_in_the_common_chunk() {
        let file = [b"FORM\0\0\0\0AIFF".to_vec(), chunk(b"COMM", &[0, 2, 0, 1, 0, 0, 0, 16])].concat();
        let form = AiffForm { channels: 2, frames: 65_536, fractional_rate_hz: None };
        assert_eq!(read_aiff_form(&file), Some(form));
        assert_eq!(read_aiff_form(&file[..25]), None);
    }

    #[test]
    fn sustain_loop_is_between_two_markers() {
        assert_eq!(read_aiff_loop(&aiff(1, 7, 9)), AiffLoop::Forward(SampleLoop { start: 266, end: 276 }));
        assert_eq!(read_aiff_loop(&aiff(0, 7, 9)), AiffLoop::None);
        for (mode, begin, end) in [(2, 7, 9), (1, 9, 7), (1, 7, 7), (1, 7, 8), (1, 1, 9)] {
            assert_eq!(read_aiff_loop(&aiff(mode, begin, end)), AiffLoop::Unusable, "{mode} {begin} {end}");
        }
        assert_eq!(read_aiff_loop(b"FORM\0\0\0\0AIFFINST\0\0\0\x14\x3c"), AiffLoop::None);
    }

    #[test]
    fn marker_names_count_without_instrument_loop() {
        let of = |first: &str, second: &str, mode| read_aiff_loop(&with_names([first, second], mode, 7, 9));
        let forward = AiffLoop::Forward(SampleLoop { start: 266, end: 276 });
        assert_eq!(of("Loop Start", "Loop End", 0), forward);
        assert_eq!(of("loop end", "loop start", 0), AiffLoop::Unusable, "the end is before the start");
        assert_eq!(of("loop", "end", 0), AiffLoop::Unusable);
        assert_eq!(of("loop", "end", 1), forward, "the instrument decides");
    }
}
