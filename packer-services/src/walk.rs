//! The files under `assets/`: which roots are not registered, and which files are unused.
//!
//! Hygiene only: all findings are notes. A pack walks the workspace only if the registry is not that of the last pack
//! of this copy, and only to note whole roots that are not in it. Names that start with a dot are skipped, and no link
//! is followed (spec: workspace, "Hygiene").

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use walkdir::WalkDir;

use crate::anchor::{AnchorFile, declared_uuid};
use crate::asset_uuid::AssetUuid;
use crate::banks::sniff::{DECODED_IMAGES, DECODED_SOUNDS, PACKED_IMAGES, PACKED_SOUNDS};
use crate::context::Context;
use crate::declaration::ANCHOR;
use crate::diagnostics::JsonText;
use crate::diagnostics::{AssetRef, Code, Finding, Fix, escaped, join_some, plural};
use crate::files::{self, DiskError, Folder, Sha};
use crate::limits::{SOURCE_FILE_BYTES, WORKSPACE_FILES};
use crate::paths::{Collision, RelPath, find_collisions, fold_key};
use crate::project::Project;
use crate::registry::{REGISTRY_FILE, register_command};
use crate::snapshot::{RegisteredAsset, Snapshot};

/// How many copies a note names; they fit on a few lines.
const OTHERS_NAMED: usize = 4;

/// In a folder with at most so many loose files, each has its own note. More are usually another project or an export,
/// and a note for each would hide all others.
const LOOSE_NAMED: usize = 8;

/// How many roots the note of a pack names; `doctor` names all of them.
const UNPACKED_NAMED: usize = 8;

/// So many folders with loose files have notes of their own.
const LOOSE_FOLDERS: usize = 100;

const UNUSED: &str = "no artifact of the asset uses this file";
const STRAY: &str = "the file is not in an asset root";
const USE_OR_MOVE: &str = "Add it with `prometeu-packer compose PROJECT ASSET add FILE`, or move it out of `assets/`.";
const NOT_PACKED: &str =
    "No change is needed: it is not packed. If it does not belong to the asset, move it out of `assets/`.";
const PUT_INTO_ROOT: &str = "Move the file into a root, or create an asset from it with `prometeu-packer create`.";
const MOVE_OUT: &str = "Move files that are not assets out of `assets/`, or create assets from them.";

/// The ends of the names of what decoded files become. It has the same name otherwise.
const DECODED_TO: [&str; 2] = ["png", "wav"];

/// Whether the end of a file's name is one of these.
fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    extensions.iter().any(|other| end.eq_ignore_ascii_case(other))
}

/// Whether a file is named like one that a pack reads.
fn is_packed_source(path: &str) -> bool {
    has_extension(path, &PACKED_IMAGES) || has_extension(path, &PACKED_SOUNDS)
}

/// Whether a file is named like one that is decoded when it is added.
fn is_decoded_source(path: &str) -> bool {
    has_extension(path, &DECODED_IMAGES) || has_extension(path, &DECODED_SOUNDS)
}

/// Whether a file was decoded in its place into one of `used`, so that `update` decodes it again.
fn is_original(path: &str, used: &HashSet<&str>) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    is_decoded_source(path) && DECODED_TO.iter().any(|end| used.contains(&*format!("{stem}.{end}")))
}

/// The files under `assets/`.
#[derive(Debug, Default)]
pub struct WorkspaceFiles {
    /// Every regular file with a UTF-8 name: the path relative to `assets/`, and the size in bytes.
    pub files: BTreeMap<String, u64>,
    /// Findings about the list itself: too many files, names that are not UTF-8.
    pub findings: Vec<Finding>,
}

/// Lists the files under `assets/`.
///
/// # Errors
/// If the system refuses to read a folder.
pub fn list_workspace_files(project: &Project) -> Result<WorkspaceFiles, DiskError> {
    list_workspace_files_up_to(project, WORKSPACE_FILES)
}

