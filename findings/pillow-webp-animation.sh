#!/usr/bin/env bash
# Pillow 12.3.0: an animated WebP of transparent sprites is opaque when it is opened again.
#
# libwebp stores of each frame only the rectangle that is drawn. If these rectangles have no transparent pixel, the file
# states that it has no alpha, although the frames are smaller than the image, and Pillow opens it as RGB on black. The
# file is right: with `kmax=1`, which stores whole frames, or with one transparent pixel in a rectangle, alpha is kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image

print("Pillow", PIL.__version__)
SIDE = 8


def sprite(column, hole):
    """A red square of 4 × 4 pixels, which may have a hole."""
    image = Image.new("RGBA", (SIDE, SIDE))
    image.paste("red", (column, 2, column + 4, 6))
    if hole:
        image.putpixel((column + 1, 3), (0, 0, 0, 0))
    return image


for name, hole, options in (
    ("square", False, {}),
    ("square, kmax=1", False, {"kmin": 0, "kmax": 1}),
    ("square with a hole", True, {}),
):
    frames = [sprite(column, hole) for column in (0, 2, 4)]
    frames[0].save("sprite.webp", save_all=True, append_images=frames[1:], lossless=True, duration=100, **options)
    with Image.open("sprite.webp") as saved:
        shown = []
        for number in range(saved.n_frames):
            saved.seek(number)
            shown.append(saved.convert("RGBA").getpixel((7, 7)))
    print(f"{name}: {saved.mode}, the corner {frames[0].getpixel((7, 7))} became {sorted(set(shown))}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
square: RGB, the corner (0, 0, 0, 0) became [(0, 0, 0, 255)]
square, kmax=1: RGBA, the corner (0, 0, 0, 0) became [(0, 0, 0, 0)]
square with a hole: RGBA, the corner (0, 0, 0, 0) became [(0, 0, 0, 0)]
END
