//! The number of cases of a property, and its random data.

use proptest::prelude::*;
use proptest::test_runner::Config;
pub use support::random::Rng;

/// `usual` cases, unless `PROPTEST_CASES` says otherwise. A failure prints its smallest input, and writes no file.
pub fn cases(usual: u32) -> Config {
    let default = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { usual };
    Config { cases, failure_persistence: None, ..default }
}

/// A generator of random data with any seed.
pub fn any_rng() -> impl Strategy<Value = Rng> {
    any::<u64>().no_shrink().prop_map(Rng::seeded)
}
