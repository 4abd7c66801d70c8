#!/usr/bin/env bash
# Pillow 12.3.0: `quantize(palette=…)` draws a color of the palette in another one that is close to it.
#
# The image has only colors of the palette, and dithering is off, so no pixel should change. Pillow looks a color up by
# the highest six bits of each channel, so that colors that differ only in the lower two are one. A palette with shades
# that are closer than four steps, such as those of a fade, cannot be applied with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image

print("Pillow", PIL.__version__)
for step in (1, 2, 3, 4):
    colors = [(96 + step * shade, 64, 32) for shade in range(16)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for color in colors for channel in color])
    image = Image.new("RGB", (16, 1))
    image.putdata(colors)
    drawn = image.quantize(palette=palette, dither=Image.Dither.NONE)
    print(f"16 reds, {step} apart: indices {list(drawn.tobytes())}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
16 reds, 1 apart: indices [0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12]
16 reds, 2 apart: indices [0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14]
16 reds, 3 apart: indices [0, 0, 1, 3, 4, 4, 5, 7, 8, 8, 9, 11, 12, 12, 13, 15]
16 reds, 4 apart: indices [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
END
