//! The route through a sound server: PulseAudio's protocol, which PipeWire supports too.
//!
//! The `pulseaudio` crate only encodes and decodes messages here. Its client has a thread that outlives it, and does
//! not report that a stream was killed. This module therefore uses the socket itself, on one thread. A stop shuts the
//! socket down, and the server then drops the sound.

use std::ffi::CString;
use std::io::{Cursor, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    AuthParams, AuthReply, ChannelMap, Command, CommandReply, CreatePlaybackStreamReply, GetSinkInfo, LatencyParams,
    MAX_VERSION, PlaybackLatency, PlaybackStreamParams, Prop, Props, ProtocolError, PulseError, SampleFormat,
    SampleSpec, SetClientNameReply, SinkInfo, TagStructReader, encode_command_message, read_descriptor, write_memblock,
};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::{AHEAD_MS, Device, FRAME_BYTES, Route, Shared};

/// How long a server may take to open a stream. Working servers take milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// The size of a cookie. Every server requires so many bytes, even if they are all zero.
const COOKIE_BYTES: usize = 256;
/// The largest accepted message. Real ones are far smaller.
const MESSAGE_BYTES: u32 = 1024 * 1024;
/// The name of the silent device that servers create when there is no real one.
const DUMMY: &[u8] = b"auto_null";

/// Why there is no stream.
pub enum Refusal {
    /// There is no server.
    Absent,
    /// There is a server, but it failed.
    Failed(String),
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// The socket of the user's server.
pub fn socket_path() -> Option<PathBuf> {
    pulseaudio::socket_path_from_env()
}

/// The cookie that identifies the user to the server; empty if there is none.
pub fn cookie() -> Vec<u8> {
    pulseaudio::cookie_path_from_env().and_then(|path| read_cookie(&path)).unwrap_or_default()
}

/// Reads a cookie. `None` if it is not a regular file, which could block, or is too large for a cookie.
#[expect(clippy::disallowed_methods, reason = "the sound server's cookie is not a file of a project")]
pub fn read_cookie(path: &Path) -> Option<Vec<u8>> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(COOKIE_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= COOKIE_BYTES).then_some(bytes)
}

/// Opens a stream for frames of this rate.
pub fn open(socket: &Path, cookie: &[u8], rate_hz: u32, shared: &Arc<Shared>) -> Result<Box<dyn Device>, Refusal> {
    let socket = connect_to(socket)?;
    let interrupt = socket.try_clone().map_err(socket_message)?;
    // An error means that the socket is closed already.
    shared.on_stop(move || drop(interrupt.shutdown(std::net::Shutdown::Both)));
    let mut server = Server {
        socket,
        version: MAX_VERSION,
        last_command: 0,
        channel: None,
        room_bytes: 0,
        latency_command: None,
        device: None,
        shared: shared.clone(),
    };
    server.set_timeout(Some(PATIENCE))?;
    server.authenticate(cookie)?;
    server.create_stream(rate_hz)?;
    server.set_timeout(None)?;
    Ok(Box::new(server))
}

/// Connects without waiting. A server that hangs still accepts a few connections; the next one would wait forever.
fn connect_to(path: &Path) -> Result<UnixStream, Refusal> {
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
    socket.set_nonblocking(false).map_err(socket_message)?;
    Ok(socket)
}

/// The bytes of a reply, or the server's error.
type Reply = Result<Vec<u8>, PulseError>;

/// A connection with one stream.
struct Server {
    socket: UnixStream,
    version: u16,
    /// The number of the last command.
    last_command: u32,
    /// The number of the stream.
    channel: Option<u32>,
    /// How many bytes the server has requested.
    room_bytes: u64,
    /// The number of the command that asked for the position of the sound, until the reply arrives.
    latency_command: Option<u32>,
    device: Option<String>,
    shared: Arc<Shared>,
}

impl Server {
    fn set_timeout(&self, timeout: Option<Duration>) -> Result<(), String> {
        self.socket.set_read_timeout(timeout).map_err(socket_message)?;
        self.socket.set_write_timeout(timeout).map_err(socket_message)
    }

    fn authenticate(&mut self, cookie: &[u8]) -> Result<(), String> {
        let mut cookie = cookie.to_vec();
        cookie.resize(COOKIE_BYTES, 0);
        let hello = AuthParams { version: MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let server: AuthReply = self.call_server(&Command::Auth(hello))?;
        self.version = server.version.min(MAX_VERSION);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c_string(crate::NAME));
        props.set(Prop::ApplicationProcessId, c_string(&std::process::id().to_string()));
        let _: SetClientNameReply = self.call_server(&Command::SetClientName(props))?;
        Ok(())
    }

