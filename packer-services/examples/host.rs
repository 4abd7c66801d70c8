//! A small program that embeds the library, as a window or a build server would: it checks a project on a worker
//! thread, shows the progress, can be cancelled, and packs only if there are no errors.
//!
//! ```text
//! cargo run -p packer-services --example host -- assets-demo/lantern
//! ```
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

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
    // A window would set this flag with its Cancel button; here it is the Return key.
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
        // Sending fails after the receiver is dropped, which must not stop the work.
        let _ = sender.send(event);
    });
    let worker = std::thread::spawn(move || check_and_pack(project, &context));
    for event in events {
        if let Progress::Building { asset_id, done_bytes, total_bytes } = event.progress {
            println!("asset {asset_id} is built: {done_bytes} of {total_bytes} bytes");
        }
    }
    match worker.join() {
        Ok(Ok(summary)) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Ok(Err(problem)) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::from(2),
    }
}

/// The work of the worker thread.
fn check_and_pack(project: PathBuf, context: &Context) -> Result<String, String> {
    let doctor = Doctor::new(&project);
    let checked = doctor.run(context).map_err(|error| error.to_string())?;
    for finding in checked.findings() {
        eprintln!("{finding}");
    }
    if checked.blocked {
        return Err("nothing was packed, because of the errors above".into());
    }
    let pack = Pack::new(project).wait(false);
    let report = pack.run(context).map_err(|error| error.to_string())?;
    match &report.pack {
        Some(pack) => Ok(format!("{} with {} assets, sha256 {}", pack.path, report.assets.len(), pack.sha256)),
        None => Err("nothing was packed: a file changed after the check".into()),
    }
}
