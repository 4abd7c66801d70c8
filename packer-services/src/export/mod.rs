//! Exported files: a new folder that appears complete or not at all, and the choice of a folder for each asset.

mod asset_folders;
mod new_folder;

pub(crate) use asset_folders::asset_folders;
pub(crate) use new_folder::{NewFile, NewFolder, place_problem};

use crate::paths::RelPath;

/// The names of `count` files, with leading zeros so that they sort by number: `07.wav` if there are a dozen.
pub(crate) fn numbered_names(before: &str, count: usize, after: &str) -> Vec<RelPath> {
    let width = count.saturating_sub(1).to_string().len();
    (0..count).map(|n| RelPath::of_packer(format!("{before}{n:0width$}{after}"))).collect()
}
