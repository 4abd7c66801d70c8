#!/usr/bin/env bash
# @silvia-odwyer/photon-node 0.3.4: `rotate` by 90, 180 or 270 degrees loses a row and two columns of an image.
#
# A turn by a multiple of 90 degrees only changes the places of pixels. `rotate` skews the image three times, and loses
# pixels each time, also some from its middle. What is left is not in its place, and of nine pixels only two are left.
# `rotate` by 360 degrees is exact.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @silvia-odwyer/photon-node@0.3.4 >/dev/null
cat > observe.js <<'END'
const photon = require("@silvia-odwyer/photon-node");
const { version } = require("@silvia-odwyer/photon-node/package.json");

// Each pixel has a red of its own.
function image(side) {
  const pixels = [...Array(side * side).keys()].flatMap((index) => [index, 0, 0, 255]);
  return new photon.PhotonImage(new Uint8Array(pixels), side, side);
}

console.log("photon-node", version);
for (const side of [3, 8, 16]) {
  for (const angle of [90, 180, 270, 360]) {
    const turned = photon.rotate(image(side), angle);
    const [width, height] = [turned.get_width(), turned.get_height()];
    const pixels = turned.get_raw_pixels();
    const reds = new Set();
    let placed = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * 4;
        if (pixels[at + 3] === 0) continue;
        reds.add(pixels[at]);
        const last = side - 1;
        const source = { 90: [y, last - x], 180: [last - x, last - y], 270: [last - y, x], 360: [x, y] }[angle];
        if (pixels[at] === source[1] * side + source[0]) placed += 1;
      }
    }
    const size = `${side} x ${side} became ${width} x ${height}`;
    console.log(`${angle} degrees: ${size}, ${reds.size} of ${side * side} colors left, ${placed} in place`);
  }
}
END
node observe.js | tee seen
diff seen - <<'END'
photon-node 0.3.4
90 degrees: 3 x 3 became 3 x 3, 2 of 9 colors left, 1 in place
180 degrees: 3 x 3 became 3 x 3, 2 of 9 colors left, 1 in place
270 degrees: 3 x 3 became 3 x 3, 2 of 9 colors left, 1 in place
360 degrees: 3 x 3 became 3 x 3, 9 of 9 colors left, 9 in place
90 degrees: 8 x 8 became 8 x 8, 42 of 64 colors left, 1 in place
180 degrees: 8 x 8 became 8 x 8, 42 of 64 colors left, 1 in place
270 degrees: 8 x 8 became 8 x 8, 42 of 64 colors left, 1 in place
360 degrees: 8 x 8 became 8 x 8, 64 of 64 colors left, 64 in place
90 degrees: 16 x 16 became 16 x 16, 210 of 256 colors left, 1 in place
180 degrees: 16 x 16 became 16 x 16, 210 of 256 colors left, 1 in place
270 degrees: 16 x 16 became 16 x 16, 210 of 256 colors left, 1 in place
360 degrees: 16 x 16 became 16 x 16, 256 of 256 colors left, 256 in place
END
