//! `palettes`: finds palettes that cover all tiles of a glyph bank, in addition to the declared ones; with `apply`,
//! writes them to its declaration (spec: packer charter, "Finding palettes").

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::anchor::{AnchorError, AnchorFile};
use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::banks::Outcome;
use crate::context::Context;
use crate::declaration::{ANCHOR, Content, Declaration, GlyphContent, Palette};
use crate::diagnostics::{Finding, has_errors};
use crate::edits::{AssetEdit, Draft, Drafted, find_palettes, glyph_content, not_a_glyph_bank};
use crate::files::Folder;
use crate::history::ChangeError;
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::examine::{Attempt, with_retries};
use crate::palette_file::DeclaredPalettes;
use crate::project::{Project, ProjectError};
use crate::snapshot::{BrokenRegistry, RegisteredAsset};

/// Finds palettes for a glyph bank.
#[derive(Clone, Debug)]
pub struct FindPalettes {
    project: PathBuf,
    asset: AssetSelector,
    apply: bool,
    dry_run: bool,
}

impl FindPalettes {
    /// Finds palettes for this asset. By default nothing is written.
    pub fn new(project: impl Into<PathBuf>, asset: impl Into<AssetSelector>) -> Self {
        Self { project: project.into(), asset: asset.into(), apply: false, dry_run: false }
    }

    /// Writes the palettes to the declaration.
    #[must_use]
    pub fn apply(mut self, apply: bool) -> Self {
        self.apply = apply;
        self
    }

    /// Only checks whether the palettes could be written.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why no palettes could be found or written. The declaration is unchanged.
    FindPalettesError {
        Project(ProjectError),
        Registry(BrokenRegistry),
        NotFound(AssetNotFound),
        Lock(LockError),
        Change(ChangeError),
    }
}

/// The palettes that a glyph bank needs.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct FindPalettesReport {
    /// The asset's id.
    pub asset_id: u32,
    /// Relative to `assets/`.
    pub root: String,
    /// By index; empty if there are errors.
    pub palettes: Vec<FoundPalette>,
    /// The number of added palettes.
    pub new_palettes: usize,
    /// The number of colors added to declared palettes.
    pub new_colors: usize,
    /// Whether the declaration was changed. It is not if it has all of them already.
    pub applied: bool,
}

/// A palette that was kept, extended or added.
#[derive(Clone, Debug, Serialize)]
pub struct FoundPalette {
    /// Its index.
    pub index: usize,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// `#rrggbb`; color 0 is the color key.
    pub colors: Vec<String>,
    /// How many of the colors were already declared; 0 if the palette is new.
    pub declared: usize,
}

impl Operation for FindPalettes {
    type Report = FindPalettesReport;
    type Error = FindPalettesError;

    fn class(&self) -> OperationClass {
        if self.apply && !self.dry_run { OperationClass::ChangesWorkspace } else { OperationClass::Reads }
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<FindPalettesReport>, FindPalettesError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let (mut report, changing) = with_retries(context, &project, |snapshot| {
                snapshot.require_registry()?;
                let asset = self.asset.select(snapshot)?;
                find_and_apply(context, &project, (self.apply, lock), asset)
            })?;
            report.findings.extend(changing);
            Ok(report)
        })
    }
}

/// Finds palettes for the asset. To apply them, the change of the declaration is checked too, and made if a
/// lock is passed.
fn find_and_apply(
    context: &Context,
    project: &Project,
    (applies, lock): (bool, Option<&Lock>),
    asset: &RegisteredAsset,
) -> Result<Attempt<Report<FindPalettesReport>>, FindPalettesError> {
    let asset_ref = asset.asset_ref();
    let mut report = FindPalettesReport {
        asset_id: asset.entry.asset_id,
        root: asset_ref.root.clone(),
        palettes: Vec::new(),
        new_palettes: 0,
        new_colors: 0,
        applied: false,
    };
    let mut outcome = Outcome::default();
    let mut changed_path = None;
    let mut written = Vec::new();
    let mut findings = Vec::new();
    if let Some(bank) = read_sources(project, asset, &mut outcome, &mut findings) {
        let found = find_palettes(context, &bank.folder, &bank.glyph, &mut outcome)?;
        changed_path = outcome.changed.first().map(|path| format!("assets/{}/{path}", asset_ref.root));
        if let Some(palettes) = found.filter(|_| changed_path.is_none()) {
            report.set_palettes(&bank.glyph.palettes, &palettes);
            if applies && !has_errors(&outcome.findings) && bank.glyph.palettes != palettes {
                match write_palettes(context, project, lock, asset, &bank.glyph, palettes) {
                    Ok(drafted) => {
                        report.applied = lock.is_some() && drafted.change.is_some();
                        written = drafted.findings;
                    }
                    Err(FindPalettesError::Change(ChangeError::Changed(path))) => changed_path = Some(path),
                    Err(error) => return Err(error),
                }
            }
        }
    }
    findings.extend(outcome.findings.into_iter().map(|finding| finding.in_asset(&asset_ref)));
    let is_known = |finding: &Finding| findings.iter().any(|known| known.cause_id() == finding.cause_id());
    written.retain(|finding| !is_known(finding));
    findings.append(&mut written);
    Ok(Attempt { value: Report::new(report, findings), changed_path })
}

