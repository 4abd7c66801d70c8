//! A cache with any damage: the pack has the same bytes, nothing fails, and the next cache is whole.

use packer_services::ops::Published;
use proptest::prelude::*;
use support::{TestProject, codes};

use crate::cases::{Dice, cases};

const CACHE: &str = "assets/.prometeu/cache.json";

/// Damages `bytes` somehow.
pub fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    match dice.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << dice.below(8),
        2 => bytes[at] = *dice.pick(b"0123456789\"{}[],:"),
        3 => {
            let count = dice.below(40);
            let more = dice.bytes(count);
            bytes.splice(at..at, more);
        }
        _ => {
            let end = (at + dice.below(64)).min(bytes.len());
            bytes[at..end].fill(0);
        }
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn damage_changes_no_byte_of_a_pack_and_is_told(mut dice in Dice::any(), times in 1..4_usize) {
        let project = TestProject::example();
        project.pack();
        let (outputs, good) = (project.outputs(), project.read(CACHE));
        let mut bytes = good.clone();
        for _ in 0..times {
            if !bytes.is_empty() {
                damage(&mut bytes, &mut dice);
            }
        }
        project.write(CACHE, &bytes);
        let report = project.pack();
        prop_assert_eq!(report.published, Published::Published);
        prop_assert!(project.outputs() == outputs && project.read(CACHE) == good);
        if bytes == good {
            prop_assert_eq!(report.moved.as_ref().map(|moved| moved.len()), Some(0));
        } else {
            prop_assert!(report.moved.is_none(), "damage is never taken for truth");
            prop_assert!(codes(report.findings()).contains(&"cache-unusable"));
        }
    }
}
