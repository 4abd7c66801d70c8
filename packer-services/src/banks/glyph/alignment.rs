//! Which index a colour gets in new palettes: the same in all of them, as far as that goes. Then it matters little which of
//! two palettes a tile is drawn with, and a later change of one of them changes no tile of the other.
//!
//! Colours that share a palette need different indices, so this is the colouring of a graph; the order is DSATUR's (Brélaz,
//! 1979): first the colour whose neighbours leave it the fewest indices.

use std::collections::{BTreeMap, BTreeSet};

use crate::formats::{PALETTE_COLOURS, Rgb565};

/// The colours of a palette from index 1 on.
pub type Row = Vec<Rgb565>;

/// Gives the colours of each of `new` an index each, beside the rows that are settled already. An index that remains
/// without a colour repeats what another row has there.
pub fn align(settled: &[Row], new: &[BTreeSet<Rgb565>], wishes: &BTreeMap<Rgb565, usize>) -> Vec<Row> {
    let mut home = settled_homes(settled);
    colour_graph(&mut home, new, wishes);
    let mut rows: Vec<Vec<Option<Rgb565>>> = Vec::new();
    for colours in new {
        let mut row = vec![None; PALETTE_COLOURS - 1];
        let mut homeless = Vec::new();
        for colour in colours {
            match home.get(colour) {
                Some(at) if row[*at].is_none() => row[*at] = Some(*colour),
                _ => homeless.push(*colour),
            }
        }
        for colour in homeless {
            if let Some(free) = row.iter_mut().find(|place| place.is_none()) {
                *free = Some(colour);
            }
        }
        rows.push(row);
    }
    let here = |index: usize| -> Vec<Rgb565> {
        let settled = settled.iter().filter_map(|row| row.get(index).copied());
        settled.chain(rows.iter().filter_map(|row| row[index])).collect()
    };
    let fillers: Vec<Vec<Rgb565>> = (0..PALETTE_COLOURS - 1).map(here).collect();
    rows.into_iter().map(|row| filled(row, &fillers)).collect()
}

/// The row without gaps: one repeats a colour that another row has there and this one lacks; else its last colour moves in.
fn filled(mut row: Vec<Option<Rgb565>>, fillers: &[Vec<Rgb565>]) -> Row {
    while let Some(last) = row.iter().rposition(Option::is_some)
        && let Some(gap) = row[..last].iter().position(Option::is_none)
    {
        let filler = fillers[gap].iter().find(|colour| !row.contains(&Some(**colour)));
        row[gap] = match filler {
            Some(colour) => Some(*colour),
            None => row[last].take(),
        };
    }
    row.into_iter().flatten().collect()
}

/// Where the settled rows have a colour first.
fn settled_homes(settled: &[Row]) -> BTreeMap<Rgb565, usize> {
    let mut home = BTreeMap::new();
    for row in settled {
        for (at, colour) in row.iter().enumerate() {
            home.entry(*colour).or_insert(at);
        }
    }
    home
}

/// Gives every colour of `new` that has no home yet one, if its neighbours leave one free.
fn colour_graph(home: &mut BTreeMap<Rgb565, usize>, new: &[BTreeSet<Rgb565>], wishes: &BTreeMap<Rgb565, usize>) {
    let mut neighbours: BTreeMap<Rgb565, BTreeSet<Rgb565>> = BTreeMap::new();
    for colours in new {
        for colour in colours {
            neighbours.entry(*colour).or_default().extend(colours.iter().filter(|other| *other != colour));
        }
    }
    let mut open: BTreeSet<Rgb565> = neighbours.keys().filter(|colour| !home.contains_key(colour)).copied().collect();
    loop {
        let taken = |colour: &Rgb565| -> BTreeSet<usize> {
            neighbours[colour].iter().filter_map(|other| home.get(other).copied()).collect()
        };
        let next = open.iter().map(|colour| (taken(colour), *colour)).max_by_key(|(taken, colour)| {
            (taken.len(), neighbours[colour].len(), std::cmp::Reverse(wishes.get(colour)), std::cmp::Reverse(*colour))
        });
        let Some((taken, colour)) = next else { return };
        open.remove(&colour);
        let free = |at: &usize| !taken.contains(at);
        let wish = wishes.get(&colour).copied().filter(free);
        if let Some(at) = wish.or_else(|| (0..PALETTE_COLOURS - 1).find(free)) {
            home.insert(colour, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(colours: &[u16]) -> BTreeSet<Rgb565> {
        colours.iter().map(|colour| Rgb565(*colour)).collect()
    }

    fn row(colours: &[u16]) -> Row {
        colours.iter().map(|colour| Rgb565(*colour)).collect()
    }

    #[test]
    fn a_colour_of_two_palettes_has_one_index() {
        let rows = align(&[], &[set(&[1, 2, 3]), set(&[3, 4]), set(&[4, 1])], &BTreeMap::new());
        let index = |row: usize, colour: u16| rows[row].iter().position(|other| *other == Rgb565(colour)).unwrap();
        assert_eq!(index(0, 3), index(1, 3));
        assert_eq!(index(1, 4), index(2, 4));
        assert_eq!(index(0, 1), index(2, 1));
    }

    #[test]
    fn a_settled_palette_says_where_its_colours_go() {
        let rows = align(&[row(&[9, 8, 7])], &[set(&[7, 1])], &BTreeMap::new());
        assert_eq!(rows[0][2], Rgb565(7));
        assert_eq!(rows[0].len(), 3);
        assert!(rows[0].contains(&Rgb565(1)));
    }

    #[test]
    fn a_gap_repeats_a_colour_that_stands_there_elsewhere() {
        let rows = align(&[row(&[9, 8, 7])], &[set(&[7])], &BTreeMap::new());
        assert_eq!(rows[0], row(&[9, 8, 7]));
    }

    #[test]
    fn an_authors_index_is_kept_where_it_is_free() {
        let wishes = BTreeMap::from([(Rgb565(5), 1), (Rgb565(6), 0)]);
        assert_eq!(align(&[], &[set(&[5, 6])], &wishes)[0], row(&[6, 5]));
    }
}
