//! The declaration of a new sound bank: its rate, and artifacts in the given order.

use super::{CreatedLoop, NamedFiles, NewLoop, NewSound, cannot_continue, no_place};
use crate::banks::sound::Sound;
use crate::banks::{Outcome, sound};
use crate::declaration::{Content, Convert, LoopChoice, SoundArtifact, SoundContent};
use crate::diagnostics::{Code, Finding, escaped, join_some, plural};
use crate::files::Folder;
use crate::formats::SampleLoop;
use crate::import::RateRatio;

/// A sound bank of the sounds in the folder `root`; `None` if something is wrong, which is added to `outcome`. With
/// `force` it is `None` only if the bank cannot even be declared.
pub(crate) fn declare_sound_bank(
    root: &Folder,
    named: &NamedFiles<'_>,
    options: &NewSound,
    force: bool,
    outcome: &mut Outcome,
) -> Option<Content> {
    let loops = find_loop_choices(named, &options.loops).map_err(|findings| outcome.findings.extend(findings)).ok()?;
    let names = named.names();
    let mut rates = Vec::new();
    // If the bank cannot be checked as an asset, they must not come up only after something else has been fixed.
    let mut sample_errors = Vec::new();
    let mut loop_notes = Vec::new();
    let mut artifacts = Vec::new();
    for ((index, name), looping) in (0u32..).zip(&names).zip(loops) {
        let artifact =
            || SoundArtifact { file: name.clone(), index, looping, convert: Convert::default(), place: no_place() };
        let mut source = match root.open(name) {
            Ok(source) => source,
            Err(error) => {
                outcome.findings.push(error.into_finding_about(name));
                artifacts.push(artifact());
                continue;
            }
        };
        match sound::read_structure(&mut source) {
            Ok(sound) => {
                rates.push((name, sound.rate_hz));
                // Allowed only where it happens, so that no artifact has a `convert` without effect.
                let convert = Convert {
                    downmix: options.convert.downmix && sound.channels == 2,
                    reduce_bit_depth: options.convert.reduce_bit_depth && sound.depth_bits > 16,
                };
                let mut artifact = SoundArtifact { convert, ..artifact() };
                loop_notes.extend(follow_file_loop(&mut artifact, FormerSound::None, &sound));
                sample_errors.extend(sound::find_sample_errors(&sound, &artifact));
                artifacts.push(artifact);
            }
            Err(sound::SoundError::Finding(finding)) => {
                outcome.findings.push(finding.file(name.as_str()));
                artifacts.push(artifact());
            }
            Err(sound::SoundError::Disk(error)) => outcome.record_disk_error(name, &error),
        }
    }
    let cannot_continue = cannot_continue(&outcome.findings, force);
    if cannot_continue && rates.is_empty() {
        return None;
    }
    let common = rates.first().map(|(_, rate)| *rate).filter(|first| rates.iter().all(|(_, rate)| rate == first));
    let Some(sample_rate_hz) = options.sample_rate_hz.or(common) else {
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
                 Each sound keeps its own. To resample them instead, pass `--rate HZ`.",
                most_common(rates.iter().map(|(_, rate)| *rate))
            ),
        ));
        outcome.findings.extend(sample_errors);
        return None;
    };
    if cannot_continue {
        outcome.findings.extend(sample_errors);
        return None;
    }
    // What can be created is checked again as a complete asset, with the same findings.
    outcome.findings.clear();
    outcome.findings.extend(loop_notes);
    if named.is_incomplete {
        outcome.findings.extend(sample_errors);
    }
    Some(Content::Sound(SoundContent { sample_rate_hz, artifacts }))
}

/// The sound that an artifact had before its file was replaced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FormerSound<'s> {
    /// The artifact is new.
    None,
    /// Its file is missing or damaged.
    Unreadable,
    /// This one.
    Sound(&'s Sound),
}

impl<'s> FormerSound<'s> {
    /// That of a file that was replaced; `None` if it could not be read.
    pub(crate) fn of_replaced(sound: Option<&'s Sound>) -> Self {
        sound.map_or(Self::Unreadable, Self::Sound)
    }
}

