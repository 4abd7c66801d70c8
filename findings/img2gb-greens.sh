#!/usr/bin/env bash
# img2gb 1.3.0 turns the four greens of a Game Boy into two shades.
#
# Game Boy art is often drawn in the four greens of its screen, or in the palettes of emulators. img2gb sorts colors by
# their strongest channel: above 240 and below 15 are the outer shades, so the lightest and the darkest green become the
# same as their neighbors. Their details vanish, and the tool reports nothing. Black, white and two grays are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" img2gb==1.3.0 pillow==12.3.0
cat > observe.py <<'END'
import io

import img2gb
from PIL import Image

PALETTES = {
    "grays": ["ffffff", "aaaaaa", "555555", "000000"],
    "greens of the screen": ["9bbc0f", "8bac0f", "306230", "0f380f"],
    "greens of the emulator BGB": ["e0f8d0", "88c070", "346856", "081820"],
    "Game Boy Pocket": ["c4cfa1", "8b956d", "4d533c", "1f1f1f"],
}

print("img2gb 1.3.0")
for name, palette in PALETTES.items():
    # A tile of four stripes, from light to dark.
    image = Image.new("RGB", (8, 8))
    image.putdata([tuple(bytes.fromhex(palette[x // 2])) for y in range(8) for x in range(8)])
    binary = io.BytesIO()
    img2gb.generate_tileset([image], output_binary=binary)
    low, high = binary.getvalue()[:2]
    shades = [(low >> (7 - x) & 1) + 2 * (high >> (7 - x) & 1) for x in range(0, 8, 2)]
    print(f"{name}: shades {shades}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
img2gb 1.3.0
grays: shades [0, 1, 2, 3]
greens of the screen: shades [1, 1, 2, 2]
greens of the emulator BGB: shades [0, 1, 2, 2]
Game Boy Pocket: shades [1, 1, 2, 2]
END
