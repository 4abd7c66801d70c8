#!/usr/bin/env bash
# wav_io 0.1.17: music that is resampled to a higher rate runs ahead, up to seconds within two minutes.
#
# `resample::linear` adds up its place in the sound in single precision. After some seconds a step can no longer be
# represented exactly, so the pitch changes, and what is heard comes early. The end of the result repeats the last
# frame. To half the rate, the result has one frame too many, which is not a number, and becomes a click.
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
wav_io = "=0.1.17"
END
cat > src/main.rs <<'END'
use wav_io::resample::linear;

fn main() {
    println!("wav_io 0.1.17");
    for seconds in [1, 20, 60, 120] {
        // Silence with a click half a second before its end.
        let mut sound = vec![0.0; 32000 * seconds];
        let click = sound.len() - 16000;
        sound[click] = 1.0;
        let result = linear(sound, 1, 32000, 44100);
        let seen = (0..result.len()).max_by(|&a, &b| result[a].total_cmp(&result[b])).unwrap();
        println!(
            "{seconds} s, 32000 to 44100 Hz: the click at {:.2} s is at {:.2} s",
            click as f64 / 32000.0,
            seen as f64 / 44100.0
        );
    }
    let result = linear(vec![0.5; 2000], 1, 44100, 22050);
    println!("2000 frames, 44100 to 22050 Hz: {} frames, the last two {:?}", result.len(), &result[999..]);
}
END
cargo run --quiet --release | tee seen
diff seen - <<'END'
wav_io 0.1.17
1 s, 32000 to 44100 Hz: the click at 0.50 s is at 0.50 s
20 s, 32000 to 44100 Hz: the click at 19.50 s is at 19.51 s
60 s, 32000 to 44100 Hz: the click at 59.50 s is at 58.21 s
120 s, 32000 to 44100 Hz: the click at 119.50 s is at 116.26 s
2000 frames, 44100 to 22050 Hz: 1001 frames, the last two [0.5, NaN]
END
