//! `sound/effects` and `sound/ambience`: small synthesizers.
//!
//! They use only additions, multiplications, divisions and rounding, so that every machine computes the same samples.

use crate::canvas::Xorshift;

/// The rate of the effects.
pub const EFFECTS_RATE: u32 = 22_050;

/// The rate of the ambience: wind has no high frequencies.
pub const AMBIENCE_RATE: u32 = 11_025;

/// Oversampling of the effects: pulses are averaged over this many steps per frame, so that their edges do not alias.
const OVERSAMPLING: u32 = 8;

/// A sine with a period of one turn, by a polynomial.
fn sine(turns: f64) -> f64 {
    let phase = turns - turns.floor();
    // Fold to a quarter of a turn on either side of zero.
    let x = if phase < 0.25 {
        phase
    } else if phase < 0.75 {
        0.5 - phase
    } else {
        phase - 1.0
    };
    let a = x * std::f64::consts::TAU;
    let a2 = a * a;
    a * (1.0 - a2 / 6.0 * (1.0 - a2 / 20.0 * (1.0 - a2 / 42.0 * (1.0 - a2 / 72.0))))
}

fn triangle(turns: f64) -> f64 {
    let phase = turns - turns.floor();
    if phase < 0.5 { 4.0 * phase - 1.0 } else { 3.0 - 4.0 * phase }
}

/// A pulse wave without direct current.
fn pulse(turns: f64, duty: f64) -> f64 {
    let phase = turns - turns.floor();
    (if phase < duty { 1.0 } else { -1.0 }) - (2.0 * duty - 1.0)
}

fn noise(rng: &mut Xorshift) -> f64 {
    f64::from(rng.below(65_536)) / 32_768.0 - 1.0
}

/// From `from` to `to` while `t` goes from 0 to 1.
fn mix(from: f64, to: f64, t: f64) -> f64 {
    from + (to - from) * t.clamp(0.0, 1.0)
}

/// A fast rise and a fall, which is linear at `bend` 1 and steeper above; `t` is from 0 to 1.
fn pluck(t: f64, rise: f64, bend: u8) -> f64 {
    let fall = (1.0 - t).clamp(0.0, 1.0);
    (0..bend).fold((t / rise).clamp(0.0, 1.0), |level, _| level * fall)
}

/// Frames of a number of milliseconds.
fn frames(rate: u32, milliseconds: u32) -> u32 {
    rate * milliseconds / 1000
}

/// Renders a sound: `step` gets the progress from 0 to 1 and the length of one step in seconds.
fn render(milliseconds: u32, mut step: impl FnMut(f64, f64) -> f64) -> Vec<f64> {
    let length = frames(EFFECTS_RATE, milliseconds);
    let dt = 1.0 / f64::from(EFFECTS_RATE * OVERSAMPLING);
    (0..length)
        .map(|frame| {
            let sum: f64 = (0..OVERSAMPLING)
                .map(|part| step(f64::from(frame * OVERSAMPLING + part) / f64::from(length * OVERSAMPLING), dt))
                .sum();
            sum / f64::from(OVERSAMPLING)
        })
        .collect()
}

/// Removes direct current, scales the peak to `peak`, and fades both ends to zero.
fn finish(mut wave: Vec<f64>, peak: f64, rate: u32) -> Vec<i16> {
    let (mut before, mut out) = (0.0, 0.0);
    for sample in &mut wave {
        out = *sample - before + 0.995 * out;
        before = *sample;
        *sample = out;
    }
    let length = wave.len();
    let (open, close) = (usize::try_from(frames(rate, 1)).unwrap_or(1), usize::try_from(frames(rate, 8)).unwrap_or(1));
    let part = |n: usize, of: usize| {
        let part = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        (part(n) / part(of)).min(1.0)
    };
    for (n, sample) in wave.iter_mut().enumerate() {
        *sample *= part(n, open) * part(length - 1 - n, close);
    }
    normalized(&wave, peak)
}

/// 16-bit samples, scaled so that the highest is `peak` of full scale.
fn normalized(wave: &[f64], peak: f64) -> Vec<i16> {
    let highest = wave.iter().fold(0.0f64, |high, sample| high.max(sample.abs())).max(1e-9);
    wave.iter()
        .map(|sample| {
            let value = (sample / highest * peak * 32_767.0).round().clamp(-32_767.0, 32_767.0);
            #[expect(clippy::cast_possible_truncation, reason = "rounded and clamped to the range just above")]
            let value = value as i16;
            value
        })
        .collect()
}

