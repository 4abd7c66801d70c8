#!/usr/bin/env bash
# upng-js 2.1.0: an image of 16 opaque colors is saved with 17, and asking for 16 loses one.
#
# `encode(…, 0)` is lossless. It puts a transparent color that no pixel has before the others, so 16 colors need 8 bits
# for each pixel instead of 4. `encode(…, 16)` writes 4 bits, but it changes pixels, although there are only 16 colors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . upng-js@2.1.0 >/dev/null
cat > observe.js <<'END'
const UPNG = require("upng-js");

console.log("upng-js", require("upng-js/package.json").version);
// 16 shades from black to red, each in one column.
const pixels = new Uint8Array(16 * 16 * 4);
for (let at = 0; at < 256; at++) pixels.set([(at % 16) * 17, 0, 0, 255], at * 4);
for (const limit of [0, 16]) {
  const image = UPNG.decode(UPNG.encode([pixels.buffer], 16, 16, limit));
  const { PLTE, tRNS } = image.tabs;
  const clear = Array.from(tRNS || []).flatMap((alpha, index) => (alpha === 0 ? [index] : []));
  const again = new Uint8Array(UPNG.toRGBA8(image)[0]);
  let changed = 0;
  for (let at = 0; at < pixels.length; at += 4) changed += again[at] !== pixels[at];
  const used = new Set(Array.from({ length: 256 }, (_, at) => again[at * 4]));
  console.log(
    `limit ${limit}: ${PLTE.length / 3} palette entries, transparent: ${clear.join(", ") || "none"}, ` +
      `${image.depth} bits; ${used.size} colors, ${changed} of 256 pixels changed`,
  );
}
END
node observe.js | tee seen
diff seen - <<'END'
upng-js 2.1.0
limit 0: 17 palette entries, transparent: 0, 8 bits; 16 colors, 0 of 256 pixels changed
limit 16: 16 palette entries, transparent: 0, 4 bits; 15 colors, 32 of 256 pixels changed
END
