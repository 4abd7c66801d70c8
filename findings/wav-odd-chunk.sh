#!/usr/bin/env bash
# wav 1.0.2 finds no sound in a WAV that has a chunk of odd length before it, and reports no error.
#
# Many programs write a name or a comment before the sound. If its chunk has an odd number of bytes, one byte follows
# that does not count. wav takes it for the first byte of the next chunk, so it does not recognize the sound, and ends
# without a sample. With one more letter in the comment, the same sound is read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . wav@1.0.2 >/dev/null
cat > observe.js <<'END'
const wav = require("wav");

function chunk(name, body) {
  const head = Buffer.alloc(8);
  head.write(name);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

/** Returns a WAV of 16 bits, mono, with four frames and a comment before them. */
function write(comment) {
  const format = Buffer.alloc(16);
  [1, 1].forEach((value, at) => format.writeUInt16LE(value, at * 2));
  [8000, 16000].forEach((value, at) => format.writeUInt32LE(value, 4 + at * 4));
  [2, 16].forEach((value, at) => format.writeUInt16LE(value, 12 + at * 2));
  const sound = Buffer.from(Int16Array.of(0, 1000, 0, -1000).buffer);
  const chunks = [chunk("fmt ", format), chunk("note", Buffer.from(comment)), chunk("data", sound)];
  return chunk("RIFF", Buffer.concat([Buffer.from("WAVE"), ...chunks]));
}

function read(comment) {
  return new Promise((resolve) => {
    const reader = new wav.Reader();
    const parts = [];
    let format = "no format";
    reader.on("format", ({ sampleRate, bitDepth }) => (format = `${bitDepth} bits, ${sampleRate} Hz`));
    reader.on("data", (part) => parts.push(part));
    reader.on("error", (error) => resolve(error.message));
    reader.on("end", () => resolve(`${format}, ${Buffer.concat(parts).length / 2} frames`));
    reader.end(write(comment));
  });
}

(async () => {
  console.log("wav", require("wav/package.json").version);
  for (const comment of ["jump", "jumps"]) console.log(`4 frames, comment "${comment}":`, await read(comment));
})();
END
node observe.js | tee seen
diff seen - <<'END'
wav 1.0.2
4 frames, comment "jump": 16 bits, 8000 Hz, 4 frames
4 frames, comment "jumps": 16 bits, 8000 Hz, 0 frames
END
