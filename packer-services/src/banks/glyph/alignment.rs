//! Which index a color gets in new palettes: the same one in all of them, where possible. Then it hardly matters which
//! of two palettes draws a tile, and a later change of one palette changes no tile that the other draws.
//!
//! Colors that share a palette need different indices, so this is graph coloring. The order is that of DSATUR (Brélaz,
//! 1979): first the color whose neighbors leave it the fewest indices.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::formats::{DRAWN_COLORS, Rgb565};

/// The colors of a palette from index 1 on; position 0 is index 1.
pub type ColorRow = Vec<Rgb565>;

/// The new palettes' colors in order. `existing` palettes keep theirs. Colors in `shared`, of which tiles fit several
/// palettes, come first: each gets one position in all palettes. Every other color gets the position that it wishes for
/// if that is free, colors with an author's position before others. A position that remains empty repeats a color that
/// other palettes have there.
pub fn order_colors(
    existing: &[ColorRow],
    new: &[BTreeSet<Rgb565>],
    shared: &BTreeSet<Rgb565>,
    wishes: &BTreeMap<Rgb565, Wish>,
) -> Vec<ColorRow> {
    let common = common_positions(existing, new, shared, wishes);
    let placed: Vec<RowWithGaps> = new.iter().map(|colors| place_colors(colors, &common, wishes)).collect();
    let colors_at = |position: usize| -> Vec<Rgb565> {
        let common = common.iter().filter(|(_, at)| **at == position).map(|(color, _)| *color);
        let existing = existing.iter().filter_map(|row| row.get(position).copied());
        common.chain(existing).chain(placed.iter().filter_map(|row| row[position])).collect()
    };
    let fillers: Vec<Vec<Rgb565>> = (0..DRAWN_COLORS).map(colors_at).collect();
    placed.iter().map(|row| fill_gaps(*row, &fillers, &common)).collect()
}

/// Where a color would be if it were alone. Of two wishes the lesser one comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    /// Whether it is only the color's turn, and no author chose the position.
    pub is_turn: bool,
    /// The position.
    pub position: usize,
}

/// The colors of a palette from index 1 on, some of them still open.
type RowWithGaps = [Option<Rgb565>; DRAWN_COLORS];

/// Puts colors with a common position there, then the others where they wish, or where there is room.
fn place_colors(
    colors: &BTreeSet<Rgb565>,
    common: &BTreeMap<Rgb565, usize>,
    wishes: &BTreeMap<Rgb565, Wish>,
) -> RowWithGaps {
    let mut row = [None; DRAWN_COLORS];
    let mut others = Vec::new();
    for color in colors {
        match common.get(color) {
            Some(at) if row[*at].is_none() => row[*at] = Some(*color),
            _ => others.push(*color),
        }
    }
    others.sort_by_key(|color| (wishes.get(color).copied(), *color));
    for color in others {
        let free = wishes.get(&color).map(|wish| wish.position).filter(|at| row[*at].is_none());
        if let Some(at) = free.or_else(|| row.iter().position(Option::is_none)) {
            row[at] = Some(color);
        }
    }
    row
}

/// The palette without gaps. A gap takes a color that others have at this position and at no other, or else the last
/// color.
fn fill_gaps(mut row: RowWithGaps, fillers: &[Vec<Rgb565>], common: &BTreeMap<Rgb565, usize>) -> ColorRow {
    while let Some(last) = row.iter().rposition(Option::is_some)
        && let Some(gap) = row[..last].iter().position(Option::is_none)
    {
        let fits = |color: &&Rgb565| !row.contains(&Some(**color)) && common.get(*color).is_none_or(|at| *at == gap);
        row[gap] = match fillers[gap].iter().find(fits) {
            Some(color) => Some(*color),
            None => row[last].take(),
        };
    }
    row.into_iter().flatten().collect()
}

