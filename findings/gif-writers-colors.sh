#!/usr/bin/env bash
# Libraries that write GIFs change the colors of an image that has only 16, although a GIF may have 256.
#
# gifencoder 2.0.1 (at its best quality) and Jimp 1.6.1 change pixels of most images, modern-gif 2.1.0 of some. gifenc
# 1.0.3 merges colors that are close, even if 256 are allowed and there are two. omggif 1.0.10 reads the results.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
packages=(gifencoder@2.0.1 jimp@1.6.1 modern-gif@2.1.0 gifenc@1.0.3 omggif@1.0.10)
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . "${packages[@]}" >/dev/null
cat > observe.js <<'END'
const GIFEncoder = require("gifencoder");
const { Jimp } = require("jimp");
const { GifReader } = require("omggif");

const SIDE = 16;
const sets = {
  "16 reds": Array.from({ length: 16 }, (_, shade) => [shade * 17, 0, 0]),
  "16 browns, 1 apart": Array.from({ length: 16 }, (_, shade) => [100 + shade, 60, 20]),
  "2 browns, 2 apart": [[96, 64, 32], [98, 66, 33]],
};

function withGifencoder(pixels) {
  const encoder = new GIFEncoder(SIDE, SIDE);
  encoder.start();
  encoder.setQuality(1);
  encoder.addFrame(pixels);
  encoder.finish();
  return encoder.out.getData();
}

async function withGifenc(pixels) {
  const { GIFEncoder, quantize, applyPalette } = require("gifenc");
  const encoder = GIFEncoder();
  const palette = quantize(pixels, 256);
  encoder.writeFrame(applyPalette(pixels, palette), SIDE, SIDE, { palette });
  encoder.finish();
  return encoder.bytes();
}

async function withModernGif(pixels) {
  const { encode } = await import("modern-gif");
  return encode({ width: SIDE, height: SIDE, frames: [{ data: pixels.slice().buffer, delay: 100 }] });
}

/** The image has memory of its own, not of the pool of Node.js, which Jimp would mix up. */
function withJimp(pixels) {
  return new Jimp({ width: SIDE, height: SIDE, data: Buffer.from(pixels.slice().buffer) }).getBuffer("image/gif");
}

(async () => {
  const writers = { gifencoder: withGifencoder, jimp: withJimp, "modern-gif": withModernGif, gifenc: withGifenc };
  for (const [writer, write] of Object.entries(writers)) {
    for (const [name, colors] of Object.entries(sets)) {
      const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
      for (let at = 0; at < SIDE * SIDE; at++) pixels.set([...colors[at % colors.length], 255], at * 4);
      const drawn = new Uint8Array(pixels.length);
      new GifReader(new Uint8Array(await write(pixels))).decodeAndBlitFrameRGBA(0, drawn);
      let changed = 0;
      for (let at = 0; at < pixels.length; at += 4)
        changed += [0, 1, 2].some((channel) => pixels[at + channel] !== drawn[at + channel]);
      console.log(`${writer}, ${name}: ${changed} of 256 pixels changed`);
    }
  }
})();
END
node observe.js | tee seen
diff seen - <<'END'
gifencoder, 16 reds: 192 of 256 pixels changed
gifencoder, 16 browns, 1 apart: 112 of 256 pixels changed
gifencoder, 2 browns, 2 apart: 0 of 256 pixels changed
jimp, 16 reds: 160 of 256 pixels changed
jimp, 16 browns, 1 apart: 16 of 256 pixels changed
jimp, 2 browns, 2 apart: 0 of 256 pixels changed
modern-gif, 16 reds: 16 of 256 pixels changed
modern-gif, 16 browns, 1 apart: 0 of 256 pixels changed
modern-gif, 2 browns, 2 apart: 0 of 256 pixels changed
gifenc, 16 reds: 0 of 256 pixels changed
gifenc, 16 browns, 1 apart: 224 of 256 pixels changed
gifenc, 2 browns, 2 apart: 256 of 256 pixels changed
END
