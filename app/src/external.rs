//! Other programs: opens files in them, reads what they copied, and writes command lines.

use std::path::{Path, PathBuf};

use packer_services::diagnostics::AssetRef;
use packer_services::shell_quoted;

/// The command line that packs the same bytes, run in the project's folder.
pub const CI_COMMAND: &str = "prometeu-packer pack .";

/// A text in which command lines name the open project and the asset instead of `PROJECT` and `ASSET`.
pub fn fill_placeholders(text: &str, project: Option<&Path>, asset: Option<&AssetRef>) -> String {
    let fill = |word: &str| match (word, project, asset.and_then(|asset| asset.asset_id)) {
        ("PROJECT", Some(project), _) => shell_quoted(project),
        ("ASSET", _, Some(asset_id)) => asset_id.to_string(),
        _ => word.to_owned(),
    };
    let filled = text.split('`').enumerate().map(|(n, part)| match part.starts_with("prometeu-packer ") {
        true if n % 2 == 1 => part.split(' ').map(fill).collect::<Vec<String>>().join(" "),
        _ => part.to_owned(),
    });
    filled.collect::<Vec<String>>().join("`")
}

/// The path that a user typed or pasted: `~` is the home folder, a `file://` address is what it names, and quotes
/// around the whole are left out.
pub fn typed_path(text: &str, home: Option<&Path>) -> PathBuf {
    let text = text.trim();
    let unquoted = ["\"", "'"].iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    let text = unquoted.unwrap_or(text);
    if let Some(address) = text.strip_prefix("file://") {
        let path = address.strip_prefix("localhost").unwrap_or(address);
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
        // On Windows the path after the third slash begins with a drive.
        let drive = decoded.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
        return PathBuf::from(drive.unwrap_or(&decoded));
    }
    match (text.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
            home.join(rest.trim_start_matches(['/', '\\']))
        }
        _ => PathBuf::from(text),
    }
}

/// The files and folders that a user copied in a file manager, or as text: a path or a `file://` address in each line.
/// None if the text is something else.
pub fn pasted_paths(text: &str, home: Option<&Path>) -> Vec<PathBuf> {
    // Some file managers say first what was done.
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !matches!(*line, "copy" | "cut"));
    let paths: Vec<PathBuf> = lines.map(|line| typed_path(line, home)).collect();
    if paths.iter().all(|path| path.is_absolute()) { paths } else { Vec::new() }
}

/// The system's program that opens a file in the user's program for it.
pub fn system_opener() -> PathBuf {
    PathBuf::from(if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    })
}

/// Opens a file or folder with `opener`, and waits until that ends.
///
/// # Errors
/// Why it was not opened.
pub fn open_with(opener: &Path, path: &Path) -> Result<(), String> {
    let program = opener.display();
    match std::process::Command::new(opener).arg(path).status() {
        Err(error) => Err(format!("`{program}` could not be started: {error}")),
        // The status of `explorer` is 1 even if it opened the file.
        Ok(status) if status.success() || cfg!(windows) => Ok(()),
        Ok(status) => Err(format!("`{program}` failed: {status}")),
    }
}

/// Starts an editor with a file, and does not wait until it ends.
///
/// # Errors
/// Why it was not started.
pub fn start_with(editor: &Path, path: &Path) -> Result<(), String> {
    let started = std::process::Command::new(editor).arg(path).spawn();
    let mut child = started.map_err(|error| format!("`{}` could not be started: {error}", editor.display()))?;
    // Whoever starts a process must wait for it; how it ends does not matter here.
    let waits = std::thread::Builder::new().name("editor".to_owned()).spawn(move || child.wait());
    drop(waits);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_paths_are_understood() {
        let home = Path::new("/home/ada");
        let typed = |text| typed_path(text, Some(home));
        assert_eq!(typed(" ~/games/lantern\n"), Path::new("/home/ada/games/lantern"));
        assert_eq!(typed("~"), home);
        assert_eq!(typed("~ada/games"), Path::new("~ada/games"));
        assert_eq!(typed("file:///home/ada/my%20game"), Path::new("/home/ada/my game"));
        assert_eq!(typed("file://localhost/games"), Path::new("/games"));
        assert_eq!(typed("file:///C:/games"), Path::new("C:/games"));
        assert_eq!(typed("'/home/ada/my game'"), Path::new("/home/ada/my game"));
        assert_eq!(typed_path("~/x", None), Path::new("~/x"));
    }

    #[test]
    fn pasted_text_is_paths_or_nothing() {
        let pasted = |text| pasted_paths(text, Some(Path::new("/home/ada")));
        let two = [PathBuf::from("/art/my hero.png"), PathBuf::from("/home/ada/b.wav")];
        assert_eq!(pasted("copy\nfile:///art/my%20hero.png\r\n~/b.wav\n"), two);
        assert!(pasted("hero.png").is_empty() && pasted("/art\nhero").is_empty() && pasted("").is_empty());
    }

    #[test]
    fn commands_name_project_and_asset() {
        let asset = AssetRef { asset_id: Some(3), root: "hero".to_owned() };
        let text = "In PROJECT, run `prometeu-packer palettes PROJECT ASSET --apply`.";
        let filled = fill_placeholders(text, Some(Path::new("/my games/a")), Some(&asset));
        assert_eq!(filled, "In PROJECT, run `prometeu-packer palettes '/my games/a' 3 --apply`.");
        assert_eq!(fill_placeholders(text, None, None), text);
    }
}
