//! The building blocks of panels.

pub mod accessibility;
mod button_row;
mod canvas;
mod choice_list;
mod code_text;
mod disabled;
mod finding_list;
mod floor;
mod focus_when_new;
mod list;
mod primary_button;
mod row;
mod settle;
mod severity_icon;
mod sheet;
mod sheet_keys;
mod shorten;
mod size;
mod swatch;
mod tab;
mod textures;
mod thumbnail;
mod usage_meter;
mod waveform;

pub use button_row::button_row;
pub use canvas::{
    Canvas, Fit, SCROLL_BAR, ZOOM_LEVELS, ZoomPan, draw_scroll_bars, next_zoom, snap_to_pixels, zoom_name,
};
pub use choice_list::{ChoiceList, Choices};
pub use code_text::{code_text, code_text_in, commands_in};
pub use disabled::{confirm_button, confirm_button_with_keys, explain_disabled};
pub use finding_list::{finding_help, finding_list, short_place};
pub use floor::floor_to_u32;
pub use focus_when_new::focus_when_new;
pub use list::{List, numbered_list, row_tops, show_list};
pub use primary_button::primary_button;
pub use row::{cell_layout, selectable_row, text_cell};
pub use settle::settle;
pub use severity_icon::severity_icon;
pub use sheet::{
    SheetAction, SheetCanvas, draw_hole, draw_pixel_mark, draw_selection, draw_wrong_pixels, drawn_size, place_sheet,
};
pub use sheet_keys::{CONFIRM, SheetKeys, take_confirm, take_sheet_keys};
pub use shorten::shorten_middle;
pub use size::short_size;
pub use swatch::{SWATCH, draw_swatch, swatch_color};
pub use tab::tab_button;
pub use textures::{DrawnResult, Textures, WHOLE_TEXTURE};
pub use thumbnail::draw_thumbnail;
pub use usage_meter::usage_meter;
pub use waveform::{TIME_AXIS, WaveformMarks, draw_time_axis, draw_waveform};
