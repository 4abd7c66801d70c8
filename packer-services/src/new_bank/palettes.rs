//! The palettes that the caller of `create` takes from palette files.

use std::path::PathBuf;

use crate::declaration::Palette;
use crate::diagnostics::{Code, Finding};
use crate::files;
use crate::formats::{MAX_PALETTES, Rgb};
use crate::palette_file::{PaletteRows, read_named_palette};

/// Palette files, in the order of the palettes that they become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPalettes {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Which rows of 16 colors of each file are used.
    pub rows: PaletteRows,
    /// The color key of all palettes, if the files have only the colors after it; otherwise the first color of each.
    pub key: Option<Rgb>,
}

impl Default for NewPalettes {
    /// No files.
    fn default() -> Self {
        Self { files: Vec::new(), rows: PaletteRows::One, key: None }
    }
}

impl NewPalettes {
    /// The palettes, with what is to be said about them.
    ///
    /// # Errors
    /// Why files cannot be used.
    pub(crate) fn read(&self) -> Result<(Vec<Palette>, Vec<Finding>), Vec<Finding>> {
        let mut all = Vec::new();
        let mut notes = Vec::new();
        let mut errors = Vec::new();
        for path in &self.files {
            let shown = files::display_path(path);
            let reading = read_named_palette(path);
            let Some(file) = reading.file else {
                errors.extend(reading.findings);
                continue;
            };
            notes.extend(reading.findings);
            match file.palettes(&self.rows, self.key) {
                Ok(palettes) => {
                    let about = [file.key_note(self.key, &palettes), file.name_note(&palettes)];
                    notes.extend(about.into_iter().flatten().map(|note| note.file(&shown)));
                    let name = file.name_of(&palettes);
                    all.extend(palettes.into_iter().map(|colors| Palette::of_colors(name.clone(), colors)));
                }
                Err(finding) => errors.push(finding.file(&shown)),
            }
        }
        if errors.is_empty() && all.len() > MAX_PALETTES as usize {
            errors.push(Finding::new(
                Code::TooManyPalettes,
                format!("the files have {} palettes; a bank can have {MAX_PALETTES}", all.len()),
                "Pass fewer files or rows, or split the bank.",
            ));
        }
        if errors.is_empty() { Ok((all, notes)) } else { Err(errors) }
    }
}
