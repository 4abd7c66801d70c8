//! Tools of the system that some tests need: another user, a disk of their own, system calls that fail.
//!
//! Where one is missing or not permitted, the test fails and says so. With `PROMETEU_ALLOW_MISSING_TOOLS=1` it is
//! skipped instead, and says that. Tests that need root are ignored, so that an ordinary user's run is whole.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::TestProject;
use support::binary::{self, CommandOutput};

/// What a test needs besides cargo.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// strace, and the right to trace.
    Strace,
    /// unshare and mount, and the right to mount.
    Mounts,
    /// chattr, and the right to make a file immutable.
    Immutable,
    /// A Rust compiler.
    Rustc,
    /// A C compiler.
    Cc,
    /// Lua.
    Lua,
    /// Python.
    Python,
}

impl Tool {
    fn what(self) -> &'static str {
        match self {
            Self::Strace => "strace, and the right to trace its own processes",
            Self::Mounts => "unshare and mount (util-linux), and the right to mount (root)",
            Self::Immutable => "chattr (e2fsprogs), the right to use it (root) and a file system that obeys it",
            Self::Rustc => "rustc",
            Self::Cc => "cc (build-essential)",
            Self::Lua => "lua5.4 (lua5.4)",
            Self::Python => "python3",
        }
    }

    fn works(self) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().as_os_str();
        match self {
            Self::Rustc => succeeds("rustc", &[OsStr::new("--version")]),
            Self::Cc => succeeds("cc", &[OsStr::new("--version")]),
            Self::Lua => succeeds("lua5.4", &[OsStr::new("-v")]),
            Self::Python => succeeds("python3", &[OsStr::new("--version")]),
            Self::Strace => succeeds("strace", &["-o", "/dev/null", "true"].map(OsStr::new)),
            Self::Mounts => succeeds(
                "unshare",
                &["-m", "mount", "-t", "tmpfs", "tmpfs"]
                    .map(OsStr::new)
                    .iter()
                    .chain([&there])
                    .copied()
                    .collect::<Vec<_>>(),
            ),
            Self::Immutable => {
                let set = succeeds("chattr", &[OsStr::new("+i"), there]);
                let made = std::fs::create_dir(folder.path().join("made")).is_ok();
                succeeds("chattr", &[OsStr::new("-i"), there]);
                set && !made
            }
        }
    }
}

fn succeeds(program: &str, arguments: &[&OsStr]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether all of `tools` work here. If not, the test fails, or is to be skipped if that is allowed.
pub fn have(tools: &[Tool]) -> bool {
    tools.iter().all(|tool| tool.works() || missing(tool.what()))
}

fn missing(what: &str) -> bool {
    let allowed = std::env::var_os("PROMETEU_ALLOW_MISSING_TOOLS").is_some_and(|value| value == "1");
    assert!(allowed, "this test needs {what}; or set PROMETEU_ALLOW_MISSING_TOOLS=1 to skip it");
    println!("SKIP this test needs {what}");
    false
}

/// Runs a command to its end.
pub fn end(command: &mut Command) -> CommandOutput {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
}

/// Runs a shell script with mounts of its own; `$1`, `$2` and so on are `arguments`.
pub fn in_own_mounts(script: &str, arguments: &[&OsStr]) -> CommandOutput {
    end(Command::new("unshare").args(["-m", "sh", "-euc", script, "sh"]).args(arguments))
}

/// The binary under strace, with `injected` as in `strace -e inject=…`.
pub fn straced(injected: &[&str], arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> CommandOutput {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null"]);
    command.args(injected.iter().map(|one| format!("--inject={one}")));
    end(command.arg(binary::path()).args(arguments))
}

/// A folder or file that nobody can change, until this is dropped.
#[derive(Debug)]
pub struct Immutable(PathBuf);

impl Immutable {
    /// Makes it so.
    pub fn make(path: PathBuf) -> Self {
        assert!(succeeds("chattr", &[OsStr::new("+i"), path.as_os_str()]), "chattr +i {}", path.display());
        Self(path)
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        succeeds("chattr", &[OsStr::new("-i"), self.0.as_os_str()]);
    }
}

/// The user id of somebody without rights.
const NOBODY: u32 = 65_534;

/// The binary as a user whom permissions bind. Root hands it down; everybody else is such a user.
#[derive(Debug)]
pub struct OrdinaryUser {
    root_copy: Option<tempfile::TempDir>,
}

impl OrdinaryUser {
    /// `None` if the test is to be skipped.
    pub fn find() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        if folder.path().metadata().unwrap().uid() != 0 {
            return Some(Self { root_copy: None });
        }
        let become_nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "true"].map(OsStr::new);
        if !succeeds("setpriv", &become_nobody) && !missing("setpriv (util-linux), because it runs as root") {
            return None;
        }
        // Copied by another process: a file that this one has open for writing, a child of another test might too, and
        // then it cannot be run.
        assert!(succeeds("cp", &[binary::path().as_os_str(), folder.path().as_os_str()]), "the binary can be copied");
        open_to_all(folder.path());
        Some(Self { root_copy: Some(folder) })
    }

    /// Gives a project to this user.
    pub fn give(&self, project: &TestProject) {
        open_to_all(project.root());
        if self.root_copy.is_some() {
            give(project.root());
        }
    }

    /// A command of the binary, as this user.
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let Some(folder) = &self.root_copy else { return binary::command(arguments) };
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(folder.path().join("prometeu-packer")).args(arguments);
        command
    }
}

fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn give(path: &Path) {
    std::os::unix::fs::lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.symlink_metadata().unwrap().is_dir() {
        std::fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path()));
    }
}

/// Sets the permissions of `path`.
pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// Makes a named pipe.
pub fn make_pipe(path: &Path) {
    assert!(succeeds("mkfifo", &[path.as_os_str()]), "mkfifo {}", path.display());
}

/// Sends a signal, as `TERM`, to a process that this test started.
pub fn signal(name: &str, child: &Child) {
    let sent = succeeds("sh", &[OsStr::new("-c"), OsStr::new(&format!("kill -{name} {}", child.id()))]);
    assert!(sent, "{name} could not be sent");
}

/// Waits for `condition`, for a minute at most.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
