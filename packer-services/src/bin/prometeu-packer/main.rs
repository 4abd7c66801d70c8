//! The headless packer: a thin adapter over the operations of `packer-services`.
//!
//! It parses the command line, runs one operation, and prints its report in the requested format. It contains no rules:
//! the findings state what is wrong and whether the assets or the system are to blame (spec: findings and exit codes).

mod args;
mod import_args;
mod output;
mod progress;
mod text;
mod watch;

use std::any::Any;
use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use args::{Cli, Format, HOSTED_VERBS, Request, Verb};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, ValueEnum};
use output::Output;
use packer_services::code_host::HostedFindings;
use packer_services::diagnostics::{AsFinding, Blame, Code, Finding, Severity};
use packer_services::ops::{DiskError, Operation, Report};
use packer_services::{Cancel, Context};
use serde::Serialize;

fn main() -> ExitCode {
    silence_panics();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let verb = Cell::new("usage");
    let signals = Signals::watch();
    let output = Output::new(signals.cancel());
    catch_unwind(AssertUnwindSafe(|| run_arguments(&arguments, &verb, &signals))).unwrap_or_else(|panic| {
        let format = requested_format(&arguments, verb.get());
        let adapter = Adapter { verb: verb.get(), format, quiet: false, is_content: false, output };
        adapter.could_not_run(vec![internal_error(&*panic)])
    })
}

/// A panic becomes a finding. Whoever wants to see where it happened sets `RUST_BACKTRACE`.
fn silence_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

/// The finding of a panic.
fn internal_error(panic: &(dyn Any + Send)) -> Finding {
    let reason = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Finding::new(
        Code::InternalError,
        format!("the packer failed: {}", reason.unwrap_or("no reason given")),
        "This is a bug in the packer, or in the system. Run it again; if it happens again, please report it.",
    )
}

/// Parses the arguments and runs their verb, which `verb` names from then on.
fn run_arguments(arguments: &[OsString], verb: &Cell<&'static str>, signals: &Signals) -> ExitCode {
    let output = Output::new(signals.cancel());
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return answer_parse_error(&error, arguments, output),
    };
    verb.set(cli.verb.name());
    // Another program reads this text, so `--quiet` keeps it.
    let is_content = matches!(cli.verb, Verb::Constants { output: None, .. });
    let mut adapter = Adapter { verb: cli.verb.name(), format: cli.format, quiet: cli.quiet, is_content, output };
    if !adapter.format.is_for(adapter.verb) {
        adapter.format = Format::Text;
        return adapter.could_not_run(vec![wrong_format(adapter.verb)]);
    }
    let request = match cli.verb.request() {
        Ok(request) => request,
        Err(message) => {
            let finding = Finding::new(Code::Usage, message, format!("See `prometeu-packer help {}`.", adapter.verb));
            return adapter.could_not_run(vec![finding]);
        }
    };
    let mut context = Context::new().with_cancel(signals.cancel());
    // A watch packs too often for progress to be news.
    let is_watch = matches!(request, Request::Watch(_));
    if !cli.quiet && !is_watch && std::io::stderr().is_terminal() {
        context = context.with_progress(progress::every_step());
    } else if !cli.quiet {
        context = context.with_progress(progress::waiting_only());
    }
    let outcome = match request {
        Request::Init(request) => adapter.run(&request, &context, text::init),
        Request::Create(request) => adapter.run(&request, &context, text::create),
        Request::Register(request) => adapter.run(&request, &context, text::register),
        Request::Edit(request) => adapter.run(&request, &context, text::edit),
        Request::Fix(request) => adapter.run(&request, &context, text::fix),
        Request::Restore(request) => adapter.run(&request, &context, text::restore),
        Request::Purge(request) => adapter.run(&request, &context, text::purge),
        Request::Undo(request) => adapter.run(&request, &context, text::undo),
        Request::Redo(request) => adapter.run(&request, &context, text::redo),
        Request::History(request) => adapter.run(&request, &context, text::history),
        Request::List(request) => adapter.run(&request, &context, text::list),
        Request::Show(request) => adapter.run(&request, &context, text::show),
        Request::Preview(request) => adapter.run(&request, &context, text::preview),
        Request::Palettes(request) => adapter.run(&request, &context, text::palettes),
        Request::ExportPalette(request) => adapter.run(&request, &context, text::export_palette),
        Request::Doctor(request) => adapter.run(&request, &context, text::doctor),
        Request::Pack(request) => adapter.run(&request, &context, text::pack),
        Request::ExplainedPack(request) => adapter.run(&request, &context, text::explained_pack),
        Request::Watch(request) => Outcome::Done(adapter.watch(&request, &context)),
        Request::Constants(request) => adapter.run(&request, &context, text::constants),
        Request::Verify(request) => adapter.run(&request, &context, text::verify),
        Request::Inspect(request) => adapter.run(&request, &context, text::inspect),
        Request::Extract(request) => adapter.run(&request, &context, text::extract),
    };
    match outcome {
        Outcome::Done(code) => code,
        // Only an operation that a signal ended is reported as such: one that had already published is done.
        Outcome::Interrupted(code) => signals.exit_code().unwrap_or(code),
    }
}

