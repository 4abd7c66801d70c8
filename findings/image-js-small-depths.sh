#!/usr/bin/env bash
# image-js 1.7.0 (fast-png 8.0.0) reads PNGs of fewer than 8 bits with wrong pixels.
#
# The rows of a PNG begin at whole bytes. image-js reads the pixels of an indexed PNG of 1, 2 or 4 bits as if they did
# not, so that all rows but the first are wrong if the width does not fill its bytes: 13 pixels of 4 bits do not. A
# large part of a gray PNG of 1 bit is black. It reports nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . image-js@1.7.0 >/dev/null
cat > observe.js <<'END'
const zlib = require("zlib");

function chunk(kind, body) {
  const data = Buffer.concat([Buffer.from(kind), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc(data));
  return Buffer.concat([length, data, sum]);
}

function crc(data) {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

// Four rows of the same indices, 0, 1, 0, 1, …: index 0 is black, and index 1 white.
function png(width, depth, indexed) {
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, 4, depth, indexed ? 3 : 0, 0, 0, 0]);
  const bits = [...Array(width).keys()].map((x) => (x % 2).toString(2).padStart(depth, "0")).join("");
  const row = [0, ...bits.match(/.{1,8}/g).map((byte) => parseInt(byte.padEnd(8, "0"), 2))];
  const palette = indexed ? chunk("PLTE", Buffer.from([0, 0, 0, 255, 255, 255])) : Buffer.alloc(0);
  const pixels = chunk("IDAT", zlib.deflateSync(Buffer.from([...row, ...row, ...row, ...row])));
  const parts = [Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), palette, pixels];
  return Buffer.concat([...parts, chunk("IEND", Buffer.alloc(0))]);
}

async function main() {
  const { decode } = await import("image-js");
  console.log("image-js", require("./node_modules/image-js/package.json").version);
  const forms = [[16, 4, true], [13, 4, true], [13, 2, true], [13, 1, true], [16, 1, false], [8, 1, false]];
  for (const [width, depth, indexed] of forms) {
    const image = decode(png(width, depth, indexed));
    const rows = [...Array(4).keys()].map((y) =>
      [...Array(width).keys()].map((x) => (image.getPixel(x, y)[0] > 0 ? "#" : ".")).join(""));
    console.log(`${indexed ? "indexed" : "gray"}, ${depth} bits, ${width} pixels wide: ${rows.join(" ")}`);
  }
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
image-js 1.7.0
indexed, 4 bits, 16 pixels wide: .#.#.#.#.#.#.#.# .#.#.#.#.#.#.#.# .#.#.#.#.#.#.#.# .#.#.#.#.#.#.#.#
indexed, 4 bits, 13 pixels wide: .#.#.#.#.#.#. ..#.#.#.#.#.# ...#.#.#.#.#. #...#.#.#.#.#
indexed, 2 bits, 13 pixels wide: .#.#.#.#.#.#. ....#.#.#.#.# .#.....#.#.#. #.#.#.....#.#
indexed, 1 bits, 13 pixels wide: .#.#.#.#.#.#. ....#.#.#.#.# .#.....#.#.#. #.#.#.....#.#
gray, 1 bits, 16 pixels wide: .#.#.#.#.#.#.#.# .#.#.#.#.#.#.#.# ................ ................
gray, 1 bits, 8 pixels wide: ........ ........ ........ ........
END
