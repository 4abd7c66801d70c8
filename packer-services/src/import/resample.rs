//! A sound at another rate. The filter is a windowed sinc of `rubato`, at the exact place of each new frame, so that
//! nothing is delayed. It is calculated without the processor's special instructions, so that every processor gives the
//! same samples.

use rubato::interpolation::interp_cubic;
use rubato::sinc_interpolator::{ScalarInterpolator, SincInterpolator};
use rubato::{WindowFunction, calculate_cutoff};

use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::formats::SampleLoop;

/// The length of the filter in frames, of the lower one of the two rates. It keeps 94 % of the frequencies up to half
/// that rate; SoX keeps 95 % at its highest quality.
const TAPS: u32 = 512;
/// The places between two frames of the lower rate for which the filter is calculated in advance. Most pairs of rates
/// need fewer; for others, the values between two places are interpolated, with errors far below those of 24 bits.
const PHASES: u32 = 1024;
/// It removes what is above half of the lower rate, down to −160 dB.
const WINDOW: WindowFunction = WindowFunction::BlackmanHarris2;
/// How many frames are calculated at a time.
const BLOCK_FRAMES: usize = 4096;

/// The form of PCM frames, little-endian, interleaved.
#[derive(Clone, Copy, Debug)]
pub(super) struct PcmForm {
    /// 1 or 2.
    pub channels: u16,
    /// 16, 24 or 32.
    pub depth_bits: u16,
}

/// Two rates in Hz, divided by their greatest common divisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateRatio {
    from: u32,
    to: u32,
}

impl RateRatio {
    pub(crate) fn new(from_hz: u32, to_hz: u32) -> Self {
        let (mut divisor, mut rest) = (from_hz, to_hz);
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        Self { from: from_hz / divisor.max(1), to: to_hz / divisor.max(1) }
    }

    /// A number of frames, or a place in the sound, at the new rate: rounded to the nearest, half up.
    pub(crate) fn scale(self, frames: u64) -> u64 {
        let scaled =
            (u128::from(frames) * u128::from(self.to) * 2 + u128::from(self.from)) / (2 * u128::from(self.from));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }

    /// Whether a place of the sound is a place at the new rate, too.
    fn is_exact(self, frames: u64) -> bool {
        (u128::from(frames) * u128::from(self.to)).is_multiple_of(u128::from(self.from))
    }

    /// A loop at the new rate, each end as [`RateRatio::scale`] gives it.
    pub(crate) fn scale_loop(self, SampleLoop { start, end }: SampleLoop) -> SampleLoop {
        SampleLoop { start: self.scale(start), end: self.scale(end) }
    }

    /// What is to be said about a loop that was scaled, as the end of a clause: whether it was rounded.
    pub(crate) fn rounding(self, looping: SampleLoop) -> &'static str {
        let is_exact = self.is_exact(looping.start) && self.is_exact(looping.end);
        if is_exact { "" } else { ", rounded to whole frames" }
    }
}

/// Replaces the frames in `file`, which come after so many bytes, by those of the new rate: as many as
/// [`RateRatio::scale`] gives. Before its start and after its end the sound is silent, unless it loops there. Returns
/// how many samples were louder than their depth can express: they get the highest or lowest value.
///
/// # Errors
/// If the operation was canceled. The frames are unchanged then.
pub(super) fn resample(
    context: &Context,
    file: &mut Vec<u8>,
    head_bytes: usize,
    form: PcmForm,
    ratio: RateRatio,
    looping: Option<SampleLoop>,
) -> Result<u64, Stop> {
    let filter = Filter::new(ratio);
    let (channels, sample_bytes) = (usize::from(form.channels), usize::from(form.depth_bits / 8));
    let sound = &file[head_bytes..];
    let place = Extended { frames: (sound.len() / (channels * sample_bytes)) as u64, looping };
    let new_frames = ratio.scale(place.frames);
    let highest = f64::from(i32::MAX >> (32 - form.depth_bits));
    let mut clipped_samples = 0;
    let mut new_file = vec![0; head_bytes + usize::try_from(new_frames).unwrap_or(0) * channels * sample_bytes];
    let mut wave = Vec::new();
    for channel in 0..channels {
        for block in (0..new_frames).step_by(BLOCK_FRAMES) {
            check_cancelled(context)?;
            let end = new_frames.min(block + BLOCK_FRAMES as u64);
            let first = filter.first_frame(block);
            wave.clear();
            wave.extend((first..=filter.last_frame(end - 1)).map(|frame| match place.frame(frame) {
                Some(frame) => form.sample(sound, frame * channels + channel),
                None => 0.0,
            }));
            for frame in block..end {
                let value = filter.value(&wave, first, frame).round();
                let kept = value.clamp(-highest - 1.0, highest);
                clipped_samples += u64::from(kept != value);
                #[expect(clippy::cast_possible_truncation, reason = "it is rounded and within the range")]
                let bytes = (kept as i32).to_le_bytes();
                let at = head_bytes + (usize::try_from(frame).unwrap_or(0) * channels + channel) * sample_bytes;
                new_file[at..at + sample_bytes].copy_from_slice(&bytes[..sample_bytes]);
            }
        }
    }
    *file = new_file;
    Ok(clipped_samples)
}

