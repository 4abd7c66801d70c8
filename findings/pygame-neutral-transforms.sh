#!/usr/bin/env bash
# pygame-ce 2.5.8: transforms that should change nothing change most colors by a step.
#
# `transform.grayscale` changes most grays of an image that is gray already. `transform.hsl` without a change of hue,
# saturation or lightness makes most colors one step darker, and so does `Color.hsva` if it is read and assigned again.
# Sprites then have colors that their palette does not have.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pygame-ce==2.5.8
cat > observe.py <<'END'
import pygame

print("pygame-ce", pygame.version.ver)


def compare(name, before, after):
    distance = max(abs(one - other) for pair in zip(before, after) for one, other in zip(*pair))
    changed = [(one, other) for one, other in zip(before, after) if one != other]
    print(f"{name}: {len(changed)} of {len(before)} colors changed, by {distance} at most", *changed[:1])


def transformed(colors, change):
    surface = pygame.Surface((len(colors), 1), pygame.SRCALPHA, 32)
    for x, color in enumerate(colors):
        surface.set_at((x, 0), color)
    surface = change(surface)
    return [tuple(surface.get_at((x, 0)))[:3] for x in range(len(colors))]


def through_hsva(color):
    other = pygame.Color(0, 0, 0)
    other.hsva = pygame.Color(*color).hsva
    return tuple(other)[:3]


grays = [(gray, gray, gray) for gray in range(256)]
colors = [(red, green, (red * green) % 256) for red in range(0, 256, 5) for green in range(0, 256, 5)]
compare("grayscale of grays", grays, transformed(grays, pygame.transform.grayscale))
compare("hsl(0, 0, 0)", colors, transformed(colors, lambda surface: pygame.transform.hsl(surface, 0, 0, 0)))
compare("hsva", colors, [through_hsva(color) for color in colors])
compare("invert, twice", colors, transformed(transformed(colors, pygame.transform.invert), pygame.transform.invert))
END
PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-ce 2.5.8
grayscale of grays: 210 of 256 colors changed, by 2 at most ((1, 1, 1), (3, 3, 3))
hsl(0, 0, 0): 2075 of 2704 colors changed, by 1 at most ((5, 5, 25), (4, 4, 25))
hsva: 1406 of 2704 colors changed, by 1 at most ((0, 15, 0), (0, 14, 0))
invert, twice: 0 of 2704 colors changed, by 0 at most
END
