//! Texts that were read by somebody, and are as they were. `BLESS=1` rewrites them: read them before they are kept.

use std::fmt::Write as _;
use std::path::PathBuf;

fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/outlines").join(name).with_extension("txt")
}

/// Holds a text against the one that was kept.
#[expect(clippy::panic, reason = "a golden that differs is shown line by line")]
pub fn judge(name: &str, found: &str) {
    let place = place(name);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        return std::fs::write(place, found).unwrap();
    }
    let kept = std::fs::read_to_string(&place).unwrap_or_default().replace("\r\n", "\n");
    if kept != found {
        panic!(
            "{name} reads otherwise (- as it was, + as it is):\n{}\nRead it; BLESS=1 accepts it.",
            changed(&kept, found)
        );
    }
}

/// The lines that went and came, each with two that stayed around it.
fn changed(kept: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), found.lines().collect());
    // The longest common part from each pair of lines on.
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for (i, was) in old.iter().enumerate().rev() {
        for (j, is) in new.iter().enumerate().rev() {
            common[i][j] = if was == is { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
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
    let mut is_left_out = false;
    for (n, (sign, line)) in lines.iter().enumerate() {
        let around = &lines[n.saturating_sub(2)..lines.len().min(n + 3)];
        if around.iter().any(|(sign, _)| *sign != ' ') {
            let _ = writeln!(text, "{sign} {line}");
            is_left_out = false;
        } else if !is_left_out {
            text += "  ...\n";
            is_left_out = true;
        }
    }
    text
}

#[test]
fn a_golden_that_differs_is_told_line_by_line() {
    let (kept, found) = ("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng\nh\n");
    assert_eq!(changed(kept, found), "  ...\n  c\n  d\n- e\n+ E\n  f\n  g\n+ h\n");
}
