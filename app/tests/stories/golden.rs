//! Expected texts, kept in files. `BLESS=1` rewrites them; read the changes before you commit them.

use std::fmt::Write as _;
use std::path::PathBuf;

fn golden_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/outlines").join(name).with_extension("txt")
}

/// Compares a text with the expected one.
#[expect(clippy::panic, reason = "a difference is shown line by line")]
pub fn assert_golden_text(name: &str, found: &str) {
    let path = golden_path(name);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        return std::fs::write(path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if expected != found {
        panic!(
            "{name} differs (- expected, + found):\n{}\nRead the difference; BLESS=1 accepts it.",
            difference(&expected, found)
        );
    }
}

/// The removed and added lines, each with two lines of context.
fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    // The length of the longest common subsequence from each pair of lines on.
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for (i, old_line) in old.iter().enumerate().rev() {
        for (j, new_line) in new.iter().enumerate().rev() {
            common[i][j] =
                if old_line == new_line { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
    let mut text = String::new();
    let mut is_omitting = false;
    for (n, (sign, line)) in lines.iter().enumerate() {
        let context = &lines[n.saturating_sub(2)..lines.len().min(n + 3)];
        if context.iter().any(|(sign, _)| *sign != ' ') {
            let _ = writeln!(text, "{sign} {line}");
            is_omitting = false;
        } else if !is_omitting {
            text += "  ...\n";
            is_omitting = true;
        }
    }
    text
}

#[test]
fn differences_are_reported_line_by_line() {
    let (expected, found) = ("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng\nh\n");
    assert_eq!(difference(expected, found), "  ...\n  c\n  d\n- e\n+ E\n  f\n  g\n+ h\n");
}
