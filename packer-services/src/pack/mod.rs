//! Turns a snapshot into the bytes of `assets.pa` and its companions.
//!
//! - [`plan`]: what each payload is built from, and every size, before a payload is built.
//! - [`pipeline`]: builds payloads in parallel and delivers their bytes in order.
//! - [`built`]: `BuiltAsset`, one built asset with its findings, for packs, lists and previews.
//! - [`examine`]: plans and builds assets and gathers the findings, for every operation that reports what a pack would.
//! - [`container`]: the only writer and the only reader of the prelude and header of `assets.pa`.
//! - [`writer`]: hashes and writes the pack in a thread of its own.
//! - [`companions`]: the three JSON files beside the pack.
//! - [`publish`]: replaces the files in `build/`, the pack last.
//! - [`published`]: the pack that is in `build/`, and how a new one differs from it.
//! - [`loops`]: which sounds loop differently than in the last pack.
//! - [`cache`]: what the last pack was built from, so that only what changed is built.
//! - [`store`]: the last pack, as the store of the payloads that did not change.
//! - [`identities`]: the ids of the last pack, to report which ones moved.
//! - [`sealed`]: the form of those two files, with a hash that reveals damage.
//! - [`budgets`]: what a pack uses of its slots and bytes, and the limits that the caller sets.
//! - [`reproduce`]: packs copies of the project elsewhere, to compare them.
//! - [`file`](mod@file): a pack that the user named, read one payload at a time.
//! - [`check`]: the findings about the payloads of a pack.
//! - [`against`]: how a pack that the user named differs from a project.

pub mod against;
pub mod budgets;
pub mod built;
pub mod cache;
pub mod check;
pub mod companions;
pub mod container;
pub mod examine;
pub mod file;
pub mod identities;
pub mod loops;
pub mod pipeline;
pub mod plan;
pub mod publish;
pub mod published;
pub mod reproduce;
pub mod sealed;
pub mod store;
pub mod writer;
