#!/usr/bin/env bash
# raylib 6.2.0.0 (PyPI): `WaveFormat` changes every sample on the way from 16 bits to 32 and back, and shifts a sound.
#
# 32 bits are floating-point numbers, which have all values of 16 bits, so nothing should change. All samples but 0 come
# back one step softer or, if they are negative, one step higher. And with another rate the sound is delayed by some
# frames, so the click of the example, and with it a loop, begins late.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" raylib==6.2.0.0
cat > observe.py <<'END'
import importlib.metadata
import struct
import wave

import raylib

RATE = 22050


def convert(samples, *steps):
    """Returns the samples after they were converted to each (rate, bits) of the steps, the last one with 16 bits."""
    with wave.open("sound.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    sound = raylib.ffi.new("Wave *", raylib.rl.LoadWave(b"sound.wav"))
    for rate, bits in steps:
        raylib.rl.WaveFormat(sound, rate, bits, 1)
    return struct.unpack(f"<{sound[0].frameCount}h", raylib.ffi.buffer(sound[0].data, sound[0].frameCount * 2))


raylib.rl.SetTraceLogLevel(raylib.rl.LOG_NONE)
print("raylib", importlib.metadata.version("raylib"))
before = range(-32768, 32768)
after = convert(before, (RATE, 32), (RATE, 16))
steps = {step: sum(new - old == step for old, new in zip(before, after)) for step in (-1, 0, 1)}
print("16 bits to 32 and back, steps:", steps)
click = [0] * 500 + [30000] + [0] * 499
for rate in (44100, 32000, 11025):
    samples = convert(click, (rate, 16))
    first, loudest = next(at for at, sample in enumerate(samples) if sample), samples.index(max(samples))
    print(f"22050 to {rate} Hz: click at frame {500 * rate / RATE:.1f}; begins at {first}, loudest at {loudest}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
raylib 6.2.0.0
16 bits to 32 and back, steps: {-1: 32767, 0: 1, 1: 32768}
22050 to 44100 Hz: click at frame 1000.0; begins at 1001, loudest at 1004
22050 to 32000 Hz: click at frame 725.6; begins at 726, loudest at 728
22050 to 11025 Hz: click at frame 250.0; begins at 251, loudest at 251
END
