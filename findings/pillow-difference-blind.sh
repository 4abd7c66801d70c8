#!/usr/bin/env bash
# Pillow 12.3.0: the usual comparison of two images finds no difference between red and blue.
#
# `ImageChops.difference(a, b).getbbox()` should be the box that differs, or None if nothing does. With alpha, the
# difference of two opaque pixels has alpha 0, and `getbbox` leaves out what is transparent. Of two indexed images the
# indices are compared, so that one palette is as good as another. A test of sprites that compares so cannot fail.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image, ImageChops

print("Pillow", PIL.__version__)
red, blue = (255, 0, 0, 255), (0, 0, 255, 255)
for mode in ("RGB", "RGBA", "P"):
    first, second = (Image.new("RGBA", (8, 8), color).convert(mode) for color in (red, blue))
    if mode == "P":
        first, second = (Image.new("P", (8, 8), 0) for _ in range(2))
        first.putpalette(red[:3])
        second.putpalette(blue[:3])
    box = ImageChops.difference(first, second).getbbox()
    colors = " and ".join(image.convert("RGB").tobytes()[:3].hex() for image in (first, second))
    print(f"{mode}: {colors} differ in {box}")
both = ImageChops.difference(Image.new("RGBA", (8, 8), red), Image.new("RGBA", (8, 8), blue))
print(f"RGBA, alpha_only=False: {both.getbbox(alpha_only=False)}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
RGB: ff0000 and 0000ff differ in (0, 0, 8, 8)
RGBA: ff0000 and 0000ff differ in None
P: ff0000 and 0000ff differ in None
RGBA, alpha_only=False: (0, 0, 8, 8)
END
