//! A sound of another format, or of another rate, becomes a WAV. `symphonia` decodes what a pack does not read; here
//! are the rules about what is accepted, how a sample is rounded, and where the loop is. `resample` changes the rate.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawTag, RawValue};

use super::aiff::{AiffLoop, hide_loop_chunks, read_aiff_form, read_aiff_loop};
use super::mp3::cut_frame;
use super::ogg::damaged_page;
use super::resample::{PcmForm, RateRatio, resample};
use super::{ImportKind, ImportMemory, ImportOptions, ImportedFile};
use crate::banks::sniff::id3_tag_bytes;
use crate::banks::sound::extract::{HEAD_BYTES, WavForm, wav_around};
use crate::banks::sound::{
    OwnLoop, UnkeptLoop, own_loop, read_structure_from, read_whole_frames, tag_loop, tags_clause, whole_depth_bits,
};
use crate::banks::{Stop, check_cancelled};
use crate::context::Context;
use crate::diagnostics::{Code, Finding, format_bytes, plural};
use crate::formats::SampleLoop;
use crate::limits::{IMPORTED_SOUND_BYTES, MAX_RATE_HZ, RESAMPLED_RATES_HZ};

/// What to do if a file cannot be decoded.
const EXPORT: &str = "Open it in a sound editor and export it as WAV (PCM, 16 bit) or FLAC, and add that file.";

/// Decodes a sound, and resamples it if its rate is not that of the options. The result has at most `max_bytes`.
///
/// # Errors
/// Why it cannot be decoded.
pub(super) fn import_sound(
    context: &Context,
    memory: &mut ImportMemory<'_>,
    bytes: Vec<u8>,
    kind: ImportKind,
    options: &ImportOptions,
    max_bytes: u64,
) -> Result<ImportedFile, Box<Finding>> {
    let max_bytes = max_bytes.min(IMPORTED_SOUND_BYTES);
    let mut target = Target { rate_hz: options.rate_hz, max_bytes, memory };
    if let Some(rate_hz) = target.rate_hz.filter(|rate_hz| !RESAMPLED_RATES_HZ.contains(rate_hz)) {
        return Err(not_resampled(kind, &format!("to {rate_hz} Hz")));
    }
    let mut sound = match kind {
        ImportKind::Wav | ImportKind::Flac => read_own_sound(context, &bytes, kind, &mut target)?,
        _ => decode_other(context, bytes, kind, &mut target)?,
    };
    if let Some(rate_hz) = target.rate_hz.filter(|rate_hz| *rate_hz != sound.form.rate_hz) {
        sound = sound.resampled(context, kind, rate_hz)?;
    }
    let looping = sound.take_stated_loop();
    let DecodedSound { form, frames, mut file, unkept, mut notes, .. } = sound;
    notes.extend(unkept.map(|unkept| unkept_loop(unkept, frames)));
    let wrapper = wav_around(form, frames, looping).ok_or_else(|| refused(kind, "it is too long for a WAV"))?;
    file[..HEAD_BYTES].copy_from_slice(&wrapper.head);
    file.extend(wrapper.tail);
    Ok(ImportedFile { bytes: file, notes })
}

/// The finding about a sound that is not resampled from a rate, or to it.
fn not_resampled(kind: ImportKind, from_or_to: &str) -> Box<Finding> {
    let [lowest, highest] = [RESAMPLED_RATES_HZ.start(), RESAMPLED_RATES_HZ.end()];
    let why = format!("it cannot be resampled {from_or_to}; {lowest} to {highest} Hz are required");
    let help = "Export it from a sound editor with the rate that it should have, and add it without `--rate`.";
    Box::new(Finding { help: help.into(), ..*refused(kind, &why) })
}

/// What a sound becomes.
struct Target<'m, 'c> {
    rate_hz: Option<u32>,
    max_bytes: u64,
    memory: &'m mut ImportMemory<'c>,
}

