#!/usr/bin/env bash
# @silvia-odwyer/photon-node 0.3.4: filters clear the outermost pixels of an image.
#
# `sharpen`, `emboss`, `box_blur`, `noise_reduction` and even `identity`, which should change nothing, leave out the
# first and last row and column, and clear them: a sprite of 8 x 8 pixels loses 28 of 64. A tile gets a gap around it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @silvia-odwyer/photon-node@0.3.4 >/dev/null
cat > observe.js <<'END'
const photon = require("@silvia-odwyer/photon-node");
const { version } = require("@silvia-odwyer/photon-node/package.json");

console.log("photon-node", version);
for (const side of [8, 16]) {
  for (const name of ["identity", "sharpen", "emboss", "box_blur", "noise_reduction"]) {
    const pixels = Array(side * side).fill([90, 120, 200, 255]).flat();
    const image = new photon.PhotonImage(new Uint8Array(pixels), side, side);
    photon[name](image);
    const alphas = [...image.get_raw_pixels()].filter((_, index) => index % 4 === 3);
    const clear = alphas.filter((alpha) => alpha === 0).length;
    console.log(`${name}, ${side} x ${side} opaque pixels: ${clear} became transparent`);
  }
}
END
node observe.js | tee seen
diff seen - <<'END'
photon-node 0.3.4
identity, 8 x 8 opaque pixels: 28 became transparent
sharpen, 8 x 8 opaque pixels: 28 became transparent
emboss, 8 x 8 opaque pixels: 28 became transparent
box_blur, 8 x 8 opaque pixels: 28 became transparent
noise_reduction, 8 x 8 opaque pixels: 28 became transparent
identity, 16 x 16 opaque pixels: 60 became transparent
sharpen, 16 x 16 opaque pixels: 60 became transparent
emboss, 16 x 16 opaque pixels: 60 became transparent
box_blur, 16 x 16 opaque pixels: 60 became transparent
noise_reduction, 16 x 16 opaque pixels: 60 became transparent
END
