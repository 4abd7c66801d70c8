#!/usr/bin/env bash
# chippy 0.1.0 and 8bit-music-lib 0.2.2, which compute chip sounds, are out of tune.
#
# chippy rounds the length of a wave down to full frames: the higher a note, the more it is too high, at 22 050 Hz up to
# almost a semitone (100 cents). The triangle wave of 8bit-music-lib is multiplied by 2π, as for a sine: each note is
# 6.28 times too high, two octaves and a sixth above the other waves.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" chippy==0.1.0 8bit-music-lib==0.2.2 numpy==2.2.6 scipy==1.17.1
cat > observe.py <<'END'
import itertools
import math

import chippy
import music8bit
import numpy

RATE = 22050


def pitch(samples):
    """Returns the frequency of a second of a wave, in hertz."""
    middle = (samples.max() + samples.min()) / 2
    rises = numpy.flatnonzero((samples[:-1] < middle) & (samples[1:] >= middle))
    return (len(rises) - 1) * RATE / (rises[-1] - rises[0])


def show(name, note, samples):
    heard = pitch(numpy.array(samples))
    print(f"{name}, {note} Hz: {heard:.0f} Hz, {1200 * math.log2(heard / note):.0f} cents too high")


print("chippy 0.1.0, 8bit-music-lib 0.2.2")
synthesizer = chippy.Synthesizer(framerate=RATE)
for note in (220, 880, 1760, 2093):
    wave = synthesizer.pulse_generator(frequency=note)
    show("chippy, pulse", note, list(itertools.islice(wave, RATE)))
seconds = numpy.array(range(RATE)) / RATE
for generator in (music8bit.SquareWave(), music8bit.TriangleWave()):
    for note in (110, 440):
        name = f"8bit-music-lib, {type(generator).__name__}"
        show(name, note, generator.generate(numpy.array([float(note)]), seconds)[0])
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
chippy 0.1.0, 8bit-music-lib 0.2.2
chippy, pulse, 220 Hz: 220 Hz, 4 cents too high
chippy, pulse, 880 Hz: 882 Hz, 4 cents too high
chippy, pulse, 1760 Hz: 1838 Hz, 75 cents too high
chippy, pulse, 2093 Hz: 2205 Hz, 90 cents too high
8bit-music-lib, SquareWave, 110 Hz: 110 Hz, 0 cents too high
8bit-music-lib, SquareWave, 440 Hz: 440 Hz, 0 cents too high
8bit-music-lib, TriangleWave, 110 Hz: 691 Hz, 3182 cents too high
8bit-music-lib, TriangleWave, 440 Hz: 2765 Hz, 3182 cents too high
END
