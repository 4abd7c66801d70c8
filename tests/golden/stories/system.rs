//! The packer could not run because of the command line, the system, another packer, or a defect.

use std::io;

use packer_services::diagnostics::{Code, Finding};
use packer_services::{Cancel, Context, FaultPoint};
use support::{TestProject, binary};

use super::{Story, doctor, findings_of, hero};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::Usage, a_verb_is_misspelled),
    (Code::NotAProject, a_folder_without_a_registry_is_named),
    (Code::FileUnreadable, || packing_fails_at(|point| matches!(point, FaultPoint::Convert { .. }), denied)),
    (Code::FileUnwritable, || packing_fails_at(|point| point == FaultPoint::Rename { n: 3 }, denied)),
    (Code::DiskFull, the_disk_fills_up),
    (Code::NotStarted, no_process_can_be_started),
    (Code::ProjectLocked, two_people_pack_at_once),
    (Code::Interrupted, it_is_canceled),
    (Code::InternalError, || packing_fails_at(|point| matches!(point, FaultPoint::Convert { .. }), panics)),
];

fn a_verb_is_misspelled() -> Vec<Finding> {
    let answer = binary::run(["--format", "json", "pak", "lantern"]).json();
    let reported = &answer["findings"][0];
    assert_eq!(reported["code"], "usage");
    let text = |key: &str| reported[key].as_str().unwrap_or_default().to_owned();
    let finding = Finding::new(Code::Usage, text("message"), text("help"));
    let ended = binary::run(["pak", "lantern"]);
    assert_eq!((ended.code, ended.stderr), (2, format!("{finding}\n")), "text and JSON differ");
    vec![finding]
}

fn a_folder_without_a_registry_is_named() -> Vec<Finding> {
    let project = TestProject::new();
    super::remove(&project, super::REGISTRY);
    doctor(&project)
}

fn packing_fails_at(is_here: fn(FaultPoint) -> bool, error: fn() -> io::Error) -> Vec<Finding> {
    let project = hero();
    let faults = move |point| if is_here(point) { Err(error()) } else { Ok(()) };
    findings_of(&project, &project.pack_request(), &Context::new().with_faults(faults))
}

fn no_process_can_be_started() -> Vec<Finding> {
    let project = hero();
    let faults = |point| match point {
        FaultPoint::StartPacker => Err(io::Error::other("resource temporarily unavailable")),
        _ => Ok(()),
    };
    let request = project.pack_request().reproduced_by(Some(binary::path().into()));
    findings_of(&project, &request, &Context::new().with_faults(faults))
}

fn denied() -> io::Error {
    io::ErrorKind::PermissionDenied.into()
}

fn panics() -> io::Error {
    panic!("index out of bounds: the len is 64 but the index is 64")
}

fn the_disk_fills_up() -> Vec<Finding> {
    let mut findings = packing_fails_at(|point| point == FaultPoint::StageWrite, || io::ErrorKind::StorageFull.into());
    for finding in &mut findings {
        // The free space differs between machines.
        let free =
            finding.message.rsplit(", ").next().and_then(|part| part.strip_suffix(" are free")).map(str::to_owned);
        if let Some(free) = free {
            finding.message = finding.message.replace(&free, "1536");
        }
    }
    findings
}

fn two_people_pack_at_once() -> Vec<Finding> {
    let project = hero();
    let lock = project.at("assets/.prometeu/lock");
    project.write("assets/.prometeu/lock", "process 4242 on studio\n");
    let held = std::fs::File::options().read(true).write(true).open(lock).and_then(|file| {
        file.try_lock()?;
        Ok(file)
    });
    assert!(held.is_ok(), "{held:?}");
    let request = project.pack_request().wait(false);
    findings_of(&project, &request, &Context::new())
}

fn it_is_canceled() -> Vec<Finding> {
    let project = hero();
    let cancel = Cancel::default();
    cancel.cancel();
    findings_of(&project, &project.pack_request(), &Context::new().with_cancel(cancel))
}
