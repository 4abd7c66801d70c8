#!/usr/bin/env bash
# tinybmp 0.6.0 shows a BMP in RGB565, as FFmpeg writes it, in other colors.
#
# Small displays have RGB565, so a BMP in it needs no conversion. After the header of 40 bytes, such a file has masks
# that say which bits are red, green and blue. tinybmp reads them only from a longer header, and takes this file for
# RGB555: a bit of red counts as green, and red becomes darker. It reports no error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
mkdir src
cat > Cargo.toml <<'END'
[package]
name = "observe"
version = "0.0.0"
edition = "2021"

[dependencies]
embedded-graphics = "=0.8.2"
tinybmp = "=0.6.0"
END
cat > src/main.rs <<'END'
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;

fn main() {
    for path in std::env::args().skip(1) {
        let file = std::fs::read(&path).unwrap();
        let image = tinybmp::Bmp::<Rgb888>::from_slice(&file).unwrap();
        let colors = image.pixels().map(|Pixel(_, color)| {
            format!("{:02x}{:02x}{:02x}", color.r(), color.g(), color.b())
        });
        println!("tinybmp 0.6.0, {path}: {}", colors.collect::<Vec<_>>().join(" "));
    }
}
END
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg

print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
program = imageio_ffmpeg.get_ffmpeg_exe()
# Red, green, blue and white.
for form, green in (("rgb555", 31), ("rgb565", 63)):
    red = 31 * (green + 1) * 32
    pixels = struct.pack("<4H", red, green * 32, 31, red | green * 32 | 31)
    command = [program, "-v", "error", "-f", "rawvideo", "-pix_fmt", form + "le", "-s", "4x1", "-i", "-", form + ".bmp"]
    subprocess.run(command, input=pixels, check=True)
    command = [program, "-v", "error", "-i", form + ".bmp", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    shown = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    print(f"FFmpeg, {form}.bmp:", " ".join(shown[at : at + 3].hex() for at in range(0, 12, 3)))
END
{
    PYTHONPATH=packages python3 observe.py
    CARGO_TARGET_DIR=target cargo run --quiet -- rgb555.bmp rgb565.bmp
} | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
FFmpeg, rgb555.bmp: ff0000 00ff00 0000ff ffffff
FFmpeg, rgb565.bmp: ff0000 00ff00 0000ff ffffff
tinybmp 0.6.0, rgb555.bmp: ff0000 00ff00 0000ff ffffff
tinybmp 0.6.0, rgb565.bmp: f70000 08ff00 0000ff ffffff
END
