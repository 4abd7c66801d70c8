#!/usr/bin/env bash
# pydub 0.25.1 and wavefile 11.0.0 read a WAV of floating point numbers in the extensible form as whole numbers, which
# is noise.
#
# The extensible form says in its last field, the subformat, whether samples are whole or floating point numbers. FFmpeg
# writes it for more than two channels or 48000 Hz, and libsndfile as WAVEX. Neither library reads that field, so the
# bits of each number are taken for a whole one. Silence stays silent, and all else is loud noise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . wavefile@11.0.0 >/dev/null
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" imageio-ffmpeg==0.8.1 pydub==0.25.1 "audioop-lts==0.2.1; python_version >= '3.13'"
cat > write.py <<'END'
import importlib.metadata
import struct
import subprocess

import imageio_ffmpeg
from pydub import AudioSegment

# A quiet tone: 0, 1/4, 0, -1/4, and so on.
tone = struct.pack("<8f", *(0, 0.25, 0, -0.25) * 2)
print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version().lstrip("n").split("-")[0])
for rate in (48000, 96000):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "-"]
    subprocess.run([*command, "-c:a", "pcm_f32le", f"{rate}.wav"], input=tone, check=True)
print("pydub", importlib.metadata.version("pydub"))
for rate in (48000, 96000):
    with open(f"{rate}.wav", "rb") as file:
        form = "extensible" if file.read(22)[20:] == b"\xfe\xff" else "plain"
    sound = AudioSegment.from_wav(f"{rate}.wav").set_sample_width(2)
    print(f"{rate} Hz, {form}, as 16 bits:", *sound.get_array_of_samples())
END
cat > observe.js <<'END'
const { readFileSync } = require("fs");
const { WaveFile } = require("wavefile");

console.log("wavefile", JSON.parse(readFileSync("node_modules/wavefile/package.json")).version);
for (const rate of [48000, 96000]) {
  const sound = new WaveFile(readFileSync(`${rate}.wav`));
  const form = sound.fmt.audioFormat === 65534 ? "extensible" : "plain";
  sound.toBitDepth("16");
  console.log(`${rate} Hz, ${form}, as 16 bits:`, Array.from(sound.getSamples()).join(" "));
}
END
{ PYTHONPATH=packages python3 -W ignore write.py; node observe.js; } | tee seen
diff seen - <<'END'
FFmpeg 9.0.2
pydub 0.25.1
48000 Hz, plain, as 16 bits: 0 8192 0 -8192 0 8192 0 -8192
96000 Hz, extensible, as 16 bits: 0 16000 0 -16768 0 16000 0 -16768
wavefile 11.0.0
48000 Hz, plain, as 16 bits: 0 8191 0 -8192 0 8191 0 -8192
96000 Hz, extensible, as 16 bits: 0 15999 0 -16768 0 15999 0 -16768
END
