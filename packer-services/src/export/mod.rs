//! Exported files: a new file or folder that appears complete or not at all, and the choice of a folder for each asset.

mod asset_folders;
mod new_file;
mod new_folder;
mod stage;

pub(crate) use asset_folders::asset_folders;
pub(crate) use new_file::{refuse_project_folder, refuse_special_file, replace_exported_file};
pub(crate) use new_folder::{NewFile, NewFolder, PlaceError, check_place};

use crate::paths::RelPath;

/// The names of `count` files, with leading zeros so that they sort by number: `07.wav` if there are a dozen.
pub(crate) fn numbered_names(before: &str, count: usize, after: &str) -> Vec<RelPath> {
    let width = count.saturating_sub(1).to_string().len();
    (0..count).map(|n| RelPath::of_packer(format!("{before}{n:0width$}{after}"))).collect()
}
