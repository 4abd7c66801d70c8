#!/usr/bin/env bash
# Jimp 1.6.1: `pixelate` mixes the colors of neighboring blocks.
#
# `pixelate(4)` should fill each block of 4 x 4 pixels with its mean, so that an image that consists of such blocks does
# not change. Each block also takes a part of the ones to the left of it and above it: colors appear that the image does
# not have, and edges wander. Even `pixelate(1)` blurs the image.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . jimp@1.6.1 >/dev/null
cat > observe.js <<'END'
const { Jimp } = require("jimp");
const { version } = require("./node_modules/jimp/package.json");

// 16 x 16 pixels in four columns of 4 pixels, with the reds 0, 80, 160 and 240.
const pixels = Buffer.from([...Array(256).keys()].flatMap((index) => [((index % 16) >> 2) * 80, 0, 0, 255]));

console.log("Jimp", version);
for (const size of [8, 4, 2, 1]) {
  const image = new Jimp({ width: 16, height: 16, data: Buffer.from(pixels) });
  image.pixelate(size);
  const reds = [...Array(16).keys()].map((x) => image.bitmap.data[x * 4]);
  console.log(`pixelate(${size}): ${reds.join(" ")}`);
}
END
node observe.js | tee seen
diff seen - <<'END'
Jimp 1.6.1
pixelate(8): 0 0 0 0 0 0 0 0 140 140 140 140 140 140 140 140
pixelate(4): 0 0 0 0 60 60 60 60 140 140 140 140 220 220 220 220
pixelate(2): 0 0 0 0 60 60 80 80 140 140 160 160 220 220 240 240
pixelate(1): 0 0 0 20 60 80 80 100 140 160 160 180 220 240 240 240
END
