#!/usr/bin/env bash
# @alexanderolsen/libsamplerate-js 2.1.2 cuts the end of a sound of more than a million samples.
#
# Its function `simple` resamples a whole sound. Above 1 008 000 samples, 23 s of mono at 44100 Hz, it passes the
# sound on in parts, without a sign that the last one is the end, so what libsamplerate still holds is lost. In the best
# quality this is the last 6.5 ms. A piece of music that loops then jumps, and shorter ones do not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @alexanderolsen/libsamplerate-js@2.1.2 >/dev/null
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import library from "@alexanderolsen/libsamplerate-js";

const name = "@alexanderolsen/libsamplerate-js";
console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);
for (const quality of ["SRC_SINC_BEST_QUALITY", "SRC_SINC_FASTEST"]) {
  for (const samples of [100000, 1000000, 1000002, 2000000]) {
    const converter = await library.create(1, 44100, 22050, { converterType: library.ConverterType[quality] });
    const resampled = converter.simple(new Float32Array(samples).fill(0.25));
    const lost = samples / 2 - resampled.length;
    console.log(`${quality}: ${samples} samples became ${resampled.length}, ${lost} are lost`);
    converter.destroy();
  }
}
END
node observe.mjs | tee seen
diff seen - <<'END'
@alexanderolsen/libsamplerate-js 2.1.2
SRC_SINC_BEST_QUALITY: 100000 samples became 50000, 0 are lost
SRC_SINC_BEST_QUALITY: 1000000 samples became 500000, 0 are lost
SRC_SINC_BEST_QUALITY: 1000002 samples became 500001, 0 are lost
SRC_SINC_BEST_QUALITY: 2000000 samples became 999857, 143 are lost
SRC_SINC_FASTEST: 100000 samples became 50000, 0 are lost
SRC_SINC_FASTEST: 1000000 samples became 500000, 0 are lost
SRC_SINC_FASTEST: 1000002 samples became 500001, 0 are lost
SRC_SINC_FASTEST: 2000000 samples became 999981, 19 are lost
END
