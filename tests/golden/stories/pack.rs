//! Packing: what is in the way of the outputs, what differs from them, and names for a program.
#![expect(clippy::unwrap_used, reason = "a story that cannot be set up must fail")]

use packer_services::constants::Language;
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{EntryMetadata, TileSize};
use packer_services::internals::pack::container::{Entry, Header};
use packer_services::ops::{BudgetLimits, ExportPalette, MakeConstants, VerifyPack};
use packer_services::{Context, FaultPoint};
use support::images::plain;
use support::{TestProject, artifact, red_green};

use super::{HERO_IMAGE, Story, findings_of, hero, only};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::OutputNotAFile, a_folder_is_in_the_way_of_the_pack),
    (Code::OutputExists, || {
        let project = hero();
        project.write("hero.gpl", "GIMP Palette\n");
        let export = ExportPalette::new(project.root(), "hero", project.at("hero.gpl"));
        findings_of(&project, &export, &Context::new())
    }),
    (Code::HeaderTooLarge, a_header_over_its_limits),
    (Code::WarningsDenied, a_warning_is_denied),
    (Code::BudgetBytes, || pack_within(BudgetLimits { bytes: Some(30_000), ..BudgetLimits::default() })),
    (Code::BudgetSlots, || pack_within(BudgetLimits { slots: [("GLYPH", 0)].into(), ..BudgetLimits::default() })),
    #[cfg(unix)]
    (Code::LockUnavailable, the_lock_is_a_link_to_nowhere),
    (Code::LeftoverKept, the_stage_cannot_be_removed),
    (Code::CacheUnusable, || {
        [the_ids_are_damaged(), the_ids_cannot_be_written(), the_cache_cannot_be_written()].concat()
    }),
    (Code::PackDiffers, || [the_image_was_changed_since(), it_was_never_packed(), a_pack_is_of_another_day()].concat()),
    (Code::ConstantTwice, || [two_names_become_one_constant(), one_image_is_used_twice()].concat()),
    (Code::ConstantLetters, a_file_has_a_tilde),
];

fn pack(project: &TestProject) -> Vec<Finding> {
    findings_of(project, &project.pack_request(), &Context::new())
}

fn pack_check(project: &TestProject) -> Vec<Finding> {
    let request = project.pack_request().check(true);
    findings_of(project, &request, &Context::new())
}

fn a_folder_is_in_the_way_of_the_pack() -> Vec<Finding> {
    let project = hero();
    std::fs::create_dir_all(project.at("build/assets.pa")).unwrap();
    pack(&project)
}

/// Only the header is written: a project with so large a header would be too large for a test.
fn a_header_over_its_limits() -> Vec<Finding> {
    let refusal = |metadata| {
        let (asset_name, metadata) = ("scene".to_owned(), EntryMetadata::Scene(metadata));
        let entry = Entry { asset_id: 1, asset_name, metadata, offset_bytes: 0, size_bytes: 0, decoded_size_bytes: 0 };
        Header { entries: vec![entry], preload: Vec::new() }.to_bytes().unwrap_err().finding()
    };
    let long = serde_json::json!({ "script": "x".repeat(9 << 20) });
    vec![refusal(long), refusal(serde_json::json!({ "steps": vec![0; 500_000] }))]
}

fn a_warning_is_denied() -> Vec<Finding> {
    let project = super::project_with_image([plain(8, 8, support::RED), b"more".to_vec()].concat());
    let request = project.pack_request().deny_warnings(true);
    only(Code::WarningsDenied, findings_of(&project, &request, &Context::new()))
}

fn pack_within(allowed: BudgetLimits) -> Vec<Finding> {
    let project = hero();
    project.edit(super::HERO_ANCHOR, "\"enabled\": false", "\"enabled\": true");
    let request = project.pack_request().allowed(allowed);
    findings_of(&project, &request, &Context::new())
}

