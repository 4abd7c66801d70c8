//! The palettes of a declaration that are files: reads them, and puts their colors into the declaration (spec:
//! declarations, "Palettes that are files").

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{PaletteRows, missing_declared, read_palette_file, shared_link_outside, too_large};
use crate::declaration::{Content, Declaration, Palette, PaletteSource};
use crate::diagnostics::{AsFinding, AssetRef, CauseId, Code, Finding, Fix, escaped, has_errors};
use crate::files::{Folder, OpenError, SourceRecord, Stamp};
use crate::limits::PALETTE_FILE_BYTES;
use crate::paths::RelPath;

/// The palette files that a declaration names, as they were read.
#[derive(Debug, Default)]
pub struct DeclaredPalettes {
    /// Those in the asset's root.
    pub in_root: Vec<SourceRecord>,
    /// Those outside of it, relative to `assets/`.
    pub shared: Vec<SourceRecord>,
    /// The shared files that are named, even if they could not be read.
    pub named_shared: Vec<RelPath>,
    /// The folder of the shared files, if there are any.
    pub shared_folder: Option<Folder>,
    /// How each file was read, in the order of their first use.
    pub reads: Vec<PaletteRead>,
    /// What was found, relative to the root, or to `assets/` in a shared file.
    pub findings: Vec<FoundIn>,
    /// The palettes that have no colors, because their files cannot be used.
    unread: Vec<(u32, PaletteSource)>,
    /// Of each of these, the finding that explains it; known once the findings are those of an asset.
    pub unread_causes: BTreeMap<u32, CauseId>,
}

/// How a palette file was read.
#[derive(Clone, Debug)]
pub struct PaletteRead {
    /// Its path, relative to the root or to `assets/`.
    pub name: RelPath,
    /// Where it is.
    pub path: PathBuf,
    /// Its state when it was opened.
    pub stamp: Stamp,
    /// False if it changed while it was read.
    pub is_consistent: bool,
}

/// A finding about a palette file, and whether its file is relative to `assets/` instead of the root.
#[derive(Clone, Debug)]
pub struct FoundIn {
    /// The finding.
    pub finding: Finding,
    /// Whether the file is a shared one.
    pub is_shared: bool,
}

impl FoundIn {
    /// The finding, relative to the project.
    pub fn in_asset(self, asset: &AssetRef) -> Finding {
        let Self { finding, is_shared } = self;
        if !is_shared {
            return finding.in_asset(asset);
        }
        finding.in_assets(asset)
    }
}

impl DeclaredPalettes {
    /// Reads the palettes of `declaration` that are files, each file once, and puts their colors into it. If a palette
    /// has an error, it has no colors.
    pub fn read(declaration: &mut Declaration, root: &Folder, assets: &Folder) -> Self {
        let mut read = Self::default();
        let Content::Glyph(glyph) = &mut declaration.content else { return read };
        let mut known: Vec<(PaletteSource, Option<super::PaletteFile>)> = Vec::new();
        for (index, palette) in (0..).zip(&mut glyph.palettes) {
            let Some(source) = palette.file.clone() else { continue };
            let at = known.iter().position(|(other, _)| other.is_same_file(&source));
            let at = at.unwrap_or_else(|| {
                let folder = if source.is_shared { assets } else { root };
                let file = read.read_file(&source, folder);
                known.push((source.clone(), file));
                known.len() - 1
            });
            if let Some((_, Some(file))) = known.get(at) {
                read.set_colors(palette, &source, file);
            }
            if palette.colors.is_empty() {
                read.unread.push((index, source));
            }
        }
        read
    }

    /// Takes what was found, as findings about an asset.
    pub fn take_findings(&mut self, asset: &AssetRef) -> Vec<Finding> {
        let mut findings = Vec::new();
        for found in std::mem::take(&mut self.findings) {
            let (file, is_shared) = (found.finding.file.clone(), found.is_shared);
            let finding = found.in_asset(asset);
            let is_of = |(_, source): &&(u32, PaletteSource)| {
                finding.is_error()
                    && source.is_shared == is_shared
                    && file.as_deref() == Some(&escaped(source.path.as_str()))
            };
            for (palette, _) in self.unread.iter().filter(is_of) {
                self.unread_causes.entry(*palette).or_insert(finding.cause_id());
            }
            findings.push(finding);
        }
        findings
    }

