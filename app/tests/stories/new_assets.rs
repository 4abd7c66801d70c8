//! Assets and projects that are created in the window.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::Context;
use packer_services::formats::TileSize;
use packer_services::ops::{CreateAsset, NewBank, NewGlyph, NewPreload, Operation};
use packer_services::preview::BankPreview;
use support::images::{Png, checker};
use support::sounds::Wav;
use support::{GREEN, RED};

use crate::golden::assert_golden_text;
use crate::project_edits::{pack_project, remove_assets};
use crate::window::Window;

const PATH: &str = "Path of a project or pack";
const ROOT: &str = "Folder in assets/";

/// A folder of art outside the project.
fn art(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn empty_project() -> Window {
    Window::open_edited_demo("lantern", remove_assets)
}

fn selected(window: &Window) -> &str {
    window.state().selected_root.as_deref().unwrap()
}

/// Replaces what is in a field.
fn fill(window: &mut Window, field: &str, text: &str) {
    window.type_into(field, "");
    window.press(Modifiers::COMMAND, Key::A);
    window.type_text(text);
}

/// A file without the uuids, which are random.
fn without_uuid(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.contains("asset_uuid")).collect::<Vec<_>>().join("\n")
}

#[test]
fn dropped_images_become_a_tile_bank() {
    let mut window = empty_project();
    // They lie beside `assets/`, as sources often do.
    std::fs::create_dir(window.file("art")).unwrap();
    let files = ["walk_10.png", "walk_9.png"].map(|name| window.file("art").join(name));
    std::fs::write(&files[0], checker(16, 16, RED, GREEN)).unwrap();
    std::fs::write(&files[1], checker(16, 16, GREEN, RED)).unwrap();
    window.drop_files(&[&files[0], &files[1]]);
    assert_eq!(window.value_of(ROOT), "walk");
    assert!(window.shows("2 of 256 tiles · 1 palette · slot 0"), "{}", window.outline());
    assert_golden_text("new_asset", &window.outline_of(Role::Dialog, "New asset"));
    let before = std::fs::read_dir(window.file("assets")).unwrap().count();
    assert_eq!(before, 1, "a preview writes nothing");
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("walk"));
    window.wait_until_idle();
    assert!(window.state().new_asset.is_none());
    assert!(window.state().glyph_bank().is_some_and(|bank| bank.artifacts.len() == 2));
    // The same request without the window gives the same files.
    let other = empty_project();
    let bank = NewBank::Glyph(NewGlyph { tile_size: Some(TileSize::Sixteen), ..NewGlyph::default() });
    let create = CreateAsset::new(other.root(), "walk", bank, files.to_vec()).preload(NewPreload::LowestFree);
    create.run(&Context::new()).unwrap();
    for file in ["assets/walk/asset.json", "assets/.prometeu/index.json"] {
        assert_eq!(without_uuid(&window.file(file)), without_uuid(&other.file(file)));
    }
    pack_project(window.root());
}

#[test]
fn refused_files_show_why_and_what_helps() {
    // Magenta behind a tile of red: 16 colors with it, which a color key makes 15.
    let many = |x: u32, y: u32| match (y * 8 + x) % 16 {
        0 => packer_services::formats::Rgb([0xFF, 0, 0xFF]),
        n => packer_services::formats::Rgb([u8::try_from(n * 16).unwrap(), 0, 0]),
    };
    let art = art(&[("many.png", Png::rgb(8, 8, many).bytes())]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("many.png")]);
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.click("Transparent color");
    window.click("this color");
    fill(&mut window, "Color key", "#ff00f");
    assert!(window.shows("Write the color key like #ff00ff."));
    window.type_text("f");
    assert!(window.shows("1 of 1024 tiles"), "{}", window.outline());
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("many"));
}

#[test]
fn stereo_needs_permission() {
    let mut window = empty_project();
    let art = art(&[("jump.wav", Wav::pcm(8000, 2, 16, vec![0; 64]).bytes())]);
    window.drop_files(&[&art.path().join("jump.wav")]);
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.click("Mix stereo down to mono");
    assert!(window.shows("1 sample · slot 0"), "{}", window.outline());
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("jump"));
    window.wait_until_idle();
    assert!(window.state().sound_bank().is_some());
}

