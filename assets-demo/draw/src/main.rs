//! Draws the demo project again: `cargo run -p assets-demo-draw`.

use assets_demo_draw::{declarations, files};
use std::io::{self, Write as _};
use std::path::Path;

fn main() -> io::Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("lantern");
    let mut total = 0;
    let files = files();
    for (path, bytes) in &files {
        total += bytes.len();
        write(&project.join(path), bytes)?;
    }
    let assets = declarations();
    let mut out = io::stdout().lock();
    for asset in &assets {
        writeln!(out, "{:17} {:?}", asset.root, asset.registration)?;
    }
    writeln!(out, "{} assets, {} files, {total} bytes", assets.len(), files.len())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo is drawn anew each time, nothing is lost by a half-written file"
)]
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}
