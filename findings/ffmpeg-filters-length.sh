#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1): `atempo` misses the length of a sound, and three other filters lose its end.
#
# `atempo` makes a sound slower or faster at the same pitch. At half the tempo a sound should be twice as long, but a
# short one is a quarter shorter than that, and no longer fits its animation. `superequalizer`, `afftfilt` and
# `alimiter` delay a sound and cut off as much at its end. What is shorter than 4095 frames, as most effects of games
# are, is silent after `superequalizer`, even though it raises and lowers nothing here. `alimiter` has the option
# `latency=1` against this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import math
import struct
import subprocess

import imageio_ffmpeg


def filtered(samples, name):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "s16le", "-ar", "22050", "-ac", "1", "-i", "-"]
    data = struct.pack(f"<{len(samples)}h", *samples)
    command += ["-af", name, "-f", "s16le", "-"]
    data = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    return struct.unpack(f"<{len(data) // 2}h", data)


print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for frames in (1000, 5000, 22050):
    sound = [round(1000 * math.sin(frame / 9)) for frame in range(frames)]
    print(f"atempo=0.5: {frames} frames became {len(filtered(sound, 'atempo=0.5'))}, expected {2 * frames}")
for name in ("volume=1", "superequalizer", "afftfilt=real=re:imag=im", "alimiter", "alimiter=latency=1"):
    # Silence with a click in the middle, and one just before the end.
    clicks = [20000 if frame in (5000, 9950) else 0 for frame in range(10000)]
    heard = [frame for frame, level in enumerate(filtered(clicks, name)) if level > 10000]
    print(f"{name}: clicks at 5000 and 9950 are at {' and '.join(map(str, heard))}")
effect = filtered([8000] * 4000, "superequalizer")
print(f"superequalizer: 4000 frames of 8000 became {len(effect)}, the loudest {max(effect)}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
atempo=0.5: 1000 frames became 1453, expected 2000
atempo=0.5: 5000 frames became 9582, expected 10000
atempo=0.5: 22050 frames became 43799, expected 44100
volume=1: clicks at 5000 and 9950 are at 5000 and 9950
superequalizer: clicks at 5000 and 9950 are at 9095
afftfilt=real=re:imag=im: clicks at 5000 and 9950 are at 8072
alimiter: clicks at 5000 and 9950 are at 5109
alimiter=latency=1: clicks at 5000 and 9950 are at 5000 and 9950
superequalizer: 4000 frames of 8000 became 4000, the loudest 0
END
