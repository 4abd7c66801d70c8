//! Packing: what stands in the way of the outputs, and what was found instead of them.
#![expect(clippy::unwrap_used, reason = "a story that cannot be set up must fail")]

use packer_services::constants::Language;
use packer_services::diagnostics::{Code, Finding};
use packer_services::formats::{EntryMetadata, TileSize};
use packer_services::ops::{BudgetLimits, MakeConstants};
use packer_services::pack::container::{Entry, Header};
use packer_services::{Context, FaultPoint};
use support::images::plain;
use support::{TestProject, artifact, red_green};

use super::{HERO_IMAGE, Story, hero, only, told};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::OutputNotAFile, a_folder_stands_where_the_pack_goes),
    (Code::HeaderTooLarge, a_header_of_more_than_64_mib),
    (Code::WarningsDenied, a_warning_is_denied),
    (Code::BudgetBytes, || packed_within(BudgetLimits { bytes: Some(30_000), ..BudgetLimits::default() })),
    (Code::BudgetSlots, || packed_within(BudgetLimits { slots: [("GLYPH", 0)].into(), ..BudgetLimits::default() })),
    #[cfg(unix)]
    (Code::LockUnavailable, the_lock_is_a_link_to_nowhere),
    (Code::CacheUnusable, || [the_cache_is_damaged(), the_cache_cannot_be_written()].concat()),
    (Code::PackDiffers, || [the_image_was_changed_since(), it_was_never_packed()].concat()),
    (Code::ConstantTwice, || [two_names_sound_the_same(), one_image_is_used_twice()].concat()),
    (Code::ConstantLetters, a_file_has_a_tilde),
];

fn packed(project: &TestProject) -> Vec<Finding> {
    told(project, &project.pack_request(), &Context::new())
}

fn checked(project: &TestProject) -> Vec<Finding> {
    let mut request = project.pack_request();
    request.check = true;
    told(project, &request, &Context::new())
}

fn a_folder_stands_where_the_pack_goes() -> Vec<Finding> {
    let project = hero();
    std::fs::create_dir_all(project.at("build/assets.pa")).unwrap();
    packed(&project)
}

/// No project in a test is that large, so the header is written by itself.
fn a_header_of_more_than_64_mib() -> Vec<Finding> {
    let metadata = EntryMetadata::Scene(serde_json::json!({ "script": "x".repeat(65 << 20) }));
    let asset_name = "scene".to_owned();
    let entry = Entry { asset_id: 1, asset_name, metadata, offset_bytes: 0, size_bytes: 0, decoded_size_bytes: 0 };
    let header = Header { entries: vec![entry], preload: Vec::new() };
    vec![header.to_bytes().unwrap_err().finding()]
}

fn a_warning_is_denied() -> Vec<Finding> {
    let project = super::hero_drawn([plain(8, 8, support::RED), b"more".to_vec()].concat());
    let mut request = project.pack_request();
    request.deny_warnings = true;
    only(Code::WarningsDenied, told(&project, &request, &Context::new()))
}

fn packed_within(allowed: BudgetLimits) -> Vec<Finding> {
    let project = hero();
    project.edit(super::HERO_ANCHOR, "\"enabled\": false", "\"enabled\": true");
    let mut request = project.pack_request();
    request.allowed = allowed;
    told(&project, &request, &Context::new())
}

#[cfg(unix)]
fn the_lock_is_a_link_to_nowhere() -> Vec<Finding> {
    let project = hero();
    std::os::unix::fs::symlink("/nowhere/at/all", project.at("assets/.prometeu/lock")).unwrap();
    packed(&project)
}

fn the_cache_is_damaged() -> Vec<Finding> {
    let project = hero();
    project.pack();
    let cache = project.read_text("assets/.prometeu/cache.json");
    project.write("assets/.prometeu/cache.json", &cache[..cache.len() / 2]);
    packed(&project)
}

fn the_cache_cannot_be_written() -> Vec<Finding> {
    let project = hero();
    let faults = |point| match point {
        FaultPoint::CacheWrite => Err(std::io::ErrorKind::PermissionDenied.into()),
        _ => Ok(()),
    };
    told(&project, &project.pack_request(), &Context::new().with_faults(faults))
}

fn the_image_was_changed_since() -> Vec<Finding> {
    let project = hero();
    project.pack();
    project.write(HERO_IMAGE, plain(8, 8, support::GREEN));
    checked(&project)
}

fn it_was_never_packed() -> Vec<Finding> {
    let project = hero();
    project.pack();
    super::remove(&project, "build/assets.pa");
    checked(&project)
}

fn constants_of(project: &TestProject) -> Vec<Finding> {
    let project_folder = project.root().to_owned();
    let operation = MakeConstants { project: project_folder, language: Language::C, output: None };
    told(project, &operation, &Context::new())
}

fn two_names_sound_the_same() -> Vec<Finding> {
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
