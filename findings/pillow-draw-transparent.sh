#!/usr/bin/env bash
# Pillow 12.3.0: black drawn into an indexed image is invisible if its transparent index is black.
#
# `ImageDraw` looks a color up in the palette by red, green and blue alone, and takes the first index that has it, even
# if that index is transparent and a later one is opaque black. What was drawn is then a hole. Other colors are visible,
# also those that the palette did not have.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image, ImageDraw

print("Pillow", PIL.__version__)
image = Image.new("P", (8, 8))
image.putpalette([0, 0, 0, 32, 96, 160, 0, 0, 0])
image.save("sprite.png", transparency=0)
image = Image.open("sprite.png")
drawing = ImageDraw.Draw(image)
for x, color in enumerate([(32, 96, 160), (0, 0, 0), (0, 0, 1)]):
    drawing.point((x, 0), fill=color)
    print(f"drawn {color}: index {image.getpixel((x, 0))}, shown as {image.convert('RGBA').getpixel((x, 0))}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
drawn (32, 96, 160): index 1, shown as (32, 96, 160, 255)
drawn (0, 0, 0): index 0, shown as (0, 0, 0, 0)
drawn (0, 0, 1): index 3, shown as (0, 0, 1, 255)
END
