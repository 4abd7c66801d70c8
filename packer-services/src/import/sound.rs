//! A sound of another format becomes a WAV. `symphonia` decodes it; here are the rules about what is accepted, how a
//! sample is rounded, and where the loop is.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawTag, RawValue};

use super::aiff::{AiffLoop, read_aiff_form, read_aiff_loop};
use super::ogg::damaged_page;
use super::{ImportKind, ImportedFile};
use crate::banks::sound::extract::{WavForm, wav_around};
use crate::banks::sound::tag_loop;
use crate::diagnostics::{Code, Finding, format_bytes, plural};
use crate::formats::SampleLoop;
use crate::limits::{IMPORTED_SOUND_BYTES, MAX_RATE_HZ};

/// What to do if a file cannot be decoded.
const EXPORT: &str = "Open it in a sound editor and export it as WAV (PCM, 16 bit) or FLAC, and add that file.";

/// Decodes a sound.
///
/// # Errors
/// Why it cannot be decoded.
pub(super) fn import_sound(bytes: Vec<u8>, kind: ImportKind) -> Result<ImportedFile, Box<Finding>> {
    let aiff_loop = if kind == ImportKind::Aiff { read_aiff_loop(&bytes) } else { AiffLoop::None };
    if let Some(why) = (kind == ImportKind::Ogg).then(|| damaged_page(&bytes)).flatten() {
        return Err(refused(kind, &why));
    }
    let aiff_form = (kind == ImportKind::Aiff).then(|| read_aiff_form(&bytes)).flatten();
    // The decoder multiplies them with the size of a sample, in 16 bits.
    if let Some(form) = aiff_form.filter(|form| form.channels > MAX_CHANNELS) {
        return Err(wrong_channels(kind, form.channels.into()));
    }
    let stated_frames = aiff_form.map(|form| form.frames);
    // A decoder of another author that fails on damaged input must not end the operation.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes, kind, stated_frames)));
    let decoded = decoded.unwrap_or_else(|_| Err(refused(kind, "it is damaged")))?;
    let mut notes = Vec::new();
    let tagged = tag_loop(&decoded.tags);
    let (looping, has_unusable_loop) = match (aiff_loop, tagged) {
        (AiffLoop::Forward(looping), _) | (AiffLoop::None, Some(looping)) => {
            let is_inside = looping.start < looping.end && looping.end <= decoded.frames;
            (Some(looping).filter(|_| is_inside), !is_inside)
        }
        (AiffLoop::Unusable, _) => (None, true),
        (AiffLoop::None, None) => (None, !decoded.tags.is_empty()),
    };
    notes.push(decoded.note(kind, looping));
    if has_unusable_loop {
        notes.push(Finding::new(
            Code::LoopUnread,
            "the file states a loop that is not played: it is not one endless forward loop inside the sound",
            "Set it with `prometeu-packer loop PROJECT ASSET SOUND START..END`, in frames.",
        ));
    }
    if decoded.has_unknown_silence {
        notes.push(Finding::new(
            Code::SoundPadded,
            "the MP3 does not say how much silence its encoder put around the sound: some 20 to 50 milliseconds",
            "The sound is kept with that silence, so it cannot loop without a gap. If it has to, import the original, or \
             cut the silence in a sound editor.",
        ));
    }
    let form = WavForm { channels: decoded.channels, depth_bits: decoded.depth_bits, rate_hz: decoded.rate_hz };
    let wrapper = wav_around(form, decoded.frames, looping).ok_or_else(|| refused(kind, "it is too long for a WAV"))?;
    let bytes = [wrapper.head, decoded.data, wrapper.tail].concat();
    Ok(ImportedFile { bytes, notes })
}

/// The most channels of a sound.
const MAX_CHANNELS: u16 = 2;

fn wrong_channels(kind: ImportKind, channels: usize) -> Box<Finding> {
    refused(kind, &format!("it has {channels} channels; one or two are required"))
}

/// The finding about a file that cannot be decoded.
fn refused(kind: ImportKind, why: &str) -> Box<Finding> {
    Box::new(Finding::new(Code::SoundImport, format!("the {} cannot be decoded: {why}", kind.name()), EXPORT))
}

/// What `symphonia` calls the name of such a frame.
const TXXX_DESCRIPTION: &str = "DESCRIPTION";

