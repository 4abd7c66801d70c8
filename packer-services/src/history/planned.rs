//! The project as it would be after a change was undone or made again, for a dry run.

use super::ChangeError;
use super::record::{Direction, FileStep, Record, Step};
use crate::context::Context;
use crate::files::{Folder, OpenError, TemporaryFolder};
use crate::limits::SOURCE_FILE_BYTES;
use crate::paths::RelPath;
use crate::project::Project;
use crate::registry::REGISTRY_FILE;

/// `assets/` and the registry after the steps of a change. Nothing of the project is written.
#[derive(Debug)]
pub struct PlannedProject {
    /// `assets/`.
    pub assets: Folder,
    /// The bytes of the registry; `None` if they do not change.
    pub registry: Option<Vec<u8>>,
    /// The files that have another content.
    staged: Option<TemporaryFolder>,
}

impl PlannedProject {
    /// The project after the steps of a record in this direction.
    ///
    /// # Errors
    /// If a file is not as the steps need it, or the system refuses.
    pub fn after(
        context: &Context,
        project: &Project,
        record: &Record,
        direction: Direction,
    ) -> Result<Self, ChangeError> {
        let mut planned = Self { assets: project.assets(), registry: None, staged: None };
        for step in record.steps_in(direction) {
            match step {
                Step::File(file) => planned.change_file(context, project, file, direction)?,
                Step::Move { from, to } => {
                    let (from, to) = Step::ends(from, to, direction);
                    planned.move_folder(project, from, to)?;
                }
            }
        }
        Ok(planned)
    }

    fn change_file(
        &mut self,
        context: &Context,
        project: &Project,
        file: &FileStep,
        direction: Direction,
    ) -> Result<(), ChangeError> {
        let changed = || ChangeError::Changed(file.path.clone());
        if file.path == REGISTRY_FILE {
            let content = project.read_registry_bytes().ok().flatten().ok_or_else(changed)?;
            self.registry = file.apply_to(&content, direction).ok_or_else(changed)?;
            return Ok(());
        }
        let inside = in_assets(&file.path).ok_or_else(changed)?;
        let content = match self.assets.open(&inside) {
            Ok(source) => source.read_whole(SOURCE_FILE_BYTES)?.ok_or_else(changed)?.bytes,
            Err(OpenError::Missing { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let assets = self.assets.clone();
        self.assets = match file.apply_to(&content, direction).ok_or_else(changed)? {
            None => assets.without(&inside),
            Some(bytes) => {
                let unique = context.new_uuid()?.to_string();
                let staged = match &mut self.staged {
                    Some(staged) => staged.held(),
                    None => self.staged.insert(TemporaryFolder::create(&unique)?).held(),
                };
                staged.write_unsynced(&unique, &bytes)?;
                assets.with_planned_files(&[(inside, staged.path().join(&unique))])
            }
        };
        Ok(())
    }

    /// Either path may be that of a root that the history keeps.
    fn move_folder(&mut self, project: &Project, from: &str, to: &str) -> Result<(), ChangeError> {
        let mut assets = self.assets.clone();
        let folder = match in_assets(from) {
            Some(from) => {
                let folder = assets.open_folder(&from)?;
                assets = assets.without(&from);
                folder
            }
            None => project.folder().below(from),
        };
        self.assets = match in_assets(to) {
            Some(to) => assets.with_planned_folder(&to, &folder),
            None => assets,
        };
        Ok(())
    }
}

/// The path of a file or folder of a person, relative to `assets/`.
fn in_assets(path: &str) -> Option<RelPath> {
    RelPath::parse(path.strip_prefix("assets/")?).ok()
}
