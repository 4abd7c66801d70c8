#!/usr/bin/env bash
# raylib 6.2.0.0 (its Python package) shows the last four colors of an indexed BMP of OS/2 wrong.
#
# A BMP with the header of 12 bytes has a palette of three bytes per color. raylib reads four colors too few, so that
# pixels of the last four have whatever was in memory. An image of two colors has none at all. It loads the image as
# valid. ImageMagick writes this form with `BMP2:`, and Windows read and wrote it for decades.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages raylib==6.2.0.0
cat > observe.py <<'END'
import struct
from importlib.metadata import version

from raylib import ffi, rl


def bmp(depth, palette):
    """One row with a pixel of each color."""
    row = bytearray(len(palette) * depth // 8 or 1)
    for x in range(len(palette)):
        row[x * depth // 8] |= x << 8 - depth - x * depth % 8
    row += bytes(-len(row) % 4)
    offset = 26 + len(palette) * 3
    header = b"BM" + struct.pack("<IHHI", offset + len(row), 0, 0, offset)
    header += struct.pack("<IHHHH", 12, len(palette), 1, 1, depth)
    return header + b"".join(bytes(color[::-1]) for color in palette) + row


rl.SetTraceLogLevel(rl.LOG_NONE)
print("raylib", version("raylib"))
for depth in (1, 4, 8):
    palette = [(250 - index % 200, 40 + index % 200, 3 * index % 256) for index in range(1 << depth)]
    data = bmp(depth, palette)
    image = rl.LoadImageFromMemory(b".bmp", data, len(data))
    colors = rl.LoadImageColors(image)
    shown = [(colors[x].r, colors[x].g, colors[x].b) for x in range(image.width)]
    wrong = [index for index in range(len(palette)) if shown[index] != palette[index]]
    print(f"{image.width} colors: wrong are the indices {wrong}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
raylib 6.2.0.0
2 colors: wrong are the indices [0, 1]
16 colors: wrong are the indices [12, 13, 14, 15]
256 colors: wrong are the indices [252, 253, 254, 255]
END