/// A sound that was decoded.
struct DecodedSound {
    channels: u16,
    /// 16, 24 or 32.
    depth_bits: u16,
    rate_hz: u32,
    frames: u64,
    /// Little-endian, interleaved.
    data: Vec<u8>,
    /// Whether samples were rounded.
    is_rounded: bool,
    /// Whether its encoder put silence around it, of unknown length.
    has_unknown_silence: bool,
    /// The tags that state a loop, as `LOOPSTART=1000`.
    tags: Vec<String>,
}

impl DecodedSound {
    /// The note about what was decoded, and what was lost.
    fn note(&self, kind: ImportKind, looping: Option<SampleLoop>) -> Finding {
        let channels = if self.channels == 1 { "mono" } else { "stereo" };
        let looping = looping.map_or_else(String::new, |looping| format!(", loops {looping}"));
        let loss = match (kind, self.is_rounded) {
            (ImportKind::Aiff, false) => "nothing was lost".to_owned(),
            (ImportKind::Aiff, true) => "its samples were rounded to 16 bits".to_owned(),
            (kind, _) => format!("{} is lossy, and its samples were rounded to 16 bits", kind.name()),
        };
        Finding::new(
            Code::SoundImported,
            format!(
                "the {} was decoded once, into a WAV: {}, {channels}, {} Hz, {} bits{looping}; {loss}",
                kind.name(),
                plural(self.frames, "frame"),
                self.rate_hz,
                self.depth_bits
            ),
            "From now on, the WAV is the sound. If you have the original, import that instead of a lossy copy.",
        )
    }
}

/// Decodes a sound. `stated_frames` is how many it says that it has, if the decoder does not check that.
fn decode(bytes: Vec<u8>, kind: ImportKind, stated_frames: Option<u64>) -> Result<DecodedSound, Box<Finding>> {
    let failed = |error: Error| -> Box<Finding> {
        let why = match &error {
            Error::IoError(_) => "it ends before its sound does, or is damaged",
            Error::ResetRequired => "it has several sounds, one after the other",
            Error::Unsupported(_) => "its coding is not supported",
            Error::LimitError(_) => "a part of it is too large",
            _ => "it is damaged",
        };
        refused(kind, why)
    };
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    // The content decides, not the name.
    let (format_options, metadata_options) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = probe.probe(&Hint::new(), stream, format_options, metadata_options).map_err(failed)?;
    let tracks = format.tracks().len();
    let track = format.default_track(TrackType::Audio).filter(|_| tracks == 1);
    let Some(track) = track else {
        return Err(refused(kind, &format!("it has {}; one sound is required", plural(tracks as u64, "stream"))));
    };
    let (track_id, expected, delay) = (track.id, stated_frames.or(track.num_frames), track.delay);
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
    let Some(parameters) = parameters.cloned() else { return Err(refused(kind, "its coding is not supported")) };
    // A decoder has memory for all channels.
    let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
    if channels > usize::from(MAX_CHANNELS) {
        return Err(wrong_channels(kind, channels));
    }
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .map_err(failed)?;
    let mut sound: Option<Samples> = None;
    // Only its own end is the end: an error is never taken for it.
    while let Some(packet) = format.next_packet().map_err(failed)? {
        if packet.track_id != track_id {
            return Err(refused(kind, "it has several sounds"));
        }
        let buffer = decoder.decode(&packet).map_err(failed)?;
        let sound = match &mut sound {
            Some(sound) => sound,
            None => sound.insert(Samples::new(&buffer, &parameters, kind)?),
        };
        sound.push(&buffer, kind)?;
    }
    let tags = loop_tags(&mut *format);
    // A frame of silence that the encoder added may be all there is.
    let Some(sound) = sound.filter(|sound| sound.frames() > 0) else { return Err(refused(kind, "it has no frames")) };
    let frames = sound.frames();
    let has_unknown_silence = kind == ImportKind::Mp3 && delay.is_none();
    if let Some(expected) = expected.filter(|expected| *expected != frames && !has_unknown_silence) {
        return Err(refused(
            kind,
            &format!("it should have {}, and has {frames}: it is cut or damaged", plural(expected, "frame")),
        ));
    }
    let Samples { channels, depth_bits, rate_hz, data, is_float, .. } = sound;
    Ok(DecodedSound { channels, depth_bits, rate_hz, frames, data, is_rounded: is_float, has_unknown_silence, tags })
}

/// The samples of a sound, as far as they are decoded.
struct Samples {
    channels: u16,
    depth_bits: u16,
    rate_hz: u32,
    data: Vec<u8>,
    /// Whether the decoder gives numbers with fractions.
    is_float: bool,
    floats: Vec<f32>,
    integers: Vec<i32>,
}

