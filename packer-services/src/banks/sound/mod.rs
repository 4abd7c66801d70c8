//! SOUNDS/pcm16le_v1: WAV files to PCM16 mono samples (spec: banks, "SOUNDS").
//!
//! [`wav`] reads the files' structure; here it is judged by the artifact's `loop` and `convert`, and frames become
//! samples. Lengths are known from the structure alone, so a bank can be planned without reading its sound. [`extract`]
//! is the way back, from a sample to a file.

pub mod extract;
pub mod wav;

use std::io::{self, Read};

use super::{Outcome, Sink, Stop, go_on};
use crate::context::Context;
use crate::declaration::{ANCHOR, LoopChoice, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, Place, Places, join_some, plural};
use crate::files::{DiskError, Folder, Source, Stamp};
use crate::formats::{SampleLoop, SampleMetadata, SoundMetadata};
use wav::{LoopForm, Wav};

/// Frames converted at a time.
const BLOCK_FRAMES: usize = 64 << 10;

/// A sample whose length is known, and whose file has not been read yet.
#[derive(Clone, Debug)]
pub struct PlannedSample {
    /// Where it comes from.
    pub artifact: SoundArtifact,
    /// The file's state when it was planned.
    pub stamp: Stamp,
    /// How its frames lie in the file.
    pub wav: Wav,
    /// What the entry says of it.
    pub metadata: SampleMetadata,
}

/// Plans a bank: the samples by index, or `None` if any is in the way. Findings go to `outcome`.
pub fn plan(
    root: &Folder,
    content: &SoundContent,
    outcome: &mut Outcome,
) -> Option<(SoundMetadata, Vec<PlannedSample>)> {
    let mut artifacts: Vec<&SoundArtifact> = content.artifacts.iter().collect();
    artifacts.sort_by_key(|artifact| artifact.index);
    let numbered = judge_indices(&artifacts, outcome);
    let samples: Vec<Option<PlannedSample>> =
        artifacts.into_iter().map(|artifact| plan_sample(root, artifact, outcome)).collect();
    let samples: Vec<PlannedSample> = samples.into_iter().collect::<Option<_>>()?;
    outcome.findings.extend(note_rates(&samples, content.sample_rate_hz));
    let metadata = SoundMetadata {
        sample_rate_hz: content.sample_rate_hz,
        samples: samples.iter().map(|sample| sample.metadata).collect(),
    };
    numbered.then_some((metadata, samples))
}

/// One note for all sounds that have another rate than the bank.
fn note_rates(samples: &[PlannedSample], bank_rate_hz: u32) -> Option<Finding> {
    let mut places = Places::default();
    let mut listed = Vec::new();
    for sample in samples.iter().filter(|sample| sample.wav.rate_hz != bank_rate_hz) {
        places.add(sample.artifact.place.clone());
        listed.push(format!("{} {} Hz", sample.artifact.file, sample.wav.rate_hz));
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
            outcome.findings.push(error.finding(path));
            return None;
        }
    };
    let stamp = source.stamp();
    let wav = match walk(&mut source) {
        Ok(wav) => wav,
        Err(WalkError::Finding(finding)) => {
            outcome.findings.push(finding.file(path.as_str()));
            return None;
        }
        Err(WalkError::Disk(error)) => {
            outcome.refused(path, &error);
            return None;
        }
    };
    let mut findings = wav.warnings();
    let metadata = judge(&wav, artifact, &mut findings);
    outcome.findings.extend(findings.into_iter().map(|finding| finding.file(path.as_str())));
    Some(PlannedSample { artifact: artifact.clone(), stamp, wav, metadata: metadata? })
}

/// Why a WAV's structure could not be read.
#[derive(Debug)]
pub enum WalkError {
    /// Something is wrong with it.
    Finding(Box<Finding>),
    /// The system refused.
    Disk(DiskError),
}

