//! The sheets in which palettes of a bank are taken from a palette file, or written to one.

use std::path::{Path, PathBuf};

use packer_services::declaration::PaletteSource;
use packer_services::diagnostics::Finding;
use packer_services::formats::Rgb;
use packer_services::ops::{AssetEdit, PaletteImport, PaletteRows};

use super::{State, WantedEdit};
use crate::external::typed_path;

/// The extensions of palette files.
pub const PALETTE_EXTENSIONS: [&str; 5] = ["gpl", "hex", "pal", "act", "txt"];

/// Which rows of 16 colors of a palette file become palettes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowsChoice {
    /// The file has one palette.
    #[default]
    One,
    /// All rows.
    All,
    /// Some of them, which are entered.
    Some,
}

/// What is entered about the colors of palette files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteForm {
    /// Which rows are used.
    pub rows: RowsChoice,
    /// The first and the last row, if only some are used.
    pub some: [u32; 2],
    /// Whether the file has only the colors after the color key.
    pub has_key: bool,
    /// The color key then, as text.
    pub key: String,
}

impl Default for PaletteForm {
    fn default() -> Self {
        Self { rows: RowsChoice::One, some: [0; 2], has_key: false, key: "#ff00ff".to_owned() }
    }
}

impl PaletteForm {
    /// The rows.
    pub fn rows(&self) -> PaletteRows {
        match self.rows {
            RowsChoice::One => PaletteRows::One,
            RowsChoice::All => PaletteRows::All,
            RowsChoice::Some => PaletteRows::Rows(self.some[0]..=self.some[1].max(self.some[0])),
        }
    }

    /// The color key.
    ///
    /// # Errors
    /// A sentence that says how to write one.
    pub fn key(&self) -> Result<Option<Rgb>, &'static str> {
        match self.has_key {
            true => Rgb::parse(self.key.trim()).map(Some).ok_or("Write the color key like #ff00ff."),
            false => Ok(None),
        }
    }
}

/// Palettes that are about to be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteSheet {
    /// The asset's root.
    pub root: String,
    /// The path of the file, as it was entered.
    pub path: String,
    /// The palette that is replaced; `None` if new ones are added.
    pub at: Option<u32>,
    /// What of the file is used.
    pub form: PaletteForm,
    /// Whether the file is the palette from then on.
    pub is_linked: bool,
}

impl PaletteSheet {
    /// The sheet for a bank and a file, which may be empty.
    pub fn new(root: String, path: String, at: Option<u32>) -> Self {
        Self { root, path, at, form: PaletteForm::default(), is_linked: false }
    }

    /// The edit that takes the palettes.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn wanted(&self) -> Result<WantedEdit, &'static str> {
        if self.path.trim().is_empty() {
            return Err("Enter the path of a palette file.");
        }
        let file = typed_path(&self.path, std::env::home_dir().as_deref());
        let (rows, key) = (self.form.rows(), self.form.key()?);
        let import = PaletteImport { file, at: self.at, rows, key, link: self.is_linked };
        Ok(WantedEdit { root: self.root.clone(), edit: AssetEdit::ImportPalettes(import) })
    }
}

/// A palette that is about to be written to a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PaletteExport {
    /// The asset's root.
    pub root: String,
    /// Its index.
    pub palette: u32,
    /// The path of the file, as it was entered.
    pub path: String,
    /// Whether a file with this path is replaced.
    pub replaces: bool,
    /// Why it was not written.
    pub findings: Vec<Finding>,
}

impl PaletteExport {
    /// The path of the file.
    pub fn file(&self) -> PathBuf {
        typed_path(&self.path, std::env::home_dir().as_deref())
    }
}

/// The edit that writes the colors of a palette that is a file into the declaration of its bank.
pub fn unlink(project: &Path, root: &str, palette: u32, source: &PaletteSource) -> AssetEdit {
    let folder = project.join("assets");
    let folder = if source.is_shared { folder } else { folder.join(root) };
    let rows = source.row.map_or(PaletteRows::One, |row| PaletteRows::Rows(row..=row));
    let file = folder.join(source.path.as_str());
    AssetEdit::ImportPalettes(PaletteImport { file, at: Some(palette), rows, key: source.key, link: false })
}

fn is_palette_file(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    // Any text can be named like a text.
    extension != "txt" && PALETTE_EXTENSIONS.contains(&extension.as_str())
}

impl State {
    /// Whether palettes of the selected bank can be taken from these files, by their names.
    pub fn can_import_palettes(&self, files: &[PathBuf]) -> bool {
        self.can_cut() && !self.has_sheet() && matches!(files, [file] if is_palette_file(file))
    }

    /// Whether the palettes of the new asset can begin with those of these files, by their names.
    pub fn can_add_palettes(&self, files: &[PathBuf]) -> bool {
        self.new_asset.is_some() && files.iter().all(|file| is_palette_file(file))
    }

    /// Opens the sheet that takes palettes from a file.
    pub fn open_palette_sheet(&mut self, path: String, at: Option<u32>) {
        let Some(root) = self.selected_root.clone() else { return };
        match &mut self.palette_sheet {
            Some(sheet) if sheet.root == root => sheet.path = path,
            _ => self.palette_sheet = Some(PaletteSheet::new(root, path, at)),
        }
    }

    /// Whether the entered palettes can be taken.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn can_import(&self, sheet: &PaletteSheet) -> Result<(), &'static str> {
        self.preview_of_edit(&sheet.wanted()?).ok_or("It is being checked.")?.change.can_apply()
    }
}