impl Target<'_, '_> {
    /// Refuses a sound of so many frames, or waits for the memory that it takes.
    fn check_size(&mut self, kind: ImportKind, form: WavForm, frames: u64) -> Result<(), Box<Finding>> {
        let is_resampled = self.rate_hz.is_some_and(|rate_hz| rate_hz != form.rate_hz);
        if is_resampled && !RESAMPLED_RATES_HZ.contains(&form.rate_hz) {
            return Err(not_resampled(kind, &format!("from {} Hz", form.rate_hz)));
        }
        let frame_bytes = u64::from(form.channels) * u64::from(form.depth_bits / 8);
        let new_frames = self.rate_hz.map_or(frames, |rate_hz| RateRatio::new(form.rate_hz, rate_hz).scale(frames));
        let is_too_large = |frames: u64, limit| frames.saturating_mul(frame_bytes) > limit;
        if !is_too_large(new_frames, self.max_bytes) && !is_too_large(frames, IMPORTED_SOUND_BYTES) {
            // While it grows, its frames are copied to where there is room for twice as many.
            self.memory.take((3 * frames + new_frames) * frame_bytes);
            return Ok(());
        }
        let limit = if is_too_large(frames, IMPORTED_SOUND_BYTES) { IMPORTED_SOUND_BYTES } else { self.max_bytes };
        let mut finding = refused(kind, &format!("its sound has more than {}, the limit", format_bytes(limit)));
        finding.help =
            "Shorten it in a sound editor, lower its rate with `--rate`, or add the files in several steps.".into();
        Err(finding)
    }
}

/// Decodes a sound that a pack does not read.
fn decode_other(
    context: &Context,
    mut bytes: Vec<u8>,
    kind: ImportKind,
    target: &mut Target<'_, '_>,
) -> Result<DecodedSound, Box<Finding>> {
    // Some programs put an ID3 tag in front of an Ogg, which has tags of its own.
    let tag = if kind == ImportKind::Ogg { id3_tag_bytes(&bytes).unwrap_or(0) } else { 0 };
    let mut bytes = bytes.split_off(usize::try_from(tag).unwrap_or(0).min(bytes.len()));
    let aiff_loop = if kind == ImportKind::Aiff { read_aiff_loop(&bytes) } else { AiffLoop::None };
    if let Some(why) = (kind == ImportKind::Ogg).then(|| damaged_page(&bytes)).flatten() {
        return Err(refused(kind, &why));
    }
    if let Some(at) = (kind == ImportKind::Mp3).then(|| cut_frame(&bytes)).flatten() {
        return Err(refused(kind, &format!("it is cut: its last frame, at byte {at}, is not complete")));
    }
    let aiff_form = (kind == ImportKind::Aiff).then(|| read_aiff_form(&bytes)).flatten();
    // The decoder multiplies them with the size of a sample, in 16 bits.
    if let Some(form) = aiff_form.filter(|form| form.channels > MAX_CHANNELS) {
        return Err(wrong_channels(kind, form.channels.into()));
    }
    let stated_frames = aiff_form.map(|form| form.frames);
    if kind == ImportKind::Aiff {
        hide_loop_chunks(&mut bytes);
    }
    // A decoder of another author that fails on damaged input must not end the operation.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(context, bytes, kind, stated_frames, target)));
    let DecodedStream { samples, has_unknown_silence, tags } =
        decoded.unwrap_or_else(|_| Err(refused(kind, "it is damaged")))?;
    let frames = samples.frames();
    let tagged = tag_loop(&tags);
    let unkept = |clause: String| (None, Some(UnkeptLoop { clause, looping: None }));
    let (looping, unkept) = match (aiff_loop, tagged) {
        (AiffLoop::Forward(looping), _) | (AiffLoop::None, Some(looping)) => {
            match looping.start < looping.end && looping.end <= frames {
                true => (Some(looping), None),
                false => unkept(format!(
                    "the file states the loop {looping}, which is not inside its sound of {}",
                    plural(frames, "frame")
                )),
            }
        }
        (AiffLoop::Unusable, _) => {
            unkept("the file states a loop that is not one endless forward loop between two markers".into())
        }
        (AiffLoop::None, None) if tags.is_empty() => (None, None),
        (AiffLoop::None, None) => unkept(tags_clause(&tags)),
    };
    let rate = aiff_form.and_then(|form| form.fractional_rate_hz);
    let mut notes = vec![samples.note(kind, looping, rate)];
    if has_unknown_silence {
        notes.push(Finding::new(
            Code::SoundPadded,
            "the MP3 does not say how much silence its encoder put around the sound: some 20 to 50 milliseconds",
            "The sound is kept with that silence, so it cannot loop without a gap. If it has to, import the original, or \
             cut the silence in a sound editor.",
        ));
    }
    let Samples { form, file, .. } = samples;
    Ok(DecodedSound { form, frames, file, looping, unkept, notes })
}

