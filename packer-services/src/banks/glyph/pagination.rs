//! Few palettes for many tiles: the pagination problem, bin packing of sets that may share elements.
//!
//! The heuristic is Overload-and-Remove of Grange, Kacem and Martin, "Algorithms for the pagination problem, a bin
//! packing with overlapping items" (arXiv 1605.00558, 2016–2018; decision: palettes by pagination). Everything is
//! computed in integers and in a fixed order, so the same sets give the same pages on every machine. Colors are plain
//! numbers here.
//!
//! | in the paper | here |
//! |---|---|
//! | symbol | color: a number below `Pagination::colors` |
//! | tile | item: a [`ColorSet`], the colors of at least one tile of the bank |
//! | page | `Page`, which becomes a palette |
//! | capacity | `capacity` of a new page, `Page::room` of any |
//! | size of a tile, volume of a page | `len` of the set, `Page::volume` |
//! | multiplicity of a symbol on a page | `Page::counts` |
//! | relative size of a tile on a page | `Page::relative_size`, of one more copy of the item, in parts of `UNIT` |
//! | efficiency: size by relative size | compared in `Pagination::least_efficient`, as products |
//! | pages that a tile was removed from | `forbidden` in `Pagination::overload_and_remove` |
//! | decantation | `Pagination::dissolve_pages`, which moves items only if that saves their whole page |
//!
//! Not in the paper: pages that already exist ([`FixedPage`]), whose colors cost nothing and never leave; several
//! orders of the items; and the lower bound that ends the search.

use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};

/// Shuffled orders that are tried besides the three sorted ones. The heuristic depends on the order of the items, and
/// the result with the fewest pages wins. On 382 sheets of the packages in `docs/real-art.md`, without shuffles 19 need
/// more pages than with 96; with 12 shuffles 8 need one page more, with 48 one does. A sheet that does not reach the
/// lower bound costs every order, so doubling the shuffles doubles its time.
const SHUFFLES: u64 = 12;

/// A search without a result gives up after this many steps: looks at one color of an item on one page. They take less
/// than a second. Banks of 1024 tiles that were drawn in 40 to 64 known palettes, the hardest that were tried, took at
/// most 14 million steps to a result.
const HOPELESS_STEPS: u64 = 40_000_000;

/// The relative size of a color that no other item of the page has.
const UNIT: u64 = 1 << 32;

/// A set of colors, each a number below the count of all.
pub type ColorSet = BTreeSet<usize>;

/// A page that already exists: it keeps its colors.
#[derive(Clone, Debug, Default)]
pub struct FixedPage {
    /// The colors that it keeps.
    pub colors: ColorSet,
    /// How many more fit.
    pub room: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// First the fixed pages with the colors added to them, then new ones.
    pub pages: Vec<ColorSet>,
    /// Whether they cover all items. If not, there are as many as may be, and they cover some.
    pub is_complete: bool,
}

/// Pages that cover all `items`, each of which has at most `capacity` colors: first the `fixed` pages with the colors
/// added to them, then as few new pages as were found. There are at most `most` pages. Once `stop` returns true, the
/// search ends early with a useless result.
///
/// The search gives up once it is certain that `most` pages are too few, or after [`HOPELESS_STEPS`] without a result.
/// It counts steps, not time, so it gives up at the same point on every machine.
pub fn find_pages(
    items: &[ColorSet],
    fixed: &[FixedPage],
    capacity: usize,
    most: usize,
    stop: &dyn Fn() -> bool,
) -> Pages {
    let items = maximal_items(items, fixed);
    let colors = items.iter().chain(fixed.iter().map(|page| &page.colors)).flatten().max().map_or(0, |most| most + 1);
    let steps = Cell::new(0);
    let problem = Pagination { items: &items, fixed, capacity, colors, most, steps: &steps, stop };
    let fewest = problem.lower_bound();
    let mut best: Option<Vec<ColorSet>> = None;
    for order in problem.orders() {
        if stop() || fewest > most || best.as_ref().is_some_and(|best| best.len() <= fewest) {
            break;
        }
        // Once there is a result, other orders only improve it.
        if best.is_none() && steps.get() > HOPELESS_STEPS {
            break;
        }
        let attempt = problem.overload_and_remove(&order, best.is_none());
        if let Some(attempt) = attempt.filter(|attempt| attempt.len() <= most)
            && best.as_ref().is_none_or(|best| attempt.len() < best.len())
        {
            best = Some(attempt);
        }
    }
    match best {
        Some(pages) => Pages { pages, is_complete: true },
        None => Pages { pages: problem.some_pages(), is_complete: false },
    }
}

