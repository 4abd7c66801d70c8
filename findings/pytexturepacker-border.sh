#!/usr/bin/env bash
# PyTexturePacker 1.2.1: `reduce_border_artifacts` makes transparent pixels around a sprite visible.
#
# The option should give the transparent pixels next to a sprite its colors, so that smooth scaling does not mix in
# black, and leave them transparent. They get the alpha 1: the sheet has up to eight rings of half-transparent pixels,
# which a program refuses that allows only transparent and opaque ones.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" PyTexturePacker==1.2.1 pillow==12.3.0
cat > observe.py <<'END'
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from PIL import Image
from PyTexturePacker import Packer

print("PyTexturePacker", version("PyTexturePacker"))
# A sprite of two opaque pixels, in the middle of 16 x 16 transparent ones.
Path("sprites").mkdir()
sprite = Image.new("RGBA", (16, 16))
sprite.putpixel((7, 8), (200, 40, 40, 255))
sprite.putpixel((8, 8), (40, 40, 200, 255))
sprite.save("sprites/sprite.png")
for reduce in (False, True):
    packer = Packer.create(bg_color=0, max_width=64, max_height=64, reduce_border_artifacts=reduce)
    packer.pack("sprites", f"sheet-{reduce}-%d")
    sheet = Image.open(f"sheet-{reduce}-0.png").convert("RGBA")
    alphas = Counter(sheet.getchannel("A").tobytes())
    print(f"reduce_border_artifacts={reduce}: {alphas[255]} opaque pixels, {alphas[1]} with the alpha 1")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
PyTexturePacker 1.2.1
reduce_border_artifacts=False: 2 opaque pixels, 0 with the alpha 1
reduce_border_artifacts=True: 2 opaque pixels, 304 with the alpha 1
END
