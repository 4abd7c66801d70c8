#!/usr/bin/env bash
# imutils 0.5.4 with OpenCV 5.0.0: an image that `rotate` turns loses a row, a column or both.
#
# A turn by a multiple of 90 degrees only changes the places of pixels. `rotate` and `rotate_bound` turn around the
# corner between four pixels as if it were the center of one, so that the image moves by a pixel. What leaves it is
# lost, and a black row or column appears. `numpy.rot90` and `cv2.rotate` are exact.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imutils==0.5.4 opencv-python-headless==5.0.0.93
cat > observe.py <<'END'
import cv2
import imutils
import numpy

print("imutils", imutils.__version__, "OpenCV", cv2.__version__)
image = numpy.array(range(1, 17), dtype=numpy.uint8).reshape(4, 4)


def show(name, turned):
    print(f"{name}:", " | ".join(" ".join(str(value or "-") for value in row) for row in turned.tolist()))


show("unchanged", image)
for angle in (90, 180, 270):
    show(f"rot90, {angle} degrees", numpy.rot90(image, angle // 90))
    show(f"rotate, {angle} degrees", imutils.rotate(image, angle))
    show(f"rotate_bound, {-angle} degrees", imutils.rotate_bound(image, -angle))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
imutils 0.5.4 OpenCV 5.0.0
unchanged: 1 2 3 4 | 5 6 7 8 | 9 10 11 12 | 13 14 15 16
rot90, 90 degrees: 4 8 12 16 | 3 7 11 15 | 2 6 10 14 | 1 5 9 13
rotate, 90 degrees: - - - - | 4 8 12 16 | 3 7 11 15 | 2 6 10 14
rotate_bound, -90 degrees: - - - - | 4 8 12 16 | 3 7 11 15 | 2 6 10 14
rot90, 180 degrees: 16 15 14 13 | 12 11 10 9 | 8 7 6 5 | 4 3 2 1
rotate, 180 degrees: - - - - | - 16 15 14 | - 12 11 10 | - 8 7 6
rotate_bound, -180 degrees: - - - - | - 16 15 14 | - 12 11 10 | - 8 7 6
rot90, 270 degrees: 13 9 5 1 | 14 10 6 2 | 15 11 7 3 | 16 12 8 4
rotate, 270 degrees: - 13 9 5 | - 14 10 6 | - 15 11 7 | - 16 12 8
rotate_bound, -270 degrees: - 13 9 5 | - 14 10 6 | - 15 11 7 | - 16 12 8
END
