//! SOUNDS/pcm16le_v1: WAV and FLAC files to PCM16 mono samples (spec: banks, "SOUNDS").
//!
//! [`wav`] and [`flac`] read the files' structure; here it is judged by the artifact's `loop` and `convert`, and frames
//! become samples. Lengths are known from the structure alone, so a bank can be planned without reading its sound.
//! [`extract`] is the way back, from a sample to a file.

pub mod extract;
pub mod flac;
mod loops;
mod pcm16;
pub mod wav;

use std::io::{self, Read, Seek, SeekFrom};

use super::sniff::{FileKind, sniff_file};
use super::{Outcome, Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, LoopChoice, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, Place, Places, join_some, plural};
use crate::files::{DiskError, Folder, SourceFile, Stamp, read_up_to};
use crate::formats::{SampleLoop, SampleMetadata};
use crate::paths::RelPath;
pub use loops::FileLoop;
use pcm16::{pcm16, wav_channels};

/// Frames converted at a time.
const BLOCK_FRAMES: usize = 64 << 10;

/// What a file says of its sound, whatever its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// 1 or 2.
    pub channels: u16,
    /// Of a sample in the file: 8, 16, 24 or 32 in a WAV, 4 to 32 in a FLAC.
    pub depth_bits: u16,
    /// In Hz.
    pub rate_hz: u32,
    /// How many frames there are.
    pub frames: u64,
    /// What the file says of loops.
    pub looping: FileLoop,
    /// What is not as it should be, but readable.
    pub warnings: Vec<Finding>,
    /// How its frames lie in the file.
    pub coding: SoundCoding,
}

/// How the frames of a sound lie in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoundCoding {
    /// One after the other, as they are.
    Pcm {
        /// Of the first frame, from the start of the file.
        data_offset: u64,
    },
    /// Coded, as FLAC.
    Flac(flac::FlacStream),
}

/// A refusal, for short.
type Refused = Box<Finding>;

/// A sample whose length is known, and whose file has not been read yet.
#[derive(Clone, Debug)]
pub struct PlannedSample {
    /// Where it comes from.
    pub artifact: SoundArtifact,
    /// The file's state when it was planned.
    pub stamp: Stamp,
    /// What the file says of it.
    pub sound: Sound,
    /// What the entry says of it.
    pub metadata: SampleMetadata,
}

/// Each artifact by its index, with its planned sample, or with which finding of `outcome` tells why there is none.
pub type PlannedEach<'c> = Vec<(&'c SoundArtifact, Result<PlannedSample, usize>)>;

/// Plans each sample on its own; the first answer is whether their indices are those of a bank. Findings go to `outcome`.
pub fn plan_each_sample<'c>(
    root: &Folder,
    content: &'c SoundContent,
    outcome: &mut Outcome,
) -> (bool, PlannedEach<'c>) {
    let mut artifacts: Vec<&SoundArtifact> = content.artifacts.iter().collect();
    artifacts.sort_by_key(|artifact| artifact.index);
    let is_numbered = judge_indices(&artifacts, outcome);
    let samples = artifacts.into_iter().map(|artifact| {
        let before = outcome.findings.len();
        let planned = plan_sample(root, artifact, outcome);
        (artifact, planned.ok_or_else(|| outcome.first_error(before).unwrap_or(before)))
    });
    let samples: PlannedEach<'c> = samples.collect();
    let planned: Option<Vec<&PlannedSample>> = samples.iter().map(|(_, planned)| planned.as_ref().ok()).collect();
    outcome.findings.extend(planned.and_then(|planned| note_rates(&planned, content.sample_rate_hz)));
    (is_numbered, samples)
}

/// One note for all sounds that have another rate than the bank.
fn note_rates(samples: &[&PlannedSample], bank_rate_hz: u32) -> Option<Finding> {
    let mut places = Places::default();
    let mut listed = Vec::new();
    for sample in samples.iter().filter(|sample| sample.sound.rate_hz != bank_rate_hz) {
        places.add(sample.artifact.place.clone());
        listed.push(format!("{} {} Hz", sample.artifact.file, sample.sound.rate_hz));
    }
    let rest = plural(listed.len() as u64, "sound");
    (places.count() > 0).then(|| {
        Finding::new(
            Code::RateDiffers,
            format!(
                "{rest} with another rate than the bank's {bank_rate_hz} Hz: {}",
                join_some(listed.iter(), ", ", 4)
            ),
            "Each keeps its own rate; nothing is resampled.",
        )
        .file(ANCHOR)
        .at_all(&places)
    })
}

