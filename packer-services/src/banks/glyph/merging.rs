//! Which colors of a bank become which others, so that its tiles fit palettes (decision: colors are merged, not
//! quantized).
//!
//! A color only ever becomes another color of the bank, in all of its images, so that neighboring tiles and the frames
//! of an animation still match. Colors that nobody has to give up are unchanged. Everything is computed in integers and
//! in a fixed order, so the same bank gives the same colors on every machine. Colors are numbers here, in the order in
//! which the bank has them.
//!
//! What a replacement changes is the number of pixels times how different the two colors look. There are three steps:
//!
//! 1. A bank cannot have more colors than its palettes have room for. While it has, the color whose replacement by a
//!    similar one changes least is replaced.
//! 2. While tiles have too many colors, two of their colors become one: the pair that changes least for each tile with
//!    too many colors that has both.
//! 3. If the palettes are too many, colors are replaced as in step 1, as few as are enough.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::formats::{Rgb, Rgb565};

/// How far around a color others are looked for in the cube of all colors, in steps of the console's red and blue,
/// before all are looked at. Where there are many colors, one is nearer; where there are few, looking at all is faster.
const NEAR_STEPS: i32 = 4;

/// No color.
const NONE: u32 = u32::MAX;

/// A color of a bank's tiles, as the console stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankColor {
    /// The color.
    pub stored: Rgb565,
    /// How many pixels have it.
    pub pixels: u64,
    /// What it may become.
    pub role: ColorRole,
}

/// What may become of a color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorRole {
    /// It may become another color, and others may become it.
    Free,
    /// It is kept, and others may become it: it is declared, or an image has it that cannot be changed.
    Kept,
    /// It is kept, and no other color may become it: such pixels would be transparent somewhere.
    Key,
}

/// Colors that share a palette: those of a tile, or those of all tiles that are drawn with one declared palette, and of
/// that palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColorLimit {
    /// The numbers of the colors.
    pub colors: BTreeSet<u32>,
    /// How many there may be.
    pub most: usize,
}

/// What each color becomes, by number: itself if it is kept. `None` if colors that are kept are in the way, or `stop`
/// returned true. At most `most_free` of those that are free are left, each limit is met, and the result `is_enough`.
pub fn merge_colors(
    colors: &[BankColor],
    limits: &[ColorLimit],
    most_free: usize,
    stop: &dyn Fn() -> bool,
    is_enough: &mut dyn FnMut(&[u32]) -> bool,
) -> Option<Vec<u32>> {
    let mut merger = Merger::new(colors);
    merger.merge_nearest(most_free, stop)?;
    merger.meet_limits(limits, stop)?;
    let met = merger.merges.len();
    if is_enough(&merger.result(met)) {
        return Some(merger.result(met));
    }
    // If it cannot go on, as much as was possible may be enough.
    let _ = merger.merge_nearest(0, stop);
    // The least number of merges that is enough is above `too_few`, and at most `enough`.
    let (mut too_few, mut enough) = (met, merger.merges.len());
    if stop() || too_few == enough || !is_enough(&merger.result(enough)) {
        return None;
    }
    while too_few + 1 < enough {
        let middle = usize::midpoint(too_few, enough);
        if is_enough(&merger.result(middle)) {
            enough = middle;
        } else {
            too_few = middle;
        }
        if stop() {
            return None;
        }
    }
    Some(merger.result(enough))
}

/// Colors that are being merged.
struct Merger {
    /// As the console shows them.
    shown: Vec<Rgb>,
    stored: Vec<Rgb565>,
    pixels: Vec<u64>,
    role: Vec<ColorRole>,
    /// The colors that did not become others.
    live: BTreeSet<u32>,
    /// The number of each live color, by how it is stored.
    cube: Vec<u32>,
    /// Which color became which, in this order.
    merges: Vec<(u32, u32)>,
}

