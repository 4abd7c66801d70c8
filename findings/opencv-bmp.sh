#!/usr/bin/env bash
# OpenCV 5.0.0 (opencv-python-headless 5.0.0.93) opens some BMPs in gray, and swaps red and blue of others.
#
# With `IMREAD_UNCHANGED`, an image must come unchanged from its file. One with the short header of OS/2, which netpbm
# and old paint programs write, comes in gray. One of 32 bits with masks for three channels comes transparent, although
# no mask for alpha is there, and with red and blue swapped if its masks have red first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" opencv-python-headless==5.0.0.93
cat > observe.py <<'END'
import struct

import cv2

SIDE, RED = 4, (255, 64, 0)


def write(name, header, pixel):
    """Writes a BMP of 4 × 4 pixels; a row is a multiple of four bytes."""
    start, data = 14 + len(header), pixel * SIDE * SIDE
    with open(name + ".bmp", "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + data)


def long_header(bits, masks=()):
    fields = struct.pack("<IiiHHIIiiII", 40, SIDE, SIDE, 1, bits, 3 if masks else 0, 0, 2835, 2835, 0, 0)
    return fields + struct.pack(f"<{len(masks)}I", *masks)


red, green, blue = RED
write("Windows, 24 bits", long_header(24), bytes((blue, green, red)))
write("OS-2, 24 bits", struct.pack("<IHHHH", 12, SIDE, SIDE, 1, 24), bytes((blue, green, red)))
write("Windows, 32 bits, blue first", long_header(32, (0xFF0000, 0xFF00, 0xFF)), bytes((blue, green, red, 0)))
write("Windows, 32 bits, red first", long_header(32, (0xFF, 0xFF00, 0xFF0000)), bytes((red, green, blue, 0)))
print("OpenCV", cv2.__version__)
print("red, green and blue of each file:", *RED)
for name in ("Windows, 24 bits", "OS-2, 24 bits", "Windows, 32 bits, blue first", "Windows, 32 bits, red first"):
    pixel = cv2.imread(name + ".bmp", cv2.IMREAD_UNCHANGED)[0, 0]
    # OpenCV has blue, green, red and alpha.
    print(f"{name}:", *(pixel[[2, 1, 0, *range(3, pixel.size)]].tolist() if pixel.size > 1 else ["gray", int(pixel)]))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
OpenCV 5.0.0
red, green and blue of each file: 255 64 0
Windows, 24 bits: 255 64 0
OS-2, 24 bits: gray 114
Windows, 32 bits, blue first: 255 64 0 0
Windows, 32 bits, red first: 0 64 255 0
END
