#!/usr/bin/env bash
# imaadpcm 5.0.0 loses the end of each sound, and all of a short one.
#
# IMA ADPCM compresses blocks, here of 505 samples. imaadpcm writes a block when the next one begins, so the last block
# is never written: in its place there are zeros. When it reads the sound again, it ignores the last block, too. A sound
# of up to 505 samples becomes silence, and a longer one ends early and in silence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . imaadpcm@5.0.0 >/dev/null
cat > observe.js <<'END'
const { decode, encode } = require("imaadpcm");

/** Returns the number of samples up to the last one that is heard. */
const heard = (samples) => samples.reduce((end, sample, at) => (Math.abs(sample) > 100 ? at + 1 : end), 0);

console.log("imaadpcm", require("imaadpcm/package.json").version);
for (const length of [400, 505, 1010, 4040]) {
  // A tone that is loud up to its last sample.
  const tone = Int16Array.from({ length }, (_, at) => (at % 20 < 10 ? 8000 : -8000));
  const decoded = decode(encode(tone));
  console.log(`${length} samples became ${decoded.length}, of which ${heard(decoded)} are heard`);
}
END
node observe.js | tee seen
diff seen - <<'END'
imaadpcm 5.0.0
400 samples became 800, of which 0 are heard
505 samples became 1010, of which 0 are heard
1010 samples became 2020, of which 506 are heard
4040 samples became 5120, of which 3542 are heard
END