#[test]
fn sounds_of_two_rates_are_resampled() {
    let art =
        art(&[("a.wav", Wav::mono16(8000, &[1000; 80]).bytes()), ("b.wav", Wav::mono16(16_000, &[1000; 160]).bytes())]);
    let files = ["a.wav", "b.wav"].map(|name| art.path().join(name));
    let mut window = empty_project();
    window.drop_files(&[&files[0], &files[1]]);
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.click("Sample rate");
    window.click("resample to");
    window.enter("Rate in Hz", "8000");
    window.wait_until_shown("2 samples · slot 0");
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.is_some());
    window.wait_until_idle();
    let bank = window.state().sound_bank().unwrap();
    let sizes =
        |name: &str| std::fs::metadata(window.file(&format!("assets/{}/{name}", selected(&window)))).unwrap().len();
    assert_eq!((bank.sample_rate_hz, sizes("a.wav")), (8000, sizes("b.wav")));
}

#[test]
fn sounds_of_two_rates_keep_theirs() {
    let art =
        art(&[("a.wav", Wav::mono16(8000, &[1000; 80]).bytes()), ("b.wav", Wav::mono16(16_000, &[1000; 160]).bytes())]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("a.wav"), &art.path().join("b.wav")]);
    window.click("Sample rate");
    window.click("unchanged, but call it");
    window.wait_until_shown("2 samples · slot 0");
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.is_some());
    window.wait_until_idle();
    let bank = window.state().sound_bank().unwrap();
    assert_eq!((bank.sample_rate_hz, bank.samples.len()), (22_050, 2));
    let copy = window.file(&format!("assets/{}/b.wav", selected(&window)));
    assert_eq!(std::fs::read(copy).unwrap(), std::fs::read(art.path().join("b.wav")).unwrap());
}

#[test]
fn folder_of_images_and_sounds_offers_both() {
    let art = art(&[
        ("a.png", checker(8, 8, RED, GREEN)),
        ("b.wav", Wav::mono16(8000, &[1, 2, 3, 4]).bytes()),
        ("notes.txt", b"text".to_vec()),
    ]);
    let mut window = empty_project();
    window.drop_files(&[art.path()]);
    assert!(window.shows("1 other file in the folder: neither an image nor a sound"), "{}", window.outline());
    let is_sound = |window: &Window| {
        let preview = window.state().new_asset.as_ref().unwrap().preview.as_ref().unwrap();
        preview.bank.as_ref().is_some_and(|bank| matches!(bank.bank, BankPreview::Sound(_)))
    };
    assert!(!is_sound(&window));
    window.click("Sounds from 1 file");
    assert!(is_sound(&window));
    window.press(Modifiers::NONE, Key::Escape);
    window.click("Close the sheet without it");
    assert!(window.state().new_asset.is_none() && window.state().assets().is_empty());
}

#[test]
fn taken_folder_keeps_the_sheet() {
    let art = art(&[("hero.png", checker(8, 8, RED, GREEN))]);
    let hero = art.path().join("hero.png");
    let mut window = empty_project();
    window.drop_files(&[&hero]);
    // Somebody else takes the folder after the preview.
    std::fs::create_dir_all(window.file("assets/hero/mine")).unwrap();
    window.click_role(Role::Button, "Create");
    window.wait_until("it is refused", |state| state.new_asset.as_ref().is_some_and(|sheet| !sheet.is_creating));
    assert!(window.shows("assets/hero already exists"), "{}", window.outline());
    fill(&mut window, ROOT, "characters/hero");
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("characters/hero"));
}

#[test]
fn keyboard_alone_creates_project_and_asset() {
    let mut window = Window::start_page();
    let folder = window.root().to_owned();
    window.type_into(PATH, &folder.display().to_string());
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is refused", |state| state.refused.is_some());
    window.wait_until_idle();
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("the project is open", |state| state.contents().is_some());
    window.wait_until_idle();
    assert_eq!(window.focused().map(|(_, name)| name).as_deref(), Some("New asset…"));
    let art = art(&[("hero.png", checker(8, 8, RED, GREEN))]);
    let hero: PathBuf = art.path().join("hero.png");
    window.drop_files(&[&hero]);
    focus(&mut window, "Create");
    window.press(Modifiers::NONE, Key::Space);
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("hero"));
    window.wait_until_idle();
    pack_project(&folder);
}