impl PcmForm {
    /// The sample at a place, over all channels.
    fn sample(self, sound: &[u8], at: usize) -> f64 {
        let bytes = usize::from(self.depth_bits / 8);
        let mut wide = [0; 4];
        wide[4 - bytes..].copy_from_slice(&sound[at * bytes..(at + 1) * bytes]);
        f64::from(i32::from_le_bytes(wide) >> (32 - self.depth_bits))
    }
}

/// A sound that goes on before its start and after its end, as the console plays it.
#[derive(Clone, Copy, Debug)]
struct Extended {
    frames: u64,
    looping: Option<SampleLoop>,
}

impl Extended {
    /// The frame at a place that may be outside of the sound; `None` for silence.
    fn frame(self, place: i64) -> Option<usize> {
        let inside = u64::try_from(place).ok().filter(|place| *place < self.frames);
        let frame = inside.or_else(|| {
            let SampleLoop { start, end } = self.looping?;
            let length = end.checked_sub(start).filter(|length| *length > 0)?;
            match u64::try_from(place) {
                Ok(behind) => (end == self.frames).then(|| start + (behind - end) % length),
                Err(_) => (start == 0).then(|| end - 1 - (place.unsigned_abs() - 1) % length),
            }
        })?;
        usize::try_from(frame).ok()
    }
}

/// The filter between two rates.
struct Filter {
    /// The rates, divided by their greatest common divisor.
    from: i64,
    to: i64,
    sincs: ScalarInterpolator<f64>,
    /// Half of its length, in frames of the original.
    half: i64,
    phases: i64,
}

impl Filter {
    fn new(RateRatio { from, to }: RateRatio) -> Self {
        // It is as much longer as it must be lower.
        let taps = (TAPS * from).div_ceil(to).max(TAPS).next_multiple_of(16);
        let cutoff = calculate_cutoff::<f32>(TAPS as usize, WINDOW) * (TAPS as f32 / taps as f32);
        let phases = to.min((PHASES * TAPS / taps).max(1));
        let sincs = ScalarInterpolator::new(taps as usize, phases as usize, cutoff, WINDOW);
        Self { from: from.into(), to: to.into(), sincs, half: i64::from(taps / 2), phases: phases.into() }
    }

    /// The frame of the original at or before a new one, and the rest in parts of the new rate.
    fn place(&self, frame: u64) -> (i64, i64) {
        // A sound has less than 2³² frames, and a rate less than 2¹⁸.
        let place = i64::try_from(frame).unwrap_or(0) * self.from;
        (place / self.to, place % self.to)
    }

    /// The first frame of the original that a new one needs; it may be outside of the sound.
    fn first_frame(&self, frame: u64) -> i64 {
        self.place(frame).0 - self.half - 2
    }

    fn last_frame(&self, frame: u64) -> i64 {
        self.place(frame).0 + self.half + 4
    }