fn judge_indices(sorted: &[&SoundArtifact], outcome: &mut Outcome) -> bool {
    let before = outcome.findings.len();
    for pair in sorted.windows(2) {
        if pair[0].index == pair[1].index {
            outcome.findings.push(
                Finding::new(
                    Code::SampleOverlap,
                    format!("the index {} is given to `{}` and to `{}`", pair[0].index, pair[0].file, pair[1].file),
                    "Give each sound its own `index`.",
                )
                .file(ANCHOR)
                .at(pair[1].place.clone()),
            );
        }
    }
    let mut needed = 0;
    for artifact in sorted {
        if artifact.index > needed {
            outcome.findings.push(
                Finding::new(
                    Code::SampleGap,
                    format!("no artifact has the index {needed}, but `{}` has {}", artifact.file, artifact.index),
                    "Number the sounds without a gap, from 0.",
                )
                .file(ANCHOR)
                .at(artifact.place.clone()),
            );
            break;
        }
        needed = artifact.index + 1;
    }
    outcome.findings.len() == before
}

fn plan_sample(root: &Folder, artifact: &SoundArtifact, outcome: &mut Outcome) -> Option<PlannedSample> {
    let path = &artifact.file;
    let mut source = match root.open(path) {
        Ok(source) => source,
        Err(error) => {
            outcome.findings.push(error.into_finding_about(path));
            return None;
        }
    };
    let stamp = source.stamp();
    let sound = match read_structure(&mut source) {
        Ok(sound) => sound,
        Err(SoundError::Finding(finding)) => {
            outcome.findings.push(finding.file(path.as_str()));
            return None;
        }
        Err(SoundError::Disk(error)) => {
            outcome.record_disk_error(path, &error);
            return None;
        }
    };
    let mut findings = sound.warnings.clone();
    let metadata = judge(&sound, artifact, &mut findings);
    outcome.findings.extend(findings.into_iter().map(|finding| finding.file(path.as_str())));
    Some(PlannedSample { artifact: artifact.clone(), stamp, sound, metadata: metadata? })
}

/// Why a sound's structure could not be read.
#[derive(Debug)]
pub enum SoundError {
    /// Something is wrong with it.
    Finding(Box<Finding>),
    /// The system refused.
    Disk(DiskError),
}

/// Reads a sound's structure.
///
/// # Errors
/// As [`SoundError`] says.
pub fn read_structure(source: &mut SourceFile) -> Result<Sound, SoundError> {
    if let Some(finding) = source.too_large_finding() {
        return Err(SoundError::Finding(Box::new(finding)));
    }
    let size_bytes = source.size_bytes();
    let path = source.path().to_owned();
    match read_structure_from(source.file_mut(), size_bytes) {
        Ok(Ok(sound)) => Ok(sound),
        Ok(Err(finding)) => Err(SoundError::Finding(finding)),
        Err(error) => Err(SoundError::Disk(DiskError::reading(path)(error))),
    }
}

/// Reads the structure of a sound of `size_bytes`, of the kind that its first bytes tell.
///
/// # Errors
/// Outer: the system refused to read. Inner: what is wrong with the file.
pub fn read_structure_from(file: &mut (impl Read + Seek), size_bytes: u64) -> io::Result<Result<Sound, Box<Finding>>> {
    let mut start = [0; 64];
    file.seek(SeekFrom::Start(0))?;
    let count = read_up_to(file, &mut start)?;
    let start = &start[..count];
    if start.starts_with(&flac::SIGNATURE) {
        return flac::read_flac_structure(file, size_bytes);
    }
    if start.starts_with(b"RIFF") && (start.len() < 12 || &start[8..12] == b"WAVE") {
        return wav::read_wav_structure(file, size_bytes);
    }
    let seen = sniff_file(start);
    let is_behind_id3 = starts_behind_id3(file, start)?;
    let what = if is_behind_id3 { "it is a FLAC sound behind an ID3 tag" } else { &seen.what };
    let help = match seen.kind {
        _ if is_behind_id3 => {
            "Remove the tag, which does not belong in a FLAC: open it in a sound editor and export it again."
        }
        FileKind::Image => "An image goes into a glyph bank.",
        FileKind::Sound => "Export it as WAV (PCM) or FLAC; renaming the file does not convert it.",
        FileKind::Other => seen.help.unwrap_or("Export it from your editor as WAV (PCM) or FLAC."),
    };
    Ok(Err(Box::new(Finding::new(Code::SoundNotWav, format!("this is neither a WAV nor a FLAC: {what}"), help))))
}

