#!/usr/bin/env bash
# raylib 6.2.0.0 (its Python package): `ImageDither` to RGB565 turns colors that RGB565 has into patterns of two.
#
# Dithering spreads what is lost if a color becomes less precise. Of colors that RGB565 has exactly nothing is lost, and
# `ImageFormat` keeps all 65536. `ImageDither` cuts the low bits and takes them for lost, although they only repeat the
# high ones, so that most flat areas get a pattern.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages raylib==6.2.0.0
cat > observe.py <<'END'
import struct
from importlib.metadata import version

from raylib import ffi, rl


def widened(value):
    """A color of RGB565 in 8 bits per channel: the high bits are repeated."""
    red, green, blue = value >> 11, value >> 5 & 63, value & 31
    return red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2


def converted(value, convert):
    """The colors that an image of 8 x 8 pixels in one color has in RGB565."""
    pixels = bytes((*widened(value), 255)) * 64
    image = ffi.new("Image *")
    image.data = rl.MemAlloc(len(pixels))
    ffi.memmove(image.data, pixels, len(pixels))
    image.width = image.height = 8
    image.mipmaps, image.format = 1, rl.PIXELFORMAT_UNCOMPRESSED_R8G8B8A8
    convert(image)
    colors = set(struct.unpack("<64H", ffi.buffer(image.data, 128)[:]))
    rl.UnloadImage(image[0])
    return colors


rl.SetTraceLogLevel(rl.LOG_NONE)
print("raylib", version("raylib"))
for name, convert in (
    ("ImageFormat", lambda image: rl.ImageFormat(image, rl.PIXELFORMAT_UNCOMPRESSED_R5G6B5)),
    ("ImageDither", lambda image: rl.ImageDither(image, 5, 6, 5, 0)),
):
    gray = ", ".join(f"{color:04x}" for color in sorted(converted(0x8410, convert)))
    changed = sum(converted(value, convert) != {value} for value in range(0, 65536, 7))
    print(f"{name}: 8410 became {gray}; {changed} of {len(range(0, 65536, 7))} colors changed")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
raylib 6.2.0.0
ImageFormat: 8410 became 8410; 0 of 9363 colors changed
ImageDither: 8410 became 8410, 8c11; 8180 of 9363 colors changed
END
