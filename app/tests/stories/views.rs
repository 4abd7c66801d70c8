//! The views of a tile bank: the sheet, its palettes and its tiles.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use workbench::state::{Backdrop, Panel, Settings, ViewKind};
use workbench::widgets::{Canvas, ZOOM_LEVELS, ZoomPan, drawn_size, place_sheet};

use crate::window::Window;

fn canvas(window: &Window) -> Canvas {
    let (state, room) = (window.state(), window.place_of_role(Role::Canvas, "Sheet"));
    let zoom_pan = ZoomPan { zoom: state.settings.zoom, pan: state.view.pan };
    place_sheet(room, 1.0, state.glyph_bank().unwrap(), state.settings.fit, zoom_pan)
}

fn pixel(window: &Window, x: u32, y: u32) -> Pos2 {
    canvas(window).square(x, y, 1).center()
}

#[test]
fn a_color_under_the_pointer_flashes() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    let swatch = window.place_of_role(Role::Image, "Color 1 #181021").center();
    window.point_at(swatch);
    assert_eq!(window.state().view.flashing, Some((0, 1)));
    assert!(window.repaint_delay().is_some(), "it flashes");
    window.point_at(window.place_of_role(Role::Image, "Color 0").center());
    assert_eq!(window.state().view.flashing, None, "the transparent color does not flash");
    window.point_at(swatch);
    window.remove_pointer();
    assert_eq!(window.state().view.flashing, None);
    assert!(window.stays_idle());
}

#[test]
fn tiles_are_played_as_frames() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    window.press(Modifiers::NONE, Key::F6);
    assert_eq!(window.focused(), Some((Role::Group, "Tile preview".into())));
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::ArrowLeft] {
        window.press(Modifiers::NONE, key);
    }
    assert_eq!(window.state().view.tile, Some(16));
    assert!(window.shows("Tile 16, repeated three by three") && window.shows("Frame 1, tile 16"));
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.state().view.is_animated && window.repaint_delay().is_some());
    window.press(Modifiers::NONE, Key::Space);
    assert!(!window.state().view.is_animated);
    assert!(window.stays_idle(), "a stopped animation is not redrawn");
}

#[test]
fn repeated_tiles_name_the_first() {
    let mut window = Window::open_demo("lantern");
    window.click("font, ready");
    assert_eq!(window.state().tile_repeats().map(|it| (it.repeats.len(), it.blank.len())), Some((5, 1)));
    assert!(window.shows("5, and 1 blank"));
    let tile_98 = pixel(&window, 2 * 8 + 4, 3 * 8 + 4);
    window.click_at(tile_98);
    assert!(window.shows("tile 96, flip X"));
    window.click("hero, ready");
    assert!(window.state().tile_repeats().is_some_and(|it| it.repeats.is_empty()) && !window.shows("Repeated"));
}

#[test]
fn frames_stop_at_the_files_end() {
    let mut window = Window::open_demo("lantern");
    window.click("terrain, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    let glyph = window.state().glyph_bank().unwrap();
    let ends: Vec<u32> = glyph.artifacts.iter().map(|artifact| artifact.index + artifact.count).collect();
    assert!(!ends.is_empty());
    let last = ends[0] - 1;
    window.type_into("Tile", &last.to_string());
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().view.tile, Some(last));
    assert!(window.shows(&format!("Frame 1 of 1, tile {last}")), "{}", window.outline());
    assert!(!window.shows(&format!("tile {}", last + 1)), "no frame of another file");
    assert_eq!(window.state().view.frame_count, 4, "what the user chose is kept for other tiles");
    // A click on the small sheet selects a tile.
    let sheet = window.place_of_role(Role::Image, "All tiles");
    window.click_at(sheet.min + egui::vec2(2.0, 2.0));
    assert_eq!(window.state().view.tile, Some(0));
    assert!(window.shows("Frame 1 of 4, tile 0"));
}

#[test]
fn a_palette_card_shows_its_own_tiles() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num4);
    let glyph = window.state().glyph_bank().unwrap();
    for palette in 0..2u32 {
        let name = format!("Tiles in palette {palette}: ");
        let names = window.names_of(Role::Image);
        let named = names.iter().find_map(|other| other.strip_prefix(&name)).unwrap();
        let first: u32 = named.split([',', ' ']).next().unwrap().parse().unwrap();
        assert_eq!(glyph.tiles[first as usize].palette, Some(palette), "{named}");
    }
}

#[test]
fn an_animation_stops_when_hidden() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::Num3);
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.state().view.is_animated);
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.stays_idle());
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num3);
    assert!(!window.state().view.is_animated, "another asset starts without animation");
}

