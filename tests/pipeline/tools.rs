//! System tools that some tests need: another user, a separate disk, failing system calls.
//!
//! If a tool is missing or not permitted, the test fails with a message. With `PROMETEU_ALLOW_MISSING_TOOLS=1` it
//! prints that it is skipped. Tests that need root are ignored, so that an ordinary user can run all others.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "a skipped test prints why")]

use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::TestProject;
use support::binary::{self, CommandOutput};

/// A tool that a test needs besides cargo.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// strace, and permission to trace.
    Strace,
    /// unshare and mount, and permission to mount.
    Mounts,
    /// chattr, and permission to make a file immutable.
    Immutable,
    /// A Rust compiler.
    Rustc,
    /// A C compiler.
    Cc,
    /// Lua.
    Lua,
    /// Python.
    Python,
    /// Git.
    Git,
    /// A library that changes the clock of a process.
    Faketime,
    /// A file system that lists folders in any order.
    Disorderfs,
}

impl Tool {
    fn description(self) -> &'static str {
        match self {
            Self::Strace => "strace, and permission to trace its own processes",
            Self::Mounts => "unshare and mount (util-linux), and permission to mount (root)",
            Self::Immutable => "chattr (e2fsprogs), permission to use it (root) and a file system that supports it",
            Self::Rustc => "rustc",
            Self::Cc => "cc (build-essential)",
            Self::Lua => "lua5.4 (lua5.4)",
            Self::Python => "python3",
            Self::Git => "git",
            Self::Faketime => "faketime",
            Self::Disorderfs => "disorderfs, /dev/fuse, and permission to mount (root)",
        }
    }

    fn is_available(self) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().as_os_str();
        match self {
            Self::Rustc => succeeds("rustc", &[OsStr::new("--version")]),
            Self::Cc => succeeds("cc", &[OsStr::new("--version")]),
            Self::Lua => succeeds("lua5.4", &[OsStr::new("-v")]),
            Self::Python => succeeds("python3", &[OsStr::new("--version")]),
            Self::Git => succeeds("git", &[OsStr::new("--version")]),
            Self::Faketime => succeeds("faketime", &["2001-02-03", "true"].map(OsStr::new)),
            Self::Disorderfs => {
                let script = "mkdir \"$1/from\" \"$1/to\"; disorderfs \"$1/from\" \"$1/to\"; umount \"$1/to\"";
                let arguments = ["-m", "sh", "-euc", script, "sh"].map(OsStr::new);
                succeeds("unshare", &arguments.iter().copied().chain([target]).collect::<Vec<_>>())
            }
            Self::Strace => succeeds("strace", &["-o", "/dev/null", "true"].map(OsStr::new)),
            Self::Mounts => succeeds(
                "unshare",
                &["-m", "mount", "-t", "tmpfs", "tmpfs"]
                    .map(OsStr::new)
                    .iter()
                    .chain([&target])
                    .copied()
                    .collect::<Vec<_>>(),
            ),
            Self::Immutable => {
                let set = succeeds("chattr", &[OsStr::new("+i"), target]);
                let is_writable = std::fs::create_dir(folder.path().join("new")).is_ok();
                succeeds("chattr", &[OsStr::new("-i"), target]);
                set && !is_writable
            }
        }
    }
}

fn succeeds(program: &str, arguments: &[&OsStr]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether all `tools` are available. If not, the test fails, or it is skipped if that is allowed.
pub fn are_available(tools: &[Tool]) -> bool {
    tools.iter().all(|tool| tool.is_available() || skip_or_fail(tool.description()))
}

/// Whether a test that needs /dev/fuse must be skipped, because there is none: containers often have none. `.ci/run`
/// lists it as skipped.
pub fn is_fuse_missing() -> bool {
    let is_missing = !Path::new("/dev/fuse").exists();
    if is_missing {
        println!("SKIP this test needs /dev/fuse");
    }
    is_missing
}

fn skip_or_fail(what: &str) -> bool {
    let allowed = std::env::var_os("PROMETEU_ALLOW_MISSING_TOOLS").is_some_and(|value| value == "1");
    assert!(allowed, "this test needs {what}; or set PROMETEU_ALLOW_MISSING_TOOLS=1 to skip it");
    println!("SKIP this test needs {what}");
    false
}

/// Runs a command to its end.
pub fn run_to_end(command: &mut Command) -> CommandOutput {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
}

/// Runs a shell script in its own mount namespace; `$1`, `$2` and so on are `arguments`.
pub fn run_in_own_mounts(script: &str, arguments: &[&OsStr]) -> CommandOutput {
    run_to_end(Command::new("unshare").args(["-m", "sh", "-euc", script, "sh"]).args(arguments))
}

/// Runs the binary under strace, with `injected` as in `strace -e inject=…`.
pub fn run_under_strace(injected: &[&str], arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> CommandOutput {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null"]);
    command.args(injected.iter().map(|one| format!("--inject={one}")));
    // Without it, a panic is only a finding.
    command.env("RUST_BACKTRACE", "0");
    run_to_end(command.arg(binary::path()).args(arguments))
}

/// A folder or file that is immutable until this is dropped.
#[derive(Debug)]
pub struct Immutable(PathBuf);

impl Immutable {
    /// Makes a path immutable.
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

/// The user id of a user without permissions.
const NOBODY: u32 = 65_534;

/// Runs the binary as a user for whom permissions apply: as another user if the tests run as root.
#[derive(Debug)]
pub struct OrdinaryUser {
    root_copy: Option<tempfile::TempDir>,
}

impl OrdinaryUser {
    /// `None` if the test must be skipped.
    pub fn find() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        if folder.path().metadata().unwrap().uid() != 0 {
            return Some(Self { root_copy: None });
        }
        let become_nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "true"].map(OsStr::new);
        if !succeeds("setpriv", &become_nobody) && !skip_or_fail("setpriv (util-linux), because it runs as root") {
            return None;
        }
        // Another process copies it: while this one writes a file, a child of another test may inherit the open file,
        // and then it cannot be run.
        assert!(
            succeeds("cp", &[binary::path().as_os_str(), folder.path().as_os_str()]),
            "the binary cannot be copied"
        );
        open_to_all(folder.path());
        Some(Self { root_copy: Some(folder) })
    }

    /// Makes this user the owner of a project.
    pub fn take_ownership_of(&self, project: &TestProject) {
        open_to_all(project.root());
        if self.root_copy.is_some() {
            give_to_nobody(project.root());
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

fn give_to_nobody(path: &Path) {
    std::os::unix::fs::lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.symlink_metadata().unwrap().is_dir() {
        std::fs::read_dir(path).unwrap().for_each(|entry| give_to_nobody(&entry.unwrap().path()));
    }
}

/// Sets the permissions of `path`.
pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// Creates a named pipe.
pub fn create_pipe(path: &Path) {
    assert!(succeeds("mkfifo", &[path.as_os_str()]), "mkfifo {}", path.display());
}

/// Sends a signal, such as `TERM`, to a process that this test started.
pub fn send_signal(name: &str, child: &Child) {
    let sent = succeeds("sh", &[OsStr::new("-c"), OsStr::new(&format!("kill -{name} {}", child.id()))]);
    assert!(sent, "{name} could not be sent");
}

/// Waits for `condition` for at most a minute.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