/// Presses Tab until the widget with this name has the keyboard.
fn focus(window: &mut Window, name: &str) {
    for _ in 0..40 {
        if window.focused().is_some_and(|(_, focused)| focused == name) {
            return;
        }
        window.press(Modifiers::NONE, Key::Tab);
    }
    panic!("Tab never reaches {name}: {}", window.outline());
}

#[test]
fn palette_files_begin_the_palettes() {
    let night = "GIMP Palette\nName: night\n255 0 255\n0 0 255\n255 0 0\n0 255 0\n";
    let art = art(&[
        ("hero.png", checker(8, 8, RED, GREEN)),
        ("night.gpl", night.into()),
        ("more.hex", b"ff00ff\n00ffff\n".to_vec()),
    ]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("hero.png"), &art.path().join("night.gpl")]);
    assert!(window.shows("1 of 1024 tiles · 1 palette"), "{}", window.outline());
    window.drop_files(&[&art.path().join("more.hex")]);
    assert!(window.shows("1 of 1024 tiles · 2 palettes"), "{}", window.outline());
    window.click("Leave out more.hex");
    assert!(window.shows("1 of 1024 tiles · 1 palette"), "{}", window.outline());
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("hero"));
    window.wait_until_idle();
    let glyph = window.state().glyph_bank().unwrap();
    assert_eq!((glyph.palettes[0].name.as_deref(), glyph.palettes[0].colors.len()), (Some("night"), 4));
}

#[test]
fn ogg_becomes_a_sound_bank() {
    let art = art(&[("tone.ogg", support::imports::TONE_OGG.to_vec())]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("tone.ogg")]);
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("tone"));
    window.wait_until_idle();
    assert!(window.file("assets/tone/tone.wav").exists(), "it was decoded");
    assert!(window.state().playable_sample().is_some());
}

#[test]
fn pasted_and_typed_paths_create_assets() {
    let art = art(&[("my hero.png", checker(8, 8, RED, GREEN))]);
    let hero = art.path().join("my hero.png");
    let mut window = empty_project();
    window.paste(&format!("copy\nfile://{}", hero.display().to_string().replace(' ', "%20")));
    assert_eq!(window.state().new_asset.as_ref().map(|sheet| sheet.files.images.as_slice()), Some(&[hero.clone()][..]));
    window.press(Modifiers::NONE, Key::Escape);
    window.paste("only words");
    assert!(window.state().new_asset.is_none() && window.state().notice.is_none());
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text(&hero.display().to_string());
    assert!(window.shows("Open this path, or create an asset from it"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.value_of(ROOT), "my_hero");
}

#[test]
fn numbered_images_become_an_animation() {
    let art = art(&[("walk_1.png", checker(8, 8, RED, GREEN)), ("walk_2.png", checker(8, 8, GREEN, RED))]);
    let files = ["walk_1.png", "walk_2.png"].map(|name| art.path().join(name));
    let mut window = empty_project();
    window.drop_files(&[&files[0], &files[1]]);
    window.click("Animations of tags and numbered images");
    window.wait_until_shown("2 of 1024 tiles · 1 palette · 1 animation · slot 0");
    window.click_role(Role::Button, "Create");
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("walk"));
    window.wait_until_idle();
    let other = empty_project();
    let bank = NewBank::Glyph(NewGlyph { tile_size: Some(TileSize::Eight), animations: true, ..NewGlyph::default() });
    let create = CreateAsset::new(other.root(), "walk", bank, files.to_vec()).preload(NewPreload::LowestFree);
    create.run(&Context::new()).unwrap();
    let anchor = "assets/walk/asset.json";
    assert_eq!(without_uuid(&window.file(anchor)), without_uuid(&other.file(anchor)));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is taken back", |state| state.assets().is_empty());
    window.wait_until_idle();
    assert!(!window.file(anchor).exists());
}

#[test]
fn lists_open_above_their_sheet() {
    let art = art(&[("a.png", checker(8, 8, RED, GREEN))]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("a.png")]);
    for choice in ["palette index 0", "this color"] {
        window.tap(Role::ComboBox, "Transparent color");
        window.tap(Role::Button, choice);
        assert_eq!(window.value_of("Transparent color"), choice);
    }
    window.type_into("Color key", "");
    // By keys, too, and then the list has the keyboard again.
    focus(&mut window, "Transparent color");
    window.press(Modifiers::NONE, Key::Space);
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.value_of("Transparent color"), "palette index 0");
    assert_eq!(window.focused().map(|(_, name)| name).as_deref(), Some("Transparent color"));
    assert!(!window.shows("as in the image"), "the list is closed: {}", window.outline());
}

