//! Changing how the images of a bank are cut: what it would do is seen while it is entered, and can be taken back.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::declaration::{Cut, Region};
use packer_services::formats::{Rgb, TileSize};
use packer_services::preview::TileState;
use support::images::Png;
use support::sprites::{self, Sprite};
use support::{GREEN, KEY, RED, TestProject, artifact, binary, glyph, palette};
use workbench::state::{Panel, State, ViewKind};

use crate::window::Window;

const ANCHOR: &str = "assets/tiles/asset.json";
const BLUE: Rgb = Rgb([0, 0, 0xFF]);

/// A sheet of 4 × 2 tiles, of which the last is blue, and an image of one tile after it.
fn project() -> TestProject {
    let mut project = TestProject::new();
    let sheet = |x: u32, y: u32| if x >= 48 && y >= 16 { 3 } else { 1 + u8::try_from(x / 16 % 2).unwrap() };
    let colors = [KEY, RED, GREEN, BLUE];
    project.write("assets/tiles/sheet.png", Png::indexed(64, 32, &colors, sheet).bytes());
    project.write("assets/tiles/dot.png", Png::indexed(16, 16, &colors, |_, _| 2).bytes());
    let artifacts = vec![artifact("sheet.png", 0), artifact("dot.png", 8)];
    let declaration = glyph(project.next_id(), "tiles", TileSize::Sixteen, vec![palette(&colors)], artifacts);
    project.add_asset("tiles", true, &declaration);
    project
}

fn open(project: &TestProject) -> Window {
    let mut window = Window::open_project(project.root());
    window.press(Modifiers::COMMAND, Key::T);
    window.wait_until_idle();
    assert_eq!(window.state().view_kind(), ViewKind::Cut, "{}", window.outline());
    window
}

fn cut_of(state: &State, image: usize) -> Option<Cut> {
    Some(state.glyph_bank()?.declared.get(image)?.cut)
}

fn tiles(state: &State) -> usize {
    let glyph = state.glyph_bank();
    glyph.map_or(0, |glyph| glyph.tiles.iter().filter(|tile| tile.state == TileState::Drawn).count())
}

