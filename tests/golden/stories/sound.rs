//! Sounds that cannot be packed unchanged, or whose files are wrong.

use packer_services::Context;
use packer_services::declaration::{Convert, LoopChoice, SoundArtifact};
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::SampleLoop;
use packer_services::ops::{ArtifactSelector, AssetEdit, Composition, EditAsset, ImportOptions, NewBank, NewSound};
use support::flac::{Flac, build_file};
use support::imports::{LOOP_OGG, TONE_OGG, untagged_mp3};
use support::sample;
use support::sounds::{Wav, marker_chunks, riff};

use super::create_register::{create_at_rate, create_in_new_project};
use super::{Story, doctor, findings_of, jump, project_with_sound, sound_bank};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::SoundNotWav, || jump_with_sound(b"ID3\x04\x00\x00\x00\x00\x00\x00".to_vec())),
    (Code::WavCoding, || jump_with_sound(Wav { coding: 3, depth_bits: 32, ..jump() }.bytes())),
    (Code::WavFormat, || {
        [
            jump_with_sound(Wav::pcm(22_050, 6, 16, vec![0; 48]).bytes()),
            jump_with_sound(Wav::pcm(22_050, 1, 12, vec![0; 48]).bytes()),
        ]
        .concat()
    }),
    (Code::WavChunks, || jump_with_sound(riff(&[(*b"data", vec![0; 8]), (*b"fmt ", jump().format_body())]))),
    (Code::WavCut, the_copy_is_cut),
    (Code::WavPartialFrame, || jump_with_sound(Wav::pcm(22_050, 1, 16, vec![0; 7]).bytes())),
    (Code::WavStreamed, a_streaming_recorder_left_the_size_open),
    (Code::WavUntidy, the_byte_rate_is_wrong),
    (Code::WavLoopDamaged, || jump_with_sound(Wav { after_data: vec![(*b"smpl", vec![0; 20])], ..jump() }.bytes())),
    (Code::FlacFormat, || jump_with_sound(Flac::pcm(22_050, 16, vec![vec![0; 8]; 6]).bytes())),
    (Code::FlacUnknownLength, the_encoder_wrote_to_a_pipe),
    (Code::FlacCut, the_copy_of_a_flac_is_cut),
    (Code::FlacDamaged, a_byte_or_the_md5_is_wrong),
    (Code::FlacLength, the_header_is_of_another_take),
    (Code::FlacUntidy, || jump_with_sound([flac().bytes(), [&b"TAG"[..], &[0; 125]].concat()].concat())),
    (Code::SampleEmpty, || jump_with_sound(Wav::mono16(22_050, &[]).bytes())),
    (Code::SampleGap, || two_sounds(2)),
    (Code::SampleOverlap, || two_sounds(0)),
    (Code::ConvertDownmix, || jump_with_sound(Wav::pcm(22_050, 2, 16, vec![0; 16]).bytes())),
    (Code::ConvertDepth, || jump_with_sound(Wav::pcm(22_050, 1, 24, vec![0; 12]).bytes())),
    (Code::ConvertIdle, || {
        let convert = Convert { downmix: true, reduce_bit_depth: true };
        jump_with_artifact(SoundArtifact { convert, ..sample("jump.wav", 0) }, jump())
    }),
    (Code::LoopRange, || {
        let looping = LoopChoice::At(SampleLoop { start: 2, end: 5 });
        let in_declaration = jump_with_artifact(SoundArtifact { looping, ..sample("jump.wav", 0) }, jump());
        [in_declaration, jump_with_sound(jump().loops(&[(0, 0, 5, 0, 0)]).bytes())].concat()
    }),
    (Code::LoopForm, || jump_with_sound(jump().loops(&[(1, 0, 3, 0, 0)]).bytes())),
    (Code::LoopCorrected, || {
        [
            jump_with_sound(jump().loops(&[(0, 0, 0, 0, 0)]).bytes()),
            jump_with_sound(jump().loops(&[(0, 0, u32::MAX, 0, 0)]).bytes()),
            jump_with_sound(jump().loops(&[(0, 1, 4, 0, 0)]).bytes()),
        ]
        .concat()
    }),
    (Code::SoundImport, || {
        [create_from("cut.ogg", &TONE_OGG[..3000]), create_from("two.ogg", &[TONE_OGG, TONE_OGG].concat())].concat()
    }),
    (Code::SoundImported, || create_from("loop.ogg", LOOP_OGG)),
    (Code::SoundPadded, || super::only(Code::SoundPadded, create_from("bare.mp3", &untagged_mp3()))),
    (Code::LoopUnread, || {
        let label = b"adtllabl\x0f\0\0\0\x01\0\0\0Loop start\0\0".to_vec();
        [
            jump_with_sound(Wav { after_data: vec![(*b"LIST", label)], ..jump() }.bytes()),
            jump_with_sound(flac_with(4, b"\0\0\0\0\x02\0\0\0\x0e\0\0\0LOOPSTART=1000\x0f\0\0\0LOOPLENGTH=0:02")),
            jump_with_sound(flac_with(2, b"aiffINST\0\0\0\x14<\0\0\x7f\x01\x7f\0\0\0\x01\0\x01\0\x02\0\0\0\0\0\0")),
        ]
        .concat()
    }),
    (Code::SoundResampled, || create_at_rate(11_025, &[("jump.wav", jump().loops(&[(0, 1, 3, 0, 0)]).bytes())])),
    (Code::SoundClipped, || {
        let square: Vec<i16> = (0..200).map(|n| if n / 20 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
        let files = [("square.wav", Wav::mono16(22_050, &square).bytes())];
        super::only(Code::SoundClipped, create_at_rate(44_100, &files))
    }),
    (Code::LoopMarkers, || {
        let after_data = marker_chunks(&[("Loop Start", 1, 0), ("Loop End", 4, 0)]);
        create_from("jump.wav", &Wav { after_data, ..jump() }.bytes())
    }),
    (Code::LoopChanged, || {
        let slow = Wav::mono16(11_025, &[0, 1200]);
        let looping = LoopChoice::At(SampleLoop { start: 2, end: 4 });
        [
            jump_replaced(SoundArtifact { looping, ..sample("jump.wav", 0) }, jump(), &slow),
            jump_replaced(sample("jump.wav", 0), jump().loops(&[(0, 1, 3, 0, 0)]), &jump()),
        ]
        .concat()
    }),
    (Code::RateDiffers, one_sound_of_two_has_its_own_rate),
];

