//! `fix`: makes the changes that resolve findings, as one change of the project. What could lose something, or is not
//! the only right answer, is made only if it is named.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::anchor::declared_uuid;
use crate::asset_selector::{AssetNotFound, AssetSelector};
use crate::context::Context;
use crate::diagnostics::{Code, Finding, Severity, has_errors};
use crate::edits::{
    Draft, Drafted, MovedSlot, RecoloredPixels, RepaintedTile, draft_edit, register_root, repair_registry,
};
use crate::files::DiskError;
use crate::fixes::{FixEdit, OfferedFix, fixes_of};
use crate::history::{self, ChangeError, ChangeSummary};
use crate::lock::{Lock, LockError, LockRequest};
use crate::operation::{Operation, OperationClass, Report, operation_error, run_locked_if_writing};
use crate::pack::examine::{DiscardOutput, examine_assets};
use crate::pack::identities::MovedIdentity;
use crate::packed_roots::PackedRoots;
use crate::project::{Project, ProjectError};
use crate::snapshot::{BrokenRegistry, Snapshot};
use crate::walk::{self, WorkspaceFiles};

/// The errors of the registry that fixes repair.
const REPAIRED: &[Code] = &[Code::EntryOrder, Code::NextIdTooLow];

/// Fixes what is wrong with a project.
#[derive(Clone, Debug)]
pub struct FixProject {
    project: PathBuf,
    asset: Option<AssetSelector>,
    code: Option<Code>,
    choice: usize,
    chosen: Option<Vec<OfferedFix>>,
    dry_run: bool,
}

impl FixProject {
    /// Applies every safe fix of an error or a warning.
    pub fn new(project: impl Into<PathBuf>) -> Self {
        Self { project: project.into(), asset: None, code: None, choice: 1, chosen: None, dry_run: false }
    }

    /// Only those of this asset, and also of notes. It may be the root of an asset that is not registered.
    #[must_use]
    pub fn asset(mut self, asset: Option<AssetSelector>) -> Self {
        self.asset = asset;
        self
    }

    /// Only those of findings with this code: also of notes, and also those that are not safe.
    #[must_use]
    pub fn code(mut self, code: Option<Code>) -> Self {
        self.code = code;
        self
    }

    /// With [`FixProject::code`], makes the fix with this [place](OfferedFix::choice) of each finding, from 1, instead
    /// of the first.
    #[must_use]
    pub fn choice(mut self, choice: usize) -> Self {
        self.choice = choice;
        self
    }

    /// Makes exactly these, whatever is found.
    #[must_use]
    pub fn chosen(mut self, fixes: Vec<OfferedFix>) -> Self {
        self.chosen = Some(fixes);
        self
    }

    /// Only reports what would be changed, and writes nothing.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }
}

operation_error! {
    /// Why nothing could be fixed.
    FixProjectError {
        Project(ProjectError),
        Registry(BrokenRegistry),
        NotFound(AssetNotFound),
        Lock(LockError),
        Change(ChangeError),
        Disk(DiskError),
    }
}

/// A fix, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ListedFix {
    /// The fix.
    #[serde(flatten)]
    pub fix: OfferedFix,
    /// Whether it is part of the change.
    #[serde(rename = "applied")]
    pub is_applied: bool,
    /// Whether it was meant, and cannot be made: the findings give the reason.
    #[serde(rename = "refused")]
    pub is_refused: bool,
}

/// What was fixed, and what could be.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct FixProjectReport {
    /// The fixes of all findings that are meant.
    pub fixes: Vec<ListedFix>,
    /// The change, which was made or would be; `None` if nothing was fixed.
    pub change: Option<ChangeSummary>,
    /// The assets that get other slots, by id.
    pub slots: Vec<MovedSlot>,
    /// The tiles or samples that get other ids.
    pub ids: Vec<MovedIdentity>,
    /// The tiles that get another palette, by id; empty if ids move.
    pub repainted: Vec<RepaintedTile>,
    /// The pixels that get another color in their file, by asset, file and color.
    pub recolored: Vec<RecoloredPixels>,
}

impl Operation for FixProject {
    type Report = FixProjectReport;
    type Error = FixProjectError;

    fn class(&self) -> OperationClass {
        OperationClass::of_change(self.dry_run)
    }

    fn project(&self) -> Option<&Path> {
        Some(&self.project)
    }

