//! The freshly built packer, as a process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The path of the binary. It is built first, so that it is up to date.
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

/// Builds the binary with other options of `cargo build`, and links it into `folder` under its own name, because the
/// next build replaces it. `folder` is on the same disk as the builds, such as `CARGO_TARGET_TMPDIR`.
///
/// # Panics
/// If it does not build, or `folder` is on another disk.
pub fn build_with(options: &[&str], folder: &Path) -> PathBuf {
    let build = escargot::CargoBuild::new().bin("prometeu-packer").args(options);
    let build = if cfg!(debug_assertions) { build } else { build.release() };
    let run = build.manifest_path(super::repository().join("Cargo.toml")).run();
    let built = run.unwrap_or_else(|error| panic!("{options:?}: {error}")).path().to_owned();
    let link = folder.join(options.join(" ").replace('/', "-"));
    // A link, not a copy: while this process writes a file, a child of another test may inherit the open file, and then
    // it cannot be run.
    std::fs::hard_link(&built, &link).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    link
}

/// The exit code and output of a finished process.
#[derive(Debug)]
pub struct CommandOutput {
    /// The exit code; if a signal killed it, the signal's number plus 128.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl CommandOutput {
    /// The JSON answer.
    ///
    /// # Panics
    /// If standard output is not one JSON object that satisfies the schema of answers.
    pub fn json(&self) -> Value {
        let answer = self.parsed();
        super::answer_schema::check(&answer);
        answer
    }

    /// Standard output as any JSON.
    ///
    /// # Panics
    /// If it is not one JSON value.
    pub fn parsed(&self) -> Value {
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

impl From<Output> for CommandOutput {
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
pub fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> CommandOutput {
    let output = command(arguments).output();
    output.unwrap_or_else(|error| panic!("{error}")).into()
}
