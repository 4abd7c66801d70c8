//! From a snapshot to the bytes of `assets.pa` and its companions.
//!
//! [`plan`] knows every size before a payload is made; [`pipeline`] makes payloads in parallel and delivers them in
//! order; [`container`] is the one writer and reader of the file; [`companions`] mirror it for tools; [`publish`] puts all
//! of it in place; [`published`] is what stood there; [`lock`] keeps a second writer out. [`examine`] runs them for every operation that must know what a
//! pack would say.

pub mod budgets;
pub mod built;
pub mod cache;
pub mod companions;
pub mod container;
pub mod examine;
pub mod file;
pub mod judge;
pub mod lock;
pub mod pipeline;
pub mod plan;
pub mod publish;
pub mod published;
