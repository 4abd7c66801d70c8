//! A sound that cannot be packed unchanged, or whose file is wrong.

use super::{Draft, Mistake, mistake};
use crate::declarations::path;
use crate::encode::{pcm16, riff, wav_format, wav_loop};
use crate::flac::{build_file, flac_file, frames_16bit, streaminfo_16bit};
use crate::sound::{self, AMBIENCE_RATE, EFFECTS_RATE};
use packer_services::declaration::{Convert, Preload};
use packer_services::diagnostics::Code;

pub const MISTAKES: &[Mistake] = &[
    mistake(Code::SoundNotWav, "An AIFF from a Mac was renamed to `.wav`", |draft| {
        draft.with_sound("hit.wav", aiff(&clip(&sound::hit(), 0)))
    }),
    mistake(Code::WavCoding, "The audio editor exports floating point by default", |draft| {
        let float = |sample: &i16| (f32::from(*sample) / 32_768.0).to_le_bytes();
        let data = clip(&sound::hit(), 1).iter().flat_map(float).collect();
        draft.with_sound("hit.wav", riff(&[(b"fmt ", wav_format(3, 1, EFFECTS_RATE, 32)), (b"data", data)]))
    }),
    mistake(Code::WavFormat, "A surround sound with six channels", |draft| {
        let around = clip(&sound::hit(), 2).into_iter().flat_map(|sample| [sample; 6]).collect::<Vec<_>>();
        draft.with_sound("hit.wav", pcm_wav(6, 16, pcm16(&around)))
    }),
    mistake(Code::WavChunks, "The recorder wrote the header of the file, and not the sound", |draft| {
        draft.with_sound("hit.wav", riff(&[(b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16))]))
    }),
    mistake(Code::WavCut, "The upload was interrupted", |draft| {
        let mut bytes = wav(&clip(&sound::jump(), 0));
        bytes.truncate(bytes.len() / 2);
        draft.with_sound("jump.wav", bytes)
    }),
    mistake(Code::WavPartialFrame, "A tool cut the sound in the middle of a sample", |draft| {
        let mut data = pcm16(&clip(&sound::jump(), 1));
        data.pop();
        draft.with_sound("jump.wav", pcm_wav(1, 16, data))
    }),
    mistake(Code::WavStreamed, "The recorder was switched off before it wrote the sound's length", |draft| {
        let mut bytes = wav(&clip(&sound::jump(), 2));
        bytes[4..8].fill(0xff);
        bytes[40..44].fill(0xff);
        draft.with_sound("jump.wav", bytes)
    }),
    mistake(Code::WavUntidy, "An old converter wrote a wrong number into the header", |draft| {
        let mut bytes = wav(&clip(&sound::jump(), 3));
        bytes[28..32].copy_from_slice(&EFFECTS_RATE.to_le_bytes());
        draft.with_sound("jump.wav", bytes)
    }),
    mistake(Code::WavLoopDamaged, "A loop editor saved half of its data", |draft| {
        let data = pcm16(&clip(&sound::ignite(), 0));
        let half = wav_loop(EFFECTS_RATE, 0, 0, 100)[..20].to_vec();
        draft.with_sound(
            "ignite.wav",
            riff(&[(b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16)), (b"data", data), (b"smpl", half)]),
        )
    }),
    mistake(Code::FlacFormat, "The field recorder has four microphones", |draft| {
        draft.with_sound("hit.flac", flac_file(EFFECTS_RATE, &[3, 4, 5, 6].map(|n| channel(&clip(&sound::hit(), n)))))
    }),
    mistake(
        Code::FlacUnknownLength,
        "The sound was encoded into a pipe, where the encoder cannot go back to write the length",
        |draft| {
            let jump = [channel(&clip(&sound::jump(), 4))];
            let mut open = streaminfo_16bit(EFFECTS_RATE, &jump);
            // The count is the last 36 bits before the MD5, which is zero too.
            open[13] &= 0xf0;
            open[14..].fill(0);
            draft.with_sound("jump.flac", build_file(&open, &[], &frames_16bit(EFFECTS_RATE, &jump)))
        },
    ),
    mistake(Code::FlacCut, "The disk was full before the whole file was saved", |draft| {
        let mut bytes = flac_file(EFFECTS_RATE, &[channel(&clip(&sound::jump(), 5))]);
        bytes.truncate(bytes.len() / 2);
        draft.with_sound("jump.flac", bytes)
    }),
    mistake(Code::FlacDamaged, "An old memory card changed one bit", |draft| {
        let mut bytes = flac_file(EFFECTS_RATE, &[channel(&clip(&sound::jump(), 6))]);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        draft.with_sound("jump.flac", bytes)
    }),
    mistake(Code::FlacLength, "A repair tool gave the file the header of a shorter take", |draft| {
        let (take, shorter) = ([channel(&clip(&sound::jump(), 7))], [channel(&clip(&sound::jump(), 8)[..192])]);
        draft.with_sound(
            "jump.flac",
            build_file(&streaminfo_16bit(EFFECTS_RATE, &shorter), &[], &frames_16bit(EFFECTS_RATE, &take)),
        )
    }),
    mistake(Code::FlacUntidy, "A music player wrote its tag after the sound", |draft| {
        let mut bytes = flac_file(EFFECTS_RATE, &[channel(&clip(&sound::jump(), 9))]);
        bytes.extend(id3("Jump"));
        draft.with_sound("jump.flac", bytes)
    }),
    mistake(Code::SampleEmpty, "An empty selection was exported", |draft| draft.with_sound("step.wav", wav(&[]))),
    mistake(Code::SampleGap, "The sounds have the indices 0 and 2", |draft| {
        let draft = draft
            .with_sound("step.wav", wav(&clip(&sound::step(), 0)))
            .with_sound("land.wav", wav(&clip(&sound::step(), 1)));
        draft.change_sounds(|samples| samples[1].index = 2)
    }),
    mistake(Code::SampleOverlap, "A line was copied, and its index was kept", |draft| {
        let draft = draft
            .with_sound("step.wav", wav(&clip(&sound::step(), 2)))
            .with_sound("land.wav", wav(&clip(&sound::step(), 3)));
        draft.change_sounds(|samples| samples[1].index = 0)
    }),
    mistake(Code::ConvertDownmix, "The sound was exported in stereo", |draft| {
        let both = clip(&sound::pickup(), 0).into_iter().flat_map(|sample| [sample, sample / 2]).collect::<Vec<_>>();
        draft.with_sound("pickup.wav", pcm_wav(2, 16, pcm16(&both)))
    }),
    mistake(Code::ConvertDepth, "The sound was exported with 24 bits", |draft| {
        let deep = |sample: &i16| (i32::from(*sample) * 256 + 77).to_le_bytes().into_iter().take(3);
        let data = clip(&sound::pickup(), 1).iter().flat_map(deep).collect();
        draft.with_sound("pickup.wav", pcm_wav(1, 24, data))
    }),
    mistake(Code::ConvertIdle, "The sound is mono now, and `convert` still has `downmix`", |draft| {
        let draft = draft.with_sound("pickup.wav", wav(&clip(&sound::pickup(), 2)));
        draft.change_sounds(|samples| samples[0].convert = Convert { downmix: true, reduce_bit_depth: false })
    }),
    mistake(Code::LoopRange, "The loop was set first, and then the end was cut off", |draft| {
        looped(draft, &clip(&sound::ignite(), 1), 0, 599)
    }),
    mistake(Code::LoopForm, "The editor's loop is ping-pong", |draft| {
        looped(draft, &clip(&sound::ignite(), 2), 1, 399)
    }),
    mistake(Code::LoopCorrected, "A sound font's program wrote a loop for a sound that has none", |draft| {
        with_loop(draft, &clip(&sound::ignite(), 3), 0, 0, 0)
    }),
    mistake(Code::LoopUnread, "The loop is set with two markers, as some engines read it", |draft| {
        let chunks = [
            (b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16)),
            (b"data", pcm16(&clip(&sound::ignite(), 4))),
            (b"cue ", cues(&[100, 399])),
            (b"LIST", [b"adtl".to_vec(), label(1, "loop start"), label(2, "loop end")].concat()),
        ];
        draft.with_sound("ignite.wav", riff(&chunks))
    }),
    mistake(Code::RateDiffers, "One sound of two has half the rate", |draft| {
        let slow: Vec<i16> = clip(&sound::pickup(), 5).into_iter().step_by(2).collect();
        let slow = riff(&[(b"fmt ", wav_format(1, 1, AMBIENCE_RATE, 16)), (b"data", pcm16(&slow))]);
        draft.with_sound("pickup.wav", wav(&clip(&sound::pickup(), 3))).with_sound("wind.wav", slow)
    }),
];

