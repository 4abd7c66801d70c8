#!/usr/bin/env bash
# gifsicle 1.93 (Debian 1.93-2) shows what a frame clears for too long in an animation that `--crop` cuts.
#
# A GIF of three frames: a lamp is on in the second one, which says that it is removed after its time. The third one
# changes only a pixel far away. If the crop has only the lamp, gifsicle leaves out the third frame and adds its time to
# the second: the lamp is on twice as long, and never off again before the animation repeats. It reports nothing. With
# `--unoptimize`, all frames are kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages pillow==12.3.0
apt-get -qq -o APT::Sandbox::User=root download gifsicle=1.93-2
dpkg -x gifsicle_*.deb root
cat > observe.py <<'END'
import io
import struct
import subprocess

from PIL import Image

PALETTE = [(40, 40, 60), (250, 220, 60), (200, 0, 0), (0, 0, 0)]


def frame(left, top, width, height, index, disposal):
    """A frame in one color of the palette, for a tenth of a second; each code of the compression has three bits."""
    bits = "".join(f"{code:03b}"[::-1] for _ in range(width * height) for code in (4, index)) + "101"
    codes = bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    blocks = b"".join(bytes([len(codes[at : at + 255])]) + codes[at : at + 255] for at in range(0, len(codes), 255))
    control = b"!\xf9\x04" + struct.pack("<BHBB", disposal << 2, 10, 0, 0)
    return control + b"," + struct.pack("<4HB", left, top, width, height, 0) + b"\2" + blocks + b"\0"


def show(name, data):
    image = Image.open(io.BytesIO(data))
    tenths = []
    for number in range(image.n_frames):
        image.seek(number)
        lamp = image.convert("RGB").getpixel((image.width - 3, image.height - 3))
        tenths += ["on" if lamp == PALETTE[1] else "off"] * (image.info["duration"] // 100)
    print(f"{name}: {image.n_frames} frames; the lamp is {', '.join(tenths)}")


palette = bytes(sum(PALETTE, ()))
parts = [frame(0, 0, 8, 8, 0, 1), frame(4, 4, 2, 2, 1, 3), frame(0, 0, 1, 1, 2, 1)]
data = b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x91, 0, 0) + palette + b"".join(parts) + b";"
program = "root/usr/bin/gifsicle"
print(subprocess.run([program, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[0])
show("unchanged", data)
for options in (["--careful"], ["--crop", "4,4+4x4"], ["--unoptimize", "--crop", "4,4+4x4"]):
    show(" ".join(options), subprocess.run([program, *options], input=data, stdout=subprocess.PIPE, check=True).stdout)
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
LCDF Gifsicle 1.93
unchanged: 3 frames; the lamp is off, on, off
--careful: 3 frames; the lamp is off, on, off
--crop 4,4+4x4: 2 frames; the lamp is off, on, on
--unoptimize --crop 4,4+4x4: 3 frames; the lamp is off, on, off
END
