//! Writes to standard output and standard error. A reader that reads nothing must not keep the packer from ending when
//! a signal asks it to.

use std::io::{self, Write};

use packer_services::Cancel;

/// How many bytes are written at a time: a pipe that has room has room for so many.
const BLOCK_BYTES: usize = 4096;

/// Standard output and standard error, until a signal asks to stop.
#[derive(Clone, Debug)]
pub struct Output {
    cancel: Cancel,
}

impl Output {
    /// Once `cancel` is set, nobody waits for a reader any more.
    pub fn new(cancel: Cancel) -> Self {
        Self { cancel }
    }

    /// Writes to standard output, where its reader sees it at once.
    ///
    /// # Errors
    /// If the system refuses; [`io::ErrorKind::Interrupted`] if nobody reads and a signal asks to stop.
    pub fn print(&self, bytes: &[u8]) -> io::Result<()> {
        self.write(&mut io::stdout().lock(), bytes)
    }

    /// Writes to standard error.
    ///
    /// # Errors
    /// As for [`Output::print`].
    pub fn print_error(&self, text: &str) -> io::Result<()> {
        self.write(&mut io::stderr().lock(), text.as_bytes())
    }

    #[cfg(unix)]
    fn write(&self, out: &mut (impl Write + std::os::fd::AsFd), bytes: &[u8]) -> io::Result<()> {
        for block in bytes.chunks(BLOCK_BYTES) {
            while !has_room(out)? {
                if self.cancel.is_cancelled() {
                    return Err(io::ErrorKind::Interrupted.into());
                }
            }
            out.write_all(block)?;
            out.flush()?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn write(&self, out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        let _ = &self.cancel;
        bytes.chunks(BLOCK_BYTES).try_for_each(|block| out.write_all(block))?;
        out.flush()
    }
}

/// Whether a block can be written without waiting for the reader; waits a moment for that.
#[cfg(unix)]
fn has_room(out: &impl std::os::fd::AsFd) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    let mut waiting = [PollFd::new(out, PollFlags::OUT)];
    match poll(&mut waiting, Some(&MOMENT)) {
        Ok(0) => Ok(false),
        // Even if it failed: the write reports why.
        Ok(_) => Ok(true),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
