//! What the pages of `docs/diagnostics/` say about each code. The pages are the only place where it is written; a test
//! fails while a code has no section.

use super::Code;

/// The pages, except the index.
const CHAPTERS: [&str; 16] = [
    include_str!("../../../docs/diagnostics/could-not-run.md"),
    include_str!("../../../docs/diagnostics/json-files.md"),
    include_str!("../../../docs/diagnostics/paths.md"),
    include_str!("../../../docs/diagnostics/registry-and-workspace.md"),
    include_str!("../../../docs/diagnostics/files.md"),
    include_str!("../../../docs/diagnostics/declarations.md"),
    include_str!("../../../docs/diagnostics/images.md"),
    include_str!("../../../docs/diagnostics/tiles-and-palettes.md"),
    include_str!("../../../docs/diagnostics/sounds.md"),
    include_str!("../../../docs/diagnostics/raw-assets.md"),
    include_str!("../../../docs/diagnostics/creating-and-registering.md"),
    include_str!("../../../docs/diagnostics/changing-a-project.md"),
    include_str!("../../../docs/diagnostics/packing.md"),
    include_str!("../../../docs/diagnostics/making-constants.md"),
    include_str!("../../../docs/diagnostics/reading-a-pack.md"),
    include_str!("../../../docs/diagnostics/extracting-a-pack.md"),
];

/// The explanation of a code, as Markdown without links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What the rule is.
    pub what: String,
    /// Why the console or the project needs it.
    pub why: String,
    /// How to fix it.
    pub fix: String,
}

impl Code {
    /// Explains it. Searches the pages, so it is not for a loop over findings.
    pub fn explanation(self) -> Explanation {
        let heading = format!("\n## {}\n", self.as_str());
        let section = CHAPTERS.iter().find_map(|chapter| chapter.split_once(&heading));
        let section = section.map_or("", |(_, rest)| rest.split("\n## ").next().unwrap_or_default());
        let part = |name: &str, next: &str| {
            let part = section.split_once(&format!("\n**{name}.** ")).map_or("", |(_, rest)| rest);
            without_links(part.split(&format!("\n**{next}.**")).next().unwrap_or_default().trim())
        };
        Explanation { what: part("What", "Why"), why: part("Why", "Example"), fix: part("Fix", "What") }
    }
}

/// Markdown with the text of each link instead of the link, which is relative to the page.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let link = before.rfind('[').zip(after.split_once(')'));
        let Some((start, (_, next))) = link else {
            plain.push_str(before);
            plain.push_str("](");
            rest = after;
            continue;
        };
        plain.push_str(&before[..start]);
        plain.push_str(&before[start + 1..]);
        rest = next;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained() {
        for code in Code::ALL {
            let Explanation { what, why, fix } = code.explanation();
            for part in [&what, &why, &fix] {
                assert!(part.len() > 10, "{code}: {part:?}");
                assert!(!part.contains("](") && !part.contains("```") && !part.contains("**"), "{code}: {part}");
            }
        }
    }

    #[test]
    fn links_become_their_text() {
        let text = "see [the demo](../a.md#b) and `$.artifacts[0]` or [x](y), not a](b";
        assert_eq!(without_links(text), "see the demo and `$.artifacts[0]` or x, not a](b");
    }
}
