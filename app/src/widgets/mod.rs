//! What panels are made of.

mod mark;
mod meter;
mod middle;
mod row;
pub mod sheet;
mod whole;

pub use mark::mark;
pub use meter::meter;
pub use middle::without_middle;
pub use row::{cells, row};
pub use whole::whole;
