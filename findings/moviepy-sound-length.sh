#!/usr/bin/env bash
# MoviePy 2.1.2 rounds the length of a sound to hundredths of a second, and makes a mono sound softer by 3 dB.
#
# `AudioFileClip` takes the length from a line that FFmpeg prints for people, with two decimals. What is longer loses up
# to 10 milliseconds at its end, and what is shorter gets silence, so that a loop over the whole sound clicks. Mono is
# read as stereo, by which FFmpeg multiplies it by 0.7071. Nothing is changed here but the name of the file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" moviepy==2.1.2 imageio-ffmpeg==0.8.1 numpy==2.2.6
cat > observe.py <<'END'
import importlib.metadata
import wave

import moviepy
import numpy

print("MoviePy", importlib.metadata.version("moviepy"))
for channels, rate, frames in ((1, 22050, 22050), (1, 22050, 4000), (2, 22050, 4000), (2, 32000, 4000)):
    with wave.open("sound.wav", "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(numpy.full(frames * channels, 10000, "<i2").tobytes())
    clip = moviepy.AudioFileClip("sound.wav", fps=rate)
    clip.write_audiofile("copy.wav", fps=rate, codec="pcm_s16le", logger=None)
    with wave.open("copy.wav") as file:
        samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2")[:: file.getnchannels()]
    print(
        f"{'mono' if channels == 1 else 'stereo'}, {rate} Hz: {frames} frames of 10000 became {len(samples)};"
        f" the first is {samples[0]}, the last {samples[-1]}"
    )
END
PYTHONPATH=packages python3 -W ignore observe.py | tee seen
diff seen - <<'END'
MoviePy 2.1.2
mono, 22050 Hz: 22050 frames of 10000 became 22050; the first is 7071, the last 7071
mono, 22050 Hz: 4000 frames of 10000 became 3969; the first is 7071, the last 7071
stereo, 22050 Hz: 4000 frames of 10000 became 3969; the first is 10000, the last 10000
stereo, 32000 Hz: 4000 frames of 10000 became 4160; the first is 10000, the last 0
END