/// How a request ended, with the exit code of its answer.
enum Outcome {
    Done(ExitCode),
    Interrupted(ExitCode),
}

impl Outcome {
    fn code(self) -> ExitCode {
        let (Self::Done(code) | Self::Interrupted(code)) = self;
        code
    }
}

/// The one JSON shape of all answers; see `docs/specs/findings-and-exit-codes.md`.
#[derive(Serialize)]
struct Answer<'a, R: Serialize> {
    verb: &'a str,
    status: &'a str,
    findings: &'a [Finding],
    #[serde(flatten)]
    report: Option<&'a R>,
}

struct Adapter<'v> {
    verb: &'v str,
    format: Format,
    quiet: bool,
    /// Whether the text of the report is itself the requested content, not a summary.
    is_content: bool,
    output: Output,
}

/// 0 done, 1 the assets have errors, 2 could not run, 3 out of date. Several at once: 2 beats 1 beats 3.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    Errors,
    CouldNotRun,
    Differs,
}

impl Status {
    fn of(findings: &[Finding]) -> Self {
        let any = |blame| findings.iter().any(|finding| finding.is_error() && finding.code.blame() == blame);
        if any(Blame::System) {
            Self::CouldNotRun
        } else if any(Blame::Assets) {
            Self::Errors
        } else if any(Blame::Difference) {
            Self::Differs
        } else {
            Self::Ok
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Errors => "errors",
            Self::CouldNotRun => "could-not-run",
            Self::Differs => "differs",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Errors => 1,
            Self::CouldNotRun => 2,
            Self::Differs => 3,
        }
    }
}

