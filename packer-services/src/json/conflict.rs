//! The two sides of the conflicts that a merge left in a JSON file, whose text cannot be parsed.

/// The lines of both sides of all conflicts. Those of their common ancestor, which diff3 shows, are left out.
#[derive(Debug, Default)]
pub struct ConflictSides {
    /// The lines above `=======`, which git calls ours in a merge.
    pub above: String,
    /// The lines below it.
    pub below: String,
}

impl ConflictSides {
    /// Reads the conflicts in a text.
    pub fn read(text: &str) -> Self {
        let (mut above, mut ancestor, mut below) = (String::new(), String::new(), String::new());
        let mut side: Option<&mut String> = None;
        for line in text.lines() {
            if line.starts_with("<<<<<<<") {
                side = Some(&mut above);
            } else if line.starts_with("|||||||") {
                side = Some(&mut ancestor);
            } else if line.trim_end() == "=======" {
                side = Some(&mut below);
            } else if line.starts_with(">>>>>>>") {
                side = None;
            } else if let Some(side) = &mut side {
                side.push_str(line);
                side.push('\n');
            }
        }
        Self { above, below }
    }
}

/// The members with one of these keys and a string as their value, in the order of the text.
pub fn string_members<'k>(text: &str, keys: &[&'k str]) -> Vec<(&'k str, String)> {
    let mut found: Vec<(usize, &'k str, String)> = Vec::new();
    for key in keys {
        let quoted = format!("\"{key}\"");
        for (at, _) in text.match_indices(&quoted) {
            let value = text[at + quoted.len()..].trim_start().strip_prefix(':');
            let value =
                value.and_then(|value| serde_json::Deserializer::from_str(value).into_iter::<String>().next()?.ok());
            found.extend(value.map(|value| (at, *key, value)));
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    found.into_iter().map(|(_, key, value)| (key, value)).collect()
}
