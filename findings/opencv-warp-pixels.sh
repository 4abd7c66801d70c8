#!/usr/bin/env bash
# OpenCV 5.0.0 draws the pixels of an image in different sizes if `warpAffine` enlarges it by a whole number.
#
# With `INTER_NEAREST` and a matrix that doubles x and y, every pixel should be 2 x 2 pixels large. The matrix moves the
# centers of pixels, so that they are 1 or 3 pixels wide, and the last rows and columns are empty. With a shift of half
# of the factor less one, or with `resize`, all have the same size.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" opencv-python-headless==5.0.0.93
cat > observe.py <<'END'
import cv2
import numpy

print("OpenCV", cv2.__version__)
image = numpy.array([range(1, 9)] * 8, dtype=numpy.uint8)
for factor in (2, 3, 4):
    size = (8 * factor, 8 * factor)
    shift = (factor - 1) / 2
    ways = {"resize": cv2.resize(image, size, interpolation=cv2.INTER_NEAREST)}
    for name, move in (("warpAffine", 0), (f"warpAffine, shifted by {shift}", shift)):
        matrix = numpy.array([[factor, 0, move], [0, factor, move]], dtype=numpy.float32)
        ways[name] = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_NEAREST)
    for name, larger in ways.items():
        row = larger[0].tolist()
        empty = f", and {row.count(0)} empty" if 0 in row else ""
        print(f"{name}, {factor} times: widths {[row.count(value) for value in range(1, 9)]}{empty}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
OpenCV 5.0.0
resize, 2 times: widths [2, 2, 2, 2, 2, 2, 2, 2]
warpAffine, 2 times: widths [2, 1, 3, 1, 3, 1, 3, 1], and 1 empty
warpAffine, shifted by 0.5, 2 times: widths [2, 2, 2, 2, 2, 2, 2, 2]
resize, 3 times: widths [3, 3, 3, 3, 3, 3, 3, 3]
warpAffine, 3 times: widths [2, 3, 3, 3, 3, 3, 3, 3], and 1 empty
warpAffine, shifted by 1.0, 3 times: widths [3, 3, 3, 3, 3, 3, 3, 3]
resize, 4 times: widths [4, 4, 4, 4, 4, 4, 4, 4]
warpAffine, 4 times: widths [3, 3, 5, 3, 5, 3, 5, 3], and 2 empty
warpAffine, shifted by 1.5, 4 times: widths [4, 4, 4, 4, 4, 4, 4, 4]
END
