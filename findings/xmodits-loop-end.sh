#!/usr/bin/env bash
# xmodits-py 0.3.5 saves the samples of a tracker module with loops that are one frame too long.
#
# In a module, a loop is a start and a length. In a WAV, the chunk `smpl` has its first and its last frame. xmodits
# writes the frame after the last one, so the frame behind the loop is heard in each round. That is a click, and for
# short loops a lower tone: 41 frames instead of 40 are almost half a semitone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" xmodits-py==0.3.5
cat > observe.py <<'END'
import pathlib
import struct

import xmodits

START, LENGTH, FRAMES = 20, 40, 100


def module_amiga():
    """A MOD with one sample; its numbers count words of two bytes."""
    sample = b"tone".ljust(22, b"\0") + struct.pack(">HBBHH", FRAMES // 2, 0, 64, START // 2, LENGTH // 2)
    empty = bytes(22) + struct.pack(">HBBHH", 0, 0, 0, 0, 1)
    head = b"song".ljust(20, b"\0") + sample + empty * 30
    return head + bytes([1, 127]) + bytes(128) + b"M.K." + bytes(1024 + FRAMES)


def module_extended(bits):
    """An XM with one sample; its numbers count bytes."""
    size = bits // 8
    head = b"Extended Module: " + b"song".ljust(20, b"\0") + b"\x1a" + b"tracker".ljust(20, b"\0")
    head += struct.pack("<HIHHHHHHHH", 0x104, 276, 1, 0, 1, 1, 1, 1, 6, 125) + bytes(256)
    pattern = struct.pack("<IBHH", 9, 0, 1, 5) + bytes(5)
    instrument = (struct.pack("<I22sBHI", 263, b"instrument", 0, 1, 40)).ljust(263, b"\0")
    kind = 1 | (16 if bits == 16 else 0)
    sample = struct.pack("<IIIBbBBb", FRAMES * size, START * size, LENGTH * size, 64, 0, kind, 128, 0)
    return head + pattern + instrument + sample + b"\0" + b"tone".ljust(22, b"\0") + bytes(FRAMES * size)


print("xmodits-py 0.3.5")
print(f"in the module: from frame {START}, {LENGTH} frames")
for name, data in (("a.mod", module_amiga()), ("b.xm", module_extended(8)), ("c.xm", module_extended(16))):
    pathlib.Path(name).write_bytes(data)
    folder = pathlib.Path(f"{name} samples")
    folder.mkdir()
    xmodits.dump(name, str(folder))
    (wav,) = folder.rglob("*.wav")
    data = wav.read_bytes()
    (first, last) = struct.unpack_from("<II", data, data.index(b"smpl") + 8 + 36 + 8)
    print(f"{name}: from frame {first} to {last}, {last - first + 1} frames")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
xmodits-py 0.3.5
in the module: from frame 20, 40 frames
a.mod: from frame 20 to 60, 41 frames
b.xm: from frame 20 to 60, 41 frames
c.xm: from frame 20 to 60, 41 frames
END
