//! The causes that the rules of sound banks report, as findings: the only file of this module with sentences in it,
//! except for the clauses about damaged frames in `flac::frames`.
//!
//! A finding gets its places here. Its file is added by the caller.

use super::flac::{FlacError, FlacProblem, MAX_BLOCKS, STREAMINFO_BYTES};
use super::loops::{LoopDamage, LoopHabit, UnplayableLoop};
use super::wav::{MAX_CHUNKS, StreamedData, WavError, WavOddity, WavProblem};
use super::{IndexProblem, OtherRates, SampleProblem, UnknownSound};
use crate::banks::sniff::FileKind;
use crate::diagnostics::{Code, Finding, Place, escaped, format_bytes, join_some, plural};
use crate::formats::SampleLoop;
use crate::limits::{MAX_RATE_HZ, SOURCE_FILE_BYTES};

/// The most sounds that a list names, so that the line stays readable; the rest is counted.
const LISTED_SOUNDS: usize = 4;

const EXPORT_WAV: &str = "Open it in a sound editor and export it again as WAV (PCM, 16 bit).";
const EXPORT_FLAC: &str =
    "Copy the file again. If that does not help, open it in a sound editor and export it again as FLAC or WAV.";
const NO_LOOP: &str = "To confirm this, set `\"loop\": null` in the artifact. To loop the sound, set the loop there: \
                       `\"loop\": {\"start\": …, \"end\": …}` in frames, with `end` exclusive.";
const TRAILING: &str = "They are ignored. If the end of the sound is missing, a program wrote it to a pipe with a wrong \
                        size: let it write to a file. Otherwise open the file in a sound editor and save it to remove \
                        this warning.";
const SAVE_ONCE: &str = "It is ignored. Open the file in a sound editor and save it to remove this warning.";

impl From<UnknownSound> for Finding {
    fn from(UnknownSound(file): UnknownSound) -> Self {
        let (what, help) = match file.kind {
            FileKind::Image => (&*file.what, "Put images into a glyph bank."),
            FileKind::Sound if file.import.is_some() => (
                &*file.what,
                "Move it out of `assets/` and add it from there: `prometeu-packer create` and `prometeu-packer compose PROJECT \
                 ASSET add FILE` decode it into a WAV once. A pack never does.",
            ),
            FileKind::Sound => {
                let export = "Export it as WAV (PCM) or FLAC; renaming the file does not convert it.";
                (&*file.what, file.help.unwrap_or(export))
            }
            FileKind::Other => (&*file.what, file.help.unwrap_or("Export it from your editor as WAV (PCM) or FLAC.")),
        };
        Self::new(Code::SoundNotWav, format!("this is neither a WAV nor a FLAC: {what}"), help)
    }
}

impl From<IndexProblem> for Finding {
    fn from(problem: IndexProblem) -> Self {
        match problem {
            IndexProblem::Taken { index, first, second, place } => Self::new(
                Code::SampleOverlap,
                format!("`{first}` and `{second}` both have index {index}"),
                "Give each sound its own `index`.",
            )
            .at(place),
            IndexProblem::Gap { missing, file, index, place } => Self::new(
                Code::SampleGap,
                format!("no artifact has index {missing}, but `{file}` has index {index}"),
                "Change an `index`: sounds must be numbered from 0 without a gap.",
            )
            .at(place),
        }
    }
}

impl From<OtherRates> for Finding {
    fn from(OtherRates { bank_rate_hz, sounds, places }: OtherRates) -> Self {
        let (count, has) = (plural(sounds.len() as u64, "sound"), if sounds.len() == 1 { "has" } else { "have" });
        let listed = sounds.iter().map(|(file, rate_hz)| format!("`{file}` {rate_hz} Hz"));
        Self::new(
            Code::RateDiffers,
            format!(
                "{count} {has} a different rate than the bank, {bank_rate_hz} Hz: {}",
                join_some(listed, ", ", LISTED_SOUNDS)
            ),
            "Each sound keeps its own rate; nothing is resampled.",
        )
        .at_all(&places)
    }
}