#[cfg(unix)]
fn the_lock_is_a_link_to_nowhere() -> Vec<Finding> {
    let project = hero();
    std::os::unix::fs::symlink("/nowhere/at/all", project.at("assets/.prometeu/lock")).unwrap();
    pack(&project)
}

fn the_stage_cannot_be_removed() -> Vec<Finding> {
    let denied = std::io::ErrorKind::PermissionDenied;
    let faults = move |point| if point == FaultPoint::Cleanup { Err(denied.into()) } else { Ok(()) };
    let project = hero();
    findings_of(&project, &project.pack_request(), &Context::new().with_faults(faults))
}

fn the_ids_are_damaged() -> Vec<Finding> {
    let project = hero();
    project.pack();
    let cache = project.read_text("assets/.prometeu/identities.json");
    project.write("assets/.prometeu/identities.json", &cache[..cache.len() / 2]);
    pack(&project)
}

fn the_ids_cannot_be_written() -> Vec<Finding> {
    let project = hero();
    let faults = |point| match point {
        FaultPoint::IdentitiesWrite => Err(std::io::ErrorKind::PermissionDenied.into()),
        _ => Ok(()),
    };
    findings_of(&project, &project.pack_request(), &Context::new().with_faults(faults))
}

fn the_cache_cannot_be_written() -> Vec<Finding> {
    let project = hero();
    let faults = |point| match point {
        FaultPoint::CacheWrite => Err(std::io::ErrorKind::PermissionDenied.into()),
        _ => Ok(()),
    };
    findings_of(&project, &project.pack_request(), &Context::new().with_faults(faults))
}

fn the_image_was_changed_since() -> Vec<Finding> {
    let project = hero();
    project.pack();
    project.write(HERO_IMAGE, plain(8, 8, support::GREEN));
    pack_check(&project)
}

fn it_was_never_packed() -> Vec<Finding> {
    let project = hero();
    project.pack();
    super::remove(&project, "build/assets.pa");
    pack_check(&project)
}

fn a_pack_is_of_another_day() -> Vec<Finding> {
    let mut project = hero();
    super::add_small_bank(&mut project, "world/terrain", "terrain", |_| {});
    project.pack();
    project.write(HERO_IMAGE, plain(8, 8, support::GREEN)).edit(super::HERO_ANCHOR, "\"hero\"", "\"moth\"");
    project.edit(super::REGISTRY, "\"asset_id\": 2", "\"asset_id\": 3").edit(
        super::REGISTRY,
        "\"next_asset_id\": 3",
        "\"next_asset_id\": 4",
    );
    project.write("old.pa", project.pack_bytes());
    let request = VerifyPack::new(project.at("old.pa")).against(Some(project.root().to_owned()));
    only(Code::PackDiffers, findings_of(&project, &request, &Context::new()))
}

fn constants_of(project: &TestProject) -> Vec<Finding> {
    let project_folder = project.root().to_owned();
    let operation = MakeConstants::new(project_folder, Language::C);
    findings_of(project, &operation, &Context::new())
}

fn two_names_become_one_constant() -> Vec<Finding> {
    let mut project = hero();
    project.add_glyph("characters/boss");
    project.edit(super::HERO_ANCHOR, "\"hero\"", "\"characters/boss\"");
    constants_of(&project)
}

fn one_image_is_used_twice() -> Vec<Finding> {
    let artifacts = vec![artifact("walk.png", 0), artifact("walk.png", 4)];
    let image = ("walk.png", support::images::checker(16, 16, support::RED, support::GREEN));
    constants_of(&super::glyph_bank(TileSize::Eight, vec![red_green()], artifacts, &[image]))
}

fn a_file_has_a_tilde() -> Vec<Finding> {
    let image = ("ch\u{e3}o.png", plain(8, 8, support::RED));
    constants_of(&super::glyph_bank(TileSize::Eight, vec![red_green()], vec![artifact(image.0, 0)], &[image]))
}
