#!/usr/bin/env bash
# apng 0.3.4 (PyPI) makes an animation of indexed PNGs in which all frames have the colors of the first one.
#
# An animated PNG has one palette, so frames with other palettes must be converted. `APNG.from_files` copies their
# indices, and leaves out their palettes: a red, a green and a blue frame are all red. An indexed frame after one in
# true color is not converted either, and a viewer cannot read it. It reports nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" apng==0.3.4 pillow==12.3.0
cat > observe.py <<'END'
from importlib.metadata import version

from apng import APNG
from PIL import Image

print("apng", version("apng"))
colors = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)}
# Pillow writes each image with a palette of its own, of one color.
for name, color in colors.items():
    image = Image.new("P", (8, 8))
    image.putpalette(color)
    image.save(f"{name}.png")
    Image.new("RGB", (8, 8), color).save(f"{name}-rgb.png")
for end in ("", "-rgb"):
    APNG.from_files([f"{name}{end}.png" for name in colors], delay=100).save("animation.png")
    animation = Image.open("animation.png")
    shown = []
    for number in range(animation.n_frames):
        animation.seek(number)
        shown.append(animation.convert("RGB").getpixel((0, 0)))
    print("true color:" if end else "indexed:", *shown)
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
apng 0.3.4
indexed: (200, 40, 40) (200, 40, 40) (200, 40, 40)
true color: (200, 40, 40) (40, 200, 40) (40, 40, 200)
END
