//! A source file, and beside it what became of it, in the same places: the one as its author drew it, the other as the console
//! shows it.

use egui::{Align, Color32, Frame, Layout, Margin, Painter, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui};
use egui::{WidgetInfo, accesskit::Role, vec2};
use packer_services::diagnostics::Pixel;
use packer_services::preview::{GlyphPreview, PreviewTile, SampleState, SourcePreview, TileState, seconds, tile_rect};

use super::palette_of;
use crate::state::{State, View};
use crate::theme::{SMALL, STEP, Tokens};
use crate::widgets::{
    Canvas, Look, Marks, Textures, heard, sheet, textures::ALL_OF_IT, told, wave, whole, without_middle,
};

/// The height of the line below the images.
const STRIP: f32 = 40.0;
/// The height of what stands over an image.
const TITLE: f32 = 24.0;
/// The height of a waveform.
const WAVE: f32 = 96.0;

/// Draws it.
pub fn show(ui: &mut Ui, state: &State, view: &mut View, textures: &mut Textures) {
    files(ui, state, view);
    let Some(source) = &state.source else { return };
    match &source.shown {
        None => {}
        Some(Err(findings)) => {
            drop(Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| told(ui, findings)));
        }
        Some(Ok(SourcePreview::Image { width, height, rgba, words })) => {
            let image = Image { size: [*width, *height], rgba, words, file: &source.file };
            beside(ui, state, &image, view, textures);
        }
        Some(Ok(SourcePreview::Sound { words, rate_hz, frames, waveform, .. })) => {
            Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| {
                heading(
                    ui,
                    "Source",
                    &format!("{words}, {rate_hz} Hz, {frames} frames, {:.2} s", seconds(*frames, *rate_hz)),
                );
                let room = vec2(ui.available_width(), WAVE);
                match waveform {
                    Some(waveform) => {
                        let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
                        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Waveform of the source"));
                        let marks = Marks { frames: *frames, problem: view.frame, ..Marks::default() };
                        wave(ui, rect, waveform, &marks);
                    }
                    None => drop(ui.weak("It cannot be decoded.")),
                }
                ui.add_space(4.0 * STEP);
                result_of_sound(ui, state, &source.file, textures);
            });
        }
        Some(Ok(SourcePreview::Text { text, .. })) => {
            ScrollArea::both().auto_shrink(false).show(ui, |ui| ui.monospace(text));
        }
        Some(Ok(SourcePreview::Other { words })) => {
            Frame::new()
                .inner_margin(3.0 * STEP)
                .show(ui, |ui| ui.weak(format!("Nothing of it can be shown: {words}")));
        }
    }
}

/// The files that the asset is made of: which one is shown.
fn files(ui: &mut Ui, state: &State, view: &mut View) {
    let files = state.source_files();
    let shown = state.source_file();
    Frame::new().fill(Tokens::of(ui).surface).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal(|ui| {
                for file in &files {
                    let is_shown = Some(file) == shown.as_ref();
                    let name = without_middle(file, 32);
                    let chip = ui.selectable_label(is_shown, RichText::new(&name).small().monospace());
                    if heard::whole_on_hover(chip, &name, file).clicked() {
                        (view.file, view.tile, view.pixel, view.in_image) = (Some(file.clone()), None, None, None);
                        view.sample = None;
                        view.source_look = Look::default();
                    }
                }
            });
        });
    });
}

struct Image<'a> {
    size: [u32; 2],
    rgba: &'a [u8],
    words: &'a str,
    file: &'a str,
}

impl Image<'_> {
    fn color(&self, x: u32, y: u32) -> String {
        let at = (y as usize * self.size[0] as usize + x as usize) * 4;
        match self.rgba.get(at..at + 4) {
            Some([_, _, _, 0]) => "transparent".to_owned(),
            Some([r, g, b, 0xFF]) => format!("#{r:02x}{g:02x}{b:02x}"),
            Some([r, g, b, a]) => format!("#{r:02x}{g:02x}{b:02x} with alpha {a}"),
            _ => String::new(),
        }
    }
}

fn heading(ui: &mut Ui, name: &str, words: &str) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).small().strong());
        ui.label(RichText::new(words).small().color(Tokens::of(ui).weak));
    });
}

/// The tiles of a file: their ids, with what is known of them.
fn tiles_of<'g>(glyph: &'g GlyphPreview, file: &'g str) -> impl Iterator<Item = (u32, &'g PreviewTile, Pixel)> {
    (0u32..).zip(&glyph.tiles).filter_map(move |(id, tile)| {
        let source = tile.source.as_ref()?;
        let corner = source.cell.filter(|_| source.file.to_string() == file)?.corner;
        Some((id, tile, corner))
    })
}

