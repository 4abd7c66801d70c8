//! Converts frames to the rate of a device.
//!
//! It interpolates linearly between frames; at equal rates the values are unchanged. Frequencies above half the
//! device's rate are not filtered out, so a sound of a higher rate than the device can sound rough.

use std::collections::VecDeque;

/// Reads frames at one rate and returns values at another.
#[derive(Debug)]
pub struct Resampler {
    from_hz: u32,
    to_hz: u32,
    /// The distance from the first frame of the queue, in units of 1 / `to_hz` frames.
    past: u32,
    taken_frames: u64,
}

/// The next value for the device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NextValue {
    /// A value from -1 up to 1.
    Value(f32),
    /// The next frame has not arrived yet.
    Late,
    /// There are no more values.
    End,
}

impl Resampler {
    /// A converter between two rates, neither of which may be 0.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        Self { from_hz, to_hz, past: 0, taken_frames: 0 }
    }

    /// How many frames have been taken out of the queue.
    pub fn taken_frames(&self) -> u64 {
        self.taken_frames
    }

    /// The next value. Frames that are no longer needed are taken out of the queue. `is_complete` means that no more
    /// are added to it.
    #[expect(clippy::cast_precision_loss, reason = "rates are far below the precision of f32")]
    pub fn next_value(&mut self, queue: &mut VecDeque<i16>, is_complete: bool) -> NextValue {
        while self.past >= self.to_hz && queue.pop_front().is_some() {
            self.past -= self.to_hz;
            self.taken_frames += 1;
        }
        let (first, second) = match (queue.front(), queue.get(1)) {
            (None, _) if is_complete => return NextValue::End,
            (Some(first), Some(second)) => (*first, *second),
            (Some(first), None) if is_complete || self.past == 0 => (*first, *first),
            (None, _) | (Some(_), None) => return NextValue::Late,
        };
        let (first, second) = (f32::from(first), f32::from(second));
        let value = first + (second - first) * (self.past as f32 / self.to_hz as f32);
        self.past += self.from_hz;
        NextValue::Value(value / 32_768.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(from_hz: u32, to_hz: u32, frames: &[i16]) -> Vec<i32> {
        let (mut resampler, mut queue) = (Resampler::new(from_hz, to_hz), frames.iter().copied().collect());
        let mut values = Vec::new();
        while let NextValue::Value(value) = resampler.next_value(&mut queue, true) {
            #[expect(clippy::cast_possible_truncation, reason = "a value of a frame")]
            values.push((value * 32_768.0).round() as i32);
        }
        assert_eq!(resampler.taken_frames(), frames.len() as u64);
        values
    }

    #[test]
    fn equal_rates_change_nothing() {
        let frames = [0, 1, -1, i16::MAX, i16::MIN, 12_345];
        assert_eq!(all(22_050, 22_050, &frames), frames.map(i32::from));
    }

    #[test]
    fn values_between_frames_are_interpolated() {
        assert_eq!(all(1, 4, &[0, 400, -400]), [0, 100, 200, 300, 400, 200, 0, -200, -400, -400, -400, -400]);
        assert_eq!(all(2, 3, &[0, 300, 600, 900]), [0, 200, 400, 600, 800, 900]);
        assert_eq!(all(3, 1, &[7, 8, 9, 10, 11, 12]), [7, 10]);
    }

    #[test]
    fn every_rate_keeps_the_duration() {
        for from_hz in [1, 8_000, 11_025, 22_051, 44_100, 192_000] {
            let frames = vec![0; usize::try_from(from_hz).unwrap()];
            assert_eq!(all(from_hz, 48_000, &frames).len(), 48_000, "{from_hz} Hz");
        }
    }

    #[test]
    fn late_frames_are_not_lost() {
        let (mut resampler, mut queue) = (Resampler::new(1, 2), VecDeque::from([0]));
        assert_eq!(resampler.next_value(&mut queue, false), NextValue::Value(0.0));
        assert_eq!(resampler.next_value(&mut queue, false), NextValue::Late);
        queue.push_back(16_384);
        assert_eq!(resampler.next_value(&mut queue, false), NextValue::Value(0.25));
        assert_eq!(resampler.next_value(&mut queue, false), NextValue::Value(0.5));
        assert_eq!(
            [resampler.next_value(&mut queue, true), resampler.next_value(&mut queue, true)],
            [NextValue::Value(0.5), NextValue::End]
        );
    }
}
