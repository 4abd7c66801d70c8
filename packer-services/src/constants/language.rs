//! Constants as the text of a file: one writer per language. The order of the constants is kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::{Constant, ConstantKind, ConstantValue, file_key};

/// The language that the constants are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// A module of `pub const`.
    Rust,
    /// A header of `#define`.
    C,
    /// A chunk that returns a table.
    Lua,
    /// An object with a member for each asset. All names are unchanged.
    Json,
}

impl Language {
    /// The whole text, with a final newline.
    pub fn write_constants(self, constants: &[Constant]) -> String {
        let notice = format!(
            "Made by `prometeu-packer constants --lang {}`. Do not edit it: change the assets, and make it again.",
            self.as_str()
        );
        match self {
            Self::Rust => write_lines(&format!("// {notice}\n"), "// ", constants, |name, value| match value {
                ConstantValue::One(value) => format!("pub const {name}: u32 = {value};"),
                ConstantValue::List(values) => {
                    format!("pub const {name}: [u32; {}] = [{}];", values.len(), join_numbers(values))
                }
            }),
            Self::C => write_lines(&format!("// {notice}\n#pragma once\n"), "// ", constants, |name, value| {
                format!("#define {name} {}", write_value(value, "{", "}"))
            }),
            Self::Lua => {
                let head = format!("-- {notice}\nlocal constants = {{\n");
                let body = write_lines(&head, "    -- ", constants, |name, value| {
                    format!("    {name} = {},", write_value(value, "{", "}"))
                });
                format!("{body}}}\n\nreturn constants\n")
            }
            Self::Json => write_json(constants),
        }
    }

    /// Its name in `--lang`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Lua => "lua",
            Self::Json => "json",
        }
    }
}

/// The constants, grouped by asset.
fn by_asset(constants: &[Constant]) -> impl Iterator<Item = &[Constant]> {
    constants.chunk_by(|a, b| a.asset_id == b.asset_id)
}

/// One line per constant, with an empty line and a comment before each asset. An asset's name has only ASCII letters,
/// digits and `_./-`, so it cannot end the comment.
fn write_lines(
    head: &str,
    comment: &str,
    constants: &[Constant],
    line: impl Fn(&str, &ConstantValue) -> String,
) -> String {
    let mut text = head.to_owned();
    for of_asset in by_asset(constants) {
        let Some(first) = of_asset.first() else { continue };
        let gap = if text.ends_with("{\n") { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{comment}asset {}: {}", first.asset_id, first.asset_name);
        for constant in of_asset {
            let _ = writeln!(text, "{}", line(&constant.name, &constant.value));
        }
    }
    text
}

/// An object whose members are in the order of the constants. The tiles of a file are its grid, row by row, and so are
/// their palettes; a cell without an id is null.
fn write_json(constants: &[Constant]) -> String {
    let assets = by_asset(constants).map(|of_asset| {
        let name = of_asset.first().map(|first| first.asset_name.as_str()).unwrap_or_default();
        let one = |kind: ConstantKind| of_asset.iter().find(|constant| constant.kind == kind).map(first_number);
        let mut members = vec![write_member("asset_id", &one(ConstantKind::Asset).unwrap_or_default().to_string())];
        members.extend(one(ConstantKind::Slot).map(|slot| write_member("slot", &slot.to_string())));
        let files = |kind: ConstantKind, value: fn(&[&Constant]) -> String| {
            let mut files: Vec<(String, Vec<&Constant>)> = Vec::new();
            let mut places: BTreeMap<String, usize> = BTreeMap::new();
            for constant in of_asset.iter().filter(|constant| constant.kind == kind) {
                let file = constant
                    .file
                    .as_ref()
                    .map(|file| file_key(file, constant.region, constant.sprite.as_ref()))
                    .unwrap_or_default();
                let at = *places.entry(file.clone()).or_insert(files.len());
                match files.get_mut(at) {
                    Some((_, known)) => known.push(constant),
                    None => files.push((file, vec![constant])),
                }
            }
            let files: Vec<String> =
                files.iter().map(|(file, constants)| write_member(file, &value(constants))).collect();
            (!files.is_empty()).then(|| write_object(&files, 2))
        };
        members.extend(files(ConstantKind::Tile, write_grid).map(|tiles| write_member("tiles", &tiles)));
        members.extend(files(ConstantKind::Palette, write_grid).map(|palettes| write_member("palettes", &palettes)));
        let sample = |constants: &[&Constant]| constants.first().map_or(0, |first| first_number(first)).to_string();
        members.extend(files(ConstantKind::Sample, sample).map(|samples| write_member("samples", &samples)));
        members.extend(write_animations(of_asset).map(|animations| write_member("animations", &animations)));
        write_member(name, &write_object(&members, 1))
    });
    let assets: Vec<String> = assets.collect();
    if assets.is_empty() { "{}\n".to_owned() } else { format!("{}\n", write_object(&assets, 0)) }
}

/// The animations of an asset, each an object with a member for each part.
fn write_animations(of_asset: &[Constant]) -> Option<String> {
    let parts: Vec<&Constant> = of_asset.iter().filter(|constant| constant.animation.is_some()).collect();
    let animations = parts.chunk_by(|a, b| a.animation == b.animation).map(|parts| {
        let members = parts.iter().filter_map(|constant| {
            Some(format!("\"{}\": {}", constant.part?.as_str(), write_value(&constant.value, "[", "]")))
        });
        let name = parts.first().and_then(|constant| constant.animation.as_deref()).unwrap_or_default();
        write_member(name, &write_object(&members.collect::<Vec<_>>(), 3))
    });
    let animations: Vec<String> = animations.collect();
    (!animations.is_empty()).then(|| write_object(&animations, 2))
}

fn first_number(constant: &Constant) -> u32 {
    constant.value.numbers().first().copied().unwrap_or_default()
}

/// A number, or numbers between these brackets.
fn write_value(value: &ConstantValue, open: &str, close: &str) -> String {
    match value {
        ConstantValue::One(value) => value.to_string(),
        ConstantValue::List(values) => format!("{open}{}{close}", join_numbers(values)),
    }
}

fn join_numbers(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn write_grid(cells: &[&Constant]) -> String {
    let place = |constant: &Constant| (constant.row.unwrap_or_default(), constant.column.unwrap_or_default());
    let values: BTreeMap<(u32, u32), u32> = cells.iter().map(|cell| (place(cell), first_number(cell))).collect();
    let (rows, columns) =
        values.keys().fold((0, 0), |(rows, columns), (row, column)| (rows.max(*row), columns.max(*column)));
    let value = |row, column| values.get(&(row, column)).map_or_else(|| "null".to_owned(), u32::to_string);
    let rows = (0..=rows).map(|row| {
        let row: Vec<String> = (0..=columns).map(|column| value(row, column)).collect();
        format!("[{}]", row.join(", "))
    });
    let rows: Vec<String> = rows.collect();
    let indent = "  ".repeat(4);
    match &rows[..] {
        [one] => format!("[{one}]"),
        _ => format!("[\n{indent}{}\n{}]", rows.join(&format!(",\n{indent}")), "  ".repeat(3)),
    }
}

fn write_member(key: &str, value: &str) -> String {
    format!("{}: {value}", Value::from(key))
}

fn write_object(members: &[String], depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    format!("{{\n{indent}{}\n{}}}", members.join(&format!(",\n{indent}")), "  ".repeat(depth))
}