#[test]
fn a_palette_card_shows_the_sheet() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    window.press(Modifiers::COMMAND, Key::Num4);
    assert!(window.shows("Palette 0 flame") && window.shows("Palette 1 shade"));
    window.click("Show the sheet in palette 1");
    assert_eq!((window.state().view_kind(), window.state().view.palette), (ViewKind::Console, Some(1)));
    assert_eq!(window.value_of("Palette"), "Palette 1 shade");
}

#[test]
fn the_wheel_zooms_at_the_pointer() {
    let mut window = Window::open_demo("lantern");
    let fitted = canvas(&window).zoom;
    let at = pixel(&window, 40, 9);
    window.point_at(at);
    let under = |window: &Window| window.texts().into_iter().find(|text| text.starts_with("pixel (8, 9):"));
    let before = under(&window).expect("the pixel under the pointer is described");
    window.wheel(3);
    let larger = window.state().settings.zoom.unwrap();
    assert_eq!(larger, ZOOM_LEVELS[ZOOM_LEVELS.iter().position(|zoom| *zoom == fitted).unwrap() + 3]);
    assert_eq!(under(&window), Some(before.clone()), "it stays under the pointer");
    window.wheel(-2);
    assert_eq!(under(&window), Some(before));
    window.wheel(-20);
    assert_eq!(window.state().settings.zoom, Some(ZOOM_LEVELS[0]), "the smallest zoom");
    window.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.state().settings.zoom, None);
    assert_eq!(canvas(&window).zoom, fitted);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::Minus);
    assert!(window.state().settings.zoom.unwrap() > fitted);
}

#[test]
fn parts_of_a_notch_add_up() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::Num1);
    let fitted = canvas(&window).zoom;
    window.point_at(pixel(&window, 40, 9));
    let step = |steps: usize| ZOOM_LEVELS[ZOOM_LEVELS.iter().position(|zoom| *zoom == fitted).unwrap() + steps];
    for quarter in 1..=8usize {
        window.turn_wheel(0.25);
        let zoom = window.state().settings.zoom.unwrap_or(fitted);
        assert_eq!(zoom, step(quarter / 4), "after {quarter} quarters of a notch");
    }
}

#[test]
fn zoom_commands_keep_the_art_in_sight() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    let drawn = |window: &Window| {
        let canvas = canvas(window);
        let [right, bottom] = drawn_size(window.state().glyph_bank().unwrap());
        (canvas.square(0, 0, 1).union(canvas.square(right - 1, bottom - 1, 1)), canvas.room)
    };
    for _ in 0..14 {
        window.press(Modifiers::COMMAND, Key::Plus);
        let (drawn, room) = drawn(&window);
        let visible = drawn.intersect(room);
        assert!(visible.is_positive() && drawn.contains(room.center().clamp(visible.min, visible.max)));
        assert!(visible.area() >= room.area().min(drawn.area()) / 4.0, "{visible:?} of {drawn:?} in {room:?}");
    }
    window.press(Modifiers::COMMAND, Key::Num0);
    window.click_at(pixel(&window, 20, 4));
    let tile = window.state().view.tile.unwrap();
    for _ in 0..14 {
        window.press(Modifiers::COMMAND, Key::Plus);
        let canvas = canvas(&window);
        let side = window.state().glyph_bank().unwrap().metadata.tile_size;
        let rect = packer_services::preview::tile_rect(side, tile).unwrap();
        let place = canvas.square(rect.x, rect.y, rect.side);
        assert!(
            canvas.room.expand(1.0).contains_rect(place) || place.size().max_elem() > canvas.room.size().min_elem()
        );
        assert!(canvas.room.intersects(place), "{place:?} at {}x", canvas.zoom);
    }
}

#[test]
fn a_sheet_can_fit_by_width() {
    let mut window = Window::open_demo("lantern");
    window.resize(egui::vec2(1280.0, 800.0));
    // The drawn part of the terrain is as high as it is wide, or higher.
    window.click("terrain, ready");
    window.wait_until_idle();
    let all = canvas(&window);
    window.press(Modifiers::COMMAND, Key::Num9);
    let wide = canvas(&window);
    assert!(wide.zoom >= all.zoom && wide.image.width() <= wide.room.width(), "{} and {}", all.zoom, wide.zoom);
    window.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(canvas(&window).zoom, all.zoom);
    window.press(Modifiers::COMMAND, Key::J);
    assert!(canvas(&window).room.height() > all.room.height() + 100.0, "without the lower panel there is more room");
}