impl From<SampleProblem> for Finding {
    fn from(problem: SampleProblem) -> Self {
        match problem {
            SampleProblem::Empty => Self::new(
                Code::SampleEmpty,
                "the sound has no frames; at least 1 is required",
                "Export it again, or remove the artifact.",
            ),
            SampleProblem::Stereo => Self::new(
                Code::ConvertDownmix,
                "the sound is stereo; the console plays mono",
                "Export it as mono, or allow the loss: `prometeu-packer convert PROJECT ASSET --downmix`.",
            ),
            SampleProblem::Depth { bits } => Self::new(
                Code::ConvertDepth,
                format!("the sound has {bits} bits; the console plays 16"),
                "Export it with 16 bits, or allow the loss: `prometeu-packer convert PROJECT ASSET --reduce-bit-depth`.",
            ),
            SampleProblem::IdleDownmix => idle("downmix", "the sound is already mono"),
            SampleProblem::IdleReduceBitDepth => idle("reduce_bit_depth", "the sound has no more than 16 bits"),
            SampleProblem::UnplayableLoop { form, looping, frames } => Self::new(
                Code::LoopForm,
                format!("the file has {}; the console plays one endless forward loop", unplayable_loop(form, looping)),
                set_loop_help("Set", looping.filter(|looping| looping.start < looping.end && looping.end <= frames)),
            ),
            SampleProblem::DamagedLoop(damage) => {
                let what = match damage {
                    LoopDamage::NoHead(bytes) => format!("it has {bytes} bytes; at least 36 are required"),
                    LoopDamage::TooShort { bytes, loops } => {
                        format!("it has {bytes} bytes, too few for {}", plural(loops.into(), "loop"))
                    }
                    LoopDamage::Cut => "the file ends inside it".into(),
                };
                let message = format!("the loop chunk (smpl) is damaged: {what}");
                Self::new(Code::WavLoopDamaged, message, set_loop_help("Export the file again, or set", None))
            }
            SampleProblem::LoopRange { is_declared, looping, frames } => Self::new(
                Code::LoopRange,
                format!(
                    "the {}'s loop starts at frame {} and ends before frame {}; the sound has {}",
                    if is_declared { "artifact" } else { "file" },
                    looping.start,
                    looping.end,
                    plural(frames, "frame")
                ),
                format!(
                    "Set `loop` in the artifact, with 0 ≤ `start` < `end` ≤ {frames}, or `\"loop\": null` for none."
                ),
            )
            .at(Place::Frame { frame: looping.start }),
            SampleProblem::CorrectedLoop(habit) => {
                let (message, help) = match habit {
                    LoopHabit::Zeros => (
                        "the file's loop starts and ends at frame 0, as programs write it for no loop; the sound plays \
                         once"
                            .to_owned(),
                        NO_LOOP,
                    ),
                    LoopHabit::Endless => (
                        format!(
                            "the file's loop ends at frame {}, as programs write it for no loop; the sound plays once",
                            u32::MAX
                        ),
                        NO_LOOP,
                    ),
                    LoopHabit::OneTooFar(SampleLoop { start, end }) => (
                        format!(
                            "the file's loop ends one frame after the sound, as MilkyTracker writes it; the sound loops \
                             from frame {start} to its end, {end}"
                        ),
                        "To play it once, set `\"loop\": null` in the artifact. A loop of MilkyTracker that ends before \
                         the end of the sound is one frame too long, too, but that cannot be seen in the file.",
                    ),
                };
                Self::new(Code::LoopCorrected, message, help)
            }
            SampleProblem::UnreadLoop { unread, frames } => {
                let stated = unread.marker_loop();
                let outside = stated.filter(|looping| looping.end > frames).map_or_else(String::new, |looping| {
                    format!(", {looping}, which is not inside the sound of {}", plural(frames, "frame"))
                });
                let inside = stated.filter(|looping| looping.start < frames);
                Self::new(
                    Code::LoopUnread,
                    format!("{}{outside}; this is not read, so the sound plays once", unread.clause()),
                    set_loop_help(
                        "Set",
                        inside.map(|SampleLoop { start, end }| SampleLoop { start, end: end.min(frames) }),
                    ),
                )
            }
        }
    }
}

