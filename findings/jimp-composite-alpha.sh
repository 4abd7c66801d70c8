#!/usr/bin/env bash
# Jimp 1.6.1: `composite` makes an opaque image half-transparent where it draws half-transparent pixels.
#
# What lies over an opaque pixel is opaque. `composite` gives it the alpha 254 for 53 of the 256 possible alphas, and a
# program that allows only transparent and opaque pixels refuses the image. `blit` keeps the background opaque.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . jimp@1.6.1 >/dev/null
cat > observe.js <<'END'
const { Jimp } = require("jimp");
const { version } = require("./node_modules/jimp/package.json");

// One pixel of each alpha, over opaque ones.
const image = (color) => {
  const data = Buffer.from([...Array(256).keys()].flatMap(color));
  return new Jimp({ width: 256, height: 1, data });
};

console.log("Jimp", version);
for (const name of ["composite", "blit"]) {
  const background = image(() => [90, 120, 200, 255]);
  const shadow = image((alpha) => [0, 0, 0, alpha]);
  if (name === "composite") background.composite(shadow, 0, 0);
  else background.blit({ src: shadow, x: 0, y: 0 });
  const { data } = background.bitmap;
  const partial = [...Array(256).keys()].filter((alpha) => data[alpha * 4 + 3] !== 255);
  const first = partial.length ? [...data.subarray(partial[0] * 4, partial[0] * 4 + 4)].join(" ") : "none";
  console.log(`${name}: ${partial.length} of 256 alphas make an opaque pixel half-transparent; the first: ${first}`);
}
END
node observe.js | tee seen
diff seen - <<'END'
Jimp 1.6.1
composite: 53 of 256 alphas make an opaque pixel half-transparent; the first: 88 117 196 254
blit: 0 of 256 alphas make an opaque pixel half-transparent; the first: none
END
