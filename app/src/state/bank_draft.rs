//! Which images or sounds a bank is about to be built from.

use std::path::PathBuf;

use packer_services::declaration::Family;
use packer_services::diagnostics::Code;
use packer_services::ops::{Arranged, ArtifactSelector, AssetEdit, Composition, ImportOptions};
use packer_services::preview::BankPreview;

use super::{State, ViewKind};

/// The images or sounds of a bank as the user arranges them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankDraft {
    /// The asset's root.
    pub root: String,
    /// In the order of their ids.
    pub items: Vec<BankItem>,
    /// What the bank had when the user began.
    pub before: Vec<BankItem>,
    /// The place of the selected one.
    pub selected: usize,
    /// Whether missing colors are declared.
    pub declares_colors: bool,
}

/// An image or a sound of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankItem {
    /// One that the bank has already.
    Kept {
        /// Its first id.
        index: u32,
        /// Its file, relative to the root.
        file: String,
        /// How many ids it takes.
        ids: u32,
    },
    /// One of this file.
    New(PathBuf),
}

impl BankItem {
    /// The name of its file.
    pub fn name(&self) -> String {
        match self {
            Self::Kept { file, .. } => file.clone(),
            Self::New(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        }
    }
}

impl BankDraft {
    /// Moves the selected item so many places down, and stops at the ends.
    pub fn move_selected(&mut self, step: isize) {
        let last = self.items.len().saturating_sub(1);
        let to = self.selected.saturating_add_signed(step).min(last);
        if self.selected <= last && to != self.selected {
            let item = self.items.remove(self.selected);
            self.items.insert(to, item);
            self.selected = to;
        }
    }

    /// Selects the item so many places further down, and stops at the ends.
    pub fn step(&mut self, step: isize) {
        self.selected = self.selected.saturating_add_signed(step).min(self.items.len().saturating_sub(1));
    }

    /// Leaves out the selected item.
    pub fn remove_selected(&mut self) {
        if self.selected < self.items.len() {
            self.items.remove(self.selected);
            self.step(0);
        }
    }

    /// Adds files at the end.
    pub fn add(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.items.extend(files.into_iter().map(BankItem::New));
        self.selected = self.items.len().saturating_sub(1);
    }

    /// Whether other files are used, or in another order.
    pub fn is_changed(&self) -> bool {
        self.items != self.before
    }

    /// The edit that arranges the bank like this.
    pub fn edit(&self) -> AssetEdit {
        let arranged = self.items.iter().map(|item| match item {
            BankItem::Kept { index, .. } => Arranged::Kept(ArtifactSelector::Index(*index)),
            BankItem::New(path) => Arranged::New(path.clone()),
        });
        let composition = Composition::Arrange(arranged.collect());
        AssetEdit::Compose { composition, palettes: self.declares_colors, import: ImportOptions::default() }
    }
}

impl State {
    /// Whether [`State::bank_items`] has any. It lists none of them: this is asked several times in each frame.
    pub fn has_bank_items(&self) -> bool {
        self.can_edit_selected()
            && match self.bank() {
                Some(BankPreview::Glyph(glyph)) => !glyph.declared.is_empty(),
                Some(BankPreview::Sound(sound)) => {
                    !sound.samples.is_empty() && sound.samples.iter().all(|sample| sample.file.is_some())
                }
                _ => false,
            }
    }

    /// The images or sounds of the selected bank in the project; `None` if it has none, or is not in the project.
    pub fn bank_items(&self) -> Option<Vec<BankItem>> {
        let end = self.selected_asset().filter(|_| self.has_bank_items())?.fill.map_or(0, |fill| fill.ids);
        let mut items: Vec<(u32, String)> = match self.bank()? {
            BankPreview::Glyph(glyph) => {
                glyph.declared.iter().map(|image| (image.index, image.file.to_string())).collect()
            }
            BankPreview::Sound(sound) => {
                let file =
                    |sample: &packer_services::preview::PreviewSample| sample.file.as_ref().map(ToString::to_string);
                sound.samples.iter().map(|sample| Some((sample.index, file(sample)?))).collect::<Option<_>>()?
            }
            BankPreview::Scene { .. } => return None,
        };
        items.sort();
        let next = |at: usize| items.get(at + 1).map_or(end, |next| next.0);
        let kept = items.iter().enumerate().map(|(at, (index, file))| BankItem::Kept {
            index: *index,
            file: file.clone(),
            ids: next(at).saturating_sub(*index),
        });
        Some(kept.collect())
    }

