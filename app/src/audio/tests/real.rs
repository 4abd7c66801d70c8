//! Real sound: a private PulseAudio with a sink that plays into a pipe at the speed of a device, and the real `aplay`
//! into a file. A recording of a sink's monitor would prove nothing: PulseAudio omits its first hundredths of a second.
//!
//! `cargo test -p prometeu-workbench --lib audio -- --ignored` runs these tests. They need the Debian packages
//! `pulseaudio`, `pulseaudio-utils` and `alsa-utils`, but no device, and do not use a running server. Without a program
//! that they need they fail; with `PROMETEU_ALLOW_MISSING_TOOLS=1` they are skipped.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::routes::{player_on_program, player_on_server};
use super::*;

/// Whether these programs are installed. If not, the test fails, unless skipping it is allowed.
fn has_tools(programs: &[&str]) -> bool {
    let works = |program: &&&str| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        !command.status().is_ok_and(|status| status.success())
    };
    let Some(missing) = programs.iter().find(works) else { return true };
    let allowed = std::env::var_os("PROMETEU_ALLOW_MISSING_TOOLS").is_some_and(|value| value == "1");
    assert!(allowed, "this test needs {missing}; or set PROMETEU_ALLOW_MISSING_TOOLS=1 to skip it");
    println!("SKIP this test needs {missing}");
    false
}

/// Waits until a condition holds.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < TIMEOUT, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A program that is killed when its test ends.
struct ChildGuard(Child);

impl Drop for ChildGuard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A private PulseAudio.
struct Daemon {
    home: tempfile::TempDir,
    process: ChildGuard,
}

impl Daemon {
    /// Starts one with a sink of this name, which plays frames of this rate into a pipe.
    fn new(sink: &str, rate_hz: u32) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new("pulseaudio");
        command.args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"]);
        command.arg("--log-level=error");
        command.arg("-L").arg(format!("module-native-protocol-unix socket={}", home.path().join("native").display()));
        let pipe = home.path().join("pipe").display().to_string();
        let sound = format!("format=s16le rate={rate_hz} channels=1 channel_map=mono");
        let clock = "use_system_clock_for_timing=yes sink_properties=device.description=Ear";
        command.arg("-L").arg(format!("module-pipe-sink sink_name={sink} file={pipe} {clock} {sound}"));
        let process = ChildGuard(Self::isolated(command, home.path()).spawn().unwrap());
        let daemon = Self { home, process };
        wait_until("the daemon starts", || daemon.pactl(&["info"]).is_some());
        daemon
    }

    /// A command without the settings of the user who runs the test.
    fn isolated(mut command: Command, home: &Path) -> Command {
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", home);
        command.env("XDG_RUNTIME_DIR", home).env("PULSE_SERVER", format!("unix:{}", home.join("native").display()));
        command.stderr(Stdio::null());
        command
    }

    fn pactl(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("pactl");
        command.args(arguments);
        let output = Self::isolated(command, self.home.path()).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    fn player(&self) -> (Player, Receiver<()>) {
        let cookie = pulse::read_cookie(&self.home.path().join(".config/pulse/cookie")).unwrap();
        player_on_server(self.home.path().join("native"), cookie)
    }

    /// How many sounds are playing.
    fn playing_count(&self) -> usize {
        self.pactl(&["list", "short", "sink-inputs"]).unwrap().lines().count()
    }
}

/// The output of the sink, from its start on.
struct Recording {
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Recording {
    fn of(daemon: &Daemon) -> Self {
        let recording = Self { heard: Arc::default() };
        let mut pipe = std::fs::OpenOptions::new().read(true).open(daemon.home.path().join("pipe")).unwrap();
        let heard = recording.heard.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                heard.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        recording
    }

    /// Waits until all of these frames are heard, without a gap and after nothing but silence. Returns how many bytes
    /// of silence there were.
    fn wait_for_frames(&self, frames: &[u8]) -> usize {
        let mut heard = Vec::new();
        let mut silence = 0;
        wait_until("the frames are heard", || {
            heard.clone_from(&self.heard.lock().unwrap());
            silence = heard.iter().position(|byte| *byte != 0).unwrap_or(heard.len());
            heard.len() - silence >= frames.len()
        });
        let wrong = heard[silence..].iter().zip(frames).position(|(heard, frame)| heard != frame);
        assert_eq!((silence % FRAME_BYTES, wrong), (0, None), "the first byte that differs");
        silence
    }
}

/// Pseudo-random frames without a zero byte.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut values = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    values.by_ref().flat_map(|bytes| [bytes[2] | 1, bytes[5] | 1]).take(count * FRAME_BYTES).collect()
}

