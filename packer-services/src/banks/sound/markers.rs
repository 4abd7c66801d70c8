//! The markers of a WAV, which a FLAC can contain too: cue points with names and lengths (spec: banks, "Loops"). Most
//! mean something other than a loop, so a loop is only taken from names that leave no doubt. What is done with it is
//! decided elsewhere.

use super::unread::UnreadLoop;
use crate::formats::SampleLoop;

/// The bytes of a cue point.
const POINT_BYTES: usize = 24;

/// The markers of a file, as far as its chunks were read.
#[derive(Debug, Default)]
pub(super) struct Markers {
    /// Their ids, and the frames that they are before.
    points: Vec<(u32, u64)>,
    /// Names and comments, with the id of their point.
    names: Vec<(u32, String)>,
    /// The lengths of points that are regions, in frames.
    lengths: Vec<(u32, u64)>,
}

impl Markers {
    /// Adds those of a chunk of a WAV, if it is one that has markers.
    pub(super) fn add_chunk(&mut self, id: [u8; 4], body: &[u8]) {
        match &id {
            b"cue " => self.add_points(body),
            // REAPER writes its name in small letters.
            b"LIST" | b"list" if body.starts_with(b"adtl") => self.add_list(&body[4..]),
            _ => {}
        }
    }

    fn add_points(&mut self, body: &[u8]) {
        let Some((count, rest)) = body.split_first_chunk::<4>() else { return };
        let count = usize::try_from(u32::from_le_bytes(*count)).unwrap_or(usize::MAX);
        // The last field is the frame. The second one is the place in a play list, and many programs write 0.
        self.points.extend(rest.chunks_exact(POINT_BYTES).take(count).filter_map(|point| {
            let (first, last) = (point.first_chunk()?, point.last_chunk()?);
            Some((u32::from_le_bytes(*first), u64::from(u32::from_le_bytes(*last))))
        }));
    }

    fn add_list(&mut self, mut list: &[u8]) {
        while let Some((&[a, b, c, d, ref size @ ..], body)) = list.split_first_chunk::<8>() {
            let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
            let entry = &body[..size.min(body.len())];
            if let Some((point, entry)) = entry.split_first_chunk::<4>() {
                let point = u32::from_le_bytes(*point);
                match &[a, b, c, d] {
                    b"labl" | b"note" => {
                        let name = String::from_utf8_lossy(entry);
                        self.names.push((point, name.trim_end_matches('\0').to_owned()));
                    }
                    b"ltxt" => {
                        let length = entry.first_chunk().map_or(0, |length| u32::from_le_bytes(*length));
                        self.lengths.push((point, length.into()));
                    }
                    _ => {}
                }
            }
            list = body.get(size.saturating_add(size % 2)..).unwrap_or_default();
        }
    }

    /// What they say about a loop.
    pub(super) fn find_loop(&self) -> Option<UnreadLoop> {
        let of_loops: Vec<&(u32, String)> =
            self.names.iter().filter(|(_, name)| name.to_ascii_lowercase().contains("loop")).collect();
        if of_loops.is_empty() {
            return match self.points[..] {
                [(_, frame)] => Some(UnreadLoop::SingleMarker(frame)),
                _ => None,
            };
        }
        let markers: Vec<NamedMarker<'_>> = of_loops.iter().filter_map(|named| self.marker(named)).collect();
        let looping = Some(markers).filter(|markers| markers.len() == of_loops.len());
        let names = of_loops.iter().map(|(_, name)| name.clone()).collect();
        Some(UnreadLoop::Markers { names, looping: looping.and_then(|markers| named_loop(&markers)) })
    }

    /// The marker with this name, if it has one point and at most one length.
    fn marker<'m>(&self, (id, name): &'m (u32, String)) -> Option<NamedMarker<'m>> {
        let mut frames = self.points.iter().filter(|(point, _)| point == id).map(|(_, frame)| *frame);
        let mut lengths = self.lengths.iter().filter(|(point, _)| point == id).map(|(_, length)| *length);
        let (frame, length) = (frames.next()?, lengths.next().unwrap_or(0));
        (frames.next().is_none() && lengths.next().is_none()).then_some(NamedMarker { name, frame, length })
    }
}

/// A marker of a sound.
#[derive(Clone, Copy, Debug)]
pub struct NamedMarker<'m> {
    /// Its name.
    pub name: &'m str,
    /// The frame that it is before.
    pub frame: u64,
    /// The length of a region, in frames; 0 for a point.
    pub length: u64,
}

