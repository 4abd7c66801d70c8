#!/usr/bin/env bash
# wave-resampler 1.0.0, and wavefile with it: a sound that is resampled begins too low and ends in silence.
#
# Every frame of the sound has the same value. Of the methods with a filter, which cubic, the default, and sinc are, the
# filter begins and ends in silence, so that a loop over the whole sound clicks. The methods without a filter, point and
# linear, are right here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . wave-resampler@1.0.0 wavefile@11.0.0 >/dev/null
cat > observe.js <<'END'
const { readFileSync } = require("fs");
const { resample } = require("wave-resampler");
const { WaveFile } = require("wavefile");

for (const name of ["wave-resampler", "wavefile"])
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);

const VALUE = 10000;
const sound = new Array(1000).fill(VALUE);

function show(name, samples) {
  const frames = Array.from(samples, Math.round);
  const wrong = frames.filter((frame) => Math.abs(frame - VALUE) > VALUE / 100).length;
  const ends = `${frames.slice(0, 3).join(" ")} … ${frames.slice(-3).join(" ")}`;
  console.log(`${name}: ${ends}; ${wrong} of ${frames.length} frames off by more than 1%`);
}

for (const rate of [44100, 11025]) {
  for (const method of ["point", "linear", "cubic", "sinc"])
    show(`wave-resampler, 22050 to ${rate} Hz, ${method}`, resample(sound, 22050, rate, { method }));
  const file = new WaveFile();
  file.fromScratch(1, 22050, "16", sound);
  file.toSampleRate(rate);
  show(`wavefile, 22050 to ${rate} Hz`, file.getSamples());
}
END
node observe.js | tee seen
diff seen - <<'END'
wave-resampler 1.0.0
wavefile 11.0.0
wave-resampler, 22050 to 44100 Hz, point: 10000 10000 10000 … 10000 10000 10000; 0 of 2000 frames off by more than 1%
wave-resampler, 22050 to 44100 Hz, linear: 10000 10000 10000 … 10000 10000 10000; 0 of 2000 frames off by more than 1%
wave-resampler, 22050 to 44100 Hz, cubic: 7699 10995 10881 … 0 0 0; 68 of 2000 frames off by more than 1%
wave-resampler, 22050 to 44100 Hz, sinc: 7839 11173 10917 … 0 0 0; 68 of 2000 frames off by more than 1%
wavefile, 22050 to 44100 Hz: 7699 10995 10881 … 0 0 0; 68 of 2000 frames off by more than 1%
wave-resampler, 22050 to 11025 Hz, point: 10000 10000 10000 … 10000 10000 10000; 0 of 500 frames off by more than 1%
wave-resampler, 22050 to 11025 Hz, linear: 10000 10000 10000 … 10000 10000 10000; 0 of 500 frames off by more than 1%
wave-resampler, 22050 to 11025 Hz, cubic: 7500 10683 9623 … 76 3 0; 28 of 500 frames off by more than 1%
wave-resampler, 22050 to 11025 Hz, sinc: 6550 11060 9374 … 62 2 0; 45 of 500 frames off by more than 1%
wavefile, 22050 to 11025 Hz: 5994 11261 9250 … 56 2 0; 51 of 500 frames off by more than 1%
END
