//! Text in which everything between backticks is code: it is set in the monospace font, so that `--apply` shows both of
//! its hyphens.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, TextStyle, Ui};

/// A text with its code in the monospace font, without the backticks.
pub fn code_text(ui: &Ui, text: &str, color: Color32) -> LayoutJob {
    code_text_in(ui, text, color, &TextStyle::Body)
}

/// The same, in the size of this style.
pub fn code_text_in(ui: &Ui, text: &str, color: Color32, style: &TextStyle) -> LayoutJob {
    let font = style.resolve(ui.style());
    // The monospace font is wider at the same size.
    let code = egui::FontId::monospace(font.size - 1.0);
    let mut job = LayoutJob::default();
    for (part, is_code) in parts(text) {
        let font = if is_code { code.clone() } else { font.clone() };
        job.append(part, 0.0, TextFormat::simple(font, color));
    }
    job
}

/// The command lines in a text, which the user can copy.
pub fn commands_in(text: &str) -> Vec<String> {
    let is_command = |(part, is_code): &(&str, bool)| {
        *is_code && part.starts_with("prometeu-packer ") && part.split(' ').count() > 2
    };
    parts(text).filter(is_command).map(|(part, _)| part.to_owned()).collect()
}

/// The parts of a text between backticks, and whether each is code. A backtick without a partner begins no code.
fn parts(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let pairs = text.matches('`').count() / 2 * 2;
    let parts = text.splitn(pairs + 1, '`').enumerate();
    parts.map(|(n, part)| (part, n % 2 == 1)).filter(|(part, _)| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_between_two_backticks() {
        let all: Vec<(&str, bool)> = parts("Run `palettes --apply` or `x` now; it`s done").collect();
        let expected =
            [("Run ", false), ("palettes --apply", true), (" or ", false), ("x", true), (" now; it`s done", false)];
        assert_eq!(all, expected);
        assert_eq!(parts("`a`").collect::<Vec<_>>(), [("a", true)]);
    }

    #[test]
    fn commands_can_be_copied() {
        let text = "Register it with `prometeu-packer register /g a`, read `asset.json`, see `prometeu-packer pack`.";
        assert_eq!(commands_in(text), ["prometeu-packer register /g a"]);
    }
}
