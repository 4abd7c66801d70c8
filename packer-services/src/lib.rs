//! Operations over a PROMETEU asset project: everything that the headless packer and the workbench can do.
//!
//! A project is a folder with an `assets/` workspace. An [`Operation`](ops::Operation) takes a request and a
//! [`Context`], and returns a report with [findings](diagnostics::Finding), or an error if it could not run. The
//! library prints nothing, opens no window and leaves no thread running. The bytes it packs depend only on the bytes of
//! the build set.
//!
//! The files that it reads and writes, relative to the project (spec: packer charter):
//!
//! | file | read | written by |
//! |---|---|---|
//! | `assets/.prometeu/index.json` | all operations | `init`, `create`, `register`, the edits, `undo` and `redo` |
//! | `assets/.prometeu/history/` | `history`, `undo`, `redo`, `restore` | all changes of the workspace but `init` |
//! | `assets/.prometeu/.gitignore`, `assets/.gitattributes` | none | `init` |
//! | `assets/.prometeu/cache.json` | `pack` | `pack`, after its files are in place |
//! | `assets/.prometeu/identities.json` | `pack`, `list` | `pack`, after its files are in place |
//! | `assets/.prometeu/lock` | none | all that change the workspace, and `pack`, while they write |
//! | `assets/.prometeu/create-*/` | none | `create`, until its root is in place |
//! | `assets/**/asset.json` | all operations | `create`, `palettes`, the edits, `undo` and `redo` |
//! | artifacts and payloads in asset roots | all operations | `create`, which copies them in |
//! | `build/.prometeu/` | none | `pack`, until its files are in place |
//! | `build/assets.pa` and its three companions | `pack`, `list`, `verify`, `inspect`, `extract`, previews | `pack` |
//!
//! Some operations are only for windows and have no verb: [`PreviewBank`](ops::PreviewBank) and
//! [`PreviewPackedBank`](ops::PreviewPackedBank) return a bank with the bytes that the console loads, for [`preview`]
//! to decode; [`PreviewThumbnails`](ops::PreviewThumbnails) returns thumbnails of many banks;
//! [`PreviewSource`](ops::PreviewSource) returns a source file, decoded but not converted. They write nothing.
//!
//! `extract` and `preview` create the folder that is passed to them, and `constants` the file. All use
//! `.prometeu-export-*/` beside it until that is in place.
//!
//! ```
//! use packer_services::ops::{InitWorkspace, Operation, Pack};
//! use packer_services::Context;
//!
//! let folder = tempfile::tempdir()?;
//! let context = Context::new();
//! InitWorkspace::new(folder.path()).run(&context)?;
//! let report = Pack::new(folder.path()).run(&context)?;
//! assert!(report.findings().is_empty());
//! assert_eq!(report.pack.as_ref().map(|pack| pack.size_bytes), Some(63));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod anchor;
mod artifact_selector;
mod asset_name;
mod asset_selector;
mod asset_uuid;
mod banks;
mod byte_budget;
mod canonical_json;
mod change;
pub mod code_host;
pub mod constants;
mod context;
pub mod declaration;
pub mod diagnostics;
mod edits;
mod export;
mod files;
pub mod fixes;
pub mod formats;
mod from_text;
mod history;
mod import;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
mod json;
mod known_form;
mod limits;
mod lock;
mod new_bank;
mod operation;
pub mod ops;
mod origins;
mod pack;
mod packed_roots;
mod palette_file;
mod parallel;
mod paths;
pub mod preview;
mod project;
mod recognize;
mod registration;
pub mod registry;
pub mod session;
mod snapshot;
mod start_error;
mod walk;
#[cfg(feature = "watch")]
pub mod watch;

/// Compiles the examples of that page.
#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
struct EmbeddingPage;

pub use asset_uuid::AssetUuid;
pub use context::{Cancel, Context, Event, FaultPoint, Faults, Progress, ReadOnlyError};
pub use files::Sha;
pub use paths::RelPath;
pub use recognize::{NewFiles, Recognized, recognize_paths, shell_quoted};
