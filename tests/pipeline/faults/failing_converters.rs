//! A converter that panics is a finding about its asset: the others are still checked, and nothing is published.

use packer_services::Context;
use packer_services::FaultPoint;
use packer_services::diagnostics::{AsFinding, Blame};
use packer_services::ops::{Doctor, Operation, PackReport, Published, Report};
use support::{TestProject, codes};

use crate::fixtures;

fn panics_at(asset_id: u32) -> Context {
    Context::new().with_faults(move |point| {
        assert!(point != FaultPoint::Convert { asset_id }, "the converter of asset {asset_id} is broken");
        Ok(())
    })
}

fn pack(project: &TestProject, context: &Context) -> Report<PackReport> {
    project.pack_request().use_cache(false).run(context).unwrap()
}

#[test]
fn panic_is_an_internal_error() {
    let (project, outputs) = fixtures::packed_project();
    let report = pack(&project, &panics_at(1));
    assert_eq!((report.published, codes(report.findings())), (Published::Blocked, vec!["internal-error"]));
    let finding = &report.findings()[0];
    assert_eq!(finding.asset.as_ref().and_then(|asset| asset.asset_id), Some(1));
    assert_eq!(finding.file.as_deref(), Some(fixtures::ICONS));
    assert_eq!(finding.code.blame(), Blame::System, "exit code 2");
    assert!(finding.message.contains("the converter of asset 1 is broken"), "{}", finding.message);
    assert!(
        project.outputs() == outputs && !project.exists("build/.prometeu"),
        "the published files must be unchanged"
    );
}

#[test]
fn other_assets_are_still_checked() {
    for jobs in [1, 2, 8] {
        let mut project = fixtures::small_project();
        project.add_glyph("ui/last");
        project.write(fixtures::BLIP, "OggS").write("assets/ui/last/tile.png", "GIF89a");
        let request = project.pack_request().jobs(std::num::NonZeroUsize::new(jobs));
        let report = request.run(&panics_at(1)).unwrap();
        assert_eq!(codes(report.findings()), ["internal-error", "sound-not-wav", "image-not-png"], "{jobs} jobs");
        assert!(!project.exists("build"));
    }
}

#[test]
fn panic_in_excluded_asset_blocks_nothing() {
    let project = fixtures::small_project();
    fixtures::EXCLUDE_ICONS.apply_to(&project);
    assert_eq!(pack(&project, &panics_at(1)).published, Published::Published);
    let doctor = Doctor::new(project.root());
    assert!(!doctor.run(&panics_at(1)).unwrap().blocked, "`doctor` must agree");
}

#[test]
fn next_pack_after_a_panic_works() {
    let (project, outputs) = fixtures::packed_project();
    pack(&project, &panics_at(2));
    assert_eq!(pack(&project, &Context::new()).published, Published::UpToDate);
    assert!(project.outputs() == outputs);
}

#[test]
fn failed_publishing_step_keeps_old_pack() {
    let steps: [fn(FaultPoint) -> bool; 6] = [
        |point| point == FaultPoint::StageWrite,
        |point| point == FaultPoint::StageSync,
        |point| point == FaultPoint::Rename { n: 0 },
        |point| point == FaultPoint::Rename { n: 1 },
        |point| point == FaultPoint::Rename { n: 2 },
        |point| point == FaultPoint::Rename { n: 3 },
    ];
    for (n, step) in steps.into_iter().enumerate() {
        let (project, outputs) = fixtures::packed_project();
        project.edit(fixtures::ICONS, "ui_icons", "ui_glyphs");
        let fails = move |point| if step(point) { Err(std::io::ErrorKind::PermissionDenied.into()) } else { Ok(()) };
        let error = project.pack_request().run(&Context::new().with_faults(fails)).unwrap_err();
        assert_eq!(error.as_finding().code.as_str(), "file-unwritable", "step {n}");
        assert!(project.outputs().last() == outputs.last(), "step {n}: the old pack must be unchanged");
        assert!(!project.exists("build/.prometeu"), "step {n}: the stage must be removed");
        project.pack();
        let packed = project.outputs();
        let fresh = TestProject::copy_of(project.root());
        std::fs::remove_dir_all(fresh.at("build")).unwrap();
        fresh.pack();
        assert!(packed == fresh.outputs(), "step {n}: the next pack must be complete");
    }
}
