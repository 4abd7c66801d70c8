#!/usr/bin/env bash
# soundfile 0.14.0 and FFmpeg 9.0.2: a WAV with ADPCM becomes longer than the sound when it is decoded.
#
# ADPCM is stored in blocks, and the last one is filled. For the MS form, the chunk `fact` of the file has the right
# number of frames, but neither program looks at it; for the IMA form, libsndfile writes the filled number. What was
# added is not silence, so a sound that loops to its end clicks, or has a gap.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" soundfile==0.14.0 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import array
import math
import struct
import subprocess

import imageio_ffmpeg
import soundfile

print("soundfile", soundfile.__version__, soundfile.__libsndfile_version__)
print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for frames in (1000, 3000):
    sound = array.array("h", (round(9000 * math.sin(at / 10)) for at in range(frames)))
    for form in ("MS_ADPCM", "IMA_ADPCM"):
        with soundfile.SoundFile("sound.wav", "w", 22050, 1, subtype=form) as file:
            file.buffer_write(sound, dtype="int16")
        with open("sound.wav", "rb") as file:
            data = file.read()
        (fact,) = struct.unpack_from("<I", data, data.index(b"fact") + 8)
        with soundfile.SoundFile("sound.wav") as file:
            read = array.array("h", bytes(file.buffer_read(dtype="int16")))
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "sound.wav", "-f", "s16le", "-"]
        decoded = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        loudest = max(map(abs, read[frames:]))
        lengths = f"fact {fact}, soundfile {len(read)}, FFmpeg {len(decoded) // 2}"
        print(f"{frames} frames, {form}: {lengths}; the loudest added frame {loudest}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
soundfile 0.14.0 1.2.2
FFmpeg 9.0.2
1000 frames, MS_ADPCM: fact 1000, soundfile 1012, FFmpeg 1012; the loudest added frame 4437
1000 frames, IMA_ADPCM: fact 1017, soundfile 1017, FFmpeg 1017; the loudest added frame 3607
3000 frames, MS_ADPCM: fact 3000, soundfile 3036, FFmpeg 3036; the loudest added frame 8022
3000 frames, IMA_ADPCM: fact 3051, soundfile 3051, FFmpeg 3051; the loudest added frame 8125
END
