#!/usr/bin/env bash
# wavefile 11.0.0 takes the byte that pads an odd sound for a sample, which is a click.
#
# A chunk of a WAV with an odd number of bytes is followed by a byte that does not count. A sound of 8 bits with five
# frames gets a sixth one from wavefile; 0 is the lowest value of 8 bits. Saved again, the sound has it for good.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . wavefile@11.0.0 >/dev/null
cat > observe.js <<'END'
const { readFileSync } = require("fs");
const { WaveFile } = require("wavefile");

console.log("wavefile", JSON.parse(readFileSync("node_modules/wavefile/package.json")).version);

/** Returns a WAV of 8 bits, mono. */
function write(samples) {
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + samples.length + (samples.length % 2), 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  [1, 1].forEach((value, at) => head.writeUInt16LE(value, 20 + at * 2));
  [8000, 8000].forEach((value, at) => head.writeUInt32LE(value, 24 + at * 4));
  [1, 8].forEach((value, at) => head.writeUInt16LE(value, 32 + at * 2));
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, Buffer.from(samples), Buffer.alloc(samples.length % 2)]);
}

for (const samples of [[128, 130, 132, 130], [128, 130, 132, 130, 128]]) {
  const sound = new WaveFile(write(samples));
  console.log(samples.join(" "), "became", Array.from(sound.getSamples()).join(" "));
  console.log("saved with", Buffer.from(sound.toBuffer()).readUInt32LE(40), "bytes of sound");
}
END
node observe.js | tee seen
diff seen - <<'END'
wavefile 11.0.0
128 130 132 130 became 128 130 132 130
saved with 4 bytes of sound
128 130 132 130 128 became 128 130 132 130 128 0
saved with 6 bytes of sound
END
