#!/usr/bin/env bash
# tmxpy 0.2.6 draws the tiles of a Tiled map shifted if the tileset has spacing, and draws hidden layers.
#
# Tilesets for engines often have a margin and a line between their tiles. tmxpy cuts tiles as if there were none, so
# each tile shows a part of its neighbors. Layers that are not visible are drawn, and an opacity is not applied. A pixel
# that is half transparent in the tileset becomes nearly invisible, and dark.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" tmxpy==0.2.6 pillow==12.3.0 beautifulsoup4==4.15.0 lxml==6.1.3
cat > observe.py <<'END'
import tmxpy
from PIL import Image

COLORS = {1: (255, 0, 0, 255), 2: (0, 255, 0, 255), 3: (0, 0, 255, 255), 4: (200, 100, 0, 128)}
MAP = """<?xml version="1.0" encoding="UTF-8"?>
<map version="1.10" orientation="orthogonal" width="4" height="1" tilewidth="8" tileheight="8" infinite="0">
 <tileset firstgid="1" name="t" tilewidth="8" tileheight="8" margin="{gap}" spacing="{gap}" tilecount="4" columns="4">
  <image source="tiles.png" width="{width}" height="{height}"/>
 </tileset>
 <layer id="1" name="ground" width="4" height="1"><data encoding="csv">1,2,3,4</data></layer>
 {layer}
</map>
"""
HIDDEN = '<layer id="2" name="notes" width="4" height="1" visible="0"><data encoding="csv">3,3,3,3</data></layer>'


def draw(gap, layer=""):
    width, height = 4 * 8 + 5 * gap, 8 + 2 * gap
    tiles = Image.new("RGBA", (width, height), (255, 255, 255, 255))
    for at, color in enumerate(COLORS.values()):
        tiles.paste(color, (gap + at * (8 + gap), gap, gap + at * (8 + gap) + 8, gap + 8))
    tiles.save("tiles.png")
    drawn = tmxpy.TMXpy(["."], xml=MAP.format(gap=gap, width=width, height=height, layer=layer))
    drawn.generateGIDDict()
    return drawn.renderAllLayers()


print("tmxpy 0.2.6")
for name, image in (("no spacing", draw(0)), ("spacing of 2", draw(2)), ("hidden layer above", draw(0, HIDDEN))):
    counts = []
    for at, wanted in enumerate(COLORS.values()):
        cell = image.crop((at * 8, 0, at * 8 + 8, 8))
        counts.append(sum(cell.getpixel((x, y)) == wanted for x in range(8) for y in range(8)))
    print(f"{name}: {' '.join(map(str, counts))} of 64 pixels of each tile right, the last tile {image.getpixel((28, 4))}")
END
PYTHONPATH=packages python3 -W ignore observe.py | tee seen
diff seen - <<'END'
tmxpy 0.2.6
no spacing: 64 64 64 0 of 64 pixels of each tile right, the last tile (25, 13, 0, 16)
spacing of 2: 36 24 12 0 of 64 pixels of each tile right, the last tile (0, 0, 255, 255)
hidden layer above: 0 0 64 0 of 64 pixels of each tile right, the last tile (0, 0, 255, 255)
END
