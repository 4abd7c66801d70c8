#!/usr/bin/env bash
# pixelmatch 7.2.0: at the threshold 0, a pixel that changed in pixel art can go unnoticed.
#
# 0 is the strictest threshold, but a pixel that lies between a darker and a brighter one is taken for an anti-aliased
# edge, and does not count. Pixel art has none, but corners of hard edges look alike. Only `includeAA: true` counts all
# pixels. In the example one pixel of a corner gets another color of the same drawing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . pixelmatch@7.2.0 >/dev/null
cat > observe.js <<'END'
const { readFileSync } = require("fs");

const SIDE = 16;
const colors = [[20, 20, 30], [200, 60, 60], [240, 220, 120], [60, 160, 220]];

/** Blocks of four colors, 8 pixels wide and 4 high. */
function drawing() {
  const pixels = new Uint8Array(SIDE * SIDE * 4);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const block = Math.floor((at % SIDE) / 8) + Math.floor(at / SIDE / 4);
    pixels.set([...colors[block % 4], 255], at * 4);
  }
  return pixels;
}

(async () => {
  const pixelmatch = (await import("pixelmatch")).default;
  console.log("pixelmatch", JSON.parse(readFileSync("node_modules/pixelmatch/package.json")).version);
  for (const options of [{ threshold: 0 }, { threshold: 0, includeAA: true }]) {
    let tried = 0;
    const unnoticed = [];
    for (let at = 0; at < SIDE * SIDE; at++)
      for (const color of colors) {
        const before = drawing();
        const after = drawing();
        after.set(color, at * 4);
        if (Buffer.compare(before, after) === 0) continue;
        tried += 1;
        const counted = pixelmatch(before, after, null, SIDE, SIDE, options);
        if (counted === 0) unnoticed.push([at % SIDE, Math.floor(at / SIDE)]);
      }
    const places = new Set(unnoticed.map(([x, y]) => `${x}, ${y}`)).size;
    const result = `${unnoticed.length} of ${tried} changed pixels unnoticed, at ${places} places`;
    console.log(JSON.stringify(options), result);
  }
})();
END
node observe.js | tee seen
diff seen - <<'END'
pixelmatch 7.2.0
{"threshold":0} 63 of 768 changed pixels unnoticed, at 63 places
{"threshold":0,"includeAA":true} 0 of 768 changed pixels unnoticed, at 0 places
END
