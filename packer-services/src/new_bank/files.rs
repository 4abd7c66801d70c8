//! The files that the caller of `create` names: their names in the new root, and their copies.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::animations::series_name;
use crate::banks::sniff::SniffedFile;
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, Family, LoopChoice, SoundContent};
use crate::diagnostics::{AssetRef, Code, Finding, escaped};
use crate::files::{self, DiskError, HeldFolder, OpenError, ReadOutcome, SYNCED_FILES, Sha, SourceFile};
use crate::import::{ImportKind, ImportMemory, ImportOptions, ImportedFile, import_file, import_kind, sniffed_kind};
use crate::limits::{HISTORY_BYTES, IMPORTED_SOUND_BYTES, SLOTS};
use crate::origins::Origin;
use crate::parallel::in_parallel;
use crate::paths::{RelPath, fold_key};

/// How much is copied at a time: large enough that the calls cost nothing beside the copying.
const BLOCK_BYTES: usize = 256 << 10;

/// How many files of one name get names of their own. A folder has at most as many files.
const MAX_COPIES: u32 = 4096;

/// A file that was named.
#[derive(Debug)]
struct NamedFile<'f> {
    path: &'f Path,
    /// Its path in the root.
    name: RelPath,
    /// What it is decoded as; `None` if it is copied, or stays where it is.
    kind: Option<ImportKind>,
}

/// The files that were named, in the order of their ids.
#[derive(Debug)]
pub(crate) struct NamedFiles<'f> {
    files: Vec<NamedFile<'f>>,
    import: ImportOptions,
    /// The root that has the files already, which are then not copied.
    root: Option<&'f Path>,
    /// Whether files were left out, each with a finding.
    pub(crate) is_incomplete: bool,
    /// Whether each new file is synced when it is written. If not, the disk must be synced at the end.
    pub(crate) is_synced: bool,
    /// What is to be said about files that were decoded, or got other names.
    pub(crate) notes: Vec<Finding>,
    /// Where the files in the root came from.
    pub(crate) origins: Vec<Origin>,
    /// The new files of a root that exists.
    pub(crate) decoded: Vec<DecodedInPlace>,
}

