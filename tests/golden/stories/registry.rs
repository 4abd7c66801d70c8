//! The registry, and whether it matches the roots.

use packer_services::Context;
use packer_services::diagnostics::{AsFinding, Code, Finding};
use packer_services::internals::limits::WORKSPACE_FILES;
use packer_services::internals::project::Project;
use packer_services::internals::walk::list_workspace_files_up_to;
use packer_services::ops::{AssetEdit, EditAsset, PaletteImport, PaletteRows};
use packer_services::registry::{Registry, RegistryEntry};
use support::{GREEN, KEY, RED, TestProject, rel_path, uuid};

use super::{
    HERO_ANCHOR, REGISTRY, Story, add_small_bank, doctor, edit_registry, findings_of, hero, hero_and_terrain, only,
    rename,
};

/// The stories of this family.
pub const STORIES: &[Story] = &[
    (Code::EntryOrder, || registry_with(|registry| registry.entries.reverse())),
    (Code::IdTwice, || registry_with(|registry| registry.entries[1].asset_id = 1)),
    (Code::NextIdTooLow, || registry_with(|registry| registry.next_asset_id = 2)),
    (Code::UuidMalformed, a_uuid_is_written_in_capitals),
    (Code::UuidTwice, || [a_root_was_copied_and_registered_by_hand(), a_merge_kept_the_old_root()].concat()),
    (Code::RootTwice, || {
        let findings = registry_with(|registry| registry.entries[1].root = registry.entries[0].root.clone());
        only(Code::RootTwice, findings)
    }),
    (Code::RootNested, a_root_is_inside_another),
    (Code::RootUsed, a_removed_root_has_a_used_palette),
    (Code::AnchorMissing, || [the_anchor_was_deleted(), the_folder_was_renamed_in_case()].concat()),
    (Code::UuidDiffers, the_declaration_has_another_uuid),
    (Code::RegistrationLost, a_merge_dropped_an_entry),
    (Code::TooManyFiles, more_files_than_the_limit),
];

fn registry_with(change: impl FnOnce(&mut Registry)) -> Vec<Finding> {
    let project = hero_and_terrain();
    edit_registry(&project, change);
    doctor(&project)
}

fn a_uuid_is_written_in_capitals() -> Vec<Finding> {
    let project = hero();
    let text = uuid(1).to_string();
    project.edit(REGISTRY, &text, &text.to_uppercase());
    doctor(&project)
}

fn a_root_was_copied_and_registered_by_hand() -> Vec<Finding> {
    let project = hero_and_terrain();
    project.edit("assets/world/terrain/asset.json", &uuid(2).to_string(), &uuid(1).to_string());
    edit_registry(&project, |registry| registry.entries[1].asset_uuid = uuid(1));
    doctor(&project)
}

fn a_merge_kept_the_old_root() -> Vec<Finding> {
    let project = hero();
    edit_registry(&project, |registry| {
        let moved = RegistryEntry { root: rel_path("people/hero"), ..registry.entries[0].clone() };
        registry.entries.push(moved);
    });
    only(Code::UuidTwice, doctor(&project))
}

fn a_root_is_inside_another() -> Vec<Finding> {
    let mut project = hero();
    add_small_bank(&mut project, "characters/hero/shield", "shield", |_| {});
    doctor(&project)
}

fn the_anchor_was_deleted() -> Vec<Finding> {
    let project = hero();
    super::remove(&project, HERO_ANCHOR);
    doctor(&project)
}

fn the_folder_was_renamed_in_case() -> Vec<Finding> {
    let project = hero();
    rename(&project, "assets/characters/hero", "assets/characters/Hero");
    only(Code::AnchorMissing, doctor(&project))
}

fn a_merge_dropped_an_entry() -> Vec<Finding> {
    let project = hero_and_terrain();
    project.pack();
    edit_registry(&project, |registry| drop(registry.entries.pop()));
    doctor(&project)
}

fn the_declaration_has_another_uuid() -> Vec<Finding> {
    let project = hero();
    project.edit(HERO_ANCHOR, &uuid(1).to_string(), &uuid(7).to_string());
    doctor(&project)
}

/// Three files and a limit of two. The message then gets the real limit.
fn more_files_than_the_limit() -> Vec<Finding> {
    let project = TestProject::new();
    project.write("assets/export/1.png", "").write("assets/export/2.png", "").write("assets/export/3.png", "");
    let mut findings = match list_workspace_files_up_to(&Project::at(project.root()), 2) {
        Ok(walk) => walk.findings,
        Err(error) => vec![error.as_finding()],
    };
    for finding in &mut findings {
        finding.message = finding.message.replace("more than 2 ", &format!("more than {WORKSPACE_FILES} "));
    }
    findings
}

fn a_removed_root_has_a_used_palette() -> Vec<Finding> {
    let project = hero_and_terrain();
    let file = project.at("assets/characters/hero/day.hex");
    project.write("assets/characters/hero/day.hex", format!("{KEY}\n{RED}\n{GREEN}\n"));
    let import = PaletteImport { file, at: Some(0), rows: PaletteRows::One, key: None, link: true };
    let edit = |asset: &str, edit| findings_of(&project, &EditAsset::new(project.root(), asset, edit), &Context::new());
    edit("id:2", AssetEdit::ImportPalettes(import));
    edit("id:1", AssetEdit::Remove)
}
