//! What to do about a merge of two declarations that version control did not finish.

use crate::diagnostics::{Code, Finding, escaped, join_some};
use crate::json::{ConflictSides, string_members};

/// How many files the help names for each side.
const FILES_NAMED: usize = 8;

/// Replaces the help of a conflict in which a side has artifacts that the other one lacks: a person who keeps one side
/// loses them.
pub(super) fn explain_merges(findings: &mut [Finding], bytes: &[u8]) {
    for finding in findings.iter_mut().filter(|finding| finding.code == Code::JsonConflict) {
        if let Some(help) = conflict_help(&String::from_utf8_lossy(bytes)) {
            finding.help = help;
        }
    }
}

fn conflict_help(text: &str) -> Option<String> {
    let sides = ConflictSides::read(text);
    let files = |side: &str| string_members(side, &["file"]).into_iter().map(|(_, file)| file).collect::<Vec<_>>();
    let (above, below) = (files(&sides.above), files(&sides.below));
    let missing = |of: &[String], other: &[String]| {
        let mut only: Vec<String> = Vec::new();
        for file in of.iter().filter(|file| !other.contains(file)) {
            let shown = format!("`{}`", escaped(file));
            if !only.contains(&shown) {
                only.push(shown);
            }
        }
        only
    };
    let place = |files: &[String], where_: &str| match files {
        [] => String::new(),
        files => format!(" Only the lines {where_} `=======` have {}.", join_some(files.iter(), ", ", FILES_NAMED)),
    };
    let (only_above, only_below) = (missing(&above, &below), missing(&below, &above));
    if only_above.is_empty() && only_below.is_empty() {
        return None;
    }
    Some(format!(
        "Keep the artifacts of both sides, each with an `index` of its own, and remove the marker lines.{}{}",
        place(&only_above, "above"),
        place(&only_below, "below")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help_for(above: &str, below: &str) -> Option<String> {
        conflict_help(&format!("{{\n<<<<<<< HEAD\n{above}\n=======\n{below}\n>>>>>>> b\n}}\n"))
    }

    #[test]
    fn files_of_each_side_are_named() {
        let help = help_for("\"file\": \"walk.png\",\n\"index\": 4", "\"file\" : \"run.png\"\n\"file\": \"walk.png\"");
        let expected = "Keep the artifacts of both sides, each with an `index` of its own, and remove the marker lines. \
                        Only the lines below `=======` have `run.png`.";
        assert_eq!(help.as_deref(), Some(expected));
    }

    #[test]
    fn other_conflicts_name_no_file() {
        assert_eq!(help_for("\"name\": \"a\"", "\"name\": \"b\""), None);
        assert_eq!(help_for("\"file\": \"a.png\"", "\"file\": \"a.png\""), None);
    }
}
