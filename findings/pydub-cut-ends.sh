#!/usr/bin/env bash
# pydub 0.25.1: slices, fades and overlays lose the end of a sound, and `set_frame_rate` loses its last frame.
#
# pydub counts in whole milliseconds. A sound of 1000 frames at 22 050 Hz lasts 45.35 ms, so `sound[:]` ends after 45
# ms, and eight frames are gone; a fade or an overlay takes such slices, wherever in the sound it is. A loop that ends
# with the sound then has a gap. Twice the rate makes 1999 frames of 1000, not 2000.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pydub==0.25.1 "audioop-lts==0.2.1; python_version >= '3.13'"
cat > observe.py <<'END'
import array
import importlib.metadata

from pydub import AudioSegment

print("pydub", importlib.metadata.version("pydub"))
frames = array.array("h", range(1000))
sound = AudioSegment(data=frames.tobytes(), sample_width=2, frame_rate=22050, channels=1)
for name, changed, expected in (
    ("sound", sound, 1000),
    ("sound[:]", sound[:], 1000),
    ("sound[:10] + sound[10:]", sound[:10] + sound[10:], 1000),
    ("fade_in(1)", sound.fade_in(1), 1000),
    ("overlay(sound)", sound.overlay(sound), 1000),
    ("set_frame_rate(44100)", sound.set_frame_rate(44100), 2000),
    ("set_frame_rate(32000)", sound.set_frame_rate(32000), 1451),
):
    print(f"{name}: {int(changed.frame_count())} frames, expected {expected}")
END
PYTHONPATH=packages python3 -W ignore observe.py | tee seen
diff seen - <<'END'
pydub 0.25.1
sound: 1000 frames, expected 1000
sound[:]: 992 frames, expected 1000
sound[:10] + sound[10:]: 992 frames, expected 1000
fade_in(1): 992 frames, expected 1000
overlay(sound): 992 frames, expected 1000
set_frame_rate(44100): 1999 frames, expected 2000
set_frame_rate(32000): 1450 frames, expected 1451
END
