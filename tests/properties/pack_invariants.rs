//! The guarantees of a pack, for random projects: it contains the images and sounds; its bytes depend only on the build
//! set's bytes; an edit of one asset changes no other.

use std::num::NonZeroUsize;

use packer_services::Context;
use packer_services::declaration::{Content, Declaration};
use packer_services::diagnostics::Finding;
use packer_services::ops::{Operation, Pack, PackReport, Published, Report, VerifyPack};
use proptest::prelude::*;
use serde_json::Value;
use support::any_bytes::without_places;
use support::oracle::reader::Pack as IndependentPack;
use support::{TestProject, codes};

use crate::pack_findings::canonical;
use crate::projects::ProjectPlan;
use crate::random::{Rng, any_rng, cases};

fn pack_with(project: &TestProject, change: impl FnOnce(Pack) -> Pack) -> Report<PackReport> {
    change(project.pack_request()).run(&Context::new()).unwrap()
}

/// Packs a project without errors.
fn pack(project: &TestProject) {
    let report = project.pack();
    let errors: Vec<&Finding> = report.findings().iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty(), "{}", errors[0]);
    assert_ne!(report.published, Published::Blocked);
}

/// The slices of the published pack, by id.
fn slices(project: &TestProject) -> Vec<(u32, Vec<u8>)> {
    let pack = IndependentPack::open(project.at("build/assets.pa")).unwrap();
    pack.entries().iter().map(|entry| (entry.asset_id, pack.slice(entry).unwrap())).collect()
}

fn header(pack: &[u8]) -> &[u8] {
    let length = u32::from_le_bytes(pack[8..12].try_into().unwrap());
    &pack[32..32 + length as usize]
}

/// Shuffles the lists whose order has no effect, in every declaration.
fn shuffle_declarations(project: &TestProject, plan: &ProjectPlan, rng: &mut Rng) {
    for asset in &plan.0 {
        let file = format!("assets/{}/asset.json", asset.root);
        let mut value: Value = serde_json::from_slice(&project.read(&file)).unwrap();
        for pointer in ["/artifacts", "/output/pipeline/palettes"] {
            if let Some(Value::Array(list)) = value.pointer_mut(pointer) {
                rng.shuffle(list);
            }
        }
        project.write(&file, serde_json::to_vec(&value).unwrap());
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn pack_contains_the_source_content(mut rng in any_rng()) {
        let plan = ProjectPlan::random(&mut rng);
        let project = plan.build();
        pack(&project);
        plan.assert_packed(&project);
        let file = project.at("build/assets.pa");
        let verified = VerifyPack::new(file).run(&Context::new()).unwrap();
        prop_assert_eq!(codes(verified.findings()), [] as [&str; 0]);
        prop_assert!(verified.payload_checked);
        let bytes = project.pack_bytes();
        let parsed: Value = serde_json::from_slice(header(&bytes)).unwrap();
        let emitted = canonical(&parsed);
        prop_assert_eq!(emitted.as_bytes(), header(&bytes), "the header must be canonical");
        let member = |name: &str| canonical(&parsed[name]).into_bytes();
        prop_assert_eq!(project.read("build/asset_table.json"), member("asset_table"));
        prop_assert_eq!(project.read("build/preload.json"), member("preload"));
        let metadata = canonical(&plan.expected_metadata(&project)).into_bytes();
        prop_assert_eq!(project.read("build/asset_table_metadata.json"), metadata);
    }

    #[test]
    fn order_changes_no_byte(mut rng in any_rng()) {
        let plan = ProjectPlan::random(&mut rng);
        let project = plan.build();
        pack(&project);
        let first = project.outputs();
        let check = |project: &TestProject| pack_with(project, |request| request.check(true)).published;
        prop_assert_eq!(check(&project), Published::UpToDate);
        for jobs in [None, Some(1), Some(4)] {
            pack_with(&project, |request| request.jobs(jobs.and_then(NonZeroUsize::new)));
            prop_assert_eq!(project.outputs(), first.clone(), "{:?} jobs", jobs);
        }
        let elsewhere = plan.build();
        shuffle_declarations(&elsewhere, &plan, &mut rng);
        pack(&elsewhere);
        // The third companion contains hashes of the declarations; the others and the pack do not depend on their
        // order.
        for name in ["assets.pa", "asset_table.json", "preload.json"] {
            prop_assert_eq!(elsewhere.read(&format!("build/{name}")), project.read(&format!("build/{name}")), "{}", name);
        }
        prop_assert_eq!(check(&elsewhere), Published::UpToDate);
    }

    #[test]
    fn edit_changes_only_its_own_payload(mut rng in any_rng()) {
        let mut plan = ProjectPlan::random(&mut rng);
        let project = plan.build();
        pack(&project);
        let before = slices(&project);
        if plan.0.is_empty() {
            return Ok(());
        }
        let at = rng.below(plan.0.len());
        let id = u32::try_from(at + 1).unwrap();
        plan.0[at].bank = plan.0[at].bank.another(&mut rng);
        plan.0[at].write_files(&project);
        // A raw bank may have another type now, and its slot may be taken.
        plan.0[at].preload.slot = None;
        project.write(&format!("assets/{}/asset.json", plan.0[at].root), plan.0[at].declaration(id).to_bytes());
        let check = pack_with(&project, |request| request.check(true)).published;
        pack(&project);
        plan.assert_packed(&project);
        let others = |slices: Vec<(u32, Vec<u8>)>| slices.into_iter().filter(|(other, _)| *other != id).collect::<Vec<_>>();
        prop_assert_eq!(check == Published::UpToDate, !plan.0[at].included, "`pack --check` must notice an edit of the build set");
        prop_assert_eq!(others(slices(&project)), others(before));
    }

    #[test]
    fn declaration_round_trips(mut rng in any_rng()) {
        for (n, asset) in (1..).zip(ProjectPlan::random(&mut rng).0) {
            let mut declaration = asset.declaration(n);
            if rng.one_in(2) {
                declaration.input_palettes = vec![support::rel_path("source/a.gpl"), support::rel_path("ü b.gpl")];
            }
            if let Content::Glyph(glyph) = &mut declaration.content {
                glyph.palettes[0].name = Some("Abend \"rot\" \\ 夜".into());
            }
            let reading = Declaration::read(&declaration.to_bytes());
            prop_assert_eq!(codes(&reading.findings), [] as [&str; 0]);
            prop_assert_eq!(reading.declaration.map(without_places), Some(without_places(declaration)));
        }
    }
}
