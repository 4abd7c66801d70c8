//! SOUNDS/pcm16le_v1: WAV and FLAC files become mono samples of PCM16 (spec: banks, "SOUNDS").
//!
//! `wav` and `flac` read the structure of a file. Here it is checked against the artifact's `loop` and `convert`, and
//! frames become samples. Lengths are known from the structure alone, so a bank can be planned without reading its
//! sounds. These rules report typed causes; `findings` puts all of them into words. [`extract`] goes the other way,
//! from a sample to a file.

pub mod extract;
mod findings;
mod flac;
mod loops;
mod markers;
mod pcm16;
mod unread;
mod wav;

use std::io::{self, Read, Seek, SeekFrom};

use super::sniff::{SniffedFile, sniff_behind_tag, sniff_file};
use super::{Outcome, Sink, Stop, check_cancelled};
use crate::context::Context;
use crate::declaration::{ANCHOR, LoopChoice, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, Place, Places};
use crate::files::{DiskError, Folder, OpenError, SourceFile, Stamp, read_up_to};
use crate::formats::{SampleLoop, SampleMetadata};
use crate::paths::RelPath;
pub use flac::FlacStream;
pub use loops::FileLoop;
use loops::{LoopDamage, LoopHabit, UnplayableLoop};
pub use markers::{NamedMarker, named_loop};
pub use pcm16::whole_depth_bits;
use pcm16::{FrameForm, wav_channels};
use unread::UnreadLoop;
pub use unread::{tag_loop, tags_clause};

/// Frames converted at a time: 64 KiB of samples. So memory does not depend on the length of a sound, and cancelling
/// takes effect within a block. Blocks of twice the size would be new memory from the system each time.
const BLOCK_FRAMES: usize = 32 << 10;

/// The structure of a sound file.
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
    /// The loops of the file.
    pub looping: FileLoop,
    /// What is not as it should be, but readable.
    pub warnings: Vec<Finding>,
    /// How its frames lie in the file.
    pub coding: SoundCoding,
}

/// How the frames of a sound lie in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoundCoding {
    /// One after the other, not compressed.
    Pcm {
        /// Of the first frame, from the start of the file.
        data_offset: u64,
    },
    /// Compressed, as FLAC.
    Flac(FlacStream),
}

/// A sample whose length is known, and whose file has not been read yet.
#[derive(Clone, Debug)]
pub struct PlannedSample {
    /// Where it comes from.
    pub artifact: SoundArtifact,
    /// The file's state when it was planned.
    pub stamp: Stamp,
    /// The structure of the file.
    pub sound: Sound,
    /// For the entry of the bank.
    pub metadata: SampleMetadata,
}

/// A file that is neither a WAV nor a FLAC.
#[derive(Debug)]
struct UnknownSound(SniffedFile);

/// Why the indices of sounds are not those of a bank.
#[derive(Debug)]
enum IndexProblem {
    /// Two artifacts have one index.
    Taken { index: u32, first: RelPath, second: RelPath, place: Place },
    /// No artifact has the index `missing`; the next one's is `index`.
    Gap { missing: u32, file: RelPath, index: u32, place: Place },
}

/// The sounds whose rate differs from the rate of the bank.
#[derive(Debug)]
struct OtherRates {
    bank_rate_hz: u32,
    sounds: Vec<(RelPath, u32)>,
    places: Places,
}

/// Why a sound cannot become the sample that its artifact declares, or what in the declaration has no effect.
#[derive(Debug)]
enum SampleProblem {
    /// It has no frames.
    Empty,
    /// It is stereo, and `downmix` is not allowed.
    Stereo,
    /// It has more than 16 bits, and `reduce_bit_depth` is not allowed.
    Depth { bits: u16 },
    /// `downmix` is allowed, but it is mono.
    IdleDownmix,
    /// `reduce_bit_depth` is allowed, but it has at most 16 bits.
    IdleReduceBitDepth,
    /// The console cannot play the file's loop.
    UnplayableLoop { form: UnplayableLoop, looping: Option<SampleLoop>, frames: u64 },
    /// The file's loop chunk cannot be read.
    DamagedLoop(LoopDamage),
    /// The loop is not inside the sound.
    LoopRange { is_declared: bool, looping: SampleLoop, frames: u64 },
    /// The file's loop was read as its program means it.
    CorrectedLoop(LoopHabit),
    /// The file has a loop in a form that is not read.
    UnreadLoop { unread: UnreadLoop, frames: u64 },
}

