#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1) keeps the tags of a loop as they are when it changes the sound.
#
# Games read loops of Ogg and FLAC files from the tags LOOPSTART and LOOPLENGTH, which are counted in frames. At half
# the rate a sound has half the frames, and a cut at the start moves all of them, but the tags are copied. The loop is
# then too long or too late, and mostly still inside the sound, so that no program finds it wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import subprocess

import imageio_ffmpeg


def ffmpeg(*options, data=b""):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *options]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
tags = ["-metadata", "LOOPSTART=10000", "-metadata", "LOOPLENGTH=5000"]
ffmpeg("-f", "s16le", "-ar", "44100", "-ac", "1", "-i", "-", *tags, "sound.flac", data=bytes(2 * 44100))
for name, options in (
    ("copy", []),
    ("half the rate", ["-ar", "22050"]),
    ("without the first 8820 frames", ["-af", "atrim=start_sample=8820"]),
):
    ffmpeg("-y", "-i", "sound.flac", *options, "changed.flac")
    frames = len(ffmpeg("-i", "changed.flac", "-f", "s16le", "-")) // 2
    lines = ffmpeg("-i", "changed.flac", "-f", "ffmetadata", "-").decode().splitlines()
    print(f"{name}: {frames} frames, {', '.join(line for line in lines if 'LOOP' in line)}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
copy: 44100 frames, LOOPSTART=10000, LOOPLENGTH=5000
half the rate: 22050 frames, LOOPSTART=10000, LOOPLENGTH=5000
without the first 8820 frames: 35280 frames, LOOPSTART=10000, LOOPLENGTH=5000
END