/// Reads a WAV's structure.
///
/// # Errors
/// As [`WalkError`] says.
pub fn walk(source: &mut Source) -> Result<Wav, WalkError> {
    if let Some(finding) = source.refuse_too_large() {
        return Err(WalkError::Finding(Box::new(finding)));
    }
    let size_bytes = source.size_bytes();
    let path = source.path().to_owned();
    match wav::walk(source.file_mut(), size_bytes) {
        Ok(Ok(wav)) => Ok(wav),
        Ok(Err(finding)) => Err(WalkError::Finding(finding)),
        Err(error) => Err(WalkError::Disk(DiskError::reading(path)(error))),
    }
}

/// Judges the structure by what the artifact agrees to; `None` if an error was found.
fn judge(wav: &Wav, artifact: &SoundArtifact, findings: &mut Vec<Finding>) -> Option<SampleMetadata> {
    let before = findings.len();
    let frames = wav.frames();
    if frames == 0 {
        findings.push(Finding::new(
            Code::SampleEmpty,
            "the sound has no frame",
            "Export it again, or remove the artifact.",
        ));
    }
    let convert = artifact.convert;
    if wav.channels == 2 && !convert.downmix {
        findings.push(Finding::new(
            Code::ConvertDownmix,
            "the sound is stereo; the console plays mono",
            "Export it as mono, or agree to the loss: `\"convert\": {\"downmix\": true}` in the artifact.",
        ));
    }
    if wav.depth_bits > 16 && !convert.reduce_bit_depth {
        findings.push(Finding::new(
            Code::ConvertDepth,
            format!("the sound has {} bits; the console plays 16", wav.depth_bits),
            "Export it with 16 bits, or agree to the loss: `\"convert\": {\"reduce_bit_depth\": true}` in the artifact.",
        ));
    }
    let looping = judge_loop(wav, artifact.looping, frames, findings);
    let failed = findings[before..].iter().any(Finding::is_error);
    let idle = [
        (convert.downmix && wav.channels == 1, "downmix", "the sound is mono already"),
        (convert.reduce_bit_depth && wav.depth_bits <= 16, "reduce_bit_depth", "the sound has no more than 16 bits"),
    ];
    for (_, key, why) in idle.into_iter().filter(|(idle, ..)| *idle) {
        findings.push(Finding::new(
            Code::ConvertIdle,
            format!("`{key}` has no effect: {why}"),
            format!("Remove `{key}` from the artifact's `convert`, or leave it."),
        ));
    }
    (!failed).then_some(SampleMetadata { frames, sample_rate_hz: wav.rate_hz, looping: looping? })
}

/// The loop, `Some(None)` for none, or `None` if an error was found.
fn judge_loop(wav: &Wav, choice: LoopChoice, frames: u64, findings: &mut Vec<Finding>) -> Option<Option<SampleLoop>> {
    let (looping, from_file) = match (choice, &wav.looping) {
        (LoopChoice::Never, _) | (LoopChoice::File, LoopForm::None) => return Some(None),
        (LoopChoice::At(looping), _) => (looping, false),
        (LoopChoice::File, LoopForm::Forward(looping)) => (*looping, true),
        (LoopChoice::File, LoopForm::Other(what)) => {
            findings.push(Finding::new(
                Code::LoopForm,
                format!("the file has {what}; the console plays one endless forward loop"),
                "Say what is meant in the artifact: `\"loop\": {\"start\": …, \"end\": …}` in frames, end exclusive, or `\"loop\": null`.",
            ));
            return None;
        }
        (LoopChoice::File, LoopForm::Damaged(what)) => {
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
        "A loop needs 0 ≤ start < end ≤ frames; set `loop` in the artifact.",
    );
    findings.push(finding.at(Place::Frame { frame: looping.start }));
    None
}

/// Makes one sample's bytes: PCM16, little-endian.
///
/// # Errors
/// If nobody wants more.
pub fn make(context: &Context, root: &Folder, sample: &PlannedSample, sink: &mut dyn Sink) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let path = &sample.artifact.file;
    // It was there when the bank was planned, in this state and with this structure. If not, the plan is made again,
    // which says what is wrong if something is.
    let unchanged =
        |source: &mut Source| source.stamp() == sample.stamp && walk(source).is_ok_and(|wav| wav == sample.wav);
    let Some(mut source) = root.open(path).ok() else {
        outcome.changed.push(path.clone());
        return Ok(outcome);
    };
    if !unchanged(&mut source) {
        outcome.changed.push(path.clone());
        return Ok(outcome);
    }
    let whole = source.path().to_owned();
    let mut reading = match source.rewound() {
        Ok(source) => source.reading(),
        Err(error) => {
            outcome.refused(path, &error);
            return Ok(outcome);
        }
    };
    match convert(context, &mut reading, &sample.wav, sink)? {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => outcome.changed.push(path.clone()),
        Err(error) => {
            outcome.refused(path, &DiskError::reading(whole)(error));
            return Ok(outcome);
        }
    }
    outcome.settle(path, reading.finish_unless(&|| context.is_cancelled()));
    Ok(outcome)
}

