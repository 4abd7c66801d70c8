#!/usr/bin/env bash
# png-js 2.0.0 loses the last quarter of the palette of an opaque PNG, and shows every PNG wrong that has other than
# 8 bits.
#
# It makes room for three bytes per color if there is no tRNS chunk, and fills in four, so the colors 12 to 15 of 16
# are transparent black. An indexed PNG of up to 16 colors mostly has 1, 2 or 4 bits per pixel. Of those png-js takes
# each byte for one pixel. It reports no error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . png-js@2.0.0 >/dev/null
cat > write.py <<'END'
import struct
import sys
import zlib


def write(name, depth, chunks=()):
    """Writes an indexed PNG of 16 × 4 pixels: one column of each color, which is a shade of red."""
    row = "".join(f"{column:0{depth}b}" for column in range(16))
    row = bytes(int(row[at : at + 8], 2) for at in range(0, len(row), 8))
    header = struct.pack(">IIBBBBB", 16, 4, depth, 3, 0, 0, 0)
    palette = b"".join(bytes((n * 16 + 15, 0, 0)) for n in range(16))
    data = zlib.compress((b"\0" + row) * 4)
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in ((b"IHDR", header), (b"PLTE", palette), *chunks, (b"IDAT", data), (b"IEND", b"")):
            file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


write("8 bits, opaque.png", 8)
write("8 bits, with tRNS.png", 8, [(b"tRNS", b"\xff" * 16)])
write("4 bits, opaque.png", 4)
write("4 bits, with tRNS.png", 4, [(b"tRNS", b"\xff" * 16)])
END
python3 write.py
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import PNG from "png-js";

console.log("png-js", JSON.parse(readFileSync("node_modules/png-js/package.json")).version);
for (const name of ["8 bits, opaque", "8 bits, with tRNS", "4 bits, opaque", "4 bits, with tRNS"]) {
  const pixels = await new Promise((resolve) => new PNG(readFileSync(`${name}.png`)).decode(resolve));
  const wrong = new Set();
  for (let at = 0; at < 64; at++) {
    const [red, green, blue, alpha] = pixels.subarray(at * 4);
    if (red !== (at % 16) * 16 + 15 || green || blue || alpha !== 255) wrong.add(at % 16);
  }
  console.log(`${name}: ${wrong.size} of 16 columns are wrong:`, [...wrong].join(" ") || "none");
}
END
node observe.mjs | tee seen
diff seen - <<'END'
png-js 2.0.0
8 bits, opaque: 4 of 16 columns are wrong: 12 13 14 15
8 bits, with tRNS: 0 of 16 columns are wrong: none
4 bits, opaque: 16 of 16 columns are wrong: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
4 bits, with tRNS: 16 of 16 columns are wrong: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
END
