//! `palettes`: palettes that cover all tiles of a glyph bank, beside those that it declares; with `apply`, written into its
//! declaration (spec: packer charter, "Finding palettes").

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Operation, OperationClass, Report, operation_error, run_locked};
use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::banks::glyph::grid::Grid;
use crate::banks::glyph::image::Image;
use crate::banks::glyph::palettes::{self, CutImage};
use crate::banks::glyph::{self, CutTiles};
use crate::banks::{Outcome, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, Content, Declaration, GlyphContent, Palette, edit};
use crate::diagnostics::{AsFinding, Code, Finding, blocks};
use crate::files::{self, DiskError, FileContent, Folder};
use crate::limits::DECLARATION_BYTES;
use crate::pack::examine::{Attempt, with_retries};
use crate::pack::lock::LockError;
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::snapshot::{BrokenRegistry, RegisteredAsset};

/// Finds palettes for a glyph bank.
#[derive(Clone, Debug)]
pub struct FindPalettes {
    project: PathBuf,
    asset: AssetSelector,
    apply: bool,
}

impl FindPalettes {
    /// Finds palettes for this asset; by default nothing is written.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>) -> Self {
        Self { project: project.into(), asset: asset.into(), apply: false }
    }

    /// Writes the palettes into the declaration.
    #[must_use]
    pub fn apply(mut self, apply: bool) -> Self {
        self.apply = apply;
        self
    }
}

operation_error! {
    /// Why no palettes could be looked for, or not be written; then the declaration is as it was.
    FindPalettesError {
        Project(ProjectError),
        Registry(BrokenRegistry),
        NotFound(AssetNotFound),
        Lock(LockError),
        Disk(DiskError),
    }
}

/// The palettes of a glyph bank, as they are or would be.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct FindPalettesReport {
    /// The asset's id.
    pub asset_id: u32,
    /// Relative to `assets/`.
    pub root: String,
    /// By index; empty if something is in the way.
    pub palettes: Vec<FoundPalette>,
    /// Palettes that were added.
    pub new_palettes: usize,
    /// Colors that were added to palettes that were declared.
    pub new_colors: usize,
    /// Whether they stand in the declaration now.
    pub applied: bool,
}

/// A palette that was kept, grown or added.
#[derive(Clone, Debug, Serialize)]
pub struct FoundPalette {
    /// Its index.
    pub index: usize,
    /// If it has one.
    pub name: Option<String>,
    /// `#rrggbb`; color 0 is the color key.
    pub colors: Vec<String>,
    /// How many of them were declared before; 0 if the palette is new.
    pub declared: usize,
}

impl Operation for FindPalettes {
    type Report = FindPalettesReport;
    type Error = FindPalettesError;

    fn class(&self) -> OperationClass {
        if self.apply { OperationClass::ChangesWorkspace } else { OperationClass::Reads }
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<FindPalettesReport>, FindPalettesError> {
        let project = Project::at(&self.project);
        run_locked(context, self.class(), &project, true, |_| {
            let (mut report, changing) = with_retries(context, &project, |snapshot| {
                snapshot.understood()?;
                let asset = self.asset.select(snapshot)?;
                self.work_on(context, &project, asset)
            })?;
            report.findings.extend(changing);
            Ok(report)
        })
    }
}

impl FindPalettes {
    fn work_on(
        &self,
        context: &Context,
        project: &Project,
        asset: &RegisteredAsset,
    ) -> Result<Attempt<Report<FindPalettesReport>>, FindPalettesError> {
        let me = asset.asset_ref();
        let mut report = FindPalettesReport {
            asset_id: asset.entry.asset_id,
            root: me.root.clone(),
            palettes: Vec::new(),
            new_palettes: 0,
            new_colors: 0,
            applied: false,
        };
        let mut outcome = Outcome::default();
        let read = read_glyph(project, &asset.entry.root, &mut outcome);
        let mut changed = None;
        if let Some(bank) = read {
            let found = found(context, &bank, &mut outcome)?;
            changed = outcome.changed.first().map(|path| format!("assets/{}/{path}", me.root));
            if let Some(palettes) = found
                && changed.is_none()
            {
                report.tell(&bank.glyph.palettes, &palettes);
                if self.apply && !blocks(&outcome.findings) {
                    changed = bank.write(context, project, &palettes, &mut outcome)?;
                    report.applied = changed.is_none() && !blocks(&outcome.findings);
                }
            }
        }
        let findings = outcome.findings.into_iter().map(|finding| finding.in_asset(&me)).collect();
        Ok(Attempt { made: Report::new(report, findings), changed_path: changed })
    }
}

impl FindPalettesReport {
    fn tell(&mut self, declared: &[Palette], palettes: &[Palette]) {
        for (index, palette) in palettes.iter().enumerate() {
            let before = declared.get(index).map_or(0, |palette| palette.colors.len());
            self.palettes.push(FoundPalette {
                index,
                name: palette.name.clone(),
                colors: palette.colors.iter().map(ToString::to_string).collect(),
                declared: before,
            });
            if before > 0 {
                self.new_colors += palette.colors.len() - before;
            }
        }
        self.new_palettes = palettes.len() - declared.len();
    }
}

/// A glyph bank whose palettes are looked for.
struct Bank {
    folder: Folder,
    path: PathBuf,
    file: FileContent,
    declaration: Declaration,
    glyph: GlyphContent,
}

/// Reads the bank's declaration, which need not declare palettes yet; `None` if something is wrong with it.
fn read_glyph(project: &Project, root: &RelPath, outcome: &mut Outcome) -> Option<Bank> {
    let anchor = RelPath::parse(ANCHOR).ok()?;
    let opened = Folder::at(project.assets()).open_folder(root).and_then(|folder| Ok((folder.open(&anchor)?, folder)));
    let (source, folder) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            outcome.findings.push(error.into_finding_about(&anchor));
            return None;
        }
    };
    let path = source.path().to_owned();
    let file = match source.read_whole(DECLARATION_BYTES) {
        Ok(Some(file)) => file,
        Ok(None) => {
            outcome.findings.push(crate::snapshot::too_large(DECLARATION_BYTES).file(ANCHOR));
            return None;
        }
        Err(error) => {
            outcome.findings.push(error.as_finding().file(ANCHOR));
            return None;
        }
    };
    if !file.is_consistent {
        outcome.changed.push(anchor);
    }
    let reading = Declaration::read_before_palettes(&file.bytes);
    outcome.findings.extend(reading.findings);
    let declaration = reading.declaration?;
    match declaration.content.clone() {
        Content::Glyph(glyph) => Some(Bank { folder, path, file, declaration, glyph }),
        other => {
            let what = if matches!(other, Content::Sound(_)) { "a sound bank" } else { "a raw asset" };
            outcome.findings.push(
                Finding::new(
                    Code::NotAGlyphBank,
                    format!("the asset is {what}; palettes are found for the images of a glyph bank"),
                    "Name a glyph bank: `prometeu-packer list PROJECT` shows all assets with their types.",
                )
                .file(ANCHOR),
            );
            None
        }
    }
}

