#!/usr/bin/env python3
"""Packs every image and sound of three packages by other authors: `try.py [--in FOLDER] [--details FILE]`.

Each package becomes a project. Each image becomes a bank, at the largest of the tile sizes 32, 16 and 8 that divides
both of its sides (16 if none does; then the rejection counts). The sounds of a folder become one bank. What is rejected
is tried again in the ways that its help proposes: with an option of `create`, on a larger canvas, and, if it is larger
than a bank, in parts, which all must pack; and last, only its whole cells.

Then the project is packed, and `verify_pack.py`, which shares no code with the packer, compares each bank with the
images in RGB565, pixel by pixel, and with the frames of the sounds. Then comes the round trip: what `extract` writes is
compared with the sources again, and the project that `extract --as-project` creates must pack to the same bytes.

Prints the tables of `docs/real-art.md` as Markdown; `--details` writes a line for each file. `--in` names a folder in
which the downloads are kept and found again; without it they are deleted afterwards. `PACKER` names the binary; without
it the newest build in `target/` is used.

Exit codes: 0 no fault; 1 a difference, a crash, an exit code other than 0 and 1, or a rejection without help.
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

# `sounds.py` compares those that are decoded when they are added.
IMAGES, SOUNDS = (".png",), (".wav", ".flac")
# The options of `create` that a help may propose for the whole image or sound. Only the artist knows whether a color is
# the background, so that one comes last.
REMEDIES = r"--downmix", r"--reduce-bit-depth", r"--color-key index0", r"--tile-size \d+", r"--color-key [0-9a-f]{6}"
CANVAS = re.compile(r"Resize the canvas to (\d+) × (\d+) without scaling")
LINES = re.compile(r"`((?:--margin \d+ )?--spacing \d+)`")
CELLS = re.compile(r"`(--region \d+,\d+,\d+,\d+)`")
BLANK, PARTS = "`--skip-blank`", "`--region X,Y,W,H`"
LARGEST = verify_pack.SHEET


class File:
    """An image or sound, tried in one way, and the result."""

    def __init__(self, path, way=""):
        self.path, self.way, self.size, self.pixels = path, way, "", None
        self.outcome = "not tried"
        self.messages = []
        self.banks = []  # the roots of it, or of each of its parts
        self.again = []  # the further tries that its help proposed

    def tried(self, errors, took, also, *banks):
        """Stores the codes and the messages."""
        if errors:
            self.outcome = "rejected: " + " and ".join(sorted({f"`{error['code']}`" for error in errors}))
            self.messages = [f"{error['message']} | {error['help']}" for error in errors]
        else:
            self.outcome = f"packed with `{took}`" if took else "packed"
            self.messages = also
            self.banks = list(banks)

    def packed(self):
        return self.outcome.startswith("packed")

    def all_ways(self):
        """This try, and all that followed from its help."""
        return [self] + [way for again in self.again for way in again.all_ways()]

    def end(self):
        """The best result: the first way that packs all of it, else part of it, else the last rejection."""
        ways = self.all_ways()
        whole = [way for way in ways if way.packed() and CELLS_ALONE not in way.way]
        if whole:
            way = whole[0]
            return ", ".join(word for word in (way.outcome, way.way) if word)
        if any(way.packed() for way in ways):
            return f"packed, {CELLS_ALONE}"
        return [way for way in ways if CELLS_ALONE not in way.way and LINES_OUT not in way.way][-1].outcome


CANVAS_LARGER, CELLS_ALONE, LINES_OUT = "on a larger canvas", "only whole cells", "without lines between tiles"
BLANK_OUT, IN_PARTS = "without blank tiles", "in parts"
WAYS = CANVAS_LARGER, CELLS_ALONE, LINES_OUT, BLANK_OUT, IN_PARTS


class Project:
    """The project of a package, and the faults of the packer itself."""

    def __init__(self, folder):
        self.folder, self.banks, self.faults = folder, {}, []
        self.run("init", folder)

    def run(self, verb, *args):
        """The packer's JSON answer and its errors. An exit code that is not 0 or 1, or does not fit, is a fault."""
        words = [verb, *map(str, args)]
        ended = subprocess.run([packer(), "--format", "json", *words], capture_output=True, timeout=600)
        try:
            answer = json.loads(ended.stdout)
        except ValueError:
            answer = {"status": "no JSON", "findings": []}
        errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
        if (ended.returncode, answer["status"], bool(errors)) not in ((0, "ok", False), (1, "errors", True)):
            fault = f"exit code {ended.returncode}, {answer['status']}, {len(errors)} errors"
            self.faults.append(f"{fault}: {' '.join(words)}: {ended.stderr[-300:]}")
            errors = errors or [{"code": fault, "message": fault, "help": "none", "file": None}]
        for error in errors:
            if not error["message"].strip() or not (error["help"] or "").strip():
                self.faults.append(f"{error['code']} without help: {' '.join(words)}")
        return answer, errors

    def create(self, kind, paths, options):
        """Creates a bank from these files; if it is rejected, with the options that the help proposes. Returns the
        remaining errors, the options, the codes of all findings, and the bank's root."""
        root = f"bank/{len(self.banks) + 1}"
        took = {}
        while True:
            words = [word for option in {**options, **took}.items() for word in option if word]
            answer, errors = self.run("create", self.folder, root, "--type", kind, *words, *paths)
            helps = " ".join(error["help"] for error in errors)
            named = next(filter(None, (re.search(f"`({remedy})`", helps) for remedy in REMEDIES)), None)
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
        """Packs, and returns the rows of the independent verifier by the root of their bank."""
        for verb, place in (("pack", self.folder), ("verify", self.folder / "build" / "assets.pa")):
            _, errors = self.run(verb, place)
            self.faults += [f"{verb}: {error}" for error in errors]
        for root, (paths, key) in self.banks.items():
            place = self.folder / "assets" / root
            artifacts = json.loads((place / "asset.json").read_text())["artifacts"]
            if [artifact["file"] for artifact in artifacts] != [path.name for path in paths]:
                self.faults.append(f"{root} does not consist of {paths}")
            if any((place / path.name).read_bytes() != path.read_bytes() for path in paths):
                self.faults.append(f"{root}: a copy differs from its file")
            if any(artifact.get("color_key") != key for artifact in artifacts):
                self.faults.append(f"{root}: an unrequested color key")
        rows = verify_pack.verify(self.folder)
        self.faults += [f"{row.asset}: {problem}" for row in rows for problem in row.problems]
        return {row.asset.partition(" ")[2]: row for row in rows}

    def round_trip(self):
        """Extracts the pack both ways. Returns the numbers of compared banks, pixels and frames, the number of
        differences, and whether the bytes are the same again."""
        pack, files, again = (self.folder / "build" / "assets.pa", *(self.folder / name for name in ("files", "again")))
        counts, differences = Counter(banks=0, pixels=0, frames=0), 0
        answer, errors = self.run("extract", pack, files)
        folders = {asset["asset_id"]: files / asset["folder"] for asset in answer.get("assets", [])}
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
        self.faults += [f"round trip: {error}" for error in errors]
        packs = [path.read_bytes() for path in (pack, again / "build" / "assets.pa") if path.is_file()]
        same = len(packs) == 2 and packs[0] == packs[1]
        if not same:
            self.faults.append("the extracted project packs to different bytes")
        return counts, differences, same


