//! Opens the window: `prometeu-workbench [PROJECT | FILE.pa]`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use workbench::{NAME, Start, Workbench};

/// The demo project's folder in the repository.
const DEMO: &str = "assets-demo/lantern";

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let demo = find_demo();
    let start = match &arguments[..] {
        [] => default_start(demo.as_deref()),
        [path] if path.as_os_str() == "--help" || path.as_os_str() == "-h" => {
            print_line(HELP);
            return ExitCode::SUCCESS;
        }
        [path] if path.as_os_str() == "--version" || path.as_os_str() == "-V" => {
            print_line(concat!("prometeu-workbench ", env!("CARGO_PKG_VERSION")));
            return ExitCode::SUCCESS;
        }
        [path] if path.as_os_str().as_encoded_bytes().starts_with(b"-") => {
            print_error(&format!("unknown option {}; --help lists the options", path.display()));
            return ExitCode::from(2);
        }
        [path] => Start::Open(path.clone()),
        _ => {
            print_error("at most one PROJECT or FILE.pa is allowed, not several");
            return ExitCode::from(2);
        }
    };
    let viewport = egui::ViewportBuilder::default()
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([900.0, 560.0])
        .with_icon(icon());
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    match eframe::run_native(NAME, options, Box::new(|creation| Ok(Box::new(Workbench::new(creation, start, demo))))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let why = match error {
                eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => "there is no display".to_owned(),
                other => other.to_string(),
            };
            print_error(&format!(
                "the window could not be opened: {why}; `prometeu-packer pack PROJECT` packs the same bytes without a window"
            ));
            ExitCode::from(2)
        }
    }
}

const HELP: &str = "\
prometeu-workbench [PROJECT | FILE.pa]

Opens the window on a project (the folder that contains assets/) or on a pack. Without an argument: on the current folder
if it is a project, else on the demo if it is found, else on the start page. `prometeu-packer` does the same work without
a window.";

/// What is opened without an argument.
fn default_start(demo: Option<&Path>) -> Start {
    let here = Path::new(".");
    if here.join("assets/.prometeu/index.json").is_file() {
        return Start::Open(std::env::current_dir().unwrap_or_else(|_| here.to_owned()));
    }
    demo.map_or(Start::Nothing, |demo| Start::Open(demo.to_owned()))
}

/// The demo project: in the current folder or the program's folder, or in a folder above one of them, as in the
/// repository.
fn find_demo() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let here = std::env::current_dir().ok();
    let candidates = |path: &PathBuf| path.ancestors().map(|folder| folder.join(DEMO)).collect::<Vec<PathBuf>>();
    [here, program].iter().flatten().flat_map(candidates).find(|demo| demo.join("assets").is_dir())
}

/// The window's icon, large enough for a task bar.
fn icon() -> egui::IconData {
    let Ok(image) = image::load_from_memory(workbench::ICON) else { return egui::IconData::default() };
    let (width, height) = (image.width() * 4, image.height() * 4);
    let enlarged = image.resize_exact(width, height, image::imageops::FilterType::Nearest).into_rgba8();
    egui::IconData { rgba: enlarged.into_raw(), width, height }
}

fn print_line(text: &str) {
    // An error means that the reader closed the pipe.
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[expect(clippy::print_stderr, reason = "there is no window to show it in")]
fn print_error(text: &str) {
    eprintln!("error: {text}");
}