impl Samples {
    fn new(
        buffer: &GenericAudioBufferRef<'_>,
        parameters: &symphonia::core::codecs::audio::AudioCodecParameters,
        kind: ImportKind,
    ) -> Result<Self, Box<Finding>> {
        let (channels, rate_hz) = (buffer.spec().channels().count(), buffer.spec().rate());
        let channels = u16::try_from(channels).unwrap_or(u16::MAX);
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(wrong_channels(kind, channels.into()));
        }
        if !(1..=MAX_RATE_HZ).contains(&rate_hz) {
            return Err(refused(kind, &format!("its rate is {rate_hz} Hz; 1 to {MAX_RATE_HZ} are required")));
        }
        let is_float = matches!(buffer, GenericAudioBufferRef::F32(_) | GenericAudioBufferRef::F64(_));
        let bits = parameters.bits_per_coded_sample.or(parameters.bits_per_sample).unwrap_or(16);
        let depth_bits = match bits {
            _ if is_float => 16,
            0..=16 => 16,
            17..=24 => 24,
            _ => 32,
        };
        Ok(Self { channels, depth_bits, rate_hz, data: Vec::new(), is_float, floats: Vec::new(), integers: Vec::new() })
    }

    fn push(&mut self, buffer: &GenericAudioBufferRef<'_>, kind: ImportKind) -> Result<(), Box<Finding>> {
        let is_same =
            buffer.spec().channels().count() == usize::from(self.channels) && buffer.spec().rate() == self.rate_hz;
        if !is_same {
            return Err(refused(kind, "its rate or its channels change"));
        }
        let count = buffer.samples_interleaved();
        let sample_bytes = usize::from(self.depth_bits / 8);
        if (self.data.len() + count * sample_bytes) as u64 > IMPORTED_SOUND_BYTES {
            let limit = format_bytes(IMPORTED_SOUND_BYTES);
            return Err(refused(kind, &format!("its sound has more than {limit}, the limit")));
        }
        if self.is_float {
            self.floats.resize(count, 0.0);
            buffer.copy_to_slice_interleaved(&mut self.floats);
            self.data.extend(self.floats.iter().flat_map(|value| rounded(*value).to_le_bytes()));
        } else {
            // Each sample is in the high bits, whatever its depth.
            self.integers.resize(count, 0);
            buffer.copy_to_slice_interleaved(&mut self.integers);
            self.data
                .extend(self.integers.iter().flat_map(|value| value.to_le_bytes().into_iter().skip(4 - sample_bytes)));
        }
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.data.len() as u64 / u64::from(self.channels * self.depth_bits / 8)
    }
}

/// A sample of 16 bits: the nearest one, away from zero in the middle.
#[expect(clippy::cast_possible_truncation, reason = "it is rounded and within the range")]
fn rounded(value: f32) -> i16 {
    (value * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}

/// The tags that state a loop.
fn loop_tags(format: &mut dyn FormatReader) -> Vec<String> {
    let mut metadata = format.metadata();
    let mut tags = Vec::new();
    while let Some(revision) = metadata.current() {
        let of_tracks = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
        tags.extend(revision.media.tags.iter().chain(of_tracks).filter_map(|tag| loop_tag(&tag.raw)));
        if metadata.pop().is_none() {
            break;
        }
    }
    tags
}

fn loop_tag(tag: &RawTag) -> Option<String> {
    let text = |value: &RawValue| match value {
        RawValue::String(value) => Some(value.to_string()),
        RawValue::StringList(values) => values.first().cloned(),
        RawValue::UnsignedInt(value) => Some(value.to_string()),
        RawValue::SignedInt(value) => Some(value.to_string()),
        _ => None,
    };
    // A frame of an ID3 tag that has a name of its own.
    let named = tag.sub_fields.iter().flatten().find(|field| field.field == TXXX_DESCRIPTION);
    let key = named.and_then(|field| text(&field.value)).unwrap_or_else(|| tag.key.clone()).to_ascii_uppercase();
    let value = text(&tag.value)?;
    key.starts_with("LOOP").then(|| format!("{key}={}", value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_rounded_and_clamped() {
        let half = 0.5 / 32_768.0;
        let values = [0.0, half, -half, half * 0.9, 1.0, -1.0, 2.0, f32::NAN];
        assert_eq!(values.map(rounded), [0, 1, -1, 0, 32_767, -32_768, 32_767, 0]);
    }
}