/// Each artifact by its index, with its planned sample, or with the position in the outcome's findings of why there is
/// none.
pub type PlannedEach<'c> = Vec<(&'c SoundArtifact, Result<PlannedSample, usize>)>;

/// Plans each sample on its own, and gives whether their indices are those of a bank. Findings go to `outcome`.
pub fn plan_each_sample<'c>(
    root: &Folder,
    content: &'c SoundContent,
    outcome: &mut Outcome,
) -> (bool, PlannedEach<'c>) {
    let mut artifacts: Vec<&SoundArtifact> = content.artifacts.iter().collect();
    artifacts.sort_by_key(|artifact| artifact.index);
    let problems = find_index_problems(&artifacts);
    let is_numbered = problems.is_empty();
    outcome.findings.extend(problems.into_iter().map(|problem| Finding::from(problem).file(ANCHOR)));
    let samples = artifacts.into_iter().map(|artifact| {
        let before = outcome.findings.len();
        let planned = plan_sample(root, artifact, outcome);
        (artifact, planned.ok_or_else(|| outcome.first_error(before).unwrap_or(before)))
    });
    let samples: PlannedEach<'c> = samples.collect();
    let planned: Option<Vec<&PlannedSample>> = samples.iter().map(|(_, planned)| planned.as_ref().ok()).collect();
    let other_rates = planned.and_then(|planned| find_other_rates(&planned, content.sample_rate_hz));
    outcome.findings.extend(other_rates.map(|rates| Finding::from(rates).file(ANCHOR)));
    (is_numbered, samples)
}

fn find_other_rates(samples: &[&PlannedSample], bank_rate_hz: u32) -> Option<OtherRates> {
    let (mut sounds, mut places) = (Vec::new(), Places::default());
    for sample in samples.iter().filter(|sample| sample.sound.rate_hz != bank_rate_hz) {
        places.add(sample.artifact.place.clone());
        sounds.push((sample.artifact.file.clone(), sample.sound.rate_hz));
    }
    (!sounds.is_empty()).then_some(OtherRates { bank_rate_hz, sounds, places })
}

/// Every index that two artifacts have, and the first gap.
fn find_index_problems(sorted: &[&SoundArtifact]) -> Vec<IndexProblem> {
    let pairs = sorted.windows(2).filter(|pair| pair[0].index == pair[1].index);
    let mut problems: Vec<IndexProblem> = pairs
        .map(|pair| IndexProblem::Taken {
            index: pair[0].index,
            first: pair[0].file.clone(),
            second: pair[1].file.clone(),
            place: pair[1].place.clone(),
        })
        .collect();
    let mut next = 0;
    for artifact in sorted {
        if artifact.index > next {
            let (file, index, place) = (artifact.file.clone(), artifact.index, artifact.place.clone());
            problems.push(IndexProblem::Gap { missing: next, file, index, place });
            break;
        }
        next = artifact.index + 1;
    }
    problems
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
    let (metadata, problems) = check_sound(&sound, artifact);
    let findings = sound.warnings.iter().cloned().chain(problems.into_iter().map(Finding::from));
    outcome.findings.extend(findings.map(|finding| finding.file(path.as_str())));
    Some(PlannedSample { artifact: artifact.clone(), stamp, sound, metadata: metadata? })
}

/// Why a sound's structure could not be read.
#[derive(Debug)]
pub enum SoundError {
    /// Something is wrong with the file.
    Finding(Box<Finding>),
    /// The system refused.
    Disk(DiskError),
}

/// Reads a sound's structure.
///
/// # Errors
/// If something is wrong with the file, or the system refuses to read it.
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

