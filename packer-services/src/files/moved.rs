//! Where paths lead before and after a folder is moved. Reads only the links on the way.

use std::path::{Component, Path, PathBuf};

use super::exists;

/// How many links a path may lead through, as for Linux.
const MAX_LINKS: usize = 40;

/// Where `path`, which is absolute, leads: without links and dots. What does not exist is kept. `place_of` knows where
/// the file or folder with an absolute path is now; `None` if nothing is there.
pub(super) fn follow_links(path: &Path, place_of: impl Fn(&Path) -> Option<PathBuf>) -> PathBuf {
    let mut reached = PathBuf::new();
    let mut rest: Vec<PathBuf> = Vec::new();
    let push = |rest: &mut Vec<PathBuf>, path: &Path| {
        rest.extend(path.components().rev().map(|part| PathBuf::from(part.as_os_str())));
    };
    push(&mut rest, path);
    let mut links = 0;
    while let Some(part) = rest.pop() {
        match part.components().next() {
            Some(Component::ParentDir) => drop(reached.pop()),
            Some(Component::Normal(name)) => {
                let next = reached.join(name);
                let target = place_of(&next).and_then(|place| std::fs::read_link(place).ok());
                match target.filter(|_| links < MAX_LINKS) {
                    Some(target) => {
                        links += 1;
                        push(&mut rest, &target);
                    }
                    None => reached = next,
                }
            }
            Some(Component::CurDir) | None => {}
            // An absolute path begins at the root again.
            Some(Component::Prefix(_) | Component::RootDir) => reached.push(part),
        }
    }
    reached
}

/// A folder that gets another place, or none.
#[derive(Clone, Debug)]
pub struct MovedFolder {
    /// The path that it had. If nothing else is there now, it is there still.
    pub from: PathBuf,
    /// The path that it gets; `None` if nothing can lead to it then.
    pub to: Option<PathBuf>,
    /// Where it is now.
    pub now: PathBuf,
}

impl MovedFolder {
    /// Whether a path leads to the same file of the folder, or to the same one elsewhere, before and after. It gets the
    /// path `after` if it is in the folder.
    pub fn leads_alike(&self, before: &Path, after: &Path) -> bool {
        let (before, after) = (self.leads_before(before), self.leads_after(after));
        match (before.strip_prefix(&self.from), &self.to) {
            (Ok(inside), Some(to)) => after == to.join(inside),
            (Ok(_), None) => false,
            (Err(_), _) => after == before,
        }
    }

    /// Whether there is something where a path led before.
    pub fn led_to_something(&self, path: &Path) -> bool {
        let before = self.leads_before(path);
        exists(&self.place_before(&before))
    }

    /// Where a path led when the folder had its former place.
    pub fn leads_before(&self, path: &Path) -> PathBuf {
        follow_links(path, |path| Some(self.place_before(path)))
    }

    fn leads_after(&self, path: &Path) -> PathBuf {
        let gets = self.to.as_ref();
        follow_links(path, |path| match gets.and_then(|to| path.strip_prefix(to).ok()) {
            Some(inside) => Some(self.now.join(inside)),
            None => (self.now != self.from || !path.starts_with(&self.from)).then(|| path.to_owned()),
        })
    }

    fn place_before(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.from).map_or_else(|_| path.to_owned(), |inside| self.now.join(inside))
    }
}