/// The one position of each shared color: where an existing palette has it first, else one that no other shared color
/// of its palettes has. A color for which there is none is left out.
fn common_positions(
    existing: &[ColorRow],
    new: &[BTreeSet<Rgb565>],
    shared: &BTreeSet<Rgb565>,
    wishes: &BTreeMap<Rgb565, Wish>,
) -> BTreeMap<Rgb565, usize> {
    let mut common = BTreeMap::new();
    for row in existing {
        for (at, color) in row.iter().enumerate() {
            common.entry(*color).or_insert(at);
        }
    }
    let mut neighbors: BTreeMap<Rgb565, BTreeSet<Rgb565>> = BTreeMap::new();
    for colors in new {
        let counts = || colors.iter().filter(|color| shared.contains(*color) || common.contains_key(*color));
        for color in counts() {
            neighbors.entry(*color).or_default().extend(counts().filter(|other| *other != color));
        }
    }
    let mut open: BTreeSet<Rgb565> = neighbors.keys().filter(|color| !common.contains_key(color)).copied().collect();
    loop {
        let taken = |color: &Rgb565| -> BTreeSet<usize> {
            neighbors[color].iter().filter_map(|other| common.get(other).copied()).collect()
        };
        let next = open.iter().map(|color| (taken(color), *color)).max_by_key(|(taken, color)| {
            (taken.len(), neighbors[color].len(), Reverse(wishes.get(color)), Reverse(*color))
        });
        let Some((taken, color)) = next else { return common };
        open.remove(&color);
        let is_free = |at: &usize| !taken.contains(at);
        let wish = wishes.get(&color);
        // A color whose turn it is leaves the positions that authors gave to others of its palettes.
        let is_turn = wish.is_none_or(|wish| wish.is_turn);
        let authored = new.iter().filter(|colors| is_turn && colors.contains(&color)).flatten();
        let authored = authored.filter_map(|other| wishes.get(other)).filter(|wish| !wish.is_turn);
        let wanted: BTreeSet<usize> = authored.map(|wish| wish.position).collect();
        let is_left = |at: &usize| is_free(at) && !wanted.contains(at);
        let free = wish.map(|wish| wish.position).filter(is_left);
        let free = free.or_else(|| (0..DRAWN_COLORS).find(is_left)).or_else(|| (0..DRAWN_COLORS).find(is_free));
        if let Some(at) = free {
            common.insert(color, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(colors: &[u16]) -> BTreeSet<Rgb565> {
        colors.iter().map(|color| Rgb565(*color)).collect()
    }

    fn row(colors: &[u16]) -> ColorRow {
        colors.iter().map(|color| Rgb565(*color)).collect()
    }

    fn authored(position: usize) -> Wish {
        Wish { is_turn: false, position }
    }

    #[test]
    fn shared_colors_have_one_index() {
        let new = [set(&[1, 2, 3]), set(&[3, 4]), set(&[4, 1])];
        let rows = order_colors(&[], &new, &set(&[1, 3, 4]), &BTreeMap::new());
        let index = |row: usize, color: u16| rows[row].iter().position(|other| *other == Rgb565(color)).unwrap();
        assert_eq!(index(0, 3), index(1, 3));
        assert_eq!(index(1, 4), index(2, 4));
        assert_eq!(index(0, 1), index(2, 1));
    }

    #[test]
    fn existing_palettes_decide_the_index() {
        let rows = order_colors(&[row(&[9, 8, 7])], &[set(&[7, 1])], &set(&[7]), &BTreeMap::new());
        assert_eq!(rows[0][2], Rgb565(7));
        assert_eq!(rows[0].len(), 3);
        assert!(rows[0].contains(&Rgb565(1)));
    }

    #[test]
    fn gaps_repeat_colors_of_other_palettes() {
        let rows = order_colors(&[row(&[9, 8, 7])], &[set(&[7])], &set(&[7]), &BTreeMap::new());
        assert_eq!(rows[0], row(&[9, 8, 7]));
    }

    #[test]
    fn free_author_indices_are_kept() {
        let wishes = BTreeMap::from([(Rgb565(5), authored(1)), (Rgb565(6), authored(0))]);
        assert_eq!(order_colors(&[], &[set(&[5, 6])], &set(&[]), &wishes)[0], row(&[6, 5]));
    }

    #[test]
    fn authored_indices_come_before_turns() {
        let turn = |position| Wish { is_turn: true, position };
        let wishes = BTreeMap::from([(Rgb565(5), turn(0)), (Rgb565(6), authored(0)), (Rgb565(7), authored(1))]);
        let new = [set(&[5, 6, 7]), set(&[5, 8])];
        for shared in [set(&[]), set(&[5])] {
            assert_eq!(order_colors(&[], &new, &shared, &wishes)[0], row(&[6, 7, 5]), "{shared:?}");
        }
    }
}
