//! The options of a sound artifact: no conversion loses data unless `convert` allows it, and no loop is guessed.

use packer_services::declaration::{Convert, LoopChoice, SoundArtifact};
use packer_services::formats::SampleLoop;
use support::flac::Flac;
use support::sounds::Wav;
use support::{TestProject, codes, sample, sound};

use crate::sound_findings::{pack_sound, sound_codes, valid_wav};

#[test]
fn empty_sound_is_an_error() {
    assert_eq!(sound_codes(&Wav::mono16(8000, &[]).bytes()), ["sample-empty"]);
}

#[test]
fn lossy_conversion_must_be_allowed() {
    let convert = |downmix, reduce_bit_depth| SoundArtifact {
        convert: Convert { downmix, reduce_bit_depth },
        ..sample("a.wav", 0)
    };
    for (channels, depth) in [(1, 8), (1, 16), (1, 24), (1, 32), (2, 8), (2, 16), (2, 24), (2, 32)] {
        // Silence: the check depends on the format, not on the samples.
        let file = Wav::pcm(8000, channels, depth, vec![0; 24]).bytes();
        for (downmix, reduce) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut expected = Vec::new();
            expected.extend((depth > 16 && !reduce).then_some("convert-depth"));
            expected.extend((channels == 2 && !downmix).then_some("convert-downmix"));
            expected.extend((channels == 1 && downmix).then_some("convert-idle"));
            expected.extend((depth <= 16 && reduce).then_some("convert-idle"));
            let mut found = pack_sound(&file, convert(downmix, reduce)).0;
            found.sort_unstable();
            assert_eq!(found, expected, "{channels} channels of {depth} bits, {downmix} {reduce}");
        }
    }
}

#[test]
fn loop_comes_from_artifact_or_file() {
    let looped = |choice: LoopChoice, file: &[u8]| {
        let (found, sample) = pack_sound(file, SoundArtifact { looping: choice, ..sample("a.wav", 0) });
        (found, sample.map(|sample| sample.loop_frames))
    };
    let at = |start, end| LoopChoice::At(SampleLoop { start, end });
    let plain = valid_wav().loops(&[(0, 1, 3, 0, 0)]).bytes();
    assert_eq!(looped(LoopChoice::File, &plain), (vec![], Some(Some(1..4))));
    assert_eq!(looped(LoopChoice::Never, &plain), (vec![], Some(None)));
    assert_eq!(looped(at(0, 5), &plain), (vec![], Some(Some(0..5))));
    assert_eq!(looped(LoopChoice::File, &valid_wav().bytes()), (vec![], Some(None)));
    assert_eq!(looped(LoopChoice::File, &valid_wav().loops(&[]).bytes()), (vec![], Some(None)));
    for (start, end) in [(0, 0), (3, 3), (4, 3), (0, 6), (5, 6), (u64::from(u32::MAX) - 1, u64::from(u32::MAX))] {
        assert_eq!(looped(at(start, end), &plain).0, ["loop-range"], "{start} {end}");
    }
    for (start, last) in [(0, 6), (5, 5), (4, 2), (0, u32::MAX - 1), (1 << 31, 1 << 31)] {
        let file = valid_wav().loops(&[(0, start, last, 0, 0)]).bytes();
        assert_eq!(looped(LoopChoice::File, &file).0, ["loop-range"], "{start} {last}");
        assert_eq!(looped(LoopChoice::Never, &file).0, [] as [&str; 0]);
    }
    let two = valid_wav().loops(&[(0, 1, 3, 0, 0), (0, 0, 1, 0, 0)]);
    let twice = valid_wav().loops(&[(0, 1, 3, 0, 0)]).loops(&[(0, 0, 1, 0, 0)]);
    let forms = [(1, 1, 3, 0, 0), (2, 1, 3, 0, 0), (9, 1, 3, 0, 0), (0, 1, 3, 7, 0), (0, 1, 3, 0, 2)];
    let other = forms.map(|form| valid_wav().loops(&[form])).into_iter().chain([two, twice]);
    for file in other.map(|wav| wav.bytes()) {
        assert_eq!(looped(LoopChoice::File, &file).0, ["loop-form"]);
        assert_eq!(looped(LoopChoice::Never, &file), (vec![], Some(None)));
        assert_eq!(looped(at(1, 4), &file), (vec![], Some(Some(1..4))));
    }
    for body in [vec![0; 35], [vec![0; 28], vec![1, 0, 0, 0], vec![0; 4 + 23]].concat(), vec![0xFF; 60], vec![]] {
        let mut damaged = valid_wav();
        damaged.after_data.push((*b"smpl", body));
        assert_eq!(looped(LoopChoice::File, &damaged.bytes()).0, ["wav-loop-damaged"]);
        assert_eq!(looped(at(1, 4), &damaged.bytes()), (vec![], Some(Some(1..4))));
    }
}

