#!/usr/bin/env bash
# raylib 6.2.0.0 (its Python package): an image in gray loses some of its grays when `ImageFormat` converts it to gray.
#
# If red, green and blue are equal, the gray should be that value. `PIXELFORMAT_UNCOMPRESSED_GRAYSCALE` and
# `…_GRAY_ALPHA` make some grays one step darker, so that two neighboring grays become one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages raylib==6.2.0.0
cat > observe.py <<'END'
from importlib.metadata import version

from raylib import ffi, rl

# One pixel of each gray, in true color.
PIXELS = b"".join(bytes([gray, gray, gray, 255]) for gray in range(256))

rl.SetTraceLogLevel(rl.LOG_NONE)
print("raylib", version("raylib"))
for name, size in (("GRAYSCALE", 1), ("GRAY_ALPHA", 2), ("R8G8B8", 3)):
    image = ffi.new("Image *")
    image.data = rl.MemAlloc(len(PIXELS))
    ffi.memmove(image.data, PIXELS, len(PIXELS))
    image.width, image.height, image.mipmaps = 256, 1, 1
    image.format = rl.PIXELFORMAT_UNCOMPRESSED_R8G8B8A8
    rl.ImageFormat(image, getattr(rl, f"PIXELFORMAT_UNCOMPRESSED_{name}"))
    grays = list(ffi.buffer(image.data, 256 * size)[:][::size])
    changed = [gray for gray in range(256) if grays[gray] != gray]
    first = ", ".join(f"{gray} became {grays[gray]}" for gray in changed[:3])
    print(f"{name}: {len(set(grays))} of 256 grays left; changed: {len(changed)} ({first})")
    rl.UnloadImage(image[0])
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
raylib 6.2.0.0
GRAYSCALE: 245 of 256 grays left; changed: 11 (45 became 44, 85 became 84, 90 became 89)
GRAY_ALPHA: 245 of 256 grays left; changed: 11 (45 became 44, 85 became 84, 90 became 89)
R8G8B8: 256 of 256 grays left; changed: 0 ()
END
