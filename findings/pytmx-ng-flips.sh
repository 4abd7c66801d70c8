#!/usr/bin/env bash
# pytmx-ng 3.35.0 mixes up the three ways in which Tiled flips a tile.
#
# Three bits of a cell say that its tile is flipped from left to right, from top to bottom, or along its diagonal.
# pytmx-ng reads the bits correctly, and passes them on in another order: a tile that was flipped from left to right is
# drawn along the diagonal, and so on. Only tiles that have none of the flips or all three are right. pytmx 3.32, which
# it continues, draws all of them right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check)
"${install[@]}" --target old pytmx==3.32 pygame-ce==2.5.8
"${install[@]}" --target new pytmx-ng==3.35.0 pygame-ce==2.5.8
cat > observe.py <<'END'
import sys

import pygame
from pytmx.util_pygame import load_pygame

# A tile of 2 × 2 pixels: a, b, and below them c, d. A flip is a function of its rows.
COLORS = {"a": (255, 0, 0), "b": (0, 255, 0), "c": (0, 0, 255), "d": (255, 255, 0)}
FLIPS = [
    ("diagonal", 1 << 29, lambda rows: ["".join(column) for column in zip(*rows)]),
    ("left-right", 1 << 31, lambda rows: [row[::-1] for row in rows]),
    ("top-bottom", 1 << 30, lambda rows: rows[::-1]),
]
MAP = """<?xml version="1.0"?>
<map version="1.10" orientation="orthogonal" width="8" height="1" tilewidth="2" tileheight="2" infinite="0">
 <tileset firstgid="1" name="tile" tilewidth="2" tileheight="2" tilecount="1" columns="1">
  <image source="tile.png" width="2" height="2"/>
 </tileset>
 <layer id="1" name="ground" width="8" height="1"><data encoding="csv">{}</data></layer>
</map>"""

pygame.display.init()
pygame.display.set_mode((1, 1))
tile = pygame.Surface((2, 2))
for at, color in enumerate(COLORS.values()):
    tile.set_at((at % 2, at // 2), color)
pygame.image.save(tile, "tile.png")
names, cells, expected = [], [], []
for case in range(8):
    chosen = [flip for bit, flip in enumerate(FLIPS) if case >> bit & 1]
    names.append(" + ".join(name for name, _, _ in chosen) or "none")
    cells.append(str(1 + sum(flag for _, flag, _ in chosen)))
    rows = ["ab", "cd"]
    for _, _, flip in chosen:
        rows = flip(rows)
    expected.append("/".join(rows))
with open("map.tmx", "w") as file:
    file.write(MAP.format(",".join(cells)))
loaded = load_pygame("map.tmx")
letters = {color: letter for letter, color in COLORS.items()}
print(sys.argv[1])
for x, name in enumerate(names):
    image = loaded.get_tile_image(x, 0, 0)
    seen = "/".join("".join(letters[tuple(image.get_at((column, row)))[:3]] for column in range(2)) for row in range(2))
    print(f"  {name}: {seen}" + ("" if seen == expected[x] else f" instead of {expected[x]}"))
END
export SDL_VIDEODRIVER=dummy PYGAME_HIDE_SUPPORT_PROMPT=1
{
    PYTHONPATH=old python3 observe.py "pytmx 3.32"
    PYTHONPATH=new python3 observe.py "pytmx-ng 3.35.0" 2>/dev/null
} | grep -v zstd | tee seen
diff seen - <<'END'
pytmx 3.32
  none: ab/cd
  diagonal: ac/bd
  left-right: ba/dc
  diagonal + left-right: ca/db
  top-bottom: cd/ab
  diagonal + top-bottom: bd/ac
  left-right + top-bottom: dc/ba
  diagonal + left-right + top-bottom: db/ca
pytmx-ng 3.35.0
  none: ab/cd
  diagonal: cd/ab instead of ac/bd
  left-right: ac/bd instead of ba/dc
  diagonal + left-right: bd/ac instead of ca/db
  top-bottom: ba/dc instead of cd/ab
  diagonal + top-bottom: dc/ba instead of bd/ac
  left-right + top-bottom: ca/db instead of dc/ba
  diagonal + left-right + top-bottom: db/ca
END
