#!/usr/bin/env bash
# @pdf-lib/upng 1.0.1 shows small interlaced PNGs with wrong pixels, and upng-js 2.1.0 all those of 1 bit.
#
# An interlaced PNG contains seven small images, which are put together. @pdf-lib/upng assembles these wrong for images
# of up to 24 × 24 pixels with a palette, so a few pixels of a sprite have the color of others. upng-js, from which it
# was made, has corrected that, but a quarter of the pixels of an image of two colors are wrong. None of them reports
# anything. pngjs shows the same files right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    @pdf-lib/upng@1.0.1 upng-js@2.1.0 pngjs@7.0.0 >/dev/null
cat > write.py <<'END'
import struct
import zlib

# Where each of the seven images begins, and the distances of its pixels.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def write(side, depth):
    """Writes an interlaced PNG; the index of each pixel follows from its place."""
    data = b""
    for left, top, right, down in PASSES:
        for y in range(top, side, down):
            bits = "".join(f"{(x * 3 + y * 7) % 2**depth:0{depth}b}" for x in range(left, side, right))
            bits += "0" * (-len(bits) % 8)
            if bits:
                data += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", side, side, depth, 3, 0, 0, 1)
    palette = b"".join(bytes((n * 16, 255 - n, n)) for n in range(2**depth))
    with open(f"{side}-{depth}.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(data)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


for side in (8, 12, 24, 64):
    for depth in (1, 2, 4):
        write(side, depth)
END
python3 write.py
cat > observe.js <<'END'
const { readFileSync } = require("fs");

const readers = {
  pngjs: (file) => require("pngjs").PNG.sync.read(file).data,
  "upng-js": (file) => new Uint8Array(require("upng-js").toRGBA8(require("upng-js").decode(file))[0]),
  "@pdf-lib/upng": (file) => {
    const UPNG = require("@pdf-lib/upng").default;
    return new Uint8Array(UPNG.toRGBA8(UPNG.decode(file))[0]);
  },
};
for (const [name, read] of Object.entries(readers)) {
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);
  for (const depth of [1, 2, 4]) {
    const results = [8, 12, 24, 64].map((side) => {
      const pixels = read(readFileSync(`${side}-${depth}.png`));
      let wrong = 0;
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) wrong += pixels[(y * side + x) * 4] !== ((x * 3 + y * 7) % 2 ** depth) * 16;
      }
      return `${wrong} of ${side} × ${side}`;
    });
    console.log(`  ${depth} bits, wrong pixels: ${results.join(", ")}`);
  }
}
END
node observe.js | tee seen
diff seen - <<'END'
pngjs 7.0.0
  1 bits, wrong pixels: 0 of 8 × 8, 0 of 12 × 12, 0 of 24 × 24, 0 of 64 × 64
  2 bits, wrong pixels: 0 of 8 × 8, 0 of 12 × 12, 0 of 24 × 24, 0 of 64 × 64
  4 bits, wrong pixels: 0 of 8 × 8, 0 of 12 × 12, 0 of 24 × 24, 0 of 64 × 64
upng-js 2.1.0
  1 bits, wrong pixels: 16 of 8 × 8, 24 of 12 × 12, 144 of 24 × 24, 1024 of 64 × 64
  2 bits, wrong pixels: 0 of 8 × 8, 0 of 12 × 12, 0 of 24 × 24, 0 of 64 × 64
  4 bits, wrong pixels: 0 of 8 × 8, 0 of 12 × 12, 0 of 24 × 24, 0 of 64 × 64
@pdf-lib/upng 1.0.1
  1 bits, wrong pixels: 12 of 8 × 8, 8 of 12 × 12, 36 of 24 × 24, 0 of 64 × 64
  2 bits, wrong pixels: 6 of 8 × 8, 18 of 12 × 12, 9 of 24 × 24, 0 of 64 × 64
  4 bits, wrong pixels: 0 of 8 × 8, 4 of 12 × 12, 0 of 24 × 24, 0 of 64 × 64
END
