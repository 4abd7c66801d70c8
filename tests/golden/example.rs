//! The first golden: a small project and the exact four files that it packs to. A script that shares no code with the
//! packer wrote them.

use packer_services::ops::OUTPUTS;
use packer_services::ops::Published;
use support::{TestProject, codes};

#[test]
fn example_packs_to_expected_files() {
    let project = TestProject::example();
    let report = project.pack();
    assert_eq!(report.published, Published::Published);
    assert_eq!(codes(report.findings()), ["rate-differs"]);
    for (name, found) in std::iter::zip(OUTPUTS, project.outputs()) {
        assert_eq!(found, Some(project.read(&format!("expected/{name}"))), "{name}");
    }
    assert!(!project.exists("build/.prometeu"), "the stage folder was not removed");
}

#[test]
fn repacking_changes_no_byte() {
    let project = TestProject::example();
    project.pack();
    let first = project.outputs();
    project.pack();
    assert_eq!(project.outputs(), first);
}
