//! Sound: one play at a time, on a thread of its own.
//!
//! The drawing thread starts a play, stops it and asks where it is; it never waits. A play's thread opens the first route that
//! is there, hands it the frames, and ends with the sound. So while nothing plays, there is no thread and nothing is open.
//!
//! | system | route | what it is given |
//! |---|---|---|
//! | Linux, BSD | the sound server (PulseAudio, or PipeWire in its place), over its socket | the packed frames |
//! | the same, without a server | the program `aplay` | the packed frames |
//! | Windows, macOS | the system's default device | frames at the rate of the device |
//!
//! See `docs/decisions/0025-sound-without-headers.md`.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use packer_services::preview::Pcm16;

#[cfg(all(unix, not(target_os = "macos")))]
mod aplay;
#[cfg(all(unix, not(target_os = "macos")))]
mod pulse;
#[cfg(any(test, windows, target_os = "macos"))]
mod resample;
#[cfg(any(windows, target_os = "macos"))]
mod system;
#[cfg(test)]
mod tests;

/// A frame, in bytes.
const FRAME_BYTES: usize = 2;
/// How much sound a device is given ahead, in milliseconds. What is stopped is silent at once all the same.
const AHEAD_MS: u64 = 400;

/// Packed frames: 16 bits, little-endian, mono.
///
/// Whoever shares a whole preview can say here which part of it is meant, and copies nothing.
pub trait Frames: Send + Sync {
    /// Their bytes, as they stand in the pack. A last byte that is half a frame is left out.
    fn bytes(&self) -> &[u8];
}

impl Frames for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl Frames for Pcm16 {
    fn bytes(&self) -> &[u8] {
        Self::bytes(self)
    }
}

/// Something to play.
#[derive(Clone)]
pub struct Play {
    /// What it is, for whoever asks what plays.
    pub key: String,
    /// Its frames.
    pub frames: Arc<dyn Frames>,
    /// Their rate.
    pub rate_hz: u32,
    /// The first frame that is played.
    pub from: u64,
    /// These frames are played around and around once they are reached. `None`, an empty range, or one that lies before `from`
    /// or past the end: the sound is played to its end.
    pub looped: Option<Range<u64>>,
}

impl fmt::Debug for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Play")
            .field("key", &self.key)
            .field("rate_hz", &self.rate_hz)
            .field("from", &self.from)
            .field("looped", &self.looped)
            .finish_non_exhaustive()
    }
}

impl Play {
    /// All of `frames`, once.
    pub fn new(key: impl Into<String>, frames: impl Frames + 'static, rate_hz: u32) -> Self {
        Self { key: key.into(), frames: Arc::new(frames), rate_hz, from: 0, looped: None }
    }

    /// The same from another frame on.
    pub fn from_frame(self, from: u64) -> Self {
        Self { from, ..self }
    }

    /// The same, around and around once these frames are reached.
    pub fn around(self, looped: Range<u64>) -> Self {
        Self { looped: Some(looped), ..self }
    }
}

/// What plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playing<'a> {
    /// What it is.
    pub key: &'a str,
    /// The frame that is heard now, by what the device says of it.
    pub frame: u64,
    /// How it is played; `None` while the way is being opened.
    pub route: Option<Route>,
}

/// How a sound gets to the ear. As text, it goes on after "plays".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// By a sound server: PulseAudio, or PipeWire in its place.
    Server {
        /// The server's words for the device.
        device: Option<String>,
    },
    /// By the program `aplay`.
    Aplay,
    /// By the system itself.
    System {
        /// The system's words for the device.
        device: Option<String>,
    },
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { device: Some(device) } => write!(f, "through the sound server, on {device}"),
            Self::Server { device: None } => f.write_str("through the sound server"),
            Self::Aplay => f.write_str("through aplay"),
            Self::System { device: Some(device) } => write!(f, "on {device}"),
            Self::System { device: None } => f.write_str("on the system's device"),
        }
    }
}

/// Plays sounds, one at a time: playing another stops the one before.
///
/// No method waits for a device. Dropping it waits until the sound's thread has ended, which takes milliseconds.
pub struct Player {
    wake: Arc<dyn Fn() + Send + Sync>,
    open: Arc<Open>,
    last: Option<Last>,
}

/// The last play, whether or not it is still going on.
struct Last {
    key: String,
    tape: Tape,
    rate_hz: u32,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Opens a way for frames of a rate.
type Open = dyn Fn(u32, &Arc<Shared>) -> Result<Box<dyn Device>, String> + Send + Sync;

impl Player {
    /// Nothing is opened until something is played. `wake` is called, from another thread, when a play ends or fails.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::opening(open, wake)
    }

