//! The corpora that the fuzzer begins with: what is in `tests/fuzz/corpora`, and that the readers cope with all of it.
//! `BLESS=1` writes them again. What a fuzzer found is there too, named `found-` and what it is.

use std::collections::BTreeMap;

use packer_services::declaration::{Content, RawMetadata};
use packer_services::formats::{GlyphMetadata, Rgb, TileSize};
use packer_services::internals::palette_file::{PaletteFormat, write_palette_file};
use packer_services::registry::Registry;
use serde_json::{Value, json};
use support::any_bytes::READERS;
use support::flac::{Coding, Flac, Subframe};
use support::imports::{Aiff, LOOP_OGG, TONE_MP3, TONE_OGG, untagged_mp3};
use support::packs::{change_header, header_only};
use support::sounds::{Wav, riff};
use support::sprites::{self, Sprite, layer};
use support::{TestProject, no_place, paths_in, rel_path, repository, uuid};

use crate::images_imported::small_images;
use crate::png_writer::{ColorType, Drawing, png};
use crate::random::Rng;

type Corpus = BTreeMap<String, Vec<u8>>;

fn named<N: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (N, B)>) -> Corpus {
    files.into_iter().map(|(name, bytes)| (name.into(), bytes.into())).collect()
}

fn images() -> Corpus {
    let rng = &mut Rng::seeded(1);
    let mut corpus = Corpus::new();
    for (color, depths) in ColorType::ALL {
        for depth in depths {
            for interlaced in [false, true] {
                let trns = !matches!(color, ColorType::GreyAlpha | ColorType::Rgba) && interlaced;
                let mut drawing = Drawing::random(rng, 8, 8, color, *depth, trns);
                drawing.interlaced = interlaced;
                let form = if interlaced { "-interlaced" } else { "" };
                corpus.insert(format!("{color:?}-{depth}{form}.png").to_lowercase(), drawing.bytes());
            }
        }
    }
    let pixel = |at: usize| u16::from(at.is_multiple_of(3));
    let mut sheet = Drawing::new(24, 16, ColorType::Indexed, 2, (0..24 * 16).map(pixel).collect());
    sheet.palette = vec![[255, 0, 255], [255, 255, 255]];
    corpus.insert("six-tiles.png".into(), sheet.bytes());
    corpus.insert("not-whole-tiles.png".into(), Drawing::new(9, 8, ColorType::Grey, 8, vec![0; 72]).bytes());
    corpus.insert("bytes-at-the-end.png".into(), [sheet.bytes(), b"more".to_vec()].concat());
    let mut chunks = sheet.chunks();
    chunks.insert(1, (*b"acTL", vec![0, 0, 0, 2, 0, 0, 0, 0]));
    chunks.insert(2, (*b"tEXt", b"Comment\0two frames".to_vec()));
    corpus.insert("animation.png".into(), png(&chunks));
    corpus
}

