#!/usr/bin/env bash
# sharp 0.35.5: `gamma` alone turns the darkest grays of an image black, and merges others.
#
# `gamma` makes an image darker before it is resized, and brighter again after that. Without a resize, or with one by
# `nearest`, the two should cancel each other. The darker image has only 8 bits, so that at the usual 2.2 the 21 darkest
# grays become black, and 183 of 256 are left. Dark outlines of several colors become one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . sharp@0.35.5 >/dev/null
cat > observe.js <<'END'
const sharp = require("sharp");

const grays = Buffer.from([...Array(256).keys()]);
const raw = { width: 256, height: 1, channels: 1 };

async function show(name, image) {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const after = [...Array(256).keys()].map((gray) => data[gray * (info.width / 256) * info.channels]);
  const black = after.filter((gray) => gray === 0).length;
  const examples = [20, 28, 37, 56].map((gray) => `${gray} became ${after[gray]}`).join(", ");
  console.log(`${name}: ${new Set(after).size} grays left, ${black} are black; ${examples}`);
}

async function main() {
  console.log("sharp", sharp.versions.sharp);
  await show("unchanged", sharp(grays, { raw }));
  await show("gamma(2.2)", sharp(grays, { raw }).gamma(2.2));
  await show("gamma(2.2) and nearest", sharp(grays, { raw }).gamma(2.2).resize(512, 2, { kernel: "nearest" }));
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
sharp 0.35.5
unchanged: 256 grays left, 1 are black; 20 became 20, 28 became 28, 37 became 37, 56 became 56
gamma(2.2): 183 grays left, 21 are black; 20 became 0, 28 became 20, 37 became 33, 56 became 55
gamma(2.2) and nearest: 183 grays left, 21 are black; 20 became 0, 28 became 20, 37 became 33, 56 became 55
END
