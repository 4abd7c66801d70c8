//! The ways in which editors save, and other changes of files: the window notices all of them and keeps its selection.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::Context;
use packer_services::ops::{AssetSelector, Operation, PreviewSource};
use packer_services::preview::{PreviewTile, TileState};
use workbench::state::{Packing, PreviewState, State, ViewKind};

use crate::project_edits;
use crate::window::{Window, demo};
use crate::worker_control::WorkerControl;

type Save = fn(&Path, &[u8]);

fn in_place(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

fn over_a_new_name(path: &Path, bytes: &[u8]) {
    let staged = path.with_extension("png.new");
    std::fs::write(&staged, bytes).unwrap();
    std::fs::rename(&staged, path).unwrap();
}

fn after_a_backup(path: &Path, bytes: &[u8]) {
    let backup = path.with_extension("png~");
    std::fs::rename(path, &backup).unwrap();
    std::fs::write(path, bytes).unwrap();
    std::fs::remove_file(&backup).unwrap();
}

fn deleted_and_created(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn piece_by_piece(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new().write(true).truncate(true).open(path).unwrap();
    for piece in bytes.chunks(16) {
        file.write_all(piece).unwrap();
        file.flush().unwrap();
    }
}

fn has_stray_color(state: &State) -> bool {
    state.problems.iter().any(|finding| finding.code.as_str() == "color-stray")
}

fn has_no_errors(state: &State) -> bool {
    state.problems.iter().all(|finding| !finding.is_error())
}

/// Whether the preview shows every tile.
fn shows_every_tile(window: &Window) -> bool {
    let is_hole = |tile: &PreviewTile| matches!(tile.state, TileState::Hole { .. });
    window.state().glyph_bank().is_some_and(|sheet| !sheet.tiles.iter().any(is_hole))
}

/// A window that shows a selected tile of the lamps, zoomed, in a palette, with a filter.
fn open_lamps() -> Window {
    let mut window = Window::open_demo("lantern");
    window.type_into("Search assets", "lamps");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::CloseBracket);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.click_at(window.place_of_role(Role::Canvas, "Sheet").center());
    assert!(window.state().view.tile.is_some());
    window
}

#[test]
fn every_way_of_saving_is_noticed() {
    let mut window = open_lamps();
    let path = window.file(project_edits::LAMPKIN);
    let good = std::fs::read(&path).unwrap();
    project_edits::paint_odd_pixel(window.root(), 5, 6);
    let odd = std::fs::read(&path).unwrap();
    window.wait_until("the problem is reported", has_stray_color);
    std::fs::write(&path, &good).unwrap();
    window.wait_until("the errors are gone", has_no_errors);
    window.wait_until_idle();
    let (view, filter) = (window.state().view.clone(), window.state().filter.clone());
    let ways: [(&str, Save); 5] = [
        ("in place", in_place),
        ("over a new name", over_a_new_name),
        ("after a backup", after_a_backup),
        ("deleted and created", deleted_and_created),
        ("piece by piece", piece_by_piece),
    ];
    for (way, save) in ways {
        save(&path, &odd);
        window.wait_until(&format!("a problem saved {way} is reported"), has_stray_color);
        window.wait_until_idle();
        let is_shown = matches!(window.state().preview, PreviewState::Ready(_));
        assert!(is_shown && !shows_every_tile(&window), "{way}: the other tiles are shown");
        save(&path, &good);
        window.wait_until(&format!("a fix saved {way} is noticed"), has_no_errors);
        window.wait_until_idle();
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"), "{way}");
        assert_eq!((&window.state().view, &window.state().filter), (&view, &filter), "{way}");
        assert!(shows_every_tile(&window), "{way}");
    }
}

#[test]
fn a_restored_image_recovers_by_itself() {
    let mut window = open_lamps();
    window.click("lampkin.png");
    let path = window.file(project_edits::LAMPKIN);
    let good = std::fs::read(&path).unwrap();
    for garbage in [&b"not an image at all"[..], &[], &good[..good.len() / 2], &good[..8]] {
        std::fs::write(&path, garbage).unwrap();
        window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
        window.wait_until_idle();
        window.press(Modifiers::COMMAND, Key::Num2);
        assert!(!matches!(window.state().preview, PreviewState::Loading) && !shows_every_tile(&window));
        std::fs::write(&path, &good).unwrap();
        window.wait_until("the errors are gone", has_no_errors);
        window.wait_until_idle();
        assert!(shows_every_tile(&window));
        assert!(window.shows("Source of lampkin.png"), "{}", window.outline());
    }
}

#[test]
fn returning_folders_keep_the_selection() {
    let mut window = open_lamps();
    for folder in ["assets/characters", "assets"] {
        let (here, away) = (window.file(folder), window.root().with_extension("away"));
        std::fs::rename(&here, &away).unwrap();
        window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
        window.wait_until_idle();
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"), "{folder}");
        assert!(!shows_every_tile(&window), "{folder}");
        std::fs::rename(&away, &here).unwrap();
        window.wait_until("the errors are gone", has_no_errors);
        window.wait_until_idle();
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"), "{folder}");
        assert!(shows_every_tile(&window), "{folder}");
        assert!(window.shows("lamps, ready"));
    }
}

#[test]
fn deleting_the_selected_asset_selects_another() {
    let mut window = Window::open_demo("lantern");
    window.click("sketch, not added");
    std::fs::remove_dir_all(window.file("assets/drafts/sketch")).unwrap();
    window.wait_until("it is gone", |state| {
        state.contents().is_some_and(|contents| contents.asset("drafts/sketch").is_none())
    });
    window.wait_until_idle();
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"));
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));

    // With this filter no other asset is listed, so none can be selected.
    window.click("title, left out");
    window.type_into("Search assets", "title");
    project_edits::remove_drafts(window.root());
    window.wait_until("it is gone", |state| {
        state.contents().is_some_and(|contents| contents.asset("drafts/title").is_none())
    });
    window.wait_until_idle();
    assert!(window.state().selected_asset().is_none() && window.shows("No assets match."), "{}", window.outline());
    for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5] {
        window.press(Modifiers::COMMAND, key);
    }
    window.press(Modifiers::NONE, Key::F8);
    window.click("Show all");
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert!(matches!(window.state().preview, PreviewState::Ready(_)), "{}", window.outline());
}

