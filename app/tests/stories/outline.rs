//! What a screen reader gets, as text: a line for each node with its role, name and state, indented below its parent.

use std::fmt::Write as _;
use std::path::Path;

use egui::accesskit::{Live, Role, Toggled};
use egui_kittest::Node;
use egui_kittest::kittest::{AccessKitNode, NodeT};

/// Parts of names that differ from run to run, and what they are replaced by.
pub struct VariableParts(Vec<(String, String)>);

impl VariableParts {
    pub fn of(folder: &Path, root: &Path) -> Self {
        let mut parts = Vec::new();
        let mut replace = |path: &Path, name: &str| {
            let full = path.display().to_string();
            // The window shortens paths to these lengths.
            let short = [40, 60, 64].map(|most| workbench::widgets::shorten_middle(&full, most));
            parts.extend([full].into_iter().chain(short).map(|text| (text, name.to_owned())));
        };
        for below in ["build/assets.pa", "nowhere", "torn.pa"] {
            replace(&root.join(below), &format!("PROJECT/{below}"));
        }
        replace(root, "PROJECT");
        replace(folder, "FOLDER");
        Self(parts)
    }

    /// The text with the variable parts replaced.
    fn replace_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (part, name) in &self.0 {
            text = text.replace(part, name);
        }
        let is_hash =
            |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        let words: Vec<&str> = text.split(' ').map(|word| if is_hash(word) { "HASH" } else { word }).collect();
        let is_time = |word: &str| {
            let parts = word.trim_end_matches(',').split_once(':');
            parts.is_some_and(|parts| {
                [parts.0, parts.1].iter().all(|part| part.len() == 2 && part.parse::<u8>().is_ok())
            })
        };
        let words: Vec<&str> = words.into_iter().map(|word| if is_time(word) { "TIME" } else { word }).collect();
        // Only the duration of a pack varies, not that of a sound.
        match words[..] {
            ["label", "at", "TIME", "in", _, "s"] => "label at TIME, in TIME s".to_owned(),
            _ => words.join(" "),
        }
    }
}

/// The outline of a node and its children. Nodes that only serve the layout are left out.
pub fn outline(node: Node<'_>, parts: &VariableParts) -> String {
    let mut text = String::new();
    write_line(node, 0, parts, &mut text);
    text
}

fn write_line(node: Node<'_>, depth: usize, parts: &VariableParts, text: &mut String) {
    let accessible = node.accesskit_node();
    if matches!(accessible.role(), Role::TextRun | Role::ScrollBar) || accessible.is_hidden() {
        return;
    }
    let is_layout = matches!(accessible.role(), Role::GenericContainer | Role::ScrollView | Role::Window | Role::Pane)
        && accessible.label().is_none();
    let depth = if is_layout {
        depth
    } else {
        let _ = writeln!(text, "{:1$}{2}", "", depth * 2, parts.replace_in(&describe_node(accessible)));
        depth + 1
    };
    node.children().for_each(|child| write_line(child, depth, parts, text));
}

fn describe_node(node: AccessKitNode<'_>) -> String {
    let mut text = format!("{:?}", node.role()).to_lowercase();
    let label = node.label().or_else(|| (node.role() == Role::Label).then(|| node.value()).flatten());
    if let Some(label) = label {
        let _ = write!(text, " {}", label.replace('\n', " / "));
    }
    if let Some(value) = node.value().filter(|_| node.role() != Role::Label) {
        let _ = write!(text, " = {value:?}");
    } else if let Some(value) = node.numeric_value() {
        let _ = write!(text, " = {value:.2}");
    }
    let is_row = matches!(node.role(), Role::ListItem | Role::Tab);
    match node.toggled() {
        Some(Toggled::True) if is_row => text += " (selected)",
        Some(Toggled::True) => text += " (on)",
        Some(Toggled::False) if !is_row => text += " (off)",
        _ => {}
    }
    if let Some(keys) = node.data().keyboard_shortcut() {
        let _ = write!(text, " [{keys}]");
    }
    if node.is_busy() {
        text += " (busy)";
    }
    if node.live() != Live::Off {
        text += " (announced)";
    }
    if node.is_disabled() {
        text += " (disabled)";
    }
    if node.is_focused() {
        text += " (focused)";
    }
    if let Some(description) = node.description() {
        let _ = write!(text, " — {}", description.replace('\n', " / "));
    }
    text
}
