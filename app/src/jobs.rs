//! Operations on worker threads. The drawing thread starts them, asks whether they are done, and never waits. A panic in one
//! becomes a message with what was being done.

use std::panic::{AssertUnwindSafe, catch_unwind};

use packer_services::Cancel;
use poll_promise::Promise;

/// What a worker brings back.
pub type Answer<M> = Result<M, Crash>;

/// A worker panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// What was being done.
    pub doing: &'static str,
    /// What the panic said.
    pub said: String,
}

/// Everything that is being worked on.
pub struct Jobs<M: Send + 'static> {
    running: Vec<Job<M>>,
    wake: egui::Context,
}

struct Job<M: Send + 'static> {
    doing: &'static str,
    cancel: Cancel,
    promise: Promise<Answer<M>>,
}

impl<M: Send + 'static> Jobs<M> {
    /// None yet. `wake` is repainted whenever one is done.
    pub fn new(wake: egui::Context) -> Self {
        Self { running: Vec::new(), wake }
    }

    /// Starts `work` on a thread of its own. One that does the same already is cancelled, and its answer dropped.
    pub fn start(&mut self, doing: &'static str, work: impl FnOnce(Cancel) -> M + Send + 'static) -> Cancel {
        self.cancel(doing);
        let cancel = Cancel::default();
        let (wake, flag) = (self.wake.clone(), cancel.clone());
        let (sender, promise) = Promise::new();
        let thread = std::thread::Builder::new().name(doing.into()).spawn(move || {
            let answer = catch_unwind(AssertUnwindSafe(|| work(flag))).map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                let said = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                Crash { doing, said: said.unwrap_or_else(|| "no reason given".into()) }
            });
            // Woken before the answer is there, the window would find nothing, and sleep on.
            sender.send(answer);
            wake.request_repaint();
        });
        let promise = match thread {
            Ok(_) => promise,
            Err(error) => {
                self.wake.request_repaint();
                Promise::from_ready(Err(Crash { doing, said: format!("no thread could be had for it ({error})") }))
            }
        };
        self.running.push(Job { doing, cancel: cancel.clone(), promise });
        cancel
    }

    /// Stops what is called `doing`; its answer is dropped.
    pub fn cancel(&mut self, doing: &'static str) {
        for job in self.running.iter().filter(|job| job.doing == doing) {
            job.cancel.cancel();
        }
        self.running.retain(|job| job.doing != doing);
    }

    /// Stops everything; all answers are dropped.
    pub fn cancel_all(&mut self) {
        self.running.drain(..).for_each(|job| job.cancel.cancel());
    }

    /// Whether something called `doing` is being worked on.
    pub fn is_running(&self, doing: &str) -> bool {
        self.running.iter().any(|job| job.doing == doing)
    }

    /// What is being worked on.
    pub fn doing(&self) -> Vec<&'static str> {
        self.running.iter().map(|job| job.doing).collect()
    }

    /// Whether nothing is being worked on.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// The answers that have come since.
    pub fn answers(&mut self) -> Vec<Answer<M>> {
        let mut answers = Vec::new();
        for job in std::mem::take(&mut self.running) {
            match job.promise.try_take() {
                Ok(answer) => answers.push(answer),
                Err(promise) => self.running.push(Job { promise, ..job }),
            }
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(jobs: &mut Jobs<u32>) -> Vec<Answer<u32>> {
        loop {
            let answers = jobs.answers();
            if !answers.is_empty() {
                return answers;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn an_answer_comes_back_once() {
        let mut jobs = Jobs::new(egui::Context::default());
        jobs.start("count", |_| 7);
        assert_eq!(wait(&mut jobs), [Ok(7)]);
        assert!(jobs.is_idle() && jobs.answers().is_empty());
    }

    #[test]
    fn a_panic_becomes_a_message_with_what_was_being_done() {
        let mut jobs: Jobs<u32> = Jobs::new(egui::Context::default());
        jobs.start("count", |_| panic!("no more fingers"));
        assert_eq!(wait(&mut jobs), [Err(Crash { doing: "count", said: "no more fingers".into() })]);
    }

    #[test]
    fn what_is_started_again_is_cancelled_and_its_answer_dropped() {
        let mut jobs = Jobs::new(egui::Context::default());
        let first = jobs.start("count", |cancel| {
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            1
        });
        jobs.start("count", |_| 2);
        assert!(first.is_cancelled());
        assert_eq!(wait(&mut jobs), [Ok(2)]);
    }
}