/// Lists only the anchors under `assets/`, which is enough to find the unregistered roots.
///
/// # Errors
/// If the system refuses to read a folder.
pub fn list_anchors(project: &Project) -> Result<WorkspaceFiles, DiskError> {
    let mut walk = WorkspaceFiles::default();
    let is_complete = walk_files(project, &project.assets_folder(), WORKSPACE_FILES, |path, entry| {
        if let Some(path) = path.filter(|_| entry.file_name() == ANCHOR) {
            walk.files.insert(path, 0);
        }
    })?;
    walk.findings.extend((!is_complete).then(|| too_many_files(WORKSPACE_FILES)));
    Ok(walk)
}

/// A note on unregistered roots whose declaration is whole: a merge may have lost their entries. What cannot be
/// searched is reported by `doctor`.
pub fn note_unpacked_roots(project: &Project, snapshot: &Snapshot) -> Option<Finding> {
    let walk = list_anchors(project).ok()?;
    let unregistered = walk.unregistered_roots(snapshot);
    let assets = project.assets();
    let notes = WorkspaceFiles::root_notes(snapshot, &unregistered, |root| declared_uuid(&assets, root));
    let roots = notes.into_iter().filter(|note| note.code == Code::UnregisteredRoot).filter_map(|note| note.asset);
    let roots: Vec<String> = roots.map(|asset| asset.root).filter(|root| is_whole(&assets, root)).collect();
    let first = roots.first()?;
    let (are, they_are) = if roots.len() == 1 { ("is", "it is") } else { ("are", "they are") };
    let listed = join_some(roots.iter().map(|root| format!("`{}`", escaped(root))), ", ", UNPACKED_NAMED);
    let note = Finding::new(
        Code::UnregisteredRoot,
        format!(
            "{} {are} not in the registry, so {they_are} not in the pack: {listed}",
            plural(roots.len() as u64, "asset root")
        ),
        format!(
            "If it should be packed, run {}: a merge may have lost its entry. `prometeu-packer doctor PROJECT` lists all \
             unregistered roots.",
            register_command(first)
        ),
    );
    Some(note.file(REGISTRY_FILE))
}

/// Whether the `asset.json` in a root has no error.
fn is_whole(assets: &Folder, root: &str) -> bool {
    let folder = RelPath::parse(root).ok().and_then(|root| assets.open_folder(&root).ok());
    folder
        .and_then(|folder| AnchorFile::read(&folder).ok())
        .is_some_and(|anchor| anchor.declaration().declaration.is_some())
}

/// Lists the files under `assets/`, up to `limit` files and folders.
///
/// # Errors
/// If the system refuses to read a folder.
pub fn list_workspace_files_up_to(project: &Project, limit: u64) -> Result<WorkspaceFiles, DiskError> {
    list_files_in(project, &project.assets_folder(), limit)
}

/// Lists the files in a folder of `assets/`, up to `limit` files and folders.
///
/// # Errors
/// If the system refuses to read a folder.
pub fn list_files_in(project: &Project, folder: &Path, limit: u64) -> Result<WorkspaceFiles, DiskError> {
    let mut walk = WorkspaceFiles::default();
    let is_complete = walk_files(project, folder, limit, |path, entry| match path {
        Some(path) => {
            walk.files.insert(path, entry.metadata().map_or(0, |metadata| metadata.len()));
        }
        None => {
            let shown = files::display_path(entry.path().strip_prefix(project.root()).unwrap_or(entry.path()));
            let finding = Finding::new(
                Code::StrayFile,
                "the file's name is not UTF-8, so no declaration can name it",
                "Rename the file.",
            );
            walk.findings.push(finding.file(shown));
        }
    })?;
    walk.findings.extend((!is_complete).then(|| too_many_files(limit)));
    Ok(walk)
}

