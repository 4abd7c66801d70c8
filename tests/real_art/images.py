#!/usr/bin/env python3
"""Compares the images that the packer decodes when they are added with Pillow: `images.py [--in FOLDER]`.

Pillow, ImageMagick, netpbm and gifsicle write images of each format and form, at sizes that fill no byte. Each is added
to a glyph bank, which decodes it into a PNG. That must have the pixels that Pillow reads from the original, and its
indices, where Pillow keeps them. Where Pillow reads an image wrongly or not at all, it must have those of the drawing.
A JPEG and a lossy WebP are refused.

`--in` names the folder of `packages.py`, and `PACKER` the binary. Exit codes: 0 no fault; 1 a difference.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import packages
from common import packer

SIZES = ((16, 16), (13, 7), (9, 24), (1, 3))
# The exact colors of 5 bits per channel, which each reader widens in another way.
FIVE_BITS = [value << 3 | value >> 2 for value in range(32)]


def run(*words):
    """The exit code and the JSON answer of the packer."""
    ended = subprocess.run([packer(), "--format", "json", *map(str, words)], capture_output=True, timeout=120)
    return ended.returncode, json.loads(ended.stdout)


def tool(*words, data=None):
    """Runs a program that writes an image."""
    return subprocess.run([str(word) for word in words], input=data, capture_output=True, check=True).stdout


def drawings(pillow):
    """Images that look different from each side: of 2, 16 and 256 colors, gray, true color, and with alpha."""
    chance = random.Random(7)
    for width, height in SIZES:
        for colors in (2, 16, 256):
            image = pillow.new("P", (width, height))
            # No two colors are equal, and none is a gray: programs that write gray levels would drop the palette.
            palette = [part for n in range(colors) for part in (n, 255 - n, (n * 7 + 3) % 256)]
            image.putpalette(palette)
            image.putdata([min(colors - 1, chance.randrange(colors) // (1 + y % 2)) for y in range(height) for _ in range(width)])
            yield f"p{colors}-{width}x{height}", image
        pixels = [tuple(chance.choice(FIVE_BITS) for _ in range(3)) for _ in range(width * height)]
        color = pillow.new("RGB", (width, height))
        color.putdata(pixels)
        yield f"rgb-{width}x{height}", color
        alpha = pillow.new("RGBA", (width, height))
        alpha.putdata([(*pixel, chance.choice((0, 128, 255))) for pixel in pixels])
        yield f"rgba-{width}x{height}", alpha
        yield f"gray-{width}x{height}", color.convert("L")


def images(pillow, folder):
    """Each image as every program writes it: its path, whether its indices must be kept, and the file to compare with."""
    for name, image in drawings(pillow):
        is_indexed = image.mode == "P"
        png = folder / f"{name}.source"
        image.save(png, format="PNG")

        def written(form, extension):
            return folder / f"{name}-{form}.{extension}"

        def by_pillow(form, extension, drawing=image, **options):
            path = written(form, extension)
            drawing.save(path, format={"tga": "TGA"}.get(extension), **options)
            return path

        yield by_pillow("pillow", "bmp"), is_indexed
        # Pillow 11.3 loses the blue of a PCX that is one pixel wide.
        if image.mode != "RGBA" and (is_indexed or image.width > 1):
            yield by_pillow("pillow", "pcx"), is_indexed
        if is_indexed and len(image.getcolors(256)) > 1:
            yield by_pillow("two", "bmp", image.convert("L").point(lambda value: 255 * (value > 127)).convert("1")), False
            yield by_pillow("two", "pcx", image.convert("L").point(lambda value: 255 * (value > 127)).convert("1")), False
        for compression in (None, "tga_rle"):
            for orientation in (1, -1):
                form = f"pillow-{compression}-{orientation}"
                yield by_pillow(form, "tga", compression=compression, orientation=orientation), is_indexed
        yield by_pillow("pillow", "webp", image.convert("RGBA"), lossless=True, exact=True), False
        if is_indexed:
            for interlace in (0, 1):
                # Pillow and netpbm remove unused colors from the palette; the file that they write counts.
                yield by_pillow(f"pillow-{interlace}", "gif", interlace=interlace), True
            yield by_pillow("transparent", "gif", transparency=1), True
            path = written("gifsicle", "gif")
            tool("gifsicle", "--interlace", "--careful", written("pillow-0", "gif"), "-o", path)
            yield path, True
        for form, extension, options in (
            ("magick", "bmp", ()), ("magick2", "bmp2", ()), ("magick3", "bmp3", ()), ("magick-rle", "bmp3", ("-compress", "RLE")),
            ("magick", "pcx", ()), ("magick-none", "pcx", ("-compress", "none")), ("magick", "tga", ()),
            ("magick-rle", "tga", ("-compress", "RLE")), ("magick", "webp", ("-define", "webp:lossless=true")),
            ("magick", "gif", ()), ("magick-line", "gif", ("-interlace", "line")),
        ):  # fmt: skip
            path = written(form, {"bmp2": "bmp", "bmp3": "bmp"}.get(extension, extension))
            if extension == "pcx" and image.mode == "RGBA":
                continue  # ImageMagick writes a fourth channel, which no other program reads.
            tool("convert", f"png:{png}", *options, f"{extension}:{path}")
            # Pillow reads no PCX without compression.
            yield path, False, png if form == "magick-none" else path
        if image.mode in ("P", "RGB"):
            ppm = written("netpbm", "ppm")
            image.convert("RGB").save(ppm)
            for form, extension, words in (
                ("windows", "bmp", ("ppmtobmp", "-windows", ppm)), ("os2", "bmp", ("ppmtobmp", "-os2", ppm)),
                ("netpbm", "pcx", ("ppmtopcx", ppm)), ("netpbm-24", "pcx", ("ppmtopcx", "-24bit", ppm)),
                ("netpbm", "tga", ("pamtotga", "-rgb", "-norle", ppm)), ("netpbm-rle", "tga", ("pamtotga", "-rgb", ppm)),
            ):  # fmt: skip
                path = written(form, extension)
                path.write_bytes(tool(*words))
                # Pillow takes the two colors of a PCX for black and white.
                yield path, False, png if extension == "pcx" else path


def compare(pillow, path, png, keeps_indices):
    """What is wrong with the PNG that an image became; `None` if nothing is."""
    with pillow.open(path) as original, pillow.open(png) as decoded:
        if original.size != decoded.size:
            return f"{decoded.size} instead of {original.size}"
        if keeps_indices and original.mode == "P":
            if decoded.mode != "P":
                return f"its indices are lost: {decoded.mode}"
            if list(original.getdata()) != list(decoded.getdata()):
                return "its indices differ"
        expected, found = (list(image.convert("RGBA").getdata()) for image in (original, decoded))
    # The color of a transparent pixel is never seen.
    wrong = [at for at, (a, b) in enumerate(zip(expected, found, strict=True)) if a != b and (a[3] or b[3])]
    return f"{len(wrong)} pixels differ, first {expected[wrong[0]]} and {found[wrong[0]]}" if wrong else None


def main():
    """Compares all images, and adds what must be refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="folder", type=Path, default=Path(tempfile.gettempdir()) / "real_art")
    folder = parser.parse_args().folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(packages.pillow(folder)))
    from PIL import Image

    counts, faults = {}, 0
    with tempfile.TemporaryDirectory() as scratch:
        project, art = Path(scratch) / "project", Path(scratch) / "art"
        art.mkdir()
        run("init", project)
        for n, (path, keeps_indices, *reference) in enumerate(images(Image, art)):
            words = ("create", project, f"a{n}", "--type", "glyph_bank", "--tile-size", 8, "--force", path)
            code, answer = run(*words)
            codes = [finding["code"] for finding in answer["findings"]]
            problem = f"exit {code}, {answer['findings'][:1]}"
            if code == 0 and "image-imported" in codes:
                problem = compare(Image, *(reference or [path]), project / "assets" / f"a{n}" / f"{path.stem}.png", keeps_indices)
            if problem:
                faults += 1
                print(f"fault: {path.name}: {problem}")
            counts[path.suffix[1:]] = counts.get(path.suffix[1:], 0) + 1
        noise = Image.effect_noise((16, 16), 90).convert("RGB")
        for name, expected in (("lossy.webp", "image-import"), ("photo.jpg", "image-not-png")):
            noise.save(art / name)
            code, answer = run("create", project, "lossy", "--type", "glyph_bank", "--tile-size", 8, art / name)
            if code != 1 or expected not in [finding["code"] for finding in answer["findings"]]:
                faults += 1
                print(f"fault: {name}: exit {code}, {answer['findings']}")
    print("decoded as Pillow decodes them:", ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())), f"· {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
