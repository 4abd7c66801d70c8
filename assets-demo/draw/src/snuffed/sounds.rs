//! A sound that cannot be played as it is, or is not what it seems.

use super::{Draft, Slip, slip};
use crate::declarations::path;
use crate::encode::{pcm16, riff, wav_format, wav_loop};
use crate::flac::{file, flac, frames, head};
use crate::sound::{self, AMBIENCE_RATE, EFFECTS_RATE};
use packer_services::declaration::{Convert, Preload};
use packer_services::diagnostics::Code;

pub const SLIPS: &[Slip] = &[
    slip(Code::SoundNotWav, "An AIFF from a Mac was renamed to `.wav`", |draft| {
        draft.sound("hit.wav", aiff(&clip(&sound::hit(), 0)))
    }),
    slip(Code::WavCoding, "The studio exports floating point unless it is told otherwise", |draft| {
        let float = |sample: &i16| (f32::from(*sample) / 32_768.0).to_le_bytes();
        let data = clip(&sound::hit(), 1).iter().flat_map(float).collect();
        draft.sound("hit.wav", riff(&[(b"fmt ", wav_format(3, 1, EFFECTS_RATE, 32)), (b"data", data)]))
    }),
    slip(Code::WavFormat, "A sound for a cinema, with six channels", |draft| {
        let around = clip(&sound::hit(), 2).into_iter().flat_map(|sample| [sample; 6]).collect::<Vec<_>>();
        draft.sound("hit.wav", coded(6, 16, pcm16(&around)))
    }),
    slip(Code::WavChunks, "The recorder wrote the head of the file, and never the sound", |draft| {
        draft.sound("hit.wav", riff(&[(b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16))]))
    }),
    slip(Code::WavCut, "The upload was broken off", |draft| {
        let mut bytes = wav(&clip(&sound::jump(), 0));
        bytes.truncate(bytes.len() / 2);
        draft.sound("jump.wav", bytes)
    }),
    slip(Code::WavPartialFrame, "A tool cut the sound in the middle of a sample", |draft| {
        let mut data = pcm16(&clip(&sound::jump(), 1));
        data.pop();
        draft.sound("jump.wav", coded(1, 16, data))
    }),
    slip(Code::WavStreamed, "The recorder was switched off before it wrote how long the sound is", |draft| {
        let mut bytes = wav(&clip(&sound::jump(), 2));
        bytes[4..8].fill(0xff);
        bytes[40..44].fill(0xff);
        draft.sound("jump.wav", bytes)
    }),
    slip(Code::WavUntidy, "An old converter wrote a wrong number into the head", |draft| {
        let mut bytes = wav(&clip(&sound::jump(), 3));
        bytes[28..32].copy_from_slice(&EFFECTS_RATE.to_le_bytes());
        draft.sound("jump.wav", bytes)
    }),
    slip(Code::WavLoopDamaged, "A loop editor saved half of its notes", |draft| {
        let data = pcm16(&clip(&sound::ignite(), 0));
        let half = wav_loop(EFFECTS_RATE, 0, 0, 100)[..20].to_vec();
        draft.sound(
            "ignite.wav",
            riff(&[(b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16)), (b"data", data), (b"smpl", half)]),
        )
    }),
    slip(Code::FlacFormat, "The recorder in the field has four microphones", |draft| {
        draft.sound("hit.flac", flac(EFFECTS_RATE, &[3, 4, 5, 6].map(|n| channel(&clip(&sound::hit(), n)))))
    }),
    slip(
        Code::FlacUnknownLength,
        "The sound was encoded into a pipe, which cannot go back to write how long it was",
        |draft| {
            let jump = [channel(&clip(&sound::jump(), 4))];
            let mut open = head(EFFECTS_RATE, &jump);
            // The count is the lowest 36 bits before the MD5, which is open too.
            open[13] &= 0xf0;
            open[14..].fill(0);
            draft.sound("jump.flac", file(&open, &[], &frames(EFFECTS_RATE, &jump)))
        },
    ),
    slip(Code::FlacCut, "The disk was full before the whole file was saved", |draft| {
        let mut bytes = flac(EFFECTS_RATE, &[channel(&clip(&sound::jump(), 5))]);
        bytes.truncate(bytes.len() / 2);
        draft.sound("jump.flac", bytes)
    }),
    slip(Code::FlacDamaged, "An old memory card lost one bit", |draft| {
        let mut bytes = flac(EFFECTS_RATE, &[channel(&clip(&sound::jump(), 6))]);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        draft.sound("jump.flac", bytes)
    }),
    slip(Code::FlacLength, "A repair tool gave the file the head of a shorter take", |draft| {
        let (take, shorter) = ([channel(&clip(&sound::jump(), 7))], [channel(&clip(&sound::jump(), 8)[..192])]);
        draft.sound("jump.flac", file(&head(EFFECTS_RATE, &shorter), &[], &frames(EFFECTS_RATE, &take)))
    }),
    slip(Code::FlacUntidy, "A music player wrote its tag behind the sound", |draft| {
        let mut bytes = flac(EFFECTS_RATE, &[channel(&clip(&sound::jump(), 9))]);
        bytes.extend(id3("Jump"));
        draft.sound("jump.flac", bytes)
    }),
    slip(Code::SampleEmpty, "An empty selection was exported", |draft| draft.sound("step.wav", wav(&[]))),
    slip(Code::SampleGap, "The sounds are counted 0 and 2", |draft| {
        let draft =
            draft.sound("step.wav", wav(&clip(&sound::step(), 0))).sound("land.wav", wav(&clip(&sound::step(), 1)));
        draft.samples(|samples| samples[1].index = 2)
    }),
    slip(Code::SampleOverlap, "A line was copied, and its index stayed", |draft| {
        let draft =
            draft.sound("step.wav", wav(&clip(&sound::step(), 2))).sound("land.wav", wav(&clip(&sound::step(), 3)));
        draft.samples(|samples| samples[1].index = 0)
    }),
    slip(Code::ConvertDownmix, "The sound was exported in stereo", |draft| {
        let both = clip(&sound::pickup(), 0).into_iter().flat_map(|sample| [sample, sample / 2]).collect::<Vec<_>>();
        draft.sound("pickup.wav", coded(2, 16, pcm16(&both)))
    }),
    slip(Code::ConvertDepth, "The sound was exported with 24 bits", |draft| {
        let deep = |sample: &i16| (i32::from(*sample) * 256 + 77).to_le_bytes().into_iter().take(3);
        let data = clip(&sound::pickup(), 1).iter().flat_map(deep).collect();
        draft.sound("pickup.wav", coded(1, 24, data))
    }),
    slip(Code::ConvertIdle, "The sound is mono by now, and `downmix` was left in `convert`", |draft| {
        let draft = draft.sound("pickup.wav", wav(&clip(&sound::pickup(), 2)));
        draft.samples(|samples| samples[0].convert = Convert { downmix: true, reduce_bit_depth: false })
    }),
    slip(Code::LoopRange, "The loop was set first, and then the tail was cut off", |draft| {
        looped(draft, &clip(&sound::ignite(), 1), 0, 599)
    }),
    slip(Code::LoopForm, "The loop goes forward and back in the editor", |draft| {
        looped(draft, &clip(&sound::ignite(), 2), 1, 399)
    }),
    slip(Code::RateDiffers, "One sound of two has half the rate", |draft| {
        let slow: Vec<i16> = clip(&sound::pickup(), 5).into_iter().step_by(2).collect();
        let slow = riff(&[(b"fmt ", wav_format(1, 1, AMBIENCE_RATE, 16)), (b"data", pcm16(&slow))]);
        draft.sound("pickup.wav", wav(&clip(&sound::pickup(), 3))).sound("wind.wav", slow)
    }),
];

