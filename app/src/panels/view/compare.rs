//! A source file beside its result, with the same pixels in the same places: the source as its author drew it, the
//! result as the console shows it.

use std::ops::Range;

use egui::{Align, Frame, Layout, Margin, Painter, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui};
use egui::{WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::Pixel;
use packer_services::formats::Rgb;
use packer_services::preview::{
    FailedTile, GlyphPreview, ImagePixels, PreviewTile, SampleState, SourcePreview, TileState, Waveform, seconds,
    tile_rect,
};

use super::super::{Action, Draw};
use super::shown_palette;
use crate::commands::Command;
use crate::state::{Playback, Sides, View};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{
    Canvas, ChoiceList, DrawnResult, Fit, TIME_AXIS, WaveformMarks, ZoomPan, accessibility, draw_hole, draw_pixel_mark,
    draw_scroll_bars, draw_selection, draw_time_axis, draw_waveform, draw_wrong_pixels, finding_list, floor_to_u32,
    shorten_middle,
};

/// The height of the line below the images, in points.
const STRIP: f32 = 40.0;
/// The height of the title above an image, in points.
const TITLE: f32 = 24.0;
/// From this height on, in points, there is room for the choice of sides.
const HIGH: f32 = 240.0;
/// The height of a waveform, in points.
const WAVEFORM: f32 = 96.0;
/// The width of a character of a file's name, in points.
const CHARACTER: f32 = 7.3;
/// The width of a file beside its name, in points.
const FILE: f32 = 28.0;

/// Draws it.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>) {
    show_files(ui, draw);
    if draw.state.compares_image() && ui.available_height() >= HIGH {
        show_sides(ui, draw);
    }
    let Some(source) = &draw.state.source else { return };
    let padded = || Frame::new().inner_margin(3.0 * STEP);
    match source.content.as_ref().map(|content| content.as_deref()) {
        None => {}
        Some(Err(findings)) => {
            drop(padded().show(ui, |ui| finding_list(ui, findings, draw.state.project_path())));
        }
        Some(Ok(SourcePreview::Image { pixels, description: words, .. })) => {
            let size = [pixels.width(), pixels.height()];
            let image = Image { size, pixels, format: words, file: &source.file };
            show_images(ui, draw, &image);
        }
        Some(Ok(SourcePreview::Sound { description: words, rate_hz, frames, waveform, pcm, looping, .. })) => {
            let scroll = ScrollArea::vertical().auto_shrink(false);
            scroll.show(ui, |ui| {
                padded().show(ui, |ui| {
                    let length = seconds(*frames, *rate_hz);
                    let looping = looping.map(|looping| looping.start..looping.end);
                    let loops = looping.as_ref().map_or("no loop".into(), |l| format!("loops {}–{}", l.start, l.end));
                    let facts = format!("{words}, {rate_hz} Hz, {frames} frames, {length:.2} s, {loops}");
                    show_title(ui, "Source", &facts);
                    let playing = draw.state.playing.as_ref().filter(|playing| playing.key == Playback::SOURCE);
                    if pcm.is_some() {
                        let text = if playing.is_some() { "Stop" } else { "Play" };
                        let button = ui.button(text);
                        accessibility::set_name(&button, &format!("{text} source"));
                        if button.clicked() {
                            draw.push(Action::PlaySource);
                        }
                    }
                    match waveform {
                        Some(waveform) => {
                            let (frames, problem) = (*frames, draw.view.frame);
                            let cursor = playing.map(|playing| playing.frame);
                            let marks = WaveformMarks { frames, looping, problem, cursor };
                            show_waveform(ui, "Waveform of the source", waveform, &marks, *rate_hz);
                        }
                        None => drop(ui.weak("The sound cannot be decoded.")),
                    }
                    ui.add_space(4.0 * STEP);
                    show_sound_result(ui, draw, &source.file);
                });
            });
        }
        Some(Ok(SourcePreview::Text { text, .. })) => {
            ScrollArea::both().auto_shrink(false).show(ui, |ui| ui.monospace(text));
        }
        Some(Ok(SourcePreview::Other { description: words })) => {
            padded().show(ui, |ui| ui.weak(format!("The file cannot be shown: {words}")));
        }
    }
}