/// Sprites with every kind of chunk. Most of their pixels are not compressed, so that changed pixels are not damage.
pub fn sprites() -> Corpus {
    let colors = [[255, 0, 255], [200, 0, 0], [0, 100, 0], [0, 0, 200]];
    let pixels = |length: usize| [0, 1, 2, 3].into_iter().cycle().take(length).collect::<Vec<u8>>();
    let rgba = |count: usize| {
        [[200, 0, 0, 255], [0, 100, 0, 128], [0; 4]].concat().repeat(count / 3 + 1)[..4 * count].to_vec()
    };
    let named_parts = |sprite: Sprite| {
        let sprite = sprite.with(0, sprites::tags(&[("walk", 0, 1, 2, 3), ("idle", 1, 1, 0, 0)]));
        sprite.with(0, sprites::slice("hat", 3, &[(0, [0, 0], [8, 8]), (1, [4, 0], [8, 8])]))
    };
    let groups = |depth: u16, flags: u32| {
        let mut sprite = Sprite::new([16, 8], depth);
        sprite.flags = flags;
        let bytes = usize::from(depth / 8);
        let pixel_bytes = |count: usize| if depth == 32 { rgba(count) } else { pixels(count * bytes) };
        sprite
            .with_palette(&colors)
            .with(0, layer("ground").background().chunk())
            .with(0, layer("body").group().blended(1, 200).chunk())
            .with(0, layer("arm").at_level(1).blended(12, 255).chunk())
            .with(0, layer("hat").at_level(1).hidden().chunk())
            .with(0, sprites::raw_cel(0, [0, 0], [16, 8], &pixel_bytes(128)))
            .with(0, sprites::raw_cel(2, [-2, 3], [8, 4], &pixel_bytes(32)))
            .with(0, sprites::raw_cel(3, [4, 0], [4, 4], &pixel_bytes(16)))
            .with(1, sprites::linked_cel(2, [3, 3], 0))
            .with(1, sprites::cel_with(0, [0, 0], [4, 4], 100, 2, &pixel_bytes(16)))
            .with(1, sprites::palette(4, 2, &[[1, 2, 3, 255], [4, 5, 6, 7]]))
    };
    let modes =
        (0..19).fold(Sprite::new([8, 8], 32), |sprite, mode| sprite.with(0, layer("m").blended(mode, 200).chunk()));
    let modes = (0..19).fold(modes, |sprite, n| sprite.with(0, sprites::raw_cel(n, [0, 0], [2, 2], &rgba(4))));
    let tile_pixels = pixels(192);
    let tiles = [(1, [false; 3]), (2, [true, false, true]), (0, [false; 3]), (2, [false, true, false])];
    let tilemap = Sprite::new([16, 16], 8)
        .with(0, sprites::old_palette(4, &[(0, &colors[..2]), (1, &colors[2..])]))
        .with(0, sprites::tileset(0, 4, [8, 8], 3, &tile_pixels))
        .with(0, layer("body").tilemap(0).chunk())
        .with(0, sprites::tile_cel(0, [0, 0], [2, 2], &tiles))
        .with(0, (0x2020, vec![1, 0, 0, 0, 1, 0, b'a']));
    named([
        ("indexed.aseprite", named_parts(groups(8, 1)).bytes()),
        ("gray.aseprite", named_parts(groups(16, 0)).bytes()),
        ("rgba.aseprite", named_parts(groups(32, 1)).bytes()),
        ("composed.aseprite", named_parts(groups(32, 3)).bytes()),
        ("modes.aseprite", modes.bytes()),
        ("tilemap.aseprite", tilemap.bytes()),
        ("external.aseprite", tilemap.clone().with(0, sprites::external_tileset(1, [8, 8])).bytes()),
        ("bytes-at-the-end.aseprite", [tilemap.bytes(), b"more".to_vec()].concat()),
    ])
}

/// Sounds of every depth and number of channels, short.
fn plain_sounds() -> Vec<(String, Wav)> {
    let mut rng = Rng::seeded(2);
    let forms = [8, 16, 24, 32].into_iter().flat_map(|depth| [(depth, 1), (depth, 2)]);
    let wav = |(depth, channels): (u16, u16)| {
        let data = rng.next_bytes(usize::from(depth / 8 * channels) * 12);
        (format!("{depth}-bits-{channels}-channels"), Wav::pcm(22_050, channels, depth, data))
    };
    forms.map(wav).collect()
}

