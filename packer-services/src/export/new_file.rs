//! A file that is replaced as a whole or not at all, in a folder that the user named.

use std::path::Path;

use super::stage::{COMPLETE, Stage, with_final_path};
use crate::context::Context;
use crate::diagnostics::Finding;
use crate::files::{self, DiskError};

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
        stage.move_to(name)
    });
    written.map_err(|error| with_final_path(error, &stage, place))?;
    stage.finish(context)
}
