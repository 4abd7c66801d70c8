//! What paths that a person dropped, typed or chose are: a project, something inside one, a pack, or files from which
//! an asset could be created. Nothing is opened for it but the header of a pack and the first bytes of other files.

use std::path::{Path, PathBuf};

use crate::asset_name::asset_name_problem;
use crate::banks::glyph::image::{ImageHeader, read_image_header};
use crate::banks::sniff::{FileKind, sniff_path};
use crate::declaration::SpritePart;
use crate::diagnostics::{AsFinding, Code, Finding, join_some, plural};
use crate::files::{self, SourceFile};
use crate::formats::TileSize;
use crate::pack::file::PackFile;
use crate::palette_file::{PaletteFormat, read_named_palette};
use crate::paths::RelPath;
use crate::project::{Project, ProjectError};
use crate::registry::REGISTRY_FILE;

/// A folder with more files is not looked through: no bank has as many artifacts.
const FOLDER_FILES: usize = 4096;
/// How many folders with art a finding lists.
const FOLDERS: usize = 8;

/// What a person named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recognized {
    /// A project.
    Project {
        /// The folder that contains `assets/`.
        project: PathBuf,
        /// Where the named path lies below `assets/`, with `/` between folders; empty for `assets/` itself. `None` if
        /// it is not below it.
        inside: Option<String>,
    },
    /// A pack with a valid header.
    Pack(PathBuf),
    /// Files from which assets of the open project could be created.
    NewFiles(NewFiles),
}

/// Files outside a project's `assets/`, by what they seem to contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewFiles {
    /// Images, in the order in which they were named; those of a folder by name.
    pub images: Vec<PathBuf>,
    /// Sounds, in the same order.
    pub sounds: Vec<PathBuf>,
    /// Palette files, by their names; those among the files of a folder too.
    pub palettes: Vec<PathBuf>,
    /// None of these: nothing can be created from them.
    pub others: Vec<PathBuf>,
    /// The folder, if only one was named.
    pub folder: Option<PathBuf>,
    /// A root for an asset of these files: named after the folder or the first file, and not in `assets/` yet.
    pub suggested_root: String,
    /// The size of tiles that the images probably have; `None` if their sizes or names do not show any.
    pub suggested_tile_size: Option<TileSize>,
}

/// Recognizes what a person named, in absolute paths. A path inside a project stands for the project. `open_project` is
/// the project that is open; findings name it in their commands.
///
/// # Errors
/// Why there is nothing to open, and what to do instead.
pub fn recognize_paths(paths: &[PathBuf], open_project: Option<&Path>) -> Result<Recognized, Vec<Finding>> {
    let (first, more) = paths.split_first().ok_or_else(Vec::new)?;
    if let Some(files) = open_project.and_then(|project| find_new_files(paths, project)) {
        return Ok(Recognized::NewFiles(files));
    }
    let recognized = recognize_path(first);
    if more.is_empty() {
        return recognized.map_err(|problem| problem.into_findings(paths, open_project));
    }
    // Several files of one project are as good as one of them.
    let project_of = |result: &Result<Recognized, Unrecognized>| match result {
        Ok(Recognized::Project { project, inside: Some(_) }) => Some(project.clone()),
        _ => None,
    };
    let project = project_of(&recognized);
    if project.is_some() && more.iter().all(|path| project_of(&recognize_path(path)) == project) {
        return recognized.map_err(|problem| problem.into_findings(paths, open_project));
    }
    Err(Unrecognized::Several.into_findings(paths, open_project))
}

/// Why a path is nothing to open.
enum Unrecognized {
    Absent,
    /// An image, a sound or another file, with a clause such as "it is a PNG image".
    File(FileKind, String),
    Folder,
    Several,
    Pack(Vec<Finding>),
}

fn recognize_path(path: &Path) -> Result<Recognized, Unrecognized> {
    let is_folder = path.is_dir();
    if !is_folder && !path.exists() {
        return Err(Unrecognized::Absent);
    }
    if !is_folder && has_extension(path, &["pa"]) {
        return recognize_pack(path);
    }
    for folder in path.ancestors().skip(usize::from(!is_folder)) {
        let project = Project::at(folder);
        if files::exists(&project.registry_path()) {
            let inside = path.strip_prefix(project.assets_folder()).ok().map(|inside| {
                let segments: Vec<_> = inside.iter().map(|segment| segment.to_string_lossy()).collect();
                segments.join("/")
            });
            return Ok(Recognized::Project { project: folder.to_owned(), inside });
        }
    }
    if is_folder {
        return Err(Unrecognized::Folder);
    }
    let (kind, what) = recognize_file(path);
    Err(Unrecognized::File(kind, what))
}