/// What became of an image, laid out as the image is: its tiles where their cells are.
fn result(glyph: &GlyphPreview, image: &Image<'_>, palette: Option<u32>) -> Vec<u8> {
    let [width, height] = image.size.map(|side| side as usize);
    let mut rgba = vec![0; width * height * 4];
    for (id, tile, corner) in tiles_of(glyph, image.file) {
        let colors = glyph.payload.palette(palette.or(tile.palette).unwrap_or(0)).map(|stored| stored.to_rgb().0);
        let Some(rect) = tile_rect(glyph.metadata.tile_size, id) else { continue };
        for y in 0..rect.side {
            for x in 0..rect.side {
                let index = usize::from(glyph.payload.index(rect.x + x, rect.y + y));
                let at = ((corner.y + y) as usize * width + (corner.x + x) as usize) * 4;
                if index > 0
                    && corner.x + x < image.size[0]
                    && let Some(pixel) = rgba.get_mut(at..at + 4)
                {
                    pixel[..3].copy_from_slice(&colors[index]);
                    pixel[3] = 0xFF;
                }
            }
        }
    }
    rgba
}

fn beside(ui: &mut Ui, state: &State, image: &Image<'_>, view: &mut View, textures: &mut Textures) {
    let tokens = Tokens::of(ui);
    let most = ui.input(|input| input.max_texture_side);
    if image.size.iter().any(|side| *side as usize > most) {
        let [width, height] = image.size;
        Frame::new().inner_margin(3.0 * STEP).show(ui, |ui| {
            ui.label(format!("{width} × {height}, {}", image.words));
            ui.weak(format!("It cannot be shown: this screen takes textures of at most {most} pixels a side."));
        });
        return;
    }
    let room = ui.available_rect_before_wrap();
    let point = 1.0 / ui.pixels_per_point();
    let glyph = state.sheet();
    let all = Rect::from_min_size(room.min, vec2(room.width(), (room.height() - STRIP).max(80.0)));
    let halves = halves(all, image.size, point);
    let mut under = None;
    let mut seen = None;
    for (n, half) in halves.into_iter().enumerate() {
        let stage = Rect::from_min_max(half.min + vec2(0.0, TITLE), half.max);
        let response = ui.interact(stage, ui.scope_id().with(("beside", n)), Sense::click_and_drag());
        let (name, words) = match n {
            0 => ("Source", format!("{} × {}, {}", image.size[0], image.size[1], image.words)),
            _ => ("Result", "as the console shows it".to_owned()),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, format!("{name} of {}, {words}", image.file)));
        let line = Rect::from_min_size(half.min + vec2(12.0, 0.0), vec2(half.width() - 16.0, TITLE));
        ui.scope_builder(egui::UiBuilder::new().max_rect(line).layout(Layout::left_to_right(Align::Center)), |ui| {
            heard::hide(ui);
            ui.label(RichText::new(name).small().strong());
            ui.add(egui::Label::new(RichText::new(&words).small().color(tokens.weak)).truncate());
        });
        let canvas = Canvas::new(stage, point, image.size, image.size, state.view.source_look);
        textures.canvas = Some(canvas);
        let painter = ui.painter_at(stage);
        textures.checker(ui, &painter, canvas.image);
        let texture = match (n, glyph) {
            (0, _) => Some(textures.source(ui, image.size, image.rgba)),
            (_, Some(glyph)) => {
                Some(textures.result(ui, image.size, view.palette, || result(glyph, image, view.palette)))
            }
            _ => None,
        };
        if let Some(texture) = texture {
            painter.image(texture.id(), canvas.image, ALL_OF_IT, Color32::WHITE);
        }
        marks(&painter, &canvas, glyph, image, view, n == 1, tokens);
        if let Some(pixel) = response.hover_pos().and_then(|at| canvas.pixel_at(at)) {
            under = Some(pixel);
        }
        if let Some(look) = canvas.touched(ui, &response) {
            view.source_look = look;
        }
        if response.clicked()
            && let (Some((x, y)), Some(glyph)) = (under, glyph)
            && let Some(id) = tile_at(glyph, image.file, x, y)
        {
            (view.tile, view.pixel, view.in_image) = (Some(id), None, None);
        }
        seen = Some(canvas);
    }
    let line = Stroke::new(1.0, tokens.line);
    if halves[1].min.x > halves[0].min.x {
        ui.painter().vline(halves[1].min.x - 0.5, all.y_range(), line);
    } else {
        ui.painter().hline(all.x_range(), halves[1].min.y - 0.5, line);
    }
    // The pixel under the pointer is shown in the other half too.
    if let (Some((x, y)), Some(canvas)) = (under, seen) {
        for half in halves {
            let pixel = canvas.square(x, y, 1).translate(half.min - halves[1].min);
            ui.painter_at(half).rect_stroke(pixel, 0, Stroke::new(1.0, tokens.accent), StrokeKind::Outside);
        }
    }
    ui.allocate_rect(all, Sense::hover());
    Frame::new().fill(tokens.surface).inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.set_min_size(vec2(ui.available_width(), STRIP - 3.0 * STEP));
        let marked = view.in_image.map(|pixel| (pixel.x, pixel.y));
        let text = under
            .or(marked)
            .map_or_else(|| "Point at a pixel to compare it".to_owned(), |(x, y)| words(glyph, image, view, x, y));
        let label = egui::Label::new(RichText::new(&text).monospace().size(SMALL)).truncate();
        let response = ui.add(label.show_tooltip_when_elided(false));
        heard::aloud(&response);
        response.on_hover_ui(|ui| drop(ui.label(&text)));
    });
}