impl Merger {
    fn new(colors: &[BankColor]) -> Self {
        let mut cube = vec![NONE; 1 << 16];
        for (number, color) in (0u32..).zip(colors) {
            cube[usize::from(color.stored.0)] = number;
        }
        Self {
            shown: colors.iter().map(|color| color.stored.to_rgb()).collect(),
            stored: colors.iter().map(|color| color.stored).collect(),
            pixels: colors.iter().map(|color| color.pixels).collect(),
            role: colors.iter().map(|color| color.role).collect(),
            live: (0u32..).zip(colors).map(|(number, _)| number).collect(),
            cube,
            merges: Vec::new(),
        }
    }

    /// What each color becomes after so many merges.
    fn result(&self, merges: usize) -> Vec<u32> {
        let mut into: Vec<u32> = (0u32..).zip(&self.shown).map(|(number, _)| number).collect();
        // What a color became may have become another one later.
        for (from, to) in self.merges[..merges].iter().rev() {
            into[*from as usize] = into[*to as usize];
        }
        into
    }

    fn is_free(&self, color: u32) -> bool {
        self.role[color as usize] == ColorRole::Free
    }

    /// Whether `from`, which is free, may become `to`. Of two free colors the one on fewer pixels becomes the other.
    fn may_become(&self, from: u32, to: u32) -> bool {
        let (few, many) = (self.pixels[from as usize], self.pixels[to as usize]);
        match self.role[to as usize] {
            ColorRole::Kept => true,
            ColorRole::Key => false,
            ColorRole::Free => many > few || (many == few && to < from),
        }
    }

    /// What it changes if a color becomes another.
    fn cost(&self, from: u32, to: u32) -> u64 {
        self.pixels[from as usize] * u64::from(self.shown[from as usize].difference(self.shown[to as usize]))
    }

    fn merge(&mut self, from: u32, to: u32) {
        self.live.remove(&from);
        self.cube[usize::from(self.stored[from as usize].0)] = NONE;
        self.pixels[to as usize] += self.pixels[from as usize];
        self.merges.push((from, to));
    }

    /// The most similar color that a free one may become; of equal ones the first.
    fn nearest(&self, from: u32) -> Option<u32> {
        let shown = self.shown[from as usize];
        let key = |to: u32| (shown.difference(self.shown[to as usize]), to);
        let Rgb565(stored) = self.stored[from as usize];
        let [red, green, blue] = [stored >> 11, (stored >> 5) & 0x3F, stored & 0x1F].map(i32::from);
        let mut best: Option<(u32, u32)> = None;
        for step in 1..=NEAR_STEPS {
            for r in (red - step).max(0)..=(red + step).min(31) {
                for g in (green - 2 * step).max(0)..=(green + 2 * step).min(63) {
                    for b in (blue - step).max(0)..=(blue + step).min(31) {
                        // What is in a smaller cube was seen.
                        let is_seen =
                            (r - red).abs() < step && (g - green).abs() <= 2 * (step - 1) && (b - blue).abs() < step;
                        let to = self.cube[((r << 11) | (g << 5) | b).unsigned_abs() as usize];
                        if !is_seen && to != NONE && to != from && self.may_become(from, to) {
                            best = Some(best.map_or(key(to), |best| best.min(key(to))));
                        }
                    }
                }
            }
            // Everything further away differs more.
            let outside = Rgb::least_difference(step.unsigned_abs() + 1, 2 * step.unsigned_abs() + 1);
            if let Some((difference, to)) = best
                && difference < outside
            {
                return Some(to);
            }
        }
        let others = self.live.iter().copied().filter(|to| *to != from && self.may_become(from, *to));
        others.map(key).min().map(|(_, to)| to)
    }