/// Passes every regular file in `folder` to `found`, with its path relative to `assets/` if it is UTF-8. Returns false
/// if there are more than `limit` files and folders; the rest was not searched.
fn walk_files(
    project: &Project,
    folder: &Path,
    limit: u64,
    mut found: impl FnMut(Option<String>, &walkdir::DirEntry),
) -> Result<bool, DiskError> {
    let assets = project.assets_folder();
    let mut seen = 0;
    let hidden =
        |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(folder).follow_root_links(folder == assets).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(|entry| !hidden(entry)) {
        let entry = match entry {
            Ok(entry) => entry,
            // It was removed a moment ago.
            Err(error) if error.io_error().is_some_and(files::is_absent) => continue,
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let source = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                return Err(DiskError::reading(path)(source));
            }
        };
        seen += 1;
        if seen > limit {
            return Ok(false);
        }
        if entry.file_type().is_file() {
            found(utf8_path(entry.path(), &assets), &entry);
        }
    }
    Ok(true)
}

fn too_many_files(limit: u64) -> Finding {
    let finding = Finding::new(
        Code::TooManyFiles,
        format!("there are more than {limit} files and folders under `assets/`"),
        "Move files that are not assets, such as another project or its build, out of this folder.",
    );
    finding.file("assets")
}

fn utf8_path(path: &Path, base: &Path) -> Option<String> {
    let path = path.strip_prefix(base).ok()?;
    let segments: Option<Vec<&str>> = path.iter().map(|segment| segment.to_str()).collect();
    Some(segments?.join("/"))
}

/// The finding for a registered root that does not exist, and whose uuid another folder has.
fn root_moved_finding(at: usize, original: &RegisteredAsset, root: &str) -> Finding {
    let fix = Fix::SetJson {
        file: REGISTRY_FILE.into(),
        path: format!("$.assets[{at}].root"),
        value: JsonText(serde_json::Value::from(root).to_string()),
    };
    Finding::new(
        Code::RootMoved,
        format!(
            "asset {} was moved here: its registered root, `{}`, does not exist",
            original.entry.asset_id, original.entry.root
        ),
        format!(
            "Run {}, which keeps the id and changes only the root; or move the folder back.",
            register_command(root)
        ),
    )
    .fix(fix)
}

/// The folders that contain a path, innermost first.
fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/'), |(folder, _)| folder.rsplit_once('/')).map(|(folder, _)| folder)
}

/// Why unregistered roots would be refused where they are.
struct RegistrationObstacles {
    /// By root: its part that is the same folder as the other, on a system that ignores case.
    twins: HashMap<String, (String, String)>,
    /// The registered roots, with their folded names.
    registered: BTreeMap<String, String>,
}

impl RegistrationObstacles {
    fn new(snapshot: &Snapshot, unregistered: &[&str]) -> Self {
        let registered: Vec<&RelPath> = snapshot.assets.iter().map(|asset| &asset.entry.root).collect();
        let new: Vec<RelPath> = unregistered.iter().filter_map(|root| RelPath::parse(root).ok()).collect();
        let all = registered.iter().copied().chain(&new);
        let new_at = |at: usize| at.checked_sub(registered.len()).map(|at| new[at].as_str().to_owned());
        let is_between =
            |collision: &Collision<'_>| (collision.first < registered.len()) && (collision.later >= registered.len());
        let collisions = find_collisions(all).into_iter().filter(is_between);
        let twins = collisions.filter_map(|collision| {
            let parts = (collision.later_part.to_owned(), collision.first_part.to_owned());
            Some((new_at(collision.later)?, parts))
        });
        let registered_keys = registered.iter().map(|root| (root.fold_key(), root.as_str().to_owned()));
        Self { twins: twins.collect(), registered: registered_keys.collect() }
    }

    /// What is in the way of a root, as an addition to a message, and the help.
    fn of_root(&self, root: &str) -> Option<(String, String)> {
        if let Some((part, twin)) = self.twins.get(root) {
            let message = format!(
                "; `{}` and `{}` are the same folder on a system that ignores case",
                escaped(part),
                escaped(twin)
            );
            let help = match &root[part.len()..] {
                rest if rest.is_empty() || self.registered.contains_key(&fold_key(root)) => {
                    "Rename the folder, then register it under its new name.".to_owned()
                }
                rest => {
                    let target = format!("{twin}{rest}");
                    format!("Move the folder to `assets/{}`, then run {}.", escaped(&target), register_command(&target))
                }
            };
            return Some((message, help));
        }
        let inside = format!("{}/", fold_key(root));
        let (_, inner) = self.registered.range(inside.clone()..).next().filter(|(key, _)| key.starts_with(&inside))?;
        Some((
            format!("; it contains the registered root `{}`, and assets do not contain assets", escaped(inner)),
            format!("Move its `{ANCHOR}` and files into a folder of their own, then register that."),
        ))
    }
}