/// The banks that fill the sixteen sound slots, so that the one of `slots-full` finds none.
const AT_BOOT: [Code; 16] = [
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

/// The slot of the asset of this name, if it is one that fills them.
pub fn preload(name: &str) -> Option<Preload> {
    let slot = AT_BOOT.iter().position(|code| code.as_str() == name)?;
    Some(Preload { enabled: true, slot: u32::try_from(slot).ok() })
}

/// How many frames a clip has: a fiftieth of a second, for the sake of small files.
const CLIP: usize = 440;

/// The `n`-th clip of a sound, fading out.
pub fn clip(sound: &[i16], n: usize) -> Vec<i16> {
    let left = |at: usize| i32::try_from(CLIP - 1 - at).unwrap_or(0);
    let faded = |(at, sample): (usize, &i16)| i16::try_from(i32::from(*sample) * left(at).min(64) / 64).unwrap_or(0);
    sound.iter().skip(n * CLIP).take(CLIP).enumerate().map(faded).collect()
}

/// A mono WAV of 16 bits.
pub fn wav(samples: &[i16]) -> Vec<u8> {
    coded(1, 16, pcm16(samples))
}

fn coded(channels: u16, bits: u16, data: Vec<u8>) -> Vec<u8> {
    riff(&[(b"fmt ", wav_format(1, channels, EFFECTS_RATE, bits)), (b"data", data)])
}

/// A sound whose loop starts at frame 100.
fn looped(draft: Draft, samples: &[i16], kind: u32, last: u32) -> Draft {
    let chunks = [
        (b"fmt ", wav_format(1, 1, EFFECTS_RATE, 16)),
        (b"data", pcm16(samples)),
        (b"smpl", wav_loop(EFFECTS_RATE, kind, 100, last)),
    ];
    draft.sound(path("ignite.wav").as_str(), riff(&chunks))
}

/// Samples as a channel of a FLAC.
fn channel(samples: &[i16]) -> Vec<i64> {
    samples.iter().map(|sample| i64::from(*sample)).collect()
}

/// An ID3 tag of the first version with nothing but a title: 128 bytes.
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
