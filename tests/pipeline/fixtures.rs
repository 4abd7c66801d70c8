//! Projects that several tests use, and changes to them.

use std::fs;
use std::path::PathBuf;

use support::sounds::Wav;
use support::{TestProject, sample, sound};

/// A glyph bank `ui/icons` (asset 1) and a sound bank `sfx/blip` (asset 2).
pub fn small_project() -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("ui/icons");
    project.add_sound("sfx/blip");
    project
}

/// The outputs of a project, the pack last.
pub type Outputs = Vec<Option<Vec<u8>>>;

/// As [`small_project`], packed once; and its four outputs.
pub fn packed_project() -> (TestProject, Outputs) {
    let project = small_project();
    project.pack();
    let outputs = project.outputs();
    assert!(outputs.iter().all(Option::is_some));
    (project, outputs)
}

/// A change of a project. File paths are relative to it.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Replaces a text in a file.
    Edit(&'static str, &'static str, &'static str),
    /// Writes a file.
    Write(&'static str, &'static [u8]),
    /// Removes the last byte of a file.
    Cut(&'static str),
    /// Appends bytes to a file.
    Append(&'static str, &'static [u8]),
    /// Sets the length of a file, without allocating disk space.
    Grow(&'static str, u64),
    /// Removes a file.
    Remove(&'static str),
    /// Puts a folder in the place of a file.
    Folder(&'static str),
    /// Packs the project.
    Pack,
}

impl Change {
    /// Applies the change.
    pub fn apply_to(self, project: &TestProject) {
        match self {
            Self::Edit(file, from, to) => drop::<&_>(project.edit(file, from, to)),
            Self::Write(file, bytes) => drop::<&_>(project.write(file, bytes)),
            Self::Cut(file) => {
                let bytes = project.read(file);
                project.write(file, &bytes[..bytes.len() - 1]);
            }
            Self::Append(file, more) => {
                let bytes = [&project.read(file), more].concat();
                project.write(file, bytes);
            }
            Self::Grow(file, bytes) => {
                fs::File::options().write(true).open(project.at(file)).unwrap().set_len(bytes).unwrap();
            }
            Self::Remove(file) => fs::remove_file(project.at(file)).unwrap(),
            Self::Folder(file) => {
                if project.exists(file) {
                    fs::remove_file(project.at(file)).unwrap();
                }
                fs::create_dir_all(project.at(file)).unwrap();
            }
            Self::Pack => drop(project.pack()),
        }
    }
}

/// The image of the icons.
pub const TILE: &str = "assets/ui/icons/tile.png";
/// The declaration of the icons.
pub const ICONS: &str = "assets/ui/icons/asset.json";
/// The sound of the blip.
pub const BLIP: &str = "assets/sfx/blip/blip.wav";
/// The registry.
pub const REGISTRY: &str = "assets/.prometeu/index.json";
/// A change that blocks a pack.
pub const NO_PNG: Change = Change::Write(TILE, b"GIF89a");
/// A change that causes only a warning.
pub const UNTIDY: Change = Change::Append(TILE, b"more");
/// Excludes the icons from the build set.
pub const EXCLUDE_ICONS: Change = Change::Edit(REGISTRY, "\"included_in_build\": true", "\"included_in_build\": false");

/// Frames of each giant sound.
const GIANT_FRAMES: u32 = 250 << 20;

/// As [`packed_project`], and then with three giant sounds: packing takes seconds on any machine, and the sources take
/// almost no disk space.
pub fn huge_project() -> (TestProject, Outputs) {
    let (mut project, outputs) = packed_project();
    for root in ["sfx/wind", "sfx/rain", "sfx/sea"] {
        let (file, data_bytes) = (format!("assets/{root}/long.wav"), GIANT_FRAMES * 2);
        let mut header = Wav::mono16(22_050, &[]).bytes();
        let at = header.len() - 4;
        header[at..].copy_from_slice(&data_bytes.to_le_bytes());
        header[4..8].copy_from_slice(&(data_bytes + 36).to_le_bytes());
        project.write(&file, &header);
        let whole = header.len() as u64 + u64::from(data_bytes);
        fs::File::options().write(true).open(project.at(&file)).unwrap().set_len(whole).unwrap();
        let declaration = sound(project.next_id(), &root.replace('/', "_"), 22_050, vec![sample("long.wav", 0)]);
        project.add_asset(root, true, &declaration);
    }
    (project, outputs)
}

/// Excludes the giant sounds of [`huge_project`] from the build set.
pub fn exclude_giant_sounds(project: &TestProject) {
    let text = project.read_text(REGISTRY);
    let (first, rest) = text.split_once("sfx/wind").unwrap();
    let rest = rest.replace("\"included_in_build\": true", "\"included_in_build\": false");
    let giants = first.rfind("{").map(|at| &first[at..]).unwrap();
    assert!(giants.contains("\"asset_id\": 3"), "{text}");
    project.write(REGISTRY, format!("{first}sfx/wind{rest}"));
}

/// Unfinished packs in the stage: the one that a packer is writing, and those that killed packers left.
pub fn staged_packs(project: &TestProject) -> Vec<PathBuf> {
    let stage = fs::read_dir(project.at("build/.prometeu")).into_iter().flatten();
    let paths = stage.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("assets.pa."))).collect()
}

/// An unfinished pack in the stage, if there is one.
pub fn staged_pack(project: &TestProject) -> Option<PathBuf> {
    staged_packs(project).pop()
}
