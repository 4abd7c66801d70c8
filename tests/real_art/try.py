#!/usr/bin/env python3
"""Tries every picture and sound of three packages that nobody here made: `try.py [--in FOLDER] [--details FILE]`.

Each package becomes a project of its own. Each picture becomes a bank, at the largest of the tile sizes 32, 16 and 8
that divides both of its sides (16 if none does, and its refusal counts); the sounds of a folder become one bank. What
is refused is tried again the way its help says: with an option of `create`, or with a larger canvas. Then the project
is packed, and `verify_pack.py`, which shares nothing with the packer, compares each bank with the pictures in RGB565,
pixel by pixel, and with the frames of the sounds.

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
from common import packer, verify_pack, write_png

PICTURES, SOUNDS = (".png",), (".wav", ".flac", ".ogg")
# What a help may name that one can do with `create` alone, without touching the file.
REMEDY = re.compile(r"`(--color-key index0|--tile-size \d+|--downmix|--reduce-bit-depth)`")
CANVAS = re.compile(r"Resize the canvas, without scaling, to (\d+) × (\d+)")


class File:
    """A picture or sound, and what became of it."""

    def __init__(self, path):
        self.path, self.size, self.pixels = path, "", 0
        self.outcome = "not tried"
        self.told = []
        self.resized = None  # the picture again, with the canvas that the help asked for

    def tried(self, errors, took, also):
        """Remembers the codes, and the words that an artist would read."""
        if errors:
            self.outcome = "refused: " + " and ".join(sorted({f"`{error['code']}`" for error in errors}))
            self.told = [f"{error['message']} | {error['help']}" for error in errors]
        else:
            self.outcome = f"packed with `{took}`" if took else "packed"
            self.told = also

    def packed(self):
        return self.outcome.startswith("packed")


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
        to get there, and the codes of what was told besides."""
        root = f"bank/{len(self.banks) + 1}"
        took = {}
        while True:
            words = [word for option in {**options, **took}.items() for word in option if word]
            answer, errors = self.run("create", self.folder, root, "--type", kind, *words, *paths)
            named = REMEDY.search(" ".join(error["help"] for error in errors))
            option, _, value = named[1].partition(" ") if named else ("", "", "")
            if not named or option in took:
                break
            took[option] = value
        if not errors:
            self.banks[root] = (list(paths), took.get("--color-key"))
        also = sorted({finding["code"] for finding in answer["findings"]})
        return errors, " ".join(f"{option} {value}".strip() for option, value in took.items()), also

    def pack(self):
        """Packs, and gives the rows of the independent verifier by the first file of their bank."""
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
                self.faults.append(f"{root}: a colour key that nobody asked for")
        rows = verify_pack.verify(self.folder)
        self.faults += [f"{row.asset}: {problem}" for row in rows for problem in row.problems]
        by_root = {row.asset.partition(" ")[2]: row for row in rows}
        return {paths[0]: by_root[root] for root, (paths, _) in self.banks.items()}


def sides(path):
    """As the PNG's header has them; None if it is no PNG."""
    head = path.read_bytes()[:24]
    return struct.unpack(">II", head[16:24]) if head[:8] == b"\x89PNG\r\n\x1a\n" else None


def try_picture(project, path, spare):
    """Tries it, and if it is refused for its size, tries a copy in `spare` with the canvas that the help asks for."""
    file = File(path)
    found = sides(path) or (0, 0)
    file.size, file.pixels = "%d x %d" % found, found[0] * found[1]
    size = next((size for size in (32, 16, 8) if not any(side % size for side in found)), 16)
    file.tried(*project.create("glyph_bank", [path], {"--tile-size": str(size)}))
    canvas = CANVAS.search(" ".join(file.told))
    if canvas:
        larger = spare / str(len(list(spare.iterdir()))) / path.name
        larger.parent.mkdir()
        picture = verify_pack.decode_png(path.read_bytes())
        rows = [[pixel[:4] for pixel in row] for row in picture.rows]
        larger.write_bytes(write_png(rows, int(canvas[1]), int(canvas[2])))
        file.resized = try_picture(project, larger, spare)
    return file


