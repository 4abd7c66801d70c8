//! Projects that several stories play in, and what may happen to them.

use std::fs;
use std::path::PathBuf;

use support::sounds::Wav;
use support::{TestProject, sample, sound};

/// A glyph bank `ui/icons` (asset 1) and a sound bank `sfx/blip` (asset 2).
pub fn small() -> TestProject {
    let mut project = TestProject::new();
    project.add_glyph("ui/icons");
    project.add_sound("sfx/blip");
    project
}

/// The outputs of a project, the pack last.
pub type Outputs = Vec<Option<Vec<u8>>>;

/// As [`small`], packed once; and its four outputs.
pub fn packed() -> (TestProject, Outputs) {
    let project = small();
    project.pack();
    let outputs = project.outputs();
    assert!(outputs.iter().all(Option::is_some));
    (project, outputs)
}

/// Something that happens to a project. Files are relative to it.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// A text is replaced by another.
    Edit(&'static str, &'static str, &'static str),
    /// A file gets this content.
    Write(&'static str, &'static [u8]),
    /// A file loses its last byte.
    Cut(&'static str),
    /// A file gets some more bytes.
    Append(&'static str, &'static [u8]),
    /// A file becomes this long, without taking room.
    Grow(&'static str, u64),
    /// A file goes away.
    Remove(&'static str),
    /// A folder stands where a file should.
    Folder(&'static str),
    /// It is packed.
    Pack,
}

impl Change {
    /// Does it.
    pub fn happen(self, project: &TestProject) {
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
/// Something that blocks a pack.
pub const NO_PNG: Change = Change::Write(TILE, b"GIF89a");
/// Something that the packer only warns of.
pub const UNTIDY: Change = Change::Append(TILE, b"more");
/// The icons leave the build set.
pub const EXCLUDE_ICONS: Change = Change::Edit(REGISTRY, "\"included_in_build\": true", "\"included_in_build\": false");

/// Frames of each giant sound.
const GIANT_FRAMES: u32 = 250 << 20;

/// As [`packed`], but then it grew by three giant sounds: packing it takes seconds on any machine, and its sources take
/// next to no room on the disk.
pub fn grown() -> (TestProject, Outputs) {
    let (mut project, outputs) = packed();
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

/// Takes the giant sounds of [`grown`] out of the build set.
pub fn shrink(project: &TestProject) {
    let text = project.read_text(REGISTRY);
    let (first, rest) = text.split_once("sfx/wind").unwrap();
    let rest = rest.replace("\"included_in_build\": true", "\"included_in_build\": false");
    let giants = first.rfind("{").map(|at| &first[at..]).unwrap();
    assert!(giants.contains("\"asset_id\": 3"), "{text}");
    project.write(REGISTRY, format!("{first}sfx/wind{rest}"));
}

/// Packs on their way to `build/`: the one that a packer is writing, and what killed ones left.
pub fn staged_packs(project: &TestProject) -> Vec<PathBuf> {
    let stage = fs::read_dir(project.at("build/.prometeu")).into_iter().flatten();
    let paths = stage.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("assets.pa."))).collect()
}

/// The pack on its way to `build/`, if a packer is writing one.
pub fn staged_pack(project: &TestProject) -> Option<PathBuf> {
    staged_packs(project).pop()
}