/// Which sides are shown.
fn show_sides(ui: &mut Ui, draw: &mut Draw<'_>) {
    Frame::new().fill(Tokens::of(ui).surface).inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 4 }).show(
        ui,
        |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal_wrapped(|ui| {
                for side in Sides::ALL {
                    let button = ui.selectable_label(draw.view.sides == side, RichText::new(side.name()).small());
                    let command =
                        if side == Sides::Difference { Command::ToggleDifference } else { Command::FlipSides };
                    if button.on_hover_ui(|ui| drop(ui.label(command.entry().name_and_keys(ui.ctx())))).clicked() {
                        draw.view.sides = side;
                    }
                }
            });
        },
    );
}

/// The files of the asset, and which one is shown: all of them if they fit in a row, else a list.
fn show_files(ui: &mut Ui, draw: &mut Draw<'_>) {
    let files = draw.state.source_files();
    let shown = draw.state.source_file();
    let shorts: Vec<String> = files.iter().map(|file| shorten_middle(file, 32)).collect();
    let error = Tokens::of(ui).error;
    let text = |short: &str, is_broken: bool| {
        let text = RichText::new(short).small().monospace();
        if is_broken { text.color(error) } else { text }
    };
    let is_broken = |file: &str| draw.state.is_broken_file(file);
    let mut chosen = None;
    Frame::new().fill(Tokens::of(ui).surface).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let width: f32 = shorts.iter().map(|short| short.chars().count() as f32 * CHARACTER + FILE).sum();
        if width <= ui.available_width() {
            ui.horizontal(|ui| {
                for (file, short) in std::iter::zip(&files, &shorts) {
                    let is_broken = is_broken(file);
                    let chip = ui.selectable_label(Some(file) == shown.as_ref(), text(short, is_broken));
                    if is_broken {
                        accessibility::set_description(&chip, "cannot be converted");
                    }
                    if accessibility::full_text_on_hover(chip, short, file).clicked() {
                        chosen = Some(file.clone());
                    }
                }
            });
            return;
        }
        ui.horizontal(|ui| {
            let current = files.iter().position(|file| Some(file) == shown.as_ref()).unwrap_or(0);
            let mut step = |ui: &mut Ui, text: &str, name: &str, to: Option<usize>| {
                let to = to.and_then(|to| files.get(to));
                let button = ui.add_enabled(to.is_some(), egui::Button::new(text));
                accessibility::set_name(&button, name);
                if let (true, Some(file)) = (button.on_hover_text(name).clicked(), to) {
                    chosen = Some(file.clone());
                }
            };
            step(ui, "<", "Previous file", current.checked_sub(1));
            step(ui, ">", "Next file", current.checked_add(1));
            let place = format!("{} of {}", current + 1, files.len());
            let label = RichText::new(&place).small().color(Tokens::of(ui).weak);
            ui.label(label);
            let width = (ui.available_width() - 2.0 * STEP).max(60.0);
            let most = floor_to_u32((width - 34.0).max(0.0) / CHARACTER) as usize;
            let name = files.get(current).map(String::as_str).unwrap_or_default();
            let list = ChoiceList::new("File", name).width(width);
            list.shown(text(&shorten_middle(name, most), is_broken(name))).show(ui, |choices| {
                for file in &files {
                    let entry = choices.add_button(Some(file) == shown.as_ref(), true, text(file, is_broken(file)));
                    if is_broken(file) {
                        accessibility::set_description(&entry, "cannot be converted");
                    }
                    if entry.clicked() {
                        chosen = Some(file.clone());
                    }
                }
            });
        });
    });
    if let Some(file) = chosen {
        let view = &mut draw.view;
        (view.tile, view.pixel, view.image_pixel, view.sample) = (None, None, None, None);
        view.file = Some(file);
        view.source_zoom_pan = ZoomPan::default();
    }
}

struct Image<'a> {
    size: [u32; 2],
    pixels: &'a ImagePixels,
    /// The file format in words.
    format: &'a str,
    file: &'a str,
}