/// Two equal parts of a room, side by side or one above the other: as it shows an image larger.
fn halves(room: Rect, image: [u32; 2], point: f32) -> [Rect; 2] {
    let [across, down] = [vec2(room.width() / 2.0, room.height()), vec2(room.width(), room.height() / 2.0)]
        .map(|size| vec2(size.x.floor(), size.y.floor()));
    let zoom = |size: egui::Vec2| {
        let stage = Rect::from_min_size(room.min, (size - vec2(0.0, TITLE)).max(egui::Vec2::ZERO));
        Canvas::new(stage, point, image, image, Look::default()).zoom
    };
    if zoom(down) > zoom(across) {
        [Rect::from_min_size(room.min, down), Rect::from_min_size(room.min + vec2(0.0, down.y), down)]
    } else {
        [Rect::from_min_size(room.min, across), Rect::from_min_size(room.min + vec2(across.x, 0.0), across)]
    }
}

/// The tile whose cell has a pixel of an image.
fn tile_at(glyph: &GlyphPreview, file: &str, x: u32, y: u32) -> Option<u32> {
    let side = glyph.metadata.tile_size.pixels();
    let holds = |corner: Pixel| (corner.x..corner.x + side).contains(&x) && (corner.y..corner.y + side).contains(&y);
    tiles_of(glyph, file).find(|(_, _, corner)| holds(*corner)).map(|(id, ..)| id)
}

fn marks(
    painter: &Painter,
    canvas: &Canvas,
    glyph: Option<&GlyphPreview>,
    image: &Image<'_>,
    view: &View,
    is_result: bool,
    tokens: Tokens,
) {
    if let Some(glyph) = glyph {
        let side = glyph.metadata.tile_size.pixels();
        for (id, tile, corner) in tiles_of(glyph, image.file) {
            let rect = canvas.square(corner.x, corner.y, side);
            if !rect.intersects(canvas.stage) {
                continue;
            }
            if is_result && matches!(tile.state, TileState::Hole { .. }) {
                sheet::hole(painter, rect, tokens.error);
            }
            if view.tile == Some(id) {
                painter.rect_stroke(rect, 0, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
            }
        }
    }
    if let Some(pixel) = view.in_image.filter(|_| !is_result) {
        sheet::pixel_mark(painter, canvas.square(pixel.x, pixel.y, 1), tokens);
    }
}

/// A pixel of the image, and what it became.
fn words(glyph: Option<&GlyphPreview>, image: &Image<'_>, view: &View, x: u32, y: u32) -> String {
    let color = image.color(x, y);
    let became = glyph.map(|glyph| {
        let Some(id) = tile_at(glyph, image.file, x, y) else { return "no tile has it".to_owned() };
        let tile = &glyph.tiles[id as usize];
        if matches!(tile.state, TileState::Hole { .. }) {
            return format!("tile {id}, which could not be made");
        }
        let source = tile.source.as_ref().and_then(|source| source.cell);
        let (Some(rect), Some(cell)) = (tile_rect(glyph.metadata.tile_size, id), source) else { return String::new() };
        let index = glyph.payload.index(rect.x + x - cell.corner.x, rect.y + y - cell.corner.y);
        let palette = palette_of(view, glyph, Some(id));
        let shown = match index {
            0 => "transparent".to_owned(),
            _ => format!("{} of palette {palette}", glyph.payload.palette(palette)[usize::from(index)].to_rgb()),
        };
        format!("tile {id}, index {index}: {shown}")
    });
    format!("({x}, {y}) {color} becomes {}", became.unwrap_or_else(|| "no bank".to_owned()))
}

/// The sample that a file became.
fn result_of_sound(ui: &mut Ui, state: &State, file: &str, textures: &mut Textures) {
    let Some(sample) = state.sample_of(file) else { return };
    match &sample.state {
        SampleState::Playable(playable) => {
            let metadata = &playable.metadata;
            let length = playable.seconds();
            heading(
                ui,
                &format!("Result: sample {}", sample.index),
                &format!("16 bit, mono, {} Hz, {} frames, {length:.2} s", metadata.sample_rate_hz, metadata.frames),
            );
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), WAVE), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Waveform of the result"));
            let made = textures.wave(sample.index, playable, whole(rect.width()).max(1) as usize);
            let looping = metadata.looping.as_ref().map(|looping| looping.start..looping.end);
            wave(ui, rect, &made, &Marks { frames: metadata.frames, looping, ..Marks::default() });
        }
        SampleState::OverLimit(_) => drop(ui.weak("It is too long to be shown here.")),
        SampleState::Hole { .. } => drop(ui.weak("Nothing became of it.")),
    }
}
