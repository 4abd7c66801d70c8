//! Packs copies of a project from scratch, each in its own process and under other conditions, and compares what they
//! publish with a pack of the project (spec: packer charter, "`pack`"). A pack that depends on anything but the files
//! that it reads differs.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::context::{Context, FaultPoint, Progress};
use crate::diagnostics::{AsFinding, Code, Finding, join_some};
use crate::files::{self, DiskError, Folder, HeldFolder, OpenError, ReadOutcome, Sha, SourceFile, TemporaryFolder};
use crate::pack::examine::Examination;
use crate::paths::RelPath;
use crate::project::{OUTPUTS, Project};
use crate::registry::REGISTRY_FILE;
use crate::snapshot::Snapshot;
use crate::start_error::{StartError, Started};

/// What one of the packs sees of the system.
struct Conditions {
    /// The project's folder, relative to a temporary folder.
    project: &'static str,
    /// Whether the process starts in the project's folder, not in the temporary one.
    starts_inside: bool,
    locale: &'static str,
    time_zone: &'static str,
    umask: &'static str,
    jobs: &'static str,
    /// Whether the files are created in descending order, which is how some file systems list them.
    is_reversed: bool,
    /// When all files were last written; `None` for now.
    written: Option<Duration>,
}

/// Two that have nothing in common. In Turkish, the upper case of "i" is not "I".
const CONDITIONS: [Conditions; 2] = [
    Conditions {
        project: "game",
        starts_inside: true,
        locale: "C",
        time_zone: "UTC",
        umask: "022",
        jobs: "1",
        is_reversed: false,
        written: None,
    },
    Conditions {
        project: "İki klasör/the same game",
        starts_inside: false,
        locale: "tr_TR.UTF-8",
        time_zone: "Asia/Kathmandu",
        umask: "077",
        jobs: "7",
        is_reversed: true,
        written: Some(Duration::from_secs(981_173_106)),
    },
];

/// How often the process of a pack is asked whether it ended. A pack of a small project takes about as long.
const POLL_EVERY: Duration = Duration::from_millis(10);

/// How many bytes are copied at once.
const COPIED_BYTES: usize = 256 << 10;

/// What came of it.
#[derive(Debug)]
pub enum Reproduction {
    /// All packs are the same.
    Same,
    /// A pack failed or differs; the finding names it.
    Failed(Box<Finding>),
    /// This file changed since the project was examined.
    Changed(String),
    /// The context was cancelled.
    Cancelled,
}

/// Packs copies of what `snapshot` and `examination` were read from with the packer `program`, and compares the files
/// that they publish with `expected`, the hashes of [`OUTPUTS`]. The copies are in the system's folder for temporary
/// files, one after the other, and are removed.
///
/// # Errors
/// If a copy cannot be written, or the packer cannot be started.
pub fn reproduce(
    context: &Context,
    project: &Project,
    program: &Path,
    (snapshot, examination): (&Snapshot, &Examination),
    expected: [Sha; 4],
) -> Result<Reproduction, DiskError> {
    for (n, conditions) in (1..).zip(&CONDITIONS) {
        context.report_progress(Progress::Reproducing { n, total: CONDITIONS.len() });
        let temporary = TemporaryFolder::create(&context.new_uuid()?.to_string())?;
        let mut files = read_files(snapshot, examination);
        if conditions.is_reversed {
            files.reverse();
        }
        for file in files {
            if context.is_cancelled() {
                return Ok(Reproduction::Cancelled);
            }
            let to = format!("{}/{}", conditions.project, file.path);
            if !file.copy(project, temporary.held(), &to, conditions.written)? {
                return Ok(Reproduction::Changed(file.path));
            }
        }
        let started = match context.inject_fault(FaultPoint::StartPacker) {
            Ok(()) => conditions.start(program, &temporary)?,
            Err(error) => Err(error),
        };
        let pack = match started {
            Ok(pack) => pack,
            Err(error) => {
                let reason = files::system_message(&error);
                let error = StartError { started: Started::PackOfCopy, reason };
                return Ok(Reproduction::Failed(Box::new(error.as_finding())));
            }
        };
        let Some(succeeded) = wait_for(context, pack).map_err(DiskError::reading(program))? else {
            return Ok(Reproduction::Cancelled);
        };
        let copy = temporary.held().path().join(conditions.project);
        let finding = match succeeded {
            true => {
                let differing = differing_outputs(&Project::at(copy), expected)?;
                (!differing.is_empty()).then(|| conditions.finding_of_differences(&differing))
            }
            false => Some(conditions.finding_of_failure(&messages(&temporary))),
        };
        if let Some(finding) = finding {
            return Ok(Reproduction::Failed(Box::new(finding)));
        }
    }
    Ok(Reproduction::Same)
}

