#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1) mixes the colors of neighboring pixels in RGB565.
#
# All colors of this row are exact in RGB565. FFmpeg converts them through brightness and color difference, and keeps
# one color difference for two pixels, as in a film: black beside red becomes dark red. The options `full_chroma_inp`,
# `full_chroma_int` and `accurate_rnd` of its scaler give each pixel its own. From RGB24 to other forms of 24 or 32
# bits, no color changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1
cat > observe.py <<'END'
import subprocess

import imageio_ffmpeg

COLORS = bytes.fromhex("000000 ff0000 00ff00 0000ff ffffff 000000")
INPUT = ["-f", "rawvideo", "-s", "6x1", "-pix_fmt"]


def ffmpeg(*options, data):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *options, "-f", "rawvideo", "-"]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
exact = ["-sws_flags", "neighbor+full_chroma_inp+full_chroma_int+accurate_rnd", "-sws_dither", "none"]
for name, form, options in (
    ("RGB24 to RGBA", "rgba", []),
    ("RGB24 to RGB565", "rgb565le", []),
    ("RGB24 to RGB565, not dithered", "rgb565le", ["-sws_dither", "none"]),
    ("RGB24 to RGB565, with the three options", "rgb565le", exact),
):
    converted = ffmpeg(*INPUT, "rgb24", "-i", "-", *options, "-pix_fmt", form, data=COLORS)
    shown = ffmpeg(*INPUT, form, "-i", "-", "-pix_fmt", "rgb24", data=converted)
    print(f"{name}:", " ".join(shown[at : at + 3].hex() for at in range(0, len(shown), 3)))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
RGB24 to RGBA: 000000 ff0000 00ff00 0000ff ffffff 000000
RGB24 to RGB565: 5a0000 a52829 42bebd 004542 ffffff 000000
RGB24 to RGB565, not dithered: 5a0000 a52829 42bebd 004542 ffffff 000000
RGB24 to RGB565, with the three options: 000000 ff0000 00ff00 0000ff ffffff 000000
END
