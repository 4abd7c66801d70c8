//! Frames at the rate of a device.
//!
//! A straight line is drawn from frame to frame; at equal rates the values stay what they are. That is plain: what is higher than half
//! the device's rate is not taken out, so a sound of a higher rate than the device can get a rough edge.

use std::collections::VecDeque;

/// Goes along frames at one rate, and gives values at another.
#[derive(Debug)]
pub struct Resampler {
    from_hz: u32,
    to_hz: u32,
    /// How far it is past the first frame of the queue, in parts of `to_hz`.
    past: u32,
    taken: u64,
}

/// What a device is given next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// A value from -1 up to 1.
    Value(f32),
    /// The frames are late.
    Late,
    /// All has been given.
    Over,
}

impl Resampler {
    /// Neither rate may be 0.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        Self { from_hz, to_hz, past: 0, taken: 0 }
    }

    /// How many frames lie behind it.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The next value. Frames that lie behind are taken out of the queue; `is_whole` says that no more are added to it.
    #[expect(clippy::cast_precision_loss, reason = "no rate is so high that it matters")]
    pub fn next(&mut self, queue: &mut VecDeque<i16>, is_whole: bool) -> Next {
        while self.past >= self.to_hz && queue.pop_front().is_some() {
            self.past -= self.to_hz;
            self.taken += 1;
        }
        let (first, second) = match (queue.front(), queue.get(1)) {
            (None, _) if is_whole => return Next::Over,
            (Some(first), Some(second)) => (*first, *second),
            (Some(first), None) if is_whole || self.past == 0 => (*first, *first),
            (None, _) | (Some(_), None) => return Next::Late,
        };
        let (first, second) = (f32::from(first), f32::from(second));
        let value = first + (second - first) * (self.past as f32 / self.to_hz as f32);
        self.past += self.from_hz;
        Next::Value(value / 32_768.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(from_hz: u32, to_hz: u32, frames: &[i16]) -> Vec<i32> {
        let (mut resampler, mut queue) = (Resampler::new(from_hz, to_hz), frames.iter().copied().collect());
        let mut values = Vec::new();
        while let Next::Value(value) = resampler.next(&mut queue, true) {
            #[expect(clippy::cast_possible_truncation, reason = "a value of a frame")]
            values.push((value * 32_768.0).round() as i32);
        }
        assert_eq!(resampler.taken(), frames.len() as u64);
        values
    }

    #[test]
    fn at_the_rate_of_the_device_every_frame_stays_what_it_is() {
        let frames = [0, 1, -1, i16::MAX, i16::MIN, 12_345];
        assert_eq!(all(22_050, 22_050, &frames), frames.map(i32::from));
    }

    #[test]
    fn between_two_frames_lies_a_straight_line() {
        assert_eq!(all(1, 4, &[0, 400, -400]), [0, 100, 200, 300, 400, 200, 0, -200, -400, -400, -400, -400]);
        assert_eq!(all(2, 3, &[0, 300, 600, 900]), [0, 200, 400, 600, 800, 900]);
        assert_eq!(all(3, 1, &[7, 8, 9, 10, 11, 12]), [7, 10]);
    }

    #[test]
    fn a_second_is_a_second_at_every_rate() {
        for from_hz in [1, 8_000, 11_025, 22_051, 44_100, 192_000] {
            let frames = vec![0; usize::try_from(from_hz).unwrap()];
            assert_eq!(all(from_hz, 48_000, &frames).len(), 48_000, "{from_hz} Hz");
        }
    }

    #[test]
    fn frames_that_are_late_are_waited_for_and_none_is_lost() {
        let (mut resampler, mut queue) = (Resampler::new(1, 2), VecDeque::from([0]));
        assert_eq!(resampler.next(&mut queue, false), Next::Value(0.0));
        assert_eq!(resampler.next(&mut queue, false), Next::Late);
        queue.push_back(16_384);
        assert_eq!(resampler.next(&mut queue, false), Next::Value(0.25));
        assert_eq!(resampler.next(&mut queue, false), Next::Value(0.5));
        assert_eq!(
            [resampler.next(&mut queue, true), resampler.next(&mut queue, true)],
            [Next::Value(0.5), Next::Over]
        );
    }
}