/// A sound bank of this file, which is decoded.
fn create_from(name: &str, bytes: &[u8]) -> Vec<Finding> {
    let bank = NewBank::Sound(NewSound::default());
    create_in_new_project("sound/effects", bank, &[(name, bytes.to_vec())])
}

fn jump_with_sound(wav: Vec<u8>) -> Vec<Finding> {
    doctor(&project_with_sound(wav))
}

/// The only sound of a bank gets a new version.
fn jump_replaced(artifact: SoundArtifact, wav: Wav, new: &Wav) -> Vec<Finding> {
    let project = sound_bank(22_050, vec![artifact], &[("jump.wav", wav.bytes())]);
    let file = project.write("drawings/jump.wav", new.bytes()).at("drawings/jump.wav");
    let composition = Composition::Replace(ArtifactSelector::from("jump.wav"), file);
    let edit = AssetEdit::Compose { composition, palettes: false, import: ImportOptions::default() };
    super::only(
        Code::LoopChanged,
        findings_of(&project, &EditAsset::new(project.root(), "id:1", edit), &Context::new()),
    )
}

fn jump_with_artifact(artifact: SoundArtifact, wav: Wav) -> Vec<Finding> {
    doctor(&sound_bank(22_050, vec![artifact], &[("jump.wav", wav.bytes())]))
}

fn the_copy_is_cut() -> Vec<Finding> {
    let mut wav = Wav::mono16(22_050, &[0; 2000]).bytes();
    wav.truncate(1044);
    jump_with_sound(wav)
}

fn flac() -> Flac {
    Flac::mono16(22_050, &[0, 1200, -1200, 0].repeat(100))
}

/// A FLAC with another metadata block of this kind.
fn flac_with(kind: u8, body: &[u8]) -> Vec<u8> {
    Flac { metadata: vec![(kind, body.to_vec())], ..flac() }.bytes()
}

fn the_encoder_wrote_to_a_pipe() -> Vec<Finding> {
    let mut info = flac().streaminfo();
    info[13] &= 0xF0;
    info[14..].fill(0);
    jump_with_sound(build_file(&info, &[], &flac().frames().concat()))
}

fn the_copy_of_a_flac_is_cut() -> Vec<Finding> {
    let mut flac = flac().bytes();
    flac.truncate(600);
    let in_the_sound = jump_with_sound(flac.clone());
    flac.truncate(30);
    [in_the_sound, jump_with_sound(flac)].concat()
}

fn a_byte_or_the_md5_is_wrong() -> Vec<Finding> {
    let mut wrong_byte = flac().bytes();
    wrong_byte[500] = 0;
    let mut wrong_md5 = flac().bytes();
    wrong_md5[8 + 33] ^= 1;
    [jump_with_sound(wrong_byte), jump_with_sound(wrong_md5)].concat()
}

fn the_header_is_of_another_take() -> Vec<Finding> {
    let take = Flac::mono16(22_050, &[0; 192]);
    jump_with_sound(build_file(&take.streaminfo(), &[], &flac().frames().concat()))
}

fn a_streaming_recorder_left_the_size_open() -> Vec<Finding> {
    let mut wav = jump().bytes();
    wav[40..44].fill(0xFF);
    let to_the_end = jump_with_sound(wav.clone());
    wav[40..44].copy_from_slice(&0x7FFF_0000u32.to_le_bytes());
    wav.extend(b"LIST\x04\0\0\0INFO");
    let to_a_chunk = jump_with_sound(wav.clone());
    wav.truncate(44 + 7);
    wav[40..44].copy_from_slice(&0x7FFF_F000u32.to_le_bytes());
    [to_the_end, to_a_chunk, jump_with_sound(wav)].concat()
}

fn the_byte_rate_is_wrong() -> Vec<Finding> {
    let mut wav = jump().bytes();
    wav[28..32].copy_from_slice(&22_050u32.to_le_bytes());
    jump_with_sound(wav)
}

/// The findings of a bank with one sound at index 0 and one at `index`.
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
