#!/usr/bin/env bash
# audiobuffer-to-wav 1.0.0 makes every positive sample one step lower, each time a sound is saved.
#
# A browser decodes 16 bits to floating point numbers by a division by 32768. audiobuffer-to-wav multiplies positive
# ones by 32767 and cuts off the fraction, so 1 becomes 0 and 100 becomes 99; negative ones are exact. A sound that is
# opened and saved ten times loses ten steps of its upper half: quiet ends disappear, and the rest has an offset.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . audiobuffer-to-wav@1.0.0 >/dev/null
cat > observe.js <<'END'
const save = require("audiobuffer-to-wav");

/** Saves samples of 16 bits as a browser holds them, and returns those of the WAV. */
function saved(samples) {
  const channel = Float32Array.from(samples, (sample) => sample / 32768);
  return new Int16Array(save({ numberOfChannels: 1, sampleRate: 44100, getChannelData: () => channel }).slice(44));
}

console.log("audiobuffer-to-wav", require("audiobuffer-to-wav/package.json").version);
const all = Int16Array.from({ length: 65536 }, (_, at) => at - 32768);
const changed = saved(all).filter((sample, at) => sample !== all[at]).length;
console.log(`saved once: ${changed} of 65536 values are changed`);
let sound = Int16Array.from([20000, 100, 8, 1, 0, -1, -8, -100, -20000]);
console.log("before:", sound.join(" "));
for (let time = 0; time < 10; time++) sound = saved(sound);
console.log("saved ten times:", sound.join(" "));
END
node observe.js | tee seen
diff seen - <<'END'
audiobuffer-to-wav 1.0.0
saved once: 32767 of 65536 values are changed
before: 20000 100 8 1 0 -1 -8 -100 -20000
saved ten times: 19990 90 0 0 0 -1 -8 -100 -20000
END
