#!/usr/bin/env bash
# adafruit-circuitpython-imageload 1.24.8 shows GIFs of Pillow in two colors, and some BMPs upside down.
#
# This library loads sprites for CircuitPython's boards and games. The header of a GIF has the size of the palette, and
# apart from it the color depth of the original. imageload makes the bitmap by the latter, which Pillow leaves 0, so
# that only the lowest bit of each index is kept: of 16 colors, two are left. A BMP with a negative height has its top
# row first, but is read as if it had the last row first. None of this is reported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" adafruit-circuitpython-imageload==1.24.8 adafruit-blinka-displayio==2.7.1 pillow==12.3.0
cat > observe.py <<'END'
import struct

import adafruit_imageload
import displayio
from PIL import Image

SIDE = 4
PALETTE = [(i * 17, 255 - i * 17, i * 5) for i in range(16)]

image = Image.new("P", (SIDE, SIDE))
image.putpalette([level for color in PALETTE for level in color])
image.putdata(list(range(16)))
image.save("pillow.gif", interlace=0)
image.save("colors.png", bits=4)
rows = [bytes(range(y * SIDE, (y + 1) * SIDE)) for y in range(SIDE)]
colors = b"".join(bytes([blue, green, red, 0]) for red, green, blue in PALETTE)
start = 54 + len(colors)
for name, height, pixels in (("bottom.bmp", SIDE, rows[::-1]), ("top.bmp", -SIDE, rows)):
    header = struct.pack("<IiiHHIIiiII", 40, SIDE, height, 1, 8, 0, SIDE * SIDE, 2835, 2835, 16, 16)
    with open(name, "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", start + SIDE * SIDE, 0, 0, start) + header + colors + b"".join(pixels))

print("adafruit-circuitpython-imageload 1.24.8")
for name in ("colors.png", "pillow.gif", "bottom.bmp", "top.bmp"):
    bitmap, palette = adafruit_imageload.load(name, bitmap=displayio.Bitmap, palette=displayio.Palette)
    seen = [[palette[bitmap[x, y]] for x in range(SIDE)] for y in range(SIDE)]
    with Image.open(name) as file:
        rgb = file.convert("RGB")
    wanted = [[int.from_bytes(bytes(rgb.getpixel((x, y))), "big") for x in range(SIDE)] for y in range(SIDE)]
    state = "right" if seen == wanted else "upside down" if seen == wanted[::-1] else "wrong"
    print(f"{name}: {state}, {len({color for row in seen for color in row})} colors")
END
PYTHONPATH=packages python3 -W ignore observe.py | tee seen
diff seen - <<'END'
adafruit-circuitpython-imageload 1.24.8
colors.png: right, 16 colors
pillow.gif: wrong, 2 colors
bottom.bmp: right, 16 colors
top.bmp: upside down, 16 colors
END