    fn opening(
        open: impl Fn(u32, &Arc<Shared>) -> Result<Box<dyn Device>, String> + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { wake: Arc::new(wake), open: Arc::new(open), last: None }
    }

    /// Starts a play, and stops the one before. What becomes of it is told by [`playing`](Self::playing) and
    /// [`trouble`](Self::trouble).
    pub fn play(&mut self, what: Play) {
        let Play { key, frames, rate_hz, from, looped } = what;
        let tape = Tape::new(frames, from, looped);
        let shared = Arc::new(Shared::default());
        // The thread of the play before may still be closing its device: the new one waits for that, and nobody else does.
        let before = self.last.take().and_then(|last| {
            last.shared.stop();
            last.thread
        });
        let (open, mine) = (self.open.clone(), tape.clone());
        let end = End { shared: shared.clone(), wake: self.wake.clone() };
        let thread = std::thread::Builder::new().name("sound".into()).spawn(move || {
            if let Some(before) = before {
                // If it panicked, it has told so itself.
                let _ = before.join();
            }
            end.with(sound(&*open, &mine, rate_hz, &end.shared));
        });
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(error) => {
                shared.fail(&format!("no thread could be had for it ({error})"));
                None
            }
        };
        self.last = Some(Last { key, tape, rate_hz, shared, thread });
    }

    /// Stops what plays: it is silent at once. Nothing happens if nothing plays.
    pub fn stop(&mut self) {
        if let Some(last) = &self.last {
            last.shared.stop();
        }
    }

    /// What plays, and the frame of it that is heard now. `None` if nothing plays.
    pub fn playing(&self) -> Option<Playing<'_>> {
        let last = self.last.as_ref()?;
        let mut state = last.shared.state();
        if state.is_stopped || state.has_ended {
            return None;
        }
        let frame = last.tape.place(state.heard(Instant::now(), last.rate_hz));
        Some(Playing { key: &last.key, frame, route: state.route.clone() })
    }

    /// Why the last play failed, as a sentence. `None` if it did not.
    pub fn trouble(&self) -> Option<&str> {
        self.last.as_ref()?.shared.trouble.get().map(String::as_str)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.last.take().and_then(|last| last.thread) {
            // If it panicked, there is nobody left to be told.
            let _ = thread.join();
        }
    }
}

/// The first route that is there.
#[cfg(all(unix, not(target_os = "macos")))]
fn open(rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    let Some(socket) = pulse::socket() else { return aplay::open(aplay::program(), rate_hz, shared) };
    match pulse::open(&socket, &pulse::cookie(), rate_hz, shared) {
        Err(pulse::Refusal::Absent) => aplay::open(aplay::program(), rate_hz, shared),
        Err(pulse::Refusal::Failed(why)) => Err(why),
        Ok(device) => Ok(device),
    }
}

/// The system's own.
#[cfg(any(windows, target_os = "macos"))]
fn open(rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    system::open(rate_hz, shared)
}

/// What takes the frames of one play. Errors are the rest of a sentence that begins with "No sound:".
///
/// Whoever makes one sees to it that a [stop](Shared::on_stop) ends the waiting in any of these.
trait Device {
    /// How it plays.
    fn route(&self) -> Route;

    /// Waits until it takes frames. How many, at least one.
    fn room(&mut self) -> Result<u64, String>;

    /// Takes the bytes of some frames, at most as many as there was room for.
    fn give(&mut self, bytes: &[u8]) -> Result<(), String>;

    /// Waits until all that it was given has been heard.
    fn finish(&mut self) -> Result<(), String>;
}

/// Plays a tape to its end.
fn sound(open: &Open, tape: &Tape, rate_hz: u32, shared: &Arc<Shared>) -> Result<(), String> {
    if rate_hz == 0 {
        return Err("a sound of 0 Hz never gets anywhere".into());
    }
    if shared.state().is_stopped || tape.is_over(0) {
        return Ok(());
    }
    let mut device = open(rate_hz, shared)?;
    shared.state().route = Some(device.route());
    let (mut bytes, mut given) = (Vec::new(), 0);
    while !tape.is_over(given) {
        let room = device.room()?;
        bytes.clear();
        given += tape.read(given, room, &mut bytes);
        shared.state().given = given;
        device.give(&bytes)?;
    }
    device.finish()
}

/// The frames of a play in their order. It is asked by how many frames were played before, and these numbers never go back, whatever
/// the loop does.
#[derive(Clone)]
struct Tape {
    frames: Arc<dyn Frames>,
    count: u64,
    from: u64,
    looped: Option<Range<u64>>,
}

