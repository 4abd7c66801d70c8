#!/usr/bin/env bash
# ogg-opus-decoder 1.7.5 returns up to 312 frames more of a sound of less than a second than it has.
#
# An Opus encoder begins with frames that a decoder must drop, mostly 312, and its file counts them in its length. If
# the file has only one page of sound, ogg-opus-decoder drops them, but keeps more at the end instead. A loop then has a
# gap of up to 6.5 ms. libsndfile, which wrote the files, and FFmpeg return the exact length.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . ogg-opus-decoder@1.7.5 >/dev/null
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" soundfile==0.14.0 numpy==2.4.6 imageio-ffmpeg==0.8.1
cat > write.py <<'END'
import math
import subprocess

import imageio_ffmpeg
import soundfile

print("libsndfile", soundfile.__libsndfile_version__, "and FFmpeg 9.0.2")
for frames in (5000, 20000, 48000, 96000):
    tone = [math.sin(at / 20) / 2 for at in range(frames)]
    soundfile.write(f"{frames}.opus", tone, 48000, format="OGG", subtype="OPUS")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", f"{frames}.opus", "-f", "s16le", "-"]
    sound = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    print(f"{frames} frames: libsndfile {len(soundfile.read(f'{frames}.opus')[0])}, FFmpeg {len(sound) // 2}")
END
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import { OggOpusDecoder } from "ogg-opus-decoder";

console.log("ogg-opus-decoder", JSON.parse(readFileSync("node_modules/ogg-opus-decoder/package.json")).version);
for (const frames of [5000, 20000, 48000, 96000]) {
  const decoder = new OggOpusDecoder();
  await decoder.ready;
  const { samplesDecoded } = await decoder.decodeFile(new Uint8Array(readFileSync(`${frames}.opus`)));
  console.log(`${frames} frames: ${samplesDecoded}`);
  decoder.free();
}
END
{ PYTHONPATH=packages python3 write.py; node observe.mjs; } | tee seen
diff seen - <<'END'
libsndfile 1.2.2 and FFmpeg 9.0.2
5000 frames: libsndfile 5000, FFmpeg 5000
20000 frames: libsndfile 20000, FFmpeg 20000
48000 frames: libsndfile 48000, FFmpeg 48000
96000 frames: libsndfile 96000, FFmpeg 96000
ogg-opus-decoder 1.7.5
5000 frames: 5312
20000 frames: 20088
48000 frames: 48000
96000 frames: 96000
END
