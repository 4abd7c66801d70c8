//! Opens the window: `prometeu-workbench [PROJECT | FILE.pa]`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use workbench::{NAME, Start, Workbench};

/// Where the demo project lies in the repository.
const DEMO: &str = "assets-demo/lantern";

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let demo = demo();
    let start = match &arguments[..] {
        [] => beginning(demo.as_deref()),
        [path] if path.as_os_str() == "--help" || path.as_os_str() == "-h" => {
            tell(HELP);
            return ExitCode::SUCCESS;
        }
        [path] if path.as_os_str() == "--version" || path.as_os_str() == "-V" => {
            tell(concat!("prometeu-workbench ", env!("CARGO_PKG_VERSION")));
            return ExitCode::SUCCESS;
        }
        [path] if path.as_os_str().as_encoded_bytes().starts_with(b"-") => {
            complain(&format!("there is no option {}; --help tells what can be said", path.display()));
            return ExitCode::from(2);
        }
        [path] => Start::Open(path.clone()),
        _ => {
            complain("one PROJECT or FILE.pa is needed, not several");
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
                eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => "there is no display for it".to_owned(),
                other => other.to_string(),
            };
            complain(&format!(
                "the window could not be opened: {why}; without one, `prometeu-packer pack PROJECT` packs the same bytes"
            ));
            ExitCode::from(2)
        }
    }
}

const HELP: &str = "\
prometeu-workbench [PROJECT | FILE.pa]

Opens the window on a project (the folder that holds assets/) or on a pack. Without either: on the current folder if it is a
project, else on the demo if it is there, else on the start page. `prometeu-packer` does the same without a window.";

/// What is opened if nothing is named.
fn beginning(demo: Option<&Path>) -> Start {
    let here = Path::new(".");
    if here.join("assets/.prometeu/index.json").is_file() {
        return Start::Open(std::env::current_dir().unwrap_or_else(|_| here.to_owned()));
    }
    demo.map_or(Start::Nothing, |demo| Start::Open(demo.to_owned()))
}

/// The demo project, if it lies beside the program or above it, or above the current folder, as in the repository.
fn demo() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let here = std::env::current_dir().ok();
    let above = |path: &PathBuf| path.ancestors().map(|folder| folder.join(DEMO)).collect::<Vec<PathBuf>>();
    [here, program].iter().flatten().flat_map(above).find(|demo| demo.join("assets").is_dir())
}

/// The window's icon, large enough for a task bar.
fn icon() -> egui::IconData {
    let Ok(image) = image::load_from_memory(workbench::ICON) else { return egui::IconData::default() };
    let (width, height) = (image.width() * 4, image.height() * 4);
    let larger = image.resize_exact(width, height, image::imageops::FilterType::Nearest).into_rgba8();
    egui::IconData { rgba: larger.into_raw(), width, height }
}

fn tell(text: &str) {
    // Who reads no further has read enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(text: &str) {
    eprintln!("error: {text}");
}
