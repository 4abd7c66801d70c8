//! Any right WAV file becomes exactly the samples that the arithmetic of the spec makes of it: of every depth, mono or
//! stereo, plain or extensible, with any company of chunks. Where `sox` is at hand, it agrees.

use std::process::{Command, Stdio};

use packer_services::declaration::{Convert, SoundArtifact};
use proptest::prelude::*;
use proptest::sample::select;
use support::oracle::{ExpectedSound, expected_wav};
use support::sample;
use support::sounds::Wav;

use crate::cases::{Dice, cases};
use crate::sound_findings::packed;

/// The tail of the GUID that an extensible format has for PCM.
const PCM: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

/// A random sound: the file as it is, and the same without what [`expected_wav`] does not know.
fn any_sound(dice: &mut Dice, depth: u16, channels: u16, extensible: bool) -> (Vec<u8>, Wav) {
    let frames = 1 + dice.below(300);
    let frame_bytes = usize::from(channels * depth / 8);
    let mut data = dice.bytes(frames * frame_bytes);
    for extreme in [0x00, 0x7F, 0x80, 0xFF] {
        let at = dice.below(data.len());
        data[at..].iter_mut().take(frame_bytes).for_each(|byte| *byte = extreme);
    }
    let rate = *dice.pick(&[1, 8000, 11_025, 22_050, 44_100, 48_000, 192_000]);
    let plain = Wav::pcm(rate, channels, depth, data);
    let mut wav = plain.clone();
    for _ in 0..dice.below(4) {
        let id = **dice.pick(&[b"LIST", b"JUNK", b"bext", b"abcd", b"PAD "]);
        let size = dice.below(40);
        let chunk = (id, dice.bytes(size));
        if dice.once_in(2) { wav.before_data.push(chunk) } else { wav.after_data.push(chunk) }
    }
    // The bits that count may be fewer than the container's, which decide.
    let valid = depth - if extensible { u16::try_from(dice.below(4)).unwrap() } else { 0 };
    let bytes = if extensible { made_extensible(&wav, valid) } else { wav.bytes() };
    (bytes, plain)
}

pub fn made_extensible(wav: &Wav, valid: u16) -> Vec<u8> {
    let mut format = wav.format_body();
    format[..2].copy_from_slice(&[0xFE, 0xFF]);
    format.extend([22, 0]);
    format.extend(valid.to_le_bytes());
    let speakers = if wav.channels == 1 { 4 } else { 3 };
    format.extend([speakers, 0, 0, 0, 1, 0]);
    format.extend(PCM);
    let chunks: Vec<_> = std::iter::once((*b"fmt ", format))
        .chain(wav.before_data.clone())
        .chain([(*b"data", wav.data.clone())])
        .chain(wav.after_data.clone())
        .collect();
    support::sounds::riff(&chunks)
}

/// An artifact that agrees to what must be agreed to, and to nothing else.
fn agreeing(wav: &Wav) -> SoundArtifact {
    let convert = Convert { downmix: wav.channels == 2, reduce_bit_depth: wav.depth_bits > 16 };
    SoundArtifact { convert, ..sample("a.wav", 0) }
}

fn converted(file: &[u8], wav: &Wav) -> ExpectedSound {
    let (found, sample) = packed(file, agreeing(wav));
    assert!(found.iter().all(|code| *code == "rate-differs"), "{found:?}");
    let sample = sample.unwrap();
    ExpectedSound { sample_rate: sample.sample_rate, frames: sample.frames }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_right_sound_becomes_the_samples_of_the_spec(
        mut dice in Dice::any(), depth in select(vec![8, 16, 24, 32]), channels in 1..3u16, extensible: bool,
    ) {
        let (file, plain) = any_sound(&mut dice, depth, channels, extensible);
        prop_assert_eq!(Some(converted(&file, &plain)), expected_wav(&plain.bytes()));
    }
}

#[test]
fn the_worked_examples_of_the_spec_come_out_as_written() {
    let pcm = |depth: u16, channels: u16, values: &[i32]| {
        let bytes = |value: &i32| match depth {
            8 => vec![value.to_le_bytes()[0]],
            _ => value.to_le_bytes()[..usize::from(depth / 8)].to_vec(),
        };
        let wav = Wav::pcm(8000, channels, depth, values.iter().flat_map(bytes).collect());
        converted(&wav.bytes(), &wav).frames
    };
    assert_eq!(pcm(8, 1, &[0, 128, 255, 64]), [-32_768, 0, 32_512, -16_384]);
    assert_eq!(pcm(16, 1, &[1000, -1]), [1000, -1]);
    assert_eq!(pcm(24, 1, &[8_388_607, -1, -8_388_608]), [32_767, -1, -32_768]);
    assert_eq!(pcm(32, 1, &[i32::MAX, i32::MIN, 65_535]), [32_767, -32_768, 0]);
    assert_eq!(pcm(16, 2, &[-3, 0]), [-2]);
    assert_eq!(pcm(24, 2, &[1_000_000, -3]), [1953]);
    assert_eq!(pcm(32, 2, &[i32::MAX, i32::MAX, i32::MIN, i32::MIN]), [32_767, -32_768]);
    assert_eq!(pcm(8, 2, &[255, 254]), [126 << 8]);
}

/// What `sox` reads from the file, as raw samples of 32 bits.
fn sox_samples(file: &[u8]) -> Vec<i32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    std::fs::write(&path, file).unwrap();
    let mut sox = Command::new("sox");
    sox.arg("-V1").arg(&path).args(["-t", "raw", "-e", "signed", "-b", "32", "-L", "-"]).stderr(Stdio::inherit());
    let output = sox.output().unwrap();
    assert!(output.status.success());
    output.stdout.chunks_exact(4).map(|bytes| i32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

#[test]
#[ignore = "needs sox"]
fn sox_reads_the_same_samples() {
    let mut dice = Dice::seeded(77);
    for (depth, channels) in [8, 16, 24, 32].into_iter().flat_map(|depth| [(depth, 1), (depth, 2)]) {
        for extensible in [false, true] {
            for _ in 0..4 {
                let (plain_file, plain) = any_sound(&mut dice, depth, channels, false);
                // sox knows no container with fewer bits that count.
                let file = if extensible { made_extensible(&plain, depth) } else { plain_file };
                let ours = converted(&file, &plain).frames;
                let theirs = sox_samples(&file);
                let mixed = theirs.chunks_exact(usize::from(channels)).map(|frame| {
                    let values = frame.iter().map(|value| i64::from(*value) >> (32 - depth));
                    let mono = values.sum::<i64>() >> (channels - 1);
                    if depth == 8 { mono << 8 } else { mono >> (depth - 16) }
                });
                let mixed: Vec<i64> = mixed.collect();
                assert_eq!(ours.iter().map(|value| i64::from(*value)).collect::<Vec<_>>(), mixed, "{depth} {channels}");
            }
        }
    }
}
