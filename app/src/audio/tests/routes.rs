//! The two routes of Linux, with a server or a program that misbehaves.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;

/// A player on the sound server at a socket.
pub fn player_on_server(socket: PathBuf, cookie: Vec<u8>) -> (Player, Receiver<()>) {
    player_with_wakes(move |rate_hz, shared| {
        pulse::open(&socket, &cookie, rate_hz, shared).map_err(|refusal| match refusal {
            pulse::Refusal::Absent => "absent".into(),
            pulse::Refusal::Failed(why) => why,
        })
    })
}

/// A player on a program in place of `aplay`.
pub fn player_on_program(program: impl Fn() -> Command + Send + Sync + 'static) -> (Player, Receiver<()>) {
    player_with_wakes(move |rate_hz, shared| aplay::open(program(), rate_hz, shared))
}

fn player_with_wakes(
    open: impl Fn(u32, &Arc<Shared>) -> Result<Box<dyn Device>, String> + Send + Sync + 'static,
) -> (Player, Receiver<()>) {
    let (wake, woken) = channel();
    let player = Player::with_device(open, move || {
        let _ = wake.send(());
    });
    (player, woken)
}

/// Plays a sound, and returns why it cannot be heard.
fn error_of(player: (Player, Receiver<()>)) -> String {
    let (mut player, woken) = player;
    player.play(numbered(1000));
    woken.recv_timeout(TIMEOUT).unwrap();
    player.error().unwrap().to_owned()
}

/// Starts a server that does this with every connection; returns its socket.
fn start_server(folder: &Path, serve: impl Fn(UnixStream) + Send + 'static) -> PathBuf {
    let path = folder.join("native");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || listener.incoming().for_each(|socket| serve(socket.unwrap())));
    path
}

#[test]
fn a_missing_or_dead_socket_means_absent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    assert_eq!(error_of(player_on_server(path.clone(), Vec::new())), "No sound: absent. Everything else works.");
    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(error_of(player_on_server(path, Vec::new())), "No sound: absent. Everything else works.");
}

#[test]
fn a_server_that_hangs_up_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let message = error_of(player_on_server(start_server(folder.path(), drop), Vec::new()));
    assert_eq!(message, "No sound: the sound server is gone. Everything else works.");
}

#[test]
fn invalid_server_messages_are_rejected() {
    for message in
        [&[0xFF; 64][..], &[0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]]
    {
        let folder = tempfile::tempdir().unwrap();
        let message = error_of(player_on_server(
            start_server(folder.path(), move |mut socket| {
                socket.write_all(message).unwrap();
                socket.shutdown(std::net::Shutdown::Write).unwrap();
                let _ = socket.read_to_end(&mut Vec::new());
            }),
            Vec::new(),
        ));
        assert!(message.starts_with("No sound: the sound server "), "{message}");
    }
}

#[test]
fn a_silent_server_times_out() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Mutex::new(Vec::new());
    let path = start_server(folder.path(), move |socket| kept.lock().unwrap().push(socket));
    let (mut player, _woken) = player_on_server(path.clone(), Vec::new());
    player.play(numbered(1000));
    let since = Instant::now();
    std::thread::sleep(Duration::from_millis(50));
    player.stop();
    drop(player);
    assert!(since.elapsed() < Duration::from_secs(1));
    let message = error_of(player_on_server(path, Vec::new()));
    assert_eq!(message, "No sound: the sound server does not answer. Everything else works.");
}

#[test]
fn a_hanging_server_blocks_no_play() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let socket = rustix::net::socket(rustix::net::AddressFamily::UNIX, rustix::net::SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &rustix::net::SocketAddrUnix::new(&path).unwrap()).unwrap();
    rustix::net::listen(&socket, 1).unwrap();
    let (mut player, woken) = player_on_server(path, Vec::new());
    let since = Instant::now();
    for _ in 0..5 {
        player.play(numbered(1000));
        std::thread::sleep(Duration::from_millis(10));
    }
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(player.error(), Some("No sound: the sound server does not answer. Everything else works."));
    drop(player);
    assert!(since.elapsed() < Duration::from_secs(2));
}

/// `sh` with a path as `$0`, and then the arguments of `aplay`.
fn shell(script: &'static str, path: &Path) -> impl Fn() -> Command + Send + Sync + use<> {
    let path = path.to_owned();
    move || {
        let mut command = Command::new("sh");
        command.args(["-euc", script]).arg(&path);
        command
    }
}

fn read_file(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::fs::OpenOptions::new().read(true).open(path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn aplay_receives_the_rate_and_frames() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (mut player, woken) = player_on_program(shell(r#"echo "$@" >"$0.arguments"; exec cat >"$0""#, &out));
    player.play(Play::new("wind", bytes(0..30_000), 32_000));
    // The clock runs from the first frames on, so a slow thread can see a later frame than 0.
    assert!(player.playing().is_some_and(|playing| playing.key == "wind" && playing.frame < 30_000));
    woken.recv_timeout(TIMEOUT).unwrap();
    assert_eq!((player.error(), read_file(&out)), (None, bytes(0..30_000)));
    let arguments = String::from_utf8(read_file(&out.with_extension("arguments"))).unwrap();
    assert_eq!(arguments, "--quiet --file-type=raw --format=S16_LE --channels=1 --rate=32000\n");
}

#[test]
fn aplay_errors_are_reported() {
    let away = Path::new("away");
    let failing = shell("echo; echo 'audio open error: No such device' >&2; exit 1", away);
    let message = "No sound: aplay cannot play it (audio open error: No such device). Everything else works.";
    assert_eq!(error_of(player_on_program(failing)), message);
    let message = "No sound: aplay cannot play it (exit status: 3). Everything else works.";
    assert_eq!(error_of(player_on_program(shell("exit 3", away))), message);
    let missing = || Command::new("/nowhere/aplay");
    assert_eq!(
        error_of(player_on_program(missing)),
        "No sound: there is no sound server, and no aplay. Everything else works."
    );
}

#[test]
fn a_stop_ends_a_stuck_aplay() {
    let (mut player, _woken) = player_on_program(shell("exec sleep 1000", Path::new("away")));
    player.play(numbered(30_000).with_loop(0..30_000));
    let since = Instant::now();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(player.playing().and_then(|playing| playing.route), Some(Route::Aplay));
    player.stop();
    assert_eq!(player.playing(), None);
    drop(player);
    assert!(since.elapsed() < Duration::from_secs(2));
}