/// The files from which assets of `project` could be created. `None` if there are none, or something else was named.
fn find_new_files(paths: &[PathBuf], project: &Path) -> Option<NewFiles> {
    let mut found = NewFiles::default();
    for path in paths {
        match recognize_path(path) {
            Err(Unrecognized::File(kind, _)) => found.sort_in(path.clone(), kind),
            // It is beside the folders that the packer knows, such as `art/`.
            Ok(Recognized::Project { project: of, inside: None }) if of == project && path.is_file() => {
                found.sort_in(path.clone(), recognize_file(path).0);
            }
            Err(Unrecognized::Folder) => found.add_folder(path)?,
            _ => return None,
        }
    }
    if let [folder] = paths
        && folder.is_dir()
    {
        found.folder = Some(folder.clone());
    }
    found.suggested_root = found.suggest_root(project);
    found.suggested_tile_size = found.suggest_tile_size();
    let is_any = !found.images.is_empty() || !found.sounds.is_empty();
    // Of files that were named one by one, each must be of use; in a folder, others may lie beside them.
    let is_useful = found.folder.is_some() || found.others.is_empty();
    (is_any && is_useful).then_some(found)
}

impl NewFiles {
    fn sort_in(&mut self, path: PathBuf, kind: FileKind) {
        match kind {
            FileKind::Image => self.images.push(path),
            FileKind::Sound => self.sounds.push(path),
            _ if is_palette(&path) => self.palettes.push(path),
            _ => self.others.push(path),
        }
    }

    /// See [`NewFiles::suggested_root`].
    fn suggest_root(&self, project: &Path) -> String {
        let files = || self.images.iter().chain(&self.sounds);
        let name = self.folder.as_deref().and_then(Path::file_name).or_else(|| files().next()?.file_stem());
        let name = name.unwrap_or_default().to_string_lossy();
        // Of several files, the first one is often numbered.
        let is_several = self.folder.is_none() && files().count() > 1;
        let number = |c: char| c.is_ascii_digit() || "_- ".contains(c);
        let base = if is_several { name.trim_end_matches(number) } else { &name };
        let letter = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
        let base: String = base.chars().map(letter).collect();
        let base = base.trim_start_matches('_').to_owned();
        let is_legal = RelPath::parse(&base).is_ok() && asset_name_problem(&base).is_none();
        let base = if is_legal { base } else { "asset".to_owned() };
        let assets = Project::at(project).assets_folder();
        let candidates = std::iter::once(base.clone()).chain((2u32..).map(|n| format!("{base}_{n}")));
        candidates.into_iter().find(|root| !files::exists(&assets.join(root))).unwrap_or(base)
    }

    /// See [`NewFiles::suggested_tile_size`].
    fn suggest_tile_size(&self) -> Option<TileSize> {
        let pixels = |size: TileSize| size.pixels();
        let sizes = [TileSize::Sixteen, TileSize::Eight, TileSize::ThirtyTwo];
        let named = |size: &TileSize| {
            let text = format!("{0}x{0}", pixels(*size));
            let names = self.folder.iter().chain(self.images.first());
            names.filter_map(|path| path.file_name()).any(|name| name.to_string_lossy().contains(&text))
        };
        let headers: Vec<ImageHeader> = self.images.iter().filter_map(|path| image_header(path)).collect();
        let sides: Vec<[u32; 2]> = headers.iter().map(|header| [header.width, header.height]).collect();
        let grid = headers.first()?.grid_tile_size();
        let is_one_tile = |size: &TileSize| sides.iter().all(|side| *side == [pixels(*size); 2]);
        let fits = |size: &TileSize| sides.iter().flatten().all(|side| side % pixels(*size) == 0);
        let find = |is_it: &dyn Fn(&TileSize) -> bool| sizes.into_iter().find(is_it);
        let is_grid = |size: &TileSize| {
            // Every new sprite has a grid of 16 × 16 pixels, so only another one is a choice.
            *size != TileSize::Sixteen && grid == Some(*size) && fits(size)
        };
        let all_grids = headers.iter().all(|header| header.grid_tile_size() == grid);
        let by_grid = || find(&is_grid).filter(|_| all_grids);
        find(&named).or_else(by_grid).or_else(|| find(&is_one_tile)).or_else(|| find(&fits))
    }

