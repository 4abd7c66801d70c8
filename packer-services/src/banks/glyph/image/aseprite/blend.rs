//! How a pixel is drawn over another one: the 19 blend modes of Aseprite, in its own arithmetic.
//!
//! Channels are integers 0…255. A product of two is rounded as [`multiply_un8`] does; a quotient is rounded to nearest,
//! and the difference of a color and its backdrop toward zero. Hue, saturation, color and luminosity are computed in
//! `f64`, from operations that are exact on every system, and truncated. Since version 1.3 a mode counts only as far as
//! the backdrop is opaque: over a clear pixel every mode is Normal.

/// Red, green, blue and straight alpha.
pub type Rgba = [u8; 4];

/// A blend mode.
#[derive(Clone, Copy, Debug)]
pub enum BlendMode {
    /// The color itself.
    Normal,
    /// Each channel by itself.
    Separable(fn(i32, i32) -> i32),
    /// All channels together: of the backdrop and the color.
    Together(fn([f64; 3], [f64; 3]) -> [f64; 3]),
}

impl BlendMode {
    /// The mode with this number in a file.
    pub fn of_file(number: u16) -> Option<Self> {
        Some(match number {
            0 => Self::Normal,
            1 => Self::Separable(multiply_un8),
            2 => Self::Separable(screen),
            3 => Self::Separable(|b, s| hard_light(s, b)),
            4 => Self::Separable(i32::min),
            5 => Self::Separable(i32::max),
            6 => Self::Separable(color_dodge),
            7 => Self::Separable(color_burn),
            8 => Self::Separable(hard_light),
            9 => Self::Separable(soft_light),
            10 => Self::Separable(|b, s| (b - s).abs()),
            11 => Self::Separable(|b, s| b + s - 2 * multiply_un8(b, s)),
            12 => Self::Together(|b, s| with_luminosity(with_saturation(s, saturation(b)), luminosity(b))),
            13 => Self::Together(|b, s| with_luminosity(with_saturation(b, saturation(s)), luminosity(b))),
            14 => Self::Together(|b, s| with_luminosity(s, luminosity(b))),
            15 => Self::Together(|b, s| with_luminosity(b, luminosity(s))),
            16 => Self::Separable(|b, s| (b + s).min(255)),
            17 => Self::Separable(|b, s| (b - s).max(0)),
            18 => Self::Separable(divide),
            _ => return None,
        })
    }

    /// `source` drawn over `backdrop` with this mode.
    pub fn blend(self, backdrop: Rgba, source: Rgba, opacity: u8) -> Rgba {
        let blended = match self {
            _ if backdrop[3] == 0 => return normal(backdrop, source, opacity),
            Self::Normal => return normal(backdrop, source, opacity),
            Self::Separable(channel) => {
                let [b, s] = [backdrop, source].map(|color| color.map(i32::from));
                [channel(b[0], s[0]), channel(b[1], s[1]), channel(b[2], s[2])].map(to_channel)
            }
            Self::Together(colors) => {
                let unit = |[r, g, b, _]: Rgba| [r, g, b].map(|channel| f64::from(channel) / 255.0);
                colors(unit(backdrop), unit(source)).map(|channel| truncated(255.0 * channel))
            }
        };
        let blended = normal(backdrop, [blended[0], blended[1], blended[2], source[3]], opacity);
        let opaque_part = i32::from(backdrop[3]);
        let drawn_part = multiply_un8(i32::from(source[3]), i32::from(opacity));
        let merged = merge(normal(backdrop, source, opacity), blended, opaque_part);
        merge(merged, blended, multiply_un8(opaque_part, drawn_part))
    }
}

/// `a × b ÷ 255`, rounded to nearest; `a` may be negative.
pub fn multiply_un8(a: i32, b: i32) -> i32 {
    let product = a * b + 0x80;
    ((product >> 8) + product) >> 8
}

