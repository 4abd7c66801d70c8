//! Sounds that cannot be played as they are, or are not what they seem.

use packer_services::declaration::{Convert, LoopChoice, SoundArtifact};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::SampleLoop;
use support::flac::{Flac, file};
use support::sample;
use support::sounds::{Wav, riff};

use super::{Story, doctor, jump, jump_recorded, sound_bank};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::SoundNotWav, || recorded(b"ID3\x04\x00\x00\x00\x00\x00\x00".to_vec())),
    (Code::WavCoding, || recorded(Wav { coding: 3, depth_bits: 32, ..jump() }.bytes())),
    (Code::WavFormat, || {
        [recorded(Wav::pcm(22_050, 6, 16, vec![0; 48]).bytes()), recorded(Wav::pcm(22_050, 1, 12, vec![0; 48]).bytes())]
            .concat()
    }),
    (Code::WavChunks, || recorded(riff(&[(*b"data", vec![0; 8]), (*b"fmt ", jump().format())]))),
    (Code::WavCut, the_copy_stopped),
    (Code::WavPartialFrame, || recorded(Wav::pcm(22_050, 1, 16, vec![0; 7]).bytes())),
    (Code::WavStreamed, a_streaming_recorder_never_came_back),
    (Code::WavUntidy, the_byte_rate_is_wrong),
    (Code::WavLoopDamaged, || recorded(Wav { after_data: vec![(*b"smpl", vec![0; 20])], ..jump() }.bytes())),
    (Code::FlacFormat, || recorded(Flac::pcm(22_050, 16, vec![vec![0; 8]; 6]).bytes())),
    (Code::FlacUnknownLength, the_encoder_wrote_to_a_pipe),
    (Code::FlacCut, the_copy_of_a_flac_stopped),
    (Code::FlacDamaged, the_disk_lost_a_byte_or_the_encoder_its_mind),
    (Code::FlacLength, the_head_of_another_take),
    (Code::FlacUntidy, || recorded([flac().bytes(), [&b"TAG"[..], &[0; 125]].concat()].concat())),
    (Code::SampleEmpty, || recorded(Wav::mono16(22_050, &[]).bytes())),
    (Code::SampleGap, || two_sounds(2)),
    (Code::SampleOverlap, || two_sounds(0)),
    (Code::ConvertDownmix, || recorded(Wav::pcm(22_050, 2, 16, vec![0; 16]).bytes())),
    (Code::ConvertDepth, || recorded(Wav::pcm(22_050, 1, 24, vec![0; 12]).bytes())),
    (Code::ConvertIdle, || {
        let convert = Convert { downmix: true, reduce_bit_depth: true };
        declared(SoundArtifact { convert, ..sample("jump.wav", 0) }, jump())
    }),
    (Code::LoopRange, || {
        let looping = LoopChoice::At(SampleLoop { start: 2, end: 5 });
        let said = declared(SoundArtifact { looping, ..sample("jump.wav", 0) }, jump());
        [said, recorded(jump().loops(&[(0, 0, 4, 0, 0)]).bytes())].concat()
    }),
    (Code::LoopForm, || recorded(jump().loops(&[(1, 0, 3, 0, 0)]).bytes())),
    (Code::RateDiffers, one_sound_of_two_has_its_own_rate),
];

fn recorded(wav: Vec<u8>) -> Vec<Finding> {
    doctor(&jump_recorded(wav))
}

fn declared(artifact: SoundArtifact, wav: Wav) -> Vec<Finding> {
    doctor(&sound_bank(22_050, vec![artifact], &[("jump.wav", wav.bytes())]))
}

fn the_copy_stopped() -> Vec<Finding> {
    let mut wav = Wav::mono16(22_050, &[0; 2000]).bytes();
    wav.truncate(1044);
    recorded(wav)
}

fn flac() -> Flac {
    Flac::mono16(22_050, &[0, 1200, -1200, 0].repeat(100))
}

fn the_encoder_wrote_to_a_pipe() -> Vec<Finding> {
    let mut info = flac().streaminfo();
    info[13] &= 0xF0;
    info[14..].fill(0);
    recorded(file(&info, &[], &flac().sound().concat()))
}

fn the_copy_of_a_flac_stopped() -> Vec<Finding> {
    let mut flac = flac().bytes();
    flac.truncate(600);
    let in_the_sound = recorded(flac.clone());
    flac.truncate(30);
    [in_the_sound, recorded(flac)].concat()
}

fn the_disk_lost_a_byte_or_the_encoder_its_mind() -> Vec<Finding> {
    let mut lost = flac().bytes();
    lost[500] = 0;
    let mut mad = flac().bytes();
    mad[8 + 33] ^= 1;
    [recorded(lost), recorded(mad)].concat()
}

fn the_head_of_another_take() -> Vec<Finding> {
    let take = Flac::mono16(22_050, &[0; 192]);
    recorded(file(&take.streaminfo(), &[], &flac().sound().concat()))
}

fn a_streaming_recorder_never_came_back() -> Vec<Finding> {
    let mut wav = jump().bytes();
    wav[40..44].fill(0xFF);
    recorded(wav)
}

fn the_byte_rate_is_wrong() -> Vec<Finding> {
    let mut wav = jump().bytes();
    wav[28..32].copy_from_slice(&22_050u32.to_le_bytes());
    recorded(wav)
}

/// One at index 0, one at `index`.
fn two_sounds(index: u32) -> Vec<Finding> {
    let artifacts = vec![sample("jump.wav", 0), sample("land.wav", index)];
    let land = Wav::mono16(22_050, &[900, -900, 0]).bytes();
    doctor(&sound_bank(22_050, artifacts, &[("jump.wav", jump().bytes()), ("land.wav", land)]))
}

fn one_sound_of_two_has_its_own_rate() -> Vec<Finding> {
    let artifacts = vec![sample("jump.wav", 0), sample("rain.wav", 1)];
    let rain = Wav::mono16(11_025, &[900, -900, 0]).bytes();
    doctor(&sound_bank(22_050, artifacts, &[("jump.wav", jump().bytes()), ("rain.wav", rain)]))
}
