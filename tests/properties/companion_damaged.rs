//! A companion with any damage: `list` and `pack` report the same as without it, nothing fails, and the pack is the
//! same.

use packer_services::Context;
use packer_services::ops::{ListAssets, Operation, Published};
use proptest::prelude::*;
use support::{TestProject, codes};

use crate::identities_damaged::damage;
use crate::random::{any_rng, cases};

const CACHE: &str = "assets/.prometeu/identities.json";
const COMPANION: &str = "build/asset_table_metadata.json";

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn damaged_companion_breaks_nothing(mut rng in any_rng(), times in 1..4_usize, is_cached: bool) {
        let project = TestProject::example();
        project.pack();
        let outputs = project.outputs();
        let list = ListAssets::new(project.root());
        let known = list.run(&Context::new()).unwrap();
        let mut bytes = project.read(COMPANION);
        for _ in 0..times {
            if !bytes.is_empty() {
                damage(&mut bytes, &mut rng);
            }
        }
        project.write(COMPANION, &bytes);
        if !is_cached {
            std::fs::remove_file(project.at(CACHE)).unwrap();
        }
        let listed = list.run(&Context::new()).unwrap();
        prop_assert_eq!(codes(listed.findings()), codes(known.findings()));
        prop_assert_eq!(listed.assets.len(), known.assets.len());
        let report = project.pack();
        let is_damaged = outputs[2].as_deref() != Some(&*bytes);
        prop_assert_eq!(report.published, if is_damaged { Published::Published } else { Published::UpToDate });
        prop_assert!(project.outputs() == outputs);
        if let Some(previous) = &report.previous {
            prop_assert_eq!(previous.size_bytes, report.pack.as_ref().unwrap().size_bytes);
        }
    }
}