    /// Replaces colors by similar ones until at most so many are free; `None` if that is not possible.
    fn merge_nearest(&mut self, most: usize, stop: &dyn Fn() -> bool) -> Option<()> {
        let free: Vec<u32> = self.live.iter().copied().filter(|color| self.is_free(*color)).collect();
        let mut count = free.len();
        if count <= most {
            return Some(());
        }
        let queued = |merger: &Self, from: u32| {
            let to = merger.nearest(from)?;
            Some(Reverse((merger.cost(from, to), from, to, merger.pixels[from as usize])))
        };
        let mut queue: BinaryHeap<_> = free.iter().filter_map(|from| queued(self, *from)).collect();
        while count > most {
            if stop() {
                return None;
            }
            let Some(Reverse((_, from, to, pixels))) = queue.pop() else {
                // Colors that could not become any other may become one that has grown since.
                queue.extend(
                    self.live.iter().filter(|from| self.is_free(**from)).filter_map(|from| queued(self, *from)),
                );
                if queue.is_empty() {
                    return None;
                }
                continue;
            };
            if !self.live.contains(&from) || pixels != self.pixels[from as usize] {
                continue;
            }
            if !self.live.contains(&to) {
                queue.extend(queued(self, from));
                continue;
            }
            self.merge(from, to);
            count -= 1;
            if self.is_free(to) {
                queue.extend(queued(self, to));
            }
        }
        Some(())
    }

    /// Replaces colors until each limit is met; `None` if that is not possible.
    fn meet_limits(&mut self, limits: &[ColorLimit], stop: &dyn Fn() -> bool) -> Option<()> {
        let into = self.result(self.merges.len());
        let now = |limit: &ColorLimit| ColorLimit {
            colors: limit.colors.iter().map(|color| into[*color as usize]).collect(),
            most: limit.most,
        };
        let mut limits: Vec<ColorLimit> = limits.iter().map(now).filter(ColorLimit::is_exceeded).collect();
        let mut shared = SharedLimits::new(self, &limits);
        limits.iter().for_each(|limit| shared.count(limit, true));
        while limits.iter().any(ColorLimit::is_exceeded) {
            if stop() {
                return None;
            }
            let (from, to) = self.cheapest(&shared)?;
            self.merge(from, to);
            for limit in limits.iter_mut().filter(|limit| limit.colors.contains(&from)) {
                let was_exceeded = limit.is_exceeded();
                if was_exceeded {
                    shared.count(limit, false);
                }
                limit.colors.remove(&from);
                limit.colors.insert(to);
                if was_exceeded && limit.is_exceeded() {
                    shared.count(limit, true);
                }
            }
        }
        Some(())
    }

    /// The pair that changes least for each exceeded limit that has both: what becomes what.
    fn cheapest(&self, shared: &SharedLimits) -> Option<(u32, u32)> {
        let mut best: Option<(u64, u64, (u32, u32))> = None;
        let live: Vec<u32> = shared.colors.iter().copied().filter(|color| self.live.contains(color)).collect();
        for from in live.iter().copied().filter(|from| self.is_free(*from)) {
            for to in live.iter().copied() {
                let limits = shared.of(from, to);
                if limits == 0 || !self.may_become(from, to) {
                    continue;
                }
                let cost = self.cost(from, to);
                if best.is_none_or(|(least, for_limits, _)| cost * for_limits < least * limits) {
                    best = Some((cost, limits, (from, to)));
                }
            }
        }
        best.map(|(.., pair)| pair)
    }
}

impl ColorLimit {
    fn is_exceeded(&self) -> bool {
        self.colors.len() > self.most
    }
}

/// How many exceeded limits have both of two colors.
struct SharedLimits {
    /// The colors of the limits.
    colors: Vec<u32>,
    /// The position of each color in `colors`.
    at: Vec<usize>,
    counts: Vec<u32>,
}

impl SharedLimits {
    fn new(merger: &Merger, limits: &[ColorLimit]) -> Self {
        let colors: BTreeSet<u32> = limits.iter().flat_map(|limit| limit.colors.iter().copied()).collect();
        let colors: Vec<u32> = colors.into_iter().collect();
        let mut at = vec![0; merger.shown.len()];
        colors.iter().enumerate().for_each(|(position, color)| at[*color as usize] = position);
        Self { at, counts: vec![0; colors.len() * colors.len()], colors }
    }

    fn of(&self, a: u32, b: u32) -> u64 {
        u64::from(self.counts[self.at[a as usize] * self.colors.len() + self.at[b as usize]])
    }

