//! A pack that the caller named: opens it and reads its header and payloads.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::container::{self, Container};
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::diagnostics::{AsFinding, Code, Finding, sort_findings};
use crate::files::{self, DiskError, OpenError, SourceFile};
use crate::lock;
use crate::project::Project;

/// How much is read at a time: large enough that the calls cost nothing beside the reading.
const BLOCK_BYTES: usize = 256 << 10;

/// An open pack.
#[derive(Debug)]
pub struct PackFile {
    path: PathBuf,
    source: SourceFile,
}

/// A pack that could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the pack could not be opened")]
pub struct PackOpenError(Box<Finding>);

impl AsFinding for PackOpenError {
    fn as_finding(&self) -> Finding {
        (*self.0).clone()
    }
}

impl PackFile {
    /// Opens a pack; links are followed.
    ///
    /// # Errors
    /// If it is missing, not a regular file, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, PackOpenError> {
        let source = SourceFile::from_path(path).map_err(|error| {
            let finding = match error {
                OpenError::Disk(error) => error.as_finding(),
                OpenError::NotRegular(what) => Finding::new(
                    Code::FileNotRegular,
                    format!("a pack is required; this is {what}"),
                    "Pass the pack itself, such as `build/assets.pa`.",
                ),
                _ => Finding::new(
                    Code::FileNotRegular,
                    "a pack is required; this is a link that leads nowhere",
                    "Pass the pack itself.",
                ),
            };
            PackOpenError(Box::new(finding.file(files::display_path(path))))
        })?;
        Ok(Self { path: path.to_owned(), source })
    }

    /// If another packer is publishing the project that the pack is in, or has just done so, opens the new pack once
    /// that is over, and returns true.
    pub fn await_replacement(&mut self) -> bool {
        let path = std::path::absolute(&self.path).ok();
        let project = path.as_deref().and_then(|path| path.parent()?.parent());
        let mut was_published = false;
        if let Some(project) = project.map(Project::at) {
            for _ in 0..lock::LOOKS {
                if lock::is_free(&project) {
                    break;
                }
                was_published = true;
                lock::wait_a_moment();
            }
        }
        if !was_published && files::stamp_of(&self.path) == Some(self.source.stamp()) {
            return false;
        }
        Self::open(&self.path).map(|pack| *self = pack).is_ok()
    }

    /// The path that the caller named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// That path, for findings and reports.
    pub fn display_path(&self) -> String {
        files::display_path(&self.path)
    }

    /// Its size when it was opened.
    pub fn size_bytes(&self) -> u64 {
        self.source.size_bytes()
    }

    /// Reads and checks the header. The inner error contains the findings about it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read_header(&mut self) -> Result<Result<Container, Vec<Finding>>, DiskError> {
        let size_bytes = self.size_bytes();
        let read = container::read(self.source.file_mut(), size_bytes).map_err(DiskError::reading(&self.path))?;
        let with_file = |finding: Finding| finding.file(self.display_path());
        Ok(read.map_err(|findings| sort_findings(findings.into_iter().map(with_file).collect())))
    }

    /// Continues reading at `offset`.
    ///
    /// # Errors
    /// If the position cannot be set.
    pub fn seek_to(&mut self, offset: u64) -> Result<(), DiskError> {
        self.source.file_mut().seek(SeekFrom::Start(offset)).map_err(DiskError::reading(&self.path))?;
        Ok(())
    }

    /// Fills `buffer` with the next bytes.
    ///
    /// # Errors
    /// If the file cannot be read. The header was checked before, so an early end means that the file was truncated
    /// since.
    pub fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), DiskError> {
        self.source.file_mut().read_exact(buffer).map_err(DiskError::reading(&self.path))
    }

    /// Passes the next `size_bytes` to `take`, block by block.
    ///
    /// # Errors
    /// If the file cannot be read, the operation was canceled, or `take` fails.
    pub fn read_blocks<E: From<DiskError> + From<Stop>>(
        &mut self,
        context: &Context,
        size_bytes: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left_bytes = size_bytes;
        let mut block = vec![0; BLOCK_BYTES.min(usize::try_from(size_bytes).unwrap_or(BLOCK_BYTES))];
        while left_bytes > 0 {
            check_cancelled(context)?;
            let count = usize::try_from(left_bytes).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
            self.read_exact(&mut block[..count])?;
            take(&block[..count])?;
            left_bytes -= count as u64;
        }
        Ok(())
    }
}
