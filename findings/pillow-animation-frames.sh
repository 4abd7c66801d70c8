#!/usr/bin/env bash
# Pillow 12.3.0 saves an animation with fewer frames than it was given, and lets frames of a GIF show through.
#
# A frame that equals the one before is left out, and the time of that one grows, in GIF, APNG and WebP. A program that
# takes frames by number, as games do, gets others. In a GIF, a frame with transparent pixels is drawn over the previous
# one, which stays visible in them, unless `disposal=2` is passed; APNG and WebP show each frame as it was given.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import Image

print("Pillow", PIL.__version__)
SIDE = 8


def frame(color, column):
    """A transparent frame with a bar of one color, one pixel longer on its left."""
    image = Image.new("RGBA", (SIDE, SIDE))
    image.paste(color, (column, 0, column + 2, SIDE - 1))
    image.paste(color, (column, 0, column + 1, SIDE))
    return image


def columns(image):
    """The columns that are not transparent."""
    image = image.convert("RGBA")
    return [x for x in range(SIDE) if image.getpixel((x, 0))[3]]


frames = [frame("red", 0), frame("lime", 2), frame("lime", 2), frame("blue", 4)]
for name, options in (
    ("a.gif", {}),
    ("b.gif", {"disposal": 2}),
    ("a.png", {}),
    ("a.webp", {"lossless": True}),
):
    frames[0].save(name, save_all=True, append_images=frames[1:], duration=100, **options)
    with Image.open(name) as saved:
        shown = []
        for number in range(saved.n_frames):
            saved.seek(number)
            shown.append(columns(saved))
    print(f"{saved.format} {options}: {len(shown)} frames of {len(frames)}; columns {shown}")
print("given: columns", [columns(image) for image in frames])
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
GIF {}: 3 frames of 4; columns [[0, 1], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5]]
GIF {'disposal': 2}: 3 frames of 4; columns [[0, 1], [2, 3], [4, 5]]
PNG {}: 3 frames of 4; columns [[0, 1], [2, 3], [4, 5]]
WEBP {'lossless': True}: 3 frames of 4; columns [[0, 1], [2, 3], [4, 5]]
given: columns [[0, 1], [2, 3], [2, 3], [4, 5]]
END
