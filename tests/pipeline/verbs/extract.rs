//! `extract` turns a pack into files that editors open, or into a project that packs to the same bytes. Code that the
//! packer does not use reads these files.
#![expect(clippy::disallowed_methods, reason = "it reads the files as an editor does")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use packer_services::Sha;
use packer_services::declaration::{LoopChoice, SoundArtifact};
use packer_services::formats::{Rgb, SampleLoop};
use serde_json::{Value, json};
use support::images::Png;
use support::oracle::reader::{Glyph, Pack, Sample};
use support::oracle::{SourceColorKey, SourceTile, expected_wav, faithful_palettes, rgb565, sheet_is_empty_past};
use support::packs::{change_header, header_only};
use support::sounds::Wav;
use support::{KEY, RED, TestProject, artifact, glyph, palette, sample, sound};

use crate::{cli, fixtures, tree};

/// The pixels of a PNG, and the indices and colors of an indexed one.
pub struct OpenedImage {
    pub width: usize,
    pub rgba: Vec<[u8; 4]>,
    pub indices: Option<Vec<u8>>,
    pub colors: Vec<[u8; 3]>,
}

/// Opens an image as an editor does.
pub fn open(path: &Path) -> OpenedImage {
    let read = |transformations| {
        let mut decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
        decoder.set_transformations(transformations);
        let mut reader = decoder.read_info().unwrap();
        let mut raw = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut raw).unwrap();
        let colors = reader.info().palette.as_deref().unwrap_or_default().as_chunks().0.to_vec();
        let depth = reader.info().bit_depth as usize;
        (raw, frame.width as usize, reader.info().color_type, depth, colors)
    };
    let (raw, width, color_type, depth, colors) = read(png::Transformations::IDENTITY);
    let (shown, ..) = read(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let rgba = match color_type {
        png::ColorType::Grayscale | png::ColorType::GrayscaleAlpha => {
            shown.chunks_exact(2).map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect()
        }
        _ => shown.as_chunks().0.to_vec(),
    };
    let indices = (color_type == png::ColorType::Indexed).then(|| {
        let in_byte = |byte: &u8| {
            let byte = *byte;
            (0..8 / depth).map(move |n| byte << (n * depth) >> (8 - depth))
        };
        let line_bytes = (width * depth).div_ceil(8);
        raw.chunks(line_bytes).flat_map(|line| line.iter().flat_map(in_byte).take(width)).collect()
    });
    OpenedImage { width, rgba, indices, colors }
}

/// The colors of a GIMP palette file.
pub fn gpl(path: &Path) -> Vec<[u8; 3]> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("GIMP Palette"));
    let colors = lines.filter(|line| !line.starts_with('#') && !line.contains(':'));
    let channels = |line: &str| line.split_whitespace().take(3).map(|n| n.parse().unwrap()).collect::<Vec<u8>>();
    colors.map(|line| channels(line).try_into().unwrap()).collect()
}

/// The first of the palettes in which most of the image's indices have a color of their own.
fn shown_palette(image: &OpenedImage, palettes: &[Vec<[u8; 3]>]) -> Vec<[u8; 3]> {
    let drawn: BTreeSet<u8> = image.indices.iter().flatten().copied().filter(|index| *index > 0).collect();
    let colors =
        |palette: &&Vec<[u8; 3]>| drawn.iter().map(|index| palette[usize::from(*index)]).collect::<BTreeSet<_>>().len();
    palettes.iter().rev().max_by_key(colors).cloned().unwrap_or_default()
}

