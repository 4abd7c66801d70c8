//! The window and the binary produce the same four files, byte for byte, and the same findings in the same order.
//!
//! The window packs in this process, the binary in its own. Both work in the same folder, one after the other, so that
//! nothing else can differ.

use std::path::Path;
use std::process::Command;

use egui::{Key, Modifiers};
use packer_services::declaration::{Content, Convert, Declaration, Preload, SoundArtifact};
use packer_services::diagnostics::Finding;
use packer_services::formats::{GlyphMetadata, Rgb, SampleLoop, SampleMetadata, SoundMetadata, TileSize};
use packer_services::ops::OUTPUTS;
use serde_json::Value;
use support::images::{self, Png};
use support::sounds::Wav;
use support::{
    GREEN, KEY, RED, TestProject, artifact, binary, declaration, glyph, no_place, palette, red_green, rel_path, sample,
    sound,
};
use workbench::state::Packing;

use crate::window::{Window, demo};

/// Other ways to build the binary. Cargo gives every crate the union of the features that are requested in a build:
/// with `--workspace` those of the window's crates too, and any crate can one day request that `serde_json` keeps the
/// order of keys.
const BUILDS: [&[&str]; 3] = [
    &["--workspace"],
    &["--package", "packer-services", "--features", "serde_json/preserve_order"],
    &["--package", "packer-services", "--features", "serde_json/arbitrary_precision"],
];

/// The result of one pack: the four outputs, the pack last, and the findings.
struct PackResult {
    outputs: Vec<Option<Vec<u8>>>,
    findings: Vec<Value>,
}

impl PackResult {
    /// Packs with the binary.
    fn by_binary(project: &TestProject) -> Self {
        let ended = binary::run(["pack".as_ref(), "--format".as_ref(), "json".as_ref(), project.root().as_os_str()]);
        Self { outputs: project.outputs(), findings: findings_of(&ended.json()) }
    }

    /// Packs with the window.
    fn by_window(window: &mut Window, project: &TestProject) -> Self {
        window.press(Modifiers::COMMAND, Key::P);
        window.wait_until("it is packed", |state| matches!(state.pack, Packing::Done { .. } | Packing::Failed(_)));
        window.wait_until_idle();
        let findings = match &window.state().pack {
            Packing::Done { report, .. } => to_values(report.findings()),
            Packing::Failed(findings) => to_values(findings),
            Packing::Never | Packing::Running { .. } => Vec::new(),
        };
        Self { outputs: project.outputs(), findings }
    }

    fn is_published(&self) -> bool {
        self.outputs.iter().all(Option::is_some)
    }
}

/// Findings with all their members: code, severity, asset, file, places, count, message, help, fix.
fn to_values(findings: &[Finding]) -> Vec<Value> {
    findings.iter().map(|finding| serde_json::to_value(finding).unwrap()).collect()
}

fn findings_of(answer: &Value) -> Vec<Value> {
    answer["findings"].as_array().unwrap().clone()
}

fn assert_same_findings(what: &str, ours: &[Value], theirs: &[Value]) {
    for (n, (ours, theirs)) in std::iter::zip(ours, theirs).enumerate() {
        assert_eq!(ours, theirs, "{what}: finding {n} differs between the window and the binary");
    }
    assert_eq!(ours.len(), theirs.len(), "{what}: the window and the binary report different numbers of findings");
}

/// Lists and packs a project with both, the binary first. Returns the binary's result.
fn assert_parity(what: &str, project: &TestProject) -> PackResult {
    let mut window = Window::open_project(project.root());
    let listed = binary::run(["list".as_ref(), "--format".as_ref(), "json".as_ref(), project.root().as_os_str()]);
    let shown: Vec<Value> =
        window.state().problems.iter().map(|finding| serde_json::to_value(finding).unwrap()).collect();
    assert_same_findings(what, &shown, &findings_of(&listed.json()));
    let theirs = PackResult::by_binary(project);
    remove_pack(project);
    assert_same_pack(what, &PackResult::by_window(&mut window, project), &theirs);
    theirs
}

