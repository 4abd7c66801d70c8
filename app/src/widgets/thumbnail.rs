//! The thumbnail of an asset.

use egui::{Color32, Rect, Ui, Vec2};
use packer_services::preview::ThumbnailPixels;

use super::{Textures, WHOLE_TEXTURE, snap_to_pixels};
use crate::state::State;
use crate::theme::{BACKDROP, Tokens};

/// Draws an asset's thumbnail in the middle of `rect`, at the largest integer zoom. If there
/// is none yet, `rect` is left empty.
pub fn draw_thumbnail(ui: &Ui, state: &State, root: &str, rect: Rect, textures: &mut Textures) {
    let tokens = Tokens::of(ui);
    let image = state.thumbnails.get(root).and_then(|thumbnail| thumbnail.image.as_ref());
    let is_art = image.is_some_and(|image| matches!(image.pixels, ThumbnailPixels::Rgba(_)));
    ui.painter().rect_filled(rect, 3, if is_art { BACKDROP[0] } else { tokens.sunken });
    let Some(image) = image else { return };
    let texture = textures.thumbnail_texture(ui, root, image);
    let size = Vec2::new(image.width as f32, image.height as f32);
    let point = 1.0 / ui.pixels_per_point();
    let zoom = (rect.size() / size / point).min_elem().floor().max(1.0);
    let size = size * zoom * point;
    let corner = snap_to_pixels(rect.min + (rect.size() - size) / 2.0, point);
    let tint = if matches!(image.pixels, ThumbnailPixels::Mask(_)) { tokens.wave } else { Color32::WHITE };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.image(texture.id(), Rect::from_min_size(corner, size), WHOLE_TEXTURE, tint);
}
