//! The declaration of a new sound bank: its rate, and artifacts in the given order.

use super::{cannot_continue, no_place};
use crate::banks::{Outcome, sound};
use crate::declaration::{Content, Convert, LoopChoice, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, join_some};
use crate::files::Folder;
use crate::paths::RelPath;

/// A sound bank of the sounds in the folder `root`; `None` if something is wrong, which is added to `outcome`. With
/// `force` it is `None` only if the bank cannot even be declared.
pub(crate) fn declare_sound_bank(
    root: &Folder,
    names: &[RelPath],
    sample_rate_hz: Option<u32>,
    convert: Convert,
    force: bool,
    outcome: &mut Outcome,
) -> Option<Content> {
    let mut rates = Vec::new();
    let mut artifacts = Vec::new();
    for (index, name) in (0u32..).zip(names) {
        let mut source = match root.open(name) {
            Ok(source) => source,
            Err(error) => {
                outcome.findings.push(error.into_finding_about(name));
                artifacts.push(plain_artifact(name, index));
                continue;
            }
        };
        match sound::read_structure(&mut source) {
            Ok(sound) => {
                rates.push((name, sound.rate_hz));
                // Allowed only where it happens, so that no artifact has a `convert` without effect.
                let convert = Convert {
                    downmix: convert.downmix && sound.channels == 2,
                    reduce_bit_depth: convert.reduce_bit_depth && sound.depth_bits > 16,
                };
                artifacts.push(SoundArtifact { convert, ..plain_artifact(name, index) });
            }
            Err(sound::SoundError::Finding(finding)) => {
                outcome.findings.push(finding.file(name.as_str()));
                artifacts.push(plain_artifact(name, index));
            }
            Err(sound::SoundError::Disk(error)) => outcome.record_disk_error(name, &error),
        }
    }
    if cannot_continue(&outcome.findings, force) {
        return None;
    }
    let common = rates.first().map(|(_, rate)| *rate).filter(|first| rates.iter().all(|(_, rate)| rate == first));
    let Some(sample_rate_hz) = sample_rate_hz.or(common) else {
        if rates.is_empty() {
            outcome.findings.push(Finding::new(
                Code::RateNeeded,
                "the sample rate cannot be determined: none of the files can be read",
                "Pass the bank's nominal rate: `--sample-rate HZ`.",
            ));
            return None;
        }
        let listed: Vec<String> = rates.iter().map(|(name, rate)| format!("{name} {rate} Hz")).collect();
        outcome.findings.push(Finding::new(
            Code::RateNeeded,
            format!("the files have different sample rates: {}", join_some(listed.iter(), ", ", 4)),
            format!(
                "Pass the bank's nominal rate, which programs may assume: `--sample-rate {}` is the most common one here. \
                 Each sound keeps its own.",
                most_common(rates.iter().map(|(_, rate)| *rate))
            ),
        ));
        return None;
    };
    // The asset is checked again as a complete asset later, with the same findings.
    outcome.findings.clear();
    Some(Content::Sound(SoundContent { sample_rate_hz, artifacts }))
}

/// The most frequent value; of several, the lowest.
fn most_common(values: impl Iterator<Item = u32>) -> u32 {
    let mut counts = std::collections::BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0) += 1);
    counts.into_iter().max_by_key(|(value, count)| (*count, std::cmp::Reverse(*value))).map_or(0, |(value, _)| value)
}

fn plain_artifact(name: &RelPath, index: u32) -> SoundArtifact {
    SoundArtifact {
        file: name.clone(),
        index,
        looping: LoopChoice::File,
        convert: Convert::default(),
        place: no_place(),
    }
}