fn assert_same_pack(what: &str, ours: &PackResult, theirs: &PackResult) {
    for (name, (ours, theirs)) in std::iter::zip(OUTPUTS, std::iter::zip(&ours.outputs, &theirs.outputs)) {
        assert_eq!(ours.is_some(), theirs.is_some(), "{what}: only one of them wrote {name}");
        assert!(ours == theirs, "{what}: {name} differs between the window and the binary");
    }
    assert_same_findings(what, &ours.findings, &theirs.findings);
}

/// Removes all traces of a pack.
fn remove_pack(project: &TestProject) {
    for path in ["build", "assets/.prometeu/identities.json", "assets/.prometeu/cache.json"] {
        let path = project.at(path);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(project.outputs().iter().all(Option::is_none));
}

fn demo_copy(name: &str) -> TestProject {
    TestProject::copy_of(&demo(name))
}

/// Adds a bank of `count` tiles in as many images, and a sheet whose ids follow them.
fn add_tiles(project: &mut TestProject, root: &str, tile_size: TileSize, count: u32, preload: Preload) {
    let side = tile_size.pixels();
    let shade = |n: u32| Rgb([8 * u8::try_from(n % 30).unwrap(), 200, 96]);
    for n in 0..count {
        let image = images::checker(side, side, shade(n), RED);
        project.write(&format!("assets/{root}/tile {n}.png"), image);
    }
    let sheet = Png::indexed(2 * side, side, &[KEY, GREEN, RED], |x, y| u8::try_from((x / 2 + y) % 3).unwrap());
    project.write(&format!("assets/{root}/sheet.png"), sheet.bytes());
    let colors: Vec<Rgb> = [KEY, RED].into_iter().chain((0..count).map(shade)).collect();
    let palettes = vec![palette(&colors), palette(&[KEY, GREEN, RED])];
    let mut artifacts: Vec<_> = (0..count).map(|n| artifact(&format!("tile {n}.png"), n)).collect();
    artifacts.push(support::keyed_artifact("sheet.png", count, packer_services::declaration::ColorKey::Index0));
    let bank = glyph(project.next_id(), &format!("bank_{}", project.next_id()), tile_size, palettes, artifacts);
    project.add_asset(root, true, &Declaration { preload, ..bank });
}

/// Adds a sound bank: short and long, with and without a loop, stereo and 24 bit.
fn add_sounds(project: &mut TestProject, root: &str, included: bool) {
    let tone: Vec<i16> = (0..900).map(|frame| (frame % 50) * 400).collect();
    let deep: Vec<u8> = (0..600u32).flat_map(|frame| [0, u8::try_from(frame % 256).unwrap(), 3]).collect();
    let stereo: Vec<u8> =
        tone.iter().flat_map(|sample| [sample.to_le_bytes(), (sample / 3).to_le_bytes()]).flatten().collect();
    for (file, wav) in [
        ("short.wav", Wav::mono16(8000, &[5])),
        ("looped.wav", Wav::mono16(22_050, &tone).loops(&[(0, 10, 800, 0, 0)])),
        ("deep.wav", Wav::pcm(48_000, 1, 24, deep)),
        ("stereo.wav", Wav::pcm(44_100, 2, 16, stereo)),
    ] {
        project.write(&format!("assets/{root}/{file}"), wav.bytes());
    }
    let converted = |file: &str, index: u32| SoundArtifact {
        convert: Convert { downmix: file == "stereo.wav", reduce_bit_depth: file == "deep.wav" },
        ..sample(file, index)
    };
    let artifacts = vec![
        converted("stereo.wav", 3),
        converted("short.wav", 0),
        converted("deep.wav", 1),
        converted("looped.wav", 2),
    ];
    let bank = sound(project.next_id(), &format!("bank_{}", project.next_id()), 22_050, artifacts);
    project.add_asset(root, included, &bank);
}

/// Adds finished payloads: a tile bank and a sound bank.
fn add_raw(project: &mut TestProject, root: &str) {
    let mut tiles: Vec<u8> = (0..32_768u32).map(|n| u8::try_from(n * n % 251 % 16 * 17).unwrap()).collect();
    tiles.extend((0..32).map(|n| n * 7));
    tiles.resize(34_816, 0);
    let of_tiles = GlyphMetadata { tile_size: TileSize::ThirtyTwo, palette_authored: 1 };
    let one = SampleMetadata { frames: 3, sample_rate_hz: 8000, looping: Some(SampleLoop { start: 0, end: 2 }) };
    let of_sounds = SoundMetadata { sample_rate_hz: 8000, samples: vec![one, SampleMetadata { looping: None, ..one }] };
    for (kind, metadata, payload) in
        [("tiles", of_tiles.into(), tiles), ("sounds", of_sounds.into(), (0..12).collect::<Vec<u8>>())]
    {
        project.write(&format!("assets/{root}/{kind}/payload.bin"), payload);
        let content = Content::Raw { payload: rel_path("payload.bin"), metadata, place: no_place() };
        let declaration = declaration(project.next_id(), &format!("raw_{kind}"), content);
        project.add_asset(&format!("{root}/{kind}"), true, &declaration);
    }
}

/// Everything at once: tiles of each size, sounds, finished payloads, slots, intact and broken excluded assets, an
/// unregistered folder, names with spaces and in other scripts.
fn full_project() -> TestProject {
    let mut project = TestProject::new();
    for (n, tile_size) in (0u32..).zip(TileSize::ALL) {
        let preload = Preload { enabled: n < 2, slot: (n == 1).then_some(0) };
        add_tiles(&mut project, &format!("world/zone {n}/füße"), tile_size, 3 + 4 * n, preload);
    }
    add_sounds(&mut project, "звук/шум", true);
    add_sounds(&mut project, "звук/эхо", false);
    add_raw(&mut project, "prebuilt");
    let excluded = project.next_id();
    let broken = glyph(excluded, "broken", TileSize::Eight, vec![red_green()], vec![artifact("nowhere.png", 0)]);
    project.add_asset("drafts/excluded and broken", false, &broken);
    project.add_glyph("z");
    let unregistered = glyph(99, "unregistered", TileSize::Eight, vec![red_green()], vec![artifact("tile.png", 0)]);
    project.write("assets/drafts/unregistered/asset.json", unregistered.to_bytes());
    project
}

#[test]
fn the_demo_packs_alike() {
    let packed = assert_parity("lantern", &demo_copy("lantern"));
    assert!(packed.is_published());
}

#[test]
fn the_broken_demo_is_refused_alike() {
    let packed = assert_parity("snuffed", &demo_copy("snuffed"));
    assert!(!packed.is_published() && packed.findings.len() > 80, "{} findings", packed.findings.len());
}

#[test]
fn an_empty_project_packs_alike() {
    assert!(assert_parity("empty", &TestProject::new()).is_published());
}

#[test]
fn every_kind_of_asset_packs_alike() {
    let packed = assert_parity("rich", &full_project());
    assert!(packed.is_published());
    assert!(!packed.findings.is_empty(), "the broken excluded asset is reported");
}

#[test]
fn an_older_pack_changes_nothing() {
    let mut project = full_project();
    let first = PackResult::by_binary(&project);
    project.add_sound("more");
    let mut window = Window::open_project(project.root());
    let ours = PackResult::by_window(&mut window, &project);
    assert!(ours.outputs != first.outputs, "another asset changes the pack");
    remove_pack(&project);
    assert_same_pack("one more", &ours, &PackResult::by_binary(&project));
}

#[test]
fn broken_projects_are_refused_alike() {
    type Damage = fn(&mut TestProject);
    let damages: [(&str, Damage); 6] = [
        ("a truncated image", |project| {
            let file = "assets/world/zone 0/füße/tile 1.png";
            let bytes = project.read(file);
            project.write(file, &bytes[..bytes.len() / 2]);
        }),
        ("a color that is not in a palette", |project| {
            project.write("assets/world/zone 1/füße/tile 0.png", images::checker(16, 16, Rgb([1, 2, 250]), RED));
        }),
        ("a truncated declaration", |project| {
            let file = "assets/звук/шум/asset.json";
            let bytes = project.read(file);
            project.write(file, &bytes[..bytes.len() / 2]);
        }),
        ("a missing sound", |project| {
            std::fs::remove_file(project.at("assets/звук/шум/short.wav")).unwrap();
        }),
        ("a payload that is too short", |project| {
            project.write("assets/prebuilt/tiles/payload.bin", [1, 2, 3]);
        }),
        ("all of it", |project| {
            project.write("assets/world/zone 0/füße/tile 0.png", "no image");
            project.write("assets/world/zone 2/füße/sheet.png", images::plain(31, 33, GREEN));
            project.write("assets/звук/шум/deep.wav", "no sound");
            project.write("assets/z/asset.json", "[]");
        }),
    ];
    for (what, damage) in damages {
        let mut project = full_project();
        let good = PackResult::by_binary(&project);
        damage(&mut project);
        let mut window = Window::open_project(project.root());
        let theirs = PackResult::by_binary(&project);
        let ours = PackResult::by_window(&mut window, &project);
        assert!(theirs.findings.iter().any(|finding| finding["severity"] == "error"), "{what}: {:?}", theirs.findings);
        assert!(ours.outputs == good.outputs, "{what}: the previous pack was not kept");
        assert_same_pack(what, &ours, &theirs);
    }
}

#[test]
fn a_project_broken_later_is_refused_alike() {
    let project = full_project();
    let mut window = Window::open_project(project.root());
    let registry = project.read("assets/.prometeu/index.json");
    project.write("assets/.prometeu/index.json", &registry[..registry.len() / 2]);
    let theirs = PackResult::by_binary(&project);
    let ours = PackResult::by_window(&mut window, &project);
    assert!(!theirs.findings.is_empty());
    assert_same_pack("no registry", &ours, &theirs);
}

/// Command lines for the binary, run in the project's folder.
const COMMANDS: [&str; 7] = [
    "list .",
    "doctor . --workspace",
    "pack .",
    "show . 4",
    "inspect build/assets.pa",
    "extract build/assets.pa build/again --as-project",
    "constants . --lang json",
];

/// Everything that a binary prints as JSON and writes for a project.
fn output_of(packer: &Path, project: &TestProject) -> Vec<Vec<u8>> {
    remove_pack(project);
    let mut output = Vec::new();
    for line in COMMANDS {
        let mut command = Command::new(packer);
        command.args(line.split(' ')).args(["--format", "json"]).current_dir(project.root());
        output.push(command.output().unwrap().stdout);
    }
    output.extend(project.outputs().into_iter().flatten());
    output
}

#[test]
#[ignore = "builds the binary three more times; .ci/run runs it"]
fn no_cargo_feature_changes_a_byte() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let builds: Vec<_> = BUILDS.iter().map(|options| (options, binary::build_with(options, folder.path()))).collect();
    // The last build stays in the target folder, where other tests expect the plain one.
    let plain = binary::build_with(&["--package", "packer-services"], folder.path());
    for (options, packer) in &builds {
        assert!(std::fs::read(packer).unwrap() != std::fs::read(&plain).unwrap(), "{options:?} built the same binary");
    }
    for (what, project) in
        [("lantern", demo_copy("lantern")), ("rich", full_project()), ("snuffed", demo_copy("snuffed"))]
    {
        let expected = output_of(&plain, &project);
        assert!(expected.iter().all(|bytes| !bytes.is_empty()), "{what}");
        for (options, packer) in &builds {
            assert!(output_of(packer, &project) == expected, "{what}: {options:?} changes the output");
        }
        let mut window = Window::open_project(project.root());
        remove_pack(&project);
        let ours = PackResult::by_window(&mut window, &project);
        let theirs = expected[COMMANDS.len()..].iter().cloned().map(Some);
        assert!(what == "snuffed" || theirs.eq(ours.outputs), "{what}: the window's output differs");
    }
}