    /// Adds the files that lie in a folder, by name, without hidden ones and without its own folders. `None` if it
    /// cannot be read, or has more than [`FOLDER_FILES`].
    fn add_folder(&mut self, folder: &Path) -> Option<()> {
        let mut names = files::HeldFolder::at(folder).and_then(|folder| folder.names()).ok()?;
        names.retain(|name| !name.to_string_lossy().starts_with('.'));
        if names.len() > FOLDER_FILES {
            return None;
        }
        names.sort();
        for path in names.into_iter().map(|name| folder.join(name)).filter(|path| path.is_file()) {
            let (kind, _) = recognize_file(&path);
            self.sort_in(path, kind);
        }
        Some(())
    }
}

/// The folders in a folder that have images or sounds themselves, by name, without hidden ones.
fn folders_with_art(folder: &Path) -> Vec<String> {
    let names = files::HeldFolder::at(folder).and_then(|folder| folder.names()).unwrap_or_default();
    let mut names: Vec<_> = names.into_iter().filter(|name| !name.to_string_lossy().starts_with('.')).collect();
    names.sort();
    let has_art = |name: &std::ffi::OsString| {
        let (path, mut found) = (folder.join(name), NewFiles::default());
        path.is_dir() && found.add_folder(&path).is_some() && !(found.images.is_empty() && found.sounds.is_empty())
    };
    names.iter().filter(|name| has_art(name)).map(|name| format!("`{}`", name.to_string_lossy())).collect()
}

/// Whether a file that is neither an image nor a sound is a palette, by its name. Any text can have the name of a text.
fn is_palette(path: &Path) -> bool {
    match PaletteFormat::of_name(&path.to_string_lossy()) {
        Some(PaletteFormat::PaintNet) => read_named_palette(path).file.is_some(),
        format => format.is_some(),
    }
}

fn recognize_pack(path: &Path) -> Result<Recognized, Unrecognized> {
    let mut pack = PackFile::open(path).map_err(|error| Unrecognized::Pack(error.as_findings()))?;
    match pack.read_header() {
        Ok(Ok(_)) => Ok(Recognized::Pack(path.to_owned())),
        Ok(Err(findings)) => Err(Unrecognized::Pack(findings)),
        Err(error) => Err(Unrecognized::Pack(error.as_findings())),
    }
}

/// What a file seems to be, by its first bytes; also as a clause.
fn recognize_file(path: &Path) -> (FileKind, String) {
    let sniffed = sniff_path(path).map(|sniffed| (sniffed.kind, sniffed.what));
    sniffed.unwrap_or_else(|| (FileKind::Other, "it cannot be read".to_owned()))
}

/// The size and grid of an image.
fn image_header(path: &Path) -> Option<ImageHeader> {
    let source = SourceFile::from_path(path).ok()?;
    read_image_header(&mut source.start_reading(), &SpritePart::default()).ok()
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extensions.iter().any(|other| extension == *other))
}

impl Unrecognized {
    fn into_findings(self, paths: &[PathBuf], open_project: Option<&Path>) -> Vec<Finding> {
        let first = paths.first().map(PathBuf::as_path).unwrap_or_else(|| Path::new(""));
        let shown = files::display_path(first);
        let (message, help) = match self {
            Self::Pack(findings) => return findings,
            Self::Absent => (
                format!("`{shown}` does not exist"),
                "Correct the path: open the folder that contains `assets/`, or a `.pa` file.".to_owned(),
            ),
            Self::Folder if open_project.is_some() && !folders_with_art(first).is_empty() => (
                format!("`{shown}` has no images or sounds itself, but folders with some"),
                format!("Choose one of these folders: {}.", join_some(folders_with_art(first).iter(), ", ", FOLDERS)),
            ),
            Self::Folder => {
                let error = ProjectError::NoRegistry(first.join(REGISTRY_FILE));
                return error.as_findings();
            }
            Self::File(_, what) => (
                format!("`{shown}` is neither a project nor a pack: {what}"),
                format!(
                    "Open the folder that contains `assets/`, or a `.pa` file. {}",
                    create_help(paths, open_project)
                ),
            ),
            Self::Several => (
                format!("{} cannot be opened together", plural(paths.len() as u64, "file")),
                format!("Open one project folder, or one `.pa` file. {}", create_help(paths, open_project)),
            ),
        };
        vec![Finding::new(Code::NotAProject, message, help.trim_end()).file(shown)]
    }
}

