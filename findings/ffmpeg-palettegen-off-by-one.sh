#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1): `palettegen` computes a palette that lacks colors of the image by one step.
#
# This is the usual way to a GIF. The image has fewer colors than a palette may have, so that each could be kept. Some
# come back with a channel that differs by 1, too little to be seen, but enough that a program that expects the colors
# of a declared palette does not find them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import subprocess

import imageio_ffmpeg

SIDE = 16
FILTER = "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"


def run(source, options, target):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, "-i", "-", *options, "-f", *target, "-"]
    return lambda data: subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIDE}x{SIDE}"]
to_gif = run(raw, ["-vf", FILTER], ["gif"])
from_gif = run(["-f", "gif"], [], ["rawvideo", "-pix_fmt", "rgb24"])

print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
state = 1
for count in (16, 128):
    changed = set()
    for _ in range(8):
        colors = []
        while len(colors) < count:
            state = state * 1103515245 + 12345 & 0x7FFFFFFF
            colors.append((state >> 7 & 0xFFFFFF).to_bytes(3, "big"))
        pixels = [colors[at % count] for at in range(SIDE**2)]
        data = from_gif(to_gif(b"".join(pixels)))
        pairs = {(color, data[at * 3 : at * 3 + 3]) for at, color in enumerate(pixels)}
        changed |= {f"{old.hex()} to {new.hex()}" for old, new in pairs if old != new}
    print(f"8 images of {count} colors: {len(changed)} colors changed, {', '.join(sorted(changed)[:4])}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
8 images of 16 colors: 2 colors changed, 09632a to 08632a, 26e508 to 26e507
8 images of 128 colors: 28 colors changed, 04c327 to 03c327, 055a84 to 045a84, 061a30 to 051a30, 06235c to 05235c
END
