//! Plays on a device that the test controls; and what the routes do when a server or program misbehaves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

#[cfg(all(unix, not(target_os = "macos")))]
mod real;
#[cfg(all(unix, not(target_os = "macos")))]
mod routes;

/// After this time, something awaited will not happen.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The bytes of frames.
fn bytes(frames: impl IntoIterator<Item = i16>) -> Vec<u8> {
    frames.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// What the device does next.
enum Step {
    Room(u64),
    /// Reports that so many frames were heard, so long ago.
    Playback(u64, Duration),
    /// Reports that the last frame was heard.
    End,
    Fail(&'static str),
    Panic,
    Stop,
}

/// The test's end of a device.
struct DeviceControl {
    steps: Sender<Step>,
    written: Receiver<Vec<u8>>,
    rate_hz: u32,
}

impl DeviceControl {
    fn perform(&self, step: Step) {
        self.steps.send(step).unwrap();
    }

    /// Makes room, and returns what is written.
    fn accept(&self, room: u64) -> Vec<u8> {
        self.perform(Step::Room(room));
        self.written.recv_timeout(TIMEOUT).unwrap()
    }
}

struct FakeDevice {
    steps: Receiver<Step>,
    written: Sender<Vec<u8>>,
    shared: Arc<Shared>,
    open_devices: Arc<AtomicUsize>,
}

impl FakeDevice {
    fn wait(&mut self, is_finishing: bool) -> Result<u64, String> {
        loop {
            match self.steps.recv() {
                Ok(Step::Room(room)) if !is_finishing => return Ok(room),
                Ok(Step::End) if is_finishing => return Ok(0),
                Ok(Step::Playback(frames, ago)) => self.shared.set_clock(frames, Instant::now() - ago),
                Ok(Step::Fail(why)) => return Err(why.into()),
                Ok(Step::Panic) => panic!("requested by the test"),
                Ok(Step::Room(_) | Step::End) => {}
                Ok(Step::Stop) | Err(_) => return Err("it was stopped".into()),
            }
        }
    }
}

impl Device for FakeDevice {
    fn route(&self) -> Route {
        Route::Aplay
    }

    fn wait_for_room(&mut self) -> Result<u64, String> {
        self.wait(false)
    }

    fn write_frames(&mut self, bytes: &[u8]) -> Result<(), String> {
        let _ = self.written.send(bytes.to_vec());
        Ok(())
    }

    fn wait_for_end(&mut self) -> Result<(), String> {
        self.wait(true).map(|_| ())
    }
}

impl Drop for FakeDevice {
    fn drop(&mut self) {
        self.open_devices.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A player on devices that the test controls.
struct TestPlayer {
    player: Player,
    devices: Receiver<DeviceControl>,
    wakes: Receiver<()>,
    open_devices: Arc<AtomicUsize>,
}

impl TestPlayer {
    fn new() -> Self {
        let open_devices = Arc::new(AtomicUsize::new(0));
        let ((to_devices, devices), (to_wakes, wakes)) = (channel(), channel());
        let counter = open_devices.clone();
        let open = move |rate_hz: u32, shared: &Arc<Shared>| -> Result<Box<dyn Device>, String> {
            assert_eq!(counter.fetch_add(1, Ordering::SeqCst), 0, "only one device is open at a time");
            let ((steps, received), (write, written)) = (channel(), channel());
            let interrupt = steps.clone();
            shared.on_stop(move || {
                let _ = interrupt.send(Step::Stop);
            });
            to_devices.send(DeviceControl { steps, written, rate_hz }).unwrap();
            Ok(Box::new(FakeDevice {
                steps: received,
                written: write,
                shared: shared.clone(),
                open_devices: counter.clone(),
            }))
        };
        let player = Player::with_device(open, move || {
            let _ = to_wakes.send(());
        });
        Self { player, devices, wakes, open_devices }
    }

    fn play(&mut self, play: Play) -> DeviceControl {
        self.player.play(play);
        self.devices.recv_timeout(TIMEOUT).unwrap()
    }

    fn wait_for_wake(&self) {
        self.wakes.recv_timeout(TIMEOUT).unwrap();
    }

    /// The frame that is heard.
    fn frame(&self) -> Option<u64> {
        self.player.playing().map(|playing| playing.frame)
    }

    /// Waits until this frame is heard.
    fn wait_for_frame(&self, frame: u64) {
        let since = Instant::now();
        while self.frame() != Some(frame) {
            assert!(since.elapsed() < TIMEOUT, "{:?} and not {frame}", self.frame());
            std::thread::yield_now();
        }
    }
}

/// A sound of so many frames, in which each frame's value is its number.
fn numbered(count: i16) -> Play {
    Play::new("wind", bytes(0..count), 22_050)
}

#[test]
fn frames_are_written_in_order_and_unchanged() {
    let mut test = TestPlayer::new();
    let device = test.play(Play::new("ends", bytes([i16::MIN, -1, 0, 1, i16::MAX]), 11_025));
    assert_eq!(device.rate_hz, 11_025);
    assert_eq!(device.accept(2), bytes([i16::MIN, -1]));
    assert_eq!(device.accept(1), bytes([0]));
    assert_eq!(device.accept(100), bytes([1, i16::MAX]));
    device.perform(Step::End);
    test.wait_for_wake();
    assert!(test.player.playing().is_none() && test.player.error().is_none());
}

#[test]
fn loops_repeat_without_end() {
    let mut test = TestPlayer::new();
    let device = test.play(numbered(9).from_frame(1).with_loop(3..6));
    assert_eq!(device.accept(4), bytes([1, 2, 3, 4]));
    assert_eq!(device.accept(7), bytes([5, 3, 4, 5, 3, 4, 5]));
    assert_eq!(device.accept(1), bytes([3]));
    let many = device.accept(30_000);
    assert_eq!(many, bytes([4, 5, 3].into_iter().cycle().take(30_000)));
    test.player.stop();
    assert!(test.wakes.try_recv().is_err());
}

#[test]
fn empty_and_passed_loops_are_ignored() {
    for (from, looped) in [(0, 2..2), (0, 2..5), (3, 1..3), (4, 0..1)] {
        let mut test = TestPlayer::new();
        test.player.play(numbered(4).from_frame(from).with_loop(looped));
        if from < 4 {
            let device = test.devices.recv_timeout(TIMEOUT).unwrap();
            assert_eq!(device.accept(100), bytes(i16::try_from(from).unwrap()..4));
            device.perform(Step::End);
        }
        test.wait_for_wake();
        assert_eq!(test.player.error(), None);
    }
}

#[test]
fn no_device_is_opened_without_frames() {
    let mut test = TestPlayer::new();
    test.player.stop();
    assert_eq!((test.frame(), test.player.error()), (None, None));
    test.player.play(Play::new("empty", Vec::new(), 22_050));
    test.wait_for_wake();
    test.player.play(Play::new("half a frame", vec![7], 22_050));
    test.wait_for_wake();
    assert_eq!((test.frame(), test.player.error()), (None, None));
    assert!(test.devices.try_recv().is_err());
}

#[test]
fn stop_is_immediate_and_does_not_wake() {
    let mut test = TestPlayer::new();
    let device = test.play(numbered(1000));
    device.accept(10);
    test.player.stop();
    assert_eq!((test.frame(), test.player.error()), (None, None));
    test.player.stop();
    drop(test.player);
    assert_eq!(test.open_devices.load(Ordering::SeqCst), 0);
    assert!(test.wakes.recv_timeout(TIMEOUT).is_err(), "the channel is closed, and nothing was sent");
}

#[test]
fn only_one_device_is_open() {
    let mut test = TestPlayer::new();
    let first = test.play(numbered(1000));
    first.accept(10);
    let second = test.play(Play { key: "rain".into(), ..numbered(5) });
    assert_eq!(test.player.playing().map(|playing| playing.key), Some("rain"));
    assert!(first.steps.send(Step::Room(1)).is_err(), "its device is closed");
    assert_eq!(second.accept(9), bytes(0..5));
    second.perform(Step::End);
    test.wait_for_wake();
    assert!(test.wakes.try_recv().is_err(), "only the second one ended");
}

#[test]
fn a_hundred_clicks_leave_one_sound() {
    let mut test = TestPlayer::new();
    for _ in 0..100 {
        test.player.play(numbered(1000));
    }
    let last = Play { key: "last".into(), ..numbered(5) };
    test.player.play(last);
    loop {
        let device = test.devices.recv_timeout(TIMEOUT).unwrap();
        // The device of a stopped play is gone.
        let _ = device.steps.send(Step::Room(9));
        if device.written.recv_timeout(TIMEOUT).is_ok_and(|written| written == bytes(0..5)) {
            device.perform(Step::End);
            break;
        }
    }
    test.wait_for_wake();
    assert_eq!(test.open_devices.load(Ordering::SeqCst), 0);
}

#[test]
fn a_vanished_device_is_reported() {
    let mut test = TestPlayer::new();
    let device = test.play(numbered(1000));
    device.accept(10);
    device.perform(Step::Fail("the cable was pulled"));
    test.wait_for_wake();
    assert_eq!(test.frame(), None);
    assert_eq!(test.player.error(), Some("No sound: the cable was pulled. Everything else works."));
    test.player.stop();
    assert!(test.player.error().is_some(), "a stop keeps the error");
    let _device = test.play(numbered(1000));
    assert_eq!(test.player.error(), None);
}

#[test]
fn an_unusable_device_is_reported() {
    let (wake, woken) = channel();
    let refuse = |_: u32, _: &Arc<Shared>| Err("there is no sound device".to_owned());
    let mut player = Player::with_device(refuse, move || wake.send(()).unwrap());
    player.play(numbered(9));
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.playing(), None);
    assert_eq!(player.error(), Some("No sound: there is no sound device. Everything else works."));
    player.play(Play { rate_hz: 0, ..numbered(9) });
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), Some("No sound: a sound of 0 Hz cannot be played. Everything else works."));
}

#[test]
fn a_panicking_player_is_reported() {
    let mut test = TestPlayer::new();
    test.play(numbered(9)).perform(Step::Panic);
    test.wait_for_wake();
    assert_eq!(test.player.error(), Some("No sound: the player failed. Everything else works."));
    assert_eq!(test.open_devices.load(Ordering::SeqCst), 0);
}

#[test]
fn the_cursor_follows_the_device_clock() {
    let mut test = TestPlayer::new();
    let device = test.play(Play { rate_hz: 100, ..numbered(1000) }.from_frame(50));
    assert_eq!(test.frame(), Some(50), "before anything is heard");
    device.accept(800);
    assert_eq!(test.frame(), Some(50));
    assert_eq!(test.player.playing().and_then(|playing| playing.route), Some(Route::Aplay));
    device.perform(Step::Playback(100, Duration::from_secs(2)));
    test.wait_for_frame(350);
    test.wait_for_frame(355);
    device.perform(Step::Playback(0, Duration::ZERO));
    device.accept(1);
    assert!(test.frame() >= Some(355), "it never decreases");
    device.perform(Step::Playback(100, Duration::from_secs(3600)));
    test.wait_for_frame(50 + 800);
    device.accept(500);
    device.perform(Step::Playback(100, Duration::from_secs(3600)));
    test.wait_for_frame(999);
    device.perform(Step::End);
    test.wait_for_wake();
    assert_eq!(test.frame(), None);
}

#[test]
fn the_cursor_follows_the_loop() {
    let mut test = TestPlayer::new();
    let device = test.play(Play { rate_hz: 1, ..numbered(100) }.from_frame(10).with_loop(20..30));
    device.accept(1000);
    for (heard, frame) in [(0, 10), (19, 29), (20, 20), (29, 29), (30, 20), (995, 25)] {
        device.perform(Step::Playback(heard, Duration::ZERO));
        test.wait_for_frame(frame);
    }
}

#[test]
fn frames_in_transit_are_not_heard() {
    let mut state = PlayState { written_frames: 1000, ..PlayState::default() };
    let now = Instant::now();
    assert_eq!(state.heard_frames(now, 100), 0);
    state.clock = Some((50, now + Duration::from_secs(1)));
    assert_eq!(state.heard_frames(now, 100), 0);
    assert_eq!(state.heard_frames(now + Duration::from_millis(700), 100), 20);
    assert_eq!(state.heard_frames(now + Duration::from_millis(1100), 100), 60);
    assert_eq!(state.heard_frames(now, 100), 60);
}

#[test]
fn a_dropped_player_leaves_no_thread() {
    let mut test = TestPlayer::new();
    let device = test.play(numbered(1000));
    device.accept(10);
    let shared = Arc::downgrade(&test.player.last.as_ref().unwrap().shared);
    drop(test.player);
    assert_eq!(test.open_devices.load(Ordering::SeqCst), 0);
    assert!(shared.upgrade().is_none(), "the thread shared it");
}
