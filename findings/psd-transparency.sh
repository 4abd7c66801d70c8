#!/usr/bin/env bash
# Pillow 12.3.0 and psd-tools 1.26.0 show the transparent pixels of some PSDs as opaque.
#
# An indexed PSD can have one transparent index, which an image resource names (1047), and a gray PSD can have an alpha
# channel. Both readers open the indexed one without its transparency, and Pillow the gray one too. Neither reports it.
# In true color, both read the alpha channel.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0 psd-tools==1.26.0
cat > observe.py <<'END'
import struct

import PIL
import psd_tools
from PIL import Image
from psd_tools import PSDImage


def psd(mode, planes, palette=b"", resources=b""):
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, len(planes), 1, 4, 8, mode)
    palette = struct.pack(">I", len(palette)) + palette
    resources = struct.pack(">I", len(resources)) + resources
    return header + palette + resources + struct.pack(">IH", 0, 0) + b"".join(bytes(plane) for plane in planes)


def resource(number, value):
    return b"8BIM" + struct.pack(">HHIH", number, 0, 2, value)


# Four pixels, of which the second one is transparent. A palette holds 256 reds, then 256 greens, then 256 blues.
REDS, ALPHA = [40, 80, 120, 160], [255, 0, 255, 255]
FILES = {
    "true color": psd(3, [REDS, REDS, REDS, ALPHA]),
    "gray": psd(1, [REDS, ALPHA]),
    # 1046 is the number of colors, and 1047 the transparent index.
    "indexed": psd(2, [[0, 1, 2, 3]], bytes(REDS + [0] * 252) * 3, resource(1046, 4) + resource(1047, 1)),
}
print("Pillow", PIL.__version__, "psd-tools", psd_tools.__version__)
for name, data in FILES.items():
    with open("image.psd", "wb") as file:
        file.write(data)
    readers = {"Pillow": Image.open("image.psd"), "psd-tools": PSDImage.open("image.psd").topil()}
    for reader, image in readers.items():
        alphas = list(image.convert("RGBA").getchannel("A").tobytes())
        print(f"{name}, {reader}: mode {image.mode}, alphas {alphas}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0 psd-tools 1.26.0
true color, Pillow: mode RGBA, alphas [255, 0, 255, 255]
true color, psd-tools: mode RGBA, alphas [255, 0, 255, 255]
gray, Pillow: mode L, alphas [255, 255, 255, 255]
gray, psd-tools: mode LA, alphas [255, 0, 255, 255]
indexed, Pillow: mode P, alphas [255, 255, 255, 255]
indexed, psd-tools: mode P, alphas [255, 255, 255, 255]
END
