#!/usr/bin/env bash
# image 0.25.10 makes an opaque image half-transparent if `overlay` draws half-transparent pixels on it.
#
# What lies over an opaque pixel is opaque. `imageops::overlay`, the usual way to draw one image over another in Rust,
# gives it the alpha 254 for many of the possible alphas, because the sum of two fractions is a bit less than 1 and is
# cut. A shadow or a glow then makes a hole in an opaque background, and a program that allows only transparent and
# opaque pixels refuses the image.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'END'
[package]
name = "observe"
version = "0.0.0"
edition = "2021"

[dependencies]
image = { version = "=0.25.10", default-features = false, features = [] }
END
cat > src/main.rs <<'END'
use image::{imageops, Rgba, RgbaImage};

fn main() {
    println!("image 0.25.10");
    let mut partial = Vec::new();
    for alpha in 0..=255 {
        let mut background = RgbaImage::from_pixel(8, 8, Rgba([90, 120, 200, 255]));
        let shadow = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, alpha]));
        imageops::overlay(&mut background, &shadow, 0, 0);
        let pixel = background.get_pixel(0, 0).0;
        if pixel[3] != 255 {
            partial.push(alpha);
        }
        if [0, 64, 128, 255].contains(&alpha) {
            println!("a black pixel of the alpha {alpha} over an opaque one: {pixel:?}");
        }
    }
    println!("{} of 256 alphas make an opaque pixel half-transparent", partial.len());
}
END
cargo run --quiet | tee seen
diff seen - <<'END'
image 0.25.10
a black pixel of the alpha 0 over an opaque one: [90, 120, 200, 255]
a black pixel of the alpha 64 over an opaque one: [67, 89, 149, 255]
a black pixel of the alpha 128 over an opaque one: [44, 59, 99, 254]
a black pixel of the alpha 255 over an opaque one: [0, 0, 0, 255]
32 of 256 alphas make an opaque pixel half-transparent
END