/// Reads a sound that a pack reads too, because it is resampled.
fn read_own_sound(
    context: &Context,
    bytes: &[u8],
    kind: ImportKind,
    target: &mut Target<'_, '_>,
) -> Result<DecodedSound, Box<Finding>> {
    let cut = || refused(kind, "it ends before its sound does");
    let sound = read_structure_from(&mut Cursor::new(bytes), bytes.len() as u64).map_err(|_| cut())??;
    let depth_bits = whole_depth_bits(sound.depth_bits);
    let form = WavForm { channels: sound.channels, depth_bits, rate_hz: sound.rate_hz };
    target.check_size(kind, form, sound.frames)?;
    let mut file = vec![0; HEAD_BYTES];
    let warning = read_whole_frames(context, bytes, &sound, &mut file)?;
    let OwnLoop { looping, unkept, note } = own_loop(&sound);
    let notes = sound.warnings.iter().cloned().chain(warning).chain(note).collect();
    Ok(DecodedSound { form, frames: sound.frames, file, looping, unkept, notes })
}

/// The note about a loop that is not kept, of a sound of so many frames.
fn unkept_loop(UnkeptLoop { clause, looping }: UnkeptLoop, frames: u64) -> Finding {
    let usable = looping.filter(|looping| looping.start < looping.end && looping.end <= frames);
    let wanted = usable.map_or_else(|| "START..END".to_owned(), |looping| looping.to_string());
    Finding::new(
        Code::LoopUnread,
        format!("{clause}; the WAV states no loop"),
        format!(
            "If the sound should loop, run `prometeu-packer loop PROJECT ASSET SOUND {wanted}`, in frames of the WAV."
        ),
    )
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

/// Why the sound of an operation that was canceled is not there: the operation reports nothing of it.
const CANCELED: &str = "the operation was canceled";

/// What `symphonia` calls the name of such a frame.
const TXXX_DESCRIPTION: &str = "DESCRIPTION";

/// A sound that was decoded.
struct DecodedSound {
    form: WavForm,
    frames: u64,
    /// Room for the head of a WAV, and the frames: little-endian, interleaved.
    file: Vec<u8>,
    looping: Option<SampleLoop>,
    /// What the file says about a loop that is not kept; its frames are those of this sound.
    unkept: Option<UnkeptLoop>,
    notes: Vec<Finding>,
}

impl DecodedSound {
    /// The loop that the WAV states. One of the first frame alone means no loop there.
    fn take_stated_loop(&mut self) -> Option<SampleLoop> {
        let looping = self.looping.take()?;
        if looping != (SampleLoop { start: 0, end: 1 }) {
            return Some(looping);
        }
        let clause = "its loop is the first frame alone, which a WAV cannot state".to_owned();
        self.unkept = Some(UnkeptLoop { clause, looping: Some(looping) });
        None
    }

    /// The sound at another rate.
    fn resampled(self, context: &Context, kind: ImportKind, rate_hz: u32) -> Result<Self, Box<Finding>> {
        let Self { form, frames, mut file, looping, mut unkept, mut notes } = self;
        let ratio = RateRatio::new(form.rate_hz, rate_hz);
        let new_frames = ratio.scale(frames);
        if new_frames == 0 {
            return Err(refused(kind, &format!("it is too short for {rate_hz} Hz: it would have no frames")));
        }
        if let Some(unkept) = &mut unkept {
            unkept.looping = unkept.looping.map(|looping| ratio.scale_loop(looping));
        }
        let new_loop = looping.map(|looping| ratio.scale_loop(looping));
        let new_loop = new_loop.filter(|looping| looping.start < looping.end && looping.end <= new_frames);
        let WavForm { channels, depth_bits, .. } = form;
        let clipped = resample(context, &mut file, HEAD_BYTES, PcmForm { channels, depth_bits }, ratio, looping);
        let clipped = clipped.map_err(|Stop| refused(kind, CANCELED))?;
        let loops = match (looping, new_loop) {
            (Some(looping), Some(new)) => format!(", its own loop is {new}{}", ratio.rounding(looping)),
            _ => String::new(),
        };
        let removed = match rate_hz < form.rate_hz {
            true => format!("; tones above {} Hz are removed", rate_hz / 2),
            false => String::new(),
        };
        let becomes = if frames == 1 { "becomes" } else { "become" };
        notes.push(Finding::new(
            Code::SoundResampled,
            format!(
                "the sound is resampled from {} to {rate_hz} Hz: {} {becomes} {new_frames}, with {depth_bits} bits{loops}{removed}",
                form.rate_hz,
                plural(frames, "frame"),
            ),
            "From now on, the WAV in the root is the sound. `update` resamples the original again.",
        ));
        if let (Some(looping), None) = (looping, new_loop) {
            let clause = format!("its own loop, {looping} at {} Hz, is shorter than a frame", form.rate_hz);
            unkept = Some(UnkeptLoop { clause, looping: None });
        }
        if clipped > 0 {
            notes.push(Finding::new(
                Code::SoundClipped,
                format!(
                    "{} clipped: between the samples of the original, the sound is louder than {depth_bits} bits can express",
                    if clipped == 1 { "1 sample was".to_owned() } else { format!("{clipped} samples were") }
                ),
                "Lower the volume of the original by 1 or 2 dB in a sound editor, and add it again.",
            ));
        }
        let form = WavForm { rate_hz, ..form };
        Ok(Self { form, frames: new_frames, file, looping: new_loop, unkept, notes })
    }
}

/// Decodes a sound. `stated_frames` is how many it says that it has, if the decoder does not check that.
fn decode(
    context: &Context,
    bytes: Vec<u8>,
    kind: ImportKind,
    stated_frames: Option<u64>,
    target: &mut Target<'_, '_>,
) -> Result<DecodedStream, Box<Finding>> {
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
    // How much silence is at its ends is not known then.
    let has_unknown_silence = kind == ImportKind::Mp3 && delay.is_none();
    let exact = expected.filter(|_| !has_unknown_silence);
    let mut sound: Option<Samples> = None;
    // Only its own end is the end: an error is never taken for it.
    while let Some(packet) = format.next_packet().map_err(failed)? {
        check_cancelled(context).map_err(|Stop| refused(kind, CANCELED))?;
        if packet.track_id != track_id {
            return Err(refused(kind, "it has several sounds"));
        }
        let buffer = decoder.decode(&packet).map_err(failed)?;
        let sound = match &mut sound {
            Some(sound) => sound,
            None => {
                let started = Samples::new(&buffer, &parameters, kind)?;
                // A length that is wrong is found when all is decoded.
                target.check_size(kind, started.form, expected.unwrap_or(0))?;
                sound.insert(started)
            }
        };
        sound.push(&buffer, kind, target)?;
        // At once, because there is memory for as many as it states.
        if let Some(exact) = exact.filter(|exact| sound.frames() > *exact) {
            return Err(refused(
                kind,
                &format!("it should have {}, and has more: it is damaged", plural(exact, "frame")),
            ));
        }
    }
    let tags = loop_tags(&mut *format);
    // A frame of silence that the encoder added may be all there is.
    let Some(samples) = sound.filter(|sound| sound.frames() > 0) else { return Err(refused(kind, "it has no frames")) };
    let frames = samples.frames();
    if let Some(exact) = exact.filter(|exact| *exact != frames) {
        let why = format!("it should have {}, and has {frames}: it is cut or damaged", plural(exact, "frame"));
        return Err(refused(kind, &why));
    }
    Ok(DecodedStream { samples, has_unknown_silence, tags })
}

/// What a decoder gave.
struct DecodedStream {
    samples: Samples,
    /// Whether its encoder put silence around it, of unknown length.
    has_unknown_silence: bool,
    /// The tags that state a loop, as `LOOPSTART=1000`.
    tags: Vec<String>,
}

/// The samples of a sound, as far as they are decoded.
struct Samples {
    form: WavForm,
    /// Room for the head of a WAV, and the frames: little-endian, interleaved.
    file: Vec<u8>,
    /// Whether the decoder gives numbers with fractions, which are rounded.
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
        let depth_bits = if is_float { 16 } else { whole_depth_bits(u16::try_from(bits).unwrap_or(u16::MAX)) };
        let form = WavForm { channels, depth_bits, rate_hz };
        Ok(Self { form, file: vec![0; HEAD_BYTES], is_float, floats: Vec::new(), integers: Vec::new() })
    }

    fn push(
        &mut self,
        buffer: &GenericAudioBufferRef<'_>,
        kind: ImportKind,
        target: &mut Target<'_, '_>,
    ) -> Result<(), Box<Finding>> {
        let spec = buffer.spec();
        if spec.channels().count() != usize::from(self.form.channels) || spec.rate() != self.form.rate_hz {
            return Err(refused(kind, "its rate or its channels change"));
        }
        let count = buffer.samples_interleaved();
        target.check_size(kind, self.form, self.frames() + count as u64 / u64::from(self.form.channels))?;
        if self.is_float {
            self.floats.resize(count, 0.0);
            buffer.copy_to_slice_interleaved(&mut self.floats);
            self.file.extend(self.floats.iter().flat_map(|value| rounded(*value).to_le_bytes()));
        } else {
            // Each sample is in the high bits, whatever its depth.
            self.integers.resize(count, 0);
            buffer.copy_to_slice_interleaved(&mut self.integers);
            let skipped = 4 - usize::from(self.form.depth_bits / 8);
            self.file.extend(self.integers.iter().flat_map(|value| value.to_le_bytes().into_iter().skip(skipped)));
        }
        Ok(())
    }

    fn frames(&self) -> u64 {
        let frame_bytes = usize::from(self.form.channels * self.form.depth_bits / 8);
        ((self.file.len() - HEAD_BYTES) / frame_bytes) as u64
    }

    /// The note about what was decoded, and what was lost.
    fn note(&self, kind: ImportKind, looping: Option<SampleLoop>, fractional_rate_hz: Option<f64>) -> Finding {
        let channels = if self.form.channels == 1 { "mono" } else { "stereo" };
        let looping = looping.map_or_else(String::new, |looping| format!(", its own loop is {looping}"));
        let rate = fractional_rate_hz.map_or_else(String::new, |rate_hz| format!(" instead of {rate_hz:.2} Hz"));
        let loss = match (kind, self.is_float) {
            (ImportKind::Aiff, false) => "nothing was lost".to_owned(),
            (ImportKind::Aiff, true) => "its samples are rounded to 16 bits".to_owned(),
            (kind, _) => format!("{} is lossy, and its samples are rounded to 16 bits", kind.name()),
        };
        Finding::new(
            Code::SoundImported,
            format!(
                "the {} is decoded once, into a WAV: {}, {channels}, {} Hz{rate}, {} bits{looping}; {loss}",
                kind.name(),
                plural(self.frames(), "frame"),
                self.form.rate_hz,
                self.form.depth_bits
            ),
            "From now on, the WAV is the sound. If you have the original, import that instead of a lossy copy.",
        )
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
    fn canceled_sounds_are_not_finished() {
        let form = WavForm { channels: 1, depth_bits: 16, rate_hz: 44_100 };
        let wav = [wav_around(form, 4000, None).unwrap().head, vec![0; 8000]].concat();
        let big_endian = [&[0; 8][..], &[0; 8000]].concat();
        let rate = [&[0x40, 0x0E, 0xAC, 0x44][..], &[0; 6]].concat();
        let common = [&[0, 1][..], &4000_u32.to_be_bytes(), &[0, 16], &rate].concat();
        let chunk =
            |id: &[u8; 4], body: &[u8]| [&id[..], &u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat();
        let chunks = [b"AIFF".to_vec(), chunk(b"COMM", &common), chunk(b"SSND", &big_endian)].concat();
        let aiff = chunk(b"FORM", &chunks);
        let cancel = crate::context::Cancel::default();
        let context = Context::new().with_cancel(cancel.clone());
        let import = |bytes: &[u8], kind, rate_hz| {
            let options = ImportOptions::default().rate_hz(rate_hz);
            let memory = &mut ImportMemory::new(&context);
            import_sound(&context, memory, bytes.to_vec(), kind, &options, IMPORTED_SOUND_BYTES)
                .map_err(|error| error.message)
        };
        let cases = [(&wav, ImportKind::Wav, Some(8000)), (&aiff, ImportKind::Aiff, None)];
        for (bytes, kind, rate_hz) in cases {
            assert!(import(bytes, kind, rate_hz).is_ok(), "{kind:?}");
        }
        cancel.cancel();
        for (bytes, kind, rate_hz) in cases {
            assert!(import(bytes, kind, rate_hz).is_err(), "{kind:?}");
        }
        let mut file = vec![0; HEAD_BYTES + 8000];
        let (pcm, ratio) = (PcmForm { channels: 1, depth_bits: 16 }, RateRatio::new(44_100, 8000));
        assert!(resample(&context, &mut file, HEAD_BYTES, pcm, ratio, None).is_err());
    }

    #[test]
    fn samples_are_rounded_and_clamped() {
        let half = 0.5 / 32_768.0;
        let values = [0.0, half, -half, half * 0.9, 1.0, -1.0, 2.0, f32::NAN];
        assert_eq!(values.map(rounded), [0, 1, -1, 0, 32_767, -32_768, 32_767, 0]);
    }
}