/// Declares these palettes, instead of those of the bank `read`; without a lock, only checks that.
fn write_palettes(
    context: &Context,
    project: &Project,
    lock: Option<&Lock>,
    asset: &RegisteredAsset,
    read: &GlyphContent,
    palettes: Vec<Palette>,
) -> Result<Drafted, FindPalettesError> {
    let mut findings = Vec::new();
    let id = AssetSelector::Id(asset.entry.asset_id);
    let Some(mut draft) = Draft::of_edit::<FindPalettesError>(project, &id, &AssetEdit::DeclareColors, &mut findings)?
    else {
        return Ok(Drafted { findings, ..Drafted::default() });
    };
    draft.change.set_subject(asset.name().unwrap_or(asset.entry.root.as_str()));
    let mut is_changed = false;
    let edited = draft.edit_content(asset, |declaration, _| {
        let glyph = glyph_content(declaration)?;
        is_changed = glyph != read;
        glyph.palettes = palettes;
        Ok(())
    });
    match edited {
        Ok(()) if is_changed => Err(ChangeError::Changed(format!("assets/{}/{ANCHOR}", asset.entry.root)).into()),
        Ok(()) => draft.finish::<FindPalettesError>(context, lock),
        Err(findings) => Ok(Drafted { findings, ..Drafted::default() }),
    }
}

impl FindPalettesReport {
    fn set_palettes(&mut self, declared: &[Palette], palettes: &[Palette]) {
        for (index, palette) in palettes.iter().enumerate() {
            let declared_colors = declared.get(index).map_or(0, |palette| palette.colors.len());
            self.palettes.push(FoundPalette {
                index,
                name: palette.name.clone(),
                colors: palette.colors.iter().map(ToString::to_string).collect(),
                declared: declared_colors,
            });
            if declared_colors > 0 {
                self.new_colors += palette.colors.len() - declared_colors;
            }
        }
        self.new_palettes = palettes.len() - declared.len();
    }
}

/// A glyph bank that palettes are found for.
pub(super) struct BankSources {
    folder: Folder,
    /// Its images and palettes.
    pub(super) glyph: GlyphContent,
}

/// Reads the bank's declaration, which need not declare palettes yet; `None` if it has errors. What is found in palette
/// files, which need not be in the root, is relative to the project.
pub(super) fn read_sources(
    project: &Project,
    asset: &RegisteredAsset,
    outcome: &mut Outcome,
    of_palettes: &mut Vec<Finding>,
) -> Option<BankSources> {
    let root = &asset.entry.root;
    let opened = project.assets().open_folder(root).map_err(AnchorError::Open);
    let read = opened.and_then(|folder| Ok((AnchorFile::read(&folder)?, folder)));
    let (anchor, folder) = match read {
        Ok(read) => read,
        Err(error) => {
            outcome.findings.push(error.into_finding());
            return None;
        }
    };
    if !anchor.content.is_consistent {
        outcome.changed.push(AnchorFile::name());
    }
    let reading = Declaration::read_before_palettes(&anchor.content.bytes);
    outcome.findings.extend(reading.findings);
    let mut declaration = reading.declaration?;
    let mut palettes = DeclaredPalettes::read(&mut declaration, &folder, &project.assets());
    let is_whole = palettes.is_whole();
    let changed = palettes.reads.iter().filter(|read| !read.is_consistent);
    outcome.changed.extend(changed.map(|read| read.name.clone()));
    of_palettes.extend(palettes.take_findings(&asset.asset_ref()));
    if !is_whole {
        return None;
    }
    match declaration.content {
        Content::Glyph(glyph) => Some(BankSources { folder, glyph }),
        other => {
            outcome.findings.push(not_a_glyph_bank(&other).file(ANCHOR));
            None
        }
    }
}
