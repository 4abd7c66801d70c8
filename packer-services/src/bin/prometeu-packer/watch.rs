//! `watch`: prints each event when it happens, as a block of text or as one line of JSON.

use std::io;
use std::ops::ControlFlow;
use std::process::ExitCode;

use packer_services::Context;
use packer_services::diagnostics::{AsFinding, Finding, Severity};
use packer_services::ops::{PackAnswer, PackReport, WatchEvent, WatchProject};
use packer_services::watch::{WatchMode, WatchOptions};
use serde::Serialize;

use crate::args::Format;
use crate::{Adapter, Answer, Status, text};

/// A line of JSON; see `docs/json.md`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Watching { project: &'a str, mode: &'a str, why: Option<String> },
    Packed(Answer<'a, PackReport>),
    Vanished,
    Returned,
}

impl Adapter<'_> {
    /// Watches until a signal comes or nobody reads the events: both are its regular end.
    pub fn watch(&self, request: &WatchProject, context: &Context) -> ExitCode {
        let mut ended = ExitCode::SUCCESS;
        let mut is_first = true;
        let watched = request.run(context, |event| {
            let block = match self.format {
                Format::Json => json_line(request, &event),
                _ => Ok(self.text_block(request, &event)),
            };
            let written = block.and_then(|block| {
                // An empty line separates the events.
                let space = if is_first || self.format == Format::Json { "" } else { "\n" };
                is_first &= block.is_empty();
                if block.is_empty() { Ok(()) } else { self.output.print(format!("{space}{block}").as_bytes()) }
            });
            match written {
                Ok(()) => return ControlFlow::Continue(()),
                Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::Interrupted) => {}
                Err(error) => ended = self.answer_lost(error, has_packed(&event)).code(),
            }
            ControlFlow::Break(())
        });
        match watched {
            Ok(()) => ended,
            Err(error) => self.could_not_run(error.as_findings()),
        }
    }

    /// An event as text; empty if `--quiet` leaves it out.
    fn text_block(&self, request: &WatchProject, event: &WatchEvent) -> String {
        let project = request.project().display();
        let line = match event {
            WatchEvent::Packed(answer) => return self.text_of_answer(answer),
            WatchEvent::Watching { mode: WatchMode::Events } => {
                format!("watching {project} for changes; press Ctrl+C to end")
            }
            WatchEvent::Watching { mode: WatchMode::Polling { why } } => {
                let seconds = WatchOptions::default().poll_every.as_secs();
                format!("watching {project}: all files are compared every {seconds} seconds, because {why}")
            }
            WatchEvent::Vanished => format!("{project} is gone; waiting for it to come back"),
            WatchEvent::Returned => format!("{project} is back"),
            _ => return String::new(),
        };
        if self.quiet { String::new() } else { format!("{line}\n") }
    }

    fn text_of_answer(&self, answer: &PackAnswer) -> String {
        let (findings, summary) = parts(answer);
        let shown = findings.iter().filter(|finding| !self.quiet || finding.severity != Severity::Note);
        let mut block = text::findings(shown);
        if !self.quiet {
            let summary = summary.map_or_else(|| text::NOT_PACKED.to_owned(), text::pack);
            block.push_str(summary.trim_end());
            block.push('\n');
        }
        block
    }
}

fn json_line(request: &WatchProject, event: &WatchEvent) -> io::Result<String> {
    let project = request.project().display().to_string();
    let line = match event {
        WatchEvent::Watching { mode } => {
            let (mode, why) = match mode {
                WatchMode::Events => ("events", None),
                WatchMode::Polling { why } => ("polling", Some(why.to_string())),
            };
            Line::Watching { project: &project, mode, why }
        }
        WatchEvent::Packed(answer) => {
            let (findings, report) = parts(answer);
            let status = Status::of(findings).as_str();
            Line::Packed(Answer { verb: "pack", status, findings, report: report.map(|report| &**report) })
        }
        WatchEvent::Vanished => Line::Vanished,
        WatchEvent::Returned => Line::Returned,
        _ => return Ok(String::new()),
    };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// The findings of a result, and its report, if it ran.
fn parts(answer: &PackAnswer) -> (&[Finding], Option<&packer_services::ops::Report<PackReport>>) {
    match answer {
        Ok(report) => (report.findings(), Some(report)),
        Err(findings) => (findings, None),
    }
}

/// Whether the event reports a pack without errors.
fn has_packed(event: &WatchEvent) -> bool {
    matches!(event, WatchEvent::Packed(answer) if Status::of(parts(answer).0) == Status::Ok)
}
