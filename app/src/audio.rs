//! Plays one sound at a time, on a thread of its own.
//!
//! The drawing thread starts a play, stops it and asks for its position; it never waits. The play's thread opens the
//! first route that works, sends it the frames, and ends with the sound. While nothing plays, there is no thread and no
//! open device.
//!
//! | system | route | what it receives |
//! |---|---|---|
//! | Linux, BSD | the sound server (PulseAudio, or PipeWire in its place), over its socket | the packed frames |
//! | Linux, BSD without a server | the program `aplay` | the packed frames |
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

/// The size of a frame.
const FRAME_BYTES: usize = 2;
/// How much sound a device is given ahead, in milliseconds: enough that a busy system causes no gap. A stop silences it
/// at once anyway.
const AHEAD_MS: u64 = 400;

/// Packed frames: 16 bits, little-endian, mono.
///
/// A type that shares a whole preview can return a part of it without copying.
pub trait Frames: Send + Sync {
    /// Their bytes, as in the pack. If the last byte is half a frame, it is ignored.
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

/// A sound to play.
#[derive(Clone)]
pub struct Play {
    /// Identifies it in [`Playing`].
    pub key: String,
    /// Its frames.
    pub frames: Arc<dyn Frames>,
    /// Their rate.
    pub rate_hz: u32,
    /// The first frame that is played.
    pub from: u64,
    /// The loop: once reached, these frames are repeated. With `None`, an empty range, or one before `from` or past the
    /// end, the sound is played to its end.
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

    /// The same sound from another frame on.
    pub fn from_frame(self, from: u64) -> Self {
        Self { from, ..self }
    }

    /// The same sound, with a loop.
    pub fn with_loop(self, looped: Range<u64>) -> Self {
        Self { looped: Some(looped), ..self }
    }
}

/// The sound that is playing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playing<'a> {
    /// The key of the [`Play`].
    pub key: &'a str,
    /// The frame that is heard now, according to the device.
    pub frame: u64,
    /// How it is played; `None` while the route is being opened.
    pub route: Option<Route>,
}

/// How a sound is played. As text, it completes a sentence that begins with "Playing".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Through a sound server: PulseAudio, or PipeWire in its place.
    Server {
        /// The server's description of the device.
        device: Option<String>,
    },
    /// Through the program `aplay`.
    Aplay,
    /// On the system's default device.
    System {
        /// The system's description of the device.
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

/// Plays sounds, one at a time: playing another one stops the previous.
///
/// No method waits for a device. Dropping the player waits until the sound's thread has ended, which takes
/// milliseconds.
pub struct Player {
    wake: Arc<dyn Fn() + Send + Sync>,
    open: Arc<OpenDevice>,
    last: Option<LastPlay>,
}

/// The last play, running or ended.
struct LastPlay {
    key: String,
    frames: FrameSequence,
    rate_hz: u32,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Opens a device for frames of a rate.
type OpenDevice = dyn Fn(u32, &Arc<Shared>) -> Result<Box<dyn Device>, String> + Send + Sync;

impl Player {
    /// A player that opens no device until something is played. `wake` is called from another thread when a play ends
    /// or fails.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::with_device(open_device, wake)
    }

    fn with_device(
        open: impl Fn(u32, &Arc<Shared>) -> Result<Box<dyn Device>, String> + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { wake: Arc::new(wake), open: Arc::new(open), last: None }
    }

    /// Starts a play and stops the previous one. [`playing`](Self::playing) and [`error`](Self::error) report what
    /// happens.
    pub fn play(&mut self, play: Play) {
        let Play { key, frames, rate_hz, from, looped } = play;
        let frames = FrameSequence::new(frames, from, looped);
        let shared = Arc::new(Shared::default());
        // The previous thread may still be closing its device. Only the new thread waits for that.
        let previous = self.last.take().and_then(|last| {
            last.shared.stop();
            last.thread
        });
        let (open, sequence) = (self.open.clone(), frames.clone());
        let end = PlayEnd { shared: shared.clone(), wake: self.wake.clone() };
        let thread = std::thread::Builder::new().name("sound".into()).spawn(move || {
            if let Some(previous) = previous {
                // If it panicked, it has reported that itself.
                let _ = previous.join();
            }
            end.report(play_sequence(&*open, &sequence, rate_hz, &end.shared));
        });
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(error) => {
                shared.fail(&format!("no thread could be started ({error})"));
                None
            }
        };
        self.last = Some(LastPlay { key, frames, rate_hz, shared, thread });
    }

    /// Silences the playing sound at once, if there is one.
    pub fn stop(&mut self) {
        if let Some(last) = &self.last {
            last.shared.stop();
        }
    }

    /// The playing sound; `None` if nothing plays.
    pub fn playing(&self) -> Option<Playing<'_>> {
        let last = self.last.as_ref()?;
        let mut state = last.shared.state();
        if state.is_stopped || state.has_ended {
            return None;
        }
        let frame = last.frames.audible_frame(state.heard_frames(Instant::now(), last.rate_hz));
        Some(Playing { key: &last.key, frame, route: state.route.clone() })
    }

    /// Why the last play failed, as a sentence; `None` if it did not.
    pub fn error(&self) -> Option<&str> {
        self.last.as_ref()?.shared.error.get().map(String::as_str)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.last.take().and_then(|last| last.thread) {
            // A panic was reported already.
            let _ = thread.join();
        }
    }
}

