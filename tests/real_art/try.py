#!/usr/bin/env python3
"""Tries every image and sound of three packages that nobody here made: `try.py [--in FOLDER] [--details FILE]`.

Each package becomes a project of its own. Each image becomes a bank, at the largest of the tile sizes 32, 16 and 8
that divides both of its sides (16 if none does, and its refusal counts); the sounds of a folder become one bank. What
is refused is tried again in the ways that its help names: with an option of `create`, with a larger canvas, and, if it
is larger than a bank, in parts, which all must pack; at last, only its whole cells.

Then the project is packed, and `verify_pack.py`, which shares nothing with the packer, compares each bank with the
images in RGB565, pixel by pixel, and with the frames of the sounds. Then comes the way back: what `extract` makes of
the pack is compared with the sources again, and the project that `extract --as-project` makes must pack to the same
bytes.

Prints the tables of `docs/real-art.md` as Markdown; `--details` writes a line for each file. `--in` keeps the downloads
in a folder, or finds them there; else they are gone afterwards. `PACKER` names the binary, else it is the newest build
in `target/`.

Exit codes: 0 no fault; 1 a difference, a crash, an exit code other than 0 and 1, or a refusal without help.
"""

import argparse
import json
import re
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import packages
import round_trip
from common import packer, verify_pack, write_png

IMAGES, SOUNDS = (".png",), (".wav", ".flac", ".ogg")
# What a help may name that one can do with `create` alone, to the whole image or sound. What only its artist knows,
# whether a color is the background, comes last.
REMEDIES = r"--downmix", r"--reduce-bit-depth", r"--color-key index0", r"--tile-size \d+", r"--color-key [0-9a-f]{6}"
CANVAS = re.compile(r"Resize the canvas, without scaling, to (\d+) × (\d+)")
LINES = re.compile(r"`((?:--margin \d+ )?--spacing \d+)`")
CELLS = re.compile(r"`(--region \d+,\d+,\d+,\d+)`")
BLANK, PARTS = "`--skip-blank`", "`--region X,Y,W,H`"
LARGEST = verify_pack.SHEET


class File:
    """An image or sound, tried in one way, and what became of it."""

    def __init__(self, path, way=""):
        self.path, self.way, self.size, self.pixels = path, way, "", None
        self.outcome = "not tried"
        self.told = []
        self.banks = []  # the roots that it, or each of its parts, is in
        self.again = []  # the ways that its help named

    def tried(self, errors, took, also, *banks):
        """Remembers the codes, and the words that an artist would read."""
        if errors:
            self.outcome = "refused: " + " and ".join(sorted({f"`{error['code']}`" for error in errors}))
            self.told = [f"{error['message']} | {error['help']}" for error in errors]
        else:
            self.outcome = f"packed with `{took}`" if took else "packed"
            self.told = also
            self.banks = list(banks)

    def packed(self):
        return self.outcome.startswith("packed")

    def all_ways(self):
        """This, and whatever followed from its help."""
        return [self] + [way for again in self.again for way in again.all_ways()]

    def end(self):
        """What its artist has in the end: the first way that packs all of it, else part of it, else the last refusal."""
        ways = self.all_ways()
        whole = [way for way in ways if way.packed() and CELLS_ALONE not in way.way]
        if whole:
            way = whole[0]
            return ", ".join(word for word in (way.outcome, way.way) if word)
        if any(way.packed() for way in ways):
            return f"packed, {CELLS_ALONE}"
        return [way for way in ways if CELLS_ALONE not in way.way and LINES_OUT not in way.way][-1].outcome


CANVAS_LARGER, CELLS_ALONE, LINES_OUT = "on a larger canvas", "its whole cells alone", "its lines cut out"
BLANK_OUT, IN_PARTS = "without its blank tiles", "in parts"