impl Image<'_> {
    fn color_at(&self, x: u32, y: u32) -> String {
        match self.pixels.pixel(x, y) {
            Some([_, _, _, 0]) => "transparent".to_owned(),
            Some([r, g, b, 0xFF]) => format!("#{r:02x}{g:02x}{b:02x}"),
            Some([r, g, b, a]) => format!("#{r:02x}{g:02x}{b:02x} with alpha {a}"),
            None => String::new(),
        }
    }
}

fn show_title(ui: &mut Ui, name: &str, facts: &str) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(name).small().strong());
        ui.label(RichText::new(facts).small().color(Tokens::of(ui).weak));
    });
}

/// The tiles of a file: the id of each, the tile, and the corner of its cell in the image.
fn tiles_of_file<'g>(glyph: &'g GlyphPreview, file: &'g str) -> impl Iterator<Item = (u32, &'g PreviewTile, Pixel)> {
    (0u32..).zip(&glyph.tiles).filter_map(move |(id, tile)| {
        let source = tile.source.as_ref()?;
        let corner = source.cell.filter(|_| source.file.to_string() == file)?.corner;
        Some((id, tile, corner))
    })
}

/// A part of the result as RGBA, laid out as the source image: each tile where its cell is.
fn result_rgba(
    glyph: &GlyphPreview,
    file: &str,
    palette: Option<u32>,
    columns: &Range<u32>,
    rows: &Range<u32>,
) -> Vec<u8> {
    let mut rgba = vec![0; columns.len() * rows.len() * 4];
    let side = glyph.metadata.tile_size.pixels();
    let common = |part: &Range<u32>, corner: u32| part.start.max(corner)..part.end.min(corner + side);
    for (id, tile, corner) in tiles_of_file(glyph, file) {
        let (xs, ys) = (common(columns, corner.x), common(rows, corner.y));
        let Some(rect) = tile_rect(glyph.metadata.tile_size, id).filter(|_| !xs.is_empty()) else { continue };
        let colors = glyph.payload.palette(palette.or(tile.palette).unwrap_or(0)).map(|stored| stored.to_rgb().0);
        for y in ys {
            for x in xs.clone() {
                let index = usize::from(glyph.payload.index(rect.x + x - corner.x, rect.y + y - corner.y));
                let offset = ((y - rows.start) as usize * columns.len() + (x - columns.start) as usize) * 4;
                if index > 0
                    && let Some(pixel) = rgba.get_mut(offset..offset + 4)
                {
                    pixel[..3].copy_from_slice(&colors[index]);
                    pixel[3] = 0xFF;
                }
            }
        }
    }
    rgba
}

/// A part of the source in gray. In color: what the console shows otherwise than the source rounded to its colors, and
/// what is in no tile.
fn difference_rgba(
    glyph: &GlyphPreview,
    image: &Image<'_>,
    palette: Option<u32>,
    columns: &Range<u32>,
    rows: &Range<u32>,
    tokens: Tokens,
) -> Vec<u8> {
    let mut rgba = image.pixels.rgba(columns.clone(), rows.clone());
    let result = result_rgba(glyph, image.file, palette, columns, rows);
    let side = glyph.metadata.tile_size.pixels();
    let mut is_in_tile = vec![false; columns.len() * rows.len()];
    for (.., corner) in tiles_of_file(glyph, image.file) {
        for y in rows.start.max(corner.y)..rows.end.min(corner.y + side) {
            for x in columns.start.max(corner.x)..columns.end.min(corner.x + side) {
                is_in_tile[(y - rows.start) as usize * columns.len() + (x - columns.start) as usize] = true;
            }
        }
    }
    let pixels = rgba.as_chunks_mut::<4>().0.iter_mut().zip(result.as_chunks::<4>().0).zip(is_in_tile);
    for ((pixel, shown), is_in_tile) in pixels {
        let [r, g, b, a] = *pixel;
        let rounded = Rgb([r, g, b]).to_565().to_rgb().0;
        let is_same = if a == 0 { shown[3] == 0 } else { shown[3] == 0xFF && shown[..3] == rounded };
        let color = match (is_in_tile, is_same) {
            (true, true) => {
                let gray = ((u32::from(r) * 3 + u32::from(g) * 6 + u32::from(b)) / 10 / 2 + 48).min(255);
                let gray = u8::try_from(gray).unwrap_or(0xFF);
                [gray, gray, gray, a]
            }
            (true, false) => tokens.error.to_array(),
            (false, _) => tokens.warning.gamma_multiply(0.5).to_srgba_unmultiplied(),
        };
        *pixel = color;
    }
    rgba
}