impl WorkspaceFiles {
    /// The folders with an anchor that are not registered. A folder comes before those inside it.
    pub fn unregistered_roots(&self, snapshot: &Snapshot) -> Vec<&str> {
        let registered: HashSet<&str> = snapshot.assets.iter().map(|asset| asset.entry.root.as_str()).collect();
        let roots = self.files.keys().filter_map(|path| path.strip_suffix(ANCHOR)?.strip_suffix('/'));
        roots.filter(|root| !registered.contains(root)).collect()
    }

    /// Notes on the unregistered roots: unregistered and moved ones, and nested and copied anchors. There are none if
    /// the registry cannot be read: then it is unknown what is registered. `uuid_of` returns the uuid that an
    /// unregistered root declares.
    pub fn root_notes(
        snapshot: &Snapshot,
        unregistered: &[&str],
        uuid_of: impl Fn(&str) -> Option<AssetUuid>,
    ) -> Vec<Finding> {
        if unregistered.is_empty() || snapshot.registry.is_none() {
            return Vec::new();
        }
        let registered = snapshot.assets.iter().map(|asset| asset.entry.root.as_str());
        let roots: HashSet<&str> = registered.chain(unregistered.iter().copied()).collect();
        let entries = snapshot.registry.as_ref().map_or(&[][..], |registry| &registry.entries);
        // Of two entries with one id, the first counts.
        let places: HashMap<u32, usize> =
            entries.iter().enumerate().rev().map(|(at, entry)| (entry.asset_id, at)).collect();
        let place_of = |asset: &RegisteredAsset| places.get(&asset.entry.asset_id).copied().unwrap_or(0);
        let by_uuid: HashMap<_, _> =
            snapshot.assets.iter().map(|asset| (asset.entry.asset_uuid, (place_of(asset), asset))).collect();
        let is_lost = |root: &str| {
            let mut lost = snapshot.findings.iter().filter(|finding| finding.code == Code::RegistrationLost);
            lost.any(|finding| finding.asset.as_ref().is_some_and(|asset| asset.root == root))
        };
        let obstacles = RegistrationObstacles::new(snapshot, unregistered);
        let mut notes = Vec::new();
        for root in unregistered.iter().filter(|root| !is_lost(root)) {
            let asset = AssetRef { asset_id: None, root: (*root).to_owned() };
            if let Some(outer) = folders_above(root).find(|folder| roots.contains(folder)) {
                let note = Finding::new(
                    Code::NestedAnchor,
                    format!("this `{ANCHOR}` is inside the root `{outer}`; an asset must not contain another"),
                    "Move the folder out of that root, or remove this file if it is not needed.",
                );
                notes.push(note.file(ANCHOR).in_asset(&asset));
                continue;
            }
            if let Some((at, original)) = uuid_of(root).and_then(|uuid| by_uuid.get(&uuid)) {
                if original.folder.is_none() {
                    notes.push(root_moved_finding(*at, original, root).file(ANCHOR).in_asset(&asset));
                    continue;
                }
                let note = Finding::new(
                    Code::CopiedAnchor,
                    format!("this root has the uuid of asset {} ({})", original.entry.asset_id, original.entry.root),
                    "If it is a backup, move it out of `assets/`. To turn it into an asset, give it a new uuid (Linux and macOS: \
                     `uuidgen | tr A-Z a-z`) and register it.",
                );
                notes.push(note.file(ANCHOR).in_asset(&asset));
                continue;
            }
            let (more, help) = obstacles
                .of_root(root)
                .unwrap_or_else(|| (String::new(), format!("Register it with {}.", register_command(root))));
            let note = Finding::new(
                Code::UnregisteredRoot,
                format!("this asset root is not registered, so it is never packed{more}"),
                help,
            );
            notes.push(note.file(ANCHOR).in_asset(&asset));
        }
        notes
    }