/// Adapts the loop of an artifact whose file was just added, or replaced: `former` is the sound that it had. The loop
/// that the file's markers state is declared, unless another one is. A declared loop stays at its time in the sound if
/// the file has another rate, and its end at the end of the sound. Returns notes about what was done, and about a sound
/// that loops differently.
pub(crate) fn follow_file_loop(artifact: &mut SoundArtifact, former: FormerSound<'_>, sound: &Sound) -> Vec<Finding> {
    let before = if let FormerSound::Sound(before) = former { Some(before) } else { None };
    let inside = |looping: &SampleLoop| looping.start < looping.end && looping.end <= sound.frames;
    let marked = sound.looping.marker_loop().filter(inside);
    let choice_before = artifact.looping;
    let declared = if let LoopChoice::At(looping) = choice_before { Some(looping) } else { None };
    let was_of_markers = declared.is_some() && declared == before.and_then(|before| before.looping.marker_loop());
    let mut notes = Vec::new();
    match (choice_before, marked) {
        (LoopChoice::Never, _) => {}
        (LoopChoice::At(declared), Some(marked)) if was_of_markers => {
            artifact.looping = LoopChoice::At(marked);
            notes.extend((marked != declared).then(|| marker_note(marked)));
        }
        (LoopChoice::At(_), None) if was_of_markers && sound::sample_loop(sound, LoopChoice::File).is_some() => {
            artifact.looping = LoopChoice::File;
            notes.push(Finding::new(
                Code::LoopChanged,
                "the new file states its loop itself: the loop that was declared for the markers was removed from the \
                 artifact",
                SET_LOOP,
            ));
        }
        (LoopChoice::At(declared), _) if matches!(former, FormerSound::Unreadable) => notes.push(Finding::new(
            Code::LoopChanged,
            format!(
                "the file that was replaced cannot be read, so the declared loop {declared} was not adapted: it counts \
                 frames of the new file, at {} Hz",
                sound.rate_hz
            ),
            CHECK_LOOP,
        )),
        (LoopChoice::At(declared), _) => {
            notes.extend(before.and_then(|before| adapt_declared_loop(artifact, declared, before, sound)));
            notes.extend((was_of_markers && marked.is_none()).then(|| {
                let keeps = if artifact.looping == choice_before { "keeps the loop" } else { "still declares a loop" };
                let message = format!("the markers of the loop are gone; the artifact {keeps}");
                Finding::new(Code::LoopChanged, message, SET_LOOP)
            }));
        }
        (LoopChoice::File, Some(marked)) => {
            artifact.looping = LoopChoice::At(marked);
            notes.push(marker_note(marked));
        }
        (LoopChoice::File, None) => notes.extend(sound.looping.single_marker().and_then(|at| {
            (at < sound.frames).then(|| {
                Finding::new(
                    Code::LoopUnread,
                    format!(
                        "the file has a single marker, at frame {at}; some games loop a sound from there until its end, \
                         but here it plays once"
                    ),
                    format!("If it should loop, run `prometeu-packer loop PROJECT ASSET SOUND {at}..{}`.", sound.frames),
                )
            })
        })),
    }
    // A declared loop that does not fit is an error, and no other loop.
    let declares = matches!(artifact.looping, LoopChoice::At(_));
    if let Some(before) = before.filter(|_| notes.is_empty() && !declares) {
        notes.extend(changed_loop_note((before, choice_before), (sound, artifact.looping)));
    }
    notes.into_iter().map(|note| note.file(artifact.file.as_str())).collect()
}

/// How the loop is set by hand.
const SET_LOOP: &str = "No change is needed. To set the loop by hand, run `prometeu-packer loop PROJECT ASSET SOUND START..END`, or \
     `none` to play the sound once.";

/// The same, about a loop that may be wrong.
const CHECK_LOOP: &str = "Check that the sound loops as it should. To set the loop by hand, run `prometeu-packer loop PROJECT ASSET SOUND \
     START..END`, or `none` to play the sound once.";

fn marker_note(looping: SampleLoop) -> Finding {
    Finding::new(
        Code::LoopMarkers,
        format!("the markers of the file state a loop, {looping} in frames: the artifact declares it as its `loop`"),
        "No change is needed. To play the sound once, run `prometeu-packer loop PROJECT ASSET SOUND none`.",
    )
}

