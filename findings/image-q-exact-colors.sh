#!/usr/bin/env bash
# image-q 4.0.0: an image of 16 colors that is reduced to 16 colors loses some of them.
#
# Nothing has to be reduced, but only one of the four methods, RGBQuant, keeps all colors. Both forms of NeuQuant change
# nearly every pixel, and Wu's method merges colors that are close, even if there are only two. Jimp and other libraries
# reduce colors with image-q.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . image-q@4.0.0 >/dev/null
cat > observe.js <<'END'
const { readFileSync } = require("fs");
const { applyPaletteSync, buildPaletteSync, utils } = require("image-q");

console.log("image-q", JSON.parse(readFileSync("node_modules/image-q/package.json")).version);
const sets = {
  "16 reds": Array.from({ length: 16 }, (_, shade) => [shade * 17, 0, 0]),
  "16 browns, 1 apart": Array.from({ length: 16 }, (_, shade) => [100 + shade, 60, 20]),
  "2 browns, 2 apart": [[96, 64, 32], [98, 66, 33]],
};
for (const [name, colors] of Object.entries(sets)) {
  const pixels = new Uint8Array(16 * 16 * 4);
  for (let at = 0; at < 256; at++) pixels.set([...colors[at % colors.length], 255], at * 4);
  for (const method of ["rgbquant", "wuquant", "neuquant", "neuquant-float"]) {
    const image = utils.PointContainer.fromUint8Array(pixels.slice(), 16, 16);
    const palette = buildPaletteSync([image], { colors: 16, paletteQuantization: method });
    const drawn = applyPaletteSync(image, palette, { imageQuantization: "nearest" }).toUint8Array();
    let changed = 0;
    let largest = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      const steps = [0, 1, 2].map((channel) => Math.abs(pixels[at + channel] - drawn[at + channel]));
      changed += Math.max(...steps) > 0;
      largest = Math.max(largest, ...steps);
    }
    console.log(`${name}, ${method}: ${changed} of 256 pixels changed, by up to ${largest}`);
  }
}
END
node observe.js | tee seen
diff seen - <<'END'
image-q 4.0.0
16 reds, rgbquant: 0 of 256 pixels changed, by up to 0
16 reds, wuquant: 0 of 256 pixels changed, by up to 0
16 reds, neuquant: 240 of 256 pixels changed, by up to 44
16 reds, neuquant-float: 256 of 256 pixels changed, by up to 45
16 browns, 1 apart, rgbquant: 0 of 256 pixels changed, by up to 0
16 browns, 1 apart, wuquant: 208 of 256 pixels changed, by up to 3
16 browns, 1 apart, neuquant: 208 of 256 pixels changed, by up to 3
16 browns, 1 apart, neuquant-float: 208 of 256 pixels changed, by up to 4
2 browns, 2 apart, rgbquant: 0 of 256 pixels changed, by up to 0
2 browns, 2 apart, wuquant: 256 of 256 pixels changed, by up to 1
2 browns, 2 apart, neuquant: 128 of 256 pixels changed, by up to 1
2 browns, 2 apart, neuquant-float: 128 of 256 pixels changed, by up to 1
END
