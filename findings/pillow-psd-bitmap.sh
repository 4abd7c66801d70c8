#!/usr/bin/env bash
# Pillow 12.3.0 opens a PSD of one bit per pixel with black and white exchanged.
#
# Art for screens without grays is drawn in Photoshop's bitmap mode, in which a bit that is set is black, as on paper.
# Pillow takes it for white, as in a PNG. FFmpeg shows it as it was drawn.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg
import PIL
from PIL import Image

# 8 × 2 pixels: a row with three black ones at the left, and a white row.
header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 2, 8, 1, 0)
with open("drawing.psd", "wb") as file:
    # No palette, no resources, no layers, no compression.
    file.write(header + bytes(12) + struct.pack(">H", 0) + bytes((0b11100000, 0)))


def show(name, pixels):
    rows = (pixels[:8], pixels[8:])
    print(f"{name}:", " / ".join("".join("#" if gray == 0 else "." for gray in row) for row in rows))


command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "drawing.psd", "-f", "rawvideo", "-pix_fmt", "gray"]
version = imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0]
show(f"FFmpeg {version}", subprocess.run([*command, "-"], stdout=subprocess.PIPE, check=True).stdout)
show(f"Pillow {PIL.__version__}", Image.open("drawing.psd").convert("L").tobytes())
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2: ###..... / ........
Pillow 12.3.0: ...##### / ########
END
