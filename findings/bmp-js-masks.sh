#!/usr/bin/env bash
# bmp-js 0.1.0 takes a part of the header of a BMP with alpha for its pixels.
#
# A BMP with alpha has a longer header with masks, as ImageMagick writes it. bmp-js reads the pixels from the place
# where a short header would end, so all of them are shifted, and the last ones are missing. Nothing is reported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . bmp-js@0.1.0 >/dev/null
cat > observe.js <<'END'
const bmp = require("bmp-js");

/** Returns a BMP of 8 × 4 red pixels with 32 bits each, with a header of `size` bytes. */
function red(size) {
  const head = Buffer.alloc(14 + size);
  head.write("BM");
  head.writeUInt32LE(head.length + 128, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(size, 14);
  head.writeInt32LE(8, 18);
  head.writeInt32LE(4, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(32, 28);
  head.writeUInt32LE(128, 34);
  if (size > 40) {
    head.writeUInt32LE(3, 30);
    [0xff0000, 0xff00, 0xff, 0xff000000].forEach((mask, channel) => head.writeUInt32LE(mask, 54 + channel * 4));
    head.write("BGRs", 70);
  }
  return Buffer.concat([head, Buffer.from(Array(32).fill([0, 0, 255, 255]).flat())]);
}

console.log("bmp-js", require("bmp-js/package.json").version);
for (const size of [40, 108, 124]) {
  const { data } = bmp.decode(red(size));
  // bmp-js gives alpha, blue, green, red.
  let wrong = 0;
  for (let at = 0; at < data.length; at += 4) wrong += data.subarray(at + 1, at + 4).toString("hex") !== "0000ff";
  console.log(`header of ${size} bytes: ${wrong} of 32 pixels are not red`);
}
END
node observe.js | tee seen
diff seen - <<'END'
bmp-js 0.1.0
header of 40 bytes: 0 of 32 pixels are not red
header of 108 bytes: 32 of 32 pixels are not red
header of 124 bytes: 32 of 32 pixels are not red
END
