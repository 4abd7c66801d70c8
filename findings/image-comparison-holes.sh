#!/usr/bin/env bash
# looks-same 10.0.1 and odiff-bin 4.5.0 find no difference between some images of which one has holes.
#
# looks-same ignores the alpha channel, even with `strict: true`: a black pixel and a transparent one are equal. It also
# takes a vertical line of one pixel for the cursor of a text and ignores it, unless `ignoreCaret` is false. odiff
# compares over white, so that it misses a hole in a white shape, even with `threshold: 0`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . looks-same@10.0.1 odiff-bin@4.5.0 pngjs@7.0.0 >/dev/null
cat > observe.js <<'END'
const { writeFileSync } = require("fs");
const looksSame = require("looks-same");
const { compare } = require("odiff-bin");
const { PNG } = require("pngjs");

const [RED, WHITE, BLACK, CLEAR] = [[200, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 255], [0, 0, 0, 0]];

function save(path, color) {
  const png = new PNG({ width: 16, height: 16 });
  for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) png.data.set(color(x, y), (y * 16 + x) * 4);
  writeFileSync(path, PNG.sync.write(png));
}

async function main() {
  const [looks, odiff] = ["looks-same", "odiff-bin"].map((name) => require(`${name}/package.json`).version);
  console.log("looks-same", looks, "odiff", odiff);
  const hole = (color) => (x, y) => (x > 4 && x < 9 && y > 4 && y < 9 ? CLEAR : color);
  const clearWhite = (x, y) => (x > 4 && x < 9 && y > 4 && y < 9 ? [255, 255, 255, 0] : WHITE);
  for (const [name, before, after] of [
    ["a hole in black", () => BLACK, hole(BLACK)],
    ["a hole in white", () => WHITE, clearWhite],
    ["a column in another color", () => WHITE, (x) => (x === 7 ? RED : WHITE)],
    ["a row in another color", () => WHITE, (x, y) => (y === 7 ? RED : WHITE)],
  ]) {
    save("before.png", before);
    save("after.png", after);
    const strict = await looksSame("before.png", "after.png", { strict: true });
    const noCaret = await looksSame("before.png", "after.png", { strict: true, ignoreCaret: false });
    const other = await compare("before.png", "after.png", "difference.png", { threshold: 0 });
    const word = (same) => (same ? "same" : "different");
    const words = `looks-same ${word(strict.equal)}, without carets ${word(noCaret.equal)}`;
    console.log(`${name}: ${words}; odiff ${word(other.match)}`);
  }
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
looks-same 10.0.1 odiff 4.5.0
a hole in black: looks-same same, without carets same; odiff different
a hole in white: looks-same same, without carets same; odiff same
a column in another color: looks-same same, without carets different; odiff different
a row in another color: looks-same different, without carets different; odiff different
END