/// `a ÷ b` as a part of 255, rounded to nearest.
fn divide_un8(a: i32, b: i32) -> i32 {
    (a * 255 + b / 2) / b
}

fn to_channel(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX)
}

/// The source over the backdrop.
fn normal(backdrop: Rgba, source: Rgba, opacity: u8) -> Rgba {
    let alpha = multiply_un8(i32::from(source[3]), i32::from(opacity));
    if backdrop[3] == 0 {
        return [source[0], source[1], source[2], to_channel(alpha)];
    }
    if source[3] == 0 {
        return backdrop;
    }
    let below = i32::from(backdrop[3]);
    let result_alpha = alpha + below - multiply_un8(below, alpha);
    let channel = |n: usize| {
        let (b, s) = (i32::from(backdrop[n]), i32::from(source[n]));
        to_channel(b + (s - b) * alpha / result_alpha)
    };
    [channel(0), channel(1), channel(2), to_channel(result_alpha)]
}

/// The way from one color to another, of which `part` of 255 is gone.
fn merge(from: Rgba, to: Rgba, part: i32) -> Rgba {
    let between = |n: usize| {
        let (from, to) = (i32::from(from[n]), i32::from(to[n]));
        to_channel(from + multiply_un8(to - from, part))
    };
    let alpha = between(3);
    let [r, g, b] = match (from[3], to[3]) {
        _ if alpha == 0 => [0; 3],
        (0, _) => [to[0], to[1], to[2]],
        (_, 0) => [from[0], from[1], from[2]],
        _ => [between(0), between(1), between(2)],
    };
    [r, g, b, alpha]
}

fn screen(b: i32, s: i32) -> i32 {
    b + s - multiply_un8(b, s)
}

fn hard_light(b: i32, s: i32) -> i32 {
    if s < 128 { multiply_un8(b, s << 1) } else { screen(b, (s << 1) - 255) }
}

fn divide(b: i32, s: i32) -> i32 {
    match b {
        0 => 0,
        b if b >= s => 255,
        b => divide_un8(b, s),
    }
}

fn color_dodge(b: i32, s: i32) -> i32 {
    divide(b, 255 - s)
}

fn color_burn(b: i32, s: i32) -> i32 {
    match 255 - b {
        0 => 255,
        rest if rest >= s => 0,
        rest => 255 - divide_un8(rest, s),
    }
}

fn soft_light(b: i32, s: i32) -> i32 {
    let [b, s] = [b, s].map(|channel| f64::from(channel) / 255.0);
    let lighter = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
    let result = if s <= 0.5 { b - (1.0 - 2.0 * s) * b * (1.0 - b) } else { b + (2.0 * s - 1.0) * (lighter - b) };
    i32::from(truncated(result * 255.0 + 0.5))
}

/// Without what follows the point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the colors are clipped to 0…255")]
fn truncated(value: f64) -> u8 {
    value as u8
}

fn luminosity([r, g, b]: [f64; 3]) -> f64 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn saturation([r, g, b]: [f64; 3]) -> f64 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// The color with this luminosity, moved toward gray as far as a channel would leave 0…1.
fn with_luminosity(color: [f64; 3], wanted: f64) -> [f64; 3] {
    let difference = wanted - luminosity(color);
    let color = color.map(|channel| channel + difference);
    let l = luminosity(color);
    let [r, g, b] = color;
    let (lowest, highest) = (r.min(g).min(b), r.max(g).max(b));
    let mut clipped = color;
    if lowest < 0.0 {
        clipped = clipped.map(|channel| l + (channel - l) * l / (l - lowest));
    }
    if highest > 1.0 {
        clipped = clipped.map(|channel| l + (channel - l) * (1.0 - l) / (highest - l));
    }
    clipped
}