impl Conditions {
    /// Starts the pack of a copy. The inner error is that of a process that was not started.
    fn start(&self, program: &Path, temporary: &TemporaryFolder) -> Result<io::Result<Child>, DiskError> {
        let temporary_path = temporary.held().path();
        let project = temporary_path.join(self.project);
        let (folder, named) = if self.starts_inside { (project, ".".into()) } else { (temporary_path.into(), project) };
        let mut command = self.command(program);
        command.arg("pack").arg(named).args(["--no-cache", "--quiet", "--jobs", self.jobs]).current_dir(folder);
        command.env("LC_ALL", self.locale).env("TZ", self.time_zone);
        let messages = temporary.held().create_file(MESSAGES)?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(messages);
        Ok(command.spawn())
    }

    /// The packer, started by a shell that sets the umask: Rust has no safe function for that.
    #[cfg(unix)]
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("umask {} && exec \"$0\" \"$@\"", self.umask)).arg(program);
        command
    }

    #[cfg(not(unix))]
    fn command(&self, program: &Path) -> Command {
        let _ = self.umask;
        Command::new(program)
    }

    fn finding_of_differences(&self, outputs: &[&str]) -> Finding {
        let outputs = join_some(outputs.iter().map(|name| format!("`{name}`")), ", ", OUTPUTS.len());
        let message = format!("a copy of the project packs to other bytes {self}: {outputs} differ from this pack");
        Finding::new(
            Code::InternalError,
            message,
            "This is a bug in the packer, or bytes are damaged on the disk or in memory. Run it again; if it happens \
             again, please report it.",
        )
    }

    fn finding_of_failure(&self, messages: &str) -> Finding {
        let first = messages.lines().next().unwrap_or("it reported nothing");
        let message = format!("a copy of the project does not pack {self}: {first}");
        Finding::new(
            Code::InternalError,
            message,
            "If the message names a cause outside the project, such as a full disk, remove it. Otherwise this is a bug \
             in the packer: please report it.",
        )
    }
}

impl std::fmt::Display for Conditions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { project, locale, time_zone, umask, jobs, .. } = self;
        write!(
            f,
            "in the folder `{project}` with `LC_ALL={locale}`, `TZ={time_zone}`, `umask {umask}` and `--jobs {jobs}`"
        )
    }
}

/// Waits until the process ends. Returns whether it succeeded; `None` if the context was cancelled.
fn wait_for(context: &Context, mut pack: Child) -> std::io::Result<Option<bool>> {
    loop {
        if let Some(status) = pack.try_wait()? {
            // A signal from the terminal also ends the process.
            return Ok((status.success() || !context.is_cancelled()).then_some(status.success()));
        }
        if context.is_cancelled() {
            pack.kill()?;
            pack.wait()?;
            return Ok(None);
        }
        std::thread::sleep(POLL_EVERY);
    }
}

/// Which outputs of the project are missing or have another hash.
fn differing_outputs(project: &Project, expected: [Sha; 4]) -> Result<Vec<&'static str>, DiskError> {
    let mut differing = Vec::new();
    for (name, sha256) in std::iter::zip(OUTPUTS, expected) {
        let path = RelPath::of_packer(name.to_owned());
        let published = match Folder::at(project.build_folder()).open(&path) {
            Ok(source) => Some(source.start_reading().finish()?),
            Err(OpenError::Disk(error)) => return Err(error),
            Err(_) => None,
        };
        if !matches!(published, Some(ReadOutcome::Unchanged { file }) if file.sha256 == sha256) {
            differing.push(name);
        }
    }
    Ok(differing)
}

/// A file that a pack reads.
struct ReadByPack<'a> {
    /// Relative to the project's folder.
    path: String,
    /// The root of its asset; `None` for the registry.
    root: Option<&'a Folder>,
    /// Relative to the root, or to the packer's folder.
    below: RelPath,
    /// The hash of what was read; `None` if only its existence matters.
    sha256: Option<Sha>,
}

