//! How editors save, and what else happens to files: whatever it is, the window sees it, and keeps its place.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use packer_services::preview::{PreviewTile, TileState};
use workbench::state::{Lens, Packing, Shown, State};

use crate::fate::Fate;
use crate::slips;
use crate::window::{Window, demo};

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

fn is_told(state: &State) -> bool {
    state.problems.iter().any(|finding| finding.code.as_str() == "color-stray")
}

fn is_well(state: &State) -> bool {
    state.problems.iter().all(|finding| !finding.is_error())
}

/// Whether the preview shows every tile.
fn is_whole(window: &Window) -> bool {
    let is_hole = |tile: &PreviewTile| matches!(tile.state, TileState::Hole { .. });
    window.state().sheet().is_some_and(|sheet| !sheet.tiles.iter().any(is_hole))
}

/// A window whose artist looks at a tile of the lamps, in a palette, with a filter.
fn looking() -> Window {
    let mut window = Window::on("lantern");
    window.type_into("Search assets", "lamps");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::CloseBracket);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.click_at(window.place_of_role(Role::Canvas, "Sheet").center());
    assert!(window.state().view.tile.is_some());
    window
}

#[test]
fn every_way_of_saving_is_seen_and_nothing_else_changes() {
    let mut window = looking();
    let path = window.file(slips::LAMPKIN);
    let well = std::fs::read(&path).unwrap();
    slips::odd_pixel(window.root(), 5, 6);
    let odd = std::fs::read(&path).unwrap();
    window.until("it is told", is_told);
    std::fs::write(&path, &well).unwrap();
    window.until("it is well", is_well);
    window.settle();
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
        window.until(&format!("what is saved {way} is told"), is_told);
        window.settle();
        let is_shown = matches!(window.state().preview, Shown::Ready(_));
        assert!(is_shown && !is_whole(&window), "{way}: the rest is shown");
        save(&path, &well);
        window.until(&format!("what is mended {way} is well"), is_well);
        window.settle();
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"), "{way}");
        assert_eq!((&window.state().view, &window.state().filter), (&view, &filter), "{way}");
        assert!(is_whole(&window), "{way}");
    }
}

#[test]
fn an_image_that_becomes_garbage_and_an_image_again_recovers_by_itself() {
    let mut window = looking();
    let path = window.file(slips::LAMPKIN);
    let well = std::fs::read(&path).unwrap();
    for garbage in [&b"not an image at all"[..], &[], &well[..well.len() / 2], &well[..8]] {
        std::fs::write(&path, garbage).unwrap();
        window.until("it is told", |state| state.problems.iter().any(|finding| finding.is_error()));
        window.settle();
        window.press(Modifiers::COMMAND, Key::Num2);
        assert!(!matches!(window.state().preview, Shown::Loading) && !is_whole(&window));
        std::fs::write(&path, &well).unwrap();
        window.until("it is well", is_well);
        window.settle();
        assert!(is_whole(&window));
        assert!(window.shows("Source of lampkin.png"), "{}", window.outline());
    }
}

#[test]
fn folders_that_go_and_come_back_keep_the_selection() {
    let mut window = looking();
    for folder in ["assets/characters", "assets"] {
        let (here, away) = (window.file(folder), window.root().with_extension("away"));
        std::fs::rename(&here, &away).unwrap();
        window.until("it is told", |state| state.problems.iter().any(|finding| finding.is_error()));
        window.settle();
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"), "{folder}");
        assert!(!is_whole(&window), "{folder}");
        std::fs::rename(&away, &here).unwrap();
        window.until("it is well", is_well);
        window.settle();
        assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"), "{folder}");
        assert!(is_whole(&window), "{folder}");
        assert!(window.shows("lamps, ready"));
    }
}

#[test]
fn the_selection_of_an_asset_that_is_deleted_goes_to_one_that_is_there() {
    let mut window = Window::on("lantern");
    window.click("drafts/sketch, not registered");
    std::fs::remove_dir_all(window.file("assets/drafts/sketch")).unwrap();
    window.until("it is gone", |state| {
        state.contents().is_some_and(|contents| contents.asset("drafts/sketch").is_none())
    });
    window.settle();
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/hero"));
    assert!(matches!(window.state().preview, Shown::Ready(_)));

    // None that could be selected is listed.
    window.click("title, excluded");
    window.type_into("Search assets", "title");
    slips::no_drafts(window.root());
    window
        .until("it is gone", |state| state.contents().is_some_and(|contents| contents.asset("drafts/title").is_none()));
    window.settle();
    assert!(window.state().selected().is_none() && window.shows("No asset matches."), "{}", window.outline());
    for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5] {
        window.press(Modifiers::COMMAND, key);
    }
    window.press(Modifiers::NONE, Key::F8);
    window.click("Show all");
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert!(matches!(window.state().preview, Shown::Ready(_)), "{}", window.outline());
}

