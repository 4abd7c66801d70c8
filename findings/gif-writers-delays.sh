#!/usr/bin/env bash
# Pillow 12.3.0, imageio 2.38.1 and OpenCV 5.0.0 save an animation of 60 frames per second as a GIF of 100.
#
# A GIF counts hundredths of a second. These libraries cut off the rest of each frame's time, so 16.7 ms become 10, and
# an animation of a second ends after 0.6; some players show such short frames for 100 ms instead. At 30 frames per
# second, it is a tenth too fast. FFmpeg carries the rest on to the next frame, so that the whole time is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pillow==12.3.0 imageio==2.38.1 opencv-python-headless==5.0.0.93 numpy==2.4.6 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import subprocess

import cv2
import imageio
import imageio.v3
import imageio_ffmpeg
import numpy
import PIL
from PIL import Image


def seconds():
    """The time of all frames of the GIF that was saved, from their control blocks."""
    with open("animation.gif", "rb") as file:
        data = file.read()
    blocks = data.split(b"\x21\xf9\x04")[1:]
    return sum(int.from_bytes(block[1:3], "little") for block in blocks) / 100


def pillow(frames, rate):
    first, *others = map(Image.fromarray, frames)
    first.save("animation.gif", save_all=True, append_images=others, duration=1000 / rate)


def opencv(frames, rate):
    animation = cv2.Animation()
    animation.frames, animation.durations = frames, [round(1000 / rate)] * len(frames)
    cv2.imwriteanimation("animation.gif", animation)


def ffmpeg(frames, rate):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "8x8"]
    data = b"".join(frame.tobytes() for frame in frames)
    subprocess.run([*command, "-r", str(rate), "-i", "-", "animation.gif"], input=data, check=True)


version = imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0]
for name, save in (
    (f"Pillow {PIL.__version__}", pillow),
    (f"imageio {imageio.__version__}", lambda frames, rate: imageio.v3.imwrite("animation.gif", frames, fps=rate)),
    (f"OpenCV {cv2.__version__}", opencv),
    (f"FFmpeg {version}", ffmpeg),
):
    times = []
    for rate in (60, 30, 25):
        # One second of frames that are all different.
        save([numpy.full((8, 8, 3), at * 4, numpy.uint8) for at in range(rate)], rate)
        times.append(f"{seconds():.2f} s at {rate}")
    print(f"{name}: one second lasts {', '.join(times)} frames per second")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
Pillow 12.3.0: one second lasts 0.60 s at 60, 0.90 s at 30, 1.00 s at 25 frames per second
imageio 2.38.1: one second lasts 0.60 s at 60, 0.90 s at 30, 1.00 s at 25 frames per second
OpenCV 5.0.0: one second lasts 0.60 s at 60, 0.90 s at 30, 1.00 s at 25 frames per second
FFmpeg 9.0.2: one second lasts 1.00 s at 60, 1.00 s at 30, 1.00 s at 25 frames per second
END
