#!/usr/bin/env bash
# exoquant 0.2.0 (Rust) turns the colors of an image brighter, although the palette has room for all of them.
#
# An image of four colors that becomes indexed with 16 should keep its colors. exoquant finds one entry for each, but
# none with the color of the image: they are up to 8 steps brighter. Only black and white are exact, and a palette that
# is made from the result gets brighter once more.
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
exoquant = "=0.2.0"
END
cat > src/main.rs <<'END'
use exoquant::{convert_to_indexed, ditherer, optimizer, Color};

fn main() {
    println!("exoquant 0.2.0");
    let mut colors = ["1a1c2c", "5d275d", "b13e53", "ef7d57"].map(String::from);
    println!("unchanged: {}", colors.join(" "));
    for turn in 1..=3 {
        // 16 x 16 pixels, with each color 64 times.
        let pixels = (0..256).map(|index| {
            let color = u32::from_str_radix(&colors[index % 4], 16).unwrap();
            Color::new((color >> 16) as u8, (color >> 8) as u8, color as u8, 255)
        });
        let pixels = pixels.collect::<Vec<_>>();
        let (palette, indices) = convert_to_indexed(&pixels, 16, 16, &optimizer::KMeans, &ditherer::None);
        for (color, &index) in colors.iter_mut().zip(&indices) {
            let entry = &palette[usize::from(index)];
            *color = format!("{:02x}{:02x}{:02x}", entry.r, entry.g, entry.b);
        }
        println!("indexed, {turn} times: {}", colors.join(" "));
    }
}
END
CARGO_TARGET_DIR=target cargo run --quiet | tee seen
diff seen - <<'END'
exoquant 0.2.0
unchanged: 1a1c2c 5d275d b13e53 ef7d57
indexed, 1 times: 1a1d2d 602860 b74056 f7815a
indexed, 2 times: 1a1e2e 632963 bd4259 ff855d
indexed, 3 times: 1a1f2f 662a66 c3445c ff8960
END
