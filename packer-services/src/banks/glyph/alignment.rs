//! Which index a colour gets in new palettes: the same in all of them, as far as that goes. Then it matters little which of
//! two palettes a tile is drawn with, and a later change of one of them changes no tile of the other.
//!
//! Colours that share a palette need different indices, so this is the colouring of a graph; the order is DSATUR's (Brélaz,
//! 1979): first the colour whose neighbours leave it the fewest indices.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::formats::{DRAWN_COLOURS, Rgb565};

/// The colours of a palette from index 1 on.
pub type Row = Vec<Rgb565>;

/// Gives the colours of each of `new` an index each, beside the rows that are settled already. Those in `shared` count: tiles
/// of them fit several palettes. Of the others, each gets the index that it wishes if that is free. An index that remains
/// without a colour repeats a shared one.
pub fn align(
    settled: &[Row],
    new: &[BTreeSet<Rgb565>],
    shared: &BTreeSet<Rgb565>,
    wishes: &BTreeMap<Rgb565, usize>,
) -> Vec<Row> {
    let homes = homes(settled, new, shared, wishes);
    let placed: Vec<Places> = new.iter().map(|colours| placed(colours, &homes, wishes)).collect();
    let here = |index: usize| -> Vec<Rgb565> {
        let at_home = homes.iter().filter(|(_, home)| **home == index).map(|(colour, _)| *colour);
        let settled = settled.iter().filter_map(|row| row.get(index).copied());
        at_home.chain(settled).chain(placed.iter().filter_map(|row| row[index])).collect()
    };
    let fillers: Vec<Vec<Rgb565>> = (0..DRAWN_COLOURS).map(here).collect();
    placed.iter().map(|row| filled(*row, &fillers, &homes)).collect()
}

/// The colours of a palette from index 1 on, with gaps.
type Places = [Option<Rgb565>; DRAWN_COLOURS];

/// Shared colours at home, then the others at the index that they wish, else where there is room.
fn placed(colours: &BTreeSet<Rgb565>, homes: &BTreeMap<Rgb565, usize>, wishes: &BTreeMap<Rgb565, usize>) -> Places {
    let mut row = [None; DRAWN_COLOURS];
    let mut homeless = Vec::new();
    for colour in colours {
        match homes.get(colour) {
            Some(at) if row[*at].is_none() => row[*at] = Some(*colour),
            _ => homeless.push(*colour),
        }
    }
    homeless.sort_by_key(|colour| (wishes.get(colour).copied(), *colour));
    for colour in homeless {
        let wish = wishes.get(&colour).copied().filter(|at| row[*at].is_none());
        if let Some(at) = wish.or_else(|| row.iter().position(Option::is_none)) {
            row[at] = Some(colour);
        }
    }
    row
}

/// The palette without gaps: one takes a colour that others have at this index and at no other; else the last one moves in.
fn filled(mut row: Places, fillers: &[Vec<Rgb565>], homes: &BTreeMap<Rgb565, usize>) -> Row {
    while let Some(last) = row.iter().rposition(Option::is_some)
        && let Some(gap) = row[..last].iter().position(Option::is_none)
    {
        let fills =
            |colour: &&Rgb565| !row.contains(&Some(**colour)) && homes.get(*colour).is_none_or(|home| *home == gap);
        row[gap] = match fillers[gap].iter().find(fills) {
            Some(colour) => Some(*colour),
            None => row[last].take(),
        };
    }
    row.into_iter().flatten().collect()
}

/// The one index of each shared colour: where a settled row has it first, else one that no other shared colour of its
/// palettes has; a colour that finds none has no home.
fn homes(
    settled: &[Row],
    new: &[BTreeSet<Rgb565>],
    shared: &BTreeSet<Rgb565>,
    wishes: &BTreeMap<Rgb565, usize>,
) -> BTreeMap<Rgb565, usize> {
    let mut homes = BTreeMap::new();
    for row in settled {
        for (at, colour) in row.iter().enumerate() {
            homes.entry(*colour).or_insert(at);
        }
    }
    let mut neighbours: BTreeMap<Rgb565, BTreeSet<Rgb565>> = BTreeMap::new();
    for colours in new {
        let counts = || colours.iter().filter(|colour| shared.contains(*colour) || homes.contains_key(*colour));
        for colour in counts() {
            neighbours.entry(*colour).or_default().extend(counts().filter(|other| *other != colour));
        }
    }
    let mut open: BTreeSet<Rgb565> = neighbours.keys().filter(|colour| !homes.contains_key(colour)).copied().collect();
    loop {
        let taken = |colour: &Rgb565| -> BTreeSet<usize> {
            neighbours[colour].iter().filter_map(|other| homes.get(other).copied()).collect()
        };
        let next = open.iter().map(|colour| (taken(colour), *colour)).max_by_key(|(taken, colour)| {
            (taken.len(), neighbours[colour].len(), Reverse(wishes.get(colour)), Reverse(*colour))
        });
        let Some((taken, colour)) = next else { return homes };
        open.remove(&colour);
        let free = |at: &usize| !taken.contains(at);
        let wish = wishes.get(&colour).copied().filter(free);
        if let Some(at) = wish.or_else(|| (0..DRAWN_COLOURS).find(free)) {
            homes.insert(colour, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(colours: &[u16]) -> BTreeSet<Rgb565> {
        colours.iter().map(|colour| Rgb565(*colour)).collect()
    }

    fn settled(colours: &[u16]) -> Row {
        colours.iter().map(|colour| Rgb565(*colour)).collect()
    }

    #[test]
    fn a_colour_of_two_palettes_has_one_index() {
        let rows = align(&[], &[set(&[1, 2, 3]), set(&[3, 4]), set(&[4, 1])], &set(&[1, 3, 4]), &BTreeMap::new());
        let index = |row: usize, colour: u16| rows[row].iter().position(|other| *other == Rgb565(colour)).unwrap();
        assert_eq!(index(0, 3), index(1, 3));
        assert_eq!(index(1, 4), index(2, 4));
        assert_eq!(index(0, 1), index(2, 1));
    }

    #[test]
    fn a_settled_palette_says_where_its_colours_go() {
        let rows = align(&[settled(&[9, 8, 7])], &[set(&[7, 1])], &set(&[7]), &BTreeMap::new());
        assert_eq!(rows[0][2], Rgb565(7));
        assert_eq!(rows[0].len(), 3);
        assert!(rows[0].contains(&Rgb565(1)));
    }

    #[test]
    fn a_gap_repeats_a_colour_that_stands_there_elsewhere() {
        let rows = align(&[settled(&[9, 8, 7])], &[set(&[7])], &set(&[7]), &BTreeMap::new());
        assert_eq!(rows[0], settled(&[9, 8, 7]));
    }

    #[test]
    fn an_authors_index_is_kept_where_it_is_free() {
        let wishes = BTreeMap::from([(Rgb565(5), 1), (Rgb565(6), 0)]);
        assert_eq!(align(&[], &[set(&[5, 6])], &set(&[]), &wishes)[0], settled(&[6, 5]));
    }
}
