//! The links in a root that gets another place: each must lead to the same file afterwards.

use std::path::{Component, Path, PathBuf};

use crate::diagnostics::{Code, Finding, escaped};
use crate::files::{self, FoundLink};
use crate::paths::RelPath;
use crate::project::Project;

/// The findings about the links in the folder `place` that lead to another path, or nowhere, if what has the root
/// `from` gets the root `to`. The files are named relative to `place`.
pub(super) fn links_that_break(project: &Project, place: &Path, from: &RelPath, to: &RelPath) -> Vec<Finding> {
    let assets = files::real_folder(&project.assets_folder()).unwrap_or_else(|| project.assets_folder());
    let (from, to) = (assets.join(from.as_str()), assets.join(to.as_str()));
    let broken = files::list_links(place).into_iter().filter(|link| !leads_alike(link, &from, &to));
    broken.map(|link| broken_link(&link, &from)).collect()
}

/// Whether a link leads to the same file if the root `from`, in which it lies, becomes `to`.
fn leads_alike(FoundLink { path, target, real }: &FoundLink, from: &Path, to: &Path) -> bool {
    // It may name the root in another way, such as through another link.
    if target.is_absolute() && real.as_ref().is_some_and(|real| real.starts_with(from)) {
        return false;
    }
    let (before, after) = (leads_to(&from.join(path), target), leads_to(&to.join(path), target));
    match before.strip_prefix(from) {
        Ok(inside) => after == to.join(inside),
        // From there, another link may lead back into the root.
        Err(_) => after == before && !real.as_ref().is_some_and(|real| real.starts_with(from)),
    }
}

/// The path that a link at this path leads to, without `..`.
fn leads_to(link: &Path, target: &Path) -> PathBuf {
    let mut path = PathBuf::new();
    for part in link.parent().unwrap_or(link).join(target).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

fn broken_link(FoundLink { path, target, real }: &FoundLink, from: &Path) -> Finding {
    let target = escaped(&files::display_path(target));
    let inside = real.as_ref().and_then(|real| real.strip_prefix(from).ok());
    let help = match inside {
        Some(inside) => format!(
            "Replace the link with the file itself, or with a relative link inside the root, which leads to `{}` of the root.",
            escaped(&files::display_path(inside))
        ),
        None => "Replace the link with the file itself, or remove it.".to_owned(),
    };
    let message = format!("this is a link to `{target}`, which would lead elsewhere from the new place of the root");
    Finding::new(Code::LinkOutside, message, help).file(files::display_path(path))
}
