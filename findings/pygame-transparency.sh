#!/usr/bin/env bash
# pygame 2.6.1 saves an indexed PNG without its transparency, and opens a gray one with transparency in yellow.
#
# `image.save` keeps the palette and all indices, but not which index is transparent, although `get_colorkey` has it.
# pygame-ce 2.5.8 does the same. A gray PNG whose transparent sample is named (tRNS) is opened by pygame as 16 bits of
# red, green and blue, which are its gray and alpha; pygame-ce opens it right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target)
"${install[@]}" pygame pygame==2.6.1
"${install[@]}" pygame-ce pygame-ce==2.5.8
cat > observe.py <<'END'
import struct
import zlib

import pygame


def write(path, color_type, palette, transparent):
    """Four pixels in one row, the samples 0 1 2 3."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 4, 1, 8, color_type, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", palette), (b"tRNS", transparent), (b"IDAT", zlib.compress(b"\0\0\1\2\3"))]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks if one[1]) + chunk(b"IEND", b""))


print("pygame-ce" if getattr(pygame, "IS_CE", False) else "pygame", pygame.version.ver)
write("indexed.png", 3, bytes([255, 0, 255, 32, 96, 160, 8, 8, 8, 9, 9, 9]), b"\0")
image = pygame.image.load("indexed.png")
pygame.image.save(image, "saved.png")
saved = pygame.image.load("saved.png")
print("indexed: color key", image.get_colorkey(), "saved with", saved.get_colorkey(), [saved.get_at_mapped((x, 0)) for x in range(4)])
write("gray.png", 0, b"", b"\0\0")
image = pygame.image.load("gray.png")
print("gray 0 1 2 3:", image.get_bitsize(), "bits", [tuple(image.get_at((x, 0))) for x in range(4)])
END
for package in pygame pygame-ce; do
  SDL_VIDEODRIVER=dummy PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=$package python3 observe.py
done | tee seen
diff seen - <<'END'
pygame 2.6.1
indexed: color key (255, 0, 255, 255) saved with None [0, 1, 2, 3]
gray 0 1 2 3: 16 bits [(0, 0, 0, 255), (255, 226, 8, 255), (255, 226, 16, 255), (255, 226, 24, 255)]
pygame-ce 2.5.8
indexed: color key (255, 0, 255, 255) saved with None [0, 1, 2, 3]
gray 0 1 2 3: 32 bits [(0, 0, 0, 0), (1, 1, 1, 255), (2, 2, 2, 255), (3, 3, 3, 255)]
END