const TOOLS: &[&str] = &["pulseaudio", "pactl"];

#[test]
#[ignore = "needs PulseAudio"]
fn packed_frames_are_heard_bit_exact() {
    if !has_tools(TOOLS) {
        return;
    }
    for (rate_hz, count) in [(22_050, 33_075), (8_000, 50), (192_000, 192_000)] {
        let daemon = Daemon::new("ear", rate_hz);
        let recording = Recording::of(&daemon);
        let (mut player, woken) = daemon.player();
        let packed = noise(count);
        player.play(Play::new("wind", packed.clone(), rate_hz));
        let (mut frames, mut routes) = (Vec::new(), Vec::new());
        while let Some(playing) = player.playing() {
            frames.push(playing.frame);
            routes.extend(playing.route);
            std::thread::sleep(Duration::from_millis(5));
        }
        woken.recv_timeout(TIMEOUT).unwrap();
        assert_eq!(player.error(), None);
        let silence = recording.wait_for_frames(&packed);
        let heard = recording.heard.lock().unwrap().clone();
        assert!(heard[silence + packed.len()..].iter().all(|byte| *byte == 0), "nothing was heard after it");
        assert!(frames.is_sorted() && frames.iter().all(|frame| *frame < count as u64));
        if count > 1000 {
            assert!(frames.iter().any(|frame| *frame > count as u64 / 2), "{frames:?}");
        }
        assert_eq!(routes.last().map(Route::to_string).as_deref(), Some("through the sound server, on Ear"));
        drop(daemon);
    }
}

#[test]
#[ignore = "needs PulseAudio"]
fn loops_are_gapless_and_stop_is_silent() {
    if !has_tools(TOOLS) {
        return;
    }
    let daemon = Daemon::new("ear", 44_100);
    let recording = Recording::of(&daemon);
    let (mut player, woken) = daemon.player();
    let packed = noise(40_000);
    player.play(Play::new("wind", packed.clone(), 44_100).from_frame(1_000).with_loop(20_001..30_000));
    let bytes_of = |frames: Range<usize>| &packed[frames.start * FRAME_BYTES..frames.end * FRAME_BYTES];
    let looped = bytes_of(20_001..30_000);
    let expected = [bytes_of(1_000..30_000), looped, looped, looped, looped].concat();
    recording.wait_for_frames(&expected);
    let playing = player.playing().unwrap();
    assert!((20_001..30_000).contains(&playing.frame), "{playing:?}");
    player.stop();
    assert_eq!(player.playing(), None);
    wait_until("the server drops it", || daemon.playing_count() == 0);
    let before = recording.heard.lock().unwrap().len();
    wait_until("the recording goes on", || recording.heard.lock().unwrap().len() > before + 44_100);
    let heard = recording.heard.lock().unwrap();
    let last = heard.iter().rposition(|byte| *byte != 0).unwrap();
    assert!(last < before + 8_820, "a tenth of a second later it is silent");
    assert!(woken.try_recv().is_err());
}

#[test]
#[ignore = "needs PulseAudio"]
fn the_cursor_keeps_time() {
    if !has_tools(TOOLS) {
        return;
    }
    let daemon = Daemon::new("ear", 44_100);
    let (mut player, _woken) = daemon.player();
    player.play(Play::new("wind", noise(441_000), 44_100));
    wait_until("it plays", || player.playing().is_some_and(|playing| playing.frame > 0));
    let (first, since) = (player.playing().unwrap().frame, Instant::now());
    let mut largest_error: i64 = 0;
    while since.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(10));
        let expected = first + u64::try_from(since.elapsed().as_micros() * 44_100 / 1_000_000).unwrap();
        let error = i64::try_from(player.playing().unwrap().frame).unwrap() - i64::try_from(expected).unwrap();
        largest_error = largest_error.max(error.abs());
    }
    println!("at most {largest_error} frames off");
    assert!(largest_error < 44_100 / 4, "{largest_error} frames");
}

