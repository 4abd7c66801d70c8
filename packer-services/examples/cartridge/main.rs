//! A toy cartridge builder and boot check: what happens to `assets.pa` after the packer is done.
//!
//! ```text
//! cartridge build PROJECT OUT    creates the cartridge folder OUT with a copy of PROJECT/build/assets.pa
//! cartridge boot DIR             checks the cartridge folder DIR as a boot does
//! ```
//!
//! The packer writes `assets.pa` and knows nothing about cartridges. A builder such as this one copies the finished
//! file and never writes one. The program in the cartridge is a placeholder and cannot run.
//!
//! Exit codes: 0 done, 1 refused, 2 a wrong command line or a failed system call.

#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "an example program prints to stderr, and shares no file code with the packer"
)]

mod reader;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use reader::{Bank, Entry, Error, Glyph, Pack, Sample};
use serde_json::{Value, json};

const USAGE: &str = "usage: cartridge build PROJECT OUT\n       cartridge boot DIR";
const PLACEHOLDER_PROGRAM: &[u8] = b"PLACEHOLDER: not a program\n";

enum Failure {
    /// The input is wrong: exit code 1.
    Refused(String),
    /// The command line is wrong or the system failed: exit code 2.
    NotDone(String),
}

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
    let done = match args[..] {
        [verb, project, out] if verb == "build" => build(Path::new(project), Path::new(out)),
        [verb, dir] if verb == "boot" => boot(Path::new(dir)),
        _ => Err(Failure::NotDone(USAGE.to_owned())),
    };
    match done {
        Ok(report) => match io::stdout().write_all(report.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                eprintln!("the report cannot be written: {error}");
                ExitCode::from(2)
            }
            _ => ExitCode::SUCCESS,
        },
        Err(Failure::Refused(why)) => {
            eprintln!("refused: {why}.");
            ExitCode::from(1)
        }
        Err(Failure::NotDone(why)) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// Creates a cartridge from a finished pack, a manifest and a placeholder program.
fn build(project: &Path, out: &Path) -> Result<String, Failure> {
    let pack_path = project.join("build").join("assets.pa");
    let entries = open_pack(&pack_path)?.entries().len();

    fs::create_dir_all(out).map_err(|error| not_done(out, &error))?;
    let mut names = fs::read_dir(out).map_err(|error| not_done(out, &error))?;
    if names.next().is_some() && !out.join("manifest.json").is_file() {
        return refuse(format!("{} contains files, and is not a cartridge", out.display()));
    }
    let folder = fs::canonicalize(project).map_err(|error| not_done(project, &error))?;
    let title = folder.file_name().unwrap_or("cartridge".as_ref()).to_string_lossy().into_owned();
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }
    };
    let manifest = json!({
        "magic": "PMTU",
        "cartridge_version": 1,
        "app_id": title.chars().map(plain).collect::<String>(),
        "title": title,
        "app_version": "0.1.0",
        "app_mode": "Game",
        "capabilities": ["asset"],
    });
    let write = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        fs::write(&path, bytes).map_err(|error| not_done(&path, &error))
    };
    write("manifest.json", format!("{manifest:#}\n").as_bytes())?;
    write("program.pbx", PLACEHOLDER_PROGRAM)?;
    // Copied under another name first: if OUT's pack is a link to the project's, copying onto it would empty both.
    let (part, whole) = (out.join("assets.pa.part"), out.join("assets.pa"));
    fs::copy(&pack_path, &part).and_then(|_| fs::rename(&part, &whole)).map_err(|error| not_done(&whole, &error))?;
    Ok(format!("{}: {entries} assets, and a placeholder for the program\n", out.display()))
}

/// Checks a cartridge as a boot does, and reports what it would load.
fn boot(dir: &Path) -> Result<String, Failure> {
    if !fs::metadata(dir).map_err(|error| not_done(dir, &error))?.is_dir() {
        return refuse(format!("{} is not a folder", dir.display()));
    }
    let manifest_path = dir.join("manifest.json");
    let manifest = match fs::read(&manifest_path) {
        Ok(bytes) => serde_json::from_slice::<Value>(&bytes).ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return refuse("the cartridge has no manifest.json");
        }
        Err(error) => return Err(not_done(&manifest_path, &error)),
    };
    let (title, wants_assets) = match manifest.as_ref().map(read_manifest) {
        Some(Ok(read)) => read,
        Some(Err(problem)) => return refuse(format!("manifest.json: {problem}")),
        None => return refuse("manifest.json is not JSON"),
    };
    if !dir.join("program.pbx").is_file() {
        return refuse("the cartridge has no program.pbx");
    }
    // The whole pack is checked before anything runs.
    let mut report = format!("{title}\n");
    match wants_assets {
        true => load(&open_pack(&dir.join("assets.pa"))?, &mut report)?,
        false => report.push_str("the asset capability is not declared: assets.pa is not read\n"),
    }
    report.push_str("every check of the boot passed; the program would start now\n");
    Ok(report)
}