/// The items that are part of no other item and of no fixed page, each once. Whatever covers these covers all.
fn maximal_items(items: &[ColorSet], fixed: &[FixedPage]) -> Vec<ColorSet> {
    let mut seen = BTreeSet::new();
    let is_covered = |item: &ColorSet| item.is_empty() || fixed.iter().any(|page| item.is_subset(&page.colors));
    let distinct: Vec<&ColorSet> = items.iter().filter(|item| !is_covered(item) && seen.insert(*item)).collect();
    let is_in_another =
        |item: &ColorSet| distinct.iter().any(|other| other.len() > item.len() && item.is_subset(other));
    distinct.iter().filter(|item| !is_in_another(item)).map(|item| (*item).clone()).collect()
}

struct Pagination<'p> {
    items: &'p [ColorSet],
    fixed: &'p [FixedPage],
    capacity: usize,
    colors: usize,
    /// The most pages.
    most: usize,
    /// Steps so far.
    steps: &'p Cell<u64>,
    stop: &'p dyn Fn() -> bool,
}

/// A page that is being filled.
#[derive(Clone, Debug)]
struct Page {
    /// How many of the items have each color.
    counts: Vec<u32>,
    is_fixed: Vec<bool>,
    /// Colors besides the fixed ones.
    volume: usize,
    /// Colors that fit besides the fixed ones.
    room: usize,
    items: Vec<usize>,
}

impl Page {
    fn new(fixed: Option<&FixedPage>, room: usize, colors: usize) -> Self {
        let mut is_fixed = vec![false; colors];
        fixed.into_iter().flat_map(|page| &page.colors).for_each(|color| is_fixed[*color] = true);
        Self { counts: vec![0; colors], is_fixed, volume: 0, room, items: Vec::new() }
    }

    fn has(&self, color: usize) -> bool {
        self.is_fixed[color] || self.counts[color] > 0
    }

    /// How many colors of `item` it lacks.
    fn lacking(&self, item: &ColorSet) -> usize {
        item.iter().filter(|color| !self.has(**color)).count()
    }

    /// The share of the page that `item` would take if it were added: a color that several items have costs each of
    /// them only a part.
    fn relative_size(&self, item: &ColorSet) -> u64 {
        let share = |color: &usize| if self.is_fixed[*color] { 0 } else { UNIT / u64::from(self.counts[*color] + 1) };
        item.iter().map(share).sum()
    }

    fn add_item(&mut self, number: usize, item: &ColorSet) {
        self.volume += self.lacking(item);
        item.iter().for_each(|color| self.counts[*color] += 1);
        self.items.push(number);
    }

    fn remove_item(&mut self, number: usize, item: &ColorSet) {
        self.items.retain(|other| *other != number);
        item.iter().for_each(|color| self.counts[*color] -= 1);
        self.volume -= self.lacking(item);
    }

    fn is_overloaded(&self) -> bool {
        self.volume > self.room
    }

    fn colors(&self) -> ColorSet {
        (0..self.counts.len()).filter(|color| self.has(*color)).collect()
    }
}

