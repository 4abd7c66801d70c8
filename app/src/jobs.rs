//! Runs jobs on worker threads. The drawing thread starts them, asks whether they are done, and never waits. A panic in
//! a job becomes a result with the job's name.

use std::panic::{AssertUnwindSafe, catch_unwind};

use packer_services::Cancel;
use poll_promise::Promise;

/// What a worker brings back.
pub type JobResult<M> = Result<M, Crash>;

/// A worker panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The name of the job.
    pub job: &'static str,
    /// The message of the panic.
    pub reason: String,
}

/// The running jobs.
pub struct Jobs<M: Send + 'static> {
    running: Vec<Job<M>>,
    wake: egui::Context,
}

struct Job<M: Send + 'static> {
    name: &'static str,
    cancel: Cancel,
    promise: Promise<JobResult<M>>,
}

impl<M: Send + 'static> Jobs<M> {
    /// No jobs. `wake` is repainted whenever a job is done.
    pub fn new(wake: egui::Context) -> Self {
        Self { running: Vec::new(), wake }
    }

    /// Runs `work` on a new thread. A running job of the same name is cancelled and its result dropped.
    pub fn run(&mut self, name: &'static str, work: impl FnOnce(Cancel) -> M + Send + 'static) -> Cancel {
        self.cancel_job(name);
        let cancel = Cancel::default();
        let (wake, flag) = (self.wake.clone(), cancel.clone());
        let (sender, promise) = Promise::new();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(flag))).map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                let reason = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                Crash { job: name, reason: reason.unwrap_or_else(|| "no reason given".into()) }
            });
            // The window is woken after the result is there. Before, it would find nothing and go back to sleep.
            sender.send(result);
            wake.request_repaint();
        });
        let promise = match thread {
            Ok(_) => promise,
            Err(error) => {
                self.wake.request_repaint();
                Promise::from_ready(Err(Crash { job: name, reason: format!("no thread could be started ({error})") }))
            }
        };
        self.running.push(Job { name, cancel: cancel.clone(), promise });
        cancel
    }

    /// Cancels the job of this name; its result is dropped.
    pub fn cancel_job(&mut self, name: &'static str) {
        for job in self.running.iter().filter(|job| job.name == name) {
            job.cancel.cancel();
        }
        self.running.retain(|job| job.name != name);
    }

    /// Cancels all jobs; their results are dropped.
    pub fn cancel_all(&mut self) {
        self.running.drain(..).for_each(|job| job.cancel.cancel());
    }

    /// Whether a job of this name is running.
    pub fn is_running(&self, name: &str) -> bool {
        self.running.iter().any(|job| job.name == name)
    }

    /// The names of the running jobs.
    pub fn names(&self) -> Vec<&'static str> {
        self.running.iter().map(|job| job.name).collect()
    }

    /// Whether no job is running.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Takes the results that have arrived since the last call.
    pub fn take_answers(&mut self) -> Vec<JobResult<M>> {
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

    fn wait(jobs: &mut Jobs<u32>) -> Vec<JobResult<u32>> {
        loop {
            let answers = jobs.take_answers();
            if !answers.is_empty() {
                return answers;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn results_arrive_once() {
        let mut jobs = Jobs::new(egui::Context::default());
        jobs.run("count", |_| 7);
        assert_eq!(wait(&mut jobs), [Ok(7)]);
        assert!(jobs.is_idle() && jobs.take_answers().is_empty());
    }

    #[test]
    fn panics_become_results_with_the_job() {
        let mut jobs: Jobs<u32> = Jobs::new(egui::Context::default());
        jobs.run("count", |_| panic!("no more fingers"));
        assert_eq!(wait(&mut jobs), [Err(Crash { job: "count", reason: "no more fingers".into() })]);
    }

    #[test]
    fn running_a_job_again_cancels_the_first() {
        let mut jobs = Jobs::new(egui::Context::default());
        let first = jobs.run("count", |cancel| {
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            1
        });
        jobs.run("count", |_| 2);
        assert!(first.is_cancelled());
        assert_eq!(wait(&mut jobs), [Ok(2)]);
    }
}