/// The loop that these markers state, of those whose names contain the word "loop": one region named "loop", or two
/// points named "loop start" and "loop end". The case of letters does not count, nor do spaces, `_` and `-`. `None` if
/// there are others.
pub fn named_loop(markers: &[NamedMarker<'_>]) -> Option<SampleLoop> {
    let name = |marker: &NamedMarker<'_>| {
        let letters = marker.name.trim().chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
        letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let (start, end) = match markers {
        [region] if name(region) == "loop" && region.length > 0 => (region.frame, region.frame + region.length),
        [one, two] if one.length == 0 && two.length == 0 => match (&*name(one), &*name(two)) {
            ("loopstart", "loopend") => (one.frame, two.frame),
            ("loopend", "loopstart") => (two.frame, one.frame),
            _ => return None,
        },
        _ => return None,
    };
    (start < end).then_some(SampleLoop { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        [&id[..], &size, body, &vec![0; body.len() % 2]].concat()
    }

    /// Markers with these names, frames and lengths.
    fn markers(list: &[(&str, u32, u32)]) -> Markers {
        let (mut points, mut entries) = (u32::try_from(list.len()).unwrap().to_le_bytes().to_vec(), b"adtl".to_vec());
        for (id, (name, frame, length)) in (7u32..).zip(list) {
            points.extend([id, 0, u32::from_le_bytes(*b"data"), 0, 0, *frame].map(u32::to_le_bytes).concat());
            entries.extend(chunk(b"labl", &[&id.to_le_bytes()[..], name.as_bytes(), b"\0"].concat()));
            if *length > 0 {
                let region = [id, *length, u32::from_le_bytes(*b"rgn "), 0, 0].map(u32::to_le_bytes).concat();
                entries.extend(chunk(b"ltxt", &region));
            }
        }
        let mut markers = Markers::default();
        markers.add_chunk(*b"list", &entries);
        markers.add_chunk(*b"cue ", &points);
        markers
    }

    fn looping(list: &[(&str, u32, u32)]) -> Option<(u64, u64)> {
        match markers(list).find_loop() {
            Some(UnreadLoop::Markers { looping, .. }) => looping.map(|looping| (looping.start, looping.end)),
            _ => None,
        }
    }

    #[test]
    fn clear_names_state_a_loop() {
        assert_eq!(looping(&[("Loop", 10, 20)]), Some((10, 30)));
        assert_eq!(looping(&[("intro", 0, 10), ("loop", 10, 20), ("outro", 30, 5)]), Some((10, 30)));
        assert_eq!(looping(&[("Loop Start", 10, 0), ("hit", 12, 0), ("Loop End", 30, 0)]), Some((10, 30)));
        assert_eq!(looping(&[("loop_end", 30, 0), ("LOOP-START", 10, 0)]), Some((10, 30)));
        for unclear in [
            &[("loop", 10, 0)][..],
            &[("loop start", 10, 0)],
            &[("loop", 10, 20), ("loop", 40, 20)],
            &[("loop", 10, 20), ("loop 2", 40, 20)],
            &[("loop start", 10, 0), ("loop end", 10, 0)],
            &[("loop start", 10, 5), ("loop end", 30, 0)],
            &[("loop start", 10, 0), ("loop start", 20, 0)],
            &[("loop start", 10, 0), ("loop end", 30, 0), ("loop end", 40, 0)],
        ] {
            assert_eq!(looping(unclear), None, "{unclear:?}");
            assert!(matches!(markers(unclear).find_loop(), Some(UnreadLoop::Markers { .. })), "{unclear:?}");
        }
        assert_eq!(markers(&[("verse", 10, 0), ("chorus", 20, 0)]).find_loop(), None);
        assert_eq!(markers(&[("", 10, 0)]).find_loop(), Some(UnreadLoop::SingleMarker(10)));
    }

    #[test]
    fn damaged_markers_state_nothing() {
        let mut without_points = markers(&[("loop", 10, 20)]);
        without_points.points.clear();
        let names = vec!["loop".to_owned()];
        assert_eq!(without_points.find_loop(), Some(UnreadLoop::Markers { names, looping: None }));
        let mut twice = markers(&[("loop", 10, 20)]);
        twice.points.push((7, 12));
        assert!(matches!(twice.find_loop(), Some(UnreadLoop::Markers { looping: None, .. })));
        let mut cut = Markers::default();
        cut.add_chunk(*b"cue ", &[9, 0, 0, 0, 1, 0, 0, 0, 5]);
        cut.add_chunk(*b"LIST", b"adtllabl\xFF\xFF\xFF\xFFloop");
        assert_eq!(cut.find_loop(), None);
    }
}