    fn run(&self, context: &Context) -> Result<Report<FixProjectReport>, FixProjectError> {
        let project = Project::at(&self.project);
        run_locked_if_writing(context, self.class(), &project, LockRequest::WAIT, |lock| {
            let data = FixProjectReport {
                fixes: Vec::new(),
                change: None,
                slots: Vec::new(),
                ids: Vec::new(),
                repainted: Vec::new(),
                recolored: Vec::new(),
            };
            let mut report = Report::new(data, Vec::new());
            self.fix(context, &project, lock, &mut report)?;
            Ok(report)
        })
    }
}

impl FixProject {
    fn fix(
        &self,
        context: &Context,
        project: &Project,
        lock: Option<&Lock>,
        report: &mut Report<FixProjectReport>,
    ) -> Result<(), FixProjectError> {
        let draft = Draft::repairing::<FixProjectError>(project, "fix", REPAIRED, &mut report.findings)?;
        let Some(mut draft) = draft else { return Ok(()) };
        let mut attempts = Attempts { context, tried: Vec::new() };
        for Problem { finding, fixes } in self.problems(context, project, &draft.snapshot)? {
            let mut has_fix = false;
            for fix in fixes {
                if report.data.fixes.iter().any(|listed| listed.fix == fix) {
                    has_fix = true;
                    continue;
                }
                let is_meant = match self.code {
                    _ if self.chosen.is_some() => true,
                    Some(code) => code == fix.code && self.choice == fix.choice,
                    None => fix.is_safe,
                };
                // Each is tried alone first, so that one that is refused does not prevent the others.
                let refused = attempts.refusal(&draft, &fix)?;
                // What cannot be made is no answer to choose.
                if !is_meant && refused.is_some() {
                    continue;
                }
                has_fix = true;
                let is_made = |listed: &ListedFix| listed.is_applied && listed.fix.edit == fix.edit;
                let is_new = !report.data.fixes.iter().any(is_made);
                let (is_applied, is_refused) = match refused {
                    Some(reasons) => {
                        let is_refused = !reasons.is_empty();
                        report.findings.extend(reasons);
                        (false, is_refused)
                    }
                    None if is_meant && is_new => {
                        let is_applied = report.accept(apply(context, &mut draft, &fix)).is_some();
                        (is_applied, !is_applied)
                    }
                    None => (is_meant, false),
                };
                report.data.fixes.push(ListedFix { fix, is_applied, is_refused });
            }
            report.findings.extend(finding.filter(|finding| !has_fix && finding.is_error()));
        }
        report.findings.extend(self.missing_choice(&report.data.fixes));
        let applied = report.data.fixes.iter().filter(|listed| listed.is_applied);
        let mut roots: Vec<String> =
            applied.filter_map(|listed| Some(listed.fix.asset.as_ref()?.root.clone())).collect();
        roots.dedup();
        draft.change.set_subject(match &roots[..] {
            [root] => root,
            [] => "the registry",
            _ => "several assets",
        });
        let Drafted { change, slots, ids, repainted, recolored, findings } =
            draft.finish::<FixProjectError>(context, lock)?;
        if change.is_none() {
            for listed in report.data.fixes.iter_mut().filter(|listed| listed.is_applied) {
                (listed.is_applied, listed.is_refused) = (false, has_errors(&findings));
            }
        }
        (report.data.change, report.data.slots) = (change, slots);
        (report.data.ids, report.data.repainted) = (ids, repainted);
        report.data.recolored = recolored;
        report.findings.extend(findings);
        Ok(())
    }

    /// A finding if the findings have fixes, but none of them is the chosen one.
    fn missing_choice(&self, fixes: &[ListedFix]) -> Option<Finding> {
        let code = self.code.filter(|_| self.chosen.is_none())?;
        let most = fixes.iter().filter(|listed| listed.fix.code == code).map(|listed| listed.fix.choice).max()?;
        let known = if most == 1 { "only the choice 1".to_owned() } else { format!("the choices 1 to {most}") };
        (!(1..=most).contains(&self.choice)).then(|| {
            Finding::new(
                Code::Usage,
                format!("there is no choice {} for `{code}`, which has {known} here", self.choice),
                "Pass one of these as `--choice`. With `--dry-run`, and without `--choice`, the verb lists them.",
            )
        })
    }