class Project:
    """A project that a package's files go into, and whatever went wrong with the packer itself."""

    def __init__(self, folder):
        self.folder, self.banks, self.faults = folder, {}, []
        self.run("init", folder)

    def run(self, verb, *args):
        """The packer's JSON answer, and its errors; anything but an honest 0 or 1 is a fault."""
        words = [verb, *map(str, args)]
        ended = subprocess.run([packer(), "--format", "json", *words], capture_output=True, timeout=600)
        try:
            answer = json.loads(ended.stdout)
        except ValueError:
            answer = {"status": "no JSON", "findings": []}
        errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
        if (ended.returncode, answer["status"], bool(errors)) not in ((0, "ok", False), (1, "errors", True)):
            said = f"exit code {ended.returncode}, {answer['status']}, {len(errors)} errors"
            self.faults.append(f"{said}: {' '.join(words)}: {ended.stderr[-300:]}")
            errors = errors or [{"code": said, "message": said, "help": "none", "file": None}]
        for error in errors:
            if not error["message"].strip() or not (error["help"] or "").strip():
                self.faults.append(f"{error['code']} without help: {' '.join(words)}")
        return answer, errors

    def create(self, kind, paths, options):
        """Makes a bank of these files, if not at once then as the help says; gives the errors that remain, what it took
        to get there, the codes of what was told besides, and the bank's root."""
        root = f"bank/{len(self.banks) + 1}"
        took = {}
        while True:
            words = [word for option in {**options, **took}.items() for word in option if word]
            answer, errors = self.run("create", self.folder, root, "--type", kind, *words, *paths)
            told = " ".join(error["help"] for error in errors)
            named = next(filter(None, (re.search(f"`({remedy})`", told) for remedy in REMEDIES)), None)
            option, _, value = named[1].partition(" ") if named else ("", "", "")
            if not named or option in took:
                break
            took[option] = value
        if not errors:
            key = took.get("--color-key")
            self.banks[root] = (list(paths), f"#{key}" if key and key != "index0" else key)
        also = sorted({finding["code"] for finding in answer["findings"]})
        return errors, " ".join(f"{option} {value}".strip() for option, value in took.items()), also, root

    def pack(self):
        """Packs, and gives the rows of the independent verifier by the root of their bank."""
        for verb, place in (("pack", self.folder), ("verify", self.folder / "build" / "assets.pa")):
            _, errors = self.run(verb, place)
            self.faults += [f"{verb}: {error}" for error in errors]
        for root, (paths, key) in self.banks.items():
            place = self.folder / "assets" / root
            artifacts = json.loads((place / "asset.json").read_text())["artifacts"]
            if [artifact["file"] for artifact in artifacts] != [path.name for path in paths]:
                self.faults.append(f"{root} is not made of {paths}")
            if any((place / path.name).read_bytes() != path.read_bytes() for path in paths):
                self.faults.append(f"{root}: a copy differs from its file")
            if any(artifact.get("color_key") != key for artifact in artifacts):
                self.faults.append(f"{root}: a color key that nobody asked for")
        rows = verify_pack.verify(self.folder)
        self.faults += [f"{row.asset}: {problem}" for row in rows for problem in row.problems]
        return {row.asset.partition(" ")[2]: row for row in rows}

    def way_back(self):
        """Extracts the pack both ways; gives how many banks, pixels and frames were compared, how many differ,
        and whether the bytes are the same again."""
        pack, files, again = (self.folder / "build" / "assets.pa", *(self.folder / name for name in ("files", "again")))
        counts, differences = Counter(banks=0, pixels=0, frames=0), 0
        told, errors = self.run("extract", pack, files)
        folders = {asset["asset_id"]: files / asset["folder"] for asset in told.get("assets", [])}
        index = json.loads((self.folder / "assets" / ".prometeu" / "index.json").read_text())
        for registered in index["assets"]:
            asset = verify_pack.Asset(self.folder / "assets", registered)
            count, wrong = round_trip.differences(asset, folders.get(asset.id, files))
            counts["pixels" if asset.family == "glyph_bank" else "frames"] += count
            counts["banks"] += 1
            differences += len(wrong)
            self.faults += [f"extract: {problem}" for problem in wrong]
        for words in (("extract", pack, again, "--as-project"), ("pack", again)):
            errors += self.run(*words)[1]
        self.faults += [f"the way back: {error}" for error in errors]
        packs = [path.read_bytes() for path in (pack, again / "build" / "assets.pa") if path.is_file()]
        same = len(packs) == 2 and packs[0] == packs[1]
        if not same:
            self.faults.append("the project that was extracted packs to other bytes")
        return counts, differences, same


def sides(path):
    """As the PNG's header has them; None if it is no PNG."""
    head = path.read_bytes()[:24]
    return struct.unpack(">II", head[16:24]) if head[:8] == b"\x89PNG\r\n\x1a\n" else None


