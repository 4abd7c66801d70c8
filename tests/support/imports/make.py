#!/usr/bin/env python3
"""Writes the sounds of this folder: `make.py`, with soundfile 0.14 (libsndfile 1.2.2) and mutagen from PyPI.

They are tones that are computed here. The tests compare what the packer decodes with the tone, so nothing else of the
files matters, and another version of the encoders may write other bytes.
"""
import math
from pathlib import Path

import mutagen.oggvorbis
import soundfile

HERE = Path(__file__).parent


def tone(frames, channels):
    left = [0.5 * math.sin(2 * math.pi * 441 * n / 22050) for n in range(frames)]
    return left if channels == 1 else [(value, -value) for value in left]


soundfile.write(HERE / "tone.ogg", tone(1000, 1), 22050, format="OGG", subtype="VORBIS")
soundfile.write(HERE / "stereo.ogg", tone(1000, 2), 22050, format="OGG", subtype="VORBIS")
soundfile.write(HERE / "tone.mp3", tone(1000, 1), 22050, format="MP3")
(HERE / "loop.ogg").write_bytes((HERE / "tone.ogg").read_bytes())
tags = mutagen.oggvorbis.OggVorbis(HERE / "loop.ogg")
tags["LoopStart"], tags["LOOPLENGTH"] = "100", "800"
tags.save()

# Two colors in turn, with Pillow 11.3.
from PIL import Image  # noqa: E402

colors = Image.new("RGB", (4, 2))
colors.putdata([(200, 0, 0), (0, 200, 0)] * 4)
colors.save(HERE / "lossless.webp", lossless=True)
colors.save(HERE / "lossy.webp", quality=50)
