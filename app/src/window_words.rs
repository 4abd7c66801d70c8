//! Help of findings in the words of the window. Findings name options of `prometeu-packer` and members of `asset.json`;
//! in the window the same is entered in fields.

use crate::commands::Command;
use crate::state::{BottomTab, ViewKind};

/// What a help contains that shows what to write into `asset.json`, although a command does it.
const DECLARING: &str = "(`prometeu-packer palettes PROJECT ASSET --apply` ";
/// The fix that does it.
const DECLARE: &str = "Declare the missing colors";

/// What a help says in parentheses about a command that makes a fix.
const FIXING: &str = " (`prometeu-packer fix ";

/// The field for a part of an image.
pub const PART: &str = "Only a part of the image";

/// Where the part about `asset.json` ends that follows an option.
const ENDS: [&str; 2] = [" in the artifact", " in `asset.json`"];

/// A help with the names of fields and commands instead of options and verbs. What the window does not have stays.
pub fn in_window_words(help: &str) -> String {
    if let (true, Some((first, _))) = (help.contains(DECLARING), help.split_once(", or ")) {
        return format!("{first}, or use “{DECLARE}”.");
    }
    let help = without_fix_commands(help);
    let mut text = String::new();
    let mut rest = &*help;
    while let Some((before, code, after)) = next_code(rest) {
        if let Some(fields) = fields_of(code) {
            text.push_str(&before_field(before));
            text.push_str(&fields);
            rest = without_json(after.strip_prefix(" to `create`").unwrap_or(after));
        } else {
            text.push_str(before);
            text.push_str(&command_of(code).map_or_else(|| format!("`{code}`"), |command| format!("“{command}”")));
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

/// A help without what is said in parentheses about commands that fix a finding: it has buttons for them.
fn without_fix_commands(help: &str) -> String {
    let mut text = help.to_owned();
    while let Some(start) = text.find(FIXING)
        && let Some(length) = text[start..].find(')')
    {
        text.replace_range(start..=start + length, "");
    }
    text
}

/// What is before an option, as it is said of a field.
fn before_field(before: &str) -> String {
    let words = [
        ("Create the asset again and cut", "Cut"),
        ("create the asset again with ", "choose "),
        ("Pass ", "Choose "),
        ("pass ", "choose "),
    ];
    words.iter().fold(before.to_owned(), |text, (option, field)| text.replace(option, field))
}

/// The first code in a text, with what is before and after it.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, code) = text.split_once('`')?;
    let (code, after) = code.split_once('`')?;
    Some((before, code, after))
}

/// What the window calls a command of the binary; `None` if it has nothing like it.
fn command_of(code: &str) -> Option<&'static str> {
    let mut words = match code.strip_prefix("prometeu-packer ") {
        Some(command) => command.split(' '),
        // A verb alone, which is not a name of anything else.
        None if ["update", "rename", "compose", "history"].contains(&code) => code.split(' '),
        None => return None,
    };
    let verb = words.next()?;
    let options: Vec<&str> = words.collect();
    let has = |option: &str| options.contains(&option);
    Some(match verb {
        "palettes" if has("--apply") => DECLARE,
        "convert" if has("--downmix") => "Allow stereo to be converted to mono",
        "convert" if has("--reduce-bit-depth") => "Allow more than 16 bits to be reduced to 16",
        "slot" if has("free") => "Use the lowest free slot",
        "slot" if has("none") => "Preload: no",
        "init" => Command::NewProject.entry().name,
        "register" => Command::Register.entry().name,
        "rename" | "move" => Command::Rename.entry().name,
        "remove" => Command::Remove.entry().name,
        "update" => Command::UpdateOriginals.entry().name,
        "history" => Command::ShowTab(BottomTab::History).entry().name,
        "compose" => Command::View(ViewKind::Files).entry().name,
        "animation" => Command::View(ViewKind::Animations).entry().name,
        _ => return None,
    })
}

/// What follows an option, without how the same is written into `asset.json`.
fn without_json(after: &str) -> &str {
    if let Some(after) = after.strip_prefix(" or `skip_blank`") {
        return after;
    }
    if ![", or set `", ", set `"].iter().any(|start| after.starts_with(start)) {
        return after;
    }
    let ends = ENDS.iter().filter_map(|end| Some(after.find(end)? + end.len()));
    ends.min().and_then(|end| after.get(end..)).unwrap_or(after)
}

/// The fields for options such as `--margin 1 --spacing 2`, in words; `None` if one of them has no field.
fn fields_of(options: &str) -> Option<String> {
    if !options.starts_with("--") {
        return None;
    }
    let mut fields: Vec<String> = Vec::new();
    for option in options.split("--").skip(1) {
        let (name, value) = option.trim().split_once(' ').unwrap_or((option.trim(), ""));
        let value = value.trim_matches('\'');
        let field = match (name, value) {
            ("tile-size", value) => format!("Tile size {value}"),
            ("color-key", "index0") => "Transparent color: palette index 0".to_owned(),
            ("color-key", value) => format!("Transparent color: this color, #{}", value.trim_start_matches('#')),
            ("margin", "") => "Margin".to_owned(),
            ("margin", value) => format!("Margin {value} px"),
            ("spacing", "") => "Spacing".to_owned(),
            ("spacing", value) => format!("Spacing {value} px"),
            ("skip-blank", _) => "Leave out empty cells".to_owned(),
            ("region", value) => format!("{PART}{}", region(value)),
            ("slice", "none") => "Slice: the whole frame".to_owned(),
            ("downmix", _) => "Mix stereo down to mono".to_owned(),
            ("reduce-bit-depth", _) => "Reduce more than 16 bits".to_owned(),
            ("sample-rate", "HZ") => "Sample rate: unchanged, but call it".to_owned(),
            ("sample-rate", value) => format!("Sample rate: unchanged, but call it {value} Hz"),
            ("rate", _) => "Sample rate: resample to".to_owned(),
            ("palette", _) => "Add palette file…".to_owned(),
            ("rows", "all") => "Colors of the file: all rows of 16".to_owned(),
            ("rows", _) => "Colors of the file: some rows of 16".to_owned(),
            ("key", value) => format!("The file lacks the color key, which is #{}", value.trim_start_matches('#')),
            ("preload", _) => "In a slot when the game starts".to_owned(),
            ("animations", _) => "Animations of tags and numbered images".to_owned(),
            _ => return None,
        };
        fields.push(format!("“{field}”"));
    }
    Some(fields.join(" and ")).filter(|fields| !fields.is_empty())
}

/// The numbers of a region, by the names of their fields.
fn region(value: &str) -> String {
    let numbers: Vec<&str> = value.split(',').collect();
    match numbers[..] {
        [x, y, w, h] if x != "X" => format!(", X {x}, Y {y}, W {w}, H {h}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_fields() {
        for (help, expected) in [
            (
                "Export it as mono, or allow the loss with `--downmix`.",
                "Export it as mono, or allow the loss with “Mix stereo down to mono”.",
            ),
            ("Pass `--tile-size 8`, `16` or `32`.", "Choose “Tile size 8”, `16` or `32`."),
            (
                "Use it: pass `--tile-size 8` to `create`, or set `tile_size` in `asset.json`. Or resize it.",
                "Use it: choose “Tile size 8”. Or resize it.",
            ),
            (
                "cut them out: pass `--margin 1 --spacing 2` to `create`, or set `\"margin\": 1, \"spacing\": 2` in the artifact.",
                "cut them out: choose “Margin 1 px” and “Spacing 2 px”.",
            ),
            (
                "pass `--region 0,0,32,80` to `create`, set `region` in the artifact, or save each part",
                "choose “Only a part of the image, X 0, Y 0, W 32, H 80”, or save each part",
            ),
            (
                "make it the color key: pass `--color-key ff00ff` to `create`, or set `\"color_key\": \"#ff00ff\"` in the artifact.",
                "make it the color key: choose “Transparent color: this color, #ff00ff”.",
            ),
            (
                "declare it: `prometeu-packer palettes PROJECT ASSET --apply`.",
                "declare it: “Declare the missing colors”.",
            ),
            (
                "Repaint with declared colors, or paste this into `asset.json` (`prometeu-packer palettes PROJECT ASSET \
                 --apply` does this): `{}`",
                "Repaint with declared colors, or use “Declare the missing colors”.",
            ),
            (
                "Erase them (`prometeu-packer fix PROJECT --code partial-alpha --dry-run` lists three ways). Or not.",
                "Erase them. Or not.",
            ),
            (
                "Pass the nominal rate: `--sample-rate 8000`. To resample them, pass `--rate 8000`.",
                "Choose the nominal rate: “Sample rate: unchanged, but call it 8000 Hz”. To resample them, choose \
                 “Sample rate: resample to”.",
            ),
            (
                "If it should be transparent, create the asset again with `--color-key index0`.",
                "If it should be transparent, choose “Transparent color: palette index 0”.",
            ),
            ("Create the asset again and cut these out: pass `--margin 2`.", "Cut these out: choose “Margin 2 px”."),
            ("`update` resamples the original.", "“Update from originals…” resamples the original."),
            ("leave them out with `--skip-blank` or `skip_blank`.", "leave them out with “Leave out empty cells”."),
        ] {
            assert_eq!(in_window_words(help), expected);
        }
    }

    #[test]
    fn other_help_stays() {
        let named = "Allow it: `prometeu-packer convert PROJECT 3 --downmix`.";
        assert_eq!(in_window_words(named), "Allow it: “Allow stereo to be converted to mono”.");
        for help in ["Pass `--lang json` to it.", "Run `prometeu-packer pack . --frozen`.", "A ` alone", "`--", ""] {
            assert_eq!(in_window_words(help), help);
        }
    }
}
