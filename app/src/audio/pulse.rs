//! The way through a sound server: PulseAudio's protocol, which PipeWire speaks too.
//!
//! Only the messages are the crate's. Its client has a thread that outlives it, and does not tell when a stream is killed. So the
//! talk is ours: one socket, one thread, and a stop that shuts the socket. The server drops the sound with it.

use std::ffi::CString;
use std::io::{Cursor, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use packer_services::files::SourceFile;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    AuthParams, AuthReply, ChannelMap, Command, CommandReply, CreatePlaybackStreamReply, GetSinkInfo, LatencyParams,
    MAX_VERSION, PlaybackLatency, PlaybackStreamParams, Prop, Props, ProtocolError, PulseError, SampleFormat,
    SampleSpec, SetClientNameReply, SinkInfo, TagStructReader, encode_command_message, read_descriptor, write_memblock,
};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::{AHEAD_MS, Device, FRAME_BYTES, Route, Shared};

/// So long may a server think until it has opened a stream.
const PATIENCE: Duration = Duration::from_secs(2);
/// Every server wants so many bytes, if only zeros.
const COOKIE_BYTES: usize = 256;
/// What a server may say at once, in bytes. It says far less.
const MESSAGE_BYTES: u32 = 1024 * 1024;
/// The device that servers invent when there is none.
const DUMMY: &[u8] = b"auto_null";