fn show_images(ui: &mut Ui, draw: &mut Draw<'_>, image: &Image<'_>) {
    let tokens = Tokens::of(ui);
    let room = ui.available_rect_before_wrap();
    let point = 1.0 / ui.pixels_per_point();
    let glyph = draw.state.glyph_bank();
    let all = Rect::from_min_size(room.min, vec2(room.width(), (room.height() - STRIP).max(2.0 * TITLE)));
    let halves = match draw.view.sides {
        Sides::Both => split_room(all, image.size, point),
        _ => [all; 2],
    };
    let shown: &[(Rect, Sides)] = match draw.view.sides {
        Sides::Both => &[(halves[0], Sides::Source), (halves[1], Sides::Result)],
        side => &[(all, side)],
    };
    let mut pointed = None;
    let mut canvas = None;
    for (half, side) in shown {
        let (drawn, pixel) = show_side(ui, draw, image, *half, *side);
        pointed = pointed.or(pixel);
        canvas = Some(drawn);
    }
    let line = Stroke::new(1.0, tokens.line);
    if halves[1] == halves[0] {
        // There is one side, and nothing between.
    } else if halves[1].min.x > halves[0].min.x {
        ui.painter().vline(halves[1].min.x - 0.5, all.y_range(), line);
    } else {
        ui.painter().hline(all.x_range(), halves[1].min.y - 0.5, line);
    }
    // The pixel under the pointer is framed on both sides.
    if let (Some((x, y)), Some(canvas)) = (pointed, canvas) {
        for half in halves {
            let pixel = canvas.square(x, y, 1).translate(half.min - halves[1].min);
            ui.painter_at(half).rect_stroke(pixel, 0, Stroke::new(1.0, tokens.accent), StrokeKind::Outside);
        }
    }
    ui.allocate_rect(all, Sense::hover());
    Frame::new().fill(tokens.surface).inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.set_min_size(vec2(ui.available_width(), STRIP - 3.0 * STEP));
        let marked = draw.view.image_pixel.map(|pixel| (pixel.x, pixel.y));
        let text = pointed.or(marked).map_or_else(
            || "Point at a pixel to compare it".to_owned(),
            |(x, y)| describe_pixel(glyph, image, &draw.view, x, y),
        );
        let label = egui::Label::new(RichText::new(&text).monospace().size(SMALL)).truncate();
        let response = ui.add(label.show_tooltip_when_elided(false));
        accessibility::announce_changes(&response);
        response.on_hover_ui(|ui| drop(ui.label(&text)));
    });
}