    /// The value of a new frame, from frames of the original that begin with `first`.
    fn value(&self, wave: &[f64], first: i64, frame: u64) -> f64 {
        let (whole, rest) = self.place(frame);
        let index = whole - first - self.half + 1;
        // The value at a place in phases, counted from the whole frame. The sinc of a phase is for the place behind it.
        let read = |place: i64| {
            let (index, phase) = (index + (place - 1).div_euclid(self.phases), (place - 1).rem_euclid(self.phases));
            let at = |value| usize::try_from(value).unwrap_or(0);
            self.sincs.get_sinc_interpolated(wave, at(index), at(phase))
        };
        let places = rest * self.phases;
        let (place, left) = (places / self.to, places % self.to);
        if left == 0 {
            return read(place);
        }
        let between = left as f64 / self.to as f64;
        interp_cubic(between, &[-1, 0, 1, 2].map(|n| read(place + n)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of 32 bits that begins with its zero, so many frames of it.
    fn tone(hz: f64, rate_hz: u32, frames: u64) -> Vec<u8> {
        let value = |n: u64| 1.5e9 * (std::f64::consts::TAU * hz * n as f64 / f64::from(rate_hz)).sin();
        #[expect(clippy::cast_possible_truncation, reason = "it is within the range")]
        let rounded = |n: u64| value(n).round() as i32;
        (0..frames).flat_map(|n| rounded(n).to_le_bytes()).collect()
    }

    const WIDE: PcmForm = PcmForm { channels: 1, depth_bits: 32 };

    /// The sound at the new rate, and how many samples were clipped.
    fn resampled(sound: &[u8], form: PcmForm, ratio: RateRatio, looping: Option<SampleLoop>) -> (Vec<u8>, u64) {
        let mut file = [b"head", sound].concat();
        let clipped = resample(&Context::new(), &mut file, 4, form, ratio, looping).unwrap();
        (file[4..].to_vec(), clipped)
    }

    /// How much louder the expected tone is than the difference to it, in dB, away from the ends.
    fn signal_to_noise(found: &[u8], expected: &[u8]) -> f64 {
        assert_eq!(found.len(), expected.len());
        let samples = found.len() / 4;
        let (found, expected) = (|n| WIDE.sample(found, n), |n| WIDE.sample(expected, n));
        let inner = samples / 4..samples - samples / 4;
        let power = |value: &dyn Fn(usize) -> f64| inner.clone().map(|n| value(n).powi(2)).sum::<f64>();
        let noise = power(&|n| found(n) - expected(n));
        10.0 * (power(&expected) / noise.max(1e-9)).log10()
    }

    #[test]
    fn tones_are_exact_at_every_rate() {
        let rates = [(44_100, 22_050), (22_050, 44_100), (44_100, 48_000), (48_000, 44_100), (44_100, 22_049)];
        for (from, to) in rates.into_iter().chain([(8000, 11_025), (96_000, 11_025), (11_025, 96_001)]) {
            let ratio = RateRatio::new(from, to);
            // Much longer than the filter at the lower rate.
            let frames = 1200 * u64::from(from) / u64::from(from.min(to)) + 7;
            for part in [0.01, 0.9] {
                let hz = part * f64::from(from.min(to)) / 2.0;
                let (found, clipped) = resampled(&tone(hz, from, frames), WIDE, ratio, None);
                let decibels = signal_to_noise(&found, &tone(hz, to, ratio.scale(frames)));
                assert!(decibels > 140.0, "{from} to {to} Hz, tone of {hz} Hz: {decibels} dB");
                assert_eq!(clipped, 0);
            }
        }
    }

    #[test]
    fn too_high_tones_are_removed() {
        let (found, _) = resampled(&tone(11_300.0, 44_100, 20_000), WIDE, RateRatio::new(44_100, 22_050), None);
        let loudest = (2500..7500).map(|n| WIDE.sample(&found, n).abs()).fold(0.0, f64::max);
        assert!(loudest < 20.0, "{loudest} of 1 500 000 000");
    }

    #[test]
    fn lengths_and_places_are_rounded() {
        let half = RateRatio::new(44_100, 22_050);
        assert_eq!([0, 1, 2, 3, 1000].map(|frames| half.scale(frames)), [0, 1, 1, 2, 500]);
        assert_eq!([0, 1, 2].map(|frames| half.is_exact(frames)), [true, false, true]);
        assert_eq!(RateRatio::new(48_000, 44_100), RateRatio { from: 160, to: 147 });
        assert_eq!(RateRatio::new(1, 192_000).scale(u64::MAX), u64::MAX);
    }

    #[test]
    fn loud_samples_are_clipped_and_counted() {
        let value = |n: i32| if n / 50 % 2 == 0 { i16::MAX } else { i16::MIN };
        let square: Vec<u8> = (0..2000).flat_map(|n| value(n).to_le_bytes()).collect();
        let form = PcmForm { channels: 1, depth_bits: 16 };
        let (found, clipped) = resampled(&square, form, RateRatio::new(22_050, 44_100), None);
        let at_limits = (0..4000).filter(|n| [32_767.0, -32_768.0].contains(&form.sample(&found, *n))).count();
        assert!(clipped > 100 && at_limits as u64 >= clipped, "{clipped} of {at_limits}");
    }

    #[test]
    fn channels_are_separate_at_every_depth() {
        let left = tone(500.0, 44_100, 4410);
        for bytes in [2, 3, 4] {
            let both: Vec<u8> =
                left.chunks_exact(4).flat_map(|n| [&n[4 - bytes..], &[0; 4][..bytes]].concat()).collect();
            let depth_bits = u16::try_from(8 * bytes).unwrap();
            let form = PcmForm { channels: 2, depth_bits };
            let half = RateRatio::new(44_100, 22_050);
            let (found, _) = resampled(&both, form, half, None);
            let (wide, _) = resampled(&left, WIDE, half, None);
            assert_eq!(found.len(), 2205 * 2 * bytes);
            for frame in 0..2205 {
                assert_eq!(form.sample(&found, 2 * frame + 1), 0.0);
                let expected = WIDE.sample(&wide, frame) / 2_f64.powi(32 - i32::from(depth_bits));
                assert!((form.sample(&found, 2 * frame) - expected).abs() <= 1.5, "{frame}");
            }
        }
    }

    #[test]
    fn loops_go_on_at_the_ends() {
        // Whole periods: a loop of all of it is a tone without an end.
        let frames = 4410;
        let sound = tone(1000.0, 44_100, frames);
        let expected = tone(1000.0, 22_050, frames / 2);
        let error = |looping| {
            let (found, _) = resampled(&sound, WIDE, RateRatio::new(44_100, 22_050), looping);
            (0..2205).map(|n| (WIDE.sample(&found, n) - WIDE.sample(&expected, n)).abs()).fold(0.0, f64::max)
        };
        assert!(error(Some(SampleLoop { start: 0, end: frames })) < 100.0);
        assert!(error(None) > 1e6, "without a loop, silence is around it");
    }
}
