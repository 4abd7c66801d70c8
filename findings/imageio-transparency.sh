#!/usr/bin/env bash
# imageio 2.38.1 opens an indexed PNG with transparency as opaque RGB.
#
# An RGBA PNG of the same pixels gets four channels. An indexed one gets three: pixels of the transparent index have the
# color that the palette has there, which is never shown. `mode="RGBA"` has the transparency.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages \
  imageio==2.38.1 pillow==12.3.0 numpy==2.4.6
cat > observe.py <<'END'
import imageio
import imageio.v3 as iio
import PIL
from PIL import Image

print("imageio", imageio.__version__, "Pillow", PIL.__version__)
image = Image.new("P", (8, 8))
image.putpalette([255, 0, 255, 32, 96, 160])
image.paste(1, (2, 2, 6, 6))
image.save("indexed.png", transparency=0)
Image.open("indexed.png").convert("RGBA").save("rgba.png")
for name in ("rgba.png", "indexed.png"):
    pixels = iio.imread(name)
    print(f"{name}: {pixels.shape[2]} channels, the first pixel is {pixels[0, 0].tolist()}")
print("indexed.png as RGBA:", iio.imread("indexed.png", mode="RGBA")[0, 0].tolist())
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
imageio 2.38.1 Pillow 12.3.0
rgba.png: 4 channels, the first pixel is [255, 0, 255, 0]
indexed.png: 3 channels, the first pixel is [255, 0, 255]
indexed.png as RGBA: [255, 0, 255, 0]
END
