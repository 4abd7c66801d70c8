#!/usr/bin/env bash
# ImageMagick 7.1.2-30 (magick-wasm 0.0.43): an image of two colors changes when it is saved as a GIF or PNG8.
#
# Both formats have room for all colors, but ImageMagick dithers while it looks for each of them in its palette, and
# draws some pixels in a color that is close. It happens if colors differ by less than about four steps. Reducing the
# colors to 256 without dithering before, `+dither -colors 256` on the command line, helps for GIF, but not for PNG8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @imagemagick/magick-wasm@0.0.43 >/dev/null
cat > observe.js <<'END'
const { readFileSync } = require("fs");
const magick = require("@imagemagick/magick-wasm");

const SIDE = 16;
const sets = {
  "2 browns, 2 apart": [[96, 64, 32], [98, 66, 33]],
  "16 browns, 1 apart": Array.from({ length: 16 }, (_, shade) => [100 + shade, 60, 20]),
  "16 browns, 4 apart": Array.from({ length: 16 }, (_, shade) => [100 + 4 * shade, 60, 20]),
};

/** Returns the pixels of the image after it was written in a format. */
function saved(pixels, format, prepare) {
  let file;
  let drawn;
  const raw = new magick.MagickReadSettings({ format: magick.MagickFormat.Rgba, width: SIDE, height: SIDE, depth: 8 });
  magick.ImageMagick.read(pixels, raw, (image) => {
    prepare(image);
    image.write(format, (data) => (file = Uint8Array.from(data)));
  });
  magick.ImageMagick.read(file, (image) => {
    image.depth = 8;
    image.write(magick.MagickFormat.Rgba, (data) => (drawn = Uint8Array.from(data)));
  });
  return drawn;
}

function withoutDither(image) {
  const settings = new magick.QuantizeSettings();
  settings.colors = 256;
  settings.ditherMethod = magick.DitherMethod.No;
  image.quantize(settings);
}

(async () => {
  await magick.initializeImageMagick(readFileSync(require.resolve("@imagemagick/magick-wasm/magick.wasm")));
  console.log(magick.Magick.imageMagickVersion.split(" ").slice(0, 2).join(" "));
  for (const [name, colors] of Object.entries(sets)) {
    const pixels = new Uint8Array(SIDE * SIDE * 4);
    for (let at = 0; at < SIDE * SIDE; at++) pixels.set([...colors[at % colors.length], 255], at * 4);
    for (const format of ["Gif", "Png8"]) {
      const counts = [() => {}, withoutDither].map((prepare) => {
        const drawn = saved(pixels, magick.MagickFormat[format], prepare);
        let changed = 0;
        for (let at = 0; at < pixels.length; at += 4)
          changed += [0, 1, 2].some((channel) => pixels[at + channel] !== drawn[at + channel]);
        return changed;
      });
      console.log(`${name}, ${format}: ${counts[0]} of 256 pixels changed, ${counts[1]} without dithering`);
    }
  }
})();
END
node observe.js | tee seen
diff seen - <<'END'
ImageMagick 7.1.2-30
2 browns, 2 apart, Gif: 128 of 256 pixels changed, 0 without dithering
2 browns, 2 apart, Png8: 128 of 256 pixels changed, 128 without dithering
16 browns, 1 apart, Gif: 179 of 256 pixels changed, 0 without dithering
16 browns, 1 apart, Png8: 179 of 256 pixels changed, 179 without dithering
16 browns, 4 apart, Gif: 0 of 256 pixels changed, 0 without dithering
16 browns, 4 apart, Png8: 0 of 256 pixels changed, 0 without dithering
END