def try_image(project, path, spare, way="", options=()):
    """Tries it; and if it is refused, tries it in the ways that its help names. Larger copies are put in `spare`.

    Less than the whole is only tried if the whole cannot be had.
    """
    file = File(path, way)
    found = sides(path) or (0, 0)
    file.size = "%d x %d" % found
    file.pixels = file_pixels(found, dict(options))
    size = next((size for size in (32, 16, 8) if not any(side % size for side in found)), 16)
    options = {"--tile-size": str(size), **dict(options)}
    file.tried(*project.create("glyph_bank", [path], options))
    told = " ".join(file.told)
    if file.packed() or "--region" in options or "--spacing" in options:
        return file

    def again(new_way, *new_options):
        return try_image(project, path, spare, ", ".join(filter(None, (way, new_way))), new_options)

    if canvas := CANVAS.search(told):
        larger = spare / str(len(list(spare.iterdir()))) / path.name
        larger.parent.mkdir()
        image = verify_pack.decode_png(path.read_bytes())
        rows = [[pixel[:4] for pixel in row] for row in image.rows]
        larger.write_bytes(write_png(rows, int(canvas[1]), int(canvas[2])))
        file.again.append(try_image(project, larger, spare, CANVAS_LARGER))
    if lines := LINES.search(told):
        words = lines[1].split()
        file.again.append(again(LINES_OUT, *zip(words[::2], words[1::2])))
    if BLANK in told and "--skip-blank" not in options:
        file.again.append(again(BLANK_OUT, ("--skip-blank", "")))
    if PARTS in told and "--skip-blank" not in options:
        file.again.append(try_parts(project, path, found, options, file))
    larger_packs = any(way.packed() for again in file.again for way in again.all_ways())
    if (cells := CELLS.search(told)) and not larger_packs:
        file.again.append(again(CELLS_ALONE, tuple(cells[1].split())))
    return file


def file_pixels(found, options):
    """How many pixels must be compared; None if nobody knows, for lines are cut out."""
    if "--spacing" in options:
        return None
    width, height = map(int, options.get("--region", "0,0,%d,%d" % found).split(",")[2:])
    return width * height


def try_parts(project, path, found, options, whole):
    """Tries it as several banks, each of a part as large as a bank, or what is left at the edges."""
    file = File(path, ", ".join(filter(None, (whole.way, IN_PARTS))))
    file.size, file.pixels = whole.size, whole.pixels
    also, took, banks = set(), set(), []
    for top in range(0, found[1], LARGEST):
        for left in range(0, found[0], LARGEST):
            width, height = min(LARGEST, found[0] - left), min(LARGEST, found[1] - top)
            region = {"--region": f"{left},{top},{width},{height}"}
            errors, with_it, told, bank = project.create("glyph_bank", [path], {**options, **region})
            if errors:
                file.tried(errors, "", [])
                return file
            also.update(told)
            took.update(filter(None, [with_it]))
            banks.append(bank)
    file.tried([], " or ".join(sorted(took)), sorted(also), *banks)
    return file


def try_sounds(project, paths):
    """The sounds of a folder in one bank; those that are refused are taken out, and the others tried again."""
    tried = {path: File(path) for path in paths}
    for folder in sorted({path.parent for path in paths}):
        left = [path for path in paths if path.parent == folder]
        options = {}
        while left:
            errors, took, also, bank = project.create("sound_bank", left, options)
            if [error["code"] for error in errors] == ["rate-needed"] and not options:
                options = {"--sample-rate": str(verify_pack.decode_wav(left[0].read_bytes()).rate)}
                continue
            blamed = {path: [error for error in errors if error["file"] == str(path)] for path in left}
            if errors and not any(blamed.values()):
                project.faults.append(f"no sound of {folder} is blamed: {errors}")
                break
            for path in list(left):
                if blamed[path] or not errors:
                    tried[path].tried(blamed[path], took, also, bank)
                    left.remove(path)
    return list(tried.values())


def compared(file, rows, unit):
    """How many pixels or frames of its banks were compared, blank tiles without an id too; and the differences."""
    number = wrong = 0
    for bank in file.banks:
        counts = rows[bank].compared
        tiles = counts.get("tiles", 1)
        number += counts[unit] // tiles * (tiles + counts.get("blank cells", 0))
        wrong += len(rows[bank].problems)
    return number, wrong