/// The title, and whether the asset capability is declared.
fn read_manifest(manifest: &Value) -> Result<(&str, bool), String> {
    let text = |key: &str| match manifest[key].as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(format!("{key} is missing, empty or not text")),
    };
    if text("magic")? != "PMTU" {
        return Err("magic is not PMTU".to_owned());
    }
    if manifest["cartridge_version"].as_u64() != Some(1) {
        return Err("cartridge_version is not 1".to_owned());
    }
    if !["Game", "System"].contains(&text("app_mode")?) {
        return Err("app_mode is neither Game nor System".to_owned());
    }
    text("app_id")?;
    text("app_version")?;
    let capabilities: Option<Vec<&str>> = match &manifest["capabilities"] {
        Value::Null => Some(Vec::new()),
        other => other.as_array().and_then(|list| list.iter().map(Value::as_str).collect()),
    };
    match capabilities {
        Some(names) if !names.iter().any(|name| name.contains(char::is_uppercase)) => {
            Ok((text("title")?, names.contains(&"asset")))
        }
        _ => Err("capabilities is not a list of lower-case names".to_owned()),
    }
}

/// Prints the table, then fills the slots by bank type and slot, one open slice at a time.
fn load(pack: &Pack, report: &mut String) -> Result<(), Failure> {
    let mut line = |text: String| {
        report.push_str(&text);
        report.push('\n');
    };
    line(format!("{:>10}  {:<6}  {:>10}  {:>10}  name", "id", "bank", "offset", "size"));
    for entry in pack.entries() {
        let Entry { asset_id, asset_name, offset, size, .. } = entry;
        let bank = entry.bank.type_name();
        line(format!("{asset_id:>10}  {bank:<6}  {offset:>10}  {size:>10}  {asset_name}"));
    }
    let mut slots: Vec<_> =
        pack.preload().iter().filter_map(|preload| Some((pack.entry(preload.asset_id)?, preload.slot))).collect();
    slots.sort_by_key(|(entry, slot)| (entry.bank.type_name(), *slot));
    for (entry, slot) in slots {
        let content = describe(pack, entry).map_err(|error| failure(&error, "assets.pa"))?;
        line(format!("{} slot {slot}: {}, {content}", entry.bank.type_name(), entry.asset_name));
    }
    Ok(())
}

/// Opens one slice, decodes it, and describes its content.
fn describe(pack: &Pack, entry: &Entry) -> Result<String, Error> {
    let bytes = pack.slice(entry)?;
    let content = match &entry.bank {
        Bank::Glyph { tile_size, palette_authored } => {
            let glyph = Glyph::decode(entry, &bytes)?;
            let tile = glyph.tile(0).unwrap_or_default();
            let drawn: Vec<_> = tile.iter().filter_map(|&index| glyph.rgb(0, index)).collect();
            let first = drawn.first().map(|[r, g, b]| format!(", the first in #{r:02x}{g:02x}{b:02x}"));
            format!(
                "{palette_authored} palettes, {tile_size}-pixel tiles; tile 0 draws {} pixels{}",
                drawn.len(),
                first.unwrap_or_default()
            )
        }
        Bank::Sounds { sample_rate, .. } => {
            let samples = Sample::decode_all(entry, &bytes)?;
            let frames: usize = samples.iter().map(|sample| sample.frames.len()).sum();
            format!("{} samples, {frames} frames, nominally {sample_rate} Hz", samples.len())
        }
        Bank::Scene => "not decoded".to_owned(),
    };
    Ok(format!("{} bytes, {content}", bytes.len()))
}

fn open_pack(path: &Path) -> Result<Pack, Failure> {
    Pack::open(path).map_err(|error| failure(&error, &path.display().to_string()))
}

/// A missing or invalid pack is refused; a failed read is an error of the system.
fn failure(error: &Error, path: &str) -> Failure {
    match error {
        Error::Io(io) if io.kind() == io::ErrorKind::NotFound => {
            Failure::Refused(format!("{path} is missing; only the packer writes it"))
        }
        Error::Io(_) => Failure::NotDone(format!("{path}: {error}")),
        _ => Failure::Refused(format!("{path} is not valid: {error}")),
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Refused(why.into()))
}

fn not_done(path: &Path, error: &io::Error) -> Failure {
    Failure::NotDone(format!("{}: {error}", path.display()))
}
