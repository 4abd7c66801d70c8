#!/usr/bin/env bash
# Pyxel 2.9.9 draws the flipped and rotated tiles of a Tiled map as they are in the sheet, and empty cells as a tile.
#
# `Tilemap.from_tmx` drops the bits of a cell that say how Tiled flips its tile. All eight directions of a tile become
# the same cell, so a corner that was drawn once and rotated shows the same corner four times. An empty cell becomes
# the tile at the top left, as if it was drawn. Nothing is reported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pyxel==2.9.9
cat > observe.py <<'END'
import pyxel

MAP = """<?xml version="1.0"?>
<map version="1.10" orientation="orthogonal" width="{width}" height="1" tilewidth="8" tileheight="8" infinite="0">
 <tileset firstgid="1" name="sheet" tilewidth="8" tileheight="8" tilecount="1024" columns="32">
  <image source="sheet.png" width="256" height="256"/>
 </tileset>
 <layer id="1" name="ground" width="{width}" height="1"><data encoding="csv">{cells}</data></layer>
</map>"""

print("Pyxel", pyxel.VERSION)
pyxel.init(8, 8, headless=True)
for name, cells in (
    ("empty, and the first two tiles", [0, 1, 2]),
    ("the third tile in eight directions", [3 | flips << 29 for flips in range(8)]),
):
    with open("map.tmx", "w") as file:
        file.write(MAP.format(width=len(cells), cells=",".join(map(str, cells))))
    loaded = pyxel.Tilemap.from_tmx("map.tmx", 0)
    print(f"{name}:", *(loaded.pget(x, 0) for x in range(len(cells))))
END
# Without a sound card, Pyxel prints a line about it.
PYTHONPATH=packages python3 observe.py 2>/dev/null | grep -v 'audio device' | tee seen
diff seen - <<'END'
Pyxel 2.9.9
empty, and the first two tiles: (0, 0) (0, 0) (1, 0)
the third tile in eight directions: (2, 0) (2, 0) (2, 0) (2, 0) (2, 0) (2, 0) (2, 0) (2, 0)
END
