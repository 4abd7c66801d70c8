//! What is entered about the sample rate of a new sound bank.

/// What happens to sounds whose rate is not that of the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateChoice {
    /// All files have the same rate, which becomes that of the bank.
    OfFiles,
    /// They are resampled.
    Resample,
    /// They keep their own rate.
    Keep,
}

impl RateChoice {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::OfFiles, Self::Resample, Self::Keep];

    /// Its name in the window, before the rate.
    pub fn name(self) -> &'static str {
        match self {
            Self::OfFiles => "as in the files",
            Self::Resample => "resample to",
            Self::Keep => "unchanged, but call it",
        }
    }
}

/// The sample rate as it is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateForm {
    /// What happens to the sounds.
    pub choice: RateChoice,
    /// The rate, in Hz; it is kept while another choice is made.
    pub hz: u32,
}

impl RateForm {
    /// The rates that can be entered, in Hz.
    pub const RANGE: std::ops::RangeInclusive<u32> = 1000..=192_000;

    /// The rate that all sounds get, in Hz; `None` if none is resampled.
    pub fn resampled_hz(self) -> Option<u32> {
        (self.choice == RateChoice::Resample).then_some(self.hz)
    }

    /// The nominal rate of the bank, in Hz; `None` if it is that of the files, which can be resampled ones.
    pub fn nominal_hz(self) -> Option<u32> {
        (self.choice == RateChoice::Keep).then_some(self.hz)
    }
}

impl Default for RateForm {
    fn default() -> Self {
        Self { choice: RateChoice::OfFiles, hz: 22_050 }
    }
}
