#!/usr/bin/env bash
# adafruit-circuitpython-imageload 1.24.8 mirrors some BMPs, and changes colors in RGB565 with displayio 2.7.1.
#
# If the height in the header is negative, the rows of a BMP begin at the top. This is observed in true color, but an
# indexed one is upside down. A BMP in RGB565 has exactly the colors of the bitmap that it becomes, but nearly all
# change: pure red becomes 30 of 31, and white gets a touch of pink.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" adafruit-circuitpython-imageload==1.24.8 adafruit-blinka-displayio==2.7.1
cat > observe.py <<'END'
import struct
from importlib.metadata import version

import adafruit_imageload
import displayio


def load(width, height, depth, method, masks, palette, rows):
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, depth, method, len(rows), 0, 0, len(palette) // 4, 0)
    offset = 14 + len(header) + len(masks) + len(palette)
    with open("image.bmp", "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + header + masks + palette + rows)
    return adafruit_imageload.load("image.bmp", bitmap=displayio.Bitmap, palette=displayio.Palette)[0]


print("imageload", version("adafruit-circuitpython-imageload"), "displayio", version("adafruit-blinka-displayio"))
# Four rows of four pixels: the indices 0, 1, 2 and 3 from the top.
palette = bytes([0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0])
rows = [bytes([index] * 4) for index in range(4)]
for name, height, data in (("from the bottom", 4, rows[::-1]), ("from the top", -4, rows)):
    bitmap = load(4, height, 8, 0, b"", palette, b"".join(data))
    print(f"indexed, rows {name}: the indices are {[bitmap[0, y] for y in range(4)]}")
# 256 rows of 256 pixels: all colors of RGB565.
masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
bitmap = load(256, -256, 16, 3, masks, b"", struct.pack("<65536H", *range(65536)))
changed = sum(bitmap[value % 256, value // 256] != value for value in range(65536))
print(f"RGB565: {changed} of 65536 colors changed")
for name, value in (("red", 0xF800), ("green", 0x07E0), ("blue", 0x001F), ("white", 0xFFFF)):
    print(f"{name}: {value:04x} became {bitmap[value % 256, value // 256]:04x}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
imageload 1.24.8 displayio 2.7.1
indexed, rows from the bottom: the indices are [0, 1, 2, 3]
indexed, rows from the top: the indices are [3, 2, 1, 0]
RGB565: 65504 of 65536 colors changed
red: f800 became f000
green: 07e0 became 0fc0
blue: 001f became 001f
white: ffff became ffdf
END
