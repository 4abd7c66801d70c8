#!/usr/bin/env bash
# Pillow 12.3.0: after `ImageOps.expand` or `ImageOps.pad` the transparent index of an indexed image is opaque.
#
# Both put a border around an image, as sheets of sprites need it. They keep the palette and the indices, but not which
# index is transparent; the border, index 0, is opaque too. `crop`, `rotate`, `resize` and `ImageOps.mirror` keep it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image, ImageOps

print("Pillow", PIL.__version__)
image = Image.new("P", (8, 8))
image.putpalette([255, 0, 255, 32, 96, 160])
image.paste(1, (2, 2, 6, 6))
image.save("sprite.png", transparency=0)
for name, change in [
    ("crop", lambda image: image.crop((0, 0, 4, 4))),
    ("rotate", lambda image: image.rotate(90)),
    ("resize", lambda image: image.resize((16, 16))),
    ("mirror", ImageOps.mirror),
    ("expand", lambda image: ImageOps.expand(image, border=1)),
    ("pad", lambda image: ImageOps.pad(image, (16, 8))),
]:
    changed = change(Image.open("sprite.png"))
    changed.save("changed.png")
    again = Image.open("changed.png")
    print(f"{name:7}{again.mode}, index {again.getpixel((0, 0))} is {again.convert('RGBA').getpixel((0, 0))}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
crop   P, index 0 is (255, 0, 255, 0)
rotate P, index 0 is (255, 0, 255, 0)
resize P, index 0 is (255, 0, 255, 0)
mirror P, index 0 is (255, 0, 255, 0)
expand P, index 0 is (255, 0, 255, 255)
pad    P, index 0 is (255, 0, 255, 255)
END
