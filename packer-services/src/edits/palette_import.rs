//! `palettes --import`: palettes of a glyph bank that are taken from a palette file.

use std::path::PathBuf;

use super::Draft;
use super::bank::glyph_content;
use super::palette::add;
use crate::declaration::{GlyphContent, Palette, PaletteSource};
use crate::diagnostics::{Code, Finding, plural};
use crate::files;
use crate::formats::Rgb;
use crate::palette_file::{PaletteFile, PaletteRows, read_named_palette};
use crate::paths::RelPath;
use crate::snapshot::RegisteredAsset;

/// A palette file, and what becomes of its colors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteImport {
    /// The file, anywhere on the disk.
    pub file: PathBuf,
    /// The index of the palette that its colors replace, and those after it; `None` for a new palette behind the
    /// others.
    pub at: Option<u32>,
    /// Which of its colors are used.
    pub rows: PaletteRows,
    /// The color key, if the file has only the colors after it; otherwise its first color is the color key.
    pub key: Option<Rgb>,
    /// Declares that the file is the palette, instead of its colors: saving the file then changes the pack. It must be
    /// below `assets/`.
    pub link: bool,
}

/// Replaces palettes by those of a file, or adds them. Palettes that are replaced keep their name.
///
/// # Errors
/// If the file cannot be used, there is no room, or the declaration cannot be edited.
pub fn import_palettes(
    draft: &mut Draft<'_>,
    asset: &RegisteredAsset,
    import: &PaletteImport,
) -> Result<(), Vec<Finding>> {
    let shown = files::display_path(&import.file);
    let reading = read_named_palette(&import.file);
    let Some(file) = reading.file else { return Err(reading.findings) };
    let palettes = file.palettes(&import.rows, import.key).map_err(|finding| vec![finding.file(&shown)])?;
    let source = match import.link {
        true => Some(linked_source(draft, asset, import).map_err(|finding| vec![finding.file(&shown)])?),
        false => None,
    };
    draft.edit_palette_list(asset, |declaration| {
        let glyph = glyph_content(declaration)?;
        put_palettes(glyph, import, &file, &palettes, source.as_ref()).map_err(|finding| vec![*finding])
    })?;
    draft.add_notes(reading.findings);
    draft.add_notes(file.key_note(import.key, &palettes).map(|note| note.file(&shown)));
    // A palette that is replaced keeps its own name.
    draft.add_notes(file.name_note(&palettes).filter(|_| import.at.is_none()).map(|note| note.file(&shown)));
    Ok(())
}

fn put_palettes(
    glyph: &mut GlyphContent,
    import: &PaletteImport,
    file: &PaletteFile,
    palettes: &[Vec<Rgb>],
    source: Option<&PaletteSource>,
) -> Result<(), Box<Finding>> {
    let count = glyph.palettes.len();
    let first = import.at.map_or(count, |at| at as usize);
    if first > count {
        return Err(Box::new(Finding::new(
            Code::PaletteUndeclared,
            format!("palette {first} is not declared; the bank has {}", plural(count as u64, "palette")),
            format!("Pass the index of a palette to replace, or {count} to add one."),
        )));
    }
    let name = file.name_of(palettes);
    let first_row = match &import.rows {
        PaletteRows::One => None,
        PaletteRows::All => Some(0),
        PaletteRows::Rows(rows) => Some(*rows.start()),
    };
    for ((at, row), colors) in (first..).zip(0..).zip(palettes) {
        let row = first_row.map(|first| first + row);
        let source = source.map(|source| PaletteSource { row, ..source.clone() });
        let new = Palette { name: name.clone(), colors: colors.clone(), file: source };
        match glyph.palettes.get_mut(at) {
            Some(palette) => *palette = Palette { name: palette.name.take(), ..new },
            None => add(glyph, new)?,
        }
    }
    Ok(())
}

/// The file as a declaration names it.
fn linked_source(
    draft: &Draft<'_>,
    asset: &RegisteredAsset,
    import: &PaletteImport,
) -> Result<PaletteSource, Box<Finding>> {
    let assets = draft.project().assets_folder();
    let in_root = files::path_below(&import.file, &assets.join(asset.entry.root.as_str()));
    let is_shared = in_root.is_none();
    let below = in_root.or_else(|| files::path_below(&import.file, &assets)).ok_or_else(|| {
        Box::new(Finding::new(
            Code::PathNotRelative,
            "the file is not below `assets/`, so a pack cannot read it",
            "Copy it into the root of the asset, or, for several assets, into another folder below `assets/`. Without \
             `--link`, its colors are written to `asset.json`.",
        ))
    })?;
    let path = RelPath::parse(&below)
        .map_err(|problem| Box::new(Finding::new(problem.code, problem.message, problem.help)))?;
    Ok(PaletteSource { path, is_shared, row: None, key: import.key })
}