/// The banks that fill the sixteen sound slots, so that none is left for `slots-full`.
const PRELOADED: [Code; 16] = [
    Code::SoundNotWav,
    Code::WavCoding,
    Code::WavFormat,
    Code::WavChunks,
    Code::WavCut,
    Code::WavPartialFrame,
    Code::WavStreamed,
    Code::WavUntidy,
    Code::WavLoopDamaged,
    Code::SampleEmpty,
    Code::SampleGap,
    Code::SampleOverlap,
    Code::ConvertDownmix,
    Code::ConvertDepth,
    Code::ConvertIdle,
    Code::LoopRange,
];

/// The slot of the asset with this name, if it is one of [`PRELOADED`].
pub fn preload(name: &str) -> Option<Preload> {
    let slot = PRELOADED.iter().position(|code| code.as_str() == name)?;
    Some(Preload { enabled: true, slot: u32::try_from(slot).ok() })
}

/// The frames of a clip: a fiftieth of a second, to keep the files small.
const CLIP: usize = 440;

/// The `n`-th clip of a sound, with a fade-out.
pub fn clip(sound: &[i16], n: usize) -> Vec<i16> {
    let left = |at: usize| i32::try_from(CLIP - 1 - at).unwrap_or(0);
    let faded = |(at, sample): (usize, &i16)| i16::try_from(i32::from(*sample) * left(at).min(64) / 64).unwrap_or(0);
    sound.iter().skip(n * CLIP).take(CLIP).enumerate().map(faded).collect()
}

