#!/usr/bin/env bash
# pygame-ce 2.5.8 (SDL_image) loses the last columns of a PCX of 16 colors.
#
# Paint programs for EGA and VGA save 16 colors as four planes of one bit. A row has whole bytes, so its last byte is
# only partly used if the width is not a multiple of 8. pygame does not read that byte: up to seven columns at the right
# have other colors. Pillow and FFmpeg show all of them right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pygame-ce==2.5.8 pillow==12.3.0 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg
import PIL
import pygame
from PIL import Image

HEIGHT = 4


def write(width):
    """Writes a PCX with a column of each color, which are 16 shades of red, again and again."""
    line = -(-width // 16) * 2
    planes = ["".join(str(x % 16 >> plane & 1) for x in range(width)).ljust(line * 8, "0") for plane in range(4)]
    row = b"".join(int(plane, 2).to_bytes(line, "big") for plane in planes)
    header = struct.pack("<BBBBHHHHHH", 10, 5, 1, 1, 0, 0, width - 1, HEIGHT - 1, 72, 72)
    header += b"".join(bytes((shade * 17, 0, 0)) for shade in range(16))
    header += struct.pack("<BBHHHH", 0, 4, line, 1, 0, 0) + bytes(54)
    # A byte from 0xC0 on is written as a run of one.
    rows = b"".join(bytes((0xC1, byte)) if byte >= 0xC0 else bytes((byte,)) for byte in row * HEIGHT)
    with open("columns.pcx", "wb") as file:
        file.write(header + rows)


version = imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0]
print(f"pygame-ce {pygame.version.ver}, Pillow {PIL.__version__}, FFmpeg {version}")
for width in (8, 9, 12, 15, 16, 20, 24):
    write(width)
    columns = {"Pillow": Image.open("columns.pcx").convert("RGB").tobytes()[: width * 3]}
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "columns.pcx", "-f", "rawvideo"]
    ran = subprocess.run([*command, "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE, check=True)
    columns["FFmpeg"] = ran.stdout[: width * 3]
    columns["pygame"] = pygame.image.tobytes(pygame.image.load("columns.pcx"), "RGB")[: width * 3]
    results = []
    for name, row in columns.items():
        wrong = [x for x in range(width) if row[x * 3] != x % 16 * 17]
        # Which of these columns have their color by chance depends on what was in memory.
        results.append(f"{name} {f'wrong from column {min(wrong) // 8 * 8} on' if wrong else 'right'}")
    print(f"{width} pixels wide: {', '.join(results)}")
END
PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pygame-ce 2.5.8, Pillow 12.3.0, FFmpeg 9.0.2
8 pixels wide: Pillow right, FFmpeg right, pygame right
9 pixels wide: Pillow right, FFmpeg right, pygame wrong from column 8 on
12 pixels wide: Pillow right, FFmpeg right, pygame wrong from column 8 on
15 pixels wide: Pillow right, FFmpeg right, pygame wrong from column 8 on
16 pixels wide: Pillow right, FFmpeg right, pygame right
20 pixels wide: Pillow right, FFmpeg right, pygame wrong from column 16 on
24 pixels wide: Pillow right, FFmpeg right, pygame right
END