#[test]
fn cut_is_previewed_applied_and_undone() {
    let project = project();
    let before = project.read(ANCHOR);
    let by_binary = TestProject::copy_of(project.root());
    let mut window = open(&project);
    assert!(window.shows("9 tiles of 256") && window.shows("sheet.png: 64 × 32 pixels, 4 × 2 cells"));
    assert!(window.shows("Nothing is changed yet."));
    window.click("Only a part of the image");
    window.enter("Width of the part", "30");
    assert!(window.shows("1 × 2 cells, which do not fill it"), "{}", window.outline());
    assert!(window.shows("It has errors.") && window.shows("30 × 32"), "{}", window.outline());
    window.enter("Width of the part", "47");
    window.click("Use only the whole cells");
    assert_eq!(window.value_of("Width of the part"), "32 px");
    assert!(window.shows("5 tiles of 256, now 9"), "{}", window.outline());
    assert!(window.shows("tiles dot.png: id 8 becomes 4"), "{}", window.outline());
    window.click("Tile size 8");
    assert!(window.shows("20 tiles of 1024, now 9"), "{}", window.outline());
    assert_eq!(project.read(ANCHOR), before, "nothing is changed yet");
    window.click("Apply");
    window.wait_until("it is cut", |state| state.cut_drafts.is_empty() && tiles(state) == 20);
    window.wait_until_idle();
    let region = Some(Region { x: 0, y: 0, w: 32, h: 32 });
    assert_eq!(cut_of(window.state(), 0), Some(Cut { region, ..Cut::default() }));
    for arguments in
        [vec!["cut", "", "tiles", "sheet.png", "--region", "0,0,32,32"], vec!["tile-size", "", "tiles", "8"]]
    {
        let mut arguments: Vec<_> = arguments.into_iter().map(std::ffi::OsString::from).collect();
        arguments[1] = by_binary.root().into();
        let ended = binary::run(&arguments);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    assert_eq!(project.read_text(ANCHOR), by_binary.read_text(ANCHOR));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is undone", |state| tiles(state) == 9);
    assert_eq!(project.read(ANCHOR), before, "one undo takes all of it back");
}

#[test]
fn color_key_and_empty_cells_are_set() {
    let project = project();
    let mut window = open(&project);
    window.click("Transparent color");
    window.click_role(Role::Button, "this color");
    window.enter("Color key", "blue");
    assert!(window.shows("Write the color key like #ff00ff."), "{}", window.outline());
    window.enter("Color key", "#0000ff");
    window.click("Leave out empty cells");
    assert!(window.shows("8 tiles of 256, now 9"), "{}", window.outline());
    window.click("Same for all images");
    window.click("Apply");
    window.wait_until("it is cut", |state| state.cut_drafts.is_empty() && tiles(state) == 8);
    window.wait_until_idle();
    let declared = project.read_text(ANCHOR);
    assert_eq!((declared.matches("#0000ff\",").count(), declared.matches("skip_blank").count()), (2, 2), "{declared}");
}

#[test]
fn refused_cut_keeps_the_draft() {
    let project = project();
    let mut window = open(&project);
    window.enter("Spacing", "5");
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.press(Modifiers::COMMAND, Key::Num1);
    window.press(Modifiers::COMMAND, Key::T);
    assert_eq!(window.value_of("Spacing"), "5 px", "it is still there");
    // Another program takes another image for the second one.
    project.edit(ANCHOR, "\"dot.png\"", "\"sheet.png\"");
    window.press(Modifiers::NONE, Key::F5);
    window.wait_until("it is read", |state| {
        state.glyph_bank().is_some_and(|glyph| glyph.declared.iter().all(|image| image.file.as_str() == "sheet.png"))
    });
    window.wait_until_idle();
    assert!(window.shows("The bank was changed since. Revert, and enter it again."), "{}", window.outline());
    window.click("Revert");
    assert!(window.state().cut_drafts.is_empty() && window.shows("Nothing is changed yet."));
}

#[test]
fn images_are_chosen_with_arrows() {
    let project = project();
    let mut window = open(&project);
    while window.state().panel != Panel::View {
        window.press(Modifiers::NONE, Key::F6);
    }
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert!(window.shows("dot.png: 16 × 16 pixels, 1 × 1 cells"), "{}", window.outline());
    window.press(Modifiers::NONE, Key::ArrowUp);
    assert!(window.shows("sheet.png: 64 × 32 pixels"), "{}", window.outline());
}

#[test]
fn part_is_chosen_with_the_pointer() {
    let project = project();
    let mut window = open(&project);
    let image = window.place_of_role(Role::Image, "sheet.png: 64");
    window.drag_with(Modifiers::SHIFT, image.center(), image.max + egui::vec2(40.0, 40.0));
    let region = window.state().shown_cut().unwrap().images[0].cut.region.unwrap();
    assert_eq!((region.x + region.w, region.y + region.h), (64, 32), "{region:?}");
    assert!((30..=34).contains(&region.x) && (14..=18).contains(&region.y), "{region:?}");
}

/// A bank of a sprite: two frames of two tiles, with a tag, two layers and a slice.
fn sprite_project() -> TestProject {
    let mut project = TestProject::new();
    let sprite = Sprite::new([16, 8], 8)
        .with_palette(&[KEY.0, RED.0, GREEN.0])
        .with(0, sprites::layer("body").chunk())
        .with(0, sprites::layer("hat").hidden().chunk())
        .with(0, sprites::tags(&[("walk", 1, 1, 0, 0)]))
        .with(0, sprites::slice("face", 0, &[(0, [8, 0], [8, 8])]))
        .with(0, sprites::cel(0, [0, 0], [16, 8], &[1; 128]))
        .with(1, sprites::cel(0, [0, 0], [16, 8], &[2; 128]))
        .with(1, sprites::cel(1, [0, 0], [16, 8], &[1; 128]));
    project.write("assets/tiles/hero.aseprite", sprite.bytes());
    let artifacts = vec![artifact("hero.aseprite", 0)];
    let palettes = vec![palette(&[KEY, RED, GREEN])];
    let declaration = glyph(project.next_id(), "tiles", TileSize::Eight, palettes, artifacts);
    project.add_asset("tiles", true, &declaration);
    project
}

#[test]
fn part_of_a_sprite_is_chosen() {
    let (project, by_binary) = (sprite_project(), sprite_project());
    let mut window = open(&project);
    assert!(window.shows("4 tiles of 1024") && window.shows("2 × 1 cells in each of 2 frames"), "{}", window.outline());
    for (list, name, result) in [
        ("Tag", "walk", "2 tiles of 1024, now 4"),
        ("Slice", "face", "1 tile of 1024, now 4"),
        ("Layer", "hat", "1 tile of 1024, now 4"),
    ] {
        window.click(list);
        window.click_role(Role::Button, name);
        assert!(window.shows(result), "{}", window.outline());
    }
    window.click("Apply");
    window.wait_until("it is cut", |state| state.cut_drafts.is_empty() && tiles(state) == 1);
    window.wait_until_idle();
    let arguments = ["cut".as_ref(), by_binary.root().as_os_str()].into_iter();
    let part = ["tiles", "0", "--tag", "walk", "--layer", "hat", "--slice", "face"].map(std::ffi::OsStr::new);
    assert_eq!(binary::run(arguments.chain(part)).code, 0);
    assert_eq!(project.read_text(ANCHOR), by_binary.read_text(ANCHOR));
}
