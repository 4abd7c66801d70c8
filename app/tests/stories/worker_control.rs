//! Lets a test count, hold and break the window's workers, by the name of their job.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Condvar, Mutex};

use packer_services::{Context, FaultPoint};

/// Controls the workers of a window. The test and the workers share it.
#[derive(Clone, Default)]
pub struct WorkerControl(Arc<(Mutex<Jobs>, Condvar)>);

#[derive(Default)]
struct Jobs {
    held: HashSet<&'static str>,
    panicking: HashMap<&'static str, &'static str>,
    started: HashMap<String, usize>,
    decoded_images: usize,
}

impl WorkerControl {
    /// A context that stops each worker at the control after it has read the project's files and before it works on
    /// them.
    pub fn context(&self) -> Context {
        let control = self.clone();
        Context::new().with_faults(move |point| match point {
            FaultPoint::Planned { .. } => control.pass(),
            FaultPoint::DecodeImage => {
                control.0.0.lock().unwrap().decoded_images += 1;
                Ok(())
            }
            _ => Ok(()),
        })
    }

    #[expect(clippy::panic, reason = "the test requested it")]
    fn pass(&self) -> io::Result<()> {
        let thread = std::thread::current();
        let job = thread.name().unwrap_or_default();
        let (jobs, changed) = &*self.0;
        let mut jobs = jobs.lock().unwrap();
        *jobs.started.entry(job.to_owned()).or_default() += 1;
        changed.notify_all();
        while jobs.held.contains(job) {
            jobs = changed.wait(jobs).unwrap();
        }
        let message = jobs.panicking.get(job).copied();
        drop(jobs);
        match message {
            Some(message) => panic!("{message}"),
            None => Ok(()),
        }
    }

    /// From now on, this job waits.
    pub fn hold(&self, job: &'static str) {
        self.0.0.lock().unwrap().held.insert(job);
    }

    /// A held job continues.
    pub fn release(&self, job: &'static str) {
        self.0.0.lock().unwrap().held.remove(job);
        self.0.1.notify_all();
    }

    /// From now on, this job panics.
    pub fn make_panic(&self, job: &'static str, message: &'static str) {
        self.0.0.lock().unwrap().panicking.insert(job, message);
    }

    /// From now on, this job works again.
    pub fn stop_panicking(&self, job: &'static str) {
        self.0.0.lock().unwrap().panicking.remove(job);
    }

    /// How often this job has started.
    pub fn started(&self, job: &str) -> usize {
        self.0.0.lock().unwrap().started.get(job).copied().unwrap_or(0)
    }

    /// How many images were decoded so far.
    pub fn decoded_images(&self) -> usize {
        self.0.0.lock().unwrap().decoded_images
    }

    /// Waits until this job has started so often.
    pub fn wait_for(&self, job: &str, count: usize) {
        let (jobs, changed) = &*self.0;
        let mut jobs = jobs.lock().unwrap();
        while jobs.started.get(job).copied().unwrap_or(0) < count {
            jobs = changed.wait(jobs).unwrap();
        }
    }
}