impl Tape {
    fn new(frames: Arc<dyn Frames>, from: u64, looped: Option<Range<u64>>) -> Self {
        let count = (frames.bytes().len() / FRAME_BYTES) as u64;
        let looped = looped.filter(|looped| looped.start < looped.end && from < looped.end && looped.end <= count);
        Self { frames, count, from, looped }
    }

    /// The frame that follows `played` others; past the end, the frame after the last.
    fn next(&self, played: u64) -> u64 {
        let straight = self.from.saturating_add(played);
        match &self.looped {
            Some(looped) if straight >= looped.end => {
                looped.start + (straight - looped.end) % (looped.end - looped.start)
            }
            _ => straight.min(self.count),
        }
    }

    /// The same, but never past the last one.
    fn place(&self, played: u64) -> u64 {
        self.next(played).min(self.count.saturating_sub(1))
    }

    fn is_over(&self, played: u64) -> bool {
        self.next(played) >= self.count
    }

    /// Adds the bytes of at most `room` frames that follow `played` others. How many there are.
    fn read(&self, played: u64, room: u64, into: &mut Vec<u8>) -> u64 {
        let byte = |frame: u64| usize::try_from(frame).unwrap_or(usize::MAX).saturating_mul(FRAME_BYTES);
        let end = self.looped.as_ref().map_or(self.count, |looped| looped.end);
        let mut read = 0;
        while read < room && !self.is_over(played + read) {
            let first = self.next(played + read);
            let last = end.min(first + (room - read));
            into.extend_from_slice(&self.frames.bytes()[byte(first)..byte(last)]);
            read += last - first;
        }
        read
    }
}

/// What a play's thread and the window share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Outside of the state, so that it can be lent.
    trouble: OnceLock<String>,
}

#[derive(Default)]
struct State {
    route: Option<Route>,
    /// How many frames had been heard, and when. Frames that are on their way are heard at a time that is yet to come.
    clock: Option<(u64, Instant)>,
    /// How many frames the device was given.
    given: u64,
    /// The most that [`heard`](Self::heard) has said.
    shown: u64,
    is_stopped: bool,
    has_ended: bool,
    on_stop: Option<Box<dyn Fn() + Send>>,
}

impl State {
    /// How many frames have been heard. It grows, but is never more than what was given, however long the device keeps silent.
    fn heard(&mut self, now: Instant, rate_hz: u32) -> u64 {
        if let Some((frames, at)) = self.clock {
            let count =
                |time: Duration| u64::try_from(time.as_micros() * u128::from(rate_hz) / 1_000_000).unwrap_or(u64::MAX);
            let heard = match now.checked_duration_since(at) {
                Some(since) => frames.saturating_add(count(since)),
                None => frames.saturating_sub(count(at - now)),
            };
            self.shown = self.shown.max(heard.min(self.given.saturating_sub(1)));
        }
        self.shown
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked with it left no half-made state: each change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what ends the waiting for a device. It is done at once if the play was stopped before.
    fn on_stop(&self, interrupt: impl Fn() + Send + 'static) {
        let mut state = self.state();
        if state.is_stopped {
            drop(state);
            interrupt();
        } else {
            state.on_stop = Some(Box::new(interrupt));
        }
    }

    fn stop(&self) {
        let interrupt = {
            let mut state = self.state();
            state.is_stopped = true;
            state.on_stop.take()
        };
        if let Some(interrupt) = interrupt {
            interrupt();
        }
    }

    /// After so many frames, the next one is heard at this time.
    fn hears(&self, frames: u64, at: Instant) {
        self.state().clock = Some((frames, at));
    }

    /// Tells why there is no sound. What a stop does to a device is no trouble.
    fn fail(&self, why: &str) {
        let mut state = self.state();
        state.has_ended = true;
        if !state.is_stopped {
            // Only the first reason counts.
            let _ = self.trouble.set(format!("No sound: {why}. Everything else works."));
        }
    }
}

/// Tells that a play has ended, even if its thread panics.
struct End {
    shared: Arc<Shared>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl End {
    fn with(&self, result: Result<(), String>) {
        if let Err(why) = result {
            self.shared.fail(&why);
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail("the player broke");
        }
        let was_stopped = {
            let mut state = self.shared.state();
            state.has_ended = true;
            // It may keep a device open.
            state.on_stop = None;
            state.is_stopped
        };
        if !was_stopped {
            (self.wake)();
        }
    }
}
