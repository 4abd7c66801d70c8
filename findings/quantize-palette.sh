#!/usr/bin/env bash
# quantize 1.0.2 (npm) finds other colors than those of an image, even if it has only four.
#
# Color pickers and makers of palettes find the colors of an image with it. It cuts each channel to 5 bits and then
# takes the middle of what was cut off, so it can only return multiples of 8 plus 4: black becomes `#040404`, and no
# color of the image is in the palette. If more colors are asked for than there are, it invents the others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . quantize@1.0.2 >/dev/null
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import quantize from "quantize";

const hex = (color) => color.map((channel) => channel.toString(16).padStart(2, "0")).join("");

console.log("quantize", JSON.parse(readFileSync("node_modules/quantize/package.json")).version);
// Four flat colors, 64 pixels of each.
const colors = [[0, 0, 0], [255, 0, 77], [41, 173, 255], [255, 241, 232]];
const pixels = colors.flatMap((color) => Array(64).fill(color));
console.log("the image:", colors.map(hex).join(" "));
for (const limit of [4, 5]) {
  console.log(`${limit} colors:`, quantize(pixels, limit).palette().map(hex).sort().join(" "));
}
END
node observe.mjs | tee seen
diff seen - <<'END'
quantize 1.0.2
the image: 000000 ff004d 29adff fff1e8
4 colors: 040404 2cacfc fc044c fcf4ec
5 colors: 040404 2cacfc bcf8b8 fc044c fcf4ec
END
