#!/usr/bin/env bash
# pngcrush 1.8.13 cannot convert a PNG of Xcode back, but says that it can, and reports success.
#
# Xcode converts the PNGs of an app to its own form (CgBI). Apple's pngcrush, which is in Xcode, undoes that with
# `-revert-iphone-optimizations`. The public pngcrush ignores this option, proposes `-fix`, and fails with it too. The
# exit code is 0 each time, and no file is written. The npm package cgbi-to-png 1.0.7 converts it back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The package of Debian 12; it needs libpng16 and zlib, which every installation has.
apt-get download pngcrush=1.8.13-0.1 >/dev/null
dpkg-deb --extract pngcrush_*.deb package
npm install --silent --no-audit --no-fund --prefix . cgbi-to-png@1.0.7 >/dev/null
python3 - <<'END'
import struct
import zlib


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


# Blue, green, red and alpha, compressed without the header of zlib.
rows = (b"\0" + bytes([50, 100, 200, 255]) * 8) * 8
compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
header = struct.pack(">IIBBBBB", 8, 8, 8, 6, 0, 0, 0)
chunks = [(b"CgBI", b"\x50\0\x20\2"), (b"IHDR", header), (b"IDAT", compressor.compress(rows) + compressor.flush())]
with open("xcode.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks) + chunk(b"IEND", b""))
END
written() { if [[ -e $1 ]]; then echo "wrote a file"; else echo "wrote nothing"; fi; }
{
  package/usr/bin/pngcrush -version 2>&1 | grep -o 'pngcrush 1[0-9.]*' | head -n 1
  package/usr/bin/pngcrush -revert-iphone-optimizations xcode.png reverted.png >log 2>&1 && code=0 || code=$?
  grep -o 'Ignoring invalid option: .*\|Try "pngcrush -fix' log
  echo "exit code $code, $(written reverted.png)"
  package/usr/bin/pngcrush -fix xcode.png fixed.png >log 2>&1 && code=0 || code=$?
  echo "-fix: exit code $code, $(written fixed.png)"
  node -e '
    const { readFileSync, writeFileSync } = require("fs");
    writeFileSync("reverted.png", require("cgbi-to-png").revert(readFileSync("xcode.png")));
  '
  echo "cgbi-to-png: $(written reverted.png)"
} | tee seen
diff seen - <<'END'
pngcrush 1.8.13
Ignoring invalid option: -revert-iphone-optimizations
Try "pngcrush -fix
exit code 0, wrote nothing
-fix: exit code 0, wrote nothing
cgbi-to-png: wrote a file
END
