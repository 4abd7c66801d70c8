#!/usr/bin/env bash
# chiptune 0.1.0 plays each sample as a square wave at full level, and at the wrong pitch.
#
# `Sampler` loads a WAV for a track, and keeps its samples as numbers up to 32768. All else in the library is between -1
# and 1, and what is above is cut off: all that is left of a soft sound are its signs. It is also slower, by a factor
# that depends on the rate of the WAV: a track plays it as if it were another note. Nothing is reported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" chiptune==0.1.0 numpy==2.2.6
cat > observe.py <<'END'
import math
import struct
import wave

import chiptune

print("chiptune 0.1.0")
for rate in (44100, 22050):
    # A tone of 441 Hz at a tenth of the full level.
    with wave.open("soft.wav", "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        for frame in range(rate):
            file.writeframes(struct.pack("<h", round(3277 * math.sin(2 * math.pi * 441 * frame / rate))))
    chiptune.save_wav(chiptune.Composition([chiptune.Track([chiptune.Sampler("soft.wav")])]), "song.wav")
    with wave.open("song.wav") as file:
        count, to = file.getnframes(), file.getframerate()
        left = struct.unpack(f"<{2 * count}h", file.readframes(count))[::2]
    rises = sum(one < 0 <= next for one, next in zip(left, left[1:]))
    print(
        f"{rate} Hz: a sine of 441 Hz, up to 3277, became one of about {rises * to / count:.0f} Hz with"
        f" {len(set(left))} different samples, up to {max(left)}"
    )
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
chiptune 0.1.0
44100 Hz: a sine of 441 Hz, up to 3277, became one of about 100 Hz with 3 different samples, up to 32767
22050 Hz: a sine of 441 Hz, up to 3277, became one of about 200 Hz with 3 different samples, up to 32767
END
