#!/usr/bin/env bash
# wav-decoder 1.3.0 turns the lowest sample of a WAV with 24 bits into the highest.
#
# A sound that is as loud as its format allows reaches the lowest value, -8388608. wav-decoder returns +1 for it instead
# of -1, which is a click of full strength. The next higher value, and the lowest one of 16 and 32 bits, are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . wav-decoder@1.3.0 >/dev/null
cat > observe.js <<'END'
const { decode } = require("wav-decoder");

/** Returns a mono WAV with these values of 16 bits, widened to `bits`. */
function write(bits, values) {
  const size = bits / 8;
  const head = Buffer.alloc(44);
  const data = Buffer.alloc(values.length * size);
  values.forEach((value, at) => data.writeIntLE(value * 2 ** (bits - 16), at * size, size));
  head.write("RIFF");
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  [1, 1].forEach((value, at) => head.writeUInt16LE(value, 20 + at * 2));
  [44100, 44100 * size].forEach((value, at) => head.writeUInt32LE(value, 24 + at * 4));
  [size, bits].forEach((value, at) => head.writeUInt16LE(value, 32 + at * 2));
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

console.log("wav-decoder", require("wav-decoder/package.json").version);
(async () => {
  const values = [-32766, -32767, -32768, -32767, -32766];
  for (const bits of [16, 24, 32]) {
    const [samples] = (await decode(write(bits, values))).channelData;
    console.log(`${bits} bits:`, Array.from(samples, (sample) => sample.toFixed(4)).join(" "));
  }
})();
END
node observe.js | tee seen
diff seen - <<'END'
wav-decoder 1.3.0
16 bits: -0.9999 -1.0000 -1.0000 -1.0000 -0.9999
24 bits: -0.9999 -1.0000 1.0000 -1.0000 -0.9999
32 bits: -0.9999 -1.0000 -1.0000 -1.0000 -0.9999
END
