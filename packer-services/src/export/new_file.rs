//! A file that is replaced as a whole or not at all, in a folder that the user named.

use std::path::Path;

use super::stage::{COMPLETE, Stage, with_final_path};
use crate::context::{Context, FaultPoint};
use crate::diagnostics::{Code, Finding};
use crate::files::{self, DiskError, PathKind};
use crate::project::{Project, TOOL_FOLDER};

/// Writes `bytes` to the file at `place`, which may exist. Its folder must. Returns notes about what could not be
/// removed afterwards.
///
/// # Errors
/// If the system refuses. The file is then unchanged, unless the error says that the new file is in place.
pub(crate) fn replace_exported_file(context: &Context, place: &Path, bytes: &[u8]) -> Result<Vec<Finding>, DiskError> {
    let parent = files::parent_of(place);
    if !parent.is_dir() {
        return Err(DiskError::writing(place)(std::io::ErrorKind::NotFound.into()));
    }
    let name = place.file_name().unwrap_or_default();
    let stage = Stage::create_in(context, parent).map_err(|error| DiskError { path: place.to_owned(), ..error })?;
    let written = stage.folder().write_new(COMPLETE, bytes).and_then(|file| {
        stage.parent().take_permissions(name, &file)?;
        context.inject_fault(FaultPoint::Rename { n: 0 }).map_err(DiskError::writing(place))?;
        stage.parent().check_in_place()?;
        stage.move_to(name)
    });
    written.map_err(|error| with_final_path(error, &stage, place))?;
    stage.finish(context)
}

/// Refuses a file among the sources or the outputs of a project, this or another, which is certainly a mistake. `what`
/// cannot be written there; `elsewhere` is a better place.
pub(crate) fn refuse_project_folder(project: &Project, path: &Path, what: &str, elsewhere: &str) -> Option<Finding> {
    let is_inside = |project: &Project| {
        [project.assets_folder(), project.build_folder()].iter().any(|at| files::is_below(path, at))
    };
    let real = files::resolve(path);
    let mut others =
        real.ancestors().map(Project::at).filter(|other| files::is_real_folder(&other.root().join(TOOL_FOLDER)));
    let inside = is_inside(project) || others.any(|other| is_inside(&other));
    let finding = Finding::new(
        Code::Usage,
        format!(
            "{what} cannot be written to `assets/` or `build/` of a project, which contain the sources and the pack"
        ),
        format!("Pass a file elsewhere, such as one {elsewhere}."),
    );
    inside.then(|| finding.file(files::display_path(path)))
}

/// Refuses a link, a folder, and anything else that is not a regular file.
///
/// # Errors
/// If the system refuses to say what is there.
pub(crate) fn refuse_special_file(path: &Path) -> Result<Option<Finding>, DiskError> {
    let PathKind::Other(what) = files::path_kind(path)? else { return Ok(None) };
    Ok(Some(
        Finding::new(
            Code::OutputNotAFile,
            format!("{what} is in the way of this file"),
            "Pass another file, or move it away: the packer replaces only regular files, and follows no link here.",
        )
        .file(files::display_path(path)),
    ))
}