#[test]
fn a_broken_registry_keeps_the_list() {
    let mut window = open_lamps();
    let path = window.file("assets/.prometeu/index.json");
    let good = std::fs::read(&path).unwrap();
    project_edits::truncate_file(&path);
    window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    let first = &window.state().problems[0];
    assert_eq!(first.file.as_deref(), Some("assets/.prometeu/index.json"), "{first:?}");
    assert!(first.is_error() && window.shows("lamps, "));
    assert_eq!(window.state().contents().unwrap().assets().len(), 8);
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().selected_problem, Some(0));
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    std::fs::write(&path, &good).unwrap();
    window.wait_until("the errors are gone", has_no_errors);
    window.wait_until_idle();
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
}

#[test]
fn a_vanished_project_is_not_recreated() {
    let control = WorkerControl::default();
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    control.hold("packing");
    window.press_only(Modifiers::COMMAND, Key::P);
    control.wait_for("packing", 1);
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.wait_until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    control.release("packing");
    window.wait_until("the pack ends", |state| !state.pack.is_running());
    window.wait_until_idle();
    assert!(!here.exists(), "nothing is written in its place");
    assert!(!matches!(&window.state().pack, Packing::Done { report, .. } if report.pack.is_some()));
    assert!(window.shows("Your last pack is untouched.") && window.shows("lamps, ready"), "{}", window.outline());
    std::fs::rename(&away, &here).unwrap();
    window.wait_until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.wait_until_idle();
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until(
        "it is packed",
        |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_some()),
    );
}

#[test]
fn a_vanished_project_ends_its_preview() {
    let control = WorkerControl::default();
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    let before = control.started("building the preview");
    control.hold("building the preview");
    window.press_only(Modifiers::NONE, Key::ArrowDown);
    control.wait_for("building the preview", before + 1);
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.wait_until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    control.release("building the preview");
    window.wait_until_idle();
    assert!(!matches!(window.state().preview, PreviewState::Loading | PreviewState::Nothing));
    // An asset that was never shown cannot be shown now, and the view says why.
    window.click("font, ready");
    let PreviewState::Failed(findings) = &window.state().preview else { panic!("{}", window.outline()) };
    assert!(!findings.is_empty());
    assert!(window.shows("When it is back, the asset is shown here."), "{}", window.outline());
    std::fs::rename(&away, &here).unwrap();
    window.wait_until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.wait_until_idle();
    assert!(matches!(window.state().preview, PreviewState::Ready(_)));
}

#[test]
fn packing_is_not_noticed_as_a_change() {
    let control = WorkerControl::default();
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    let started =
        || ["listing the assets", "building the preview", "creating thumbnails"].map(|job| control.started(job));
    let before = started();
    window.press(Modifiers::COMMAND, Key::P);
    window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.wait_until_idle();
    window.wait_past_watch_delay();
    let [listed, previewed, thumbnails] = before;
    assert_eq!(
        started(),
        [listed + 1, previewed, thumbnails],
        "it is listed once, to update what changed since the pack"
    );
    std::fs::copy(demo("lantern").join(project_edits::LAMPKIN), window.file(project_edits::LAMPKIN)).unwrap();
    window.wait_until("the change is noticed", |_| started()[0] > listed + 1);
}

