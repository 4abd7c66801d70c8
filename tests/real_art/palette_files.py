#!/usr/bin/env python3
"""Palette files that other programs wrote: `palette_files.py [--in FOLDER]`.

Each is taken by `create --palette`, and the declared colors are compared with those that another program reads, or that
the writing program was given:

| written by | compared with |
|---|---|
| GIMP, as it ships them | Pillow's reader |
| the PyPI package `colourswatch`, as `.gpl`, JASC `.pal` and Paint.NET `.txt` | the colors that it was given |
| superfamiconv, as `.act` | the JSON that it writes beside it |
| Pyxel, as a list of hex colors | what Pyxel loads from the file |
| Aseprite, in the sprites of five packages | `tests/support/read_aseprite.py` |
| libpng's author, as the indexed images of PngSuite | Pillow |

Prints the table of `docs/real-art.md` as Markdown. Exit codes: 0 no fault; 1 a difference, or a rejection without help or
of a file that is not listed as rejected.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import packages
from common import packer, write_png

import read_aseprite

# How many palettes of each program that writes them here.
WRITTEN = 10
ROW = 16
COLOURSWATCH = """
import json, sys
sys.path.insert(0, sys.argv[1])
from colormath.color_objects import sRGBColor
from colourswatch.colourswatch import Colour, ColourSwatch
from colourswatch.io import saveColourSwatch
for path, name, colors in json.load(sys.stdin):
    named = [Colour(f"c{n}", sRGBColor(*rgb, is_upscaled=True), nameNull=True) for n, rgb in enumerate(colors)]
    saveColourSwatch(path, ColourSwatch(name, colours=named))
"""
PYXEL = """
import json, sys
sys.path.insert(0, sys.argv[1])
import pyxel
pyxel.init(8, 8, headless=True)
loaded = []
for path, name, colors in json.load(sys.stdin):
    pyxel.colors[:] = [red << 16 | green << 8 | blue for red, green, blue in colors]
    pyxel.save_pal(path)
    pyxel.colors[:] = [0] * 16
    pyxel.load_pal(path)
    loaded.append([[color >> 16, color >> 8 & 255, color & 255] for color in pyxel.colors])
print(json.dumps(loaded))
"""


class Table:
    """The rows of the page, and what went wrong."""

    def __init__(self, scratch):
        self.scratch, self.rows, self.faults = scratch, [], []
        self.blank = scratch / "blank.png"
        self.blank.write_bytes(write_png([[(0, 0, 0, 0)] * 8] * 8, 8, 8))

    def read(self, path):
        """The colors that the packer declares, or the codes of the findings that keep the file out."""
        project = Path(tempfile.mkdtemp(dir=self.scratch))
        words = ["--type", "glyph_bank", "--palette", path, "--rows", "all", self.blank]
        run("init", project)
        answer = run("create", project, "bank", *words)
        findings = answer["findings"]
        if any(not finding["help"] for finding in findings):
            self.faults.append(f"{path}: a finding without help")
        if answer["asset_id"] is None:
            return None, sorted({finding["code"] for finding in findings})
        declaration = json.loads((project / "assets" / "bank" / "asset.json").read_text())
        palettes = declaration["output"]["pipeline"]["palettes"]
        colors = [color for palette in palettes for color in palette["palette"]["colors"]]
        return [tuple(bytes.fromhex(color[1:])) for color in colors], []

    def compare(self, program, form, reader, files, rejected=()):
        """Adds a row. `files` are paths with the colors that are expected, and `rejected` the codes that are."""
        equal, refused, most = 0, {}, 0
        for path, expected in files:
            colors, codes = self.read(path)
            if colors is None:
                refused[", ".join(codes)] = refused.get(", ".join(codes), 0) + 1
                if not set(codes) <= set(rejected):
                    self.faults.append(f"{path}: rejected with {codes}")
            elif colors != [tuple(color) for color in expected]:
                self.faults.append(f"{path}: {colors[:4]}… instead of {list(expected)[:4]}…")
            else:
                equal, most = equal + 1, max(most, len(colors))
        codes = "; ".join(f"{count} × `{code}`" for code, count in sorted(refused.items())) or "–"
        self.rows.append(f"| {program} | {form} | {reader} | {len(files)} | {equal} | {most} | {codes} |")


def run(*words):
    """The JSON answer of the packer."""
    ended = subprocess.run([packer(), "--format", "json", *map(str, words)], capture_output=True, timeout=60)
    return json.loads(ended.stdout)


def run_python(text, modules, palettes):
    """Runs a program in Python on palettes: a path, a name and the colors of each. Returns the last line that it
    prints: before it, Pyxel says that there is no audio."""
    words = [sys.executable, "-c", text, str(modules)]
    given = json.dumps([[str(path), name, list(colors)] for path, name, colors in palettes])
    ended = subprocess.run(words, input=given, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    return (ended.stdout.splitlines() or [""])[-1]


def gimp_palettes(folder):
    """GIMP's own palettes: the path, the name and the colors of each, as Pillow reads them."""
    sys.path.insert(0, str(packages.pillow(folder)))
    from PIL.GimpPaletteFile import GimpPaletteFile

    for path in packages.gimp_palettes(folder):
        # Read from a file, Pillow stops after 256 lines, comments included.
        colors = GimpPaletteFile.frombytes(path.read_bytes()).palette
        yield path, path.stem, list(zip(*[iter(colors)] * 3))


