#!/usr/bin/env bash
# sharp 0.35.5: an image that `affine` turns or mirrors loses a row or a column.
#
# With the interpolator `nearest`, a quarter turn, a half turn and a mirror only change the places of pixels, and the
# size of the result is right. But its first row or column is background, and the pixels of the last one are lost.
# `rotate(90)`, `rotate(180)` and `flop` are exact, and so is `affine` if it only enlarges.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . sharp@0.35.5 >/dev/null
cat > observe.js <<'END'
const sharp = require("sharp");

// Nine pixels, with the reds 1 to 9, so that each can be found again.
const pixels = Buffer.from([...Array(9).keys()].flatMap((index) => [index + 1, 0, 0, 255]));
const image = () => sharp(pixels, { raw: { width: 3, height: 3, channels: 4 } });
const affine = (matrix) => image().affine(matrix, { interpolator: "nearest", background: "#00000000" });

async function show(name, turned) {
  const { data, info } = await turned.raw().toBuffer({ resolveWithObject: true });
  const rows = [...Array(info.height).keys()].map((y) =>
    [...Array(info.width).keys()].map((x) => data[(y * info.width + x) * 4] || "-").join(" "));
  console.log(`${name}: ${rows.join(" | ")}`);
}

async function main() {
  console.log("sharp", sharp.versions.sharp);
  await show("unchanged", image());
  await show("rotate(90)", image().rotate(90));
  await show("affine, 90 degrees", affine([[0, -1], [1, 0]]));
  await show("rotate(180)", image().rotate(180));
  await show("affine, 180 degrees", affine([[-1, 0], [0, -1]]));
  await show("flop", image().flop());
  await show("affine, mirrored", affine([[-1, 0], [0, 1]]));
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
sharp 0.35.5
unchanged: 1 2 3 | 4 5 6 | 7 8 9
rotate(90): 7 4 1 | 8 5 2 | 9 6 3
affine, 90 degrees: - 7 4 | - 8 5 | - 9 6
rotate(180): 9 8 7 | 6 5 4 | 3 2 1
affine, 180 degrees: - - - | - 9 8 | - 6 5
flop: 3 2 1 | 6 5 4 | 9 8 7
affine, mirrored: - 3 2 | - 6 5 | - 9 8
END
