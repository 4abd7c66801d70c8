#!/usr/bin/env bash
# Pillow 12.3.0 saves an indexed PNG with a transparent color as an icon or TIFF in which that color is opaque.
#
# Icons and TIFFs can have transparent pixels, and PNG, GIF and WebP keep those of the image. `save` writes an icon or a
# TIFF of an indexed image without them, so that the icon of a game has a background in the key color. It reports
# nothing. After `convert("RGBA")` they are kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import io

import PIL
from PIL import Image

print("Pillow", PIL.__version__)
# 16 x 16 pixels: the key color, pink, at the left, and blue at the right.
image = Image.new("P", (16, 16))
image.putpalette([255, 0, 255, 40, 40, 200])
image.paste(1, (8, 0, 16, 16))
image.save("sprite.png", transparency=0)
sprite = Image.open("sprite.png")
for name, source in (("indexed", sprite), ("RGBA", sprite.convert("RGBA"))):
    for form, options in (("PNG", {}), ("GIF", {}), ("WEBP", {"lossless": True}), ("ICO", {}), ("TIFF", {})):
        file = io.BytesIO()
        source.save(file, form, **options)
        alphas = Image.open(file).convert("RGBA").getchannel("A")
        print(f"{name}, {form}: alpha {alphas.getpixel((0, 0))} at the left, {alphas.getpixel((15, 0))} at the right")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
indexed, PNG: alpha 0 at the left, 255 at the right
indexed, GIF: alpha 0 at the left, 255 at the right
indexed, WEBP: alpha 0 at the left, 255 at the right
indexed, ICO: alpha 255 at the left, 255 at the right
indexed, TIFF: alpha 255 at the left, 255 at the right
RGBA, PNG: alpha 0 at the left, 255 at the right
RGBA, GIF: alpha 0 at the left, 255 at the right
RGBA, WEBP: alpha 0 at the left, 255 at the right
RGBA, ICO: alpha 0 at the left, 255 at the right
RGBA, TIFF: alpha 0 at the left, 255 at the right
END
