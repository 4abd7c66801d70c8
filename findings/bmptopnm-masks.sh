#!/usr/bin/env bash
# netpbm 11.01 (Debian 2:11.01.00-2) shows BMPs of 16 and 32 bits with masks in wrong colors.
#
# FFmpeg writes RGB565 as a BMP of 16 bits: after the header of 40 bytes follow the masks that say which bits are red,
# green and blue. `bmptopnm` ignores them and takes five bits for each, as in RGB555. It converts the image, and only
# warns that the file is "probably" not a legal BMP.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download netpbm=2:11.01.00-2 libnetpbm11=2:11.01.00-2
for package in ./*.deb; do dpkg -x "$package" root; done
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg

print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0], "and netpbm 11.01.00")
program = imageio_ffmpeg.get_ffmpeg_exe()
# Black, red, green, blue and white in both forms.
for form, bits in (("rgb555le", (5, 5, 5)), ("rgb565le", (5, 6, 5))):
    red, green, blue = (2**count - 1 for count in bits)
    red, green = red << bits[1] + 5, green << 5
    pixels = struct.pack("<5H", 0, red, green, blue, red | green | blue)
    command = [program, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", form, "-s", "5x1", "-i", "-", "image.bmp"]
    subprocess.run(command, input=pixels, check=True)
    for name, words in (
        ("FFmpeg", [program, "-v", "error", "-i", "image.bmp", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]),
        ("bmptopnm", ["root/usr/bin/bmptopnm", "-quiet", "image.bmp"]),
    ):
        shown = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout[-15:]
        print(f"{form}, {name}:", " ".join(shown[at : at + 3].hex() for at in range(0, 15, 3)))
END
library=$(dirname "$(find root -name 'libnetpbm.so*' | head -1)")
LD_LIBRARY_PATH="$PWD/$library" PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2 and netpbm 11.01.00
rgb555le, FFmpeg: 000000 ff0000 00ff00 0000ff ffffff
rgb555le, bmptopnm: 000000 ff0000 00ff00 0000ff ffffff
rgb565le, FFmpeg: 000000 ff0000 00ff00 0000ff ffffff
rgb565le, bmptopnm: 000000 f60000 08ff00 0000ff ffffff
END