def sides(path):
    """Width and height from the PNG's header; None if it is not a PNG."""
    head = path.read_bytes()[:24]
    return struct.unpack(">II", head[16:24]) if head[:8] == b"\x89PNG\r\n\x1a\n" else None


def try_image(project, path, spare, way="", options=()):
    """Tries an image, and if it is rejected, tries it in the ways that its help proposes. Larger copies go to `spare`.

    A part of the image is tried only if the whole image cannot be packed.
    """
    file = File(path, way)
    found = sides(path) or (0, 0)
    file.size = "%d x %d" % found
    file.pixels = file_pixels(found, dict(options))
    size = next((size for size in (32, 16, 8) if not any(side % size for side in found)), 16)
    options = {"--tile-size": str(size), **dict(options)}
    file.tried(*project.create("glyph_bank", [path], options))
    messages = " ".join(file.messages)
    if file.packed() or "--region" in options or "--spacing" in options:
        return file

    def again(new_way, *new_options):
        return try_image(project, path, spare, ", ".join(filter(None, (way, new_way))), new_options)

    if canvas := CANVAS.search(messages):
        larger = spare / str(len(list(spare.iterdir()))) / path.name
        larger.parent.mkdir()
        image = verify_pack.decode_png(path.read_bytes())
        rows = [[pixel[:4] for pixel in row] for row in image.rows]
        larger.write_bytes(write_png(rows, int(canvas[1]), int(canvas[2])))
        file.again.append(try_image(project, larger, spare, CANVAS_LARGER))
    if lines := LINES.search(messages):
        words = lines[1].split()
        file.again.append(again(LINES_OUT, *zip(words[::2], words[1::2])))
    if BLANK in messages and "--skip-blank" not in options:
        file.again.append(again(BLANK_OUT, ("--skip-blank", "")))
    if PARTS in messages and "--skip-blank" not in options:
        file.again.append(try_parts(project, path, found, options, file))
    larger_packs = any(way.packed() for again in file.again for way in again.all_ways())
    if (cells := CELLS.search(messages)) and not larger_packs:
        file.again.append(again(CELLS_ALONE, tuple(cells[1].split())))
    return file


