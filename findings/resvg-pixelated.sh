#!/usr/bin/env bash
# @resvg/resvg-js 2.6.2 blurs pixel art in an SVG that says `image-rendering: pixelated`.
#
# With `pixelated` or `crisp-edges`, an image of 4 x 4 pixels that is drawn four times as large must keep its colors.
# resvg-js knows only the older value `optimizeSpeed`, and takes the others for smooth. It reports nothing. sharp
# 0.35.5, which uses librsvg, keeps the colors with `pixelated`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @resvg/resvg-js@2.6.2 sharp@0.35.5 >/dev/null
cat > observe.js <<'END'
const { Resvg } = require("@resvg/resvg-js");
const sharp = require("sharp");
const { version } = require("@resvg/resvg-js/package.json");

const colors = (pixels) => {
  const different = new Set();
  for (let at = 0; at < pixels.length; at += 4) different.add(pixels.subarray(at, at + 4).toString("hex"));
  return different.size;
};

async function main() {
  console.log("resvg-js", version, "sharp", sharp.versions.sharp);
  const pixels = Buffer.from([...Array(16).keys()].flatMap((index) => [index * 16, 255 - index * 16, 80, 255]));
  const png = await sharp(pixels, { raw: { width: 4, height: 4, channels: 4 } }).png().toBuffer();
  const link = `data:image/png;base64,${png.toString("base64")}`;
  for (const way of [
    'image-rendering="pixelated"',
    'style="image-rendering: pixelated"',
    'style="image-rendering: crisp-edges"',
    'image-rendering="optimizeSpeed"',
  ]) {
    const image = `<image width="16" height="16" ${way} href="${link}"/>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">${image}</svg>`;
    const other = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
    console.log(`${way}: 16 colors became ${colors(new Resvg(svg).render().pixels)} (sharp: ${colors(other)})`);
  }
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
resvg-js 2.6.2 sharp 0.35.5
image-rendering="pixelated": 16 colors became 145 (sharp: 16)
style="image-rendering: pixelated": 16 colors became 145 (sharp: 16)
style="image-rendering: crisp-edges": 16 colors became 145 (sharp: 16)
image-rendering="optimizeSpeed": 16 colors became 16 (sharp: 16)
END
