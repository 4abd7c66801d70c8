#!/usr/bin/env bash
# psd-tools 1.26.0: a layer with an opacity of 50 % over an opaque background makes it half-transparent.
#
# What lies over an opaque pixel is opaque. `composite(force=True)`, which draws the layers instead of the preview that
# is in the file, gives many such pixels the alpha 254. 50 % is 128 of 255, as Photoshop saves it. A program that allows
# only transparent and opaque pixels refuses the image.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages psd-tools==1.26.0
cat > observe.py <<'END'
import struct

import psd_tools
from psd_tools import PSDImage


def layer(name, color, opacity):
    """The record and the pixels of a layer of 4 x 4 pixels in one opaque color."""
    planes = [(-1, b"\xff" * 16), *((channel, bytes([color[channel]]) * 16) for channel in range(3))]
    record = struct.pack(">4iH", 0, 0, 4, 4, 4)
    record += b"".join(struct.pack(">hI", channel, 18) for channel, _ in planes)
    record += b"8BIMnorm" + bytes([opacity, 0, 0, 0]) + struct.pack(">III", 12, 0, 0) + bytes([3]) + name
    return record, b"".join(b"\0\0" + plane for _, plane in planes)


def psd(opacity):
    layers = [layer(b"sea", (0, 0, 255), 255), layer(b"fog", (255, 255, 255), opacity)]
    body = struct.pack(">h", 2) + b"".join(record for record, _ in layers) + b"".join(planes for _, planes in layers)
    body = struct.pack(">I", len(body)) + body + struct.pack(">I", 0)
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 4, 4, 8, 3) + struct.pack(">II", 0, 0)
    return header + struct.pack(">I", len(body)) + body + struct.pack(">H", 0) + bytes(48)


print("psd-tools", psd_tools.__version__)
partial = []
for opacity in range(256):
    with open("fog.psd", "wb") as file:
        file.write(psd(opacity))
    pixel = PSDImage.open("fog.psd").composite(force=True).convert("RGBA").getpixel((0, 0))
    if pixel[3] != 255:
        partial.append(opacity)
    if opacity in (64, 128, 255):
        print(f"opacity {opacity} of 255: pixel {pixel}")
print(f"opacities that make an opaque pixel half-transparent: {len(partial)} of 256")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
psd-tools 1.26.0
opacity 64 of 255: pixel (64, 64, 255, 255)
opacity 128 of 255: pixel (128, 128, 255, 254)
opacity 255 of 255: pixel (255, 255, 255, 255)
opacities that make an opaque pixel half-transparent: 32 of 256
END
