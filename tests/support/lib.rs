//! The harness of all tests: projects in temporary folders, images and sounds created by code, the binary as a process.
//! The library's own writer writes declarations; invalid ones are written by hand.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot set up its project must fail")]

#[cfg(feature = "binary")]
pub mod answer_schema;
pub mod any_bytes;
#[cfg(feature = "binary")]
pub mod binary;
#[cfg(feature = "binary")]
pub mod code_host;
pub mod flac;
pub mod images;
pub mod imported_images;
pub mod imports;
pub mod large_projects;
pub mod oracle;
pub mod packs;
pub mod random;
pub mod sounds;
pub mod watch;

pub use assets_demo_draw::sprites;

use std::path::{Path, PathBuf};

use packer_services::AssetUuid;
use packer_services::Context;
use packer_services::RelPath;
use packer_services::declaration::{
    ColorKey, Content, Convert, Cut, Declaration, GlyphArtifact, GlyphContent, LoopChoice, Palette, Preload,
    SoundArtifact, SoundContent, SpritePart,
};
use packer_services::diagnostics::{Finding, Place};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Doctor, Operation, Pack, PackReport, Report};
use packer_services::registry::Registry;

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The paths in a folder, sorted.
pub fn paths_in(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A project in a temporary folder.
#[derive(Debug)]
pub struct TestProject {
    folder: tempfile::TempDir,
    registry: Registry,
}

impl Default for TestProject {
    fn default() -> Self {
        Self::new()
    }
}

/// The `n`-th uuid of a test.
pub fn uuid(n: u32) -> AssetUuid {
    AssetUuid::from_random_bits(0x5EED_0000_0000_0000 + u128::from(n))
}

/// A path that is valid in a declaration.
pub fn rel_path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap_or_else(|problem| panic!("{text}: {}", problem.message))
}