/// Reads the structure of a sound of `size_bytes`, whose first bytes determine its kind.
///
/// # Errors
/// Outer: the system refused to read. Inner: what is wrong with the file.
pub fn read_structure_from(file: &mut (impl Read + Seek), size_bytes: u64) -> io::Result<Result<Sound, Box<Finding>>> {
    let mut start = [0; 64];
    file.seek(SeekFrom::Start(0))?;
    let count = read_up_to(file, &mut start)?;
    let start = &start[..count];
    if start.starts_with(&flac::SIGNATURE) {
        return Ok(flac::read_flac_structure(file, size_bytes)?.map_err(|error| Box::new(error.into())));
    }
    if start.starts_with(b"RIFF") && (start.len() < 12 || &start[8..12] == b"WAVE") {
        return Ok(wav::read_wav_structure(file, size_bytes)?.map_err(|error| Box::new(error.into())));
    }
    let sniffed = sniff_behind_tag(file, start)?.unwrap_or_else(|| sniff_file(start));
    Ok(Err(Box::new(UnknownSound(sniffed).into())))
}

/// Checks the structure against what the artifact allows; without metadata if a problem is an error.
fn check_sound(sound: &Sound, artifact: &SoundArtifact) -> (Option<SampleMetadata>, Vec<SampleProblem>) {
    let (convert, frames) = (artifact.convert, sound.frames);
    let (is_stereo, is_deep) = (sound.channels == 2, sound.depth_bits > 16);
    let looping = check_loop(sound, artifact.looping);
    let mut problems = Vec::new();
    problems.extend((frames == 0).then_some(SampleProblem::Empty));
    problems.extend((is_stereo && !convert.downmix).then_some(SampleProblem::Stereo));
    let depth = SampleProblem::Depth { bits: sound.depth_bits };
    problems.extend((is_deep && !convert.reduce_bit_depth).then_some(depth));
    let (looping, note) = match looping {
        Ok((looping, note)) => (Some(looping), note),
        Err(problem) => (None, Some(problem)),
    };
    let metadata = looping.filter(|_| problems.is_empty());
    problems.extend(note);
    problems.extend((!is_stereo && convert.downmix).then_some(SampleProblem::IdleDownmix));
    problems.extend((!is_deep && convert.reduce_bit_depth).then_some(SampleProblem::IdleReduceBitDepth));
    let metadata = metadata.map(|looping| SampleMetadata { frames, sample_rate_hz: sound.rate_hz, looping });
    (metadata, problems)
}

/// What keeps a sound with this structure out of any bank.
pub fn find_sample_errors(sound: &Sound, artifact: &SoundArtifact) -> impl Iterator<Item = Finding> {
    let (_, problems) = check_sound(sound, artifact);
    problems.into_iter().map(|problem| Finding::from(problem).file(artifact.file.as_str())).filter(Finding::is_error)
}

/// The loop of the sample, if it has one, and a note about it.
fn check_loop(sound: &Sound, choice: LoopChoice) -> Result<(Option<SampleLoop>, Option<SampleProblem>), SampleProblem> {
    let frames = sound.frames;
    let (looping, is_declared) = match (choice, &sound.looping) {
        (LoopChoice::Never, _) | (LoopChoice::File, FileLoop::None) => return Ok((None, None)),
        (LoopChoice::At(looping), _) => (looping, true),
        (LoopChoice::File, FileLoop::Forward(looping)) => (*looping, false),
        (LoopChoice::File, FileLoop::Unplayable { form, looping }) => {
            return Err(SampleProblem::UnplayableLoop { form: *form, looping: *looping, frames });
        }
        (LoopChoice::File, FileLoop::Damaged(damage)) => return Err(SampleProblem::DamagedLoop(*damage)),
        (LoopChoice::File, FileLoop::Unread(unread)) => match unread.stated_loop() {
            Some(looping) => (looping, false),
            // Most single markers mean something else: they are reported only when the sound is added.
            None if sound.looping.single_marker().is_some() => return Ok((None, None)),
            None => return Ok((None, Some(SampleProblem::UnreadLoop { unread: unread.clone(), frames }))),
        },
    };
    if let Some(habit) = LoopHabit::of(looping, frames).filter(|_| !is_declared) {
        return Ok((habit.meant_loop(), Some(SampleProblem::CorrectedLoop(habit))));
    }
    if looping.start < looping.end && looping.end <= frames {
        return Ok((Some(looping), None));
    }
    Err(SampleProblem::LoopRange { is_declared, looping, frames })
}

