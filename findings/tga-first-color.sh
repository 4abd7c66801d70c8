#!/usr/bin/env bash
# pygame-ce 2.5.8, tga 1.0.7 and tga-js 1.1.1 show an indexed TGA in other colors if its palette does not begin with
# the index 0.
#
# The header of a TGA says which index the first color of its palette has, so that a sprite can use the colors 16 to 31
# of a game's palette and contain only those. These readers count the colors from 0, so each pixel gets the color of
# another one, or none. Pillow and FFmpeg show the right ones.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . tga@1.0.7 tga-js@1.1.1 >/dev/null
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0 imageio-ffmpeg==0.8.1 pygame-ce==2.5.8
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg
import PIL
import pygame
from PIL import Image

# Four pixels in a row, with four colors, whose indices begin with 0 and with 2.
COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
for first in (0, 2):
    with open(f"{first}.tga", "wb") as file:
        file.write(struct.pack("<BBBHHBHHHHBB", 0, 1, 1, first, 4, 24, 0, 0, 4, 1, 8, 1 << 5))
        file.write(bytes(channel for color in COLORS for channel in reversed(color)))
        file.write(bytes(range(first, first + 4)))


def show(name, first, pixels):
    colors = [tuple(pixels[at : at + 3]) for at in range(0, len(pixels), 3)]
    # What an index shows that has no color depends on what was in memory.
    print(f"{name}: from {first}:", *(bytes(color).hex() if color in COLORS else "none" for color in colors))


version = imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0]
for first in (0, 2):
    show(f"Pillow {PIL.__version__}", first, Image.open(f"{first}.tga").convert("RGB").tobytes())
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", f"{first}.tga", "-f", "rawvideo"]
    ran = subprocess.run([*command, "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE, check=True)
    show(f"FFmpeg {version}", first, ran.stdout)
    image = pygame.image.load(f"{first}.tga")
    show(f"pygame-ce {pygame.version.ver}", first, pygame.image.tobytes(image, "RGB"))
END
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import Tga from "tga";
import TgaLoader from "tga-js";

function show(name, first, pixels) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  const drawn = ["ff0000", "00ff00", "0000ff", "ffff00"];
  const seen = [0, 4, 8, 12].map((at) => Buffer.from(pixels.slice(at, at + 3)).toString("hex"));
  const colors = seen.map((color) => (drawn.includes(color) ? color : "none"));
  console.log(`${name} ${version}: from ${first}: ${colors.join(" ")}`);
}
for (const first of [0, 2]) {
  const file = readFileSync(`${first}.tga`);
  show("tga", first, new Tga(file).pixels);
  const loader = new TgaLoader();
  loader.load(new Uint8Array(file));
  show("tga-js", first, loader.getImageData({ data: new Uint8ClampedArray(16) }).data);
}
END
export PYGAME_HIDE_SUPPORT_PROMPT=1
{ PYTHONPATH=packages python3 observe.py; node observe.mjs; } | tee seen
diff seen - <<'END'
Pillow 12.3.0: from 0: ff0000 00ff00 0000ff ffff00
FFmpeg 9.0.2: from 0: ff0000 00ff00 0000ff ffff00
pygame-ce 2.5.8: from 0: ff0000 00ff00 0000ff ffff00
Pillow 12.3.0: from 2: ff0000 00ff00 0000ff ffff00
FFmpeg 9.0.2: from 2: ff0000 00ff00 0000ff ffff00
pygame-ce 2.5.8: from 2: 0000ff ffff00 none none
tga 1.0.7: from 0: ff0000 00ff00 0000ff ffff00
tga-js 1.1.1: from 0: ff0000 00ff00 0000ff ffff00
tga 1.0.7: from 2: 0000ff ffff00 none none
tga-js 1.1.1: from 2: 0000ff ffff00 none none
END