/// The glyph bank that the extracted files describe.
fn glyph_from_files(folder: &Path, asset: &Value) -> Glyph {
    let image = open(&folder.join("sheet.png"));
    assert_eq!(image.width, 256);
    let files: Vec<&str> = asset["files"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let palettes: Vec<Vec<[u8; 3]>> =
        files.iter().filter(|name| name.ends_with(".gpl")).map(|name| gpl(&folder.join(name))).collect();
    assert_eq!(
        image.colors,
        shown_palette(&image, &palettes),
        "the image must have the palette in which most indices differ"
    );
    let mut indices = image.indices.unwrap();
    let clear = std::iter::zip(&indices, &image.rgba).all(|(index, rgba)| (*index == 0) == (rgba[3] == 0));
    assert!(clear, "only index 0 must be transparent");
    indices.resize(256 * 256, 0);
    let mut stored = vec![[0; 16]; 64];
    for (palette, colors) in std::iter::zip(&mut stored, &palettes) {
        assert_eq!(colors.len(), 16);
        *palette = std::array::from_fn(|at| rgb565(colors[at]));
    }
    let tile_size = usize::try_from(asset["metadata"]["tile_size"].as_u64().unwrap()).unwrap();
    Glyph { tile_size, palette_authored: palettes.len(), indices, palettes: stored }
}

/// The loop of a WAV's `smpl` chunk, in frames, end exclusive.
fn loop_of(wav: &[u8]) -> Option<std::ops::Range<u64>> {
    let at = wav.windows(4).rposition(|id| id == b"smpl")? + 8;
    let field = |n: usize| u64::from(u32::from_le_bytes(wav[at + n * 4..at + n * 4 + 4].try_into().unwrap()));
    assert_eq!([field(7), field(10), field(13), field(14)], [1, 0, 0, 0], "one endless forward loop");
    Some(field(11)..field(12) + 1)
}

/// Compares the extracted files with the pack, which the independent reader reads.
fn assert_equals_pack(pack: &Path, folder: &Path, answer: &Value) {
    let pack = Pack::open(pack).unwrap();
    let assets = answer["assets"].as_array().unwrap();
    assert_eq!(assets.len(), pack.entries().len());
    for (entry, asset) in std::iter::zip(pack.entries(), assets) {
        assert_eq!((&asset["asset_id"], &asset["name"]), (&json!(entry.asset_id), &json!(entry.asset_name)));
        let folder = folder.join(asset["folder"].as_str().unwrap());
        let payload = pack.slice(entry).unwrap();
        match asset["bank_type"].as_str().unwrap() {
            "GLYPH" => assert_eq!(glyph_from_files(&folder, asset), Glyph::decode(entry, &payload).unwrap()),
            "SOUNDS" => {
                let files = asset["files"].as_array().unwrap().iter().filter_map(Value::as_str);
                let wavs = files.filter(|name| name.ends_with(".wav"));
                let read = wavs.map(|name| {
                    let bytes = fs::read(folder.join(name)).unwrap();
                    let sound = expected_wav(&bytes).unwrap();
                    Sample { sample_rate: sound.sample_rate, loop_frames: loop_of(&bytes), frames: sound.frames }
                });
                assert_eq!(read.collect::<Vec<_>>(), Sample::decode_all(entry, &payload).unwrap());
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn extracted_demo_equals_its_sources() {
    let project = TestProject::demo();
    project.pack();
    let answer = cli::run_ok(project.root(), "extract @/build/assets.pa @/art");
    assert_eq!(answer["findings"], json!([]));
    assert_eq!(answer["sha256"], Sha::of(&project.pack_bytes()).to_string());
    assert_equals_pack(&project.at("build/assets.pa"), &project.at("art"), &answer);
    // The files equal the sources.
    for asset in answer["assets"].as_array().unwrap() {
        let shown = cli::run_ok(project.root(), &format!("show @ id:{}", asset["asset_id"]));
        let source = project.at("assets").join(shown["root"].as_str().unwrap());
        let folder = project.at("art").join(asset["folder"].as_str().unwrap());
        let declared: Value = serde_json::from_slice(&fs::read(source.join("asset.json")).unwrap()).unwrap();
        if shown["type"] == "sound_bank" {
            for artifact in shown["artifacts"].as_array().unwrap() {
                let recorded = expected_wav(&fs::read(source.join(artifact["file"].as_str().unwrap())).unwrap());
                let extracted = fs::read(folder.join(format!("{}.wav", artifact["index"]))).unwrap();
                assert!(recorded.is_some() && recorded == expected_wav(&extracted), "{artifact}");
            }
            continue;
        }
        let bank = glyph_from_files(&folder, asset);
        let of_palette = |palette: &Value| {
            let colors = palette["colors"].as_array().unwrap().iter();
            colors.map(|text| Rgb::parse(text.as_str().unwrap()).unwrap().0).collect()
        };
        let palettes: Vec<Vec<[u8; 3]>> = shown["palettes"].as_array().unwrap().iter().map(of_palette).collect();
        for artifact in shown["artifacts"].as_array().unwrap() {
            let drawn = open(&source.join(artifact["file"].as_str().unwrap()));
            let written = declared["artifacts"].as_array().unwrap().iter().find(|one| one["file"] == artifact["file"]);
            let color_key = written.and_then(|one| one["color_key"].as_str()).map(|key| match Rgb::parse(key) {
                Some(rgb) => SourceColorKey::Rgb(rgb.0),
                None => SourceColorKey::Index0,
            });
            let number = |key: &str| usize::try_from(artifact[key].as_u64().unwrap()).unwrap();
            for n in 0..number("count") {
                let (left, top) = (n % number("columns") * bank.tile_size, n / number("columns") * bank.tile_size);
                let at = |y: usize| (top + y) * drawn.width + left..(top + y) * drawn.width + left + bank.tile_size;
                let rgba: Vec<[u8; 4]> = (0..bank.tile_size).flat_map(|y| drawn.rgba[at(y)].to_vec()).collect();
                let indices: Option<Vec<u8>> =
                    drawn.indices.as_ref().map(|all| (0..bank.tile_size).flat_map(|y| all[at(y)].to_vec()).collect());
                let tile = SourceTile { rgba: &rgba, indices: indices.as_deref(), color_key };
                let faithful = faithful_palettes(&bank, number("index") + n, tile, &palettes);
                assert!(!faithful.is_empty(), "{artifact}, tile {n}");
            }
        }
        assert!(sheet_is_empty_past(&bank, usize::try_from(shown["used"].as_u64().unwrap()).unwrap()));
    }
}

/// Extracts the published pack as a project, packs it, and asserts the same bytes.
fn assert_round_trip(project: &TestProject) -> TestProject {
    let answer = cli::run_ok(project.root(), "extract @/build/assets.pa @/again --as-project");
    assert_eq!((&answer["extracted"], &answer["as_project"]), (&json!(true), &json!(true)));
    assert_equals_pack(&project.at("build/assets.pa"), &project.at("again"), &answer);
    let again = TestProject::copy_of(&project.at("again"));
    let packed = cli::run_ok(again.root(), "pack @ --deny-warnings");
    assert_eq!(packed["pack"]["sha256"], answer["sha256"]);
    assert!(again.pack_bytes() == project.pack_bytes());
    let doctor = cli::run_ok(again.root(), "doctor @ --workspace");
    let unexpected = doctor["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] != "rate-differs");
    assert_eq!(unexpected.collect::<Vec<_>>(), Vec::<&Value>::new());
    again
}

#[test]
fn extracted_demo_packs_the_same() {
    let project = TestProject::demo();
    project.pack();
    assert_round_trip(&project);
}

#[test]
fn extracted_example_packs_the_same() {
    let project = TestProject::example();
    project.pack();
    assert_round_trip(&project);
}

#[test]
fn extracted_project_keeps_ids_and_names() {
    let mut project = fixtures::small_project();
    let mut font = glyph(
        3,
        "ui/font",
        packer_services::formats::TileSize::Eight,
        vec![palette(&[KEY, RED])],
        vec![artifact("font.png", 0)],
    );
    font.preload = packer_services::declaration::Preload { enabled: true, slot: Some(9) };
    project.write("assets/fonts/small/font.png", support::images::plain(8, 8, RED));
    project.add_asset("fonts/small", true, &font);
    project.edit(fixtures::REGISTRY, "\"asset_id\": 3", "\"asset_id\": 700");
    project.edit(fixtures::REGISTRY, "\"next_asset_id\": 4", "\"next_asset_id\": 800");
    project.edit(fixtures::REGISTRY, "\"included_in_build\": true", "\"included_in_build\": false");
    project.pack();
    let again = assert_round_trip(&project);
    let registry: Value = serde_json::from_str(&again.read_text(fixtures::REGISTRY)).unwrap();
    assert_eq!(registry["next_asset_id"], 701);
    let ids: Vec<&Value> = registry["assets"].as_array().unwrap().iter().map(|entry| &entry["asset_id"]).collect();
    assert_eq!(ids, [2, 700]);
    let font: Value = serde_json::from_str(&again.read_text("assets/ui/font/asset.json")).unwrap();
    assert_eq!((&font["name"], &font["preload"]), (&json!("ui/font"), &json!({"enabled": true, "slot": 9})));
    assert_eq!(font["inputs"]["palettes"], json!(["palette-0.gpl"]));
    assert_eq!(font["asset_uuid"], registry["assets"][1]["asset_uuid"]);
    assert_ne!(font["asset_uuid"], support::uuid(3).to_string());
    let init = TestProject::new();
    cli::run_ok(init.root(), "init @/new");
    for file in [".prometeu/.gitignore", ".gitattributes"] {
        assert_eq!(
            again.read(&format!("assets/{file}")),
            init.read(&format!("new/assets/{file}")),
            "as `init` writes it"
        );
    }
    // Assets can be added to the project.
    let line = "create @ ui/more --type glyph_bank @/assets/ui/font/sheet.png --tile-size 8 --color-key index0";
    assert_eq!(cli::run_ok(again.root(), line)["asset_id"], 701);
}

#[test]
fn black_and_unused_colors_round_trip() {
    let black = Rgb([0; 3]);
    let mut project = TestProject::new();
    let blacks = [palette(&[black]), palette(&[KEY, black, RED, black]), palette(&[RED, RED])];
    let image = Png::indexed(32, 16, &[KEY, black, RED, black], |x, y| u8::from(y < 8) * (x / 8 % 4) as u8).bytes();
    project.write("assets/a/a.png", image);
    let named = packer_services::declaration::GlyphArtifact {
        palette: Some(1),
        color_key: Some(packer_services::declaration::ColorKey::Index0),
        ..artifact("a.png", 0)
    };
    let bank = glyph(1, "a", packer_services::formats::TileSize::Eight, blacks.to_vec(), vec![named]);
    project.add_asset("a", true, &bank);
    let nothing = glyph(
        2,
        "b",
        packer_services::formats::TileSize::ThirtyTwo,
        vec![palette(&[black])],
        vec![artifact("b.png", 0)],
    );
    project.write("assets/b/b.png", Png::rgba(32, 32, |_, _| [9, 9, 9, 0]).bytes());
    project.add_asset("b", true, &nothing);
    project.pack();
    assert_round_trip(&project);
}

#[test]
fn sounds_are_numbered_in_sort_order() {
    let mut project = TestProject::new();
    let samples = (0..11).map(|n| {
        let wav = Wav::mono16(8000 + n, &[1, -2, 3, i16::try_from(n).unwrap()]);
        let wav = if n % 3 == 0 { wav.loops(&[(0, n % 2, 3, 0, 0)]) } else { wav };
        project.write(&format!("assets/sfx/s{n}.wav"), wav.bytes());
        sample(&format!("s{n}.wav"), n)
    });
    let bank = sound(1, "sfx", 22_050, samples.collect());
    project.add_asset("sfx", true, &bank);
    project.pack();
    let again = assert_round_trip(&project);
    assert!(again.exists("assets/sfx/00.wav") && again.exists("assets/sfx/10.wav"));
}

#[test]
fn loops_of_one_frame_round_trip() {
    // In a WAV, a loop of the first frame alone means no loop, so the declaration must state it.
    let mut project = TestProject::new();
    let samples = [0..1, 1..2, 0..3].into_iter().enumerate().map(|(n, frames)| {
        let (file, n) = (format!("s{n}.wav"), u32::try_from(n).unwrap());
        project.write(&format!("assets/sfx/{file}"), Wav::mono16(8000, &[1, -2, 3]).bytes());
        let looping = LoopChoice::At(SampleLoop { start: frames.start, end: frames.end });
        SoundArtifact { looping, ..sample(&file, n) }
    });
    let bank = sound(1, "sfx", 8000, samples.collect());
    project.add_asset("sfx", true, &bank);
    project.pack();
    let again = assert_round_trip(&project);
    let declaration: Value = serde_json::from_str(&again.read_text("assets/sfx/asset.json")).unwrap();
    let loops: Vec<&Value> = (0..3).map(|n| &declaration["artifacts"][n]["loop"]).collect();
    assert_eq!(loops, [&json!({"start": 0, "end": 1}), &Value::Null, &Value::Null]);
}

#[test]
fn empty_pack_extracts_to_empty_project() {
    let project = TestProject::new();
    project.pack();
    assert_round_trip(&project);
    let output = cli::run(project.root(), "extract @/build/assets.pa @/art");
    assert_eq!(output.code, 0);
    assert!(output.stdout.starts_with("extracted 0 assets of "), "{}", output.stdout);
    assert!(project.at("art").is_dir() && tree::read_tree(&project.at("art")).is_empty());
}

#[test]
fn extract_lists_files_and_next_step() {
    let (project, _) = fixtures::packed_project();
    let answer = cli::run_ok(project.root(), "extract @/build/assets.pa @/again --as-project");
    let mut named: Vec<String> = answer["assets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|asset| {
            let folder = asset["folder"].as_str().unwrap();
            asset["files"].as_array().unwrap().iter().map(move |file| format!("{folder}/{}", file.as_str().unwrap()))
        })
        .collect();
    named.extend(
        ["assets/.prometeu/index.json", "assets/.prometeu/.gitignore", "assets/.gitattributes"].map(str::to_owned),
    );
    named.sort();
    let extracted = tree::read_tree(&project.at("again"));
    let files = extracted.iter().filter(|(_, node)| **node != tree::Node::Folder).map(|(path, _)| path.clone());
    assert_eq!(named, files.collect::<Vec<_>>());
    let output = cli::run(project.root(), "extract @/build/assets.pa @/art --as-project");
    assert!(
        output.stdout.contains(&format!("`prometeu-packer pack {}`", project.at("art").display())),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("8 × 8 tiles") && output.stdout.contains("sheet.png"), "{}", output.stdout);
}

#[test]
fn extract_fills_an_empty_folder() {
    let (project, _) = fixtures::packed_project();
    fs::create_dir(project.at("art")).unwrap();
    for folder in ["art", "deep/er/art", "slash/"] {
        cli::run_ok(project.root(), &format!("extract @/build/assets.pa @/{folder}"));
        assert!(project.exists(&format!("{folder}/ui_icons/sheet.png")), "{folder}");
    }
}

#[test]
fn extract_never_replaces_anything() {
    let (project, _) = fixtures::packed_project();
    project.write("full/mine.txt", "mine").write("file", "mine");
    let mut places = vec!["full", "file", "full/", "full/..", "build"];
    fs::create_dir(project.at("elsewhere")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("elsewhere", project.at("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", project.at("broken")).unwrap();
        places.extend(["link", "link/", "broken"]);
    }
    let before = tree::read_tree(project.root());
    for place in places {
        for option in ["", " --as-project"] {
            let line = format!("extract @/build/assets.pa @/{place}{option}");
            cli::run_refused(project.root(), &line, &["extract-target"]);
            tree::assert_same(&before, &tree::read_tree(project.root()), &line);
        }
    }
}

#[test]
fn unnamed_target_folder_is_refused() {
    let (project, _) = fixtures::packed_project();
    let pack = project.at("build/assets.pa");
    let empty = tempfile::tempdir().unwrap();
    for dir in [".", "..", ""] {
        let mut command = support::binary::command(["extract".as_ref(), pack.as_os_str(), dir.as_ref()]);
        let output = support::binary::CommandOutput::from(command.current_dir(empty.path()).output().unwrap());
        assert!(
            output.code == 1 || (dir.is_empty() && output.code == 2),
            "{dir:?}: {}{}",
            output.stdout,
            output.stderr
        );
        assert!(tree::read_tree(empty.path()).is_empty(), "{dir:?}");
    }
    let mut command = support::binary::command(["extract".as_ref(), pack.as_os_str(), "art".as_ref()]);
    assert!(command.current_dir(empty.path()).output().unwrap().status.success());
    assert!(empty.path().join("art/ui_icons/sheet.png").is_file());
}

#[test]
fn unsafe_names_become_ids() {
    for (first, second, folders) in [
        ("../../evil", "..", ["asset-1", "asset-2"]),
        ("con", ".hidden", ["asset-1", "asset-2"]),
        ("/etc/passwd", "a/../b", ["asset-1", "asset-2"]),
        ("dot.", "-rf", ["asset-1", "-rf"]),
        ("a", "A", ["a", "asset-2"]),
        ("a", "a/b", ["a", "asset-2"]),
        ("a/b", "a", ["a/b", "asset-2"]),
        ("..", "asset-1", ["asset-1-2", "asset-1"]),
        ("asset.json", "x/asset.json", ["asset-1", "asset-2"]),
        (".prometeu/index.json", "index.json", ["asset-1", "index.json"]),
    ] {
        let (project, _) = fixtures::packed_project();
        let mut pack = project.pack_bytes();
        change_header(&mut pack, |header| {
            header["asset_table"][0]["asset_name"] = json!(first);
            header["asset_table"][1]["asset_name"] = json!(second);
        });
        project.write("old.pa", &pack).write("place/precious", "mine");
        let before = tree::read_tree(project.root());
        let answer = cli::run_ok(project.root(), "extract @/old.pa @/place/again --as-project");
        let found: Vec<&str> =
            answer["assets"].as_array().unwrap().iter().filter_map(|asset| asset["folder"].as_str()).collect();
        assert_eq!(found, folders.map(|folder| format!("assets/{folder}")), "{first}, {second}");
        let renamed = [first, second].iter().zip(folders).filter(|(name, folder)| *name != folder).count();
        let note = answer["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "extract-renamed");
        let note = note.map_or("", |note| note["message"].as_str().unwrap());
        assert_eq!(note.matches("(asset ").count(), renamed, "{note}");
        cli::run_ok(&project.at("place/again"), "pack @");
        assert!(project.read("place/again/build/assets.pa") == pack, "the names must be kept");
        fs::remove_dir_all(project.at("place/again")).unwrap();
        tree::assert_same(&before, &tree::read_tree(project.root()), "outside of the folder");
    }
}

#[test]
fn extract_refuses_what_verify_refuses() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [Damage; 7] = [
        |pack| pack.truncate(20),
        |pack| pack.truncate(pack.len() - 1),
        |pack| pack.push(0),
        |pack| pack[0] = b'Z',
        |pack| pack[20] = 1,
        |pack| {
            let at = pack.len() - 9;
            pack[at] = 7;
        },
        |pack| change_header(pack, |header| header["preload"] = json!([{"asset_id": 9, "slot": 0}])),
    ];
    for damage in damages {
        let (project, _) = fixtures::packed_project();
        // Only the glyph bank, so that the file ends with its unused palettes.
        project.edit(fixtures::REGISTRY, "true}\n  ]", "false}\n  ]");
        project.pack();
        let mut pack = project.pack_bytes();
        damage(&mut pack);
        project.write("old.pa", pack);
        let before = tree::read_tree(project.root());
        let verified = cli::run_json(project.root(), "verify @/old.pa").json();
        for option in ["", " --as-project"] {
            let output = cli::run_json(project.root(), &format!("extract @/old.pa @/art{option}"));
            assert_eq!((output.code, &output.json()["findings"]), (1, &verified["findings"]), "{}", output.stdout);
            tree::assert_same(&before, &tree::read_tree(project.root()), "a refused pack");
        }
    }
}

#[test]
fn missing_pack_is_exit_code_2() {
    let project = fixtures::small_project();
    let before = tree::read_tree(project.root());
    let output = cli::run_json(project.root(), "extract @/build/assets.pa @/art");
    assert_eq!((output.code, output.codes()), (2, vec!["file-unreadable".into()]));
    cli::run_refused(project.root(), "extract @/assets @/art", &["file-not-regular"]);
    tree::assert_same(&before, &tree::read_tree(project.root()), "nothing was read");
}

#[test]
fn foreign_companions_are_refused() {
    let (project, _) = fixtures::packed_project();
    let mut pack = project.pack_bytes();
    let last = pack.len() - 1;
    pack[last] ^= 1;
    project.write("build/assets.pa", &pack);
    cli::run_refused(project.root(), "extract @/build/assets.pa @/art", &["companion-differs"]);
    assert!(!project.exists("art"));
    project.write("copy.pa", &pack);
    let answer = cli::run_ok(project.root(), "extract @/copy.pa @/art");
    assert_eq!(answer["findings"][0]["code"], "payload-unchecked");
}

/// Writes a pack of one entry, whose payload is zero and takes no disk space.
fn write_pack_of(project: &TestProject, entry: &Value) {
    let pack = header_only(&json!({"asset_table": [entry], "preload": [{"asset_id": 7, "slot": 3}]}));
    let size_bytes = pack.len() as u64 + entry["size"].as_u64().unwrap();
    project.write("old.pa", pack);
    fs::File::options().write(true).open(project.at("old.pa")).unwrap().set_len(size_bytes).unwrap();
}

#[test]
fn scene_is_extracted_as_raw_bytes() {
    let project = TestProject::new();
    write_pack_of(
        &project,
        &json!({
            "asset_id": 7, "asset_name": "level/1", "bank_type": "SCENE", "codec": "NONE", "decoded_size": 1,
            "metadata": {"rooms": [1, {"dark": true}]}, "offset": 0, "size": 300_000,
        }),
    );
    let before = tree::read_tree(project.root());
    let output = cli::run_json(project.root(), "extract @/old.pa @/art --as-project");
    assert!(output.code == 1 && output.codes().contains(&"extract-impossible".into()), "{}", output.stdout);
    tree::assert_same(&before, &tree::read_tree(project.root()), "no project");
    let answer = cli::run_ok(project.root(), "extract @/old.pa @/art");
    assert!(answer["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "extract-as-is"));
    assert_eq!(
        (&answer["assets"][0]["files"], &answer["assets"][0]["slot"]),
        (&json!(["payload.bin", "metadata.json"]), &json!(3))
    );
    assert!(project.read("art/level/1/payload.bin") == vec![0; 300_000]);
    let metadata: Value = serde_json::from_slice(&project.read("art/level/1/metadata.json")).unwrap();
    assert_eq!(metadata, json!({"rooms": [1, {"dark": true}]}));
}

#[test]
fn oversized_sounds_are_refused_before_writing() {
    let entry = |samples: Value, size: u64| {
        json!({"asset_id": 7, "asset_name": "wind", "bank_type": "SOUNDS", "codec": "NONE", "decoded_size": size,
               "metadata": {"channels": 1, "sample_rate": 8000, "samples": samples}, "offset": 0, "size": size})
    };
    let one = |length: u64| entry(json!({"0": {"length": length, "offset": 0, "sample_rate": 8000}}), length);
    let many = |count: u64| {
        let sample = |n: u64| (n.to_string(), json!({"length": 2, "offset": 2 * n, "sample_rate": 8000}));
        entry((0..count).map(sample).collect::<serde_json::Map<_, _>>().into(), 2 * count)
    };
    let longest = (512 << 20) - 44;
    for (bank, fits) in [(one(longest + 2), false), (many(120_000), false), (many(70_000), false), (many(300), true)] {
        let project = TestProject::new();
        write_pack_of(&project, &bank);
        let before = tree::read_tree(project.root());
        let output = cli::run_json(project.root(), "extract @/old.pa @/art --as-project");
        assert_eq!(output.code, i32::from(!fits), "{}", output.stdout);
        assert_eq!(output.codes().contains(&"extract-impossible".into()), !fits);
        if !fits {
            tree::assert_same(&before, &tree::read_tree(project.root()), "refused");
        }
    }
}

#[test]
fn tool_folders_are_refused_as_targets() {
    let (project, _) = fixtures::packed_project();
    for place in ["assets/.prometeu/create-me", "build/.prometeu/art"] {
        cli::run_refused(project.root(), &format!("extract @/build/assets.pa @/{place}"), &["extract-target"]);
        assert!(!project.exists(place), "{place}");
    }
}
