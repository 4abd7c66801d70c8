//! Other programs: opens files in them, and writes the command line for CI.

use std::path::Path;

/// The command line that packs the same bytes, quoted for a shell.
pub fn ci_command(project: &Path) -> String {
    let path = project.display().to_string();
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if is_plain {
        format!("prometeu-packer pack {path}")
    } else {
        format!("prometeu-packer pack '{}'", path.replace('\'', r"'\''"))
    }
}

/// Opens a file or folder in the system's program for it.
///
/// # Errors
/// If no program could be started.
pub fn open_with_system(path: &Path) -> std::io::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut child = std::process::Command::new(program).arg(path).spawn()?;
    // A child that is never waited for would remain as a zombie process.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(ci_command(Path::new("/games/lantern")), "prometeu-packer pack /games/lantern");
        assert_eq!(ci_command(Path::new("/my games/it's")), r"prometeu-packer pack '/my games/it'\''s'");
    }
}
