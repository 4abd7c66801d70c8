#!/usr/bin/env bash
# upng-js 2.1.0 shows some gray PNGs wrong: transparent black is opaque, and narrow images of 1, 2 or 4 bits shear.
#
# The transparent sample of a gray PNG is ignored if it is 0, the most common one; 1 works. And each row of a PNG begins
# at a byte, but `toRGBA8` reads the pixels of a gray image as if the rows had no padding. With a width that fills its
# bytes nothing is wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . upng-js@2.1.0 >/dev/null
cat > observe.js <<'END'
const zlib = require("zlib");
const UPNG = require("upng-js");

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
function chunk(kind, body) {
  const bytes = Buffer.concat([Buffer.from(kind), Buffer.from(body)]);
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  const size = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length - 4);
  sum.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([size, bytes, sum]);
}

// A gray PNG of these rows of bytes.
function png(width, bits, rows, transparent) {
  const header = [0, 0, 0, width, 0, 0, 0, rows.length, bits, 0, 0, 0, 0];
  const chunks = [chunk("IHDR", header)];
  if (transparent !== undefined) chunks.push(chunk("tRNS", [0, transparent]));
  const raw = Buffer.concat(rows.map((row) => Buffer.from([0, ...row])));
  chunks.push(chunk("IDAT", zlib.deflateSync(raw)), chunk("IEND", []));
  const bytes = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

function shown(file) {
  const image = UPNG.decode(file);
  return { width: image.width, rgba: new Uint8Array(UPNG.toRGBA8(image)[0]) };
}

console.log("upng-js", require("upng-js/package.json").version);
for (const transparent of [0, 1]) {
  const { rgba } = shown(png(2, 8, [[0, 1]], transparent));
  console.log(`samples 0 and 1, ${transparent} is transparent: alpha ${rgba[3]} and ${rgba[7]}`);
}
for (const width of [8, 4]) {
  // Four rows with a white pixel in their first column.
  const { rgba } = shown(png(width, 1, [[0x80], [0x80], [0x80], [0x80]]));
  const rows = [0, 1, 2, 3].map((y) =>
    Array.from({ length: width }, (_, x) => (rgba[(y * width + x) * 4] ? "#" : ".")).join(""));
  console.log(`${width} pixels of 1 bit, white on the left: ${rows.join(" ")}`);
}
END
node observe.js | tee seen
diff seen - <<'END'
upng-js 2.1.0
samples 0 and 1, 0 is transparent: alpha 255 and 255
samples 0 and 1, 1 is transparent: alpha 255 and 0
8 pixels of 1 bit, white on the left: #....... #....... #....... #.......
4 pixels of 1 bit, white on the left: #... .... #... ....
END
