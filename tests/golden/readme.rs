//! The README's commands, run as a reader would run them: every `console` block says what the binary really says.
//! With `BLESS=1` the answers are written into the page.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "this reads and writes a page, and does what an editor does"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use packer_services::formats::Rgb;
use support::images::Png;
use support::{binary, copy_folder, repository};

/// A new asset has a new uuid each time; the page shows this one.
const SHOWN_UUID: &str = "5f0c3a52-1b7e-4d09-9c44-8a2e61d0b7f3";

#[test]
#[cfg_attr(not(unix), ignore = "the page's commands are those of a POSIX shell")]
fn the_readme_shows_what_its_commands_really_say() {
    let page = repository().join("README.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&repository().join("assets-demo/lantern/assets"), &folder.path().join("assets-demo/lantern/assets"));
    let bank = folder.path().join("my-game/assets/characters/lamps/lampkin.png");
    let original = folder.path().join("assets-demo/lantern/assets/characters/lamps/lampkin.png");

    let mut told = String::new();
    let mut lines = text.lines();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        writeln!(told, "{line}").unwrap();
        match line {
            // What the page says that somebody did in an editor.
            "### When something is wrong" => recolor(&original, &bank),
            "## Sounds" => drop(std::fs::copy(&original, &bank).unwrap()),
            "```console" => {
                let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                for command in commands_of(&block) {
                    commands += 1;
                    writeln!(told, "$ {command}").unwrap();
                    match answer(folder.path(), &command) {
                        quiet if quiet.is_empty() => {}
                        answer => writeln!(told, "{answer}").unwrap(),
                    }
                }
                told = told.trim_end().to_owned() + "\n```\n";
            }
            _ => {}
        }
    }
    assert!(commands >= 7, "the page has only {commands} commands");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(page, told).unwrap();
    } else {
        assert!(told == text, "the README's answers are not those of the binary; with BLESS=1 they are:\n{told}");
    }
}

/// The block's commands, with the lines that continue them.
pub fn commands_of(block: &[&str]) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
        } else if let Some(command) = commands.last_mut().filter(|command| command.ends_with('\\')) {
            *command += &format!("\n{line}");
        }
    }
    commands
}

/// What a terminal shows: both streams, findings before the answer.
pub fn answer(folder: &Path, command: &str) -> String {
    let packer = binary::path().display().to_string();
    let script = command
        .replace("cargo run --release -p packer-services -- ", "prometeu-packer ")
        .replace("prometeu-packer ", &(packer + " "));
    let output = Command::new("sh").args(["-c", &format!("exec 2>&1; {script}")]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let with_uuid = text.lines().map(|line| match line.strip_prefix("uuid ") {
        Some(rest) => format!("uuid {}{SHOWN_UUID}", " ".repeat(rest.len() - rest.trim_start().len())),
        None => line.to_owned(),
    });
    with_uuid.collect::<Vec<_>>().join("\n")
}

/// Saves the image with one orange a shade off.
fn recolor(from: &Path, to: &Path) {
    let (old, new) = (Rgb::parse("#f79639").unwrap().0, Rgb::parse("#ff9639").unwrap().0);
    let mut reader =
        png::Decoder::new(std::io::BufReader::new(std::fs::File::open(from).unwrap())).read_info().unwrap();
    let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut rgba).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Rgba);
    let image = Png::rgba(frame.width, frame.height, |x, y| {
        let at = ((y * frame.width + x) * 4) as usize;
        let [r, g, b, a] = [rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]];
        if [r, g, b] == old { [new[0], new[1], new[2], a] } else { [r, g, b, a] }
    });
    std::fs::write(to, image.bytes()).unwrap();
}