fn idle(key: &str, why: &str) -> Finding {
    Finding::new(
        Code::ConvertIdle,
        format!("`{key}` has no effect: {why}"),
        format!("Remove `{key}` from `convert` in the artifact, or keep it: the sample is the same."),
    )
}

/// How the artifact sets the loop: to these frames, if they are known. `set` is the beginning of the sentence.
fn set_loop_help(set: &str, looping: Option<SampleLoop>) -> String {
    let (start, end) = looping.map_or_else(
        || ("…".to_owned(), "…".to_owned()),
        |SampleLoop { start, end }| (start.to_string(), end.to_string()),
    );
    format!(
        "{set} the loop in the artifact: `\"loop\": {{\"start\": {start}, \"end\": {end}}}` in frames, with `end` exclusive, \
         or `\"loop\": null` for none."
    )
}

fn unplayable_loop(form: UnplayableLoop, looping: Option<SampleLoop>) -> String {
    let frames = looping.map(|looping| format!(" ({looping})")).unwrap_or_default();
    match form {
        UnplayableLoop::Count(count) => format!("{count} loops"),
        UnplayableLoop::Several => "several loops".into(),
        UnplayableLoop::Alternating => format!("a loop that alternates forward and backward{frames}"),
        UnplayableLoop::Backward => format!("a backward loop{frames}"),
        UnplayableLoop::UnknownKind(kind) => format!("a loop of the unknown kind {kind}{frames}"),
        UnplayableLoop::Fraction => format!("a loop that ends between two frames{frames}"),
        UnplayableLoop::Plays(1) => format!("a loop that is played once{frames}"),
        UnplayableLoop::Plays(plays) => format!("a loop that is played {plays} times{frames}"),
    }
}

impl From<WavError> for Finding {
    fn from(WavError { problem, offset }: WavError) -> Self {
        let help = match problem {
            WavProblem::NoData => "Record or export it again: there is no sound in this file.",
            WavProblem::DataCut { .. } => {
                "Copy or export the file again. If the rest is lost, open the file in a sound editor and save what is left."
            }
            WavProblem::Channels(_) => "Mix it down to mono in a sound editor, then export it as WAV (PCM, 16 bit).",
            _ => EXPORT_WAV,
        };
        let (code, message) = wav_message(&problem);
        let finding = Self::new(code, message, help);
        match offset {
            Some(offset) => finding.at(Place::Byte { offset }),
            None => finding,
        }
    }
}

