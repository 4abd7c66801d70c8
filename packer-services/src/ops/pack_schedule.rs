//! When to pack a project that is being edited, and which results to report. The time is an argument: nothing here
//! waits, packs or reads a file. The loops of [`WatchProject`](super::WatchProject) and of a window ask what is next.

use std::time::{Duration, Instant};

use super::pack::{PackReport, Published};
use crate::change::Change;
use crate::diagnostics::{Blame, Code, Finding, has_errors};
use crate::files::Sha;
use crate::operation::Report;

/// Saves that follow each other within this time are packed once, such as the images of an export, or a file that its
/// program writes twice.
const GATHER_TIME: Duration = Duration::from_millis(200);
/// No change waits longer for its pack, even if others keep coming.
const MAX_GATHER_TIME: Duration = Duration::from_secs(1);
/// A pack that failed is reported if nothing changes for this time: longer than one interval of polling (2 s), so that
/// a file that is still being written is seen to grow, and longer than most programs need to write one file.
const SETTLE_TIME: Duration = Duration::from_millis(2500);
/// A failure is reported after this time even if the project never settles: somebody waits for an answer.
const MAX_SETTLE_TIME: Duration = Duration::from_secs(10);
/// A pack that could not run is tried again after this time: what hinders it, such as a full disk, is often no file of
/// the project, so no change reports its end.
const RETRY_TIME: Duration = Duration::from_secs(10);

/// The result of a pack, or the findings that say why it could not run.
pub type PackAnswer = Result<Report<PackReport>, Vec<Finding>>;

/// What the owner of a [`PackSchedule`] does next.
#[derive(Debug)]
pub enum PackStep {
    /// Pack the project, and pass the result to [`PackSchedule::finish`].
    Pack,
    /// Report this result, which differs from the last reported one.
    Report(Box<PackAnswer>),
    /// Do nothing before this time, unless a change comes; `None`: until a change comes.
    Wait(Option<Instant>),
}

/// Decides when to pack a project that is being edited, and which results to report.
///
/// - Each change is packed, together with those that soon follow it. A change during a pack is packed after it.
/// - A pack that failed is held until nothing has changed for a moment. If something changes, it is dropped: the file
///   may have been half written.
/// - A pack that could not run is tried again after some seconds.
/// - A result that is equal to the last reported one is not reported.
///
/// ```
/// use std::time::{Duration, Instant};
/// use packer_services::ops::{PackSchedule, PackStep};
/// use packer_services::watch::Change;
///
/// let mut schedule = PackSchedule::new();
/// let saved = Instant::now();
/// schedule.note_change(&Change::Everything, saved);
/// let PackStep::Wait(Some(due)) = schedule.next_step(saved) else { panic!("another save may follow") };
/// assert!(due - saved < Duration::from_secs(1));
/// assert!(matches!(schedule.next_step(due), PackStep::Pack));
/// ```
#[derive(Debug, Default)]
pub struct PackSchedule {
    /// When the first and the last change came that no pack has read.
    unpacked: Option<(Instant, Instant)>,
    last_change: Option<Instant>,
    is_packing: bool,
    is_gone: bool,
    /// A result, and when it is reported.
    held: Option<(PackAnswer, Instant)>,
    /// Since when all packs have failed without a report.
    failing_since: Option<Instant>,
    retry_at: Option<Instant>,
    /// The last reported result.
    reported: Option<Outcome>,
}

/// What is compared of two results. If these are equal, so is `build/`.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    sha256: Option<Sha>,
    findings: Vec<Finding>,
}

impl Outcome {
    fn of(answer: &PackAnswer) -> Self {
        let sha256 = answer.as_ref().ok().and_then(|report| report.pack.as_ref()).map(|pack| pack.sha256);
        // Only the first pack after a change of the registry looks for roots that are not in it.
        let findings = findings_of(answer).iter().filter(|finding| finding.code != Code::UnregisteredRoot);
        Self { sha256, findings: findings.cloned().collect() }
    }
}

