//! What a pack uses of its slots and bytes, and how much of them it may use.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostics::{Code, Finding, join_some, plural};
use crate::formats::BANK_TYPES;
use crate::limits::SLOTS;
use crate::pack::container::{Entry, Header, is_produced};

/// What a pack uses of what there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Budgets {
    /// One a bank type.
    pub banks: Vec<BankBudget>,
    /// All payloads together.
    pub payload_bytes: u64,
}

/// What a pack uses of a bank type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankBudget {
    /// `GLYPH`, `SOUNDS` or `SCENE`.
    pub bank_type: &'static str,
    /// Assets in the pack.
    pub assets: usize,
    /// Slots that preload fills.
    pub slots_used: usize,
    /// Slots there are.
    pub slots: u32,
    /// Payload bytes.
    pub bytes: u64,
}

impl Budgets {
    /// Of a pack with this header. SCENE is listed only if it is there.
    pub(crate) fn of(header: &Header) -> Self {
        let banks = BANK_TYPES.iter().map(|bank_type| {
            let mine = || header.entries.iter().filter(|entry| entry.metadata.bank_type() == *bank_type);
            let preloaded = |id: u32| header.preload.iter().any(|preload| preload.asset_id == id);
            BankBudget {
                bank_type,
                assets: mine().count(),
                slots_used: mine().filter(|entry| preloaded(entry.asset_id)).count(),
                slots: SLOTS,
                bytes: mine().map(|entry| entry.size_bytes).sum(),
            }
        });
        Self {
            banks: banks.filter(|bank| is_produced(bank.bank_type) || bank.assets > 0).collect(),
            payload_bytes: header.payload_bytes(),
        }
    }
}

/// What a caller allows a pack to use; by default all that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetLimits {
    /// Of the whole `assets.pa`.
    pub bytes: Option<u64>,
    /// Assets that preload puts into slots, by bank type as in [`BANK_TYPES`].
    pub slots: BTreeMap<&'static str, u32>,
}

/// How many assets a finding about a budget names.
const ASSETS_NAMED: usize = 5;

impl BudgetLimits {
    /// What a pack with this header, of `size_bytes` in all, uses past it.
    pub(crate) fn judge(&self, header: &Header, size_bytes: u64) -> Vec<Finding> {
        let bytes = self.bytes.filter(|allowed| size_bytes > *allowed).map(|allowed| {
            let mut entries: Vec<&Entry> = header.entries.iter().collect();
            entries.sort_by_key(|entry| (Reverse(entry.size_bytes), entry.asset_id));
            let sizes = entries.iter().map(|entry| format!("{} {}", named(entry), plural(entry.size_bytes, "byte")));
            let largest = match entries.len() {
                0 => "No asset is in it: the budget is too small for any pack.".to_owned(),
                _ => format!(
                    "The largest: {}. Make them smaller, exclude some, or raise `--max-bytes`.",
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
                    "{} of {bank_type} {} filled; {allowed} allowed: {over} too many",
                    plural(taken.len() as u64, "slot"),
                    if taken.len() == 1 { "is" } else { "are" }
                ),
                format!(
                    "In slots: {}. Set `preload.enabled` to false in some, exclude some, or raise `--max-slots`.",
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