fn wav_message(problem: &WavProblem) -> (Code, String) {
    match problem {
        WavProblem::HeadCut { bytes } => (Code::WavCut, format!("the file has only {}", plural(*bytes as u64, "byte"))),
        WavProblem::ChunkHeadCut => (Code::WavCut, "the file ends in the head of a chunk".into()),
        WavProblem::FormatCut { bytes, needed } => {
            (Code::WavCut, format!("the file ends in its format chunk, after {bytes} of {needed} bytes"))
        }
        WavProblem::DataCut { bytes, needed } => {
            (Code::WavCut, format!("the file ends in its sound, after {bytes} of {needed} bytes"))
        }
        WavProblem::TooManyChunks => (Code::WavChunks, format!("the file has more than {MAX_CHUNKS} chunks")),
        WavProblem::NotAChunk => (Code::WavChunks, "no chunk starts here, where the next one should".into()),
        WavProblem::SecondFormat => (Code::WavChunks, "the file has a second format chunk".into()),
        WavProblem::SecondData => (Code::WavChunks, "the file has a second data chunk".into()),
        WavProblem::DataBeforeFormat => {
            (Code::WavChunks, "the data chunk comes before the format chunk; it must come after it".into())
        }
        WavProblem::NoFormat => (Code::WavChunks, "the file has no format chunk".into()),
        WavProblem::NoData => (Code::WavChunks, "the file has no data chunk".into()),
        WavProblem::ShortFormat { bytes } => (
            Code::WavFormat,
            format!("the format chunk has {}; at least 16 are required", plural(*bytes as u64, "byte")),
        ),
        WavProblem::ShortExtensible { bytes } => {
            (Code::WavFormat, format!("the extensible format chunk has {bytes} bytes; 40 are required"))
        }
        WavProblem::PrivateCoding => {
            (Code::WavCoding, "the sound has a private coding without a format tag; integer PCM is required".into())
        }
        WavProblem::Coding { tag } => {
            let name = match tag {
                2 | 0x11 => "ADPCM",
                3 => "floating point",
                6 => "A-law",
                7 => "µ-law",
                0x55 => "MP3",
                0xFF | 0x1610 => "AAC",
                0x674F..=0x6771 => "Vorbis",
                0xF1AC => "FLAC",
                _ => "of an unknown coding",
            };
            (Code::WavCoding, format!("the sound is {name} (format tag {tag:#06x}); integer PCM is required"))
        }
        WavProblem::Channels(channels) => {
            (Code::WavFormat, format!("the sound has {channels} channels; 1 or 2 are required"))
        }
        WavProblem::Rate { hz } => {
            (Code::WavFormat, format!("the rate is {hz} Hz; it must be between 1 and {MAX_RATE_HZ} Hz"))
        }
        WavProblem::Depth { bits } => {
            (Code::WavFormat, format!("a sample has {bits} bits; 8, 16, 24 or 32 are required"))
        }
        WavProblem::BlockAlign { bytes, needed, channels, depth_bits } => (
            Code::WavFormat,
            format!(
                "the block align, the size of a frame, is {bytes} bytes; {} of {depth_bits} bits need {needed}",
                plural((*channels).into(), "channel")
            ),
        ),
        WavProblem::PartialFrame { data_bytes, frame_bytes } => (
            Code::WavPartialFrame,
            format!("the sound has {data_bytes} bytes, which is not a multiple of the frame size, {frame_bytes} bytes"),
        ),
    }
}

impl WavOddity {
    /// The warning about it, which may be at a byte.
    pub(super) fn finding(self, offset: Option<u64>) -> Finding {
        let (code, message, help) = match self {
            Self::Streamed(data) => (
                Code::WavStreamed,
                streamed_message(data),
                "Listen to its end. Open the file in a sound editor and save it to remove this warning.",
            ),
            Self::TrailingBytes(bytes) => {
                (Code::WavUntidy, format!("the file has {} after the last chunk", plural(bytes, "byte")), TRAILING)
            }
            Self::CutChunk { id, bytes, needed } => {
                let message =
                    format!("the file ends in the chunk `{}`, after {bytes} of {needed} bytes", chunk_name(id));
                (Code::WavUntidy, message, SAVE_ONCE)
            }
            Self::ByteRate { bytes, needed } => (
                Code::WavUntidy,
                format!("the format chunk states {bytes} bytes per second; {needed} would be right"),
                SAVE_ONCE,
            ),
        };
        let finding = Finding::new(code, message, help);
        match offset {
            Some(offset) => finding.at(Place::Byte { offset }),
            None => finding,
        }
    }
}

fn streamed_message(data: StreamedData) -> String {
    let StreamedData { size, is_file_size, next_chunk, left_bytes } = data;
    // Most placeholders are round in hexadecimal, and 0 and a whole number of billions in decimal.
    let is_decimal = is_file_size || size.is_multiple_of(1_000_000_000);
    let size = if is_decimal { size.to_string() } else { format!("{size:#X}") };
    let reason = if is_file_size { "which is that of the whole file" } else { "as a streaming writer leaves it" };
    let end = match next_chunk {
        Some(id) => format!("the chunk `{}`, which ends with the file", chunk_name(id)),
        None => "the end of the file".into(),
    };
    let left = match left_bytes {
        0 => String::new(),
        1 => ", without its last byte, which is padding or part of a frame".into(),
        bytes => format!(", without its last {bytes} bytes, which are part of a frame"),
    };
    format!("the size of the data chunk is {size}, {reason}; the sound was read to {end}{left}")
}

