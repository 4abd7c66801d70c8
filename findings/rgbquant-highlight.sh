#!/usr/bin/env bash
# rgbquant 1.1.2: an image of 16 colors that is reduced to 16 colors loses those that only one pixel has.
#
# The default method counts colors in parts of the image, and leaves out those that a part has only once, even if the
# image has no more colors than were asked for. A sprite loses the highlight of its eye. `method: 1` and `boxPxls: 1`
# keep all colors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . rgbquant@1.1.2 >/dev/null
cat > observe.js <<'END'
const RgbQuant = require("rgbquant");
const { version } = require("rgbquant/package.json");

// 64 x 64 pixels: 14 colors in stripes, and two that one pixel has each: white and red.
const stripes = [...Array(14).keys()].map((index) => [40 + index * 12, 120, 60 + index * 8, 255]);
const pixels = new Uint8Array([...Array(4096).keys()].flatMap((at) => stripes[(at >> 2) % 14]));
pixels.set([255, 255, 255, 255], (20 * 64 + 20) * 4);
pixels.set([255, 0, 0, 255], (40 * 64 + 20) * 4);
const hex = (data, at) => Buffer.from(data).subarray(at, at + 3).toString("hex");

console.log("rgbquant", version);
for (const options of [{}, { method: 1 }, { boxPxls: 1 }]) {
  const quantizer = new RgbQuant({ colors: 16, ...options });
  quantizer.sample(pixels, 64);
  const reduced = quantizer.reduce(pixels);
  let changed = 0;
  for (let at = 0; at < pixels.length; at += 4) if (hex(pixels, at) !== hex(reduced, at)) changed += 1;
  const [white, red] = [20, 40].map((y) => hex(reduced, (y * 64 + 20) * 4));
  console.log(`${JSON.stringify(options)}: ${changed} pixels changed; ffffff is ${white}, ff0000 is ${red}`);
}
END
node observe.js | tee seen
diff seen - <<'END'
rgbquant 1.1.2
{}: 2 pixels changed; ffffff is c478a4, ff0000 is c478a4
{"method":1}: 0 pixels changed; ffffff is ffffff, ff0000 is ff0000
{"boxPxls":1}: 2 pixels changed; ffffff is c478a4, ff0000 is c478a4
END
