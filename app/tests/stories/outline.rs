//! What a screen reader gets, as text: a line for each thing, with its role, its name and its state, indented by what it is in.

use std::fmt::Write as _;
use std::path::Path;

use egui::accesskit::{Live, Role, Toggled};
use egui_kittest::Node;
use egui_kittest::kittest::{AccessKitNode, NodeT};

/// What stands for the words that are other ones in each run.
pub struct Names(Vec<(String, String)>);

impl Names {
    pub fn of(folder: &Path, root: &Path) -> Self {
        let mut names = Vec::new();
        let mut name = |path: &Path, name: &str| {
            let whole = path.display().to_string();
            // As it stands where there is not room for all of it.
            let short = [40, 60, 64].map(|most| workbench::widgets::without_middle(&whole, most));
            names.extend([whole].into_iter().chain(short).map(|words| (words, name.to_owned())));
        };
        for below in ["build/assets.pa", "nowhere", "torn.pa"] {
            name(&root.join(below), &format!("PROJECT/{below}"));
        }
        name(root, "PROJECT");
        name(folder, "FOLDER");
        Self(names)
    }

    /// The text as it is in each run.
    fn settled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (words, name) in &self.0 {
            text = text.replace(words, name);
        }
        let is_hash = |word: &str| {
            (word.len() == 64 || word.len() == 12)
                && word.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        };
        let words: Vec<&str> = text.split(' ').map(|word| if is_hash(word) { "HASH" } else { word }).collect();
        // Only of a pack: that of a sound is always the same.
        match words[..] {
            ["label", "in", _, "s"] => "label in TIME s".to_owned(),
            _ => words.join(" "),
        }
    }
}

/// All of a thing. What only lays out is left out.
pub fn outline(node: Node<'_>, names: &Names) -> String {
    let mut text = String::new();
    line(node, 0, names, &mut text);
    text
}

fn line(node: Node<'_>, depth: usize, names: &Names, text: &mut String) {
    let it = node.accesskit_node();
    if matches!(it.role(), Role::TextRun | Role::ScrollBar) || it.is_hidden() {
        return;
    }
    let is_layout = matches!(it.role(), Role::GenericContainer | Role::ScrollView | Role::Window | Role::Pane)
        && it.label().is_none();
    let depth = if is_layout {
        depth
    } else {
        let _ = writeln!(text, "{:1$}{2}", "", depth * 2, names.settled(&words(it)));
        depth + 1
    };
    node.children().for_each(|child| line(child, depth, names, text));
}

fn words(it: AccessKitNode<'_>) -> String {
    let mut words = format!("{:?}", it.role()).to_lowercase();
    let label = it.label().or_else(|| (it.role() == Role::Label).then(|| it.value()).flatten());
    if let Some(label) = label {
        let _ = write!(words, " {}", label.replace('\n', " / "));
    }
    if let Some(value) = it.value().filter(|_| it.role() != Role::Label) {
        let _ = write!(words, " = {value:?}");
    } else if let Some(value) = it.numeric_value() {
        let _ = write!(words, " = {value:.2}");
    }
    let is_row = matches!(it.role(), Role::ListItem | Role::Tab);
    match it.toggled() {
        Some(Toggled::True) if is_row => words += " (selected)",
        Some(Toggled::True) => words += " (on)",
        Some(Toggled::False) if !is_row => words += " (off)",
        _ => {}
    }
    if let Some(keys) = it.data().keyboard_shortcut() {
        let _ = write!(words, " [{keys}]");
    }
    if it.is_busy() {
        words += " (busy)";
    }
    if it.live() != Live::Off {
        words += " (told at once)";
    }
    if it.is_disabled() {
        words += " (disabled)";
    }
    if it.is_focused() {
        words += " (has the keyboard)";
    }
    if let Some(description) = it.description() {
        let _ = write!(words, " — {}", description.replace('\n', " / "));
    }
    words
}