impl Pagination<'_> {
    /// A number of pages below which no cover goes: all colors need room, and items of which no two fit on one page
    /// need one page each. It does not count beyond one more than `most`.
    fn lower_bound(&self) -> usize {
        let known: ColorSet = self.fixed.iter().flat_map(|page| &page.colors).copied().collect();
        let new: ColorSet = self.items.iter().flatten().filter(|color| !known.contains(color)).copied().collect();
        let room: usize = self.fixed.iter().map(|page| page.room).sum();
        let by_colors = new.len().saturating_sub(room).div_ceil(self.capacity.max(1));
        let fits = |item: &ColorSet, page: &FixedPage| item.difference(&page.colors).count() <= page.room;
        let mut apart: Vec<&ColorSet> = Vec::new();
        for item in self.items.iter().filter(|item| !self.fixed.iter().any(|page| fits(item, page))) {
            if self.fixed.len() + apart.len() > self.most {
                break;
            }
            if apart.iter().all(|other| other.union(item).count() > self.capacity) {
                apart.push(item);
            }
        }
        self.fixed.len() + by_colors.max(apart.len())
    }

    /// Pages for some of the items: each goes to the first page that has room for it.
    fn some_pages(&self) -> Vec<ColorSet> {
        let mut pages: Vec<Page> = self.fixed_pages();
        for (number, item) in self.items.iter().enumerate() {
            let has_room = |page: &Page| page.volume + page.lacking(item) <= page.room;
            let at = pages.iter().position(has_room).or_else(|| {
                (pages.len() < self.most).then(|| {
                    pages.push(Page::new(None, self.capacity, self.colors));
                    pages.len() - 1
                })
            });
            at.into_iter().for_each(|at| pages[at].add_item(number, item));
        }
        pages.iter().map(Page::colors).collect()
    }

    fn fixed_pages(&self) -> Vec<Page> {
        self.fixed.iter().map(|page| Page::new(Some(page), page.room, self.colors)).collect()
    }

    /// The orders to try: the largest items first, as given, by color, and fixed shuffles.
    fn orders(&self) -> Vec<Vec<usize>> {
        let given: Vec<usize> = (0..self.items.len()).collect();
        let mut largest = given.clone();
        largest.sort_by_key(|item| std::cmp::Reverse(self.items[*item].len()));
        let mut by_color = given.clone();
        by_color.sort_by(|a, b| self.items[*a].cmp(&self.items[*b]));
        let mut orders = vec![largest, given.clone(), by_color];
        orders.extend((1..=SHUFFLES).map(|seed| shuffled(given.clone(), seed)));
        orders
    }

    /// The pages of one order; `None` if it was stopped, or, with `may_give_up`, if it takes too many steps.
    fn overload_and_remove(&self, order: &[usize], may_give_up: bool) -> Option<Vec<ColorSet>> {
        let mut pages = self.fixed_pages();
        // The pages that each item was removed from. It never returns to them, so the loop ends.
        let mut forbidden = vec![ColorSet::new(); self.items.len()];
        let mut queue: VecDeque<usize> = order.iter().copied().collect();
        while let Some(item) = queue.pop_front() {
            if (self.stop)() || may_give_up && self.steps.get() > HOPELESS_STEPS {
                return None;
            }
            let set = &self.items[item];
            self.steps.set(self.steps.get() + (set.len() * pages.len()) as u64);
            let open = (0..pages.len()).filter(|page| !forbidden[item].contains(page));
            let best = open.map(|page| (pages[page].relative_size(set), page)).min();
            let at = match best.filter(|(size, _)| *size < set.len() as u64 * UNIT) {
                Some((_, page)) => page,
                None => {
                    pages.push(Page::new(None, self.capacity, self.colors));
                    pages.len() - 1
                }
            };
            pages[at].add_item(item, set);
            while pages[at].is_overloaded() {
                let Some(worst) = self.least_efficient(&pages[at]) else { break };
                pages[at].remove_item(worst, &self.items[worst]);
                forbidden[worst].insert(at);
                queue.push_back(worst);
            }
        }
        // A page whose items are all equally efficient is still overloaded. Its items are placed again, where they fit.
        let mut unplaced = Vec::new();
        for page in pages.iter_mut().filter(|page| page.is_overloaded()) {
            for item in page.items.clone() {
                page.remove_item(item, &self.items[item]);
                unplaced.push(item);
            }
        }
        unplaced.sort_by_key(|item| (std::cmp::Reverse(self.items[*item].len()), *item));
        for item in unplaced {
            if !self.place_on_best_page(&mut pages, item, None) {
                let mut page = Page::new(None, self.capacity, self.colors);
                page.add_item(item, &self.items[item]);
                pages.push(page);
            }
        }
        self.dissolve_pages(&mut pages);
        Some(pages.iter().map(Page::colors).collect())
    }

    /// The item with the fewest colors for its relative size; `None` if all are equal.
    fn least_efficient(&self, page: &Page) -> Option<usize> {
        let sizes = |item: &usize| (self.items[*item].len() as u64, page.relative_size(&self.items[*item]).max(1));
        let cmp = |a: &&usize, b: &&usize| {
            let ((len_a, size_a), (len_b, size_b)) = (sizes(a), sizes(b));
            (u128::from(len_a) * u128::from(size_b)).cmp(&(u128::from(len_b) * u128::from(size_a)))
        };
        self.steps
            .set(self.steps.get() + page.items.iter().map(|item| 4 * self.items[*item].len() as u64).sum::<u64>());
        let worst = page.items.iter().min_by(cmp)?;
        let best = page.items.iter().max_by(cmp)?;
        (cmp(&worst, &best) != std::cmp::Ordering::Equal).then_some(*worst)
    }

    /// The page, other than `not`, that lacks the fewest of the item's colors and has room for them.
    fn best_page(&self, pages: &[Page], item: usize, not: Option<usize>) -> Option<usize> {
        let fits = (0..pages.len()).filter(|page| Some(*page) != not).filter_map(|page| {
            let lacking = pages[page].lacking(&self.items[item]);
            (pages[page].volume + lacking <= pages[page].room).then_some((lacking, page))
        });
        fits.min().map(|(_, page)| page)
    }

    /// Puts the item on its best page; false if it has none.
    fn place_on_best_page(&self, pages: &mut [Page], item: usize, not: Option<usize>) -> bool {
        let page = self.best_page(pages, item, not);
        page.into_iter().for_each(|page| pages[page].add_item(item, &self.items[item]));
        page.is_some()
    }

    /// Moves all items of a page to other pages, if they fit there, until no page can be saved that way.
    fn dissolve_pages(&self, pages: &mut Vec<Page>) {
        while !(self.stop)() {
            let mut candidates: Vec<usize> = (self.fixed.len()..pages.len()).collect();
            candidates.sort_by_key(|page| (pages[*page].volume, *page));
            let dissolved = candidates.into_iter().find_map(|at| {
                let mut items = pages[at].items.clone();
                items.sort_by_key(|item| (std::cmp::Reverse(self.items[*item].len()), *item));
                // Mostly not even the largest item fits elsewhere, and then no trial is needed.
                if items.first().is_some_and(|first| self.best_page(pages, *first, Some(at)).is_none()) {
                    return None;
                }
                let mut trial = pages.clone();
                items.into_iter().all(|item| self.place_on_best_page(&mut trial, item, Some(at))).then(|| {
                    trial.remove(at);
                    trial
                })
            });
            match dissolved {
                Some(fewer) => *pages = fewer,
                None => return,
            }
        }
    }
}

