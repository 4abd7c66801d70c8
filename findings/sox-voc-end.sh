#!/usr/bin/env bash
# SoX 14.4.2 (Debian 12) saves a sound as a VOC without its end, and with another rate if it has 8 bits.
#
# VOC is the format of sounds of DOS games. With 16 bits, SoX writes a length that is 8 bytes too small: four frames in
# mono, which every program leaves out, so that a loop over the whole sound clicks. With 8 bits the format has only some
# rates, and 22 050 Hz becomes 22 222 Hz, 13 cents higher. SoX reports neither.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=14.4.2+git20190427-3.5
libraries=(libgomp1 libgsm1 libltdl7 libmagic1 libpng16-16 zlib1g)
apt-get -qq -o APT::Sandbox::User=root download sox=$version libsox3=$version "${libraries[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find root -name libsox.so.3)")
export LD_LIBRARY_PATH
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import os
import struct
import subprocess
import wave

import imageio_ffmpeg

FRAMES = 1000
others = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}


def sox(*arguments):
    return subprocess.run(["root/usr/bin/sox", *arguments], capture_output=True, check=True).stderr.decode()


print("SoX 14.4.2")
for bits, channels in ((16, 1), (16, 2), (8, 1)):
    with wave.open("sound.wav", "wb") as file:
        file.setparams((channels, bits // 8, 22050, 0, "NONE", ""))
        one = struct.pack("<h", 10000) if bits == 16 else b"\xa0"
        file.writeframes(one * channels * FRAMES)
    messages = sox("-D", "sound.wav", "sound.voc") + sox("-D", "sound.voc", "again.wav")
    with wave.open("again.wav") as file:
        again, rate = file.getnframes(), file.getframerate()
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "sound.voc", "-f", "s16le", "-"]
    data = subprocess.run(command, capture_output=True, env=others, check=True).stdout
    print(
        f"{bits} bits, {channels} channels: {FRAMES} frames of 22050 Hz became {again} of {rate} Hz, in FFmpeg"
        f" {len(data) // (2 * channels)} frames; {messages or 'no message'}"
    )
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
SoX 14.4.2
16 bits, 1 channels: 1000 frames of 22050 Hz became 996 of 22050 Hz, in FFmpeg 996 frames; no message
16 bits, 2 channels: 1000 frames of 22050 Hz became 998 of 22050 Hz, in FFmpeg 998 frames; no message
8 bits, 1 channels: 1000 frames of 22050 Hz became 1000 of 22222 Hz, in FFmpeg 1000 frames; no message
END