/// The palettes of the bank; `None` if something is in the way.
fn found(context: &Context, bank: &Bank, outcome: &mut Outcome) -> Result<Option<Vec<Palette>>, FindPalettesError> {
    let size = bank.glyph.tile_size;
    let mut decoded: Vec<(usize, Image, Grid, CutTiles)> = Vec::new();
    for (at, artifact) in bank.glyph.artifacts.iter().enumerate() {
        check_cancelled(context)?;
        let Some((image, grid)) = glyph::decode_artifact(context, &bank.folder, artifact, size, outcome) else {
            continue;
        };
        let tiles = CutTiles::of(&image, grid, artifact, size);
        let judged = glyph::check_color_key(&image, artifact).and_then(|()| tiles.check_ids(artifact.index, size));
        outcome.findings.extend(judged.err().map(|problem| Finding::from(problem).file(artifact.file.as_str())));
        decoded.push((at, image, grid, tiles));
    }
    if blocks(&outcome.findings) || !outcome.changed.is_empty() {
        return Ok(None);
    }
    decoded.sort_by_key(|(at, ..)| bank.glyph.artifacts[*at].index);
    let drawn: Vec<CutImage<'_>> = decoded
        .iter()
        .map(|(at, image, grid, tiles)| CutImage { artifact: &bank.glyph.artifacts[*at], image, grid: *grid, tiles })
        .collect();
    let found = palettes::find_palettes(context, &bank.glyph.palettes, &drawn, size)?;
    let is_whole = !blocks(&found.findings);
    outcome.findings.extend(found.findings);
    Ok(is_whole.then_some(found.palettes))
}

impl Bank {
    /// Writes the palettes into the declaration, and changes nothing else of it. `Some` names the declaration if somebody
    /// else changed it meanwhile.
    fn write(
        &self,
        context: &Context,
        project: &Project,
        palettes: &[Palette],
        outcome: &mut Outcome,
    ) -> Result<Option<String>, FindPalettesError> {
        if self.glyph.palettes == palettes {
            return Ok(None);
        }
        let text = std::str::from_utf8(&self.file.bytes).unwrap_or_default();
        let edited = edit::with_palettes(text, self.glyph.palettes.len(), palettes);
        let glyph = GlyphContent { palettes: palettes.to_vec(), ..self.glyph.clone() };
        let wanted = Declaration { content: Content::Glyph(glyph), ..self.declaration.clone() };
        let is_wanted = |text: &String| {
            Declaration::read(text.as_bytes()).declaration.is_some_and(|read| read.to_bytes() == wanted.to_bytes())
        };
        let Some(edited) = edited.filter(is_wanted) else {
            outcome.findings.push(
                Finding::new(
                    Code::InternalError,
                    "the palettes could not be written into this declaration as it is laid out",
                    "Nothing was changed. Please report it, with the file; the palettes above can be pasted by hand.",
                )
                .file(ANCHOR),
            );
            return Ok(None);
        };
        let unique = context.new_uuid().to_string();
        // The last thing before it is replaced.
        if !files::is_unchanged(&self.path, self.file.stamp) {
            return Ok(Some(files::display_path(&self.path)));
        }
        files::replace_file(&self.path, edited.as_bytes(), &project.tool_folder(), &unique)?;
        Ok(None)
    }
}
