//! The way without a sound server: the program `aplay`, which comes with ALSA, reads the frames.
//!
//! It says nothing of where it is. The clock is taken to run from the first frames on.

use std::io::{Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::{AHEAD_MS, Device, FRAME_BYTES, Route, Shared};

/// What it says of a failure, in bytes; more is not shown.
const SAID_BYTES: u64 = 4096;

/// The program as the system finds it.
pub fn program() -> Command {
    Command::new("aplay")
}

/// Starts it for frames of this rate.
pub fn open(mut program: Command, rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    let mut child = program
        .args(["--quiet", "--file-type=raw", "--format=S16_LE", "--channels=1"])
        .arg(format!("--rate={rate_hz}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no sound server, and no aplay".to_owned(),
            _ => format!("there is no sound server, and aplay does not start ({error})"),
        })?;
    let (frames, said) = (child.stdin.take(), child.stderr.take());
    let child = Arc::new(Mutex::new(child));
    let interrupt = child.clone();
    shared.on_stop(move || kill(&interrupt));
    let chunk = (u64::from(rate_hz) * AHEAD_MS / 1000 / 4).max(1);
    Ok(Box::new(Aplay { child, frames, said, chunk, has_begun: false, shared: shared.clone() }))
}

/// The running program.
struct Aplay {
    /// Nobody waits with this lock.
    child: Arc<Mutex<Child>>,
    frames: Option<ChildStdin>,
    said: Option<ChildStderr>,
    /// So many frames are written at a time.
    chunk: u64,
    has_begun: bool,
    shared: Arc<Shared>,
}

impl Aplay {
    /// Waits for the program's end.
    fn end(&mut self) -> Result<(), String> {
        self.frames = None;
        let mut said = Vec::new();
        if let Some(mut pipe) = self.said.take() {
            // It closes this when it ends, so the wait below is none. What cannot be read is not told.
            let _ = (&mut pipe).take(SAID_BYTES).read_to_end(&mut said);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let ended = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
        match ended {
            Ok(code) if code.success() => Ok(()),
            Ok(code) => {
                let said = String::from_utf8_lossy(&said);
                let why = said.lines().find(|line| !line.trim().is_empty()).map_or(code.to_string(), str::to_owned);
                Err(format!("aplay cannot play it ({})", why.trim()))
            }
            Err(error) => Err(format!("aplay is lost ({error})")),
        }
    }
}

impl Device for Aplay {
    fn route(&self) -> Route {
        Route::Aplay
    }

    fn room(&mut self) -> Result<u64, String> {
        Ok(self.chunk)
    }

    fn give(&mut self, bytes: &[u8]) -> Result<(), String> {
        debug_assert!(bytes.len().is_multiple_of(FRAME_BYTES));
        if !self.has_begun {
            self.has_begun = true;
            self.shared.hears(0, Instant::now());
        }
        // The pipe takes some of it ahead, and then as much as is played.
        match self.frames.as_mut().map(|pipe| pipe.write_all(bytes)) {
            Some(Ok(())) => Ok(()),
            _ => self.end().and(Err("aplay ended too early".into())),
        }
    }

    fn finish(&mut self) -> Result<(), String> {
        self.end()
    }
}

impl Drop for Aplay {
    fn drop(&mut self) {
        kill(&self.child);
        // After that, it cannot take long; and there is nobody to tell.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
    }
}

fn kill(child: &Mutex<Child>) {
    // One that has ended already is fine.
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}
