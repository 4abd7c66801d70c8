#!/usr/bin/env bash
# PyTexturePacker 1.2.1: a trimmed frame of an animation moves by half a pixel.
#
# The plist says how far the center of the trimmed frame is from that of the whole one. If a frame loses an odd number
# of columns or rows, this is a half, as in `{-0.5,0}`. It is cut to a whole number, so that a sprite which a game draws
# by its center trembles, although it does not move in the frames.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" PyTexturePacker==1.2.1 pillow==12.3.0
cat > observe.py <<'END'
import plistlib
from importlib.metadata import version
from pathlib import Path

from PIL import Image
from PyTexturePacker import Packer

print("PyTexturePacker", version("PyTexturePacker"))
# Three frames of 16 x 16 pixels. A body of 4 x 8 pixels is always in the same place; an arm is 0, 1 or 2 pixels long.
Path("frames").mkdir()
for arm in range(3):
    frame = Image.new("RGBA", (16, 16))
    frame.paste((200, 40, 40, 255), (6, 4, 10 + arm, 12))
    frame.save(f"frames/arm{arm}.png")
Packer.create(bg_color=0, max_width=64, max_height=64, enable_rotated=False, trim_mode=1).pack("frames", "sheet-%d")
frames = plistlib.loads(Path("sheet-0.plist").read_bytes())["frames"]
for name, frame in sorted(frames.items()):
    left, _, width, _ = (int(number) for number in frame["sourceColorRect"].strip("{}").replace("},{", ",").split(","))
    # A game puts the center of the trimmed frame at the offset from the center of the whole one.
    offset = float(frame["offset"].strip("{}").split(",")[0])
    begins = 8 + offset - width / 2
    trimmed = f"columns {left} to {left + width - 1}, offset {frame['offset']}"
    print(f"{name}: {trimmed}: the body begins at {begins}, not {left}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
PyTexturePacker 1.2.1
arm0.png: columns 6 to 9, offset {0,0}: the body begins at 6.0, not 6
arm1.png: columns 6 to 10, offset {0,0}: the body begins at 5.5, not 6
arm2.png: columns 6 to 11, offset {1,0}: the body begins at 6.0, not 6
END
