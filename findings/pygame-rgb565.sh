#!/usr/bin/env bash
# pygame-ce 2.5.8: a surface in RGB565 has other colors as bytes than as pixels, and white gets lost in a blit.
#
# `get_at` repeats the high bits of a color, so that white is (255, 255, 255), and so do `convert(24)` and `image.save`.
# `image.tobytes` fills with zeros: white is (248, 252, 248), and nearly all colors differ. `convert(32)` and a blit
# onto a surface of 32 bits turn 10 of the 64 greens one step darker, so that white is (255, 254, 255).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pygame-ce==2.5.8 numpy==2.4.6
cat > observe.py <<'END'
import numpy
import pygame

print("pygame-ce", pygame.version.ver)
# One pixel of each of the 65536 colors.
colors = pygame.Surface((256, 256), depth=16)
pygame.surfarray.pixels2d(colors)[:] = numpy.array(range(65536)).reshape(256, 256)
canvas = pygame.Surface((256, 256), depth=32)
canvas.blit(colors, (0, 0))
converted = colors.convert(32)
data = pygame.image.tobytes(colors, "RGB")
ways = {
    "convert": lambda x, y: converted.get_at((x, y))[:3],
    "tobytes": lambda x, y: tuple(data[(y * 256 + x) * 3 : (y * 256 + x) * 3 + 3]),
    "blit": lambda x, y: canvas.get_at((x, y))[:3],
}
places = [(x, y) for x in range(256) for y in range(256)]
print("get_at: white is", tuple(colors.get_at((255, 255)))[:3])
for name, pixel in ways.items():
    different = sum(tuple(pixel(x, y)) != tuple(colors.get_at((x, y)))[:3] for x, y in places)
    print(f"{name}: white is {tuple(pixel(255, 255))}; {different} of 65536 colors differ from get_at")
END
PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-ce 2.5.8
get_at: white is (255, 255, 255)
convert: white is (255, 254, 255); 10240 of 65536 colors differ from get_at
tobytes: white is (248, 252, 248); 65011 of 65536 colors differ from get_at
blit: white is (255, 254, 255); 10240 of 65536 colors differ from get_at
END
