#!/usr/bin/env bash
# colorgram.py 1.2.0 finds 13 of the 16 colors of an image, and three of these are not in it.
#
# It is asked for 16 colors, and the image has exactly 16, of which each fills a column: PICO-8's. colorgram sorts
# pixels into coarse classes of hue, saturation and lightness, and returns the mean of each class, so dark blue and
# similar shades become one color that nobody drew. extcolors, with a tolerance of 0, finds all 16.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" colorgram.py==1.2.0 extcolors==1.0.0 pillow==12.3.0
cat > observe.py <<'END'
import importlib.metadata

import colorgram
import extcolors
from PIL import Image

DRAWN = """000000 1d2b53 7e2553 008751 ab5236 5f574f c2c3c7 fff1e8
           ff004d ffa300 ffec27 00e436 29adff 83769c ff77a8 ffccaa""".split()
image = Image.new("RGB", (16, 16))
image.putdata([tuple(bytes.fromhex(color)) for color in DRAWN] * 16)
image.save("columns.png")


def show(name, colors):
    found = [bytes(color).hex() for color in colors]
    invented = " ".join(sorted(set(found) - set(DRAWN))) or "none"
    version = importlib.metadata.version(name)
    print(f"{name} {version}: {len(found)} colors; missing: {len(set(DRAWN) - set(found))}; invented: {invented}")


show("colorgram.py", [color.rgb for color in colorgram.extract("columns.png", 16)])
show("extcolors", [color for color, _ in extcolors.extract_from_path("columns.png", tolerance=0, limit=16)[0]])
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
colorgram.py 1.2.0: 13 colors; missing: 6; invented: 855442 be1250 ffdec9
extcolors 1.0.0: 16 colors; missing: 0; invented: none
END
