//! The slots and bytes that a pack uses, and the limits that a caller sets for them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::diagnostics::{Code, Finding, join_some, plural};
use crate::formats::BANK_TYPES;
use crate::limits::SLOTS;
use crate::pack::container::{Entry, Header, is_produced};

/// The slots and bytes that a pack uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Budgets {
    /// One per bank type.
    pub banks: Vec<BankBudget>,
    /// The size of all payloads together.
    pub payload_bytes: u64,
}

/// The slots and bytes that one bank type uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankBudget {
    /// `GLYPH`, `SOUNDS` or `SCENE`.
    pub bank_type: &'static str,
    /// How many assets the pack contains.
    pub assets: usize,
    /// How many slots preload fills.
    pub slots_used: usize,
    /// How many slots exist.
    pub slots: u32,
    /// The size of its payloads.
    pub bytes: u64,
}

impl Budgets {
    /// Counts what a pack with this header uses. SCENE is listed only if the pack contains one.
    pub(crate) fn of(header: &Header) -> Self {
        let preloaded: HashSet<u32> = header.preload.iter().map(|preload| preload.asset_id).collect();
        let assets = header.entries.iter();
        Self::of_assets(
            assets.map(|entry| (entry.metadata.bank_type(), entry.size_bytes, preloaded.contains(&entry.asset_id))),
        )
    }

    /// Counts what a pack of these assets uses: of each its bank type, the size of its payload, and whether it is
    /// preloaded.
    pub(crate) fn of_assets<'s>(assets: impl Iterator<Item = (&'s str, u64, bool)>) -> Self {
        let unused = |bank_type| BankBudget { bank_type, assets: 0, slots_used: 0, slots: SLOTS, bytes: 0 };
        let mut banks: Vec<BankBudget> = BANK_TYPES.iter().copied().map(unused).collect();
        let mut payload_bytes = 0;
        for (bank_type, size_bytes, is_preloaded) in assets {
            payload_bytes += size_bytes;
            let Some(bank) = banks.iter_mut().find(|bank| bank.bank_type == bank_type) else { continue };
            bank.assets += 1;
            bank.slots_used += usize::from(is_preloaded);
            bank.bytes += size_bytes;
        }
        banks.retain(|bank| is_produced(bank.bank_type) || bank.assets > 0);
        Self { banks, payload_bytes }
    }
}

/// What a caller allows a pack to use; without a limit by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetLimits {
    /// The size of the whole `assets.pa`.
    pub bytes: Option<u64>,
    /// How many slots preload may fill, by bank type as in [`BANK_TYPES`].
    pub slots: BTreeMap<&'static str, u32>,
}

/// How many assets a finding about a budget names: enough to choose from, and still one line.
const ASSETS_NAMED: usize = 5;

impl BudgetLimits {
    /// The findings about a pack of `size_bytes` with this header that exceeds the limits.
    pub(crate) fn excess_findings(&self, header: &Header, size_bytes: u64) -> Vec<Finding> {
        let bytes = self.bytes.filter(|allowed| size_bytes > *allowed).map(|allowed| {
            let mut entries: Vec<&Entry> = header.entries.iter().collect();
            entries.sort_by_key(|entry| (Reverse(entry.size_bytes), entry.asset_id));
            let sizes = entries.iter().map(|entry| format!("{} {}", named(entry), plural(entry.size_bytes, "byte")));
            let largest = match entries.len() {
                0 => "The pack has no assets: the budget is too small for any pack.".to_owned(),
                _ => format!(
                    "The largest assets: {}. Make them smaller, exclude some, or raise `--max-bytes`.",
                    join_some(sizes, ", ", ASSETS_NAMED)
                ),
            };
            let message = format!(
                "the pack has {}; {allowed} are allowed: {} too many",
                plural(size_bytes, "byte"),
                size_bytes - allowed
            );
            Finding::new(Code::BudgetBytes, message, largest)
        });
        let slots = self.slots.iter().filter_map(|(bank_type, allowed)| {
            let slot_of = |entry: &Entry| header.preload.iter().find(|preload| preload.asset_id == entry.asset_id);
            let entries = header.entries.iter().filter(|entry| entry.metadata.bank_type() == *bank_type);
            let mut taken: Vec<(u32, &Entry)> =
                entries.filter_map(|entry| slot_of(entry).map(|preload| (preload.slot, entry))).collect();
            taken.sort_by_key(|(slot, _)| *slot);
            let over = taken.len().checked_sub(*allowed as usize).filter(|over| *over > 0)?;
            let listed = taken.iter().map(|(slot, entry)| format!("{slot} {}", named(entry)));
            Some(Finding::new(
                Code::BudgetSlots,
                format!(
                    "{} of {bank_type} {} used; {allowed} allowed: {over} too many",
                    plural(taken.len() as u64, "slot"),
                    if taken.len() == 1 { "is" } else { "are" }
                ),
                format!(
                    "Used slots: {}. Set `preload.enabled` to false in some, exclude some, or raise `--max-slots`.",
                    join_some(listed, ", ", ASSETS_NAMED)
                ),
            ))
        });
        bytes.into_iter().chain(slots).collect()
    }
}

fn named(entry: &Entry) -> String {
    format!("{} (asset {})", entry.asset_name, entry.asset_id)
}