fn findings_of(answer: &PackAnswer) -> &[Finding] {
    match answer {
        Ok(report) => report.findings(),
        Err(findings) => findings,
    }
}

impl PackSchedule {
    /// A schedule that waits for the first change.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what happened to the project's files.
    pub fn note_change(&mut self, change: &Change, now: Instant) {
        self.is_gone = *change == Change::Vanished;
        self.held = None;
        if self.is_gone {
            *self = Self { is_gone: true, is_packing: self.is_packing, ..Self::default() };
            return;
        }
        let first = self.unpacked.map_or(now, |(first, _)| first);
        self.unpacked = Some((first, now));
        self.last_change = Some(now);
    }

    /// Takes the result of a pack.
    pub fn finish(&mut self, answer: PackAnswer, now: Instant) {
        self.is_packing = false;
        self.retry_at = None;
        if self.is_gone {
            return;
        }
        let findings = findings_of(&answer);
        if !has_errors(findings) {
            self.failing_since = None;
            self.held = Some((answer, now));
            return;
        }
        if findings.iter().any(|finding| finding.is_error() && finding.code.blame() == Blame::System) {
            self.retry_at = Some(now + RETRY_TIME);
        }
        let last_moment = *self.failing_since.get_or_insert(now) + MAX_SETTLE_TIME;
        let settled = self.last_change.unwrap_or(now) + SETTLE_TIME;
        if self.unpacked.is_none() || last_moment <= now {
            self.held = Some((answer, settled.min(last_moment)));
        }
    }

    /// Another pack of the project was reported, such as one that the user asked for: an equal result is not reported.
    pub fn note_reported(&mut self, answer: &PackAnswer) {
        self.reported = Some(Outcome::of(answer));
    }

    /// A pack ended without a result, because the user cancelled it.
    pub fn cancel(&mut self) {
        self.is_packing = false;
    }

