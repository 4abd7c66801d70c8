//! What the window asks of the rest of the machine: programs for files, and the command line for CI.

use std::path::Path;

/// The command line that packs the same bytes.
pub fn ci_command(project: &Path) -> String {
    let path = project.display().to_string();
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if is_plain {
        format!("prometeu-packer pack {path}")
    } else {
        format!("prometeu-packer pack '{}'", path.replace('\'', r"'\''"))
    }
}

/// Gives a file or folder to the program that the system has for it.
///
/// # Errors
/// If there is none that could be started.
pub fn open(path: &Path) -> std::io::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut child = std::process::Command::new(program).arg(path).spawn()?;
    // Nobody else would take note of its end.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_shell_would_take_apart_is_quoted() {
        assert_eq!(ci_command(Path::new("/games/lantern")), "prometeu-packer pack /games/lantern");
        assert_eq!(ci_command(Path::new("/my games/it's")), r"prometeu-packer pack '/my games/it'\''s'");
    }
}
