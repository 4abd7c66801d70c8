#!/usr/bin/env bash
# modern-gif 2.1.0 loses the background of an animation, of which frames are only shown for a moment.
#
# A frame of a GIF can be removed again so that what was there before comes back ("restore to previous"). Programs that
# make GIFs small use it for sprites that move in front of a background. modern-gif's `decodeFrames` removes the
# background as well: all pixels that the next frame does not draw are transparent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . modern-gif@2.1.0 >/dev/null
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import { decodeFrames } from "modern-gif";

/** Returns a frame of a GIF: a square of one color, which is removed after it was shown, or not. */
function frame(x, y, side, color, disposal) {
  // Codes of three bits; each pixel follows a code that clears the table, so that it never grows.
  const codes = [...Array(side * side).fill([4, color]).flat(), 5];
  const bits = codes.map((code) => code.toString(2).padStart(3, "0")).reverse().join("");
  const data = bits.padStart(Math.ceil(bits.length / 8) * 8, "0").match(/.{8}/g).reverse();
  const bytes = data.map((byte) => parseInt(byte, 2));
  const control = [0x21, 0xf9, 4, disposal << 2, 10, 0, 0, 0];
  return [...control, 0x2c, x, 0, y, 0, side, 0, side, 0, 0, 2, bytes.length, ...bytes, 0];
}

/** Returns a GIF of 4 × 4 pixels: red, then a green pixel that moves to the right, in front of the red. */
function write(disposal) {
  const palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
  const head = [...Buffer.from("GIF89a"), 4, 0, 4, 0, 0x81, 0, 0, ...palette];
  const moves = [0, 1, 2].flatMap((x) => frame(x, 1, 1, 1, disposal));
  return Uint8Array.from([...head, ...frame(0, 0, 4, 0, 1), ...moves, 0x3b]);
}

console.log("modern-gif", JSON.parse(readFileSync("node_modules/modern-gif/package.json")).version);
for (const [name, disposal] of [["stays", 1], ["is removed", 3]]) {
  console.log(`the green pixel ${name}:`);
  decodeFrames(write(disposal).buffer).forEach(({ data }, at) => {
    const count = (...color) => {
      let found = 0;
      for (let pixel = 0; pixel < 64; pixel += 4) found += color.every((channel, n) => data[pixel + n] === channel);
      return found;
    };
    const clear = 16 - count(255, 0, 0, 255) - count(0, 255, 0, 255);
    console.log(`  frame ${at}: ${count(255, 0, 0, 255)} red, ${count(0, 255, 0, 255)} green, ${clear} others`);
  });
}
END
node observe.mjs | tee seen
diff seen - <<'END'
modern-gif 2.1.0
the green pixel stays:
  frame 0: 16 red, 0 green, 0 others
  frame 1: 15 red, 1 green, 0 others
  frame 2: 14 red, 2 green, 0 others
  frame 3: 13 red, 3 green, 0 others
the green pixel is removed:
  frame 0: 16 red, 0 green, 0 others
  frame 1: 15 red, 1 green, 0 others
  frame 2: 0 red, 1 green, 15 others
  frame 3: 0 red, 1 green, 15 others
END
