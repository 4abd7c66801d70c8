#!/usr/bin/env bash
# pygame-ce 2.5.8: with `BLEND_ALPHA_SDL2`, half-transparent pixels make an opaque surface half-transparent and darker.
#
# What lies over an opaque pixel is opaque. With this flag, which blends with SDL's own routine, the pixel below gets
# the alpha 254 for all alphas but 0 and 255, and colors are up to 2.5 steps too dark: white over white is (253, 253,
# 253). Without the flag, the surface stays opaque, and no color is off by more than a step.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pygame-ce==2.5.8
cat > observe.py <<'END'
import pygame

print("pygame-ce", pygame.version.ver)
for name, flags in (("no flag", 0), ("BLEND_ALPHA_SDL2", pygame.BLEND_ALPHA_SDL2)):
    partial, distance = 0, 0
    for alpha in range(256):
        for color, below in (((200, 100, 50), (20, 40, 60)), ((255, 255, 255), (255, 255, 255))):
            surface = pygame.Surface((8, 8), pygame.SRCALPHA, 32)
            surface.fill((*below, 255))
            fog = pygame.Surface((8, 8), pygame.SRCALPHA, 32)
            fog.fill((*color, alpha))
            surface.blit(fog, (0, 0), special_flags=flags)
            pixel = tuple(surface.get_at((0, 0)))
            exact = [(above * alpha + under * (255 - alpha)) / 255 for above, under in zip(color, below)]
            distance = max(distance, *(abs(one - other) for one, other in zip(pixel, exact)))
        partial += pixel[3] != 255
        if alpha == 128:
            print(f"{name}: white of the alpha 128 over white: {pixel}")
    print(f"{name}: {partial} of 256 alphas make it half-transparent; colors are off by up to {distance:.1f}")
END
PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-ce 2.5.8
no flag: white of the alpha 128 over white: (255, 255, 255, 255)
no flag: 0 of 256 alphas make it half-transparent; colors are off by up to 0.9
BLEND_ALPHA_SDL2: white of the alpha 128 over white: (253, 253, 253, 254)
BLEND_ALPHA_SDL2: 254 of 256 alphas make it half-transparent; colors are off by up to 2.5
END
