//! A file that gets the content of another kind of file keeps its name: the declaration, origins and programs refer to
//! it, and a pack goes by the content.

use crate::banks::sniff::{FileKind, sniff_file};
use crate::diagnostics::{Code, Finding};

/// Enough to recognize every kind of file that a pack reads.
const START_BYTES: usize = 64;

/// A note if a file is of another kind with its new content; without a file.
pub(super) fn file_kind_changed(before: &[u8], after: &[u8]) -> Option<Finding> {
    let [before, after] = [before, after].map(|bytes| sniff_file(&bytes[..bytes.len().min(START_BYTES)]));
    if before.kind == FileKind::Other || before.what == after.what {
        return None;
    }
    let message = format!("{} now, but was of another kind before; the file keeps its name", after.what);
    let help = "No change is needed: a pack goes by the content. For a name that fits, rename the original, and run \
                `prometeu-packer compose PROJECT ASSET replace ARTIFACT FILE` with it.";
    Some(Finding::new(Code::FileKindChanged, message, help))
}