/// The color with this saturation and 0 as its lowest channel.
fn with_saturation(color: [f64; 3], wanted: f64) -> [f64; 3] {
    let [r, g, b] = color;
    let lowest = r.min(g).min(b);
    let range = saturation(color);
    if range > 0.0 { color.map(|channel| (channel - lowest) * wanted / range) } else { [0.0; 3] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blend(mode: u16, backdrop: Rgba, source: Rgba, opacity: u8) -> Rgba {
        BlendMode::of_file(mode).unwrap().blend(backdrop, source, opacity)
    }

    /// A channel of an opaque gray over another one.
    fn channel(mode: u16, backdrop: u8, source: u8) -> u8 {
        let gray = |value: u8| [value, value, value, 255];
        let [r, g, b, alpha] = blend(mode, gray(backdrop), gray(source), 255);
        assert_eq!([g, b, alpha], [r, r, 255]);
        r
    }

    #[test]
    fn channels_blend_as_in_aseprite() {
        // 100 × 200 ÷ 255 = 78.4
        let expected =
            [(0, 200), (1, 78), (2, 222), (3, 157), (4, 100), (5, 200), (6, 255), (7, 57), (8, 188), (9, 134)];
        let more = [(10, 100), (11, 144), (16, 255), (17, 0), (18, 128)];
        for (mode, result) in expected.into_iter().chain(more) {
            assert_eq!(channel(mode, 100, 200), result, "mode {mode}");
        }
        // 50 ÷ 155 as a part of 255 is 82.3, and half of the divisor is added.
        assert_eq!(channel(6, 50, 100), 82);
        assert_eq!([channel(6, 0, 255), channel(7, 255, 0), channel(7, 254, 0)], [0, 255, 0]);
        assert_eq!(
            [channel(18, 0, 0), channel(18, 9, 0), channel(8, 100, 127), channel(8, 100, 128)],
            [0, 255, 100, 101]
        );
        assert_eq!([channel(9, 30, 60), channel(9, 60, 255)], [16, 124]);
    }

    #[test]
    fn hues_blend_as_in_aseprite() {
        let (backdrop, source) = ([100, 150, 200, 255], [200, 50, 50, 255]);
        assert_eq!(blend(12, backdrop, source, 255), [210, 110, 110, 255]);
        assert_eq!(blend(13, backdrop, source, 255), [79, 154, 229, 255]);
        assert_eq!(blend(14, backdrop, source, 255), [245, 95, 95, 255]);
        assert_eq!(blend(15, backdrop, source, 255), [54, 104, 154, 255]);
        // Without a hue, the luminosity of the backdrop is left: 140.5.
        assert_eq!(blend(12, backdrop, [9, 9, 9, 255], 255), [140, 140, 140, 255]);
    }

    #[test]
    fn differences_round_toward_zero() {
        let (backdrop, source) = ([100, 100, 100, 128], [200, 0, 0, 128]);
        assert_eq!(blend(0, backdrop, source, 255), [166, 34, 34, 192]);
        // 128 × 128 ÷ 255 = 64.25
        assert_eq!(blend(0, backdrop, source, 128), [140, 60, 60, 160]);
    }

    #[test]
    fn modes_need_a_backdrop() {
        for mode in 0..19 {
            assert_eq!(blend(mode, [9, 9, 9, 0], [200, 100, 50, 255], 128), [200, 100, 50, 128], "mode {mode}");
            assert_eq!(blend(mode, [9, 8, 7, 100], [200, 100, 50, 0], 255), [9, 8, 7, 100], "mode {mode}");
        }
        assert!(BlendMode::of_file(19).is_none());
    }

    #[test]
    fn no_channel_leaves_its_range() {
        let values = [0, 1, 63, 64, 127, 128, 129, 254, 255];
        for mode in 0..19 {
            for (b, s) in values.into_iter().flat_map(|b| values.map(|s| (b, s))) {
                let BlendMode::Separable(channel) = BlendMode::of_file(mode).unwrap() else { break };
                let result = channel(b, s);
                assert!((0..256).contains(&result), "mode {mode}: {b} {s} {result}");
            }
        }
    }
}
