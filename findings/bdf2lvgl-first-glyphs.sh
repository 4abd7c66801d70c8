#!/usr/bin/env bash
# bdf2lvgl 0.2.1 loses the first characters of a font that begins with the character 0 or 1.
#
# Fonts of old consoles and of code page 437 have glyphs from 0 on. The C file contains the bitmaps of all of them, but
# the table from characters to glyphs has no entry for the first run of characters: of a font with the characters 0 to
# 255, nothing can be drawn. If the font has a gap, the later characters have the glyphs of others. It reports nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages bdf2lvgl==0.2.1
cat > observe.py <<'END'
import re
import subprocess
import sys
from importlib.metadata import version

GLYPH = "STARTCHAR c{0}\nENCODING {0}\nSWIDTH 500 0\nDWIDTH 8 0\nBBX 8 8 0 0\nBITMAP\n" + "{1}\n" * 8 + "ENDCHAR\n"


def characters(codes):
    """The characters that a program can draw with the converted font."""
    with open("font.bdf", "w") as file:
        file.write("STARTFONT 2.1\nFONT tiny\nSIZE 8 75 75\nFONTBOUNDINGBOX 8 8 0 0\n")
        file.write('STARTPROPERTIES 3\nFAMILY_NAME "tiny"\nFONT_ASCENT 8\nFONT_DESCENT 0\nENDPROPERTIES\n')
        file.write(f"CHARS {len(codes)}\n" + "".join(GLYPH.format(code, f"{code % 255 + 1:02X}") for code in codes))
        file.write("ENDFONT\n")
    program = "from bdf2lvgl.main import main; main()"
    subprocess.run([sys.executable, "-c", program, "font.bdf", "--output", "font.c"], check=True)
    with open("font.c") as file:
        source = file.read()
    found, shifted = set(), False
    entries = re.findall(r"range_start = (\d+), .*?_length = (\d+), .*?_start = (\d+),.*?type = (\w+)", source, re.S)
    for start, length, glyph, kind in entries:
        # The glyphs begin at 1, in the order of the characters.
        shifted |= int(glyph) != 1 + codes.index(int(start))
        if "SPARSE" not in kind:
            found |= set(range(int(start), int(start) + int(length)))
            continue
        for numbers in re.findall(r"unicode_list_\d+\[\] = \{([^}]*)\}", source):
            found |= {int(start) + int(number) for number in numbers.split(",") if number.strip()}
    shown = f"{source.count('box_w = 8')} bitmaps, {len(found & set(codes))} that can be drawn"
    return shown + (", with the glyphs of other characters" if shifted else "")


print("bdf2lvgl", version("bdf2lvgl"))
for first in (0, 1, 2, 32):
    print(f"{first} to 255: {256 - first} characters, {characters(range(first, 256))}")
print(f"0 to 31 and 160 to 255: 128 characters, {characters([*range(0, 32), *range(160, 256)])}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
bdf2lvgl 0.2.1
0 to 255: 256 characters, 256 bitmaps, 0 that can be drawn
1 to 255: 255 characters, 255 bitmaps, 0 that can be drawn
2 to 255: 254 characters, 254 bitmaps, 254 that can be drawn
32 to 255: 224 characters, 224 bitmaps, 224 that can be drawn
0 to 31 and 160 to 255: 128 characters, 128 bitmaps, 96 that can be drawn, with the glyphs of other characters
END