#[test]
fn loops_are_read_as_programs_mean_them() {
    let looped = |start, last| {
        let file = valid_wav().loops(&[(0, start, last, 0, 0)]).bytes();
        let (found, sample) = pack_sound(&file, sample("a.wav", 0));
        (found, sample.unwrap().loop_frames)
    };
    let corrected = vec!["loop-corrected"];
    assert_eq!(looped(0, 0), (corrected.clone(), None), "zeros");
    assert_eq!(looped(0, u32::MAX), (corrected.clone(), None), "the last frame that can be stated");
    assert_eq!(looped(3, u32::MAX), (corrected.clone(), None));
    assert_eq!(looped(0, 5), (corrected.clone(), Some(0..5)), "one frame after the sound");
    assert_eq!(looped(4, 5), (corrected, Some(4..5)));
    assert_eq!(looped(0, 4), (vec![], Some(0..5)));
    assert_eq!(looped(1, 1), (vec![], Some(1..2)));
    let zeros = valid_wav().loops(&[(0, 0, 0, 0, 0)]).bytes();
    for (choice, expected) in [(LoopChoice::Never, None), (LoopChoice::At(SampleLoop { start: 0, end: 1 }), Some(0..1))]
    {
        let (found, sample) = pack_sound(&zeros, SoundArtifact { looping: choice, ..sample("a.wav", 0) });
        assert_eq!((found, sample.unwrap().loop_frames), (vec![], expected), "the artifact decides");
    }
}

#[test]
fn loops_in_other_forms_are_notes() {
    let label: &[u8] = b"adtllabl\x0f\0\0\0\x01\0\0\0loop start\0\0";
    let with_chunk = |id: [u8; 4], body: &[u8]| Wav { after_data: vec![(id, body.to_vec())], ..valid_wav() };
    let wavs = [
        with_chunk(*b"LIST", label),
        with_chunk(*b"LIST", b"INFOICMT\x0b\0\0\0LOOPSTART=2\0"),
        with_chunk(*b"id3 ", b"ID3\x04\0\0\0\0\0\x1fTXXX\0\0\0\x0f\0\0\0LOOPLENGTH\x003"),
        with_chunk(*b"wsmp", &[vec![20, 0, 0, 0], vec![0; 12], vec![1, 0, 0, 0]].concat()),
        Wav { before_data: vec![(*b"LIST", label.to_vec())], ..valid_wav() },
    ];
    let mut files: Vec<Vec<u8>> = wavs.iter().flat_map(|wav| [wav.bytes(), Flac::from_wav(wav).bytes()]).collect();
    let with_block = |kind: u8, body: &[u8]| {
        let mut flac = Flac::from_wav(&valid_wav());
        flac.metadata.push((kind, body.to_vec()));
        flac.bytes()
    };
    files.push(with_block(4, b"\x01\0\0\0x\x01\0\0\0\x0b\0\0\0loopstart=1"));
    files.push(with_block(2, &[&b"aiffINST\0\0\0\x14<\0\0\x7f\x01\x7f\0\0\0\x01\0\x01\0\x02"[..], &[0; 6]].concat()));
    for (n, file) in files.iter().enumerate() {
        let looped = |looping| {
            let (found, sample) = pack_sound(file, SoundArtifact { looping, ..sample("a.wav", 0) });
            (found, sample.unwrap().loop_frames)
        };
        assert_eq!(looped(LoopChoice::File), (vec!["loop-unread"], None), "{n}");
        assert_eq!(looped(LoopChoice::Never), (vec![], None), "{n}");
        assert_eq!(looped(LoopChoice::At(SampleLoop { start: 1, end: 3 })), (vec![], Some(1..3)), "{n}");
    }
    let both = wavs[0].clone().loops(&[(0, 1, 3, 0, 0)]).bytes();
    let (found, sample) = pack_sound(&both, sample("a.wav", 0));
    assert_eq!((found, sample.unwrap().loop_frames), (vec![], Some(1..4)), "the loop that is read counts");
}

#[test]
fn rates_are_kept_and_indices_checked() {
    let mut file = valid_wav();
    file.rate_hz = 192_000;
    let (found, packed) = pack_sound(&file.bytes(), sample("a.wav", 0));
    assert_eq!((found, packed.map(|sample| sample.sample_rate)), (vec!["rate-differs"], Some(192_000)));
    let indices = |indices: &[u32]| {
        let mut project = TestProject::new();
        project.write("assets/sfx/a.wav", valid_wav().bytes());
        let artifacts = indices.iter().map(|index| sample("a.wav", *index)).collect();
        project.add_asset("sfx", true, &sound(1, "sfx", 8000, artifacts));
        codes(project.pack().findings())
    };
    assert_eq!(indices(&[1, 0, 2]), [] as [&str; 0]);
    assert_eq!(indices(&[1]), ["sample-gap"]);
    assert_eq!(indices(&[0, 2]), ["sample-gap"]);
    assert_eq!(indices(&[0, 0, 1]), ["sample-overlap"]);
}
