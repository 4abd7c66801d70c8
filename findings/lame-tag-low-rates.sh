#!/usr/bin/env bash
# LAME 3.100 writes no tag for the length of a mono sound of up to 22 050 Hz, so silence stays around it.
#
# An MP3 is longer than its sound by some thousand frames of silence at both ends. A tag in the first frame, which LAME
# writes, says where the sound begins and ends, and players cut the rest. At the bitrate that LAME takes for such a
# sound a frame is too small for the tag. It is left out, and LAME reports nothing. With a variable bitrate (`-V 4`) it
# fits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The packages of Debian 12.
apt-get download lame=3.100-6 libmp3lame0=3.100-6 >/dev/null 2>&1
for package in *.deb; do dpkg-deb --extract "$package" package; done
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import math
import os
import platform
import subprocess
import wave

import imageio_ffmpeg

FRAMES = 5000
environment = {**os.environ, "LD_LIBRARY_PATH": f"package/usr/lib/{platform.machine()}-linux-gnu"}
lame = ["package/usr/bin/lame"]
print(subprocess.run([*lame, "--version"], env=environment, capture_output=True, text=True).stdout.splitlines()[0])
for rate in (11025, 16000, 22050, 44100):
    with wave.open("sound.wav", "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        for frame in range(FRAMES):
            file.writeframes(round(10000 * math.sin(frame * 0.1)).to_bytes(2, "little", signed=True))
    for options in ([], ["-V", "4"]):
        encoded = subprocess.run(
            [*lame, "--quiet", *options, "sound.wav", "sound.mp3"], env=environment, capture_output=True, check=True
        )
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "sound.mp3", "-f", "s16le", "-"]
        frames = len(subprocess.run(command, capture_output=True, check=True).stdout) // 2
        messages = (encoded.stdout + encoded.stderr).decode() or "no message"
        print(f"{rate} Hz, lame {' '.join(options)}: {FRAMES} frames became {frames}; {messages}".replace(" :", ":"))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
LAME 64bits version 3.100 (http://lame.sf.net)
11025 Hz, lame: 5000 frames became 6336; no message
11025 Hz, lame -V 4: 5000 frames became 5000; no message
16000 Hz, lame: 5000 frames became 6336; no message
16000 Hz, lame -V 4: 5000 frames became 5000; no message
22050 Hz, lame: 5000 frames became 6336; no message
22050 Hz, lame -V 4: 5000 frames became 5000; no message
44100 Hz, lame: 5000 frames became 5000; no message
44100 Hz, lame -V 4: 5000 frames became 5000; no message
END
