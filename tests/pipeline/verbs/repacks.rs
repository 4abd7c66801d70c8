//! A pack after a pack builds only what changed, and writes only what differs.

use packer_services::Context;
use packer_services::internals::pack::cache::{RULES, SEALED_AS};
use packer_services::internals::pack::identities;
use packer_services::internals::pack::sealed::seal;
use packer_services::internals::project::IDENTITIES_FILE;
use packer_services::ops::{CacheState, Operation, Published, RebuildReason, RebuiltAsset};
use support::{GREEN, TestProject, images};

#[cfg(target_os = "linux")]
use crate::tools::{self, Tool};
use crate::{cli, fixtures, tree};

const CACHE: &str = "assets/.prometeu/cache.json";
const PACK: &str = "build/assets.pa";

/// A file of a few bytes that could be an image.
fn green_tile() -> Vec<u8> {
    images::Png::rgb(8, 8, |_, _| GREEN).bytes()
}

#[test]
fn unchanged_project_is_not_written_to() {
    let (project, outputs) = fixtures::packed_project();
    let before = tree::read_stamps(&project.at("build"));
    let report = project.pack();
    assert_eq!((report.published, report.cache.state), (Published::UpToDate, CacheState::Unchanged));
    let clean = project.pack_request().use_cache(false);
    let clean = clean.run(&Context::new()).unwrap();
    assert_eq!((clean.published, clean.cache.state), (Published::UpToDate, CacheState::NotUsed));
    tree::assert_same(&before, &tree::read_stamps(&project.at("build")), "two packs of an unchanged project");
    assert!(project.outputs() == outputs);
    // But for the cache, both say the same.
    let [mut unchanged, mut clean] = [&*report, &*clean].map(|report| serde_json::to_value(report).unwrap());
    unchanged["cache"].take();
    clean["cache"].take();
    assert_eq!(unchanged, clean);
}

#[test]
fn only_changed_assets_are_built() {
    let (project, _) = fixtures::packed_project();
    project.write(fixtures::TILE, green_tile());
    let report = project.pack();
    assert_eq!(
        (report.published, report.cache.state, report.cache.reused),
        (Published::Published, CacheState::Used, 1)
    );
    let [RebuiltAsset { asset_id: 1, reason: RebuildReason::FileChanged, file: Some(file), .. }] =
        &*report.cache.rebuilt
    else {
        panic!("{:?}", report.cache)
    };
    assert_eq!(file.as_str(), "tile.png");
    cli::run_ok(project.root(), "pack @ --check");
}

/// As another version of the packer may write it.
#[test]
fn identities_in_another_form_are_replaced() {
    let (project, _) = fixtures::packed_project();
    let good = project.read_text(IDENTITIES_FILE);
    let content = good.strip_prefix("{\"identities\":").unwrap().rsplit_once(",\"sha256\"").unwrap().0;
    project.write(IDENTITIES_FILE, seal(identities::SEALED_AS, content.replace(':', ": ").into_bytes()));
    assert_eq!(project.pack().cache.state, CacheState::Used);
    assert!(project.read_text(IDENTITIES_FILE) == good);
    assert_eq!(project.pack().cache.state, CacheState::Unchanged);
}

#[test]
fn explanation_names_each_reason() {
    let (mut project, _) = fixtures::packed_project();
    let text = |project: &TestProject| cli::run(project.root(), "pack @ --explain").stdout;
    assert!(text(&project).contains("nothing was built: no file has changed since the last pack"));
    project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
    project.add_glyph("ui/more");
    let explained = text(&project);
    assert!(explained.contains("1 of 3 assets taken from the last pack"), "{explained}");
    assert!(explained.contains("built asset 1: ui_glyphs (asset.json has changed)"), "{explained}");
    assert!(explained.contains("built asset 3: ui_more (not in the last pack)"), "{explained}");
    std::fs::remove_file(project.at(CACHE)).unwrap();
    assert!(text(&project).contains("all assets were built: there is no record of the last pack"));
}

#[test]
fn damaged_pack_is_built_again() {
    let (project, outputs) = fixtures::packed_project();
    let good = project.read(PACK);
    // In the header, in the first payload and in the last one.
    for at in [40, good.len() - 20_000, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        project.write(PACK, bytes);
        let report = project.pack();
        assert_eq!((report.published, report.cache.state), (Published::Published, CacheState::PackDiffers), "{at}");
        assert!(project.outputs() == outputs && !project.exists("build/.prometeu"), "{at}");
    }
}