/// A mono WAV of 16 bits.
pub fn wav(samples: &[i16]) -> Vec<u8> {
    pcm_wav(1, 16, pcm16(samples))
}

fn pcm_wav(channels: u16, bits: u16, data: Vec<u8>) -> Vec<u8> {
    riff(&[(b"fmt ", wav_format(1, channels, EFFECTS_RATE, bits)), (b"data", data)])
}

/// A sound whose loop starts at frame 100.
fn looped(draft: Draft, samples: &[i16], kind: u32, last: u32) -> Draft {
    with_loop(draft, samples, kind, 100, last)
}

/// The body of a chunk of markers at these frames, numbered from 1.
fn cues(frames: &[u32]) -> Vec<u8> {
    let count = u32::try_from(frames.len()).unwrap_or(0);
    let cue = |(id, frame): (u32, &u32)| [id, *frame, u32::from_le_bytes(*b"data"), 0, 0, *frame];
    let fields = std::iter::once(count).chain((1..).zip(frames).flat_map(cue));
    fields.flat_map(u32::to_le_bytes).collect()
}

/// The chunk with the name of a marker.
fn label(marker: u32, name: &str) -> Vec<u8> {
    let mut body = [&marker.to_le_bytes(), name.as_bytes(), &[0]].concat();
    let size = u32::try_from(body.len()).unwrap_or(0);
    body.resize(body.len().next_multiple_of(2), 0);
    [b"labl", &size.to_le_bytes()[..], &body].concat()
}

fn with_loop(draft: Draft, samples: &[i16], kind: u32, start: u32, last: u32) -> Draft {
    let chunks = [
        (b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16)),
        (b"data", pcm16(samples)),
        (b"smpl", wav_loop(EFFECTS_RATE, kind, start, last)),
    ];
    draft.with_sound(path("ignite.wav").as_str(), riff(&chunks))
}

/// Samples as a FLAC channel.
fn channel(samples: &[i16]) -> Vec<i64> {
    samples.iter().map(|sample| i64::from(*sample)).collect()
}

/// An ID3v1 tag with only a title: 128 bytes.
fn id3(title: &str) -> Vec<u8> {
    let mut tag = [b"TAG", title.as_bytes()].concat();
    tag.resize(128, 0);
    tag
}

/// A mono AIFF of 16 bits.
fn aiff(samples: &[i16]) -> Vec<u8> {
    let count = |n: usize| u32::try_from(n).unwrap_or(0);
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let mut common =
        [1u16.to_be_bytes().as_slice(), &count(samples.len()).to_be_bytes(), &16u16.to_be_bytes()].concat();
    // The rate as an 80-bit float: 22050 lies between 2^14 and 2^15.
    common.extend_from_slice(&(16_383u16 + 14).to_be_bytes());
    common.extend_from_slice(&(u64::from(EFFECTS_RATE) << 49).to_be_bytes());
    let mut body = b"AIFFCOMM".to_vec();
    body.extend_from_slice(&count(common.len()).to_be_bytes());
    body.extend_from_slice(&common);
    body.extend_from_slice(b"SSND");
    body.extend_from_slice(&count(data.len() + 8).to_be_bytes());
    body.extend_from_slice(&[0; 8]);
    body.extend_from_slice(&data);
    [b"FORM".as_slice(), &count(body.len()).to_be_bytes(), &body].concat()
}