    /// Counts a limit, or takes it back.
    fn count(&mut self, limit: &ColorLimit, is_added: bool) {
        for a in &limit.colors {
            for b in limit.colors.iter().filter(|b| *b != a) {
                let count = &mut self.counts[self.at[*a as usize] * self.colors.len() + self.at[*b as usize]];
                *count = if is_added { *count + 1 } else { *count - 1 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(level: u8, pixels: u64) -> BankColor {
        BankColor { stored: Rgb([level; 3]).to_565(), pixels, role: ColorRole::Free }
    }

    fn tile(colors: &[u32], most: usize) -> ColorLimit {
        ColorLimit { colors: colors.iter().copied().collect(), most }
    }

    fn merged(colors: &[BankColor], limits: &[ColorLimit]) -> Option<Vec<u32>> {
        merge_colors(colors, limits, usize::MAX, &|| false, &mut |_| true)
    }

    #[test]
    fn only_tiles_with_too_many_change() {
        let colors = [gray(0, 90), gray(80, 9), gray(88, 1), gray(160, 50), gray(168, 1)];
        // The last two are as similar, but no tile has to give one up.
        assert_eq!(merged(&colors, &[tile(&[0, 1, 2], 2), tile(&[3, 4], 2)]), Some(vec![0, 1, 1, 3, 4]));
        assert_eq!(merged(&colors, &[tile(&[0, 1, 2], 3)]), Some(vec![0, 1, 2, 3, 4]));
    }

    #[test]
    fn pairs_of_several_tiles_are_preferred() {
        let colors = [gray(0, 90), gray(64, 5), gray(80, 6), gray(160, 4), gray(176, 5)];
        let alone = [tile(&[0, 1, 2, 3, 4], 4)];
        assert_eq!(merged(&colors, &alone), Some(vec![0, 1, 2, 4, 4]));
        let both = [tile(&[0, 1, 2, 3, 4], 4), tile(&[0, 1, 2], 2)];
        assert_eq!(merged(&colors, &both), Some(vec![0, 2, 2, 3, 4]));
    }

    #[test]
    fn kept_colors_and_keys_stay() {
        let role = |color: BankColor, role| BankColor { role, ..color };
        let colors = [role(gray(80, 1), ColorRole::Kept), gray(88, 500), role(gray(96, 900), ColorRole::Key)];
        assert_eq!(merged(&colors, &[tile(&[0, 1], 1)]), Some(vec![0, 0, 2]));
        assert_eq!(merged(&colors, &[tile(&[1, 2], 1)]), None);
        assert_eq!(merged(&colors, &[tile(&[0, 2], 1)]), None);
    }

    #[test]
    fn as_few_are_merged_as_are_enough() {
        let colors: Vec<BankColor> = (0..30).map(|n| gray(8 * n, u64::from(n) + 1)).collect();
        let count = |into: &[u32]| into.iter().collect::<BTreeSet<_>>().len();
        for most in 1..30 {
            let into = merge_colors(&colors, &[], usize::MAX, &|| false, &mut |into| count(into) <= most).unwrap();
            assert_eq!(count(&into), most);
            assert!(into.iter().all(|to| into[*to as usize] == *to), "{into:?}");
            let room = merge_colors(&colors, &[], most, &|| false, &mut |_| true).unwrap();
            assert_eq!(room, into, "room for {most}");
        }
        assert_eq!(merge_colors(&colors, &[], usize::MAX, &|| false, &mut |_| false), None);
        assert_eq!(merge_colors(&colors, &[], 1, &|| true, &mut |_| true), None);
    }

    /// The search near a color finds the same as a look at all colors.
    #[test]
    fn nearest_color_is_found() {
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let stored: BTreeSet<u16> = (0..3000).map(|_| u16::try_from(random()).unwrap()).collect();
        let colors: Vec<BankColor> = stored
            .into_iter()
            .map(|stored| BankColor { stored: Rgb565(stored), pixels: u64::from(random() % 50), role: ColorRole::Free })
            .collect();
        let merger = Merger::new(&colors);
        for from in merger.live.iter().copied() {
            let others = merger.live.iter().copied().filter(|to| *to != from && merger.may_become(from, *to));
            let expected =
                others.min_by_key(|to| (merger.shown[from as usize].difference(merger.shown[*to as usize]), *to));
            assert_eq!(merger.nearest(from), expected, "{from}");
        }
    }
}