def try_sounds(project, paths):
    """The sounds of a folder in one bank; those that are refused are taken out, and the others tried again."""
    tried = {path: File(path) for path in paths}
    for folder in sorted({path.parent for path in paths}):
        left = [path for path in paths if path.parent == folder]
        options = {}
        while left:
            errors, took, also = project.create("sound_bank", left, options)
            if [error["code"] for error in errors] == ["rate-needed"] and not options:
                options = {"--sample-rate": str(verify_pack.decode_wav(left[0].read_bytes()).rate)}
                continue
            blamed = {path: [error for error in errors if error["file"] == str(path)] for path in left}
            if errors and not any(blamed.values()):
                project.faults.append(f"no sound of {folder} is blamed: {errors}")
                break
            for path in list(left):
                if blamed[path] or not errors:
                    tried[path].tried(blamed[path], took, also)
                    left.remove(path)
    return list(tried.values())


def tables(results):
    """Files, and what became of them, for each package."""
    text = "| files | tried | packed | refused | compared | differences |\n|---|---:|---:|---:|---:|---:|\n"
    counts = {}
    for name, kinds, rows in results:
        for kind, files in kinds.items():
            unit = "frames" if kind == "sounds" else "pixels"
            packed = [file.path for file in files if file.packed()]
            compared = sum(rows[path].compared[unit] for path in packed if path in rows)
            wrong = sum(len(rows[path].problems) for path in packed if path in rows)
            numbers = f"{len(files)} | {len(packed)} | {len(files) - len(packed)} | {compared:,} {unit} | {wrong}"
            text += f"| {name}: {kind} | {numbers} |\n"
            counts.setdefault(kind, {})[name] = Counter(file.outcome for file in files)
    for kind, by_name in counts.items():
        text += f"\n| {kind} | " + " | ".join(by_name) + " |\n|---|" + "---:|" * len(by_name) + "\n"
        for outcome in sorted(set().union(*by_name.values())):
            text += f"| {outcome} | " + " | ".join(str(count[outcome]) for count in by_name.values()) + " |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="folder", type=Path, help="where the packages are, or are downloaded to")
    parser.add_argument("--details", type=Path, help="a file that gets a line for each picture and sound")
    parser.add_argument("package", nargs="*", default=list(packages.PACKAGES), help="only these packages")
    wanted = parser.parse_args()
    results, faults, lines = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        source = (wanted.folder or Path(scratch) / "packages").absolute()
        for name in wanted.package:
            place, version = packages.unpack(name, source)
            project = Project(Path(scratch) / f"{name}-project")
            spare = Path(scratch) / f"{name}-resized"
            spare.mkdir()
            pictures = [try_picture(project, path, spare) for path in packages.files(place, *PICTURES)]
            resized = [file.resized for file in pictures if file.resized]
            sounds = try_sounds(project, packages.files(place, *SOUNDS))
            rows = project.pack()
            for file in pictures + resized:
                if file.packed() and rows[file.path].compared.get("pixels") != file.pixels:
                    project.faults.append(f"{file.path}: not all pixels were compared")
            faults += [f"{name}: {fault}" for fault in project.faults]
            kinds = {"pictures": pictures, "pictures, resized as told": resized, "sounds": sounds}
            kinds = {kind: files for kind, files in kinds.items() if files}
            results.append((f"{name} {version}", kinds, rows))
            for kind, files in kinds.items():
                lines += ["\t".join([str(f.path), kind, f.size, f.outcome, " / ".join(f.told)]) + "\n" for f in files]
    print(tables(results))
    if wanted.details:
        wanted.details.write_text("".join(lines))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
