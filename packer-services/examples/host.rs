//! A small host that embeds the services, as a window or a build server would: it examines a project on a worker
//! thread, follows the progress, can cancel, and packs only if nothing blocks.
//!
//! ```text
//! cargo run -p packer-services --example host -- assets-demo/lantern
//! ```
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;

use packer_services::ops::{Doctor, Operation, Pack};
use packer_services::{Cancel, Context, Event, Progress};

fn main() -> ExitCode {
    let Some(project) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: host PROJECT");
        return ExitCode::from(2);
    };
    // A host keeps the flag behind its Cancel button; here Return is the button.
    let cancel = Cancel::default();
    std::thread::spawn({
        let cancel = cancel.clone();
        move || {
            if std::io::stdin().read_line(&mut String::new()).is_ok_and(|bytes| bytes > 0) {
                cancel.cancel();
            }
        }
    });
    let (sender, events) = mpsc::channel::<Event>();
    let context = Context::new().with_cancel(cancel).with_progress(move |event| {
        // The receiver is gone when nobody looks any more: that must not disturb the work.
        let _ = sender.send(event);
    });
    let worker = std::thread::spawn(move || work(project, &context));
    for event in events {
        if let Progress::Building { asset_id, done_bytes, total_bytes } = event.progress {
            println!("asset {asset_id} is made: {done_bytes} of {total_bytes} bytes");
        }
    }
    match worker.join() {
        Ok(Ok(said)) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Ok(Err(said)) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::from(2),
    }
}

/// What a host runs off its drawing thread.
fn work(project: PathBuf, context: &Context) -> Result<String, String> {
    let doctor = Doctor::new(&project);
    let checkup = doctor.run(context).map_err(|error| error.to_string())?;
    for finding in checkup.findings() {
        eprintln!("{finding}");
    }
    if checkup.blocked {
        return Err("nothing was packed: the errors above are in the way".into());
    }
    let pack = Pack::new(project).wait(false);
    let report = pack.run(context).map_err(|error| error.to_string())?;
    match &report.pack {
        Some(pack) => Ok(format!("{} with {} assets, sha256 {}", pack.path, report.assets.len(), pack.sha256)),
        None => Err("nothing was packed: something changed since the examination".into()),
    }
}