/// Keeps a declared loop at its time in the sound, and its end at the end of the sound. Returns the note about it if
/// the loop changes.
fn adapt_declared_loop(
    artifact: &mut SoundArtifact,
    declared: SampleLoop,
    before: &Sound,
    sound: &Sound,
) -> Option<Finding> {
    let ratio = RateRatio::new(before.rate_hz, sound.rate_hz);
    let has_new_rate = before.rate_hz != sound.rate_hz;
    let scaled = ratio.scale_loop(declared);
    // Other programs may round the length of a sound in another way.
    let is_to_end = declared.end == before.frames || (has_new_rate && scaled.end == sound.frames + 1);
    let end = if is_to_end && scaled.start < sound.frames { sound.frames } else { scaled.end };
    let adapted = SampleLoop { end, ..scaled };
    if !has_new_rate && adapted == declared {
        return None;
    }
    artifact.looping = LoopChoice::At(adapted);
    let message = match has_new_rate {
        true => format!(
            "the declared loop was scaled from {} to {} Hz: {declared} became {adapted}{}{}",
            before.rate_hz,
            sound.rate_hz,
            ratio.rounding(declared),
            if end == scaled.end { "" } else { "; its end stays at the end of the sound" },
        ),
        false => format!(
            "the declared loop ends with the sound, which has {} now: {declared} became {adapted}",
            plural(sound.frames, "frame")
        ),
    };
    let is_usual = end.abs_diff(scaled.end) <= 1 && adapted.start < end && end <= sound.frames;
    Some(Finding::new(Code::LoopChanged, message, if is_usual { SET_LOOP } else { CHECK_LOOP }))
}

/// The note about a sound that loops elsewhere than the one before it, if both can be played.
fn changed_loop_note((before, choice): (&Sound, LoopChoice), (sound, new): (&Sound, LoopChoice)) -> Option<Finding> {
    let (old, new) = (sound::sample_loop(before, choice), sound::sample_loop(sound, new));
    let ratio = RateRatio::new(before.rate_hz, sound.rate_hz);
    let message = match (old, new) {
        (Some(old), Some(new)) if ratio.scale_loop(old) != new => {
            let at_rate = match before.rate_hz == sound.rate_hz {
                true => String::new(),
                false => format!(" at {} Hz", before.rate_hz),
            };
            format!("the sound loops {new} now, in frames; the previous one looped {old}{at_rate}")
        }
        (None, Some(new)) => format!("the sound loops {new} now, in frames; the previous one played once"),
        (Some(old), None) => format!("the sound plays once now; the previous one looped {old}, in frames"),
        _ => return None,
    };
    Some(Finding::new(Code::LoopChanged, message, SET_LOOP))
}

/// The most frequent value; of several, the lowest.
fn most_common(values: impl Iterator<Item = u32>) -> u32 {
    let mut counts = std::collections::BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0) += 1);
    counts.into_iter().max_by_key(|(value, count)| (*count, std::cmp::Reverse(*value))).map_or(0, |(value, _)| value)
}

/// Where each file loops.
///
/// # Errors
/// The loops of files that were not named.
fn find_loop_choices(named: &NamedFiles<'_>, loops: &[NewLoop]) -> Result<Vec<LoopChoice>, Vec<Finding>> {
    let names = named.names();
    let mut choices = vec![LoopChoice::File; names.len()];
    let mut findings = Vec::new();
    for NewLoop { file, looping } in loops {
        let choice = looping.map_or(LoopChoice::Never, LoopChoice::At);
        match file {
            None => choices.fill(choice),
            Some(file) => match named.position(file) {
                Some(at) => choices[at] = choice,
                // It may be the file that was left out, which has its own finding.
                None if named.is_incomplete => {}
                None => findings.push(Finding::new(
                    Code::FileMissing,
                    format!("a loop is set for `{}`, which is not one of the files of the new bank", escaped(file)),
                    format!(
                        "Use the name of one of the files: {}.",
                        join_some(names.iter().map(|name| format!("`{name}`")), ", ", 4)
                    ),
                )),
            },
        }
    }
    if findings.is_empty() { Ok(choices) } else { Err(findings) }
}

/// The loops of the sounds in the folder `root`, as the bank plays them.
pub(crate) fn created_loops(root: &Folder, content: &Content) -> Vec<CreatedLoop> {
    let Content::Sound(content) = content else { return Vec::new() };
    let loops = content.artifacts.iter().filter_map(|artifact| {
        let mut source = root.open(&artifact.file).ok()?;
        let sound = sound::read_structure(&mut source).ok()?;
        let looping = sound::sample_loop(&sound, artifact.looping)?;
        let (index, file) = (artifact.index, artifact.file.clone());
        Some(CreatedLoop { index, file, loop_start: looping.start, loop_end: looping.end })
    });
    loops.collect()
}
