//! How much memory operations allocate, as the allocator counts it. Unlike times, these counts are the same on every
//! machine: work or memory that grows faster than the project shows in them.
//!
//! There is one allocator for the whole process, so there is one test.

use std::alloc::System;

use cap::Cap;
use packer_services::Context;
use packer_services::declaration::{Cut, GlyphArtifact, Region};
use packer_services::diagnostics::Code;
use packer_services::formats::{Rgb, TileSize};
use packer_services::ops::{Doctor, FixProject, Operation};
use packer_services::registry::Registry;
use support::images::{Png, plain};
use support::{GREEN, KEY, RED, TestProject, artifact, codes, glyph, red_green};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The most bytes that a first pack of so many sounds, one per asset, has allocated at once.
fn peak_of_pack(count: u32) -> usize {
    let mut project = TestProject::new();
    (0..count).for_each(|n| _ = project.add_sound(&format!("thing_{n:05}")));
    let before = ALLOCATOR.allocated();
    project.pack();
    // The allocator remembers the highest peak, so a larger project must follow a smaller one.
    ALLOCATOR.max_allocated() - before
}

/// The bytes that checking a bank of so many regions of one image allocates, freed or not.
fn allocated_for_regions(count: u32) -> usize {
    let mut project = TestProject::new();
    let index = |x: u32, y: u32| u8::from((x ^ y) & 1 == 1) + 1;
    project.write("assets/ui/sheet.png", Png::indexed(256, 256, &[KEY, RED, GREEN], index).bytes());
    let region = |n: u32| Some(Region { x: n % 32 * 8, y: n / 32 * 8, w: 8, h: 8 });
    let part = |n| GlyphArtifact { cut: Cut { region: region(n), ..Cut::default() }, ..artifact("sheet.png", n) };
    let artifacts = (0..count).map(part).collect();
    project.add_asset("ui", true, &glyph(1, "ui", TileSize::Eight, vec![red_green()], artifacts));
    let before = ALLOCATOR.total_allocated();
    let report = Doctor::new(project.root()).run(&Context::new()).unwrap_or_else(|error| panic!("{error}"));
    let allocated = ALLOCATOR.total_allocated() - before;
    assert_eq!(codes(report.findings()), [""; 0]);
    allocated
}

/// The bytes that finding out which of the choices of so many fixes can be made allocates for one choice of all, freed
/// or not: of assets that lack a color, or of roots that are not registered.
fn allocated_for_fixes(count: u32, code: Code) -> usize {
    let mut project = TestProject::new();
    for n in 0..count {
        let root = format!("thing_{n:05}");
        project.add_glyph(&root);
        if code == Code::ColorsUndeclared {
            project.write(&format!("assets/{root}/tile.png"), plain(8, 8, Rgb([0, 0, 0xFF])));
        }
    }
    if code == Code::UnregisteredRoot {
        project.write("assets/.prometeu/index.json", Registry::empty().to_bytes());
    }
    let before = ALLOCATOR.total_allocated();
    let fix = FixProject::new(project.root()).code(Some(code)).dry_run(true);
    let report = fix.run(&Context::new()).unwrap_or_else(|error| panic!("{error}"));
    let allocated = ALLOCATOR.total_allocated() - before;
    assert_eq!(report.fixes.iter().filter(|fix| fix.is_applied).count(), count as usize, "{:?}", report.findings());
    allocated / (report.fixes.len() / count as usize)
}

#[test]
fn memory_grows_no_faster_than_the_project() {
    let [few, many, most] = [100, 300, 500].map(peak_of_pack);
    let of_assets = [(many - few) / 200, (most - many) / 200];
    let [few, many, most] = [256, 512, 1024].map(allocated_for_regions);
    let of_regions = [(many - few) / 256, (most - many) / 512];
    assert!(of_assets.iter().all(|bytes| *bytes < 5 << 10), "peak for each asset: {of_assets:?} bytes");
    assert!(of_regions.iter().all(|bytes| *bytes < 3500), "allocated for each region: {of_regions:?} bytes");
    for code in [Code::ColorsUndeclared, Code::UnregisteredRoot] {
        let [few, many, most] = [50, 100, 200].map(|count| allocated_for_fixes(count, code));
        let of_fixes = [(many - few) / 50, (most - many) / 100];
        assert!(of_fixes[1] < of_fixes[0] + (50 << 10), "allocated for each fix of {code:?}: {of_fixes:?} bytes");
    }
}
