//! Making assets and entering them into the registry.

use std::path::PathBuf;

use packer_services::Context;
use packer_services::declaration::Convert;
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{Rgb, Rgb565, TileSize};
use packer_services::ops::{CreateAsset, GetAssetDetails, NewBank, NewGlyph, NewPreload, RegisterAsset};
use support::pictures::{Png, plain};
use support::sounds::Wav;
use support::{KEY, RED, TestProject};

use super::{HERO_ANCHOR, Story, edit_registry, hero, hero_and_terrain, only, told};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::RootExists, || create(&hero(), "characters/hero", glyph_bank(None), &[("hero.png", plain(8, 8, RED))])),
    (Code::FileNameTwice, two_drawings_have_one_name),
    (Code::NameNeeded, || created("ui/main menu", glyph_bank(None), &[("menu.png", plain(8, 8, RED))])),
    (Code::TileSizeNeeded, || {
        let pictures = [("stand.png", plain(16, 16, RED)), ("walk.png", plain(64, 16, RED))];
        created("characters/cat", glyph_bank(None), &pictures)
    }),
    (Code::RateNeeded, || {
        let sound = |rate_hz| Wav::mono16(rate_hz, &[0, 500, -500]).bytes();
        let sounds = [("jump.wav", sound(22_050)), ("rain.wav", sound(11_025))];
        created("sound/effects", NewBank::Sound { sample_rate_hz: None, convert: Convert::default() }, &sounds)
    }),
    (Code::TooManyColours, || {
        let rainbow = Png::rgb(16, 8, |x, y| colour(x / 8 * 4 + y * 3 + x % 3)).bytes();
        created("world/rainbow", glyph_bank(Some(TileSize::Eight)), &[("rainbow.png", rainbow)])
    }),
    (Code::TooManyPalettes, || {
        let atlas = Png::rgb(8, 65 * 8, |x, y| colour(y / 8 * 15 + (x + y % 8 * 8) % 15)).bytes();
        created("world/atlas", glyph_bank(Some(TileSize::Eight)), &[("atlas.png", atlas)])
    }),
    (Code::KeyColourDrawn, || {
        let picture = Png::rgb(8, 8, |x, _| if x < 2 { KEY } else { RED }).bytes();
        created("characters/cat", glyph_bank(None), &[("cat.png", picture)])
    }),
    (Code::AlreadyRegistered, || register(&hero(), "characters/hero")),
    (Code::UuidUnreadable, the_uuid_of_a_new_root_is_no_uuid),
    (Code::IdsExhausted, the_last_id_was_given_out),
    (Code::AssetNotFound, || [shown(&hero_and_terrain(), "heroe"), shown(&id_and_name_are_alike(), "2")].concat()),
];

fn glyph_bank(tile_size: Option<TileSize>) -> NewBank {
    NewBank::Glyph(NewGlyph { tile_size, color_key: None, ..NewGlyph::default() })
}

/// The `n`-th of 1024 colours that differ on the console.
fn colour(n: u32) -> Rgb {
    Rgb565(u16::try_from(n * 64 % 65_536).unwrap_or_default()).to_rgb()
}

fn created(root: &str, bank: NewBank, files: &[(&str, Vec<u8>)]) -> Vec<Finding> {
    create(&TestProject::new(), root, bank, files)
}

/// Makes an asset from files in the folder `drawings`.
fn create(project: &TestProject, root: &str, bank: NewBank, files: &[(&str, Vec<u8>)]) -> Vec<Finding> {
    let place = |(name, bytes): &(&str, Vec<u8>)| -> PathBuf {
        let path = format!("drawings/{name}");
        project.write(&path, bytes).at(&path)
    };
    let files = files.iter().map(place).collect();
    let (project_folder, root) = (project.root().to_owned(), root.to_owned());
    let request = CreateAsset {
        project: project_folder,
        root,
        bank,
        name: None,
        preload: NewPreload::No,
        exclude: false,
        force: false,
        files,
    };
    told(project, &request, &Context::new())
}

fn two_drawings_have_one_name() -> Vec<Finding> {
    let pictures = [("day/lamp.png", plain(8, 8, RED)), ("night/lamp.png", plain(8, 8, RED))];
    created("world/lamps", glyph_bank(None), &pictures)
}

fn register(project: &TestProject, root: &str) -> Vec<Finding> {
    let request = RegisterAsset { project: project.root().to_owned(), root: root.to_owned(), exclude: false };
    told(project, &request, &Context::new())
}

fn the_uuid_of_a_new_root_is_no_uuid() -> Vec<Finding> {
    let project = hero();
    let text = project.read_text(HERO_ANCHOR).replace(&support::uuid(1).to_string(), "todo");
    project.write("assets/characters/villain/asset.json", text);
    only(Code::UuidUnreadable, register(&project, "characters/villain"))
}

fn the_last_id_was_given_out() -> Vec<Finding> {
    let project = hero();
    edit_registry(&project, |registry| registry.next_asset_id = 1 << 31);
    let text = project.read_text(HERO_ANCHOR).replace(&support::uuid(1).to_string(), &support::uuid(2).to_string());
    project.write("assets/characters/villain/asset.json", text);
    register(&project, "characters/villain")
}

fn shown(project: &TestProject, asset: &str) -> Vec<Finding> {
    let request = GetAssetDetails { project: project.root().to_owned(), asset: asset.to_owned() };
    told(project, &request, &Context::new())
}

/// Asset 1 is called `2`.
fn id_and_name_are_alike() -> TestProject {
    let project = hero_and_terrain();
    project.edit(HERO_ANCHOR, "\"hero\"", "\"2\"");
    project
}
