//! The one harness of all tests: projects in temporary folders, images and sounds made on the spot, the binary as a
//! process. Declarations are written by the library's own writer, or by hand where they must be wrong.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot set up its project must fail")]

pub mod binary;
pub mod flac;
pub mod images;
pub mod many;
pub mod oracle;
pub mod packs;
pub mod sounds;
pub mod watched;

use std::path::{Path, PathBuf};

use packer_services::AssetUuid;
use packer_services::Context;
use packer_services::declaration::{
    ColorKey, Content, Convert, Cut, Declaration, GlyphArtifact, GlyphContent, LoopChoice, Palette, Preload,
    SoundArtifact, SoundContent,
};
use packer_services::diagnostics::{Finding, Place};
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{BudgetLimits, Doctor, Operation, Pack, PackReport, Report};
use packer_services::paths::RelPath;
use packer_services::registry::Registry;

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
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

/// A legal path.
pub fn path(text: &str) -> RelPath {
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

    /// The demo.
    pub fn demo() -> Self {
        Self::copy_of(&repository().join("assets-demo/lantern"))
    }

    /// The first golden: two banks, one excluded and broken.
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

    /// Writes any file, with its folders.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.at(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// Reads any file.
    pub fn read(&self, relative: &str) -> Vec<u8> {
        std::fs::read(self.at(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Reads any file as text.
    pub fn read_text(&self, relative: &str) -> String {
        String::from_utf8(self.read(relative)).unwrap()
    }

    /// Changes a text file; the text to replace must be there.
    pub fn edit(&self, relative: &str, from: &str, to: &str) -> &Self {
        let text = self.read_text(relative);
        assert!(text.contains(from), "{relative} has no {from:?}:\n{text}");
        self.write(relative, text.replacen(from, to, 1))
    }

    /// Whether something is there.
    pub fn exists(&self, relative: &str) -> bool {
        self.at(relative).symlink_metadata().is_ok()
    }

    fn write_registry(&self) {
        self.write("assets/.prometeu/index.json", self.registry.to_bytes());
    }

    /// Writes a declaration into `root` and registers it; gives the id.
    pub fn add(&mut self, root: &str, included: bool, declaration: &Declaration) -> u32 {
        self.write(&format!("assets/{root}/asset.json"), declaration.to_bytes());
        let id = self.registry.register(declaration.asset_uuid, path(root), included).unwrap();
        self.write_registry();
        id
    }

    /// As [`Self::add`], but the registry is written only by the next [`Self::write_registry`].
    fn add_unwritten(&mut self, root: &str, declaration: &Declaration) {
        self.write(&format!("assets/{root}/asset.json"), declaration.to_bytes());
        self.registry.register(declaration.asset_uuid, path(root), true).unwrap();
    }

    /// A whole small glyph bank: tiles of 8 × 8 in the colors red and green.
    pub fn add_glyph(&mut self, root: &str) -> u32 {
        self.write(&format!("assets/{root}/tile.png"), images::checker(8, 8, RED, GREEN));
        let declaration =
            glyph(self.next(), &name_of(root), TileSize::Eight, vec![red_green()], vec![artifact("tile.png", 0)]);
        self.add(root, true, &declaration)
    }

    /// A whole small sound bank: one 16-bit mono sample of four frames.
    pub fn add_sound(&mut self, root: &str) -> u32 {
        self.write(&format!("assets/{root}/blip.wav"), sounds::Wav::mono16(22_050, &[0, 100, -100, 0]).bytes());
        let declaration = sound(self.next(), &name_of(root), 22_050, vec![sample("blip.wav", 0)]);
        self.add(root, true, &declaration)
    }

    /// The number of the next uuid.
    pub fn next(&self) -> u32 {
        self.registry.next_asset_id
    }

    /// Packs, as the library does.
    pub fn pack(&self) -> Report<PackReport> {
        self.pack_request().run(&Context::new()).unwrap()
    }

    /// A request to pack.
    pub fn pack_request(&self) -> Pack {
        Pack {
            project: self.root().to_owned(),
            check: false,
            deny_warnings: false,
            allowed: BudgetLimits::default(),
            jobs: None,
            wait: true,
        }
    }

    /// All findings of a doctor who also looks at the workspace.
    pub fn findings(&self) -> Vec<Finding> {
        let doctor = Doctor { project: self.root().to_owned(), workspace: true };
        doctor.run(&Context::new()).unwrap().findings().to_vec()
    }

    /// The bytes of the four outputs, the pack last; `None` where there is none.
    pub fn outputs(&self) -> Vec<Option<Vec<u8>>> {
        packer_services::project::OUTPUTS.iter().map(|name| std::fs::read(self.at("build").join(name)).ok()).collect()
    }

    /// The pack's bytes.
    pub fn pack_bytes(&self) -> Vec<u8> {
        self.read("build/assets.pa")
    }
}

fn name_of(root: &str) -> String {
    root.replace('/', "_")
}

/// Copies a folder with everything in it.
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
    Palette { name: None, colors: colors.to_vec() }
}

/// The palette that [`TestProject::add_glyph`] declares.
pub fn red_green() -> Palette {
    palette(&[KEY, RED, GREEN])
}

/// A place that means nothing: written declarations have none.
pub fn no_place() -> Place {
    Place::Byte { offset: 0 }
}

/// An artifact without palette and color key.
pub fn artifact(file: &str, index: u32) -> GlyphArtifact {
    GlyphArtifact { file: path(file), index, palette: None, color_key: None, cut: Cut::default(), place: no_place() }
}

/// An artifact with a color key.
pub fn keyed(file: &str, index: u32, key: ColorKey) -> GlyphArtifact {
    GlyphArtifact { color_key: Some(key), ..artifact(file, index) }
}

/// A sound artifact without loop and conversion.
pub fn sample(file: &str, index: u32) -> SoundArtifact {
    SoundArtifact { file: path(file), index, looping: LoopChoice::File, convert: Convert::default(), place: no_place() }
}

/// A glyph bank that is not preloaded.
pub fn glyph(
    n: u32,
    name: &str,
    tile_size: TileSize,
    palettes: Vec<Palette>,
    artifacts: Vec<GlyphArtifact>,
) -> Declaration {
    declaration(n, name, Content::Glyph(GlyphContent { tile_size, palettes, artifacts }))
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

/// Errors, warnings and notes as their codes.
pub fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}
