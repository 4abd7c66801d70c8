//! `palette`: edits of the palettes of a glyph bank. Artifacts that name a palette keep it at its new index.

use super::Draft;
use super::bank::glyph_content;
use crate::declaration::{Declaration, GlyphContent, Palette, is_palette_name};
use crate::diagnostics::{Code, Finding, escaped};
use crate::formats::{MAX_PALETTES, PALETTE_COLORS, Rgb};
use crate::snapshot::RegisteredAsset;

/// What `palette` does to the palettes of a glyph bank.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaletteEdit {
    /// Adds a palette behind the others. Color 0 is the color key.
    Add {
        /// 1–16.
        colors: Vec<Rgb>,
        /// 1–32 printable characters.
        name: Option<String>,
    },
    /// Removes a palette. Artifacts that name it name none any more: each tile then gets the first one that fits.
    Remove(u32),
    /// Gives a palette another index. The palettes between both indices move by one.
    Move {
        /// The palette.
        palette: u32,
        /// Its new index.
        to: u32,
    },
    /// Sets a color of a palette, or adds one at its end.
    SetColor {
        /// The palette.
        palette: u32,
        /// The color, 0…15, at most the number of colors.
        color: u32,
        /// Its new value.
        rgb: Rgb,
    },
    /// Adds a copy of a palette behind the others, to be recolored: a program can then draw the same tiles in both.
    Duplicate {
        /// The palette.
        palette: u32,
        /// The name of the copy.
        name: Option<String>,
    },
    /// Gives a palette a name, or none.
    Name {
        /// The palette.
        palette: u32,
        /// 1–32 printable characters.
        name: Option<String>,
    },
}

/// Edits the palettes of a glyph bank.
///
/// # Errors
/// If there is no such palette or no room, or the declaration cannot be edited.
pub fn edit_palettes(draft: &mut Draft<'_>, asset: &RegisteredAsset, edit: &PaletteEdit) -> Result<(), Vec<Finding>> {
    let apply = |declaration: &mut Declaration| {
        let glyph = glyph_content(declaration)?;
        apply(glyph, edit).map_err(|finding| vec![*finding])
    };
    match edit {
        PaletteEdit::Remove(_) => draft.edit_palette_list(asset, apply),
        _ => draft.edit_content(asset, |declaration, _| apply(declaration)),
    }
}

fn apply(glyph: &mut GlyphContent, edit: &PaletteEdit) -> Result<(), Box<Finding>> {
    match edit {
        PaletteEdit::Add { colors, name } => add(glyph, Palette::of_colors(checked_name(name)?, colors.clone())),
        PaletteEdit::Duplicate { palette, name } => {
            let colors = glyph.palettes[position(glyph, *palette)?].colors.clone();
            add(glyph, Palette::of_colors(checked_name(name)?, colors))
        }
        PaletteEdit::Name { palette, name } => {
            let at = position(glyph, *palette)?;
            glyph.palettes[at].name = checked_name(name)?;
            Ok(())
        }
        PaletteEdit::SetColor { palette, color, rgb } => {
            let at = position(glyph, *palette)?;
            let colors = &mut glyph.palettes[at].colors;
            let count = colors.len();
            match colors.get_mut(*color as usize) {
                Some(old) => *old = *rgb,
                None if *color as usize == count && count < PALETTE_COLORS => colors.push(*rgb),
                None => {
                    let next = if count < PALETTE_COLORS { format!(", or {count} to add one") } else { String::new() };
                    return Err(Box::new(Finding::new(
                        Code::PaletteUndeclared,
                        format!("palette {palette} has {count} colors; it has no color {color}"),
                        format!("Pass a color from 0 to {}{next}.", count - 1),
                    )));
                }
            }
            Ok(())
        }
        PaletteEdit::Remove(palette) => {
            let removed = position(glyph, *palette)?;
            glyph.palettes.remove(removed);
            rename_choices(glyph, |index| match index {
                index if index == *palette => None,
                index => Some(if index > *palette { index - 1 } else { index }),
            });
            Ok(())
        }
        PaletteEdit::Move { palette, to } => {
            let (from, end) = (position(glyph, *palette)?, position(glyph, *to)?);
            let moved = glyph.palettes.remove(from);
            glyph.palettes.insert(end, moved);
            rename_choices(glyph, |index| {
                Some(match index {
                    index if index == *palette => *to,
                    index if index > *palette && index <= *to => index - 1,
                    index if index < *palette && index >= *to => index + 1,
                    index => index,
                })
            });
            Ok(())
        }
    }
}

pub(super) fn add(glyph: &mut GlyphContent, palette: Palette) -> Result<(), Box<Finding>> {
    if glyph.palettes.len() >= MAX_PALETTES as usize {
        return Err(Box::new(Finding::new(
            Code::TooManyPalettes,
            format!("the bank has {MAX_PALETTES} palettes, as many as it can have"),
            "Remove a palette that no tile needs, or split the bank.",
        )));
    }
    glyph.palettes.push(palette);
    Ok(())
}

/// Changes the index of the palette that each artifact names.
fn rename_choices(glyph: &mut GlyphContent, new: impl Fn(u32) -> Option<u32>) {
    for artifact in &mut glyph.artifacts {
        artifact.palette = artifact.palette.and_then(&new);
    }
}

fn position(glyph: &GlyphContent, palette: u32) -> Result<usize, Box<Finding>> {
    let (at, count) = (palette as usize, glyph.palettes.len());
    if at < count {
        return Ok(at);
    }
    let known = match count {
        0 => "the bank declares none".to_owned(),
        1 => "only palette 0 is".to_owned(),
        count => format!("the palettes 0 to {} are", count - 1),
    };
    Err(Box::new(Finding::new(
        Code::PaletteUndeclared,
        format!("palette {palette} is not declared; {known}"),
        "Pass the index of a declared palette: `prometeu-packer show PROJECT ASSET` lists them.",
    )))
}

fn checked_name(name: &Option<String>) -> Result<Option<String>, Box<Finding>> {
    match name {
        Some(text) if !is_palette_name(text) => Err(Box::new(Finding::new(
            Code::NameIllegal,
            format!("`{}` is not a palette name", escaped(text)),
            "Use 1 to 32 printable characters.",
        ))),
        name => Ok(name.clone()),
    }
}