fn convert(context: &Context, reading: &mut dyn Read, wav: &Wav, sink: &mut dyn Sink) -> Result<io::Result<()>, Stop> {
    if let Err(error) = skip(reading, wav.data_offset) {
        return Ok(Err(error));
    }
    let frame_bytes = usize::from(wav.channels) * usize::from(wav.depth_bits / 8);
    let is_pcm16 = wav.channels == 1 && wav.depth_bits == 16;
    let mut left = wav.frames();
    while left > 0 {
        go_on(context)?;
        let frames = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK_FRAMES);
        let mut bytes = vec![0; frames * frame_bytes];
        if let Err(error) = reading.read_exact(&mut bytes) {
            return Ok(Err(error));
        }
        if !is_pcm16 {
            let samples =
                bytes.chunks_exact(frame_bytes).flat_map(|frame| to_pcm16(frame, wav.depth_bits).to_le_bytes());
            bytes = samples.collect();
        }
        sink.take(bytes)?;
        left -= frames as u64;
    }
    Ok(Ok(()))
}

fn skip(reading: &mut dyn Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reading.take(bytes), &mut io::sink())?;
    if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// One frame: the mean of its channels at file depth, then 16 bits.
fn to_pcm16(frame: &[u8], depth_bits: u16) -> i16 {
    let channels = frame.chunks_exact(usize::from(depth_bits / 8)).map(|bytes| match *bytes {
        [a] => i64::from(a) - 128,
        [a, b] => i64::from(i16::from_le_bytes([a, b])),
        [a, b, c] => i64::from(i32::from_le_bytes([0, a, b, c]) >> 8),
        [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
        _ => 0,
    });
    let (sum, count) = channels.fold((0, 0), |(sum, count), value| (sum + value, count + 1));
    let mono: i64 = if count == 2 { sum >> 1 } else { sum };
    let wide = if depth_bits < 16 { mono << (16 - depth_bits) } else { mono >> (depth_bits - 16) };
    i16::try_from(wide).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_depth_lands_on_sixteen_bits() {
        assert_eq!(to_pcm16(&[0], 8), -32_768);
        assert_eq!(to_pcm16(&[128], 8), 0);
        assert_eq!(to_pcm16(&[255], 8), 32_512);
        assert_eq!(to_pcm16(&(-2i16).to_le_bytes(), 16), -2);
        assert_eq!(to_pcm16(&[0xFF, 0xFF, 0x7F], 24), 32_767);
        assert_eq!(to_pcm16(&[0xFF, 0xFF, 0xFF], 24), -1);
        assert_eq!(to_pcm16(&i32::MIN.to_le_bytes(), 32), -32_768);
    }

    #[test]
    fn stereo_is_halved_at_file_depth_and_rounds_down() {
        assert_eq!(to_pcm16(&[0xFF, 0x7F, 0x00, 0x00], 16), 16_383);
        assert_eq!(to_pcm16(&[0xFF, 0xFF, 0x00, 0x00], 16), -1);
        assert_eq!(to_pcm16(&[255, 254], 8), 126 << 8);
        let mut frame = i32::MAX.to_le_bytes().to_vec();
        frame.extend(i32::MAX.to_le_bytes());
        assert_eq!(to_pcm16(&frame, 32), 32_767);
    }
}