/// Draws one side. Returns where it was drawn, and the pixel under the pointer.
fn show_side(
    ui: &mut Ui,
    draw: &mut Draw<'_>,
    image: &Image<'_>,
    half: Rect,
    side: Sides,
) -> (Canvas, Option<(u32, u32)>) {
    let tokens = Tokens::of(ui);
    let glyph = draw.state.glyph_bank();
    let room = Rect::from_min_max(half.min + vec2(0.0, TITLE), half.max);
    let response = ui.interact(room, ui.scope_id().with(("side", side)), Sense::click_and_drag());
    let palette = draw.view.palette;
    let facts = match side {
        Sides::Result => "as the console shows it".to_owned(),
        Sides::Difference => "the console shows the red pixels otherwise; the yellow ones are in no tile".to_owned(),
        _ => format!("{} × {}, {}", image.size[0], image.size[1], image.format),
    };
    let name = side.name();
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, format!("{name} of {}, {facts}", image.file)));
    let line = Rect::from_min_size(half.min + vec2(12.0, 0.0), vec2(half.width() - 16.0, TITLE));
    ui.scope_builder(egui::UiBuilder::new().max_rect(line).layout(Layout::left_to_right(Align::Center)), |ui| {
        accessibility::hide_content(ui);
        ui.label(RichText::new(name).small().strong());
        ui.add(egui::Label::new(RichText::new(&facts).small().color(tokens.weak)).truncate());
    });
    let point = 1.0 / ui.pixels_per_point();
    let zoom_pan = draw.state.view.source_zoom_pan;
    let mut canvas = Canvas::new(room, point, image.size, image.size, draw.state.settings.fit, zoom_pan);
    canvas.selected = glyph.and_then(|glyph| {
        let (_, _, corner) = tiles_of_file(glyph, image.file).find(|(id, ..)| draw.view.tile == Some(*id))?;
        Some(canvas.square(corner.x, corner.y, glyph.metadata.tile_size.pixels()))
    });
    draw.textures.canvas = Some(canvas);
    let painter = ui.painter_at(room);
    draw.textures.draw_backdrop(ui, &painter, canvas.image);
    let is_difference = side == Sides::Difference;
    match glyph {
        _ if side == Sides::Source => draw.textures.draw_source(ui, &painter, &canvas, image.pixels),
        Some(glyph) => {
            let of = DrawnResult { palette, is_difference };
            draw.textures.draw_result(ui, &painter, &canvas, image.size, of, |columns, rows| match is_difference {
                true => difference_rgba(glyph, image, palette, &columns, &rows, tokens),
                false => result_rgba(glyph, image.file, palette, &columns, &rows),
            });
        }
        None => {}
    }
    draw_marks(&painter, &canvas, draw, image, side != Sides::Source, tokens);
    draw_scroll_bars(&painter, &canvas, tokens);
    let pointed = response.hover_pos().and_then(|position| canvas.pixel_at(position));
    if let Some(zoom_pan) = canvas.zoom_pan_input(ui, &response) {
        draw.view.source_zoom_pan = zoom_pan;
    }
    if response.clicked()
        && let (Some((x, y)), Some(glyph)) = (pointed, glyph)
        && let Some(id) = tile_at_pixel(glyph, image.file, x, y)
    {
        draw.view.select_tile(id);
    }
    (canvas, pointed)
}

/// Two equal parts of a room, side by side or one above the other, whichever shows an image larger.
fn split_room(room: Rect, image: [u32; 2], point: f32) -> [Rect; 2] {
    let [across, down] = [vec2(room.width() / 2.0, room.height()), vec2(room.width(), room.height() / 2.0)]
        .map(|size| vec2(size.x.floor(), size.y.floor()));
    let zoom = |size: egui::Vec2| {
        let half = Rect::from_min_size(room.min, (size - vec2(0.0, TITLE)).max(egui::Vec2::ZERO));
        Canvas::new(half, point, image, image, Fit::All, ZoomPan::default()).zoom
    };
    if zoom(down) > zoom(across) {
        [Rect::from_min_size(room.min, down), Rect::from_min_size(room.min + vec2(0.0, down.y), down)]
    } else {
        [Rect::from_min_size(room.min, across), Rect::from_min_size(room.min + vec2(across.x, 0.0), across)]
    }
}

/// The tile whose cell contains a pixel of an image.
fn tile_at_pixel(glyph: &GlyphPreview, file: &str, x: u32, y: u32) -> Option<u32> {
    let side = glyph.metadata.tile_size.pixels();
    let contains = |corner: Pixel| (corner.x..corner.x + side).contains(&x) && (corner.y..corner.y + side).contains(&y);
    tiles_of_file(glyph, file).find(|(_, _, corner)| contains(*corner)).map(|(id, ..)| id)
}

/// Marks holes, the selected tile and the pixel of a problem.
fn draw_marks(painter: &Painter, canvas: &Canvas, draw: &Draw<'_>, image: &Image<'_>, is_result: bool, tokens: Tokens) {
    if let Some(glyph) = draw.state.glyph_bank() {
        let side = glyph.metadata.tile_size.pixels();
        for (id, tile, corner) in tiles_of_file(glyph, image.file) {
            let rect = canvas.square(corner.x, corner.y, side);
            if !rect.intersects(canvas.room) {
                continue;
            }
            if is_result && matches!(tile.state, TileState::Hole { .. }) {
                draw_hole(painter, rect, tokens);
            }
            if draw.view.tile == Some(id) {
                draw_selection(painter, rect, tokens);
            }
        }
    }
    if let Some(glyph) = draw.state.glyph_bank().filter(|_| !is_result) {
        let corner = |failed: &FailedTile| {
            let source = glyph.tiles.get(failed.id as usize)?.source.as_ref()?;
            let corner = source.cell.filter(|_| source.file.as_str() == image.file)?.corner;
            Some([corner.x, corner.y])
        };
        draw_wrong_pixels(painter, canvas, glyph, draw.state.selected_cause(), corner, tokens);
    }
    if let Some(pixel) = draw.view.image_pixel.filter(|_| !is_result) {
        draw_pixel_mark(painter, canvas.square(pixel.x, pixel.y, 1), tokens);
    }
}