/// A hop: a pulse that slides up and thins out.
#[must_use]
pub fn jump() -> Vec<i16> {
    let mut turns = 0.0;
    let wave = render(230, |t, dt| {
        turns += dt * mix(190.0, 620.0, t * (1.6 - 0.6 * t));
        let body = pulse(turns, mix(0.5, 0.2, t)) * 0.7 + triangle(turns * 0.5) * 0.4;
        body * pluck(t, 0.03, 1)
    });
    finish(wave, 0.60, EFFECTS_RATE)
}

/// A drop of oil is picked up: three rising notes like glass.
#[must_use]
pub fn pickup() -> Vec<i16> {
    const LENGTH: f64 = 0.46;
    // Start in seconds, pitch in hertz, weight.
    let notes = [(0.0, 987.77, 0.8), (0.07, 1_318.51, 0.9), (0.14, 1_975.53, 1.0)];
    let wave = render(460, |t, _| {
        let seconds = t * LENGTH;
        notes
            .iter()
            .filter(|(start, ..)| seconds >= *start)
            .map(|(start, pitch, weight)| {
                let age = seconds - start;
                let ring = pluck(age / (LENGTH - start), 0.01, if *weight < 1.0 { 4 } else { 2 });
                let partials = sine(age * pitch) + 0.35 * sine(age * pitch * 2.005) + 0.16 * sine(age * pitch * 3.01);
                partials * ring * weight
            })
            .sum()
    });
    finish(wave, 0.62, EFFECTS_RATE)
}

/// A hit: noise that darkens over a falling thump.
#[must_use]
pub fn hit() -> Vec<i16> {
    let mut rng = Xorshift::new(31);
    let (mut turns, mut held, mut soft, mut clock) = (0.0, 0.0, 0.0, 1.0);
    let wave = render(280, |t, dt| {
        turns += dt * mix(260.0, 52.0, t * (2.0 - t));
        // Noise that gets coarser and darker.
        clock += dt * mix(9_000.0, 1_200.0, t * 1.5);
        if clock >= 1.0 {
            clock -= 1.0;
            held = noise(&mut rng);
        }
        soft += (held - soft) * mix(0.5, 0.05, t * 1.4);
        soft * pluck(t * 1.15, 0.008, 2)
            + 0.9 * triangle(turns) * pluck(t, 0.01, 2)
            + 0.25 * pulse(turns * 1.5, 0.5) * pluck(t * 1.6, 0.01, 2)
    });
    finish(wave, 0.72, EFFECTS_RATE)
}

/// A boot on gravel: two soft grains.
#[must_use]
pub fn step() -> Vec<i16> {
    let mut rng = Xorshift::new(77);
    let (mut turns, mut low, mut lower) = (0.0, 0.0, 0.0);
    let wave = render(110, |t, dt| {
        turns += dt * mix(150.0, 70.0, t);
        low += (noise(&mut rng) - low) * 0.16;
        lower += (low - lower) * 0.05;
        let grains = pluck(t * 2.4, 0.03, 2) + 0.8 * pluck((t - 0.38) * 1.7, 0.05, 3);
        (low - lower) * grains * 2.2 + 0.5 * triangle(turns) * pluck(t * 1.4, 0.05, 2)
    });
    finish(wave, 0.40, EFFECTS_RATE)
}

/// A selection in a menu: two short tones. To be stored with 8 bits.
#[must_use]
pub fn blip() -> Vec<i16> {
    let mut turns = 0.0;
    let wave = render(110, |t, dt| {
        let (pitch, age) = if t < 0.4 { (659.26, t / 0.4) } else { (987.77, (t - 0.4) / 0.6) };
        turns += dt * pitch;
        pulse(turns, 0.25) * pluck(age, 0.06, 1)
    });
    finish(wave, 0.45, EFFECTS_RATE)
}

