//! Random projects of glyph banks, sound banks and raw assets, some of them excluded, and the expected content of their
//! packs.

use std::collections::BTreeMap;

use packer_services::declaration::{
    Content, Convert, Declaration, GlyphContent, LoopChoice, Preload, RawMetadata, SoundArtifact, SoundContent,
};
use packer_services::formats::{GlyphMetadata, Rgb, SampleLoop, SampleMetadata, SoundMetadata, TileSize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::oracle::expected_wav;
use support::oracle::reader::{Entry, Glyph, Pack, Sample};
use support::sounds::Wav;
use support::{TestProject, declaration, no_place, rel_path, sample};

use crate::glyph_banks::GlyphBank;
use crate::random::Rng;

/// A sound and its loop.
#[derive(Clone, Debug)]
pub struct Sound {
    wav: Wav,
    looping: LoopChoice,
}

/// The content of an asset.
#[derive(Clone, Debug)]
pub enum Bank {
    Glyph(GlyphBank),
    /// The nominal rate and the sounds, by index.
    Sound(u32, Vec<Sound>),
    Raw(RawMetadata, Vec<u8>),
}

/// An asset that is not written yet.
#[derive(Clone, Debug)]
pub struct Asset {
    pub root: String,
    pub included: bool,
    pub preload: Preload,
    pub bank: Bank,
}

/// A project that is not written yet.
#[derive(Clone, Debug)]
pub struct ProjectPlan(pub Vec<Asset>);

impl Bank {
    pub fn random(rng: &mut Rng) -> Self {
        match rng.below(5) {
            0 | 1 => Self::Glyph(GlyphBank::random(rng)),
            2 | 3 => Self::random_sounds(rng),
            _ => Self::random_raw(rng),
        }
    }

    /// Another bank of the same kind.
    pub fn another(&self, rng: &mut Rng) -> Self {
        match self {
            Self::Glyph(_) => Self::Glyph(GlyphBank::random(rng)),
            Self::Sound(..) => Self::random_sounds(rng),
            Self::Raw(..) => Self::random_raw(rng),
        }
    }

    fn random_sounds(rng: &mut Rng) -> Self {
        let sound = |rng: &mut Rng| {
            let (depth, channels) = (*rng.choose(&[8, 16, 24, 32]), *rng.choose(&[1, 2]));
            let frames = 1 + rng.below(60);
            let rate = *rng.choose(&[8000, 22_050, 44_100]);
            let wav = Wav::pcm(rate, channels, depth, rng.next_bytes(frames * usize::from(channels * depth / 8)));
            let start = rng.below(frames);
            let end = start + 1 + rng.below(frames - start);
            let looped = SampleLoop { start: start as u64, end: end as u64 };
            let (first, last) = (u32::try_from(start).unwrap(), u32::try_from(end - 1).unwrap());
            match rng.below(4) {
                0 => Sound { wav, looping: LoopChoice::At(looped) },
                1 => Sound { wav: wav.loops(&[(0, first, last, 0, 0)]), looping: LoopChoice::File },
                2 => Sound { wav: wav.loops(&[(1, first, last, 0, 0)]), looping: LoopChoice::Never },
                _ => Sound { wav, looping: LoopChoice::File },
            }
        };
        Self::Sound(22_050, (0..1 + rng.below(12)).map(|_| sound(rng)).collect())
    }

    fn random_raw(rng: &mut Rng) -> Self {
        if rng.one_in(2) {
            let palette_authored = u32::try_from(1 + rng.below(64)).unwrap();
            let mut payload = rng.next_bytes(32_768 + palette_authored as usize * 32);
            payload.resize(34_816, 0);
            return Self::Raw(GlyphMetadata { tile_size: TileSize::Sixteen, palette_authored }.into(), payload);
        }
        let sample = |rng: &mut Rng| SampleMetadata {
            frames: 1 + rng.below(9) as u64,
            sample_rate_hz: 8000,
            looping: rng.one_in(2).then_some(SampleLoop { start: 0, end: 1 }),
        };
        let samples: Vec<SampleMetadata> = (0..1 + rng.below(3)).map(|_| sample(rng)).collect();
        let bytes: u64 = samples.iter().map(|sample| sample.frames * 2).sum();
        let payload = rng.next_bytes(usize::try_from(bytes).unwrap());
        Self::Raw(SoundMetadata { sample_rate_hz: 8000, samples }.into(), payload)
    }

    fn bank_type(&self) -> &'static str {
        match self {
            Self::Glyph(_) => "GLYPH",
            Self::Sound(..) => "SOUNDS",
            Self::Raw(metadata, _) => metadata.family().bank_type(),
        }
    }

    /// The declared palettes in the form of the companion.
    fn palettes(&self) -> Vec<Vec<String>> {
        let Self::Glyph(bank) = self else { return Vec::new() };
        let hex = |color: &Rgb| format!("#{:02x}{:02x}{:02x}", color.0[0], color.0[1], color.0[2]);
        bank.palettes.iter().map(|colors| colors.iter().map(hex).collect()).collect()
    }
}