#[test]
#[ignore = "needs PulseAudio"]
fn every_rate_plays_in_real_time() {
    if !has_tools(TOOLS) {
        return;
    }
    let daemon = Daemon::new("ear", 48_000);
    let (mut player, woken) = daemon.player();
    for rate_hz in [1_u32, 7, 99, 4_000, 11_025, 22_051, 96_000, 192_000] {
        let since = Instant::now();
        player.play(Play::new("wind", noise(usize::try_from(rate_hz).unwrap()), rate_hz));
        woken.recv_timeout(TIMEOUT).unwrap();
        let took = since.elapsed();
        println!("{rate_hz} Hz: {took:?}, {:?}", player.error());
        assert_eq!(player.error(), None, "{rate_hz} Hz");
        // At a few frames per second, the server's filter shortens the sound to almost nothing.
        let least = if rate_hz < 99 { Duration::ZERO } else { Duration::from_millis(900) };
        assert!((least..Duration::from_secs(3)).contains(&took), "{rate_hz} Hz: {took:?}");
    }
}

#[test]
#[ignore = "needs PulseAudio"]
fn lost_sinks_and_servers_are_reported() {
    if !has_tools(TOOLS) {
        return;
    }
    let mut daemon = Daemon::new("ear", 22_050);
    let (mut player, woken) = daemon.player();
    let wind = Play::new("wind", noise(22_050), 22_050).with_loop(0..22_050);
    player.play(wind.clone());
    wait_until("it plays", || player.playing().is_some_and(|playing| playing.frame > 0));
    daemon.pactl(&["unload-module", "module-pipe-sink"]).unwrap();
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), Some("No sound: the sound server ended it. Everything else works."));
    player.play(wind.clone());
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), Some("No sound: there is no sound device. Everything else works."));
    daemon.pactl(&["load-module", "module-null-sink", "sink_name=another"]).unwrap();
    player.play(wind);
    wait_until("it plays", || player.playing().is_some_and(|playing| playing.frame > 0));
    daemon.process.0.kill().unwrap();
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), Some("No sound: the sound server is gone. Everything else works."));
}

#[test]
#[ignore = "needs PulseAudio"]
fn dummy_devices_are_rejected() {
    if !has_tools(TOOLS) {
        return;
    }
    let daemon = Daemon::new("auto_null", 44_100);
    let (mut player, woken) = daemon.player();
    player.play(numbered(1000));
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), Some("No sound: there is no sound device. Everything else works."));
}

#[test]
#[ignore = "needs aplay"]
fn aplay_plays_the_packed_frames() {
    if !has_tools(&["aplay"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (settings, out): (PathBuf, PathBuf) = (folder.path().join("settings"), folder.path().join("out"));
    let device = format!(
        "pcm.!default {{ type file slave.pcm sink file \"{}\" format raw }}\npcm.sink {{ type null }}\n",
        out.display()
    );
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&settings).unwrap();
    std::io::Write::write_all(&mut file, device.as_bytes()).unwrap();
    let (mut player, woken) = player_on_program(move || {
        let mut command = aplay::aplay_program();
        command.env("ALSA_CONFIG_PATH", &settings);
        command
    });
    let packed = noise(40_000);
    player.play(Play::new("wind", packed.clone(), 32_000));
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), None);
    let mut heard = Vec::new();
    std::fs::OpenOptions::new().read(true).open(&out).unwrap().read_to_end(&mut heard).unwrap();
    assert!(heard.starts_with(&packed), "{} bytes", heard.len());
    player.play(Play { rate_hz: 1, ..numbered(9) });
    woken.recv_timeout(TIMEOUT).unwrap();
    println!("{:?}", player.error());
    assert!(player.error().is_some_and(|why| why.starts_with("No sound: aplay cannot play it (")));
}