/// A file that was decoded, for a root that exists.
#[derive(Debug)]
pub(crate) struct DecodedInPlace {
    /// Its path in the root.
    pub(crate) name: RelPath,
    /// Where it is until then.
    pub(crate) staged: PathBuf,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

/// What became of a file that was copied, or decoded.
#[derive(Debug, Default)]
struct CopiedFile {
    /// Without a file.
    notes: Vec<Finding>,
    origin: Option<Origin>,
    decoded: Option<DecodedInPlace>,
}

/// Why a file was not copied.
#[derive(Debug)]
enum NotCopied {
    /// What is wrong with it, without a file.
    Finding(Box<Finding>),
    /// The copy could not be written.
    Disk(DiskError),
    /// The operation was canceled.
    Stopped,
}

impl From<Finding> for NotCopied {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

impl From<DiskError> for NotCopied {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

/// How files get their names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamingRules<'f> {
    /// The bank that they are for.
    pub(crate) family: Family,
    /// How they are decoded.
    pub(crate) import: ImportOptions,
    /// The folder that all of them are in, where they stay; `None` if they are copied.
    pub(crate) root: Option<&'f Path>,
    /// Whether files of a folder stay apart from a series of numbered files of another.
    pub(crate) keeps_series: bool,
}

impl<'f> NamedFiles<'f> {
    /// Checks the names of the files, which are all copied into one folder, unless they are in the root. Files with a
    /// finding are left out. Of those in `of_folders`, one that has the name of another gets a free name, as all files
    /// of its folder do. `sniffed` are files that were recognized already.
    pub(crate) fn new(
        files: &'f [PathBuf],
        of_folders: &[PathBuf],
        sniffed: &HashMap<PathBuf, SniffedFile>,
        rules: NamingRules<'f>,
    ) -> (Self, Vec<Finding>) {
        let NamingRules { family, import, root, keeps_series } = rules;
        let mut findings = Vec::new();
        let of_folders: HashSet<&Path> = of_folders.iter().map(PathBuf::as_path).collect();
        let mut named = Self {
            files: Vec::new(),
            import,
            root,
            is_incomplete: false,
            is_synced: files.len() <= SYNCED_FILES,
            notes: Vec::new(),
            origins: Vec::new(),
            decoded: Vec::new(),
        };
        let kind = |file: &PathBuf| match sniffed.get(file) {
            Some(sniffed) => sniffed_kind(file, Some(sniffed), family, &import),
            None => import_kind(file, family, &import),
        };
        let kinds: Vec<Option<ImportKind>> = files.iter().map(kind).collect();
        let own_name = |(file, kind): (&PathBuf, &Option<ImportKind>)| match root {
            Some(root) => name_in_place(file, root, *kind),
            None => name_of_copy(file, *kind),
        };
        let wanted: Vec<Result<RelPath, Finding>> = std::iter::zip(files, &kinds).map(own_name).collect();
        let renamed = folders_to_rename(files, &wanted, &of_folders, keeps_series);
        let own_names: Vec<(&Path, RelPath)> = std::iter::zip(files, &wanted)
            .filter_map(|(file, wanted)| Some((file.as_path(), wanted.as_ref().ok()?.clone())))
            .collect();
        // All files of a folder get the same letters in front.
        let mut places: HashMap<&Path, Option<u32>> = HashMap::new();
        let (mut noted, mut kept_names): (HashSet<&Path>, HashSet<RelPath>) = (HashSet::new(), HashSet::new());
        // What is in the root already keeps its name, whatever becomes of the files before it.
        let is_kept = |kind: Option<ImportKind>| root.is_some() && kind.is_none();
        let kept = files.iter().zip(&kinds).zip(&wanted).filter(|((_, kind), _)| is_kept(**kind));
        let mut taken: HashMap<String, (&Path, bool)> = kept
            .filter_map(|((file, _), wanted)| Some((wanted.as_ref().ok()?.fold_key(), (file.as_path(), false))))
            .collect();
        for ((file, kind), wanted) in files.iter().zip(kinds).zip(wanted) {
            let folder = file.parent().filter(|_| of_folders.contains(&**file));
            let name = wanted.and_then(|wanted| match folder.filter(|folder| renamed.contains(folder)) {
                Some(folder) => {
                    let at = *places.entry(folder).or_insert_with(|| {
                        let of_folder = own_names.iter().filter(|(file, _)| file.parent() == Some(folder));
                        let of_folder: Vec<_> = of_folder.filter(|(file, _)| of_folders.contains(*file)).collect();
                        let is_free = |file: &Path, name: &RelPath, at| {
                            name_in_folder(file, name, at).is_some_and(|name| !taken.contains_key(&name.fold_key()))
                        };
                        let mut all = 1..=MAX_COPIES;
                        all.find(|at| of_folder.iter().all(|(file, name)| is_free(file, name, *at)))
                    });
                    // Two files of the folder may become one kind of file.
                    let usual = at.and_then(|at| name_in_folder(file, &wanted, at));
                    let name = usual.clone().filter(|name| !taken.contains_key(&name.fold_key()));
                    let name = name.or_else(|| free_name(&taken, free_names(file, &wanted).skip(1))).unwrap_or(wanted);
                    if noted.insert(folder) {
                        named.notes.push(renamed_note(folder, file, &name));
                    } else if usual.is_some_and(|usual| usual != name) {
                        named.notes.push(other_name_note(file, &name, root.is_some()));
                    }
                    Ok(name)
                }
                None if is_kept(kind) && !kept_names.contains(&wanted) => Ok(wanted),
                None => named.free_name_of_copy(&taken, (file, kind.is_some()), wanted, folder.is_some()),
            });
            match name {
                Ok(name) => {
                    taken.insert(name.fold_key(), (file, kind.is_some()));
                    if is_kept(kind) {
                        kept_names.insert(name.clone());
                    }
                    named.files.push(NamedFile { path: file, name, kind });
                }
                Err(finding) => findings.push(finding.file(files::display_path(file))),
            }
        }
        named.is_incomplete = !findings.is_empty();
        (named, findings)
    }

