#!/usr/bin/env bash
# pytmx 3.32 and pytmx-ng 3.35.0 draw the layers of a Tiled map in another order, and layers of hidden groups.
#
# The file has the layers from back to front. pytmx lists the tile layers first, then those in groups, then all images,
# then all objects: an image that is the sky of a map covers the ground. A layer in a group keeps its own visibility,
# opacity and offset, without those of the group, so layers that the artist hid are drawn.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in pytmx==3.32 pytmx-ng==3.35.0; do
  install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check)
  "${install[@]}" --target "${package%%=*}" "$package" pygame-ce==2.5.8
done
cat > map.tmx <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<map version="1.10" tiledversion="1.10.2" orientation="orthogonal" width="1" height="1" tilewidth="8" tileheight="8">
 <imagelayer id="1" name="1 sky"><image source="sky.png" width="8" height="8"/></imagelayer>
 <group id="2" name="2 hidden group" visible="0" opacity="0.5" offsetx="8" offsety="0">
  <layer id="3" name="3 old ground" width="1" height="1"><data encoding="csv">0</data></layer>
 </group>
 <objectgroup id="4" name="4 hero"/>
 <layer id="5" name="5 ground" width="1" height="1"><data encoding="csv">0</data></layer>
 <imagelayer id="6" name="6 clouds"><image source="sky.png" width="8" height="8"/></imagelayer>
 <objectgroup id="7" name="7 marks"/>
</map>
END
cat > observe.py <<'END'
import sys

import pygame
import pytmx

image = pygame.Surface((8, 8))
pygame.image.save(image, "sky.png")
tiled = pytmx.TiledMap("map.tmx")
print(f"{sys.argv[1]}: {', '.join(layer.name for layer in tiled.visible_layers)}")
layer = tiled.get_layer_by_name("3 old ground")
print(f"  of the hidden group: visible {bool(layer.visible)}, opacity {layer.opacity}, offset {layer.offsetx}")
END
for package in pytmx pytmx-ng; do
  PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=$package python3 observe.py $package 2>/dev/null
done | tee seen
diff seen - <<'END'
pytmx: 3 old ground, 5 ground, 1 sky, 6 clouds, 4 hero, 7 marks
  of the hidden group: visible True, opacity 1.0, offset 0
pytmx-ng: 3 old ground, 5 ground, 1 sky, 6 clouds, 4 hero, 7 marks
  of the hidden group: visible True, opacity 1.0, offset 0
END
