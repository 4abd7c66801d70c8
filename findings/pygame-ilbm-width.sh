#!/usr/bin/env bash
# pygame-ce 2.5.8 (SDL_image) opens an image of the Amiga wider than it is.
#
# An ILBM, the format of Deluxe Paint, fills each row up to a multiple of 16 pixels. pygame shows the filled pixels, so
# a sprite of 20 pixels is 32 wide, and a sheet that is cut into columns by its width has its tiles in wrong places.
# FFmpeg shows 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pygame-ce==2.5.8 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg
import pygame


def chunk(name, body):
    return name + struct.pack(">I", len(body)) + body


def write(width):
    """Writes an ILBM of two bit planes, all of the color 3, without compression."""
    row = bytes([0xFF] * (width // 8)) + bytes(-(-width // 16) * 2 - width // 8)
    header = struct.pack(">HHhhBBBBHBBhh", width, 8, 0, 0, 2, 0, 0, 0, 0, 1, 1, width, 8)
    palette = bytes((0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255))
    body = b"ILBM" + chunk(b"BMHD", header) + chunk(b"CMAP", palette) + chunk(b"BODY", row * 2 * 8)
    with open("image.iff", "wb") as file:
        file.write(chunk(b"FORM", body))


print("pygame-ce", pygame.version.ver, "and FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for width in (16, 24, 32, 40):
    write(width)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "image.iff", "-f", "rawvideo"]
    pixels = subprocess.run([*command, "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE, check=True).stdout
    loaded = pygame.image.load("image.iff")
    black = sum(loaded.get_at((x, 0))[:3] == (0, 0, 0) for x in range(loaded.get_width()))
    print(f"{width} pixels: FFmpeg {len(pixels) // 24}, pygame {loaded.get_width()}, of which {black} were not drawn")
END
PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-ce 2.5.8 and FFmpeg 9.0.2
16 pixels: FFmpeg 16, pygame 16, of which 0 were not drawn
24 pixels: FFmpeg 24, pygame 32, of which 8 were not drawn
32 pixels: FFmpeg 32, pygame 32, of which 0 were not drawn
40 pixels: FFmpeg 40, pygame 48, of which 8 were not drawn
END
