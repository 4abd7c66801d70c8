//! Palettes that are taken from palette files, linked to them, and written to them.

use egui::{Key, Modifiers};
use packer_services::formats::{Rgb, TileSize};
use support::images::Png;
use support::{GREEN, KEY, RED, TestProject, artifact, binary, glyph, palette};

use crate::palettes::{colors, open};
use crate::window::Window;

const ANCHOR: &str = "assets/tiles/asset.json";
const NIGHT: &str = "assets/palettes/night.gpl";
const BLUE: Rgb = Rgb([0, 0, 0xFF]);

/// A palette file of the color key, red and another color.
fn gpl(last: Rgb) -> String {
    let lines = [KEY, RED, last].map(|Rgb([r, g, b])| format!("{r} {g} {b}\n"));
    format!("GIMP Palette\nName: night\n{}", lines.concat())
}

/// A bank with one palette, and a palette file below `assets/`.
fn project() -> TestProject {
    let mut project = TestProject::new();
    project.write("assets/tiles/a.png", Png::indexed(16, 16, &[KEY, RED, GREEN], |_, _| 1).bytes());
    project.write(NIGHT, gpl(BLUE));
    let palettes = vec![palette(&[KEY, RED, GREEN])];
    let declaration = glyph(project.next_id(), "tiles", TileSize::Sixteen, palettes, vec![artifact("a.png", 0)]);
    project.add_asset("tiles", true, &declaration);
    project
}

fn select_palette(window: &mut Window, palette: u32) {
    let start = format!("Palette {palette}, Color 1,");
    let swatch = window.names_of(egui::accesskit::Role::Button).into_iter().find(|name| name.starts_with(&start));
    window.click(&swatch.unwrap());
}

#[test]
fn dropped_palette_file_is_imported_and_undone() {
    let (project, by_binary) = (project(), project());
    let other = tempfile::tempdir().unwrap();
    let file = other.path().join("dusk.gpl");
    std::fs::write(&file, gpl(BLUE)).unwrap();
    let before = project.read(ANCHOR);
    let mut window = open(&project);
    window.drop_files(&[&file]);
    assert!(window.shows("Palettes from a file"), "{}", window.outline());
    window.wait_until("it is checked", |state| {
        state.palette_sheet.as_ref().is_some_and(|sheet| state.can_import(sheet).is_ok())
    });
    assert_eq!(project.read(ANCHOR), before, "nothing is written yet");
    window.click("Import");
    window.wait_until("there is another palette", |state| colors(state, 1) == [KEY, RED, BLUE]);
    window.wait_until_idle();
    assert!(window.state().palette_sheet.is_none());
    let arguments = ["palettes".as_ref(), by_binary.root().as_os_str(), "tiles".as_ref()];
    let ended = binary::run(arguments.into_iter().chain(["--import".as_ref(), file.as_os_str()]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(project.read_text(ANCHOR), by_binary.read_text(ANCHOR));
    window.press(Modifiers::COMMAND, Key::Z);
    window.wait_until("it is undone", |state| colors(state, 1).is_empty());
    assert_eq!(project.read(ANCHOR), before);
}

#[test]
fn refused_palette_file_keeps_the_sheet() {
    let project = project();
    let mut window = open(&project);
    select_palette(&mut window, 0);
    window.click("Import palette 0");
    assert!(window.shows("Enter the path of a palette file."), "{}", window.outline());
    window.type_into("File", "/nowhere/none.gpl");
    assert!(window.shows("It has errors."), "{}", window.outline());
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.state().palette_sheet.is_some());
    window.press(Modifiers::NONE, Key::Escape);
    assert!(window.state().palette_sheet.is_some(), "what is entered is not lost unasked");
    window.click("Close the sheet without it");
    assert!(window.state().palette_sheet.is_none());
    assert_eq!(colors(window.state(), 0), [KEY, RED, GREEN]);
}

#[test]
fn palette_is_linked_followed_and_unlinked() {
    let project = project();
    let mut window = open(&project);
    select_palette(&mut window, 0);
    window.click("Import palette 0");
    window.type_into("File", &project.at(NIGHT).display().to_string());
    window.click("The file is the palette: saving it changes the pack");
    window.click("Import");
    window.wait_until("it is the file", |state| colors(state, 0) == [KEY, RED, BLUE]);
    window.wait_until_idle();
    assert!(project.read_text(ANCHOR).contains("\"/palettes/night.gpl\""), "{}", project.read_text(ANCHOR));
    project.write(NIGHT, gpl(GREEN));
    window.wait_until("it follows the file", |state| colors(state, 0) == [KEY, RED, GREEN]);
    window.wait_until_idle();
    select_palette(&mut window, 0);
    assert!(window.shows("It is the file /palettes/night.gpl"), "{}", window.outline());
    window.click("Unlink palette 0");
    window.wait_until_checked();
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until("it has colors of its own", |state| {
        state.glyph_bank().is_some_and(|glyph| glyph.palettes[0].file.is_none())
    });
    window.wait_until_idle();
    assert_eq!(colors(window.state(), 0), [KEY, RED, GREEN]);
    assert!(!project.read_text(ANCHOR).contains("night.gpl"));
    window.press_in_one_frame(Modifiers::COMMAND, Key::Z, 2);
    window.wait_until("both are undone", |state| state.change_to_undo().is_none());
}

#[test]
fn palette_is_exported() {
    let project = project();
    let other = tempfile::tempdir().unwrap();
    let file = other.path().join("tiles.hex");
    std::fs::write(&file, "old").unwrap();
    let mut window = open(&project);
    select_palette(&mut window, 0);
    window.click("Export palette 0");
    window.type_into("File", &file.display().to_string());
    window.click("Export");
    window.wait_until("it is refused", |state| {
        state.palette_export.as_ref().is_some_and(|export| !export.findings.is_empty())
    });
    window.wait_until_idle();
    assert!(window.shows("the file already exists"), "{}", window.outline());
    window.click("Replace the file if it exists");
    window.click("Export");
    window.wait_until("it is written", |state| state.palette_export.is_none());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "ff00ff\nff0000\n00ff00\n");
}