/// How an asset is created from these files; empty if none can be.
fn create_help(paths: &[PathBuf], open_project: Option<&Path>) -> String {
    let kinds: Vec<FileKind> = paths.iter().map(|path| recognize_file(path).0).collect();
    let all = |kind: FileKind| kinds.iter().all(|other| *other == kind);
    let (family, what) = match kinds.first() {
        Some(FileKind::Image) if all(FileKind::Image) => ("glyph_bank", "a tile bank"),
        Some(FileKind::Sound) if all(FileKind::Sound) => ("sound_bank", "a sound bank"),
        _ => return String::new(),
    };
    let project = open_project.map_or_else(|| "PROJECT".to_owned(), shell_quoted);
    let files: Vec<String> = paths.iter().map(|path| shell_quoted(path)).collect();
    let files = files.join(" ");
    format!("To create {what} from it, run `prometeu-packer create {project} NAME --type {family} {files}`.")
        .replace("from it", if paths.len() == 1 { "from it" } else { "from them" })
}

/// A path as a shell takes it.
pub fn shell_quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-\\:".contains(c));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banks::sniff::PNG_SIGNATURE;
    use crate::context::Context;
    use crate::operation::Operation as _;
    use crate::ops::{InitWorkspace, Pack};

    fn make_folders(path: &Path) {
        files::HeldFolder::at_or_created(path).unwrap().1.keep();
    }

    fn write(path: &Path, bytes: &[u8]) {
        let folder = files::HeldFolder::at(path.parent().unwrap()).unwrap();
        folder.write_new(path.file_name().unwrap(), bytes).unwrap();
    }

    fn project() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let game = folder.path().join("game");
        make_folders(&game);
        InitWorkspace::new(&game).run(&Context::new()).unwrap();
        make_folders(&game.join("assets/hero/raw"));
        write(&game.join("assets/hero/hero.png"), &PNG_SIGNATURE);
        (folder, game)
    }

    fn of(path: &Path) -> Result<Recognized, Vec<Finding>> {
        recognize_paths(&[path.to_owned()], None)
    }

    #[test]
    fn every_path_inside_is_the_project() {
        let (_folder, game) = project();
        let expect =
            |inside: Option<&str>| Ok(Recognized::Project { project: game.clone(), inside: inside.map(str::to_owned) });
        assert_eq!(of(&game), expect(None));
        assert_eq!(of(&game.join("assets")), expect(Some("")));
        assert_eq!(of(&game.join(REGISTRY_FILE)), expect(Some(".prometeu/index.json")));
        assert_eq!(of(&game.join("assets/hero/raw")), expect(Some("hero/raw")));
        assert_eq!(of(&game.join("assets/hero/hero.png")), expect(Some("hero/hero.png")));
        let both = [game.join("assets/hero/hero.png"), game.join("assets/hero")];
        assert_eq!(recognize_paths(&both, None), expect(Some("hero/hero.png")));
    }

    #[test]
    fn packs_need_a_valid_header() {
        let (_folder, game) = project();
        Pack::new(&game).run(&Context::new()).unwrap();
        let pack = game.join("build/assets.pa");
        assert_eq!(of(&pack), Ok(Recognized::Pack(pack.clone())));
        let torn = game.join("torn.pa");
        write(&torn, b"no pack");
        assert!(of(&torn).unwrap_err().iter().all(Finding::is_error));
    }

    #[test]
    fn images_and_sounds_are_new_files() {
        let (folder, game) = project();
        let at = |name: &str| folder.path().join(name);
        make_folders(&at("art/more"));
        for name in ["art/b.png", "art/a.png", "art/.hidden.png"] {
            write(&at(name), &PNG_SIGNATURE);
        }
        write(&at("art/blip.wav"), b"RIFF\0\0\0\0WAVEfmt ");
        write(&at("art/notes.txt"), b"text");
        let of = |names: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(|name| at(name)).collect();
            match recognize_paths(&paths, Some(&game)) {
                Ok(Recognized::NewFiles(files)) => Some(files),
                _ => None,
            }
        };
        let all = of(&["art"]).unwrap();
        assert_eq!(all.images, [at("art/a.png"), at("art/b.png")]);
        assert_eq!((all.sounds, all.others), (vec![at("art/blip.wav")], vec![at("art/notes.txt")]));
        assert_eq!(all.folder, Some(at("art")));
        assert_eq!((all.suggested_root.as_str(), all.suggested_tile_size), ("art", None));
        let named = of(&["art/b.png", "art/a.png"]).unwrap();
        assert_eq!(named.suggested_root, "b");
        assert_eq!((named.images, named.folder), (vec![at("art/b.png"), at("art/a.png")], None));
        assert_eq!(of(&["art/a.png", "art/notes.txt"]), None);
        assert_eq!(of(&["art/more"]), None);
        // Beside `assets/` of the project itself.
        write(&game.join("draft.png"), &PNG_SIGNATURE);
        assert_eq!(of(&["game/draft.png"]).unwrap().images, [game.join("draft.png")]);
        assert_eq!(of(&["game/assets/hero/hero.png"]), None);
    }

    #[test]
    fn roots_and_tile_sizes_are_suggested() {
        let (folder, game) = project();
        let suggested = |files: &[(&str, u32, u32)]| {
            let write_file = |(name, width, height): &(&str, u32, u32)| {
                let mut image = Vec::new();
                let mut writer = png::Encoder::new(&mut image, *width, *height).write_header().unwrap();
                writer.write_image_data(&vec![0; (width * height) as usize]).unwrap();
                drop(writer);
                let path = folder.path().join(name);
                write(&path, &image);
                path
            };
            let paths: Vec<PathBuf> = files.iter().map(write_file).collect();
            let Ok(Recognized::NewFiles(files)) = recognize_paths(&paths, Some(&game)) else { panic!("no files") };
            (files.suggested_root, files.suggested_tile_size)
        };
        let expect = |root: &str, size: TileSize| (root.to_owned(), Some(size));
        assert_eq!(suggested(&[("hero.png", 32, 32)]), expect("hero_2", TileSize::ThirtyTwo));
        assert_eq!(suggested(&[("walk_01.png", 24, 8), ("walk_02.png", 8, 8)]), expect("walk", TileSize::Eight));
        assert_eq!(suggested(&[("map 8x8.png", 64, 64)]), expect("map_8x8", TileSize::Eight));
        assert_eq!(suggested(&[("map.png", 64, 64)]), expect("map", TileSize::Sixteen));
        assert_eq!(suggested(&[("con.png", 10, 9)]), ("asset".to_owned(), None));
    }

    #[test]
    fn folders_of_art_are_named() {
        let (folder, game) = project();
        let at = |name: &str| folder.path().join(name);
        for (name, bytes) in [
            ("pack/tiles/a.png", &PNG_SIGNATURE[..]),
            ("pack/docs/a.txt", b"text"),
            ("pack/.git/a.png", &PNG_SIGNATURE),
        ] {
            make_folders(at(name).parent().unwrap());
            write(&at(name), bytes);
        }
        let refused = recognize_paths(&[at("pack")], Some(&game)).unwrap_err();
        assert_eq!(refused[0].help, "Choose one of these folders: `tiles`.");
        let refused = recognize_paths(&[at("pack")], None).unwrap_err();
        assert!(refused[0].message.contains("is not a project"), "{refused:?}");
    }

    #[test]
    fn other_files_say_what_to_do() {
        let (folder, game) = project();
        let image = folder.path().join("rainbow 1.png");
        write(&image, &PNG_SIGNATURE);
        let [finding] = &recognize_paths(std::slice::from_ref(&image), None).unwrap_err()[..] else {
            panic!("one finding")
        };
        assert!(finding.message.ends_with("is neither a project nor a pack: it is a PNG image"), "{finding:?}");
        let command = format!("create PROJECT NAME --type glyph_bank '{}'`.", image.display());
        assert!(finding.help.ends_with(&command), "{}", finding.help);
        let [several] = &recognize_paths(&[image, game.clone()], Some(&game)).unwrap_err()[..] else { panic!("one") };
        assert_eq!(several.message, "2 files cannot be opened together");
        let [absent] = &of(&game.join("nowhere")).unwrap_err()[..] else { panic!("one finding") };
        assert!(absent.message.ends_with("does not exist"));
        let [folder] = &of(folder.path()).unwrap_err()[..] else { panic!("one finding") };
        assert_eq!(folder.code, Code::NotAProject);
    }
}