    /// The name of the copy of a file, which no other file has: of those `taken`, each with the file that has it,
    /// and whether that is decoded, as for this file.
    fn free_name_of_copy(
        &mut self,
        taken: &HashMap<String, (&Path, bool)>,
        (file, is_decoded): (&Path, bool),
        name: RelPath,
        is_of_folder: bool,
    ) -> Result<RelPath, Finding> {
        let Some((other, is_other_decoded)) = taken.get(&name.fold_key()).copied() else { return Ok(name) };
        if files::is_same_file(other, file) {
            return Err(Finding::new(
                Code::FileNameTwice,
                "the file was passed twice",
                "Pass each file once. To use one again at other ids, add another artifact with it to `asset.json`.",
            ));
        }
        let (other, free) = (files::display_path(other), free_name(taken, free_names(file, &name)));
        let free = free.unwrap_or_else(|| name.clone());
        if is_of_folder {
            self.notes.push(other_name_note(file, &free, self.root.is_some()));
            return Ok(free);
        }
        Err(Finding::new(
            Code::FileNameTwice,
            match (is_decoded || is_other_decoded, self.root) {
                (false, None) => format!("the file would be copied over `{other}`: their names are the same"),
                _ => format!("in the root, the file would have the name of `{other}`: `{name}`"),
            },
            self.other_name_help(file, &free),
        ))
    }

    /// How a file gets a free name in the root.
    fn other_name_help(&self, file: &Path, free: &RelPath) -> String {
        // What it becomes may have a different extension.
        let extension = file.extension().and_then(|extension| extension.to_str());
        let name = match (Path::new(free.as_str()).with_extension("").to_str(), extension) {
            (Some(stem), Some(extension)) => escaped(&format!("{stem}.{extension}")),
            _ => escaped(free.as_str()),
        };
        match self.root {
            Some(_) => format!("Rename this one, for example to `{name}`, and pass it again."),
            None => {
                format!("All files are copied into one folder: copy this one to `{name}` first, and pass that copy.")
            }
        }
    }

    /// The names of the files in the root.
    pub(crate) fn names(&self) -> Vec<RelPath> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }

    /// Whether no file is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Where a file is in the order of the files, by its path as it was passed or by its name alone.
    pub(crate) fn position(&self, file: &str) -> Option<usize> {
        let by_path = self.files.iter().position(|other| other.path.to_str() == Some(file));
        by_path.or_else(|| self.files.iter().position(|other| other.name.as_str() == file))
    }

    /// The names of copies of files whose own names are not in Unicode's composed form.
    pub(crate) fn composed_names(&self) -> Vec<String> {
        let differs = |file: &&NamedFile<'_>| {
            let own = file.path.file_name().and_then(|own| own.to_str());
            self.root.is_none() && own.is_some_and(|own| compose(own) != own)
        };
        self.files.iter().filter(differs).map(|file| file.name.to_string()).collect()
    }

    /// Removes the notes that the loop of a file is not kept, where the bank declares where it loops.
    pub(crate) fn remove_loop_notes(&mut self, content: &SoundContent) {
        let declared = content.artifacts.iter().filter(|artifact| artifact.looping != LoopChoice::File);
        let declared: HashSet<&RelPath> = declared.map(|artifact| &artifact.file).collect();
        let with_loops = self.files.iter().filter(|file| declared.contains(&file.name));
        let with_loops: HashSet<String> = with_loops.map(|file| files::display_path(file.path)).collect();
        let is_idle = |note: &Finding| note.file.as_ref().is_some_and(|file| with_loops.contains(file));
        self.notes.retain(|note| note.code != Code::LoopUnread || !is_idle(note));
    }

