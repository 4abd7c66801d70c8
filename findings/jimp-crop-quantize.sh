#!/usr/bin/env bash
# Jimp 1.6.1: `quantize` after `crop` draws other pixels than those of the crop, if it is small.
#
# The image has two colors, and 256 are allowed, so that nothing has to change. For a small image, Node.js takes the
# memory from a pool that it shares with others; `quantize` reads the pool from its start instead. Tiles of a sheet are
# such small images. A copy of the data with memory of its own helps, as the last line shows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . jimp@1.6.1 >/dev/null
cat > observe.js <<'END'
const { Jimp } = require("jimp");

const SIDE = 16;

/** The columns of the sheet are red and black in turns. */
function wrongPixels({ bitmap }) {
  let wrong = 0;
  for (let at = 0; at < SIDE * SIDE; at++) wrong += bitmap.data.readUInt32BE(at * 4) !== (at % 2 ? 0xff : 0xff0000ff);
  return wrong;
}

(async () => {
  console.log("jimp", require("jimp/package.json").version);
  const sheet = new Jimp({ width: 64, height: 64, color: 0x000000ff });
  for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x += 2) sheet.setPixelColor(0xff0000ff, x, y);
  const file = await sheet.getBuffer("image/png");
  const options = { colors: 256, paletteQuantization: "rgbquant", imageQuantization: "nearest" };
  const tile = (await Jimp.read(file)).crop({ x: 16, y: 16, w: SIDE, h: SIDE });
  console.log("cropped:", wrongPixels(tile), "of 256 pixels wrong");
  console.log("cropped and quantized:", wrongPixels(tile.quantize(options)) > 0 ? "pixels are wrong" : "right");
  const copy = (await Jimp.read(file)).crop({ x: 16, y: 16, w: SIDE, h: SIDE });
  copy.bitmap.data = Buffer.from(new Uint8Array(copy.bitmap.data).buffer);
  console.log("copied and quantized:", wrongPixels(copy.quantize(options)) > 0 ? "pixels are wrong" : "right");
})();
END
node observe.js | tee seen
diff seen - <<'END'
jimp 1.6.1
cropped: 0 of 256 pixels wrong
cropped and quantized: pixels are wrong
copied and quantized: right
END