def files_table(results):
    """The files of each package: how they were tried, how many packed, and what was compared."""
    text = "| files | tried | packed | refused | compared | differences |\n|---|---:|---:|---:|---:|---:|\n"
    for name, kinds, rows, _ in results:
        for kind, files in kinds.items():
            unit = "frames" if kind == "sounds" else "pixels"
            packed = [file for file in files if file.packed()]
            # The sounds of a folder share a bank.
            banks = {file.banks[0]: file for file in packed} if unit == "frames" else dict(enumerate(packed))
            counts = [compared(file, rows, unit) for file in banks.values()]
            number, wrong = (sum(count[n] for count in counts) for n in (0, 1))
            numbers = f"{len(files)} | {len(packed)} | {len(files) - len(packed)} | {number:,} {unit} | {wrong}"
            text += f"| {name}: {kind} | {numbers} |\n"
    return text


def outcomes_table(title, results, kind, outcome):
    """How many files of this kind had which outcome, for each package."""
    counts = {name: Counter(map(outcome, kinds[kind])) for name, kinds, *_ in results if kind in kinds}
    text = f"| {title} | " + " | ".join(counts) + " |\n|---|" + "---:|" * len(counts) + "\n"
    for row in sorted(set().union(*counts.values())):
        text += f"| {row} | " + " | ".join(str(count[row]) for count in counts.values()) + " |\n"
    return text


def way_back_table(results):
    text = "| the way back | banks | compared | differences | packs again |\n|---|---:|---:|---:|---|\n"
    for name, _, _, (counts, wrong, same) in results:
        sizes = " and ".join(f"{counts[unit]:,} {unit}" for unit in ("pixels", "frames") if counts[unit])
        again = "to the same bytes" if same else "to other bytes"
        text += f"| {name} | {counts['banks']} | {sizes} | {wrong} | {again} |\n"
    return text


def try_package(name, source, scratch):
    """Its version, its files by kind, the verifier's rows, the way back, and what went wrong."""
    place, version = packages.unpack(name, source)
    project, spare = Project(scratch / f"{name}-project"), scratch / f"{name}-larger"
    spare.mkdir()
    kinds = {"images": [], "sounds": []}
    for path in packages.files(place, *IMAGES):
        for file in try_image(project, path, spare).all_ways():
            kinds.setdefault(", ".join(filter(None, ("images", file.way))), []).append(file)
    kinds["sounds"] = try_sounds(project, packages.files(place, *SOUNDS))
    rows = project.pack()
    for file in (file for files in kinds.values() for file in files):
        if file.packed() and file.pixels is not None and file.pixels != compared(file, rows, "pixels")[0]:
            project.faults.append(f"{file.path} {file.way}: not all pixels were compared")
    back = project.way_back()
    kinds = {kind: kinds[kind] for kind in sorted(kinds) if kinds[kind]}
    return (f"{name} {version}", kinds, rows, back), [f"{name}: {fault}" for fault in project.faults]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="folder", type=Path, help="where the packages are, or are downloaded to")
    parser.add_argument("--details", type=Path, help="a file that gets a line for each image and sound")
    parser.add_argument("package", nargs="*", default=list(packages.PACKAGES), help="only these packages")
    wanted = parser.parse_args()
    results, faults = [], []
    with tempfile.TemporaryDirectory() as scratch:
        source = (wanted.folder or Path(scratch) / "packages").absolute()
        for name in wanted.package:
            result, wrong = try_package(name, source, Path(scratch))
            results.append(result)
            faults += wrong
    first, last = lambda file: file.outcome, File.end
    tables = [files_table(results), outcomes_table("images, at first", results, "images", first)]
    tables += [outcomes_table("images, in the end", results, "images", last)]
    tables += [outcomes_table("sounds", results, "sounds", first), way_back_table(results)]
    print("\n".join(tables), end="")
    if wanted.details:
        files = [(kind, file) for _, kinds, *_ in results for kind, files in kinds.items() for file in files]
        lines = ["\t".join([str(f.path), kind, f.size, f.outcome, " / ".join(f.told)]) + "\n" for kind, f in files]
        wanted.details.write_text("".join(lines))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
