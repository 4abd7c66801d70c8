#!/usr/bin/env bash
# soundfile 0.13.1 saves a sound of an odd number of bytes as an AIFF with one frame too many.
#
# A chunk of an odd length is followed by a byte that does not count. soundfile counts it as a frame, also in the number
# of frames of the header, so every program plays it. In 8 bits it is a frame of silence, at which a loop over the whole
# sound clicks. In µ-law it is the lowest of all samples. A VOC in µ-law always gets one of these.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" soundfile==0.13.1 numpy==2.2.6 imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import subprocess

import imageio_ffmpeg
import numpy
import soundfile

print("soundfile", soundfile.__version__)
for suffix, subtype in (("wav", "PCM_U8"), ("aiff", "PCM_S8"), ("aiff", "PCM_16"), ("aiff", "ULAW"), ("voc", "ULAW")):
    for frames in (6, 7):
        name = f"sound.{suffix}"
        soundfile.write(name, numpy.full(frames, 5120, "int16"), 22050, subtype)
        read, _ = soundfile.read(name, dtype="int16")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", name, "-f", "s16le", "-"]
        data = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        print(f"{suffix} {subtype}, {frames} frames: {len(read)}, {len(data) // 2} in FFmpeg; last ones {read[-2:]}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
soundfile 0.13.1
wav PCM_U8, 6 frames: 6, 6 in FFmpeg; last ones [5120 5120]
wav PCM_U8, 7 frames: 7, 7 in FFmpeg; last ones [5120 5120]
aiff PCM_S8, 6 frames: 6, 6 in FFmpeg; last ones [5120 5120]
aiff PCM_S8, 7 frames: 8, 8 in FFmpeg; last ones [5120    0]
aiff PCM_16, 6 frames: 6, 6 in FFmpeg; last ones [5120 5120]
aiff PCM_16, 7 frames: 7, 7 in FFmpeg; last ones [5120 5120]
aiff ULAW, 6 frames: 6, 6 in FFmpeg; last ones [5116 5116]
aiff ULAW, 7 frames: 8, 8 in FFmpeg; last ones [  5116 -32124]
voc ULAW, 6 frames: 7, 7 in FFmpeg; last ones [  5116 -32124]
voc ULAW, 7 frames: 8, 8 in FFmpeg; last ones [  5116 -32124]
END
