#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1) makes opaque colors darker when it multiplies them by their alpha.
#
# Engines that draw with premultiplied alpha get their sprites from `premultiply`. An opaque color is multiplied by 1,
# so it must stay the same. FFmpeg makes each channel above 128 one lower, so white is `#fefefe`, and a color of the
# palette is not found again. `unpremultiply` does the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import subprocess

import imageio_ffmpeg

print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
# All grays, opaque.
GRAYS = bytes(part for value in range(256) for part in (value, value, value, 255))
INPUT = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", "256x1", "-i", "-"]
both = "premultiply=inplace=1,unpremultiply=inplace=1"
for filters in ("null", "premultiply=inplace=1", "unpremultiply=inplace=1", both):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *INPUT, "-vf", filters]
    command += ["-f", "rawvideo", "-pix_fmt", "rgba", "-"]
    seen = subprocess.run(command, input=GRAYS, stdout=subprocess.PIPE, check=True).stdout
    changed = [value for value in range(256) if seen[value * 4 : value * 4 + 4] != GRAYS[value * 4 : value * 4 + 4]]
    first = f", the first is {changed[0]}" if changed else ""
    print(f"{filters}: {len(changed)} of 256 grays are changed{first}; white is {seen[-4:].hex()}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
null: 0 of 256 grays are changed; white is ffffffff
premultiply=inplace=1: 127 of 256 grays are changed, the first is 129; white is fefefeff
unpremultiply=inplace=1: 127 of 256 grays are changed, the first is 129; white is fefefeff
premultiply=inplace=1,unpremultiply=inplace=1: 127 of 256 grays are changed, the first is 129; white is fefefeff
END
