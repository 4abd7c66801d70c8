#!/usr/bin/env bash
# Pillow 12.3.0: `quantize(256)` of an RGBA image with two colors can leave one.
#
# Fast Octree is the default method for RGBA, and together with libimagequant, which the wheels lack, the only one. It
# merges colors that are close to each other, however many the palette may hold. For RGB the default, median cut, keeps
# both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image

print("Pillow", PIL.__version__)
dark, light = (96, 64, 32), (98, 66, 33)
image = Image.new("RGB", (8, 8), dark)
image.paste(light, (4, 0, 8, 8))
for mode in ("RGB", "RGBA"):
    reduced = image.convert(mode).quantize(256).convert("RGB")
    colors = sorted(rgb for _, rgb in reduced.getcolors())
    print(f"{mode}: {[dark, light]} became {colors}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
RGB: [(96, 64, 32), (98, 66, 33)] became [(96, 64, 32), (98, 66, 33)]
RGBA: [(96, 64, 32), (98, 66, 33)] became [(97, 65, 32)]
END