/// Whether the file is an ID3 tag and then a FLAC.
fn starts_behind_id3(file: &mut (impl Read + Seek), start: &[u8]) -> io::Result<bool> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = start else { return Ok(false) };
    let Some(size) = size.first_chunk::<4>() else { return Ok(false) };
    let size = size.iter().fold(0, |size, seven| size << 7 | u64::from(seven & 0x7F));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    let mut next = [0; 4];
    file.seek(SeekFrom::Start(10 + size + footer))?;
    Ok(read_up_to(file, &mut next)? == next.len() && next == flac::SIGNATURE)
}

/// Judges the structure by what the artifact agrees to; `None` if an error was found.
fn judge(sound: &Sound, artifact: &SoundArtifact, findings: &mut Vec<Finding>) -> Option<SampleMetadata> {
    let before = findings.len();
    let frames = sound.frames;
    if frames == 0 {
        findings.push(Finding::new(
            Code::SampleEmpty,
            "the sound has no frame",
            "Export it again, or remove the artifact.",
        ));
    }
    let convert = artifact.convert;
    if sound.channels == 2 && !convert.downmix {
        findings.push(Finding::new(
            Code::ConvertDownmix,
            "the sound is stereo; the console plays mono",
            "Export it as mono, or allow the loss: `\"convert\": {\"downmix\": true}` in the artifact.",
        ));
    }
    if sound.depth_bits > 16 && !convert.reduce_bit_depth {
        findings.push(Finding::new(
            Code::ConvertDepth,
            format!("the sound has {} bits; the console plays 16", sound.depth_bits),
            "Export it with 16 bits, or allow the loss: `\"convert\": {\"reduce_bit_depth\": true}` in the artifact.",
        ));
    }
    let looping = judge_loop(sound, artifact.looping, frames, findings);
    let failed = findings[before..].iter().any(Finding::is_error);
    let idle = [
        (convert.downmix && sound.channels == 1, "downmix", "the sound is mono already"),
        (convert.reduce_bit_depth && sound.depth_bits <= 16, "reduce_bit_depth", "the sound has no more than 16 bits"),
    ];
    for (_, key, why) in idle.into_iter().filter(|(idle, ..)| *idle) {
        findings.push(Finding::new(
            Code::ConvertIdle,
            format!("`{key}` has no effect: {why}"),
            format!("Remove `{key}` from the artifact's `convert`, or leave it."),
        ));
    }
    (!failed).then_some(SampleMetadata { frames, sample_rate_hz: sound.rate_hz, looping: looping? })
}

/// The loop, `Some(None)` for none, or `None` if an error was found.
fn judge_loop(
    sound: &Sound,
    choice: LoopChoice,
    frames: u64,
    findings: &mut Vec<Finding>,
) -> Option<Option<SampleLoop>> {
    let (looping, from_file) = match (choice, &sound.looping) {
        (LoopChoice::Never, _) | (LoopChoice::File, FileLoop::None) => return Some(None),
        (LoopChoice::At(looping), _) => (looping, false),
        (LoopChoice::File, FileLoop::Forward(looping)) => (*looping, true),
        (LoopChoice::File, FileLoop::Other(what)) => {
            findings.push(Finding::new(
                Code::LoopForm,
                format!("the file has {what}; the console plays one endless forward loop"),
                "Say what is meant in the artifact: `\"loop\": {\"start\": …, \"end\": …}` in frames, end exclusive, or `\"loop\": null`.",
            ));
            return None;
        }
        (LoopChoice::File, FileLoop::Damaged(what)) => {
            findings.push(Finding::new(
                Code::WavLoopDamaged,
                format!("the loop chunk (smpl) is damaged: {what}"),
                "Export it again, or say what is meant in the artifact: `\"loop\": {\"start\": …, \"end\": …}` or `\"loop\": null`.",
            ));
            return None;
        }
    };
    if looping.start < looping.end && looping.end <= frames {
        return Some(Some(looping));
    }
    let whose = if from_file { "the file's loop" } else { "the artifact's loop" };
    let finding = Finding::new(
        Code::LoopRange,
        format!(
            "{whose} is from frame {} to before frame {}; the sound has {}",
            looping.start,
            looping.end,
            plural(frames, "frame")
        ),
        "A loop needs 0 ≤ start < end ≤ frames: set `loop` in the artifact, or `\"loop\": null` for none.",
    );
    findings.push(finding.at(Place::Frame { frame: looping.start }));
    None
}

