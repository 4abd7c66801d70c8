#!/usr/bin/env bash
# audio-resampler 0.1.0 delays a sound by about 16 frames, loses as many at its end, and reports a delay of 0.
#
# The filter needs frames after the one that it computes, 16 at the lower of the two rates, so a part of a sound is only
# complete once the next one arrives. The converter cannot be given an end: what is still in it, here a click at the
# end, is lost. `latency_samples`, by which a caller could cut the start, is 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" audio-resampler==0.1.0
cat > observe.py <<'END'
import struct

from audio_resampler import Converter

FRAMES = 2000


def resample(samples, rate, target):
    converter = Converter(in_rate=rate, in_channels=1, out_rate=target, out_channels=1, out_dtype="i16")
    data = bytes(converter.process(struct.pack(f"<{len(samples)}h", *samples)))
    return struct.unpack(f"<{len(data) // 2}h", data), converter.latency_samples


def clicks(*frames):
    return [20000 if frame in frames else 0 for frame in range(FRAMES)]


print("audio-resampler 0.1.0")
for rate, target in ((22050, 44100), (44100, 22050), (48000, 32000)):
    middle, latency = resample(clicks(1000), rate, target)
    end, _ = resample(clicks(FRAMES - 10), rate, target)
    place = middle.index(max(middle))
    print(
        f"{rate} to {target} Hz: frame 1000 of {FRAMES} became {place} of {len(middle)}, expected {1000 * target / rate:g};"
        f" latency {latency}; a click 10 frames before the end: {max(end)}"
    )
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
audio-resampler 0.1.0
22050 to 44100 Hz: frame 1000 of 2000 became 2032 of 4000, expected 2000; latency 0; a click 10 frames before the end: 366
44100 to 22050 Hz: frame 1000 of 2000 became 515 of 1000, expected 500; latency 0; a click 10 frames before the end: 4
48000 to 32000 Hz: frame 1000 of 2000 became 682 of 1333, expected 666.667; latency 0; a click 10 frames before the end: 0
END