/// Every file that a pack reads, in ascending order.
fn read_files<'a>(snapshot: &'a Snapshot, examination: &'a Examination) -> Vec<ReadByPack<'a>> {
    let below = RelPath::of_packer("index.json".to_owned());
    let sha256 = snapshot.registry_file.map(|file| file.sha256);
    let mut files = vec![ReadByPack { path: REGISTRY_FILE.to_owned(), root: None, below, sha256 }];
    let mut add = |root: &str, folder: Option<&'a Folder>, below: &RelPath, sha256: Option<Sha>| {
        let path = format!("assets/{root}/{below}");
        files.push(ReadByPack { path, root: folder, below: below.clone(), sha256 });
    };
    let anchor = RelPath::of_packer(crate::declaration::ANCHOR.to_owned());
    for asset in &snapshot.assets {
        let (root, folder) = (asset.entry.root.as_str(), asset.folder.as_ref());
        if let Some(read) = &asset.anchor {
            add(root, folder, &anchor, Some(read.file.sha256));
        }
        for path in asset.declaration().into_iter().flat_map(|declaration| &declaration.input_palettes) {
            add(root, folder, path, None);
        }
    }
    for asset in &examination.built {
        let registered = &asset.registered;
        for source in &asset.sources {
            add(registered.entry.root.as_str(), registered.folder.as_ref(), &source.path, Some(source.file.sha256));
        }
    }
    for palettes in snapshot.assets.iter().map(|asset| &asset.palettes) {
        for source in &palettes.shared {
            let (path, sha256) = (format!("assets/{}", source.path), Some(source.file.sha256));
            let below = source.path.clone();
            files.push(ReadByPack { path, root: palettes.shared_folder.as_ref(), below, sha256 });
        }
    }
    // Of two entries for one file, the one with a hash remains.
    files.sort_by(|a, b| a.path.cmp(&b.path).then(b.sha256.is_some().cmp(&a.sha256.is_some())));
    files.dedup_by(|later, first| later.path == first.path);
    files
}

impl ReadByPack<'_> {
    fn open(&self, project: &Project) -> Result<SourceFile, OpenError> {
        match self.root {
            Some(root) => root.open(&self.below),
            None => project.tools().open(&self.below),
        }
    }

    /// Copies it to `to`, relative to the folder. Returns false if it has changed.
    fn copy(
        &self,
        project: &Project,
        folder: &HeldFolder,
        to: &str,
        written: Option<Duration>,
    ) -> Result<bool, DiskError> {
        let source = match self.open(project) {
            Ok(source) => source,
            Err(OpenError::Disk(error)) => return Err(error),
            Err(_) => return Ok(self.sha256.is_none()),
        };
        let cannot_read = DiskError::reading(source.path().to_owned());
        let (above, name) = to.rsplit_once('/').unwrap_or(("", to));
        let (above, mut created) = folder.create_folders(above).map_err(|error| match error {
            OpenError::Disk(error) => error,
            _ => DiskError::writing(folder.path().join(above))(std::io::ErrorKind::NotADirectory.into()),
        })?;
        created.keep();
        let mut copy = above.create_file(name)?;
        let place = above.path().join(name);
        let mut reading = source.start_reading();
        let mut buffer = vec![0; COPIED_BYTES];
        loop {
            let count = match reading.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return Err(cannot_read(error)),
            };
            copy.write_all(&buffer[..count]).map_err(DiskError::writing(&place))?;
        }
        if let Some(since_1970) = written {
            copy.set_modified(SystemTime::UNIX_EPOCH + since_1970).map_err(DiskError::writing(&place))?;
        }
        let is_same = |file: files::RecordedFile| self.sha256.is_none_or(|sha256| sha256 == file.sha256);
        Ok(matches!(reading.finish()?, ReadOutcome::Unchanged { file } if is_same(file)))
    }
}

/// What the packer of a copy wrote to standard error.
const MESSAGES: &str = "messages";

/// What the packer wrote to standard error, in its temporary folder.
fn messages(temporary: &TemporaryFolder) -> String {
    let path = RelPath::of_packer(MESSAGES.to_owned());
    let content = temporary.folder().open(&path).ok().and_then(|file| file.read_whole(1 << 20).ok()?);
    content.map_or_else(String::new, |content| String::from_utf8_lossy(&content.bytes).into_owned())
}
