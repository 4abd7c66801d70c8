#!/usr/bin/env bash
# Jimp 1.6.1 reads some BMPs wrong, without an error: 16 colors with an odd width, run lengths, and alpha.
#
# Jimp reads BMPs with bmp-ts. With 4 bits for a pixel and an odd width, rows end in the middle of a byte, and from the
# second row on pixels are wrong or missing. A BMP with run lengths comes out black, and one with alpha, as GIMP and
# ImageMagick write it, opaque.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . jimp@1.6.1 >/dev/null
cat > observe.js <<'END'
const { Jimp } = require("jimp");

/** Returns a BMP of four rows: pixel (x, y) has index (x + y) % 4, for gray 0, 80, 160, 240, at `bits` and `width`. */
function indexed(width, bits, compression, body) {
  const head = Buffer.alloc(54 + 4 * 2 ** bits);
  head.write("BM");
  head.writeUInt32LE(head.length + body.length, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(4, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  head.writeUInt32LE(body.length, 34);
  for (let index = 0; index < 4; index++) head.fill(index * 80, 54 + index * 4, 57 + index * 4);
  return Buffer.concat([head, body]);
}

function fourBits(width) {
  const stride = Math.ceil(width / 8) * 4;
  const body = Buffer.alloc(stride * 4);
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < width; x++) body[(3 - y) * stride + (x >> 1)] |= ((x + y) % 4) << (x & 1 ? 0 : 4);
  return indexed(width, 4, 0, body);
}

/** One run for each pixel, and the end of each row. */
function runLengths(width) {
  const rows = [3, 2, 1, 0].map((y) => {
    const runs = Array.from({ length: width }, (_, x) => [1, (x + y) % 4]);
    return [...runs.flat(), 0, y === 0 ? 1 : 0];
  });
  return indexed(width, 8, 1, Buffer.from(rows.flat()));
}

/** Four opaque and four transparent white pixels, as a BMP with masks (BITMAPV4HEADER). */
function transparent() {
  const head = Buffer.alloc(14 + 108);
  head.write("BM");
  head.writeUInt32LE(head.length + 32, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(108, 14);
  head.writeInt32LE(8, 18);
  head.writeInt32LE(1, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(32, 28);
  head.writeUInt32LE(3, 30);
  head.writeUInt32LE(32, 34);
  [0xff0000, 0xff00, 0xff, 0xff000000].forEach((mask, channel) => head.writeUInt32LE(mask, 54 + channel * 4));
  head.write("BGRs", 70);
  const pixels = Array.from({ length: 8 }, (_, x) => [255, 255, 255, x < 4 ? 255 : 0]);
  return Buffer.concat([head, Buffer.from(pixels.flat())]);
}

(async () => {
  console.log("jimp", require("jimp/package.json").version);
  for (const [name, width, file] of [
    ["4 bits", 8, fourBits(8)],
    ["4 bits", 7, fourBits(7)],
    ["run lengths", 8, runLengths(8)],
  ]) {
    const { bitmap } = await Jimp.read(file);
    let wrong = 0;
    for (let at = 0; at < width * 4; at++) {
      const gray = (((at % width) + Math.floor(at / width)) % 4) * 80;
      wrong += [0, 1, 2].some((channel) => bitmap.data[at * 4 + channel] !== gray);
    }
    console.log(`${name}, width ${width}: ${wrong} of ${width * 4} pixels wrong`);
  }
  const { bitmap } = await Jimp.read(transparent());
  console.log("4 opaque and 4 transparent pixels: alpha", [...bitmap.data].filter((_, at) => at % 4 === 3).join(" "));
})();
END
node observe.js | tee seen
diff seen - <<'END'
jimp 1.6.1
4 bits, width 8: 0 of 32 pixels wrong
4 bits, width 7: 16 of 28 pixels wrong
run lengths, width 8: 24 of 32 pixels wrong
4 opaque and 4 transparent pixels: alpha 255 255 255 255 255 255 255 255
END
