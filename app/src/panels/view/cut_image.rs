//! An image with the cells that it is cut into.

use egui::{Color32, Painter, Rect, RichText, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use egui::{Rangef, accesskit::Role};
use packer_services::declaration::{Cut, Region};
use packer_services::diagnostics::Pixel;
use packer_services::formats::TileSize;
use packer_services::preview::{ArtifactUse, CellGrid, GlyphPreview, ImagePixels};

use super::super::Draw;
use crate::state::CutImage;
use crate::theme::{STEP, Tokens};
use crate::widgets::{Canvas, accessibility, draw_scroll_bars, floor_to_u32};

/// The height of the line below the image, in points.
const STRIP: f32 = 24.0;
/// Below this size, in points, single cells cannot be seen.
const CELL: f32 = 6.0;
/// Below this size, in points, lines that are visible on any art would hide it.
const OUTLINED: f32 = 16.0;

/// An image, and how it is shown.
pub struct Cells<'a> {
    /// The size of a cell.
    pub tile_size: TileSize,
    /// The image; of a sprite, all frames, one below the other.
    pub pixels: &'a ImagePixels,
    /// How many frames there are.
    pub frames: u32,
    /// Whether the wheel zooms the image; otherwise it scrolls what is around it.
    pub has_wheel: bool,
}

/// The cells of one frame.
struct FrameCells {
    /// The top left pixel of the used part of the frame, in the image.
    corner: Pixel,
    /// The number of its first cell among those of all frames.
    first: u32,
}