    /// How the selected bank is about to be arranged; before any change, how it is arranged now.
    pub fn shown_draft(&self) -> Option<BankDraft> {
        let root = self.selected_root.clone()?;
        if let Some(draft) = self.bank_drafts.get(&root) {
            return Some(draft.clone());
        }
        let items = self.bank_items()?;
        Some(BankDraft { root, before: items.clone(), items, selected: 0, declares_colors: true })
    }

    /// Adds files to the selected bank, in the draft of it.
    pub fn add_to_bank(&mut self, files: Vec<PathBuf>) {
        self.arrange_bank(|draft| draft.add(files));
    }

    /// Changes how the selected bank is about to be arranged.
    pub fn arrange_bank(&mut self, change: impl FnOnce(&mut BankDraft)) {
        if let Some(mut draft) = self.shown_draft() {
            change(&mut draft);
            self.bank_drafts.insert(draft.root.clone(), draft);
        }
    }

    /// Whether the selected bank is being arranged, and can have all of these files, by their names.
    pub fn can_add_to_bank(&self, files: &[PathBuf]) -> bool {
        let fits = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let decoded: &[&str] = match self.is_sound_bank() {
                true => &[".ogg", ".mp3", ".aif", ".aiff"],
                false => &[".bmp", ".gif", ".pcx", ".qoi", ".tga", ".webp"],
            };
            self.is_fitting(&name) || decoded.iter().any(|ending| name.ends_with(ending))
        };
        self.view_kind() == ViewKind::Files && files.iter().all(fits)
    }

    fn is_sound_bank(&self) -> bool {
        self.selected_asset().is_some_and(|asset| asset.family == Some(Family::SoundBank))
    }

    /// Whether the selected bank can be built from a file with this name, without decoding it first.
    fn is_fitting(&self, file: &str) -> bool {
        let endings: &[&str] = if self.is_sound_bank() { &[".wav", ".flac"] } else { &[".png", ".aseprite", ".ase"] };
        endings.iter().any(|ending| file.to_lowercase().ends_with(ending))
    }

    /// The images or sounds in the folder of the selected asset that nothing is built from.
    pub fn unused_files(&self) -> Vec<String> {
        let unused = self.selected_asset_problems().filter(|(_, finding)| finding.code == Code::UnusedFile);
        let files = unused.filter_map(|(_, finding)| self.path_in_asset(finding).map(str::to_owned));
        files.filter(|file| self.is_fitting(file)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_move_and_stop_at_the_ends() {
        let items = ["a", "b", "c"].map(|name| BankItem::New(name.into())).to_vec();
        let before = items.clone();
        let mut draft = BankDraft { root: "x".into(), items, before, selected: 0, declares_colors: false };
        let names = |draft: &BankDraft| draft.items.iter().map(BankItem::name).collect::<String>();
        draft.move_selected(-1);
        assert_eq!((names(&draft).as_str(), draft.selected), ("abc", 0));
        draft.move_selected(1);
        assert_eq!((names(&draft).as_str(), draft.selected), ("bac", 1));
        draft.move_selected(9);
        assert_eq!((names(&draft).as_str(), draft.selected), ("bca", 2));
        draft.remove_selected();
        assert_eq!((names(&draft).as_str(), draft.selected), ("bc", 1));
        draft.add([PathBuf::from("/art/d")]);
        assert_eq!((names(&draft).as_str(), draft.selected), ("bcd", 2));
    }
}
