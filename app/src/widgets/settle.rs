//! Sheets and panels that change their size.

use egui::{Rect, Response};

/// Draws another frame until a sheet or panel has its place: it is placed by the size that it had in the frame before.
pub fn settle(sheet: &Response) {
    let id = sheet.id.with("settled");
    if sheet.ctx.data(|data| data.get_temp::<Rect>(id)) != Some(sheet.rect) {
        sheet.ctx.data_mut(|data| data.insert_temp(id, sheet.rect));
        sheet.ctx.request_repaint();
    }
}
