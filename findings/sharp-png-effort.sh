#!/usr/bin/env bash
# sharp 0.35.5: a PNG of 16 colors that is saved with a low `effort` has other colors.
#
# `effort` says how long the encoder may try, and it makes the PNG indexed. With 16 colors, a palette of 16 needs no
# compromise. From 4 on the colors are exact, but with an effort of 1 to 3 most of them differ by one step, even with
# `quality: 100` and `dither: 0`, so that a palette swap or a comparison by color fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . sharp@0.35.5 >/dev/null
cat > observe.js <<'END'
const sharp = require("sharp");

const COLORS = ("1a1c2c 5d275d b13e53 ef7d57 ffcd75 a7f070 38b764 257179 "
  + "29366f 3b5dc9 41a6f6 73eff7 f4f4f4 94b0c2 566c86 333c57").split(" ");
const raw = { width: 16, height: 16, channels: 3 };
const pixels = Buffer.from(Array(16).fill(COLORS.join("")).join(""), "hex");

async function main() {
  console.log("sharp", sharp.versions.sharp);
  for (const options of [
    { palette: true },
    { palette: true, effort: 4 },
    { effort: 3 },
    { effort: 1 },
    { effort: 1, quality: 100, dither: 0 },
  ]) {
    const png = await sharp(pixels, { raw }).png(options).toBuffer();
    const read = await sharp(png).removeAlpha().raw().toBuffer();
    const after = COLORS.map((_, index) => read.subarray(index * 3, index * 3 + 3).toString("hex"));
    const changes = COLORS.flatMap((color, index) => (color === after[index] ? [] : `${color} to ${after[index]}`));
    console.log(`${JSON.stringify(options)}: ${changes.length} colors changed; ${changes.slice(0, 3).join(", ")}`);
  }
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
sharp 0.35.5
{"palette":true}: 0 colors changed; 
{"palette":true,"effort":4}: 0 colors changed; 
{"effort":3}: 14 colors changed; 5d275d to 5c265c, b13e53 to b13e52, ef7d57 to ef7c56
{"effort":1}: 14 colors changed; 5d275d to 5c265c, b13e53 to b13e52, ef7d57 to ef7c56
{"effort":1,"quality":100,"dither":0}: 14 colors changed; 5d275d to 5c265c, b13e53 to b13e52, ef7d57 to ef7c56
END
