#!/usr/bin/env bash
# Pillow 12.3.0 opens a gray PNG of 2 or 4 bits without its transparency.
#
# Such a PNG names its transparent gray as a sample (tRNS), from 0 to 3 or from 0 to 15. Pillow scales the samples to 8
# bits when it opens the file, but not the transparent one. So sample 1 of 2 bits becomes 85, and no pixel is 1. Only
# sample 0 stays itself. With 1 and 8 bits everything is as expected.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import struct
import zlib

import PIL
from PIL import Image


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write(path, bits, transparent):
    """Eight pixels in one row, the samples 0 1 0 1 0 1 0 1, one of them transparent."""
    row = 0
    for x in range(8):
        row = row << bits | x % 2
    rows = b"\0" + row.to_bytes(bits, "big")
    header = struct.pack(">IIBBBBB", 8, 1, bits, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tRNS", struct.pack(">H", transparent)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks))


print("Pillow", PIL.__version__)
for bits in (1, 2, 4, 8):
    for transparent in (0, 1):
        write("gray.png", bits, transparent)
        image = Image.open("gray.png")
        first, second = (image.convert("RGBA").getpixel((x, 0)) for x in (0, 1))
        print(f"{bits} bits, sample {transparent} is transparent: {first} {second}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
1 bits, sample 0 is transparent: (0, 0, 0, 0) (255, 255, 255, 255)
1 bits, sample 1 is transparent: (0, 0, 0, 255) (255, 255, 255, 0)
2 bits, sample 0 is transparent: (0, 0, 0, 0) (85, 85, 85, 255)
2 bits, sample 1 is transparent: (0, 0, 0, 255) (85, 85, 85, 255)
4 bits, sample 0 is transparent: (0, 0, 0, 0) (17, 17, 17, 255)
4 bits, sample 1 is transparent: (0, 0, 0, 255) (17, 17, 17, 255)
8 bits, sample 0 is transparent: (0, 0, 0, 0) (1, 1, 1, 255)
8 bits, sample 1 is transparent: (0, 0, 0, 255) (1, 1, 1, 0)
END
