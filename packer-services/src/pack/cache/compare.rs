//! How the files and folders of assets compare with what was recorded of them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{CHUNK_ASSETS, CachedAsset, CachedFile};
use crate::context::Context;
use crate::declaration::ANCHOR;
use crate::files::{self, HeldFolder, RecordedFile, Stamp, Trust};
use crate::parallel::in_parallel;

/// How a file compares with what was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It is the same, and so is what was recorded.
    Same,
    /// It is the same, and its stamp now proves it.
    Proven,
    /// It is not.
    Changed,
}

/// Compares a file. Its new stamp is kept if that is a proof.
pub fn compare(file: &mut RecordedFile, folder: &HeldFolder, name: &str, trust: Trust) -> Compared {
    let before = file.stamp;
    match file.is_unchanged(folder, name, trust) {
        false => Compared::Changed,
        true if file.stamp == before => Compared::Same,
        true => Compared::Proven,
    }
}

/// How an asset compares with what was recorded.
#[derive(Debug)]
pub struct ComparedAsset {
    /// The first file that has changed, as the declaration names it.
    pub changed: Option<String>,
    /// Whether nothing has changed: neither these files, nor that others exist.
    pub is_same: bool,
    /// Whether a stamp was proven.
    pub is_refreshed: bool,
}

/// The state of folders, by path relative to `assets/`, in which every folder that leads to a file of an asset is none
/// reached through a link. While the state is the same, this is so: no name in it was exchanged.
pub type ProvenFolders = BTreeMap<String, Stamp>;

/// Compares all assets, and finds out which folders are proven. Those that are known to be are not looked into.
pub fn compare_assets(
    context: &Context,
    folder: &HeldFolder,
    assets: &mut [CachedAsset<'_>],
    known: &ProvenFolders,
    trust: Trust,
) -> (Vec<ComparedAsset>, ProvenFolders) {
    let compared = in_parallel(assets.chunks_mut(CHUNK_ASSETS), |chunk| {
        let mut folders = Folders { assets: folder, known, trust, last: None, opened: OpenedFolders::new() };
        let assets = chunk.iter_mut().take_while(|_| !context.is_cancelled());
        let compared: Vec<ComparedAsset> = assets.map(|asset| asset.compare(&mut folders)).collect();
        folders.close_last();
        (compared, folders.opened)
    });
    let mut assets = Vec::new();
    let mut opened = OpenedFolders::new();
    for (compared, folders) in compared {
        assets.extend(compared);
        folders.into_iter().for_each(|(path, stamp)| add_opened(&mut opened, path, stamp));
    }
    (assets, opened.into_iter().filter_map(|(path, stamp)| Some((path, stamp?))).collect())
}

/// Folders that were opened, by path, each with its state if that is proven.
type OpenedFolders = BTreeMap<String, Option<Stamp>>;

/// Adds a folder. It is proven only if it had the same state whenever it was opened.
fn add_opened(opened: &mut OpenedFolders, path: String, stamp: Option<Stamp>) {
    let known = opened.entry(path).or_insert(stamp);
    *known = known.filter(|known| Some(*known) == stamp);
}

/// The folders of assets, many of which lie side by side.
struct Folders<'f> {
    assets: &'f HeldFolder,
    known: &'f ProvenFolders,
    trust: Trust,
    /// The folder that the last one lies in.
    last: Option<OpenFolder>,
    /// The folders that were open before.
    opened: OpenedFolders,
}

/// A folder in which folders of assets lie.
struct OpenFolder {
    path: String,
    folder: Rc<HeldFolder>,
    /// Its state before anything in it was looked at, if an equal state proves that it has the same content.
    stamp: Option<Stamp>,
    /// Whether this is the state in which every folder in it is known not to be a link.
    is_known: bool,
}

/// The folder of a path, which is empty for a name alone, and the name in it.
fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A folder, and the one that it lies in.
struct FoundFolder {
    above: Rc<HeldFolder>,
    name: String,
}

impl Folders<'_> {
    /// The folder at this path; `None` if it, or a folder on the way to it, is missing or a link. It is not opened,
    /// which would take longer than to look at its files.
    fn find(&mut self, path: &str) -> Option<FoundFolder> {
        let (above, name) = split_path(path);
        if self.last.as_ref().is_none_or(|last| last.path != above) {
            self.close_last();
            self.last = Some(self.open(above)?);
        }
        let last = self.last.as_mut()?;
        if !last.is_known && !last.folder.has_real_folder(name) {
            last.stamp = None;
            return None;
        }
        Some(FoundFolder { above: Rc::clone(&last.folder), name: name.to_owned() })
    }

    fn open(&self, path: &str) -> Option<OpenFolder> {
        let folder = Rc::new(self.assets.open_folder(path).ok()?);
        let stamp = folder.stamp().filter(|_| self.trust == Trust::Stamps);
        let is_known = stamp.is_some_and(|stamp| self.known.get(path) == Some(&stamp));
        let stamp = stamp.filter(|stamp| is_known || folder.is_lasting_proof(stamp));
        Some(OpenFolder { path: path.to_owned(), folder, stamp, is_known })
    }

    fn close_last(&mut self) {
        if let Some(OpenFolder { path, stamp, .. }) = self.last.take() {
            add_opened(&mut self.opened, path, stamp);
        }
    }
}

impl CachedAsset<'_> {
    fn compare(&mut self, folders: &mut Folders<'_>) -> ComparedAsset {
        let trust = folders.trust;
        let mut compared = ComparedAsset { changed: None, is_same: false, is_refreshed: false };
        let root = self.root;
        // Where the last file lies. Files of the same folder follow each other.
        let mut last: Option<(&str, FoundFolder)> = None;
        for CachedFile { path, file } in &mut self.files {
            let (parent, name) = split_path(path);
            if last.as_ref().is_none_or(|(last, _)| *last != parent) {
                let found = match parent {
                    "" => folders.find(root),
                    _ => folders.find(&format!("{root}/{parent}")),
                };
                let Some(found) = found else {
                    compared.changed = Some(if parent.is_empty() { ANCHOR } else { path }.to_owned());
                    return compared;
                };
                last = Some((parent, found));
            }
            let result = last.as_ref().map_or(Compared::Changed, |(_, FoundFolder { above, name: folder })| {
                compare(file, above, &format!("{folder}/{name}"), trust)
            });
            compared.is_refreshed |= result == Compared::Proven;
            if result == Compared::Changed {
                compared.changed = Some((*path).to_owned());
                return compared;
            }
        }
        for CachedFile { path, file } in &mut self.shared {
            let (parent, name) = split_path(path);
            let folder = folders.assets.open_folder(parent);
            let result = folder.map_or(Compared::Changed, |folder| compare(file, &folder, name, trust));
            compared.is_refreshed |= result == Compared::Proven;
            if result == Compared::Changed {
                compared.changed = Some(format!("/{path}"));
                return compared;
            }
        }
        let root = folders.assets.path().join(root);
        compared.is_same = self.present.iter().all(|path| files::exists(&root.join(path)));
        compared
    }
}