#[test]
fn cache_of_other_rules_is_not_used() {
    let (project, outputs) = fixtures::packed_project();
    let cache = project.read_text(CACHE);
    let content = cache.strip_prefix("{\"cache\":").unwrap().rsplit_once(",\"sha256\"").unwrap().0;
    assert!(
        seal(SEALED_AS, content.as_bytes().to_vec()) == cache.as_bytes(),
        "the test must know the form of the file"
    );
    project.write(CACHE, seal(SEALED_AS, content.replace(RULES, "0123456789abcdef").into_bytes()));
    assert_eq!(project.pack().cache.state, CacheState::OtherVersion);
    project.write(CACHE, seal(SEALED_AS, b"{}".to_vec()));
    assert_eq!(project.pack().cache.state, CacheState::Damaged);
    assert_eq!(project.pack().cache.state, CacheState::Unchanged);
    assert!(project.outputs() == outputs);
}

#[test]
fn frozen_pack_writes_only_build() {
    for packed in [false, true] {
        let project = if packed { fixtures::packed_project().0 } else { fixtures::small_project() };
        project.write(fixtures::TILE, green_tile());
        let before = tree::read_stamps(&project.at("assets"));
        cli::run_ok(project.root(), "pack @ --frozen");
        tree::assert_same(&before, &tree::read_stamps(&project.at("assets")), "a frozen pack");
        cli::run_ok(project.root(), "pack @ --check");
        assert_eq!(project.exists(CACHE), packed);
    }
}

#[test]
fn missing_palette_file_is_noticed() {
    let project = TestProject::demo();
    project.pack();
    assert_eq!(project.pack().cache.state, CacheState::Unchanged);
    let palette = "assets/world/terrain/palettes/dusk.gpl";
    let kept = project.read(palette);
    std::fs::remove_file(project.at(palette)).unwrap();
    assert_eq!(support::codes(project.pack().findings()), ["input-palette-missing"]);
    project.write(palette, kept);
    assert!(project.pack().findings().is_empty());
}

/// Maps the file of its first argument, and changes its last byte but one at the start and after each line that it
/// reads. After the first change, makes the file a day older if its last argument is `older`.
#[cfg(target_os = "linux")]
const MAPPER: &str = "
import mmap, os, sys, time
with open(sys.argv[1], 'r+b') as file:
    bytes = mmap.mmap(file.fileno(), 0)
for _ in range(2):
    bytes[-2] ^= 1
    if sys.argv.pop() == 'older':
        os.utime(sys.argv[1], (time.time() - 86400,) * 2)
    print(flush=True)
    sys.stdin.readline()
";

/// As long as the first change is not on the disk, the second leaves all times of the file equal.
#[cfg(target_os = "linux")]
#[test]
fn mapped_file_is_read_again() {
    if !tools::are_available(&[Tool::Python]) {
        return;
    }
    for time in ["new", "older"] {
        // The system writes the first change to the disk when it likes: that ends what is tried here.
        let times_were_kept = (0..10).any(|_| change_twice_through_a_map(time));
        assert!(times_were_kept, "the times of the file changed each of 10 times ({time})");
    }
}

/// Changes a file before a pack and after it. The pack after that must have the second change, whether or not its
/// times are still those of the first, which is returned. The program may set the time of modification.
#[cfg(target_os = "linux")]
fn change_twice_through_a_map(time: &str) -> bool {
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};

    let mut project = TestProject::new();
    project.add_sound("sound");
    project.pack();
    let sound = project.at("assets/sound/blip.wav");
    let mut mapper = Command::new("python3");
    mapper.args(["-c", MAPPER]).arg(&sound).arg(time).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut mapper = mapper.spawn().unwrap();
    let (mut input, mut changed) = (mapper.stdin.take().unwrap(), BufReader::new(mapper.stdout.take().unwrap()));
    changed.read_line(&mut String::new()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(project.pack().published, Published::Published);
    // This one would keep the stamps.
    assert_eq!(project.pack().published, Published::UpToDate);
    let before = sound.metadata().unwrap().modified().unwrap();
    input.write_all(b"\n").unwrap();
    changed.read_line(&mut String::new()).unwrap();
    let after = sound.metadata().unwrap().modified().unwrap();
    assert_eq!(project.pack().published, Published::Published);
    drop(input);
    mapper.wait().unwrap();
    before == after
}
