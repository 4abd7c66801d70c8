#!/usr/bin/env bash
# psd 3.4.0 shows a PSD of 16 bits per channel twice as wide, and an indexed one as empty.
#
# It takes each byte of a sample of 16 bits for a pixel, so that every pixel is there twice and the right half of the
# image is lost. All pixels of an indexed image are transparent black. It reports nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . psd@3.4.0 >/dev/null
cat > observe.js <<'END'
const PSD = require("psd");
const { version } = require("psd/package.json");

// A row of eight pixels, with reds or indices from 0 to 7, repeated in four rows.
function psd(depth, mode, planes, palette) {
  const header = Buffer.alloc(26);
  header.write("8BPS");
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(planes.length, 12);
  header.writeUInt32BE(4, 14);
  header.writeUInt32BE(8, 18);
  header.writeUInt16BE(depth, 22);
  header.writeUInt16BE(mode, 24);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(palette.length);
  const rows = planes.map((row) => Buffer.concat([row, row, row, row]));
  return Buffer.concat([header, length, palette, Buffer.alloc(8), Buffer.alloc(2), ...rows]);
}

const values = [...Array(8).keys()].map((index) => index * 32);
const plane = (list, depth) => Buffer.from(list.flatMap((value) => (depth === 16 ? [value, value] : [value])));
const zeros = Array(8).fill(0);
const rgb = (depth) => psd(depth, 3, [values, zeros, zeros].map((list) => plane(list, depth)), Buffer.alloc(0));
// The palette of an indexed PSD holds 256 reds, then 256 greens, then 256 blues.
const palette = Buffer.alloc(768);
values.forEach((value, index) => { palette[index] = value; });
const indexed = psd(8, 2, [Buffer.from([...Array(8).keys()])], palette);

console.log("psd", version);
for (const [name, file] of [["8 bits", rgb(8)], ["16 bits", rgb(16)], ["indexed", indexed]]) {
  const image = new PSD(file);
  image.parse();
  const pixels = [...image.image.pixelData];
  const reds = [...Array(8).keys()].map((x) => pixels[x * 4]).join(" ");
  const opaque = [...Array(32).keys()].filter((index) => pixels[index * 4 + 3] === 255).length;
  console.log(`${name}: reds of the first row ${reds}; ${opaque} of 32 pixels are opaque`);
}
END
node observe.js | tee seen
diff seen - <<'END'
psd 3.4.0
8 bits: reds of the first row 0 32 64 96 128 160 192 224; 32 of 32 pixels are opaque
16 bits: reds of the first row 0 0 32 32 64 64 96 96; 32 of 32 pixels are opaque
indexed: reds of the first row 0 0 0 0 0 0 0 0; 0 of 32 pixels are opaque
END
