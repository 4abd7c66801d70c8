//! Creating and registering assets.

use std::path::PathBuf;

use packer_services::declaration::{ColorKey, Cut, GlyphArtifact, LoopChoice, Region};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{Rgb, Rgb565, TileSize};
use packer_services::ops::{
    AnimationEdit, AssetEdit, CreateAsset, EditAsset, FindPalettes, ImportOptions, NewBank, NewGlyph, NewSound,
    PaletteImport, PaletteRows, RegisterAsset, ShowAsset,
};
use packer_services::{Context, RelPath};
use support::images::{Png, plain};
use support::sounds::Wav;
use support::{GREEN, KEY, RED, TestProject, artifact, palette};

use super::images::extruded;
use super::{HERO_ANCHOR, Story, edit_registry, findings_of, hero, hero_and_terrain, only, project_with_image};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::RootExists, || create(&hero(), "characters/hero", glyph_bank(None), &[("hero.png", plain(8, 8, RED))])),
    (Code::FolderFiles, || {
        let project = hero();
        project.write("art/notes.txt", "draw more");
        project.write("art/run/1.png", plain(8, 8, RED));
        project.write("art/walk/1.png", plain(8, 8, GREEN));
        let create = CreateAsset::new(project.root(), "world/art", glyph_bank(None), vec![project.at("art")]);
        findings_of(&project, &create, &Context::new())
    }),
    (Code::FileNameTwice, two_drawings_have_one_name),
    (Code::NameNeeded, || create_in_new_project("ui/main menu", glyph_bank(None), &[("menu.png", plain(8, 8, RED))])),
    (Code::TileSizeNeeded, || {
        let images = [("idle.png", plain(16, 16, RED)), ("walk.png", plain(64, 16, RED))];
        [
            create_in_new_project("characters/cat", glyph_bank(None), &images),
            create_in_new_project("world/ground", glyph_bank(None), &[("ground.png", extruded(3, 2))]),
        ]
        .concat()
    }),
    (Code::RateNeeded, || {
        let sound = |rate_hz| Wav::mono16(rate_hz, &[0, 500, -500]).bytes();
        let sounds = [("jump.wav", sound(22_050)), ("rain.wav", sound(11_025))];
        create_in_new_project("sound/effects", NewBank::Sound(NewSound::default()), &sounds)
    }),
    (Code::TooManyColors, || {
        let rainbow = Png::rgb(16, 8, |x, y| color(x / 8 * 4 + y * 3 + x % 3)).bytes();
        [
            create_in_new_project("world/rainbow", glyph_bank(Some(TileSize::Eight)), &[("rainbow.png", rainbow)]),
            one_color_too_many(),
        ]
        .concat()
    }),
    (Code::TooManyPalettes, || {
        let atlas = Png::rgb(8, 65 * 8, |x, y| color(y / 8 * 15 + (x + y % 8 * 8) % 15)).bytes();
        create_in_new_project("world/atlas", glyph_bank(Some(TileSize::Eight)), &[("atlas.png", atlas)])
    }),
    (Code::ImageExtruded, || {
        let image = [("ground.png", extruded(4, 4))];
        create_in_new_project("world/ground", glyph_bank(Some(TileSize::Eight)), &image)
    }),
    (Code::KeyColorDrawn, || {
        let image = Png::rgb(8, 8, |x, _| if x < 2 { KEY } else { RED }).bytes();
        [
            create_in_new_project("characters/cat", glyph_bank(None), &[("cat.png", image)]),
            all_sixteen_indices_are_drawn(),
            the_background_is_index_0(),
        ]
        .concat()
    }),
    (Code::ColorKeyUnused, || {
        let bank = NewGlyph { color_key: Some(ColorKey::Color(KEY)), ..NewGlyph::default() };
        create_in_new_project("characters/cat", NewBank::Glyph(bank), &[("cat.png", plain(8, 8, RED))])
    }),
    (Code::PaletteFull, an_artifact_names_a_palette_that_is_full),
    (Code::PaletteRows, || [rows_of_two_palettes(true), rows_of_two_palettes(false)].concat()),
    (Code::ColorsRepeated, || {
        let own = [KEY, color(40), color(40), RED, color(40)];
        let image = Png::indexed(8, 8, &own, |x, y| u8::try_from((x + y) % 5).unwrap()).with_trns(&[0]).bytes();
        create_in_new_project("world/river", glyph_bank(None), &[("river.png", image)])
    }),
    (Code::PalettesAlike, || {
        let image = |own: [Rgb; 3]| Png::indexed(8, 8, &own, |x, _| u8::from(x > 3) + 1).bytes();
        let images = [("day.png", image([KEY, RED, GREEN])), ("night.png", image([KEY, GREEN, RED]))];
        create_in_new_project("world/lamps", glyph_bank(None), &images)
    }),
    (Code::PaletteFileKey, || {
        let project = hero();
        project.write("night.hex", "1a1c2c\n5d275d\n");
        let import =
            PaletteImport { file: project.at("night.hex"), at: None, rows: PaletteRows::One, key: None, link: false };
        let edit = EditAsset::new(project.root(), "hero", AssetEdit::ImportPalettes(import));
        findings_of(&project, &edit, &Context::new())
    }),
    (Code::PaletteFileName, || {
        let project = hero();
        let name = "Endesga 32, the first row, with a darker key";
        project.write("night.gpl", format!("GIMP Palette\nName: {name}\n255 0 255 key\n93 39 93 dusk\n"));
        let import =
            PaletteImport { file: project.at("night.gpl"), at: None, rows: PaletteRows::One, key: None, link: false };
        let edit = EditAsset::new(project.root(), "hero", AssetEdit::ImportPalettes(import));
        super::only(Code::PaletteFileName, findings_of(&project, &edit, &Context::new()))
    }),
    (Code::NotAGlyphBank, || {
        let mut project = TestProject::new();
        project.add_sound("sound/effects");
        palettes(&project, "sound_effects")
    }),
    (Code::NotASoundBank, || edit(&hero(), AssetEdit::Loop("0".into(), LoopChoice::Never))),
    (Code::ImageRewrite, || [no_pixel_has_the_color(), nothing_transparent_to_fill_with()].concat()),
    (Code::AnimationNotFound, || [no_such_animation(), no_numbered_images()].concat()),
    (Code::ArtifactNotFound, || [no_such_image(), two_regions_of_one_image()].concat()),
    (Code::AlreadyRegistered, || register(&hero(), "characters/hero")),
    (Code::UuidUnreadable, the_uuid_of_a_new_root_is_malformed),
    (Code::IdsExhausted, the_last_id_is_in_use),
    (Code::AssetNotFound, || [show(&hero_and_terrain(), "heroe"), show(&one_name_is_the_other_id(), "2")].concat()),
];