    /// The findings that are meant, with their fixes.
    fn problems(
        &self,
        context: &Context,
        project: &Project,
        snapshot: &Snapshot,
    ) -> Result<Vec<Problem>, FixProjectError> {
        if let Some(chosen) = &self.chosen {
            return Ok(vec![Problem { finding: None, fixes: chosen.clone() }]);
        }
        let mut findings = examine_assets(context, snapshot, &snapshot.assets, None, &mut DiscardOutput)?.findings;
        if let Some(registry) = &snapshot.registry {
            let is_forgotten = |uuid| history::is_forgotten(project, uuid, None);
            let packed = PackedRoots::read_after(project, &Arc::default());
            findings.extend(packed.find_lost(&project.assets(), registry, is_forgotten));
        }
        let walk = walk::list_anchors(project)?;
        let assets = project.assets();
        let unregistered = walk.unregistered_roots(snapshot);
        findings.extend(WorkspaceFiles::root_notes(snapshot, &unregistered, |root| declared_uuid(&assets, root)));
        let is_meant = self.meant_asset(snapshot, &findings)?;
        let meant = findings.iter().filter(|finding| is_meant(finding));
        Ok(meant.map(|found| Problem { finding: Some(found.clone()), fixes: fixes_of(found, snapshot) }).collect())
    }

    /// Which findings are meant: those of the named asset and code, or all errors and warnings.
    fn meant_asset<'s>(
        &'s self,
        snapshot: &Snapshot,
        findings: &[Finding],
    ) -> Result<impl Fn(&Finding) -> bool + use<'s>, FixProjectError> {
        let root_of = |finding: &Finding| finding.asset.as_ref().map(|asset| asset.root.clone());
        let root = match &self.asset {
            None => None,
            Some(selector) => match selector.select(snapshot) {
                Ok(asset) => Some(asset.entry.root.as_str().to_owned()),
                Err(error) => {
                    let unregistered = findings.iter().filter(|finding| finding.code == Code::UnregisteredRoot);
                    let mut roots = unregistered.filter_map(root_of);
                    Some(roots.find(|root| selector.is_root(root)).ok_or(error)?)
                }
            },
        };
        Ok(move |finding: &Finding| {
            let is_problem = finding.severity != Severity::Note;
            let is_of_code = self.code.is_none_or(|code| code == finding.code);
            let is_of_asset = root.is_none() || root == root_of(finding);
            is_of_code && is_of_asset && (is_problem || self.code.is_some() || root.is_some())
        })
    }
}

/// A finding, and the fixes that it offers. Without a finding, they were chosen.
struct Problem {
    finding: Option<Finding>,
    fixes: Vec<OfferedFix>,
}

/// Which fixes would be refused. Several findings may have the same one, which is tried once.
struct Attempts<'a> {
    context: &'a Context,
    tried: Vec<(FixEdit, Option<Vec<Finding>>)>,
}

impl Attempts<'_> {
    /// Why a fix would be refused if it were made alone: no reasons, if it would change nothing. `None` if it can be
    /// made.
    fn refusal(&mut self, draft: &Draft<'_>, fix: &OfferedFix) -> Result<Option<Vec<Finding>>, FixProjectError> {
        if let Some((_, known)) = self.tried.iter().find(|(edit, _)| *edit == fix.edit) {
            return Ok(known.clone());
        }
        let only = match &fix.edit {
            FixEdit::Asset(asset_id, edit) if edit.is_of_content() => Some(*asset_id),
            _ => None,
        };
        let mut alone = draft.unchanged_copy(only)?;
        let mut attempt = Report::new((), Vec::new());
        let refused = match attempt.accept(apply(self.context, &mut alone, fix)) {
            None => Some(attempt.findings),
            Some(()) => {
                let Drafted { change, findings, .. } = alone.finish::<FixProjectError>(self.context, None)?;
                match has_errors(&findings) {
                    true => Some(findings),
                    false => change.is_none().then(Vec::new),
                }
            }
        };
        self.tried.push((fix.edit.clone(), refused.clone()));
        Ok(refused)
    }
}

/// Adds a fix to a draft.
///
/// # Errors
/// Why it cannot be made.
fn apply(context: &Context, draft: &mut Draft<'_>, fix: &OfferedFix) -> Result<(), Vec<Finding>> {
    match &fix.edit {
        FixEdit::Asset(asset_id, edit) => {
            let asset = draft.snapshot.assets.iter().find(|asset| asset.entry.asset_id == *asset_id).cloned();
            asset.map_or(Ok(()), |asset| draft_edit(context, draft, &asset, edit))
        }
        FixEdit::Register(root) => register_root(draft, root, false).map(drop),
        FixEdit::RepairRegistry => {
            repair_registry(draft);
            Ok(())
        }
    }
}
