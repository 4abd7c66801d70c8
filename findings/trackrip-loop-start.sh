#!/usr/bin/env bash
# trackrip 2.0.0 saves a sample of a MOD without its loop if the loop begins at the start of the sample.
#
# The waves of chip music are loops of a few frames over the whole sample. trackrip takes a start of 0 for "no loop", so
# just these become WAVs that sound for 4 milliseconds. A loop that begins later is kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" trackrip==2.0.0
cat > observe.py <<'END'
import pathlib
import struct
import subprocess
import sys

FRAMES = 32

print("trackrip 2.0.0")
for start in (0, 2, 16):
    # A MOD with one sample; its numbers count words of two bytes.
    length = FRAMES - start
    sample = b"wave".ljust(22, b"\0") + struct.pack(">HBBHH", FRAMES // 2, 0, 64, start // 2, length // 2)
    empty = bytes(22) + struct.pack(">HBBHH", 0, 0, 0, 0, 1)
    song = b"song".ljust(20, b"\0") + sample + empty * 30 + bytes([1, 127]) + bytes(128) + b"M.K." + bytes(1024)
    pathlib.Path("song.mod").write_bytes(song + bytes([64] * 16 + [192] * 16))
    subprocess.run([sys.executable, "-m", "trackrip", "song.mod"], stdout=subprocess.DEVNULL, check=True)
    wav = pathlib.Path("0 - wave.wav").read_bytes()
    at = wav.find(b"smpl")
    loop = "no loop" if at < 0 else "loop from frame {} to {}".format(*struct.unpack_from("<II", wav, at + 52))
    print(f"in the module: loop from frame {start} to {FRAMES - 1}; in the WAV: {loop}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
trackrip 2.0.0
in the module: loop from frame 0 to 31; in the WAV: no loop
in the module: loop from frame 2 to 31; in the WAV: loop from frame 2 to 31
in the module: loop from frame 16 to 31; in the WAV: loop from frame 16 to 31
END
