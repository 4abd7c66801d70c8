#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1): `aloop` loses a part of a sound whose loop does not begin at its start.
#
# `aloop=loop=1:size=100:start=50` plays 100 frames twice, from frame 50 on. The rest of the block of 2048 frames in
# which the loop begins is dropped each time: the sound gets shorter instead of longer, and a loop with an intro jumps
# in its middle. With `start=0` it is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import struct
import subprocess

import imageio_ffmpeg

FRAMES = 10000

print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for start, size in ((0, 100), (50, 100), (1000, 2000), (5000, 1000)):
    # Each frame of the sound is its own number.
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "s16le", "-ar", "22050", "-ac", "1", "-i", "-"]
    command += ["-af", f"aloop=loop=1:size={size}:start={start}", "-f", "s16le", "-"]
    data = struct.pack(f"<{FRAMES}h", *range(FRAMES))
    data = subprocess.run(command, input=data, capture_output=True, check=True).stdout
    heard = struct.unpack(f"<{len(data) // 2}h", data)
    jumps = [f"{one} to {next}" for one, next in zip(heard, heard[1:]) if next != one + 1]
    lost = FRAMES - len(set(heard))
    print(f"frames {start} to {start + size - 1} twice: {len(heard)} frames, expected {FRAMES + size}; {lost} are lost")
    print(f"  jumps: {', '.join(jumps)}; expected: {start + size - 1} to {start}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
frames 0 to 99 twice: 10100 frames, expected 10100; 0 are lost
  jumps: 99 to 0; expected: 99 to 0
frames 50 to 149 twice: 8152 frames, expected 10100; 1948 are lost
  jumps: 99 to 2048, 2097 to 50, 99 to 2048; expected: 149 to 50
frames 1000 to 2999 twice: 11952 frames, expected 12000; 48 are lost
  jumps: 1999 to 2048, 3047 to 1000, 1999 to 2048; expected: 2999 to 1000
frames 5000 to 5999 twice: 9952 frames, expected 11000; 1048 are lost
  jumps: 5095 to 6144, 7047 to 5000, 5095 to 6144; expected: 5999 to 5000
END
