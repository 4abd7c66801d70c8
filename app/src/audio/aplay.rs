//! The route without a sound server: the program `aplay`, which comes with ALSA, reads the frames from a pipe.
//!
//! It does not report its position, so the clock is assumed to run from the first frames on.

use std::io::{Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::{AHEAD_MS, Device, FRAME_BYTES, Route, Shared};

/// How much of its error output is read: far more than its messages are long.
const ERROR_BYTES: u64 = 4096;

/// The program on the user's path.
pub fn aplay_program() -> Command {
    Command::new("aplay")
}

/// Starts the program for frames of this rate.
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
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let child = Arc::new(Mutex::new(child));
    let interrupt = child.clone();
    shared.on_stop(move || kill(&interrupt));
    let chunk_frames = (u64::from(rate_hz) * AHEAD_MS / 1000 / 4).max(1);
    Ok(Box::new(Aplay { child, stdin, stderr, chunk_frames, has_begun: false, shared: shared.clone() }))
}

/// The running program.
struct Aplay {
    /// This lock is only held for as long as the program takes to end.
    child: Arc<Mutex<Child>>,
    stdin: Option<ChildStdin>,
    stderr: Option<ChildStderr>,
    /// How many frames are written at a time.
    chunk_frames: u64,
    has_begun: bool,
    shared: Arc<Shared>,
}

impl Aplay {
    /// Closes the pipe and waits for the program's end.
    fn end_program(&mut self) -> Result<(), String> {
        self.stdin = None;
        let mut message = Vec::new();
        if let Some(mut pipe) = self.stderr.take() {
            // The program closes this pipe when it ends, so the wait below returns at once. A message that cannot be
            // read is left out.
            let _ = (&mut pipe).take(ERROR_BYTES).read_to_end(&mut message);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let status = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                let message = String::from_utf8_lossy(&message);
                let first = message.lines().find(|line| !line.trim().is_empty());
                let why = first.map_or(status.to_string(), str::to_owned);
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

    fn wait_for_room(&mut self) -> Result<u64, String> {
        Ok(self.chunk_frames)
    }

    fn write_frames(&mut self, bytes: &[u8]) -> Result<(), String> {
        debug_assert!(bytes.len().is_multiple_of(FRAME_BYTES));
        if !self.has_begun {
            self.has_begun = true;
            self.shared.set_clock(0, Instant::now());
        }
        // The pipe buffers some frames, and then accepts as many as are played.
        match self.stdin.as_mut().map(|pipe| pipe.write_all(bytes)) {
            Some(Ok(())) => Ok(()),
            _ => self.end_program().and(Err("aplay ended too early".into())),
        }
    }

    fn wait_for_end(&mut self) -> Result<(), String> {
        self.end_program()
    }
}

impl Drop for Aplay {
    fn drop(&mut self) {
        kill(&self.child);
        // After the kill, this takes no time, and an error is of no interest.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
    }
}

fn kill(child: &Mutex<Child>) {
    // An error means that it has ended already.
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}