/// A lantern is lit: a strike, a rush of air and a warm tone.
#[must_use]
pub fn ignite() -> Vec<i16> {
    let mut rng = Xorshift::new(5);
    let (mut low, mut band, mut crackle, mut turns) = (0.0, 0.0, 0.0, 0.0);
    let wave = render(540, |t, dt| {
        let hiss = noise(&mut rng);
        let open = mix(0.03, 0.16, t * 3.0) * mix(1.0, 0.25, (t - 0.3) * 1.6);
        low += (hiss - low) * open;
        band += (low - band) * 0.03;
        if rng.below(9_000) == 0 {
            crackle = 0.9;
        }
        crackle *= 0.995;
        let breath = (t / 0.18).min(1.0) * (t / 0.18).min(1.0) * pluck((t + 0.001 - 0.12).max(0.001), 0.001, 2);
        turns += dt * mix(196.0, 294.0, t * 2.5);
        let tone = sine(turns) + 0.4 * sine(turns * 2.0) + 0.2 * sine(turns * 3.0);
        let strike = hiss * pluck(t * 14.0, 0.04, 2) * 0.5;
        let warm = tone * (t / 0.3).min(1.0) * pluck(t, 0.01, 1);
        strike + (low - band) * breath * 2.2 + crackle * hiss * (1.0 - t) * 0.4 + warm * 0.5
    });
    finish(wave, 0.60, EFFECTS_RATE)
}

/// A night wind over a humming lantern, and its loop: start and exclusive end in frames.
///
/// Everything in it has a period of the loop's length, so that the loop point cannot be heard.
#[must_use]
pub fn night() -> (Vec<i16>, (u32, u32)) {
    let length = AMBIENCE_RATE * 2;
    let seconds = |n: u32| f64::from(n) / f64::from(AMBIENCE_RATE);
    // Wind: periodic noise through two filters, run several times around until they are stable.
    let mut rng = Xorshift::new(9);
    let air: Vec<f64> = (0..length).map(|_| noise(&mut rng)).collect();
    let mut wind = vec![0.0; air.len()];
    let (mut one, mut two, mut base) = (0.0, 0.0, 0.0);
    for _ in 0..3 {
        for ((n, air), wind) in (0..).zip(&air).zip(&mut wind) {
            let gust = 0.5 + 0.5 * sine(seconds(n) * 0.5 - 0.25);
            let open = mix(0.04, 0.11, gust);
            one += (air - one) * open;
            two += (one - two) * open;
            base += (two - base) * 0.006;
            *wind = (two - base) * mix(0.55, 1.0, gust);
        }
    }
    let wave: Vec<f64> = (0..length)
        .zip(&wind)
        .map(|(n, wind)| {
            let t = seconds(n);
            let swell = 1.0 + 0.12 * sine(t * 4.0) + 0.08 * sine(t * 1.5 + 0.2);
            let hum = (sine(t * 98.0) + 0.5 * sine(t * 196.0 + 0.1) + 0.22 * sine(t * 294.5)) * swell;
            // Two crickets, far away: bursts of four pulses.
            let cricket = |start: f64, pitch: f64| {
                let age = t - start;
                let pulse = (age * 26.0) - (age * 26.0).floor();
                if (0.0..4.0 / 26.0).contains(&age) {
                    sine(age * pitch) * sine(pulse * 0.5).max(0.0) * sine(pulse * 0.5).max(0.0)
                } else {
                    0.0
                }
            };
            let crickets = cricket(0.30, 3_410.0)
                + cricket(0.95, 3_410.0)
                + cricket(1.58, 3_410.0)
                + 0.5 * cricket(0.62, 3_870.0)
                + 0.5 * cricket(1.72, 3_870.0);
            wind * 2.4 + hum * 0.10 + crickets * 0.075
        })
        .collect();
    // The loop starts where the wave crosses zero softly, and a short fade-in leads to it.
    let size = wave.len();
    let at = |n: usize| wave[n % size];
    let calm = |n: usize| (size - 6..size + 6).map(|near| at(n + near).abs()).sum::<f64>() + 8.0 * at(n).abs();
    let loop_point = (0..size)
        .filter(|&n| at(n + size - 1) < 0.0 && at(n) >= 0.0)
        .min_by(|&a, &b| calm(a).total_cmp(&calm(b)))
        .unwrap_or(0);
    let intro = frames(AMBIENCE_RATE, 250);
    let lead = usize::try_from(intro).unwrap_or(0);
    let whole: Vec<f64> = (0..)
        .take(lead + size)
        .map(|n: u32| {
            let place = usize::try_from(n).unwrap_or(0);
            let rise = mix(0.0, 1.0, f64::from(n) / f64::from(intro));
            at(loop_point + 2 * size + place - lead) * rise * rise
        })
        .collect();
    (normalized(&whole, 0.34), (intro, intro + length))
}