    /// What to do now. [`PackStep::Pack`] and [`PackStep::Report`] are returned once.
    pub fn next_step(&mut self, now: Instant) -> PackStep {
        if let Some((answer, _)) = self.held.take_if(|(_, at)| *at <= now) {
            self.failing_since = None;
            let outcome = Outcome::of(&answer);
            let is_published = answer.as_ref().is_ok_and(|report| report.published == Published::Published);
            if is_published || self.reported.as_ref() != Some(&outcome) {
                self.reported = Some(outcome);
                return PackStep::Report(Box::new(answer));
            }
        }
        let gathered = self.unpacked.map(|(first, last)| (last + GATHER_TIME).min(first + MAX_GATHER_TIME));
        let pack_at = gathered.into_iter().chain(self.retry_at).min().filter(|_| !self.is_packing);
        if pack_at.is_some_and(|at| at <= now) {
            self.unpacked = None;
            self.retry_at = None;
            self.is_packing = true;
            return PackStep::Pack;
        }
        let held_until = self.held.as_ref().map(|(_, at)| *at);
        PackStep::Wait(pack_at.into_iter().chain(held_until).min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::ops::{CacheReport, CacheState, PackSummary};

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn saved() -> Change {
        Change::Paths(["hero/a.png".to_owned()].into())
    }

    /// The result of a pack. `pack` stands for the bytes of the pack, and is reported as its project.
    fn answer(published: Published, pack: &str, findings: Vec<Finding>) -> PackAnswer {
        let summary = PackSummary { path: pack.to_owned(), size_bytes: 63, sha256: Sha::of(pack.as_bytes()) };
        let report = PackReport {
            project: pack.to_owned(),
            published,
            pack: Some(summary).filter(|_| published != Published::Blocked),
            assets: Vec::new(),
            budgets: None,
            excluded: 0,
            moved: None,
            loops: None,
            previous: None,
            changes: None,
            cache: CacheReport { state: CacheState::NotUsed, reused: 0, rebuilt: Vec::new() },
            reproduced: None,
        };
        Ok(Report::new(report, findings))
    }

    fn published(pack: &str) -> PackAnswer {
        answer(Published::Published, pack, Vec::new())
    }

    fn up_to_date(pack: &str) -> PackAnswer {
        answer(Published::UpToDate, pack, Vec::new())
    }

    fn blocked(message: &str) -> PackAnswer {
        answer(Published::Blocked, "", vec![Finding::new(Code::FileMissing, message, "Save it again.")])
    }

    fn refused() -> PackAnswer {
        Err(vec![Finding::new(Code::DiskFull, "full", "Free space.")])
    }

    /// What a result says, in a few words.
    fn words(answer: &PackAnswer) -> String {
        match (findings_of(answer).first(), answer) {
            (Some(finding), _) => finding.message.clone(),
            (None, Ok(report)) => format!("{:?} {}", report.published, report.project),
            (None, Err(_)) => String::new(),
        }
    }

    /// A schedule, its time, and how often it packed.
    struct Scene {
        schedule: PackSchedule,
        now: Instant,
        packs: usize,
    }

    fn scene() -> Scene {
        Scene { schedule: PackSchedule::new(), now: Instant::now(), packs: 0 }
    }

    impl Scene {
        fn save(&mut self) {
            self.schedule.note_change(&saved(), self.now);
        }

        /// Lets time pass. Each pack takes no time and returns `answer`. Returns what is reported.
        fn pass(&mut self, time: Duration, answer: impl Fn() -> PackAnswer) -> Vec<String> {
            let end = self.now + time;
            let mut reports = Vec::new();
            loop {
                match self.schedule.next_step(self.now) {
                    PackStep::Pack => {
                        self.packs += 1;
                        self.schedule.finish(answer(), self.now);
                    }
                    PackStep::Report(answer) => reports.push(words(&answer)),
                    PackStep::Wait(Some(due)) if due <= end => {
                        assert!(due > self.now, "it would not wait");
                        self.now = due;
                    }
                    PackStep::Wait(_) => break,
                }
            }
            self.now = end;
            reports
        }
    }

    #[test]
    fn idle_schedule_does_nothing() {
        let mut scene = scene();
        assert!(matches!(scene.schedule.next_step(scene.now), PackStep::Wait(None)));
        scene.save();
        scene.pass(ms(1000), || published("a"));
        assert!(matches!(scene.schedule.next_step(scene.now), PackStep::Wait(None)));
    }

    #[test]
    fn quick_saves_are_packed_once() {
        let mut scene = scene();
        for _ in 0..4 {
            scene.save();
            assert_eq!(scene.pass(ms(100), || published("a")), [] as [&str; 0]);
        }
        assert_eq!(scene.pass(ms(100), || published("a")), ["Published a"]);
        assert_eq!(scene.packs, 1);
    }

    #[test]
    fn endless_saves_are_packed_each_second() {
        let mut scene = scene();
        for _ in 0..50 {
            scene.save();
            scene.pass(ms(100), || published("a"));
        }
        assert_eq!(scene.packs, 5);
    }

    #[test]
    fn change_during_pack_packs_again() {
        let mut scene = scene();
        scene.save();
        assert!(matches!(scene.schedule.next_step(scene.now + GATHER_TIME), PackStep::Pack));
        scene.save();
        assert!(matches!(scene.schedule.next_step(scene.now + ms(900)), PackStep::Wait(None)), "it is packing");
        scene.schedule.finish(published("a"), scene.now);
        assert_eq!(scene.pass(ms(900), || published("b")), ["Published a", "Published b"]);
        assert_eq!(scene.pass(ms(90_000), || published("c")), [] as [&str; 0]);
    }

    #[test]
    fn half_written_file_is_not_reported() {
        let mut scene = scene();
        scene.save();
        assert_eq!(scene.pass(ms(2000), || blocked("half a file")), [] as [&str; 0]);
        scene.save();
        assert_eq!(scene.pass(ms(1000), || published("whole")), ["Published whole"]);
        assert_eq!(scene.pass(ms(60_000), || published("never")), [] as [&str; 0]);
        assert_eq!(scene.packs, 2);
    }

    #[test]
    fn settled_failure_is_reported_once() {
        let mut scene = scene();
        scene.save();
        assert_eq!(scene.pass(ms(2499), || blocked("bad")), [] as [&str; 0]);
        assert_eq!(scene.pass(ms(1), || blocked("bad")), ["bad"]);
        scene.save();
        assert_eq!(scene.pass(ms(60_000), || blocked("bad")), [] as [&str; 0], "it is known");
        scene.save();
        assert_eq!(scene.pass(ms(60_000), || blocked("worse")), ["worse"]);
        assert_eq!(scene.packs, 3);
    }

    #[test]
    fn failure_during_endless_saves_is_reported() {
        let mut scene = scene();
        let mut reports = Vec::new();
        for _ in 0..25 {
            scene.save();
            reports.extend(scene.pass(ms(500), || blocked("bad")));
        }
        assert_eq!(reports, ["bad"]);
    }

    #[test]
    fn equal_results_are_reported_once() {
        let mut scene = scene();
        let mut save = |answer: fn() -> PackAnswer| {
            scene.save();
            scene.pass(ms(5000), answer)
        };
        assert_eq!(save(|| up_to_date("a")), ["UpToDate a"], "the first answer");
        assert_eq!(save(|| up_to_date("a")), [] as [&str; 0]);
        assert_eq!(save(|| published("b")), ["Published b"]);
        assert_eq!(save(|| up_to_date("b")), [] as [&str; 0]);
        assert_eq!(save(|| blocked("bad")), ["bad"]);
        assert_eq!(save(|| up_to_date("b")), ["UpToDate b"], "it is well again");
        assert_eq!(save(|| published("b")), ["Published b"], "the files were written");
    }

    #[test]
    fn pack_that_cannot_run_is_repeated() {
        let mut scene = scene();
        scene.save();
        assert_eq!(scene.pass(ms(9000), refused), ["full"]);
        assert_eq!(scene.pass(ms(60_000), refused), [] as [&str; 0], "it is known");
        assert!((6..8).contains(&scene.packs), "{}", scene.packs);
        assert_eq!(scene.pass(ms(10_000), || published("a")), ["Published a"]);
        assert_eq!(scene.pass(ms(60_000), || published("b")), [] as [&str; 0], "nothing changed since");
    }

    #[test]
    fn vanished_project_is_not_packed() {
        let mut scene = scene();
        scene.save();
        assert_eq!(scene.pass(ms(1000), refused), [] as [&str; 0]);
        scene.schedule.note_change(&Change::Vanished, scene.now);
        assert_eq!(scene.pass(ms(60_000), refused), [] as [&str; 0]);
        assert_eq!(scene.packs, 1);
        scene.schedule.note_change(&Change::Returned, scene.now);
        assert_eq!(scene.pass(ms(1000), || up_to_date("a")), ["UpToDate a"]);
    }

    #[test]
    fn result_of_vanished_project_is_dropped() {
        let mut scene = scene();
        scene.save();
        assert!(matches!(scene.schedule.next_step(scene.now + GATHER_TIME), PackStep::Pack));
        scene.schedule.note_change(&Change::Vanished, scene.now);
        scene.schedule.finish(refused(), scene.now);
        assert_eq!(scene.pass(ms(60_000), refused), [] as [&str; 0]);
        assert_eq!(scene.packs, 0);
    }

    #[test]
    fn result_reported_elsewhere_is_known() {
        let mut scene = scene();
        scene.schedule.note_reported(&published("a"));
        scene.save();
        assert_eq!(scene.pass(ms(1000), || up_to_date("a")), [] as [&str; 0]);
    }

    #[test]
    fn cancelled_pack_waits_for_a_change() {
        let mut scene = scene();
        scene.save();
        assert!(matches!(scene.schedule.next_step(scene.now + GATHER_TIME), PackStep::Pack));
        scene.schedule.cancel();
        assert_eq!(scene.pass(ms(60_000), || published("a")), [] as [&str; 0]);
        scene.save();
        assert_eq!(scene.pass(ms(1000), || published("a")), ["Published a"]);
    }
}