    fn create_stream(&mut self, rate_hz: u32) -> Result<(), String> {
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
            // The user's mixer sets the volume.
            cvolume: None,
            props,
            flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
            ..PlaybackStreamParams::default()
        };
        let stream: CreatePlaybackStreamReply = self.call_server(&Command::CreatePlaybackStream(stream))?;
        let name = stream.sink_name.unwrap_or_default();
        refuse_dummy(name.as_bytes())?;
        self.channel = Some(stream.channel);
        self.room_bytes += u64::from(stream.requested_bytes);
        // A server without a description of its device still plays on it.
        let sink = GetSinkInfo { index: Some(stream.sink_index), name: None };
        self.device = self
            .call_server(&Command::GetSinkInfo(sink))
            .ok()
            .and_then(|sink: SinkInfo| sink.description)
            .map(|text| text.to_string_lossy().into_owned());
        Ok(())
    }

    /// Sends a command and returns its number.
    fn send(&mut self, command: &Command) -> Result<u32, String> {
        self.last_command += 1;
        let mut bytes = Vec::new();
        encode_command_message(&mut bytes, self.last_command, command, self.version)
            .map_err(|error| protocol_message(&error))?;
        self.socket.write_all(&bytes).map_err(socket_message)?;
        Ok(self.last_command)
    }

    /// Sends a command and waits for its reply.
    fn call_server<R: CommandReply>(&mut self, command: &Command) -> Result<R, String> {
        let number = self.send(command)?;
        loop {
            if let Some((replied, reply)) = self.receive()?
                && replied == number
            {
                return self.parse(&reply.map_err(|error| refusal_message(&error))?);
            }
        }
    }

    fn parse<R: CommandReply>(&self, mut reply: &[u8]) -> Result<R, String> {
        TagStructReader::new(&mut reply, self.version).read().map_err(|error| protocol_message(&error))
    }

    /// Waits for one message. A reply is returned with the number of its command; any other message is handled here.
    fn receive(&mut self) -> Result<Option<(u32, Reply)>, String> {
        let head = read_descriptor(&mut self.socket).map_err(|error| protocol_message(&error))?;
        if head.length > MESSAGE_BYTES {
            return Err("the sound server sent a message that is too long".into());
        }
        let mut body = Vec::new();
        let read = (&mut self.socket).take(u64::from(head.length)).read_to_end(&mut body).map_err(socket_message)?;
        if read as u64 != u64::from(head.length) {
            return Err(GONE.into());
        }
        let mut body = Cursor::new(body);
        // Unknown messages are of no interest.
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
            // The reply to an earlier question is no longer true.
            Command::Started(_) => self.latency_command = None,
            _ => return Ok(None),
        }
        // The sound has moved on, so its position is requested.
        if let (Some(channel), None) = (self.channel, self.latency_command) {
            // Servers only send this time back.
            let question = LatencyParams { channel, now: SystemTime::UNIX_EPOCH };
            self.latency_command = Some(self.send(&Command::GetPlaybackLatency(question))?);
        }
        Ok(None)
    }

    /// Waits for one message of the stream. Returns the number of the command that it replies to, if any.
    fn receive_stream_message(&mut self) -> Result<Option<u32>, String> {
        let Some((number, reply)) = self.receive()? else { return Ok(None) };
        let reply = reply.map_err(|error| refusal_message(&error))?;
        if self.latency_command == Some(number) {
            self.latency_command = None;
            let latency: PlaybackLatency = self.parse(&reply)?;
            if latency.playing {
                let frames = u64::try_from(latency.read_offset).unwrap_or(0) / FRAME_BYTES as u64;
                self.shared.set_clock(frames, Instant::now() + Duration::from_micros(latency.sink_usec));
            }
        }
        Ok(Some(number))
    }
}

impl Device for Server {
    fn route(&self) -> Route {
        Route::Server { device: self.device.clone() }
    }

    fn wait_for_room(&mut self) -> Result<u64, String> {
        while self.room_bytes < FRAME_BYTES as u64 {
            self.receive_stream_message()?;
        }
        Ok(self.room_bytes / FRAME_BYTES as u64)
    }

    fn write_frames(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.room_bytes = self.room_bytes.saturating_sub(bytes.len() as u64);
        let mut message = Vec::with_capacity(bytes.len() + pulseaudio::protocol::DESCRIPTOR_SIZE);
        write_memblock(&mut message, self.channel.unwrap_or_default(), bytes, 0)
            .map_err(|error| protocol_message(&error))?;
        self.socket.write_all(&message).map_err(socket_message)
    }

    fn wait_for_end(&mut self) -> Result<(), String> {
        let drained = self.send(&Command::DrainPlaybackStream(self.channel.unwrap_or_default()))?;
        while self.receive_stream_message()? != Some(drained) {}
        Ok(())
    }
}

const GONE: &str = "the sound server is gone";

fn refuse_dummy(name: &[u8]) -> Result<(), String> {
    if name == DUMMY { Err("there is no sound device".into()) } else { Ok(()) }
}

/// Explains why a socket failed.
fn socket_message(error: std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::WouldBlock | Kind::TimedOut => "the sound server does not answer".into(),
        Kind::UnexpectedEof | Kind::BrokenPipe | Kind::ConnectionReset => GONE.into(),
        _ => format!("the sound server cannot be reached ({error})"),
    }
}

fn protocol_message(error: &ProtocolError) -> String {
    match error {
        ProtocolError::Io(error) => socket_message(error.kind().into()),
        error => format!("the sound server sent an unknown message ({error})"),
    }
}

fn refusal_message(error: &PulseError) -> String {
    match error {
        PulseError::AccessDenied | PulseError::AuthKey => "the sound server denies access".into(),
        PulseError::NoEntity => "there is no sound device".into(),
        error => format!("the sound server refuses to play it ({error})"),
    }
}

/// A C string without the zero bytes that would end it early.
fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}