#[test]
fn the_chosen_view_is_kept() {
    let mut window = Window::open_demo("lantern");
    for (key, kind) in [(Key::Num4, ViewKind::Palettes), (Key::Num2, ViewKind::Compare), (Key::Num3, ViewKind::Tile)] {
        window.press(Modifiers::COMMAND, key);
        for asset in ["lamps, ready", "terrain, ready", "effects, ready", "hero, ready"] {
            window.click(asset);
            let expected = if window.state().available_views().contains(&kind) { kind } else { ViewKind::Console };
            assert_eq!(window.state().view_kind(), expected, "{asset}");
        }
        assert_eq!(window.state().view_kind(), kind, "also after a bank that does not have it");
    }
    // A problem leads to another view, but does not choose it.
    window.press(Modifiers::COMMAND, Key::Num4);
    while window.state().view_kind() != ViewKind::AssetJson {
        window.press(Modifiers::NONE, Key::F8);
    }
    window.click("lamps, ready");
    assert_eq!(window.state().view_kind(), ViewKind::Palettes);
}

#[test]
fn colors_stay_under_the_pointer() {
    let mut window = Window::open_demo("lantern");
    window.click("lamps, ready");
    let glyph = window.state().glyph_bank().unwrap();
    let size = glyph.metadata.tile_size;
    let of_palette = |palette| {
        let id = glyph.tiles.iter().position(|tile| tile.palette == Some(palette)).unwrap();
        packer_services::preview::tile_rect(size, u32::try_from(id).unwrap()).unwrap()
    };
    let (selected, pointed) = (of_palette(0), of_palette(1));
    window.click_at(pixel(&window, selected.x + 1, selected.y + 1));
    window.point_at(pixel(&window, pointed.x + 1, pointed.y + 1));
    assert!(window.shows("Palette 1"), "the colors below the sheet name their palette");
    let swatch = window.place_of_role(Role::Image, "Color 1 #181021").center();
    window.point_at(swatch);
    assert_eq!(window.state().view.flashing.map(|(palette, _)| palette), Some(1));
    window.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(window.state().view.pointed_palette, None, "another selection shows its own colors");
}

#[test]
fn zoom_and_grid_survive_a_restart() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::Plus);
    window.press(Modifiers::COMMAND, Key::G);
    window.press(Modifiers::COMMAND, Key::I);
    let settings = window.state().settings.clone();
    assert!(settings.zoom.is_some() && !settings.grid && settings.ids);
    window.click("lamps, ready");
    assert_eq!(window.state().settings, settings);
    let kept = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&kept).unwrap(), settings);
    // The settings of an older version have fewer fields.
    let older: Settings = serde_json::from_str(r#"{ "recent": ["/games/lantern"] }"#).unwrap();
    assert_eq!(older, Settings { recent: vec!["/games/lantern".into()], ..Settings::default() });
}

#[test]
fn dragging_moves_and_clicking_selects() {
    let mut window = Window::open_demo("lantern");
    window.click_at(pixel(&window, 40, 9));
    assert_eq!(window.state().view.tile, Some(1), "tiles of 32 pixels");
    let from = pixel(&window, 100, 20);
    window.drag(from, from + egui::vec2(50.0, -30.0));
    assert_eq!(window.state().view.pan, egui::vec2(50.0, -30.0));
    assert_eq!(window.state().view.tile, Some(1), "a drag does not select");
}

#[test]
fn panels_hide_with_one_key() {
    let mut window = Window::open_demo("lantern");
    let shown = |window: &Window| Panel::ALL.map(|panel| window.state().settings.shows(panel));
    window.press(Modifiers::NONE, Key::F9);
    assert_eq!(shown(&window), [false, true, false, false]);
    window.press(Modifiers::NONE, Key::F9);
    assert_eq!(shown(&window), [true; 4]);
    // With one of them hidden, the rest is hidden first.
    window.press(Modifiers::COMMAND, Key::J);
    window.press(Modifiers::NONE, Key::F9);
    assert_eq!(shown(&window), [false, true, false, false]);
}

#[test]
fn backdrop_is_chosen_and_kept() {
    let mut window = Window::open_demo("lantern");
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("magenta");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_until_idle();
    assert_eq!(window.state().settings.backdrop, Backdrop::Magenta);
    let magenta = egui::Color32::from_rgb(0xFF, 0, 0xFF);
    let is_filled = |shape: &egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Rect(rect) => rect.fill == magenta && rect.rect.width() > 100.0,
        _ => false,
    };
    assert!(window.shapes().iter().any(is_filled), "the sheet is drawn on it");
}