impl Adapter<'_> {
    fn run<O: Operation>(&self, request: &O, context: &Context, text: fn(&Report<O::Report>) -> String) -> Outcome {
        match request.run(context) {
            Ok(report) => {
                // These two only describe the assets: if they could do that, they succeeded.
                let only_describes = matches!(self.verb, "list" | "show");
                let status = if only_describes { Status::Ok } else { Status::of(report.findings()) };
                progress::clear_line();
                let hosted = self.hosted(request, report.findings());
                let written = self.print_answer(status, &hosted, Some((&*report, text(&report))));
                // The text of an operation that wrote files is only a summary of them.
                let is_result = self.format != Format::Text || !request.class().writes();
                match written {
                    Err(error) if is_result => {
                        self.answer_lost(error, request.class().writes() && status == Status::Ok)
                    }
                    _ => Outcome::Done(ExitCode::from(status.code())),
                }
            }
            Err(error) => {
                let findings = request.refusal(&error);
                let is_interrupted = findings.iter().any(|finding| finding.code == Code::Interrupted);
                match self.answer_refusal(&self.hosted(request, &findings)) {
                    Outcome::Done(code) if is_interrupted => Outcome::Interrupted(code),
                    outcome => outcome,
                }
            }
        }
    }

    /// The findings of a request, with what names their files.
    fn hosted<'a, O: Operation>(&'a self, request: &'a O, findings: &'a [Finding]) -> HostedFindings<'a> {
        HostedFindings { verb: self.verb, project: request.project(), named_file: request.named_file(), findings }
    }

    /// Reports that the arguments cannot be turned into a request.
    fn could_not_run(&self, findings: Vec<Finding>) -> ExitCode {
        let hosted = HostedFindings { verb: self.verb, project: None, named_file: None, findings: &findings };
        self.answer_refusal(&hosted).code()
    }

    fn answer_refusal(&self, findings: &HostedFindings<'_>) -> Outcome {
        progress::clear_line();
        let status = Status::of(findings.findings);
        match self.print_answer::<()>(status, findings, None) {
            Err(error) if self.format != Format::Text => self.answer_lost(error, false),
            _ => Outcome::Done(ExitCode::from(status.code())),
        }
    }

    /// Prints the answer. A reader that closed its pipe has read what it wanted, so that is not an error.
    fn print_answer<R: Serialize>(
        &self,
        status: Status,
        hosted: &HostedFindings<'_>,
        report: Option<(&R, String)>,
    ) -> io::Result<()> {
        let mut answer = Vec::new();
        let findings = hosted.findings;
        let is_shown = |finding: &&Finding| !self.quiet || finding.severity != Severity::Note;
        match self.format {
            Format::Json => {
                let report = report.as_ref().map(|(report, _)| *report);
                let all = Answer { verb: self.verb, status: status.as_str(), findings, report };
                // Whoever reads a watch reads lines.
                match self.verb {
                    "watch" => serde_json::to_writer(&mut answer, &all)?,
                    _ => serde_json::to_writer_pretty(&mut answer, &all)?,
                }
                answer.push(b'\n');
            }
            Format::Sarif => answer = hosted.to_sarif(),
            Format::Github => {
                let shown: Vec<Finding> = findings.iter().filter(is_shown).cloned().collect();
                let summary = report.map(|(_, text)| text).filter(|_| !self.quiet).unwrap_or_default();
                answer = HostedFindings { findings: &shown, ..*hosted }.to_annotations(&summary).into_bytes();
            }
            Format::Text => {
                let all = text::findings(findings.iter().filter(is_shown));
                // For these verbs the findings are the answer, so they go to standard output.
                if matches!(self.verb, "doctor" | "show" | "verify") && report.is_some() {
                    answer.extend_from_slice(all.as_bytes());
                } else {
                    let _ = self.output.print_error(&all);
                }
                if let Some((_, text)) = report
                    && (self.is_content || !self.quiet)
                    && !text.is_empty()
                {
                    answer.extend_from_slice(text.trim_end().as_bytes());
                    answer.push(b'\n');
                }
            }
        }
        match self.output.print(&answer) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    /// Reports that the answer is lost or incomplete, so that no script takes it for the whole. `is_done` if the verb
    /// wrote all that it had to write to the project.
    fn answer_lost(&self, error: io::Error, is_done: bool) -> Outcome {
        let code = ExitCode::from(Status::CouldNotRun.code());
        if error.kind() == io::ErrorKind::Interrupted {
            return Outcome::Interrupted(code);
        }
        let mut finding = DiskError::writing("standard output")(error).as_finding();
        if is_done {
            finding.help = format!(
                "Only the answer is lost: `{}` is done, so do not repeat it. Check where standard output goes.",
                self.verb
            );
        }
        let _ = self.output.print_error(&format!("{finding}\n"));
        Outcome::Done(code)
    }
}

/// The format that was asked for, whether or not the rest of the arguments can be parsed. A format that the verb does
/// not have is not used for its usage errors either.
fn requested_format(arguments: &[OsString], verb: &str) -> Format {
    let after = arguments.windows(2).filter(|pair| pair[0] == "--format").filter_map(|pair| pair[1].to_str());
    let joined = arguments.iter().filter_map(|argument| argument.to_str()?.strip_prefix("--format="));
    let named = after.chain(joined).find_map(|name| Format::from_str(name, false).ok());
    named.filter(|format| format.is_for(verb)).unwrap_or(Format::Text)
}

/// The refusal of a format of code hosts.
fn wrong_format(verb: &str) -> Finding {
    let verbs = HOSTED_VERBS.map(|verb| format!("`{verb}`")).join(", ");
    Finding::new(
        Code::Usage,
        format!("`{verb}` has no answer in this format; `sarif` and `github` are for {verbs}"),
        "Pass `--format json` or `--format text`.",
    )
}