/// Describes a pixel of the image, and its result.
fn describe_pixel(glyph: Option<&GlyphPreview>, image: &Image<'_>, view: &View, x: u32, y: u32) -> String {
    let pixel = format!("({x}, {y}) {}", image.color_at(x, y));
    let Some(glyph) = glyph else { return format!("{pixel} has no result") };
    let Some(id) = tile_at_pixel(glyph, image.file, x, y) else { return format!("{pixel} is not in any tile") };
    let tile = &glyph.tiles[id as usize];
    if matches!(tile.state, TileState::Hole { .. }) {
        return format!("{pixel} is in tile {id}, which cannot be converted");
    }
    let cell = tile.source.as_ref().and_then(|source| source.cell);
    let (Some(rect), Some(cell)) = (tile_rect(glyph.metadata.tile_size, id), cell) else { return pixel };
    let index = glyph.payload.index(rect.x + x - cell.corner.x, rect.y + y - cell.corner.y);
    let palette = shown_palette(view, glyph, Some(id));
    let color = match index {
        0 => "transparent".to_owned(),
        _ => format!("{} in palette {palette}", glyph.payload.palette(palette)[usize::from(index)].to_rgb()),
    };
    format!("{pixel} becomes tile {id}, index {index}: {color}")
}

/// A waveform above its times.
fn show_waveform(ui: &mut Ui, name: &str, waveform: &Waveform, marks: &WaveformMarks, rate_hz: u32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), WAVEFORM), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    draw_waveform(ui, rect, waveform, marks);
    let (axis, _) = ui.allocate_exact_size(vec2(rect.width(), TIME_AXIS), Sense::hover());
    draw_time_axis(ui, axis, marks.frames, rate_hz);
}

/// The sample that was converted from a file.
fn show_sound_result(ui: &mut Ui, draw: &mut Draw<'_>, file: &str) {
    let Some(sample) = draw.state.sample_of_file(file) else { return };
    match &sample.state {
        SampleState::Playable(playable) => {
            let metadata = &playable.metadata;
            let length = playable.seconds();
            let looping = metadata.looping.as_ref().map(|looping| looping.start..looping.end);
            let loops = looping.as_ref().map_or("no loop".into(), |l| format!("loops {}–{}", l.start, l.end));
            let (rate_hz, frames) = (metadata.sample_rate_hz, metadata.frames);
            let facts = format!("16 bit, mono, {rate_hz} Hz, {frames} frames, {length:.2} s, {loops}");
            show_title(ui, &format!("Result: sample {}", sample.index), &facts);
            let key = sample.index.to_string();
            let playing = draw.state.playing.as_ref().filter(|playing| playing.key == key);
            let text = if playing.is_some() { "Stop" } else { "Play" };
            let button = ui.button(text);
            accessibility::set_name(&button, &format!("{text} result"));
            if button.clicked() {
                draw.view.select_sample(sample.index);
                draw.run(Command::Play);
            }
            let columns = floor_to_u32(ui.available_width()).max(1) as usize;
            let waveform = draw.textures.waveform(sample.index, playable, columns);
            let cursor = playing.map(|playing| playing.frame);
            let marks = WaveformMarks { frames, looping, problem: None, cursor };
            show_waveform(ui, "Waveform of the result", &waveform, &marks, rate_hz);
        }
        SampleState::OverLimit(_) => drop(ui.weak("The sample is too long to be shown here.")),
        SampleState::Hole { .. } => drop(ui.weak("No result: see the error.")),
    }
}
