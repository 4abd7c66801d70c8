#!/usr/bin/env bash
# Pillow 12.3.0 makes a hole where a frame of an animated PNG has a half-transparent pixel over an opaque one.
#
# A frame of an APNG can be drawn over the one before, so that a shadow or a flash needs no copy of the background.
# Over an opaque pixel the result is opaque. Pillow mixes the alpha of both as if it was a color, so the background
# shines through at the shadow. FFmpeg shows it opaque, in the same color.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import struct
import subprocess
import zlib

import imageio_ffmpeg
import PIL
from PIL import Image


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write(shadow):
    """Writes an APNG of 1 × 1 pixel: a red one, and a black one with this alpha that is drawn over it."""
    pixels = [zlib.compress(bytes((0, *color))) for color in ((255, 0, 0, 255), (0, 0, 0, shadow))]
    control = [struct.pack(">IIIIIHHBB", number, 1, 1, 0, 0, 1, 10, 0, blend) for number, blend in ((0, 0), (1, 1))]
    with open("shadow.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)))
        file.write(chunk(b"acTL", struct.pack(">II", 2, 0)))
        file.write(chunk(b"fcTL", control[0]) + chunk(b"IDAT", pixels[0]))
        file.write(chunk(b"fcTL", control[1]) + chunk(b"fdAT", struct.pack(">I", 2) + pixels[1]) + chunk(b"IEND", b""))


print("Pillow", PIL.__version__, "and FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for shadow in (255, 128, 64):
    write(shadow)
    with Image.open("shadow.png") as image:
        image.seek(1)
        opened = image.convert("RGBA").getpixel((0, 0))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "apng", "-i", "shadow.png", "-f", "rawvideo"]
    ran = subprocess.run([*command, "-pix_fmt", "rgba", "-"], stdout=subprocess.PIPE, check=True)
    print(f"black with alpha {shadow} over red: Pillow {opened}, FFmpeg {tuple(ran.stdout[-4:])}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0 and FFmpeg 9.0.2
black with alpha 255 over red: Pillow (0, 0, 0, 255), FFmpeg (0, 0, 0, 255)
black with alpha 128 over red: Pillow (127, 0, 0, 191), FFmpeg (127, 0, 0, 255)
black with alpha 64 over red: Pillow (191, 0, 0, 207), FFmpeg (191, 0, 0, 255)
END