fn edit(project: &TestProject, edit: AssetEdit) -> Vec<Finding> {
    findings_of(project, &EditAsset::new(project.root(), "id:1", edit), &Context::new())
}

fn hero_image() -> RelPath {
    RelPath::parse("hero.png").unwrap()
}

fn no_pixel_has_the_color() -> Vec<Finding> {
    let replace = AssetEdit::ReplaceColor { file: hero_image(), from: GREEN, to: RED };
    edit(&project_with_image(plain(8, 8, RED)), replace)
}

fn nothing_transparent_to_fill_with() -> Vec<Finding> {
    edit(&project_with_image(plain(12, 8, RED)), AssetEdit::PadImage(hero_image()))
}

fn no_such_animation() -> Vec<Finding> {
    edit(&hero(), AssetEdit::Animation(AnimationEdit::Remove("walk".into())))
}

fn no_numbered_images() -> Vec<Finding> {
    let bank = NewBank::Glyph(NewGlyph { animations: true, ..NewGlyph::default() });
    create_in_new_project("world/lamps", bank, &[("day.png", plain(8, 8, RED)), ("night.png", plain(8, 8, GREEN))])
}

fn no_such_image() -> Vec<Finding> {
    edit(&hero(), AssetEdit::Cut(vec!["hreo.png".into()], Cut::default().into()))
}

fn two_regions_of_one_image() -> Vec<Finding> {
    let mut parts = [artifact("hero.png", 0), artifact("hero.png", 1)];
    for (part, x) in parts.iter_mut().zip([0, 8]) {
        part.cut.region = Some(Region { x, y: 0, w: 8, h: 8 });
    }
    let image = ("hero.png", plain(16, 8, RED));
    let project = super::glyph_bank(TileSize::Eight, vec![palette(&[KEY, RED])], parts.to_vec(), &[image]);
    edit(&project, AssetEdit::ColorKey(vec!["hero.png".into()], None))
}

/// Sixteen colors in a large tile, one of which is the background; a smaller tile would do too.
fn one_color_too_many() -> Vec<Finding> {
    let film = Png::rgb(16, 16, |x, y| if x % 2 == 1 { RED } else { color(1 + (x / 8 * 8 + y / 2).min(14)) }).bytes();
    create_in_new_project("world/film", glyph_bank(Some(TileSize::Sixteen)), &[("film.png", film)])
}

/// Each tile has few colors, but the image has one more than a palette draws.
fn all_sixteen_indices_are_drawn() -> Vec<Finding> {
    let own: Vec<Rgb> = (1..17).map(color).collect();
    let image = Png::indexed(16, 8, &own, |x, _| u8::try_from(x).unwrap()).bytes();
    create_in_new_project("world/bands", glyph_bank(Some(TileSize::Eight)), &[("bands.png", image)])
}

fn the_background_is_index_0() -> Vec<Finding> {
    let image = Png::indexed(8, 8, &[color(40), RED], |x, y| u8::from((2..6).contains(&x) && y > 2)).bytes();
    create_in_new_project("world/post", glyph_bank(None), &[("post.png", image)])
}

