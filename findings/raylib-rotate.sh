#!/usr/bin/env bash
# raylib 6.2.0.0 (its Python package): `ImageRotate` blurs an image that it turns by 90 or 360 degrees.
#
# These turns only change the places of pixels. `ImageRotate` mixes pixels with their neighbors, so that a chessboard of
# two colors has others, even after a turn by 360 degrees. `ImageRotateCW` and `ImageRotateCCW` are exact.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages raylib==6.2.0.0
cat > observe.py <<'END'
from importlib.metadata import version

from raylib import ffi, rl


# Eight by eight pixels in two opaque colors, as a chessboard.
COLORS = [bytes([200, 40, 40, 255]), bytes([40, 40, 200, 255])]
PIXELS = b"".join(COLORS[(x + y) % 2] for y in range(8) for x in range(8))


def observe(name, turn):
    image = ffi.new("Image *")
    image.data = rl.MemAlloc(len(PIXELS))
    ffi.memmove(image.data, PIXELS, len(PIXELS))
    image.width = image.height = 8
    image.mipmaps, image.format = 1, rl.PIXELFORMAT_UNCOMPRESSED_R8G8B8A8
    turn(image)
    turned = ffi.buffer(image.data, image.width * image.height * 4)[:]
    pixels = [turned[at : at + 4] for at in range(0, len(turned), 4)]
    others = sum(pixel not in COLORS for pixel in pixels)
    print(f"{name}: {image.width} x {image.height}, {others} of {len(pixels)} pixels in other colors")
    rl.UnloadImage(image[0])


rl.SetTraceLogLevel(rl.LOG_NONE)
print("raylib", version("raylib"))
observe("ImageRotateCW", rl.ImageRotateCW)
for angle in (90, 180, 270, 360):
    observe(f"ImageRotate({angle})", lambda image: rl.ImageRotate(image, angle))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
raylib 6.2.0.0
ImageRotateCW: 8 x 8, 0 of 64 pixels in other colors
ImageRotate(90): 8 x 8, 18 of 64 pixels in other colors
ImageRotate(180): 8 x 8, 38 of 64 pixels in other colors
ImageRotate(270): 8 x 8, 8 of 64 pixels in other colors
ImageRotate(360): 8 x 8, 59 of 64 pixels in other colors
END
