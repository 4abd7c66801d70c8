//! Files that are written for people: a new folder that appears whole or not at all, and which folder each asset gets.

mod asset_folders;
mod new_folder;

pub(crate) use asset_folders::asset_folders;
pub(crate) use new_folder::{NewFile, NewFolder, judge_place};
