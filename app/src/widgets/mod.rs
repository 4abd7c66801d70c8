//! What panels are made of.

mod canvas;
pub mod heard;
mod mark;
mod meter;
mod middle;
mod row;
mod rows;
pub mod sheet;
mod size;
mod tab;
pub mod textures;
mod told;
mod wave;
mod whole;

pub use canvas::{Canvas, Look, ZOOMS, next_zoom, snapped};
pub use mark::mark;
pub use meter::meter;
pub use middle::without_middle;
pub use row::{cell, cells, row};
pub use rows::{List, even, list, rows};
pub use size::short_size;
pub use tab::tab;
pub use textures::Textures;
pub use told::told;
pub use wave::{Marks, wave};
pub use whole::whole;