    /// Notes on unused files, and on files with the same content. A file that cannot be read is not compared.
    pub fn file_notes(
        &self,
        context: &Context,
        project: &Project,
        snapshot: &Snapshot,
        unregistered: &[&str],
    ) -> Vec<Finding> {
        let mut notes = self.unused_notes(snapshot, unregistered, |_| true);
        notes.extend(self.duplicate_notes(context, project));
        notes
    }

    /// The notes on unused images and sounds alone, which an artist may have meant to add. No file is read.
    pub fn unused_source_notes(&self, snapshot: &Snapshot, unregistered: &[&str]) -> Vec<Finding> {
        self.unused_notes(snapshot, unregistered, is_packed_source)
    }

    /// The notes on those unused files that `is_noted` accepts.
    fn unused_notes(
        &self,
        snapshot: &Snapshot,
        unregistered: &[&str],
        is_noted: impl Fn(&str) -> bool,
    ) -> Vec<Finding> {
        let roots: HashMap<&str, _> = snapshot.assets.iter().map(|asset| (asset.entry.root.as_str(), asset)).collect();
        let unregistered: HashSet<&str> = unregistered.iter().copied().collect();
        let mut used: HashMap<&str, HashSet<&str>> = HashMap::new();
        // A file is also used if a declared file that differs only in case is missing: `file-twin` reports that.
        let mut twins: HashSet<String> = HashSet::new();
        for asset in &snapshot.assets {
            let files = used.entry(asset.entry.root.as_str()).or_default();
            files.insert(ANCHOR);
            if let Some(declaration) = asset.declaration() {
                files.extend(declaration.source_files().into_iter().map(RelPath::as_str));
                files.extend(declaration.input_palettes.iter().map(RelPath::as_str));
                let named = declaration.source_files().into_iter().map(|file| format!("{}/{file}", asset.entry.root));
                twins.extend(named.filter(|path| !self.files.contains_key(path)).map(|path| fold_key(&path)));
            }
        }
        let palettes = snapshot.assets.iter().flat_map(|asset| &asset.palettes.named_shared);
        let shared: HashSet<&str> = palettes.map(RelPath::as_str).collect();
        let mut loose = LooseFiles::default();
        for path in self.files.keys().filter(|path| is_noted(path) && !shared.contains(path.as_str())) {
            let owner = folders_above(path).find(|folder| roots.contains_key(folder) || unregistered.contains(folder));
            match owner {
                Some(root) if roots.contains_key(root) => {
                    let inside = &path[root.len() + 1..];
                    let asset = roots[root];
                    let is_used = |files: &HashSet<&str>| files.contains(inside) || is_original(inside, files);
                    let known = used.get(root).is_some_and(is_used) || twins.contains(&fold_key(path));
                    // Without a valid declaration, it is unknown which files are used.
                    if !known && asset.declaration().is_some() {
                        loose.add(Some(asset), path);
                    }
                }
                Some(_) => {}
                None => loose.add(None, path),
            }
        }
        loose.into_notes()
    }

    fn duplicate_notes(&self, context: &Context, project: &Project) -> Vec<Finding> {
        let assets = project.assets();
        let mut by_size: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        for (path, size) in &self.files {
            if *size > 0 && *size <= SOURCE_FILE_BYTES && path.rsplit('/').next() != Some(ANCHOR) {
                by_size.entry(*size).or_default().push(path);
            }
        }
        let mut notes = Vec::new();
        for paths in by_size.into_values().filter(|paths| paths.len() > 1) {
            let mut hashed: Vec<(Sha, &str)> = Vec::with_capacity(paths.len());
            for path in paths {
                let hash: Option<Sha> =
                    RelPath::parse(path).ok().and_then(|path| assets.open(&path).ok()).and_then(|source| match source
                        .start_reading()
                        .finish_unless(&|| context.is_cancelled())
                    {
                        Ok(files::ReadOutcome::Unchanged { file }) => Some(file.sha256),
                        _ => None,
                    });
                hashed.extend(hash.map(|hash| (hash, path)));
            }
            hashed.sort_unstable_by_key(|(hash, path)| (hash.0, *path));
            for same in hashed.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
                let others = same[1..].iter().map(|(_, path)| format!("assets/{path}"));
                notes.push(
                    Finding::new(
                        Code::DuplicateContent,
                        format!(
                            "{} with the same content: {}",
                            plural(same.len() as u64 - 1, "other file"),
                            join_some(others, ", ", OTHERS_NAMED)
                        ),
                        "If they belong to one asset, keep one: several artifacts may use the same file.",
                    )
                    .file(format!("assets/{}", same[0].1)),
                );
            }
        }
        notes
    }
}