def pyxel(table, folder, palettes):
    given = [(table.scratch / f"{name}.pyxpal", name, colors[:ROW]) for _, name, colors in palettes]
    loaded = json.loads(run_python(PYXEL, folder / "pyxel", given))
    for (path, _, colors), found in zip(given, loaded):
        assert [tuple(color) for color in found] == colors, f"{path}: Pyxel loads other colors than it saved"
    table.compare("Pyxel", "hex list", "Pyxel", [(path, colors) for path, _, colors in given])


def superfamiconv(table, folder, palettes):
    """Color tables of images that have the colors of a palette."""
    program, files = packages.superfamiconv(folder / "archives"), []
    for _, name, colors in palettes:
        image, act, listed = (table.scratch / f"{name}{suffix}" for suffix in (".png", ".act", ".json"))
        colors = list(dict.fromkeys(colors))[:15]
        rows = [[(*colors[(x + y) % len(colors)], 255) for x in range(16)] for y in range(16)]
        image.write_bytes(write_png(rows, 16, 16))
        words = ["palette", "-M", "snes", "-P", "1", "-C", "16", "-W", "16", "-H", "16"]
        subprocess.run([program, *words, "-i", image, "-a", act, "-j", listed], check=True, stdout=subprocess.DEVNULL)
        (listed,) = json.loads(listed.read_text())["palettes"]
        # The table says that it has 16 colors, and is filled with black.
        listed = [tuple(bytes.fromhex(color[1:7])) for color in listed]
        files.append((act, listed + [(0, 0, 0)] * (ROW - len(listed))))
    table.compare("superfamiconv", "Photoshop", "its JSON", files)


def colourswatch(table, folder, palettes):
    def written(suffix):
        given = [(table.scratch / f"{name}{suffix}", name, colors) for _, name, colors in palettes]
        run_python(COLOURSWATCH, packages.colourswatch(folder), given)
        return [(path, colors) for path, _, colors in given]

    table.compare("colourswatch", "GIMP", "what it was given", written(".gpl"))
    table.compare("colourswatch", "JASC", "what it was given", written(".pal"))
    # Its files say that the alpha comes first, and have it last. A packer cannot know; no color is taken for another,
    # unless the red of all is 255.
    files = written(".txt")
    table.compare("colourswatch", "Paint.NET, alpha last", "what it was given", files, ["palette-file-value"])
    for path, _ in files:
        lines = path.read_text().splitlines()
        path.write_text("\n".join(line if line.startswith(";") else line[6:] + line[:6] for line in lines))
    table.compare("colourswatch", "Paint.NET, alpha first", "what it was given", files)


def sprites(table, folder):
    files = []
    for paths in packages.sprites(folder).values():
        for path in paths:
            frames = read_aseprite.Sprite(path.read_bytes()).frames
            files.append((path, [color[:3] for color in frames[0]["palette"]]))
    rejected = ["palette-file-value", "too-many-palettes"]
    table.compare("Aseprite", "Aseprite", "`read_aseprite.py`", files, rejected)


def png_images(table, folder):
    from PIL import Image

    files = []
    for path in sorted(packages.pngsuite(folder).glob("*.png")):
        try:
            image = Image.open(path)
        except OSError:
            continue  # PngSuite has images that are damaged on purpose.
        if image.mode == "P":
            files.append((path, list(zip(*[iter(image.palette.palette)] * 3))))
    table.compare("PngSuite", "PNG", "Pillow", files, ["palette-file-value"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--in", dest="folder", type=Path)
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.path.abspath(folder or scratch))
        table = Table(Path(scratch))
        all_of_gimp = list(gimp_palettes(folder))
        table.compare("GIMP 2.10", "GIMP", "Pillow", [(path, colors) for path, _, colors in all_of_gimp])
        some = [palette for palette in all_of_gimp if len(palette[2]) >= ROW][:WRITTEN]
        colourswatch(table, folder, some)
        superfamiconv(table, folder, some)
        pyxel(table, folder, some)
        sprites(table, folder)
        png_images(table, folder)
        print("| written by | format | compared with | files | equal | most colors | rejected |")
        print("|---|---|---|---:|---:|---:|---|")
        print("\n".join(table.rows))
        for fault in table.faults:
            print(f"FAULT: {fault}", file=sys.stderr)
        return 1 if table.faults else 0


if __name__ == "__main__":
    sys.exit(main())
