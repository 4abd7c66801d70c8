#!/usr/bin/env bash
# SoX (Debian 14.4.2+git20190427-3.5) copies an AIFF with a loop so that the end of the loop is lost.
#
# The loop is stated by an instrument and two markers. SoX writes both markers, but a count of one, and the instrument
# names a marker 3 that does not exist; reading its own file, SoX finds a loop that ends where it begins. And `trim`,
# which cuts 100 frames off the start, leaves the markers where they were, so that the loop is 100 frames late.
# It needs Debian 12 or a system that can download its packages.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=14.4.2+git20190427-3.5
libraries=(libgomp1 libgsm1 libltdl7 libmagic1 libpng16-16 zlib1g)
apt-get -qq -o APT::Sandbox::User=root download sox=$version libsox3=$version "${libraries[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find root -name libsox.so.3)")
export LD_LIBRARY_PATH
cat > observe.py <<'END'
import struct
import subprocess


def chunk(kind, body):
    return kind + struct.pack(">I", len(body)) + body + b"\0" * (len(body) % 2)


def write(path, frames, start, end):
    """Writes an AIFF of 16 bits, mono, 22 050 Hz, with a loop."""
    rate = struct.pack(">HQ", 16383 + 14, 22050 << 49)
    marks = struct.pack(">H", 2) + b"".join(struct.pack(">HI", *mark) + b"\0\0" for mark in ((1, start), (2, end)))
    instrument = struct.pack(">6b7h", 60, 0, 0, 127, 1, 127, 0, 1, 1, 2, 0, 0, 0)
    chunks = [(b"COMM", struct.pack(">hIh", 1, frames, 16) + rate), (b"MARK", marks), (b"INST", instrument)]
    body = b"AIFF" + b"".join(chunk(*one) for one in chunks) + chunk(b"SSND", bytes(8 + frames * 2))
    with open(path, "wb") as file:
        file.write(chunk(b"FORM", body))


def show(name, path):
    """Prints what the file states, and what SoX finds in it."""
    with open(path, "rb") as file:
        data = file.read()
    (frames,) = struct.unpack_from(">I", data, data.index(b"COMM") + 10)
    at = data.index(b"MARK") + 8
    (count,) = struct.unpack_from(">H", data, at)
    marks = [struct.unpack_from(">HI", data, at + 2 + 8 * number) for number in range(2)]
    begin, end = struct.unpack_from(">2h", data, data.index(b"INST") + 18)
    print(f"{name}: {frames} frames, {count} markers, then {marks}; loop from marker {begin} to {end}")
    command = ["root/usr/bin/sox", "-V4", path, "-n"]
    report = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True).stderr
    loop = [line.split()[-1] for line in report.splitlines() if "start:" in line or " end:" in line]
    print(f"SoX finds a loop from {' to '.join(loop)}")


write("loop.aiff", 1000, 200, 700)
show("original", "loop.aiff")
for name, effect in (("copy", []), ("trim 100s", ["trim", "100s"])):
    subprocess.run(["root/usr/bin/sox", "loop.aiff", "out.aiff", *effect], check=True)
    show(name, "out.aiff")
END
python3 observe.py | tee seen
diff seen - <<'END'
original: 1000 frames, 2 markers, then [(1, 200), (2, 700)]; loop from marker 1 to 2
SoX finds a loop from 200 to 700
copy: 1000 frames, 1 markers, then [(1, 200), (1, 700)]; loop from marker 1 to 3
SoX finds a loop from 200 to 200
trim 100s: 900 frames, 1 markers, then [(1, 200), (1, 700)]; loop from marker 1 to 3
SoX finds a loop from 200 to 200
END