    /// Copies the files into the folder `stage`. The findings are those of files that could not be copied, which are
    /// left out from here on.
    ///
    /// # Errors
    /// If a copy could not be written, or the operation was canceled.
    pub(crate) fn copy_into<E: From<DiskError> + From<Stop>>(
        &mut self,
        context: &Context,
        stage: &HeldFolder,
        hints: CopyHints,
    ) -> Result<Vec<Finding>, E> {
        let files = std::mem::take(&mut self.files);
        let copied = in_parallel(files.iter().enumerate(), |(n, file)| match file.kind {
            _ if context.is_cancelled() => Err(NotCopied::Stopped),
            Some(kind) => self.decode(context, stage, (n, file), kind),
            None => self.copy(context, stage, file, hints),
        });
        check_cancelled(context)?;
        let mut findings = Vec::new();
        for (file, copied) in std::iter::zip(files, copied) {
            match copied {
                Ok(CopiedFile { notes, origin, decoded }) => {
                    let shown = files::display_path(file.path);
                    self.notes.extend(notes.into_iter().map(|note| note.file(&shown)));
                    self.origins.extend(origin);
                    self.decoded.extend(decoded);
                    self.files.push(file);
                }
                Err(NotCopied::Finding(finding)) => findings.push(finding.file(files::display_path(file.path))),
                Err(NotCopied::Disk(error)) => return Err(error.into()),
                Err(NotCopied::Stopped) => return Err(Stop.into()),
            }
        }
        self.is_incomplete |= !findings.is_empty();
        Ok(findings)
    }

    /// Copies a file that is not in the root already.
    fn copy(
        &self,
        context: &Context,
        stage: &HeldFolder,
        file: &NamedFile<'_>,
        hints: CopyHints,
    ) -> Result<CopiedFile, NotCopied> {
        let source = SourceFile::from_path(file.path);
        let source = source.map_err(|error| cannot_open(file.path, &file.name, error, hints))?;
        if let Some(too_large) = source.too_large_finding() {
            return Err(too_large.into());
        }
        if self.root.is_some() {
            return Ok(CopiedFile::default());
        }
        let sha = copy_file(context, source, stage, &file.name, self.is_synced)?;
        Ok(CopiedFile { origin: Some(self.origin_of(file, sha)), ..CopiedFile::default() })
    }