def file_pixels(found, options):
    """The number of pixels to compare; None if it is not known because lines are removed."""
    if "--spacing" in options:
        return None
    width, height = map(int, options.get("--region", "0,0,%d,%d" % found).split(",")[2:])
    return width * height


def try_parts(project, path, found, options, whole):
    """Tries an image as several banks, each of a part as large as a bank, or smaller at the edges."""
    file = File(path, ", ".join(filter(None, (whole.way, IN_PARTS))))
    file.size, file.pixels = whole.size, whole.pixels
    also, took, banks = set(), set(), []
    for top in range(0, found[1], LARGEST):
        for left in range(0, found[0], LARGEST):
            width, height = min(LARGEST, found[0] - left), min(LARGEST, found[1] - top)
            region = {"--region": f"{left},{top},{width},{height}"}
            errors, with_it, codes, bank = project.create("glyph_bank", [path], {**options, **region})
            if errors:
                file.tried(errors, "", [])
                return file
            also.update(codes)
            took.update(filter(None, [with_it]))
            banks.append(bank)
    file.tried([], " or ".join(sorted(took)), sorted(also), *banks)
    return file


def try_sounds(project, paths):
    """Puts the sounds of a folder in one bank; rejected ones are removed, and the others tried again."""
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
    """The number of compared pixels or frames of its banks, with blank tiles that have no id; and the differences."""
    number = wrong = 0
    for bank in file.banks:
        counts = rows[bank].compared
        tiles = counts.get("tiles", 1)
        number += counts[unit] // tiles * (tiles + counts.get("blank cells", 0))
        wrong += len(rows[bank].problems)
    return number, wrong


def files_table(results):
    """The files of each package: how they were tried, how many were packed, and what was compared."""
    text = "| files | tried | packed | rejected | compared | differences |\n|---|---:|---:|---:|---:|---:|\n"
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
    """The number of files of this kind for each outcome and package."""
    counts = {name: Counter(map(outcome, kinds[kind])) for name, kinds, *_ in results if kind in kinds}
    text = f"| {title} | " + " | ".join(counts) + " |\n|---|" + "---:|" * len(counts) + "\n"
    for row in sorted(set().union(*counts.values())):
        text += f"| {row} | " + " | ".join(str(count[row]) for count in counts.values()) + " |\n"
    return text


def round_trip_table(results):
    text = "| round trip | banks | compared | differences | packs to |\n|---|---:|---:|---:|---|\n"
    for name, _, _, (counts, wrong, same) in results:
        sizes = " and ".join(f"{counts[unit]:,} {unit}" for unit in ("pixels", "frames") if counts[unit])
        again = "the same bytes" if same else "different bytes"
        text += f"| {name} | {counts['banks']} | {sizes} | {wrong} | {again} |\n"
    return text


def try_package(name, source, scratch):
    """Its version, its files by kind, the verifier's rows, the result of the round trip, and the faults."""
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
    back = project.round_trip()
    kinds = {kind: kinds[kind] for kind in sorted(kinds) if kinds[kind]}
    return (f"{name} {version}", kinds, rows, back), [f"{name}: {fault}" for fault in project.faults]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="folder", type=Path, help="the folder of the packages")
    parser.add_argument("--details", type=Path, help="write a line for each image and sound into this file")
    parser.add_argument("package", nargs="*", default=list(packages.PACKAGES), help="only these packages")
    wanted = parser.parse_args()
    results, faults = [], []
    with tempfile.TemporaryDirectory() as scratch:
        source = (wanted.folder or Path(scratch) / "packages").absolute()
        for name in wanted.package:
            result, wrong = try_package(name, source, Path(scratch))
            results.append(result)
            faults += wrong
    if set(packages.PACKAGES) <= set(wanted.package):
        tried = " ".join(kind for _, kinds, *_ in results for kind in kinds)
        faults += [f"nothing was tried {way}: no help that was read proposes it" for way in WAYS if way not in tried]
    first, last = lambda file: file.outcome, File.end
    tables = [files_table(results), outcomes_table("images, first try", results, "images", first)]
    tables += [outcomes_table("images, best result", results, "images", last)]
    tables += [outcomes_table("sounds", results, "sounds", first), round_trip_table(results)]
    print("\n".join(tables), end="")
    if wanted.details:
        files = [(kind, file) for _, kinds, *_ in results for kind, files in kinds.items() for file in files]
        lines = ["\t".join([str(f.path), kind, f.size, f.outcome, " / ".join(f.messages)]) + "\n" for kind, f in files]
        wanted.details.write_text("".join(lines))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
