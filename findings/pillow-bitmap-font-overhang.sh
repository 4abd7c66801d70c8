#!/usr/bin/env bash
# Pillow 12.3.0 cuts the first letter of a text in a bitmap font where it reaches to the left of its place.
#
# In pixel fonts, letters such as j begin one pixel to the left, under the letter before. At the beginning of a text,
# Pillow loses these pixels, although there is room in the image, and in the middle it draws them. With the same BDF
# opened by `ImageFont.truetype`, all of them are drawn.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0
cat > observe.py <<'END'
import PIL
from PIL import BdfFontFile, Image, ImageDraw, ImageFont

# An i of one column, and a j whose hook begins one pixel to the left.
FONT = """STARTFONT 2.1
FONT -test-pixels-medium-r-normal--8-80-75-75-p-40-iso10646-1
SIZE 8 75 75
FONTBOUNDINGBOX 3 7 -1 -2
STARTPROPERTIES 2
FONT_ASCENT 6
FONT_DESCENT 2
ENDPROPERTIES
CHARS 2
STARTCHAR i
ENCODING 105
SWIDTH 400 0
DWIDTH 3 0
BBX 1 5 0 0
BITMAP
80
00
80
80
80
ENDCHAR
STARTCHAR j
ENCODING 106
SWIDTH 400 0
DWIDTH 3 0
BBX 2 7 -1 -2
BITMAP
40
00
40
40
40
40
80
ENDCHAR
ENDFONT
"""
with open("pixels.bdf", "w") as file:
    file.write(FONT)
with open("pixels.bdf", "rb") as file:
    BdfFontFile.BdfFontFile(file).save("pixels.pil")
print("Pillow", PIL.__version__)
for name, font in (("bitmap font", ImageFont.load("pixels.pil")), ("truetype", ImageFont.truetype("pixels.bdf", 8))):
    for text, pixels in (("j", 6), ("ij", 10), ("ji", 10)):
        image = Image.new("1", (32, 24))
        ImageDraw.Draw(image).text((8, 8), text, 1, font)
        drawn = sum(bool(image.getpixel((x, y))) for x in range(32) for y in range(24))
        print(f"{name}, {text}: {drawn} of {pixels} pixels")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0
bitmap font, j: 5 of 6 pixels
bitmap font, ij: 10 of 10 pixels
bitmap font, ji: 9 of 10 pixels
truetype, j: 6 of 6 pixels
truetype, ij: 10 of 10 pixels
truetype, ji: 10 of 10 pixels
END
