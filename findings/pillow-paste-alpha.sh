#!/usr/bin/env bash
# Pillow 12.3.0: a half-transparent sprite that is pasted with itself as its mask changes the alpha of the image below.
#
# What lies over an opaque pixel is opaque. `background.paste(sprite, (0, 0), sprite)`, the usual way to draw a sprite,
# mixes the alphas as well as the colors, so that a shadow makes the background half-transparent, down to an alpha of
# 191, and each further paste makes it more so. `alpha_composite` keeps the background opaque.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image

print("Pillow", PIL.__version__)
for alpha in (0, 64, 128, 192, 255):
    shadow = Image.new("RGBA", (8, 8), (0, 0, 0, alpha))
    pasted = Image.new("RGBA", (8, 8), (90, 120, 200, 255))
    composed = pasted.copy()
    pasted.paste(shadow, (0, 0), shadow)
    once = pasted.getpixel((0, 0))
    pasted.paste(shadow, (0, 0), shadow)
    composed.alpha_composite(shadow)
    shown = f"paste {once}, twice {pasted.getpixel((0, 0))}, alpha_composite {composed.getpixel((0, 0))}"
    print(f"alpha {alpha}: {shown}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
alpha 0: paste (90, 120, 200, 255), twice (90, 120, 200, 255), alpha_composite (90, 120, 200, 255)
alpha 64: paste (67, 90, 150, 207), twice (50, 67, 112, 171), alpha_composite (67, 90, 150, 255)
alpha 128: paste (45, 60, 100, 191), twice (22, 30, 50, 159), alpha_composite (45, 60, 100, 255)
alpha 192: paste (22, 30, 49, 208), twice (5, 7, 12, 196), alpha_composite (22, 30, 49, 255)
alpha 255: paste (0, 0, 0, 255), twice (0, 0, 0, 255), alpha_composite (0, 0, 0, 255)
END
