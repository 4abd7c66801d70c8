//! Which index a color gets in new palettes: the same in all of them, as far as that goes. Then it matters little which of
//! two palettes a tile is drawn with, and a later change of one of them changes no tile of the other.
//!
//! Colors that share a palette need different indices, so this is the coloring of a graph; the order is DSATUR's (Brélaz,
//! 1979): first the color whose neighbors leave it the fewest indices.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::formats::{DRAWN_COLORS, Rgb565};

/// The colors of a palette from index 1 on.
pub type ColorRow = Vec<Rgb565>;

/// Gives the colors of each of `new` an index each, beside the rows that are settled already. Those in `shared` count: tiles
/// of them fit several palettes. Of the others, each gets the index that it wishes if that is free. An index that remains
/// without a color repeats a shared one.
pub fn align(
    settled: &[ColorRow],
    new: &[BTreeSet<Rgb565>],
    shared: &BTreeSet<Rgb565>,
    wishes: &BTreeMap<Rgb565, usize>,
) -> Vec<ColorRow> {
    let homes = homes(settled, new, shared, wishes);
    let placed: Vec<RowWithGaps> = new.iter().map(|colors| placed(colors, &homes, wishes)).collect();
    let here = |index: usize| -> Vec<Rgb565> {
        let at_home = homes.iter().filter(|(_, home)| **home == index).map(|(color, _)| *color);
        let settled = settled.iter().filter_map(|row| row.get(index).copied());
        at_home.chain(settled).chain(placed.iter().filter_map(|row| row[index])).collect()
    };
    let fillers: Vec<Vec<Rgb565>> = (0..DRAWN_COLORS).map(here).collect();
    placed.iter().map(|row| filled(*row, &fillers, &homes)).collect()
}

/// The colors of a palette from index 1 on, with gaps.
type RowWithGaps = [Option<Rgb565>; DRAWN_COLORS];

/// Shared colors at home, then the others at the index that they wish, else where there is room.
fn placed(colors: &BTreeSet<Rgb565>, homes: &BTreeMap<Rgb565, usize>, wishes: &BTreeMap<Rgb565, usize>) -> RowWithGaps {
    let mut row = [None; DRAWN_COLORS];
    let mut homeless = Vec::new();
    for color in colors {
        match homes.get(color) {
            Some(at) if row[*at].is_none() => row[*at] = Some(*color),
            _ => homeless.push(*color),
        }
    }
    homeless.sort_by_key(|color| (wishes.get(color).copied(), *color));
    for color in homeless {
        let wish = wishes.get(&color).copied().filter(|at| row[*at].is_none());
        if let Some(at) = wish.or_else(|| row.iter().position(Option::is_none)) {
            row[at] = Some(color);
        }
    }
    row
}

/// The palette without gaps: one takes a color that others have at this index and at no other; else the last one moves in.
fn filled(mut row: RowWithGaps, fillers: &[Vec<Rgb565>], homes: &BTreeMap<Rgb565, usize>) -> ColorRow {
    while let Some(last) = row.iter().rposition(Option::is_some)
        && let Some(gap) = row[..last].iter().position(Option::is_none)
    {
        let fills =
            |color: &&Rgb565| !row.contains(&Some(**color)) && homes.get(*color).is_none_or(|home| *home == gap);
        row[gap] = match fillers[gap].iter().find(fills) {
            Some(color) => Some(*color),
            None => row[last].take(),
        };
    }
    row.into_iter().flatten().collect()
}

/// The one index of each shared color: where a settled row has it first, else one that no other shared color of its
/// palettes has; a color that finds none has no home.
fn homes(
    settled: &[ColorRow],
    new: &[BTreeSet<Rgb565>],
    shared: &BTreeSet<Rgb565>,
    wishes: &BTreeMap<Rgb565, usize>,
) -> BTreeMap<Rgb565, usize> {
    let mut homes = BTreeMap::new();
    for row in settled {
        for (at, color) in row.iter().enumerate() {
            homes.entry(*color).or_insert(at);
        }
    }
    let mut neighbors: BTreeMap<Rgb565, BTreeSet<Rgb565>> = BTreeMap::new();
    for colors in new {
        let counts = || colors.iter().filter(|color| shared.contains(*color) || homes.contains_key(*color));
        for color in counts() {
            neighbors.entry(*color).or_default().extend(counts().filter(|other| *other != color));
        }
    }
    let mut open: BTreeSet<Rgb565> = neighbors.keys().filter(|color| !homes.contains_key(color)).copied().collect();
    loop {
        let taken = |color: &Rgb565| -> BTreeSet<usize> {
            neighbors[color].iter().filter_map(|other| homes.get(other).copied()).collect()
        };
        let next = open.iter().map(|color| (taken(color), *color)).max_by_key(|(taken, color)| {
            (taken.len(), neighbors[color].len(), Reverse(wishes.get(color)), Reverse(*color))
        });
        let Some((taken, color)) = next else { return homes };
        open.remove(&color);
        let free = |at: &usize| !taken.contains(at);
        let wish = wishes.get(&color).copied().filter(free);
        if let Some(at) = wish.or_else(|| (0..DRAWN_COLORS).find(free)) {
            homes.insert(color, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(colors: &[u16]) -> BTreeSet<Rgb565> {
        colors.iter().map(|color| Rgb565(*color)).collect()
    }

    fn settled(colors: &[u16]) -> ColorRow {
        colors.iter().map(|color| Rgb565(*color)).collect()
    }

    #[test]
    fn a_color_of_two_palettes_has_one_index() {
        let rows = align(&[], &[set(&[1, 2, 3]), set(&[3, 4]), set(&[4, 1])], &set(&[1, 3, 4]), &BTreeMap::new());
        let index = |row: usize, color: u16| rows[row].iter().position(|other| *other == Rgb565(color)).unwrap();
        assert_eq!(index(0, 3), index(1, 3));
        assert_eq!(index(1, 4), index(2, 4));
        assert_eq!(index(0, 1), index(2, 1));
    }

    #[test]
    fn a_settled_palette_says_where_its_colors_go() {
        let rows = align(&[settled(&[9, 8, 7])], &[set(&[7, 1])], &set(&[7]), &BTreeMap::new());
        assert_eq!(rows[0][2], Rgb565(7));
        assert_eq!(rows[0].len(), 3);
        assert!(rows[0].contains(&Rgb565(1)));
    }

    #[test]
    fn a_gap_repeats_a_color_that_stands_there_elsewhere() {
        let rows = align(&[settled(&[9, 8, 7])], &[set(&[7])], &set(&[7]), &BTreeMap::new());
        assert_eq!(rows[0], settled(&[9, 8, 7]));
    }

    #[test]
    fn an_authors_index_is_kept_where_it_is_free() {
        let wishes = BTreeMap::from([(Rgb565(5), 1), (Rgb565(6), 0)]);
        assert_eq!(align(&[], &[set(&[5, 6])], &set(&[]), &wishes)[0], settled(&[6, 5]));
    }
}