    /// Decodes the `n`-th file into the folder `stage`. A root that exists may have what it becomes already, but not
    /// another file of that name.
    fn decode(
        &self,
        context: &Context,
        stage: &HeldFolder,
        (n, file): (usize, &NamedFile<'_>),
        kind: ImportKind,
    ) -> Result<CopiedFile, NotCopied> {
        // The files that are new in a root are recorded, so that they can be removed and restored.
        let max_bytes = if self.root.is_some() { HISTORY_BYTES } else { IMPORTED_SOUND_BYTES };
        let memory = &mut ImportMemory::new(context);
        let imported = import_file(context, memory, file.path, kind, &self.import, max_bytes);
        let ImportedFile { bytes, notes } = imported.map_err(NotCopied::Finding)?;
        let name = &file.name;
        let mut copied = CopiedFile { notes, origin: Some(self.origin_of(file, Sha::of(&bytes))), decoded: None };
        match self.root {
            None => self.write_new(stage, name.as_str(), &bytes)?,
            Some(root) if files::exists(&root.join(name.as_str())) => {
                let existing = SourceFile::from_path(&root.join(name.as_str()));
                let existing = existing.ok().and_then(|source| source.read_whole(bytes.len() as u64).ok()?);
                if existing.is_none_or(|existing| existing.bytes != bytes) {
                    let message = format!("in the root, the file would become `{name}`, which is another file");
                    let help = format!("Pass `{name}` itself, or rename this file and pass it again.");
                    return Err(Finding::new(Code::FileNameTwice, message, help).into());
                }
            }
            Some(_) => {
                // The folders of the root are missing in the stage. It is written again in its place.
                let staged = n.to_string();
                stage.write_unsynced(&staged, &bytes)?;
                let staged = stage.path().join(staged);
                copied.decoded = Some(DecodedInPlace { name: name.clone(), staged, bytes });
            }
        }
        Ok(copied)
    }

    /// Where a file with this content came from.
    fn origin_of(&self, file: &NamedFile<'_>, content: Sha) -> Origin {
        Origin::new(file.name.clone(), file.path, self.import, content)
    }

    /// Writes a new file of the root into the folder `stage`, and syncs it like the others.
    pub(crate) fn write_new(&self, stage: &HeldFolder, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        if self.is_synced { stage.write_new(name, bytes) } else { stage.write_unsynced(name, bytes) }.map(drop)
    }

    /// Turns a finding about a copy into one about the file that was named: the copy is removed.
    pub(crate) fn about_named_file(&self, mut finding: Finding, asset: &AssetRef) -> Finding {
        let prefix = format!("assets/{}/", escaped(&asset.root));
        let name = finding.file.as_deref().and_then(|file| file.strip_prefix(&prefix));
        let file = name.and_then(|name| self.files.iter().find(|other| escaped(other.name.as_str()) == name));
        if let Some(file) = file {
            finding.file = Some(files::display_path(file.path));
            self.import.name_new_rate(&mut finding);
            let option = |value: &str| format!("`--loop {}`", shell_word(&format!("{}={value}", file.name)));
            if matches!(finding.code, Code::LoopForm | Code::LoopRange | Code::WavLoopDamaged) {
                finding.help = format!(
                    "Set the loop with {}, in frames, where END is not played any more; or play the sound once: {}.",
                    option("START..END"),
                    option("none")
                );
            }
        }
        finding.asset = None;
        // No artifact exists yet that could allow the loss, but there are options.
        match finding.code {
            Code::ConvertDownmix => finding.help = "Export it as mono, or allow the loss with `--downmix`.".into(),
            Code::ConvertDepth => {
                finding.help = "Export it with 16 bits, or allow the loss with `--reduce-bit-depth`.".into();
            }
            _ => {}
        }
        finding
    }
}

/// The name of the copy of a file: its own name, in Unicode's composed form, as all paths of a project. A file that is
/// decoded gets another extension.
///
/// # Errors
/// If no file of a root can have this name.
pub(crate) fn name_of_copy(file: &Path, kind: Option<ImportKind>) -> Result<RelPath, Finding> {
    let name = file.file_name().ok_or_else(|| {
        Finding::new(Code::FileNotRegular, "a file is required; this is a folder", "Pass the files themselves.")
    })?;
    let name = name
        .to_str()
        .ok_or_else(|| Finding::new(Code::PathCharacter, "the file's name is not UTF-8", "Rename the file."))?;
    let name = match kind {
        Some(kind) => {
            let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
            format!("{stem}.{}", kind.extension())
        }
        None => name.to_owned(),
    };
    let name =
        RelPath::parse(&compose(&name)).map_err(|problem| Finding::new(problem.code, problem.message, problem.help))?;
    if name.fold_key() == fold_key(ANCHOR) {
        return Err(Finding::new(
            Code::FileNameTwice,
            format!("`{ANCHOR}` is the name of the declaration that `create` writes"),
            "Rename the file. To use a declaration of your own, put its folder under `assets/` and run `register`.",
        ));
    }
    Ok(name)
}

/// The path of a file in the root that has it. One that is decoded becomes a file beside it.
///
/// # Errors
/// If no file of a root can have this name, or that file would have the name of its original.
pub(crate) fn name_in_place(file: &Path, root: &Path, kind: Option<ImportKind>) -> Result<RelPath, Finding> {
    let inside = files::path_below(file, root);
    let inside =
        inside.ok_or_else(|| Finding::new(Code::PathCharacter, "the file's name is not UTF-8", "Rename it."))?;
    let inside = match kind {
        Some(kind) => {
            let stem = inside.rsplit_once('.').filter(|(_, end)| !end.contains('/')).map_or(&*inside, |(stem, _)| stem);
            let decoded = format!("{stem}.{}", kind.extension());
            if fold_key(&decoded) == fold_key(&inside) {
                return Err(Finding::new(
                    Code::FileNameTwice,
                    "the file is in the root already, and what it becomes would replace it",
                    "Move it out of the root, for example to a folder beside `assets/`, and pass it from there.",
                ));
            }
            decoded
        }
        None => inside,
    };
    RelPath::parse(&inside).map_err(|problem| Finding::new(problem.code, problem.message, problem.help))
}

/// The name for the copy of a file with that of its folder in front, as in `walk_1.png`, if `at` is 1, or with this
/// number.
fn name_in_folder(file: &Path, name: &RelPath, at: u32) -> Option<RelPath> {
    let folder = file.parent().and_then(Path::file_name).and_then(|folder| folder.to_str()).map(compose);
    // A file that was decoded in place stays in its folder.
    let inside = name.parent().map_or_else(String::new, |parent| format!("{parent}/"));
    let front = if at == 1 { folder? } else { at.to_string() };
    RelPath::parse(&format!("{inside}{front}_{}", name.file_name())).ok()
}

/// Names for the copy of a file, the most natural first: its own, with that of its folder in front, as in `walk_1.png`,
/// and with a number.
pub(crate) fn free_names<'n>(file: &'n Path, name: &'n RelPath) -> impl Iterator<Item = RelPath> + 'n {
    std::iter::once(name.clone()).chain((1..=MAX_COPIES).filter_map(|at| name_in_folder(file, name, at)))
}

/// The first name that no other file has.
fn free_name(taken: &HashMap<String, (&Path, bool)>, mut names: impl Iterator<Item = RelPath>) -> Option<RelPath> {
    names.find(|name| !taken.contains_key(&name.fold_key()))
}

/// The folders of whose files some have the name of a file of another folder, or would join its series: all files of
/// such a folder get the folder's name in front, so that they stay together.
fn folders_to_rename<'f>(
    files: &'f [PathBuf],
    wanted: &[Result<RelPath, Finding>],
    of_folders: &HashSet<&Path>,
    keeps_series: bool,
) -> HashSet<&'f Path> {
    let mut first_folders: HashMap<String, Option<&Path>> = HashMap::new();
    let mut renamed = HashSet::new();
    for (file, name) in std::iter::zip(files, wanted) {
        let Ok(name) = name else { continue };
        let folder = file.parent();
        // No name of a file ends in a line feed.
        let series = keeps_series.then(|| series_name(name).map(|series| format!("{}\n", fold_key(series)))).flatten();
        for key in series.into_iter().chain([name.fold_key()]) {
            let first = *first_folders.entry(key).or_insert(folder);
            if first != folder && of_folders.contains(&**file) {
                renamed.extend(folder);
            }
        }
    }
    renamed
}

