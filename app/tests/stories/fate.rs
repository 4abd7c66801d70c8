//! What befalls the workers: they are counted, held, or broken, by what they are called.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Condvar, Mutex};

use packer_services::{Context, FaultPoint};

/// Shared by the workers of a window and its story. What was held is let go when the story ends.
#[derive(Clone, Default)]
pub struct Fate(Arc<(Mutex<Fates>, Condvar)>);

#[derive(Default)]
struct Fates {
    held: HashSet<&'static str>,
    broken: HashMap<&'static str, &'static str>,
    begun: HashMap<String, usize>,
}

impl Fate {
    /// The context in which workers meet it: each when it has seen the files and begins to work on them.
    pub fn context(&self) -> Context {
        let fate = self.clone();
        Context::new().with_faults(move |point| match point {
            FaultPoint::Planned { .. } => fate.meet(),
            _ => Ok(()),
        })
    }

    #[expect(clippy::panic, reason = "that is what was asked for")]
    fn meet(&self) -> io::Result<()> {
        let thread = std::thread::current();
        let doing = thread.name().unwrap_or_default();
        let (fates, changed) = &*self.0;
        let mut fates = fates.lock().unwrap();
        *fates.begun.entry(doing.to_owned()).or_default() += 1;
        changed.notify_all();
        while fates.held.contains(doing) {
            fates = changed.wait(fates).unwrap();
        }
        let broken = fates.broken.get(doing).copied();
        drop(fates);
        match broken {
            Some(said) => panic!("{said}"),
            None => Ok(()),
        }
    }

    /// From now on, who does this goes no further.
    pub fn hold(&self, doing: &'static str) {
        self.0.0.lock().unwrap().held.insert(doing);
    }

    /// Who was held goes on.
    pub fn let_go(&self, doing: &'static str) {
        self.0.0.lock().unwrap().held.remove(doing);
        self.0.1.notify_all();
    }

    /// From now on, who does this panics.
    pub fn break_it(&self, doing: &'static str, said: &'static str) {
        self.0.0.lock().unwrap().broken.insert(doing, said);
    }

    /// From now on, who does this panics no more.
    pub fn mend_it(&self, doing: &'static str) {
        self.0.0.lock().unwrap().broken.remove(doing);
    }

    /// How many have begun to do this.
    pub fn begun(&self, doing: &str) -> usize {
        self.0.0.lock().unwrap().begun.get(doing).copied().unwrap_or(0)
    }

    /// Waits until so many have begun to do this.
    pub fn wait_for(&self, doing: &str, count: usize) {
        let (fates, changed) = &*self.0;
        let mut fates = fates.lock().unwrap();
        while fates.begun.get(doing).copied().unwrap_or(0) < count {
            fates = changed.wait(fates).unwrap();
        }
    }
}
