#!/usr/bin/env bash
# colord 2.14.0 and color-convert 3.1.3 change most colors that go through HSL or HCG and back.
#
# Hues are shifted in HSL, and palettes are saved in it. `toHsl` of colord and `rgb.hsl` of color-convert round to whole
# degrees and percents, so that nine of ten colors come back changed, by up to 4 steps. HCG of color-convert returns
# values above 255. culori 4.0.2 returns every color unchanged.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . colord@2.14.0 color-convert@3.1.3 culori@4.0.2 >/dev/null
cat > observe.js <<'END'
const colors = [];
for (let red = 0; red < 256; red += 15) {
  for (let green = 0; green < 256; green += 15) {
    for (let blue = 0; blue < 256; blue += 15) colors.push([red, green, blue]);
  }
}
const hex = (color) => `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
const list = ({ r, g, b }) => [r, g, b];

async function main() {
  const { colord } = await import("colord");
  const { default: convert } = await import("color-convert");
  const culori = await import("culori");
  const ways = {
    "colord, HSL": (color) => list(colord(colord(hex(color)).toHsl()).toRgb()),
    "color-convert, HSL": (color) => convert.hsl.rgb(convert.rgb.hsl(color)),
    "color-convert, HCG": (color) => convert.hcg.rgb(convert.rgb.hcg(color)),
    "culori, HSL": (color) => [...Buffer.from(culori.formatHex(culori.hsl(hex(color))).slice(1), "hex")],
  };
  for (const [name, way] of Object.entries(ways)) {
    const results = colors.map(way);
    const changed = results.flatMap((result, index) => (`${result}` === `${colors[index]}` ? [] : [index]));
    const distance = (index) => Math.max(...results[index].map((value, at) => Math.abs(value - colors[index][at])));
    const [most] = changed.sort((one, other) => distance(other) - distance(one));
    const example = most === undefined ? "" : `; ${colors[most]} became ${results[most]}`;
    console.log(`${name}: ${changed.length} of ${colors.length} colors changed${example}`);
  }
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
colord, HSL: 5116 of 5832 colors changed; 0,120,75 became 0,122,78
color-convert, HSL: 5114 of 5832 colors changed; 0,120,75 became 0,122,78
color-convert, HCG: 4826 of 5832 colors changed; 255,0,15 became 255,0,272
culori, HSL: 0 of 5832 colors changed
END