    /// Whether every palette has its colors, before the findings were taken.
    pub fn is_whole(&self) -> bool {
        self.findings.iter().all(|found| !has_errors(std::slice::from_ref(&found.finding)))
    }

    fn set_colors(&mut self, palette: &mut Palette, source: &PaletteSource, file: &super::PaletteFile) {
        let rows = source.row.map_or(PaletteRows::One, |row| PaletteRows::Rows(row..=row));
        match file.palettes(&rows, source.key) {
            Ok(palettes) => palette.colors = palettes.concat(),
            Err(finding) => self.push(*finding, source),
        }
    }

    fn push(&mut self, finding: Finding, source: &PaletteSource) {
        let finding = finding.file(source.path.as_str());
        if !self.findings.iter().any(|known| known.finding == finding) {
            self.findings.push(FoundIn { finding, is_shared: source.is_shared });
        }
    }

    fn read_file(&mut self, source: &PaletteSource, folder: &Folder) -> Option<super::PaletteFile> {
        if source.is_shared {
            self.named_shared.push(source.path.clone());
            self.shared_folder = Some(folder.clone());
        }
        let opened = match folder.open(&source.path) {
            Ok(opened) => opened,
            Err(OpenError::Missing { twin: None }) => {
                self.push(missing_declared(source.is_shared), source);
                return None;
            }
            Err(OpenError::LinkOutside(to)) if source.is_shared => {
                self.push(shared_link_outside(&to), source);
                return None;
            }
            Err(error) => {
                let mut finding = error.into_finding_about(&source.path);
                if let Some(Fix::Rename { from, to }) = finding.fix.as_ref().filter(|_| source.is_shared) {
                    // As `asset.json` names it.
                    let name = |text: &str, path: &str| text.replace(&format!("`{path}`"), &format!("`/{path}`"));
                    (finding.message, finding.help) =
                        (name(&finding.message, &escaped(from)), name(&finding.help, &escaped(to)));
                }
                self.push(finding, source);
                return None;
            }
        };
        let path = opened.path().to_owned();
        let content = match opened.read_whole(PALETTE_FILE_BYTES) {
            Ok(Some(content)) => content,
            Ok(None) => {
                self.push(too_large(), source);
                return None;
            }
            Err(error) => {
                self.push(error.as_finding(), source);
                return None;
            }
        };
        self.reads.push(PaletteRead {
            name: source.path.clone(),
            path,
            stamp: content.stamp,
            is_consistent: content.is_consistent,
        });
        let record = SourceRecord { path: source.path.clone(), file: content.file };
        if source.is_shared {
            self.shared.push(record)
        } else {
            self.in_root.push(record)
        }
        let reading = read_palette_file(&content.bytes);
        for finding in reading.findings {
            self.push(finding, source);
        }
        reading.file
    }

    /// Whether the same files with the same bytes were read, as far as is known.
    pub fn is_same(&self, other: &Self) -> bool {
        let hashes = |records: &[SourceRecord]| -> Vec<_> {
            records.iter().map(|record| (record.path.clone(), record.file.sha256)).collect()
        };
        hashes(&self.in_root) == hashes(&other.in_root)
            && hashes(&self.shared) == hashes(&other.shared)
            && self.named_shared == other.named_shared
    }
}

/// Refuses an edit that changed the colors of a palette that is a file.
///
/// # Errors
/// The finding about the first such palette.
pub fn check_file_colors(before: &Declaration, after: &Declaration) -> Result<(), Box<Finding>> {
    let (Content::Glyph(before), Content::Glyph(after)) = (&before.content, &after.content) else { return Ok(()) };
    for (index, palette) in after.palettes.iter().enumerate() {
        let Some(source) = &palette.file else { continue };
        let mut as_read = before.palettes.iter().filter(|other| other.file.as_ref() == Some(source)).peekable();
        if as_read.peek().is_some() && as_read.all(|other| other.colors != palette.colors) {
            return Err(Box::new(Finding::new(
                Code::PaletteIsFile,
                format!("the colors of palette {index} are in the file `{}`", source.declared_path()),
                format!(
                    "Change them there, with your art program. To declare them in `asset.json` instead, run `prometeu-packer \
                     palettes PROJECT ASSET --import FILE --as {index}`."
                ),
            )));
        }
    }
    Ok(())
}
