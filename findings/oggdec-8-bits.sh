#!/usr/bin/env bash
# oggdec 1.4.2 writes a WAV of 8 bits whose samples have the wrong sign.
#
# `oggdec -b 8` makes small WAVs for old consoles. In a WAV, samples of 8 bits have no sign: silence is 128. oggdec
# writes them with a sign, silence as 0, unless `-s 0` is given, too. Every program plays the two halves of the wave
# exchanged, as loud noise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The packages of Debian 12; libogg and libvorbis are in Debian's vorbis-tools' dependencies.
apt-get download vorbis-tools=1.4.2-1+b1 libogg0 libvorbis0a libvorbisenc2 libvorbisfile3 libao4 libflac12 >/dev/null 2>&1
for package in *.deb; do dpkg-deb --extract "$package" package; done
export PATH="$folder/package/usr/bin:$PATH" LD_LIBRARY_PATH="$folder/package/usr/lib/$(uname -m)-linux-gnu"
cat > make.py <<'END'
import math
import wave

with wave.open("sound.wav", "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    for frame in range(22050):
        # Silence, and from the middle on a soft tone.
        level = 2000 * math.sin(frame * 0.1) if frame >= 11025 else 0
        file.writeframes(round(level).to_bytes(2, "little", signed=True))
END
cat > observe.py <<'END'
import sys
import wave

with wave.open(sys.argv[1]) as file:
    bits = 8 * file.getsampwidth()
    data = file.readframes(file.getnframes())
if bits == 8:
    levels = [byte - 128 for byte in data]
else:
    levels = [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]
silence, tone = levels[1000:10000], levels[12000:]
full = 2 ** (bits - 1)
loudest = [f"{max(map(abs, part)) / full:.0%}" for part in (silence, tone)]
print(f"{sys.argv[1]}: {bits} bits; silence up to {loudest[0]}, tone up to {loudest[1]} of full level")
END
python3 make.py
oggenc --quiet sound.wav --output sound.ogg
{
  oggdec --version 2>&1 | head -n 1
  oggdec --quiet sound.ogg --output 16.wav
  oggdec --quiet --bits 8 sound.ogg --output 8.wav
  oggdec --quiet --bits 8 --sign 0 sound.ogg --output 8-unsigned.wav
  for name in 16 8 8-unsigned; do python3 observe.py $name.wav; done
} | tee seen
diff seen - <<'END'
oggdec from vorbis-tools 1.4.2
16.wav: 16 bits; silence up to 0%, tone up to 6% of full level
8.wav: 8 bits; silence up to 100%, tone up to 100% of full level
8-unsigned.wav: 8 bits; silence up to 0%, tone up to 6% of full level
END