/// Why there is no stream.
pub enum Refusal {
    /// There is no server.
    Absent,
    /// There is one, but.
    Failed(String),
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// Where the person's server listens.
pub fn socket() -> Option<PathBuf> {
    pulseaudio::socket_path_from_env()
}

/// What shows the server whose we are; nothing where there is none to show.
pub fn cookie() -> Vec<u8> {
    pulseaudio::cookie_path_from_env().and_then(|path| read(&path)).unwrap_or_default()
}

/// The bytes of a small file.
pub fn read(path: &Path) -> Option<Vec<u8>> {
    let content = SourceFile::from_path(path).ok()?.read_whole(COOKIE_BYTES as u64).ok()??;
    Some(content.bytes)
}

/// Opens a stream for frames of this rate.
pub fn open(socket: &Path, cookie: &[u8], rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, Refusal> {
    let socket = reach(socket)?;
    let interrupt = socket.try_clone().map_err(lost)?;
    // A socket that is gone needs no shutting.
    shared.on_stop(move || drop(interrupt.shutdown(std::net::Shutdown::Both)));
    let mut server = Server {
        socket,
        version: MAX_VERSION,
        last: 0,
        channel: None,
        room_bytes: 0,
        latency: None,
        device: None,
        shared: shared.clone(),
    };
    server.waits_at_most(Some(PATIENCE))?;
    server.greet(cookie)?;
    server.start(rate_hz)?;
    server.waits_at_most(None)?;
    Ok(Box::new(server))
}

/// Connects without waiting. A server that hangs takes a handful of connections that nobody serves; the next one would wait for ever.
fn reach(path: &Path) -> Result<UnixStream, Refusal> {
    let failed = |error: Errno| Refusal::Failed(format!("the sound server cannot be reached ({error})"));
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(failed)?;
    match connect(&socket, &SocketAddrUnix::new(path).map_err(failed)?) {
        Ok(()) => {}
        Err(Errno::NOENT | Errno::NOTDIR | Errno::CONNREFUSED) => return Err(Refusal::Absent),
        Err(Errno::AGAIN) => return Err(Refusal::Failed("the sound server does not answer".into())),
        Err(error) => return Err(failed(error)),
    }
    let socket = UnixStream::from(socket);
    socket.set_nonblocking(false).map_err(lost)?;
    Ok(socket)
}

/// The bytes of an answer, or what it refuses.
type Answer = Result<Vec<u8>, PulseError>;

/// A connection with one stream.
struct Server {
    socket: UnixStream,
    version: u16,
    /// The number of the last command.
    last: u32,
    /// The stream.
    channel: Option<u32>,
    /// So much the server has asked for.
    room_bytes: u64,
    /// The command that asked where the sound is, until it is answered.
    latency: Option<u32>,
    device: Option<String>,
    shared: Arc<Shared>,
}

impl Server {
    fn waits_at_most(&self, time: Option<Duration>) -> Result<(), String> {
        self.socket.set_read_timeout(time).map_err(lost)?;
        self.socket.set_write_timeout(time).map_err(lost)
    }

    fn greet(&mut self, cookie: &[u8]) -> Result<(), String> {
        let mut cookie = cookie.to_vec();
        cookie.resize(COOKIE_BYTES, 0);
        let hello = AuthParams { version: MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let server: AuthReply = self.call(&Command::Auth(hello))?;
        self.version = server.version.min(MAX_VERSION);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, text(crate::NAME));
        props.set(Prop::ApplicationProcessId, text(&std::process::id().to_string()));
        let _: SetClientNameReply = self.call(&Command::SetClientName(props))?;
        Ok(())
    }

    fn start(&mut self, rate_hz: u32) -> Result<(), String> {
        let of_ms = |ms: u64| {
            let frames = (u64::from(rate_hz) * ms / 1000).max(1);
            u32::try_from(frames * FRAME_BYTES as u64).unwrap_or(u32::MAX)
        };
        let mut props = Props::new();
        props.set(Prop::MediaName, c"preview");
        let stream = PlaybackStreamParams {
            sample_spec: SampleSpec { format: SampleFormat::S16Le, channels: 1, sample_rate: rate_hz },
            channel_map: ChannelMap::mono(),
            buffer_attr: BufferAttr {
                target_length: of_ms(AHEAD_MS),
                minimum_request_length: of_ms(AHEAD_MS / 4),
                ..BufferAttr::default()
            },
            // None of its own: the person's mixer knows better.
            cvolume: None,
            props,
            flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
            ..PlaybackStreamParams::default()
        };
        let stream: CreatePlaybackStreamReply = self.call(&Command::CreatePlaybackStream(stream))?;
        let name = stream.sink_name.unwrap_or_default();
        refuse_dummy(name.as_bytes())?;
        self.channel = Some(stream.channel);
        self.room_bytes += u64::from(stream.requested_bytes);
        // A server that has no words for its device still plays on it.
        let sink = GetSinkInfo { index: Some(stream.sink_index), name: None };
        self.device = self
            .call(&Command::GetSinkInfo(sink))
            .ok()
            .and_then(|sink: SinkInfo| sink.description)
            .map(|words| words.to_string_lossy().into_owned());
        Ok(())
    }

    /// Sends a command; its number.
    fn send(&mut self, command: &Command) -> Result<u32, String> {
        self.last += 1;
        let mut bytes = Vec::new();
        encode_command_message(&mut bytes, self.last, command, self.version).map_err(|error| said(&error))?;
        self.socket.write_all(&bytes).map_err(lost)?;
        Ok(self.last)
    }

    /// Sends a command, and waits for what the server says to it.
    fn call<R: CommandReply>(&mut self, command: &Command) -> Result<R, String> {
        let number = self.send(command)?;
        loop {
            if let Some((answered, answer)) = self.listen()?
                && answered == number
            {
                return self.parse(&answer.map_err(|error| refused(&error))?);
            }
        }
    }

    fn parse<R: CommandReply>(&self, mut answer: &[u8]) -> Result<R, String> {
        TagStructReader::new(&mut answer, self.version).read().map_err(|error| said(&error))
    }

    /// Waits for one message. An answer is handed back, with the number of its command; anything else is dealt with.
    fn listen(&mut self) -> Result<Option<(u32, Answer)>, String> {
        let head = read_descriptor(&mut self.socket).map_err(|error| said(&error))?;
        if head.length > MESSAGE_BYTES {
            return Err("the sound server says more than it should".into());
        }
        let mut body = Vec::new();
        let read = (&mut self.socket).take(u64::from(head.length)).read_to_end(&mut body).map_err(lost)?;
        if read as u64 != u64::from(head.length) {
            return Err(GONE.into());
        }
        let mut body = Cursor::new(body);
        // What is not known is not for us.
        let Ok((number, command)) = Command::read_tag_prefixed(&mut body, self.version) else { return Ok(None) };
        match command {
            Command::Reply => {
                let start = usize::try_from(body.position()).unwrap_or(usize::MAX);
                return Ok(Some((number, Ok(body.into_inner().split_off(start)))));
            }
            Command::Error(error) => return Ok(Some((number, Err(error)))),
            Command::Request(request) => self.room_bytes += u64::from(request.length),
            Command::PlaybackStreamKilled(_) => return Err("the sound server ended it".into()),
            Command::PlaybackStreamMoved(moved) => refuse_dummy(moved.device_name.as_bytes())?,
            // What was asked before that is answered too early.
            Command::Started(_) => self.latency = None,
            _ => return Ok(None),
        }
        // The sound has moved on: where is it?
        if let (Some(channel), None) = (self.channel, self.latency) {
            // The servers only send the time back.
            let ask = LatencyParams { channel, now: SystemTime::UNIX_EPOCH };
            self.latency = Some(self.send(&Command::GetPlaybackLatency(ask))?);
        }
        Ok(None)
    }

    /// Waits for one message of the stream; the number of the command that was answered.
    fn follow(&mut self) -> Result<Option<u32>, String> {
        let Some((number, answer)) = self.listen()? else { return Ok(None) };
        let answer = answer.map_err(|error| refused(&error))?;
        if self.latency == Some(number) {
            self.latency = None;
            let latency: PlaybackLatency = self.parse(&answer)?;
            if latency.playing {
                let frames = u64::try_from(latency.read_offset).unwrap_or(0) / FRAME_BYTES as u64;
                self.shared.hears(frames, Instant::now() + Duration::from_micros(latency.sink_usec));
            }
        }
        Ok(Some(number))
    }
}

impl Device for Server {
    fn route(&self) -> Route {
        Route::Server { device: self.device.clone() }
    }

    fn room(&mut self) -> Result<u64, String> {
        while self.room_bytes < FRAME_BYTES as u64 {
            self.follow()?;
        }
        Ok(self.room_bytes / FRAME_BYTES as u64)
    }

    fn give(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.room_bytes = self.room_bytes.saturating_sub(bytes.len() as u64);
        let mut message = Vec::with_capacity(bytes.len() + pulseaudio::protocol::DESCRIPTOR_SIZE);
        write_memblock(&mut message, self.channel.unwrap_or_default(), bytes, 0).map_err(|error| said(&error))?;
        self.socket.write_all(&message).map_err(lost)
    }

    fn finish(&mut self) -> Result<(), String> {
        let drained = self.send(&Command::DrainPlaybackStream(self.channel.unwrap_or_default()))?;
        while self.follow()? != Some(drained) {}
        Ok(())
    }
}

const GONE: &str = "the sound server is gone";

fn refuse_dummy(name: &[u8]) -> Result<(), String> {
    if name == DUMMY { Err("there is no sound device".into()) } else { Ok(()) }
}

/// What a socket that fails means.
fn lost(error: std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::WouldBlock | Kind::TimedOut => "the sound server does not answer".into(),
        Kind::UnexpectedEof | Kind::BrokenPipe | Kind::ConnectionReset => GONE.into(),
        _ => format!("the sound server cannot be reached ({error})"),
    }
}

fn said(error: &ProtocolError) -> String {
    match error {
        ProtocolError::Io(error) => lost(error.kind().into()),
        error => format!("the sound server was not understood ({error})"),
    }
}

fn refused(error: &PulseError) -> String {
    match error {
        PulseError::AccessDenied | PulseError::AuthKey => "the sound server does not let us in".into(),
        PulseError::NoEntity => "there is no sound device".into(),
        error => format!("the sound server refuses it ({error})"),
    }
}

/// Without anything that would end it early.
fn text(words: &str) -> CString {
    CString::new(words.replace('\0', "")).unwrap_or_default()
}