#[test]
fn a_broken_registry_leaves_the_old_list_and_comes_first() {
    let mut window = looking();
    let path = window.file("assets/.prometeu/index.json");
    let well = std::fs::read(&path).unwrap();
    slips::halve(&path);
    window.until("it is told", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.settle();
    let first = &window.state().problems[0];
    assert_eq!(first.file.as_deref(), Some("assets/.prometeu/index.json"), "{first:?}");
    assert!(first.is_error() && window.shows("lamps, "));
    assert_eq!(window.state().contents().unwrap().assets().len(), 8);
    window.press(Modifiers::NONE, Key::F8);
    assert_eq!(window.state().problem, Some(0));
    assert_eq!(window.state().selected_root.as_deref(), Some("characters/lamps"));
    std::fs::write(&path, &well).unwrap();
    window.until("it is well", is_well);
    window.settle();
    assert!(matches!(window.state().preview, Shown::Ready(_)));
}

#[test]
fn a_project_that_vanishes_under_a_pack_is_not_made_again() {
    let fate = Fate::default();
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.until("the assets are listed", |state| state.contents().is_some());
    window.settle();
    fate.hold("packing");
    window.press_only(Modifiers::COMMAND, Key::P);
    fate.wait_for("packing", 1);
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    fate.let_go("packing");
    window.until("the pack ends", |state| !state.pack.is_running());
    window.settle();
    assert!(!here.exists(), "nothing is written where the project was");
    assert!(!matches!(&window.state().pack, Packing::Done { report, .. } if report.pack.is_some()));
    assert!(window.shows("as it was") && window.shows("lamps, ready"), "{}", window.outline());
    std::fs::rename(&away, &here).unwrap();
    window.until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.settle();
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(&state.pack, Packing::Done { report, .. } if report.pack.is_some()));
}

#[test]
fn a_project_that_vanishes_under_a_preview_leaves_no_preview_that_waits() {
    let fate = Fate::default();
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.until("the assets are listed", |state| state.contents().is_some());
    window.settle();
    let before = fate.begun("making the preview");
    fate.hold("making the preview");
    window.press_only(Modifiers::NONE, Key::ArrowDown);
    fate.wait_for("making the preview", before + 1);
    let (here, away) = (window.root().to_owned(), window.root().with_extension("away"));
    std::fs::rename(&here, &away).unwrap();
    window.until("it is gone", |state| state.opened.as_ref().is_some_and(|opened| opened.is_gone));
    fate.let_go("making the preview");
    window.settle();
    assert!(!matches!(window.state().preview, Shown::Loading | Shown::Nothing));
    // What nobody has seen yet cannot be seen now, and that is said.
    window.click("font, ready");
    let Shown::Failed(findings) = &window.state().preview else { panic!("{}", window.outline()) };
    assert!(!findings.is_empty());
    assert!(window.shows("When it is back, the asset is shown here."), "{}", window.outline());
    std::fs::rename(&away, &here).unwrap();
    window.until("it is back", |state| state.opened.as_ref().is_some_and(|opened| !opened.is_gone));
    window.settle();
    assert!(matches!(window.state().preview, Shown::Ready(_)));
}

#[test]
fn what_a_pack_writes_is_not_taken_for_a_change() {
    let fate = Fate::default();
    let mut window = Window::fated("lantern", &fate, |_| {});
    window.until("the assets are listed", |state| state.contents().is_some());
    window.settle();
    let begun = || ["looking at the project", "making the preview", "making thumbnails"].map(|job| fate.begun(job));
    let before = begun();
    window.press(Modifiers::COMMAND, Key::P);
    window.until("it is packed", |state| matches!(state.pack, Packing::Done { .. }));
    window.settle();
    window.leave_alone();
    let [listed, previewed, imaged] = before;
    assert_eq!(begun(), [listed + 1, previewed, imaged], "it is listed once, for what changed since the pack");
    std::fs::copy(demo("lantern").join(slips::LAMPKIN), window.file(slips::LAMPKIN)).unwrap();
    window.until("a change is seen", |_| begun()[1] > previewed);
}

#[test]
fn the_list_keeps_its_place_when_files_change() {
    let mut window = Window::on("lantern");
    window.resize(egui::vec2(1280.0, 480.0));
    window.press(Modifiers::NONE, Key::End);
    assert_eq!(window.state().selected_root.as_deref(), Some("drafts/sketch"));
    window.point_at(window.place_of_role(Role::SearchInput, "Search").center() + egui::vec2(0.0, 120.0));
    window.wheel(100);
    window.point_away();
    let seen = window.items_of("assets");
    assert!(seen[0].starts_with("hero, "), "{seen:?}");

    slips::odd_pixel(window.root(), 5, 6);
    window.until("it is told", is_told);
    window.settle();
    let now = window.items_of("assets");
    assert_eq!((now.len(), &now[0]), (seen.len(), &seen[0]), "{now:?}");

    // An asset above the selected one goes: all below it move up, and the list stays where it is.
    std::fs::copy(demo("lantern").join(slips::LAMPKIN), window.file(slips::LAMPKIN)).unwrap();
    window.until("it is well", is_well);
    let path = window.file("assets/.prometeu/index.json");
    let mut registry: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let assets = registry["assets"].as_array_mut().unwrap();
    assets.retain(|asset| asset["root"] != "sound/effects");
    std::fs::write(&path, serde_json::to_string_pretty(&registry).unwrap()).unwrap();
    window.until("it is told", |state| {
        state.problems.iter().any(|finding| {
            finding.code.as_str() == "unregistered-root"
                && finding.asset.as_ref().is_some_and(|asset| asset.root == "sound/effects")
        })
    });
    window.settle();
    assert_eq!(window.state().selected_root.as_deref(), Some("drafts/sketch"));
    assert_eq!(window.items_of("assets")[0], seen[0], "{:?}", window.items_of("assets"));
}

#[test]
fn a_lens_that_is_possible_no_more_gives_way_and_comes_back() {
    let mut window = looking();
    window.press(Modifiers::COMMAND, Key::Num3);
    let path = window.file("assets/characters/lamps/asset.json");
    let well = std::fs::read(&path).unwrap();
    slips::halve(&path);
    window.until("it is told", |state| state.problems.iter().any(|finding| finding.is_error()));
    window.settle();
    assert_eq!(window.state().lens(), Lens::Console);
    std::fs::write(&path, &well).unwrap();
    window.until("it is well", is_well);
    window.settle();
    assert_eq!(window.state().lens(), Lens::Tile);
}