/// A tile in each of two rows of the image's own palette; column 0 is the background, transparent or not.
fn rows_of_two_palettes(is_clear: bool) -> Vec<Finding> {
    let own: Vec<Rgb> = (0..32).map(|n| if n % 16 == 0 { KEY } else { color(40 + n) }).collect();
    let image = Png::indexed(16, 8, &own, |x, y| u8::try_from(x / 8 * 16 + (x + y) % 8).unwrap());
    let trns: Vec<u8> = (0..32).map(|n| if n % 16 == 0 { 0 } else { 255 }).collect();
    let bytes = if is_clear { image.with_trns(&trns).bytes() } else { image.bytes() };
    let found = create_in_new_project("world/town", glyph_bank(Some(TileSize::Eight)), &[("town.png", bytes)]);
    only(Code::PaletteRows, found)
}

fn an_artifact_names_a_palette_that_is_full() -> Vec<Finding> {
    let full: Vec<Rgb> = (0..14).map(color).collect();
    let artifacts = vec![GlyphArtifact { palette: Some(0), ..artifact("hero.png", 0) }];
    let rich = Png::rgb(8, 8, |x, y| color(20 + x / 2 + y / 4 * 4)).bytes();
    let project = super::glyph_bank(TileSize::Eight, vec![palette(&full)], artifacts, &[("hero.png", rich)]);
    palettes(&project, "hero")
}

fn palettes(project: &TestProject, asset: &str) -> Vec<Finding> {
    let request = FindPalettes::new(project.root(), asset).apply(true);
    findings_of(project, &request, &Context::new())
}

fn glyph_bank(tile_size: Option<TileSize>) -> NewBank {
    NewBank::Glyph(NewGlyph { tile_size, color_key: None, ..NewGlyph::default() })
}

/// The `n`-th of 1024 colors that differ on the console.
fn color(n: u32) -> Rgb {
    Rgb565(u16::try_from(n * 64 % 65_536).unwrap_or_default()).to_rgb()
}

pub(super) fn create_in_new_project(root: &str, bank: NewBank, files: &[(&str, Vec<u8>)]) -> Vec<Finding> {
    create(&TestProject::new(), root, bank, files)
}

/// Creates a sound bank from files that are resampled to this rate.
pub(super) fn create_at_rate(rate_hz: u32, files: &[(&str, Vec<u8>)]) -> Vec<Finding> {
    let project = TestProject::new();
    let import = ImportOptions::default().rate_hz(Some(rate_hz));
    let request = request(&project, "sound/effects", NewBank::Sound(NewSound::default()), files).import(import);
    findings_of(&project, &request, &Context::new())
}

/// Creates an asset from files in the folder `drawings`.
fn create(project: &TestProject, root: &str, bank: NewBank, files: &[(&str, Vec<u8>)]) -> Vec<Finding> {
    findings_of(project, &request(project, root, bank, files), &Context::new())
}

fn request(project: &TestProject, root: &str, bank: NewBank, files: &[(&str, Vec<u8>)]) -> CreateAsset {
    let place = |(name, bytes): &(&str, Vec<u8>)| -> PathBuf {
        let path = format!("drawings/{name}");
        project.write(&path, bytes).at(&path)
    };
    let files = files.iter().map(place).collect();
    let (project_folder, root) = (project.root().to_owned(), root.to_owned());
    CreateAsset::new(project_folder, root, bank, files)
}

fn two_drawings_have_one_name() -> Vec<Finding> {
    let images = [("day/lamp.png", plain(8, 8, RED)), ("night/lamp.png", plain(8, 8, RED))];
    create_in_new_project("world/lamps", glyph_bank(None), &images)
}

fn register(project: &TestProject, root: &str) -> Vec<Finding> {
    let request = RegisterAsset::new(project.root(), root);
    findings_of(project, &request, &Context::new())
}

fn the_uuid_of_a_new_root_is_malformed() -> Vec<Finding> {
    let project = hero();
    let text = project.read_text(HERO_ANCHOR).replace(&support::uuid(1).to_string(), "todo");
    project.write("assets/characters/villain/asset.json", text);
    only(Code::UuidUnreadable, register(&project, "characters/villain"))
}

fn the_last_id_is_in_use() -> Vec<Finding> {
    let project = hero();
    edit_registry(&project, |registry| registry.next_asset_id = 1 << 31);
    let text = project.read_text(HERO_ANCHOR).replace(&support::uuid(1).to_string(), &support::uuid(2).to_string());
    project.write("assets/characters/villain/asset.json", text);
    register(&project, "characters/villain")
}

fn show(project: &TestProject, asset: &str) -> Vec<Finding> {
    let request = ShowAsset::new(project.root(), asset);
    findings_of(project, &request, &Context::new())
}

/// The name of asset 1 is `2`.
fn one_name_is_the_other_id() -> TestProject {
    let project = hero_and_terrain();
    project.edit(HERO_ANCHOR, "\"hero\"", "\"2\"");
    project
}
