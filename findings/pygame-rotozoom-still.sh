#!/usr/bin/env bash
# pygame-ce 2.5.8: `rotozoom` by 0 degrees and the scale 1 blurs an image, and by 180 degrees makes it larger.
#
# Sprites that turn and grow are drawn with `rotozoom`. It smooths its result, but if nothing turns or grows, there is
# nothing to smooth. Still it mixes each pixel with its neighbors, so a sprite of four colors has many more before its
# first turn, and at 180 and 270 degrees it is two pixels wider and higher. `rotate` changes no pixel at these angles.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pygame-ce==2.5.8
cat > observe.py <<'END'
import pygame
from pygame.transform import rotate, rotozoom

COLORS = [(0, 0, 0), (255, 0, 77), (41, 173, 255), (255, 241, 232)]


def colors(surface):
    """The number of different colors that are not transparent."""
    pixels = [tuple(surface.get_at((x, y))) for x in range(surface.get_width()) for y in range(surface.get_height())]
    return len({pixel for pixel in pixels if pixel[3]})


print("pygame-ce", pygame.version.ver)
sprite = pygame.Surface((16, 16), pygame.SRCALPHA)
for x in range(16):
    for y in range(16):
        sprite.set_at((x, y), COLORS[(x * 3 + y * 5 + x * y) % 4])
print("the sprite:", sprite.get_size(), "with", colors(sprite), "colors")
for angle in (0, 90, 180, 270):
    turned, zoomed = rotate(sprite, angle), rotozoom(sprite, angle, 1)
    print(f"{angle} degrees: rotate {turned.get_size()}, {colors(turned)} colors; ", end="")
    print(f"rotozoom {zoomed.get_size()}, {'more' if colors(zoomed) > 4 else colors(zoomed)} colors")
END
PYGAME_HIDE_SUPPORT_PROMPT=1 SDL_VIDEODRIVER=dummy PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-ce 2.5.8
the sprite: (16, 16) with 4 colors
0 degrees: rotate (16, 16), 4 colors; rotozoom (16, 16), more colors
90 degrees: rotate (16, 16), 4 colors; rotozoom (16, 16), 4 colors
180 degrees: rotate (16, 16), 4 colors; rotozoom (18, 18), 4 colors
270 degrees: rotate (16, 16), 4 colors; rotozoom (18, 18), 4 colors
END
