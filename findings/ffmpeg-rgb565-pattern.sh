#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1): an image of one color becomes a pattern of several colors in RGB565.
#
# The color is one that RGB565 has exactly, so nothing had to be rounded. FFmpeg lays an ordered dither over the image,
# and changes pixels of most colors by one step. The option that turns dithering off, `-sws_dither none`, has no effect;
# a scale filter has to name another method of scaling, too, although nothing is scaled.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import collections
import struct
import subprocess

import imageio_ffmpeg

SIDE = 16


def convert(value, *options):
    """Returns how many pixels have which value in RGB565, after an image of one color in RGB24 was converted."""
    red, green, blue = value >> 11, value >> 5 & 63, value & 31
    color = bytes([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2])
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIDE}x{SIDE}", "-i", "-"]
    target = ["-f", "rawvideo", "-pix_fmt", "rgb565le", "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *options, *target]
    pixels = subprocess.run(command, input=color * SIDE**2, stdout=subprocess.PIPE, check=True).stdout
    return collections.Counter(struct.unpack(f"<{SIDE**2}H", pixels))


print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for options in ([], ["-sws_dither", "none"], ["-vf", "scale=flags=neighbor:sws_dither=none"]):
    counts = {f"{value:04x}": count for value, count in sorted(convert(0xCB26, *options).items())}
    changed = sum(set(convert(value, *options)) != {value} for value in range(0, 65536, 2039))
    print(f"{' '.join(options) or 'no option'}: cb26 became {counts}; {changed} of 33 colors changed")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
no option: cb26 became {'cb26': 128, 'd326': 128}; 32 of 33 colors changed
-sws_dither none: cb26 became {'cb26': 128, 'd326': 128}; 32 of 33 colors changed
-vf scale=flags=neighbor:sws_dither=none: cb26 became {'cb26': 256}; 0 of 33 colors changed
END
