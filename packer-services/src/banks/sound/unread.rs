//! Loops in other forms than `smpl`: tags, markers, instruments (spec: banks, "Loops"). Tags that state a whole loop
//! are read. All others are only noticed, so that a sound that should loop is never played once without a note; a loop
//! of markers is declared when the sound is added to a bank.

use crate::diagnostics::{escaped, join_some};
use crate::formats::SampleLoop;

/// The most that is searched of a file's chunks or blocks: enough for tags with a cover image.
pub(super) const UNREAD_BYTES: u64 = 1 << 20;

/// The most tags or names that are reported of one file; a loop has two.
const LISTED: usize = 4;

/// The names of tags that state a loop, in capitals: those of RPG Maker, and how others spell them.
const TAG_NAMES: [&str; 6] = ["LOOPSTART", "LOOP_START", "LOOPLENGTH", "LOOP_LENGTH", "LOOPEND", "LOOP_END"];

/// A loop that a file states in a form that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnreadLoop {
    /// Tags with their values, such as `LOOPSTART=1000`.
    Tags(Vec<String>),
    /// Markers whose names contain the word "loop".
    Markers {
        /// Their names.
        names: Vec<String>,
        /// The loop that they state, if it is clear.
        looping: Option<SampleLoop>,
    },
    /// A single marker before this frame, without the word "loop" in its name. Some games loop a sound from there.
    SingleMarker(u64),
    /// The instrument chunk of an AIFF, which a FLAC can contain.
    Instrument,
    /// The sample chunk of a DLS instrument.
    Wsmp,
}

impl UnreadLoop {
    /// The loop, if these are tags that state all of it.
    pub(super) fn stated_loop(&self) -> Option<SampleLoop> {
        if let Self::Tags(tags) = self { tag_loop(tags) } else { None }
    }

    /// The loop, if these are markers that state one clearly.
    pub(super) fn marker_loop(&self) -> Option<SampleLoop> {
        if let Self::Markers { looping, .. } = self { *looping } else { None }
    }

    /// A clause: "the file's tags state a loop".
    pub(super) fn clause(&self) -> String {
        match self {
            Self::Tags(tags) => tags_clause(tags),
            Self::Markers { names, .. } => format!("the file's markers state a loop: {}", listed(names)),
            Self::SingleMarker(frame) => format!(
                "the file has a single marker, at frame {frame}, from which some games loop a sound until its end"
            ),
            Self::Instrument => "the file states a loop in an instrument chunk (INST) of AIFF".into(),
            Self::Wsmp => "the file states a loop in an instrument chunk (wsmp) of DLS".into(),
        }
    }
}

/// A clause: "the file's tags state a loop: `LOOPSTART=1000`".
pub fn tags_clause(tags: &[String]) -> String {
    format!("the file's tags state a loop: {}", listed(tags))
}

/// The first of these words of a file.
fn listed(words: &[String]) -> String {
    join_some(words.iter().map(|word| format!("`{}`", escaped(word))), ", ", LISTED)
}

/// The loop that these tags state, such as `LOOPSTART=1000` and `LOOPLENGTH=2000`, in frames: a start, and a length or
/// an end, which is not played any more. `None` if one is missing, is not a whole number, or contradicts another.
pub fn tag_loop(tags: &[String]) -> Option<SampleLoop> {
    let value = |wanted: &str| -> Option<Option<u64>> {
        let mut values = tags.iter().filter_map(|tag| tag.split_once('=')).filter_map(|(name, value)| {
            let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            (name.replace('_', "") == wanted).then(|| value.parse::<u64>().ok().filter(|_| is_number))
        });
        let Some(first) = values.next() else { return Some(None) };
        values.all(|other| other == first).then_some(first).flatten().map(Some)
    };
    let (start, length, end) = (value("LOOPSTART")??, value("LOOPLENGTH")?, value("LOOPEND")?);
    let by_length = match length {
        Some(length) => Some(start.checked_add(length)?),
        None => None,
    };
    let end = match (by_length, end) {
        (Some(by_length), Some(end)) if by_length != end => return None,
        (Some(end), _) | (None, Some(end)) => end,
        (None, None) => return None,
    };
    Some(SampleLoop { start, end })
}

/// Whether a chunk of a WAV with this name can state a loop.
pub(super) fn may_state_loop(id: [u8; 4]) -> bool {
    matches!(&id, b"LIST" | b"list" | b"cue " | b"id3 " | b"ID3 " | b"wsmp")
}

/// The loop that a chunk of a WAV states.
pub(super) fn find_unread_loop(id: [u8; 4], body: &[u8]) -> Option<UnreadLoop> {
    match &id {
        b"LIST" if body.starts_with(b"adtl") => None,
        b"LIST" | b"id3 " | b"ID3 " => find_tags([body]),
        b"wsmp" => body.get(16..20).filter(|count| **count != [0; 4]).map(|_| UnreadLoop::Wsmp),
        _ => None,
    }
}

/// The loop that an AIFF's instrument chunk states.
pub(super) fn find_instrument_loop(body: &[u8]) -> Option<UnreadLoop> {
    // The modes of the loops while a key is held and after it; 0 is none.
    let has_mode = |at: usize| body.get(at..at + 2).is_some_and(|mode| mode != [0; 2]);
    (has_mode(8) || has_mode(14)).then_some(UnreadLoop::Instrument)
}

