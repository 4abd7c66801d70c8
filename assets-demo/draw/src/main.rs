//! Draws the demo projects again: `cargo run -p assets-demo-draw [FOLDER]`.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use assets_demo_draw::declarations::{Registration, declarations};
use assets_demo_draw::{draw, files, snuffed};

fn main() -> Result<(), Box<dyn Error>> {
    let here = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::args_os().nth(1).map_or_else(here, PathBuf::from);
    let mut out = io::stdout().lock();
    for (name, files) in [("lantern", files()), ("snuffed", snuffed::files())] {
        let project = folder.join(name);
        draw(&project, &files)?;
        let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        writeln!(out, "drew {} files, {total} bytes, in {}", files.len(), project.display())?;
    }
    for asset in declarations() {
        let state = match asset.registration {
            Registration::Included(id) => format!("asset {id}"),
            Registration::Excluded(id) => format!("asset {id}, excluded from the build"),
            Registration::Unregistered => "not registered".to_owned(),
        };
        writeln!(out, "{:17} {state}", asset.root.as_str())?;
    }
    writeln!(out, "{} broken assets", snuffed::mistakes().count())?;
    Ok(())
}
