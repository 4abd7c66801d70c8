#!/usr/bin/env bash
# pygame-aseprite-animation 0.0.7 draws hidden layers of an Aseprite file, and leaves out layers in groups.
#
# A hidden layer often is a sketch or a reference below the art. It is drawn over it, opaque. A layer that lies in a
# group is not drawn at all, and a half-transparent layer is opaque. Nothing is reported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pygame-aseprite-animation==0.0.7 pygame-ce==2.5.8
cat > observe.py <<'END'
import struct
import zlib

import pygame
from pygame_aseprite_animation import Animation


def chunk(kind, body):
    return struct.pack("<IH", len(body) + 6, kind) + body


def layer(name, visible=True, kind=0, level=0, opacity=255):
    """A layer; kind 1 is a group, and level 1 is inside of one."""
    head = struct.pack("<HHHHHHB3xH", visible, kind, level, 0, 0, 0, opacity, len(name))
    return chunk(0x2004, head + name.encode())


def pixel(index, *color):
    """The image of a layer: one pixel."""
    head = struct.pack("<HhhBHh5xHH", index, 0, 0, 255, 2, 0, 1, 1)
    return chunk(0x2005, head + zlib.compress(bytes(color)))


def write(chunks):
    """Writes an Aseprite file of 1 × 1 pixel in true color, with one frame."""
    body = b"".join(chunks)
    frame = struct.pack("<IHHHxxI", len(body) + 16, 0xF1FA, len(chunks), 100, len(chunks))
    size, no_key, square = 144 + len(body), (0, 0), (1, 1)
    head = struct.pack("<IHHHHHIH8xB3xHBBhhHH84x", size, 0xA5E0, 1, 1, 1, 32, 1, 100, *no_key, *square, 0, 0, 16, 16)
    with open("sprite.aseprite", "wb") as file:
        file.write(head + frame + body)


RED, GREEN = (255, 0, 0, 255), (0, 255, 0, 255)
print("pygame-aseprite-animation 0.0.7")
below, green = [layer("a"), pixel(0, *RED)], pixel(1, *GREEN)
for name, expected, above in (
    ("a visible layer", GREEN, [layer("b"), green]),
    ("a hidden layer", RED, [layer("b", visible=False), green]),
    ("a layer in a group", GREEN, [layer("g", kind=1), layer("b", level=1), pixel(2, *GREEN)]),
    ("a layer of half the opacity", (127, 128, 0, 255), [layer("b", opacity=128), green]),
):
    # All layers come before all images.
    chunks = sorted(below + above, key=lambda part: part[4:6])
    write(chunks)
    seen = tuple(Animation("sprite.aseprite").animation_frames[0].get_at((0, 0)))
    print(f"{name} in green above a red one: {seen}, must be {expected}")
END
PYGAME_HIDE_SUPPORT_PROMPT=1 SDL_VIDEODRIVER=dummy PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-aseprite-animation 0.0.7
a visible layer in green above a red one: (0, 255, 0, 255), must be (0, 255, 0, 255)
a hidden layer in green above a red one: (0, 255, 0, 255), must be (255, 0, 0, 255)
a layer in a group in green above a red one: (255, 0, 0, 255), must be (0, 255, 0, 255)
a layer of half the opacity in green above a red one: (0, 255, 0, 255), must be (127, 128, 0, 255)
END
