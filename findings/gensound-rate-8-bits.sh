#!/usr/bin/env bash
# gensound 0.5.3 plays a WAV of 22 050 Hz an octave too high, and one of 8 bits with a shifted zero.
#
# gensound reads a WAV without its rate, and exports the frames at 44 100 Hz: the sound is half as long and an octave
# higher. In a WAV of 8 bits, silence is 128. gensound reads that as half of the highest level, so all of the sound lies
# above zero, and clicks at both ends. It reports nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" gensound==0.5.3 numpy==2.2.6
cat > observe.py <<'END'
import math
import struct
import wave

from gensound import WAV

print("gensound 0.5.3")
for rate, width in ((44100, 2), (22050, 2), (44100, 1)):
    name = f"{rate}-{8 * width}.wav"
    # A tenth of a second of silence, then a tone of 441 Hz at half of the full level.
    levels = [0.0] * (rate // 10) + [0.5 * math.sin(2 * math.pi * 441 * i / rate) for i in range(rate)]
    with wave.open(name, "wb") as file:
        file.setparams((1, width, rate, 0, "NONE", ""))
        if width == 1:
            file.writeframes(bytes(round(level * 127) + 128 for level in levels))
        else:
            file.writeframes(b"".join(struct.pack("<h", round(level * 32767)) for level in levels))
    WAV(name).export("exported.wav")
    with wave.open("exported.wav") as file:
        to, count = file.getframerate(), file.getnframes()
        samples = struct.unpack(f"<{count}h", file.readframes(count))
    silence, tone = samples[10], samples[-to // 4 :]
    middle = (max(tone) + min(tone)) / 2
    rises = sum(one <= middle < next for one, next in zip(tone, tone[1:]))
    print(
        f"{rate} Hz, {8 * width} bits, {len(levels) / rate:.2f} s: {to} Hz, {count / to:.2f} s;"
        f" silence at {silence / 32768:.0%}, tone of about {rises * 4} Hz, from {min(tone) / 32768:.0%} to"
        f" {max(tone) / 32768:.0%}"
    )
END
PYTHONPATH=packages python3 -W ignore observe.py | tee seen
diff seen - <<'END'
gensound 0.5.3
44100 Hz, 16 bits, 1.10 s: 44100 Hz, 1.10 s; silence at 0%, tone of about 440 Hz, from -50% to 50%
22050 Hz, 16 bits, 1.10 s: 44100 Hz, 0.55 s; silence at 0%, tone of about 880 Hz, from -50% to 50%
44100 Hz, 8 bits, 1.10 s: 44100 Hz, 1.10 s; silence at 67%, tone of about 440 Hz, from 33% to 100%
END
