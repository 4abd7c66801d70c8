#!/usr/bin/env bash
# @purinton/resampler 1.0.4 cuts the start of a sound, and replaces its last frame by silence.
#
# The filter needs frames before the one that it computes. The first frame that has all of them is the first that is
# written, so the first 7 to 8 frames of the sound are lost, which are the attack of a drum, and all others come
# earlier. The last frame is 0. Both happen even if the rate does not change.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @purinton/resampler@1.0.4 >/dev/null
cat > observe.mjs <<'END'
import { readFileSync } from "fs";
import { Resampler } from "@purinton/resampler";

async function resample(samples, inRate, outRate) {
  const resampler = new Resampler({ inRate, outRate, inChannels: 1, outChannels: 1 });
  resampler.end(Buffer.from(samples.buffer));
  const parts = [];
  for await (const part of resampler) parts.push(part);
  const data = Buffer.concat(parts);
  return Array.from({ length: data.length / 2 }, (_, at) => data.readInt16LE(2 * at));
}

const { version } = JSON.parse(readFileSync("node_modules/@purinton/resampler/package.json"));
console.log("@purinton/resampler", version);
const FRAMES = 2000;
const click = new Int16Array(FRAMES);
click[1000] = 20000;
// A hit that is loud in its first 8 frames.
const hit = Int16Array.from({ length: FRAMES }, (_, at) => (at < 8 ? 20000 : 1000));
const level = new Int16Array(FRAMES).fill(10000);
for (const [from, to] of [[22050, 22050], [22050, 44100], [44100, 22050]]) {
  const clicked = await resample(click, from, to);
  const loudest = Math.max(...(await resample(hit, from, to)));
  const [last] = (await resample(level, from, to)).slice(-1);
  const expected = `${(FRAMES * to) / from} frames, click at ${(1000 * to) / from}, hit of 20000, end at 10000`;
  const at = clicked.indexOf(Math.max(...clicked));
  console.log(`${from} to ${to} Hz: ${clicked.length} frames, click at ${at}, hit of ${loudest}, end at ${last}`);
  console.log(`  expected: ${expected}`);
}
END
node observe.mjs | tee seen
diff seen - <<'END'
@purinton/resampler 1.0.4
22050 to 22050 Hz: 1993 frames, click at 992, hit of 1000, end at 0
  expected: 2000 frames, click at 1000, hit of 20000, end at 10000
22050 to 44100 Hz: 3985 frames, click at 1984, hit of 2288, end at 0
  expected: 4000 frames, click at 2000, hit of 20000, end at 10000
44100 to 22050 Hz: 997 frames, click at 496, hit of 1000, end at 0
  expected: 1000 frames, click at 500, hit of 20000, end at 10000
END
