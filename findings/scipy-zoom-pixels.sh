#!/usr/bin/env bash
# SciPy 1.17.1: `ndimage.zoom` by a whole number, without interpolation, makes pixels of different sizes.
#
# Each pixel of a row of eight should become a block of the same width. The centers of the first and last pixel are
# placed at the edges of the result instead, so the outer blocks are narrower and others wider, and thin lines differ in
# width. With `grid_mode` and the mode `grid-constant` all blocks are equal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" scipy==1.17.1
cat > observe.py <<'END'
import scipy
from scipy.ndimage import zoom

print("scipy", scipy.__version__)
row = list(range(8))
for factor in (2, 3, 4, 8):
    for name, options in (("zoom", {}), ("zoom, grid_mode", {"grid_mode": True, "mode": "grid-constant"})):
        large = zoom(row, factor, order=0, **options)
        print(f"{name}, {factor} times: widths {[int((large == pixel).sum()) for pixel in row]}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
scipy 1.17.1
zoom, 2 times: widths [2, 2, 2, 2, 2, 2, 2, 2]
zoom, grid_mode, 2 times: widths [2, 2, 2, 2, 2, 2, 2, 2]
zoom, 3 times: widths [2, 3, 4, 3, 3, 4, 3, 2]
zoom, grid_mode, 3 times: widths [3, 3, 3, 3, 3, 3, 3, 3]
zoom, 4 times: widths [3, 4, 5, 4, 4, 5, 4, 3]
zoom, grid_mode, 4 times: widths [4, 4, 4, 4, 4, 4, 4, 4]
zoom, 8 times: widths [5, 9, 9, 9, 9, 9, 9, 5]
zoom, grid_mode, 8 times: widths [8, 8, 8, 8, 8, 8, 8, 8]
END
