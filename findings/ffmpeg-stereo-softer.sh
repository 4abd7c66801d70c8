#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1): a mono sound that becomes stereo is 3 dB softer on both sides.
#
# `-ac 2` should give both sides the samples of the mono sound. They are multiplied by 0.7071 and rounded, and stay so
# if the sound becomes mono again. The filter `pan=stereo|c0=c0|c1=c0` copies them.
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


def convert(samples, channels, options, target):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "s16le", "-ar", "22050", "-ac", str(channels)]
    command += ["-i", "-", *options, "-f", "s16le", "-ac", str(target), "-"]
    data = struct.pack(f"<{len(samples)}h", *samples)
    data = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    return struct.unpack(f"<{len(data) // 2}h", data)


print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
mono = [10000, -10000, 32767]
for name, options in (("-ac 2", []), ("pan", ["-af", "pan=stereo|c0=c0|c1=c0"])):
    stereo = convert(mono, 1, options, 2)
    again = convert(stereo, 2, [], 1)
    print(f"{name}: {mono} became {list(stereo[::2])} and {list(stereo[1::2])}; mono again: {list(again)}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
-ac 2: [10000, -10000, 32767] became [7071, -7071, 23169] and [7071, -7071, 23169]; mono again: [7071, -7071, 23169]
pan: [10000, -10000, 32767] became [10000, -10000, 32767] and [10000, -10000, 32767]; mono again: [10000, -10000, 32767]
END
