#!/usr/bin/env bash
# wav-converter 1.0.0 writes WAVs that some programs refuse, and plays the tags of others as sound.
#
# The chunk of the samples has the size of the whole file, and the file that of the samples; a mono frame has two bytes,
# and the header says four. Some programs read on, some refuse the file, and Python's `wave` finds frames that do not
# exist. When it reads a WAV, wav-converter takes all that follows the first 44 bytes for samples, also tags and loops.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . wav-converter@1.0.0 >/dev/null
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" scipy==1.17.1 numpy==2.2.6
cat > write.js <<'END'
const { writeFileSync } = require("fs");
const { encodeWav } = require("wav-converter");

const samples = Buffer.from(Int16Array.from({ length: 1000 }, () => 10000).buffer);
writeFileSync("written.wav", encodeWav(samples, { numChannels: 1, sampleRate: 22050, byteRate: 44100 }));
END
cat > read.js <<'END'
const { readFileSync } = require("fs");
const { decodeWav } = require("wav-converter");

const samples = decodeWav(readFileSync("tagged.wav"));
const values = Array.from({ length: samples.length / 2 }, (_, at) => samples.readInt16LE(2 * at));
console.log(`tagged.wav, 4 frames of 5: ${values.length} frames, ${values.join(" ")}`);
END
cat > observe.py <<'END'
import struct
import wave

from scipy.io import wavfile

with wave.open("written.wav") as file:
    print(f"written.wav, 1000 frames: wave finds {file.getnframes()}", end="; ")
try:
    wavfile.read("written.wav")
    print("SciPy reads it")
except ValueError as error:
    print("SciPy:", str(error).split(":")[0])


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body


tag = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"hit\0"))
form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 22050, 44100, 2, 16))
body = b"WAVE" + form + tag + chunk(b"data", struct.pack("<4h", 5, 5, 5, 5))
with open("tagged.wav", "wb") as file:
    file.write(chunk(b"RIFF", body))
END
node write.js
{
  node -p '"wav-converter " + require("wav-converter/package.json").version'
  PYTHONPATH=packages python3 observe.py
  node read.js
} | tee seen
diff seen - <<'END'
wav-converter 1.0.0
written.wav, 1000 frames: wave finds 1018; SciPy: WAV header is invalid
tagged.wav, 4 frames of 5: 16 frames, 20041 20294 20041 19777 4 0 26984 116 24932 24948 8 0 5 5 5 5
END