/// Where a sample of this sound loops, as far as that is valid.
pub fn sample_loop(sound: &Sound, choice: LoopChoice) -> Option<SampleLoop> {
    check_loop(sound, choice).ok().and_then(|(looping, _)| looping)
}

/// What a sound file says about its loop, for a sound that is written into a new file. Frames are those of the old one.
#[derive(Debug)]
pub struct OwnLoop {
    /// The loop, inside the sound.
    pub looping: Option<SampleLoop>,
    /// A loop that cannot be kept.
    pub unkept: Option<UnkeptLoop>,
    /// That the loop was read as its program means it.
    pub note: Option<Finding>,
}

/// What a sound file says about a loop that is not kept.
#[derive(Debug)]
pub struct UnkeptLoop {
    /// What it says: "the file has several loops".
    pub clause: String,
    /// The loop that may be meant.
    pub looping: Option<SampleLoop>,
}

/// The loop of a file that no artifact uses yet: that of its markers counts, too.
pub fn own_loop(sound: &Sound) -> OwnLoop {
    let is_inside = |looping: &SampleLoop| looping.start < looping.end && looping.end <= sound.frames;
    let kept = |looping, note: Option<SampleProblem>| OwnLoop { looping, unkept: None, note: note.map(Finding::from) };
    let unkept = |clause: String, looping: Option<SampleLoop>| {
        let looping = looping.filter(is_inside);
        OwnLoop { looping: None, unkept: Some(UnkeptLoop { clause, looping }), note: None }
    };
    match (check_loop(sound, LoopChoice::File), &sound.looping) {
        (Ok((None, _)), FileLoop::Unread(unread)) => match unread.marker_loop().filter(is_inside) {
            looping @ Some(_) => kept(looping, None),
            None => {
                let from_marker = sound.looping.single_marker().map(|start| SampleLoop { start, end: sound.frames });
                unkept(unread.clause(), from_marker)
            }
        },
        (Ok((looping, note)), _) => kept(looping, note),
        (Err(problem), FileLoop::Unplayable { looping, .. }) => unkept(Finding::from(problem).message, *looping),
        (Err(problem), _) => unkept(Finding::from(problem).message, None),
    }
}

/// Writes one sample's bytes into `sink`: PCM16, little-endian.
///
/// # Errors
/// If the operation was cancelled, or `sink` takes no more.
pub fn write_sample(
    context: &Context,
    root: &Folder,
    sample: &PlannedSample,
    sink: &mut dyn Sink,
) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let path = &sample.artifact.file;
    // If the file or its structure differs from the plan, the bank is planned again, and that reports what is wrong.
    match root.open(path) {
        Ok(mut source) if source.stamp() == sample.stamp => match read_structure(&mut source) {
            Ok(sound) if sound == sample.sound => return decode_sound(context, path, source, &sample.sound, sink),
            Err(SoundError::Disk(error)) => outcome.record_disk_error(path, &error),
            _ => outcome.changed.push(path.clone()),
        },
        Err(OpenError::Disk(error)) => outcome.record_disk_error(path, &error),
        _ => outcome.changed.push(path.clone()),
    }
    Ok(outcome)
}