impl TestProject {
    /// An empty project.
    pub fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), registry: Registry::empty() };
        project.write_registry();
        project
    }

    /// A copy of a whole project folder.
    pub fn copy_of(source: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(source, folder.path());
        let bytes = std::fs::read(folder.path().join("assets/.prometeu/index.json")).unwrap();
        let registry = Registry::read(&bytes).0.unwrap();
        Self { folder, registry }
    }

    /// The demo "lantern".
    pub fn demo() -> Self {
        Self::copy_of(&repository().join("assets-demo/lantern"))
    }

    /// The first golden: two banks, and an excluded broken one.
    pub fn example() -> Self {
        Self::copy_of(&repository().join("tests/golden/example"))
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the project.
    pub fn at(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file, and creates its folders.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.at(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// Reads a file.
    pub fn read(&self, relative: &str) -> Vec<u8> {
        std::fs::read(self.at(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Reads a file as text.
    pub fn read_text(&self, relative: &str) -> String {
        String::from_utf8(self.read(relative)).unwrap()
    }

    /// Replaces the first `from` in a text file, which must contain it.
    pub fn edit(&self, relative: &str, from: &str, to: &str) -> &Self {
        let text = self.read_text(relative);
        assert!(text.contains(from), "{relative} does not contain {from:?}:\n{text}");
        self.write(relative, text.replacen(from, to, 1))
    }

    /// Whether a file, folder or link exists.
    pub fn exists(&self, relative: &str) -> bool {
        self.at(relative).symlink_metadata().is_ok()
    }

    /// Writes the registry.
    pub fn write_registry(&self) {
        self.write("assets/.prometeu/index.json", self.registry.to_bytes());
    }

    /// Writes a declaration into `root` and registers it; returns the id.
    pub fn add_asset(&mut self, root: &str, included: bool, declaration: &Declaration) -> u32 {
        self.write(&format!("assets/{root}/asset.json"), declaration.to_bytes());
        let id = self.registry.register(declaration.asset_uuid, rel_path(root), included).unwrap();
        self.write_registry();
        id
    }

    /// Like [`TestProject::add_asset`], included, but without writing the registry.
    pub fn add_unwritten(&mut self, root: &str, declaration: &Declaration) {
        self.write(&format!("assets/{root}/asset.json"), declaration.to_bytes());
        self.registry.register(declaration.asset_uuid, rel_path(root), true).unwrap();
    }

    /// Adds a small complete glyph bank: one tile of 8 × 8 pixels in the colors red and green.
    pub fn add_glyph(&mut self, root: &str) -> u32 {
        self.write(&format!("assets/{root}/tile.png"), images::checker(8, 8, RED, GREEN));
        let declaration =
            glyph(self.next_id(), &name_of(root), TileSize::Eight, vec![red_green()], vec![artifact("tile.png", 0)]);
        self.add_asset(root, true, &declaration)
    }

    /// Adds a small complete sound bank: one 16-bit mono sample of four frames.
    pub fn add_sound(&mut self, root: &str) -> u32 {
        self.write(&format!("assets/{root}/blip.wav"), sounds::Wav::mono16(22_050, &[0, 100, -100, 0]).bytes());
        let declaration = sound(self.next_id(), &name_of(root), 22_050, vec![sample("blip.wav", 0)]);
        self.add_asset(root, true, &declaration)
    }

    /// The id of the next asset, which is also the number of its uuid.
    pub fn next_id(&self) -> u32 {
        self.registry.next_asset_id
    }

    /// Packs with the library.
    pub fn pack(&self) -> Report<PackReport> {
        self.pack_request().run(&Context::new()).unwrap()
    }

    /// A request to pack.
    pub fn pack_request(&self) -> Pack {
        Pack::new(self.root())
    }

    /// The findings of `doctor --workspace`.
    pub fn findings(&self) -> Vec<Finding> {
        let doctor = Doctor::new(self.root()).workspace(true);
        doctor.run(&Context::new()).unwrap().findings().to_vec()
    }

    /// The bytes of the four outputs, the pack last; `None` for a file that does not exist.
    pub fn outputs(&self) -> Vec<Option<Vec<u8>>> {
        packer_services::ops::OUTPUTS.iter().map(|name| std::fs::read(self.at("build").join(name)).ok()).collect()
    }

    /// The pack's bytes.
    pub fn pack_bytes(&self) -> Vec<u8> {
        self.read("build/assets.pa")
    }
}

fn name_of(root: &str) -> String {
    root.replace('/', "_")
}

/// Copies a folder and its contents.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A color of the tests' palette.
pub const RED: Rgb = Rgb([0xFF, 0x00, 0x00]);
/// A color of the tests' palette.
pub const GREEN: Rgb = Rgb([0x00, 0xFF, 0x00]);
/// Color 0.
pub const KEY: Rgb = Rgb([0xFF, 0x00, 0xFF]);

/// A palette without a name.
pub fn palette(colors: &[Rgb]) -> Palette {
    Palette::of_colors(None, colors.to_vec())
}

/// The palette that [`TestProject::add_glyph`] declares.
pub fn red_green() -> Palette {
    palette(&[KEY, RED, GREEN])
}

/// A place without meaning, for declarations that are not read from a file.
pub fn no_place() -> Place {
    Place::Byte { offset: 0 }
}

/// A glyph artifact without palette and color key.
pub fn artifact(file: &str, index: u32) -> GlyphArtifact {
    GlyphArtifact {
        file: rel_path(file),
        index,
        palette: None,
        color_key: None,
        part: SpritePart::default(),
        cut: Cut::default(),
    }
}

/// A glyph artifact with a color key.
pub fn keyed_artifact(file: &str, index: u32, key: ColorKey) -> GlyphArtifact {
    GlyphArtifact { color_key: Some(key), ..artifact(file, index) }
}

/// A sound artifact without loop and conversion.
pub fn sample(file: &str, index: u32) -> SoundArtifact {
    SoundArtifact {
        file: rel_path(file),
        index,
        looping: LoopChoice::File,
        convert: Convert::default(),
        place: no_place(),
    }
}

/// A glyph bank that is not preloaded.
pub fn glyph(
    n: u32,
    name: &str,
    tile_size: TileSize,
    palettes: Vec<Palette>,
    artifacts: Vec<GlyphArtifact>,
) -> Declaration {
    declaration(n, name, Content::Glyph(GlyphContent { tile_size, palettes, artifacts, animations: Vec::new() }))
}

/// A sound bank that is not preloaded.
pub fn sound(n: u32, name: &str, sample_rate_hz: u32, artifacts: Vec<SoundArtifact>) -> Declaration {
    declaration(n, name, Content::Sound(SoundContent { sample_rate_hz, artifacts }))
}

/// An asset that is not preloaded.
pub fn declaration(n: u32, name: &str, content: Content) -> Declaration {
    Declaration {
        asset_uuid: uuid(n),
        name: name.to_owned(),
        input_palettes: Vec::new(),
        content,
        preload: Preload { enabled: false, slot: None },
    }
}

/// The codes of findings.
pub fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}
