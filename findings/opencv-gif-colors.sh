#!/usr/bin/env bash
# OpenCV 5.0.0: a GIF gets a fixed palette and a dither, so that an image of six colors changes.
#
# A GIF has room for 256 colors of its own. By default OpenCV draws all images with one palette of its own, and even
# pure red, green and blue do not all come back. At the highest quality the palette is computed for the image, but 16
# shades of red still become others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" opencv-python-headless==5.0.0.93
cat > observe.py <<'END'
import cv2
import numpy

SIDE = 16

print("opencv", cv2.__version__)
sets = {
    "6 pure colors": [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 255, 255), (0, 0, 0)],
    "16 reds": [(17 * shade, 0, 0) for shade in range(16)],
}
for name, colors in sets.items():
    pixels = [colors[at % len(colors)] for at in range(SIDE * SIDE)]
    image = numpy.array(pixels, numpy.uint8).reshape(SIDE, SIDE, 3)[..., ::-1]
    for options in ([], [cv2.IMWRITE_GIF_QUALITY, 7]):
        _, data = cv2.imencode(".gif", image, options)
        steps = numpy.abs(cv2.imdecode(data, cv2.IMREAD_COLOR).astype(int) - image).max(axis=2)
        quality = f"quality {options[1]}" if options else "default"
        print(f"{name}, {quality}: {int((steps > 0).sum())} of 256 pixels changed, by up to {int(steps.max())}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
opencv 5.0.0
6 pure colors, default: 177 of 256 pixels changed, by up to 36
6 pure colors, quality 7: 0 of 256 pixels changed, by up to 0
16 reds, default: 240 of 256 pixels changed, by up to 25
16 reds, quality 7: 192 of 256 pixels changed, by up to 68
END