/// Draws the image that is cut like this. With Shift, the user can choose the part that is used.
pub fn show(ui: &mut Ui, draw: &mut Draw<'_>, cells: &Cells<'_>, image: &mut CutImage, room: Vec2) {
    let tokens = Tokens::of(ui);
    let (all, _) = ui.allocate_exact_size(room, Sense::hover());
    let area = Rect::from_min_max(all.min, pos2(all.max.x, all.max.y - STRIP));
    let size = [cells.pixels.width(), cells.pixels.height()];
    let frame_size = [size[0], size[1] / cells.frames.max(1)];
    let (used, is_current) = use_of(draw, image);
    let grid = match used.filter(|_| is_current && image.part.slice.is_some()) {
        // The size of a slice is known once it is cut.
        Some(used) => CellGrid::of_use(used, &image.cut, cells.tile_size),
        None => CellGrid::of(frame_size, &image.cut, cells.tile_size),
    };
    let text = describe(&grid, frame_size, cells.frames);
    let response = ui.interact(area, ui.scope_id().with("cut image"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{}: {text}", image.file)));
    let point = 1.0 / ui.pixels_per_point();
    let zoom_pan = draw.state.view.source_zoom_pan;
    let canvas = Canvas::new(area, point, size, size, draw.state.settings.fit, zoom_pan);
    draw.textures.canvas = Some(canvas);
    let painter = ui.painter_at(area);
    draw.textures.draw_backdrop(ui, &painter, canvas.image);
    draw.textures.draw_source(ui, &painter, &canvas, cells.pixels);
    let skipped = used.filter(|_| is_current).map_or(&[][..], |used| &used.skipped);
    for frame in frames_of(used, image, &grid, cells.frames, frame_size[1]) {
        draw_cells(&painter, &canvas, &grid, &frame, skipped, tokens);
        draw_region(&painter, &canvas, &image.cut, &frame, tokens);
    }
    draw_scroll_bars(&painter, &canvas, tokens);
    let is_choosing = ui.input(|input| input.modifiers.shift) && (response.dragged() || response.drag_stopped());
    if is_choosing {
        let origin = ui.input(|input| input.pointer.press_origin());
        let chosen = origin.zip(response.interact_pointer_pos());
        let chosen = chosen.and_then(|(from, to)| region_between(&canvas, frame_size, from, to));
        image.cut.region = chosen.or(image.cut.region);
    } else if (cells.has_wheel || response.dragged())
        && let Some(zoom_pan) = canvas.zoom_pan_input(ui, &response)
    {
        draw.view.source_zoom_pan = zoom_pan;
    }
    let line = Rect::from_min_max(pos2(all.min.x, area.max.y), all.max);
    ui.painter().rect_filled(line, 0, tokens.surface);
    let line = line.shrink2(vec2(2.0 * STEP, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(line).layout(egui::Layout::left_to_right(egui::Align::Center)), |ui| {
        let color = if grid.is_whole() { tokens.weak } else { tokens.error };
        let label = ui.add(egui::Label::new(RichText::new(&text).small().color(color)).truncate());
        accessibility::hide(&label);
    });
}

/// The cells of a frame in words.
fn describe(grid: &CellGrid, [width, height]: [u32; 2], frames: u32) -> String {
    let (columns, rows) = (grid.columns(), grid.rows());
    let frames = if frames > 1 { format!(" in each of {frames} frames") } else { String::new() };
    let rest = if grid.is_whole() { "" } else { ", which do not fill it" };
    format!("{width} × {height} pixels, {columns} × {rows} cells{frames}{rest}")
}

/// The cells that the image became: of the shown cut if that is known, else of the bank now.
fn use_of<'s>(draw: &Draw<'s>, image: &CutImage) -> (Option<&'s ArtifactUse>, bool) {
    let of = |glyph: &'s GlyphPreview| {
        let declared = glyph.declared.get(draw.state.cut_image()).filter(|declared| declared.file == image.file)?;
        glyph.artifacts.iter().find(|used| used.index == declared.index && used.file == declared.file)
    };
    let shown = draw.state.shown_cut();
    let preview = shown.as_ref().and_then(|shown| draw.state.current_cut_preview(shown)?.glyph());
    (preview.or(draw.state.glyph_bank()).and_then(of), preview.is_some())
}

/// The frames that are used, as far as that is known.
fn frames_of(
    used: Option<&ArtifactUse>,
    image: &CutImage,
    grid: &CellGrid,
    frames: u32,
    height: u32,
) -> Vec<FrameCells> {
    let per_frame = grid.columns().saturating_mul(grid.rows());
    let first = |n: u32| n.saturating_mul(per_frame);
    let sprite = used.and_then(|used| Some((used, used.sprite.as_ref().filter(|sprite| sprite.part == image.part)?)));
    let Some((used, sprite)) = sprite else {
        let corner = |n: u32| Pixel { x: 0, y: n.saturating_mul(height) };
        return (0..frames).map(|n| FrameCells { corner: corner(n), first: first(n) }).collect();
    };
    let cells = used.count + u32::try_from(used.skipped.len()).unwrap_or(0);
    let count = cells / (used.columns * sprite.rows).max(1);
    (0..count).filter_map(|n| Some(FrameCells { corner: sprite.frame_corner(n)?, first: first(n) })).collect()
}

/// Where a rectangle of the image is on the screen.
fn place(canvas: &Canvas, x: u32, y: u32, width: u32, height: u32) -> Rect {
    let scale = canvas.scale();
    let min = canvas.image.min + vec2(x as f32, y as f32) * scale;
    Rect::from_min_size(min, vec2(width as f32, height as f32) * scale)
}

/// Frames each cell, and crosses out those without a tile.
fn draw_cells(
    painter: &Painter,
    canvas: &Canvas,
    grid: &CellGrid,
    frame: &FrameCells,
    skipped: &[u32],
    tokens: Tokens,
) {
    let (Some(last_column), Some(last_row)) = (grid.columns().checked_sub(1), grid.rows().checked_sub(1)) else {
        return;
    };
    let (first, last, side) = (grid.corner(0, 0), grid.corner(last_column, last_row), grid.side());
    let outline = place(
        canvas,
        frame.corner.x + first.x,
        frame.corner.y + first.y,
        last.x + side - first.x,
        last.y + side - first.y,
    );
    if !outline.intersects(canvas.room) {
        return;
    }
    let color = if grid.is_whole() { tokens.accent } else { tokens.error };
    let over_any_art = |rect: Rect| {
        painter.rect_stroke(
            rect,
            0,
            Stroke::new(3.0 * canvas.point, Color32::from_black_alpha(120)),
            StrokeKind::Middle,
        );
        painter.rect_stroke(rect, 0, Stroke::new(canvas.point, color), StrokeKind::Middle);
    };
    let side_points = side as f32 * canvas.scale();
    if side_points < OUTLINED {
        over_any_art(outline);
    }
    if side_points < CELL {
        return;
    }
    let thin = Stroke::new(canvas.point, color.gamma_multiply(0.5));
    let columns = visible(canvas.room.x_range(), last_column, |n| {
        place(canvas, frame.corner.x + grid.corner(n, 0).x, 0, side, 1).x_range()
    });
    let rows = visible(canvas.room.y_range(), last_row, |n| {
        place(canvas, 0, frame.corner.y + grid.corner(0, n).y, 1, side).y_range()
    });
    for row in rows {
        for column in columns.clone() {
            let corner = grid.corner(column, row);
            let rect = canvas.square(frame.corner.x + corner.x, frame.corner.y + corner.y, side);
            let number = frame.first + row * grid.columns() + column;
            if skipped.binary_search(&number).is_ok() {
                painter.rect_filled(rect, 0, tokens.surface.gamma_multiply(0.7));
                painter.line_segment([rect.left_top(), rect.right_bottom()], Stroke::new(1.0, tokens.weak));
            } else if side_points < OUTLINED {
                painter.rect_stroke(rect, 0, thin, StrokeKind::Middle);
            } else {
                over_any_art(rect);
            }
        }
    }
}

/// The columns or rows, from 0 to the last, that reach into the room. A large image has more than can be drawn.
fn visible(room: Rangef, last: u32, place: impl Fn(u32) -> Rangef) -> std::ops::Range<u32> {
    let (first, pitch) = (place(0), place(1).min - place(0).min);
    let number = |at: f32| floor_to_u32(((at - first.min) / pitch.max(0.01)).max(0.0));
    number(room.min - first.span())..number(room.max).min(last) + 1
}

/// Frames the part of a frame that is used.
fn draw_region(painter: &Painter, canvas: &Canvas, cut: &Cut, frame: &FrameCells, tokens: Tokens) {
    let Some(Region { x, y, w, h }) = cut.region else { return };
    let rect = place(canvas, frame.corner.x + x, frame.corner.y + y, w, h);
    painter.rect_stroke(rect, 0, Stroke::new(3.0, tokens.surface), StrokeKind::Outside);
    painter.rect_stroke(rect, 0, Stroke::new(1.5, tokens.accent), StrokeKind::Outside);
}

/// The part of a frame between two positions on the screen.
fn region_between(canvas: &Canvas, [width, height]: [u32; 2], from: egui::Pos2, to: egui::Pos2) -> Option<Region> {
    let inside = |position: egui::Pos2| position.clamp(canvas.image.min, canvas.image.max - Vec2::splat(0.01));
    let [a, b] = [from, to].map(|position| canvas.pixel_at(inside(position)));
    let ((ax, ay), (bx, by)) = a.zip(b)?;
    let frame = ay / height.max(1);
    let by = by.clamp(frame * height, (frame + 1) * height - 1);
    let (ay, by) = (ay - frame * height, by - frame * height);
    let (x, y) = (ax.min(bx), ay.min(by));
    let (w, h) = (ax.max(bx) - x + 1, ay.max(by) - y + 1);
    Some(Region { x, y, w: w.min(width), h: h.min(height) })
}
