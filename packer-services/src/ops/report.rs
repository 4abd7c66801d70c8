//! Parts that several reports share.

use serde::Serialize;

use crate::formats::BANK_TYPES;
use crate::limits::SLOTS;
use crate::pack::container::{Header, is_produced};

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
    pub fn of(header: &Header) -> Self {
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
