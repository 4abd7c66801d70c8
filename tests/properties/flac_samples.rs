//! A FLAC decodes to the same samples as a WAV: for every depth, and however the encoder wrote them.

use packer_services::declaration::{Convert, LoopChoice, SoundArtifact};
use packer_services::formats::SampleLoop;
use proptest::prelude::*;
use support::flac::{Coding, Flac, Subframe};
use support::sample;
use support::sounds::Wav;

use crate::random::{Rng, any_rng, cases};
use crate::sound_findings::pack_sound;

/// Samples that can be predicted, with jumps to the ends of the range.
fn any_channel(rng: &mut Rng, depth: u32, frames: usize) -> Vec<i64> {
    let (lowest, highest) = (-(1i64 << (depth - 1)), (1i64 << (depth - 1)) - 1);
    let zeros = rng.below(3) * rng.below(depth as usize / 2);
    let step = 1i64 << rng.below(depth as usize);
    let mut value = 0;
    let mut next = || {
        value = match rng.below(12) {
            0 => lowest,
            1 => highest,
            2 => (rng.next_u64().cast_signed() >> 8).rem_euclid(1 << depth) + lowest,
            3..6 => value,
            _ => value + (rng.next_u64() >> 1).cast_signed() % step,
        };
        value = value.clamp(lowest, highest) >> zeros << zeros;
        value
    };
    (0..frames).map(|_| next()).collect()
}

fn any_coding(rng: &mut Rng) -> Coding {
    let orders = |rng: &mut Rng, end: usize| u32::try_from(rng.below(end)).unwrap();
    Coding {
        stereo: u8::try_from(rng.below(4)).unwrap(),
        subframe: match rng.below(5) {
            0 => Subframe::Constant,
            1 => Subframe::Verbatim,
            2 => Subframe::Fixed(orders(rng, 5)),
            3 => Subframe::Plain(orders(rng, 5)),
            _ => Subframe::Linear(1 + orders(rng, 32)),
        },
        drops_wasted_bits: rng.one_in(2),
        partitions_log2: orders(rng, 5),
        header_is_explicit: rng.one_in(2),
    }
}

pub fn any_flac(rng: &mut Rng, depth_bits: u16, channels: usize) -> Flac {
    let frames = 1 + rng.below(400);
    let rate = *rng.choose(&[1, 8000, 11_025, 44_100, 88_200, 96_001, 192_000]);
    let channels = (0..channels).map(|_| any_channel(rng, u32::from(depth_bits), frames)).collect();
    let mut flac = Flac::pcm(rate, depth_bits, channels);
    flac.block = *rng.choose(&[1, 7, 16, 64, 192, 1000]);
    flac.codings = (0..=rng.below(3)).map(|_| any_coding(rng)).collect();
    for _ in 0..rng.below(4) {
        let kind = *rng.choose(&[1, 2, 3, 4, 5, 6, 9, 126]);
        let size = rng.below(60);
        flac.metadata.push((kind, rng.next_bytes(size)));
    }
    flac
}

pub fn converting_artifact(channels: usize, depth_bits: u16) -> SoundArtifact {
    let convert = Convert { downmix: channels == 2, reduce_bit_depth: depth_bits > 16 };
    SoundArtifact { convert, ..sample("a.wav", 0) }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn flac_samples_follow_the_spec(
        mut rng in any_rng(), depth in 4..=32u16, channels in 1..=2usize,
    ) {
        let flac = any_flac(&mut rng, depth, channels);
        let (found, sample) = pack_sound(&flac.bytes(), converting_artifact(channels, depth));
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
    fn flac_equals_its_wav(mut rng in any_rng(), bytes in 1..=4u16, channels in 1..=2usize) {
        let depth = 8 * bytes;
        let flac = any_flac(&mut rng, depth, channels);
        let artifact = converting_artifact(channels, depth);
        prop_assert_eq!(pack_sound(&flac.bytes(), artifact.clone()), pack_sound(&flac.to_wav().bytes(), artifact));
    }
}

#[test]
fn flac_loops_equal_wav_loops() {
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
            let of_flac = pack_sound(&Flac::from_wav(&wav).bytes(), artifact.clone());
            assert_eq!(of_flac, pack_sound(&wav.bytes(), artifact), "{wav:?}");
        }
    }
}

#[test]
fn cut_loop_chunk_is_damaged() {
    let file = |kind: u8, body: &[u8]| {
        let mut flac = Flac::mono16(8000, &[1, 2, 3]);
        flac.metadata.push((kind, body.to_vec()));
        pack_sound(&flac.bytes(), sample("a.wav", 0)).0
    };
    assert_eq!(file(2, b"riffsmpl\x3c\0\0\0\0\0\0\0"), ["wav-loop-damaged"]);
    assert_eq!(file(2, b"riffsmpl"), [] as [&str; 0]);
    assert_eq!(file(2, b"riffLIST\x04\0\0\0abcd"), [] as [&str; 0]);
    assert_eq!(file(2, b"aiffsmpl\x3c\0\0\0\0\0\0\0"), [] as [&str; 0]);
    assert_eq!(file(6, b"riffsmpl\x3c\0\0\0\0\0\0\0"), [] as [&str; 0]);
}