/// The loop that a FLAC's comments state.
pub(super) fn find_comment_loop(body: &[u8]) -> Option<UnreadLoop> {
    // The encoder's name, the number of comments, then the comments: all but the number with their size.
    let (_, rest) = split_field(body)?;
    let mut rest = rest.get(4..)?;
    let mut comments = Vec::new();
    while let Some((comment, next)) = split_field(rest) {
        comments.push(comment);
        rest = next;
    }
    find_tags(comments)
}

/// The field at the start, which follows its size, and what comes after it.
fn split_field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*size) as usize)
}

/// The tags in these texts, which may have two bytes per letter.
fn find_tags<'t>(texts: impl IntoIterator<Item = &'t [u8]>) -> Option<UnreadLoop> {
    let mut tags = Vec::new();
    for text in texts {
        let text: String = text
            .iter()
            .filter(|byte| matches!(byte, b' '..=b'~'))
            .map(|byte| char::from(byte.to_ascii_uppercase()))
            .collect();
        for name in TAG_NAMES {
            let after = text.find(name).map(|at| &text[at + name.len()..]);
            let value = after.map(|after| after.trim_start_matches(['=', ':', ' '])).unwrap_or_default();
            let value: String = value.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect();
            if value.starts_with(|c: char| c.is_ascii_digit()) {
                tags.push(format!("{name}={value}"));
            }
        }
    }
    (!tags.is_empty()).then_some(UnreadLoop::Tags(tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        let padding = vec![0; body.len() % 2];
        [&id[..], &size, body, &padding].concat()
    }

    fn tags(tags: &[&str]) -> Option<UnreadLoop> {
        Some(UnreadLoop::Tags(tags.iter().map(|tag| (*tag).to_owned()).collect()))
    }

    #[test]
    fn loop_tags_are_found_everywhere() {
        let comment = |text: &str| [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat();
        let comments = |list: &[&str]| {
            let count = u32::try_from(list.len()).unwrap().to_le_bytes();
            let list: Vec<Vec<u8>> = list.iter().map(|text| comment(text)).collect();
            [comment("encoder"), count.to_vec(), list.concat()].concat()
        };
        // The size of a comment of 48 bytes is the digit 0.
        let long = format!("title={}", "x".repeat(42));
        let found = find_comment_loop(&comments(&["LoopStart=1000", "looplength=2000", &long]));
        assert_eq!(found, tags(&["LOOPSTART=1000", "LOOPLENGTH=2000"]));
        assert_eq!(find_comment_loop(&comments(&["title=loop start", "LOOPSTART="])), None);
        assert_eq!(find_comment_loop(&[1, 0]), None);
        let info = [b"INFO".to_vec(), chunk(b"ICMT", b"LOOPSTART=5 LOOPEND=90\0")].concat();
        assert_eq!(find_unread_loop(*b"LIST", &info), tags(&["LOOPSTART=5", "LOOPEND=90"]));
        let wide: Vec<u8> = "LOOPSTART"
            .encode_utf16()
            .chain([0, 0xFEFF])
            .chain("77".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(find_unread_loop(*b"id3 ", &[&b"ID3TXXX\x01\xFF\xFE"[..], &wide].concat()), tags(&["LOOPSTART=77"]));
        assert_eq!(find_unread_loop(*b"LIST", b"INFOISFT\x05\0\0\0Lavf\0"), None);
    }

    #[test]
    fn tags_state_start_and_length_or_end() {
        let of = |tags: &[&str]| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            tag_loop(&tags).map(|looping| (looping.start, looping.end))
        };
        assert_eq!(of(&["LOOPSTART=10", "LOOPLENGTH=20"]), Some((10, 30)));
        assert_eq!(of(&["LOOP_END=30", "LOOP_START=10"]), Some((10, 30)));
        assert_eq!(of(&["LOOPSTART=10", "LOOPLENGTH=20", "LOOPEND=30", "LOOPSTART=10"]), Some((10, 30)));
        for wrong in [
            &["LOOPSTART=10"][..],
            &["LOOPEND=30"],
            &["LOOPSTART=10", "LOOPLENGTH=20", "LOOPEND=29"],
            &["LOOPSTART=10", "LOOPSTART=11", "LOOPEND=30"],
            &["LOOPSTART=0:10", "LOOPEND=30"],
            &["LOOPSTART=1.5", "LOOPEND=30"],
            &["LOOPSTART=18446744073709551615", "LOOPLENGTH=1"],
        ] {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn instruments_state_loops_by_their_mode() {
        let instrument = |sustain: u8, release: u8| {
            let mut body = [0; 20];
            (body[9], body[15]) = (sustain, release);
            find_instrument_loop(&body)
        };
        assert_eq!(
            [instrument(0, 0), instrument(1, 0), instrument(0, 2)].map(|found| found.is_some()),
            [false, true, true]
        );
        assert_eq!(find_instrument_loop(&[1; 8]), None);
        let wsmp = |loops: u8| [vec![0; 16], vec![loops, 0, 0, 0]].concat();
        assert_eq!(find_unread_loop(*b"wsmp", &wsmp(1)), Some(UnreadLoop::Wsmp));
        assert_eq!(find_unread_loop(*b"wsmp", &wsmp(0)), None);
    }
}
