//! The same samples come out of a FLAC as out of a WAV: of every depth, however the encoder wrote them.

use packer_services::declaration::{Convert, LoopChoice, SoundArtifact};
use packer_services::formats::SampleLoop;
use proptest::prelude::*;
use support::flac::{Coding, Flac, Subframe};
use support::sample;
use support::sounds::Wav;

use crate::cases::{Dice, cases};
use crate::sound_findings::packed;

/// Something that prediction helps with, with jumps to the ends of the range.
fn any_channel(dice: &mut Dice, depth: u32, frames: usize) -> Vec<i64> {
    let (lowest, highest) = (-(1i64 << (depth - 1)), (1i64 << (depth - 1)) - 1);
    let zeros = dice.below(3) * dice.below(depth as usize / 2);
    let step = 1i64 << dice.below(depth as usize);
    let mut value = 0;
    let mut next = || {
        value = match dice.below(12) {
            0 => lowest,
            1 => highest,
            2 => (dice.bits().cast_signed() >> 8).rem_euclid(1 << depth) + lowest,
            3..6 => value,
            _ => value + (dice.bits() >> 1).cast_signed() % step,
        };
        value = value.clamp(lowest, highest) >> zeros << zeros;
        value
    };
    (0..frames).map(|_| next()).collect()
}

fn any_coding(dice: &mut Dice) -> Coding {
    let orders = |dice: &mut Dice, end: usize| u32::try_from(dice.below(end)).unwrap();
    Coding {
        stereo: u8::try_from(dice.below(4)).unwrap(),
        subframe: match dice.below(5) {
            0 => Subframe::Constant,
            1 => Subframe::Verbatim,
            2 => Subframe::Fixed(orders(dice, 5)),
            3 => Subframe::Plain(orders(dice, 5)),
            _ => Subframe::Linear(1 + orders(dice, 32)),
        },
        drops_wasted_bits: dice.once_in(2),
        partitions_log2: orders(dice, 5),
        header_is_explicit: dice.once_in(2),
    }
}

pub fn any_flac(dice: &mut Dice, depth_bits: u16, channels: usize) -> Flac {
    let frames = 1 + dice.below(400);
    let rate = *dice.pick(&[1, 8000, 11_025, 44_100, 88_200, 96_001, 192_000]);
    let channels = (0..channels).map(|_| any_channel(dice, u32::from(depth_bits), frames)).collect();
    let mut flac = Flac::pcm(rate, depth_bits, channels);
    flac.block = *dice.pick(&[1, 7, 16, 64, 192, 1000]);
    flac.codings = (0..=dice.below(3)).map(|_| any_coding(dice)).collect();
    for _ in 0..dice.below(4) {
        let kind = *dice.pick(&[1, 2, 3, 4, 5, 6, 9, 126]);
        let size = dice.below(60);
        flac.metadata.push((kind, dice.bytes(size)));
    }
    flac
}

pub fn agreeing(channels: usize, depth_bits: u16) -> SoundArtifact {
    let convert = Convert { downmix: channels == 2, reduce_bit_depth: depth_bits > 16 };
    SoundArtifact { convert, ..sample("a.wav", 0) }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_samples_of_any_depth_become_those_of_the_spec(
        mut dice in Dice::any(), depth in 4..=32u16, channels in 1..=2usize,
    ) {
        let flac = any_flac(&mut dice, depth, channels);
        let (found, sample) = packed(&flac.bytes(), agreeing(channels, depth));
        prop_assert!(found.iter().all(|code| *code == "rate-differs"), "{:?}", found);
        let sample = sample.unwrap();
        let expected: Vec<i64> = (0..flac.frame_count()).map(|at| {
            let sum: i64 = flac.channels.iter().map(|channel| channel[at]).sum();
            let mono = sum >> (channels - 1);
            if depth < 16 { mono << (16 - depth) } else { mono >> (depth - 16) }
        }).collect();
        let frames: Vec<i64> = sample.frames.iter().map(|frame| i64::from(*frame)).collect();
        prop_assert_eq!((sample.sample_rate, frames), (flac.rate_hz, expected));
    }

    #[test]
    fn a_flac_gives_what_its_wav_gives(mut dice in Dice::any(), bytes in 1..=4u16, channels in 1..=2usize) {
        let depth = 8 * bytes;
        let flac = any_flac(&mut dice, depth, channels);
        let artifact = agreeing(channels, depth);
        prop_assert_eq!(packed(&flac.bytes(), artifact.clone()), packed(&flac.to_wav().bytes(), artifact));
    }
}

#[test]
fn loops_that_a_flac_keeps_of_its_wav_are_judged_as_the_wavs_are() {
    let wav = |loops: &[(u32, u32, u32, u32, u32)]| Wav::mono16(8000, &[1, 2, 3, 4, 5]).loops(loops);
    let damaged = |body: Vec<u8>| Wav { after_data: vec![(*b"smpl", body)], ..wav(&[]) };
    let files = [
        wav(&[(0, 1, 3, 0, 0)]),
        wav(&[]),
        wav(&[(1, 1, 3, 0, 0)]),
        wav(&[(0, 1, 3, 7, 0)]),
        wav(&[(0, 1, 3, 0, 2)]),
        wav(&[(0, 1, 5, 0, 0)]),
        wav(&[(0, 1, 3, 0, 0), (0, 0, 1, 0, 0)]),
        wav(&[(0, 1, 3, 0, 0)]).loops(&[(0, 0, 1, 0, 0)]),
        damaged(vec![0; 20]),
        damaged([vec![0; 28], vec![1, 0, 0, 0], vec![0; 27]].concat()),
        damaged(vec![]),
    ];
    let at = LoopChoice::At(SampleLoop { start: 1, end: 4 });
    for wav in files {
        for looping in [LoopChoice::File, LoopChoice::Never, at] {
            let artifact = SoundArtifact { looping, ..sample("a.wav", 0) };
            let of_flac = packed(&Flac::from_wav(&wav).bytes(), artifact.clone());
            assert_eq!(of_flac, packed(&wav.bytes(), artifact), "{wav:?}");
        }
    }
}

#[test]
fn a_loop_chunk_that_its_block_cuts_short_is_damaged_and_other_blocks_are_no_loops() {
    let file = |kind: u8, body: &[u8]| {
        let mut flac = Flac::mono16(8000, &[1, 2, 3]);
        flac.metadata.push((kind, body.to_vec()));
        packed(&flac.bytes(), sample("a.wav", 0)).0
    };
    assert_eq!(file(2, b"riffsmpl\x3c\0\0\0\0\0\0\0"), ["wav-loop-damaged"]);
    assert_eq!(file(2, b"riffsmpl"), [] as [&str; 0]);
    assert_eq!(file(2, b"riffLIST\x04\0\0\0abcd"), [] as [&str; 0]);
    assert_eq!(file(2, b"aiffsmpl\x3c\0\0\0\0\0\0\0"), [] as [&str; 0]);
    assert_eq!(file(6, b"riffsmpl\x3c\0\0\0\0\0\0\0"), [] as [&str; 0]);
}
