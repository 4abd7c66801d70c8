//! Draws the demo project again: `cargo run -p assets-demo-draw [PROJECT]`.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use assets_demo_draw::declarations::{Registration, declarations};
use assets_demo_draw::{draw, files};

fn main() -> Result<(), Box<dyn Error>> {
    let here = || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("lantern");
    let project = std::env::args_os().nth(1).map_or_else(here, PathBuf::from);
    draw(&project)?;

    let mut out = io::stdout().lock();
    for asset in declarations() {
        let standing = match asset.registration {
            Registration::Included(id) => format!("asset {id}"),
            Registration::Excluded(id) => format!("asset {id}, excluded from the build"),
            Registration::Unregistered => "not registered".to_owned(),
        };
        writeln!(out, "{:17} {standing}", asset.root.as_str())?;
    }
    let files = files();
    let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    writeln!(out, "drew {} files, {total} bytes, in {}", files.len(), project.display())?;
    Ok(())
}
