#!/usr/bin/env bash
# audio-decode 3.12.0 reads an AIFF of 8 bits as loud noise, and makes other sounds louder by a step.
#
# The samples of an AIFF have a sign, also those of 8 bits. audio-decode reads them as if they had none, so that silence
# is as low as possible. From a WAV of 16 bits it divides positive samples by 32767 and negative ones by 32768: an
# encoder that multiplies both by the same, as wav-file-encoder 1.0.4 does, changes a quarter of all possible samples.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(npm install --silent --no-audit --no-fund --ignore-scripts --prefix .)
packages=(audio-decode@3.12.0 @audio/decode@3.16.2 @audio/decode-aiff@1.3.0 @audio/decode-wav@1.5.1 wav-file-encoder@1.0.4)
"${install[@]}" "${packages[@]}" >/dev/null
cat > make.py <<'END'
import struct
import wave

# Silence, and then a soft wave of ten steps up and down.
levels = [0] * 50 + [10 if frame % 20 < 10 else -10 for frame in range(50)]
rate = struct.pack(">HQ", 16383 + 14, 22050 << 49)
common = struct.pack(">hIh", 1, len(levels), 8) + rate
sound = bytes(8) + struct.pack(f"{len(levels)}b", *levels)
chunks = b"".join(name + struct.pack(">I", len(body)) + body for name, body in ((b"COMM", common), (b"SSND", sound)))
with open("soft.aiff", "wb") as file:
    file.write(b"FORM" + struct.pack(">I", 4 + len(chunks)) + b"AIFF" + chunks)
with wave.open("all.wav", "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    file.writeframes(struct.pack("<65536h", *range(-32768, 32768)))
END
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import decode from "audio-decode";
import { encodeWavFile } from "wav-file-encoder";

for (const name of ["audio-decode", "wav-file-encoder"])
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);

async function read(path) {
  const { channelData, sampleRate } = await decode(new Uint8Array(readFileSync(path)));
  return { samples: channelData[0], sampleRate };
}

const soft = await read("soft.aiff");
const levels = (from, to) => [...new Set(Array.from(soft.samples.slice(from, to), (sample) => sample * 128))];
console.log(`AIFF, silence: ${levels(0, 50)}; a wave of 10 and -10: ${levels(50, 100)}`);

const { samples, sampleRate } = await read("all.wav");
const buffer = { numberOfChannels: 1, length: samples.length, sampleRate, getChannelData: () => samples };
const saved = Buffer.from(encodeWavFile(buffer, 0)).subarray(44);
const changed = [];
for (let at = 0; at < samples.length; at++) {
  const before = at - 32768;
  if (saved.readInt16LE(2 * at) !== before) changed.push(before);
}
const to = saved.readInt16LE(2 * (changed[0] + 32768));
console.log(`WAV, each of the 65536 samples: ${changed.length} changed, the first ${changed[0]} to ${to}`);
process.exit(0);
END
python3 make.py
node observe.mjs | tee seen
diff seen - <<'END'
audio-decode 3.12.0
wav-file-encoder 1.0.4
AIFF, silence: -128; a wave of 10 and -10: -118,118
WAV, each of the 65536 samples: 16399 changed, the first 16368 to 16369
END
