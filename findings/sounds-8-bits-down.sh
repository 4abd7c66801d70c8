#!/usr/bin/env bash
# soundfile 0.13.1, FFmpeg 9.0.2 and pydub 0.25.1: the quiet end of a sound becomes a buzz in 8 bits.
#
# An 8-bit step is 256 steps of 16 bits. The three round down instead of to the nearest step, so what is a little below
# zero becomes a whole step below it: an end that fades out changes between 127 and 128 until its last sample, and all
# of the sound is half a step too low. Rounded to the nearest, the end is silent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" soundfile==0.13.1 numpy==2.2.6 imageio-ffmpeg==0.8.1 pydub==0.25.1
cat > observe.py <<'END'
import math
import subprocess
import warnings
import wave

warnings.simplefilter("ignore")
import imageio_ffmpeg
import numpy
import pydub
import soundfile

# A tone of 441 Hz that fades out in half a second.
sound = numpy.array([8000 * 0.999**i * math.sin(i * 0.126) for i in range(11025)]).round().astype("<i2")
soundfile.write("sound.wav", sound, 22050)


def with_soundfile():
    soundfile.write("small.wav", sound, 22050, "PCM_U8")


def ffmpeg():
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", "sound.wav", "-c:a", "pcm_u8", "small.wav"]
    subprocess.run(command, check=True)


def with_pydub():
    pydub.AudioSegment.from_wav("sound.wav").set_sample_width(1).export("small.wav", "wav")


def rounded():
    with wave.open("small.wav", "wb") as file:
        file.setparams((1, 1, 22050, 0, "NONE", ""))
        file.writeframes(bytes(math.floor(sample / 256 + 0.5) + 128 for sample in sound))


version = imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0]
for name, convert in (
    (f"soundfile {soundfile.__version__}", with_soundfile),
    (f"FFmpeg {version}", ffmpeg),
    ("pydub 0.25.1", with_pydub),
    ("rounded", rounded),
):
    convert()
    with wave.open("small.wav") as file:
        small = list(file.readframes(file.getnframes()))
    end = small[-4000:]
    changes = sum(one != next for one, next in zip(end, end[1:]))
    print(f"{name}: mean {sum(small) / len(small):.2f}; the last 4000 samples {set(end)}, {changes} changes")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
soundfile 0.13.1: mean 127.61; the last 4000 samples {128, 127}, 107 changes
FFmpeg 9.0.2: mean 127.61; the last 4000 samples {128, 127}, 107 changes
pydub 0.25.1: mean 127.61; the last 4000 samples {128, 127}, 107 changes
rounded: mean 128.02; the last 4000 samples {128}, 0 changes
END