/// Prints what clap returns instead of a request: help and version, or a usage error in the requested format.
fn answer_parse_error(error: &clap::Error, arguments: &[OsString], output: Output) -> ExitCode {
    // A usage error of a known verb names that verb.
    let command = Cli::command();
    let named =
        |argument: &OsString| command.get_subcommands().map(clap::Command::get_name).find(|name| argument == *name);
    let verb = arguments.iter().skip(1).find_map(named).unwrap_or("usage");
    let format = requested_format(arguments, verb);
    let adapter = Adapter { verb, format, quiet: false, is_content: false, output };
    if !error.use_stderr() {
        return match error.print() {
            Err(lost) if lost.kind() != io::ErrorKind::BrokenPipe => adapter.answer_lost(lost, false).code(),
            _ => ExitCode::SUCCESS,
        };
    }
    let no_verb =
        matches!(error.kind(), ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand);
    if no_verb && format == Format::Text {
        let _ = error.print();
        return ExitCode::from(Status::CouldNotRun.code());
    }
    let error_text = error.to_string();
    let mut lines = error_text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("the command line is not understood").trim_start_matches("error: ");
    let rest: Vec<&str> =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    let hint = usage_hint(error);
    let message = if no_verb {
        "no verb was given".to_owned()
    } else {
        let mut message = first.to_owned();
        // A mistyped option is not meant as a value.
        let is_tip = |line: &&str| line.starts_with("tip: to pass") || (hint.is_some() && line.starts_with("tip:"));
        for line in rest.into_iter().filter(|line| !is_tip(line)) {
            message.push_str(if first.ends_with(':') { " " } else { "; " });
            message.push_str(line);
        }
        message.replace("subcommand", "verb")
    };
    let mut help = match verb {
        "usage" => "See `prometeu-packer help`.".to_owned(),
        verb => format!("See `prometeu-packer help {verb}`."),
    };
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg)
    {
        let long = long_options(&command, verb, argument);
        if !long.is_empty() {
            help = format!("Options have long names: did you mean {}? {help}", long.join(" or "));
        }
        if verb == "create" && hint.is_none() {
            help = format!("{help} If it is a file, pass it as `./{argument}`.");
        }
    }
    if let Some(hint) = hint {
        help = format!("{hint} {help}");
    }
    adapter.could_not_run(vec![Finding::new(Code::Usage, message, help)])
}

/// What to do about a mistake whose cause is known.
fn usage_hint(error: &clap::Error) -> Option<&'static str> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_missing =
        matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(value)) if value.is_empty());
    match error.kind() {
        ErrorKind::InvalidValue if is_missing && argument.starts_with("--color-key") => Some(
            "A shell takes an unquoted `#` as the start of a comment and drops the rest of the line: write `ff00ff` or \
             `'#ff00ff'`.",
        ),
        _ => None,
    }
}

/// The long options of the verb that an unknown short option, such as `-o`, may mean: those with the same first letter.
fn long_options(command: &clap::Command, verb: &str, argument: &str) -> Vec<String> {
    let Some(letter) = argument.strip_prefix('-').filter(|rest| rest.len() == 1) else { return Vec::new() };
    let of_verb = command.get_subcommands().filter(|known| known.get_name() == verb);
    let options = of_verb.flat_map(clap::Command::get_arguments).chain(command.get_arguments());
    let long = options.filter_map(clap::Arg::get_long).filter(|long| long.starts_with(letter));
    long.map(|long| format!("`--{long}`")).collect()
}

/// Signals that ask to stop; the operation is then cancelled and changes nothing.
struct Signals {
    #[cfg(unix)]
    flag: std::sync::Arc<std::sync::atomic::AtomicBool>,
    #[cfg(unix)]
    which: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

#[cfg(unix)]
impl Signals {
    fn watch() -> Self {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let signals = Self { flag: std::sync::Arc::default(), which: std::sync::Arc::default() };
        // What the caller ignores, as `nohup` does, stays ignored.
        for signal in [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal)) {
            let number = usize::try_from(signal).unwrap_or_default();
            let _ = signal_hook::flag::register_usize(signal, signals.which.clone(), number);
            let _ = signal_hook::flag::register(signal, signals.flag.clone());
        }
        signals
    }

    fn cancel(&self) -> Cancel {
        Cancel::from_flag(self.flag.clone())
    }

    /// 128 + n if signal n was received.
    fn exit_code(&self) -> Option<ExitCode> {
        let signal = self.which.load(std::sync::atomic::Ordering::SeqCst);
        let code = u8::try_from(128 + signal).ok().filter(|_| signal > 0)?;
        Some(ExitCode::from(code))
    }
}

/// Whether this process ignores a signal since it was started, on systems that report it.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the system makes this text when it is read")]
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(not(unix))]
impl Signals {
    fn watch() -> Self {
        Self {}
    }

    fn cancel(&self) -> Cancel {
        Cancel::default()
    }

    fn exit_code(&self) -> Option<ExitCode> {
        None
    }
}