/// Opens the first route that works.
#[cfg(all(unix, not(target_os = "macos")))]
fn open_device(rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    let Some(socket) = pulse::socket_path() else { return aplay::open(aplay::aplay_program(), rate_hz, shared) };
    match pulse::open(&socket, &pulse::cookie(), rate_hz, shared) {
        Err(pulse::Refusal::Absent) => aplay::open(aplay::aplay_program(), rate_hz, shared),
        Err(pulse::Refusal::Failed(why)) => Err(why),
        Ok(device) => Ok(device),
    }
}

/// Opens the system's default device.
#[cfg(any(windows, target_os = "macos"))]
fn open_device(rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, String> {
    system::open(rate_hz, shared)
}

/// Receives the frames of one play. Errors complete a sentence that begins with "No sound:".
///
/// The function that opens a device uses [`Shared::on_stop`] so that a stop interrupts a waiting method.
trait Device {
    /// How it plays the sound.
    fn route(&self) -> Route;

    /// Waits until it accepts frames. Returns how many, at least one.
    fn wait_for_room(&mut self) -> Result<u64, String>;

    /// Accepts the bytes of some frames, at most as many as there was room for.
    fn write_frames(&mut self, bytes: &[u8]) -> Result<(), String>;

    /// Waits until all frames have been heard.
    fn wait_for_end(&mut self) -> Result<(), String>;
}

/// Plays a sequence of frames to its end.
fn play_sequence(open: &OpenDevice, frames: &FrameSequence, rate_hz: u32, shared: &Arc<Shared>) -> Result<(), String> {
    if rate_hz == 0 {
        return Err("a sound of 0 Hz cannot be played".into());
    }
    if shared.state().is_stopped || frames.is_over(0) {
        return Ok(());
    }
    let mut device = open(rate_hz, shared)?;
    shared.state().route = Some(device.route());
    let (mut bytes, mut written) = (Vec::new(), 0);
    while !frames.is_over(written) {
        let room = device.wait_for_room()?;
        bytes.clear();
        written += frames.append(written, room, &mut bytes);
        shared.state().written_frames = written;
        device.write_frames(&bytes)?;
    }
    device.wait_for_end()
}

/// The frames of a play in order. A position is the number of frames played before it, so it always grows, even in a
/// loop.
#[derive(Clone)]
struct FrameSequence {
    frames: Arc<dyn Frames>,
    count: u64,
    from: u64,
    looped: Option<Range<u64>>,
}

impl FrameSequence {
    fn new(frames: Arc<dyn Frames>, from: u64, looped: Option<Range<u64>>) -> Self {
        let count = (frames.bytes().len() / FRAME_BYTES) as u64;
        let looped = looped.filter(|looped| looped.start < looped.end && from < looped.end && looped.end <= count);
        Self { frames, count, from, looped }
    }

    /// The frame after `played` others; past the end, the frame after the last.
    fn frame_after(&self, played: u64) -> u64 {
        let straight = self.from.saturating_add(played);
        match &self.looped {
            Some(looped) if straight >= looped.end => {
                looped.start + (straight - looped.end) % (looped.end - looped.start)
            }
            _ => straight.min(self.count),
        }
    }

    /// The same, but at most the last frame.
    fn audible_frame(&self, played: u64) -> u64 {
        self.frame_after(played).min(self.count.saturating_sub(1))
    }

    fn is_over(&self, played: u64) -> bool {
        self.frame_after(played) >= self.count
    }

    /// Appends the bytes of at most `room` frames after `played` others. Returns how many frames were appended.
    fn append(&self, played: u64, room: u64, bytes: &mut Vec<u8>) -> u64 {
        let byte = |frame: u64| usize::try_from(frame).unwrap_or(usize::MAX).saturating_mul(FRAME_BYTES);
        let end = self.looped.as_ref().map_or(self.count, |looped| looped.end);
        let mut appended = 0;
        while appended < room && !self.is_over(played + appended) {
            let first = self.frame_after(played + appended);
            let last = end.min(first + (room - appended));
            bytes.extend_from_slice(&self.frames.bytes()[byte(first)..byte(last)]);
            appended += last - first;
        }
        appended
    }
}

/// What a play's thread and the player share.
#[derive(Default)]
struct Shared {
    state: Mutex<PlayState>,
    /// Outside the mutex, so that it can be borrowed.
    error: OnceLock<String>,
}

#[derive(Default)]
struct PlayState {
    route: Option<Route>,
    /// How many frames have been heard at a time. The time is in the future for frames that are still on their way.
    clock: Option<(u64, Instant)>,
    /// How many frames were written to the device.
    written_frames: u64,
    /// The largest result of [`heard_frames`](Self::heard_frames) so far.
    reported_frames: u64,
    is_stopped: bool,
    has_ended: bool,
    on_stop: Option<Box<dyn Fn() + Send>>,
}

impl PlayState {
    /// How many frames have been heard. It never decreases, and stays below the number of written frames even if the
    /// device stops reporting.
    fn heard_frames(&mut self, now: Instant, rate_hz: u32) -> u64 {
        if let Some((frames, at)) = self.clock {
            let count =
                |time: Duration| u64::try_from(time.as_micros() * u128::from(rate_hz) / 1_000_000).unwrap_or(u64::MAX);
            let heard = match now.checked_duration_since(at) {
                Some(since) => frames.saturating_add(count(since)),
                None => frames.saturating_sub(count(at - now)),
            };
            self.reported_frames = self.reported_frames.max(heard.min(self.written_frames.saturating_sub(1)));
        }
        self.reported_frames
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, PlayState> {
        // A panic cannot leave an invalid state: each change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what interrupts waiting for a device when the play is stopped. If it is stopped already, interrupts at
    /// once.
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

    /// Records that so many frames have been heard at a time.
    fn set_clock(&self, frames: u64, at: Instant) {
        self.state().clock = Some((frames, at));
    }

    /// Records why there is no sound. What a stop does to a device is not an error.
    fn fail(&self, why: &str) {
        let mut state = self.state();
        state.has_ended = true;
        if !state.is_stopped {
            // The first reason is kept.
            let _ = self.error.set(format!("No sound: {why}. Everything else works."));
        }
    }
}

/// Reports the end of a play, even if its thread panics.
struct PlayEnd {
    shared: Arc<Shared>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl PlayEnd {
    fn report(&self, result: Result<(), String>) {
        if let Err(why) = result {
            self.shared.fail(&why);
        }
    }
}

impl Drop for PlayEnd {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail("the player failed");
        }
        let was_stopped = {
            let mut state = self.shared.state();
            state.has_ended = true;
            // The closure can keep a device open.
            state.on_stop = None;
            state.is_stopped
        };
        if !was_stopped {
            (self.wake)();
        }
    }
}