fn wavs() -> Corpus {
    let mut corpus = named(plain_sounds().into_iter().map(|(name, wav)| (format!("{name}.wav"), wav.bytes())));
    let plain = Wav::mono16(8000, &[0, 1, -1, 32_767, -32_768, 5]);
    let with = |coding: u16, depth_bits: u16| Wav { coding, depth_bits, ..plain.clone() }.bytes();
    corpus.insert("float.wav".into(), with(3, 32));
    corpus.insert("mu-law.wav".into(), with(7, 8));
    corpus.insert("adpcm.wav".into(), with(2, 4));
    let mut extensible = plain.format_body();
    extensible[0..2].copy_from_slice(&0xFFFE_u16.to_le_bytes());
    extensible.extend([22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    corpus.insert("extensible.wav".into(), riff(&[(*b"fmt ", extensible), (*b"data", plain.data.clone())]));
    corpus.insert("loop.wav".into(), plain.clone().loops(&[(0, 1, 4, 0, 0)]).bytes());
    corpus.insert("loop-to-and-fro.wav".into(), plain.clone().loops(&[(1, 1, 4, 0, 0)]).bytes());
    let mut rich = plain.clone();
    rich.before_data.push((*b"LIST", b"INFOISFT\x03\0\0\0ab\0".to_vec()));
    rich.after_data
        .push((*b"cue ", [vec![1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0], b"data".to_vec(), vec![0; 12]].concat()));
    rich.after_data.push((*b"id3 ", b"ID3\x03\0\0\0\0\0\0".to_vec()));
    corpus.insert("other-chunks.wav".into(), rich.bytes());
    let mut streamed = plain.bytes();
    streamed[4..8].fill(0xFF);
    streamed[40..44].fill(0xFF);
    corpus.insert("streamed.wav".into(), streamed);
    let mut sized = plain.bytes();
    sized[40..44].fill(0);
    corpus.insert("no-size.wav".into(), sized);
    corpus.insert("cut-off.wav".into(), plain.bytes()[..50].to_vec());
    corpus.insert("no-data.wav".into(), riff(&[(*b"fmt ", plain.format_body())]));
    corpus
}

fn flacs() -> Corpus {
    let flac = |wav: &Wav| Flac::from_wav(wav).bytes();
    let mut corpus = named(plain_sounds().iter().map(|(name, wav)| (format!("{name}.flac"), flac(wav))));
    let samples: Vec<i16> = (0..40).map(|n| n * 9 - n * n).collect();
    for (name, subframe) in [
        ("constant", Subframe::Constant),
        ("fixed", Subframe::Fixed(2)),
        ("plain", Subframe::Plain(1)),
        ("linear", Subframe::Linear(3)),
    ] {
        let coding = Coding { subframe, partitions_log2: 1, header_is_explicit: false, ..Coding::PLAIN };
        let flac = Flac { codings: vec![coding], ..Flac::mono16(8000, &samples) };
        corpus.insert(format!("{name}.flac"), flac.bytes());
    }
    for stereo in 1..=3 {
        let coding = Coding { stereo, subframe: Subframe::Fixed(1), drops_wasted_bits: true, ..Coding::PLAIN };
        let channels = [2, 4].map(|factor| samples.iter().map(|value| i64::from(*value) * factor).collect());
        let flac = Flac { codings: vec![coding], ..Flac::pcm(8000, 16, channels.to_vec()) };
        corpus.insert(format!("joint-stereo-{stereo}.flac"), flac.bytes());
    }
    let mut rich = Flac::mono16(8000, &samples);
    rich.block = 16;
    let comment = b"LOOPSTART=3";
    let body = [&[0; 4][..], &1u32.to_le_bytes(), &11u32.to_le_bytes(), comment].concat();
    rich.metadata.push((4, body));
    rich.metadata.push((1, vec![0; 7]));
    corpus.insert("three-frames-and-comment.flac".into(), rich.bytes());
    let looped = Wav::mono16(8000, &samples).loops(&[(0, 1, 4, 0, 0)]);
    corpus.insert("kept-loop.flac".into(), flac(&looped));
    corpus
}

fn registries() -> Corpus {
    let mut registry = Registry::empty();
    let empty = registry.to_bytes();
    for (n, root) in [(1, "ui/icons"), (2, "sfx/beeps"), (3, "ui/Icons2")] {
        registry.register(uuid(n), rel_path(root), n != 2).unwrap();
    }
    let text = String::from_utf8(registry.to_bytes()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let conflict = format!(
        "{}\n<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n{}\n",
        lines[..4].join("\n"),
        lines[4],
        lines[5],
        lines[6..].join("\n")
    );
    named([
        ("no-assets.json", empty),
        ("three-assets.json", text.clone().into_bytes()),
        ("conflict.json", conflict.into_bytes()),
        ("other-order.json", text.replacen("\"asset_id\": 1", "\"asset_id\": 5", 1).into_bytes()),
        ("next-id-too-low.json", text.replacen("\"next_asset_id\": 4", "\"next_asset_id\": 2", 1).into_bytes()),
        ("same-uuid.json", text.replace(&uuid(3).to_string(), &uuid(1).to_string()).into_bytes()),
        ("same-folder.json", text.replace("ui/Icons2", "ui/ICONS").into_bytes()),
        ("nested-folder.json", text.replace("ui/Icons2", "ui/icons/old").into_bytes()),
    ])
}

fn declarations() -> Corpus {
    let mut corpus = Corpus::new();
    for demo in ["lantern", "snuffed"] {
        let assets = repository().join("assets-demo").join(demo).join("assets");
        let mut folders = vec![assets.clone()];
        while let Some(folder) = folders.pop() {
            for path in paths_in(&folder) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.ends_with("asset.json") {
                    let root = folder.strip_prefix(&assets).unwrap().to_str().unwrap().replace('/', "-");
                    let bytes = std::fs::read(&path).unwrap();
                    // A longer one has only more of the same.
                    if bytes.len() < 620 {
                        corpus.insert(format!("{demo}-{root}.json"), bytes);
                    }
                }
            }
        }
    }
    let metadata = RawMetadata::from(GlyphMetadata { tile_size: TileSize::Eight, palette_authored: 2 });
    let raw = Content::Raw { payload: rel_path("font.bin"), metadata, place: no_place() };
    corpus.insert("finished-payload.json".into(), support::declaration(1, "raw", raw).to_bytes());
    corpus
}

fn json_texts() -> Corpus {
    let deep = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    let utf16: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    named([
        ("canonical.json", r#"{"a":[1,true,null,"\u001f\"\\"],"b":{"1":0,"10":9007199254740991}}"#.as_bytes().to_vec()),
        ("spaced.json", b"{ \"b\" : [ 1 , 2 ] ,\r\n \"a\" : { } }\n".to_vec()),
        ("numbers.json", b"[0,-0,1.5,1e3,1E-3,9007199254740992,18446744073709551616,1e400]".to_vec()),
        ("strings.json", r#"["\u0000\ud83d\ude00\/","é","\ud800"]"#.as_bytes().to_vec()),
        ("duplicate-keys.json", br#"{"a":1,"b":{"c":1,"c":2},"a":2}"#.to_vec()),
        ("depth-of-limit.json", deep(64).into_bytes()),
        ("deeper-than-limit.json", deep(200).into_bytes()),
        ("byte-order-mark.json", b"\xEF\xBB\xBF{}".to_vec()),
        ("utf-16.json", utf16),
        ("latin-1.json", b"{\"Stra\xDFe\":1}".to_vec()),
        ("zeros.json", vec![0; 16]),
        ("empty.json", vec![]),
        ("comment-and-comma.json", b"{\"a\": 1, // one\n}".to_vec()),
        ("cut-off.json", b"{\"a\": [1, \"b".to_vec()),
        ("conflict.json", b"{\n<<<<<<< a\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> b\n}\n".to_vec()),
        ("after-the-end.json", b"{} {}".to_vec()),
    ])
}

fn packs() -> Corpus {
    let mut sounds = TestProject::new();
    sounds.add_sound("blip");
    sounds.pack();
    let one = sounds.pack_bytes();
    sounds.add_sound("hum");
    sounds.pack();
    let two = sounds.pack_bytes();
    let mut preloaded = two.clone();
    change_header(&mut preloaded, |header| header["preload"] = json!([{"asset_id": 1, "slot": 3}]));
    let mut scene = one.clone();
    change_header(&mut scene, |header| {
        header["asset_table"][0]["bank_type"] = json!("SCENE");
        header["asset_table"][0]["metadata"] = json!({});
    });
    let mut glyphs = TestProject::new();
    glyphs.add_glyph("hero");
    glyphs.pack();
    named([
        ("no-assets.pa", header_only(&json!({"asset_table": [], "preload": []}))),
        ("one-sound.pa", one.clone()),
        ("two-sounds.pa", two),
        ("preloaded.pa", preloaded),
        ("scene.pa", scene),
        ("one-tile.pa", glyphs.pack_bytes()),
        ("cut-off.pa", one[..one.len() - 3].to_vec()),
        ("bytes-at-the-end.pa", [one, vec![0; 2]].concat()),
    ])
}

/// The content of caches, without what differs from run to run: the version of the rules. Files that were just written
/// have no stamps.
fn caches() -> Corpus {
    let of = |project: &TestProject| {
        project.pack();
        let mut cache: Value = serde_json::from_slice(&project.read("assets/.prometeu/cache.json")).unwrap();
        cache["cache"]["rules"] = Value::from("");
        cache["cache"].sort_all_objects();
        cache["cache"].take()
    };
    let empty = TestProject::new();
    let mut two = TestProject::new();
    two.add_glyph("hero");
    two.add_sound("blip");
    let good = of(&two);
    let with = |place: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap() = value;
        changed.to_string()
    };
    let text = good.to_string();
    named([
        ("no-assets.json", of(&empty).to_string()),
        ("two-assets.json", text.clone()),
        ("example.json", of(&TestProject::example()).to_string()),
        // Of the first file of the first asset, and of its payload.
        ("other-size.json", with("/assets/0/3/0/1/1", 1.into())),
        ("bad-hash.json", with("/assets/0/5/3", "0".into())),
        ("no-findings.json", with("/findings", Value::Null)),
        ("cut-off.json", text[..text.len() / 2].to_owned()),
    ])
}

fn identities() -> Corpus {
    let of = |project: &TestProject| {
        project.pack();
        project.read("assets/.prometeu/identities.json")
    };
    let empty = TestProject::new();
    let mut two = TestProject::new();
    two.add_glyph("hero");
    two.add_sound("blip");
    let good = of(&two);
    let newer = String::from_utf8(good.clone()).unwrap().replace("\"schema_version\":1", "\"schema_version\":2");
    named([
        ("no-assets.json", of(&empty)),
        ("two-assets.json", good.clone()),
        ("example.json", of(&TestProject::example())),
        ("newer.json", newer.into_bytes()),
        ("cut-off.json", good[..good.len() / 2].to_vec()),
        ("zeros.json", vec![0; 64]),
    ])
}

fn path_lists() -> Corpus {
    named([
        ("legal.txt", "a.png\nart/hero/walk 1.png\nÄpfel/ß.wav\n日本/絵.png\n-a\n😀"),
        ("leading-out.txt", "../a\n/etc/passwd\na/../../b\n.\n..\na//b\na/\n"),
        ("windows.txt", "C:\\x\nC:x\n\\\\srv\\s\na\\b\nCON\nnul.txt\nCOM1.png\nCOM¹\nCONIN$\na.\na \n<a>|?*\""),
        ("twins.txt", "Hero.png\nhero.png\nﬀ.png\nff.png\nK.png\nk.png\nſ.png\ns.png\nA/x\na/y"),
        ("forms.txt", "e\u{301}.png\né.png\n\u{202e}gnp.a\na\u{0}b\n\u{7f}\n\u{feff}a\n.git\n.prometeu/x"),
    ])
}

fn imports() -> Corpus {
    let aiff = |channels, depth_bits, looping| {
        let data = Rng::seeded(4).next_bytes(96);
        Aiff { channels, depth_bits, rate_hz: 22_050, data, looping }.bytes()
    };
    let mut corpus = named(small_images(&mut Rng::seeded(5)).into_iter().map(|(_, bytes, name)| (name, bytes)));
    corpus.extend(named([
        ("tone.ogg", TONE_OGG.to_vec()),
        ("loop.ogg", LOOP_OGG.to_vec()),
        ("cut.ogg", TONE_OGG[..3500].to_vec()),
        ("chained.ogg", [TONE_OGG, TONE_OGG].concat()),
        ("tone.mp3", TONE_MP3.to_vec()),
        ("untagged.mp3", untagged_mp3()),
        ("mono-16.aif", aiff(1, 16, None)),
        ("stereo-24.aif", aiff(2, 24, Some((1, 2, 9)))),
        ("mono-8.aif", aiff(1, 8, Some((2, 2, 9)))),
    ]));
    corpus
}

fn palette_files() -> Corpus {
    let colors: Vec<Rgb> = (0..16_u8).map(|n| Rgb([n * 10 + 70, n, 255 - n])).collect();
    let mut corpus = Corpus::new();
    for (extension, format) in PaletteFormat::WRITTEN {
        corpus.insert(format!("sixteen.{extension}"), write_palette_file(*format, "night", &colors).unwrap());
    }
    let act = corpus["sixteen.act"].clone();
    corpus.insert("768-bytes.act".into(), act[..768].to_vec());
    corpus.insert("transparent.act".into(), [&act[..768], &[0, 16, 0, 3]].concat());
    let mut drawing = Drawing::random(&mut Rng::seeded(3), 4, 4, ColorType::Indexed, 4, false);
    corpus.insert("indexed.png".into(), drawing.bytes());
    drawing.palette.truncate(2);
    corpus.insert("two-colors.png".into(), drawing.bytes());
    corpus.extend(named([
        ("channels.gpl", "GIMP Palette\nChannels: RGBA\n#\n255 0 255 0 key\n1 2 3 255\n"),
        ("headers.gpl", "GIMP Palette\r\nName: a\r\nColumns: 4\r\n# b\r\n  1,2\t3 c d\r\n"),
        ("alpha.pal", "JASC-PAL\r\n0100\r\n3\r\n255 0 255 0\r\n1 2 3 255\r\n"),
        ("comments.txt", "; Paint.NET\nFF1a1c2c\n00FF00FF\n"),
        ("mixed.hex", "#1a1c2c\n\nFACADE\nfff\n"),
        ("windows.pal", "RIFF\x10\0\0\0PAL data\x04\0\0\0\0\x03\0\0"),
    ]));
    let sprite = Sprite::indexed([2, 1], &[[255, 0, 255], [1, 2, 3]], &[&[1, 0], &[0, 1]]);
    let changing = sprite.clone().with(1, sprites::palette(2, 1, &[[4, 5, 6, 255]]));
    corpus.insert("two-colors.aseprite".into(), sprite.bytes());
    corpus.insert("changing.aseprite".into(), changing.bytes());
    let long: String = (0..40).map(|n| format!("{n:02x}40{n:02x}\n")).collect();
    corpus.insert("forty.hex".into(), long.into());
    corpus
}

#[test]
fn readers_cope_with_their_corpora() {
    for reader in READERS {
        let files = paths_in(&repository().join("tests/fuzz/corpora").join(reader.name));
        assert!(files.len() > 4, "{}", reader.name);
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let checked = std::panic::catch_unwind(|| (reader.check)(&bytes));
            assert!(checked.is_ok(), "{}", file.display());
        }
    }
}

#[test]
fn corpora_are_as_generated() {
    let corpora: [(&str, Corpus); 13] = [
        ("png", images()),
        ("aseprite", sprites()),
        ("wav", wavs()),
        ("flac", flacs()),
        ("registry", registries()),
        ("declaration", declarations()),
        ("json", json_texts()),
        ("pack", packs()),
        ("identities", identities()),
        ("cache", caches()),
        ("paths", path_lists()),
        ("palette", palette_files()),
        ("import", imports()),
    ];
    assert_eq!(
        corpora.each_ref().map(|(name, _)| *name).as_slice(),
        READERS.iter().map(|r| r.name).collect::<Vec<_>>()
    );
    for (reader, corpus) in corpora {
        let folder = repository().join("tests/fuzz/corpora").join(reader);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            corpus.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
        }
        let committed = paths_in(&folder).into_iter().map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(&path).unwrap())
        });
        let (found, generated): (Corpus, Corpus) = committed.partition(|(name, _)| name.starts_with("found-"));
        assert!(generated == corpus, "tests/fuzz/corpora/{reader} differs: rewrite it with BLESS=1");
        let bytes: usize = found.values().chain(generated.values()).map(Vec::len).sum();
        assert!(bytes < 100_000, "tests/fuzz/corpora/{reader} has {bytes} bytes");
    }
}