/// Makes one sample's bytes: PCM16, little-endian.
///
/// # Errors
/// If nobody wants more.
pub fn write_sample(
    context: &Context,
    root: &Folder,
    sample: &PlannedSample,
    sink: &mut dyn Sink,
) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let path = &sample.artifact.file;
    // It was there when the bank was planned, in this state and with this structure. If not, the plan is made again,
    // which says what is wrong if something is.
    let unchanged = |source: &mut SourceFile| {
        source.stamp() == sample.stamp && read_structure(source).is_ok_and(|sound| sound == sample.sound)
    };
    let Some(mut source) = root.open(path).ok() else {
        outcome.changed.push(path.clone());
        return Ok(outcome);
    };
    if !unchanged(&mut source) {
        outcome.changed.push(path.clone());
        return Ok(outcome);
    }
    decode_sound(context, path, source, &sample.sound, sink)
}

/// Decodes a whole sound, whose structure [`read_structure`] read from `source`, into `sink`: PCM16, little-endian, mono, whatever is
/// lost by that. `path` is the file, for the outcome: with an error or a changed file in it, what went to `sink` is not to be
/// used.
///
/// # Errors
/// If nobody wants more.
pub fn decode_sound(
    context: &Context,
    path: &RelPath,
    source: SourceFile,
    sound: &Sound,
    sink: &mut dyn Sink,
) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let whole = source.path().to_owned();
    let mut reading = match source.rewind() {
        Ok(source) => source.start_reading(),
        Err(error) => {
            outcome.record_disk_error(path, &error);
            return Ok(outcome);
        }
    };
    let found = match convert_frames(context, &mut reading, sound, sink)? {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            outcome.changed.push(path.clone());
            None
        }
        Err(error) => {
            outcome.record_disk_error(path, &DiskError::reading(whole)(error));
            return Ok(outcome);
        }
    };
    outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    // Of a file that somebody writes to, nothing can be said.
    if outcome.changed.is_empty() {
        outcome.findings.extend(found.map(|finding| finding.file(path.as_str())));
    }
    Ok(outcome)
}

/// Converts the sound of `reading`, which is at the file's start, into `sink`; gives what was found.
fn convert_frames(
    context: &Context,
    reading: &mut dyn Read,
    sound: &Sound,
    sink: &mut dyn Sink,
) -> Result<io::Result<Option<Finding>>, Stop> {
    let (SoundCoding::Pcm { data_offset: offset }
    | SoundCoding::Flac(flac::FlacStream { first_frame_offset: offset, .. })) = sound.coding;
    if let Err(error) = skip(reading, offset) {
        return Ok(Err(error));
    }
    match &sound.coding {
        SoundCoding::Pcm { .. } => convert_pcm(context, reading, sound, sink).map(|read| read.map(|()| None)),
        SoundCoding::Flac(stream) => flac::decode_frames(context, reading, sound, stream, sink),
    }
}

fn convert_pcm(
    context: &Context,
    reading: &mut dyn Read,
    sound: &Sound,
    sink: &mut dyn Sink,
) -> Result<io::Result<()>, Stop> {
    let frame_bytes = usize::from(sound.channels) * usize::from(sound.depth_bits / 8);
    let is_pcm16 = sound.channels == 1 && sound.depth_bits == 16;
    let mut left = sound.frames;
    while left > 0 {
        check_cancelled(context)?;
        let frames = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK_FRAMES);
        let mut bytes = vec![0; frames * frame_bytes];
        if let Err(error) = reading.read_exact(&mut bytes) {
            return Ok(Err(error));
        }
        if !is_pcm16 {
            let sample = |frame| pcm16(wav_channels(frame, sound.depth_bits), sound.depth_bits).to_le_bytes();
            bytes = bytes.chunks_exact(frame_bytes).flat_map(sample).collect();
        }
        sink.push_bytes(bytes)?;
        left -= frames as u64;
    }
    Ok(Ok(()))
}

fn skip(reading: &mut dyn Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reading.take(bytes), &mut io::sink())?;
    if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