impl ProjectPlan {
    /// Up to six assets.
    pub fn random(rng: &mut Rng) -> Self {
        let mut plan = Self(Vec::new());
        for n in 0..rng.below(7) {
            let root = format!("{}a{n}", rng.choose(&["", "ui/", "deep/er/"]));
            let mut slot = rng.one_in(3).then(|| u32::try_from(rng.below(16)).unwrap());
            let bank = Bank::random(rng);
            let same = |asset: &&Asset| asset.bank.bank_type() == bank.bank_type();
            if plan.0.iter().filter(same).any(|other| other.preload.slot == slot) {
                slot = None;
            }
            let preload = Preload { enabled: rng.one_in(2), slot };
            plan.0.push(Asset { root, included: !rng.one_in(5), preload, bank });
        }
        plan
    }

    /// Writes the project; the ids are 1, 2, 3…
    pub fn build(&self) -> TestProject {
        let mut project = TestProject::new();
        for (n, asset) in (1..).zip(&self.0) {
            asset.write_files(&project);
            assert_eq!(project.add_asset(&asset.root, asset.included, &asset.declaration(n)), n);
        }
        project
    }

    /// Compares the published pack with the sources, through a reader that shares no code with the packer.
    pub fn assert_packed(&self, project: &TestProject) {
        let pack = Pack::open(project.at("build/assets.pa")).unwrap();
        let included: Vec<(u32, &Asset)> = (1..).zip(&self.0).filter(|(_, asset)| asset.included).collect();
        assert_eq!(pack.entries().len(), included.len());
        for (entry, (id, asset)) in pack.entries().iter().zip(&included) {
            assert_eq!((entry.asset_id, entry.asset_name.as_str()), (*id, asset.name().as_str()));
            asset.assert_packed(entry, &pack.slice(entry).unwrap());
        }
        let preloaded: Vec<(u32, u32)> =
            pack.preload().iter().map(|entry| (entry.asset_id, u32::from(entry.slot))).collect();
        assert_eq!(preloaded, expected_slots(&included));
    }

