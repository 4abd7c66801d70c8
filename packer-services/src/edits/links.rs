//! The links that lead through a root that gets another place, or none: each must lead to the same file afterwards.

use std::path::{Path, PathBuf};

use super::Draft;
use crate::declaration::ANCHOR;
use crate::diagnostics::{Code, Finding, escaped};
use crate::files::{self, FoundLink, MovedFolder, OpenError};
use crate::paths::RelPath;
use crate::project::Project;
use crate::snapshot::RegisteredAsset;

/// The folder of `assets/`, without links.
pub(super) fn real_assets(project: &Project) -> PathBuf {
    files::real_folder(&project.assets_folder()).unwrap_or_else(|| project.assets_folder())
}

/// The findings about the links in the folder `place` that lead to another path, or nowhere, if what has the root
/// `from` gets the root `to`. The files are named relative to `place`.
pub(super) fn links_that_break(project: &Project, place: &Path, from: &RelPath, to: &RelPath) -> Vec<Finding> {
    let assets = real_assets(project);
    let (from, to) = (assets.join(from.as_str()), assets.join(to.as_str()));
    let now = files::real_folder(place).unwrap_or_else(|| place.to_owned());
    let moved = MovedFolder { from: from.clone(), to: Some(to.clone()), now };
    let links = files::list_links(place).into_iter();
    let broken = links.filter(|link| !moved.leads_alike(&from.join(&link.path), &to.join(&link.path)));
    broken.map(|link| broken_link(&link, &moved)).collect()
}

fn broken_link(FoundLink { path, target }: &FoundLink, moved: &MovedFolder) -> Finding {
    let target = escaped(&files::display_path(target));
    let before = moved.leads_before(&moved.from.join(path));
    let help = match before.strip_prefix(&moved.from) {
        Ok(inside) => format!(
            "Replace the link with the file itself, or with a relative link inside the root, which leads to `{}` of the root.",
            escaped(&files::display_path(inside))
        ),
        Err(_) => "Replace the link with the file itself, or remove it.".to_owned(),
    };
    let message = format!("this is a link to `{target}`, which would lead elsewhere from the new place of the root");
    Finding::new(Code::LinkOutside, message, help).file(files::display_path(path))
}

/// The findings if glyph banks name palette files by paths in `assets/` that lead to a root, or through it, which gets
/// the root `to`, or none: these would lead elsewhere. If it gets none, its own bank does not count.
pub(super) fn refuse_used(
    draft: &Draft<'_>,
    asset: &RegisteredAsset,
    to: Option<&RelPath>,
) -> Result<(), Vec<Finding>> {
    let root = &asset.entry.root;
    let assets = real_assets(draft.project());
    let from = assets.join(root.as_str());
    let moved = MovedFolder { to: to.map(|to| assets.join(to.as_str())), now: from.clone(), from };
    let users = draft.snapshot.assets.iter().filter(|user| to.is_some() || user.entry.asset_id != asset.entry.asset_id);
    let used = users.flat_map(|user| {
        let breaks = |file: &&RelPath| {
            let path = assets.join(file.as_str());
            // Through a linked folder, it cannot be read anyway.
            moved.led_to_something(&path)
                && !moved.leads_alike(&path, &path)
                && !matches!(draft.project().assets().open(file), Err(OpenError::FolderIsLink(_)))
        };
        user.palettes.named_shared.iter().filter(breaks).map(|file| {
            let (what, help) = match file.is_inside(root) {
                true => (
                    format!("the file `/{file}` in the root `{root}`"),
                    "Move the file out of the root, to another folder of `assets/`, and link it there: `prometeu-packer \
                     palettes PROJECT ASSET --import FILE --as N --link`."
                        .to_owned(),
                ),
                false => (
                    format!("the file `/{file}`, which a link takes from the root `{root}`"),
                    format!("Replace the link with the file itself, so that `assets/{file}` is in no root."),
                ),
            };
            Finding::new(Code::RootUsed, format!("a palette of this bank is {what}"), help)
                .file(ANCHOR)
                .in_asset(&user.asset_ref())
        })
    });
    let findings: Vec<Finding> = used.collect();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}
