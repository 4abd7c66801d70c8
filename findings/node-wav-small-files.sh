#!/usr/bin/env bash
# node-wav 0.0.2 cannot read a small file the way its manual shows, and changes a quarter of all samples.
#
# `decode(readFileSync(path))` gives nothing for a short sound: for a small file Node.js 20 takes the memory from a
# pool, and node-wav looks at the start of the pool. And a sound of 16 bits that is decoded and encoded again is not the
# same: `encode` rounds toward zero, so that samples become one step softer, more with each turn.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . node-wav@0.0.2 >/dev/null
cat > observe.js <<'END'
const { readFileSync, writeFileSync } = require("fs");
const wav = require("node-wav");

/** Returns a WAV of 16 bits, mono. */
function write(samples) {
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + samples.length * 2, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  [1, 1].forEach((value, at) => head.writeUInt16LE(value, 20 + at * 2));
  [8000, 16000].forEach((value, at) => head.writeUInt32LE(value, 24 + at * 4));
  [2, 16].forEach((value, at) => head.writeUInt16LE(value, 32 + at * 2));
  head.write("data", 36);
  head.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

console.log("node-wav", require("node-wav/package.json").version);
for (const frames of [100, 10000]) {
  writeFileSync("sound.wav", write(new Int16Array(frames).fill(1000)));
  const sound = wav.decode(readFileSync("sound.wav"));
  console.log(`${frames} frames:`, sound ? `${sound.channelData[0].length} decoded` : sound);
}
const original = Int16Array.from({ length: 65536 }, (_, at) => at - 32768);
let file = write(original);
for (let turn = 1; turn <= 3; turn++) {
  file = wav.encode(wav.decode(file).channelData, { sampleRate: 8000, float: false, bitDepth: 16 });
  const samples = new Int16Array(Uint8Array.from(file).buffer, 44);
  const changed = original.filter((sample, at) => sample !== samples[at]).length;
  const furthest = Math.max(...original.map((sample, at) => Math.abs(sample - samples[at])));
  console.log(`encoded ${turn} times: ${changed} of 65536 samples changed, by up to ${furthest}`);
}
END
node observe.js | tee seen
diff seen - <<'END'
node-wav 0.0.2
100 frames: undefined
10000 frames: 10000 decoded
encoded 1 times: 16639 of 65536 samples changed, by up to 1
encoded 2 times: 16639 of 65536 samples changed, by up to 2
encoded 3 times: 16639 of 65536 samples changed, by up to 3
END
