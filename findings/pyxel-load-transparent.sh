#!/usr/bin/env bash
# Pyxel 2.9.9: transparent pixels of a PNG are drawn in the color that the file has below them.
#
# `Image.load` ignores alpha. A pixel that is invisible in an editor still has a color, mostly black or white, or what
# was erased there, and Pyxel draws it in the closest color of its palette. A color key, which `blt` takes, leaves these
# pixels out only if all of them have the same color below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pyxel==2.9.9
cat > observe.py <<'END'
import importlib.metadata
import struct
import zlib

import pyxel

SIDE = 8


def write(path, red, green, blue, alpha):
    """Writes a PNG of one color."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes([red, green, blue, alpha]) * SIDE) * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks))


print("pyxel", importlib.metadata.version("pyxel"))
for name, color in (("black", (0, 0, 0)), ("white", (255, 255, 255)), ("red", (255, 0, 0))):
    write("image.png", *color, 0)
    image = pyxel.Image(SIDE, SIDE)
    image.load(0, 0, "image.png")
    number = image.pget(0, 0)
    print(f"transparent {name}: color {number}, #{pyxel.colors[number]:06x}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pyxel 2.9.9
transparent black: color 0, #000000
transparent white: color 7, #eeeeee
transparent red: color 8, #d4186c
END
