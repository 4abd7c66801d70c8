#!/usr/bin/env bash
# Qt 6.12.0 (PySide6): an image of 16 colors with an alpha channel becomes indexed in other colors.
#
# `convertToFormat(Format_Indexed8)` keeps all colors of an image without alpha that has at most 256. With an alpha
# channel, even if every pixel is opaque, Qt takes a fixed palette of 256 colors instead and dithers with it, so most
# pixels change, and blocks of one color become patterns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" PySide6-Essentials==6.12.0
cat > observe.py <<'END'
import PySide6
from PySide6.QtGui import QImage

SIDE = 16
Format = QImage.Format


def draw(alpha):
    """Returns the bytes (blue, green, red, alpha) of 16 blocks of one color each; `alpha` is that of the first."""
    pixels = bytearray()
    for at in range(SIDE * SIDE):
        block = at // SIDE // 4 * 4 + at % SIDE // 4
        pixels += bytes([20 + block * 3, 60 + block * 7, 100 + block * 9, 255 if block else alpha])
    return bytes(pixels)


print("PySide6", PySide6.__version__)
for name, layout, alpha in (
    ("without alpha", Format.Format_RGB32, 255),
    ("with alpha, opaque", Format.Format_ARGB32, 255),
    ("with alpha, a block transparent", Format.Format_ARGB32, 0),
):
    before = draw(alpha)
    image = QImage(before, SIDE, SIDE, layout)
    indexed = image.convertToFormat(Format.Format_Indexed8)
    colors = indexed.convertToFormat(Format.Format_ARGB32)
    after = bytes(colors.constBits())
    opaque = [at for at in range(0, len(before), 4) if before[at + 3]]
    steps = [max(abs(before[at + channel] - after[at + channel]) for channel in range(3)) for at in opaque]
    changed = sum(step > 0 for step in steps)
    print(f"{name}: palette of {indexed.colorCount()}, {changed} opaque pixels changed, by up to {max(steps)}")
END
QT_QPA_PLATFORM=offscreen PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
PySide6 6.12.0
without alpha: palette of 16, 0 opaque pixels changed, by up to 0
with alpha, opaque: palette of 256, 256 opaque pixels changed, by up to 47
with alpha, a block transparent: palette of 256, 240 opaque pixels changed, by up to 47
END