/// A shuffled order, always the same for a seed (xorshift).
fn shuffled(mut order: Vec<usize>, seed: u64) -> Vec<usize> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for last in (1..order.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bound = last as u64 + 1;
        order.swap(last, usize::try_from(state % bound).unwrap_or(0));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(colors: &[usize]) -> ColorSet {
        colors.iter().copied().collect()
    }

    /// The pages of a search that is neither stopped nor hopeless.
    fn pages_of(items: &[ColorSet], fixed: &[FixedPage], capacity: usize) -> Vec<ColorSet> {
        let found = find_pages(items, fixed, capacity, 64, &|| false);
        assert!(found.is_complete);
        found.pages
    }

    fn covers(pages: &[ColorSet], items: &[ColorSet]) -> bool {
        items.iter().all(|item| pages.iter().any(|page| item.is_subset(page)))
    }

    #[test]
    fn similar_items_share_a_page() {
        let items = [set(&[0, 1, 2]), set(&[3, 4, 5]), set(&[0, 1, 3]), set(&[4, 5, 2])];
        let pages = pages_of(&items, &[], 4);
        assert!(covers(&pages, &items));
        assert_eq!(pages.len(), 2, "{pages:?}");
    }

    #[test]
    fn first_fit_trap_is_avoided() {
        // Best fit in the given order puts {0,1} and {2,3} together, and then needs three pages.
        let items = [set(&[0, 1]), set(&[2, 3]), set(&[0, 1, 4, 5]), set(&[2, 3, 6, 7])];
        assert_eq!(pages_of(&items, &[], 4).len(), 2);
    }

    #[test]
    fn fixed_pages_keep_their_colors() {
        let fixed = [FixedPage { colors: set(&[0, 1]), room: 1 }, FixedPage { colors: set(&[2]), room: 0 }];
        let items = [set(&[0, 1, 5]), set(&[2]), set(&[2, 6])];
        let pages = pages_of(&items, &fixed, 3);
        assert_eq!(pages, [set(&[0, 1, 5]), set(&[2]), set(&[2, 6])]);
    }

    #[test]
    fn no_items_need_no_page() {
        assert!(pages_of(&[], &[], 15).is_empty());
        assert!(pages_of(&[set(&[])], &[], 15).len() <= 1);
    }

    #[test]
    fn random_items_are_covered_within_capacity() {
        let mut state = 7u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from((state >> 33) % bound).unwrap()
        };
        for _ in 0..60 {
            let capacity = 3 + next(6);
            let items: Vec<ColorSet> =
                (0..next(60)).map(|_| (0..=next(capacity as u64)).map(|_| next(30)).collect()).collect();
            let fixed: Vec<FixedPage> = (0..next(3))
                .map(|_| FixedPage { colors: (0..next(5)).map(|_| next(30)).collect(), room: next(4) })
                .collect();
            let pages = pages_of(&items, &fixed, capacity);
            assert!(covers(&pages, &items));
            for (at, page) in pages.iter().enumerate() {
                let (kept, most) = fixed.get(at).map_or((ColorSet::new(), capacity), |fixed| {
                    (fixed.colors.clone(), fixed.colors.len() + fixed.room)
                });
                assert!(kept.is_subset(page) && page.len() <= most);
            }
            assert_eq!(pages, pages_of(&items, &fixed, capacity));
        }
    }

    /// `count` sets of `len` of `colors` colors, as random as a test needs.
    fn random_sets(count: usize, len: usize, colors: usize) -> Vec<ColorSet> {
        let mut state = 11u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % colors
        };
        let mut random_set = || {
            let mut set = ColorSet::new();
            while set.len() < len {
                set.insert(next());
            }
            set
        };
        (0..count).map(|_| random_set()).collect()
    }

    #[test]
    fn too_many_pages_are_never_searched() {
        let steps = Cell::new(0);
        let full = vec![FixedPage { colors: (2000..2015).collect(), room: 0 }; 64];
        for (items, fixed) in [
            (random_sets(1024, 15, 960), full.as_slice()),
            (random_sets(1024, 15, 200), &[]),
            (random_sets(1, 1, 1), full.as_slice()),
        ] {
            let problem = Pagination {
                items: &items,
                fixed,
                capacity: 15,
                colors: 2015,
                most: 64,
                steps: &steps,
                stop: &|| false,
            };
            assert!(problem.lower_bound() > 64);
            let found = find_pages(&items, fixed, 15, 64, &|| false);
            assert!(!found.is_complete && found.pages.len() <= 64);
        }
    }

    #[test]
    fn hopeless_search_ends_after_fixed_steps() {
        // No lower bound shows that these need more than 64 pages.
        let items = random_sets(1024, 8, 60);
        let steps = Cell::new(0);
        let problem = Pagination {
            items: &items,
            fixed: &[],
            capacity: 15,
            colors: 60,
            most: 64,
            steps: &steps,
            stop: &|| false,
        };
        assert!(problem.lower_bound() <= 64);
        let order = problem.orders().swap_remove(0);
        assert!(problem.overload_and_remove(&order, true).is_none());
        assert_eq!(problem.some_pages().len(), 64);
        assert!(steps.get() < HOPELESS_STEPS + 1_000_000, "{}", steps.get());
    }
}
