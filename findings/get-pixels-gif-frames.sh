#!/usr/bin/env bash
# get-pixels 3.3.3 returns only the changed part of the frames of a GIF.
#
# A frame of a GIF can be a part of the image, which is drawn over the frames before it. get-pixels returns an array
# with all frames, each of the size of the whole image, but draws every part on a transparent one of its own. A sprite
# whose arm moves has no body from the second frame on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . get-pixels@3.3.3 >/dev/null
cat > observe.js <<'END'
const { writeFileSync } = require("fs");
const getPixels = require("get-pixels");
const { version } = require("get-pixels/package.json");

// A GIF of 8 x 8 pixels in black, red and green: a red frame, then a frame that draws 2 x 2 pixels in green at (3, 3).
function frame(left, top, width, height, index) {
  const codes = Array(width * height).fill(index).flatMap((code) => [4, code]).concat(5);
  const bits = codes.map((code) => code.toString(2).padStart(3, "0").split("").reverse().join("")).join("");
  const bytes = bits.match(/.{1,8}/g).map((byte) => parseInt(byte.split("").reverse().join(""), 2));
  // Dispose nothing; ten hundredths of a second.
  const control = [0x21, 0xf9, 4, 1 << 2, 10, 0, 0, 0];
  return [...control, 0x2c, left, 0, top, 0, width, 0, height, 0, 0, 2, bytes.length, ...bytes, 0];
}
const palette = [0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0];
const header = [...Buffer.from("GIF89a"), 8, 0, 8, 0, 0x91, 0, 0, ...palette];
writeFileSync("sprite.gif", Buffer.from([...header, ...frame(0, 0, 8, 8, 1), ...frame(3, 3, 2, 2, 2), 0x3b]));

console.log("get-pixels", version);
getPixels("sprite.gif", (error, pixels) => {
  if (error) throw error;
  for (let index = 0; index < pixels.shape[0]; index++) {
    const counts = { red: 0, green: 0, transparent: 0 };
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const [red, , , alpha] = [0, 1, 2, 3].map((channel) => pixels.get(index, x, y, channel));
        counts[alpha === 0 ? "transparent" : red ? "red" : "green"] += 1;
      }
    }
    console.log(`frame ${index} of ${pixels.shape[0]}: ${JSON.stringify(counts)}`);
  }
});
END
node observe.js | tee seen
diff seen - <<'END'
get-pixels 3.3.3
frame 0 of 2: {"red":64,"green":0,"transparent":0}
frame 1 of 2: {"red":0,"green":4,"transparent":60}
END
