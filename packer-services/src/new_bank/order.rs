//! The order of numbered files: `walk_2.png` comes before `walk_10.png`, although a shell lists it after it.

use std::collections::HashMap;
use std::path::PathBuf;

/// A file whose path contains numbers.
struct Numbered {
    /// Its place in the list.
    at: usize,
    path: String,
    /// The digits of each number in the path.
    numbers: Vec<String>,
}

impl Numbered {
    /// A key that compares numbers by value: without leading zeros, the longer number is the greater one.
    fn values(&self) -> Vec<(usize, &str)> {
        let without_zeros = self.numbers.iter().map(|digits| digits.trim_start_matches('0'));
        without_zeros.map(|digits| (digits.len(), digits)).collect()
    }
}

/// The files, with those whose paths differ only in their numbers in the order of these numbers, if they were in the
/// order in which a shell lists them, as text. Any other order was chosen by a person, and is kept.
pub(crate) fn in_number_order(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut series: HashMap<String, Vec<Numbered>> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        let Some(path) = file.to_str() else { continue };
        let (pattern, numbers) = split_numbers(path);
        series.entry(pattern).or_default().push(Numbered { at, path: path.to_owned(), numbers });
    }
    let mut ordered = files.to_vec();
    for mut series in series.into_values() {
        // Locales differ in whether a digit comes before a character such as `_`.
        let is_listed =
            series.is_sorted_by(|a, b| a.path <= b.path) || series.is_sorted_by(|a, b| a.numbers <= b.numbers);
        if !is_listed {
            continue;
        }
        let places: Vec<usize> = series.iter().map(|file| file.at).collect();
        series.sort_by(|a, b| a.values().cmp(&b.values()));
        for (place, file) in std::iter::zip(places, series) {
            ordered[place].clone_from(&files[file.at]);
        }
    }
    ordered
}

/// The path with a NUL, which no path contains, for each run of digits; and these runs.
fn split_numbers(path: &str) -> (String, Vec<String>) {
    let mut pattern = String::new();
    let mut numbers: Vec<String> = Vec::new();
    for c in path.chars() {
        if !c.is_ascii_digit() {
            pattern.push(c);
            continue;
        }
        if !pattern.ends_with('\0') {
            pattern.push('\0');
            numbers.push(String::new());
        }
        if let Some(number) = numbers.last_mut() {
            number.push(c);
        }
    }
    (pattern, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(files: &[&str]) -> Vec<String> {
        let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        in_number_order(&files).iter().map(|file| file.display().to_string()).collect()
    }

    #[test]
    fn numbers_sorted_as_text_are_reordered() {
        assert_eq!(
            ordered(&["w_1.png", "w_10.png", "w_11.png", "w_2.png"]),
            ["w_1.png", "w_2.png", "w_10.png", "w_11.png"]
        );
        // The C locale lists a letter or `_` after digits; others list `_` before them.
        assert_eq!(ordered(&["w10_a.png", "w1_a.png", "w2_a.png"]), ["w1_a.png", "w2_a.png", "w10_a.png"]);
        assert_eq!(ordered(&["w1_a.png", "w10_a.png", "w2_a.png"]), ["w1_a.png", "w2_a.png", "w10_a.png"]);
    }

    #[test]
    fn each_series_keeps_its_places() {
        assert_eq!(
            ordered(&["a/walk1", "a/walk10", "a/walk2", "idle.png", "a/run1", "a/run10", "a/run9"]),
            ["a/walk1", "a/walk2", "a/walk10", "idle.png", "a/run1", "a/run9", "a/run10"]
        );
    }

    #[test]
    fn order_of_a_person_is_kept() {
        for files in [
            &["w_10.png", "w_2.png", "w_1.png"][..],
            &["w_2.png", "w_10.png", "w_1.png"],
            &["b.png", "a.png"],
            &["w_002.png", "w_010.png"],
            &["d2/w_1.png", "d1/w_2.png"],
        ] {
            assert_eq!(ordered(files), files);
        }
    }

    #[test]
    fn several_numbers_are_compared_in_turn() {
        assert_eq!(
            ordered(&["1_1", "1_10", "1_2", "10_1", "2_1", "99999999999999999999_1"]),
            ["1_1", "1_2", "1_10", "2_1", "10_1", "99999999999999999999_1"]
        );
    }
}
