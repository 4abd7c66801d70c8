//! Plays on a device that does what a test says; and what the routes do when their other end does not do its part.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

#[cfg(all(unix, not(target_os = "macos")))]
mod real;
#[cfg(all(unix, not(target_os = "macos")))]
mod routes;

/// What does not come within this time does not come.
const SOON: Duration = Duration::from_secs(20);

/// The bytes of some frames.
fn bytes(frames: impl IntoIterator<Item = i16>) -> Vec<u8> {
    frames.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// What a device does next.
enum Step {
    Room(u64),
    /// So many frames were heard, so long ago.
    Playback(u64, Duration),
    /// The last frame was heard.
    Quiet,
    Lost(&'static str),
    Panic,
    Stop,
}

/// A device as its test sees it.
struct Stage {
    steps: Sender<Step>,
    given: Receiver<Vec<u8>>,
    rate_hz: u32,
}

impl Stage {
    fn does(&self, step: Step) {
        self.steps.send(step).unwrap();
    }

    /// Makes room, and says what it is given.
    fn takes(&self, room: u64) -> Vec<u8> {
        self.does(Step::Room(room));
        self.given.recv_timeout(SOON).unwrap()
    }
}

struct Fake {
    steps: Receiver<Step>,
    given: Sender<Vec<u8>>,
    shared: Arc<Shared>,
    open: Arc<AtomicUsize>,
}

impl Fake {
    fn wait(&mut self, is_finishing: bool) -> Result<u64, String> {
        loop {
            match self.steps.recv() {
                Ok(Step::Room(room)) if !is_finishing => return Ok(room),
                Ok(Step::Quiet) if is_finishing => return Ok(0),
                Ok(Step::Playback(frames, ago)) => self.shared.hears(frames, Instant::now() - ago),
                Ok(Step::Lost(why)) => return Err(why.into()),
                Ok(Step::Panic) => panic!("as the test wants it"),
                Ok(Step::Room(_) | Step::Quiet) => {}
                Ok(Step::Stop) | Err(_) => return Err("it was stopped".into()),
            }
        }
    }
}

impl Device for Fake {
    fn route(&self) -> Route {
        Route::Aplay
    }

    fn room(&mut self) -> Result<u64, String> {
        self.wait(false)
    }

    fn give(&mut self, bytes: &[u8]) -> Result<(), String> {
        let _ = self.given.send(bytes.to_vec());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        self.wait(true).map(|_| ())
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A player on devices that do what the test says.
struct Theater {
    player: Player,
    stages: Receiver<Stage>,
    wakes: Receiver<()>,
    open: Arc<AtomicUsize>,
}

impl Theater {
    fn new() -> Self {
        let open = Arc::new(AtomicUsize::new(0));
        let ((to_stages, stages), (to_wakes, wakes)) = (channel(), channel());
        let counter = open.clone();
        let opening = move |rate_hz: u32, shared: &Arc<Shared>| -> Result<Box<dyn Device>, String> {
            assert_eq!(counter.fetch_add(1, Ordering::SeqCst), 0, "only one device is open at a time");
            let ((steps, mine), (give, given)) = (channel(), channel());
            let interrupt = steps.clone();
            shared.on_stop(move || {
                let _ = interrupt.send(Step::Stop);
            });
            to_stages.send(Stage { steps, given, rate_hz }).unwrap();
            Ok(Box::new(Fake { steps: mine, given: give, shared: shared.clone(), open: counter.clone() }))
        };
        let player = Player::opening(opening, move || {
            let _ = to_wakes.send(());
        });
        Self { player, stages, wakes, open }
    }

    fn play(&mut self, what: Play) -> Stage {
        self.player.play(what);
        self.stages.recv_timeout(SOON).unwrap()
    }

    fn woken(&self) {
        self.wakes.recv_timeout(SOON).unwrap();
    }

    /// The frame that is heard.
    fn frame(&self) -> Option<u64> {
        self.player.playing().map(|playing| playing.frame)
    }

    /// Waits until this frame is heard.
    fn reaches(&self, frame: u64) {
        let since = Instant::now();
        while self.frame() != Some(frame) {
            assert!(since.elapsed() < SOON, "{:?} and not {frame}", self.frame());
            std::thread::yield_now();
        }
    }
}

/// A sound of so many frames; each has its number as value.
fn numbered(count: i16) -> Play {
    Play::new("wind", bytes(0..count), 22_050)
}

#[test]
fn frames_come_to_the_device_in_order_and_unchanged() {
    let mut theater = Theater::new();
    let stage = theater.play(Play::new("ends", bytes([i16::MIN, -1, 0, 1, i16::MAX]), 11_025));
    assert_eq!(stage.rate_hz, 11_025);
    assert_eq!(stage.takes(2), bytes([i16::MIN, -1]));
    assert_eq!(stage.takes(1), bytes([0]));
    assert_eq!(stage.takes(100), bytes([1, i16::MAX]));
    stage.does(Step::Quiet);
    theater.woken();
    assert!(theater.player.playing().is_none() && theater.player.trouble().is_none());
}

#[test]
fn a_loop_goes_from_its_last_frame_to_its_first_and_never_ends() {
    let mut theater = Theater::new();
    let stage = theater.play(numbered(9).from_frame(1).around(3..6));
    assert_eq!(stage.takes(4), bytes([1, 2, 3, 4]));
    assert_eq!(stage.takes(7), bytes([5, 3, 4, 5, 3, 4, 5]));
    assert_eq!(stage.takes(1), bytes([3]));
    let many = stage.takes(30_000);
    assert_eq!(many, bytes([4, 5, 3].into_iter().cycle().take(30_000)));
    theater.player.stop();
    assert!(theater.wakes.try_recv().is_err());
}

#[test]
fn a_loop_that_is_none_or_lies_behind_is_not_gone_around() {
    for (from, looped) in [(0, 2..2), (0, 2..5), (3, 1..3), (4, 0..1)] {
        let mut theater = Theater::new();
        theater.player.play(numbered(4).from_frame(from).around(looped));
        if from < 4 {
            let stage = theater.stages.recv_timeout(SOON).unwrap();
            assert_eq!(stage.takes(100), bytes(i16::try_from(from).unwrap()..4));
            stage.does(Step::Quiet);
        }
        theater.woken();
        assert_eq!(theater.player.trouble(), None);
    }
}

#[test]
fn nothing_is_opened_until_there_is_something_to_play() {
    let mut theater = Theater::new();
    theater.player.stop();
    assert_eq!((theater.frame(), theater.player.trouble()), (None, None));
    theater.player.play(Play::new("empty", Vec::new(), 22_050));
    theater.woken();
    theater.player.play(Play::new("half a frame", vec![7], 22_050));
    theater.woken();
    assert_eq!((theater.frame(), theater.player.trouble()), (None, None));
    assert!(theater.stages.try_recv().is_err());
}

#[test]
fn a_stop_is_at_once_and_wakes_nobody() {
    let mut theater = Theater::new();
    let stage = theater.play(numbered(1000));
    stage.takes(10);
    theater.player.stop();
    assert_eq!((theater.frame(), theater.player.trouble()), (None, None));
    theater.player.stop();
    drop(theater.player);
    assert_eq!(theater.open.load(Ordering::SeqCst), 0);
    assert!(theater.wakes.recv_timeout(SOON).is_err(), "the other end of the channel is gone, and nothing was said");
}

#[test]
fn playing_another_stops_the_one_before_and_never_are_two_devices_open() {
    let mut theater = Theater::new();
    let first = theater.play(numbered(1000));
    first.takes(10);
    let second = theater.play(Play { key: "rain".into(), ..numbered(5) });
    assert_eq!(theater.player.playing().map(|playing| playing.key), Some("rain"));
    assert!(first.steps.send(Step::Room(1)).is_err(), "its device is closed");
    assert_eq!(second.takes(9), bytes(0..5));
    second.does(Step::Quiet);
    theater.woken();
    assert!(theater.wakes.try_recv().is_err(), "only the second one ended");
}

#[test]
fn a_hundred_clicks_leave_one_sound() {
    let mut theater = Theater::new();
    for _ in 0..100 {
        theater.player.play(numbered(1000));
    }
    let last = Play { key: "last".into(), ..numbered(5) };
    theater.player.play(last);
    loop {
        let stage = theater.stages.recv_timeout(SOON).unwrap();
        // The device of a play that was stopped is gone.
        let _ = stage.steps.send(Step::Room(9));
        if stage.given.recv_timeout(SOON).is_ok_and(|given| given == bytes(0..5)) {
            stage.does(Step::Quiet);
            break;
        }
    }
    theater.woken();
    assert_eq!(theater.open.load(Ordering::SeqCst), 0);
}

#[test]
fn a_device_that_vanishes_is_told_in_a_sentence_and_the_next_play_may_be_heard() {
    let mut theater = Theater::new();
    let stage = theater.play(numbered(1000));
    stage.takes(10);
    stage.does(Step::Lost("the cable was pulled"));
    theater.woken();
    assert_eq!(theater.frame(), None);
    assert_eq!(theater.player.trouble(), Some("No sound: the cable was pulled. Everything else works."));
    theater.player.stop();
    assert!(theater.player.trouble().is_some(), "nothing has changed");
    let _stage = theater.play(numbered(1000));
    assert_eq!(theater.player.trouble(), None);
}

#[test]
fn a_device_that_cannot_be_opened_is_told() {
    let (wake, woken) = channel();
    let refuse = |_: u32, _: &Arc<Shared>| Err("there is no sound device".to_owned());
    let mut player = Player::opening(refuse, move || wake.send(()).unwrap());
    player.play(numbered(9));
    woken.recv_timeout(SOON).unwrap();
    assert_eq!(player.playing(), None);
    assert_eq!(player.trouble(), Some("No sound: there is no sound device. Everything else works."));
    player.play(Play { rate_hz: 0, ..numbered(9) });
    woken.recv_timeout(SOON).unwrap();
    assert_eq!(player.trouble(), Some("No sound: a sound of 0 Hz never gets anywhere. Everything else works."));
}

#[test]
fn a_player_that_breaks_says_so() {
    let mut theater = Theater::new();
    theater.play(numbered(9)).does(Step::Panic);
    theater.woken();
    assert_eq!(theater.player.trouble(), Some("No sound: the player broke. Everything else works."));
    assert_eq!(theater.open.load(Ordering::SeqCst), 0);
}

#[test]
fn the_cursor_is_where_the_device_says_and_runs_on_in_between() {
    let mut theater = Theater::new();
    let stage = theater.play(Play { rate_hz: 100, ..numbered(1000) }.from_frame(50));
    assert_eq!(theater.frame(), Some(50), "before anything is heard");
    stage.takes(800);
    assert_eq!(theater.frame(), Some(50));
    assert_eq!(theater.player.playing().and_then(|playing| playing.route), Some(Route::Aplay));
    stage.does(Step::Playback(100, Duration::from_secs(2)));
    theater.reaches(350);
    theater.reaches(355);
    stage.does(Step::Playback(0, Duration::ZERO));
    stage.takes(1);
    assert!(theater.frame() >= Some(355), "it never goes back");
    stage.does(Step::Playback(100, Duration::from_secs(3600)));
    theater.reaches(50 + 800);
    stage.takes(500);
    stage.does(Step::Playback(100, Duration::from_secs(3600)));
    theater.reaches(999);
    stage.does(Step::Quiet);
    theater.woken();
    assert_eq!(theater.frame(), None);
}

#[test]
fn the_cursor_goes_around_with_the_loop() {
    let mut theater = Theater::new();
    let stage = theater.play(Play { rate_hz: 1, ..numbered(100) }.from_frame(10).around(20..30));
    stage.takes(1000);
    for (heard, frame) in [(0, 10), (19, 29), (20, 20), (29, 29), (30, 20), (995, 25)] {
        stage.does(Step::Playback(heard, Duration::ZERO));
        theater.reaches(frame);
    }
}

#[test]
fn frames_on_their_way_are_not_heard_yet() {
    let mut state = State { given: 1000, ..State::default() };
    let now = Instant::now();
    assert_eq!(state.heard(now, 100), 0);
    state.clock = Some((50, now + Duration::from_secs(1)));
    assert_eq!(state.heard(now, 100), 0);
    assert_eq!(state.heard(now + Duration::from_millis(700), 100), 20);
    assert_eq!(state.heard(now + Duration::from_millis(1100), 100), 60);
    assert_eq!(state.heard(now, 100), 60);
}

#[test]
fn a_dropped_player_leaves_no_thread() {
    let mut theater = Theater::new();
    let stage = theater.play(numbered(1000));
    stage.takes(10);
    let shared = Arc::downgrade(&theater.player.last.as_ref().unwrap().shared);
    drop(theater.player);
    assert_eq!(theater.open.load(Ordering::SeqCst), 0);
    assert!(shared.upgrade().is_none(), "the thread had it too");
}