#[test]
fn problems_of_new_files_name_them() {
    let art = art(&[
        ("a.png", checker(12, 8, RED, GREEN)),
        ("b.png", checker(12, 8, RED, GREEN)),
        ("c.png", checker(8, 8, RED, GREEN)),
    ]);
    let mut window = empty_project();
    window.drop_files(&[art.path()]);
    assert!(window.shows("a.png, b.png"), "equal problems are one: {}", window.outline());
    assert!(window.shows("choose “Only a part of the image"), "in words of the window: {}", window.outline());
    let press = |window: &mut Window, name: &str| {
        focus(window, name);
        window.press(Modifiers::NONE, Key::Space);
    };
    press(&mut window, "a.png");
    press(&mut window, "b.png");
    window.wait_until_shown("Files: 1 of 3");
    assert!(window.state().new_asset.as_ref().is_some_and(|sheet| sheet.can_create().is_ok()));
    press(&mut window, "None");
    assert!(window.shows("Choose at least one file."), "{}", window.outline());
    press(&mut window, "c.png");
    window.wait_until_shown("Files: 1 of 3");
    press(&mut window, "All");
    window.wait_until_shown("It has errors.");
    focus(&mut window, "Create it with its errors, and leave it out of the build");
}

#[test]
fn assets_are_created_with_errors() {
    let art = art(&[("a.png", checker(12, 8, RED, GREEN))]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("a.png")]);
    window.click("Create it with its errors, and leave it out of the build");
    window.press(Modifiers::COMMAND, Key::Enter);
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("a"));
    window.wait_until_idle();
    assert!(window.shows("a, left out"), "{}", window.outline());
    assert_eq!(window.focused().map(|(_, name)| name).as_deref(), Some("a, left out"), "the panel has the keyboard");
    // Its only whole tile is used.
    window.press(Modifiers::COMMAND, Key::T);
    window.click("Use only the whole cells");
    window.click("Apply");
    window.wait_until_shown("colors are not in palette 0");
    window.press(Modifiers::NONE, Key::F8);
    window.click("Declare the missing colors");
    window.wait_until_checked();
    window.click_role(Role::Button, "Apply");
    window.wait_until_idle();
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::B);
    window.wait_until_shown("a, ready");
    pack_project(window.root());
}

#[test]
fn losses_of_resampled_sounds_are_fields() {
    let art = art(&[("jump.wav", Wav::pcm(16_000, 2, 16, vec![0; 640]).bytes())]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("jump.wav")]);
    window.click("Sample rate");
    window.click("resample to");
    window.wait_until_shown("or allow the loss with “Mix stereo down to mono”.");
    assert!(!window.shows("prometeu-packer"), "{}", window.outline());
}

#[test]
fn enter_creates_and_escape_returns_the_keyboard() {
    let art = art(&[("a.png", checker(8, 8, RED, GREEN))]);
    let mut window = empty_project();
    let image = art.path().join("a.png");
    window.drop_files(&[&image]);
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.focused().map(|(_, name)| name).as_deref(), Some("Console"));
    window.drop_files(&[&image]);
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("a"));
}

#[test]
fn folders_of_folders_are_explained() {
    let art = art(&[]);
    std::fs::create_dir_all(art.path().join("tiles")).unwrap();
    std::fs::write(art.path().join("tiles/a.png"), checker(8, 8, RED, GREEN)).unwrap();
    let mut window = empty_project();
    window.drop_files(&[art.path()]);
    assert!(window.shows("Choose one of these folders: tiles."), "{}", window.outline());
}

#[test]
fn confirmed_asset_waits_for_its_check() {
    let art = art(&[("a.png", checker(16, 16, RED, GREEN))]);
    let mut window = empty_project();
    window.drop_files(&[&art.path().join("a.png")]);
    focus(&mut window, "Tile size 16");
    window.press_only(Modifiers::NONE, Key::Space);
    window.press_only(Modifiers::COMMAND, Key::Enter);
    window.wait_until("it is selected", |state| state.selected_root.as_deref() == Some("a"));
    window.wait_until_idle();
    assert_eq!(window.state().glyph_bank().unwrap().metadata.tile_size, TileSize::Sixteen);
}