    /// The expected `asset_table_metadata.json`.
    pub fn expected_metadata(&self, project: &TestProject) -> Value {
        let pack = Pack::open(project.at("build/assets.pa")).unwrap();
        let entries = pack.entries().iter();
        let included = (1..).zip(&self.0).filter(|(_, asset)| asset.included);
        let assets: Vec<Value> = included
            .zip(entries)
            .map(|((id, asset), entry)| {
                let mut paths: Vec<String> = asset.files().into_iter().map(|(name, _)| name).collect();
                paths.push("asset.json".into());
                paths.sort();
                let source = |path: &String| {
                    let bytes = project.read(&format!("assets/{}/{path}", asset.root));
                    json!({"path": path, "sha256": sha256(&bytes), "size": bytes.len()})
                };
                json!({
                    "asset_id": id,
                    "asset_uuid": support::uuid(id).to_string(),
                    "palettes": asset.bank.palettes(),
                    "payload_sha256": sha256(&pack.slice(entry).unwrap()),
                    "root": asset.root,
                    "sources": paths.iter().map(source).collect::<Vec<_>>(),
                })
            })
            .collect();
        let bytes = project.pack_bytes();
        json!({"assets": assets, "pack": {"sha256": sha256(&bytes), "size": bytes.len()}, "schema_version": 1})
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The expected slots: declared ones first; then, by id, the lowest that is free.
fn expected_slots(included: &[(u32, &Asset)]) -> Vec<(u32, u32)> {
    let mut slots = BTreeMap::new();
    for bank_type in ["GLYPH", "SOUNDS"] {
        let mine: Vec<&(u32, &Asset)> =
            included.iter().filter(|(_, asset)| asset.preload.enabled && asset.bank.bank_type() == bank_type).collect();
        let mut taken: Vec<u32> = mine.iter().filter_map(|(_, asset)| asset.preload.slot).collect();
        for (id, asset) in mine {
            let slot = asset.preload.slot.unwrap_or_else(|| {
                let free = (0..).find(|slot| !taken.contains(slot)).unwrap();
                taken.push(free);
                free
            });
            slots.insert(*id, slot);
        }
    }
    slots.into_iter().collect()
}

impl Asset {
    pub fn name(&self) -> String {
        self.root.replace('/', "_")
    }

    /// Its declaration, with the `n`-th uuid.
    pub fn declaration(&self, n: u32) -> Declaration {
        let content = match &self.bank {
            Bank::Glyph(bank) => Content::Glyph(GlyphContent {
                tile_size: bank.tile_size,
                palettes: bank.declared_palettes(),
                artifacts: bank.declared_artifacts(),
                animations: Vec::new(),
            }),
            Bank::Sound(rate, sounds) => {
                let artifact = |(index, sound): (u32, &Sound)| SoundArtifact {
                    looping: sound.looping,
                    convert: Convert { downmix: sound.wav.channels == 2, reduce_bit_depth: sound.wav.depth_bits > 16 },
                    ..sample(&format!("{index}.wav"), index)
                };
                // Their order has no effect.
                let mut artifacts: Vec<SoundArtifact> = (0..).zip(sounds).map(artifact).collect();
                artifacts.reverse();
                Content::Sound(SoundContent { sample_rate_hz: *rate, artifacts })
            }
            Bank::Raw(metadata, _) => {
                Content::Raw { payload: rel_path("data/payload.bin"), metadata: metadata.clone(), place: no_place() }
            }
        };
        Declaration { preload: self.preload, ..declaration(n, &self.name(), content) }
    }

    /// Its sources, relative to its root.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        match &self.bank {
            Bank::Glyph(bank) => {
                (0..).zip(&bank.images).map(|(n, image)| (GlyphBank::file_name(n), image.file.clone())).collect()
            }
            Bank::Sound(_, sounds) => {
                (0..).zip(sounds).map(|(n, sound): (u32, _)| (format!("{n}.wav"), sound.wav.bytes())).collect()
            }
            Bank::Raw(_, payload) => vec![("data/payload.bin".into(), payload.clone())],
        }
    }

    pub fn write_files(&self, project: &TestProject) {
        for (name, bytes) in self.files() {
            project.write(&format!("assets/{}/{name}", self.root), bytes);
        }
    }

    fn assert_packed(&self, entry: &Entry, payload: &[u8]) {
        assert_eq!(entry.bank.type_name(), self.bank.bank_type());
        match &self.bank {
            Bank::Glyph(bank) => bank.assert_packed(&Glyph::decode(entry, payload).unwrap()),
            Bank::Sound(_, sounds) => {
                let samples = Sample::decode_all(entry, payload).unwrap();
                assert_eq!(samples.len(), sounds.len());
                for (sample, sound) in samples.iter().zip(sounds) {
                    let expected = expected_wav(&sound.wav.bytes()).unwrap();
                    assert_eq!((sample.sample_rate, &sample.frames), (expected.sample_rate, &expected.frames));
                    assert_eq!(sample.loop_frames, sound.expected_loop());
                }
            }
            Bank::Raw(_, bytes) => assert_eq!(payload, bytes),
        }
    }
}

impl Sound {
    fn expected_loop(&self) -> Option<std::ops::Range<u64>> {
        match self.looping {
            LoopChoice::At(at) => Some(at.start..at.end),
            LoopChoice::Never => None,
            LoopChoice::File => {
                let (_, smpl) = self.wav.after_data.first()?;
                let field = |at: usize| u64::from(u32::from_le_bytes(smpl[at..at + 4].try_into().unwrap()));
                // Programs that write a loop from 0 to 0 mean none.
                Some(field(44)..field(48) + 1).filter(|looped| *looped != (0..1))
            }
        }
    }
}
