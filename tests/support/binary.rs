//! The freshly built headless binary, as a process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The binary's path; it is built first, so that it is never an old one.
///
/// # Panics
/// If it does not build.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let build = escargot::CargoBuild::new().package("packer-services").bin("prometeu-packer");
        let build = if cfg!(debug_assertions) { build } else { build.release() };
        let run = build.manifest_path(super::repository().join("Cargo.toml")).run();
        run.unwrap_or_else(|error| panic!("{error}")).path().to_owned()
    })
}

/// Builds the binary with other options of `cargo build`, and gives it a name of its own in `folder`, because each such build
/// takes the place of the one before. `folder` lies where the builds do, as `CARGO_TARGET_TMPDIR`.
///
/// # Panics
/// If it does not build, or `folder` lies on another disk.
pub fn built_with(options: &[&str], folder: &Path) -> PathBuf {
    let build = escargot::CargoBuild::new().bin("prometeu-packer").args(options);
    let build = if cfg!(debug_assertions) { build } else { build.release() };
    let run = build.manifest_path(super::repository().join("Cargo.toml")).run();
    let built = run.unwrap_or_else(|error| panic!("{options:?}: {error}")).path().to_owned();
    let kept = folder.join(options.join(" ").replace('/', "-"));
    // A link and no copy: a file that this process has open for writing, a child of another test might too, and then it
    // cannot be run.
    std::fs::hard_link(&built, &kept).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    kept
}

/// A process of the binary that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; a signal's number plus 128 if it was killed.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// The JSON answer.
    ///
    /// # Panics
    /// If standard output is not one JSON object.
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }

    /// The codes of the findings in the JSON answer.
    pub fn codes(&self) -> Vec<String> {
        let answer = self.json();
        let findings = answer["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().filter_map(|finding| finding["code"].as_str().map(str::to_owned)).collect()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        #[cfg(not(unix))]
        let signal: Option<i32> = None;
        Self {
            code: output.status.code().or_else(|| signal.map(|signal| 128 + signal)).unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A command of the binary.
pub fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(path());
    command.args(arguments);
    command
}

/// Runs the binary to its end.
///
/// # Panics
/// If it cannot be started.
pub fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ended {
    let output = command(arguments).output();
    output.unwrap_or_else(|error| panic!("{error}")).into()
}