#[test]
fn file_changes_keep_the_scroll_position() {
    let mut window = Window::open_demo("lantern");
    window.resize(egui::vec2(1280.0, 480.0));
    window.press(Modifiers::NONE, Key::End);
    assert_eq!(window.state().selected_root.as_deref(), Some("drafts/sketch"));
    window.point_at(window.place_of_role(Role::SearchInput, "Search").center() + egui::vec2(0.0, 120.0));
    window.wheel(100);
    window.remove_pointer();
    let visible = window.items_of("assets");
    assert!(visible[0].starts_with("hero, "), "{visible:?}");

    project_edits::paint_odd_pixel(window.root(), 5, 6);
    window.wait_until("the problem is reported", has_stray_color);
    window.wait_until_idle();
    let now = window.items_of("assets");
    assert_eq!((now.len(), &now[0]), (visible.len(), &visible[0]), "{now:?}");

    // An asset above the selected one is removed: the rows below move up, and the list does not scroll.
    std::fs::copy(demo("lantern").join(project_edits::LAMPKIN), window.file(project_edits::LAMPKIN)).unwrap();
    window.wait_until("the errors are gone", has_no_errors);
    let path = window.file("assets/.prometeu/index.json");
    let mut registry: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let assets = registry["assets"].as_array_mut().unwrap();
    assets.retain(|asset| asset["root"] != "sound/effects");
    std::fs::write(&path, serde_json::to_string_pretty(&registry).unwrap()).unwrap();
    window.wait_until("the problem is reported", |state| {
        state.problems.iter().any(|finding| {
            finding.code.as_str() == "unregistered-root"
                && finding.asset.as_ref().is_some_and(|asset| asset.root == "sound/effects")
        })
    });
    window.wait_until_idle();
    assert_eq!(window.state().selected_root.as_deref(), Some("drafts/sketch"));
    assert_eq!(window.items_of("assets")[0], visible[0], "{:?}", window.items_of("assets"));
}

#[test]
fn an_unavailable_view_comes_back() {
    let mut window = open_lamps();
    window.press(Modifiers::COMMAND, Key::Num3);
    let path = window.file("assets/characters/lamps/asset.json");
    let good = std::fs::read(&path).unwrap();
    project_edits::truncate_file(&path);
    window.wait_until("the problem is reported", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.wait_until_idle();
    assert_eq!(window.state().view_kind(), ViewKind::Console);
    std::fs::write(&path, &good).unwrap();
    window.wait_until("the errors are gone", has_no_errors);
    window.wait_until_idle();
    assert_eq!(window.state().view_kind(), ViewKind::Tile);
}

/// The only image of its asset.
const HERO: &str = "assets/characters/hero/hero.png";

/// Saves the image of the selected asset, mirrored, and returns how many images are decoded until the window is idle.
fn decodes_of_a_save(window: &mut Window, control: &WorkerControl) -> usize {
    let path = window.root().join(HERO);
    let payload = |window: &Window| window.state().glyph_bank().unwrap().payload.bytes().to_vec();
    let (before, decoded) = (payload(window), control.decoded_images());
    let image = image::imageops::flip_horizontal(&image::open(&path).unwrap().into_rgba8());
    image.save(&path).unwrap();
    window.wait_until("the new image is shown", |state| {
        state.glyph_bank().is_some_and(|bank| bank.payload.bytes().as_slice() != before)
    });
    window.wait_until_idle();
    window.wait_past_watch_delay();
    window.wait_until_idle();
    control.decoded_images() - decoded
}

#[test]
fn a_saved_image_is_decoded_once() {
    let control = WorkerControl::default();
    let mut window = Window::open_controlled_demo("lantern", &control, |_| {});
    window.wait_until("the assets are listed", |state| state.contents().is_some());
    window.wait_until_idle();
    window.click("hero, ready");
    window.wait_until_idle();
    assert_eq!(decodes_of_a_save(&mut window, &control), 1);
    // Nor does the view that shows the image itself decode it again.
    window.press(Modifiers::COMMAND, Key::Num2);
    window.wait_until_idle();
    let shown = |window: &Window| window.state().source.as_ref().unwrap().content.clone().unwrap().unwrap();
    let before = shown(&window);
    assert_eq!(decodes_of_a_save(&mut window, &control), 1);
    let after = shown(&window);
    assert_ne!(before, after);
    let read = PreviewSource::new(window.root(), AssetSelector::Root("characters/hero".into()), "hero.png");
    assert_eq!(Some(&*after), read.run(&Context::new()).unwrap().source.as_ref());
}
