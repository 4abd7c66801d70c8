//! Files that are written for people: a new folder that appears whole or not at all, and which folder each asset gets.

mod asset_folders;
mod new_folder;

pub(crate) use asset_folders::asset_folders;
pub(crate) use new_folder::{NewFile, NewFolder, judge_place};

use crate::paths::RelPath;

/// The names of `count` files, which sort as their numbers do: `07.wav` of a dozen.
pub(crate) fn numbered(before: &str, count: usize, after: &str) -> Vec<RelPath> {
    let width = count.saturating_sub(1).to_string().len();
    (0..count).map(|n| RelPath::of_packer(format!("{before}{n:0width$}{after}"))).collect()
}
