//! The two ways of Linux, with another end that does not do its part.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;

/// Plays over a sound server that listens there.
pub fn over(socket: PathBuf, cookie: Vec<u8>) -> (Player, Receiver<()>) {
    woken(move |rate_hz, shared| {
        pulse::open(&socket, &cookie, rate_hz, shared).map_err(|refusal| match refusal {
            pulse::Refusal::Absent => "absent".into(),
            pulse::Refusal::Failed(why) => why,
        })
    })
}

/// Plays by a program that stands in for `aplay`.
pub fn by(program: impl Fn() -> Command + Send + Sync + 'static) -> (Player, Receiver<()>) {
    woken(move |rate_hz, shared| aplay::open(program(), rate_hz, shared))
}

fn woken(
    open: impl Fn(u32, &Arc<Shared>) -> Result<Box<dyn Device>, String> + Send + Sync + 'static,
) -> (Player, Receiver<()>) {
    let (wake, woken) = channel();
    let player = Player::opening(open, move || {
        let _ = wake.send(());
    });
    (player, woken)
}

/// Plays a sound, and says why it is not heard.
fn trouble(player: (Player, Receiver<()>)) -> String {
    let (mut player, woken) = player;
    player.play(numbered(1000));
    woken.recv_timeout(SOON).unwrap();
    player.trouble().unwrap().to_owned()
}

/// A server that does this with whoever comes.
fn server(folder: &Path, does: impl Fn(UnixStream) + Send + 'static) -> PathBuf {
    let path = folder.join("native");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || listener.incoming().for_each(|socket| does(socket.unwrap())));
    path
}

#[test]
fn without_a_socket_or_with_one_that_nobody_hears_the_server_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    assert_eq!(trouble(over(path.clone(), Vec::new())), "No sound: absent. Everything else works.");
    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(trouble(over(path, Vec::new())), "No sound: absent. Everything else works.");
}

#[test]
fn a_server_that_hangs_up_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let said = trouble(over(server(folder.path(), drop), Vec::new()));
    assert_eq!(said, "No sound: the sound server is gone. Everything else works.");
}

#[test]
fn a_server_that_babbles_is_not_believed() {
    for babble in
        [&[0xFF; 64][..], &[0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]]
    {
        let folder = tempfile::tempdir().unwrap();
        let said = trouble(over(
            server(folder.path(), move |mut socket| {
                socket.write_all(babble).unwrap();
                socket.shutdown(std::net::Shutdown::Write).unwrap();
                let _ = socket.read_to_end(&mut Vec::new());
            }),
            Vec::new(),
        ));
        assert!(said.starts_with("No sound: the sound server "), "{said}");
    }
}

#[test]
fn a_silent_server_is_given_up_and_a_stop_does_not_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Mutex::new(Vec::new());
    let path = server(folder.path(), move |socket| kept.lock().unwrap().push(socket));
    let (mut player, _woken) = over(path.clone(), Vec::new());
    player.play(numbered(1000));
    let since = Instant::now();
    std::thread::sleep(Duration::from_millis(50));
    player.stop();
    drop(player);
    assert!(since.elapsed() < Duration::from_secs(1));
    let said = trouble(over(path, Vec::new()));
    assert_eq!(said, "No sound: the sound server does not answer. Everything else works.");
}

#[test]
fn a_server_that_hangs_for_good_never_holds_a_play_however_many_there_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("native");
    let socket = rustix::net::socket(rustix::net::AddressFamily::UNIX, rustix::net::SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &rustix::net::SocketAddrUnix::new(&path).unwrap()).unwrap();
    rustix::net::listen(&socket, 1).unwrap();
    let (mut player, woken) = over(path, Vec::new());
    let since = Instant::now();
    for _ in 0..5 {
        player.play(numbered(1000));
        std::thread::sleep(Duration::from_millis(10));
    }
    woken.recv_timeout(SOON).unwrap();
    assert_eq!(player.trouble(), Some("No sound: the sound server does not answer. Everything else works."));
    drop(player);
    assert!(since.elapsed() < Duration::from_secs(2));
}

/// `sh`, which finds what it is told to do with in `$0`, and the arguments of `aplay` after that.
fn shell(script: &'static str, with: &Path) -> impl Fn() -> Command + Send + Sync + use<> {
    let with = with.to_owned();
    move || {
        let mut command = Command::new("sh");
        command.args(["-euc", script]).arg(&with);
        command
    }
}

fn whole(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::fs::OpenOptions::new().read(true).open(path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn aplay_is_told_the_rate_and_given_the_frames() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (mut player, woken) = by(shell(r#"echo "$@" >"$0.said"; exec cat >"$0""#, &out));
    player.play(Play::new("wind", bytes(0..30_000), 32_000));
    assert_eq!(player.playing().map(|playing| playing.frame), Some(0));
    woken.recv_timeout(SOON).unwrap();
    assert_eq!((player.trouble(), whole(&out)), (None, bytes(0..30_000)));
    let said = String::from_utf8(whole(&out.with_extension("said"))).unwrap();
    assert_eq!(said, "--quiet --file-type=raw --format=S16_LE --channels=1 --rate=32000\n");
}

#[test]
fn what_aplay_says_is_told() {
    let away = Path::new("away");
    let says = shell("echo; echo 'audio open error: No such device' >&2; exit 1", away);
    let said = "No sound: aplay cannot play it (audio open error: No such device). Everything else works.";
    assert_eq!(trouble(by(says)), said);
    let said = "No sound: aplay cannot play it (exit status: 3). Everything else works.";
    assert_eq!(trouble(by(shell("exit 3", away))), said);
    let none = || Command::new("/nowhere/aplay");
    assert_eq!(trouble(by(none)), "No sound: there is no sound server, and no aplay. Everything else works.");
}

#[test]
fn aplay_is_ended_by_a_stop_even_if_it_takes_no_frames() {
    let (mut player, _woken) = by(shell("exec sleep 1000", Path::new("away")));
    player.play(numbered(30_000).around(0..30_000));
    let since = Instant::now();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(player.playing().and_then(|playing| playing.route), Some(Route::Aplay));
    player.stop();
    assert_eq!(player.playing(), None);
    drop(player);
    assert!(since.elapsed() < Duration::from_secs(2));
}
