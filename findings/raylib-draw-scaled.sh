#!/usr/bin/env bash
# raylib 6.2.0.0 (its Python package): `ImageDrawImagePro` blurs an image that it draws at two or three times its size.
#
# At twice the size, each pixel should become four. The image is resized with a smooth filter, so that a chessboard of
# two colors has many others, and there is no option for another filter. `ImageResizeNN` before it keeps the colors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages raylib==6.2.0.0
cat > observe.py <<'END'
from importlib.metadata import version

from raylib import ffi, rl

# Four by four pixels in two opaque colors, as a chessboard.
COLORS = [bytes([200, 40, 40, 255]), bytes([40, 40, 200, 255])]
PIXELS = b"".join(COLORS[(x + y) % 2] for y in range(4) for x in range(4))


def new_image(pixels, side):
    image = ffi.new("Image *")
    image.data = rl.MemAlloc(len(pixels))
    ffi.memmove(image.data, pixels, len(pixels))
    image.width = image.height = side
    image.mipmaps, image.format = 1, rl.PIXELFORMAT_UNCOMPRESSED_R8G8B8A8
    return image


def observe(name, factor, source):
    side = 4 * factor
    canvas = new_image(bytes(side * side * 4), side)
    area = [ffi.new("Rectangle *", [0, 0, size, size])[0] for size in (source.width, side)]
    white = ffi.new("Color *", [255, 255, 255, 255])[0]
    rl.ImageDrawImagePro(canvas, source[0], area[0], area[1], ffi.new("Vector2 *", [0, 0])[0], 0.0, white)
    drawn = ffi.buffer(canvas.data, side * side * 4)[:]
    pixels = [drawn[at : at + 4] for at in range(0, len(drawn), 4)]
    others = sum(pixel not in COLORS for pixel in pixels)
    print(f"{name}, {factor} times: {others} of {len(pixels)} pixels in other colors")


rl.SetTraceLogLevel(rl.LOG_NONE)
print("raylib", version("raylib"))
for factor in (1, 2, 3):
    observe("ImageDrawImagePro", factor, new_image(PIXELS, 4))
for factor in (2, 3):
    larger = new_image(PIXELS, 4)
    rl.ImageResizeNN(larger, 4 * factor, 4 * factor)
    observe("after ImageResizeNN", factor, larger)
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
raylib 6.2.0.0
ImageDrawImagePro, 1 times: 0 of 16 pixels in other colors
ImageDrawImagePro, 2 times: 64 of 64 pixels in other colors
ImageDrawImagePro, 3 times: 128 of 144 pixels in other colors
after ImageResizeNN, 2 times: 0 of 64 pixels in other colors
after ImageResizeNN, 3 times: 0 of 144 pixels in other colors
END
