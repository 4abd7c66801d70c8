#!/usr/bin/env bash
# OpenCV 5.0.0: white that was converted to RGB565 and back is not white.
#
# RGB565 has white, and `COLOR_BGR2BGR565` gives it. The way back fills the missing bits with zeros instead of repeating
# the high bits, so white becomes 248, 252, 248, and every bright color is darker than on a display. BMPs of 16 bits are
# opened in the same way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" opencv-python-headless==5.0.0.93
cat > observe.py <<'END'
import struct

import cv2
import numpy


def bitmap(value):
    """Returns a BMP of one pixel in RGB565."""
    masks = struct.pack("<3I", 0xF800, 0x07E0, 0x001F)
    header = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 16, 3, 4, 0, 0, 0, 0) + masks
    return b"BM" + struct.pack("<IHHI", 70, 0, 0, 66) + header + struct.pack("<HH", value, 0)


print("opencv", cv2.__version__)
for color in ((255, 255, 255), (255, 0, 0), (132, 130, 132), (0, 0, 0)):
    blue_first = numpy.array([[color[::-1]]], numpy.uint8)
    packed = cv2.cvtColor(blue_first, cv2.COLOR_BGR2BGR565)
    value = int(packed[0, 0, 0]) | int(packed[0, 0, 1]) << 8
    back = cv2.cvtColor(packed, cv2.COLOR_BGR5652BGR)[0, 0, ::-1].tolist()
    opened = cv2.imdecode(numpy.frombuffer(bitmap(value), numpy.uint8), cv2.IMREAD_COLOR)[0, 0, ::-1].tolist()
    print(f"{list(color)}: RGB565 {value:04x}, back {back}, from a BMP {opened}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
opencv 5.0.0
[255, 255, 255]: RGB565 ffff, back [248, 252, 248], from a BMP [248, 252, 248]
[255, 0, 0]: RGB565 f800, back [248, 0, 0], from a BMP [248, 0, 0]
[132, 130, 132]: RGB565 8410, back [128, 128, 128], from a BMP [128, 128, 128]
[0, 0, 0]: RGB565 0000, back [0, 0, 0], from a BMP [0, 0, 0]
END