/// Decodes a whole sound, whose structure [`read_structure`] read from `source`, into `sink`: PCM16, little-endian,
/// mono, including all losses. `path` is the file, for the outcome. If that has an error or a changed file, the bytes
/// in `sink` must not be used.
///
/// # Errors
/// If the operation was cancelled, or `sink` takes no more.
pub fn decode_sound(
    context: &Context,
    path: &RelPath,
    source: SourceFile,
    sound: &Sound,
    sink: &mut dyn Sink,
) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let full_path = source.path().to_owned();
    let mut reading = match source.rewind() {
        Ok(source) => source.start_reading(),
        Err(error) => {
            outcome.record_disk_error(path, &error);
            return Ok(outcome);
        }
    };
    let found = match convert_frames(context, &mut reading, sound, FrameForm::Console, sink)? {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            outcome.changed.push(path.clone());
            None
        }
        Err(error) => {
            outcome.record_disk_error(path, &DiskError::reading(full_path)(error));
            return Ok(outcome);
        }
    };
    outcome.record_source(path, reading.finish_unless(&|| context.is_cancelled()));
    // The findings of a file that changed while it was read mean nothing.
    if outcome.changed.is_empty() {
        outcome.findings.extend(found.map(|finding| finding.file(path.as_str())));
    }
    Ok(outcome)
}

/// Adds the frames of a sound, whose structure [`read_structure_from`] read from `file`, to `frames`: little-endian,
/// interleaved, with [`whole_depth_bits`]. Returns a warning about the file.
///
/// # Errors
/// What is wrong with the file.
pub fn read_whole_frames(
    context: &Context,
    file: &[u8],
    sound: &Sound,
    frames: &mut Vec<u8>,
) -> Result<Option<Finding>, Box<Finding>> {
    struct Collected<'f>(&'f mut Vec<u8>);
    impl Sink for Collected<'_> {
        fn push_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Stop> {
            self.0.extend(bytes);
            Ok(())
        }
    }
    match convert_frames(context, &mut &*file, sound, FrameForm::Whole, &mut Collected(frames)) {
        Ok(Ok(Some(finding))) if finding.is_error() => Err(Box::new(finding)),
        Ok(Ok(finding)) => Ok(finding),
        Ok(Err(_)) | Err(Stop) => {
            Err(Box::new(Finding::new(Code::SoundImport, "the file ends before its sound does", "Export it again.")))
        }
    }
}

/// Converts the sound of `reading`, which is at the file's start, into `sink`, and gives what was found.
fn convert_frames(
    context: &Context,
    reading: &mut dyn Read,
    sound: &Sound,
    form: FrameForm,
    sink: &mut dyn Sink,
) -> Result<io::Result<Option<Finding>>, Stop> {
    let (SoundCoding::Pcm { data_offset: offset } | SoundCoding::Flac(FlacStream { first_frame_offset: offset, .. })) =
        sound.coding;
    if let Err(error) = skip(reading, offset) {
        return Ok(Err(error));
    }
    match &sound.coding {
        SoundCoding::Pcm { .. } => convert_pcm(context, reading, sound, form, sink).map(|read| read.map(|()| None)),
        SoundCoding::Flac(stream) => flac::decode_frames(context, reading, sound, stream, form, sink),
    }
}

fn convert_pcm(
    context: &Context,
    reading: &mut dyn Read,
    sound: &Sound,
    form: FrameForm,
    sink: &mut dyn Sink,
) -> Result<io::Result<()>, Stop> {
    let frame_bytes = usize::from(sound.channels) * usize::from(sound.depth_bits / 8);
    let is_unchanged = match form {
        FrameForm::Console => sound.channels == 1 && sound.depth_bits == 16,
        FrameForm::Whole => sound.depth_bits > 8,
    };
    let mut left = sound.frames;
    while left > 0 {
        check_cancelled(context)?;
        let frames = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK_FRAMES);
        let mut bytes = vec![0; frames * frame_bytes];
        if let Err(error) = reading.read_exact(&mut bytes) {
            return Ok(Err(error));
        }
        if !is_unchanged {
            let mut converted = Vec::with_capacity(2 * bytes.len());
            for frame in bytes.chunks_exact(frame_bytes) {
                form.push_frame(&mut converted, wav_channels(frame, sound.depth_bits), sound.depth_bits);
            }
            bytes = converted;
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
