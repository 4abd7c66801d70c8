#!/usr/bin/env bash
# pyglet 2.1.19 opens gray PNGs of 1, 2 and 4 bits nearly black with its own decoder, and mixes up those of 16 bits.
#
# On Linux, pyglet uses its own decoder where neither GdkPixbuf nor Pillow is installed. It does not scale the
# samples of fewer than eight bits, so white is 1, 3 or 15 of 255, and the alpha of a transparent sample likewise. Of 16
# bits it returns twice as many bytes as the image has pixels. Images of 8 bits and indexed ones are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target pyglet pyglet==2.1.19
cat > observe.py <<'END'
import struct
import zlib

import pyglet

pyglet.options["headless"] = True
from pyglet.image.codecs.png import PNGImageDecoder


def show(name, depth, color_type, row, *extra):
    """Prints a row of four pixels as the decoder gives it."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 4, 1, depth, color_type, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")]
    with open("row.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks))
    image = pyglet.image.load("row.png", decoder=PNGImageDecoder())
    data = bytes(image.get_data(image.format, image.width * len(image.format)))
    print(f"{name}: {image.format} {data.hex()}")


print("pyglet", pyglet.version)
show("gray, 1 bit, 0 1 0 1", 1, 0, b"\x50")
show("gray, 2 bits, 0 1 2 3", 2, 0, b"\x1b")
show("gray, 4 bits, 0 5 10 15", 4, 0, b"\x05\xaf")
show("gray, 8 bits, 0 85 170 255", 8, 0, b"\x00\x55\xaa\xff")
show("gray, 16 bits, 0 257 514 65535", 16, 0, struct.pack(">4H", 0, 257, 514, 65535))
show("gray, 2 bits, 0 transparent", 2, 0, b"\x1b", (b"tRNS", b"\0\0"))
show("indexed, 2 bits", 2, 3, b"\x1b", (b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])))
END
PYTHONPATH=pyglet python3 observe.py | tee seen
diff seen - <<'END'
pyglet 2.1.19
gray, 1 bit, 0 1 0 1: L 00010001
gray, 2 bits, 0 1 2 3: L 00010203
gray, 4 bits, 0 5 10 15: L 00050a0f
gray, 8 bits, 0 85 170 255: L 0055aaff
gray, 16 bits, 0 257 514 65535: L 0202ffff00000101
gray, 2 bits, 0 transparent: LA 0000010302030303
indexed, 2 bits: RGB ff000000ff000000ff090909
END
