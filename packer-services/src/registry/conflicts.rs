//! What to do about a merge of two registries that version control did not finish.
//!
//! Two branches that each add an asset give both the same id, so no text that keeps both entries is right. The help
//! names the way that works: keep the entries of one side, and register the roots of the other again.

use std::collections::HashSet;

use super::register_command;
use crate::diagnostics::{Code, Finding, Place, join_some};
use crate::json::{ConflictSides, string_members};

/// How many roots a help names for each side; `doctor` lists the others.
const ROOTS_NAMED: usize = 8;

/// Replaces the help of findings that a merge causes.
pub(super) fn explain_merges(findings: &mut [Finding], bytes: &[u8]) {
    for finding in findings {
        let text = || String::from_utf8_lossy(bytes);
        match finding.code {
            Code::JsonConflict => finding.help = conflict_help(&text()),
            Code::JsonDuplicateKey => finding.help = duplicate_key_help(finding.places.first(), &text()),
            _ => {}
        }
    }
}

/// The entries on one side of all conflicts, as far as their lines are there: each has its uuid, unless both sides have
/// the same one, and its root.
fn entries_of(side: &str) -> Vec<(Option<String>, String)> {
    let mut entries = Vec::new();
    let mut uuid = None;
    for (key, value) in string_members(side, &["asset_uuid", "root"]) {
        match key {
            "root" => entries.push((uuid.take(), value)),
            _ => uuid = Some(value),
        }
    }
    entries
}

/// The `register` commands for the assets that only the first side has.
fn commands(entries: &[(Option<String>, String)], other: &[(Option<String>, String)]) -> String {
    let uuids: HashSet<&str> = other.iter().filter_map(|(uuid, _)| uuid.as_deref()).collect();
    let roots: HashSet<&str> = other.iter().map(|(_, root)| root.as_str()).collect();
    let is_new = |(uuid, root): &&(Option<String>, String)| {
        uuid.as_deref().is_some_and(|uuid| !uuids.contains(uuid)) && !roots.contains(root.as_str())
    };
    let new: Vec<String> = entries.iter().filter(is_new).map(|(_, root)| register_command(root)).collect();
    join_some(new.iter(), ", ", ROOTS_NAMED)
}

fn conflict_help(text: &str) -> String {
    let sides = ConflictSides::read(text);
    let (above, below) = (entries_of(&sides.above), entries_of(&sides.below));
    let (only_above, only_below) = (commands(&above, &below), commands(&below, &above));
    let keep =
        "In every conflict, keep the lines of the same side, and remove those of the other side and the marker lines.";
    let register = match (only_above.is_empty(), only_below.is_empty()) {
        (true, true) => {
            return format!("{keep} For the folders of the assets concerned, keep the same side too.");
        }
        (false, true) => format!("If you keep the lines below `=======`, then run {only_above}."),
        (true, false) => format!("If you keep the lines above `=======`, then run {only_below}."),
        (false, false) => format!(
            "Then run {only_below} if you kept the lines above `=======`, or {only_above} if you kept those below it."
        ),
    };
    format!(
        "{keep} {register} It assigns a new id, because both sides used the same one. `prometeu-packer doctor PROJECT` \
         lists every root that is still missing."
    )
}

fn duplicate_key_help(place: Option<&Place>, text: &str) -> String {
    let Some(Place::Json { line, path, .. }) = place else { return "Keep one of the two.".into() };
    if path == "$.next_asset_id" {
        return "Keep the higher of the two numbers: it must be greater than every id.".into();
    }
    let line = text.lines().nth((*line as usize).saturating_sub(1)).unwrap_or_default();
    let root = string_members(line, &["root"]).into_iter().next_back().map(|(_, root)| root);
    format!(
        "If a merge joined two entries here, keep the lines of one, remove those of the other, and run {} for that one: \
         it assigns a new id.",
        register_command(root.as_deref().unwrap_or("ROOT"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;

    const ONE: &str = r#"    {"asset_id": 8, "asset_uuid": "a", "root": "ui/a", "included_in_build": true}"#;
    const OTHER: &str = r#"    {"asset_id": 8, "asset_uuid": "b", "root": "main menu", "included_in_build": true}"#;

    fn help_for(above: &str, below: &str) -> String {
        conflict_help(&format!("[\n<<<<<<< HEAD\n{above}\n||||||| base\n{ONE}\n=======\n{below}\n>>>>>>> b\n]\n"))
    }

    #[test]
    fn conflict_names_roots_of_both_sides() {
        let help = help_for(ONE, OTHER);
        assert!(help.contains("`prometeu-packer register PROJECT 'main menu'` if you kept the lines above"), "{help}");
        assert!(help.contains("`prometeu-packer register PROJECT ui/a` if you kept those below"), "{help}");
    }

    #[test]
    fn conflict_inside_an_entry_names_roots() {
        let lines =
            |uuid: &str, root: &str| format!("      \"asset_uuid\": \"{uuid}\",\r\n      \"root\": \"{root}\",\r");
        let help = help_for(&lines("a", "ui/a"), &lines("b", "ui/b"));
        assert!(help.contains("PROJECT ui/b` if you kept the lines above"), "{help}");
    }

    #[test]
    fn changed_entry_is_not_registered_again() {
        let help = help_for(ONE, &ONE.replace("true", "false").replace("ui/a", "ui/moved"));
        assert!(!help.contains("register"), "{help}");
        assert!(!help_for("      \"root\": \"a\",", "      \"root\": \"b\",").contains("register"));
    }

    #[test]
    fn registry_on_one_line_names_roots() {
        let help = help_for(ONE, &format!("{ONE}, {}", OTHER.trim()));
        assert!(
            help.contains("keep the lines above `=======`, then run `prometeu-packer register PROJECT 'main menu'`"),
            "{help}"
        );
    }

    #[test]
    fn root_of_both_sides_is_not_registered() {
        assert!(!help_for(ONE, &ONE.replace("\"a\"", "\"c\"")).contains("register"));
    }

    #[test]
    fn joined_entries_name_the_second_root() {
        let text = "{\"schema_version\": 1, \"next_asset_id\": 9,\n\"next_asset_id\": 10, \"assets\": [{\"asset_id\": 8,\n\
                    \"asset_uuid\": \"3b241101-e2bb-4255-8caf-41369b2a2ec1\",\n\"root\": \"ui/a\",\n\
                    \"root\": \"ui/b\", \"included_in_build\": true}]}";
        let helps: Vec<String> = Registry::read(text.as_bytes()).1.into_iter().map(|finding| finding.help).collect();
        assert_eq!(helps.len(), 2, "{helps:?}");
        assert!(helps[0].contains("the higher"), "{helps:?}");
        assert!(helps[1].contains("`prometeu-packer register PROJECT ui/b`"), "{helps:?}");
    }
}
