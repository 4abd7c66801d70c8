//! Opens the window: `prometeu-workbench [PROJECT | FILE.pa]`.

use std::path::PathBuf;
use std::process::ExitCode;

use workbench::{NAME, Start, Workbench};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let start = match &arguments[..] {
        [] => Start::Nothing,
        [path] if path.as_os_str() == "--help" || path.as_os_str() == "-h" => {
            tell("prometeu-workbench [PROJECT | FILE.pa]: opens the project, the pack, or the start page.");
            return ExitCode::SUCCESS;
        }
        [path] => Start::Open(path.clone()),
        _ => {
            complain("one PROJECT or FILE.pa is needed, not several");
            return ExitCode::from(2);
        }
    };
    let viewport =
        egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]).with_min_inner_size([800.0, 500.0]);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    match eframe::run_native(NAME, options, Box::new(|creation| Ok(Box::new(Workbench::new(creation, start))))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!(
                "the window could not be opened ({error}); without a display, `prometeu-packer pack PROJECT` packs the same bytes"
            ));
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stdout, reason = "help is an answer")]
fn tell(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(text: &str) {
    eprintln!("error: {text}");
}
