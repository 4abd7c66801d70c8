#!/usr/bin/env bash
# Pillow 12.3.0, FFmpeg 9.0.2 and pygame-ce 2.5.8 show some XPMs in other colors.
#
# An XPM can give 3, 6 or 12 digits for a color, and others for screens without colors. Pillow reads the last 6 of 12
# digits, and takes 3 for a number. FFmpeg shows 12 digits as black. (That it shows `f` as `f0` is right: X does.)
# pygame takes what comes first, so that an icon that begins with the values for black and white has only these. None of
# them reports anything.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0 imageio-ffmpeg==0.8.1 pygame-ce==2.5.8
cat > observe.py <<'END'
import subprocess

import imageio_ffmpeg
import PIL
import pygame
from PIL import Image

# Four pixels in a row: red, orange, green and blue.
FORMS = {
    "6 digits": ("c #ff0000", "c #ff8800", "c #00ff00", "c #0000ff"),
    "3 digits": ("c #f00", "c #f80", "c #0f0", "c #00f"),
    "12 digits": ("c #ffff00000000", "c #ffff88880000", "c #0000ffff0000", "c #00000000ffff"),
    "white on other screens": ("m white c #ff0000", "m white c #ff8800", "m white c #00ff00", "m white c #0000ff"),
}


def pillow():
    return Image.open("row.xpm").convert("RGB").tobytes()


def ffmpeg():
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "row.xpm", "-f", "rawvideo"]
    return subprocess.run([*command, "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE, check=True).stdout


def with_pygame():
    return pygame.image.tobytes(pygame.image.load("row.xpm"), "RGB")


version = imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0]
readers = {
    f"Pillow {PIL.__version__}": pillow,
    f"FFmpeg {version}": ffmpeg,
    f"pygame-ce {pygame.version.ver}": with_pygame,
}
for form, colors in FORMS.items():
    lines = ["4 1 4 1", *(f"{letter} {color}" for letter, color in zip("abcd", colors)), "abcd"]
    with open("row.xpm", "w") as file:
        file.write("/* XPM */\nstatic char *row[] = {\n" + ",\n".join(f'"{line}"' for line in lines) + "\n};\n")
    for name, read in readers.items():
        pixels = read()
        print(f"{form}, {name}:", " ".join(pixels[at : at + 3].hex() for at in range(0, 12, 3)))
END
PYGAME_HIDE_SUPPORT_PROMPT=1 PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
6 digits, Pillow 12.3.0: ff0000 ff8800 00ff00 0000ff
6 digits, FFmpeg 9.0.2: ff0000 ff8800 00ff00 0000ff
6 digits, pygame-ce 2.5.8: ff0000 ff8800 00ff00 0000ff
3 digits, Pillow 12.3.0: 000f00 000f80 0000f0 00000f
3 digits, FFmpeg 9.0.2: f00000 f08000 00f000 0000f0
3 digits, pygame-ce 2.5.8: ff0000 ff8800 00ff00 0000ff
12 digits, Pillow 12.3.0: 000000 880000 ff0000 00ffff
12 digits, FFmpeg 9.0.2: 000000 000000 000000 000000
12 digits, pygame-ce 2.5.8: ff0000 ff8800 00ff00 0000ff
white on other screens, Pillow 12.3.0: ff0000 ff8800 00ff00 0000ff
white on other screens, FFmpeg 9.0.2: ff0000 ff8800 00ff00 0000ff
white on other screens, pygame-ce 2.5.8: ffffff ffffff ffffff ffffff
END
