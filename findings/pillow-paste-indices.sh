#!/usr/bin/env bash
# Pillow 12.3.0: an indexed image that is pasted into another one gets the colors of the other one's palette.
#
# `paste` converts an image of another mode, but two indexed images have the same mode, so it copies the indices, and
# the palettes are ignored, as `Image.composite` does. A sheet that is put together from indexed PNGs is right only
# where all palettes are equal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image


def tile(name, *colors):
    """Writes an indexed PNG with one pixel of each color, and opens it."""
    image = Image.new("P", (len(colors), 1))
    image.putpalette([channel for color in colors for channel in color])
    image.putdata(range(len(colors)))
    image.save(name)
    return Image.open(name)


def show(name, image):
    pixels = image.convert("RGB").tobytes()
    print(f"{name}:", " ".join(pixels[at : at + 3].hex() for at in range(0, len(pixels), 3)))


print("Pillow", PIL.__version__)
warm, cold = tile("warm.png", (255, 0, 0), (255, 255, 0)), tile("cold.png", (0, 0, 255), (0, 255, 255))
show("warm", warm)
show("cold", cold)
sheet = warm.resize((4, 1))
sheet.paste(warm, (0, 0))
sheet.paste(cold, (2, 0))
show("warm and cold, pasted", sheet)
show("cold over warm, composite", Image.composite(cold, warm, Image.new("1", (2, 1), 1)))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
warm: ff0000 ffff00
cold: 0000ff 00ffff
warm and cold, pasted: ff0000 ffff00 ff0000 ffff00
cold over warm, composite: ff0000 ffff00
END
