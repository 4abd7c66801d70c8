#!/usr/bin/env bash
# nodmod 1.0.5 turns a WAV of 24 bits into silence in an XM.
#
# Most music programs save samples with 24 bits. nodmod takes the lowest 8 of them for the whole sample. The low bits of
# a sample that was recorded with 16 are equal, so the XM has as many frames as the WAV, and nothing to hear. In a MOD,
# and from a WAV of 8 or 16 bits, the samples are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" nodmod==1.0.5 pydub==0.25.1
cat > observe.py <<'END'
import warnings
import wave

warnings.simplefilter("ignore")
from nodmod import MODSong, XMSong

# A rising line, the same in 8, 16 and 24 bits.
LINE = range(-128, 128, 32)

print("nodmod 1.0.5")
for width in (1, 2, 3):
    with wave.open("line.wav", "wb") as file:
        file.setparams((1, width, 22050, 0, "NONE", ""))
        for level in LINE:
            sample = level + 128 if width == 1 else level * 256 ** (width - 1)
            file.writeframes(sample.to_bytes(width, "little", signed=width > 1))
    xm = XMSong()
    xm.new_instrument()
    xm.load_sample(1, "line.wav")
    xm.save("song.xm", verbose=False)
    xm = XMSong()
    xm.load("song.xm", verbose=False)
    sample = xm.get_sample(1, 1)
    mod = MODSong()
    _, same = mod.load_sample("line.wav")
    print(f"{8 * width} bits, MOD: {list(same.waveform)}")
    print(f"{8 * width} bits, XM of {16 if sample.is_16bit else 8} bits: {list(sample.waveform)}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
nodmod 1.0.5
8 bits, MOD: [-128, -96, -64, -32, 0, 32, 64, 96]
8 bits, XM of 8 bits: [-128, -96, -64, -32, 0, 32, 64, 96]
16 bits, MOD: [-128, -96, -64, -32, 0, 32, 64, 96]
16 bits, XM of 16 bits: [-32768, -24576, -16384, -8192, 0, 8192, 16384, 24576]
24 bits, MOD: [-128, -96, -64, -32, 0, 32, 64, 96]
24 bits, XM of 8 bits: [-1, -1, -1, -1, 0, 0, 0, 0]
END