/// What the notes about copies with other names advise.
const OTHER_NAME_HELP: &str = "No change is needed. The copies are all in one folder.";

/// The note about a file whose copy got another name. If it `is_in_root`, it is decoded there.
pub(crate) fn other_name_note(file: &Path, name: &RelPath, is_in_root: bool) -> Finding {
    let (message, help) = match is_in_root {
        true => (
            format!("another file has the name of the file that it becomes, which is `{name}`"),
            "No change is needed. The new file is beside its original.",
        ),
        false => (format!("another file has its name: its copy is `{name}`"), OTHER_NAME_HELP),
    };
    Finding::new(Code::FolderFiles, message, help).file(files::display_path(file))
}

/// The note about a folder whose files got other names.
fn renamed_note(folder: &Path, file: &Path, name: &RelPath) -> Finding {
    let own = file.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    let message = format!(
        "files of another folder have the names of its files: the copy of `{}` is `{name}`, and so on for all of them",
        escaped(&own)
    );
    Finding::new(Code::FolderFiles, message, OTHER_NAME_HELP).file(files::display_path(folder))
}

/// A word as a shell reads it.
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '=' | '/');
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// What the caller may have meant by a file that cannot be opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CopyHints {
    /// The kind of the new bank.
    pub(crate) family: Family,
    /// Whether a slot may have been passed as a file.
    pub(crate) file_may_be_slot: bool,
}