fn chunk_name(id: [u8; 4]) -> String {
    escaped(&id.map(char::from).iter().collect::<String>())
}

impl From<FlacError> for Finding {
    fn from(FlacError { problem, offset }: FlacError) -> Self {
        let help = match problem {
            FlacProblem::Channels(_) => "Mix it down to mono in a sound editor, then export it as FLAC or WAV.",
            FlacProblem::UnknownLength => {
                "Decode it with `flac -d FILE` and use the resulting WAV, or open it in a sound editor and export it again."
            }
            FlacProblem::TooLarge { .. } => "Use a smaller file: shorten the sound, or lower its rate.",
            FlacProblem::TrailingBytes(_) => {
                "They are ignored. Open the file in a sound editor and save it to remove this warning."
            }
            _ => EXPORT_FLAC,
        };
        let (code, message) = flac_message(&problem);
        let finding = Self::new(code, message, help);
        match offset {
            Some(offset) => finding.at(Place::Byte { offset }),
            None => finding,
        }
    }
}

fn flac_message(problem: &FlacProblem) -> (Code, String) {
    match problem {
        FlacProblem::NoSound => (Code::FlacCut, "the file ends before its sound starts".into()),
        FlacProblem::BlockCut { bytes, needed } => {
            (Code::FlacCut, format!("the file ends in a metadata block, after {bytes} of {needed} bytes"))
        }
        FlacProblem::StreamInfoCut => (Code::FlacCut, "the file ends in its STREAMINFO block".into()),
        FlacProblem::SoundCut { decoded_frames, frames } => {
            (Code::FlacCut, format!("the file ends after {decoded_frames} of its {}", plural(*frames, "frame")))
        }
        FlacProblem::SecondStreamInfo => (Code::FlacDamaged, "the file has a second STREAMINFO block".into()),
        FlacProblem::StreamInfoSize { bytes } => {
            (Code::FlacDamaged, format!("the STREAMINFO block has {bytes} bytes; {STREAMINFO_BYTES} are required"))
        }
        FlacProblem::StreamInfoNotFirst => {
            (Code::FlacDamaged, "the first metadata block is not STREAMINFO, which describes the sound".into())
        }
        FlacProblem::NotABlock => {
            (Code::FlacDamaged, "no metadata block starts here, where the next one should".into())
        }
        FlacProblem::TooManyBlocks => {
            (Code::FlacDamaged, format!("the file has more than {MAX_BLOCKS} metadata blocks"))
        }
        FlacProblem::Channels(channels) => {
            (Code::FlacFormat, format!("the sound has {channels} channels; 1 or 2 are required"))
        }
        FlacProblem::Rate { hz } => {
            (Code::FlacFormat, format!("the rate is {hz} Hz; it must be between 1 and {MAX_RATE_HZ} Hz"))
        }
        FlacProblem::Depth { bits } => (Code::FlacFormat, format!("a sample has {bits} bits; 4 to 32 are required")),
        FlacProblem::UnknownLength => (
            Code::FlacUnknownLength,
            "the file does not state how long its sound is, as when an encoder writes to a pipe".into(),
        ),
        FlacProblem::TooLarge { bytes } => (
            Code::FileTooLarge,
            format!("the decoded sound has {}; the limit is {}", format_bytes(*bytes), format_bytes(SOURCE_FILE_BYTES)),
        ),
        FlacProblem::DamagedFrame { decoded_frames, reason } => {
            (Code::FlacDamaged, format!("the block after frame {decoded_frames} is damaged: {reason}"))
        }
        FlacProblem::TooLong { frames } => (
            Code::FlacLength,
            format!("STREAMINFO states {}, but the sound continues after them", plural(*frames, "frame")),
        ),
        FlacProblem::Md5 => (
            Code::FlacDamaged,
            "the sound differs from the one that was encoded: it does not have the MD5 that STREAMINFO states".into(),
        ),
        FlacProblem::TrailingBytes(bytes) => {
            (Code::FlacUntidy, format!("the file has {} after the sound", plural(*bytes, "byte")))
        }
    }
}
