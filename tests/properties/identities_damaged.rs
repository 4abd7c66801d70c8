//! Identities with any damage: the pack has the same bytes, nothing fails, and the next identities are complete.

use packer_services::ops::Published;
use proptest::prelude::*;
use support::{TestProject, codes};

use crate::random::{Rng, any_rng, cases};

const IDENTITIES: &str = "assets/.prometeu/identities.json";

/// Damages `bytes` at a random place.
pub fn damage(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.below(bytes.len());
    match rng.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << rng.below(8),
        2 => bytes[at] = *rng.choose(b"0123456789\"{}[],:"),
        3 => {
            let count = rng.below(40);
            let more = rng.next_bytes(count);
            bytes.splice(at..at, more);
        }
        _ => {
            let end = (at + rng.below(64)).min(bytes.len());
            bytes[at..end].fill(0);
        }
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn damaged_identities_are_reported_and_harmless(mut rng in any_rng(), times in 1..4_usize) {
        let project = TestProject::example();
        project.pack();
        let (outputs, good) = (project.outputs(), project.read(IDENTITIES));
        let mut bytes = good.clone();
        for _ in 0..times {
            if !bytes.is_empty() {
                damage(&mut bytes, &mut rng);
            }
        }
        project.write(IDENTITIES, &bytes);
        let report = project.pack();
        prop_assert_eq!(report.published, Published::UpToDate);
        prop_assert!(project.outputs() == outputs && project.read(IDENTITIES) == good);
        if bytes == good {
            prop_assert_eq!(report.moved.as_ref().map(|moved| moved.len()), Some(0));
        } else {
            prop_assert!(report.moved.is_none(), "damaged identities must not be used");
            prop_assert!(codes(report.findings()).contains(&"cache-unusable"));
        }
    }
}