/// The name in Unicode's composed form, NFC: macOS may write accents as separate characters.
fn compose(name: &str) -> String {
    name.nfc().collect()
}

fn cannot_open(file: &Path, name: &RelPath, error: OpenError, hints: CopyHints) -> Finding {
    match error {
        OpenError::Disk(error) if files::is_absent(&error.source) && files::is_link(file) => Finding::new(
            Code::FileMissing,
            "this is a link to a file that does not exist",
            "Put that file there, or remove the link.",
        ),
        OpenError::Disk(error) if files::is_absent(&error.source) => Finding::new(
            Code::FileMissing,
            "the file does not exist",
            match slot_written_as(file).filter(|_| hints.file_may_be_slot) {
                Some(slot) => format!("If it is the slot, write `--preload={slot}`, with `=` and without a space."),
                None => "Check the path; it is relative to the folder that you are in.".to_owned(),
            },
        ),
        OpenError::NotRegular(what) => Finding::new(
            Code::FileNotRegular,
            format!("a file is required; this is {what}"),
            match (files::is_real_folder(file), hints.family) {
                (true, Family::GlyphBank) => {
                    format!("Pass the PNG files themselves, for example `{}/*.png`.", files::display_path(file))
                }
                (true, Family::SoundBank) => {
                    format!("Pass the sounds themselves, for example `{}/*.wav`.", files::display_path(file))
                }
                (false, _) => "Pass the PNG, WAV or FLAC files themselves.".to_owned(),
            },
        ),
        error => error.into_finding_about(name),
    }
}

/// The slot, if this is a number that can be one.
fn slot_written_as(file: &Path) -> Option<u32> {
    file.to_str()?.parse().ok().filter(|slot| *slot < SLOTS)
}

/// Copies a file, and syncs the copy if `is_synced`. Returns its hash.
fn copy_file(
    context: &Context,
    source: SourceFile,
    folder: &HeldFolder,
    name: &RelPath,
    is_synced: bool,
) -> Result<Sha, NotCopied> {
    let from = source.path().to_owned();
    let needed_bytes = source.size_bytes();
    let mut target = folder.create_file(name.as_str())?;
    let mut reading = source.start_reading();
    let mut block = vec![0; BLOCK_BYTES];
    let to = folder.path().join(name.as_str());
    let cannot_write = |source| DiskError::writing(&to)(source).with_needed_bytes(needed_bytes);
    loop {
        let count = reading.read(&mut block).map_err(DiskError::reading(&from))?;
        // The caller checks whether the operation was canceled, and does not use a copy that was cut short.
        if count == 0 || context.is_cancelled() {
            break;
        }
        target.write_all(&block[..count]).map_err(cannot_write)?;
    }
    if is_synced {
        target.sync_all().map_err(cannot_write)?;
    }
    match reading.finish_unless(&|| context.is_cancelled())? {
        ReadOutcome::Unchanged { file } => Ok(file.sha256),
        ReadOutcome::Changed => Err(Finding::new(
            Code::SourceChanging,
            "the file changed while it was copied",
            "Wait until the program that writes it has finished, and try again.",
        )
        .into()),
    }
}