/// A path below `assets/`, which may be empty, as a path of the project.
fn in_assets(path: &str) -> String {
    if path.is_empty() { "assets".to_owned() } else { format!("assets/{path}") }
}

/// Files that no asset uses, by their folder.
#[derive(Default)]
struct LooseFiles<'w> {
    folders: BTreeMap<&'w str, LooseFolder<'w>>,
}

/// The loose files of one folder.
struct LooseFolder<'w> {
    /// The asset in whose root it is.
    asset: Option<&'w RegisteredAsset>,
    /// The first of them.
    first: Vec<&'w str>,
    count: u64,
}

impl<'w> LooseFiles<'w> {
    fn add(&mut self, asset: Option<&'w RegisteredAsset>, path: &'w str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = self.folders.entry(folder).or_insert(LooseFolder { asset, first: Vec::new(), count: 0 });
        if folder.first.len() < LOOSE_NAMED {
            folder.first.push(path);
        }
        folder.count += 1;
    }

    /// A note for each file of the first folders, or for each folder with many files; one for all other folders.
    fn into_notes(self) -> Vec<Finding> {
        let mut notes = Vec::new();
        let (mut more_files, mut more_folders) = (0, 0);
        for (n, (folder, loose)) in self.folders.into_iter().enumerate() {
            if n >= LOOSE_FOLDERS {
                more_files += loose.count;
                more_folders += 1;
            } else if loose.count > LOOSE_NAMED as u64 {
                notes.push(loose.note(folder, &loose.message()));
            } else {
                let message = if loose.asset.is_some() { UNUSED } else { STRAY };
                notes.extend(loose.first.iter().map(|path| loose.note(path, message)));
            }
        }
        if more_folders > 0 {
            let message = format!(
                "{} in {} are used by no asset",
                plural(more_files, "more file"),
                plural(more_folders, "other folder")
            );
            notes.push(Finding::new(Code::StrayFile, message, MOVE_OUT).file("assets"));
        }
        notes
    }
}

impl LooseFolder<'_> {
    fn note(&self, path: &str, message: &str) -> Finding {
        let Some(asset) = self.asset else {
            return Finding::new(Code::StrayFile, message, PUT_INTO_ROOT).file(in_assets(path));
        };
        let inside = path.strip_prefix(asset.entry.root.as_str()).unwrap_or(path).trim_start_matches('/');
        let is_addable = |path: &str| is_packed_source(path) || is_decoded_source(path);
        let is_one = self.first.contains(&path);
        let help = match if is_one { is_addable(path) } else { self.first.iter().any(|path| is_addable(path)) } {
            true => USE_OR_MOVE,
            false => NOT_PACKED,
        };
        let note = Finding::new(Code::UnusedFile, message, help);
        if inside.is_empty() {
            let file = in_assets(path);
            return Finding { asset: Some(asset.asset_ref()), ..note.file(file) };
        }
        note.file(inside).in_asset(&asset.asset_ref())
    }

    fn message(&self) -> String {
        let names = self.first.iter().take(OTHERS_NAMED).map(|path| path.rsplit('/').next().unwrap_or(path));
        let named: Vec<&str> = names.collect();
        let what = if self.asset.is_some() { "no artifact of the asset uses" } else { "no asset root contains" };
        let (files, more) = (plural(self.count, "file"), self.count - named.len() as u64);
        format!("{what} {files} of this folder: {}, and {more} more", named.join(", "))
    }
}
