//! Any valid WAV file is convert_wav to exactly the samples that the spec defines: of every depth, mono or stereo,
//! plain or extensible, with any other chunks. Where `sox` is installed, it reads the same samples.

use std::process::{Command, Stdio};

use packer_services::declaration::{Convert, SoundArtifact};
use proptest::prelude::*;
use proptest::sample::select;
use support::oracle::{ExpectedSound, expected_wav};
use support::sample;
use support::sounds::Wav;

use crate::random::{Rng, any_rng, cases};
use crate::sound_findings::pack_sound;

/// The end of the GUID for PCM in an extensible format.
const PCM: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

/// A random sound: the file, and the same sound in the simple form that [`expected_wav`] supports.
fn any_sound(rng: &mut Rng, depth: u16, channels: u16, extensible: bool) -> (Vec<u8>, Wav) {
    let frames = 1 + rng.below(300);
    let frame_bytes = usize::from(channels * depth / 8);
    let mut data = rng.next_bytes(frames * frame_bytes);
    for extreme in [0x00, 0x7F, 0x80, 0xFF] {
        let at = rng.below(data.len());
        data[at..].iter_mut().take(frame_bytes).for_each(|byte| *byte = extreme);
    }
    let rate = *rng.choose(&[1, 8000, 11_025, 22_050, 44_100, 48_000, 192_000]);
    let plain = Wav::pcm(rate, channels, depth, data);
    let mut wav = plain.clone();
    for _ in 0..rng.below(4) {
        let id = **rng.choose(&[b"LIST", b"JUNK", b"bext", b"abcd", b"PAD "]);
        let size = rng.below(40);
        let chunk = (id, rng.next_bytes(size));
        if rng.one_in(2) { wav.before_data.push(chunk) } else { wav.after_data.push(chunk) }
    }
    // There may be fewer valid bits than container bits, which alone determine the depth.
    let valid = depth - if extensible { u16::try_from(rng.below(4)).unwrap() } else { 0 };
    let bytes = if extensible { extensible_wav(&wav, valid) } else { wav.bytes() };
    (bytes, plain)
}

pub fn extensible_wav(wav: &Wav, valid: u16) -> Vec<u8> {
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

/// An artifact that allows exactly the conversions that the file needs.
fn converting_artifact(wav: &Wav) -> SoundArtifact {
    let convert = Convert { downmix: wav.channels == 2, reduce_bit_depth: wav.depth_bits > 16 };
    SoundArtifact { convert, ..sample("a.wav", 0) }
}

fn convert_wav(file: &[u8], wav: &Wav) -> ExpectedSound {
    let (found, sample) = pack_sound(file, converting_artifact(wav));
    assert!(found.iter().all(|code| *code == "rate-differs"), "{found:?}");
    let sample = sample.unwrap();
    ExpectedSound { sample_rate: sample.sample_rate, frames: sample.frames }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn wav_samples_follow_the_spec(
        mut rng in any_rng(), depth in select(vec![8, 16, 24, 32]), channels in 1..3u16, extensible: bool,
    ) {
        let (file, plain) = any_sound(&mut rng, depth, channels, extensible);
        prop_assert_eq!(Some(convert_wav(&file, &plain)), expected_wav(&plain.bytes()));
    }
}

#[test]
fn spec_examples_of_samples_hold() {
    let pcm = |depth: u16, channels: u16, values: &[i32]| {
        let bytes = |value: &i32| match depth {
            8 => vec![value.to_le_bytes()[0]],
            _ => value.to_le_bytes()[..usize::from(depth / 8)].to_vec(),
        };
        let wav = Wav::pcm(8000, channels, depth, values.iter().flat_map(bytes).collect());
        convert_wav(&wav.bytes(), &wav).frames
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

/// The samples that `sox` reads from the file, as 32 bits.
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
    let mut rng = Rng::seeded(77);
    for (depth, channels) in [8, 16, 24, 32].into_iter().flat_map(|depth| [(depth, 1), (depth, 2)]) {
        for extensible in [false, true] {
            for _ in 0..4 {
                let (plain_file, plain) = any_sound(&mut rng, depth, channels, false);
                // sox does not support containers with fewer valid bits.
                let file = if extensible { extensible_wav(&plain, depth) } else { plain_file };
                let ours = convert_wav(&file, &plain).frames;
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
