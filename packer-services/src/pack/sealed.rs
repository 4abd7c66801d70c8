//! A file of the tool folder with the hash of its content, which reveals damage: `{"NAME":CONTENT,"sha256":"…"}`
//! (spec: workspace, "Cache", "Identities").

use crate::context::{Context, FaultPoint};
use crate::files::{self, OpenError, Sha};
use crate::project::Project;

/// What is between the content and its hash.
const BEFORE_HASH: &str = r#","sha256":""#;
const END: &str = "\"}";

fn start(name: &str) -> String {
    format!(r#"{{"{name}":"#)
}

/// The file of this name with this content, which is JSON.
pub fn seal(name: &str, content: Vec<u8>) -> Vec<u8> {
    let hash = Sha::of(&content).to_string();
    let mut file = content;
    file.splice(..0, start(name).into_bytes());
    [BEFORE_HASH, &hash, END].into_iter().for_each(|part| file.extend_from_slice(part.as_bytes()));
    file
}

/// A file of the form of a sealed one.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'f> {
    /// Its content.
    pub content: &'f [u8],
    sha256: &'f [u8],
}

impl<'f> Sealed<'f> {
    /// The file of this name; `None` if it does not have the form.
    pub fn of(name: &str, file: &'f [u8]) -> Option<Self> {
        let sealed = file.strip_prefix(start(name).as_bytes())?.strip_suffix(END.as_bytes())?;
        let (content, sha256) = sealed.split_at_checked(sealed.len().checked_sub(64)?)?;
        Some(Self { content: content.strip_suffix(BEFORE_HASH.as_bytes())?, sha256 })
    }

    /// Whether it has the hash of its content.
    pub fn is_intact(&self) -> bool {
        self.sha256 == Sha::of(self.content).to_string().as_bytes()
    }
}

/// The content of the file of this name; `None` if it does not have the hash of its content.
pub fn unseal<'f>(name: &str, file: &'f [u8]) -> Option<&'f [u8]> {
    Sealed::of(name, file).filter(Sealed::is_intact).map(|sealed| sealed.content)
}

/// Replaces the file `name` of the tool folder, without a sync.
///
/// # Errors
/// Why it could not be written, as a clause.
pub fn replace_file(
    context: &Context,
    project: &Project,
    name: &str,
    fault: FaultPoint,
    bytes: &[u8],
) -> Result<(), String> {
    let tools = project.tools().hold().map_err(|error| match &error {
        OpenError::Disk(error) => files::system_message(&error.source),
        _ => error.into_finding().message,
    })?;
    context.inject_fault(fault).map_err(|error| files::system_message(&error))?;
    let replaced = context.new_uuid().and_then(|unique| tools.replace_disposable(name, bytes, &unique.to_string()));
    replaced.map_err(|error| files::system_message(&error.source))
}
